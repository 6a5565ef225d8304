package telnyxtest_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers/numberstest"
	"github.com/tnkit/tnkit/telnyx/telnyxtest"
)

// shop is a small stock whose numbers end in different digits.
func shop(t testing.TB, opts telnyxtest.Options) *telnyxtest.Server {
	t.Helper()
	opts.NoOffers = true
	s := telnyxtest.NewServer(t, opts)
	s.AddOffer(
		numberstest.Offer{Number: "+13125550101", RateCenter: "CHICAGO", Region: "IL", Locality: "Chicago", Vanity: "KL5-0101", Features: []string{"sms", "mms", "voice"}, UpfrontCost: "1.00", MonthlyCost: "2.50", Currency: "EUR"},
		numberstest.Offer{Number: "+13125550102", RateCenter: "CHICAGO", Region: "IL", Locality: "Chicago", Features: []string{"voice"}, Unreservable: true},
		numberstest.Offer{Number: "+12125550103", RateCenter: "NEW YORK", Region: "NY", Locality: "New York"},
		numberstest.Offer{Number: "+18005550104", Quickship: true},
		numberstest.Offer{Number: "+442079460105", AreaCode: "20", Type: "national"},
	)
	return s
}

// endings lists the last digits of the numbers found, with a * behind those of best effort.
func endings(t testing.TB, a answer) string {
	t.Helper()
	var out []string
	for _, n := range in[objects](t, a, 200).Data {
		number := n["phone_number"].(string)
		if number = number[len(number)-1:]; n["best_effort"] == true {
			number += "*"
		}
		out = append(out, number)
	}
	return strings.Join(out, " ")
}

func TestSearchBody(t *testing.T) {
	s := shop(t, telnyxtest.Options{})
	assert.Equal(t, `{"data":[{"record_type":"available_phone_number","phone_number":"+13125550101","vanity_format":"KL5-0101","best_effort":false,`+
		`"quickship":false,"reservable":true,"region_information":[{"region_type":"country_code","region_name":"US"},{"region_type":"rate_center","region_name":"CHICAGO"},`+
		`{"region_type":"state","region_name":"IL"},{"region_type":"location","region_name":"Chicago"}],`+
		`"cost_information":{"upfront_cost":"1.00","monthly_cost":"2.50","currency":"EUR"},"features":[{"name":"sms"},{"name":"mms"},{"name":"voice"}],`+
		`"phone_number_type":"local"}],"meta":{"total_results":1,"best_effort_results":0},"metadata":{"total_results":1,"best_effort_results":0}}`,
		get(t, s, "/available_phone_numbers", "filter[limit]", "1").body)
	assert.Equal(t, `{"data":[],"meta":{"total_results":0,"best_effort_results":0},"metadata":{"total_results":0,"best_effort_results":0}}`,
		get(t, s, "/available_phone_numbers", "filter[locality]", "Nowhere").body)
}

func TestSearchFilters(t *testing.T) {
	s := shop(t, telnyxtest.Options{})
	for _, c := range []struct {
		query string
		want  string
	}{
		{"", "1 2 3 4 5"},
		{"filter[limit]=2", "1 2"},
		{"filter[country_code]=US", "1 2 3 4"},
		{"filter[country_code]=US&filter[phone_number_type]=local", "1 2 3"},
		{"filter[phone_number_type]=toll_free", "4"},
		{"filter[national_destination_code]=312", "1 2"},
		{"filter[phone_number][starts_with]=312555", "1 2"},
		{"filter[national_destination_code]=312&filter[phone_number][starts_with]=555", "1 2"},
		{"filter[national_destination_code]=312&filter[phone_number][starts_with]=312", ""},
		{"filter[phone_number][ends_with]=0103", "3"},
		{"filter[phone_number][contains]=7946", "5"},
		{"filter[phone_number][starts_with]=44", ""},
		{"filter[locality]=chicago", "1 2"},
		{"filter[administrative_area]=NY", "3"},
		{"filter[rate_center]=NEW%20YORK", "3"},
		{"filter[features][]=voice", "1 2 3 4 5"},
		{"filter[features][]=voice&filter[features][]=mms", "1"},
		{"filter[features]=voice,mms", "1"},
		{"filter%5Bfeatures%5D=voice%2Csms", "1 3 4 5"},
		{"filter[quickship]=true", "4"},
		{"filter[reservable]=true", "1 3 4 5"},
		{"filter[reservable]=false", "2"},
		{"filter[locality]=Chicago&filter[best_effort]=true&filter[country_code]=US&filter[phone_number_type]=local", "1 2 3*"},
		{"filter[locality]=Chicago&filter[best_effort]=true&filter[limit]=1", "1"},
	} {
		assert.Equal(t, c.want, endings(t, send(t, s, "GET", "/available_phone_numbers?"+c.query, "")), c.query)
	}
	m := in[objects](t, get(t, s, "/available_phone_numbers", "filter[locality]", "Chicago", "filter[best_effort]", "true"), 200).Meta
	assert.Equal(t, map[string]any{"total_results": 5.0, "best_effort_results": 3.0}, m)
}

