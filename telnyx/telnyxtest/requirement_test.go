package telnyxtest_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/tnkit/tnkit/numbers/numberstest"
	"github.com/tnkit/tnkit/telnyx/telnyxtest"
)

func values(pairs ...string) string {
	list := []map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, map[string]string{"requirement_id": pairs[i], "field_value": pairs[i+1]})
	}
	b, _ := json.Marshal(map[string]any{"regulatory_requirements": list})
	return string(b)
}

// progress is what an order's first number shows of its requirements.
func progress(t *testing.T, s *telnyxtest.Server, o map[string]any) string {
	t.Helper()
	l := in[object](t, get(t, s, "/number_orders/"+o["id"].(string)), 200).Data["phone_numbers"].([]any)[0].(map[string]any)
	text := fmt.Sprintf("%v %v %v", l["status"], l["requirements_status"], l["requirements_met"])
	for _, r := range l["regulatory_requirements"].([]any) {
		r := r.(map[string]any)
		text += fmt.Sprintf(" %v=%v", r["status"], r["field_value"])
	}
	return text
}

func TestRequirementsOfAnOrder(t *testing.T) {
	for name, path := range map[string]func(o map[string]any) string{
		"by the order":     func(o map[string]any) string { return "/number_orders/" + o["id"].(string) },
		"by the sub order": func(o map[string]any) string { return "/sub_number_orders/" + subIDs(o)[0] },
		"by the number": func(o map[string]any) string {
			return "/number_order_phone_numbers/" + o["phone_numbers"].([]any)[0].(map[string]any)["id"].(string)
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := telnyxtest.NewServer(t, telnyxtest.Options{ServerOptions: numberstest.ServerOptions{InMemory: true}, ReviewAfter: time.Hour, SettleAfter: time.Minute})
				o := order(t, s, "de", berlin)
				time.Sleep(time.Hour)
				assert.Equal(t, "pending requirement-info-pending false awaiting-value=<nil> awaiting-value=<nil>", progress(t, s, o))

				failed(t, send(t, s, "PATCH", path(o), values("x", "y")), 422, "10017", "/regulatory_requirements")
				in[object](t, send(t, s, "PATCH", path(o), values(nameID, "Jane")), 200)
				assert.Equal(t, "pending requirement-info-pending false awaiting-value=<nil> pending-approval=Jane", progress(t, s, o))
				time.Sleep(time.Hour)
				assert.Equal(t, "pending requirement-info-pending false awaiting-value=<nil> approved=Jane", progress(t, s, o))
				in[object](t, send(t, s, "PATCH", path(o), values(addressID, "a1")), 200)
				assert.Equal(t, "pending requirement-info-under-review false pending-approval=a1 approved=Jane", progress(t, s, o))

				s.Decline(berlin, "no such street")
				assert.Equal(t, "pending requirement-info-exception false declined=a1 declined=Jane", progress(t, s, o))
				said := in[objects](t, get(t, s, "/comments", "filter[comment_record_type]", "sub_number_order", "filter[comment_record_id]", subIDs(o)[0]), 200).Data
				assert.Equal(t, "no such street", said[0]["body"])

				in[object](t, send(t, s, "PATCH", path(o), values(addressID, "a2", nameID, "Jane Doe")), 200)
				time.Sleep(time.Hour)
				assert.Equal(t, "pending approved true approved=a2 approved=Jane Doe", progress(t, s, o))
				time.Sleep(time.Minute)
				assert.Equal(t, "success approved true approved=a2 approved=Jane Doe", progress(t, s, o))
				assert.Equal(t, 1, s.Books().Bought(berlin))
			})
		})
	}
}

func TestApproveAndSettersOfLines(t *testing.T) {
	s := telnyxtest.NewServer(t)
	o := order(t, s, "de", berlin)
	s.Approve(berlin)
	assert.Equal(t, "success approved true approved=<nil> approved=<nil>", progress(t, s, o))

	other := order(t, s, "us", "+19705550001")
	assert.Equal(t, "success approved true", progress(t, s, other))

	s = telnyxtest.NewServer(t, telnyxtest.Options{SettleAfter: time.Hour})
	stuck := order(t, s, "us", "+19705550001", "+19705550002", "+19705550003")
	s.SetState("+19705550001", "pending")
	s.SetState("+19705550002", "failure")
	s.Settle()
	read := func() []string {
		return statuses(in[object](t, get(t, s, "/number_orders/"+stuck["id"].(string)), 200).Data)
	}
	assert.Equal(t, []string{"pending", "pending", "failure", "success"}, read())
	s.SetState("+19705550001", "success")
	assert.Equal(t, []string{"success", "success", "failure", "success"}, read())
	assert.Len(t, s.Books().Owned(), 2)
}

