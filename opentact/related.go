package opentact

import (
	"bytes"
	"encoding/json"

	"github.com/tnkit/tnkit/numbers/wire"
)

// Related is an object inside another one, such as the account of an order.
// OpenTact writes it as the whole object, as {} in lists, as its UUID alone, or
// as null. The zero value is null or absent.
type Related[T any] struct {
	// Object is nil where the vendor does not send it.
	Object *T
	// Ref is what is sent in its place: a UUID, or the number of a TN.
	Ref wire.TN
	// Empty is true for {}, which tells nothing of the object.
	Empty bool
}

// IsZero reports whether the object is absent or null.
func (r Related[T]) IsZero() bool { return r.Object == nil && r.Ref.IsZero() && !r.Empty }

// MarshalJSON writes what was read.
func (r Related[T]) MarshalJSON() ([]byte, error) {
	switch {
	case r.Object != nil:
		return json.Marshal(r.Object)
	case r.Empty:
		return []byte("{}"), nil
	}
	return r.Ref.MarshalJSON()
}

// UnmarshalJSON reads an object, {}, a string, a whole number or null.
func (r *Related[T]) UnmarshalJSON(data []byte) error {
	*r = Related[T]{}
	if !bytes.HasPrefix(data, []byte("{")) {
		return r.Ref.UnmarshalJSON(data)
	}
	if isEmptyObject(data) {
		r.Empty = true
		return nil
	}
	object := new(T)
	if err := json.Unmarshal(data, object); err != nil {
		return err
	}
	r.Object = object
	return nil
}

// isEmptyObject reports whether a JSON object has no member.
func isEmptyObject(data []byte) bool {
	inner, ok := bytes.CutPrefix(data, []byte("{"))
	return ok && string(bytes.TrimSpace(inner)) == "}"
}