func TestSearchRefusals(t *testing.T) {
	s := shop(t, telnyxtest.Options{})
	for _, c := range []struct{ key, value, code, where string }{
		{"filter[features][]", "telepathy", "10032", "filter[features]"},
		{"filter[features]", "sms,telepathy", "10032", "filter[features]"},
		{"filter[phone_number_type]", "tollfree", "10032", "filter[phone_number_type]"},
		{"filter[limit]", "0", "10033", "filter[limit]"},
		{"filter[limit]", "many", "10026", "filter[limit]"},
		{"filter[best_effort]", "1", "10026", "filter[best_effort]"},
		{"filter[country_code]", "FR", "10015", ""},
	} {
		failed(t, get(t, s, "/available_phone_numbers", c.key, c.value), 400, c.code, c.where)
	}
	failed(t, get(t, s, "/available_phone_numbers", "filter[country_code]", "GB", "filter[phone_number_type]", "local"), 400, "10015", "")
}

func TestSearchIgnoresMisplacedFilters(t *testing.T) {
	tb := &recorder{TB: t}
	s := shop(tb, telnyxtest.Options{})
	assert.Equal(t, "1 2 3 4 5", endings(t, get(t, s, "/available_phone_numbers", "national_destination_code", "415", "page[size]", "1")))
	assert.Len(t, tb.Errors(), 2)
	assert.Empty(t, endings(t, get(t, s, "/available_phone_numbers", "filter[phone_number][starts_with]", "+1312")))
	assert.Len(t, tb.Errors(), 3)
}

func TestSoldOutIsEmptyNotUncovered(t *testing.T) {
	s := shop(t, telnyxtest.Options{})
	order(t, s, "one", "+442079460105")
	assert.Empty(t, endings(t, get(t, s, "/available_phone_numbers", "filter[country_code]", "GB")))
}

func TestStockFollowsOrders(t *testing.T) {
	s := shop(t, telnyxtest.Options{SettleAfter: time.Hour})
	order(t, s, "one", "+13125550101", "+13125550102")
	assert.Equal(t, "3 4 5", endings(t, get(t, s, "/available_phone_numbers")))
	s.SetState("+13125550101", "failure")
	s.SetState("+13125550102", "success")
	assert.Equal(t, "1 3 4 5", endings(t, get(t, s, "/available_phone_numbers")), "what failed is for sale again")
	assert.Equal(t, 200, send(t, s, "DELETE", "/phone_numbers/+13125550102", "").status)
	s.RemoveOffer("+12125550103")
	s.Hold("+18005550104")
	assert.Equal(t, "1 5", endings(t, get(t, s, "/available_phone_numbers")))
	for _, gone := range []string{"+12125550103", "+18005550104"} {
		failed(t, send(t, s, "POST", "/number_orders", `{"phone_numbers":[{"phone_number":"`+gone+`"}]}`), 422, "10027", "/phone_numbers/0/phone_number")
	}
	refusal := send(t, s, "POST", "/number_orders", `{"phone_numbers":[{"phone_number":"+12125550103"},{"phone_number":"+13125550101"},{"phone_number":"+18005550104"}]}`)
	assert.Equal(t, 422, refusal.status)
	assert.Contains(t, refusal.body, "/phone_numbers/0/phone_number")
	assert.Contains(t, refusal.body, "/phone_numbers/2/phone_number", "all that can't be had are named")
	assert.Contains(t, refusal.body, "[+18005550104]")
	assert.NotContains(t, refusal.body, "+13125550101")
	s.AddOffer(numberstest.Offer{Number: "+12125550103"})
	assert.Equal(t, "1 3 5", endings(t, get(t, s, "/available_phone_numbers")))
}

