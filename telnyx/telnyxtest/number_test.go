package telnyxtest_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/numberstest"
	"github.com/tnkit/tnkit/telnyx/telnyxtest"
)

func TestOwnedNumberBody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := telnyxtest.NewServer(t, telnyxtest.Options{ServerOptions: numberstest.ServerOptions{InMemory: true}, ActivateAfter: time.Minute})
		s.NameConnection("c1", "trunk")
		send(t, s, "POST", "/number_orders", `{"phone_numbers":[{"phone_number":"+18005550100"}],"connection_id":"c1","messaging_profile_id":"m1","billing_group_id":"b1","customer_reference":"R"}`)
		at := time.Now().UTC().Format("2006-01-02T15:04:05.000Z")
		n := in[object](t, get(t, s, "/phone_numbers/+18005550100"), 200).Data
		assert.Regexp(t, `^\d{19}$`, n["id"])
		body := func(status, kind, updated, activated string) string {
			return fmt.Sprintf(`{"id":%q,"record_type":"phone_number","phone_number":"+18005550100","country_iso_alpha2":"US","status":%q,"tags":[],"external_pin":null,`+
				`"connection_id":"c1","connection_name":"trunk","customer_reference":"R","messaging_profile_id":"m1","messaging_profile_name":null,"billing_group_id":"b1",`+
				`"emergency_enabled":false,"emergency_address_id":null,"emergency_status":"disabled","call_forwarding_enabled":true,"cnam_listing_enabled":false,`+
				`"caller_id_name_enabled":false,"call_recording_enabled":false,"t38_fax_gateway_enabled":false,"hd_voice_enabled":false,"inbound_call_screening":"disabled",`+
				`"phone_number_type":%q,"purchased_at":%[4]q,"created_at":%[4]q,"updated_at":%[5]q,"activated_at":%[6]s,"source_type":"number_order","deletion_lock_enabled":false}`,
				n["id"], status, kind, at, updated, activated)
		}
		path := "/phone_numbers/" + n["id"].(string)
		assert.Equal(t, `{"data":`+body("purchase-pending", "tollfree", at, "null")+`}`, get(t, s, path).body)
		time.Sleep(time.Minute)
		later := time.Now().UTC().Format("2006-01-02T15:04:05.000Z")
		active := body("active", "toll_free", later, `"`+later+`"`)
		assert.Equal(t, `{"data":`+active+`}`, get(t, s, "/phone_numbers/%2B18005550100").body)
		assert.Equal(t, `{"data":[`+active+`],"meta":{"page_number":1,"page_size":20,"total_pages":1,"total_results":1}}`, get(t, s, "/phone_numbers").body)

		slim := fmt.Sprintf(`"id":%q,"record_type":"phone_number_slim","phone_number":"+18005550100","country_iso_alpha2":"US","status":"active",%%s"external_pin":null,%%s`+
			`"customer_reference":"R","billing_group_id":"b1","emergency_enabled":false,"emergency_address_id":null,"emergency_status":"disabled","call_forwarding_enabled":true,`+
			`"cnam_listing_enabled":false,"caller_id_name_enabled":false,"call_recording_enabled":false,"t38_fax_gateway_enabled":false,"phone_number_type":"toll_free",`+
			`"inbound_call_screening":"disabled","purchased_at":%[2]q,"created_at":%[2]q,"updated_at":%[3]q,"hd_voice_enabled":false`, n["id"], at, later)
		page := `],"meta":{"page_number":1,"page_size":20,"total_pages":1,"total_results":1}}`
		assert.Equal(t, `{"data":[{`+fmt.Sprintf(slim, "", "")+`}`+page, get(t, s, "/phone_numbers/slim").body)
		assert.Equal(t, `{"data":[{`+fmt.Sprintf(slim, `"tags":[],`, `"connection_id":"c1","connection_name":"trunk",`)+`}`+page,
			get(t, s, "/phone_numbers/slim", "include_tags", "true", "include_connection", "true").body)

		deleted := in[object](t, send(t, s, "DELETE", path, ""), 200).Data
		assert.Equal(t, "deleted", deleted["status"])
		failed(t, get(t, s, path), 404, "10005", "")
		failed(t, send(t, s, "DELETE", path, ""), 404, "10005", "")
		failed(t, get(t, s, "/phone_numbers/+18005550100"), 404, "10005", "")
		assert.Empty(t, in[objects](t, get(t, s, "/phone_numbers"), 200).Data)
		assert.Empty(t, s.Books().Owned())
		assert.Equal(t, time.Now(), s.Books().Purchases[0].Released)
	})
}

