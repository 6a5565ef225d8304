package roundtrip_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/roundtrip"
	"github.com/tnkit/tnkit/numbers/wire"
)

// recorder is a testing.TB that notes failures instead of failing.
type recorder struct {
	testing.TB
	failures []string
}

func (r *recorder) Helper()           {}
func (r *recorder) Error(args ...any) { r.failures = append(r.failures, fmt.Sprint(args...)) }
func (r *recorder) Fatalf(format string, args ...any) {
	panic(fatal(fmt.Sprintf(format, args...)))
}

type fatal string

func into[T any]() any { return new(T) }

func check[T any](payload string, opts ...roundtrip.Option) []string {
	var r recorder
	roundtrip.Check(&r, []byte(payload), into[T], opts...)
	return r.failures
}

func leaves[T any](payload string, opts ...roundtrip.Option) []string {
	var r recorder
	roundtrip.Leaves(&r, []byte(payload), into[T], opts...)
	return r.failures
}

type field[T any] struct {
	F T `json:"f"`
}

type fieldOmitEmpty[T any] struct {
	F T `json:"f,omitempty"`
}

type fieldOmitZero[T any] struct {
	F T `json:"f,omitzero"`
}

func TestCheckCatchesLossyTypes(t *testing.T) {
	tests := map[string]struct {
		failures []string
		want     string
	}{
		"json.Number drops quotes":    {check[field[json.Number]](`{"f":"0"}`), `f: want "0", got 0`},
		"json.Number takes no blank":  {check[field[json.Number]](`{"f":""}`), `decode: `},
		"json.Number invents a 0":     {check[field[json.Number]](`{"f":null}`), `f: want null, got 0`},
		"decimal invents a 0":         {check[field[decimal.Decimal]](`{"f":null}`), `f: want null, got "0"`},
		"decimal drops zeros":         {check[field[decimal.Decimal]](`{"f":"1.50"}`), `f: want "1.50", got "1.5"`},
		"time.Time drops zeros":       {check[field[time.Time]](`{"f":"2018-01-01T00:00:00.000000Z"}`), `f: want "2018-01-01T00:00:00.000000Z", got "2018-01-01T00:00:00Z"`},
		"time.Time takes no blank":    {check[field[time.Time]](`{"f":""}`), `decode: `},
		"float64 drops digits":        {check[field[float64]](`{"f":1.50}`), `f: want 1.50, got 1.5`},
		"float64 drops large digits":  {check[field[float64]](`{"f":9007199254740993}`), `got 9007199254740992`},
		"omitempty drops a blank":     {check[fieldOmitEmpty[string]](`{"f":""}`), `f: want "", got null`},
		"omitempty drops a list":      {check[fieldOmitEmpty[[]string]](`{"f":[]}`), `f: want [], got null`},
		"omitzero drops false":        {check[fieldOmitZero[bool]](`{"f":false}`), `f: want false, got null`},
		"a string for a number":       {check[field[string]](`{"f":12}`), `decode: `},
		"a number for a string":       {check[field[int]](`{"f":"12"}`), `decode: `},
		"a missing field":             {check[field[string]](`{"f":"","g":1}`), `unknown field "g"`},
		"a field that is not there":   {check[field[string]](`{}`), `f: want null, got ""`},
		"an object for a blank array": {check[field[map[string]int]](`{"f":[]}`), `decode: `},
		"more than one value":         {check[field[int]](`{"f":1} {"f":1}`), `more than one JSON value`},
		"not JSON":                    {check[field[int]](`{"f":`), `not JSON`},
		"what can't be encoded":       {check[field[unencodable]](`{"f":1}`), `encode: `},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			require.Len(t, tt.failures, 1)
			assert.Contains(t, tt.failures[0], tt.want)
		})
	}
}

type unencodable struct{}

func (unencodable) MarshalJSON() ([]byte, error) { return nil, fmt.Errorf("no") }
func (*unencodable) UnmarshalJSON([]byte) error  { return nil }

