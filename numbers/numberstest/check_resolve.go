package numberstest

import (
	"context"
	"errors"
	"time"

	"github.com/tnkit/tnkit/numbers"
)

func resolveChecks() []check {
	return []check{
		{"a lost order is resolved as placed", func(p *probe) { resolves(p, Fault{Kind: LostReply}, numbers.Placed) }},
		{"a dropped order is resolved as not placed", func(p *probe) { resolves(p, Fault{Kind: DroppedRequest}, numbers.NotPlaced) }},
		{"an orphan is resolved as possibly orphaned", func(p *probe) {
			if p.takes(OrphanPurchase) && p.caps.Can.Has(numbers.CanResolve) && !p.caps.DefiniteRefusals {
				resolves(p, Fault{Kind: OrphanPurchase}, numbers.PossiblyOrphaned)
			}
		}},
		{"a late order is waited for", func(p *probe) {
			if p.takes(LateCommit) {
				resolves(p, Fault{Kind: LateCommit, Delay: p.caps.Settle / 2}, numbers.Placed)
			}
		}},
		{"resolving never orders", resolveNeverBuys},
		{"an order from before is not the attempt's", fromBefore},
		{"a reading that fails proves nothing", failedReading},
		{"buy sees a lost order through", buyResolves},
	}
}

// unknown places an order under a fault and returns its attempt.
func (p *probe) unknown(i int, f Fault) (numbers.Attempt, bool) {
	p.Helper()
	p.Inject(f)
	_, err := p.Orderer.Place(p.Context(), p.request(i))
	e, ok := errors.AsType[*numbers.Error](err)
	if !ok || e.Attempt == nil {
		p.Errorf("%s: Place returned %v, and no attempt to resolve", f.Kind, err)
		return numbers.Attempt{}, false
	}
	a := *e.Attempt
	a.Ended, a.Status, a.Before = time.Now(), e.Status, []string{}
	return a, true
}

func (p *probe) resolve(a numbers.Attempt) (numbers.Resolution, error) {
	ctx, cancel := context.WithTimeout(p.Context(), 3*p.caps.Settle+p.SettleWithin+settleSlack)
	defer cancel()
	return numbers.Resolve(ctx, p.Orderer, a)
}

func resolves(p *probe, f Fault, want numbers.Outcome) {
	p.place(1) // another order, which is not the attempt's
	a, ok := p.unknown(0, f)
	if !ok {
		return
	}
	r, err := p.resolve(a)
	switch {
	case err != nil:
		p.Errorf("%s: Resolve: %v", f.Kind, err)
	case r.Outcome != want:
		p.Errorf("%s: Resolve says %s, not %s", f.Kind, r.Outcome, want)
	case want != numbers.Placed:
		if r.Order != nil {
			p.Errorf("%s: Resolve returned an order with %s", f.Kind, r.Outcome)
		}
		if waited := time.Since(a.Ended); waited < p.caps.Settle {
			p.Errorf("%s: Resolve says %s after %s, before the settle time of %s was over", f.Kind, r.Outcome, waited, p.caps.Settle)
		}
	case r.Order == nil || r.Order.ID == "":
		p.Errorf("%s: Resolve says placed, without an order", f.Kind)
	default:
		o := p.wait(r.Order)
		if len(o.Items) != 1 || o.Items[0].E164 != a.Numbers[0] {
			p.Errorf("%s: Resolve found the order of %+v", f.Kind, o.Items)
		}
	}
}

func resolveNeverBuys(p *probe) {
	for _, kind := range []FaultKind{LostReply, DroppedRequest} {
		p.fresh()
		a, ok := p.unknown(0, Fault{Kind: kind})
		if !ok {
			continue
		}
		if n := p.buys(func() { _, _ = p.resolve(a) }); n != 0 {
			p.Errorf("%s: Resolve sent %d requests that could buy", kind, n)
		}
	}
}

// fromBefore gives Resolve an order that the numbers had before the attempt.
// Vendors that recognise a reference are not fooled by it anyhow.
func fromBefore(p *probe) {
	o := p.settled(0)
	before := []string{o.ID}
	if p.caps.Can.Has(numbers.CanListOwned) {
		before = append(before, find(p, p.Number(0)).ID)
	}
	a := numbers.Attempt{
		Vendor: p.caps.Vendor, Reference: numbers.NewReference(), Numbers: p.numbers(0, 1),
		Started: time.Now(), Ended: time.Now(), Before: before,
	}
	r, err := p.resolve(a)
	if err != nil {
		p.Fatalf("Resolve: %v", err)
	}
	if r.Outcome == numbers.Placed {
		p.Error("Resolve takes an order from before the attempt for the attempt's")
	}
}

func failedReading(p *probe) {
	a, ok := p.unknown(0, Fault{Kind: DroppedRequest})
	if !ok {
		return
	}
	p.Inject(Fault{Kind: StatusBefore, Status: 500, On: Match{PathPrefix: "/"}, Times: -1})
	if r, err := p.resolve(a); err == nil {
		p.Errorf("Resolve says %s though every reading failed", r.Outcome)
	}
}

func buyResolves(p *probe) {
	r := numbers.OrderRequest{Numbers: p.numbers(0, 2), Reference: numbers.NewReference()}
	p.Inject(Fault{Kind: LostReply})
	ctx, cancel := context.WithTimeout(p.Context(), 3*p.caps.Settle+p.SettleWithin+settleSlack)
	defer cancel()
	purchase, err := numbers.Buy(ctx, p.Orderer, r, nil)
	if err != nil || len(purchase.Bought()) != 2 {
		p.Errorf("Buy with a lost reply: bought %v, error %v", purchase.Bought(), err)
	}
	if twice := p.Books().Twice(); len(twice) > 0 {
		p.Errorf("bought twice: %v", twice)
	}
}