func TestRequirementGroupBodyHasNoEnvelope(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := telnyxtest.NewServer(t, telnyxtest.Options{ServerOptions: numberstest.ServerOptions{InMemory: true}})
		at := time.Now().UTC().Format("2006-01-02T15:04:05.000000Z")
		created := send(t, s, "POST", "/requirement_groups", `{"country_code":"DE","phone_number_type":"local","action":"ordering","customer_reference":"G",`+
			`"regulatory_requirements":[{"requirement_id":"`+nameID+`","field_value":"Jane"}]}`)
		g := in[map[string]any](t, created, 200)
		body := fmt.Sprintf(`{"id":%q,"country_code":"DE","phone_number_type":"local","status":"unapproved","action":"ordering","customer_reference":"G",`+
			`"created_at":%[2]q,"updated_at":%[2]q,"record_type":"requirement_group","regulatory_requirements":[`+
			`{"requirement_id":%[3]q,"field_value":null,"field_type":"address","status":"awaiting-value","expires_at":null,"created_at":%[2]q,"updated_at":%[2]q},`+
			`{"requirement_id":%[4]q,"field_value":"Jane","field_type":"textual","status":"pending-approval","expires_at":null,"created_at":%[2]q,"updated_at":%[2]q}]}`,
			g["id"], at, addressID, nameID)
		assert.Equal(t, body, created.body)
		path := "/requirement_groups/" + g["id"].(string)
		assert.Equal(t, body, get(t, s, path).body)
		assert.Equal(t, "["+body+"]", get(t, s, "/requirement_groups").body)
		for _, c := range [][3]string{
			{"country_code", "DE", "FR"},
			{"phone_number_type", "local", "mobile"},
			{"action", "ordering", "porting"},
			{"status", "unapproved", "approved"},
			{"customer_reference", "G", "g"},
		} {
			key := "filter[" + c[0] + "]"
			assert.Equal(t, "["+body+"]", get(t, s, "/requirement_groups", key, c[1]).body, key)
			assert.Equal(t, "[]", get(t, s, "/requirement_groups", key, c[2]).body, key)
		}
		assert.Equal(t, body, send(t, s, "DELETE", path, "").body)
		failed(t, get(t, s, path), 404, "10005", "")
		assert.Equal(t, "[]", get(t, s, "/requirement_groups").body)
	})
}

func newGroup(t *testing.T, s *telnyxtest.Server, country string) string {
	t.Helper()
	return in[map[string]any](t, send(t, s, "POST", "/requirement_groups", `{"country_code":"`+country+`","phone_number_type":"local","action":"ordering"}`), 200)["id"].(string)
}

func TestRequirementGroupRefusals(t *testing.T) {
	s := telnyxtest.NewServer(t)
	for body, where := range map[string][2]string{
		`{}`:                    {"10004", "/country_code"},
		`{"country_code":"DE"}`: {"10004", "/phone_number_type"},
		`{"country_code":"DE","phone_number_type":"landline"}`:                                                                     {"10032", "/phone_number_type"},
		`{"country_code":"DE","phone_number_type":"local"}`:                                                                        {"10004", "/action"},
		`{"country_code":"DE","phone_number_type":"local","action":"buying"}`:                                                      {"10032", "/action"},
		`{"country_code":"DE","phone_number_type":"local","action":"ordering","regulatory_requirements":[{"requirement_id":"x"}]}`: {"10017", "/regulatory_requirements"},
	} {
		failed(t, send(t, s, "POST", "/requirement_groups", body), 422, where[0], where[1])
	}
	id := newGroup(t, s, "DE")
	failed(t, send(t, s, "POST", "/requirement_groups/"+id+"/submit_for_approval", ""), 422, "10027", "")
	failed(t, get(t, s, "/requirement_groups", "filter[action]", "buying"), 400, "10032", "filter[action]")
}

