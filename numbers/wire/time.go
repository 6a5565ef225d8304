package wire

import (
	"bytes"
	"fmt"
	"net/url"
	"time"
)

// Time is a point in time as the vendor wrote it. It embeds the time.Time, in UTC, and keeps how it was written: RFC 3339
// with any offset and any number of fraction digits, the same without a zone (UTC), or with a space instead of the T.
//
// There are two ways for a time to be missing, and they differ:
//
//   - IsZero means that the field is absent or null. It is not time.Time's IsZero: a present "" is not zero, since it
//     must be written again.
//   - Known is false wherever there is no time to go by: absent, null, "", a string in a form not listed above, and the
//     year 9999 or year 1 that some servers write for "unset". The embedded time is then the zero time.Time.
//
// So ask Known (or t.Time.IsZero) for a time to compute with. Two Times are == when they are written alike. To change one,
// assign NewTime, not to the embedded field, which a kept literal would belie.
type Time struct {
	time.Time
	lit  string // what form can't write again
	form timeForm
}

// timeForm is how a time is written. Most are written in a form that brings the vendor's literal back from the time, so
// that no copy of it is kept; the rest keep it in lit.
type timeForm uint8

const (
	timeAbsent  timeForm = 0 // with a time in it, as in Time{Time: t}: written like NewTime(t)
	timeLiteral timeForm = 1 // as lit says

	timeUTC    timeForm = 0x80 // the time in UTC; the low bits are the number of fraction digits, 0 to 9
	timeSpaced timeForm = 0x40 // a space for the T
	timeBare   timeForm = 0x20 // no Z
	timeDigits timeForm = 0x0f // mask
	timeNew             = timeUTC | 6
)

const (
	timeLayout = "2006-01-02T15:04:05.000000000"
	timeSecond = len("2006-01-02T15:04:05")
	timeOffset = len("+00:00")
	// The longest literal that is looked at; RFC 3339 with 30 fraction digits.
	timeLongest = 56
)

const wantTime = "a time in a string"

// unset is what VoIPBin's server wrote from 2021 to 2026 for a time that is not set.
const unset = "9999-01-01 00:00:00.000000"

// NewTime returns t in RFC 3339, UTC, with exactly six fraction digits, the form that vendors' filters take:
// "2006-01-02T15:04:05.000000Z". What is finer than a microsecond is cut off. The zero time.Time gives the absent Time.
func NewTime(t time.Time) Time {
	if t.IsZero() {
		return Time{}
	}
	return Time{Time: t.UTC().Truncate(time.Microsecond), form: timeNew}
}

// TimeLiteral returns the time written as s, as if it had been read from JSON.
func TimeLiteral(s string) Time { return parseTime([]byte(s)) }

func parseTime(lit []byte) Time {
	t, form := readTime(lit)
	if !t.IsZero() && form != timeLiteral {
		return Time{Time: t, form: form}
	}
	if string(lit) == unset {
		return Time{lit: unset, form: timeLiteral}
	}
	return Time{Time: t, lit: string(lit), form: timeLiteral}
}

// readTime returns the time that lit is, or the zero time, and the form that writes lit again, or timeLiteral.
func readTime(lit []byte) (time.Time, timeForm) {
	var buf [timeLongest + 1]byte
	if len(lit) < timeSecond || len(lit) > timeLongest {
		return time.Time{}, timeLiteral
	}
	b := append(buf[:0], lit...)
	form := timeUTC
	if b[timeSecond-9] == ' ' {
		b[timeSecond-9] = 'T'
		form |= timeSpaced
	}
	if !hasZone(b) {
		b = append(b, 'Z')
		form |= timeBare
	}
	var t time.Time
	if t.UnmarshalText(b) != nil || t.Year() == 9999 {
		return time.Time{}, timeLiteral
	}
	t = t.UTC()
	digits := len(b) - len("Z") - len(timeLayout[:timeSecond])
	if digits > 0 {
		digits-- // the point
	}
	if digits > 9 {
		return t, timeLiteral
	}
	form |= timeForm(digits)
	if !bytes.Equal(form.append(buf[:0], t), lit) {
		return t, timeLiteral
	}
	return t, form
}

func hasZone(b []byte) bool {
	if b[len(b)-1] == 'Z' {
		return true
	}
	i := len(b) - timeOffset
	return i >= timeSecond && (b[i] == '+' || b[i] == '-')
}

func (f timeForm) append(b []byte, t time.Time) []byte {
	layout := timeLayout[:timeSecond]
	if digits := int(f & timeDigits); digits > 0 {
		layout = timeLayout[:timeSecond+1+digits]
	}
	start := len(b)
	b = t.UTC().AppendFormat(b, layout)
	if f&timeSpaced != 0 {
		b[start+timeSecond-9] = ' '
	}
	if f&timeBare == 0 {
		b = append(b, 'Z')
	}
	return b
}

// Known returns the time. ok is false when there is none to go by: absent, null, "", unreadable, or the year 9999 or the
// year 1 that stand for "unset".
func (t Time) Known() (known time.Time, ok bool) { return t.Time, !t.Time.IsZero() }

// Literal returns the time as the vendor wrote it; "" when absent.
func (t Time) Literal() string {
	if t.form == timeLiteral {
		return t.lit
	}
	return string(t.append(nil))
}

func (t Time) append(b []byte) []byte {
	switch {
	case t.form == timeLiteral:
		return append(b, t.lit...)
	case t.IsZero():
		return b
	case t.form == timeAbsent:
		return timeNew.append(b, t.Time)
	}
	return t.form.append(b, t.Time)
}

// IsZero reports whether the time is absent or null. Unlike time.Time's, it is false for a present "" and for a year
// that stands for "unset"; see Known.
func (t Time) IsZero() bool { return t.form == timeAbsent && t.Time.IsZero() }

// String returns the literal.
func (t Time) String() string { return t.Literal() }

// GoString returns the call that makes the value.
func (t Time) GoString() string {
	if t.IsZero() {
		return "wire.Time{}"
	}
	return fmt.Sprintf("wire.TimeLiteral(%q)", t.Literal())
}

// MarshalJSON writes the literal as it was read, and null when absent. A time that Go code set to a year outside 0 to 9999
// is a *ValueError.
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
	b := make([]byte, 0, len(timeLayout)+3)
	return append(t.append(append(b, '"')), '"'), nil
}

func (t Time) check() error {
	if y := t.Time.Year(); t.form != timeLiteral && (y < 0 || y > 9999) {
		return valueError("Time", "a year from 0 to 9999", t.Literal(), "")
	}
	return nil
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
		return valueError("Time", wantTime, data, "")
	}
	*t = parseTime(lit)
	return nil
}

// MarshalText returns the literal. Like the other methods below it stands before time.Time's, which would write another.
func (t Time) MarshalText() ([]byte, error) { return t.AppendText(nil) }

// AppendText appends the literal.
func (t Time) AppendText(b []byte) ([]byte, error) {
	if err := t.check(); err != nil {
		return b, err
	}
	return t.append(b), nil
}

// UnmarshalText reads a literal, as TimeLiteral does. An empty one is present, not absent.
func (t *Time) UnmarshalText(data []byte) error {
	*t = parseTime(data)
	return nil
}

// EncodeValues adds the literal to a query, and nothing when absent.
func (t Time) EncodeValues(key string, v *url.Values) error {
	if err := t.check(); err != nil {
		return err
	}
	if !t.IsZero() {
		addLiteral(v, key, t.Literal())
	}
	return nil
}
