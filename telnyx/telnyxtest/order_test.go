package telnyxtest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers/numberstest"
	"github.com/tnkit/tnkit/telnyx/telnyxtest"
)

func order(t testing.TB, s *telnyxtest.Server, reference string, numbers ...string) map[string]any {
	t.Helper()
	var list []map[string]string
	for _, n := range numbers {
		list = append(list, map[string]string{"phone_number": n})
	}
	body, err := json.Marshal(map[string]any{"phone_numbers": list, "customer_reference": reference})
	require.NoError(t, err)
	return in[object](t, send(t, s, "POST", "/number_orders", string(body)), http.StatusOK).Data
}

func statuses(o map[string]any) []string {
	out := []string{o["status"].(string)}
	for _, n := range o["phone_numbers"].([]any) {
		out = append(out, n.(map[string]any)["status"].(string))
	}
	return out
}

func TestOrderBodies(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := telnyxtest.NewServer(t, telnyxtest.Options{ServerOptions: numberstest.ServerOptions{InMemory: true}})
		created := send(t, s, "POST", "/number_orders", `{"phone_numbers":[{"phone_number":"+19705555098","bundle_id":"bc8e4d67-33a0-4cbb-af74-7b58f05bd494"}],
			"connection_id":"346789098765567","messaging_profile_id":"abc85f64-5717-4562-b3fc-2c9600","billing_group_id":"abc85f64-5717-4562-b3fc-2c9601","customer_reference":"MY REF 001"}`)
		o := in[object](t, created, 200).Data
		number := o["phone_numbers"].([]any)[0].(map[string]any)
		at := time.Now().UTC().Format("2006-01-02T15:04:05.000000Z")
		long := func(status string) string {
			return fmt.Sprintf(`{"data":{"id":%q,"record_type":"number_order","phone_numbers_count":1,"connection_id":"346789098765567",`+
				`"messaging_profile_id":"abc85f64-5717-4562-b3fc-2c9600","billing_group_id":"abc85f64-5717-4562-b3fc-2c9601",`+
				`"phone_numbers":[{"id":%q,"record_type":"number_order_phone_number","phone_number":"+19705555098",`+
				`"bundle_id":"bc8e4d67-33a0-4cbb-af74-7b58f05bd494","country_code":"US","country_iso_alpha2":"US","phone_number_type":"local",`+
				`"regulatory_requirements":[],"requirements_met":true,"requirements_status":"approved","status":%q}],`+
				`"sub_number_orders_ids":[%q],"status":%q,"customer_reference":"MY REF 001","created_at":%q,"updated_at":%q,"requirements_met":true}}`,
				o["id"], number["id"], status, o["sub_number_orders_ids"].([]any)[0], status, at, at)
		}
		assert.Equal(t, long("pending"), created.body)
		assert.Equal(t, long("success"), get(t, s, "/number_orders/"+o["id"].(string)).body)
		assert.Equal(t, fmt.Sprintf(`{"data":[{"id":%q,"record_type":"number_order","phone_numbers_count":1,"connection_id":"346789098765567",`+
			`"messaging_profile_id":"abc85f64-5717-4562-b3fc-2c9600","billing_group_id":"abc85f64-5717-4562-b3fc-2c9601",`+
			`"phone_numbers":[{"phone_number":"+19705555098","id":%q}],"sub_number_orders_ids":[%q],"status":"success",`+
			`"customer_reference":"MY REF 001","created_at":%q,"updated_at":%q,"requirements_met":true}],`+
			`"meta":{"page_number":1,"page_size":20,"total_pages":1,"total_results":1}}`,
			o["id"], number["id"], o["sub_number_orders_ids"].([]any)[0], at, at), get(t, s, "/number_orders").body)
		assert.Equal(t, []numberstest.Purchase{{Number: "+19705555098", OrderID: o["id"].(string), Reference: "MY REF 001", At: time.Now(), Listed: true}}, s.Books().Purchases)
	})
}