func TestMandatoryRequirementGroup(t *testing.T) {
	s := telnyxtest.NewServer(t)
	body := func(group string) string {
		return `{"phone_numbers":[{"phone_number":"` + zurich + `","requirement_group_id":"` + group + `"}]}`
	}
	where := "/phone_numbers/0/requirement_group_id"
	failed(t, send(t, s, "POST", "/number_orders", `{"phone_numbers":[{"phone_number":"`+zurich+`"}]}`), 422, "10004", where)
	failed(t, send(t, s, "POST", "/number_orders", body("x")), 422, "10017", where)
	failed(t, send(t, s, "POST", "/number_orders", body(newGroup(t, s, "DE"))), 422, "10027", where)
	id := newGroup(t, s, "CH")
	failed(t, send(t, s, "POST", "/number_orders", body(id)), 422, "10027", where)

	in[map[string]any](t, send(t, s, "PATCH", "/requirement_groups/"+id, values(addressID, "a1")), 200)
	o := in[object](t, send(t, s, "POST", "/number_orders", body(id)), 200).Data
	assert.Equal(t, "success approved true approved=a1", progress(t, s, o))
}

func TestRequirementGroupIsReviewedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := telnyxtest.NewServer(t, telnyxtest.Options{ServerOptions: numberstest.ServerOptions{InMemory: true}, ReviewAfter: time.Hour})
		o := order(t, s, "de", berlin)
		id := newGroup(t, s, "DE")
		path := "/requirement_groups/" + id
		status := func() any { return in[map[string]any](t, get(t, s, path), 200)["status"] }
		in[map[string]any](t, send(t, s, "PATCH", path, values(addressID, "a1", nameID, "Jane")), 200)
		in[map[string]any](t, send(t, s, "POST", path+"/submit_for_approval", ""), 200)
		assert.Equal(t, "pending-approval", status())
		failed(t, send(t, s, "POST", path+"/submit_for_approval", ""), 422, "10027", "")
		time.Sleep(time.Hour)
		assert.Equal(t, "approved", status())

		for _, at := range []string{"/sub_number_orders/" + subIDs(o)[0], "/number_order_phone_numbers/" + o["phone_numbers"].([]any)[0].(map[string]any)["id"].(string)} {
			failed(t, send(t, s, "POST", at+"/requirement_group", `{}`), 422, "10004", "/requirement_group_id")
			failed(t, send(t, s, "POST", at+"/requirement_group", `{"requirement_group_id":"x"}`), 422, "10017", "/requirement_group_id")
		}
		sub := in[object](t, send(t, s, "POST", "/sub_number_orders/"+subIDs(o)[0]+"/requirement_group", `{"requirement_group_id":"`+id+`"}`), 200).Data
		assert.Equal(t, true, sub["requirements_met"])
		assert.Len(t, sub["phone_numbers"], 1)
		assert.Equal(t, "success approved true approved=a1 approved=Jane", progress(t, s, o))
	})
}

func TestSetLineGroupWaitsForReview(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := telnyxtest.NewServer(t, telnyxtest.Options{ServerOptions: numberstest.ServerOptions{InMemory: true}, ReviewAfter: time.Hour})
		o, id := order(t, s, "de", berlin), newGroup(t, s, "DE")
		in[map[string]any](t, send(t, s, "PATCH", "/requirement_groups/"+id, values(addressID, "a1")), 200)
		line := o["phone_numbers"].([]any)[0].(map[string]any)["id"].(string)
		got := in[object](t, send(t, s, "POST", "/number_order_phone_numbers/"+line+"/requirement_group", `{"requirement_group_id":"`+id+`"}`), 200).Data
		assert.Equal(t, "pending-approval", got["regulatory_requirements"].([]any)[0].(map[string]any)["status"])
		time.Sleep(time.Hour)
		assert.Equal(t, "pending requirement-info-pending false approved=a1 awaiting-value=<nil>", progress(t, s, o))
	})
}

