package wire

import (
	"net/url"
	"strconv"
	"strings"
)

// TN is a telephone number as the vendor wrote it: a bare JSON number, in any
// notation that is exactly a whole number (12029822917, 12029822917.0,
// 1.2029822917e10), or any string. It does not check that the number can be dialed:
// 0, "" and "text" are kept, too.
//
// The zero value is absent. Two TNs are == if their literals are the same. Compare
// their Digits to compare the numbers.
type TN struct {
	lit   string
	style style
}

const wantTN = "a telephone number: a whole number or a string"

// TNInt returns n as a bare JSON number: TNInt(12029822917) is 12029822917. A
// negative n is not a telephone number: encoding it returns an error.
func TNInt(n int64) TN { return TN{lit: strconv.FormatInt(n, 10), style: bare} }

// TNString returns s as a JSON string. It does not check s.
func TNString(s string) TN { return TN{lit: s, style: quoted} }

// Digits returns the digits of the number without a plus sign: "12029822917" for
// 12029822917, 1.2029822917e10 and "+12029822917". It is "" if the TN is absent, or
// is a string with other characters than digits after an optional plus.
func (t TN) Digits() string {
	if t.style == bare {
		if n, ok := t.natural(); ok {
			return strconv.FormatInt(n, 10)
		}
		return ""
	}
	digits, rest := cutDigits(strings.TrimPrefix(t.lit, "+"))
	if rest != "" {
		return ""
	}
	return digits
}

// Int64 returns the number as an integer. ok is false if Digits is "", if the digits
// begin with a 0 (an integer would lose it), or if they do not fit in an int64.
func (t TN) Int64() (n int64, ok bool) {
	digits := t.Digits()
	if len(digits) > 1 && digits[0] == '0' {
		return 0, false
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return 0, false
	}
	return n, true
}

func (t TN) natural() (int64, bool) {
	n, ok := splitNumber(t.lit, true)
	if !ok {
		return 0, false
	}
	return n.natural()
}

// Literal returns the number as the vendor wrote it, without the quotes; "" when absent.
func (t TN) Literal() string { return t.lit }

// String returns the literal.
func (t TN) String() string { return t.lit }

// Quoted reports whether the number is a JSON string.
func (t TN) Quoted() bool { return t.style == quoted }

// IsZero reports whether the number is absent or null. The number 0 and the string "" are not.
func (t TN) IsZero() bool { return t.style == absent }

// MarshalJSON writes the literal as it was read, and null when absent. A negative number is a *ValueError.
func (t TN) MarshalJSON() ([]byte, error) {
	if err := t.check(); err != nil {
		return nil, err
	}
	return marshalLiteral(t.lit, t.style)
}

// UnmarshalJSON reads a whole number that is not negative, a string, or null. Anything else is a *ValueError.
func (t *TN) UnmarshalJSON(data []byte) error {
	if isNull(data) {
		*t = TN{}
		return nil
	}
	if isQuoted(data) {
		s, err := unquote(data)
		if err != nil {
			return valueError("TN", wantTN, data)
		}
		*t = TNString(string(s))
		return nil
	}
	v := TN{lit: string(data), style: bare}
	if _, ok := v.natural(); !ok {
		return valueError("TN", wantTN, data)
	}
	*t = v
	return nil
}

// EncodeValues adds the literal to a query, and nothing when absent. A negative number is a *ValueError.
func (t TN) EncodeValues(key string, v *url.Values) error {
	if err := t.check(); err != nil {
		return err
	}
	if !t.IsZero() {
		addLiteral(v, key, t.lit)
	}
	return nil
}

func (t TN) check() error {
	if t.style == bare && strings.HasPrefix(t.lit, "-") {
		return valueError("TN", wantTN, t.lit)
	}
	return nil
}
