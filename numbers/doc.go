// Package numbers is the contract of tnkit. It defines the interface [Orderer], which is
// implemented for each vendor, with the values that it takes and returns, and the kinds
// of errors. It also defines the interface [Journal], which records which purchase
// ordered which number. The package contains no vendor and does not buy anything itself.
//
// Programs buy through an account of package account, which is built on this package:
//
//	acct, err := account.New("main", telnyx.NewOrderer(client, nil), &account.Options{Journal: book})
//	purchase, err := acct.Buy(ctx, numbers.OrderRequest{
//		Numbers:   []numbers.E164{"+13125550123"},
//		Reference: "customer-4711",
//	}, nil)
//
// Each vendor package has an adapter (telnyx.NewOrderer, voipbin.NewOrderer,
// opentact.NewOrderer, exclusive.NewOrderer). Package driver has the functions for
// writing an adapter for another vendor. Package numberstest has an Orderer in
// memory, and suites that test an Orderer or a Journal against this contract.
//
// # An Orderer alone
//
// [Orderer] has the methods that every vendor supports: place, read and list orders.
// Everything that only some vendors can do is an optional interface with one method
// ([Searcher], [Quoter], [Reserver], [Resolver], [Canceler], [Inventory], [Releaser],
// [Assigner]). [Capabilities] lists the interfaces that work.
//
// An Orderer can be used without an Account. Place is then still sent at most once.
// However, two callers, or one job that is delivered twice, can order the same
// number. No record survives a crash, and the caller must resolve an unknown outcome.
//
// # Errors
//
// Every error is an [*Error], except that account.Account.Buy and BuyAny return an
// *account.PurchaseError. An Error names the vendor, the account, the operation and the
// numbers concerned. It has one of the kinds of this package (ErrNotFound, ErrInvalid, …)
// for [errors.Is]. It wraps the vendor's own typed error for [errors.As]. It never
// contains a credential, a query string or a body. An ErrOutcomeUnknown error matches no
// other kind.
//
// # Time
//
// The rules of the journal assume that the clocks of the machines that share a
// journal, and the vendor's clock, differ by at most [ClockSlack].
package numbers
