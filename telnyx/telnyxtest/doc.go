// Package telnyxtest is a fake of the Telnyx API v2: a real HTTP server with an account of its own that
// searches, reserves, orders, lists, changes and releases numbers as Telnyx does.
//
//	srv := telnyxtest.NewServer(t)
//	r, _ := http.NewRequest("POST", srv.URL()+"/number_orders", strings.NewReader(`{"phone_numbers":[{"phone_number":"+13125550100"}]}`))
//	r.Header.Set("Authorization", "Bearer "+telnyxtest.APIKey)
//	r.Header.Set("Content-Type", "application/json")
//	resp, err := srv.HTTPClient().Do(r) // 200, and an order that is pending
//
// It is built from Telnyx's public OpenAPI description and API reference, its guides, and what users
// reported of the running service, from nothing of a client. Where those say nothing, it does the plain
// thing and says so where it does it.
//
// # What there is
//
// Number orders, sub number orders with their CSV reports, order phone numbers, the search for numbers and
// blocks, reservations, owned numbers with their voice and messaging settings, requirement groups,
// regulatory requirements, comments, the balance, coverage, features, block orders, inexplicit orders,
// advanced orders, and the signed webhook number_order.complete. Addresses, documents, bulk jobs and OAuth
// tokens are not there: their paths are 404.
//
// # The life of an order
//
// An order is pending in the answer to its POST. With default options its numbers are bought before anybody
// looks next; Options.SettleAfter and the other durations stretch that on the server's clock. A number whose
// country and type have requirements (SetRequirements; at first local numbers in Germany, and with a
// mandatory requirement group in Switzerland, Denmark, Italy, Norway, Portugal and Sweden) waits for values
// and for Options.ReviewAfter. The order succeeds when any of its numbers does; look at each for the rest.
// A number that was bought becomes an owned number with an id of its own. Any E.164 number can be ordered
// that is not owned, ordered or lost to somebody else, unless Options.RequireSearch; what was released can
// be ordered again, though no search shows it.
//
// # What it is strict about
//
// A query key, a member of a body or an Idempotency-Key that Telnyx silently ignores is ignored here, too,
// and reported: it fails the test, unless Options.Lenient. So is a query key given twice, of which Telnyx
// sees one, and a filter that can only find nothing. What Telnyx refuses is refused with its error envelope
// and a code of its error overview. Where no source states the code, the nearest one is used: 10023 (400)
// for a body that is no JSON, 10026 for a value of the wrong type, 10004 for a missing one, 10032 for an
// unknown word, 10033 for a number out of bounds, 10015 for pages and times, 10027 for a number that can't
// be had. Apart from the first they are 422 in bodies and 400 in queries, except filter[status] of owned numbers
// (422), which knows nine of their states. null in a body is a value of the wrong type, except for the members that
// Telnyx documents as nullable. The wording of a detail is Telnyx's
// only where it is documented: "We don't recognize the number", and "No coverage found".
//
// # Lists
//
// Telnyx documents that owned numbers come newest first, and no order for the other lists; here all lists
// do. So a row that is made while a list is read moves the others to later pages. A page behind the last
// one is empty. Only filters with documented words (types, features, actions, the status of owned numbers)
// refuse other words; a status that no order has finds nothing.
package telnyxtest
