package wire_test

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"text/template"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers/wire"
)

const planted = "TOPSECRET-hunter2-TOPSECRET"

// holder has secrets wherever a struct can have them.
type holder struct {
	Exported   wire.Secret            `json:"Exported"`
	Pointer    *wire.Secret           `json:"Pointer"`
	Slice      []wire.Secret          `json:"Slice"`
	Map        map[string]wire.Secret `json:"Map"`
	Any        any                    `json:"Any"`
	Key        map[wire.Secret]string `json:"Key"`
	Null       wire.Null[wire.Secret] `json:"Null"`
	unexported wire.Secret
	pointer    *wire.Secret
	slice      []wire.Secret
	array      [1]wire.Secret
	keyed      map[wire.Secret]wire.Secret
	inner      *holder
	iface      any
}

// embedding takes over the methods of the secret.
type embedding struct{ wire.Secret }

func newHolder(text string) holder {
	s := wire.NewSecret(text)
	h := holder{
		Exported: s, Pointer: &s, Slice: []wire.Secret{s}, Map: map[string]wire.Secret{"k": s}, Any: s,
		Key: map[wire.Secret]string{s: "v"}, Null: wire.NullOf(s), unexported: s, pointer: &s, slice: []wire.Secret{s},
		array: [1]wire.Secret{s}, keyed: map[wire.Secret]wire.Secret{s: s}, iface: s,
	}
	inner := h
	h.inner = &inner
	return h
}

// assertHidden asserts that no part of the planted secret is in a text, in plain, in hex, or as numbers.
func assertHidden(t *testing.T, where, text string) {
	t.Helper()
	for _, sign := range []string{
		planted, "TOPSECRET", "hunter2", fmt.Sprintf("%x", "hunter2"), fmt.Sprintf("%X", "hunter2"), fmt.Sprintf("% x", "hunter2"),
		fmt.Sprint([]byte("hunter2"))[1:20], fmt.Sprintf("%#v", []byte("hunter2"))[7:30],
	} {
		assert.NotContains(t, text, sign, where)
	}
}

func TestSecretInFmt(t *testing.T) {
	s, h := wire.NewSecret(planted), newHolder(planted)
	require.Contains(t, fmt.Sprintf("%+v %#v", h, h), wire.Redacted)
	for verb := 'A'; verb <= 'z'; verb++ {
		for _, flags := range []string{"", "+", "#", "-", " ", "0", "+#", "40", ".3", "-40.10"} {
			format := "%" + flags + string(verb)
			for _, v := range []any{s, &s, h, &h, []holder{h}, map[string]holder{"k": h}, struct{ h holder }{h}, errorOf{s}, embedding{s}, &embedding{s}} {
				assertHidden(t, format, fmt.Sprintf(format, v))
			}
			if !strings.ContainsRune("Tpw[\\]^_`", verb) {
				assert.Equal(t, wire.Redacted, fmt.Sprintf(format, s), format)
			}
		}
	}
	assertHidden(t, "Sprint", fmt.Sprint(s, h, &h))
	for _, wrong := range []string{"", "%!", "%d", "%[3]s", "%*d", "%.*s"} {
		assertHidden(t, wrong, fmt.Sprintf(wrong, h, s))
		assertHidden(t, wrong, fmt.Sprintf(wrong, s, h))
	}
	assert.Equal(t, "[redacted]", fmt.Sprint(wire.Secret{}), "absent prints the same")
	assert.Equal(t, "[redacted]", wire.NewSecret("").String())
	assert.Equal(t, "[redacted]", wire.NewSecret(planted).GoString())
}

type errorOf struct{ s wire.Secret }

func (e errorOf) Error() string { return fmt.Sprintf("login with %v failed", e.s) }

func TestSecretInLogs(t *testing.T) {
	s, h := wire.NewSecret(planted), newHolder(planted)
	var buf bytes.Buffer
	for name, handler := range map[string]slog.Handler{
		"text": slog.NewTextHandler(&buf, &slog.HandlerOptions{AddSource: true}), "json": slog.NewJSONHandler(&buf, nil),
	} {
		buf.Reset()
		l := slog.New(handler).With("with", s).WithGroup("g")
		l.Info("secret", "s", s, "p", &s, slog.Any("any", s), slog.Group("group", "s", s))
		assert.Equal(t, 5, strings.Count(buf.String(), "[redacted]"), name+buf.String())
		l.Info("holder", "h", h, "p", &h, "slice", []holder{h}, "map", map[string]any{"h": h}, "err", errorOf{s})
		assertHidden(t, name, buf.String())
	}
	assert.Equal(t, slog.StringValue(wire.Redacted), slog.AnyValue(s).Resolve(), "for handlers that print values in their own way")
	buf.Reset()
	log.New(&buf, "", 0).Println(s, h, &h, []any{h})
	assertHidden(t, "log", buf.String())
}

