package wire

import (
	"bytes"
	"net/url"
)

// Raw is the JSON text of a value of an undocumented shape, kept unchanged. It is
// json.RawMessage with an IsZero method, so that omitzero leaves out absent and null
// values. Convert with json.RawMessage(r) and wire.Raw(m).
type Raw []byte

// String returns the JSON text.
func (r Raw) String() string { return string(r) }

// IsZero reports whether the value is absent or null.
func (r Raw) IsZero() bool { return len(r) == 0 || isNull(r) }

// MarshalJSON writes the text, and null when absent.
func (r Raw) MarshalJSON() ([]byte, error) {
	if r.IsZero() {
		return []byte("null"), nil
	}
	return r, nil
}

// UnmarshalJSON keeps a copy of the text; null is absent.
func (r *Raw) UnmarshalJSON(data []byte) error {
	if isNull(data) {
		*r = nil
		return nil
	}
	*r = bytes.Clone(data)
	return nil
}

// EncodeValues adds the JSON text to a query, and nothing when absent or null.
func (r Raw) EncodeValues(key string, v *url.Values) error {
	if !r.IsZero() {
		addLiteral(v, key, string(r))
	}
	return nil
}
