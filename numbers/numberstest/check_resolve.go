package numberstest

import (
	"errors"
	"time"

	"github.com/tnkit/tnkit/numbers"
)

func resolveChecks() []check {
	return []check{
		{name: "a lost order is resolved as placed", run: lostAmongOthers},
		{name: "a dropped order is resolved as not placed", run: func(p *probe) { resolves(p, Fault{Kind: DroppedRequest}, numbers.NotPlaced) }},
		{name: "not placed is said after the settle time", run: notTooSoon},
		{name: "a late order is waited for", run: func(p *probe) {
			if p.takes(LateCommit) {
				resolves(p, Fault{Kind: LateCommit, Delay: p.caps.ListingDelay / 2}, numbers.Placed)
			}
		}},
		{name: "an orphan is resolved as possibly orphaned", run: func(p *probe) {
			if p.takes(OrphanPurchase) {
				resolves(p, Fault{Kind: OrphanPurchase}, numbers.PossiblyOrphaned)
			}
		}},
		{name: "many attempts are resolved together", run: together},
		{name: "resolving never orders", run: resolveNeverBuys},
		{name: "an order from before is not the attempt's", run: fromBefore},
		{name: "two orders that match are a conflict", run: twoMatch},
		{name: "a reading that fails proves nothing", run: failedReading},
		{name: "a reading that breaks off proves nothing", run: brokenReading},
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
	if a.Ended.IsZero() {
		a.Ended = time.Now()
	}
	if a.Status == 0 {
		a.Status = e.Status
	}
	a.Before = []string{}
	return a, true
}

func (p *probe) resolve(a numbers.Attempt) (numbers.Resolution, error) {
	ctx, cancel := p.enough()
	defer cancel()
	return numbers.Resolve(ctx, p.Orderer, a)
}

func resolves(p *probe, f Fault, want numbers.Outcome) {
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
	case want == numbers.PossiblyOrphaned && !p.caps.Orphans:
		p.Errorf("%s: Resolve says %s, and Capabilities.Orphans is not set", f.Kind, r.Outcome)
	case want != numbers.Placed:
		if r.Order != nil {
			p.Errorf("%s: Resolve returned an order with %s", f.Kind, r.Outcome)
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

// lostAmongOthers has orders that are not the attempt's.
func lostAmongOthers(p *probe) {
	p.settled(1)
	p.settled(2)
	resolves(p, Fault{Kind: LostReply}, numbers.Placed)
}

func notTooSoon(p *probe) {
	a, ok := p.unknown(0, Fault{Kind: DroppedRequest})
	if !ok {
		return
	}
	if r, err := p.resolve(a); err == nil && time.Since(a.Ended) < p.caps.ListingDelay {
		p.Errorf("Resolve says %s after %s, before the settle time of %s was over", r.Outcome, time.Since(a.Ended), p.caps.ListingDelay)
	}
	// The settle time runs from the end of the attempt, whenever it began; one
	// of which nobody saw the end may have been under way until now.
	for i, began := range []time.Duration{0, 5 * time.Minute} {
		asked := time.Now()
		a := numbers.Attempt{
			Vendor: p.caps.Vendor, Account: p.caps.Account, Reference: numbers.NewReference(), Numbers: p.numbers(i+1, 1),
			Started: asked.Add(-began), Before: []string{},
		}
		if began > 0 {
			a.Ended = asked
		}
		if r, err := p.resolve(a); err == nil && time.Since(asked) < p.caps.ListingDelay {
			p.Errorf("Resolve says %s after %s of an attempt that began %s before, and ended %q; the settle time is %s",
				r.Outcome, time.Since(asked), began, a.Ended, p.caps.ListingDelay)
		}
	}
}

// together resolves some that were placed and some that were not.
func together(p *probe) {
	var attempts []numbers.Attempt
	kinds := []FaultKind{LostReply, DroppedRequest, LostReply, DroppedRequest}
	for i, kind := range kinds {
		a, ok := p.unknown(i, Fault{Kind: kind})
		if !ok {
			return
		}
		attempts = append(attempts, a)
	}
	ctx, cancel := p.enough()
	defer cancel()
	resolutions, errs := numbers.ResolveAll(ctx, p.Orderer, attempts)
	for i, kind := range kinds {
		if errs[i] != nil || (resolutions[i].Outcome == numbers.Placed) != (kind == LostReply) {
			p.Errorf("attempt %d, %s: ResolveAll says %s, error %v", i, kind, resolutions[i].Outcome, errs[i])
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
		before = append(before, p.find(p.Number(0)).ID)
	}
	a := numbers.Attempt{
		Vendor: p.caps.Vendor, Account: p.caps.Account, Reference: numbers.NewReference(), Numbers: p.numbers(0, 1),
		Started: time.Now(), Ended: time.Now(), Before: before,
	}
	if r, err := p.resolve(a); err == nil && r.Outcome == numbers.Placed {
		p.Error("Resolve takes an order from before the attempt for the attempt's")
	}
}

// twoMatch buys, releases and buys again, and asks which of the two it was.
// Where the vendor shows only one of them, there is nothing to ask.
func twoMatch(p *probe) {
	if !p.caps.Can.Has(numbers.CanRelease | numbers.CanListOwned) {
		return
	}
	r := p.request(0)
	started := time.Now()
	for i := range 2 {
		o, err := p.Orderer.Place(p.Context(), r)
		if err != nil || o == nil {
			p.Fatalf("Place, time %d: order %v, error %v", i+1, o, err)
		}
		p.wait(o)
		if i == 0 {
			if err := numbers.Release(p.Context(), p.Orderer, p.find(p.Number(0))); err != nil {
				p.Fatalf("Release: %v", err)
			}
		}
	}
	if len(p.orders(numbers.OrderQuery{Numbers: r.Numbers})) < 2 {
		return
	}
	a := numbers.Attempt{
		Vendor: p.caps.Vendor, Account: p.caps.Account, Reference: r.Reference, Numbers: r.Numbers, Started: started, Ended: time.Now(),
	}
	if got, err := p.resolve(a); err == nil {
		p.Errorf("two orders match the attempt, and Resolve says %s", got.Outcome)
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

// brokenReading lets each request of a reading in turn go wrong, while the
// order that is looked for stands before or behind many others.
func brokenReading(p *probe) {
	for _, others := range [][2]int{{0, p.some()}, {p.some(), 0}} {
		p.fresh()
		p.fill(others[0])
		a, ok := p.unknown(p.absent(), Fault{Kind: LostReply})
		if !ok {
			return
		}
		p.fill(others[1])
		time.Sleep(p.caps.ListingDelay + p.SettleWithin) // one reading does now
		whole := p.requests(func() {
			if r, err := p.resolve(a); err != nil || r.Outcome != numbers.Placed {
				p.Errorf("among %d others, Resolve says %s, error %v", p.some(), r.Outcome, err)
			}
		})
		for i := range whole {
			p.Inject(Fault{Kind: StatusBefore, Status: 403, On: Match{PathPrefix: "/"}, After: i})
			if r, err := p.resolve(a); err == nil && r.Outcome != numbers.Placed {
				p.Errorf("request %d of %d failed, and Resolve says %s of an order that was placed", i+1, whole, r.Outcome)
			}
		}
	}
}