func TestLateNumber(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := telnyxtest.NewServer(t, telnyxtest.Options{ServerOptions: numberstest.ServerOptions{InMemory: true}, NumberVisibleAfter: time.Minute})
		o := order(t, s, "R", "+19705550001")
		assert.Equal(t, []string{"success", "success"}, statuses(in[object](t, get(t, s, "/number_orders/"+o["id"].(string)), 200).Data))
		failed(t, get(t, s, "/phone_numbers/+19705550001"), 404, "10005", "")
		failed(t, send(t, s, "DELETE", "/phone_numbers/+19705550001", ""), 404, "10005", "")
		assert.Empty(t, in[objects](t, get(t, s, "/phone_numbers"), 200).Data)
		assert.Len(t, s.Books().Owned(), 1)
		time.Sleep(time.Minute)
		assert.Len(t, in[objects](t, get(t, s, "/phone_numbers"), 200).Data, 1)

		s.Inject(numberstest.Fault{Kind: numberstest.LateListing, Delay: time.Hour})
		order(t, s, "R", "+19705550002")
		time.Sleep(time.Hour - time.Second)
		assert.Len(t, in[objects](t, get(t, s, "/phone_numbers"), 200).Data, 1)
		time.Sleep(time.Second)
		assert.Len(t, in[objects](t, get(t, s, "/phone_numbers"), 200).Data, 2)
	})
}

func TestOwnedFilters(t *testing.T) {
	s := telnyxtest.NewServer(t)
	s.NameConnection("c1", "Main trunk")
	s.NameConnection("c2", "Spare trunk")
	s.AddRow(
		telnyxtest.Row{Owned: numberstest.Owned{Number: "+13125550001", Assignment: numbers.Assignment{Connection: "c1", BillingGroup: "b1"}}, Tags: []string{"x", "y"}},
		telnyxtest.Row{Owned: numberstest.Owned{Number: "+13125550002", Reference: "R", Assignment: numbers.Assignment{Connection: "c2"}}, EmergencyAddressID: "e1", Ported: true},
		telnyxtest.Row{Owned: numberstest.Owned{Number: "+18005550003", State: "port-pending"}},
		telnyxtest.Row{Owned: numberstest.Owned{Number: "+442079460004", Type: "national"}},
	)
	require.Equal(t, 200, send(t, s, "PATCH", "/phone_numbers/+442079460004/voice", `{"usage_payment_method":"channel"}`).status)
	for _, c := range []struct{ query, want string }{
		{"", "4 3 2 1"},
		{"filter[tag]=y", "1"},
		{"filter[phone_number]=13125550002", "2"},
		{"filter[phone_number]=555", "3 2 1"},
		{"filter[status]=active", "4 2 1"},
		{"filter[status]=port-pending", "3"},
		{"filter[country_iso_alpha2]=GB", "4"},
		{"filter[country_iso_alpha2][]=GB&filter[country_iso_alpha2][]=US", "4 3 2 1"},
		{"filter[country_iso_alpha2]=GB,DE", "4"},
		{"filter[connection_id]=c1", "1"},
		{"filter[voice.connection_name][contains]=trunk", "2 1"},
		{"filter[voice.connection_name][starts_with]=Spare", "2"},
		{"filter[voice.connection_name][ends_with]=trunk", "2 1"},
		{"filter[voice.connection_name][eq]=Main%20trunk", "1"},
		{"filter[voice.usage_payment_method]=channel", "4"},
		{"filter[billing_group_id]=b1", "1"},
		{"filter[billing_group_id]=null", "4 3 2"},
		{"filter[emergency_address_id]=e1", "2"},
		{"filter[emergency_address_id]=null", "4 3 1"},
		{"filter[customer_reference]=R", "2"},
		{"filter[number_type][eq]=toll_free", "3"},
		{"filter[source]=ported", "2"},
		{"filter[source]=purchased", "4 3 1"},
		{"filter[without_tags]=true", "4 3 2"},
		{"filter[without_tags]=false", "4 3 2 1"},
		{"sort=phone_number", "1 2 3 4"},
		{"sort=purchased_at", "1 2 3 4"},
		{"sort=connection_name", "4 3 1 2"},
		{"sort=usage_payment_method&filter[phone_number]=555&page[size]=2", "3 2"},
		{"sort=usage_payment_method&page[size]=1", "4"},
		{"page[size]=3&page[number]=2", "1"},
	} {
		for _, path := range []string{"/phone_numbers", "/phone_numbers/slim"} {
			want := c.want
			query := c.query
			if path == "/phone_numbers/slim" {
				if strings.Contains(query, "without_tags") {
					continue // a filter of the other list
				}
				query = strings.Replace(query, "port-pending", "port_pending", 1)
				query = strings.Replace(query, "filter[tag]", "include_tags=true&filter[tag]", 1)
				query = strings.Replace(query, "filter[voice.connection_name]", "include_connection=true&filter[voice.connection_name]", 1)
			}
			var got []string
			for _, n := range in[objects](t, send(t, s, "GET", path+"?"+query, ""), 200).Data {
				got = append(got, n["phone_number"].(string)[len(n["phone_number"].(string))-1:])
			}
			assert.Equal(t, want, strings.Join(got, " "), path+"?"+query)
		}
	}
	for _, c := range []struct{ key, value, code string }{
		{"filter[number_type][eq]", "tollfree", "10032"},
		{"filter[source]", "found", "10032"},
		{"filter[phone_number]", "12", "10015"},
		{"sort", "created_at", "10018"},
		{"sort", "-phone_number", "10018"},
	} {
		failed(t, get(t, s, "/phone_numbers", c.key, c.value), 400, c.code, c.key)
	}
	failed(t, get(t, s, "/phone_numbers/slim", "filter[status]", "port-pending"), 422, "10032", "filter[status]")
	failed(t, get(t, s, "/phone_numbers", "filter[voice.connection_name][contains]", "tr"), 400, "10033", "filter[voice.connection_name][contains]")
	for _, status := range []string{"port_pending", "provision-pending", "requirement-info-pending", "requirement-info-under-review", "requirement-info-exception", "x"} {
		failed(t, get(t, s, "/phone_numbers", "filter[status]", status), 422, "10032", "filter[status]")
	}
}

