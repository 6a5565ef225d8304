// Package opentact speaks OpenTact's REST API for ordering numbers, exactly as
// OpenTact documents it.
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
// [LoginAuth] logs in by e-mail address and password instead. [NewOrderer] makes
// a portable numbers.Orderer of a client.
//
// # Three generations
//
// OpenTact's order API has had three forms, and which one a server speaks for an
// account is nothing that its answers tell:
//
//	           order                 price                list
//	2020       Orders.Create         Orders.Price         Orders.List, All
//	2021       Orders.CreateItems    Orders.PriceItems    Orders.List, All
//	2022-2024  Orders.CreateOrder    -                    Orders.Search, SearchAll
//
// Orders.Get and [Order] are the same in all. Numbers for sale are found by
// TNs.Search until 2021, and by TNs.SearchByType since. [OrdererOptions] choose
// the generation of an Orderer; nothing is tried or switched by itself.
//
// # Where the facts come from
//
// OpenTact's documentation of 2020, the server's own description of October
// 2021, OpenTact's documentation of 2022 to 2024, and what published programs
// that used the API rely on. They describe three generations of the order API,
// and contradict each other and themselves; the types accept every form that
// one of them shows, and write what they read.
//
// # What to know
//
//   - An order has no idempotency key, no reference of yours, and can't be
//     cancelled. The client sends it at most once; an unclear answer is
//     numbers.ErrOutcomeUnknown. The Orderer finds a lost order by its numbers.
//   - An order settles later: Create answers in state created. A success may
//     have numbers that failed.
//   - Listed orders are shallow: only Get shows the numbers. An object beside
//     them is {}, null, a UUID or the whole object: [Related].
//   - voice, sms and autorenew are true unless they are sent as false.
//   - Numbers are JSON numbers with country code and without a plus sign.
//   - No amount names its currency.
//   - The heading "ListOrders: POST /order" of 2020 is wrong: that request
//     creates an order in today's API. This package lists by GET.
//   - An answer may say success:false under any HTTP status; it is an error.
//     Under a 2xx the status in the body counts; where it has none, or that of
//     a failed server, the outcome of a purchase is unknown.
//   - Orders come with passwords, tokens and personal data of the account's
//     users. Passwords and tokens are wire.Secret, and what is not documented is
//     [Opaque], which hides them; don't log the rest.
package opentact
