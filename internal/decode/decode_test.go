package decode

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// document has a member of each kind that clients have.
type document struct {
	ID       string            `json:"id"`
	OwnerID  *string           `json:"owner_id,omitempty"`
	PartIDs  []string          `json:"part_ids"`
	Name     string            `json:"name"`
	Count    int               `json:"count"`
	Small    uint8             `json:"small"`
	Share    float64           `json:"share"`
	On       bool              `json:"on"`
	Maybe    *bool             `json:"maybe"`
	Price    wire.Amount       `json:"price"`
	Fee      wire.Amount       `json:"fee"`
	Created  wire.Time         `json:"created"`
	Any      wire.Raw          `json:"any"`
	Part     part              `json:"part"`
	Parts    []part            `json:"parts"`
	Pointers []*part           `json:"pointers"`
	Tags     map[string]string `json:"tags"`
	ByName   map[string]part   `json:"by_name"`
	Text     level             `json:"text"`
	Bytes    []byte            `json:"bytes"`
	Pair     [2]int            `json:"pair"`
	Loose    any               `json:"loose"`
	Skipped  string            `json:"-"`
	Untagged string
	hidden   string //lint:ignore U1000 an unexported field is left alone
	embedded
	*Deeper
}

type part struct {
	ID   string      `json:"id"`
	Cost wire.Amount `json:"cost"`
	Kind *string     `json:"kind"`
}

type embedded struct {
	Inner string `json:"inner"`
	Name  string `json:"name"` // hidden by document's
}

type Deeper struct {
	Deep int `json:"deep"`
}

// level reads itself from text.
type level int

func (l *level) UnmarshalText(text []byte) error {
	if *l = level(len(text)); *l > 3 {
		return errors.New("too long")
	}
	return nil
}

const good = `{"id":"a","owner_id":"b","part_ids":["c","d"],"name":"e\u00e9\n","count":-3,"small":200,"share":1.5e3,"on":true,
 "maybe":false,"price":"1.50","fee":2,"created":"2018-01-01T00:00:00Z","any":{"x":[1,{"y":null}]},
 "part":{"id":"p","cost":1,"kind":"k","new":[[[]]]},"parts":[{"id":"q"},{"id":"r","cost":"0.5"}],"pointers":[null,{"id":"s"}],
 "tags":{"x":"y","":"z"},"by_name":{"n":{"id":"t"}},"text":"abc","bytes":"AQID","pair":[1,2],"loose":{"a":[1,"b"]},
 "untagged":"u","inner":"i","deep":4,"unknown":{"deep":[{}]},"NULL":null}`

// tolerant decodes by the tolerant decoder alone.
func tolerant(tb testing.TB, text string, into any) []numbers.Drift {
	tb.Helper()
	drifts, err := read(tb.Context(), text, into, Default())
	require.NoError(tb, err)
	return drifts
}

func read(ctx context.Context, text string, into any, limits Limits) ([]numbers.Drift, error) {
	target := reflect.ValueOf(into).Elem()
	return carefully(ctx, []byte(text), target, planOf(target.Type()), nil, limits)
}

// TestBothDecodersReadAlike is what allows to read an answer by either.
func TestBothDecodersReadAlike(t *testing.T) {
	for _, text := range []string{
		good, "{}", " { } ", `{"ID":"a","Part_IDs":[],"nAmE":"\ud83d\ude00 \ud800","UNTAGGED":"x"}`, "{\"name\":\"\xff\"}",
		`{"id":"a","id":"b"}`, `{"part":{"id":"a"},"part":{"kind":"b"}}`, `{"tags":{"a":"b"},"tags":{"c":"d"}}`,
		`{"id":null,"owner_id":null,"part_ids":null,"count":null,"on":null,"price":null,"any":null,"part":null,"tags":null,"text":null,"bytes":null,"pair":null,"deep":null}`,
		`{"i\u0064":"escaped"}`, `{"par\u017F":1,"\u212A":2}`,
	} {
		var want, got document
		require.NoError(t, fast([]byte(text), &want), text)
		assert.Empty(t, tolerant(t, text, &got), text)
		assert.Equal(t, want, got, text)
	}
}

