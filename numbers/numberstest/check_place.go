package numberstest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/tnkit/tnkit/numbers"
)

func placeChecks() []check {
	return []check{
		{name: "place is one buy and returns the order", run: placeOnce},
		{name: "place refuses bad input before sending", run: badInput},
		{name: "calls honor their context", run: canceledCalls},
		{name: "an order takes as many numbers as is declared", run: mostNumbers},
		{name: "an order is read back", run: readBack},
		{name: "an unknown order is not found", run: unknownOrder},
		{name: "templates are not changed", run: templates},
		{name: "orders carry the vendor's own", run: native},
		{name: "concurrent orders keep apart", run: concurrent},
		{name: "secrets stay secret", run: secrets},
	}
}

func placeOnce(p *probe) {
	r := p.request(0)
	var o *numbers.Order
	var err error
	if n := p.buys(func() { o, err = p.Orderer.Place(p.Context(), r) }); n != 1 {
		p.Errorf("Place sent %d requests that could buy, not 1", n)
	}
	if err != nil || o == nil {
		p.Fatalf("Place: order %v, error %v", o, err)
	}
	if o.ID == "" || o.State == "" {
		p.Errorf("Place returned an order without an id or a state: %+v", o)
	}
	if p.caps.FoundBy == numbers.ByReference && o.Reference != r.Reference {
		p.Errorf("the order's reference is %q, not %q", o.Reference, r.Reference)
	}
	if o.Count != 1 || len(o.Items) > 1 || len(o.Items) == 1 && o.Items[0].E164 != r.Numbers[0] {
		p.Errorf("the order has %d numbers (%+v), not the one that was ordered", o.Count, o.Items)
	}
	placed := o
	o = p.wait(o)
	if o.State != numbers.StateComplete && !o.Final {
		p.Errorf("the order settled as %s", o.State)
	}
	time.Sleep(p.caps.ListingDelay + p.SettleWithin)
	if o, err = p.Orderer.Order(p.Context(), placed.ID); err != nil || o == nil {
		p.Fatalf("Order %s: %v, error %v", placed.ID, o, err)
	}
	if placed.Settled() && placed.State != numbers.StateActionRequired && o.State != placed.State {
		p.Errorf("Place returned the order as %s for good, and it came to be %s", placed.State, o.State)
	}
	if o, err := p.Orderer.Place(p.Context(), numbers.OrderRequest{Numbers: p.numbers(1, 1)}); err != nil || o == nil {
		p.Errorf("Place without a reference: order %v, error %v", o, err)
	}
	if n := p.bought(r.Numbers[0]); n != 1 {
		p.Errorf("the number is %d times in the books", n)
	}
	p.placeSeveral()
}

func badInput(p *probe) {
	n := p.numbers(0, 2)
	type foreign struct{ Numbers []string }
	cases := map[string]numbers.OrderRequest{
		"no numbers":        {},
		"no E.164":          {Numbers: []numbers.E164{"12025550100"}},
		"letters":           {Numbers: []numbers.E164{"+1202555CALL"}},
		"an empty number":   {Numbers: []numbers.E164{""}},
		"a doubled number":  {Numbers: []numbers.E164{n[0], n[0]}},
		"a foreign Native":  {Numbers: n[:1], Native: &foreign{}},
		"a Native by value": {Numbers: n[:1], Native: foreign{}},
	}
	if most := p.caps.MaxNumbers; most > 0 && most < 500 {
		cases["more than MaxNumbers"] = numbers.OrderRequest{Numbers: p.numbers(0, most+1)}
	}
	for name, r := range cases {
		p.invalid("Place with "+name, func() error {
			_, err := p.Orderer.Place(p.Context(), r)
			return err
		})
	}
	for _, id := range []string{"", ".", ".."} {
		p.invalid(fmt.Sprintf("Order %q", id), func() error {
			_, err := p.Orderer.Order(p.Context(), id)
			return err
		})
	}
}