func TestOrderWithoutOptionalFieldsHasNulls(t *testing.T) {
	s := telnyxtest.NewServer(t)
	o := in[object](t, send(t, s, "POST", "/number_orders", `{"phone_numbers":[{"phone_number":"+19705555098"}]}`), 200).Data
	for _, key := range []string{"connection_id", "messaging_profile_id", "billing_group_id", "customer_reference"} {
		value, ok := o[key]
		assert.True(t, ok && value == nil, key)
	}
}

func TestOrderIsSplitByCountryAndType(t *testing.T) {
	s := telnyxtest.NewServer(t)
	o := order(t, s, "r", "+19705555098", "+18005550199", "+19705555099", "+14165550100", "+442071234567")
	assert.Len(t, o["sub_number_orders_ids"], 4)
	assert.EqualValues(t, 5, o["phone_numbers_count"])
}

func TestOrderRefusals(t *testing.T) {
	for name, c := range map[string]struct {
		body   string
		status int
		code   string
		where  string
	}{
		"no JSON":       {`{"phone_numbers":`, 400, "10023", ""},
		"nothing":       {``, 400, "10023", ""},
		"no numbers":    {`{}`, 422, "10004", "/phone_numbers"},
		"empty list":    {`{"phone_numbers":[]}`, 422, "10004", "/phone_numbers"},
		"no number":     {`{"phone_numbers":[{"phone_number":"+19705555098"},{}]}`, 422, "10004", "/phone_numbers/1/phone_number"},
		"not E.164":     {`{"phone_numbers":[{"phone_number":"19705555098"}]}`, 422, "10016", "/phone_numbers/0/phone_number"},
		"masked":        {`{"phone_numbers":[{"phone_number":"+17792------"}]}`, 422, "10027", "/phone_numbers/0/phone_number"},
		"twice":         {`{"phone_numbers":[{"phone_number":"+19705555098"},{"phone_number":"+19705555098"}]}`, 422, "10012", "/phone_numbers/1/phone_number"},
		"wrong type":    {`{"phone_numbers":"+19705555098"}`, 422, "10026", "/phone_numbers"},
		"wrong in list": {`{"phone_numbers":[{"phone_number":19705555098}]}`, 422, "10026", "/phone_numbers"},
	} {
		t.Run(name, func(t *testing.T) {
			s := telnyxtest.NewServer(t, telnyxtest.Options{ServerOptions: numberstest.ServerOptions{Lenient: true}})
			failed(t, send(t, s, "POST", "/number_orders", c.body), c.status, c.code, c.where)
			assert.Empty(t, in[objects](t, get(t, s, "/number_orders"), 200).Data)
			assert.Empty(t, s.Books().Purchases)
		})
	}
}

func TestNumberCanBeOrderedOnce(t *testing.T) {
	s := telnyxtest.NewServer(t, telnyxtest.Options{SettleAfter: time.Hour})
	order(t, s, "a", "+19705555098")
	for range 2 {
		failed(t, send(t, s, "POST", "/number_orders", `{"phone_numbers":[{"phone_number":"+19705555000"},{"phone_number":"+19705555098"}]}`), 422, "10027", "/phone_numbers/1/phone_number")
		s.Settle()
	}
	assert.Equal(t, 1, s.Books().Bought("+19705555098"))
	assert.Zero(t, s.Books().Bought("+19705555000"), "an order is accepted whole or not at all")
}

func TestAuthentication(t *testing.T) {
	s := telnyxtest.NewServer(t)
	for _, header := range []string{"", "Bearer ", "Bearer wrong", "Basic " + telnyxtest.APIKey, telnyxtest.APIKey} {
		for _, path := range []string{"/number_orders", "/nowhere"} {
			r, err := http.NewRequestWithContext(t.Context(), "GET", s.URL()+path, nil)
			require.NoError(t, err)
			r.Header.Set("Authorization", header)
			failed(t, do(t, s, r), 401, "10009", "")
		}
	}
}