func TestRegulatoryRequirements(t *testing.T) {
	s := telnyxtest.NewServer(t)
	de := `{"country_code":"DE","phone_number_type":"local","action":"ordering","regulatory_requirements":[` +
		`{"description":"Address matching the area code (street, building number, postal code, city and country)","id":"` + addressID + `",` +
		`"example":"600 Congress Avenue, 14th Floor, Austin, TX 78701","name":"Address matching the area code","field_type":"address_id",` +
		`"acceptance_criteria":{"locality_limit":"Identical locality as the numbers desired"}},` +
		`{"description":"Name of the person or company that uses the number","id":"` + nameID + `","example":"Telnyx LLC","name":"Name of the end user",` +
		`"field_type":"textual","acceptance_criteria":{"max_length":"100","min_length":"1"}}]}`
	for _, query := range [][]string{
		{"filter[country_code]", "DE"},
		{"filter[country_code]", "DE", "filter[phone_number_type]", "local", "filter[action]", "ordering"},
		{"filter[phone_number]", berlin},
		{"filter[requirement_group_id]", newGroup(t, s, "DE")},
	} {
		assert.Equal(t, `{"data":[`+de+`]}`, get(t, s, "/regulatory_requirements", query...).body, query)
	}
	assert.Equal(t, `{"data":[]}`, get(t, s, "/regulatory_requirements", "filter[country_code]", "US").body)
	assert.Equal(t, `{"data":[]}`, get(t, s, "/regulatory_requirements", "filter[action]", "porting").body)
	assert.Len(t, in[objects](t, get(t, s, "/regulatory_requirements"), 200).Data, 7)
	failed(t, get(t, s, "/regulatory_requirements", "filter[requirement_group_id]", "x"), 404, "10005", "")

	s.SetRequirements("US", "local", telnyxtest.Requirement{ID: "r", Name: "N", Description: "D", Example: "E", FieldType: "document"})
	want := `{"data":[{"phone_number":"+13125550100","phone_number_type":"local","region_information":[{"region_type":"country_code","region_name":"US"}],` +
		`"record_type":"phone_number_regulatory_requirements","regulatory_requirements":[{"description":"D","id":"r","example":"E","label":"N",` +
		`"field_type":"document_id","acceptance_criteria":{},"record_type":"regulatory_requirement"}]},` +
		`{"phone_number":"+18005550100","phone_number_type":"toll_free","region_information":[{"region_type":"country_code","region_name":"US"}],` +
		`"record_type":"phone_number_regulatory_requirements","regulatory_requirements":[]}],"meta":{"page_number":1,"page_size":20,"total_pages":1,"total_results":2}}`
	for _, path := range []string{"/phone_numbers_regulatory_requirements", "/phone_numbers/regulatory_requirements"} {
		assert.Equal(t, want, get(t, s, path, "filter[phone_number]", "+13125550100,+18005550100").body)
		failed(t, get(t, s, path), 400, "10016", "filter[phone_number]")
	}
}

func TestComments(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := telnyxtest.NewServer(t, telnyxtest.Options{ServerOptions: numberstest.ServerOptions{InMemory: true}})
		group, at := newGroup(t, s, "DE"), time.Now().UTC().Format("2006-01-02T15:04:05.000000Z")
		created := send(t, s, "POST", "/comments", `{"body":"Hi there","comment_record_type":"requirement_group","comment_record_id":"`+group+`"}`)
		k := in[object](t, created, 200).Data
		body := func(read string) string {
			return fmt.Sprintf(`{"id":%q,"body":"Hi there","commenter":"user@example.com","commenter_type":"user","comment_record_type":"requirement_group",`+
				`"comment_record_id":%q,"read_at":%s,"created_at":%[4]q,"updated_at":%[4]q}`, k["id"], group, read, at)
		}
		assert.Equal(t, `{"data":`+body("null")+`}`, created.body)
		path := "/comments/" + k["id"].(string)
		assert.Equal(t, `{"data":`+body(`"`+at+`"`)+`}`, send(t, s, "PATCH", path+"/read", "").body)
		assert.Equal(t, `{"data":`+body(`"`+at+`"`)+`}`, get(t, s, path).body)
		assert.Len(t, in[objects](t, get(t, s, "/comments", "filter[comment_record_id]", group), 200).Data, 1)
		assert.Empty(t, in[objects](t, get(t, s, "/comments", "filter[comment_record_type]", "sub_number_order"), 200).Data)
		failed(t, send(t, s, "POST", "/comments", `{"body":"x","comment_record_type":"number_order","comment_record_id":"y"}`), 422, "10032", "/comment_record_type")
		failed(t, send(t, s, "POST", "/comments", `{"body":"x","comment_record_type":"sub_number_order","comment_record_id":"y"}`), 422, "10017", "/comment_record_id")
		failed(t, send(t, s, "POST", "/comments", `{"comment_record_type":"requirement_group","comment_record_id":"`+group+`"}`), 422, "10004", "/body")
		failed(t, send(t, s, "PATCH", "/comments/x/read", ""), 404, "10005", "")
	})
}
