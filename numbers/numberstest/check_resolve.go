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
		{name: "nothing is said to be absent while an attempt is under way", run: underWay},
		{name: "resolving is one reading that does not wait", run: oneReading},
		{name: "an orphan is resolved as possibly orphaned", run: func(p *probe) {
			if p.takes(OrphanPurchase) {
				resolves(p, Fault{Kind: OrphanPurchase}, numbers.PossiblyOrphaned)
			}
		}},
		{name: "what is repeatable is safe to order again", run: repeatable},
		{name: "many attempts are resolved together", run: together},
		{name: "resolving never orders", run: resolveNeverBuys},
		{name: "an order from before is not the attempt's", run: fromBefore},
		{name: "an order older than clocks can differ is not the attempt's", run: tooOld},
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

// resolved is what one reading shows of an attempt that is over, when it can show
// an absence.
func (p *probe) resolved(a numbers.Attempt) (numbers.Resolution, error) {
	p.Helper()
	time.Sleep(max(0, p.caps.ListingDelay+p.SettleWithin-time.Since(a.Ended)))
	ctx, cancel := p.enough()
	defer cancel()
	resolutions, errs := p.resolve(ctx, a)
	return resolutions[0], errs[0]
}

// absence reports whether an outcome may be that of an order that is missing, and
// was not answered: at a vendor that may sell what it never lists, ordering it again
// may be what settles the question.
func (p *probe) absence(o numbers.Outcome) bool {
	return o == numbers.NotPlaced || o == numbers.Repeatable && p.caps.Orphans
}

func resolves(p *probe, f Fault, want numbers.Outcome) {
	a, ok := p.unknown(0, f)
	if !ok {
		return
	}
	r, err := p.resolved(a)
	switch {
	case err != nil:
		p.Errorf("%s: ResolveAll: %v", f.Kind, err)
	case r.Outcome != want && !(want == numbers.NotPlaced && p.absence(r.Outcome)):
		p.Errorf("%s: ResolveAll says %q, not %q", f.Kind, r.Outcome, want)
	case want == numbers.PossiblyOrphaned && !p.caps.Orphans:
		p.Errorf("%s: ResolveAll says %s, and Capabilities.Orphans is not set", f.Kind, r.Outcome)
	case want != numbers.Placed:
		if r.Order != nil {
			p.Errorf("%s: ResolveAll returned an order with %s", f.Kind, r.Outcome)
		}
	case r.Order == nil || r.Order.ID == "":
		p.Errorf("%s: ResolveAll says placed, without an order", f.Kind)
	default:
		o := p.wait(r.Order)
		if len(o.Items) != 1 || o.Items[0].E164 != a.Numbers[0] {
			p.Errorf("%s: ResolveAll found the order of %+v", f.Kind, o.Items)
		}
	}
}

// lostAmongOthers has orders that are not the attempt's.
func lostAmongOthers(p *probe) {
	p.settled(1)
	p.settled(2)
	resolves(p, Fault{Kind: LostReply}, numbers.Placed)
}

// repeatable orders again what the vendor sold, and neither listed nor answered.
func repeatable(p *probe) {
	if !p.takes(LostOrphan) {
		return // what this vendor sells it lists
	}
	a, ok := p.unknown(0, Fault{Kind: LostOrphan})
	if !ok {
		return
	}
	switch r, err := p.resolved(a); {
	case err != nil || r.Outcome != numbers.Repeatable && r.Outcome != numbers.PossiblyOrphaned:
		p.Errorf("a number was sold without an answer, and is never listed: ResolveAll says %q, error %v", r.Outcome, err)
		return
	case r.Outcome == numbers.PossiblyOrphaned:
		return // it must not be ordered again
	}
	o, err := p.Orderer.Place(p.Context(), p.request(0))
	if n := p.bought(p.Number(0)); n != 1 || o != nil {
		p.Errorf("ResolveAll says that an attempt is repeatable: its number was ordered again, which returned %+v, and by the books it was bought %d times", o, n)
	}
	e, ok := errors.AsType[*numbers.Error](err)
	if !ok || e.Attempt == nil {
		return // a definite refusal
	}
	again := *e.Attempt
	again.Ended, again.Status = time.Now(), e.Status
	if r, err := p.resolved(again); err != nil || r.Outcome != numbers.PossiblyOrphaned || !r.MaybeSold {
		p.Errorf("a number that was sold already was ordered again, and refused: ResolveAll says %q (MaybeSold: %t), error %v", r.Outcome, r.MaybeSold, err)
	}
}

// underWay asks about attempts of which no end is known: an order is found, and
// what is missing may still come.
func underWay(p *probe) {
	for _, kind := range []FaultKind{LostReply, DroppedRequest} {
		p.fresh()
		a, ok := p.unknown(0, Fault{Kind: kind})
		if !ok {
			continue
		}
		time.Sleep(p.caps.ListingDelay + p.SettleWithin)
		a.Ended = time.Time{}
		resolutions, errs := p.resolve(p.Context(), a)
		want := numbers.Outcome("")
		if kind == LostReply {
			want = numbers.Placed
		}
		if errs[0] != nil || resolutions[0].Outcome != want {
			p.Errorf("%s: ResolveAll of an attempt without Ended says %q, error %v; it must be %q", kind, resolutions[0].Outcome, errs[0], want)
		}
	}
}

