// Package numbers is the contract of tnkit: what an [Orderer] for a vendor
// implements, the values that it takes and returns, the kinds of errors, and the
// [Journal] that keeps purchases apart. It contains no vendor and no flow.
//
// People buy through an account of package account, which is built on this one:
//
//	acct, err := account.New("main", telnyx.NewOrderer(client, nil), &account.Options{Journal: book})
//	purchase, err := acct.Buy(ctx, numbers.OrderRequest{
//		Numbers:   []numbers.E164{"+13125550123"},
//		Reference: "customer-4711",
//	}, nil)
//
// Each vendor package has an adapter (telnyx.NewOrderer, voipbin.NewOrderer,
// opentact.NewOrderer, exclusive.NewOrderer). Package driver has what an adapter for
// another vendor is written with, package numberstest has an Orderer in memory and
// the suites that hold an Orderer or a Journal to this contract.
//
// # An Orderer alone
//
// [Orderer] is what every vendor can do: place, read and list orders. What only some
// can do is an optional interface of one method ([Searcher], [Quoter], [Reserver],
// [Resolver], [Canceler], [Inventory], [Releaser], [Assigner]); [Capabilities] lists
// which. An Orderer can be used alone. Place is then still sent at most once, but
// nothing keeps two callers, or one job that is delivered twice, from ordering the same
// number; nothing is recorded that survives a crash; and an unknown outcome is the
// caller's to resolve.
//
// # Errors
//
// Every error is an [*Error], except that account.Account.Buy and BuyAny return an
// *account.PurchaseError. An Error names the vendor, the account, the operation and the
// numbers concerned, has one of the kinds of this package (ErrNotFound, ErrInvalid, …)
// for [errors.Is], and wraps the vendor's own typed error for [errors.As]. It never
// contains a credential, a query string or a body. An ErrOutcomeUnknown error matches
// no other kind.
//
// # Time
//
// The rules of the journal assume one thing: no two clocks, of the machines that share
// a journal or of a vendor, differ by more than [ClockSlack].
package numbers
