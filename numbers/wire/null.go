package wire

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"reflect"
	"strconv"
)

// Null is a field of a PATCH body. Absent means "do not change", and null means
// "clear". The zero value is absent, [NullNow] returns null, and [NullOf] returns a
// value.
//
// Null and [Time] are the only types of this package that distinguish null from an absent
// field when they read JSON.
type Null[T any] struct {
	value T
	state nullState
}

type nullState uint8

const (
	nullAbsent nullState = iota
	nullNull
	nullValue
)

// NullOf returns a field with the value v.
func NullOf[T any](v T) Null[T] { return Null[T]{value: v, state: nullValue} }

// NullNow returns a field that is null. It clears the field at the vendor.
func NullNow[T any]() Null[T] { return Null[T]{state: nullNull} }

// Get returns the value. ok is false if the field is absent or null.
func (n Null[T]) Get() (v T, ok bool) { return n.value, n.state == nullValue }

// IsNull reports whether the field is present and null.
func (n Null[T]) IsNull() bool { return n.state == nullNull }

// IsZero reports whether the field is absent. A null is not.
func (n Null[T]) IsZero() bool { return n.state == nullAbsent }

// String returns the value in fmt's default format, "null", or "" when absent.
func (n Null[T]) String() string {
	switch n.state {
	case nullNull:
		return "null"
	case nullValue:
		return fmt.Sprint(n.value)
	default:
	}
	return ""
}

// MarshalJSON writes the value, or null.
func (n Null[T]) MarshalJSON() ([]byte, error) {
	if n.state != nullValue {
		return []byte("null"), nil
	}
	return encode(n.value)
}

// UnmarshalJSON reads a T or null.
func (n *Null[T]) UnmarshalJSON(data []byte) error {
	if isNull(data) {
		*n = NullNow[T]()
		return nil
	}
	var v T
	if err := json.Unmarshal(data, &v); err != nil {
		return err
	}
	*n = NullOf(v)
	return nil
}

// EncodeValues adds the value to a query, and nothing if absent. A query can't have
// null, so null is an error. A value must be a string, a bool or an integer, or have
// this method. Any other value is an error.
func (n Null[T]) EncodeValues(key string, v *url.Values) error {
	switch n.state {
	case nullAbsent:
		return nil
	case nullNull:
		return errors.New("wire.Null: a query can't have null: " + key)
	default:
	}
	if e, ok := any(n.value).(interface {
		EncodeValues(key string, v *url.Values) error
	}); ok {
		return e.EncodeValues(key, v)
	}
	switch value := reflect.ValueOf(n.value); value.Kind() {
	case reflect.String:
		addLiteral(v, key, value.String())
	case reflect.Bool:
		addLiteral(v, key, strconv.FormatBool(value.Bool()))
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		addLiteral(v, key, strconv.FormatInt(value.Int(), 10))
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		addLiteral(v, key, strconv.FormatUint(value.Uint(), 10))
	default:
		return fmt.Errorf("wire.Null: a query can't have a %T: %s", n.value, key)
	}
	return nil
}
