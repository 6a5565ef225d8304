package telnyxtest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers/numberstest"
	"github.com/tnkit/tnkit/telnyx/telnyxtest"
)

func TestSearchBlocks(t *testing.T) {
	s := telnyxtest.NewServer(t, telnyxtest.Options{ServerOptions: numberstest.ServerOptions{NoOffers: true}, RequireSearch: true})
	s.AddBlock(
		telnyxtest.Block{Offer: numberstest.Offer{Number: "+13125550150", Locality: "Chicago", Features: []string{"voice"}, MonthlyCost: "9.00"}, Range: 10},
		telnyxtest.Block{Offer: numberstest.Offer{Number: "+49305555200", AreaCode: "30", Locality: "Berlin"}, Range: 5},
	)
	order := `{"starting_number":"+13125550150","range":10}`
	failed(t, send(t, s, "POST", "/number_block_orders", order), 422, "10027", "/starting_number")
	chicago := `{"phone_number":"+13125550150","range":10,"features":[{"name":"voice"}],"region_information":[{"region_type":"country_code","region_name":"US"},` +
		`{"region_type":"location","region_name":"Chicago"}],"cost_information":{"upfront_cost":"1.00000","monthly_cost":"9.00","currency":"USD"},"record_type":"available_phone_number_block"}`
	for _, query := range [][]string{
		{"filter[country_code]", "US"},
		{"filter[locality]", "chicago"},
		{"filter[national_destination_code]", "312"},
	} {
		assert.Equal(t, `{"data":[`+chicago+`],"meta":{"total_results":1,"best_effort_results":0}}`, get(t, s, "/available_phone_number_blocks", query...).body)
	}
	assert.Len(t, in[objects](t, get(t, s, "/available_phone_number_blocks", "filter[phone_number_type]", "local"), 200).Data, 2)
	assert.Empty(t, in[objects](t, get(t, s, "/available_phone_number_blocks", "filter[phone_number_type]", "mobile"), 200).Data)
	require.Equal(t, 200, send(t, s, "POST", "/number_block_orders", order).status)
	assert.Len(t, in[objects](t, get(t, s, "/available_phone_number_blocks"), 200).Data, 1)
}

func TestBlockOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := telnyxtest.NewServer(t, telnyxtest.Options{ServerOptions: numberstest.ServerOptions{InMemory: true}})
		created := send(t, s, "POST", "/number_block_orders", `{"starting_number":"+13125550150","range":10,"connection_id":"c1","messaging_profile_id":"m1","customer_reference":"R"}`)
		o, at := in[object](t, created, 200).Data, time.Now().UTC().Format("2006-01-02T15:04:05.000000Z")
		body := func(status string) string {
			return fmt.Sprintf(`{"id":%q,"starting_number":"+13125550150","range":10,"record_type":"number_block_order","connection_id":"c1","messaging_profile_id":"m1",`+
				`"phone_numbers_count":10,"status":%q,"customer_reference":"R","created_at":%[3]q,"updated_at":%[3]q,"requirements_met":true,"errors":""}`, o["id"], status, at)
		}
		assert.Equal(t, `{"data":`+body("pending")+`}`, created.body)
		assert.Equal(t, `{"data":`+body("success")+`}`, get(t, s, "/number_block_orders/"+o["id"].(string)).body)
		list := `{"data":[` + body("success") + `],"meta":{"page_number":1,"page_size":20,"total_pages":1,"total_results":1}}`
		for _, c := range [][3]string{
			{"page[size]", "20", ""},
			{"filter[status]", "success", "failure"},
			{"filter[created_at][lt]", time.Now().Add(time.Second).Format(time.RFC3339), time.Now().Add(-time.Second).Format(time.RFC3339)},
			{"filter[created_at][gt]", time.Now().Add(-time.Second).Format(time.RFC3339), time.Now().Add(time.Second).Format(time.RFC3339)},
			{"filter[phone_numbers.starting_number]", "+13125550150", "+13125550151"},
		} {
			assert.Equal(t, list, get(t, s, "/number_block_orders", c[0], c[1]).body, c[0])
			if c[2] != "" {
				assert.Empty(t, in[objects](t, get(t, s, "/number_block_orders", c[0], c[2]), 200).Data, c[0])
			}
		}
		assert.Len(t, s.Books().Owned(), 10)
		assert.Equal(t, 1, s.Books().Bought("+13125550159"))
		assert.Empty(t, in[objects](t, get(t, s, "/number_orders"), 200).Data)
		failed(t, get(t, s, "/number_orders/"+o["id"].(string)), 404, "10005", "")
		sub := in[objects](t, get(t, s, "/sub_number_orders", "filter[order_request_id]", o["id"].(string)), 200).Data[0]
		assert.Equal(t, true, sub["is_block_sub_number_order"])
		assert.Equal(t, true, in[objects](t, get(t, s, "/number_order_phone_numbers"), 200).Data[0]["is_block_number"])
		failed(t, get(t, s, "/number_block_orders/"+order(t, s, "x", "+19705550001")["id"].(string)), 404, "10005", "")
	})
}