func TestNumberFilterWantsDigits(t *testing.T) {
	tb := &recorder{TB: t}
	s := telnyxtest.NewServer(tb)
	s.AddNumber(numberstest.Owned{Number: "+13125550001"})
	assert.Empty(t, in[objects](t, get(t, s, "/phone_numbers", "filter[phone_number]", "+13125550001"), 200).Data)
	require.Len(t, tb.Errors(), 1)
	assert.Contains(t, tb.Errors()[0], "filter[phone_number]")
}

func TestSortFollowsChanges(t *testing.T) {
	s := telnyxtest.NewServer(t)
	first := func() any {
		return in[objects](t, get(t, s, "/phone_numbers", "sort", "phone_number"), 200).Data[0]["phone_number"]
	}
	order(t, s, "a", "+13125550002")
	assert.Equal(t, "+13125550002", first())
	order(t, s, "b", "+13125550001")
	assert.Equal(t, "+13125550001", first())
	send(t, s, "DELETE", "/phone_numbers/+13125550001", "")
	assert.Equal(t, "+13125550002", first())
}

func TestUpdateNumber(t *testing.T) {
	tb := &recorder{TB: t}
	s := telnyxtest.NewServer(tb)
	ids := s.AddNumber(numberstest.Owned{Number: "+13125550001", Reference: "R", Assignment: numbers.Assignment{Connection: "c1", MessagingProfile: "m1"}})
	path := "/phone_numbers/" + ids[0]
	n := in[object](t, send(t, s, "PATCH", path, `{"tags":["a"],"external_pin":"1234","hd_voice_enabled":true,"customer_reference":"S","billing_group_id":"b1","address_id":"a1"}`), 200).Data
	assert.Equal(t, []any{[]any{"a"}, "1234", true, "S", "b1", "c1"}, []any{n["tags"], n["external_pin"], n["hd_voice_enabled"], n["customer_reference"], n["billing_group_id"], n["connection_id"]})
	n = in[object](t, send(t, s, "PATCH", path, `{"tags":[],"connection_id":null,"customer_reference":""}`), 200).Data
	assert.Equal(t, []any{[]any{}, nil, "", "1234"}, []any{n["tags"], n["connection_id"], n["customer_reference"], n["external_pin"]})
	require.Empty(t, tb.Errors())

	n = in[object](t, send(t, s, "PATCH", path, `{"id":"1","messaging_profile_id":"m2","deletion_lock_enabled":true}`), 200).Data
	assert.Equal(t, []any{ids[0], "m1", false}, []any{n["id"], n["messaging_profile_id"], n["deletion_lock_enabled"]})
	assert.Len(t, tb.Errors(), 3)
	failed(t, send(t, s, "PATCH", path, `{"tags":"a"}`), 422, "10026", "/tags")
	failed(t, send(t, s, "PATCH", "/phone_numbers/1", `{}`), 404, "10005", "")
}

