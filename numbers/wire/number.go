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

// number has the parts of a decimal literal.
type number struct {
	negative bool
	whole    string // the digits before the point
	frac     string // the digits after the point
	exp      int
}

// splitNumber splits a decimal literal. If strict is true, it must be a JSON number.
// Otherwise a plus sign, leading zeros and a point without digits on one side are also
// allowed.
func splitNumber(s string, strict bool) (n number, ok bool) {
	if len(s) > maxLiteral {
		return n, false
	}
	if s != "" && (s[0] == '-' || s[0] == '+' && !strict) {
		n.negative = s[0] == '-'
		s = s[1:]
	}
	n.whole, s = cutDigits(s)
	point := strings.HasPrefix(s, ".")
	if point {
		n.frac, s = cutDigits(s[1:])
	}
	if n.whole == "" && n.frac == "" {
		return n, false
	}
	if strict && (n.whole == "" || point && n.frac == "" || len(n.whole) > 1 && n.whole[0] == '0') {
		return n, false
	}
	if s != "" {
		if n.exp, ok = exponent(s); !ok {
			return n, false
		}
	}
	return n, true
}

// exponent reads "e10", "E+10" and the like.
func exponent(s string) (int, bool) {
	if s[0] != 'e' && s[0] != 'E' {
		return 0, false
	}
	n, err := strconv.Atoi(s[1:]) // only a sign and digits
	return n, err == nil && -maxExponent <= n && n <= maxExponent
}

func cutDigits(s string) (digits, rest string) {
	i := 0
	for i < len(s) && '0' <= s[i] && s[i] <= '9' {
		i++
	}
	return s[:i], s[i:]
}

// natural returns the value if it is exactly a whole number from 0 to the largest int64.
// 12029822917.0 and 1.2029822917e10 are such numbers, and 1.5 is not.
func (n number) natural() (int64, bool) {
	digits, exp := n.whole, n.exp
	if n.frac != "" {
		digits += n.frac
		exp -= len(n.frac)
	}
	digits = strings.TrimLeft(digits, "0")
	if n.negative || digits == "" {
		return 0, !n.negative
	}
	if exp < 0 {
		point := len(digits) + exp
		if point <= 0 || strings.Trim(digits[point:], "0") != "" {
			return 0, false
		}
		digits = digits[:point]
	} else if exp > 0 {
		digits += strings.Repeat("0", exp)
	}
	v, err := strconv.ParseInt(digits, 10, 64)
	return v, err == nil
}
