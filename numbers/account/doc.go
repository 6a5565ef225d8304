// Package account buys telephone numbers. It makes sure that a number has one buyer and
// an order has one customer, across goroutines, processes, crashes and lost answers.
//
// An [Account] is one account at one vendor. It has an Orderer, a name, and a journal
// of the purchases and their numbers.
//
//	client, err := telnyx.New(telnyx.APIKeyAuth(os.Getenv("TELNYX_API_KEY")), nil)
//	book, err := journal.Open("orders.journal")
//	acct, err := account.New("main", telnyx.NewOrderer(client, nil), &account.Options{Journal: book})
//	_, err = acct.Recover(ctx) // resolves orders that a crash left open
//	purchase, err := acct.Buy(ctx, numbers.OrderRequest{
//		Numbers:   []numbers.E164{"+13125550123"},
//		Reference: "customer-4711",
//	}, &account.BuyOptions{MaxMonthly: &limit})
//
// [Account.Buy] orders numbers and waits until the orders settle. [Account.BuyAny] also
// searches for the numbers. [Account.Plan] returns what Buy would do. [Account.Lookup]
// returns the purchase of a reference. A method that the vendor does not support returns
// errors.ErrUnsupported and sends no request.
//
// # The four rules
//
// The journal records claims. Four rules keep two deliveries of one job, two
// customers, and replicas on different machines from buying a number twice.
//
//   - Claim. Before an order is sent, its numbers and its reference are claimed in
//     one atomic step. If another purchase holds a number, the error is
//     [numbers.ErrConflict], and the number is not ordered.
//   - Credit. An order belongs to one entry. If a vendor answers two requests with one
//     order, the second customer does not get it.
//   - Fence. An order is sent within 15 seconds after its claim, or not at all. The
//     limiter and the login come before the claim, so a slow one of them holds no number.
//   - Proof. An order counts as not placed only after three steps: its attempt has ended,
//     then the vendor's listing delay has passed, and then a complete and error-free
//     reading does not show the order. If there is no proof, the error is
//     [numbers.ErrOutcomeUnknown].
//
// # Without a journal
//
// Without Options.Journal an Account has a journal in memory, which ends with the
// Account. Create one Account and keep it, because the four rules then apply only within
// this Account. After a restart, and in another process, the journal is empty. Only a
// vendor that keeps references can then show earlier orders. The journal needs about 1 kB
// for each order, and keeps all of them. A service that runs for a long time calls
// [Account.Prune].
//
// # References
//
// OrderRequest.Reference is the caller's name for a purchase. A job that is delivered
// twice with the same reference buys once. If a crash interrupted a purchase, the
// next call with its reference continues it. Each order of a purchase k has its own
// reference: k, or k~1, k~2, …, and in the rounds of BuyAny k~r1, k~r1~2, …. A
// caller's reference must not end with such a suffix.
package account