func TestSecretInEncodings(t *testing.T) {
	s, h := wire.NewSecret(planted), newHolder(planted)

	b, err := json.Marshal(h)
	require.NoError(t, err)
	assertHidden(t, "json", string(b))
	assert.Contains(t, string(b), `"Key":{"[redacted]":"v"}`)
	b, err = json.MarshalIndent(map[string]any{"a": s, "b": []wire.Secret{s, {}}}, "", "")
	require.NoError(t, err)
	assert.JSONEq(t, `{"a":"[redacted]","b":["[redacted]",null]}`, string(b))

	x, err := xml.Marshal([]wire.Secret{s})
	require.NoError(t, err)
	assert.Equal(t, `<Secret>[redacted]</Secret>`, string(x))

	var out bytes.Buffer
	_ = gob.NewEncoder(&out).Encode(h)
	assertHidden(t, "gob", out.String())

	out.Reset()
	require.NoError(t, template.Must(template.New("").Parse(`{{.}} {{.Exported}} {{printf "%s %x" .Exported .Slice}}`)).Execute(&out, h))
	assertHidden(t, "template", out.String())
}

// What the types of an unexported field can't do: hide from a printer that follows pointers without calling methods.
func TestSecretInTestDiffs(t *testing.T) {
	want, got := newHolder(planted), newHolder(planted+"2")
	want.keyed, got.keyed, want.Key, got.Key, want.inner, got.inner = nil, nil, nil, nil, nil, nil
	for name, compare := range map[string]func(assert.TestingT) bool{
		"Equal":         func(tt assert.TestingT) bool { return assert.Equal(tt, want, got) },
		"EqualValues":   func(tt assert.TestingT) bool { return assert.EqualValues(tt, want, got) },
		"Exactly":       func(tt assert.TestingT) bool { return assert.Exactly(tt, &want, &got) },
		"ElementsMatch": func(tt assert.TestingT) bool { return assert.ElementsMatch(tt, []holder{want}, []holder{got}) },
		"Contains":      func(tt assert.TestingT) bool { return assert.Contains(tt, []holder{want}, got) },
		"NotEqual":      func(tt assert.TestingT) bool { return assert.NotEqual(tt, want, newHolder(planted).withoutMaps()) },
		"Nil":           func(tt assert.TestingT) bool { return assert.Nil(tt, want) },
		"Zero":          func(tt assert.TestingT) bool { return assert.Zero(tt, want.Exported) },
		"the secrets":   func(tt assert.TestingT) bool { return assert.Equal(tt, want.Exported, got.Exported) },
		"Empty":         func(tt assert.TestingT) bool { return assert.Empty(tt, want.Slice) },
		"Subset":        func(tt assert.TestingT) bool { return assert.Subset(tt, want.Slice, got.Slice) },
		"ErrorIs":       func(tt assert.TestingT) bool { return assert.ErrorIs(tt, errorOf{want.Exported}, errors.New("other")) },
		"Panics":        func(tt assert.TestingT) bool { return assert.NotPanics(tt, func() { panic(want) }) },
	} {
		var failure recordingT
		assert.False(t, compare(&failure), name)
		require.NotEmpty(t, failure, name)
		assertHidden(t, name, string(failure))
	}
}

func (h holder) withoutMaps() holder {
	h.keyed, h.Key, h.inner = nil, nil, nil
	return h
}

type recordingT string

func (r *recordingT) Errorf(format string, args ...any) {
	*r += recordingT(fmt.Sprintf(format, args...))
}

func TestSecretEquality(t *testing.T) {
	a, b, other := wire.NewSecret(planted), wire.NewSecret(planted), wire.NewSecret(planted+"2")
	blank, absent := wire.NewSecret(""), wire.Secret{}
	all := []wire.Secret{a, other, blank, absent}
	for i, x := range all {
		for j, y := range all {
			assert.Equal(t, i == j, x.Equal(y), "%d %d", i, j)
			assert.Equal(t, i == j, reflect.DeepEqual(x, y), "%d %d", i, j)
		}
	}
	assert.True(t, a.Equal(b))
	assert.True(t, reflect.DeepEqual(a, b))
	assert.Equal(t, newHolder(planted).withoutMaps(), newHolder(planted).withoutMaps())
}

func TestSecretReveal(t *testing.T) {
	for _, text := range []string{"", "a", planted, strings.Repeat("long", 100), "\x00\xff\n"} {
		s := wire.NewSecret(text)
		assert.Equal(t, text, s.Reveal())
		assert.False(t, s.IsZero())
	}
	assert.Empty(t, wire.Secret{}.Reveal())
	assert.True(t, wire.Secret{}.IsZero())
}

func TestSecretJSON(t *testing.T) {
	for literal, want := range map[string]string{`""`: "", `"hunter2"`: "hunter2", `"a\"\u00e9\n"`: "a\"é\n"} {
		s := mustDecode[wire.Secret](t, literal)
		assert.Equal(t, want, s.Reveal())
		assert.False(t, s.IsZero())
		assert.Equal(t, `"f":"[redacted]"`, encode(t, s))
	}
}

func TestSecretRefusesWithoutQuoting(t *testing.T) {
	for _, literal := range []string{`4711`, `true`, `["hunter2"]`, `{"hunter2":"hunter2"}`} {
		v, err := decode[wire.Secret](literal)
		require.ErrorContains(t, err, "wire.Secret: want a string")
		assert.NotContains(t, err.Error(), "hunter2")
		assert.NotContains(t, err.Error(), "4711")
		assert.True(t, v.IsZero())
		assertRefused[wire.Secret](t, literal, "Secret")
	}
	var s wire.Secret
	err := s.UnmarshalJSON([]byte(`"hunter2\x"`))
	assert.EqualError(t, err, "wire.Secret: want a string")
	var values url.Values
	assert.NoError(t, s.EncodeValues("token", &values), "an absent secret adds nothing")
	assert.Empty(t, values)
}
