// Package voipbintest is a stateful, strict fake of VoIPBin's number API, for tests of programs that order,
// list and release telephone numbers there.
//
// It is built from VoIPBin's public documentation and its published server, and from nothing of the client
// in package voipbin: what the two agree on, they agree on because the vendor says so.
//
//	srv := voipbintest.NewServer(t)
//	resp, err := srv.HTTPClient().Do(req) // to srv.URL() + "/v1.0/numbers"
//
// # Two eras
//
// The API changed its face over the years, and the fake knows two of them: that of the first days of March
// 2021, with the path /v1.0/order_numbers ([EraSeed]), and today's, with /v1.0/numbers ([EraToday]).
// By default it serves both path families over one store, each in its own era's JSON and with its own era's
// errors. What has no family (/v1.0/available_numbers, /auth/login, unknown paths) is today's then, and tokens
// are good for both. [Options].Era restricts the fake to one era, as the real server of its day was.
//
// # What it does
//
// It answers as the vendor does, bad input included: refusals with an empty body in 2021, with a JSON envelope
// today; lists whose rows of one microsecond get lost between pages, and whose page token is set on the last
// page too; a 200 with an empty object for a number that was bought. What the vendor silently lets pass (an
// unknown query key or member, a garbage page token, a credential in the query, a number ordered twice) it
// lets pass as well, and reports to the test, unless [Options].Lenient is set.
//
// The carrier behind the vendor sells every number of 7 to 15 digits, with or without "+", that it has not sold
// already and that [Server.Refuse] doesn't name. Virtual numbers (+899…) cost nothing and come from no carrier.
// [Server.Books] tells what was really bought, also what no list shows.
//
// An order that takes longer than 15 seconds (Options.OrderTakes, Options.Workers) is answered with 503, or with 400 in
// 2021, and goes on. No flow exists before Server.AddFlow; of what changes
// a number, only the whole PUT looks at that. GET /v1.0/flows/{id} shows whether the caller has a flow.
//
// # Time
//
// Times have microseconds. Two orders never share one: where the clock stands still, the second is created a
// microsecond after the first. A list shows only what was created before now, so a row of this very microsecond is
// missing from it, as at the vendor. In a testing/synctest bubble (with Options.InMemory) that is every new
// row, until the bubble's clock moves.
//
// # Faults
//
// Besides the transport faults, which all fakes know, [Server.Inject] takes
//
//   - OrphanPurchase: the carrier sold the number, and the server fails to record it: it is listed nowhere. In
//     2021 the answer is a 200 with a zero object, today a 500. Together with a transport fault such as LostReply
//     nothing tells the client; another order of the number is then refused, and not reported;
//   - ZeroObject: the same for orders of 2021 alone. Today's paths don't know it;
//   - MisleadingStatus: the order is refused (Fault.Status: 400 without a body in 2021, 503 or 500 today), and
//     completes Fault.Delay later; see also [SlowCarrier];
//   - StuckPending: the number's status is "purchase-pending", and stays so;
//   - LateListing: the server that stored the number has a clock that is Fault.Delay ahead: lists lack the
//     number until then;
//   - InsertWhileListing: after a page of a list was read, the account has a new number of the fake's choice
//     (leave Fault.Numbers empty). Somebody else ordered it: it is not in the books.
package voipbintest
