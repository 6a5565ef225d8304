package numbers

import "github.com/shopspring/decimal"

// Money is an exact amount in a currency.
type Money struct {
	// Amount is the exact amount in whole units of the currency (dollars, not cents).
	Amount decimal.Decimal `json:"amount"`
	// Currency is the ISO 4217 code ("USD"); "" if the vendor does not state it.
	Currency string `json:"currency,omitempty"`
}

// String returns the amount and the currency: "1.50 USD", or "1.50" without a
// currency.
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

// Add returns m + n. If the currencies differ, ok is false and sum is the zero value.
func (m Money) Add(n Money) (sum Money, ok bool) {
	if m.Currency != n.Currency {
		return Money{}, false
	}
	return Money{Amount: m.Amount.Add(n.Amount), Currency: m.Currency}, true
}

// Price is what a number or an order costs. A nil part is unknown, not free. A nil
// *Price is unknown as a whole.
type Price struct {
	// Upfront is charged once, when the number is bought.
	Upfront *Money `json:"upfront,omitempty"`
	// Monthly is charged every month for as long as the number is owned.
	Monthly *Money `json:"monthly,omitempty"`
}

// String returns both parts: "1.00 USD upfront, 0.50 USD monthly". An unknown part is
// "unknown".
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
