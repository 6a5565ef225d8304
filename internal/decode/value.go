package decode

import (
	"bytes"
	"context"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/wire"
)

// The JSON types, as a Drift names them.
const (
	isString  = "string"
	isNumber  = "number"
	isInteger = "integer"
	isBoolean = "boolean"
	isObject  = "object"
	isArray   = "array"
	isNull    = "null"
)

// decoder is the tolerant decoder. It reads a text that the scan has found to be
// JSON.
type decoder struct {
	ctx    context.Context //nolint:containedctx // the life of one call
	data   []byte
	pos    int
	lists  []int32 // the sizes of the arrays that follow
	forms  Forms
	limits Limits
	room   int // bytes of memory that may still be taken
	looked int // where the context was looked at
	depth  int
	path   []string
	drifts []numbers.Drift
	seen   map[numbers.Drift]bool
	err    error
}

// value reads the next value into v. It reports false if the value as a whole is
// not what v takes: it is then a drift, and v is zero.
func (d *decoder) value(v reflect.Value, p *plan, isID bool) bool {
	if d.pos-d.looked > checkEvery {
		d.looked = d.pos
		if d.ctx.Err() != nil {
			d.err = context.Cause(d.ctx)
		}
	}
	if d.err != nil {
		return false
	}
	if d.depth > d.limits.Nesting {
		return d.drift(v, fmt.Sprintf("at most %d arrays and objects inside one another", d.limits.Nesting))
	}
	switch {
	case p.custom:
		return d.custom(v)
	case p.text:
		return d.text(v)
	case d.peek() == 'n':
		d.skip()
		switch p.typ.Kind() {
		case reflect.Pointer, reflect.Slice, reflect.Map, reflect.Interface:
			v.SetZero()
		default: // stays as it is
		}
		return true
	}
	switch p.typ.Kind() {
	case reflect.Pointer:
		return d.pointer(v, p, isID)
	case reflect.Struct:
		return d.structure(v, p)
	case reflect.Slice:
		if p.elem.typ.Kind() == reflect.Uint8 {
			break
		}
		return d.slice(v, p, isID)
	case reflect.Map:
		if p.typ.Key().Kind() != reflect.String {
			break
		}
		return d.table(v, p)
	case reflect.String, reflect.Bool,
		reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr,
		reflect.Float32, reflect.Float64:
		return d.scalar(v, isID)
	default: // encoding/json reads it
	}
	raw := d.peekRaw()
	if json.Unmarshal(raw, v.Addr().Interface()) != nil {
		return d.drift(v, "a "+p.typ.String())
	}
	d.skip()
	return true
}

// drift notes that the next value is not what v takes, and passes it over.
func (d *decoder) drift(v reflect.Value, want string) bool {
	d.note(want, typeName(d.peek()))
	v.SetZero()
	d.skip()
	return false
}

func (d *decoder) note(want, got string) {
	drift := numbers.Drift{Path: strings.TrimPrefix(strings.Join(d.path, ""), "."), Want: want, Got: got}
	if d.seen[drift] || len(d.drifts) == d.limits.Drifts {
		return
	}
	d.seen[drift] = true
	d.drifts = append(d.drifts, drift)
}

// take takes n bytes of the room. If there are not as many, that is an error, or a
// drift of v.
func (d *decoder) take(v reflect.Value, n int) bool {
	if n <= d.room {
		d.room -= n
		return true
	}
	return d.tooLarge(v)
}

const tooLarge = "what it holds is too large for its length"

func (d *decoder) tooLarge(v reflect.Value) bool {
	if !d.limits.Salvage {
		d.err = &LimitError{tooLarge}
		return false
	}
	return d.drift(v, "a value of a usual size")
}

// custom reads a value by its form, or by its own UnmarshalJSON.
func (d *decoder) custom(v reflect.Value) bool {
	target := v.Addr().Interface()
	d.space()
	if form := d.form(target); form != nil {
		into, done := form(d.data[d.pos:])
		inner := reflect.ValueOf(into).Elem()
		ok := d.value(inner, planOf(inner.Type()), false)
		if done != nil {
			done()
		}
		if !ok {
			v.SetZero()
		}
		return ok
	}
	raw := d.peekRaw()
	if !d.take(v, len(raw)) {
		return false
	}
	err := target.(json.Unmarshaler).UnmarshalJSON(raw)
	if err == nil {
		d.skip()
		return true
	}
	want := "a " + v.Type().String()
	if value, ok := errors.AsType[*wire.ValueError](err); ok {
		want = value.Want
	} else if value, ok := errors.AsType[*WantError](err); ok {
		want = value.Want
	}
	return d.drift(v, want)
}

// form returns the form of a value that has several.
func (d *decoder) form(target any) Form {
	if list, ok := target.(interface {
		shape(text []byte) (into any, done func())
	}); ok {
		return list.shape
	}
	if d.forms == nil {
		return nil
	}
	return d.forms(target)
}