func TestDeletionLock(t *testing.T) {
	s := telnyxtest.NewServer(t)
	order(t, s, "R", "+13125550001")
	s.SetLocked("+13125550001", true)
	failed(t, send(t, s, "DELETE", "/phone_numbers/+13125550001", ""), 422, "10027", "")
	assert.Len(t, s.Books().Owned(), 1)
	s.SetLocked("+13125550001", false)
	assert.Equal(t, 200, send(t, s, "DELETE", "/phone_numbers/+13125550001", "").status)
	order(t, s, "again", "+13125550001")
	assert.Len(t, s.Books().Owned(), 1)
	assert.Equal(t, 2, s.Books().Bought("+13125550001"))
	assert.Empty(t, s.Books().Duplicates())
}

func TestVoiceSettings(t *testing.T) {
	s := telnyxtest.NewServer(t)
	ids := s.AddRow(telnyxtest.Row{Owned: numberstest.Owned{Number: "+13125550001", Reference: "R", Assignment: numbers.Assignment{Connection: "c1"}}, EmergencyAddressID: "e1"})
	path := "/phone_numbers/" + ids[0] + "/voice"
	body := fmt.Sprintf(`{"data":{"id":%q,"record_type":"voice_settings","phone_number":"+13125550001","connection_id":"c1","customer_reference":"R","tech_prefix_enabled":false,`+
		`"translated_number":"","call_forwarding":{"call_forwarding_enabled":true,"forwards_to":"%%s","forwarding_type":"%%s"},`+
		`"cnam_listing":{"cnam_listing_enabled":false,"cnam_listing_details":""},"emergency":{"emergency_enabled":true,"emergency_address_id":"e1","emergency_status":"active"},`+
		`"usage_payment_method":"%%s","media_features":{"rtp_auto_adjust_enabled":false,"accept_any_rtp_packets_enabled":false,"t38_fax_gateway_enabled":%%t},`+
		`"call_recording":{"inbound_call_recording_enabled":false,"inbound_call_recording_format":"wav","inbound_call_recording_channels":"single"},"inbound_call_screening":"disabled"}}`, ids[0])
	assert.Equal(t, fmt.Sprintf(body, "", "always", "pay-per-minute", false), get(t, s, path).body)
	changed := fmt.Sprintf(body, "+13125550009", "always", "channel", true)
	assert.Equal(t, changed, send(t, s, "PATCH", path, `{"call_forwarding":{"forwards_to":"+13125550009","forwarding_type":"always"},"usage_payment_method":"channel","media_features":{"t38_fax_gateway_enabled":true}}`).body)
	failed(t, send(t, s, "PATCH", path, `{"translated_number":"1","usage_payment_method":"cash"}`), 422, "10032", "/usage_payment_method")
	failed(t, send(t, s, "PATCH", path, `{"translated_number":"1","call_forwarding":{"forwarding_type":"never"}}`), 422, "10032", "/call_forwarding/forwarding_type")
	assert.Equal(t, changed, get(t, s, path).body, "a refused change changes nothing")
	assert.Equal(t, true, in[object](t, get(t, s, "/phone_numbers/+13125550001"), 200).Data["t38_fax_gateway_enabled"])
	failed(t, get(t, s, "/phone_numbers/1/voice"), 404, "10005", "")
}

