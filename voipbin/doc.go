// Package voipbin speaks VoIPBin's number API, exactly as VoIPBin documents it
// and as its published server does it: today's, and that of the first days of
// March 2021, from which it grew.
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
// [NewOrderer] makes a portable numbers.Orderer of a client. Use it through
// account.Account.
//
// # Two generations
//
// [OrderNumbersService] is the API of VoIPBin's tutorial of March 2021, under
// /v1.0/order_numbers. That path lived for about two days; then it was renamed
// to /v1.0/numbers, which is [NumbersService], and has grown since: flows in
// 2021 and 2022, names, renewals, virtual numbers, metadata, and in 2026 times
// in RFC 3339 and errors that say something. [Number] reads the rows of every
// year and writes them again to the letter. The adapter speaks today's API
// unless [OrdererOptions] name the other.
//
// # Where the facts come from
//
// VoIPBin's tutorial of March 2021, its documentation and OpenAPI description
// of 2026, and its published server over the whole of its history. Where the
// documentation and the server differ, the server is right: the tutorial of
// 2026 still shows the times of 2021. The tutorial of 2021 does not mention
// that numbers are ordered by POST /v1.0/order_numbers, though the server of
// its day did that; [OrderNumbersService.Create] is from there.
//
// # What to know
//
//   - An order's answer hardly ever proves that nothing was bought: the server
//     gives up after 15 seconds and goes on with the order, and it hides the
//     carrier's refusals and its own failures behind the same answer. There is
//     no idempotency key. The client sends an order at most once, and what is
//     unclear is numbers.ErrOutcomeUnknown; [Orderer.ResolveAll] finds out by
//     listing.
//   - A number may be bought and never be listed: after an answer of 200 with a
//     zero object (March 2021), an empty 400 (until April 2026), or a 500 or 503
//     (today). Only VoIPBin's support can find out. If that answer is lost on its
//     way, nothing shows this until the number is ordered again and refused;
//     account.Account then reports the number as possibly orphaned.
//   - The status of a number is the carrier's word at the purchase. It is never
//     refreshed: purchase-pending stays.
//   - A page token is a time, and rows of that very time get lost between two
//     pages. The methods named All lose none.
//   - A number is not unique in a list, and an id is not kept when a number is
//     deleted and ordered again.
//   - Update replaces every field.
package voipbin