// text reads a value by its UnmarshalText.
func (d *decoder) text(v reflect.Value) bool {
	switch d.peek() {
	case 'n':
		d.skip()
		return true
	case '"':
		if v.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(unquote(d.peekRaw()))) == nil {
			d.skip()
			return true
		}
	}
	return d.drift(v, "a "+v.Type().String())
}

func (d *decoder) pointer(v reflect.Value, p *plan, isID bool) bool {
	if v.IsNil() {
		if !d.take(v, int(p.elem.typ.Size())) {
			return false
		}
		v.Set(reflect.New(p.elem.typ))
	}
	ok := d.value(v.Elem(), p.elem, isID)
	if !ok {
		v.SetZero()
	}
	return ok
}

func (d *decoder) structure(v reflect.Value, p *plan) bool {
	if d.peek() != '{' {
		return d.drift(v, isObject)
	}
	d.object(func(key []byte) {
		f := p.field(key)
		if f == nil {
			d.skip()
			return
		}
		d.path = append(d.path, ".", f.name)
		d.value(fieldOf(v, f.index), f.plan, f.isID)
		d.path = d.path[:len(d.path)-2]
	})
	return true
}

// fieldOf returns a field, and makes what it is embedded in by pointer.
func fieldOf(v reflect.Value, index []int) reflect.Value {
	for i, at := range index {
		if i > 0 && v.Kind() == reflect.Pointer {
			if v.IsNil() {
				v.Set(reflect.New(v.Type().Elem()))
			}
			v = v.Elem()
		}
		v = v.Field(at)
	}
	return v
}

func (d *decoder) slice(v reflect.Value, p *plan, isID bool) bool {
	if d.peek() != '[' {
		return d.drift(v, isArray)
	}
	size := int(d.lists[0])
	if size > d.limits.Elements {
		return d.drift(v, fmt.Sprintf("at most %d elements", d.limits.Elements))
	}
	if !d.take(v, size*int(p.elem.typ.Size())) {
		return false
	}
	v.Set(reflect.MakeSlice(p.typ, size, size))
	i := 0
	d.path = append(d.path, "[]")
	d.array(func() {
		d.value(v.Index(i), p.elem, isID)
		i++
	})
	d.path = d.path[:len(d.path)-1]
	return true
}

// table reads an object whose members are named by the vendor's data.
func (d *decoder) table(v reflect.Value, p *plan) bool {
	if d.peek() != '{' {
		return d.drift(v, isObject)
	}
	if v.IsNil() {
		v.Set(reflect.MakeMap(p.typ))
	}
	d.path = append(d.path, ".*")
	ok := true
	d.object(func(key []byte) {
		if !ok {
			d.skip()
			return
		}
		if ok = d.take(v, len(key)+int(mapEntry(p.typ))); !ok {
			return
		}
		elem := reflect.New(p.elem.typ).Elem()
		d.value(elem, p.elem, false)
		v.SetMapIndex(reflect.ValueOf(string(key)).Convert(p.typ.Key()), elem)
	})
	d.path = d.path[:len(d.path)-1]
	return ok
}

func (d *decoder) scalar(v reflect.Value, isID bool) bool {
	raw, got := d.peekRaw(), typeName(d.peek())
	switch k := v.Kind(); {
	case k == reflect.String && got == isString:
		if !d.take(v, len(raw)) {
			return false
		}
		v.SetString(unquote(raw))
	case k == reflect.String && got == isNumber && isID:
		d.note(isString, isNumber)
		v.SetString(string(raw))
	case k == reflect.String:
		return d.drift(v, isString)
	case k == reflect.Bool && got == isBoolean:
		v.SetBool(raw[0] == 't')
	case k == reflect.Bool:
		return d.drift(v, isBoolean)
	case v.CanInt():
		n, err := strconv.ParseInt(string(raw), 10, v.Type().Bits())
		if got != isNumber || err != nil {
			return d.drift(v, isInteger)
		}
		v.SetInt(n)
	case v.CanUint():
		n, err := strconv.ParseUint(string(raw), 10, v.Type().Bits())
		if got != isNumber || err != nil {
			return d.drift(v, isInteger)
		}
		v.SetUint(n)
	default:
		n, err := strconv.ParseFloat(string(raw), v.Type().Bits())
		if got != isNumber || err != nil {
			return d.drift(v, isNumber)
		}
		v.SetFloat(n)
	}
	d.skip()
	return true
}

// unquote returns the text of a JSON string.
func unquote(raw []byte) string {
	inner := raw[1 : len(raw)-1]
	if bytes.IndexByte(inner, '\\') < 0 && utf8.Valid(inner) {
		return string(inner)
	}
	var s string
	_ = json.Unmarshal(raw, &s) // the scan has found it to be a string
	return s
}

// typeName is the type of a value by its first byte.
func typeName(first byte) string {
	switch first {
	case '{':
		return isObject
	case '[':
		return isArray
	case '"':
		return isString
	case 't', 'f':
		return isBoolean
	case 'n':
		return isNull
	}
	return isNumber
}