func TestBlockOrderRefusals(t *testing.T) {
	s := telnyxtest.NewServer(t)
	order(t, s, "x", "+13125550155")
	for body, want := range map[string][2]string{
		`{"range":10}`:                                     {"10004", "/starting_number"},
		`{"starting_number":"312","range":10}`:             {"10016", "/starting_number"},
		`{"starting_number":"+13125550150"}`:               {"10004", "/range"},
		`{"starting_number":"+13125550150","range":0}`:     {"10033", "/range"},
		`{"starting_number":"+13125550150","range":"10"}`:  {"10026", "/range"},
		`{"starting_number":"+999999999999995","range":6}`: {"10033", "/range"},
		`{"starting_number":"+13125550150","range":10}`:    {"10027", "/starting_number"},
	} {
		failed(t, send(t, s, "POST", "/number_block_orders", body), 422, want[0], want[1])
	}
	assert.Empty(t, in[objects](t, get(t, s, "/number_block_orders"), 200).Data)
}

func TestInexplicitOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := telnyxtest.NewServer(t, telnyxtest.Options{ServerOptions: numberstest.ServerOptions{InMemory: true}})
		created := send(t, s, "POST", "/inexplicit_number_orders", `{"ordering_groups":[{"country_iso":"US","count_requested":"3","phone_number_type":"local",`+
			`"national_destination_code":"312","administrative_area":"IL","locality":"Chicago","features":["sms","mms"],"phone_number":{"starts_with":"555","ends_with":"9","contains":"501"},`+
			`"quickship":false,"exclude_held_numbers":true,"strategy":"always"}],"connection_id":"c1","messaging_profile_id":"m1","billing_group_id":"b1","customer_reference":"R"}`)
		x, at := in[object](t, created, 200).Data, time.Now().UTC().Format("2006-01-02T15:04:05.000000Z")
		body := func(allocated int, status, reason, orders string) string {
			return fmt.Sprintf(`{"id":%q,"connection_id":"c1","messaging_profile_id":"m1","customer_reference":"R","billing_group_id":"b1","ordering_groups":[{"country_iso":"US",`+
				`"phone_number_type":"local","count_requested":3,"count_allocated":%d,"status":%q,"national_destination_code":"312","phone_number[starts_with]":"555",`+
				`"phone_number[ends_with]":"9","phone_number[contains]":"501","administrative_area":"IL","strategy":"always","quickship":false,"exclude_held_numbers":true,`+
				`"error_reason":%s,"orders":%s,"created_at":%[6]q,"updated_at":%[6]q}],"created_at":%[6]q,"updated_at":%[6]q}`, x["id"], allocated, status, reason, orders, at)
		}
		assert.Equal(t, `{"data":`+body(0, "pending", "null", "[]")+`}`, created.body)
		list := in[objects](t, get(t, s, "/number_orders"), 200).Data
		require.Len(t, list, 1)
		assert.Equal(t, []any{"R", 2.0, "c1", "m1", "b1"}, []any{list[0]["customer_reference"], list[0]["phone_numbers_count"], list[0]["connection_id"], list[0]["messaging_profile_id"], list[0]["billing_group_id"]})
		want := body(2, "partial_success", `"There are not enough phone numbers."`, fmt.Sprintf(`[{"number_order_id":%q,"sub_number_order_ids":[%q]}]`, list[0]["id"], subIDs(list[0])[0]))
		assert.Equal(t, `{"data":`+want+`}`, get(t, s, "/inexplicit_number_orders/"+x["id"].(string)).body)
		assert.Equal(t, `{"data":[`+want+`],"meta":{"page_number":1,"page_size":5,"total_pages":1,"total_results":1}}`,
			get(t, s, "/inexplicit_number_orders", "page_number", "1", "page_size", "5").body)
		assert.Equal(t, []string{"+13125550109", "+13125550119"}, numbersOf(s.Books().Owned()))
		failed(t, get(t, s, "/inexplicit_number_orders/x"), 404, "10005", "")
		failed(t, get(t, s, "/inexplicit_number_orders", "page_size", "251"), 400, "10015", "page/size")
	})
}

