//go:build go1.27 && goexperiment.jsonv2

package wire_test

import (
	"encoding/json/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers/wire"
)

// The types keep their word under encoding/json/v2 itself, not only under v1 on top of it.
func TestJSONv2(t *testing.T) {
	type all struct {
		Time   wire.Time         `json:"time,omitzero"`
		Amount wire.Amount       `json:"amount,omitzero"`
		Bool   wire.Bool         `json:"bool,omitzero"`
		TN     wire.TN           `json:"tn,omitzero"`
		Null   wire.Null[string] `json:"null,omitzero"`
		Secret wire.Secret       `json:"secret,omitzero"`
		Raw    wire.Raw          `json:"raw,omitzero"`
	}
	for in, want := range map[string]string{
		`{}`: `{}`,
		`{"time":"","amount":"","bool":false,"tn":0,"null":"","secret":"","raw":[]}`:                     `{"time":"","amount":"","bool":false,"tn":0,"null":"","secret":"[redacted]","raw":[]}`,
		`{"time":null,"amount":null,"bool":null,"tn":null,"null":null,"secret":null,"raw":null}`:         `{"time":null,"null":null}`,
		`{"time":"2018-01-01T00:00:00.270Z","amount":1.50,"bool":"true","tn":1.2029822917e10,"raw":1.0}`: `{"time":"2018-01-01T00:00:00.270Z","amount":1.50,"bool":"true","tn":1.2029822917e10,"raw":1.0}`,
	} {
		var v all
		require.NoError(t, json.Unmarshal([]byte(in), &v))
		out, err := json.Marshal(v)
		require.NoError(t, err)
		assert.Equal(t, want, string(out))
	}
	for _, in := range []string{`{"time":1}`, `{"amount":"free"}`, `{"bool":"yes"}`, `{"tn":1.5}`, `{"null":1}`, `{"secret":1}`} {
		var v all
		require.Error(t, json.Unmarshal([]byte(in), &v))
		assert.Equal(t, all{}, v)
	}
}
