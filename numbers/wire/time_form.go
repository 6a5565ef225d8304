package wire

import (
	"bytes"
	"math"
	"sync"
	"time"
	"unique"
)

// timeForm is how a time is written. From most forms the vendor's literal can be built
// again from the time, so that a page of rows keeps no copies of its times. For the other
// forms the literal is kept.
type timeForm uint8

const (
	timeAbsent  timeForm = 0 // a time without a form, as in Time{Time: t}, is written like NewTime(t)
	timeLiteral timeForm = 1 // written as the kept literal
	timeNull    timeForm = 2 // written as null

	timeUTC    timeForm = 0x80 // written from the time, in UTC; the low bits are the count of fraction digits, 0 to 9
	timeSpaced timeForm = 0x40 // with a space instead of the T
	timeBare   timeForm = 0x20 // without a zone
	timePlus   timeForm = 0x10 // with +00:00 instead of the Z
	timeDigits timeForm = 0x0f // mask
	timeNew             = timeUTC | 6
)

// timeText is how a Time is written. All Times with the same form, or with the same
// literal, share one: that saves a third of a Time, of which a row has several.
type timeText struct {
	form timeForm
	lit  string // if form is timeLiteral
}

func literalText(lit string) unique.Handle[timeText] {
	return unique.Make(timeText{timeLiteral, lit})
}

// text returns the text of a form that has no literal.
func (f timeForm) text() unique.Handle[timeText] { return formTexts()[f] }

//nolint:gochecknoglobals // constant
var formTexts = sync.OnceValue(func() *[math.MaxUint8 + 1]unique.Handle[timeText] {
	var all [math.MaxUint8 + 1]unique.Handle[timeText]
	for f := range all {
		all[f] = unique.Make(timeText{form: timeForm(f)})
	}
	return &all
})

const (
	timeT       = len("2006-01-02")
	timeSeconds = len("2006-01-02T15:04:05")
	timePlus0   = "+00:00"
	maxTime     = 56 // the longest literal that is parsed; it has more than 30 fraction digits
)

// readTime returns the time of lit, or the zero time if lit is not a time, and the form
// that writes lit again.
func readTime(lit []byte) (time.Time, timeForm) {
	if len(lit) < timeSeconds || len(lit) > maxTime {
		return time.Time{}, timeLiteral
	}
	if t, form, ok := readCommon(lit); ok {
		return t, form
	}
	return readAny(lit)
}

// readAny reads a time in any form. lit has as many bytes as a time can have.
func readAny(lit []byte) (time.Time, timeForm) {
	// The standard library parses RFC 3339 strictly and quickly, so a copy of lit is
	// changed into that form.
	var buf, again [maxTime + 1]byte
	b := append(buf[:0], lit...)
	form := timeUTC
	if b[timeT] == ' ' {
		b[timeT] = 'T'
		form |= timeSpaced
	}
	digits := len(b) - timeSeconds - len(".")
	switch zone := b[timeSeconds:]; {
	case bytes.HasSuffix(zone, []byte("Z")):
		digits -= len("Z")
	case bytes.HasSuffix(zone, []byte(timePlus0)):
		digits -= len(timePlus0)
		form |= timePlus
	case !hasOffset(zone):
		b = append(b, 'Z')
		form |= timeBare
	}
	var t time.Time
	if t.UnmarshalText(b) != nil {
		return time.Time{}, timeLiteral
	}
	if t = t.UTC(); !isSet(t) {
		return time.Time{}, timeLiteral
	}
	if digits > 9 {
		return t, timeLiteral
	}
	form |= timeForm(max(digits, 0))
	if !bytes.Equal(form.append(again[:0], t), lit) {
		return t, timeLiteral
	}
	return t, form
}

// readCommon reads the form that most vendors write, 2006-01-02T15:04:05.999999Z with up
// to nine fraction digits. It takes a third of the time of the standard library. ok is
// false for every other text, which readTime then parses.
func readCommon(lit []byte) (t time.Time, form timeForm, ok bool) {
	last := len(lit) - 1
	if lit[last] != 'Z' || lit[4] != '-' || lit[7] != '-' || lit[timeT] != 'T' || lit[13] != ':' || lit[16] != ':' {
		return t, 0, false
	}
	digits := max(0, last-timeSeconds-1)
	if last > timeSeconds && (lit[timeSeconds] != '.' || digits == 0 || digits > 9) {
		return t, 0, false
	}
	year, month, day := natural(lit[:4]), natural(lit[5:7]), natural(lit[8:timeT])
	hour, minute, second := natural(lit[11:13]), natural(lit[14:16]), natural(lit[17:timeSeconds])
	nanosecond := 0
	if digits > 0 {
		nanosecond = natural(lit[timeSeconds+1 : last])
	}
	if min(year-1, month, day, hour+1, minute+1, second+1, nanosecond+1) < 1 || month > 12 || hour > 23 || minute > 59 || second > 59 {
		return t, 0, false
	}
	for range 9 - digits {
		nanosecond *= 10
	}
	t = time.Date(year, time.Month(month), day, hour, minute, second, nanosecond, time.UTC)
	return t, timeUTC | timeForm(digits), t.Day() == day && isSet(t)
}

// natural returns the number that digits represent; -1 if there are other characters.
func natural(digits []byte) int {
	n := 0
	for _, c := range digits {
		if c < '0' || c > '9' {
			return -1
		}
		n = 10*n + int(c-'0')
	}
	return n
}

// isSet reports whether the year of t is neither 9999 nor 1. Servers write these years
// for "unset", and Go's zero time is in the year 1.
func isSet(t time.Time) bool {
	y := t.Year()
	return 1 < y && y < 9999
}

// hasOffset reports whether zone, the text after the seconds, ends with an offset like
// +02:00.
func hasOffset(zone []byte) bool {
	i := len(zone) - len(timePlus0)
	return i >= 0 && (zone[i] == '+' || zone[i] == '-')
}

// append writes t in the form f.
func (f timeForm) append(b []byte, t time.Time) []byte {
	t = t.UTC()
	b = t.AppendFormat(b, time.RFC3339)
	b = b[:len(b)-len("Z")]
	if f&timeSpaced != 0 {
		b[len(b)-timeSeconds+timeT] = ' '
	}
	b = appendFraction(b, t.Nanosecond(), int(f&timeDigits))
	switch {
	case f&timeBare != 0:
		return b
	case f&timePlus != 0:
		return append(b, timePlus0...)
	}
	return append(b, 'Z')
}

func appendFraction(b []byte, nanoseconds, digits int) []byte {
	if digits == 0 {
		return b
	}
	n := nanoseconds
	for range 9 - digits {
		n /= 10
	}
	b = append(b, ".000000000"[:1+digits]...)
	for i := len(b) - 1; n > 0; i-- {
		b[i] = byte('0' + n%10)
		n /= 10
	}
	return b
}
