// Package fleet joins accounts, at one vendor or at several, into one inventory and one
// place to buy.
//
// A [Fleet] is several account.Account that share one journal.
//
//	book, err := journal.Open("orders.journal")
//	opts := &account.Options{Journal: book}
//	us, err := account.New("telnyx-us", telnyx.NewOrderer(first, nil), opts)
//	eu, err := account.New("telnyx-eu", telnyx.NewOrderer(second, nil), opts)
//	vb, err := account.New("voipbin", voipbin.NewOrderer(third, nil), opts)
//	company, err := fleet.New("company", us, eu, vb)
//	_, err = company.Recover(ctx) // what a crash left open
//
//	purchase, err := company.Buy(ctx, numbers.OrderRequest{
//		Numbers:   []numbers.E164{"+13125550123"},
//		Reference: "customer-4711",
//	}, &fleet.BuyOptions{Policy: fleet.Cheapest()})
//
//	for n, err := range company.Owned(ctx, numbers.OwnedQuery{}) { … }
//	for d, err := range company.Reconcile(ctx, books, nil) { … }
//
// # Lists that are never silently short
//
// [Fleet.Orders], [Fleet.Owned] and [Fleet.Search] read all accounts at the same time, in
// the time of the slowest one and in memory that does not grow with the list. An account
// that fails is an [AccountError] in the sequence and at its end; the others go on. A
// sequence that ends without an error is complete.
//
// [Fleet.Reconcile] compares what the accounts have with the caller's books. It never
// reports a number as missing that an incomplete listing did not show.
//
// # Buying at several accounts
//
// [Fleet.Buy] and [Fleet.BuyAny] try the accounts in the order of a [Policy]: one account
// ([Only]), the first that has the numbers ([First]), or the cheapest ([Cheapest]). They
// keep what account.Account keeps, over the whole fleet:
//
//   - A purchase has its reference at all accounts (Attempt.Scope is the fleet's name). A
//     job that is delivered twice, also to two processes, finds its order at whichever
//     account it went to.
//   - Another account is tried only for numbers that were definitely not bought: they were
//     refused, or readings show that they were not ordered. If an outcome stays unknown,
//     nothing more is ordered anywhere.
//   - A number that one purchase has or holds at any account is not ordered by another.
//   - One cap holds over all accounts.
//
// # Many numbers at once
//
// [Fleet.ReleaseAll] and [Fleet.AssignAll] work on iterators. The caller of ReleaseAll says
// beforehand how many numbers there are; if the list has another number of them, nothing is
// released.
//
// The limit of the vendor is reached, and not exceeded for long: by the client's Limiter
// where that is configured, and otherwise by adapting to what the vendor refuses (429). A
// [Pace] also learns from rate limit headers.
package fleet
