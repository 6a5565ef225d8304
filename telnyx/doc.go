// Package telnyx speaks the number-ordering part of the Telnyx API v2, exactly
// as Telnyx documents it.
//
//	c, err := telnyx.New(telnyx.APIKeyAuth(os.Getenv("TELNYX_API_KEY")), nil)
//	if err != nil {
//		return err
//	}
//	for order, err := range c.NumberOrders.All(ctx, nil) {
//		if err != nil {
//			return err
//		}
//		fmt.Println(order.ID, order.Status)
//	}
//
// [NewOrderer] makes a portable numbers.Orderer of a client.
//
// # Where the facts come from
//
// Telnyx's published OpenAPI description and guides. Where live answers differ
// from them, the types accept both: a connection_id may be null, times come
// with Z or with an offset, an error's code is a string or a number.
//
// # What to know
//
//   - POST /number_orders has no idempotency key. The client sends an order at
//     most once; an unclear answer is numbers.ErrOutcomeUnknown. A unique
//     CustomerReference is how a lost order is found again.
//   - An order settles later: Create usually answers pending, and the status
//     success of an order may hide numbers that failed; look at each.
//   - Unknown filters are ignored by Telnyx, so that a misspelt one returns
//     everything. Filters are typed here.
//   - An order's phone number id is not the id of the owned number.
package telnyx
