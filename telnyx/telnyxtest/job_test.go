package telnyxtest_test

import (
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
	jobs     = "/phone_numbers/jobs"
	deletes  = jobs + "/delete_phone_numbers"
	updates  = jobs + "/update_phone_numbers"
	emergent = jobs + "/update_emergency_settings"
)

// owned adds two numbers, and returns their ids.
func owned(s *telnyxtest.Server) []string {
	return s.AddNumber(numberstest.Owned{Number: "+13125550001"}, numberstest.Owned{Number: "+13125550002"})
}

func TestAJobProgresses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := inMemory(t, telnyxtest.Options{JobAfter: time.Minute})
		ids := owned(s)
		s.SetLocked("+13125550002", true)
		now := time.Now().UTC()
		stamp := func(after time.Duration) string { return now.Add(after).Format("2006-01-02T15:04:05.000000Z") }
		both := fmt.Sprintf(`[{"id":%q,"phone_number":"+13125550001"},{"id":%q,"phone_number":"+13125550002"}]`, ids[0], ids[1])
		a := send(t, s, "POST", deletes, fmt.Sprintf(`{"phone_numbers":[%q,"+13125550002"]}`, ids[0]))
		id := in[object](t, a, 202).Data["id"].(string)
		want := `{"data":{"created_at":%q,"etc":%q,"failed_operations":[],"id":%q,"pending_operations":%s,"phone_numbers":%[4]s,"record_type":"phone_numbers_job",` +
			`"status":%[5]q,"successful_operations":[],"type":"delete_phone_numbers","updated_at":%[6]q}}`
		assert.Equal(t, fmt.Sprintf(want, stamp(0), stamp(time.Minute), id, both, "pending", stamp(0)), a.body)
		assert.Len(t, in[objects](t, get(t, s, "/phone_numbers"), 200).Data, 2)

		time.Sleep(30 * time.Second)
		assert.Equal(t, fmt.Sprintf(want, stamp(0), stamp(time.Minute), id, both, "in_progress", stamp(30*time.Second)), get(t, s, jobs+"/"+id).body)

		time.Sleep(30 * time.Second)
		done := in[object](t, get(t, s, jobs+"/"+id), 200).Data
		assert.Equal(t, "completed", done["status"])
		assert.Equal(t, []any{map[string]any{"id": ids[0], "phone_number": "+13125550001"}}, done["successful_operations"])
		failed, _ := done["failed_operations"].([]any)
		require.Len(t, failed, 1)
		assert.Equal(t, ids[1], failed[0].(map[string]any)["id"])
		assert.Empty(t, done["pending_operations"])
		assert.Len(t, in[objects](t, get(t, s, "/phone_numbers"), 200).Data, 1)
		assert.Empty(t, s.Reports())
	})
}

