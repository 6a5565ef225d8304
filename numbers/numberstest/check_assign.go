package numberstest

import (
	"errors"

	"github.com/tnkit/tnkit/numbers"
)

func assignChecks() []check {
	return []check{
		{name: "assignments are honored or refused", run: assignFields},
		{name: "an assignment leaves the rest alone", run: assignPairs},
	}
}

// madeUp is an id that no vendor has given.
const madeUp = "11111111-2222-4333-8444-555555555555"

// assignment sets one field of a set.
func (p *probe) assignment(set numbers.AssignField) numbers.Assignment {
	id := func(given string) string { return orElse(given, madeUp) }
	switch {
	case set&numbers.AssignConnection != 0:
		return numbers.Assignment{Connection: id(p.Assign.Connection)}
	case set&numbers.AssignApplication != 0:
		return numbers.Assignment{Application: id(p.Assign.Application)}
	case set&numbers.AssignMessagingProfile != 0:
		return numbers.Assignment{MessagingProfile: id(p.Assign.MessagingProfile)}
	case set&numbers.AssignBillingGroup != 0:
		return numbers.Assignment{BillingGroup: id(p.Assign.BillingGroup)}
	case set&numbers.AssignCallFlow != 0:
		return numbers.Assignment{CallFlow: id(p.Assign.CallFlow)}
	}
	return numbers.Assignment{MessageFlow: id(p.Assign.MessageFlow)}
}

func invented(a numbers.Assignment) bool {
	return a.Connection+a.Application+a.MessagingProfile+a.BillingGroup+a.CallFlow+a.MessageFlow == madeUp
}

// assigned reports whether a number is connected as a asks. Of an id that is
// made up it is enough that there is one.
func assigned(n *numbers.Number, a numbers.Assignment) bool {
	if n == nil || n.Assignment.Fields()&a.Fields() == 0 {
		return false
	}
	return invented(a) || merged(n.Assignment, a) == n.Assignment
}

// noSuchID reports whether the vendor was asked, and does not know an id that
// is made up.
func noSuchID(err error, a numbers.Assignment, sent int) bool {
	return invented(a) && sent > 0 && (errors.Is(err, numbers.ErrNotFound) || errors.Is(err, numbers.ErrInvalid) || errors.Is(err, numbers.ErrConflict))
}

func assignFields(p *probe) {
	for bit := numbers.AssignConnection; bit <= numbers.AssignMessageFlow; bit <<= 1 {
		p.fresh()
		a := p.assignment(bit)
		p.assignInOrder(bit, a)
		p.assignAfterwards(bit, a)
	}
}

func (p *probe) assignInOrder(bit numbers.AssignField, a numbers.Assignment) {
	r := p.request(0)
	r.Assign = &a
	if p.caps.Assigns&bit == 0 {
		p.unsupported("Place with "+bit.String(), func() error {
			_, err := p.Orderer.Place(p.Context(), r)
			return err
		})
		return
	}
	var o *numbers.Order
	var err error
	given := a
	sent := p.requests(func() { o, err = p.Orderer.Place(p.Context(), r) })
	if a != given {
		p.Errorf("Place changed the caller's assignment from %+v to %+v", given, a)
	}
	switch {
	case noSuchID(err, a, sent):
		return
	case err != nil || o == nil:
		p.Errorf("Place with %s, which an order can set: order %v, error %v", bit, o, err)
		return
	}
	p.wait(o)
	if !p.caps.Can.Has(numbers.CanListOwned) || p.Hidden&bit != 0 {
		return // nothing shows what the number is connected to
	}
	if n := p.find(r.Numbers[0]); !assigned(n, a) {
		p.Errorf("the number was ordered with %s, and is connected to %+v", bit, n.Assignment)
	}
}

func (p *probe) assignAfterwards(bit numbers.AssignField, a numbers.Assignment) {
	if p.caps.AssignsOwned&bit == 0 {
		own := &numbers.Number{Vendor: p.caps.Vendor, ID: "an-id", E164: p.Number(1)}
		p.unsupported("Assign "+bit.String(), func() error {
			_, err := p.assign(p.Context(), own, a)
			return err
		})
		return
	}
	p.settled(1)
	own := p.find(p.Number(1))
	var n *numbers.Number
	var err error
	given := *own
	sent := p.requests(func() { n, err = p.assign(p.Context(), own, a) })
	if own.Assignment != given.Assignment || own.State != given.State {
		p.Errorf("Assign changed the caller's number from %+v to %+v", given, *own)
	}
	switch {
	case noSuchID(err, a, sent):
		return
	case err != nil || n == nil:
		p.Errorf("Assign %s, which can be assigned: %+v, error %v", bit, n, err)
		return
	case p.Hidden&bit != 0:
		return // nothing shows what the number is connected to
	}
	if !assigned(n, a) || !assigned(p.find(p.Number(1)), a) {
		p.Errorf("Assign %s returned %+v, and the number is read as %+v", bit, n, p.find(p.Number(1)).Assignment)
	}
}

// assignPairs sets two fields, one after the other and both at once.
func assignPairs(p *probe) {
	if !p.caps.Can.Has(numbers.CanListOwned | numbers.CanAssign) {
		return
	}
	for one := numbers.AssignConnection; one <= numbers.AssignMessageFlow; one <<= 1 {
		for two := numbers.AssignConnection; two <= numbers.AssignMessageFlow; two <<= 1 {
			if one == two || p.caps.AssignsOwned&one == 0 || p.caps.AssignsOwned&two == 0 {
				continue
			}
			a, b := p.assignment(one), p.assignment(two)
			p.assignsBoth(one.String()+", then "+two.String(), []numbers.Assignment{a, b})
			if one < two {
				p.assignsBoth(one.String()+" and "+two.String()+" at once", []numbers.Assignment{merged(a, b)})
			}
		}
	}
}

func (p *probe) assignsBoth(what string, steps []numbers.Assignment) {
	own := p.anew()
	var want numbers.Assignment
	for _, a := range steps {
		want = merged(want, a)
		n, err := p.assign(p.Context(), own, a)
		switch {
		case errors.Is(err, numbers.ErrNotFound), errors.Is(err, numbers.ErrInvalid), errors.Is(err, numbers.ErrConflict):
			return // the vendor does not know an id that is made up, or wants one field at a time
		case err != nil || n == nil:
			p.Errorf("Assign %s: %+v, error %v", what, n, err)
			return
		}
		own = p.find(own.E164)
		if n.Assignment.Fields()&^p.Hidden != own.Assignment.Fields()&^p.Hidden {
			p.Errorf("Assign %s returned %+v, and the number is read as %+v", what, n.Assignment, own.Assignment)
		}
	}
	if missing := want.Fields() &^ own.Assignment.Fields() &^ p.Hidden; missing != 0 {
		p.Errorf("Assign %s: the number is connected to %+v, and lacks %s", what, own.Assignment, missing)
	}
}
