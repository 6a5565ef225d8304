package numberstest

import (
	"errors"

	"github.com/tnkit/tnkit/numbers"
)

func releaseChecks() []check {
	return []check{
		{name: "release gives a number back", run: func(p *probe) { ifReleases(p, releases) }},
		{name: "release can be repeated", run: func(p *probe) { ifReleases(p, releaseAgain) }},
		{name: "release leaves a later purchase alone", run: func(p *probe) { ifReleases(p, releaseOld) }},
		{name: "release refuses another number", run: func(p *probe) { ifReleases(p, releaseOther) }},
		{name: "release refuses a locked number", run: func(p *probe) { ifReleases(p, releaseLocked) }},
		{name: "release is confirmed", run: func(p *probe) { ifReleases(p, releaseConfirmed) }},
		{name: "released numbers are left out unless asked for", run: func(p *probe) { ifReleases(p, releasedLeftOut) }},
	}
}

// ifReleases runs do with two numbers of the account, where it can release.
func ifReleases(p *probe, do func(p *probe, own, other *numbers.Number)) {
	if !p.caps.Can.Has(numbers.CanRelease | numbers.CanListOwned) {
		return
	}
	p.settled(0)
	p.settled(1)
	do(p, p.find(p.Number(0)), p.find(p.Number(1)))
}

func releases(p *probe, own, other *numbers.Number) {
	if err := p.release(p.Context(), own); err != nil {
		p.Fatalf("Release: %v", err)
	}
	if p.owns(own.E164) != 0 {
		p.Error("Release returned nil, and by the books the number is still owned")
	}
	if p.owns(other.E164) != 1 {
		p.Error("Release gave another number back, too")
	}
}

func releaseAgain(p *probe, own, _ *numbers.Number) {
	for i := range 2 {
		if err := p.release(p.Context(), own); err != nil {
			p.Errorf("Release, time %d: %v", i+1, err)
		}
	}
}

// releaseOld gives a number back, buys it again, and releases what was looked up
// before: the purchase that it was is gone, and the new one is another.
func releaseOld(p *probe, own, _ *numbers.Number) {
	if err := p.release(p.Context(), own); err != nil {
		p.Fatalf("Release: %v", err)
	}
	o, err := p.Orderer.Place(p.Context(), p.request(0))
	if err != nil || o == nil {
		return // this vendor does not sell it again so soon
	}
	p.wait(o)
	if again := p.find(own.E164); again.ID == own.ID {
		return // nothing distinguishes the two purchases
	}
	if err := p.release(p.Context(), own); !errors.Is(err, numbers.ErrConflict) {
		p.Errorf("Release of a number that was given back, and bought again under another id: %v, not ErrConflict", err)
	}
	if p.owns(own.E164) != 1 {
		p.Error("Release of a number that was given back, and bought again under another id, gave the new purchase back")
	}
}

func releaseOther(p *probe, own, other *numbers.Number) {
	wrong := *own
	wrong.E164, wrong.VendorNumber = other.E164, other.VendorNumber
	if err := p.release(p.Context(), &wrong); !errors.Is(err, numbers.ErrConflict) {
		p.Errorf("Release of an id that is another number's: %v, not ErrConflict", err)
	}
	if p.owns(own.E164) != 1 || p.owns(other.E164) != 1 {
		p.Error("Release of an id that is another number's gave a number back")
	}
}

// releaseLocked locks a number after it was looked up.
func releaseLocked(p *probe, own, _ *numbers.Number) {
	if p.Lock == nil {
		return // there are no locks at this vendor
	}
	p.Lock(own.E164)
	if err := p.release(p.Context(), own); !errors.Is(err, numbers.ErrLocked) {
		p.Errorf("Release of a locked number: %v, not ErrLocked", err)
	}
	if p.owns(own.E164) != 1 {
		p.Error("Release gave a locked number back")
	}
	if own = p.find(own.E164); !own.Locked {
		p.Error("the number is locked, and is not shown so")
	}
}

