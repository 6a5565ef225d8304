package wire_test

import (
	"math/big"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers/wire"
)

func TestAmountKeepsLiteral(t *testing.T) {
	tests := []struct{ literal, value string }{
		{`0`, "0"},
		{`"0"`, "0"},
		{`0.5`, "0.5"},
		{`"0.50000"`, "0.5"},
		{`"1.00000"`, "1"},
		{`1.00`, "1"},
		{`99.87895`, "99.87895"},
		{`-12.30`, "-12.3"},
		{`"-12.30"`, "-12.3"},
		{`"+12.30"`, "12.3"},
		{`"007.10"`, "7.1"},
		{`".5"`, "0.5"},
		{`"5."`, "5"},
		{`1e2`, "100"},
		{`1E-05`, "0.00001"},
		{`"1.5e+3"`, "1500"},
		{`-0`, "0"},
		{`1e64`, "1" + strings.Repeat("0", 64)},
		{`"1e-64"`, "0." + strings.Repeat("0", 63) + "1"},
		{strings.Repeat("9", 64), strings.Repeat("9", 64)},
	}
	for _, tt := range tests {
		t.Run(tt.literal, func(t *testing.T) {
			a := assertKept[wire.Amount](t, tt.literal)
			d, ok := a.Decimal()
			assert.True(t, ok)
			assert.Equal(t, tt.value, d.String())
			assert.Equal(t, strings.Trim(tt.literal, `"`), a.Literal())
			assert.Equal(t, a.Literal(), a.String())
			assert.Equal(t, tt.literal[0] == '"', a.Quoted())

			again, err := wire.AmountLiteral(a.Literal(), a.Quoted())
			require.NoError(t, err)
			assert.True(t, a == again)
		})
	}
}

func TestAmountUnknown(t *testing.T) {
	blank := assertKept[wire.Amount](t, `""`)
	for name, a := range map[string]wire.Amount{"blank": blank, "absent": {}, "null": mustDecode[wire.Amount](t, `null`)} {
		d, ok := a.Decimal()
		assert.False(t, ok, name)
		assert.True(t, d.IsZero())
		assert.Empty(t, a.Literal())
	}
	assert.NotEqual(t, wire.Amount{}, blank)
}

var notAmounts = []string{
	`" "`, `"1 "`, `" 1"`, `"free"`, `"1,50"`, `"$1"`, `"1.2.3"`, `"."`, `"-"`, `"+"`, `"e1"`, `".e1"`, `"1e"`, `"1e+"`,
	`"1e1.5"`, `"1e+-1"`, `"--1"`, `"0x10"`, `"1_000"`, `"NaN"`, `"Infinity"`, `"١"`, `"null"`, `"1\u0000"`,
	`"1e65"`, `1e65`, `1e-65`, `1e999999999`, `"1e99999999999999999999"`, `true`, `[]`, `[1]`, `{}`, `{"amount":1}`,
}

func TestAmountRefuses(t *testing.T) {
	long := strings.Repeat("1", 65)
	for _, literal := range append(notAmounts, long, `"`+long+`"`, "0."+long, `"`+strings.Repeat("1", 1<<20)+`"`) {
		t.Run(literal[:min(len(literal), 30)], func(t *testing.T) {
			assertRefused[wire.Amount](t, literal, "Amount")
		})
	}
}

func TestAmountLiteralRefuses(t *testing.T) {
	for _, lit := range []string{"", "+1", "01", "00", ".5", "5.", "-", "-.5", "1.", "1.e5", "free", " 1", "null"} {
		_, err := wire.AmountLiteral(lit, false)
		assert.Error(t, err, "the bare %q is not JSON", lit)
	}
	_, err := wire.AmountLiteral("free", true)
	assert.EqualError(t, err, `wire.Amount: want a decimal number, quoted or not, got "free"`)
}

func TestNewAmount(t *testing.T) {
	tests := map[string]string{
		"1.50": `"1.50"`, "0": `"0"`, "-0.001": `"-0.001"`, "1500": `"1500"`, "15e2": `"1500"`, "1.00000": `"1.00000"`,
		"1e64":  `"1` + strings.Repeat("0", 64) + `"`, // 65 digits: written, though no vendor takes it back
		"1e-64": `"0.` + strings.Repeat("0", 63) + `1"`,
		"1e65":  `"1e65"`, "-123e-65": `"-123e-65"`, "0e65": `"0e65"`,
	}
	for in, want := range tests {
		d, err := decimal.NewFromString(in)
		require.NoError(t, err)
		a := wire.NewAmount(d)
		assert.Equal(t, `"f":`+want, encode(t, a))
		back, ok := a.Decimal()
		assert.True(t, ok)
		assert.True(t, d.Equal(back), in)
	}
	assert.Equal(t, wire.NewAmount(decimal.Decimal{}), mustDecode[wire.Amount](t, `"0"`), "a price of nothing is a price")

	huge := wire.NewAmount(decimal.NewFromBigInt(big.NewInt(1), 1<<30))
	assert.Equal(t, "1e1073741824", huge.Literal(), "not a billion digits")
}