func TestDriftLeavesTheRest(t *testing.T) {
	drift := func(path, want, got string) numbers.Drift { return numbers.Drift{Path: path, Want: want, Got: got} }
	const amount = "a decimal number, quoted or not"
	for text, test := range map[string]struct {
		want   document
		drifts []numbers.Drift
	}{
		`{"price":{},"fee":"free","id":"a"}`: {
			document{ID: "a"}, []numbers.Drift{drift("price", amount, "object"), drift("fee", amount, "string")},
		},
		`{"count":"1","on":0,"share":"x","name":7,"small":256,"id":"a"}`: {
			document{ID: "a"}, []numbers.Drift{
				drift("count", "integer", "string"), drift("on", "boolean", "number"), drift("share", "number", "string"),
				drift("name", "string", "number"), drift("small", "integer", "number"),
			},
		},
		`{"id":7,"owner_id":8.50,"part_ids":["a",9,true]}`: {
			document{ID: "7", OwnerID: new("8.50"), PartIDs: []string{"a", "9", ""}}, []numbers.Drift{
				drift("id", "string", "number"), drift("owner_id", "string", "number"), drift("part_ids[]", "string", "number"),
				drift("part_ids[]", "string", "boolean"),
			},
		},
		`{"maybe":"yes","owner_id":[],"part":[{"id":"p"}],"id":"a"}`: {
			document{ID: "a"}, []numbers.Drift{drift("maybe", "boolean", "string"), drift("owner_id", "string", "array"), drift("part", "object", "array")},
		},
		`{"part":{"cost":[],"id":"p"},"parts":{"id":"q"},"pointers":[{"id":"r"},true],"id":"a"}`: {
			document{ID: "a", Part: part{ID: "p"}, Pointers: []*part{{ID: "r"}, nil}}, []numbers.Drift{
				drift("part.cost", amount, "array"), drift("parts", "array", "object"), drift("pointers[]", "object", "boolean"),
			},
		},
		`{"parts":[{"id":"p","cost":"?"},{"id":"q","cost":"?"},{"id":"r","cost":true}]}`: {
			document{Parts: []part{{ID: "p"}, {ID: "q"}, {ID: "r"}}},
			[]numbers.Drift{drift("parts[].cost", amount, "string"), drift("parts[].cost", amount, "boolean")},
		},
		`{"tags":{"a":1,"b":"c"},"by_name":{"n":{"id":"t","kind":[]}},"text":"abcd","bytes":"!","pair":["a"],"created":5,"id":"a"}`: {
			document{ID: "a", Tags: map[string]string{"a": "", "b": "c"}, ByName: map[string]part{"n": {ID: "t"}}}, []numbers.Drift{
				drift("tags.*", "string", "number"), drift("by_name.*.kind", "string", "array"), drift("text", "a decode.level", "string"),
				drift("bytes", "a []uint8", "string"), drift("pair", "a [2]int", "array"), drift("created", "a time in a string", "number"),
			},
		},
		`{"tags":[],"by_name":"","any":1,"deep":"x","inner":{},"id":"a"}`: {
			document{ID: "a", Any: wire.Raw("1"), Deeper: &Deeper{}}, []numbers.Drift{
				drift("tags", "object", "array"), drift("by_name", "object", "string"), drift("deep", "integer", "string"), drift("inner", "string", "object"),
			},
		},
		`{"price":"1","price":[],"id":"a"}`: {document{ID: "a"}, []numbers.Drift{drift("price", amount, "array")}},
		`["a"]`:                             {document{}, []numbers.Drift{drift("", "object", "array")}},
		`"a"`:                               {document{}, []numbers.Drift{drift("", "object", "string")}},
	} {
		t.Run(text, func(t *testing.T) {
			var got document
			drifts, err := Into(t.Context(), []byte(text), &got, nil, Default())
			require.NoError(t, err)
			assert.Equal(t, test.drifts, drifts)
			assert.Equal(t, test.want, got)
		})
	}
}

