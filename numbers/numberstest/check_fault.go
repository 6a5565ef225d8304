package numberstest

import (
	"errors"
	"time"

	"github.com/tnkit/tnkit/numbers"
)

const (
	// settleSlack is how much longer than its vendor's settle time a check
	// waits.
	settleSlack = 5 * time.Minute
	// faultDelay is the delay of faults that have one.
	faultDelay = 2 * time.Second
)

func delayOf(kind FaultKind) time.Duration {
	switch kind {
	case DelayedReply, SlowBody, LateCommit:
		return faultDelay / 100
	}
	if kind.Semantic() {
		return faultDelay
	}
	return 0
}

func faultChecks() []check {
	return []check{
		{"one write under every fault", func(p *probe) {
			everyFault(p, func(kind FaultKind, buys int, _ *numbers.Order, _ error) {
				if buys > 1 {
					p.Errorf("%s: Place sent %d requests that could buy", kind, buys)
				}
			})
		}},
		{"no purchase is hidden by an error", func(p *probe) {
			everyFault(p, func(kind FaultKind, _ int, o *numbers.Order, err error) {
				if o == nil && err != nil && !errors.Is(err, numbers.ErrOutcomeUnknown) && p.bought(p.Number(0)) > 0 {
					p.Errorf("%s: the number was bought, and Place says that it was not: %v", kind, err)
				}
			})
		}},
		{"no success without a purchase", func(p *probe) {
			everyFault(p, func(kind FaultKind, _ int, o *numbers.Order, err error) {
				switch {
				case err == nil && o == nil:
					p.Errorf("%s: Place returned neither an order nor an error", kind)
				case err == nil && o.ID == "":
					p.Errorf("%s: Place returned an order without an id", kind)
				case err == nil && p.bought(p.Number(0)) == 0:
					p.Errorf("%s: Place reported an order, and nothing was bought", kind)
				}
			})
		}},
		{"an unknown outcome carries its attempt", attempts},
		{"an unknown outcome has no other kind", kinds},
		{"a refusal is never a success", refusals},
		{"a rate limit is reported and not repeated", rateLimited},
		{"partial orders are told number by number", partial},
	}
}

// everyFault places an order under each fault, at a fresh account, and lets
// the vendor finish what it is about.
func everyFault(p *probe, verify func(kind FaultKind, buys int, o *numbers.Order, err error)) {
	for _, kind := range p.Faults {
		if kind.Semantic() && kind != ZeroObject && kind != MisleadingStatus && kind != OrphanPurchase {
			continue // they change orders and lists, not answers
		}
		p.fresh()
		p.Inject(Fault{Kind: kind, Delay: delayOf(kind)})
		var o *numbers.Order
		var err error
		buys := p.buys(func() { o, err = p.Orderer.Place(p.Context(), p.request(0)) })
		time.Sleep(p.caps.Settle + p.SettleWithin + faultDelay)
		if err == nil && o != nil { // some vendors buy when the order settles
			_, _ = p.Orderer.Order(p.Context(), o.ID)
		}
		verify(kind, buys, o, err)
	}
}

func attempts(p *probe) {
	unknown := 0
	for _, kind := range []FaultKind{LostReply, DroppedRequest} {
		p.fresh()
		p.Inject(Fault{Kind: kind})
		r := p.request(0)
		before := time.Now()
		_, err := p.Orderer.Place(p.Context(), r)
		if !errors.Is(err, numbers.ErrOutcomeUnknown) {
			p.Errorf("%s: the error is %v, not ErrOutcomeUnknown", kind, err)
			continue
		}
		unknown++
		e := p.typed(string(kind), err)
		a := e.Attempt
		switch {
		case a == nil:
			p.Errorf("%s: the error has no Attempt", kind)
		case a.Vendor != p.caps.Vendor, len(a.Numbers) != 1, a.Numbers[0] != r.Numbers[0], a.Reference != r.Reference:
			p.Errorf("%s: the Attempt is %+v; it must name the vendor, the numbers and the reference", kind, *a)
		case a.Started.Before(before), a.Started.After(time.Now()):
			p.Errorf("%s: the Attempt started at %s", kind, a.Started)
		}
		if len(e.Numbers) != 1 || e.Numbers[0] != r.Numbers[0] {
			p.Errorf("%s: the error names the numbers %v", kind, e.Numbers)
		}
	}
	p.fresh()
	_, err := p.Orderer.Place(p.Context(), numbers.OrderRequest{})
	if e, ok := errors.AsType[*numbers.Error](err); ok && e.Attempt != nil {
		p.Error("an error that is no unknown outcome has an Attempt")
	}
}

