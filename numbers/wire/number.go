package wire

import (
	"strconv"
	"strings"
)

// Bounds of a decimal literal, far above any price and any telephone number. They keep a hostile 1e999999999 from becoming
// a billion digits.
const (
	maxLiteral  = 64
	maxExponent = 64
)

// decimalParts is a decimal literal taken apart: digits are those before and after the point, exp is the power of ten that
// the last of them counts.
type decimalParts struct {
	negative bool
	digits   string
	exp      int
}

// splitDecimal takes a decimal literal apart. With strict it must be a JSON number; otherwise a plus sign, leading zeros
// and a missing digit on one side of the point are fine too.
func splitDecimal(s string, strict bool) (decimalParts, bool) {
	var p decimalParts
	if len(s) > maxLiteral {
		return p, false
	}
	if s != "" && (s[0] == '-' || s[0] == '+' && !strict) {
		p.negative = s[0] == '-'
		s = s[1:]
	}
	whole, s := cutDigits(s)
	var frac string
	point := strings.HasPrefix(s, ".")
	if point {
		frac, s = cutDigits(s[1:])
	}
	switch {
	case whole == "" && frac == "":
		return p, false
	case strict && (whole == "" || point && frac == "" || len(whole) > 1 && whole[0] == '0'):
		return p, false
	}
	if s != "" {
		if s[0] != 'e' && s[0] != 'E' {
			return p, false
		}
		exp, ok := exponent(s[1:])
		if !ok {
			return p, false
		}
		p.exp = exp
	}
	p.digits = whole
	if frac != "" {
		p.digits += frac
		p.exp -= len(frac)
	}
	return p, true
}

func exponent(s string) (int, bool) {
	digits, rest := cutDigits(strings.TrimPrefix(strings.TrimPrefix(s, "-"), "+"))
	if digits == "" || rest != "" {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	return n, err == nil && -maxExponent <= n && n <= maxExponent
}

func cutDigits(s string) (digits, rest string) {
	i := 0
	for i < len(s) && '0' <= s[i] && s[i] <= '9' {
		i++
	}
	return s[:i], s[i:]
}

// natural returns the value when it is exactly a whole number from 0 that an int64 can hold: 12029822917.0 and
// 1.2029822917e10 are, 1.5 is not.
func (p decimalParts) natural() (int64, bool) {
	digits := strings.TrimLeft(p.digits, "0")
	if p.negative {
		return 0, false
	}
	if digits == "" {
		return 0, true
	}
	trimmed := strings.TrimRight(digits, "0")
	exp := p.exp + len(digits) - len(trimmed)
	if exp < 0 || len(trimmed)+exp > 19 {
		return 0, false
	}
	n, err := strconv.ParseInt(trimmed+strings.Repeat("0", exp), 10, 64)
	return n, err == nil
}
