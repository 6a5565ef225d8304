package telnyxtest_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers/numberstest"
	"github.com/tnkit/tnkit/telnyx/telnyxtest"
)

// What the description refuses: a member or a parameter that is missing, null, of another type, out of bounds, or none
// of the words.
func TestWhatTheDescriptionRefuses(t *testing.T) {
	const anID = "8ffb3622-7c6b-4ccc-b65f-7a3dc0099576"
	for _, c := range []struct {
		method, path, body string
		status             int
		code, where        string
	}{
		{"POST", "/number_orders", `null`, 422, "10026", ""},
		{"POST", "/number_orders", `[]`, 422, "10026", "/"},
		{"POST", "/number_orders", ` `, 400, "10023", ""},
		{"POST", "/number_orders", `{}`, 422, "10004", "/phone_numbers"},
		{"POST", "/number_orders", `{"phone_numbers":null}`, 422, "10026", "/phone_numbers"},
		{"POST", "/number_orders", `{"phone_numbers":[null]}`, 422, "10026", "/phone_numbers/0"},
		{"POST", "/number_orders", `{"phone_numbers":[{}]}`, 422, "10004", "/phone_numbers/0/phone_number"},
		{"POST", "/number_orders", `{"phone_numbers":[{"phone_number":19705550001}]}`, 422, "10026", "/phone_numbers"},
		{"POST", "/number_orders", `{"phone_numbers":[{"phone_number":"+19705550001","bundle_id":"b"}]}`, 422, "10026", "/phone_numbers/0/bundle_id"},
		{"POST", "/number_orders", `{"phone_numbers":[{"phone_number":"+19705550001","bundle_id":null}]}`, 422, "10026", "/phone_numbers/0/bundle_id"},
		{"POST", "/number_orders", `{"phone_numbers":[{"phone_number":"+19705550001"}],"customer_reference":null}`, 422, "10026", "/customer_reference"},
		{"POST", "/number_orders", `{"phone_numbers":[{"phone_number":"+19705550001"}],"connection_id":7}`, 422, "10026", "/connection_id"},
		{"POST", "/number_reservations", `{"phone_numbers":[{"phone_number":null}]}`, 422, "10026", "/phone_numbers/0/phone_number"},
		{"POST", "/number_block_orders", `{"starting_number":"+13125550150","range":"10"}`, 422, "10026", "/range"},
		{"POST", "/number_block_orders", `{"starting_number":"+13125550150","range":1.5}`, 422, "10026", "/range"},
		{"POST", "/inexplicit_number_orders", `{"ordering_groups":[{"country_iso":"US","phone_number_type":"local","count_requested":1}]}`, 422, "10026", "/ordering_groups"},
		{"POST", "/inexplicit_number_orders", `{"ordering_groups":[{"country_iso":"US","phone_number_type":"sat","count_requested":"1"}]}`, 422, "10032", "/ordering_groups/0/phone_number_type"},
		{"POST", "/inexplicit_number_orders", `{"ordering_groups":[{"country_iso":"US","phone_number_type":"local","count_requested":"1","features":["pigeon"]}]}`, 422, "10032", "/ordering_groups/0/features"},
		{"POST", "/inexplicit_number_orders", `{"ordering_groups":[{"country_iso":"US","phone_number_type":"local","count_requested":"1","phone_number":{"contains":null}}]}`, 422, "10026", "/ordering_groups/0/phone_number/contains"},
		{"POST", "/advanced_orders", `{"country_code":"USA"}`, 422, "10033", "/country_code"},
		{"POST", "/advanced_orders", `{"country_code":""}`, 422, "10033", "/country_code"},
		{"POST", "/advanced_orders", `{"features":[null]}`, 422, "10026", "/features/0"},
		{"POST", "/sub_number_orders_report", `{"status":"done"}`, 422, "10032", "/status"},
		{"POST", "/sub_number_orders_report", `{"status":null}`, 422, "10026", "/status"},
		{"POST", "/sub_number_orders_report", `{"order_request_id":"o"}`, 422, "10026", "/order_request_id"},
		{"POST", "/sub_number_orders_report", `{"created_at_gt":"yesterday"}`, 422, "10015", "/created_at_gt"},
		{"POST", "/numbers_features", `{"phone_numbers":[null]}`, 422, "10026", "/phone_numbers/0"},
		{"POST", "/comments", `{"body":"b","comment_record_type":"number_order","comment_record_id":"` + anID + `"}`, 422, "10032", "/comment_record_type"},
		{"POST", "/requirement_groups", `{"country_code":"DE","phone_number_type":"local","action":"ordering","customer_reference":null}`, 422, "10026", "/customer_reference"},
		{"POST", "/requirement_groups", `{"country_code":"DE","phone_number_type":"local"}`, 422, "10004", "/action"},
		{"PATCH", "/phone_numbers/+13125550001", `{"external_pin":null}`, 422, "10026", "/external_pin"},
		{"PATCH", "/phone_numbers/+13125550001", `{"tags":null}`, 422, "10026", "/tags"},
		{"PATCH", "/phone_numbers/+13125550001", `{"address_id":null}`, 422, "10026", "/address_id"},
		{"PATCH", "/phone_numbers/+13125550001/voice", `{"call_forwarding":null}`, 422, "10026", "/call_forwarding"},
		{"PATCH", "/phone_numbers/+13125550001/voice", `{"call_forwarding":{"forwarding_type":""}}`, 422, "10032", "/call_forwarding/forwarding_type"},
		{"PATCH", "/phone_numbers/+13125550001/messaging", `{"tags":null}`, 422, "10026", "/tags"},
		{"GET", "/sub_number_orders?filter[order_request_id]=o", "", 400, "10026", "filter[order_request_id]"},
		{"GET", "/sub_number_orders?filter[include_phone_numbers]=yes", "", 400, "10026", "filter[include_phone_numbers]"},
		{"GET", "/sub_number_orders?filter[phone_number_type]=sat", "", 400, "10032", "filter[phone_number_type]"},
		{"GET", "/sub_number_orders?filter[phone_numbers_count]=one", "", 400, "10026", "filter[phone_numbers_count]"},
		{"GET", "/number_orders?filter[requirements_met]=1", "", 400, "10026", "filter[requirements_met]"},
		{"GET", "/number_orders?page[size]=251", "", 400, "10015", "page/size"},
		{"GET", "/comments?page[number]=0", "", 400, "10015", "page/number"},
	} {
		s := telnyxtest.NewServer(t)
		s.AddNumber(numberstest.Owned{Number: "+13125550001"})
		a := send(t, s, c.method, c.path, c.body)
		require.Equal(t, c.status, a.status, "%s %s %s: %s", c.method, c.path, c.body, a.body)
		failed(t, a, c.status, c.code, strings.TrimSuffix(c.where, "/")+map[bool]string{true: "/"}[c.where == "/"])
		assert.Empty(t, s.Books().Purchases)
	}
}

