package numberstest

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/tnkit/tnkit/numbers"
)

// faultDelay is the delay of faults that have one.
const faultDelay = 2 * time.Second

func delayOf(kind FaultKind) time.Duration {
	switch {
	case kind.Semantic():
		return faultDelay
	case kind == DelayedReply || kind == SlowBody || kind == LateCommit:
		return faultDelay / 100
	}
	return 0
}

func faultChecks() []check {
	return []check{
		{name: "one write under every fault", run: func(p *probe) {
			nameless(p)
			everyFault(p, func(o outcome) {
				if o.buys > 1 {
					p.Errorf("%s: Place sent %d requests that could buy", o.fault, o.buys)
				}
			})
		}},
		{name: "no purchase is hidden by an error", run: func(p *probe) {
			everyFault(p, func(o outcome) {
				if o.order == nil && o.err != nil && !errors.Is(o.err, numbers.ErrOutcomeUnknown) && p.bought(p.Number(0)) > 0 {
					p.Errorf("%s: the number was bought, and Place says that it was not: %v", o.fault, o.err)
				}
			})
		}},
		{name: "no success without a purchase", run: func(p *probe) {
			everyFault(p, func(o outcome) {
				switch {
				case o.err == nil && o.order == nil:
					p.Errorf("%s: Place returned neither an order nor an error", o.fault)
				case o.order != nil && o.order.ID == "":
					p.Errorf("%s: Place returned an order without an id", o.fault)
				case o.order != nil && p.bought(p.Number(0)) == 0:
					p.Errorf("%s: Place reported an order, and nothing was bought", o.fault)
				}
			})
		}},
		{name: "an unknown outcome carries its attempt", run: attempts},
		{name: "an unknown outcome has no other kind", run: otherKinds},
		{name: "what is given up is an unknown outcome", run: givenUp},
		{name: "a refusal is never a success", run: refusals},
		{name: "a refusal is definite where that is declared", run: definite},
		{name: "a rate limit is reported and not repeated", run: rateLimited},
		{name: "partial orders are reported number by number", run: partial},
	}
}

// outcome is what came of a Place under a fault.
type outcome struct {
	fault string
	buys  int
	order *numbers.Order
	err   error
}

// nameless orders without a reference, and several numbers where the vendor
// takes them: neither is a reason to send again.
func nameless(p *probe) {
	for _, kind := range []FaultKind{LostReply, StatusAfter} {
		p.fresh()
		p.Inject(Fault{Kind: kind})
		if n := p.buys(func() { _, _ = p.Orderer.Place(p.Context(), numbers.OrderRequest{Numbers: p.numbers(0, p.several())}) }); n > 1 {
			p.Errorf("%s: Place without a reference sent %d requests that could buy", kind, n)
		}
	}
}

func attempts(p *probe) {
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
		e := p.typed(string(kind), err)
		a := e.Attempt
		switch {
		case a == nil:
			p.Errorf("%s: the error has no Attempt", kind)
		case len(a.Numbers) != 1, a.Numbers[0] != r.Numbers[0], a.Reference != r.Reference:
			p.Errorf("%s: the Attempt is %+v; it must name the numbers and the reference", kind, *a)
		case a.Started.Before(before), a.Started.After(time.Now()):
			p.Errorf("%s: the Attempt started at %s", kind, a.Started)
		case a.Ended.After(time.Now()):
			p.Errorf("%s: the Attempt ends at %s, and Place has returned", kind, a.Ended)
		}
		if len(e.Numbers) != 1 || e.Numbers[0] != r.Numbers[0] {
			p.Errorf("%s: the error names the numbers %v", kind, e.Numbers)
		}
		if a == nil {
			continue
		}
		if r.Numbers[0] = p.Number(1); !slices.Equal(a.Numbers, p.numbers(0, 1)) {
			p.Errorf("%s: the Attempt changes with the caller's numbers", kind)
		}
	}
	lateEnd(p)
	p.fresh()
	p.Inject(Fault{Kind: StatusBefore, Status: 403})
	for _, r := range []numbers.OrderRequest{{}, p.request(0)} {
		_, err := p.Orderer.Place(p.Context(), r)
		if e, ok := errors.AsType[*numbers.Error](err); ok && e.Attempt != nil && !errors.Is(err, numbers.ErrOutcomeUnknown) {
			p.Error("an error that is not an unknown outcome has an Attempt")
		}
	}
}

// lateEnd gives up an answer: until then the attempt was under way.
func lateEnd(p *probe) {
	if !p.takes(HangAfter) {
		return // the answers of this vendor don't take long
	}
	p.fresh()
	p.Inject(Fault{Kind: HangAfter})
	ctx, cancel := context.WithTimeout(p.Context(), 3*time.Second)
	defer cancel()
	until, _ := ctx.Deadline()
	_, err := p.Orderer.Place(ctx, p.request(0))
	e, ok := errors.AsType[*numbers.Error](err)
	if !ok || e.Attempt == nil {
		return // another check reports it
	}
	if a := e.Attempt; !a.Ended.IsZero() && a.Ended.Before(until) {
		p.Errorf("the answer was given up at %s, and the Attempt ends at %s", until, a.Ended)
	}
	if a := e.Attempt; !a.Started.Before(until) {
		p.Errorf("the answer was given up at %s, and the Attempt starts at %s: it starts before the request", until, a.Started)
	}
}

