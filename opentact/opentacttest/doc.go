// Package opentacttest is a fake of OpenTact's REST API: a real HTTP server with state,
// for tests and for experiments. It buys nothing and needs no account.
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
// It is built only from public sources: OpenTact's documentation of 2020, the server's
// own API description of October 2021, the documentation of 2022 to 2024, and published
// programs that used the API in production. These sources describe three generations of
// the order API, and contradict each other in some places. Options select the generation
// of a server, and the shapes of its answers. All three generations share the same
// orders, leases, tokens and balance.
//
// The fake is strict. It refuses what the vendor refuses. If a request has something that
// the vendor would silently ignore (an unknown query key or body field), or an obvious
// mistake (a number sent as a string), it fails the test, unless Options.Lenient is set.
//
// The names of the operations in numberstest.Match.Op and numberstest.Request.Op are:
// "create order", "price order", "list orders", "search orders", "get order", "search
// leases", "list leases", "get lease", "get lease by number", "get route", "update
// lease", "release lease", "attach leases to a connection", "attach leases to an app",
// "list leases of a connection", "list leases of an app", "search numbers", "list
// searchable countries", "list countries", "list states", "list rate centers", "log in",
// "create token", "list tokens", "update token", "delete token", "delete all tokens".
// Only "create order" may buy.
//
// The following behavior is assumed, because no source documents it. An order of 2020 for
// a number that is not on offer is refused as a whole with 404. An order of 2021 or 2024
// rejects only this number. A number that the account owns or has in an order may be
// ordered again, and is charged again, because no source mentions idempotency. The cost
// of an order (the nrc and mrc of the number and its enabled features) is charged when
// the order is placed, and refunded for numbers that were not bought. A price has one
// price list for each number. Lists and searches without a requested order keep the order
// of creation. A lease lasts a month, and renewing it costs the monthly part. The rows of
// the dictionaries of states and rate centers, the message for a missing token
// ("Unauthorized"), and the messages for bodies that fail validation are guesses. The tns
// of an order of 2020 must not have a number twice.
package opentacttest
