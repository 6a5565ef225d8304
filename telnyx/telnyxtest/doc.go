// Package telnyxtest is a fake of the Telnyx API v2: a real HTTP server with an account of its own that
// searches, reserves, orders, lists, changes and releases numbers as Telnyx does.
//
//	srv := telnyxtest.NewServer(t)
//	r, _ := http.NewRequest("POST", srv.URL()+"/number_orders", strings.NewReader(`{"phone_numbers":[{"phone_number":"+13125550123"}]}`))
//	r.Header.Set("Authorization", "Bearer "+telnyxtest.APIKey)
//	r.Header.Set("Content-Type", "application/json")
//	resp, err := srv.HTTPClient().Do(r) // 200, and an order that is pending
//
// It is built from Telnyx's public OpenAPI description, its guides, and what users reported of the running
// service. Where those say nothing, it does the plain thing and its documentation says so.
//
// # What it is strict about
//
// A query key, a member of a body or an Idempotency-Key that Telnyx silently ignores is ignored here, too,
// and reported: it fails the test, unless Options.Lenient. What Telnyx refuses is refused with its error
// envelope and the code of its error overview. Where no source states the code, the nearest one is used:
// 10023 (400) for a body that is no JSON, 10026 for a value of the wrong type, 10004 for a missing one,
// 10015 for pages and times, 10027 for a number that can't be had. All the latter are 422 in bodies and 400
// in queries.
//
// # Lists
//
// Telnyx documents that owned numbers come newest first, and no order for the other lists; here all lists
// do. So a row that is made while a list is read moves the others to later pages. A page behind the last
// one is empty. Only filters with documented words (types, features, actions) refuse other words; a status
// that no row has finds nothing.
package telnyxtest