func TestAJobChangesNumbers(t *testing.T) {
	s := telnyxtest.NewServer(t)
	ids := owned(s)
	in[object](t, send(t, s, "POST", updates, `{"phone_numbers":["+13125550001"],"tags":["a"],"customer_reference":"R","connection_id":"7","billing_group_id":"b",`+
		`"external_pin":"1","hd_voice_enabled":true,"deletion_lock_enabled":true,"voice":{"usage_payment_method":"channel","call_recording":{"inbound_call_recording_format":"mp3"}}}`), 202)
	n := in[object](t, get(t, s, "/phone_numbers/"+ids[0]), 200).Data
	assert.Equal(t, []any{[]any{"a"}, "R", "7", "b", "1", true, true},
		[]any{n["tags"], n["customer_reference"], n["connection_id"], n["billing_group_id"], n["external_pin"], n["hd_voice_enabled"], n["deletion_lock_enabled"]})
	voice := in[object](t, get(t, s, "/phone_numbers/"+ids[0]+"/voice"), 200).Data
	assert.Equal(t, "channel", voice["usage_payment_method"])
	assert.Equal(t, map[string]any{"inbound_call_recording_enabled": false, "inbound_call_recording_format": "mp3", "inbound_call_recording_channels": "single"}, voice["call_recording"])

	in[object](t, send(t, s, "POST", updates+"?filter[tag]=a", `{"phone_numbers":[],"customer_reference":"S"}`), 202)
	references := []any{}
	for _, id := range ids {
		references = append(references, in[object](t, get(t, s, "/phone_numbers/"+id), 200).Data["customer_reference"])
	}
	assert.Equal(t, []any{"S", nil}, references, "the filter chose one of the two")

	unknown := in[object](t, send(t, s, "POST", deletes, `{"phone_numbers":["+13125550009","x"]}`), 202).Data["id"].(string)
	assert.Equal(t, "failed", in[object](t, get(t, s, jobs+"/"+unknown), 200).Data["status"])
	kinds := func(query ...string) (list []any) {
		for _, row := range in[objects](t, get(t, s, jobs, query...), 200).Data {
			list = append(list, row["type"])
		}
		return list
	}
	assert.Equal(t, []any{"delete_phone_numbers", "update_phone_numbers", "update_phone_numbers"}, kinds())
	assert.Equal(t, []any{"update_phone_numbers", "update_phone_numbers", "delete_phone_numbers"}, kinds("sort", "created_at"))
	assert.Equal(t, []any{"delete_phone_numbers"}, kinds("filter[type]", "delete_phone_numbers"))
	assert.Equal(t, []any{"update_phone_numbers"}, kinds("page[number]", "2", "page[size]", "2"))
}

func TestEmergencySettingsNeedAnAddress(t *testing.T) {
	s := telnyxtest.NewServer(t)
	ids := owned(s)
	address := in[object](t, send(t, s, "POST", "/addresses", street), 200).Data["id"].(string)
	in[object](t, send(t, s, "POST", emergent, `{"phone_numbers":["+13125550001"],"emergency_enabled":true,"emergency_address_id":"`+address+`"}`), 202)
	n := in[object](t, get(t, s, "/phone_numbers/"+ids[0]), 200).Data
	assert.Equal(t, []any{true, address, "active"}, []any{n["emergency_enabled"], n["emergency_address_id"], n["emergency_status"]})
	for used, left := range map[string]int{"true": 1, "false": 0} {
		assert.Len(t, in[objects](t, get(t, s, "/addresses", "filter[used_as_emergency]", used), 200).Data, left)
	}
	failed(t, send(t, s, "DELETE", "/addresses/"+address, ""), 422, "10021", "")
	in[object](t, send(t, s, "POST", emergent, `{"phone_numbers":["+13125550001"],"emergency_enabled":false,"emergency_address_id":null}`), 202)
	assert.Equal(t, false, in[object](t, get(t, s, "/phone_numbers/"+ids[0]), 200).Data["emergency_enabled"])
	in[object](t, send(t, s, "DELETE", "/addresses/"+address, ""), 200)
}

