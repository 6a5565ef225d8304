// Package account buys telephone numbers so that a number has one buyer and an order
// one customer: across goroutines, processes, crashes and lost answers.
//
// An [Account] is one account at one vendor: an Orderer, a name, and a journal that says
// who ordered which number there.
//
//	client, err := telnyx.New(telnyx.APIKeyAuth(os.Getenv("TELNYX_API_KEY")), nil)
//	book, err := journal.Open("orders.journal")
//	acct, err := account.New("main", telnyx.NewOrderer(client, nil), &account.Options{Journal: book})
//	_, err = acct.Recover(ctx) // what a crash left open
//	purchase, err := acct.Buy(ctx, numbers.OrderRequest{
//		Numbers:   []numbers.E164{"+13125550123"},
//		Reference: "customer-4711",
//	}, &account.BuyOptions{MaxMonthly: &limit})
//
// [Account.Buy] orders numbers and sees the order through; [Account.BuyAny] also chooses
// them; [Account.Plan] returns what Buy would do; [Account.Lookup] returns what a
// reference came to. What a vendor can't do returns errors.ErrUnsupported, and no request
// is sent.
//
// # The four rules
//
// The journal is a book of claims. Two deliveries of one job, two customers, and replicas
// on different machines are kept apart by four rules.
//
//   - Claim. Before an order is sent, its numbers and its reference are claimed in one
//     atomic step. What another purchase holds is [numbers.ErrConflict] and is not sent.
//   - Credit. An order belongs to one entry. If a vendor answers two requests with one
//     order, the second customer does not get it.
//   - Fence. An order is sent within 15 seconds after its claim, or not at all. A slow
//     limiter or login comes before the claim, and holds nothing.
//   - Proof. That an order was not placed is concluded only when its attempt is over, then
//     the vendor's listing delay has passed, and then a complete and error-free reading
//     does not show it. What can't be proved is not stated: [numbers.ErrOutcomeUnknown].
//
// # Without a journal
//
// Without Options.Journal an Account has a journal in memory, which ends with it. Make
// one Account and keep it: within it, everything above holds. A restarted process, or
// another one, knows nothing of it, except what a vendor that keeps references shows.
//
// # References
//
// OrderRequest.Reference is the caller's own name for a purchase. A job that is delivered
// twice by the same reference buys once; a purchase that a crash interrupted is continued.
// Each order of a purchase k has a reference of its own: k, or k~1, k~2, …, and in the
// rounds of BuyAny k~r1, k~r1~2, …. A caller's reference must not end so.
package account