func TestCheckSeesInsideArrays(t *testing.T) {
	assert.Equal(t,
		[]string{`f.1: want 2.0, got 2`},
		check[field[[]float64]](`{"f":[1,2.0,3]}`))
	assert.Equal(t,
		[]string{`f: want [1,2], got [0,0,0]`},
		check[field[alwaysThree]](`{"f":[1,2]}`), "lengths count")
}

type alwaysThree [3]int

func (alwaysThree) UnmarshalJSON([]byte) error { return nil }

func TestCheckPasses(t *testing.T) {
	assert.Empty(t, check[field[*string]](`{"f":null}`))
	assert.Empty(t, check[field[*string]](`{}`), "null equals absent")
	assert.Empty(t, check[fieldOmitEmpty[*string]](`{"f":null}`), "absent equals null")
	assert.Empty(t, check[field[string]](`{"f":"\u003c\/é\n"}`), "the same string, escaped otherwise")
	assert.Empty(t, check[map[string]any](` {"b":"1", "a":[{}]} `), "order and spaces don't matter")
}

// The payloads here survive Check: their values happen to be those that a lossy type keeps.
func TestLeavesCatchesWhatCheckMisses(t *testing.T) {
	tests := map[string]struct {
		check, leaves []string
		want          string
	}{
		"time.Time": {
			check[field[time.Time]](`{"f":"2017-07-21T17:32:28Z"}`),
			leaves[field[time.Time]](`{"f":"2017-07-21T17:32:28Z"}`),
			`"2031-05-06T07:08:09.120000Z", got "2031-05-06T07:08:09.12Z"`,
		},
		"time.Time and a blank": {
			check[field[time.Time]](`{"f":"2017-07-21T17:32:28Z"}`),
			leaves[field[time.Time]](`{"f":"2017-07-21T17:32:28Z"}`),
			`to "": decode: `,
		},
		"omitempty string": {
			check[fieldOmitEmpty[string]](`{"f":"text"}`),
			leaves[fieldOmitEmpty[string]](`{"f":"text"}`),
			`f changed from "text" to "": f: want "", got null`,
		},
		"omitempty bool": {
			check[fieldOmitEmpty[bool]](`{"f":true}`),
			leaves[fieldOmitEmpty[bool]](`{"f":true}`),
			`f changed from true to false: f: want false, got null`,
		},
		"omitzero number": {
			check[fieldOmitZero[int]](`{"f":25}`),
			leaves[fieldOmitZero[int]](`{"f":25}`),
			`f changed from 25 to 0: f: want 0, got null`,
		},
		"omitempty list": {
			check[fieldOmitEmpty[[]int]](`{"f":[1]}`),
			leaves[fieldOmitEmpty[[]int]](`{"f":[1]}`),
			`f changed from [1] to []: f: want [], got null`,
		},
		"a list that is always there": {
			check[field[alwaysList]](`{"f":[]}`),
			leaves[field[alwaysList]](`{"f":[]}`),
			`f changed from [] to null: f: want null, got []`,
		},
		"an object that is always there": {
			check[field[struct{}]](`{"f":{}}`),
			leaves[field[struct{}]](`{"f":{}}`),
			`f changed from {} to null: f: want null, got {}`,
		},
		"float64": {
			check[field[float64]](`{"f":99.87895}`),
			leaves[field[float64]](`{"f":99.87895}`),
			`to 27.10500: f: want 27.10500, got 27.105`,
		},
		"float64 for a whole number": {
			check[field[float64]](`{"f":0}`),
			leaves[field[float64]](`{"f":0}`),
			`f: want 9007199254740993, got 9007199254740992`,
		},
		"json.Number": {
			check[field[json.Number]](`{"f":0.5}`),
			leaves[field[json.Number]](`{"f":0.5}`),
			`f changed from 0.5 to null: f: want null, got 0`,
		},
		"decimal": {
			check[field[decimal.Decimal]](`{"f":"0"}`),
			leaves[field[decimal.Decimal]](`{"f":"0"}`),
			`to "27.10500": f: want "27.10500", got "27.105"`,
		},
		"a closed enum": {
			check[field[closedEnum]](`{"f":"pending"}`),
			leaves[field[closedEnum]](`{"f":"pending"}`),
			`decode: not one of ours`,
		},
		"a quoted bool": {
			check[field[quotedTrue]](`{"f":"true"}`),
			leaves[field[quotedTrue]](`{"f":"true"}`),
			`to "false": f: want "false", got "true"`,
		},
		"a quoted false": {
			check[field[quotedFalse]](`{"f":"false"}`),
			leaves[field[quotedFalse]](`{"f":"false"}`),
			`to "true": f: want "true", got "false"`,
		},
		"a text that is rewritten when it is a time": {
			check[field[rewritesTimes]](`{"f":"2018-01-01 00:00:00"}`),
			leaves[field[rewritesTimes]](`{"f":"2018-01-01 00:00:00"}`),
			`to "2031-05-06 07:08:09.120000": f: want`,
		},
		"a hard-coded value": {
			check[field[alwaysText]](`{"f":"text"}`),
			leaves[field[alwaysText]](`{"f":"text"}`),
			`to "xtext": f: want "xtext", got "text"`,
		},
		"a leaf inside arrays and objects": {
			check[[]map[string][]fieldOmitEmpty[string]](`[{"a":[{"f":"1"},{"f":"2"}]}]`),
			leaves[[]map[string][]fieldOmitEmpty[string]](`[{"a":[{"f":"1"},{"f":"2"}]}]`),
			`0.a.1.f changed from "2" to "": 0.a.1.f: want "", got null`,
		},
		"the top itself": {
			check[alwaysText](`"text"`),
			leaves[alwaysText](`"text"`),
			`(top) changed from "text" to "xtext": (top): want "xtext", got "text"`,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			assert.Empty(t, tt.check)
			assert.Contains(t, strings.Join(tt.leaves, "\n"), tt.want)
		})
	}
}