func TestRequireSearch(t *testing.T) {
	s := shop(t, telnyxtest.Options{RequireSearch: true})
	body := `{"phone_numbers":[{"phone_number":"+12125550103"}]}`
	failed(t, send(t, s, "POST", "/number_orders", body), 422, "10027", "/phone_numbers/0/phone_number")
	assert.Contains(t, send(t, s, "POST", "/number_orders", body).body, "We don't recognize the number [+12125550103].")
	assert.Equal(t, "3", endings(t, get(t, s, "/available_phone_numbers", "filter[administrative_area]", "NY")))
	order(t, s, "one", "+12125550103")
}

func TestTrialAccount(t *testing.T) {
	s := shop(t, telnyxtest.Options{Trial: true})
	rows := in[objects](t, get(t, s, "/available_phone_numbers", "filter[limit]", "1"), 200).Data
	assert.Equal(t, "+13125------", rows[0]["phone_number"])
	failed(t, send(t, s, "POST", "/number_orders", `{"phone_numbers":[{"phone_number":"+13125------"}]}`), 422, "10027", "/phone_numbers/0/phone_number")
	failed(t, send(t, s, "POST", "/number_reservations", `{"phone_numbers":[{"phone_number":"+13125550101"}]}`), 403, "10038", "")
	failed(t, get(t, s, "/regulatory_requirements"), 403, "10038", "")
	order(t, s, "one", "+13125550101")
	failed(t, send(t, s, "POST", "/number_orders", `{"phone_numbers":[{"phone_number":"+13125550102"}]}`), 403, "10039", "")
}

func TestDefaultStock(t *testing.T) {
	s := telnyxtest.NewServer(t)
	for query, want := range map[string]int{
		"filter[country_code]=US&filter[national_destination_code]=312": 20,
		"filter[country_code]=US&filter[phone_number_type]=toll_free":   20,
		"filter[country_code]=CA&filter[administrative_area]=ON":        10,
		"filter[country_code]=GB":                                       10,
		"filter[country_code]=DE":                                       10,
		"filter[country_code]=CH":                                       10,
	} {
		assert.Equal(t, want, len(in[objects](t, send(t, s, "GET", "/available_phone_numbers?"+query, ""), 200).Data), query)
	}
	assert.Equal(t, 100, len(in[objects](t, get(t, s, "/available_phone_numbers"), 200).Data))
	assert.Equal(t, 140, len(in[objects](t, get(t, s, "/available_phone_numbers", "filter[limit]", "1000"), 200).Data))
}

// reserve returns the reservation as the next reading shows it: its status, and the numbers' statuses.
func reserve(t *testing.T, s *telnyxtest.Server, numbers ...string) (id string, state []string) {
	t.Helper()
	var list []map[string]string
	for _, n := range numbers {
		list = append(list, map[string]string{"phone_number": n})
	}
	body, err := json.Marshal(map[string]any{"phone_numbers": list, "customer_reference": "R"})
	require.NoError(t, err)
	r := in[object](t, send(t, s, "POST", "/number_reservations", string(body)), 200).Data
	require.Equal(t, "pending", r["status"])
	id = r["id"].(string)
	return id, statuses(in[object](t, get(t, s, "/number_reservations/"+id), 200).Data)
}