// releaseConfirmed lets each request of a release in turn go wrong, before the
// vendor does anything: nil must mean that the number is gone.
func releaseConfirmed(p *probe, own, _ *numbers.Number) {
	own = p.anew() // as for each of the faults
	whole := p.requests(func() {
		if err := p.release(p.Context(), own); err != nil {
			p.Fatalf("Release without a fault: %v", err)
		}
	})
	for _, f := range []Fault{
		{Kind: StatusBefore, Status: 500}, {Kind: StatusBefore, Status: 403}, {Kind: DroppedRequest},
		{Kind: EmptyBody, BeforeCommit: true}, {Kind: GarbageBody, BeforeCommit: true}, {Kind: HTMLBody, BeforeCommit: true},
	} {
		for i := range whole {
			if p.takes(f.Kind) {
				releaseUnder(p, f, i)
			}
		}
	}
	p.lies(whole)
}

// lies lets each request of a release in turn be answered as if it had been
// done, or as if the number were gone, and every reading after it fail.
func (p *probe) lies(whole int) {
	gives := p.givesBack(whole)
	for _, f := range []Fault{
		{Kind: StatusBefore, Status: 200, Body: "{}"}, {Kind: StatusBefore, Status: 200, NoBody: true}, {Kind: StatusBefore, Status: 202, NoBody: true},
		{Kind: StatusBefore, Status: 204, NoBody: true}, {Kind: StatusBefore, Status: 404}, {Kind: StatusBefore, Status: 410},
	} {
		for i := range whole {
			if f.Status >= 400 && i != gives {
				continue // a look-up that finds nothing shows that the number is gone
			}
			for _, blind := range []bool{false, true} {
				p.releaseBlind(f, i, blind)
			}
		}
	}
}

// givesBack returns which request of a release gives the number back, from 0.
func (p *probe) givesBack(whole int) int {
	for i := range whole {
		own := p.anew()
		p.Inject(Fault{Kind: StatusBefore, Status: 403, On: Match{PathPrefix: "/"}, After: i + 1, Times: -1})
		_ = p.release(p.Context(), own) // what it gives back is in the books
		if p.owns(own.E164) == 0 {
			return i
		}
	}
	return whole - 1
}

// anew is a number of a fresh account.
func (p *probe) anew() *numbers.Number {
	p.Helper()
	p.fresh()
	p.settled(0)
	return p.find(p.Number(0))
}

func (p *probe) releaseBlind(f Fault, i int, blind bool) {
	own := p.anew()
	f.On, f.After = Match{PathPrefix: "/"}, i
	p.Inject(f)
	if blind {
		p.Inject(Fault{Kind: StatusBefore, Status: 403, On: Match{PathPrefix: "/"}, After: i + 1, Times: -1})
	}
	if err := p.release(p.Context(), own); err == nil && p.owns(own.E164) != 0 {
		p.Errorf("%s at request %d (the others fail: %t): Release returned nil, and the number is still owned", nameOf(f), i+1, blind)
	}
}

// releaseUnder releases while the i-th request goes wrong, and then again.
func releaseUnder(p *probe, f Fault, i int) {
	own := p.anew()
	f.On, f.After = Match{PathPrefix: "/"}, i
	p.Inject(f)
	if err := p.release(p.Context(), own); err == nil && p.owns(own.E164) != 0 {
		p.Errorf("%s at request %d: Release returned nil, and the number is still owned", f.Kind, i+1)
	}
	err := p.release(p.Context(), own)
	if err != nil || p.owns(own.E164) != 0 {
		p.Errorf("%s at request %d: released again, the number is owned %d times, error %v", f.Kind, i+1, p.owns(own.E164), err)
	}
}

func releasedLeftOut(p *probe, own, other *numbers.Number) {
	if err := p.release(p.Context(), own); err != nil {
		p.Fatalf("Release: %v", err)
	}
	list, errs, _ := drain(p.owned(p.Context(), numbers.OwnedQuery{}))
	if len(errs) > 0 || len(list) != 1 || list[0].ID != other.ID {
		p.Errorf("one of two numbers was released, and Owned yields %d, errors %v", len(list), errs)
	}
	for n, err := range p.owned(p.Context(), numbers.OwnedQuery{States: []numbers.NumberState{numbers.NumberReleased}}) {
		if err != nil || n.State != numbers.NumberReleased {
			p.Errorf("Owned by the state released yields %+v, error %v", n, err)
		}
	}
	if _, err := p.lookup(own.E164); !errors.Is(err, numbers.ErrNotFound) {
		p.Errorf("Find of a released number: %v, not ErrNotFound", err)
	}
}
