package wire

import (
	"net/url"
	"strconv"

	"github.com/shopspring/decimal"
)

// Amount is an amount of money, or a rate, as the vendor wrote it: a JSON number or a
// string, with the vendor's digits and trailing zeros. It has no currency.
//
// The zero value is absent. A present "" is kept and written again. It has no
// Decimal, like an absent amount, so that an unknown price never becomes a price of
// 0. Two amounts are == if their literals are the same. Compare their Decimals to
// compare the money.
//
// A literal has at most 64 characters and an exponent from -64 to 64.
type Amount struct {
	lit   string
	style style
}

const wantAmount = "a decimal number, quoted or not"

// NewAmount returns d as a JSON string, as most vendors write amounts. It has the
// same decimal places as d: decimal.RequireFromString("1.50") gives "1.50".
func NewAmount(d decimal.Decimal) Amount {
	exp := d.Exponent()
	if exp < -maxExponent || exp > maxExponent {
		// Written out, 1e999999999 would not fit in memory.
		return Amount{lit: d.Coefficient().String() + "e" + strconv.Itoa(int(exp)), style: quoted}
	}
	return Amount{lit: d.StringFixed(max(0, -exp)), style: quoted}
}

// AmountLiteral returns the amount written as lit, as a JSON string or as a bare number. An empty lit must be quoted. The
// error is a *ValueError.
func AmountLiteral(lit string, asString bool) (Amount, error) {
	if asString && lit == "" {
		return Amount{style: quoted}, nil
	}
	if _, ok := splitNumber(lit, !asString); !ok {
		return Amount{}, valueError("Amount", wantAmount, lit)
	}
	if asString {
		return Amount{lit: lit, style: quoted}, nil
	}
	return Amount{lit: lit, style: bare}, nil
}

// Decimal returns the amount. ok is false if the amount is absent, null or "".
func (a Amount) Decimal() (d decimal.Decimal, ok bool) {
	if a.lit == "" {
		return decimal.Decimal{}, false
	}
	d, err := decimal.NewFromString(a.lit)
	return d, err == nil
}

// Literal returns the amount as the vendor wrote it, without the quotes; "" when absent.
func (a Amount) Literal() string { return a.lit }

// String returns the literal.
func (a Amount) String() string { return a.lit }

// Quoted reports whether the amount is a JSON string.
func (a Amount) Quoted() bool { return a.style == quoted }

// IsZero reports whether the amount is absent or null. An amount of 0 is not.
func (a Amount) IsZero() bool { return a.style == absent }

// MarshalJSON writes the literal as it was read, and null when absent.
func (a Amount) MarshalJSON() ([]byte, error) { return marshalLiteral(a.lit, a.style) }

// UnmarshalJSON reads a number, a string with a decimal number, "" or null. Anything else is a *ValueError.
func (a *Amount) UnmarshalJSON(data []byte) error {
	if isNull(data) {
		*a = Amount{}
		return nil
	}
	lit, asString := data, isQuoted(data)
	if asString {
		var err error
		if lit, err = unquote(data); err != nil {
			return valueError("Amount", wantAmount, data)
		}
	}
	v, err := AmountLiteral(string(lit), asString)
	if err != nil {
		return err
	}
	*a = v
	return nil
}

// EncodeValues adds the literal to a query, and nothing when absent.
func (a Amount) EncodeValues(key string, v *url.Values) error {
	if !a.IsZero() {
		addLiteral(v, key, a.lit)
	}
	return nil
}