func otherKinds(p *probe) {
	everyFault(p, func(o outcome) {
		if !errors.Is(o.err, numbers.ErrOutcomeUnknown) {
			return
		}
		for _, other := range []error{
			numbers.ErrNotFound, numbers.ErrUnauthorized, numbers.ErrForbidden, numbers.ErrInvalid, numbers.ErrNumberUnavailable,
			numbers.ErrAlreadyOwned, numbers.ErrInsufficientFunds, numbers.ErrRequirements, numbers.ErrConflict, numbers.ErrLocked,
			numbers.ErrRateLimited, numbers.ErrUnreachable, numbers.ErrVendor, numbers.ErrIncomplete, numbers.ErrOverCap,
			numbers.ErrPriceUnknown, numbers.ErrNotPlaced, numbers.ErrPending, errors.ErrUnsupported,
		} {
			if errors.Is(o.err, other) {
				p.Errorf("%s: the outcome is unknown, and the error is %v, too", o.fault, other)
			}
		}
	})
}

// givenUp lets the caller's patience end, or the caller end it, while the vendor
// has the order.
func givenUp(p *probe) {
	if !p.takes(HangAfter) {
		return // the answers of this vendor don't take long
	}
	const patience = 3 * time.Second
	for name, limit := range map[string]func() (context.Context, context.CancelFunc){
		"its deadline passed": func() (context.Context, context.CancelFunc) { return context.WithTimeout(p.Context(), patience) },
		"it was canceled": func() (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(p.Context())
			t := time.AfterFunc(patience, cancel)
			return ctx, func() { t.Stop(); cancel() }
		},
	} {
		p.fresh()
		p.Inject(Fault{Kind: HangAfter})
		ctx, cancel := limit()
		_, err := p.Orderer.Place(ctx, p.request(0))
		cancel()
		if !errors.Is(err, numbers.ErrOutcomeUnknown) {
			p.Errorf("Place was given up when the vendor had the order (%s), and the error is %v, not ErrOutcomeUnknown", name, err)
		}
	}
}

func refusals(p *probe) {
	for _, status := range []int{400, 401, 402, 403, 404, 405, 406, 409, 410, 412, 413, 415, 422, 423, 429, 451, 500, 503} {
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
		if e.Status != status {
			p.Errorf("HTTP %d: Error.Status is %d; 0 means that there was no answer", status, e.Status)
		}
	}
}

func definite(p *probe) {
	if !p.caps.DefiniteRefusals {
		return // nothing is promised
	}
	for _, status := range []int{400, 401, 402, 403, 404, 405, 410, 422, 423, 429} {
		p.fresh()
		p.Inject(Fault{Kind: StatusBefore, Status: status, Times: -1})
		if _, err := p.Orderer.Place(p.Context(), p.request(0)); errors.Is(err, numbers.ErrOutcomeUnknown) {
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
	if !p.takes(PartialOrder) || p.caps.MaxNumbers > 0 && p.caps.MaxNumbers < 3 {
		return // there are no partial orders at this vendor
	}
	r := numbers.OrderRequest{Numbers: p.numbers(0, 3), Reference: numbers.NewReference()}
	p.Inject(Fault{Kind: PartialOrder, Numbers: []string{string(r.Numbers[1])}})
	o, err := p.Orderer.Place(p.Context(), r)
	if err != nil || o == nil {
		p.Fatalf("Place of an order that will be partial: order %v, error %v", o, err)
	}
	o = p.wait(o)
	if o.State != numbers.StatePartial {
		p.Errorf("the order settled as %s, not as partial", o.State)
	}
	var listed []numbers.E164
	if o.Count != len(r.Numbers) {
		p.Errorf("an order of %d numbers, of which one was not bought, counts %d", len(r.Numbers), o.Count)
	}
	for _, item := range o.Items {
		listed = append(listed, item.E164)
		if complete := p.bought(item.E164) > 0; complete != (item.State == numbers.StateComplete) {
			p.Errorf("%s is %s, and is %d times in the books", item.E164, item.State, p.bought(item.E164))
		}
		if !item.State.Terminal() && !o.Final {
			p.Errorf("the order settled as %s, and %s is still %s", o.State, item.E164, item.State)
		}
	}
	if slices.Sort(listed); !slices.Equal(listed, slices.Sorted(slices.Values(r.Numbers))) {
		p.Errorf("the order has the numbers %v, not %v", listed, r.Numbers)
	}
}