func numbersOf(list []numberstest.Purchase) (out []string) {
	for _, p := range list {
		out = append(out, p.Number)
	}
	return out
}

func TestInexplicitStrategies(t *testing.T) {
	s := telnyxtest.NewServer(t)
	read := func(group string) map[string]any {
		x := in[object](t, send(t, s, "POST", "/inexplicit_number_orders", `{"ordering_groups":[`+group+`]}`), 200).Data
		return in[object](t, get(t, s, "/inexplicit_number_orders/"+x["id"].(string)), 200).Data["ordering_groups"].([]any)[0].(map[string]any)
	}
	g := read(`{"country_iso":"CA","count_requested":"11","phone_number_type":"local","strategy":"never"}`)
	assert.Equal(t, []any{"failed", 0.0}, []any{g["status"], g["count_allocated"]})
	g = read(`{"country_iso":"CA","count_requested":"10","phone_number_type":"local","strategy":"never"}`)
	assert.Equal(t, []any{"success", 10.0, nil}, []any{g["status"], g["count_allocated"], g["error_reason"]})
	g = read(`{"country_iso":"CA","count_requested":"1","phone_number_type":"local"}`)
	assert.Equal(t, []any{"failed", "always"}, []any{g["status"], g["strategy"]})
	assert.Len(t, s.Books().Owned(), 10)
}

func TestInexplicitRefusals(t *testing.T) {
	tb := &recorder{TB: t}
	s := telnyxtest.NewServer(tb)
	failed(t, send(t, s, "POST", "/inexplicit_number_orders", `{}`), 422, "10004", "/ordering_groups")
	for group, want := range map[string][2]string{
		`{}`: {"10004", "/country_iso"},
		`{"country_iso":"DE","count_requested":"1","phone_number_type":"local"}`:                    {"10032", "/country_iso"},
		`{"country_iso":"US","count_requested":"1"}`:                                                {"10004", "/phone_number_type"},
		`{"country_iso":"US","phone_number_type":"local"}`:                                          {"10004", "/count_requested"},
		`{"country_iso":"US","count_requested":"one","phone_number_type":"local"}`:                  {"10026", "/count_requested"},
		`{"country_iso":"US","count_requested":"10001","phone_number_type":"local"}`:                {"10033", "/count_requested"},
		`{"country_iso":"US","count_requested":"1","phone_number_type":"local","strategy":"maybe"}`: {"10032", "/strategy"},
	} {
		failed(t, send(t, s, "POST", "/inexplicit_number_orders", `{"ordering_groups":[`+group+`]}`), 422, want[0], "/ordering_groups/0"+want[1])
	}
	failed(t, send(t, s, "POST", "/inexplicit_number_orders", `{"ordering_groups":[{"country_iso":"US","count_requested":1,"phone_number_type":"local"}]}`), 422, "10026", "/ordering_groups")
	require.Empty(t, tb.Errors())
	get(t, s, "/inexplicit_number_orders", "page[number]", "2")
	assert.Len(t, tb.Errors(), 1)
}

