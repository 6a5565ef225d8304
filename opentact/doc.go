// Package opentact is a client for OpenTact's REST API for ordering numbers,
// exactly as OpenTact documents it.
//
//	c, err := opentact.New(opentact.TokenAuth(os.Getenv("OPENTACT_TOKEN")), nil)
//	if err != nil {
//		return err
//	}
//	order, err := c.Orders.Create(ctx, &opentact.CreateTNOrderRequest{TNs: []int64{12029822917}})
//	if err != nil {
//		return err
//	}
//	order, err = c.Orders.Get(ctx, order.UUID)
//
// [LoginAuth] logs in with an e-mail address and a password instead. [NewOrderer] returns
// a client as a portable numbers.Orderer.
//
// # Three generations
//
// OpenTact's order API has had three forms. The answers of a server do not show
// which form it has for an account:
//
//	           order                 price                list
//	2020       Orders.Create         Orders.Price         Orders.List, All
//	2021       Orders.CreateItems    Orders.PriceItems    Orders.List, All
//	2022-2024  Orders.CreateOrder    -                    Orders.Search, SearchAll
//
// Orders.Get and [Order] are the same in all three. TNs.Search finds numbers
// for sale until 2021, and TNs.SearchByType since then. [OrdererOptions] select
// the generation of an Orderer. The package never detects or changes it.
//
// # Where the facts come from
//
// The facts come from OpenTact's documentation of 2020, the server's own
// description of October 2021, OpenTact's documentation of 2022 to 2024, and
// published programs that used the API. These sources describe three
// generations of the order API, and they contradict each other and themselves.
// The types accept every form that one of them shows, and write what they read.
//
// # What to know
//
//   - An order has no idempotency key and no reference of your own, and can't
//     be canceled. The client sends it at most once, and an unclear answer is
//     numbers.ErrOutcomeUnknown. The Orderer finds a lost order by its numbers.
//   - An order settles later: Create returns it in the state created. A success
//     may have numbers that failed.
//   - A list shows orders without their numbers. Get shows the numbers. A
//     related object is {}, null, a UUID or the whole object: [Related].
//   - voice, sms and autorenew are true, unless they are sent as false.
//   - Numbers are JSON numbers with country code and without a plus sign.
//   - Amounts have no currency.
//   - The heading "ListOrders: POST /order" of 2020 is wrong: that request
//     creates an order in today's API. This package lists with GET.
//   - An answer with success:false is an error, whatever its HTTP status is.
//     With a 2xx, the status in the body counts. If the body has none, or that
//     of a failed server, the outcome of a purchase is unknown.
//   - Orders contain passwords, tokens and personal data of the account's
//     users. Passwords and tokens are wire.Secret. Undocumented values are
//     [Opaque], which hides secrets. Don't log the rest.
package opentact
