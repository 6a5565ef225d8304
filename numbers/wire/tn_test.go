package wire_test

import (
	"encoding/json"
	"math"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers/wire"
)

func TestTNKeepsLiteral(t *testing.T) {
	const none = -1
	tests := []struct {
		literal, digits string
		n               int64
	}{
		{`12029822917`, "12029822917", 12029822917},
		{`12029822917.0`, "12029822917", 12029822917},
		{`12029822917.000`, "12029822917", 12029822917},
		{`1.2029822917e10`, "12029822917", 12029822917},
		{`1.2029822917E+10`, "12029822917", 12029822917},
		{`1.20298229170e10`, "12029822917", 12029822917},
		{`1202982291700e-2`, "12029822917", 12029822917},
		{`0.12029822917e11`, "12029822917", 12029822917},
		{`12e3`, "12000", 12000},
		{`0`, "0", 0},
		{`0.0`, "0", 0},
		{`0e64`, "0", 0},
		{`9223372036854775807`, "9223372036854775807", math.MaxInt64},
		{`"12029822917"`, "12029822917", 12029822917},
		{`"+12029822917"`, "12029822917", 12029822917},
		{`"0"`, "0", 0},
		{`"0049891234"`, "0049891234", none},
		{`"00"`, "00", none},
		{`"9223372036854775808"`, "9223372036854775808", none},
		{`""`, "", none},
		{`"+"`, "", none},
		{`"++1"`, "", none},
		{`"text"`, "", none},
		{`"string"`, "", none},
		{`"1.2e10"`, "", none},
		{`"1-202-982-2917"`, "", none},
		{`" 12029822917"`, "", none},
		{`"-12029822917"`, "", none},
		{`"٣"`, "", none},
		{`"tel:\n\"é\""`, "", none},
	}
	for _, tt := range tests {
		t.Run(tt.literal, func(t *testing.T) {
			tn := assertKept[wire.TN](t, tt.literal)
			assert.Equal(t, tt.digits, tn.Digits())
			n, ok := tn.Int64()
			assert.Equal(t, tt.n != none, ok)
			if ok {
				assert.Equal(t, tt.n, n)
			} else {
				assert.Zero(t, n)
			}
			assert.Equal(t, tt.literal[0] == '"', tn.Quoted())
			var lit string
			if tn.Quoted() {
				require.NoError(t, json.Unmarshal([]byte(tt.literal), &lit))
				assert.Equal(t, wire.TNString(lit), tn)
			} else {
				lit = tt.literal
			}
			assert.Equal(t, lit, tn.Literal())
			assert.Equal(t, lit, tn.String())
		})
	}
}

func TestTNAbsent(t *testing.T) {
	var tn wire.TN
	assert.Empty(t, tn.Digits())
	assert.Empty(t, tn.Literal())
	_, ok := tn.Int64()
	assert.False(t, ok)
	assert.NotEqual(t, tn, wire.TNString(""))
}

func TestTNRefuses(t *testing.T) {
	for _, literal := range []string{
		`1.5`, `12029822917.5`, `1.2029822917e9`, `1202982291701e-2`, `1e-1`, `1e-64`, `0.1e-3`, `-1`, `-0`, `-12029822917`,
		`9223372036854775808`, `1e19`, `1e64`, `1e65`, `1e999999999`, `0e65`, strings.Repeat("1", 65), `true`, `[]`, `[1]`, `{}`,
	} {
		t.Run(literal, func(t *testing.T) { assertRefused[wire.TN](t, literal, "TN") })
	}
}

func TestTNInt(t *testing.T) {
	assert.Equal(t, mustDecode[wire.TN](t, `12029822917`), wire.TNInt(12029822917))
	assert.Equal(t, mustDecode[wire.TN](t, `0`), wire.TNInt(0))
	assert.Equal(t, mustDecode[wire.TN](t, `9223372036854775807`), wire.TNInt(math.MaxInt64))
}

func TestTNIntNegative(t *testing.T) {
	tn := wire.TNInt(-5)
	assert.Empty(t, tn.Digits())
	_, ok := tn.Int64()
	assert.False(t, ok)

	_, err := json.Marshal(tn)
	require.ErrorContains(t, err, `wire.TN: want a telephone number: a whole number or a string, got "-5"`)
	require.Error(t, tn.EncodeValues("tn", new(url.Values)))
	assert.Equal(t, `"f":"-5"`, encode(t, wire.TNString("-5")), "a string may hold anything")
}
