package telnyxtest_test

import (
	"encoding/csv"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers/numberstest"
	"github.com/tnkit/tnkit/telnyx/telnyxtest"
)

const (
	berlin = "+4930555500100" // wants an address and a name
	zurich = "+4144555500100" // wants a requirement group

	addressID = "12ade33a-21c0-473b-b055-b3c836e1c292"
	nameID    = "8ffb3622-7c6b-4ccc-b65f-7a3dc0099576"
)

func subIDs(o map[string]any) (ids []string) {
	for _, id := range o["sub_number_orders_ids"].([]any) {
		ids = append(ids, id.(string))
	}
	return ids
}

func TestSubOrderBody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := telnyxtest.NewServer(t, telnyxtest.Options{ServerOptions: numberstest.ServerOptions{InMemory: true}})
		o := order(t, s, "MY REF", berlin)
		line := o["phone_numbers"].([]any)[0].(map[string]any)
		id, at := subIDs(o)[0], time.Now().UTC().Format("2006-01-02T15:04:05.000000Z")
		short := fmt.Sprintf(`"id":%q,"record_type":"sub_number_order","order_request_id":%q,"country_code":"DE","phone_number_type":"local",`+
			`"user_id":"d70873cd-7c98-401a-81b6-b1ae08246995","regulatory_requirements":[`+
			`{"record_type":"phone_number_regulatory_requirement","requirement_id":%q,"field_type":"address"},`+
			`{"record_type":"phone_number_regulatory_requirement","requirement_id":%q,"field_type":"textual"}],`+
			`"phone_numbers_count":1,"created_at":%q,"updated_at":%q,"requirements_met":false,"status":"pending","customer_reference":"MY REF","is_block_sub_number_order":false`,
			id, o["id"], addressID, nameID, at, at)
		assert.Equal(t, `{"data":{`+short+`}}`, get(t, s, "/sub_number_orders/"+id).body)
		assert.Equal(t, `{"data":{`+short+`}}`, get(t, s, "/sub_number_orders/"+id, "filter[include_phone_numbers]", "false").body)
		assert.Equal(t, `{"data":[{`+short+`}],"meta":{"page_number":1,"page_size":20,"total_pages":1,"total_results":1}}`, get(t, s, "/sub_number_orders").body)
		value := func(id, field string) string {
			return fmt.Sprintf(`{"record_type":"phone_number_regulatory_requirement","requirement_id":%q,"field_type":%q,"field_value":null,"status":"awaiting-value"}`, id, field)
		}
		assert.Equal(t, fmt.Sprintf(`{"data":{%s,"phone_numbers":[{"id":%q,"bundle_id":null,"country_code":"DE","phone_number":%q,"phone_number_type":"local",`+
			`"record_type":"number_order_phone_number","regulatory_requirements":[%s,%s],"requirements_met":false,"requirements_status":"requirement-info-pending","status":"pending"}]}}`,
			short, line["id"], berlin, value(addressID, "address"), value(nameID, "textual")),
			get(t, s, "/sub_number_orders/"+id, "filter[include_phone_numbers]", "true").body)
		failed(t, get(t, s, "/sub_number_orders/"+o["id"].(string)), 404, "10005", "")
	})
}

func TestSubOrderFilters(t *testing.T) {
	s := telnyxtest.NewServer(t)
	o := order(t, s, "one", berlin, "+19705550001", "+19705550002", "+18005550001")
	order(t, s, "two", "+19705550003")
	for _, c := range []struct {
		query []string
		want  string
	}{
		{nil, "US/local/1 US/toll_free/1 US/local/2 DE/local/1"},
		{[]string{"filter[status]", "pending"}, "DE/local/1"},
		{[]string{"filter[order_request_id]", o["id"].(string)}, "US/toll_free/1 US/local/2 DE/local/1"},
		{[]string{"filter[country_code]", "DE"}, "DE/local/1"},
		{[]string{"filter[phone_number_type]", "toll_free"}, "US/toll_free/1"},
		{[]string{"filter[phone_numbers_count]", "2"}, "US/local/2"},
		{[]string{"page[size]", "3", "page[number]", "2"}, "DE/local/1"},
	} {
		var got []string
		for _, sub := range in[objects](t, get(t, s, "/sub_number_orders", c.query...), 200).Data {
			got = append(got, fmt.Sprintf("%v/%v/%v", sub["country_code"], sub["phone_number_type"], sub["phone_numbers_count"]))
		}
		assert.Equal(t, c.want, strings.Join(got, " "), c.query)
	}
	failed(t, get(t, s, "/sub_number_orders", "filter[phone_numbers_count]", "two"), 400, "10026", "filter[phone_numbers_count]")
	failed(t, get(t, s, "/sub_number_orders", "filter[phone_number_type]", "tollfree"), 400, "10032", "filter[phone_number_type]")
}

func TestSubOrderShowsFiftyNumbers(t *testing.T) {
	s := telnyxtest.NewServer(t)
	var numbers []string
	for i := range 51 {
		numbers = append(numbers, fmt.Sprintf("+197055500%02d", i))
	}
	o := order(t, s, "many", numbers...)
	sub := in[object](t, get(t, s, "/sub_number_orders/"+subIDs(o)[0], "filter[include_phone_numbers]", "true"), 200).Data
	assert.Len(t, sub["phone_numbers"], 50)
	assert.EqualValues(t, 51, sub["phone_numbers_count"])
}

