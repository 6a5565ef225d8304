package numbers

import (
	"fmt"
	"strings"
)

// E164 is a telephone number in the international form of ITU-T E.164: "+", a first
// digit from 1 to 9, and 7 to 15 digits in total. [ParseE164] returns only values of
// this form. The type does not enforce it: errors of a vendor's client may contain
// the vendor's own spelling.
type E164 string

const (
	minDigits = 7  // shorter than any number sold; ITU-T sets no minimum
	maxDigits = 15 // ITU-T E.164, section 6.2.1
)

// ParseE164 returns s as an E164. If s is not exactly in that form, the error is
// ErrInvalid: separators, a missing "+" and national forms are refused. Use
// [ParseE164Loose] for what people type.
func ParseE164(s string) (E164, error) {
	if reason := notE164(s); reason != "" {
		return "", &Error{Op: "ParseE164", Kind: ErrInvalid, Field: "Number", Message: quote(s) + " is not an E.164 number: " + reason}
	}
	return E164(s), nil
}

// ParseE164Loose removes the separators that people write into numbers (spaces, hyphens,
// dots, slashes and parentheses), and returns what [ParseE164] returns. The "+" and the
// country code must be present, because nothing is added. A zero in parentheses is
// ErrInvalid: "+44 (0)20" has a national prefix, which is not dialed after the country
// code.
func ParseE164Loose(s string) (E164, error) {
	bare := strings.Map(func(r rune) rune {
		switch r {
		case ' ', '-', '.', '/', '(', ')', '\t', '\u00a0', '\u2010', '\u2011', '\u2012', '\u2013', '\u202f':
			return -1
		}
		return r
	}, s)
	if hasTrunkPrefix(s) {
		return "", &Error{Op: "ParseE164Loose", Kind: ErrInvalid, Field: "Number", Message: quote(s) + " has a national prefix in parentheses; leave it out"}
	}
	return ParseE164(bare)
}

// hasTrunkPrefix reports whether s has a pair of parentheses whose digits are all zeros.
func hasTrunkPrefix(s string) bool {
	for _, after := range strings.Split(s, "(")[1:] {
		inside, _, closed := strings.Cut(after, ")")
		digits := strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' {
				return r
			}
			return -1
		}, inside)
		if closed && digits != "" && strings.Trim(digits, "0") == "" {
			return true
		}
	}
	return false
}

// Valid reports whether n is exactly an E.164 number.
func (n E164) Valid() bool { return notE164(string(n)) == "" }

// Digits returns the number without its leading "+".
func (n E164) Digits() string { return strings.TrimPrefix(string(n), "+") }

// String returns the number unchanged.
func (n E164) String() string { return string(n) }

func notE164(s string) string {
	switch {
	case s == "":
		return "it is empty"
	case s[0] != '+':
		return `it does not begin with "+"`
	}
	digits := s[1:]
	for i := range len(digits) {
		if digits[i] < '0' || digits[i] > '9' {
			return "it has a character that is not a digit"
		}
	}
	switch {
	case len(digits) < minDigits:
		return "it has fewer than 7 digits"
	case len(digits) > maxDigits:
		return "it has more than 15 digits"
	case digits[0] == '0':
		return "no country code begins with 0"
	}
	return ""
}

// quote returns s for an error message, shortened.
func quote(s string) string {
	const most = 32
	if len(s) > most {
		s = s[:most] + "…"
	}
	return fmt.Sprintf("%q", s)
}
