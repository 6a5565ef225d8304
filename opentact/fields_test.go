package opentact_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/numbers/wire"
	"github.com/tnkit/tnkit/opentact"
)

// What OpenTact's sources name must be a typed field, under that name.
func TestEveryDocumentedFieldIsTyped(t *testing.T) {
	const (
		times    = "created_on modified_on uuid "
		features = "voice fax sms mms emergency "
		prices   = "nrc mrc voice_nrc voice_mrc voice_incoming_per_min_cost voice_outgoing_per_min_cost " +
			"fax_nrc fax_mrc fax_incoming_per_min_cost fax_outgoing_per_min_cost " +
			"emergency_nrc emergency_mrc emergency_incoming_per_min_cost emergency_outgoing_per_min_cost " +
			"sms_nrc sms_mrc sms_per_send_cost sms_per_receive_cost mms_nrc mms_mrc mms_per_send_cost mms_per_receive_cost "
		window = "mode order created_on_from created_on_to modified_on_from modified_on_to "
	)
	for _, c := range []struct {
		of    any
		names string
	}{
		{opentact.CreateTNOrderRequest{}, features + "tns autorenew profile sip_connection sip_control_app"},
		{opentact.CreateItem{}, "tn profile autorenew " + features},
		{opentact.CreateOrderItem{}, "tn features autorenew"},
		{opentact.OrderPrice{}, "nrc mrc items"},
		{opentact.PriceItem{}, prices + "id name description"},
		{opentact.Order{}, times + features + "state request price tns tnleases account profile sip_connection sip_control_app " +
			"created_by modified_by autorenew items errors total success processing failed tn_items"},
		{opentact.OrderRequest{}, features + "tns autorenew profile sip_connection sip_control_app items"},
		{opentact.OrderItem{}, features + "tn features profile autorenew"},
		{opentact.OrderError{}, "item reason description"},
		{opentact.OrderTNItem{}, "tn state reason"},
		{opentact.SearchOrdersRequest{}, window + "state take skip"},
		{opentact.SearchTNsRequest{}, "pattern rateCenter city province postalCode abcSearch profile page size"},
		{opentact.SearchTNsByTypeRequest{}, "type take country state city rate_center npa nxx line pattern features"},
		{opentact.TN{}, "tn class4_did_id registered profile tnlease deleted_on created_on modified_on"},
		{opentact.SearchLeasesRequest{}, window + "take skip tn autorenew sip_connection sip_control_app sip_connections_skip"},
		{opentact.UpdateLeaseRequest{}, features + "autorenew messaging_profile sip_connection sip_control_app"},
		{opentact.Lease{}, times + features + "tn expired_on autorenew account tnorder messaging_profile class4_product_item_id " +
			"sip_connection sip_control_app subscriptions created_by modified_by"},
		{opentact.ChangeLeasesRequest{}, "add remove"},
		{opentact.Profile{}, times + prices + "name description priority tn_provider toll_free class4_client_billing_rule_id class4_vendor_res_id " +
			"class4_vendor_billing_rule_id register_provider sms_provider mms_provider voice_provider"},
		{opentact.SIPConnection{}, times + "name is_active tech_prefix product subdomain ip port class4_ingress_trunk_id class4_ingress_trunk_settings " +
			"class4_ingress_resource_ip_id class4_egress_trunk_id class4_egress_trunk_settings class4_egress_resource_ip_id class4_trunk_prefix_id " +
			"tnleases sipusers sip_user_invites account created_by modified_by outbound_voice_profile"},
		{opentact.SIPControlApp{}, times + "name is_active subdomain tnleases class4_egress_trunk_id class4_egress_trunk_settings " +
			"class4_egress_resource_ip_id account created_by modified_by outbound_voice_profile webhook_url webhook_method " +
			"webhook_request_timeout call_flow_url call_flow_request_timeout call_flow_method"},
		{opentact.Account{}, times + "name email level balance class4_id deleted_on time_zone users admin messaging_profile_default messaging_profiles addresses"},
		{opentact.User{}, times + "email password phone_number first_name last_name avatar gender dob role gmail_user_id facebook_user_id " +
			"apple_user_id wechat_user_id deleted_on token account wss_online"},
		{opentact.Token{}, times + "token name ttl expired_on"},
		{opentact.Error{}, "success message status meta fields"},
		{opentact.FieldError{}, "message value"},
	} {
		typ := reflect.TypeOf(c.of)
		have := map[string]bool{}
		for i := range typ.NumField() {
			for _, tag := range []string{"json", "url"} {
				name, _, _ := strings.Cut(typ.Field(i).Tag.Get(tag), ",")
				have[name] = true
			}
		}
		for _, name := range strings.Fields(c.names) {
			assert.True(t, have[name], "%s has no %s", typ, name)
		}
	}
}

// A page has its names from a method, not from tags.
func TestEveryDocumentedFieldOfAPageIsTyped(t *testing.T) {
	n, mode := 1, "AND"
	pg := opentact.Page[opentact.TN]{Take: &n, Skip: &n, Total: &n, Mode: &mode, Order: wire.Raw(`{"tn":"ASC"}`), Data: []opentact.TN{}}
	assert.JSONEq(t, `{"take":1,"skip":1,"total":1,"mode":"AND","order":{"tn":"ASC"},"data":[]}`, vendortest.Encode(t, pg))
}