func TestCancelSubOrder(t *testing.T) {
	s := telnyxtest.NewServer(t)
	o := order(t, s, "one", berlin, "+19705550001")
	german, american := subIDs(o)[0], subIDs(o)[1]
	failed(t, send(t, s, "PATCH", "/sub_number_orders/"+american+"/cancel", ""), 422, "10027", "")
	sub := in[object](t, send(t, s, "PATCH", "/sub_number_orders/"+german+"/cancel", ""), 200).Data
	assert.Equal(t, "failure", sub["status"])
	got := in[object](t, get(t, s, "/number_orders/"+o["id"].(string)), 200).Data
	assert.Equal(t, []string{"success", "failure", "success"}, statuses(got))
	assert.Equal(t, "cancelled", got["phone_numbers"].([]any)[0].(map[string]any)["requirements_status"])
	failed(t, send(t, s, "PATCH", "/sub_number_orders/"+german+"/cancel", ""), 422, "10027", "")
	failed(t, send(t, s, "PATCH", "/sub_number_orders/x/cancel", ""), 404, "10005", "")
	assert.Zero(t, s.Books().Bought(berlin))
	order(t, s, "two", berlin) // free again
}

func TestSetStateOfOrder(t *testing.T) {
	s := telnyxtest.NewServer(t)
	o := order(t, s, "one", "+19705550001")
	s.SetState(subIDs(o)[0], "deleted")
	s.SetState(o["id"].(string), "failure")
	assert.Equal(t, "deleted", in[object](t, get(t, s, "/sub_number_orders/"+subIDs(o)[0]), 200).Data["status"])
	assert.Equal(t, []string{"failure", "success"}, statuses(in[object](t, get(t, s, "/number_orders/"+o["id"].(string)), 200).Data))
	s.SetState(o["id"].(string), "")
	assert.Len(t, in[objects](t, get(t, s, "/number_orders", "filter[status]", "success"), 200).Data, 1)
}

func TestReport(t *testing.T) {
	for _, path := range []string{"/sub_number_orders_report", "/sub_number_orders/report"} {
		synctest.Test(t, func(t *testing.T) {
			s := telnyxtest.NewServer(t, telnyxtest.Options{ServerOptions: numberstest.ServerOptions{InMemory: true}, SettleAfter: 3 * time.Second})
			o := order(t, s, `a "reference"`, "+19705550001")
			order(t, s, "two", berlin)
			made := time.Now().UTC()
			time.Sleep(5 * time.Second)
			rep := in[object](t, send(t, s, "POST", path, `{"status":"success","created_at_lt":"2100-01-01T00:00:00Z"}`), 202).Data
			assert.Equal(t, "pending", rep["status"])
			assert.Equal(t, "sub_number_order", rep["order_type"])
			assert.Equal(t, map[string]any{"status": "success", "created_at_lt": "2100-01-01T00:00:00Z"}, rep["filters"])
			at := path + "/" + rep["id"].(string)
			failed(t, get(t, s, at+"/download"), 422, "10027", "")
			time.Sleep(3 * time.Second)
			assert.Equal(t, "success", in[object](t, get(t, s, at), 200).Data["status"])
			file := get(t, s, at+"/download")
			assert.Equal(t, "text/csv", file.header.Get("Content-Type"))
			rows, err := csv.NewReader(strings.NewReader(file.body)).ReadAll()
			require.NoError(t, err)
			layout := "2006-01-02 15:04:05.000000"
			assert.Equal(t, [][]string{
				strings.Split("id,order_request_id,is_block_sub_number_order,status,phone_number_type,requirements_met,phone_numbers_count,country_code,user_id,customer_reference,created_at,updated_at", ","),
				{
					subIDs(o)[0], o["id"].(string), "False", "success", "local", "True", "1", "US", "d70873cd-7c98-401a-81b6-b1ae08246995",
					`a "reference"`, made.Format(layout), made.Add(3 * time.Second).Format(layout),
				},
			}, rows)
			failed(t, send(t, s, "POST", path, `{"created_at_gt":"now"}`), 422, "10015", "/created_at_gt")
			failed(t, get(t, s, path+"/x"), 404, "10005", "")
			failed(t, get(t, s, path+"/x/download"), 404, "10005", "")
		})
	}
}

func TestOrderNumberBody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := telnyxtest.NewServer(t, telnyxtest.Options{ServerOptions: numberstest.ServerOptions{InMemory: true}})
		o := order(t, s, "one", "+13125550100")
		line := o["phone_numbers"].([]any)[0].(map[string]any)["id"].(string)
		body := fmt.Sprintf(`{"id":%q,"record_type":"number_order_phone_number","phone_number":"+13125550100","bundle_id":null,"order_request_id":%q,`+
			`"sub_number_order_id":%q,"country_code":"US","locality":"Chicago","phone_number_type":"local","regulatory_requirements":[],`+
			`"requirements_met":true,"requirements_status":"approved","status":"success","is_block_number":false,"deadline":%q}`,
			line, o["id"], subIDs(o)[0], time.Now().Add(30*24*time.Hour).UTC().Format(time.RFC3339))
		assert.Equal(t, `{"data":`+body+`}`, get(t, s, "/number_order_phone_numbers/"+line).body)
		assert.Equal(t, `{"data":[`+body+`],"meta":{"page_number":1,"page_size":20,"total_pages":1,"total_results":1}}`,
			get(t, s, "/number_order_phone_numbers", "filter[country_code]", "US").body)
		assert.Empty(t, in[objects](t, get(t, s, "/number_order_phone_numbers", "filter[country_code]", "DE"), 200).Data)
		failed(t, get(t, s, "/number_order_phone_numbers/"+o["id"].(string)), 404, "10005", "")
		failed(t, get(t, s, "/phone_numbers/"+line), 404, "10005", "")
	})
}
