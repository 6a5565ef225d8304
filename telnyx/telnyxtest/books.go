package telnyxtest

import (
	"slices"

	"github.com/shopspring/decimal"

	"github.com/tnkit/tnkit/numbers/numberstest"
)

// SetState sets the state of an order, a sub number order, a number of an order, or an
// owned number. It finds them by id. It also finds a number by the number itself: first a
// pending number of an order, then an owned number.
//
// "success" settles the pending numbers of the order or sub order as bought, whatever
// their requirements are. "failure" settles them as not bought. "pending" keeps them
// pending until one of the two is set. Any other word, also an undocumented one, becomes
// the status of the order, but not of its numbers. "" ends that. The status of an owned
// number can be any word.
func (s *Server) SetState(id, state string) {
	s.fake.Lock()
	defer s.fake.Unlock()
	if o := s.orderID[id]; o != nil {
		s.settleAs(o.lines, state)
		if o.forced = ""; state != o.status() {
			o.forced = state
		}
		return
	}
	if sub := s.subID[id]; sub != nil {
		s.settleAs(sub.lines, state)
		if sub.forced = ""; state != sub.status() {
			sub.forced = state
		}
		return
	}
	l := s.lineID[id]
	if l == nil {
		l = s.pending[id]
	}
	n := s.numberID[id]
	if n == nil {
		n = s.owned[id]
	}
	switch {
	case l != nil && l.status == statusPending && slices.Contains([]string{statusPending, statusSuccess, statusFailure}, state):
		s.settleAs([]*line{l}, state)
	case l == nil && n != nil && state != "":
		n.status = state
	default:
		s.fake.Misuse("SetState: there is nothing with the id %q that can become %q", id, state)
	}
}

// settleAs settles what is pending, or keeps it pending.
func (s *Server) settleAs(lines []*line, state string) {
	for _, l := range lines {
		switch state {
		case statusPending:
			l.stuck = true
		case statusSuccess:
			s.win(l)
		case statusFailure:
			s.lose(l)
		}
	}
}

// Approve approves all requirements of a pending number, with or without values, as
// Telnyx's staff does.
func (s *Server) Approve(number string) {
	s.onLine("Approve", number, func(l *line) {
		for _, r := range l.requirements {
			r.status = requirementApproved
		}
		s.reviewed(l)
	})
}

// Decline declines all requirements of a pending number that have a value, and adds the
// reason as a comment to its sub number order.
func (s *Server) Decline(number, why string) {
	s.onLine("Decline", number, func(l *line) {
		for _, r := range l.requirements {
			if r.value != "" {
				r.status = requirementDeclined
			}
		}
		l.summarize()
		s.comment(why, "admin@telnyx.com", "admin", commentSubOrder, l.sub.id)
	})
}

// onLine does something to a pending number of an order.
func (s *Server) onLine(op, number string, do func(*line)) {
	s.fake.Lock()
	defer s.fake.Unlock()
	if l := s.pending[number]; l != nil {
		do(l)
		return
	}
	s.fake.Misuse("%s: no order has %s pending", op, number)
}

// SetLocked locks an owned number against release, or unlocks it. The API itself can't do
// this.
func (s *Server) SetLocked(number string, locked bool) {
	s.fake.Lock()
	defer s.fake.Unlock()
	if n := s.owned[number]; n != nil {
		n.locked = locked
		return
	}
	s.fake.Misuse("SetLocked: %s is not owned", number)
}

// NameConnection sets the name of a connection, by its id.
func (s *Server) NameConnection(id, name string) {
	s.fake.Lock()
	defer s.fake.Unlock()
	s.connections[id], s.sorted = name, nil
}

// SetMessagingOutage makes Telnyx unable to look up messaging profiles. GET
// /phone_numbers then answers 503, or, with handle_messaging_profile_error=true, 200 with
// a top-level errors.
func (s *Server) SetMessagingOutage(out bool) {
	s.fake.Lock()
	defer s.fake.Unlock()
	s.messagingOut = out
}

// settleLater lets a line succeed when its time has come.
func (s *Server) settleLater(l *line) {
	s.fake.After(s.opts.SettleAfter, func() {
		if l.met() && !l.stuck {
			s.win(l)
		}
	})
}

// win buys the number of a line.
func (s *Server) win(l *line) {
	if l.status != statusPending {
		return
	}
	s.end(l, statusSuccess)
	s.buy(l)
}

// lose ends a line without buying.
func (s *Server) lose(l *line) {
	if l.status == statusPending {
		s.end(l, statusFailure)
	}
}

func (s *Server) end(l *line, status string) {
	now := s.fake.Now()
	l.status, l.order.updated, l.sub.updated = status, now, now
	delete(s.pending, l.number)
}

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

// Books returns the records of what was really bought and released. A number is bought
// when its order succeeds.
func (s *Server) Books() numberstest.Books { return s.fake.Books() }

// Settle executes all later events now: orders settle, numbers become active,
// requirements are approved, and reservations expire. It does not change orders that a
// fault or SetState keeps pending.
func (s *Server) Settle() { s.fake.Settle() }
