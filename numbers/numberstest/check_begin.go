package numberstest

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/tnkit/tnkit/numbers"
)

func beginChecks() []check {
	return []check{
		{name: "begin is called once", run: begunOnce},
		{name: "begin is called immediately before the order is sent", run: begunLast},
		{name: "begin is called without a lock", run: begunFree},
		{name: "what begin refuses is not sent", run: begunInVain},
		{name: "nothing is sent after its time", run: sentLate},
	}
}

// begunOnce counts the calls of Begin, without a fault and under each.
func begunOnce(p *probe) {
	count := 0
	begin := func(context.Context) (time.Time, error) { //nolint:unparam // OrderRequest.Begin has this type
		count++
		return time.Now().Add(time.Hour), nil
	}
	place := func(what string, r numbers.OrderRequest) {
		count, r.Begin = 0, begin
		ctx, cancel := p.enough()
		defer cancel()
		if _, err := p.Orderer.Place(ctx, r); count != 1 {
			p.Errorf("%s: Place called Begin %d times, error %v", what, count, err)
		}
	}
	place("one number", p.request(0))
	place("several numbers", numbers.OrderRequest{Numbers: p.numbers(1, p.several())})
	for _, f := range faultsOf(p) {
		p.fresh()
		p.Inject(f)
		place(nameOf(f), p.request(0))
	}
	p.fresh()
	count = 0
	r := numbers.OrderRequest{Begin: begin}
	if _, err := p.Orderer.Place(p.Context(), r); count != 0 {
		p.Errorf("Place without numbers called Begin %d times, error %v: it comes after the checks", count, err)
	}
}

// begunLast lets the request that follows Begin go wrong: it must be the order. The
// limiter, where one can be installed, takes longer than Begin allows.
func begunLast(p *probe) {
	r := p.request(0)
	before, called := 0, false
	r.Begin = func(context.Context) (time.Time, error) {
		_, before = p.Requests()
		called = true
		p.Inject(Fault{Kind: StatusBefore, Status: 403, On: Match{PathPrefix: "/"}})
		return time.Now().Add(time.Hour), nil
	}
	_, err := p.Orderer.Place(p.Context(), r)
	if !called {
		return // another check reports it
	}
	if _, after := p.Requests(); err == nil || after != before+1 || p.bought(r.Numbers[0]) != 0 {
		p.Errorf("the request after Begin was refused: Place sent %d orders after it, error %v, and by the books the number was bought %d times",
			after-before, err, p.bought(r.Numbers[0]))
	}
	if p.Limit == nil {
		return // nothing is known of a limiter
	}
	p.fresh()
	l := &slowLimiter{takes: 20 * time.Second, buys: func() int { _, buys := p.Requests(); return buys }}
	p.Limit(l)
	r = p.request(0)
	r.Begin = func(context.Context) (time.Time, error) {
		l.begun = true
		return time.Now().Add(l.takes / 2), nil
	}
	if o, err := p.Orderer.Place(p.Context(), r); err != nil || o == nil || l.late {
		p.Errorf("a limiter that takes %s: order %v, error %v, waited for after Begin: %t", l.takes, o, err, l.late)
	}
	if l.waits == 0 {
		p.Error("Subject.Limit installed a limiter, and Place did not wait for it")
	}
}

// slowLimiter lets time pass before each request.
type slowLimiter struct {
	takes time.Duration
	buys  func() int
	begun bool

	mu    sync.Mutex // an Orderer may send several requests at once
	waits int
	late  bool // it was waited for between Begin and the order
}

func (l *slowLimiter) Wait(ctx context.Context) error {
	l.mu.Lock()
	l.waits++
	l.late = l.late || l.begun && l.buys() == 0
	l.mu.Unlock()
	if !pass(ctx, l.takes) {
		return context.Cause(ctx)
	}
	return nil
}

// begunFree reads while the order begins, as Account does.
func begunFree(p *probe) {
	r := p.request(0)
	r.Begin = func(ctx context.Context) (time.Time, error) {
		ctx, cancel := context.WithTimeout(ctx, time.Minute)
		defer cancel()
		return time.Now().Add(time.Hour), last(p.Orderer.Orders(ctx, numbers.OrderQuery{}))
	}
	if o, err := p.Orderer.Place(p.Context(), r); err != nil || o == nil {
		p.Errorf("Place with a Begin that lists the orders: order %v, error %v", o, err)
	}
}

// begunInVain refuses in Begin.
func begunInVain(p *probe) {
	errHeld := errors.New("another purchase holds the number")
	conflict := &numbers.Error{Op: "Buy", Vendor: p.caps.Vendor, Kind: numbers.ErrConflict, HeldBy: "another"}
	for _, refusal := range []error{errHeld, conflict, context.Canceled} {
		p.fresh()
		r, called := p.request(0), false
		r.Begin = func(context.Context) (time.Time, error) {
			called = true
			return time.Now().Add(time.Hour), refusal
		}
		var o *numbers.Order
		var err error
		n := p.buys(func() { o, err = p.Orderer.Place(p.Context(), r) })
		if !called {
			continue // another check reports it
		}
		if n != 0 || o != nil || p.bought(r.Numbers[0]) != 0 {
			p.Errorf("Begin returned %v: Place sent %d orders, returned the order %v, and by the books the number was bought %d times", refusal, n, o, p.bought(r.Numbers[0]))
		}
		if !errors.Is(err, refusal) || errors.Is(err, numbers.ErrOutcomeUnknown) || !numbers.HasKind(err) {
			p.Errorf("Begin returned %v, and Place %v: it must wrap the error, be of a kind, and not be unknown", refusal, err)
			continue
		}
		_ = p.typed("a Place that could not begin", err)
	}
}

// sentLate lets the time pass by which the order must be sent.
func sentLate(p *probe) {
	const takes = 20 * time.Second
	for name, c := range map[string]struct {
		sendBy func(began time.Time) time.Time
		sent   bool
	}{
		"it passed before Begin":        {func(began time.Time) time.Time { return began.Add(-time.Hour) }, false},
		"it passed during Begin":        {func(began time.Time) time.Time { return began.Add(takes - time.Second) }, false},
		"it passed, by the wall clock":  {func(began time.Time) time.Time { return began.Add(takes - time.Second).Round(0) }, false},
		"it has not passed":             {func(began time.Time) time.Time { return began.Add(2 * takes) }, true},
		"it never passes (a zero time)": {func(time.Time) time.Time { return time.Time{} }, true},
	} {
		p.fresh()
		r, called := p.request(0), false
		r.Begin = func(context.Context) (time.Time, error) {
			began := time.Now()
			called = true
			time.Sleep(takes)
			return c.sendBy(began), nil
		}
		o, err := p.Orderer.Place(p.Context(), r)
		if !called {
			continue // another check reports it
		}
		if o != nil { // some vendors sell the number when the order settles
			p.wait(o)
		}
		time.Sleep(p.caps.ListingDelay + p.SettleWithin)
		if sent := len(p.orders(numbers.OrderQuery{})) != 0 || p.bought(r.Numbers[0]) != 0; sent != c.sent || (err == nil && o != nil) != c.sent {
			p.Errorf("the time by which to send (%s): order %v, error %v, and sent: %t", name, o, err, sent)
		}
		if !c.sent && (errors.Is(err, numbers.ErrOutcomeUnknown) || !numbers.HasKind(err)) {
			p.Errorf("the time by which to send (%s): Place returned %v; nothing was sent, and a kind says so", name, err)
		}
	}
}