func TestAJobThatIsRefused(t *testing.T) {
	s := telnyxtest.NewServer(t, telnyxtest.Options{JobAfter: time.Hour})
	owned(s)
	many := `["` + strings.Repeat(`+13125550001","`, 1000) + `+13125550001"]`
	for _, c := range []struct{ path, body, code, where string }{
		{deletes, `{}`, "10004", "/phone_numbers"},
		{deletes, `{"phone_numbers":[]}`, "10004", "/phone_numbers"},
		{deletes, `{"phone_numbers":null}`, "10026", "/phone_numbers"},
		{deletes, `{"phone_numbers":[7]}`, "10026", "/phone_numbers"},
		{deletes, `{"phone_numbers":` + many + `}`, "10033", "/phone_numbers"},
		{updates, `{"tags":["a"]}`, "10004", "/phone_numbers"},
		{updates, `{"phone_numbers":["+13125550001"]}`, "10004", ""},
		{updates, `{"phone_numbers":["+13125550001"],"tags":null}`, "10026", "/tags"},
		{updates, `{"phone_numbers":["+13125550001"],"voice":{"inbound_call_screening":"never"}}`, "10032", "/voice/inbound_call_screening"},
		{emergent, `{"phone_numbers":["+13125550001"]}`, "10004", "/emergency_enabled"},
		{emergent, `{"phone_numbers":["+13125550001"],"emergency_enabled":true}`, "10004", "/emergency_address_id"},
		{emergent, `{"phone_numbers":["+13125550001"],"emergency_enabled":true,"emergency_address_id":"7"}`, "10017", "/emergency_address_id"},
		{emergent, `{"phone_numbers":["+13125550001"],"emergency_enabled":false,"emergency_address_id":"7"}`, "10015", "/emergency_address_id"},
	} {
		failed(t, send(t, s, "POST", c.path, c.body), 422, c.code, c.where)
	}
	failed(t, send(t, s, "POST", updates+"?filter[status]=provision-pending", `{"phone_numbers":[],"tags":[]}`), 422, "10032", "filter[status]")
	failed(t, get(t, s, jobs, "filter[type]", "x"), 400, "10032", "filter[type]")
	failed(t, get(t, s, jobs, "sort", "status"), 400, "10018", "sort")
	failed(t, get(t, s, jobs+"/x"), 404, "10005", "")
	assert.Empty(t, in[objects](t, get(t, s, jobs), 200).Data, "nothing was begun")
	for range 20 {
		in[object](t, send(t, s, "POST", deletes, `{"phone_numbers":["+13125550001"]}`), 202)
	}
	failed(t, send(t, s, "POST", deletes, `{"phone_numbers":["+13125550001"]}`), 422, "10027", "")
}

// street is an address.
const street = `{"business_name":"Nordwind GmbH","country_code":"de","first_name":"","last_name":"","locality":" Berlin ","street_address":"Invalidenstraße  44","postal_code":"10115","customer_reference":"REF 1"}`

func TestAnAddress(t *testing.T) {
	s := telnyxtest.NewServer(t)
	made := in[object](t, send(t, s, "POST", "/addresses", street), 200).Data
	id := made["id"].(string)
	assert.Equal(t, []any{"address", true, true, nil}, []any{made["record_type"], made["address_book"], made["validate_address"], made["borough"]})
	assert.Equal(t, made, in[object](t, get(t, s, "/addresses/"+id), 200).Data)
	in[object](t, send(t, s, "POST", "/addresses", `{"business_name":"","country_code":"US","first_name":"Ada","last_name":"B","locality":"Austin","street_address":"Nowhere","validate_address":false,"address_book":false}`), 200)

	streets := func(query ...string) (list []any) {
		for _, row := range in[objects](t, get(t, s, "/addresses", query...), 200).Data {
			list = append(list, row["street_address"])
		}
		return list
	}
	for _, c := range []struct {
		query []string
		want  []any
	}{
		{nil, []any{"Nowhere", "Invalidenstraße  44"}},
		{[]string{"sort", "street_address"}, []any{"Invalidenstraße  44", "Nowhere"}},
		{[]string{"sort", "-business_name"}, []any{"Invalidenstraße  44", "Nowhere"}},
		{[]string{"sort", "first_name"}, []any{"Invalidenstraße  44", "Nowhere"}},
		{[]string{"filter[customer_reference]", "REF 1"}, []any{"Invalidenstraße  44"}},
		{[]string{"filter[customer_reference][eq]", "REF"}, nil},
		{[]string{"filter[customer_reference][contains]", "ref"}, []any{"Invalidenstraße  44"}},
		{[]string{"filter[street_address][contains]", "NOWHERE"}, []any{"Nowhere"}},
		{[]string{"filter[address_book][eq]", "false"}, []any{"Nowhere"}},
		{[]string{"page[number]", "2", "page[size]", "1"}, []any{"Invalidenstraße  44"}},
	} {
		assert.Equal(t, c.want, streets(c.query...), c.query)
	}

	valid := send(t, s, "POST", "/addresses/actions/validate", `{"country_code":"de","postal_code":"10115","street_address":" Invalidenstraße  44"}`)
	assert.Equal(t, `{"data":{"errors":[],"record_type":"address_validation","result":"valid","suggested":{"country_code":"DE","postal_code":"10115","street_address":"Invalidenstraße 44"}}}`, valid.body)
	invalid := in[object](t, send(t, s, "POST", "/addresses/actions/validate", `{"country_code":"DE","postal_code":"10115","street_address":"Nowhere"}`), 200).Data
	assert.Equal(t, "invalid", invalid["result"])
	assert.Len(t, invalid["errors"], 1)

	accepted := in[object](t, send(t, s, "POST", "/addresses/"+id+"/actions/accept_suggestions", `{"id":"`+id+`"}`), 200).Data
	assert.Equal(t, []any{true, "address_suggestion"}, []any{accepted["accepted"], accepted["record_type"]})
	now := in[object](t, get(t, s, "/addresses/"+id), 200).Data
	assert.Equal(t, []any{"DE", "Berlin", "Invalidenstraße 44"}, []any{now["country_code"], now["locality"], now["street_address"]})

	in[object](t, send(t, s, "DELETE", "/addresses/"+id, ""), 200)
	failed(t, get(t, s, "/addresses/"+id), 404, "10005", "")
	s.SetRequirements("DE", "local", telnyxtest.Requirement{ID: "a", Name: "Address", FieldType: "address"})
	failed(t, send(t, s, "POST", "/requirement_groups", `{"country_code":"DE","phone_number_type":"local","action":"ordering","regulatory_requirements":[{"requirement_id":"a","field_value":"`+id+`"}]}`),
		422, "10017", "/regulatory_requirements")
	assert.Empty(t, s.Reports())
}

