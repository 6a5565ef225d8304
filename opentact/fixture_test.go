package opentact_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/roundtrip"
	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/wire"
	"github.com/tnkit/tnkit/opentact"
)

// envelope is how OpenTact wraps a payload.
type envelope[T any] struct {
	Success bool `json:"success"`
	Payload T    `json:"payload"`
}

// in is a fixture that is a T in an envelope.
func in[T any](opts ...roundtrip.Option) vendortest.Payload {
	return vendortest.As[envelope[T]](opts...)
}

// payloads are all fixtures.
func payloads() map[string]vendortest.Payload {
	page := []roundtrip.Option{
		roundtrip.Exempt("take", "0 is no page size, and means that it is not sent"),
		roundtrip.Exempt("skip", "0 is the default, and is not sent"),
	}
	secrets := roundtrip.Secrets("**.password", "**.token")
	return map[string]vendortest.Payload{
		"order.create.request.json":  vendortest.As[opentact.CreateTNOrderRequest](),
		"order.create.response.json": in[opentact.Order](roundtrip.NullKept("payload.price")),
		"order.price.request.json":   vendortest.As[opentact.CreateTNOrderRequest](),
		"order.price.response.json":  in[opentact.OrderPrice](),
		"order.list.response.json":   in[opentact.Page[opentact.Order]](),
		"order.list.array.response.json": in[opentact.Page[opentact.Order]](roundtrip.NullKept(
			"payload.*.price", "payload.*.sip_connection", "payload.*.sip_control_app")),
		"order.list.paged.response.json": in[opentact.Page[opentact.Order]](),
		"order.list.empty.response.json": in[opentact.Page[opentact.Order]](
			roundtrip.Exempt("payload", "null is another documented form of an empty list, tested by itself")),
		"order.get.response.json": in[opentact.Order](secrets, roundtrip.NullKept(
			"**.price", "**.deleted_on", "**.phone_number", "**.gender", "**.dob", "**.gmail_user_id", "**.facebook_user_id",
			"**.apple_user_id", "**.wechat_user_id", "payload.sip_connection", "payload.sip_control_app", "payload.profile")),
		"order.get.full.response.json": in[opentact.Order](secrets),

		"order.create_items.request.json":  vendortest.As[opentact.CreateItemsRequest](),
		"order.create_items.response.json": in[opentact.Order](secrets),
		"order.price_items.response.json":  in[opentact.OrderPrice](),
		"order.create_order.request.json":  vendortest.As[opentact.CreateOrderRequest](),
		"order.create_order.response.json": in[opentact.Order](),
		"order.get.today.response.json":    in[opentact.Order](),
		"order.search.request.json":        vendortest.As[opentact.SearchOrdersRequest](),
		"order.search.response.json":       in[opentact.Page[opentact.Order]](),
		"order.search.all.request.json":    vendortest.As[opentact.SearchOrdersRequest](),
		"order.search.last.response.json":  in[opentact.Page[opentact.Order]](),

		"tn.search.request.json":             vendortest.As[opentact.SearchTNsRequest](),
		"tn.search.response.json":            in[opentact.Page[opentact.TN]](roundtrip.NullKept("**.tnlease", "**.deleted_on")),
		"tn.search.last.response.json":       in[opentact.Page[opentact.TN]](),
		"tn.search.one.response.json":        in[opentact.Page[opentact.TN]](),
		"tn.search_by_type.request.json":     vendortest.As[opentact.SearchTNsByTypeRequest](page...),
		"tn.search_by_type.all.request.json": vendortest.As[opentact.SearchTNsByTypeRequest](page...),
		"tn.countries.response.json":         in[opentact.Page[wire.Raw]](),
		"tn.states.response.json":            in[opentact.Page[wire.Raw]](),
		"tn.rate_centers.response.json":      in[opentact.Page[wire.Raw]](),

		"lease.get.response.json":         in[opentact.Lease](secrets, roundtrip.NullKept("payload.tn.deleted_on", "payload.sip_connection")),
		"lease.list.response.json":        in[opentact.Page[opentact.Lease]](secrets),
		"lease.search.response.json":      in[opentact.Page[opentact.Lease]](secrets),
		"lease.search.last.response.json": in[opentact.Page[opentact.Lease]](),
		"lease.search.request.json":       vendortest.As[opentact.SearchLeasesRequest](page...),
		"lease.search.all.request.json":   vendortest.As[opentact.SearchLeasesRequest](page...),
		"lease.update.request.json":       vendortest.As[opentact.UpdateLeaseRequest](),
		"lease.release.response.json":     in[opentact.Lease](),

		"sip.change_leases.request.json":        vendortest.As[opentact.ChangeLeasesRequest](),
		"sip.change_leases.response.json":       in[[]opentact.Related[opentact.Lease]](),
		"sip.change_leases.today.response.json": in[[]opentact.Related[opentact.Lease]](),

		"token.create.request.json":  vendortest.As[opentact.CreateTokenRequest](),
		"token.create.response.json": in[opentact.Token](secrets),
		"token.list.response.json":   in[opentact.Page[opentact.Token]](secrets),
		"token.update.request.json":  vendortest.As[opentact.UpdateTokenRequest](),
		"token.done.response.json":   in[wire.Raw](),
		"auth.login.response.json":   in[opentact.User](secrets, roundtrip.NullKept("**.deleted_on", "payload.dob")),

		"error.balance.json": vendortest.As[opentact.Error](),
		"error.fields.json":  vendortest.As[opentact.Error](),
	}
}