func TestSyntaxIsChecked(t *testing.T) {
	for _, text := range []string{
		"", " ", "{", "}", "[", "]", "[1", "[1,", "[1,]", "[,1]", "{,}", `{"a"}`, `{"a":}`, `{"a":1,}`, `{a:1}`, `{"a":1 "b":2}`, `{"a" 1}`,
		"nul", "nulll", "True", "tru", "01", "-", "1.", ".5", "1e", "1e+", "+1", "--1", "0x1", "NaN", `"`, `"\`, `"\x"`, `"\u12"`, `"\u12G4"`,
		"\"a\nb\"", "\"\x00\"", "1 2", "{} {}", "[]]", "{}}", "[}", "{]", "\ufeff{}", "'a'", "<html>", "{\"a\":1}\x00", `{"a":1]`, `[1}`, `{1:2}`,
		"[" + strings.Repeat("[", mostNesting+1), strings.Repeat(`{"a":`, 10) + "1" + strings.Repeat("}", 9),
	} {
		var into any
		require.False(t, json.Valid([]byte(text)), text)
		_, err := read(t.Context(), text, &into, Default())
		require.Error(t, err, text)
	}
	_, err := read(t.Context(), `{"a":1,]`, new(any), Default())
	syntax, ok := errors.AsType[*SyntaxError](err)
	require.True(t, ok)
	assert.Equal(t, 7, syntax.Offset)
}

func TestContextEndsTheDecoder(t *testing.T) {
	cause := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(cause)
	for _, text := range []string{`{"id":7}`, `{"parts":[` + strings.Repeat("{},", 100_000) + "{}]}"} {
		_, err := Into(ctx, []byte(text), new(document), nil, Default())
		require.ErrorIs(t, err, cause)
	}
	// The scan and the reading look at the context now and then.
	for _, looks := range []int{0, 1, 4, 6, 9} {
		text := `{"parts":[` + strings.Repeat(`{"id":"abcdefghi"},`, 20_000) + "{}]}"
		ends := &endsAfter{Context: t.Context(), looks: looks}
		_, err := Into(ends, []byte(text), new(document), nil, Default())
		require.ErrorIs(t, err, context.Canceled)
	}
}

// endsAfter is a context that has ended after some looks.
type endsAfter struct {
	context.Context
	looks int
}

func (c *endsAfter) Err() error {
	if c.looks--; c.looks < 0 {
		return context.Canceled
	}
	return nil
}

func TestLimits(t *testing.T) {
	nested := func(n int) string { return strings.Repeat(`{"x":`, n) + "1" + strings.Repeat("}", n) }
	for name, test := range map[string]struct {
		text string
		want string
	}{
		"nesting":         {`{"unknown":` + nested(70) + `,"id":"a"}`, "it has more than 64 arrays and objects inside one another"},
		"elements":        {`{"part_ids":[` + strings.Repeat("1,", 100_000) + `1],"id":"a"}`, "it has a list of more than 100000 elements"},
		"elements of any": {`{"unknown":[` + strings.Repeat("1,", 100_000) + `1],"id":"a"}`, "it has a list of more than 100000 elements"},
		"memory of rows":  {`{"parts":[` + strings.Repeat("{},", 99_990) + `{}],"id":"a"}`, "what it holds is too large for its length"},
		"memory of a map": {`{"by_name":{` + members(99_999) + `"z":{}},"id":"a"}`, "what it holds is too large for its length"},
	} {
		t.Run(name, func(t *testing.T) {
			var got document
			_, err := read(t.Context(), test.text, &got, Default())
			limit, ok := errors.AsType[*LimitError](err)
			require.True(t, ok, "%v", err)
			assert.Equal(t, test.want, limit.Error())

			salvage := Default()
			salvage.Salvage = true
			drifts, err := read(t.Context(), test.text, &got, salvage)
			require.NoError(t, err)
			assert.Equal(t, "a", got.ID, "an id is never lost")
			assert.Empty(t, got.Parts)
			assert.Empty(t, got.ByName)
			assert.LessOrEqual(t, len(drifts), 1)
		})
	}
	var got document
	drifts := tolerant(t, `{"tags":{`+strings.TrimSuffix(strings.Repeat(`"a":1,"a":[],`, 3), ",")+`}}`, &got)
	assert.Len(t, drifts, 2, "one for each place, want and got")
	few := Default()
	few.Drifts = 1
	drifts, err := read(t.Context(), `{"id":[],"name":[],"count":[]}`, &got, few)
	require.NoError(t, err)
	assert.Len(t, drifts, 1)
}

// TestLoose reads what can be read.
func TestLoose(t *testing.T) {
	for text, want := range map[string]struct {
		ok       bool
		id, kind string
	}{
		`{"id":"a","kind":"b"}`:             {true, "a", "b"},
		`{"id":"a","kind":7}`:               {true, "a", ""},
		`{"id":"a","parts":"none"}`:         {true, "a", ""},
		`["id"]`:                            {false, "", ""},
		`{"id":"a"`:                         {false, "", ""},
		``:                                  {false, "", ""},
		`<html>`:                            {false, "", ""},
		`{"id":"a","unknown":` + nested(99): {true, "a", ""},
	} {
		var got struct {
			ID    string   `json:"id"`
			Kind  string   `json:"kind"`
			Parts []string `json:"parts"`
		}
		if want.ok && !strings.HasSuffix(text, "}") {
			text += "}"
		}
		assert.Equal(t, want.ok, Loose([]byte(text), &got, nil), text)
		assert.Equal(t, want.id, got.ID, text)
		assert.Equal(t, want.kind, got.Kind, text)
		assert.Empty(t, got.Parts, text)
	}
}

func nested(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }

func members(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(`"`)
		for ; i > 0; i /= 26 {
			b.WriteByte(byte('a' + i%26))
		}
		b.WriteString(`":{},`)
	}
	return b.String()
}

// FuzzInto asserts that the scan finds the same texts to be JSON as encoding/json,
// that what the fast decoder reads, the tolerant one reads alike, and that nothing
// panics.
func FuzzInto(f *testing.F) {
	for _, text := range []string{good, `{"id":7,"price":[],"parts":[{"id":{}}]}`, `[{}]`, `{"a":[[],[1,[2]]]}`, "{", `"\u00e9"`, "nul", `{"part_ids":[1,"a"]}`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		limits := Default()
		limits.Nesting = mostNesting
		var got document
		drifts, err := read(t.Context(), string(text), &got, limits)
		if !json.Valid(text) {
			require.Error(t, err)
			return
		}
		if limit := new(LimitError); errors.As(err, &limit) {
			return
		}
		require.NoError(t, err)
		var want document
		if fast(text, &want) != nil || repeats(text) {
			return
		}
		require.Empty(t, drifts)
		require.Equal(t, want, got)
	})
}

// repeats reports whether an object has a member twice: of the first, encoding/json
// keeps more than it says.
func repeats(text []byte) bool {
	dec := json.NewDecoder(strings.NewReader(string(text)))
	var names []map[string]bool
	var isKey []bool
	for {
		token, err := dec.Token()
		if err != nil {
			return false
		}
		top := len(names) - 1
		switch token {
		case json.Delim('{'), json.Delim('['):
			if top >= 0 && names[top] != nil {
				isKey[top] = true
			}
			if token == json.Delim('{') {
				names, isKey = append(names, map[string]bool{}), append(isKey, true)
			} else {
				names, isKey = append(names, nil), append(isKey, false)
			}
			continue
		case json.Delim('}'), json.Delim(']'):
			names, isKey = names[:top], isKey[:top]
			continue
		}
		if top < 0 || names[top] == nil {
			continue
		}
		if name, ok := token.(string); isKey[top] && ok {
			name = foldName([]byte(name))
			if names[top][name] {
				return true
			}
			names[top][name] = true
		}
		isKey[top] = !isKey[top]
	}
}
