package opentact_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/opentact"
)

func TestAnOpaqueValueIsWrittenToTheLetterButForWhatIsSecret(t *testing.T) {
	for text, want := range map[string]string{
		`{}`: `{}`, `[]`: `[]`, `""`: `""`, `0`: `0`, `false`: `false`, `1.50`: `1.50`, `"uuid"`: `"uuid"`, `null`: `null`,
		`{"b":1.00,"a":{"c":[null,"\u00e9",1e3]},"b":[]}`: `{"b":1.00,"a":{"c":[null,"\u00e9",1e3]},"b":[]}`,
		`{"password":"p"}`: `{"password":"[redacted]"}`,
		`[{"login":"l","password":"p","port":1.0},{"password":"q"}]`:             `[{"login":"l","password":"[redacted]","port":1.0},{"password":"[redacted]"}]`,
		`{"a":{"Auth-Token" : "t","b":"password"},"c":"token"}`:                  `{"a":{"Auth-Token":"[redacted]","b":"password"},"c":"token"}`,
		`{"x":["password",{"api_key":12345,"y":[{"z":{"secrets":["s","t"]}}]}]}`: `{"x":["password",{"api_key":"[redacted]","y":[{"z":{"secrets":"[redacted]"}}]}]}`,
		`{"credentials":{"user":"u"},"ha1b":"m","alpha1":"kept"}`:                `{"credentials":"[redacted]","ha1b":"[redacted]","alpha1":"kept"}`,
		`{"password":null,"token":"","secret":{},"has_password":true}`:           `{"password":null,"token":"","secret":{},"has_password":true}`,
		`{"pass\u0077ord":"p","k":"v"}`:                                          `{"pass\u0077ord":"[redacted]","k":"v"}`,
	} {
		var o opentact.Opaque
		require.NoError(t, json.Unmarshal([]byte(text), &o))
		assert.Equal(t, want, vendortest.Encode(t, o), text)
		assert.Equal(t, text == "null", o.IsZero())
		if text != "null" {
			assert.Equal(t, text, string(o.JSON()))
		}
	}
	assert.Nil(t, opentact.Opaque{}.JSON())
	var broken opentact.Opaque
	for _, text := range []string{`{`, `{"password":`, `{"a" 1}`} {
		require.NoError(t, broken.UnmarshalJSON([]byte(text)))
		_, err := broken.MarshalJSON()
		require.Error(t, err, text)
	}
}

// Where the documentation shows an empty object, a real one may stand.
func TestNoPrintShowsASecretOfAValueThatIsNotDocumented(t *testing.T) {
	const secrets = `{"uuid":"u","password":"planted","deep":[{"access_token":"planted"}]}`
	for name, into := range map[string]any{
		"order.get.response.json": new(envelope[opentact.Order]),
		"lease.get.response.json": new(envelope[opentact.Lease]),
	} {
		data := vendortest.Fixture(t, name)
		for _, field := range []string{
			"sipusers", "sip_user_invites", "messaging_profiles", "addresses", "subscriptions", "time_zone",
			"product", "class4_ingress_trunk_settings", "class4_egress_trunk_settings", "outbound_voice_profile",
			"tn_provider", "register_provider", "sms_provider", "messaging_profile_default", "messaging_profile",
		} {
			data = strings.ReplaceAll(data, `"`+field+`": []`, `"`+field+`": [`+secrets+`]`)
			data = strings.ReplaceAll(data, `"`+field+`": {}`, `"`+field+`": `+secrets)
		}
		require.Contains(t, data, secrets, name)
		require.NoError(t, json.Unmarshal([]byte(data), into), name)
		assert.NotContains(t, vendortest.Prints(into), "planted", name)
		assert.Contains(t, vendortest.Encode(t, into), `"access_token":"[redacted]"`, name)
	}
	order := new(opentact.Order)
	require.NoError(t, json.Unmarshal([]byte(`{"sip_connection":{"uuid":"c","sipusers":[`+secrets+`]},"profile":{"tn_provider":`+secrets+`}}`), order))
	for _, v := range []any{order, order.SIPConnection.Object, order.Profile.Object, order.Profile.Object.TNProvider, order.SIPConnection.Object.SIPUsers} {
		assert.NotContains(t, vendortest.Prints(v), "planted")
	}
	assert.JSONEq(t, secrets, string(order.Profile.Object.TNProvider.JSON()))
}

// A failed validation echoes what was sent.
func TestNoErrorShowsASecretThatWasRefused(t *testing.T) {
	srv := serve(t, vendortest.Failing(500, `{"success":false,"message":"m","meta":{"token":"planted"},"fields":{
		"params.password":{"message":"too short","value":"planted"},
		"params.user":{"message":"unknown","value":{"name":"n","secret":"planted"}},
		"params.to":{"message":"invalid integer number","value":"qwerty123456789"}}}`))
	_, err := srv.client(t, vendortest.Once).Orders.Get(ctx, "u")
	require.Error(t, err)
	own, ok := errors.AsType[*opentact.Error](err)
	require.True(t, ok)
	for _, v := range []any{err, own, *own, own.Fields, own.Meta} {
		assert.NotContains(t, vendortest.Prints(v), "planted")
	}
	assert.JSONEq(t, `"qwerty123456789"`, string(own.Fields["params.to"].Value.JSON()))
	assert.Contains(t, vendortest.Encode(t, own), `"params.password":{"message":"too short"}`)
}