func TestUnknownPathsAndIDs(t *testing.T) {
	s := telnyxtest.NewServer(t)
	for _, path := range []string{"/nowhere", "/number_orders/", "/number_orders//", "/number_orders/a/b", "/number_orders/../number_orders"} {
		failed(t, get(t, s, path), 404, "10003", "")
	}
	failed(t, send(t, s, "DELETE", "/number_orders/x", ""), 404, "10003", "")
	failed(t, get(t, s, "/number_orders/12ade33a-21c0-473b-b055-b3c836e1c292"), 404, "10005", "")
	failed(t, get(t, s, "/number_orders/%2E%2E"), 404, "10005", "")
}

func TestOrderFilters(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := telnyxtest.NewServer(t, telnyxtest.Options{ServerOptions: numberstest.ServerOptions{InMemory: true}, SettleAfter: time.Minute})
		order(t, s, "one", "+19705550001")
		time.Sleep(time.Second)
		middle := time.Now()
		order(t, s, "two", "+19705550002", "+19705550003")
		time.Sleep(time.Minute - time.Second)
		order(t, s, "three", "+19705550004")
		stamp := middle.UTC().Format(time.RFC3339Nano)
		for _, c := range []struct {
			query []string
			want  string
		}{
			{nil, "three two one"},
			{[]string{"filter[status]", "success"}, "one"},
			{[]string{"filter[status]", "pending"}, "three two"},
			{[]string{"filter[status]", "never"}, ""},
			{[]string{"filter[created_at][gt]", stamp}, "three"},
			{[]string{"filter[created_at][lt]", stamp}, "one"},
			{[]string{"filter[created_at][gt]", middle.Add(-time.Microsecond).UTC().Format(time.RFC3339Nano), "filter[created_at][lt]", middle.Add(time.Microsecond).UTC().Format("2006-01-02T15:04:05.000000-07:00")}, "two"},
			{[]string{"filter[phone_numbers_count]", "2"}, "two"},
			{[]string{"filter[customer_reference]", "three"}, "three"},
			{[]string{"filter[customer_reference]", "Three"}, ""},
			{[]string{"filter[requirements_met]", "true"}, "three two one"},
			{[]string{"filter[requirements_met]", "false"}, ""},
			{[]string{"page[size]", "2"}, "three two"},
			{[]string{"page[size]", "2", "page[number]", "2"}, "one"},
			{[]string{"page[size]", "2", "page[number]", "3"}, ""},
		} {
			var got []string
			for _, o := range in[objects](t, get(t, s, "/number_orders", c.query...), 200).Data {
				got = append(got, o["customer_reference"].(string))
			}
			assert.Equal(t, c.want, strings.Join(got, " "), c.query)
		}
		assert.Equal(t, map[string]any{"page_number": 2.0, "page_size": 2.0, "total_pages": 2.0, "total_results": 3.0},
			in[objects](t, get(t, s, "/number_orders", "page[size]", "2", "page[number]", "2"), 200).Meta)
	})
}

func TestBadQueries(t *testing.T) {
	s := telnyxtest.NewServer(t)
	for _, c := range []struct{ key, value, code, where string }{
		{"page[number]", "0", "10015", "page/number"},
		{"page[number]", "x", "10015", "page/number"},
		{"page[size]", "0", "10015", "page/size"},
		{"page[size]", "251", "10015", "page/size"},
		{"filter[created_at][gt]", "yesterday", "10015", "filter[created_at][gt]"},
		{"filter[requirements_met]", "yes", "10026", "filter[requirements_met]"},
	} {
		failed(t, get(t, s, "/number_orders", c.key, c.value), 400, c.code, c.where)
	}
}

