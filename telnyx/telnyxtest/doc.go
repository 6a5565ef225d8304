// Package telnyxtest is a fake of the Telnyx API v2: a real HTTP server with its own
// account. It searches, reserves, orders, lists, changes and releases numbers as Telnyx
// does.
//
//	srv := telnyxtest.NewServer(t)
//	r, _ := http.NewRequest("POST", srv.URL()+"/number_orders", strings.NewReader(`{"phone_numbers":[{"phone_number":"+13125550100"}]}`))
//	r.Header.Set("Authorization", "Bearer "+telnyxtest.APIKey)
//	r.Header.Set("Content-Type", "application/json")
//	resp, err := srv.HTTPClient().Do(r) // 200, and an order that is pending
//
// It is built only from Telnyx's public OpenAPI description and API reference, its
// guides, and users' reports of the running service. It shares no code with a client. If
// these sources do not document something, the fake does the simplest thing, and a
// comment there says so.
//
// # What it has
//
// The fake has number orders, sub number orders with their CSV reports, order phone
// numbers, the search for numbers and blocks, reservations, owned numbers with their
// voice and messaging settings, requirement groups, regulatory requirements, comments,
// the balance, coverage, features, block orders, inexplicit orders, advanced orders, addresses,
// documents, requirements in all their versions, bulk jobs, and the signed webhook
// number_order.complete. It does not have OAuth tokens: their path returns 404.
//
// A document is scanned after Options.ReviewAfter, and is gone after 30 minutes if nothing
// uses it. The value of a requirement must be the id of a document that was uploaded. An
// address that was never stored here is accepted, but not one that was deleted. An
// approval verifies the documents. A street without a house number is an invalid address.
// A job is in progress after half of Options.JobAfter, and completed after all of it.
//
// # The life of an order
//
// An order is pending in the answer to its POST. With default options its numbers are
// bought before the next request. Options.SettleAfter and the other durations delay this
// on the server's clock. If the country and type of a number have requirements
// (SetRequirements), the number waits for their values and for Options.ReviewAfter. At
// first, local numbers in Germany have requirements, and those in Switzerland, Denmark,
// Italy, Norway, Portugal and Sweden also need a requirement group. An order succeeds
// when one of its numbers succeeds, so check each number. A number that was bought
// becomes an owned number with another id. Any E.164 number can be ordered unless it is
// owned, in an order, or owned by another customer. With Options.RequireSearch, a search
// must have returned it before. A number that was released can be ordered again, although
// no search shows it.
//
// # What it is strict about
//
// Telnyx silently ignores an unknown query key, an unknown member of a body and an
// Idempotency-Key. The fake ignores them, too, but fails the test, unless Options.Lenient
// is set. The same is true for a query key that is given twice, of which Telnyx uses one,
// and for a filter that can't match anything. The fake refuses what Telnyx refuses, with
// Telnyx's error envelope and a code of its error overview. If no source states the code,
// the nearest one is used: 10023 (400) for a body that is not JSON, 10026 for a value of
// the wrong type, 10004 for a missing value, 10032 for an unknown word, 10033 for a
// number out of range, 10015 for pages and times, 10027 for a number that is not
// available. Except for the first, they have the status 422 in bodies and 400 in queries.
// The status for filter[status] of owned numbers, which has nine states, is 422. null in
// a body is a value of the wrong type, except for the members that Telnyx documents as
// nullable. The text of a detail is Telnyx's only if it is documented: "We don't
// recognize the number", and "No coverage found".
//
// # Lists
//
// In all lists the newest row comes first. Telnyx documents this only for owned numbers,
// and documents no order for the other lists. So a row that is made while a list is read
// moves the others to later pages. A page after the last one is empty. Only filters with
// documented words (types, features, actions, the status of owned numbers) refuse other
// words. A status that no order has matches nothing.
package telnyxtest
