package wire

import (
	"fmt"
	"net/url"
	"time"
	"unique"
)

// Time is a point in time as the vendor wrote it: RFC 3339 with any offset and any
// number of fraction digits, the same without a zone (which means UTC), or with a
// space instead of the T. It embeds the time.Time, in UTC, and keeps the literal.
//
// IsZero and Known are different:
//
//   - IsZero means that the field is absent. It is not the IsZero of time.Time: a
//     null and a "" are not zero, because they must be written again.
//   - Known is false if there is no usable time: absent, null, "", a string that is
//     not in one of the forms above, and the years 9999 and 1, which servers write
//     for "unset".
//
// Call Known before you compute with a time. A value that is not known embeds the zero
// time.Time.
//
// Two Times are == if their literals are the same. Compare instants with
// t.Equal(u.Time). To change a Time, assign another one from NewTime. Do not assign
// to the embedded field: the literal would not change. Time{Time: t} is written like
// NewTime(t).
type Time struct {
	time.Time
	text unique.Handle[timeText] // zero = absent
}

// NewTime returns t in RFC 3339, UTC, with exactly six fraction digits, the form that
// vendors accept in filters: "2006-01-02T15:04:05.000000Z". It cuts off fractions of
// a microsecond. For the zero time.Time it returns the absent Time.
func NewTime(t time.Time) Time {
	if t.IsZero() {
		return Time{}
	}
	return Time{Time: t.UTC().Truncate(time.Microsecond), text: timeNew.text()}
}

// TimeLiteral returns the Time with the literal s, as if it had been read from JSON.
// It does not check s.
func TimeLiteral(s string) Time { return parseTime([]byte(s)) }

// unsetLiteral is the text that VoIPBin's server wrote from 2021 to 2026 for a time that
// is not set. Nearly every row has it.
const unsetLiteral = "9999-01-01 00:00:00.000000"

func parseTime(lit []byte) Time {
	if string(lit) == unsetLiteral {
		return Time{text: literalText(unsetLiteral)}
	}
	t, form := readTime(lit)
	if form != timeLiteral {
		return Time{Time: t, text: form.text()}
	}
	return Time{Time: t, text: literalText(string(lit))}
}

// form returns how t is written, and the literal if it is kept.
func (t Time) form() timeText {
	if t.text == (unique.Handle[timeText]{}) {
		return timeText{}
	}
	return t.text.Value()
}

func (t Time) isNull() bool { return t.form().form == timeNull }

// Known returns the time, in UTC unless Go code embedded another zone. If there is no
// usable time, ok is false and the time is zero: absent, null, "", unreadable, or the
// year 9999 or 1, which mean "unset".
func (t Time) Known() (known time.Time, ok bool) {
	if !isSet(t.Time) {
		return time.Time{}, false
	}
	return t.Time, true
}

// IsZero reports whether the time is absent. Unlike time.Time's method, which it hides,
// it is false for null, for a present "" and for a year that means "unset". Use Known
// for these.
func (t Time) IsZero() bool { return t.text == (unique.Handle[timeText]{}) && t.Time.IsZero() }

// Literal returns the time as the vendor wrote it; "" when absent or null.
func (t Time) Literal() string {
	if text := t.form(); text.form == timeLiteral {
		return text.lit
	}
	return string(t.append(nil))
}

// String returns the literal.
func (t Time) String() string { return t.Literal() }

// GoString returns a Go expression for the value.
func (t Time) GoString() string {
	switch {
	case t.IsZero():
		return "wire.Time{}"
	case t.isNull():
		return "wire.Time{} /* null */"
	}
	return fmt.Sprintf("wire.TimeLiteral(%q)", t.Literal())
}

// append writes the literal.
func (t Time) append(b []byte) []byte {
	switch text := t.form(); {
	case t.IsZero(), text.form == timeNull:
		return b
	case text.form == timeLiteral:
		return append(b, text.lit...)
	case text.form == timeAbsent:
		return timeNew.append(b, t.Time)
	default:
		return text.form.append(b, t.Time)
	}
}

// check refuses a time that Go code may have embedded and that no reader accepts.
func (t Time) check() error {
	if y := t.Time.UTC().Year(); y < 0 || y > 9999 {
		return valueError("Time", "a year from 0 to 9999", t.Literal())
	}
	return nil
}

// MarshalJSON writes the literal as it was read, and null when absent or null. With
// omitzero an absent time is left out, and a null is written. A time outside
// the years 0 to 9999, which only Go code can create, is a *ValueError.
func (t Time) MarshalJSON() ([]byte, error) {
	if t.IsZero() || t.isNull() {
		return []byte("null"), nil
	}
	if text := t.form(); text.form == timeLiteral {
		return quote(text.lit)
	}
	if err := t.check(); err != nil {
		return nil, err
	}
	b := make([]byte, 0, len(`"2006-01-02T15:04:05.000000000+00:00"`))
	return append(t.append(append(b, '"')), '"'), nil
}

// UnmarshalJSON reads any string or null. Anything else is a *ValueError. A string
// that is not a time is kept, and Known is then false.
func (t *Time) UnmarshalJSON(data []byte) error {
	if isNull(data) {
		*t = Time{text: timeNull.text()}
		return nil
	}
	lit, err := unquote(data)
	if err != nil {
		return valueError("Time", "a time in a string", data)
	}
	*t = parseTime(lit)
	return nil
}

// EncodeValues adds the literal to a query, and nothing when absent or null. A time outside the years 0 to 9999 is a *ValueError.
func (t Time) EncodeValues(key string, v *url.Values) error {
	if err := t.check(); err != nil {
		return err
	}
	if !t.IsZero() && !t.isNull() {
		addLiteral(v, key, t.Literal())
	}
	return nil
}
