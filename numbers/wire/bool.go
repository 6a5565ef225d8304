package wire

import "net/url"

// Bool is a flag that some payloads quote: true, false, "true" or "false". It keeps the quotes. The zero value is absent,
// which is neither true nor false.
type Bool struct{ form boolForm }

type boolForm uint8

const (
	boolAbsent boolForm = iota
	boolFalse
	boolTrue
	boolQuotedFalse
	boolQuotedTrue
)

var boolLiterals = [...]string{"null", "false", "true", `"false"`, `"true"`}

// NewBool returns b as a JSON bool, without quotes.
func NewBool(b bool) Bool {
	if b {
		return Bool{boolTrue}
	}
	return Bool{boolFalse}
}

// Bool returns the flag. ok is false if it is absent or null.
func (b Bool) Bool() (v, ok bool) {
	return b.form == boolTrue || b.form == boolQuotedTrue, b.form != boolAbsent
}

// Quoted reports whether the flag is a JSON string.
func (b Bool) Quoted() bool { return b.form >= boolQuotedFalse }

// String returns "true", "false", or "" when absent.
func (b Bool) String() string {
	switch v, ok := b.Bool(); {
	case !ok:
		return ""
	case v:
		return "true"
	}
	return "false"
}

// IsZero reports whether the flag is absent or null. A flag that is false is not.
func (b Bool) IsZero() bool { return b.form == boolAbsent }

// MarshalJSON writes the flag as it was read, and null when absent.
func (b Bool) MarshalJSON() ([]byte, error) { return []byte(boolLiterals[b.form]), nil }

// UnmarshalJSON reads true, false, "true", "false" or null. Anything else, "True" and "1" included, is a *ValueError.
func (b *Bool) UnmarshalJSON(data []byte) error {
	for form, lit := range boolLiterals {
		if string(data) == lit {
			b.form = boolForm(form)
			return nil
		}
	}
	return valueError("Bool", `true, false, "true" or "false"`, data)
}

// EncodeValues adds true or false to a query, and nothing when absent.
func (b Bool) EncodeValues(key string, v *url.Values) error {
	if !b.IsZero() {
		addLiteral(v, key, b.String())
	}
	return nil
}
