package fake

import (
	"encoding"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
)

var (
	unmarshaler     = reflect.TypeFor[json.Unmarshaler]()
	textUnmarshaler = reflect.TypeFor[encoding.TextUnmarshaler]()
)

// unknown returns the paths of the members of a decoded JSON value that the type has no field for, sorted.
// encoding/json's own check stops at the first, and takes a key in the wrong case for the right one.
func unknown(value any, t reflect.Type, path string) []string {
	for t.Kind() == reflect.Pointer && !t.Implements(unmarshaler) {
		t = t.Elem()
	}
	if p := reflect.PointerTo(t); p.Implements(unmarshaler) || p.Implements(textUnmarshaler) {
		return nil
	}
	var out []string
	switch value := value.(type) {
	case []any:
		if t.Kind() == reflect.Slice || t.Kind() == reflect.Array {
			for _, v := range value {
				out = append(out, unknown(v, t.Elem(), path+"[]")...)
			}
		}
	case map[string]any:
		for key, v := range value {
			at := strings.TrimPrefix(path+"."+key, ".")
			out = append(out, unknownMember(key, v, t, at)...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// unknownMember is unknown for a member of an object that is read into t.
func unknownMember(key string, value any, t reflect.Type, path string) []string {
	switch t.Kind() {
	case reflect.Map:
		return unknown(value, t.Elem(), path)
	case reflect.Struct:
		field, ok := fieldFor(t, key)
		if !ok {
			return []string{path}
		}
		return unknown(value, field, path)
	default:
		return nil
	}
}

// fieldFor finds the type of the struct field with exactly this JSON name.
func fieldFor(t reflect.Type, key string) (reflect.Type, bool) {
	for _, f := range reflect.VisibleFields(t) {
		tag := f.Tag.Get("json")
		name, _, _ := strings.Cut(tag, ",")
		switch {
		case tag == "-", !f.IsExported(), f.Anonymous && name == "":
			continue // the fields of an embedded struct are visible themselves
		case name == "":
			name = f.Name
		}
		if name == key {
			return f.Type, true
		}
	}
	return nil, false
}
