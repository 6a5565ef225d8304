package telnyxtest

import (
	"github.com/shopspring/decimal"
)

func balanceRoutes() []route {
	return []route{{"GET", "/balance", "get balance", false, nil, (*call).getBalance}}
}

// balanceJSON is a UserBalance.
type balanceJSON struct {
	Balance         string `json:"balance"`
	CreditLimit     string `json:"credit_limit"`
	AvailableCredit string `json:"available_credit"`
	Pending         string `json:"pending"`
	Currency        string `json:"currency"`
	RecordType      string `json:"record_type"`
}

// getBalance is GET /balance.
func (c *call) getBalance() (any, *problem) {
	show := func(d decimal.Decimal) string { return d.StringFixed(2) }
	return data{balanceJSON{show(c.balance), show(c.credit), show(c.balance.Add(c.credit)), show(decimal.Zero), "USD", "balance"}}, nil
}

// charge takes the upfront and the first monthly cost of a number of the stock. No source tells what an
// order does that the balance does not cover, so the balance only shrinks here, below zero if it must.
func (s *Server) charge(number string) {
	row := s.stockOf[number]
	if row == nil {
		return
	}
	for _, cost := range []string{row.UpfrontCost, row.MonthlyCost} {
		if d, err := decimal.NewFromString(cost); err == nil {
			s.balance = s.balance.Sub(d)
		}
	}
}

// SetBalance sets the balance, in US dollars.
func (s *Server) SetBalance(amount string) { s.setMoney("SetBalance", &s.balance, amount) }

// SetCreditLimit sets the credit limit, in US dollars.
func (s *Server) SetCreditLimit(amount string) { s.setMoney("SetCreditLimit", &s.credit, amount) }

func (s *Server) setMoney(op string, to *decimal.Decimal, amount string) {
	s.fake.Lock()
	defer s.fake.Unlock()
	d, err := decimal.NewFromString(amount)
	if err != nil {
		s.fake.Misuse("%s: %q is not a decimal", op, amount)
		return
	}
	*to = d
}
