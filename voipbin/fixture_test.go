package voipbin_test

import (
	"testing"

	"github.com/tnkit/tnkit/internal/roundtrip"
	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/voipbin"
)

// envelope is how VoIPBin wraps an error.
type envelope struct {
	Error voipbin.Error `json:"error"`
}

// payloads are all fixtures that a struct is written as.
func payloads() map[string]vendortest.Payload {
	// The server of 2026 writes a null for each time that is not set.
	times := roundtrip.NullKept("**.tm_purchase", "**.tm_renew", "**.tm_create", "**.tm_update", "**.tm_delete")
	return map[string]vendortest.Payload{
		"auth.login.response.json":                      vendortest.As[voipbin.LoginResponse](roundtrip.Secrets("token")),
		"available_numbers.list.response.json":          vendortest.As[voipbin.AvailableNumberList](),
		"available_numbers.list_repeated.response.json": vendortest.As[voipbin.AvailableNumberList](),
		"available_numbers.list_virtual.response.json":  vendortest.As[voipbin.AvailableNumberList](),
		"error.balance.response.json":                   vendortest.As[envelope](),
		"error.credentials.response.json":               vendortest.As[envelope](),
		"error.deleted.response.json":                   vendortest.As[envelope](),
		"error.frozen.response.json":                    vendortest.As[envelope](),
		"error.identity.response.json":                  vendortest.As[envelope](),
		"error.internal.response.json":                  vendortest.As[envelope](),
		"error.invalid_argument.response.json":          vendortest.As[envelope](),
		"error.invalid_id.response.json":                vendortest.As[envelope](),
		"error.invalid_json.response.json":              vendortest.As[envelope](),
		"error.invalid_parameter.response.json":         vendortest.As[envelope](),
		"error.number_not_found.response.json":          vendortest.As[envelope](),
		"error.permission.response.json":                vendortest.As[envelope](),
		"error.rate_limit.response.json":                vendortest.As[envelope](),
		"error.route.response.json":                     vendortest.As[envelope](),
		"error.timeout.response.json":                   vendortest.As[envelope](),
		"error.unauthenticated.response.json":           vendortest.As[envelope](),
		"numbers.create.request.json":                   vendortest.As[voipbin.CreateNumberRequest](),
		"numbers.create.response.json":                  vendortest.As[voipbin.Number](times),
		"numbers.create_virtual.request.json":           vendortest.As[voipbin.CreateNumberRequest](),
		"numbers.create_virtual.response.json":          vendortest.As[voipbin.Number](times),
		"numbers.delete.response.json":                  vendortest.As[voipbin.Number](times),
		"numbers.get.response.json":                     vendortest.As[voipbin.Number](times),
		"numbers.get_2021.response.json":                vendortest.As[voipbin.Number](),
		"numbers.get_2022.response.json":                vendortest.As[voipbin.Number](),
		"numbers.list.response.json":                    vendortest.As[voipbin.Page[voipbin.Number]](times),
		"numbers.modify.request.json":                   vendortest.As[voipbin.UpdateNumberRequest](),
		"numbers.modify.response.json":                  vendortest.As[voipbin.Number](times),
		"numbers.renew.request.json":                    vendortest.As[voipbin.RenewNumbersRequest](),
		"numbers.renew.response.json":                   vendortest.As[[]voipbin.Number](times),
		"numbers.update.request.json":                   vendortest.As[voipbin.UpdateNumberRequest](),
		"numbers.update.response.json":                  vendortest.As[voipbin.Number](times),
		"numbers.update_flows.request.json":             vendortest.As[voipbin.UpdateFlowsRequest](),
		"numbers.update_flows.response.json":            vendortest.As[voipbin.Number](times),
		"numbers.update_metadata.request.json":          vendortest.As[voipbin.UpdateMetadataRequest](),
		"numbers.update_metadata.response.json":         vendortest.As[voipbin.Number](times),
		"order_numbers.create.request.json":             vendortest.As[voipbin.CreateOrderNumberRequest](),
		"order_numbers.create.response.json":            vendortest.As[voipbin.Number](),
		"order_numbers.create_zero.response.json":       vendortest.As[voipbin.Number](),
		"order_numbers.delete.response.json":            vendortest.As[voipbin.Number](),
		"order_numbers.get.response.json":               vendortest.As[voipbin.Number](),
		"order_numbers.list.response.json":              vendortest.As[voipbin.Page[voipbin.Number]](),
		"order_numbers.list_empty.response.json":        vendortest.As[voipbin.Page[voipbin.Number]](),
	}
}

func TestFixturesLoseNothing(t *testing.T) {
	// No struct holds a password that it would write.
	vendortest.RoundTrips(t, vendortest.Every(payloads(), plain()), "auth.login.request.json")
}

// plain are the members that the server writes from a Go string or bool, which is never null.
func plain() roundtrip.Option {
	return roundtrip.NotNull("the server writes a string, a bool or an object there",
		"**.id", "**.number", "**.status", "**.t38_enabled", "**.emergency_enabled", "**.country", "**.region", "**.postal_code",
		"**.next_page_token", "**.username", "**.rtp_debug", "**.error", "error.*", "**.message_flow_id", "**.call_flow_id", "**.name", "**.detail")
}

// Every form in which the server has written a time since 2021, in one row.
func TestNumberOfEveryYear(t *testing.T) {
	roundtrip.Leaves(t, []byte(`{
		"id": "a", "customer_id": "b", "number": "6062067564", "type": "trial", "flow_id": "c", "user_id": 18446744073709551615,
		"call_flow_id": "", "message_flow_id": "d", "name": "", "detail": "e", "status": "purchase-pending",
		"t38_enabled": true, "emergency_enabled": false, "metadata": {},
		"tm_purchase": "2021-03-03 06:34:09.000000", "tm_renew": "9999-01-01T00:00:00.000000Z",
		"tm_create": "2026-11-21T16:10:35.85842Z", "tm_update": "9999-01-01 00:00:00.000000", "tm_delete": ""
	}`), func() any { return new(voipbin.Number) }, plain())
	roundtrip.Leaves(t, []byte(`{
		"id": "a", "number": "", "status": "", "t38_enabled": true, "emergency_enabled": false, "metadata": null,
		"tm_purchase": "2021-03-03T06:34:09", "tm_renew": "2021-03-03 06:34:09.123456789",
		"tm_create": "2021-03-03T06:34:09Z", "tm_update": null, "tm_delete": "0000-00-00 00:00:00"
	}`), func() any { return new(voipbin.Number) }, plain())
}