func TestAnAddressThatIsRefused(t *testing.T) {
	s := telnyxtest.NewServer(t)
	whole := map[string]string{"business_name": "B", "country_code": "DE", "first_name": "A", "last_name": "B", "locality": "Berlin", "street_address": "X 1"}
	body := func(change string, value any) string {
		var members []string
		for name, text := range whole {
			if name == change {
				continue
			}
			members = append(members, fmt.Sprintf("%q:%q", name, text))
		}
		if value != nil {
			members = append(members, fmt.Sprintf("%q:%v", change, value))
		}
		return "{" + strings.Join(members, ",") + "}"
	}
	for name := range whole {
		failed(t, send(t, s, "POST", "/addresses", body(name, nil)), 422, "10004", "/"+name)
		failed(t, send(t, s, "POST", "/addresses", body(name, "null")), 422, "10026", "/"+name)
		failed(t, send(t, s, "POST", "/addresses", body(name, 7)), 422, "10026", "/"+name)
	}
	failed(t, send(t, s, "POST", "/addresses", body("country_code", `"DEU"`)), 422, "10033", "/country_code")
	failed(t, send(t, s, "POST", "/addresses", body("street_address", `"Nowhere"`)), 422, "10015", "/street_address")
	failed(t, send(t, s, "POST", "/addresses", strings.Replace(body("business_name", `""`), `"A"`, `""`, 1)), 422, "10004", "/business_name")
	failed(t, send(t, s, "POST", "/addresses/actions/validate", `{"country_code":"DE","street_address":"X 1"}`), 422, "10004", "/postal_code")
	failed(t, get(t, s, "/addresses", "filter[address_book][eq]", "yes"), 400, "10032", "filter[address_book][eq]")
	failed(t, get(t, s, "/addresses", "sort", "id"), 400, "10018", "sort")
	failed(t, send(t, s, "POST", "/addresses/x/actions/accept_suggestions", `{}`), 404, "10005", "")
	id := in[object](t, send(t, s, "POST", "/addresses", street), 200).Data["id"].(string)
	failed(t, send(t, s, "POST", "/addresses/"+id+"/actions/accept_suggestions", `{"id":"7"}`), 422, "10017", "/id")
}
