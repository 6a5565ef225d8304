package wire_test

import (
	"encoding/json"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers/wire"
)

type patch struct {
	Name  wire.Null[string]    `json:"name,omitzero"`
	Count wire.Null[int]       `json:"count,omitzero"`
	When  wire.Null[wire.Time] `json:"when,omitzero"`
	Tags  wire.Null[[]string]  `json:"tags,omitzero"`
}

func TestNullStates(t *testing.T) {
	tests := map[string]patch{
		`{}`: {},
		`{"name":null,"count":null,"when":null,"tags":null}`: {
			Name: wire.NullNow[string](), Count: wire.NullNow[int](), When: wire.NullNow[wire.Time](), Tags: wire.NullNow[[]string](),
		},
		`{"name":"","count":0,"when":"","tags":[]}`: {
			Name: wire.NullOf(""), Count: wire.NullOf(0), When: wire.NullOf(wire.TimeLiteral("")), Tags: wire.NullOf([]string{}),
		},
		`{"name":"a","count":-1,"when":"2018-01-01T00:00:00.270Z","tags":["x","y"]}`: {
			Name: wire.NullOf("a"), Count: wire.NullOf(-1), When: wire.NullOf(wire.TimeLiteral("2018-01-01T00:00:00.270Z")),
			Tags: wire.NullOf([]string{"x", "y"}),
		},
	}
	for literal, want := range tests {
		t.Run(literal, func(t *testing.T) {
			b, err := json.Marshal(want)
			require.NoError(t, err)
			assert.Equal(t, literal, string(b))

			var got patch
			require.NoError(t, json.Unmarshal([]byte(literal), &got))
			assert.Equal(t, want, got)

			reused := patch{Name: wire.NullOf("before"), Count: wire.NullNow[int](), Tags: wire.NullOf([]string{"b", "c", "d"})}
			require.NoError(t, json.Unmarshal([]byte(literal), &reused))
			if literal != `{}` {
				assert.Equal(t, want, reused)
			}
		})
	}
}

func TestNullAccessors(t *testing.T) {
	type state struct {
		value              string
		ok, isNull, isZero bool
		text               string
	}
	tests := map[string]struct {
		in   wire.Null[string]
		want state
	}{
		"absent":  {wire.Null[string]{}, state{isZero: true}},
		"null":    {wire.NullNow[string](), state{isNull: true, text: "null"}},
		"blank":   {wire.NullOf(""), state{ok: true}},
		"a value": {wire.NullOf("a"), state{value: "a", ok: true, text: "a"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			v, ok := tt.in.Get()
			assert.Equal(t, tt.want, state{v, ok, tt.in.IsNull(), tt.in.IsZero(), tt.in.String()})
		})
	}
	a, again := wire.NullOf("a"), wire.NullOf("a")
	assert.True(t, a == again)
	assert.False(t, wire.NullOf("") == wire.NullNow[string]())
	assert.False(t, wire.NullNow[string]() == wire.Null[string]{})
}

func TestNullWithoutOmitZero(t *testing.T) {
	b, err := json.Marshal([]wire.Null[int]{{}, wire.NullNow[int](), wire.NullOf(0)})
	require.NoError(t, err)
	assert.Equal(t, `[null,null,0]`, string(b))
}

func TestNullLeavesHTMLAlone(t *testing.T) {
	b, err := wire.NullOf("a<b>&\u2028").MarshalJSON()
	require.NoError(t, err)
	assert.Equal(t, `"a<b>&\u2028"`, string(b), "escaping it is the encoder's business")
}

func TestNullRefuses(t *testing.T) {
	v := wire.NullOf(7)
	for _, data := range []string{`"7"`, `7.5`, `true`, `[]`, `{}`, `99999999999999999999`} {
		require.Error(t, json.Unmarshal([]byte(data), &v))
		assert.Equal(t, wire.NullOf(7), v)
	}
	_, err := json.Marshal(wire.NullOf(func() {}))
	require.Error(t, err)
}

type open string

func (open) String() string { return "not this" }

func TestNullInQuery(t *testing.T) {
	type encoder interface {
		EncodeValues(string, *url.Values) error
	}
	tests := []struct {
		in   encoder
		want url.Values
	}{
		{wire.Null[string]{}, nil},
		{wire.NullOf(""), url.Values{"k": {""}}},
		{wire.NullOf("a b"), url.Values{"k": {"a b"}}},
		{wire.NullOf(open("pending")), url.Values{"k": {"pending"}}},
		{wire.NullOf(false), url.Values{"k": {"false"}}},
		{wire.NullOf(int8(-8)), url.Values{"k": {"-8"}}},
		{wire.NullOf(uint64(1 << 63)), url.Values{"k": {"9223372036854775808"}}},
		{wire.NullOf(wire.TNInt(12029822917)), url.Values{"k": {"12029822917"}}},
	}
	for _, tt := range tests {
		var got url.Values
		require.NoError(t, tt.in.EncodeValues("k", &got))
		assert.Equal(t, tt.want, got)
	}
	for _, refused := range []encoder{
		wire.NullNow[string](), wire.NullOf(1.5), wire.NullOf([]string{"a"}), wire.NullOf(struct{}{}), wire.NullOf[any](nil),
		wire.NullOf(wire.NewSecret("hunter2")), wire.NullOf(new(string)),
	} {
		var got url.Values
		err := refused.EncodeValues("the_key", &got)
		require.ErrorContains(t, err, "the_key")
		assert.NotContains(t, err.Error(), "hunter2")
		assert.Empty(t, got)
	}
}