type alwaysList []int

func (alwaysList) MarshalJSON() ([]byte, error) { return []byte(`[]`), nil }

type closedEnum string

func (e *closedEnum) UnmarshalJSON(data []byte) error {
	if string(data) != `"pending"` && string(data) != `""` {
		return fmt.Errorf("not one of ours")
	}
	*e = "pending"
	return nil
}

// The following take what they must and write what they like.
type quotedTrue struct{}

func (quotedTrue) MarshalJSON() ([]byte, error) { return []byte(`"true"`), nil }
func (*quotedTrue) UnmarshalJSON(data []byte) error {
	if string(data) != `"true"` && string(data) != `"false"` {
		return fmt.Errorf("no bool")
	}
	return nil
}

type quotedFalse struct{}

func (quotedFalse) MarshalJSON() ([]byte, error)       { return []byte(`"false"`), nil }
func (q *quotedFalse) UnmarshalJSON(data []byte) error { return new(quotedTrue).UnmarshalJSON(data) }

type rewritesTimes string

func (r *rewritesTimes) UnmarshalJSON(data []byte) error {
	var s string
	if err := json.Unmarshal(data, &s); err != nil {
		return err
	}
	if t, err := time.Parse(time.DateTime, s); err == nil {
		s = t.Format("2006-01-02 15:04:05.999999")
	}
	*r = rewritesTimes(s)
	return nil
}

type alwaysText struct{}

func (alwaysText) MarshalJSON() ([]byte, error) { return []byte(`"text"`), nil }
func (*alwaysText) UnmarshalJSON([]byte) error  { return nil }

