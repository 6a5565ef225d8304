package voipbin_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/roundtrip"
	"github.com/tnkit/tnkit/voipbin"
)

// shapes say which struct a fixture is for, by the beginning of its name.
var shapes = []struct {
	prefix string
	into   func() any
	opts   []roundtrip.Option
}{
	{prefix: "order_numbers.list", into: func() any { return new(voipbin.NumberPage) }},
	{prefix: "order_numbers.create.request", into: func() any { return new(voipbin.CreateOrderNumberRequest) }},
	{prefix: "order_numbers.", into: func() any { return new(voipbin.Number) }},
	{prefix: "numbers.list", into: func() any { return new(voipbin.NumberPage) }},
	{prefix: "numbers.create.request", into: func() any { return new(voipbin.CreateNumberRequest) }},
	{prefix: "numbers.create_virtual.request", into: func() any { return new(voipbin.CreateNumberRequest) }},
	{prefix: "numbers.update.request", into: func() any { return new(voipbin.UpdateNumberRequest) }},
	{prefix: "numbers.modify.request", into: func() any { return new(voipbin.UpdateNumberRequest) }},
	{prefix: "numbers.update_flows.request", into: func() any { return new(voipbin.UpdateFlowsRequest) }},
	{prefix: "numbers.update_metadata.request", into: func() any { return new(voipbin.UpdateMetadataRequest) }},
	{prefix: "numbers.renew.request", into: func() any { return new(voipbin.RenewNumbersRequest) }},
	{prefix: "numbers.renew.response", into: func() any { return new([]voipbin.Number) }},
	{prefix: "available_numbers.", into: func() any { return new(voipbin.AvailableNumberList) }},
	{prefix: "auth.login.response", into: func() any { return new(voipbin.LoginResponse) }, opts: []roundtrip.Option{roundtrip.Secrets("token")}},
	{prefix: "numbers.", into: func() any { return new(voipbin.Number) }, opts: times},
	{prefix: "error.", into: func() any {
		return new(struct {
			Error voipbin.Error `json:"error"`
		})
	}},
}

// times may be null since 2026.
var times = []roundtrip.Option{roundtrip.Nullable("tm_create")}

func TestFixturesLoseNothing(t *testing.T) {
	files, err := os.ReadDir("testdata")
	require.NoError(t, err)
	tested := 0
	for _, file := range files {
		name, isFixture := strings.CutSuffix(file.Name(), ".json")
		if !isFixture {
			continue
		}
		if name == "auth.login.request" {
			continue // no struct holds a password that it would write
		}
		t.Run(name, func(t *testing.T) {
			for _, shape := range shapes {
				if strings.HasPrefix(name, shape.prefix) {
					roundtrip.Leaves(t, fixture(t, name), shape.into, shape.opts...)
					tested++
					return
				}
			}
			t.Error("no struct is named for this fixture")
		})
	}
	require.Greater(t, tested, 20)
}

// Every form in which the server has written a time since 2021, in one row.
func TestNumberOfEveryYear(t *testing.T) {
	roundtrip.Leaves(t, []byte(`{
		"id": "a", "customer_id": "b", "number": "6062067564", "type": "trial", "flow_id": "c", "user_id": 18446744073709551615,
		"call_flow_id": "", "message_flow_id": "d", "name": "", "detail": "e", "status": "purchase-pending",
		"t38_enabled": true, "emergency_enabled": false, "metadata": {},
		"tm_purchase": "2021-03-03 06:34:09.000000", "tm_renew": "9999-01-01T00:00:00.000000Z",
		"tm_create": "2026-11-21T16:10:35.85842Z", "tm_update": "9999-01-01 00:00:00.000000", "tm_delete": ""
	}`), func() any { return new(voipbin.Number) })
	roundtrip.Leaves(t, []byte(`{
		"id": "a", "number": "", "status": "", "t38_enabled": true, "emergency_enabled": false, "metadata": null,
		"tm_purchase": "2021-03-03T06:34:09", "tm_renew": "2021-03-03 06:34:09.123456789",
		"tm_create": "2021-03-03T06:34:09Z", "tm_update": null, "tm_delete": "0000-00-00 00:00:00"
	}`), func() any { return new(voipbin.Number) })
}
