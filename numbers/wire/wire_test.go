package wire_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-querystring/query"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/roundtrip"
	"github.com/tnkit/tnkit/numbers/wire"
)

// field is how every type of the package is used.
type field[T any] struct {
	F T `json:"f,omitzero"`
}

// decode reads a JSON value into a field.
func decode[T any](literal string) (T, error) {
	var s field[T]
	err := json.Unmarshal([]byte(`{"f":`+literal+`}`), &s)
	return s.F, err
}

func mustDecode[T any](t *testing.T, literal string) T {
	t.Helper()
	v, err := decode[T](literal)
	require.NoError(t, err, literal)
	return v
}

// encode writes a field, and returns its value, "" where it is left out.
func encode[T any](t *testing.T, v T) string {
	t.Helper()
	b, err := json.Marshal(field[T]{v})
	require.NoError(t, err)
	return strings.TrimSuffix(strings.TrimPrefix(string(b), `{`), `}`)
}

// assertKept asserts that a JSON value comes out as it went in, also when the field is used again afterwards.
func assertKept[T interface {
	comparable
	IsZero() bool
}](t *testing.T, literal string) T {
	t.Helper()
	v := mustDecode[T](t, literal)
	assert.Equal(t, `"f":`+literal, encode(t, v))
	assert.False(t, v.IsZero(), "a present value is not zero")
	assert.True(t, v == mustDecode[T](t, literal), "what is written alike is ==")

	reused := field[T]{v}
	require.NoError(t, json.Unmarshal([]byte(`{"f":null}`), &reused))
	assert.Equal(t, field[T]{mustDecode[T](t, `null`)}, reused, "null empties a field that had a value")
	return v
}

// assertRefused asserts that a JSON value fails the decode, leaves the field alone and is hardly quoted in the error.
func assertRefused[T any](t *testing.T, literal, typ string) {
	t.Helper()
	v, err := decode[T](literal)
	var refused *wire.ValueError
	require.ErrorAs(t, err, &refused, literal)
	assert.Equal(t, typ, refused.Type)
	assert.LessOrEqual(t, len(refused.Got), 40)
	assert.NotEmpty(t, refused.Want)
	assert.Less(t, len(err.Error()), 250)
	var zero T
	assert.Equal(t, zero, v)
}

func TestAbsentAndNull(t *testing.T) {
	t.Run("Amount", testAbsentAndNull[wire.Amount])
	t.Run("Bool", testAbsentAndNull[wire.Bool])
	t.Run("Count", testAbsentAndNull[wire.Count])
	t.Run("TN", testAbsentAndNull[wire.TN])
	t.Run("Secret", testAbsentAndNull[wire.Secret])
	t.Run("Raw", testAbsentAndNull[wire.Raw])
}

// A vendor may write null for a time in one row, and leave out the time in another.
func TestNullTimesAreKept(t *testing.T) {
	var absent wire.Time
	assert.True(t, absent.IsZero())
	assert.Empty(t, encode(t, absent))

	null := mustDecode[wire.Time](t, `null`)
	assert.False(t, null.IsZero(), "it is written again")
	assert.Equal(t, `"f":null`, encode(t, null))
	assert.Empty(t, null.Literal())
	assert.Equal(t, "wire.Time{} /* null */", null.GoString())
	_, known := null.Known()
	assert.False(t, known)
	assert.True(t, null == mustDecode[wire.Time](t, `null`))
	assert.False(t, null == absent)
	values, err := query.Values(struct {
		K wire.Time `url:"k"`
	}{null})
	require.NoError(t, err)
	assert.Empty(t, values)

	for _, v := range []wire.Time{null, absent, wire.TimeLiteral("0"), wire.TimeLiteral("")} {
		data, err := v.MarshalBinary()
		require.NoError(t, err)
		again := wire.TimeLiteral("something else")
		require.NoError(t, again.UnmarshalBinary(data))
		assert.Equal(t, v, again)
	}
}

func testAbsentAndNull[T interface{ IsZero() bool }](t *testing.T) {
	var absent T
	assert.True(t, absent.IsZero())
	assert.Empty(t, encode(t, absent))

	null := mustDecode[T](t, `null`)
	assert.True(t, null.IsZero())
	assert.Equal(t, absent, null)

	b, err := json.Marshal([]T{absent})
	require.NoError(t, err)
	assert.Equal(t, `[null]`, string(b), "where omitzero can't leave it out")

	var pointer field[*T]
	require.NoError(t, json.Unmarshal([]byte(`{"f":null}`), &pointer))
	assert.Nil(t, pointer.F)
}

// What the types refuse when their methods are called with bytes that encoding/json would never hand them.
func TestUnmarshalJSONOfWhatIsNotJSON(t *testing.T) {
	for _, data := range []string{``, ` `, `"`, `"a`, `a"`, `"a"b"`, `"\"`, `"\x"`, `nul`, `nulls`, "\"\x01\"", `1 2`, `{`, `--1`, `+1`, `01`, `1.`} {
		for _, v := range []json.Unmarshaler{
			new(wire.Time), new(wire.Amount), new(wire.Bool), new(wire.Count), new(wire.TN), new(wire.Secret), new(wire.Null[string]),
		} {
			assert.Error(t, v.UnmarshalJSON([]byte(data)), "%T %q", v, data)
		}
	}
}

// Each leaf of each type, changed to another value of its kind.
func TestLeaves(t *testing.T) {
	type all struct {
		Time    wire.Time         `json:"time,omitzero"`
		Price   wire.Amount       `json:"price,omitzero"`
		Rate    wire.Amount       `json:"rate,omitzero"`
		Fax     wire.Bool         `json:"fax,omitzero"`
		SMS     wire.Bool         `json:"sms,omitzero"`
		TN      wire.TN           `json:"tn,omitzero"`
		TNs     []wire.TN         `json:"tns,omitzero"`
		Name    wire.Null[string] `json:"name,omitzero"`
		Token   wire.Secret       `json:"token,omitzero"`
		Details wire.Raw          `json:"details,omitzero"`
	}
	roundtrip.Leaves(t, []byte(`{
		"time": "2018-01-01T00:00:00.000000Z", "price": "0.50000", "rate": 0, "fax": true, "sms": "true",
		"tn": "+12029822917", "tns": [12029822917, 12029822917.0, 1.2029822917e10, "text", "", 0],
		"name": "<é\u2028\n>", "token": "hunter2", "details": {"a": [1.50, {}, []], "b": "", "c": false}
	}`), func() any { return new(all) },
		roundtrip.Secrets("token"),
		roundtrip.NullKept("name", "details.b"))
}

func TestValueErrorIsShort(t *testing.T) {
	_, err := decode[wire.TN](`[` + strings.Repeat(`"secret",`, 1000) + `1]`)
	require.Error(t, err)
	assert.Contains(t, err.Error(),
		`wire.TN: want a telephone number: a whole number or a string, got "[\"secret\",\"secret\",\"secret\",\"secret\",\"se"`)
	assert.Equal(t, 4, strings.Count(err.Error(), "secret"))
}
