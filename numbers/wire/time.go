package wire

import (
	"fmt"
	"net/url"
	"time"
)

// Time is a point in time as the vendor wrote it: RFC 3339 with any offset and any number of fraction digits, the same
// without a zone, which then is UTC, or with a space for the T. It embeds the time.Time, in UTC, and keeps the literal.
//
// There are two ways to have no time, and they differ:
//
//   - IsZero means that the field is absent or null. It is not time.Time's IsZero: a present "" is not zero, since it
//     must be written again.
//   - Known is false wherever there is no time to go by: absent, null, "", a string that is no time in a form listed
//     above, and the years 9999 and 1 that servers write for "unset".
//
// So ask Known for a time to compute with. What is read without being known has the zero time.Time embedded.
//
// Two Times are == when they are written alike; compare instants with t.Equal(u.Time). To change a Time assign another
// one, made by NewTime, and not to the embedded field, which a kept literal would belie. Time{Time: t} is written like
// NewTime(t).
type Time struct {
	time.Time
	lit  string // where form is timeLiteral
	form timeForm
}

// NewTime returns t in RFC 3339, UTC, with exactly six fraction digits, the form that vendors' filters take:
// "2006-01-02T15:04:05.000000Z". What is finer than a microsecond is cut off. The zero time.Time gives the absent Time.
func NewTime(t time.Time) Time {
	if t.IsZero() {
		return Time{}
	}
	return Time{Time: t.UTC().Truncate(time.Microsecond), form: timeNew}
}

// TimeLiteral returns the time written as s, whatever s is, as if it had been read from JSON.
func TimeLiteral(s string) Time { return parseTime([]byte(s)) }

// unsetLiteral is what VoIPBin's server wrote from 2021 to 2026 for a time that is not set, in nearly every row.
const unsetLiteral = "9999-01-01 00:00:00.000000"

func parseTime(lit []byte) Time {
	if string(lit) == unsetLiteral {
		return Time{lit: unsetLiteral, form: timeLiteral}
	}
	t, form := readTime(lit)
	if form != timeLiteral {
		return Time{Time: t, form: form}
	}
	return Time{Time: t, lit: string(lit), form: timeLiteral}
}

// Known returns the time, in UTC unless Go code embedded another. ok is false, and the time zero, when there is none to go
// by: absent, null, "", unreadable, or the year 9999 or 1, which stand for "unset".
func (t Time) Known() (known time.Time, ok bool) {
	if !isSet(t.Time) {
		return time.Time{}, false
	}
	return t.Time, true
}

// IsZero reports whether the time is absent or null. Unlike time.Time's method, which it hides, it is false for a present
// "" and for a year that stands for "unset"; ask Known for those.
func (t Time) IsZero() bool { return t.form == timeAbsent && t.Time.IsZero() }

// Literal returns the time as the vendor wrote it; "" when absent.
func (t Time) Literal() string {
	if t.form == timeLiteral {
		return t.lit
	}
	return string(t.append(nil))
}

// String returns the literal.
func (t Time) String() string { return t.Literal() }

// GoString returns the expression that makes the value.
func (t Time) GoString() string {
	if t.IsZero() {
		return "wire.Time{}"
	}
	return fmt.Sprintf("wire.TimeLiteral(%q)", t.Literal())
}

// append writes the literal.
func (t Time) append(b []byte) []byte {
	switch {
	case t.IsZero():
		return b
	case t.form == timeLiteral:
		return append(b, t.lit...)
	case t.form == timeAbsent:
		return timeNew.append(b, t.Time)
	}
	return t.form.append(b, t.Time)
}

// check refuses what Go code may have embedded and no reader takes back.
func (t Time) check() error {
	if y := t.Time.UTC().Year(); y < 0 || y > 9999 {
		return valueError("Time", "a year from 0 to 9999", t.Literal())
	}
	return nil
}

// MarshalJSON writes the literal as it was read, and null when absent. A time outside the years 0 to 9999, which only Go
// code can make, is a *ValueError.
func (t Time) MarshalJSON() ([]byte, error) {
	if t.IsZero() {
		return []byte("null"), nil
	}
	if t.form == timeLiteral {
		return quote(t.lit)
	}
	if err := t.check(); err != nil {
		return nil, err
	}
	b := make([]byte, 0, len(`"2006-01-02T15:04:05.000000000+00:00"`))
	return append(t.append(append(b, '"')), '"'), nil
}

// UnmarshalJSON reads any string or null. Anything else is a *ValueError. A string that is no time is kept; Known is then
// false.
func (t *Time) UnmarshalJSON(data []byte) error {
	if isNull(data) {
		*t = Time{}
		return nil
	}
	lit, err := unquote(data)
	if err != nil {
		return valueError("Time", "a time in a string", data)
	}
	*t = parseTime(lit)
	return nil
}

// EncodeValues adds the literal to a query, and nothing when absent. A time outside the years 0 to 9999 is a *ValueError.
func (t Time) EncodeValues(key string, v *url.Values) error {
	if err := t.check(); err != nil {
		return err
	}
	if !t.IsZero() {
		addLiteral(v, key, t.Literal())
	}
	return nil
}
