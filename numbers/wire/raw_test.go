package wire_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers/wire"
)

func TestRawKeepsText(t *testing.T) {
	for _, literal := range []string{
		`""`, `"a"`, `0`, `1.50`, `1e999`, `false`, `[]`, `{}`, `{"b":1.0,"a":{"c":[null,"\u00e9"]},"b":2}`,
	} {
		v := mustDecode[wire.Raw](t, literal)
		assert.Equal(t, literal, v.String())
		assert.Equal(t, `"f":`+literal, encode(t, v))
		assert.False(t, v.IsZero())
	}
	spaced := "{ \"a\" :\n[ 1,2 ] }"
	assert.Equal(t, spaced, mustDecode[wire.Raw](t, spaced).String(), "verbatim")
}

func TestRawIsACopy(t *testing.T) {
	data := []byte(`{"a":1}`)
	var v wire.Raw
	require.NoError(t, v.UnmarshalJSON(data))
	copy(data, `[broken`)
	assert.Equal(t, `{"a":1}`, v.String())
}

func TestRawZero(t *testing.T) {
	for _, v := range []wire.Raw{nil, {}, wire.Raw("null")} {
		assert.True(t, v.IsZero())
		assert.Empty(t, encode(t, v))
		b, err := json.Marshal(v)
		require.NoError(t, err)
		assert.Equal(t, `null`, string(b))
	}
	v := wire.Raw(`"before"`)
	require.NoError(t, json.Unmarshal([]byte(`null`), &v))
	assert.Nil(t, v)
	assert.Equal(t, json.RawMessage(`[1]`), json.RawMessage(wire.Raw(`[1]`)))
}

func TestRawRefusesWhatIsNoJSON(t *testing.T) {
	for _, text := range []string{`{`, `a`, `1 2`, ` `} {
		_, err := json.Marshal(field[wire.Raw]{wire.Raw(text)})
		assert.Error(t, err, text)
	}
}