func TestAdvancedOrder(t *testing.T) {
	s := telnyxtest.NewServer(t)
	created := send(t, s, "POST", "/advanced_orders", `{"country_code":"CA","area_code":"416","quantity":5,"phone_number_type":"mobile","features":["sms"],"comments":"soon","customer_reference":"R"}`)
	a := in[map[string]any](t, created, 200)
	body := func(status, orders string) string {
		return fmt.Sprintf(`{"country_code":"CA","comments":"soon","quantity":5,"area_code":"416","phone_number_type":"mobile","features":["sms"],"customer_reference":"R",`+
			`"id":%q,"status":%q,"orders":%s,"requirement_group_id":null}`, a["id"], status, orders)
	}
	assert.Equal(t, body("pending", "[]"), created.body)
	path := "/advanced_orders/" + a["id"].(string)
	s.SetAdvancedOrder(a["id"].(string), "ordered", "o1")
	assert.Equal(t, body("ordered", `["o1"]`), get(t, s, path).body)
	second := in[map[string]any](t, send(t, s, "POST", "/advanced_orders", `{}`), 200)
	assert.Equal(t, []any{"US", "local", 1.0}, []any{second["country_code"], second["phone_number_type"], second["quantity"]})
	list := get(t, s, "/advanced_orders")
	assert.True(t, strings.HasSuffix(list.body, ","+body("ordered", `["o1"]`)+`]}`), list.body)

	group := newGroup(t, s, "US")
	patched := in[map[string]any](t, send(t, s, "PATCH", path+"/requirement_group", `{"country_code":"CA","quantity":6,"requirement_group_id":"`+group+`"}`), 200)
	assert.Equal(t, []any{6.0, group, "", "ordered"}, []any{patched["quantity"], patched["requirement_group_id"], patched["comments"], patched["status"]})

	for body, want := range map[string][2]string{
		`{"area_code":"4161"}`: {"10033", "/area_code"},
		`{"quantity":0}`:       {"10033", "/quantity"},
		`{"quantity":10001}`:   {"10033", "/quantity"},
		`{"comments":"` + strings.Repeat("x", 256) + `"}`: {"10033", "/comments"},
		`{"phone_number_type":"tollfree"}`:                {"10032", "/phone_number_type"},
		`{"phone_number_type":"toll_free"}`:               {"10027", "/phone_number_type"},
		`{"features":["sms","x"]}`:                        {"10032", "/features/1"},
		`{"requirement_group_id":"x"}`:                    {"10017", "/requirement_group_id"},
	} {
		failed(t, send(t, s, "POST", "/advanced_orders", body), 422, want[0], want[1])
		failed(t, send(t, s, "PATCH", path+"/requirement_group", body), 422, want[0], want[1])
	}
	failed(t, get(t, s, "/advanced_orders/x"), 404, "10005", "")
	failed(t, send(t, s, "PATCH", "/advanced_orders/x/requirement_group", `{}`), 404, "10005", "")
	assert.Empty(t, s.Books().Purchases)
}

func TestAdvancedArrays(t *testing.T) {
	s := telnyxtest.NewServer(t, telnyxtest.Options{AdvancedArrays: true})
	a := send(t, s, "POST", "/advanced_orders", `{}`)
	assert.Equal(t, http.StatusOK, a.status)
	assert.Contains(t, a.body, `"phone_number_type":["local"]`)
	assert.Contains(t, a.body, `"status":["pending"]`)
}
