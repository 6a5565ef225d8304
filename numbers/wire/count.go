package wire

import (
	"net/url"
	"strconv"
)

// Count is a whole number that some payloads quote, such as a number of rows or of a
// page. It keeps the vendor's literal and its quotes. The zero value is absent, not a
// count of 0.
//
// A count in an answer can have any value. Check its range before you use it in
// arithmetic.
type Count struct {
	lit   string
	style style
}

const wantCount = "a number, quoted or not"

// NewCount returns n as a JSON number.
func NewCount(n int64) Count { return Count{lit: strconv.FormatInt(n, 10), style: bare} }

// Int64 returns the count. ok is false if it is absent, has a fraction, or does not
// fit in an int64.
func (c Count) Int64() (n int64, ok bool) {
	if n, err := strconv.ParseInt(c.lit, 10, 64); err == nil {
		return n, true
	}
	if number, valid := splitNumber(c.lit, true); valid {
		if n, ok = number.natural(); ok {
			return n, true
		}
	}
	return 0, false
}

// Literal returns the count as the vendor wrote it, without the quotes; "" when absent.
func (c Count) Literal() string { return c.lit }

// String returns the literal.
func (c Count) String() string { return c.lit }

// Quoted reports whether the count is a JSON string.
func (c Count) Quoted() bool { return c.style == quoted }

// IsZero reports whether the count is absent or null. A count of 0 is not.
func (c Count) IsZero() bool { return c.style == absent }

// MarshalJSON writes the literal as it was read, and null when absent.
func (c Count) MarshalJSON() ([]byte, error) { return marshalLiteral(c.lit, c.style) }

// UnmarshalJSON reads a number, a string with a number, or null. A number that is too
// large for an int64 is kept, but has no Int64. Any other value is a *ValueError.
func (c *Count) UnmarshalJSON(data []byte) error {
	if isNull(data) {
		*c = Count{}
		return nil
	}
	lit, s := data, bare
	if isQuoted(data) {
		var err error
		if lit, err = unquote(data); err != nil {
			return valueError("Count", wantCount, data)
		}
		s = quoted
	}
	if _, ok := splitNumber(string(lit), true); !ok {
		return valueError("Count", wantCount, data)
	}
	*c = Count{lit: string(lit), style: s}
	return nil
}

// EncodeValues adds the literal to a query, and nothing when absent.
func (c Count) EncodeValues(key string, v *url.Values) error {
	if !c.IsZero() {
		addLiteral(v, key, c.lit)
	}
	return nil
}