func TestStrictness(t *testing.T) {
	tb := &recorder{TB: t}
	s := telnyxtest.NewServer(tb)
	order(t, s, "one", "+19705550001")
	require.Empty(t, tb.Errors())

	assert.Len(t, in[objects](t, get(t, s, "/number_orders", "status", "failure", "filter[created_at]", "2018-01-01T00:00:00Z"), 200).Data, 1, "misplaced filters do nothing")
	assert.Len(t, in[objects](t, get(t, s, "/number_orders", "filter[status]", "failure", "filter[status]", "success"), 200).Data, 1)
	send(t, s, "POST", "/number_orders", `{"phone_numbers":[{"phone_number":"+19705550002"}],"webhook_url":"https://example.com"}`)
	r, err := http.NewRequestWithContext(t.Context(), "POST", s.URL()+"/number_orders", strings.NewReader(`{"phone_numbers":[{"phone_number":"+19705550003"}]}`))
	require.NoError(t, err)
	r.Header = http.Header{
		"Authorization": {"Bearer " + telnyxtest.APIKey}, "Content-Type": {"application/json"}, "Idempotency-Key": {"k"},
		"X-Stainless-Lang": {"go"}, "X-Stainless-Retry-Count": {"0"}, "User-Agent": {"Telnyx/Go 4.0.0"},
	}
	require.Equal(t, 200, do(t, s, r).status)

	require.Len(t, tb.Errors(), 5)
	assert.Equal(t, tb.Errors(), s.Reports())
	all := strings.Join(tb.Errors(), "\n")
	for _, word := range []string{`"status"`, `"filter[created_at]"`, `"filter[status]" is given 2 times`, "webhook_url", "Idempotency-Key"} {
		assert.Contains(t, all, word)
	}
}

func TestUpdateOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := telnyxtest.NewServer(t, telnyxtest.Options{ServerOptions: numberstest.ServerOptions{InMemory: true}})
		id := order(t, s, "one", "+19705550001")["id"].(string)
		time.Sleep(time.Second)
		o := in[object](t, send(t, s, "PATCH", "/number_orders/"+id, `{"customer_reference":"two"}`), 200).Data
		assert.Equal(t, "two", o["customer_reference"])
		assert.Greater(t, o["updated_at"], o["created_at"])
		assert.Contains(t, o["phone_numbers"].([]any)[0], "requirements_status")
		assert.Empty(t, in[objects](t, get(t, s, "/number_orders", "filter[customer_reference]", "one"), 200).Data)
		failed(t, send(t, s, "PATCH", "/number_orders/"+id, `{"regulatory_requirements":[{"requirement_id":"x","field_value":"y"}]}`), 422, "10017", "/regulatory_requirements")
		failed(t, send(t, s, "PATCH", "/number_orders/x", `{}`), 404, "10005", "")
	})
}

func TestSettlingOnTheClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := telnyxtest.NewServer(t, telnyxtest.Options{ServerOptions: numberstest.ServerOptions{InMemory: true}, SettleAfter: 10 * time.Second, OrderVisibleAfter: 2 * time.Second})
		path := "/number_orders/" + order(t, s, "one", "+19705550001")["id"].(string)
		failed(t, get(t, s, path), 404, "10005", "")
		assert.Empty(t, in[objects](t, get(t, s, "/number_orders"), 200).Data)
		time.Sleep(2 * time.Second)
		assert.Equal(t, []string{"pending", "pending"}, statuses(in[object](t, get(t, s, path), 200).Data))
		assert.Empty(t, s.Books().Purchases)
		time.Sleep(8 * time.Second)
		assert.Equal(t, []string{"success", "success"}, statuses(in[object](t, get(t, s, path), 200).Data))
		assert.Equal(t, time.Now(), s.Books().Owned()[0].At)
	})
}

func TestSemanticFaultsOfOrders(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := telnyxtest.NewServer(t, telnyxtest.Options{ServerOptions: numberstest.ServerOptions{InMemory: true}})
		read := func(o map[string]any) []string {
			return statuses(in[object](t, get(t, s, "/number_orders/"+o["id"].(string)), 200).Data)
		}
		s.Inject(numberstest.Fault{Kind: numberstest.PartialOrder, Numbers: []string{"+19705550002"}})
		assert.Equal(t, []string{"success", "success", "failure"}, read(order(t, s, "a", "+19705550001", "+19705550002")))
		s.Inject(numberstest.Fault{Kind: numberstest.PartialOrder})
		assert.Equal(t, []string{"failure", "failure"}, read(order(t, s, "b", "+19705550003")))
		s.Inject(numberstest.Fault{Kind: numberstest.StuckPending})
		stuck := order(t, s, "c", "+19705550004", "+19705550005")
		time.Sleep(24 * time.Hour)
		s.Settle()
		assert.Equal(t, []string{"pending", "pending", "pending"}, read(stuck))
		s.Inject(numberstest.Fault{Kind: numberstest.StuckPending, Numbers: []string{"19705550006"}})
		assert.Equal(t, []string{"pending", "pending", "success"}, read(order(t, s, "d", "+19705550006", "+19705550007")))
		s.Inject(numberstest.Fault{Kind: numberstest.LateListing, Delay: time.Minute})
		late := order(t, s, "e", "+19705550008")
		failed(t, get(t, s, "/number_orders/"+late["id"].(string)), 404, "10005", "")
		time.Sleep(time.Minute)
		assert.Equal(t, []string{"success", "success"}, read(late))
		assert.Empty(t, s.Unused())
		var bought []string
		for _, p := range s.Books().Purchases {
			bought = append(bought, p.Number)
		}
		assert.Equal(t, []string{"+19705550001", "+19705550007", "+19705550008"}, bought)
		order(t, s, "f", "+19705550002", "+19705550003") // free again
	})
}

