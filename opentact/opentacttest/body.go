package opentacttest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/tnkit/tnkit/internal/fake"
)

var uuidPattern = regexp.MustCompile(`^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$`)

// body reads a JSON object as strictly as the vendor validates it. It collects what is wrong under the path
// that the vendor would name; a value of the wrong JSON type is reported as well.
type body struct {
	c      *call
	path   string // of the object, "" at the top
	fields map[string]json.RawMessage
	known  map[string]bool
	wrong  *[]problem // of the whole body
	inner  []*body    // objects inside
}

type problem struct {
	path, message string
	value         json.RawMessage
}

// readBody reads the request body. Searches may go without one.
func (c *call) readBody(optional bool) (*body, *refusal) {
	raw, err := io.ReadAll(c.r.Body)
	if err != nil {
		return nil, refuse(c.opts.ValidationStatus, "Body can't be read")
	}
	b := &body{c: c, wrong: new([]problem), known: map[string]bool{}}
	if optional && len(bytes.TrimSpace(raw)) == 0 {
		return b, nil
	}
	c.r.Body = io.NopCloser(bytes.NewReader(raw))
	if err := c.fake.DecodeStrict(c.r, &b.fields); err != nil || b.fields == nil {
		return nil, refuse(c.opts.ValidationStatus, "Body is not a JSON object")
	}
	return b, nil
}

// check refuses the body if anything is wrong, else it reports the fields that nobody asked for. Call it last.
func (b *body) check() *refusal {
	if len(*b.wrong) == 0 {
		b.unknown()
		return nil
	}
	no := refuse(b.c.opts.ValidationStatus, (*b.wrong)[0].path+": "+(*b.wrong)[0].message)
	for _, p := range *b.wrong {
		detail := fake.Object{{Key: "message", Value: p.message}}
		if p.value != nil {
			detail = append(detail, fake.Member{Key: "value", Value: p.value})
		}
		no.fields = append(no.fields, fake.Member{Key: "params." + p.path, Value: detail})
	}
	return no
}

func (b *body) unknown() {
	for _, key := range slices.Sorted(maps.Keys(b.fields)) {
		if !b.known[key] {
			b.c.report("the vendor ignores the body field %q", b.at(key))
		}
	}
	for _, in := range b.inner {
		in.unknown()
	}
}

func (b *body) at(key string) string {
	if b.path == "" {
		return key
	}
	return b.path + "." + key
}

func (b *body) get(key string) (json.RawMessage, bool) {
	b.known[key] = true
	raw, ok := b.fields[key]
	return raw, ok
}

func (b *body) fail(path, message string, value json.RawMessage) {
	*b.wrong = append(*b.wrong, problem{path, message, value})
}

// mistyped notes a value of another JSON type than the vendor accepts.
func (b *body) mistyped(path, want string, value json.RawMessage) {
	b.fail(path, "invalid "+want+" value", value)
	b.c.report("%s must be a JSON %s", path, want)
}

// require notes that a field is missing.
func (b *body) require(key string) {
	if _, ok := b.get(key); !ok {
		b.fail(b.at(key), "'"+key+"' is required", nil)
	}
}

// flag reads a boolean; nil means absent.
func (b *body) flag(key string) *bool {
	raw, ok := b.get(key)
	if !ok {
		return nil
	}
	v, ok := decode[bool](raw)
	if !ok {
		b.mistyped(b.at(key), "boolean", raw)
		return nil
	}
	return &v
}

// text reads a string of a length; nil means absent.
func (b *body) text(key string, least, most int) *string {
	raw, ok := b.get(key)
	if !ok {
		return nil
	}
	v, ok := decode[string](raw)
	switch n := utf8.RuneCountInString(v); {
	case !ok:
		b.mistyped(b.at(key), "string", raw)
		return nil
	case n < least:
		b.fail(b.at(key), fmt.Sprintf("minLength %d", least), raw)
	case n > most:
		b.fail(b.at(key), fmt.Sprintf("maxLength %d", most), raw)
	}
	return &v
}

// number reads an integer within limits; nil means absent.
func (b *body) number(key string, least, most int64) *int64 {
	raw, ok := b.get(key)
	if !ok {
		return nil
	}
	v, ok := b.integer(b.at(key), raw)
	switch {
	case !ok:
		return nil
	case v < least:
		b.fail(b.at(key), fmt.Sprintf("min %d", least), raw)
	case v > most:
		b.fail(b.at(key), fmt.Sprintf("max %d", most), raw)
	}
	return &v
}

// integer takes every JSON number that is whole and that a double holds exactly, 1.2029822917e10 included.
func (b *body) integer(path string, raw json.RawMessage) (int64, bool) {
	v, ok := decode[float64](raw)
	if !ok {
		b.mistyped(path, "number", raw)
		return 0, false
	}
	if v < 0 || v > 1<<53 || v != math.Trunc(v) {
		b.fail(path, "invalid integer number", raw)
		return 0, false
	}
	return int64(v), true
}

// list reads an array with at least so many elements.
func (b *body) list(key string, least int) []json.RawMessage {
	raw, ok := b.get(key)
	if !ok {
		return nil
	}
	v, ok := decode[[]json.RawMessage](raw)
	switch {
	case !ok:
		b.mistyped(b.at(key), "array", raw)
		return nil
	case len(v) < least:
		b.fail(b.at(key), fmt.Sprintf("minItems %d", least), raw)
	}
	return v
}

// objects reads an array of objects.
func (b *body) objects(key string, least int) []*body {
	var out []*body
	for i, raw := range b.list(key, least) {
		path := b.at(key) + element(i)
		fields, ok := decode[map[string]json.RawMessage](raw)
		if !ok {
			b.mistyped(path, "object", raw)
			continue
		}
		out = append(out, &body{c: b.c, path: path, fields: fields, known: map[string]bool{}, wrong: b.wrong})
	}
	b.inner = append(b.inner, out...)
	return out
}

// element is how the vendor's framework names an array's element.
func element(i int) string { return ".$" + strconv.Itoa(i) }

// decode decodes a value of exactly one JSON type; null is of none.
func decode[T any](raw json.RawMessage) (v T, ok bool) {
	if string(raw) == "null" {
		return v, false
	}
	return v, json.Unmarshal(raw, &v) == nil
}
