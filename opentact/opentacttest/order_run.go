package opentacttest

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/tnkit/tnkit/numbers/numberstest"
)

// schedule lets the order move on the fake's clock.
func (s *state) schedule(o *order) {
	if s.opts.StepAfter < 0 || s.opts.Immediate {
		return
	}
	for i := range 3 {
		s.fake.After(time.Duration(i+1)*s.opts.StepAfter, func() { s.step(o) })
	}
}

// step moves an order to its next state.
func (s *state) step(o *order) {
	if o.held {
		return
	}
	switch o.state {
	case stateCreated:
		s.setState(o, stateVerify)
	case stateVerify:
		s.setState(o, stateProcessing)
	case stateProcessing:
		s.finish(o)
	}
}

func (s *state) setState(o *order, state string) {
	o.state, o.modified, o.listed = state, s.fake.Now(), nil
	s.version++
}

// over reports whether the order has reached its end.
func (o *order) over() bool { return o.state == stateSuccess || o.state == stateFailed }

// finish buys what can be bought and ends the order. One number bought makes it a success.
func (s *state) finish(o *order) {
	if o.over() {
		return
	}
	end := stateFailed
	for _, it := range o.items {
		switch it.state {
		case stateFailed:
			o.account.balance = o.account.balance.Add(it.paid)
			s.letGo(it.tn)
		case stateProcessing:
			s.buy(o, it)
			end = stateSuccess
		}
	}
	s.setState(o, end)
}

func (s *state) buy(o *order, it *item) {
	it.state = stateSuccess
	s.fake.Buy(numberstest.Purchase{Number: e164(it.tn), OrderID: o.uuid, Listed: true})
	it.lease = s.addLease(&lease{
		tn: it.tn, account: o.account, order: o, autorenew: it.autorenew, features: it.features,
		profile: it.profile, connection: o.connection, app: o.app, hidden: o.hidden,
	})
}

// take asks for a fault that strikes an order: for any of its numbers.
func (s *state) take(kind numberstest.FaultKind, o *order) (numberstest.Fault, bool) {
	for _, it := range o.items {
		if f, ok := s.fake.Take(kind, e164(it.tn)); ok {
			return f, true
		}
	}
	return numberstest.Fault{}, false
}

// strike lets the faults work that change how an order goes.
func (s *state) strike(o *order) {
	if f, ok := s.take(numberstest.PartialOrder, o); ok {
		for i, it := range o.items {
			if namesNumber(f, it.tn) || len(f.Numbers) == 0 && i == 0 {
				it.fail(reasonRejected)
			}
		}
	}
	if _, ok := s.take(numberstest.StuckPending, o); ok {
		o.held = true
	}
}

func namesNumber(f numberstest.Fault, tn int64) bool {
	return slices.ContainsFunc(f.Numbers, func(n string) bool {
		return strings.TrimPrefix(n, "+") == strings.TrimPrefix(e164(tn), "+")
	})
}

// hide keeps an order and its numbers out of sight for a while.
func (s *state) hide(o *order, d time.Duration) {
	o.hidden = s.fake.Now().Add(d)
	for _, it := range o.items {
		if it.lease != nil {
			it.lease.hidden = o.hidden
		}
	}
	s.hidden++
}

// lie answers an order that is placed all the same with an error.
func (c *call) lie(o *order) *refusal {
	if f, ok := c.take(numberstest.MisleadingStatus, o); ok {
		o.held = true
		c.hide(o, f.Delay)
		c.fake.After(f.Delay, func() { c.finish(o) })
		return failure(f)
	}
	return nil
}

func failure(f numberstest.Fault) *refusal {
	status := f.Status
	if status == 0 {
		status = http.StatusInternalServerError
	}
	return refuse(status, http.StatusText(status))
}
