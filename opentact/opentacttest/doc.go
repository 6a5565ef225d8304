// Package opentacttest is a fake of OpenTact's REST API: a real HTTP server with state, for tests and for trying
// things out. Nothing is bought and no account is needed.
//
//	func TestOrder(t *testing.T) {
//		srv := opentacttest.NewServer(t)
//		r, _ := http.NewRequest("POST", srv.URL()+"/order/tn", strings.NewReader(`{"tns":[12029822917]}`))
//		r.Header.Set("Content-Type", "application/json")
//		r.Header.Set("X-Auth-Token", opentacttest.Token)
//		resp, err := srv.HTTPClient().Do(r)
//		…
//		// what was really bought: srv.Books()
//	}
//
// It is built from public sources alone: OpenTact's documentation of 2020, the server's own API description of
// October 2021, the documentation of 2022 to 2024, and what published programs that used the API in production
// rely on. Those describe three generations of the order API, and contradict each other in places; Options says
// which generation a server speaks, and which of two contradicting shapes it answers. Orders, leases, tokens and
// money are the same store in all three.
//
// It is strict. What the vendor refuses it refuses; what the vendor would silently ignore (an unknown query key
// or body field) or what can only be a mistake (a number sent as a string) it also reports, which fails the test
// unless Options.Lenient is set.
//
// Operations have these names in numberstest.Match.Op and numberstest.Request.Op: "create order", "price order",
// "list orders", "search orders", "get order", "search leases", "list leases", "get lease", "get lease by number",
// "get route", "update lease", "release lease", "attach leases to a connection", "attach leases to an app", "list
// leases of a connection", "list leases of an app", "search numbers", "list searchable countries", "list countries",
// "list states", "list rate centers", "log in", "create token", "list tokens", "update token", "delete token",
// "delete all tokens". Only "create order" may buy.
//
// Where the sources say nothing, it does the following. An order of 2020 for a number that nobody offers is refused
// as a whole with 404, while those of 2021 and 2024 reject the number. A number that the account owns or has under
// order may be ordered again, and is charged again, for no source knows of any idempotency. The cost of an order
// (the number's and its enabled features' nrc and mrc) is charged when it is placed and given back for what was not
// bought. A price has one price list a number. Lists and searches that name no order keep the order in which rows
// came. A lease lasts a month, and renewing it costs the monthly part. The rows of the dictionaries of states and
// rate centers, and the messages of a missing token ("Unauthorized") and of bodies that fail validation, are guesses.
// The tns of an order of 2020 must not have a number twice.
package opentacttest