func TestReservationBody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := shop(t, telnyxtest.Options{ServerOptions: numberstest.ServerOptions{InMemory: true}})
		id, _ := reserve(t, s, "+13125550101")
		a := get(t, s, "/number_reservations/"+id)
		number := in[object](t, a, 200).Data["phone_numbers"].([]any)[0].(map[string]any)
		layout, now := "2006-01-02T15:04:05.000000Z", time.Now().UTC()
		body := fmt.Sprintf(`{"id":%q,"record_type":"number_reservation","phone_numbers":[{"id":%q,"record_type":"reserved_phone_number","phone_number":"+13125550101",`+
			`"status":"success","created_at":%[3]q,"updated_at":%[3]q,"expired_at":%[4]q,"errors":""}],"status":"success","customer_reference":"R","errors":"",`+
			`"created_at":%[3]q,"updated_at":%[3]q}`, id, number["id"], now.Format(layout), now.Add(30*time.Minute).Format(layout))
		assert.Equal(t, `{"data":`+body+`}`, a.body)
		list := `{"data":[` + body + `],"meta":{"page_number":1,"page_size":20,"total_pages":1,"total_results":1}}`
		assert.Equal(t, list, get(t, s, "/number_reservations").body)
		for _, c := range [][3]string{
			{"filter[status]", "success", "failed"},
			{"filter[customer_reference]", "R", "r"},
			{"filter[phone_numbers.phone_number]", "+13125550101", "+13125550102"},
			{"filter[created_at][gt]", now.Add(-time.Second).Format(layout), now.Format(layout)},
			{"filter[created_at][lt]", now.Add(time.Second).Format(layout), now.Format(layout)},
		} {
			assert.Equal(t, list, get(t, s, "/number_reservations", c[0], c[1]).body, c[0])
			assert.Empty(t, in[objects](t, get(t, s, "/number_reservations", c[0], c[2]), 200).Data, c[0])
		}
	})
}

func TestReservationLifecycle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := shop(t, telnyxtest.Options{ServerOptions: numberstest.ServerOptions{InMemory: true}})
		s.Hold("+12125550103")
		_, state := reserve(t, s, "+13125550101", "+13125550102", "+12125550103")
		assert.Equal(t, []string{"partial_success", "success", "failed", "failed"}, state)
		id, state := reserve(t, s, "+13125550101")
		assert.Equal(t, []string{"failed", "failed"}, state, "reserved already")
		failed(t, send(t, s, "POST", "/number_reservations/"+id+"/actions/extend", ""), 422, "10027", "")

		assert.Equal(t, "1 2 4 5", endings(t, get(t, s, "/available_phone_numbers")))
		assert.Equal(t, "2 4 5", endings(t, get(t, s, "/available_phone_numbers", "filter[exclude_held_numbers]", "true")))
		time.Sleep(30 * time.Minute)
		assert.Equal(t, "1 2 3 4 5", endings(t, get(t, s, "/available_phone_numbers", "filter[exclude_held_numbers]", "true")))

		id, state = reserve(t, s, "+13125550101")
		assert.Equal(t, []string{"success", "success"}, state)
		time.Sleep(29 * time.Minute)
		extended := in[object](t, send(t, s, "POST", "/number_reservations/"+id+"/actions/extend", ""), 200).Data
		until, err := time.Parse(time.RFC3339, extended["phone_numbers"].([]any)[0].(map[string]any)["expired_at"].(string))
		require.NoError(t, err)
		assert.True(t, until.Equal(time.Now().Add(31*time.Minute)), until)
		time.Sleep(30 * time.Minute)
		assert.Equal(t, "2 3 4 5", endings(t, get(t, s, "/available_phone_numbers", "filter[exclude_held_numbers]", "true")))
		order(t, s, "mine", "+13125550101")
		time.Sleep(time.Minute)
		failed(t, send(t, s, "POST", "/number_reservations/"+id+"/actions/extend", ""), 422, "10027", "")
	})
}

func TestReservationRefusals(t *testing.T) {
	s := shop(t, telnyxtest.Options{})
	for body, want := range map[string][2]string{
		`{}`:                     {"10004", "/phone_numbers"},
		`{"phone_numbers":[{}]}`: {"10004", "/phone_numbers/0/phone_number"},
		`{"phone_numbers":[{"phone_number":"13125550101"}]}`: {"10016", "/phone_numbers/0/phone_number"},
	} {
		failed(t, send(t, s, "POST", "/number_reservations", body), 422, want[0], want[1])
	}
	failed(t, get(t, s, "/number_reservations/x"), 404, "10005", "")
	failed(t, send(t, s, "POST", "/number_reservations/x/actions/extend", ""), 404, "10005", "")
}