func canceledCalls(p *probe) {
	o := p.settled(0)
	own := &numbers.Number{}
	if p.caps.Can.Has(numbers.CanListOwned) {
		own = p.find(p.Number(0))
	}
	live, cancel := context.WithCancel(p.Context())
	cancel()
	calls := map[string]func() error{
		"Place": func() error { _, err := p.Orderer.Place(live, p.request(1)); return err },
		"Order": func() error { _, err := p.Orderer.Order(live, o.ID); return err },
	}
	if p.caps.Can.Has(numbers.CanQuote) {
		calls["Quote"] = func() error { _, err := p.quote(live, p.request(1)); return err }
	}
	if p.caps.Can.Has(numbers.CanListOwned | numbers.CanRelease) {
		calls["Release"] = func() error { return p.release(live, own) }
	}
	if p.caps.Can.Has(numbers.CanListOwned | numbers.CanAssign) {
		calls["Assign"] = func() error {
			_, err := p.assign(live, own, p.assignment(p.caps.AssignsOwned))
			return err
		}
	}
	for name, call := range calls {
		p.silently(name+" with a canceled context", func() {
			if err := call(); !errors.Is(err, context.Canceled) || errors.Is(err, numbers.ErrOutcomeUnknown) {
				p.Errorf("%s with a canceled context: %v; it must be context.Canceled, and nothing unknown", name, err)
			}
		})
	}
	p.givesUp("Place", "Order", "Search", "Quote", "Reserve", "Cancel", "Assign", "Release")
}

func readBack(p *probe) {
	placed := p.settled(0)
	read, err := p.Orderer.Order(p.Context(), placed.ID)
	if err != nil || read == nil {
		p.Fatalf("Order %s: %v, error %v", placed.ID, read, err)
	}
	if read.ID != placed.ID || read.Count != 1 {
		p.Errorf("Order %s returned %+v", placed.ID, read)
	}
	if len(read.Items) != 1 || read.Items[0].E164 != p.Number(0) || read.Items[0].State != read.State {
		p.Errorf("the order read back has the items %+v", read.Items)
	}
	for _, listed := range p.orders(numbers.OrderQuery{}) {
		if listed.ID == placed.ID && listed.Count != 1 {
			p.Errorf("an order of one number is listed with a count of %d", listed.Count)
		}
	}
}

func unknownOrder(p *probe) {
	p.place(0)
	_, err := p.Orderer.Order(p.Context(), "99999999-9999-4999-8999-999999999999")
	if !errors.Is(err, numbers.ErrNotFound) {
		p.Errorf("Order of an unknown id: %v, not ErrNotFound", err)
	}
	_ = p.typed("Order of an unknown id", err)
}

func concurrent(p *probe) {
	const many = 20
	var wg sync.WaitGroup
	orders, errs := make([]*numbers.Order, many), make([]error, many)
	for i := range many {
		wg.Go(func() {
			time.Sleep(time.Duration(i) * time.Millisecond / 4)
			orders[i], errs[i] = p.Orderer.Place(p.Context(), p.request(i))
		})
	}
	wg.Wait()
	ids := make(map[string]int)
	for i, o := range orders {
		if errs[i] != nil || o == nil {
			p.Errorf("concurrent Place %d: order %v, error %v", i, o, errs[i])
			continue
		}
		if other, twice := ids[o.ID]; twice {
			p.Errorf("orders %d and %d have one id, %s", other, i, o.ID)
		}
		ids[o.ID] = i
		if len(o.Items) == 1 && o.Items[0].E164 != p.Number(i) {
			p.Errorf("concurrent Place %d returned the order of %s", i, o.Items[0].E164)
		}
		p.wait(o)
		if n := p.bought(p.Number(i)); n != 1 {
			p.Errorf("number %d is %d times in the books", i, n)
		}
	}
}
