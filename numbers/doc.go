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
// # Buying
//
// [Buy] does all of that by itself: it looks for what is there already, holds
// the price against caps, places, resolves what was lost, waits, and assigns.
// [BuyAny] chooses the numbers as well, and [PlanPurchase] says what Buy would
// do. [Wait] takes a pending order up by its id, in another process too, and
// [Resolve] finds out what became of an order whose answer was lost.
//
// A process can die between sending an order and learning what came of it.
// [Journaled] writes down what is about to be ordered; [Recover] resolves, when
// the next process starts, what the last one left open. Together with a
// Reference of the caller's own they make a job that is delivered twice buy
// once, even at the same time.
//
// # Errors
//
// Every error is an [*Error], but the [*PurchaseError] of Buy and BuyAny, which
// has one for each thing that went wrong. An Error names the vendor, the
// operation and the numbers concerned, has one of the kinds of this package
// (ErrNotFound, ErrInvalid, …) for [errors.Is], and wraps the vendor's own
// typed error for [errors.As]. It never contains a credential, a query string
// or a body. One that is ErrOutcomeUnknown is no other kind, whatever it wraps.
//
// # Stability
//
// [Orderer], [Order], [Error] and [Attempt] are meant to be stable. The rest
// of this package is experimental until all four vendors stand on it.
package numbers
