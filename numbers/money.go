package numbers

import "github.com/shopspring/decimal"

// Money is an exact amount in a currency.
type Money struct {
	// Amount is in whole units of the currency (dollars, not cents), exact.
	Amount decimal.Decimal `json:"amount"`
	// Currency is the ISO 4217 code ("USD"); "" where the vendor states none.
	Currency string `json:"currency,omitempty"`
}

// String returns the amount and its currency: "1.50 USD", "1.50" where the
// currency is not stated.
func (m Money) String() string {
	text := m.Amount.String()
	if m.Amount.Exponent() < 0 {
		text = m.Amount.StringFixed(-m.Amount.Exponent()) // keeps the vendor's trailing zeros
	}
	if m.Currency == "" {
		return text
	}
	return text + " " + m.Currency
}

// Add returns m + n. ok is false, and the sum meaningless, where the two are
// in different currencies.
func (m Money) Add(n Money) (sum Money, ok bool) {
	if m.Currency != n.Currency {
		return Money{}, false
	}
	return Money{Amount: m.Amount.Add(n.Amount), Currency: m.Currency}, true
}

// Price is what a number or an order costs. A nil part is unknown, which is
// not the same as free; a nil *Price is unknown altogether.
type Price struct {
	// Upfront is charged once, when the number is bought.
	Upfront *Money `json:"upfront,omitempty"`
	// Monthly is charged every month for as long as the number is owned.
	Monthly *Money `json:"monthly,omitempty"`
}

// String shows both parts: "1.00 USD upfront, 0.50 USD monthly"; an unknown
// part is "unknown".
func (p *Price) String() string {
	if p == nil {
		return "unknown"
	}
	return orUnknown(p.Upfront) + " upfront, " + orUnknown(p.Monthly) + " monthly"
}

func orUnknown(m *Money) string {
	if m == nil {
		return "unknown"
	}
	return m.String()
}