// null clears the three members of a number that are nullable.
func TestNullClears(t *testing.T) {
	s := telnyxtest.NewServer(t)
	s.AddNumber(numberstest.Owned{Number: "+13125550001"})
	const path = "/phone_numbers/+13125550001"
	for _, member := range []string{"connection_id", "billing_group_id", "customer_reference"} {
		assert.Equal(t, "x", in[object](t, send(t, s, "PATCH", path, `{"`+member+`":"x"}`), 200).Data[member])
		assert.Equal(t, "x", in[object](t, send(t, s, "PATCH", path, `{}`), 200).Data[member], "absent keeps")
		assert.Nil(t, in[object](t, send(t, s, "PATCH", path, `{"`+member+`":null}`), 200).Data[member])
	}
}

// The slim list has its own filters: it ignores those of the other list, and those that look at what is not included.
func TestSlimIgnoresFilters(t *testing.T) {
	tb := &recorder{TB: t}
	s := telnyxtest.NewServer(tb)
	s.AddRow(
		telnyxtest.Row{Owned: numberstest.Owned{Number: "+13125550001"}, Tags: []string{"x"}},
		telnyxtest.Row{Owned: numberstest.Owned{Number: "+13125550002"}},
	)
	for query, left := range map[string]int{
		"filter[without_tags]=true": 2, "filter[without_tags]=maybe": 2,
		"filter[tag]=x": 2, "filter[tag]=x&include_tags=false": 2,
		"filter[voice.connection_name][eq]=trunk": 2, "filter[voice.connection_name][contains]=x&include_connection=false": 2,
	} {
		assert.Len(t, in[objects](t, send(t, s, "GET", "/phone_numbers/slim?"+query, ""), 200).Data, left, query)
		assert.Len(t, tb.Errors(), 1, query)
		tb.clear()
	}
	for query, left := range map[string]int{
		"filter[tag]=x&include_tags=true": 1, "filter[voice.connection_name][eq]=trunk&include_connection=true": 0,
	} {
		assert.Len(t, in[objects](t, send(t, s, "GET", "/phone_numbers/slim?"+query, ""), 200).Data, left, query)
		assert.Empty(t, tb.Errors(), query)
	}
}

func TestListSubOrdersWithNumbers(t *testing.T) {
	s := telnyxtest.NewServer(t)
	id := order(t, s, "R", berlin, "+19705550001")["id"].(string)
	for _, without := range []answer{get(t, s, "/sub_number_orders"), get(t, s, "/sub_number_orders", "filter[include_phone_numbers]", "false")} {
		for _, sub := range in[objects](t, without, 200).Data {
			assert.NotContains(t, sub, "phone_numbers")
		}
	}
	rows := in[objects](t, get(t, s, "/sub_number_orders", "filter[order_request_id]", id, "filter[include_phone_numbers]", "true"), 200).Data
	require.Len(t, rows, 2)
	shown := map[string]any{}
	for _, sub := range rows {
		for _, n := range sub["phone_numbers"].([]any) {
			n := n.(map[string]any)
			shown[n["phone_number"].(string)] = n["requirements_status"]
		}
	}
	assert.Equal(t, map[string]any{berlin: "requirement-info-pending", "+19705550001": "approved"}, shown)
}

func TestCommentsHavePages(t *testing.T) {
	s := telnyxtest.NewServer(t)
	sub := subIDs(order(t, s, "R", berlin))[0]
	for _, text := range []string{"one", "two", "three"} {
		require.Equal(t, 200, send(t, s, "POST", "/comments", `{"body":"`+text+`","comment_record_type":"sub_number_order","comment_record_id":"`+sub+`"}`).status)
	}
	var seen []any
	for _, page := range []string{"1", "2"} {
		a := in[objects](t, get(t, s, "/comments", "page[number]", page, "page[size]", "2"), 200)
		assert.EqualValues(t, 2, a.Meta["total_pages"])
		assert.EqualValues(t, 3, a.Meta["total_results"])
		for _, k := range a.Data {
			seen = append(seen, k["body"])
		}
	}
	assert.Equal(t, []any{"three", "two", "one"}, seen)
}
