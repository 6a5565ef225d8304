package numbers

import "reflect"

// usable refuses an Orderer of which nothing can be asked: nil, a nil pointer
// in an interface, and what [Journaled] makes of them.
func usable(op string, o Orderer) error {
	if isNil(o) {
		return &Error{Op: op, Kind: ErrInvalid, Field: "Orderer", Message: "the Orderer is nil"}
	}
	if r, ok := As[refuser](o); ok {
		return r.err
	}
	return nil
}

// isNil also finds the nil pointer in an interface: the zero value of a
// variable that was declared by its own type.
func isNil(v any) bool {
	if v == nil {
		return true
	}
	switch r := reflect.ValueOf(v); r.Kind() {
	case reflect.Pointer, reflect.Map, reflect.Func, reflect.Slice, reflect.Chan:
		return r.IsNil()
	default:
		return false
	}
}
