package numberstest

import (
	"errors"
	"slices"
	"time"

	"github.com/tnkit/tnkit/numbers"
)

func referenceChecks() []check {
	return []check{
		{name: "references are kept exactly", run: verbatim},
		{name: "long references are kept whole or refused", run: longReferences},
		{name: "a reference is kept beside an assignment", run: assignedReference},
		{name: "two references never get one order", run: ordersApart},
		{name: "a refusal names numbers that are gone", run: namesGone},
		{name: "old orders are found", run: oldOrders},
		{name: "recent orders include those that clocks can make older", run: recentOrders},
	}
}

// assignedReference orders with each field that an order can set, and with all. The
// last answer is lost, so that the order is found by its reference alone.
func assignedReference(p *probe) {
	if p.caps.FoundBy != numbers.ByReference {
		return // the vendor keeps none
	}
	var list []numbers.Assignment
	var all numbers.Assignment
	for bit := numbers.AssignConnection; bit <= numbers.AssignMessageFlow; bit <<= 1 {
		if p.caps.Assigns&bit != 0 {
			list = append(list, p.assignment(bit))
			all = merged(all, p.assignment(bit))
		}
	}
	if len(list) > 1 {
		list = append(list, all)
	}
	for i, a := range list {
		r := p.request(i)
		r.Assign = &a
		p.Inject(Fault{Kind: LostReply})
		_, err := p.Orderer.Place(p.Context(), r)
		time.Sleep(p.caps.ListingDelay + p.SettleWithin)
		if p.bought(r.Numbers[0]) == 0 {
			continue // the vendor does not know an id that is made up
		}
		if got := p.orders(numbers.OrderQuery{Reference: r.Reference}); len(got) != 1 {
			p.Errorf("an order with the assignment %+v was placed (%v), and Orders by its reference yields %d", a, err, len(got))
		}
	}
}

// ordersApart orders one number under two references, one after the other. If the
// vendor sells it twice, these are two orders. If it does not, the second is refused.
func ordersApart(p *probe) {
	one := p.settled(0)
	ctx, cancel := p.enough()
	defer cancel()
	two, err := p.Orderer.Place(ctx, p.request(0))
	if two != nil {
		two = p.wait(two)
	}
	switch {
	case two != nil && two.ID == one.ID:
		p.Errorf("two references were ordered, and both got order %s: one customer would have the other's number", one.ID)
	case two != nil && two.State == numbers.StateComplete && p.bought(p.Number(0)) < 2:
		p.Errorf("one number was sold once, and two references got the orders %s and %s", one.ID, two.ID)
	case two == nil && err == nil:
		p.Error("Place returned neither an order nor an error")
	}
}

// namesGone orders numbers of which one is gone. A vendor that does not name it lets
// the error have all of them.
func namesGone(p *probe) {
	if p.several() == 1 {
		return // which one it is needs no words
	}
	p.settled(1)
	for _, list := range [][]numbers.E164{p.numbers(0, 2), p.numbers(1, 2)} {
		ctx, cancel := p.enough()
		defer cancel()
		_, err := p.Orderer.Place(ctx, numbers.OrderRequest{Numbers: list, Reference: numbers.NewReference()})
		e, ok := errors.AsType[*numbers.Error](err)
		if !ok || errors.Is(err, numbers.ErrOutcomeUnknown) {
			continue // the vendor sells it twice, or says nothing
		}
		if len(e.Numbers) == 0 || len(e.Numbers) < len(list) && !slices.Equal(e.Numbers, p.numbers(1, 1)) {
			p.Errorf("%v were ordered, %s is gone, and the error names %v", list, p.Number(1), e.Numbers)
		}
	}
}

// oldOrders looks for an order of a month ago behind pages of later ones.
func oldOrders(p *probe) {
	const month = 31 * 24 * time.Hour
	r, started := p.request(p.absent()), time.Now()
	ctx, cancel := p.enough()
	defer cancel()
	o, err := p.Orderer.Place(ctx, r)
	if err != nil || o == nil {
		p.Fatalf("Place: order %v, error %v", o, err)
	}
	a := numbers.Attempt{Vendor: p.caps.Vendor, Reference: r.Reference, Numbers: r.Numbers, Started: started, Ended: time.Now()}
	p.wait(o)
	time.Sleep(month)
	p.fill(p.many())
	queries := []numbers.OrderQuery{{}, {Numbers: r.Numbers}, {Numbers: append(p.numbers(0, 1), r.Numbers...)}, {Recent: started}}
	if p.caps.FoundBy == numbers.ByReference {
		queries = append(queries, numbers.OrderQuery{Reference: r.Reference})
	}
	for _, q := range queries {
		if !slices.ContainsFunc(p.orders(q), func(found *numbers.Order) bool { return found.ID == o.ID }) {
			p.Errorf("an order of a month ago, behind %d later ones, is missing from Orders %+v", p.many(), q)
		}
	}
	if read, err := p.Orderer.Order(p.Context(), o.ID); err != nil || read == nil || read.ID != o.ID {
		p.Errorf("an order of a month ago is read as %+v, error %v", read, err)
	}
	if resolutions, errs := p.resolve(p.Context(), a); errs[0] != nil || resolutions[0].Outcome != numbers.Placed {
		p.Errorf("an order of a month ago: ResolveAll says %q, error %v", resolutions[0].Outcome, errs[0])
	}
}

// recentOrders asks for what is younger than a time by which an order was there
// already: by the vendor's clock it may be younger.
func recentOrders(p *probe) {
	o := p.settled(0)
	time.Sleep(numbers.ClockSlack * 2)
	recent := time.Now().Add(-numbers.ClockSlack * 11 / 10) // that is, 9 minutes after the order
	for _, q := range []numbers.OrderQuery{{Recent: recent}, {Recent: recent, Numbers: p.numbers(0, 1)}} {
		if !slices.ContainsFunc(p.orders(q), func(found *numbers.Order) bool { return found.ID == o.ID }) {
			p.Errorf("an order that was created 9 minutes before OrderQuery.Recent is missing from Orders %+v", q)
		}
	}
}
