package numberstest

import (
	"slices"
	"time"

	"github.com/tnkit/tnkit/numbers"
)

func agreeChecks() []check {
	return []check{
		{name: "an order agrees with its numbers", run: agreement},
		{name: "times are the vendor's", run: vendorTimes},
	}
}

// states are those that an order can have; items those of one number of it.
func orderStates() []numbers.State {
	return append(itemStates(), numbers.StatePartial)
}

func itemStates() []numbers.State {
	return []numbers.State{
		numbers.StatePending, numbers.StateActionRequired, numbers.StateComplete, numbers.StateFailed, numbers.StateCanceled,
	}
}

// agreement looks at orders of all kinds that the vendor has.
func agreement(p *probe) {
	look := func(what string, r numbers.OrderRequest, faults ...Fault) {
		p.fresh()
		for _, f := range faults {
			if !p.takes(f.Kind) {
				return // the vendor has no such orders
			}
			p.Inject(f)
		}
		ctx, cancel := p.enough()
		defer cancel()
		o, err := p.Orderer.Place(ctx, r)
		if err != nil || o == nil {
			p.Fatalf("Place of %s: order %v, error %v", what, o, err)
		}
		p.agrees(what+", as it is placed", o)
		time.Sleep(p.caps.ListingDelay + p.SettleWithin)
		read, err := p.Orderer.Order(p.Context(), o.ID)
		if err != nil || read == nil {
			p.Fatalf("Order of %s: %v, error %v", what, read, err)
		}
		p.agrees(what+", as it is read", read)
		for _, listed := range p.orders(numbers.OrderQuery{}) {
			p.agrees(what+", as it is listed", listed)
		}
	}
	one, several := p.request(0), numbers.OrderRequest{Numbers: p.numbers(0, p.several()), Reference: numbers.NewReference()}
	look("an order of one number", one)
	look("an order of several numbers", several)
	look("an order that never settles", one, Fault{Kind: StuckPending})
	if p.several() > 1 {
		look("a partial order", several, Fault{Kind: PartialOrder})
	}
}

// agrees holds an order to what each of its numbers says.
func (p *probe) agrees(what string, o *numbers.Order) {
	p.Helper()
	if !slices.Contains(orderStates(), o.State) {
		p.Errorf("%s, is %q: no state that a vendor's order has; a word never seen before is pending", what, o.State)
	}
	for _, item := range o.Items {
		switch {
		case !slices.Contains(itemStates(), item.State):
			p.Errorf("%s: %s is %q: no state that a number of an order has", what, item.E164, item.State)
		case o.State == numbers.StateComplete && item.State != numbers.StateComplete,
			o.State == numbers.StateFailed && item.State == numbers.StateComplete,
			o.State == numbers.StateCanceled && item.State == numbers.StateComplete:
			p.Errorf("%s, is %s, and %s is %s", what, o.State, item.E164, item.State)
		}
		if item.VendorNumber == "" {
			p.Errorf("%s: %s lacks the vendor's own spelling, VendorNumber", what, item.E164)
		}
	}
}

// vendorTimes reads an order and a number at two times: what the vendor dates
// does not move with our clock.
func vendorTimes(p *probe) {
	placed := p.settled(0)
	var owned []time.Time
	own := func() time.Time {
		if !p.caps.Can.Has(numbers.CanListOwned) {
			return time.Time{}
		}
		return p.find(p.Number(0)).Created
	}
	orders := []time.Time{placed.Created}
	for range 2 {
		read, err := p.Orderer.Order(p.Context(), placed.ID)
		if err != nil || read == nil {
			p.Fatalf("Order %s: %v, error %v", placed.ID, read, err)
		}
		orders, owned = append(orders, read.Created), append(owned, own())
		for _, o := range p.orders(numbers.OrderQuery{}) {
			orders = append(orders, o.Created)
		}
		time.Sleep(time.Hour)
	}
	p.oneTime("the order", orders)
	p.oneTime("the number", owned)
}

// oneTime demands one time, where any is stated.
func (p *probe) oneTime(what string, list []time.Time) {
	p.Helper()
	list = slices.DeleteFunc(list, time.Time.IsZero)
	for _, t := range list {
		if d := t.Sub(list[0]).Abs(); d > time.Minute {
			p.Errorf("%s was created at %s, and read again at %s; where the vendor states no time, it is zero", what, list[0], t)
			return
		}
		if t.Unix() == 0 {
			p.Errorf("%s was created at %s: a time that is not known is zero", what, t)
			return
		}
	}
}