func kinds(p *probe) {
	everyFault(p, func(kind FaultKind, _ int, _ *numbers.Order, err error) {
		if !errors.Is(err, numbers.ErrOutcomeUnknown) {
			return
		}
		for _, other := range []error{
			numbers.ErrNotFound, numbers.ErrUnauthorized, numbers.ErrForbidden, numbers.ErrInvalid, numbers.ErrNumberUnavailable,
			numbers.ErrAlreadyOwned, numbers.ErrInsufficientFunds, numbers.ErrRequirements, numbers.ErrConflict, numbers.ErrLocked,
			numbers.ErrRateLimited, numbers.ErrUnreachable, numbers.ErrVendor, numbers.ErrIncomplete, numbers.ErrOverCap,
			numbers.ErrPriceUnknown, numbers.ErrNotPlaced, errors.ErrUnsupported,
		} {
			if errors.Is(err, other) {
				p.Errorf("%s: the outcome is unknown, and the error is %v, too", kind, other)
			}
		}
	})
}

func refusals(p *probe) {
	for _, status := range []int{400, 401, 402, 403, 404, 405, 409, 410, 422, 423, 429, 500, 503} {
		p.fresh()
		p.Inject(Fault{Kind: StatusBefore, Status: status, Times: -1})
		o, err := p.Orderer.Place(p.Context(), p.request(0))
		if err == nil || o != nil {
			p.Errorf("HTTP %d: Place returned the order %+v and the error %v", status, o, err)
			continue
		}
		e := p.typed("a refusal", err)
		if e.Kind == nil || e.Op == "" || len(e.Numbers) != 1 {
			p.Errorf("HTTP %d: the error lacks a kind, an operation or the numbers: %+v", status, e)
		}
		if status < 500 && p.caps.DefiniteRefusals && status != 409 && errors.Is(err, numbers.ErrOutcomeUnknown) {
			p.Errorf("HTTP %d: DefiniteRefusals is declared, and the outcome unknown", status)
		}
	}
}

func rateLimited(p *probe) {
	p.Inject(Fault{Kind: RateLimited, RetryAfter: "7"})
	var err error
	if n := p.buys(func() { _, err = p.Orderer.Place(p.Context(), p.request(0)) }); n != 1 {
		p.Errorf("Place sent %d requests that could buy to a vendor that limits the rate", n)
	}
	if !errors.Is(err, numbers.ErrRateLimited) {
		p.Fatalf("the error is %v, not ErrRateLimited", err)
	}
	if e := p.typed("a rate limit", err); e.RetryAfter != 7*time.Second {
		p.Errorf("Error.RetryAfter is %s; the vendor said 7 s", e.RetryAfter)
	}
}

func partial(p *probe) {
	if !p.takes(PartialOrder) || p.caps.MaxNumbers == 1 {
		return // there are no partial orders at this vendor
	}
	r := numbers.OrderRequest{Numbers: p.numbers(0, 3), Reference: numbers.NewReference()}
	p.Inject(Fault{Kind: PartialOrder, Numbers: []string{string(r.Numbers[1])}})
	o, err := p.Orderer.Place(p.Context(), r)
	if err != nil {
		p.Fatalf("Place of an order that will be partial: %v", err)
	}
	o = p.wait(o)
	if o.State != numbers.StatePartial {
		p.Errorf("the order settled as %s, not as partial", o.State)
	}
	for _, item := range o.Items {
		want := numbers.StateComplete
		if item.E164 == r.Numbers[1] {
			want = numbers.StateFailed
		}
		if item.State != want {
			p.Errorf("%s is %s, not %s", item.E164, item.State, want)
		}
	}
	if len(o.Items) != 3 {
		p.Errorf("the order has %d items", len(o.Items))
	}
}
