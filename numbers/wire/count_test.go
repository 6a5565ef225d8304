package wire_test

import (
	"net/url"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers/wire"
)

func TestCountKeepsLiteral(t *testing.T) {
	for _, tt := range []struct {
		literal string
		n       int64
		ok      bool
		quoted  bool
	}{
		{`0`, 0, true, false},
		{`55`, 55, true, false},
		{`"55"`, 55, true, true},
		{`-1`, -1, true, false},
		{`2.0`, 2, true, false},
		{`1.5`, 0, false, false},
		{`1e3`, 1000, true, false},
		{`9223372036854775807`, 1<<63 - 1, true, false},
		{`-9223372036854775808`, -1 << 63, true, false},
		{`9223372036854775808`, 0, false, false},
		{`"99999999999999999999"`, 0, false, true},
	} {
		t.Run(tt.literal, func(t *testing.T) {
			c := assertKept[wire.Count](t, tt.literal)
			n, ok := c.Int64()
			assert.Equal(t, tt.n, n)
			assert.Equal(t, tt.ok, ok)
			assert.Equal(t, tt.quoted, c.Quoted())
			assert.Equal(t, c.Literal(), c.String())
		})
	}
	assert.Equal(t, wire.NewCount(55), mustDecode[wire.Count](t, `55`))
}

func TestCountAbsent(t *testing.T) {
	_, ok := wire.Count{}.Int64()
	assert.False(t, ok)
	assert.Empty(t, wire.Count{}.String())

	var v url.Values
	require.NoError(t, wire.Count{}.EncodeValues("n", &v))
	assert.Empty(t, v)
	require.NoError(t, wire.NewCount(7).EncodeValues("n", &v))
	assert.Equal(t, "n=7", v.Encode())
}

func TestCountRefuses(t *testing.T) {
	for _, literal := range []string{`""`, `" 1"`, `"+1"`, `"many"`, `"0x10"`, `true`, `[]`, `[1]`, `{}`, `1e99`} {
		t.Run(literal, func(t *testing.T) { assertRefused[wire.Count](t, literal, "Count") })
	}
}

func FuzzCount(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		if c, ok := fuzz[wire.Count](t, data); ok {
			if n, whole := c.Int64(); whole {
				d, err := decimal.NewFromString(c.Literal())
				require.NoError(t, err)
				assert.True(t, d.Equal(decimal.NewFromInt(n)), c.Literal())
			}
		}
	})
}