func TestNothingIsLostBetweenDecodeAndEncode(t *testing.T) {
	vendortest.RoundTrips(t, vendortest.Every(payloads(),
		roundtrip.NotNull("the server makes it of a column or a constant that is never null",
			"**.success", "**.uuid", "**.state", "**.type", "**.message", "**.reason", "**.item", "**.name", "**.ttl", "payload.data", "payload",
			"fields.*.*"),
	))
}

func TestAListIsReadInEveryForm(t *testing.T) {
	row := `{"uuid":"u","state":"created"}`
	for name, c := range map[string]struct {
		payload string
		rows    int
	}{
		"array":            {"[" + row + "," + `{"uuid":"v","state":"created"}` + "]", 2},
		"empty array":      {"[]", 0},
		"page":             {`{"take":10,"skip":0,"total":1,"data":[` + row + `]}`, 1},
		"empty page":       {`{"take":10,"skip":0,"total":0,"data":[]}`, 0},
		"empty null page":  {`{"total":0,"data":null}`, 0},
		"one object":       {row, 1},
		"null":             {"null", 0},
		"object of spaces": {" { \"uuid\" : \"u\" , \"state\" : \"created\" } ", 1},
	} {
		t.Run(name, func(t *testing.T) {
			srv := serve(t, vendortest.Text(`{"success":true,"payload":`+c.payload+`}`))
			pg, err := srv.client(t).Orders.List(ctx)
			require.NoError(t, err)
			assert.Len(t, pg.Data, c.rows)
			all, err := vendortest.Collect(srv.client(t).Orders.All(ctx))
			assert.Len(t, all, c.rows)
			if strings.Contains(name, "object") {
				require.ErrorIs(t, err, numbers.ErrIncomplete, "it does not show that there is no other")
			} else {
				require.NoError(t, err)
			}
		})
	}
	for name, payload := range map[string]string{
		"empty object": "{}", "object of nothing": " { } ", "string": `"x"`, "number": "3", "page without data": `{"total":3,"data":null}`,
		"object without uuid": `{"state":"created"}`, "no payload": `null,"payload":7`,
	} {
		t.Run(name, func(t *testing.T) {
			srv := serve(t, vendortest.Text(`{"success":true,"payload":`+payload+`}`))
			pg, err := srv.client(t).Orders.List(ctx)
			require.Error(t, err)
			assert.Nil(t, pg)
		})
	}
}

func TestARowWithoutUUIDIsLeftOut(t *testing.T) {
	first, last := `{"uuid":"u","state":"created"}`, `{"uuid":"v","state":"created"}`
	for name, bad := range map[string]string{"no uuid": `{"state":"created"}`, "null": "null", "no object": `"x"`} {
		t.Run(name, func(t *testing.T) {
			srv := serve(t, vendortest.Text(`{"success":true,"payload":[`+first+","+bad+","+last+`]}`))
			pg, err := srv.client(t).Orders.List(ctx)
			require.ErrorIs(t, err, numbers.ErrIncomplete)
			assert.Len(t, pg.Data, 2)
			all, err := vendortest.Collect(srv.client(t).Orders.All(ctx))
			require.ErrorIs(t, err, numbers.ErrIncomplete)
			assert.ErrorContains(t, err, "row 1: ")
			assert.Len(t, all, 2)
		})
	}
}

func TestAPageIsWrittenInTheFormInWhichItWasRead(t *testing.T) {
	for _, text := range []string{"null", "[]", `[{"uuid":"a","state":"x"}]`, `{"uuid":"a","state":"x"}`, `{"take":1,"skip":0,"total":0,"data":[]}`} {
		var pg opentact.Page[opentact.Order]
		require.NoError(t, json.Unmarshal([]byte(text), &pg))
		assert.JSONEq(t, text, vendortest.Encode(t, pg))
	}
	var pg opentact.Page[opentact.Order]
	require.Error(t, pg.UnmarshalJSON(nil))
	var r opentact.Related[opentact.TN]
	require.Error(t, r.UnmarshalJSON(nil))
}

func TestARelatedObjectIsReadInEveryForm(t *testing.T) {
	for text, want := range map[string]opentact.Related[opentact.Profile]{
		`null`: {Null: true},
		`{}`:   {Empty: true}, "{ \n}": {Empty: true},
		`{"name":"US"}`: {Object: &opentact.Profile{Name: new("US")}},
	} {
		var got opentact.Related[opentact.Profile]
		require.NoError(t, json.Unmarshal([]byte(text), &got))
		assert.Equal(t, want, got)
		assert.False(t, got.IsZero(), "it is written again")
		out, err := json.Marshal(got)
		require.NoError(t, err)
		assert.JSONEq(t, text, string(out))
	}
	var by opentact.Related[opentact.Profile]
	require.NoError(t, json.Unmarshal([]byte(`"9a1e3d0c"`), &by))
	assert.Equal(t, "9a1e3d0c", by.Ref.Literal())
	for _, text := range []string{`[]`, `true`, `1.5`, `{"name":5}`} {
		require.Error(t, json.Unmarshal([]byte(text), &by), text)
	}
}

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
		{opentact.RequestCopy{}, features + "tns autorenew profile sip_connection sip_control_app items"},
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
	n, mode := wire.NewCount(1), "AND"
	pg := opentact.Page[opentact.TN]{Take: n, Skip: n, Total: n, Mode: &mode, Order: wire.Raw(`{"tn":"ASC"}`), Data: []opentact.TN{}}
	assert.JSONEq(t, `{"take":1,"skip":1,"total":1,"mode":"AND","order":{"tn":"ASC"},"data":[]}`, vendortest.Encode(t, pg))
}
