package wire_test

import (
	"bytes"
	"encoding/json"
	"math/big"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-querystring/query"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers/wire"
)

var seeds = []string{
	`null`, `true`, `false`, `"true"`, `"false"`, `""`, `"text"`, `0`, `-0`, `1.50`, `"1.00000"`, `1e-5`, `"1e64"`, `1e999999999`,
	`12029822917`, `12029822917.0`, `1.2029822917e10`, `"+12029822917"`, `[]`, `{}`, `{"a":[1.0,null]}`, ` "a" `, `"\u00e9\ud800<\/>"`,
	"\"\xff\"", `"2018-01-01T00:00:00.000000Z"`, `"2024-09-13T09:12:19.728170+00:00"`, `"2021-03-02 15:04:05.657788"`,
	`"9999-01-01 00:00:00.000000"`, `"2018-01-01T00:00:00.1234567891+23:59"`, `"2018-01-01T00:00:00,5Z"`, `"0001-01-01T00:00:00Z"`,
}

// value is what all types of the package are.
type value interface {
	IsZero() bool
	String() string
	MarshalJSON() ([]byte, error)
	EncodeValues(key string, v *url.Values) error
}

// fuzz feeds data to a T, and returns the T if it takes them. What it took must come out as the same JSON value, and be
// read again as the same T.
func fuzz[T value](t *testing.T, data []byte) (v T, ok bool) {
	_ = any(new(T)).(json.Unmarshaler).UnmarshalJSON(data) // whatever it is
	if err := json.Unmarshal(data, &v); err != nil {
		assert.Less(t, len(err.Error()), 400)
		return v, false
	}
	out, err := json.Marshal(v)
	require.NoError(t, err)
	assert.Equal(t, tree(t, data), tree(t, out))

	var again T
	require.NoError(t, json.Unmarshal(out, &again))
	out2, err := json.Marshal(again)
	require.NoError(t, err)
	assert.Equal(t, string(out), string(out2))

	queried, err := query.Values(struct {
		K T `url:"k"`
	}{v})
	if err == nil && !v.IsZero() && string(out) != "null" {
		require.Len(t, queried["k"], 1)
	}
	return v, true
}

func tree(t *testing.T, data []byte) (v any) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	require.NoError(t, dec.Decode(&v))
	return v
}

func addSeeds(f *testing.F) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
}

func FuzzTime(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		v, ok := fuzz[wire.Time](t, data)
		if !ok {
			return
		}
		var again wire.Time
		b, err := v.MarshalBinary()
		require.NoError(t, err)
		require.NoError(t, again.UnmarshalBinary(b))
		assert.True(t, v == again)
		if known, ok := v.Known(); ok {
			assert.Equal(t, known, wire.TimeLiteral(v.Literal()).Time)
			assert.Equal(t, known.UTC(), known)
		}
	})
}

func FuzzAmount(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		v, ok := fuzz[wire.Amount](t, data)
		if !ok {
			return
		}
		d, known := v.Decimal()
		assert.Equal(t, v.Literal() != "", known)
		assert.Less(t, len(d.String()), 200, "never a billion digits")
		if known {
			want, ok := new(big.Rat).SetString(v.Literal())
			require.True(t, ok)
			assert.Zero(t, want.Cmp(d.Rat()))
			back, _ := wire.NewAmount(d).Decimal()
			assert.True(t, d.Equal(back))
		}
	})
}

func FuzzTN(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		v, ok := fuzz[wire.TN](t, data)
		if !ok {
			return
		}
		n, ok := v.Int64()
		if ok {
			assert.Equal(t, wire.TNInt(n).Literal(), v.Digits())
		}
		if !v.Quoted() && !v.IsZero() {
			require.True(t, ok, "a bare number is always an integer")
			want, _ := new(big.Rat).SetString(v.Literal())
			assert.Zero(t, want.Cmp(new(big.Rat).SetInt64(n)))
		}
		assert.Empty(t, strings.Trim(v.Digits(), "0123456789"))
	})
}

// FuzzTNNumber checks what is refused, too, against exact arithmetic.
func FuzzTNNumber(f *testing.F) {
	f.Add(uint64(12029822917), 0, "")
	f.Add(uint64(12029822917), -10, "0")
	f.Add(uint64(120), -2, "000")
	f.Add(uint64(1)<<63, 0, "5")
	f.Fuzz(func(t *testing.T, mantissa uint64, exp int, frac string) {
		literal := new(big.Int).SetUint64(mantissa).String()
		if frac != "" {
			if strings.Trim(frac, "0123456789") != "" {
				return
			}
			literal += "." + frac
		}
		literal += "e" + big.NewInt(int64(exp%65)).String()
		if len(literal) > 64 {
			return
		}
		exact, ok := new(big.Rat).SetString(literal)
		require.True(t, ok)

		var tn wire.TN
		err := json.Unmarshal([]byte(literal), &tn)
		assert.Equal(t, exact.IsInt() && exact.Num().IsInt64(), err == nil, literal)
	})
}

func FuzzBool(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		if v, ok := fuzz[wire.Bool](t, data); ok {
			_, known := v.Bool()
			assert.Equal(t, !v.IsZero(), known)
		}
	})
}

func FuzzNull(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		fuzz[wire.Null[string]](t, data)
		fuzz[wire.Null[wire.Amount]](t, data)
		if v, ok := fuzz[wire.Null[bool]](t, data); ok {
			_, isValue := v.Get()
			assert.NotEqual(t, isValue, v.IsNull())
		}
	})
}

func FuzzRaw(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, data []byte) { fuzz[wire.Raw](t, data) })
}

func FuzzSecret(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		var s wire.Secret
		_ = s.UnmarshalJSON(data)
		s = wire.Secret{}
		err := json.Unmarshal(data, &s)
		if err != nil {
			assert.True(t, s.IsZero())
			return
		}
		out, err := json.Marshal(s)
		require.NoError(t, err)
		if s.IsZero() {
			assert.Equal(t, `null`, string(out))
			assert.Nil(t, tree(t, data))
			return
		}
		assert.Equal(t, `"[redacted]"`, string(out))
		assert.Equal(t, tree(t, data), s.Reveal())
		assert.True(t, s.Equal(wire.NewSecret(s.Reveal())))
		var v url.Values
		assert.Error(t, s.EncodeValues("k", &v))
		assert.Empty(t, v)
	})
}
