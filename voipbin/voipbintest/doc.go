// Package voipbintest is a stateful, strict fake of VoIPBin's number API, for tests of programs that order,
// list and release telephone numbers there.
//
// It is built only from VoIPBin's public documentation and its published server. It
// shares no code with the client in package voipbin, so that the tests compare two
// independent readings of these sources.
//
//	srv := voipbintest.NewServer(t)
//	resp, err := srv.HTTPClient().Do(req) // to srv.URL() + "/v1.0/numbers"
//
// # Two eras
//
// The API changed over the years, and the fake has two of its states: the API of the
// first days of March 2021, with the path /v1.0/order_numbers ([EraSeed]), and today's
// API, with /v1.0/numbers ([EraToday]). By default the fake serves the paths of both with
// the same rows, each with the JSON and the errors of its era. The other paths
// (/v1.0/available_numbers, /auth/login, unknown paths) are then those of today, and
// tokens are valid for both. [Options].Era limits the fake to one era.
//
// # What it does
//
// It answers as the vendor does, also to wrong input. Refusals have an empty body in
// 2021, and a JSON envelope today. Lists lose rows of one microsecond between pages, and
// have a page token also on the last page. A purchase can be answered by a 200 with an
// empty object. The fake accepts what the vendor silently accepts: an unknown query key
// or member, a malformed page token, a credential in the query, a number that is ordered
// twice. However, it fails the test for them, unless [Options].Lenient is set.
//
// The vendor's carrier sells every number of 7 to 15 digits, with or without "+", unless
// it has already sold the number or [Server.RemoveOffer] has removed it. Virtual numbers
// (+899…) cost nothing and do not come from a carrier. [Server.Books] returns what was
// really bought, also numbers that no list shows.
//
// If an order takes longer than 15 seconds (Options.OrderTakes, Options.Workers), the answer
// is a 503, or a 400 in 2021, and the order continues. No flow exists before Server.AddFlow.
// Of the operations that change a number, only the PUT of the whole number checks this.
// GET /v1.0/flows/{id} shows whether the caller has a flow.
//
// # Time
//
// Times have microseconds. Two orders never have the same time: if the clock does not
// advance, the second is created a microsecond after the first. A list has only rows that
// were created before now, so it does not have a row of the current microsecond, as at
// the vendor. In a testing/synctest bubble (with Options.InMemory) it therefore has no
// new row until the bubble's clock advances.
//
// # Faults
//
// In addition to the transport faults and answer faults of all fakes, [Server.Inject]
// accepts:
//
//   - OrphanPurchase: the carrier sells the number, and the server fails to record it, so
//     no list has it. The answer is a 200 with a zero object in 2021, and a 500 today.
//     With a transport fault such as LostReply, the client gets no answer. Another order
//     of the number is then refused, and does not fail the test.
//   - ZeroObject: the same, but only for orders of 2021.
//   - MisleadingStatus: the order is refused (Fault.Status: 400 without a body in 2021,
//     503 or 500 today), and completes Fault.Delay later. See also [SlowCarrier].
//   - StuckPending: the number has the status "purchase-pending", which never changes.
//   - LateListing: the server that stored the number has a clock that is Fault.Delay
//     ahead, so lists do not have the number until then.
//   - InsertWhileListing: after a page of a list was read, the account has a new number
//     that the fake chooses (Fault.Numbers must be empty). Books does not have this
//     number.
package voipbintest