func TestMessagingSettings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := telnyxtest.NewServer(t, telnyxtest.Options{ServerOptions: numberstest.ServerOptions{InMemory: true}})
		ids := s.AddNumber(numberstest.Owned{Number: "+18005550001"})
		path, at := "/phone_numbers/"+ids[0]+"/messaging", time.Now().UTC().Format("2006-01-02T15:04:05.000Z")
		body := fmt.Sprintf(`{"data":{"record_type":"messaging_settings","id":%q,"phone_number":"+18005550001","messaging_profile_id":%%s,"created_at":%[2]q,"updated_at":%[2]q,`+
			`"country_code":"US","type":"tollfree","health":{"message_count":0,"inbound_outbound_ratio":0,"success_ratio":0,"spam_ratio":0},"eligible_messaging_products":["A2P"],`+
			`"traffic_type":"A2P","messaging_product":"A2P","features":{"sms":{"domestic_two_way":true,"international_inbound":false,"international_outbound":false},"mms":null},"tags":[]}}`, ids[0], at)
		none, m1 := fmt.Sprintf(body, "null"), fmt.Sprintf(body, `"m1"`)
		assert.Equal(t, none, get(t, s, path).body)
		assert.Equal(t, m1, send(t, s, "PATCH", path, `{"messaging_profile_id":"m1"}`).body)
		assert.Equal(t, "m1", in[object](t, get(t, s, "/phone_numbers/"+ids[0]), 200).Data["messaging_profile_id"])
		assert.Equal(t, m1, send(t, s, "PATCH", path, `{}`).body)
		assert.Equal(t, m1, send(t, s, "PATCH", path, `{"messaging_profile_id":null}`).body)
		assert.Equal(t, none, send(t, s, "PATCH", path, `{"messaging_profile_id":""}`).body)
		failed(t, send(t, s, "PATCH", "/phone_numbers/1/messaging", `{}`), 404, "10005", "")
	})
}

func TestMessagingOutage(t *testing.T) {
	s := telnyxtest.NewServer(t)
	s.AddNumber(numberstest.Owned{Number: "+13125550001", Assignment: numbers.Assignment{MessagingProfile: "m1"}})
	s.SetMessagingOutage(true)
	failed(t, get(t, s, "/phone_numbers"), 503, "10007", "")
	a := get(t, s, "/phone_numbers", "handle_messaging_profile_error", "true")
	v := in[struct {
		objects
		Errors []map[string]any
	}](t, a, 200)
	assert.Len(t, v.Errors, 1)
	assert.Nil(t, v.Data[0]["messaging_profile_id"])
	s.SetMessagingOutage(false)
	assert.Equal(t, "m1", in[objects](t, get(t, s, "/phone_numbers"), 200).Data[0]["messaging_profile_id"])
}

func TestSetStateOfNumber(t *testing.T) {
	s := telnyxtest.NewServer(t)
	order(t, s, "R", "+13125550001")
	s.SetState("+13125550001", "port-out-pending")
	assert.Equal(t, "port-out-pending", in[object](t, get(t, s, "/phone_numbers/+13125550001"), 200).Data["status"])
}

func TestInsertWhileListingNumbers(t *testing.T) {
	s := telnyxtest.NewServer(t)
	s.AddNumber(numberstest.Owned{Number: "+13125550001"}, numberstest.Owned{Number: "+13125550002"})
	s.Inject(numberstest.Fault{Kind: numberstest.InsertWhileListing})
	var seen []any
	for page := 1; page <= 3; page++ {
		for _, n := range in[objects](t, get(t, s, "/phone_numbers", "page[size]", "1", "page[number]", fmt.Sprint(page)), 200).Data {
			seen = append(seen, n["phone_number"])
		}
	}
	assert.Equal(t, []any{"+13125550002", "+13125550002", "+13125550001"}, seen)
	assert.Empty(t, s.Books().Purchases)
}

func TestBalance(t *testing.T) {
	s := telnyxtest.NewServer(t)
	assert.Equal(t, `{"data":{"balance":"300.00","credit_limit":"100.00","available_credit":"400.00","pending":"0.00","currency":"USD","record_type":"balance"}}`, get(t, s, "/balance").body)
	s.SetBalance("5.25")
	s.SetCreditLimit("0")
	order(t, s, "R", "+442079460100", "+19705550199") // 1.00 and 1.50 for the first; the second has no price
	assert.Equal(t, "2.75", in[object](t, get(t, s, "/balance"), 200).Data["balance"])
}
