// Package voipbin is a client for VoIPBin's number API, exactly as VoIPBin
// documents it and as its published server works. It covers today's API, and
// the API of the first days of March 2021, from which today's grew.
//
//	c, err := voipbin.New(voipbin.TokenAuth(os.Getenv("VOIPBIN_TOKEN")), nil)
//	if err != nil {
//		return err
//	}
//	for number, err := range c.Numbers.All(ctx, nil) {
//		if err != nil {
//			return err
//		}
//		fmt.Println(number.Number, number.Status)
//	}
//
// [NewOrderer] returns a client as a portable numbers.Orderer. Use it through
// account.Account.
//
// # Two generations
//
// [OrderNumbersService] is the API of VoIPBin's tutorial of March 2021, under
// /v1.0/order_numbers. That path existed for about two days. It was then
// renamed to /v1.0/numbers, which is [NumbersService]. Later years added flows
// (2021 and 2022), names, renewals, virtual numbers and metadata, and in 2026
// times in RFC 3339 and errors with a reason. [Number] reads the rows of every
// year and writes them unchanged. The adapter uses today's API, unless
// [OrdererOptions] select the other.
//
// # Where the facts come from
//
// The facts come from VoIPBin's tutorial of March 2021, its documentation and
// OpenAPI description of 2026, and the whole history of its published server.
// If the documentation and the server differ, this package follows the server:
// the tutorial of 2026 still shows the times of 2021. The tutorial of 2021 does
// not mention POST /v1.0/order_numbers, which orders a number.
// [OrderNumbersService.Create] follows the server of that time.
//
// # What to know
//
//   - The answer to an order rarely proves that nothing was bought. The server
//     gives up after 15 seconds and continues the order, and it returns the
//     same answer for the carrier's refusals and its own failures. There is no
//     idempotency key. The client sends an order at most once, and an unclear
//     answer is numbers.ErrOutcomeUnknown. [Orderer.ResolveAll] resolves it by
//     listing.
//   - A number may be bought and never be listed, after a 200 with a zero
//     object (March 2021), an empty 400 (until April 2026), or a 500 or 503
//     (today). Only VoIPBin's support can find out. If that answer is lost,
//     nothing shows this until the number is ordered again and refused.
//     account.Account then reports the number as possibly orphaned.
//   - The status of a number is the carrier's status at the purchase. It is
//     never refreshed: purchase-pending stays.
//   - A page token is a time, and rows of exactly that time can be lost between
//     two pages. The methods named All lose none.
//   - A number is not unique in a list. A number that is deleted and ordered
//     again has another id.
//   - Update replaces every field.
package voipbin
