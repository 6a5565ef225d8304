// Package telnyx is a client for the number-ordering part of the Telnyx API v2,
// exactly as Telnyx documents it. It searches, reserves, orders, tracks,
// cancels, configures and releases numbers.
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
// Each service of [Client] is one resource, and each of its methods is one request. The
// All methods yield the rows of all pages. [NewOrderer] returns a client as a portable
// numbers.Orderer. [ParseWebhook] and [NewWebhookHandler] read Telnyx's webhooks.
// [Client.Do] calls the endpoints that are not modeled, such as OAuth2 tokens. The package telnyx/telnyxtest is a fake server for tests.
//
// # Where the facts come from
//
// The facts come from Telnyx's published OpenAPI description of 2026-07-16, from its Go
// SDK v4.97 of 2026-11-30, and from its guides. A test compares every field and parameter
// with a table of that description. Where live answers differ from them, the types accept both: a connection_id may be null, a time
// has a Z or an offset, an error's code is a string or a number. A field with the comment
// "sent, and not documented" was seen in answers. Unknown fields are ignored, and unknown
// statuses are kept.
//
// # What to know
//
//   - Telnyx has no idempotency key for orders. A request that may cost money,
//     or make a second row, is sent at most once, and an unclear answer is
//     numbers.ErrOutcomeUnknown. A lost order is found by its unique
//     CustomerReference. The Orderer and account.Account do this.
//   - Only numbers that a search has returned can be ordered. Trial accounts
//     see masked numbers, can't reserve, and may place one order.
//   - An order settles later: Create usually returns it as pending. An order
//     with the status success may have numbers that failed, so check each
//     number. Just after Create, Get may return ErrNotFound.
//   - A number order can't be canceled. Its sub number orders can, while they
//     are pending.
//   - Some countries require documents or data. Such a number waits until a
//     deadline, which NumberOrderPhoneNumbers.Get returns. In CH, DK, IT, NO,
//     PT and SE the order itself needs a fulfilled requirement group. The
//     package example buys such a number, from its address on.
//   - Telnyx deletes a document that is not linked within 30 minutes of its
//     upload. A requirement group with its id links it.
//   - Telnyx ignores unknown filters, so a misspelled one would return
//     everything. Filters are typed here. Lists are sent as
//     filter[features][]=sms&filter[features][]=voice.
//   - An order, its sub orders, its numbers and the resulting owned numbers
//     have different ids. Ids that are easily confused have types of their own.
//   - The answers of requirement_groups and advanced_orders have no {"data": …}
//     around them. sub_number_orders and number_order_phone_numbers have no
//     documented page parameters. inexplicit_number_orders has other names for
//     them.
//   - Only UpdateMessaging changes the messaging profile of an owned number.
//     Only a job of PhoneNumberJobs, or the portal, changes a deletion lock.
//   - A PATCH of a number clears a value by null: wire.NullNow[string]().
//   - A field that an answer may omit is a pointer, or a type with IsZero. Ids
//     and telephone numbers, which identify a row, are plain strings.
//   - Money is exact decimal text (wire.Amount). Times and texts are written as
//     they were read.
//
// # Errors
//
// All errors are *numbers.Error. Telnyx's body is inside, as an [Error]:
//
//	if e, ok := errors.AsType[*telnyx.Error](err); ok { … }
//
// The same code means different things in different products. The kind, for
// errors.Is, follows from status, code, pointer and operation together. It is
// ErrNumberUnavailable if an order's number is not recognized, ErrRequirements
// if an order lacks its requirement group, ErrForbidden if the level of the
// account does not allow the operation, and otherwise the kind of the status.
package telnyx