func TestNumbersFeatures(t *testing.T) {
	s := shop(t, telnyxtest.Options{})
	assert.Equal(t, `{"data":[{"phone_number":"+13125550101","features":["sms","mms","voice"]},{"phone_number":"+19705550001","features":[]}]}`,
		send(t, s, "POST", "/numbers_features", `{"phone_numbers":["+13125550101","+19705550001"]}`).body)
	failed(t, send(t, s, "POST", "/numbers_features", `{}`), 422, "10004", "/phone_numbers")
	failed(t, send(t, s, "POST", "/numbers_features", `{"phone_numbers":["1"]}`), 422, "10016", "/phone_numbers/0")
}

func TestInventoryCoverage(t *testing.T) {
	s := shop(t, telnyxtest.Options{})
	group := func(name, by, kind, numberType, state, count string) string {
		return fmt.Sprintf(`{"group":%q,"group_type":%q,"number_range":1,"number_type":%q,"phone_number_type":%q,"coverage_type":"number",`+
			`"administrative_area":%q,"advance_requirements":false,%s"record_type":"inventory_coverage_group"}`, name, by, numberType, kind, state, count)
	}
	chicago := group("Chicago", "locality", "local", "did", "IL", `"count":2,`)
	assert.Equal(t, `{"data":[`+chicago+`],"meta":{"total_results":1}}`,
		get(t, s, "/inventory_coverage", "filter[count]", "true", "filter[administrative_area]", "IL").body)
	assert.Equal(t, `{"data":[`+group("800", "npa", "toll_free", "toll-free", "", "")+`],"meta":{"total_results":1}}`,
		get(t, s, "/inventory_coverage", "filter[groupBy]", "npa", "filter[phone_number_type]", "toll_free").body)
	for query, want := range map[string]float64{
		"":                                3,
		"filter[npa]=212":                 1,
		"filter[npa]=212&filter[nxx]=555": 1,
		"filter[nxx]=556":                 0,
		"filter[features]=mms,voice":      1,
		"filter[features][]=sms":          3,
		"filter[country_code]=GB":         1,
		"filter[groupBy]=national_destination_code": 3,
	} {
		assert.Equal(t, want, in[objects](t, send(t, s, "GET", "/inventory_coverage?"+query, ""), 200).Meta["total_results"], query)
	}
	failed(t, get(t, s, "/inventory_coverage", "filter[country_code]", "AQ"), 400, "10032", "filter[country_code]")
	failed(t, get(t, s, "/inventory_coverage", "filter[groupBy]", "npa-nxx"), 400, "10032", "filter[groupBy]")
}

func TestCountryCoverage(t *testing.T) {
	s := shop(t, telnyxtest.Options{})
	us := `{"code":"US","numbers":true,"features":["sms","mms","voice"],"phone_number_type":["local","toll_free"],"reservable":true,"quickship":true,` +
		`"international_sms":false,"p2p":false,"local":{"features":["sms","mms","voice"],"reservable":true,"full_pstn_replacement":false,"quickship":false,` +
		`"international_sms":false,"p2p":false},"toll_free":{"features":["sms","voice"],"reservable":true,"full_pstn_replacement":false,"quickship":true,` +
		`"international_sms":false,"p2p":false},"mobile":{},"national":{},"region":null,"inventory_coverage":true,"shared_cost":{}}`
	assert.Equal(t, `{"data":`+us+`}`, get(t, s, "/country_coverage/countries/US").body)
	all := in[struct{ Data map[string]json.RawMessage }](t, get(t, s, "/country_coverage"), 200).Data
	assert.Equal(t, us, string(all["United States of America"]))
	assert.Contains(t, string(all["France"]), `"numbers":false,"features":[],"phone_number_type":[]`)
	failed(t, get(t, s, "/country_coverage/countries/AQ"), 404, "10005", "")
}

func TestQueriesAreReadDecoded(t *testing.T) {
	s := shop(t, telnyxtest.Options{})
	assert.Equal(t, "5", endings(t, send(t, s, "GET", "/available_phone_numbers?"+url.QueryEscape("filter[phone_number][contains]")+"=7946", "")))
}