// oneReading asks while the vendor may still list the order late.
func oneReading(p *probe) {
	a, ok := p.unknown(0, Fault{Kind: DroppedRequest})
	if !ok {
		return
	}
	const most = time.Second
	began := time.Now()
	_, _ = p.resolve(p.Context(), a)
	if took := time.Since(began); took > most {
		p.Errorf("ResolveAll took %s; it makes one reading, and Account decides when to read again", took)
	}
}

// together resolves many: every other one was placed.
func together(p *probe) {
	const many = 42
	var attempts []numbers.Attempt
	kinds := []FaultKind{DroppedRequest, LostReply}
	for i := range many {
		a, ok := p.unknown(i, Fault{Kind: kinds[i%2]})
		if !ok {
			return
		}
		attempts = append(attempts, a)
	}
	time.Sleep(p.caps.ListingDelay + p.SettleWithin)
	ctx, cancel := p.enough()
	defer cancel()
	resolutions, errs := p.resolve(ctx, attempts...)
	for i, r := range resolutions {
		if placed := kinds[i%2] == LostReply; errs[i] != nil || (r.Outcome == numbers.Placed) != placed {
			p.Errorf("attempt %d of %d, %s: ResolveAll says %q, error %v", i+1, many, kinds[i%2], r.Outcome, errs[i])
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
		if n := p.buys(func() { _, _ = p.resolved(a) }); n != 0 {
			p.Errorf("%s: ResolveAll sent %d requests that could buy", kind, n)
		}
	}
}

// fromBefore gives Resolve an order that the numbers had before the attempt.
// Vendors that recognize a reference are not fooled by it anyhow.
func fromBefore(p *probe) {
	o := p.settled(0)
	before := []string{o.ID}
	if p.caps.Can.Has(numbers.CanListOwned) {
		before = append(before, p.find(p.Number(0)).ID)
	}
	a := numbers.Attempt{
		Vendor: p.caps.Vendor, Reference: numbers.NewReference(), Numbers: p.numbers(0, 1),
		Started: time.Now(), Ended: time.Now(), Before: before,
	}
	if r, err := p.resolved(a); err == nil && r.Outcome == numbers.Placed {
		p.Error("ResolveAll takes an order from before the attempt for the attempt's")
	}
}

// tooOld asks about attempts by the reference and the numbers of an order that the
// vendor dates before they began.
func tooOld(p *probe) {
	r := p.request(0)
	o, err := p.Orderer.Place(p.Context(), r)
	if err != nil || o == nil {
		p.Fatalf("Place: order %v, error %v", o, err)
	}
	created := p.wait(o).Created
	if created.IsZero() {
		return // the vendor does not date its orders
	}
	time.Sleep(2 * numbers.ClockSlack)
	for _, age := range []time.Duration{numbers.ClockSlack * 9 / 10, numbers.ClockSlack * 11 / 10} {
		a := numbers.Attempt{Vendor: p.caps.Vendor, Reference: r.Reference, Numbers: r.Numbers, Started: created.Add(age), Ended: time.Now()}
		resolutions, errs := p.resolve(p.Context(), a)
		placed := errs[0] == nil && resolutions[0].Outcome == numbers.Placed
		if may := age <= numbers.ClockSlack; placed != may {
			p.Errorf("an order dated %s before the attempt, and clocks differ by up to %s: ResolveAll says %q, error %v", age, numbers.ClockSlack, resolutions[0].Outcome, errs[0])
		}
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
			if err := p.release(p.Context(), p.find(p.Number(0))); err != nil {
				p.Fatalf("Release: %v", err)
			}
		}
	}
	if len(p.orders(numbers.OrderQuery{Numbers: r.Numbers})) < 2 {
		return
	}
	a := numbers.Attempt{
		Vendor: p.caps.Vendor, Reference: r.Reference, Numbers: r.Numbers, Started: started, Ended: time.Now(),
	}
	if got, err := p.resolved(a); err == nil {
		p.Errorf("two orders match the attempt, and ResolveAllAll says %s", got.Outcome)
	}
}

func failedReading(p *probe) {
	for _, f := range []Fault{{Status: 500}, {Status: 404, NoBody: true}, {Status: 404, Body: "<html>404 Not Found</html>"}} {
		p.fresh()
		a, ok := p.unknown(0, Fault{Kind: DroppedRequest})
		if !ok {
			return
		}
		f.Kind, f.On, f.Times = StatusBefore, Match{PathPrefix: "/"}, -1
		p.Inject(f)
		if r, err := p.resolved(a); err == nil {
			p.Errorf("ResolveAll says %s though every reading failed (HTTP %d)", r.Outcome, f.Status)
		}
	}
}

// brokenReading lets each request of a reading in turn go wrong, while the
// order that is looked for is before or behind many others.
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
			if r, err := p.resolved(a); err != nil || r.Outcome != numbers.Placed {
				p.Errorf("among %d others, ResolveAll says %s, error %v", p.some(), r.Outcome, err)
			}
		})
		for i := range whole {
			p.Inject(Fault{Kind: StatusBefore, Status: 403, On: Match{PathPrefix: "/"}, After: i})
			if r, err := p.resolved(a); err == nil && r.Outcome != numbers.Placed {
				p.Errorf("request %d of %d failed, and ResolveAllAll says %s of an order that was placed", i+1, whole, r.Outcome)
			}
		}
	}
}
