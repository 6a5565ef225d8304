// Package numbers is the portable layer of tnkit: one interface to order,
// list, watch and release telephone numbers at any vendor, which never buys a
// number twice and never loses one that was paid for.
//
// An [Orderer] is one account at one vendor. Each vendor package has an
// adapter (telnyx.NewOrderer, voipbin.NewOrderer, opentact.NewOrderer,
// exclusive.NewOrderer); [github.com/tnkit/tnkit/numbers/numberstest] has one
// that lives in memory. What every vendor can do is the interface; what only
// some can do are the functions of this package, which ask the Orderer's
// [Capabilities] first and answer [errors.ErrUnsupported], with no request
// sent, where the vendor can't:
//
//	order, err := o.Place(ctx, numbers.OrderRequest{
//		Numbers:   []numbers.E164{"+12025550123"},
//		Reference: numbers.NewReference(),
//	})
//	switch {
//	case order != nil:
//		fmt.Println(order.ID, order.State) // placed; err, if any, says what else went wrong
//	case errors.Is(err, numbers.ErrOutcomeUnknown):
//		// Perhaps bought. Never place it again; find out instead:
//		// the error carries the Attempt.
//	default:
//		// Definitely not bought.
//	}
//
// # Errors
//
// Every error is an [*Error]: it names the vendor, the operation and the
// numbers concerned, has one of the kinds of this package (ErrNotFound,
// ErrInvalid, …) for [errors.Is], and wraps the vendor's own typed error for
// [errors.As]. It never contains a credential, a query string or a body.
//
// # Stability
//
// [Orderer], [Order], [Error] and [Attempt] are meant to be stable. The rest
// of this package is experimental until all four vendors stand on it.
package numbers