func TestLeavesPassesLosslessTypes(t *testing.T) {
	never := roundtrip.NotNull("it is a plain int or string", "count", "id")
	type all struct {
		Time   wire.Time   `json:"time,omitzero"`
		Amount wire.Amount `json:"amount,omitzero"`
		Number wire.Amount `json:"number,omitzero"`
		Bool   wire.Bool   `json:"bool,omitzero"`
		Quoted wire.Bool   `json:"quoted,omitzero"`
		TN     wire.TN     `json:"tn,omitzero"`
		Text   wire.TN     `json:"text,omitzero"`
		Raw    wire.Raw    `json:"raw,omitzero"`
		Count  int32       `json:"count"`
		ID     *string     `json:"id,omitzero"`
		List   []string    `json:"list,omitzero"`
	}
	assert.Empty(t, leaves[all](`{
		"time": "2018-01-01T00:00:00.000000Z", "amount": "1.00000", "number": 99.87895,
		"bool": true, "quoted": "false", "tn": 12029822917.0, "text": "+12029822917",
		"raw": {"a": [1, 2.50, {}]}, "count": 3, "id": "0116f6d1", "list": ["a", "2", "true", ""]
	}`, never))
	type blank struct {
		Time   wire.Time   `json:"time,omitzero"`
		Amount wire.Amount `json:"amount,omitzero"`
		Number wire.Amount `json:"number,omitzero"`
		Text   wire.TN     `json:"text,omitzero"`
		Count  int32       `json:"count"`
		ID     string      `json:"id"`
		List   []string    `json:"list"`
	}
	assert.Empty(t, leaves[all](`{"bool": "true", "quoted": false, "count": 77}`, never))
	assert.Empty(t, leaves[blank](`{
		"time": "", "amount": "", "number": 0, "text": "", "count": 0, "id": "", "list": []
	}`, never))
}

func TestSecrets(t *testing.T) {
	type user struct {
		Password wire.Secret `json:"password,omitzero"`
		Name     string      `json:"name"`
	}
	const payload = `{"f":[{"name":"a","password":"hunter2"},{"name":"b","password":""},{"name":"c"}]}`

	named := roundtrip.NotNull("everybody has a name", "**.name")
	assert.Empty(t, leaves[field[[]user]](payload, named, roundtrip.Secrets("f.*.password")))
	assert.Empty(t, leaves[field[[]user]](payload, named, roundtrip.Secrets("**.password")))
	assert.Len(t, check[field[[]user]](payload), 2, "both, since nothing says that they are secrets")

	type plain struct {
		Password string `json:"password"`
	}
	assert.Equal(t,
		[]string{`f.password: the secret "hunter2" came out as "hunter2"`},
		leaves[field[plain]](`{"f":{"password":"hunter2"}}`, roundtrip.Secrets("f.password"), roundtrip.Sent()))
	assert.Equal(t,
		[]string{`f: want null, got "[redacted]"`},
		check[field[alwaysRedacted]](`{}`, roundtrip.Secrets("f")), "a secret that was not there")
}

type alwaysRedacted struct{}

func (alwaysRedacted) MarshalJSON() ([]byte, error) { return []byte(`"[redacted]"`), nil }

