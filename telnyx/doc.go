// Package telnyx speaks the number-ordering part of the Telnyx API v2, exactly
// as Telnyx documents it: search, reserve, order, follow, cancel, use and give
// back numbers.
//
//	c, err := telnyx.New(telnyx.APIKeyAuth(os.Getenv("TELNYX_API_KEY")), nil)
//	if err != nil {
//		return err
//	}
//	order, err := c.NumberOrders.Create(ctx, &telnyx.CreateNumberOrderRequest{
//		PhoneNumbers:      []telnyx.CreateNumberOrderPhoneNumber{{PhoneNumber: "+13125550101"}},
//		CustomerReference: new(numbers.NewReference()),
//	})
//	if err != nil {
//		return err
//	}
//	for order, err := range c.NumberOrders.All(ctx, nil) {
//		if err != nil {
//			return err
//		}
//		fmt.Println(order.ID, *order.Status)
//	}
//
// Each service of [Client] is one resource, and each of its methods one
// request; the All methods walk pages. [NewOrderer] makes a portable
// numbers.Orderer of a client, [ParseWebhook] and [NewWebhookHandler] take what
// Telnyx posts, and [Client.Do] reaches the endpoints that are not modelled:
// addresses, documents, bulk jobs, OAuth2 tokens. The package
// telnyx/telnyxtest is a fake of the service for tests.
//
// # Where the facts come from
//
// Telnyx's published OpenAPI description and guides. Where live answers differ
// from them, the types accept both: a connection_id may be null, times come
// with Z or with an offset, an error's code is a string or a number. What is
// said to be sent and not documented was seen in answers. Unknown fields are
// ignored, and unknown words of a status pass.
//
// # What to know
//
//   - Telnyx has no idempotency key for orders. What may cost money, or make a
//     second row, is sent at most once; an unclear answer is
//     numbers.ErrOutcomeUnknown. A unique CustomerReference is how a lost order
//     is found again; the Orderer and account.Account take care of this.
//   - Only numbers that a search has shown can be ordered. Trial accounts see
//     masked ones, can't reserve, and have one order.
//   - An order settles later: Create usually answers pending. The status
//     success of an order may hide numbers that failed; look at each. Just
//     after Create, Get may say ErrNotFound.
//   - A number order can't be cancelled; its sub number orders can, while they
//     are pending.
//   - Some countries want documents or data. Such a number waits, with a
//     deadline that NumberOrderPhoneNumbers.Get tells; in CH, DK, IT, NO, PT
//     and SE the order itself needs a requirement group that is fulfilled.
//   - Unknown filters are ignored by Telnyx, so that a misspelt one returns
//     everything. Filters are typed here. Lists of words are sent as
//     filter[features][]=sms&filter[features][]=voice.
//   - An order, its sub orders, its numbers and the owned numbers that come of
//     them have different ids; those that are easily mixed up are types.
//   - requirement_groups and advanced_orders have no {"data": …} around their
//     answers, sub_number_orders and number_order_phone_numbers no documented
//     page parameters, and inexplicit_number_orders other names for them.
//   - The messaging profile of an owned number is changed by UpdateMessaging
//     alone, and a deletion lock in the portal alone.
//   - What an answer may leave out is a pointer, or a type that tells; ids and
//     telephone numbers, by which a row is known, are plain.
//   - Money is text and exact (wire.Amount); times and texts come out as they
//     were read.
//
// # Errors
//
// All errors are *numbers.Error; Telnyx's body is inside, as an [Error]:
//
//	if e, ok := errors.AsType[*telnyx.Error](err); ok { … }
//
// The same code means different things in different products. The kind, for
// errors.Is, is told by status, code, pointer and operation together:
// ErrNumberUnavailable where an order's number is not recognised,
// ErrRequirements where an order lacks its requirement group, ErrForbidden for
// what the level of the account does not allow, and otherwise what the status
// says.
package telnyx