func TestInsertWhileListing(t *testing.T) {
	s := telnyxtest.NewServer(t)
	for i := range 4 {
		order(t, s, fmt.Sprint(i), fmt.Sprintf("+1970555000%d", i))
	}
	s.Inject(numberstest.Fault{Kind: numberstest.InsertWhileListing})
	var seen []string
	for page := 1; page <= 3; page++ {
		for _, o := range in[objects](t, get(t, s, "/number_orders", "page[size]", "2", "page[number]", fmt.Sprint(page)), 200).Data {
			seen = append(seen, o["customer_reference"].(string))
		}
	}
	assert.Equal(t, []string{"3", "2", "2", "1", "0"}, seen, "the new row moved all others")
	assert.Len(t, s.Books().Purchases, 4)
}

func TestSeed(t *testing.T) {
	s := telnyxtest.NewServer(t, telnyxtest.Options{ServerOptions: numberstest.ServerOptions{Seed: true}})
	want, err := os.ReadFile("seed.json")
	require.NoError(t, err)
	assert.Equal(t, string(want), get(t, s, "/number_orders", "page[number]", "2", "page[size]", "25").body)

	doc := in[objects](t, answer{status: 200, body: string(want)}, 200)
	list := in[objects](t, get(t, s, "/number_orders"), 200)
	assert.Equal(t, doc.Data, list.Data)
	assert.EqualValues(t, 1, list.Meta["total_results"])
	one := in[object](t, get(t, s, "/number_orders/12ade33a-21c0-473b-b055-b3c836e1c292"), 200).Data
	assert.Equal(t, "<string>", one["phone_numbers"].([]any)[0].(map[string]any)["id"])

	order(t, s, "new", "+19705555001")
	assert.Len(t, in[objects](t, get(t, s, "/number_orders"), 200).Data, 2)
	assert.Empty(t, in[objects](t, get(t, s, "/number_orders", "page[number]", "2", "page[size]", "25"), 200).Data)
}

func TestRateLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := telnyxtest.NewServer(t, telnyxtest.Options{ServerOptions: numberstest.ServerOptions{InMemory: true}, RateLimit: 2, RateWindow: 10 * time.Second})
		headers := func(a answer) string {
			return a.header.Get("X-Ratelimit-Limit") + " " + a.header.Get("X-Ratelimit-Remaining") + " " + a.header.Get("X-Ratelimit-Reset")
		}
		assert.Equal(t, "2 1 10", headers(get(t, s, "/number_orders")))
		time.Sleep(2500 * time.Millisecond)
		assert.Equal(t, "2 0 8", headers(get(t, s, "/number_orders")))
		a := get(t, s, "/number_orders")
		failed(t, a, 429, "10011", "")
		assert.Equal(t, "2 0 8", headers(a))
		assert.Empty(t, a.header.Get("Retry-After"))
		time.Sleep(7500 * time.Millisecond)
		assert.Equal(t, "2 1 10", headers(get(t, s, "/number_orders")))
	})
	assert.Empty(t, get(t, telnyxtest.NewServer(t), "/number_orders").header.Get("X-Ratelimit-Limit"))
}