func TestExempt(t *testing.T) {
	const payload = `{"f":{"when":"2018-01-01T00:00:00Z","a.b":"2018-01-01T00:00:00Z"}}`
	type times struct {
		When time.Time `json:"when"`
		AB   time.Time `json:"a.b"`
	}
	because := "the vendor never sends a fraction here"

	assert.Len(t, leaves[field[times]](payload, roundtrip.Sent()), 6, "three changes to each")
	assert.Len(t, leaves[field[times]](payload, roundtrip.Sent(), roundtrip.Exempt("f.when", because)), 3)
	assert.Len(t, leaves[field[times]](payload, roundtrip.Sent(), roundtrip.Exempt("f.a.b", because)), 3)
	assert.Empty(t, leaves[field[times]](payload, roundtrip.Sent(), roundtrip.Exempt("f.when", because), roundtrip.Exempt("*.a.b", because)))
	assert.Empty(t, leaves[field[times]](payload, roundtrip.Sent(), roundtrip.Exempt("f", because)), "and all below")
	assert.Empty(t, leaves[field[times]](payload, roundtrip.Sent(), roundtrip.Exempt("**.f", because)), "** is also none")
	assert.Len(t, leaves[field[times]](payload, roundtrip.Sent(), roundtrip.Exempt("f.wh", because)), 6, "no prefix of a key")

	assert.PanicsWithValue(t, fatal(`roundtrip: the exemption of "f" gives no reason`), func() {
		leaves[field[times]](payload, roundtrip.Sent(), roundtrip.Exempt("f", " "))
	})
	assert.PanicsWithValue(t, fatal(`roundtrip: the exemption of "f" gives no reason`), func() {
		check[field[times]](payload, roundtrip.Exempt("f", ""))
	})
}

func TestEachMemberBecomesNull(t *testing.T) {
	type price struct {
		F *field[wire.Amount] `json:"f,omitzero"`
	}
	assert.Empty(t, leaves[price](`{"f":{"f":"0"}}`), "an object, too")
	assert.Equal(t,
		[]string{`f.f changed from 1 to null: f.f: want null, got 0`, `f changed from {"f":1} to null: f: want null, got {"f":0}`},
		leaves[field[field[int32]]](`{"f":{"f":1}}`))
	assert.Empty(t, leaves[field[[]string]](`{"f":["a"]}`), "no row of a list")
	assert.Empty(t, leaves[string](`"a"`), "not the top")

	const because = "it is never null"
	assert.Empty(t, leaves[field[field[int32]]](`{"f":{"f":1}}`, roundtrip.NotNull(because, "f", "*.f")))
	assert.Len(t, leaves[field[field[int32]]](`{"f":{"f":1}}`, roundtrip.NotNull(because, "f")), 1, "what is below it is tried")
	assert.Empty(t, leaves[field[field[int32]]](`{"f":{"f":1}}`, roundtrip.Sent()), "nobody sends it")
	assert.PanicsWithValue(t, fatal(`roundtrip: the exemption of "f" gives no reason`), func() {
		leaves[field[int]](`{"f":1}`, roundtrip.NotNull("", "f"))
	})
}

func TestNullIsKept(t *testing.T) {
	const lost = `f changed from "a" to null: f: want null, got nothing`
	assert.Empty(t, leaves[fieldOmitZero[wire.Null[string]]](`{"f":"a"}`, roundtrip.NullKept("f")))
	assert.Empty(t, leaves[field[*string]](`{"f":"a"}`, roundtrip.NullKept("f")))
	assert.Equal(t, []string{lost}, leaves[fieldOmitZero[*string]](`{"f":"a"}`, roundtrip.NullKept("f")))
	assert.Equal(t, []string{lost}, leaves[fieldOmitZero[*string]](`{"f":"a"}`, roundtrip.Sent(), roundtrip.NullKept("f")), "though it is sent")
	assert.Equal(t, []string{lost}, leaves[fieldOmitZero[*string]](`{"f":"a"}`, roundtrip.NotNull("no", "f"), roundtrip.NullKept("f")))
	assert.Equal(t, []string{`f: want null, got nothing`}, check[fieldOmitZero[*string]](`{"f":null}`, roundtrip.NullKept("f")))
	assert.Equal(t,
		[]string{`f.g: null must be kept, but it is not in the payload`},
		leaves[field[*string]](`{"f":"a"}`, roundtrip.NullKept("f.g", "f")))
}

func TestFailuresAreShort(t *testing.T) {
	got := check[field[alwaysText]](`{"f":"` + strings.Repeat("long ", 200) + `"}`)
	require.Len(t, got, 1)
	assert.Less(t, len(got[0]), 200)
}
