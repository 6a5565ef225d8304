// Package fleet combines several accounts, at one vendor or at several vendors, into one
// inventory and one place to buy.
//
// A [Fleet] has several account.Account that share one journal.
//
//	book, err := journal.Open("orders.journal")
//	opts := &account.Options{Journal: book}
//	us, err := account.New("telnyx-us", telnyx.NewOrderer(first, nil), opts)
//	eu, err := account.New("telnyx-eu", telnyx.NewOrderer(second, nil), opts)
//	vb, err := account.New("voipbin", voipbin.NewOrderer(third, nil), opts)
//	company, err := fleet.New("company", us, eu, vb)
//	_, err = company.Recover(ctx) // resolves orders that a crash left open
//
//	purchase, err := company.Buy(ctx, numbers.OrderRequest{
//		Numbers:   []numbers.E164{"+13125550123"},
//		Reference: "customer-4711",
//	}, &fleet.BuyOptions{Policy: fleet.Cheapest()})
//
//	for n, err := range company.Owned(ctx, numbers.OwnedQuery{}) { … }
//	for d, err := range company.Reconcile(ctx, books, nil) { … }
//
// # Listings that are complete or end with an error
//
// [Fleet.Orders], [Fleet.Owned] and [Fleet.Search] read all accounts at the same time.
// They take the time of the slowest account, and their memory does not grow with the
// list. If an account fails, the sequence yields an [AccountError] and continues with the
// other accounts. The error at the end of the sequence wraps it, too. A sequence that
// ends without an error is complete.
//
// [Fleet.Reconcile] compares the numbers of the accounts with the caller's books. It
// reports a number as missing only if a complete listing does not have it.
//
// # Buying at several accounts
//
// [Fleet.Buy] and [Fleet.BuyAny] try the accounts in the order of a [Policy]: one account
// ([Only]), the first that has the numbers ([First]), or the cheapest ([Cheapest]). The
// promises of account.Account apply to the whole fleet:
//
//   - A purchase has the same reference at all accounts (Attempt.Scope is the fleet's
//     name). A job that is delivered twice, also to two processes, finds its order at the
//     account that placed it.
//   - Another account is tried only for numbers that were definitely not bought: the
//     vendor refused them, or readings show that they were not ordered. If an outcome
//     stays unknown, nothing more is ordered anywhere.
//   - If one purchase has or holds a number at any account, no other purchase orders it.
//   - One cap applies to all accounts together.
//
// # Many numbers at once
//
// [Fleet.ReleaseAll] and [Fleet.AssignAll] work on iterators. The caller of ReleaseAll
// passes the expected count of numbers. If the list has more or fewer numbers, nothing is
// released.
//
// Both send requests at about the rate that the vendor allows. The client's Limiter sets
// this rate if there is one. Otherwise the rate adapts to the vendor's refusals (429). A
// [Pace] also adapts to rate limit headers.
package fleet
