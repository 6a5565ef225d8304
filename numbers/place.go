package numbers

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// placeAll places the parts that are not known yet.
func (b *buyer) placeAll(ctx context.Context) {
	ctx = context.WithValue(ctx, beforeKey{}, b.before)
	b.each(func(p *part) {
		if !p.known {
			b.place(ctx, p)
		}
	})
}

// place sends one order. Only a 429 is tried again: nothing was done.
func (b *buyer) place(ctx context.Context, p *part) {
	for try := 0; ; try++ {
		if cause := b.pace.wait(ctx); cause != nil {
			p.err = &Error{
				Op: "Place", Vendor: b.caps.Vendor, Kind: ErrNotPlaced, Numbers: p.r.Numbers,
				Message: "it was not sent, because the purchase was stopped", Err: cause,
			}
			b.tell(EventSent, p, p.err)
			return
		}
		b.tell(EventSending, p, nil)
		order, err := b.o.Place(ctx, p.r)
		if order != nil {
			p.order = order
			b.tell(EventSent, p, err)
			return
		}
		if err == nil {
			err = &Error{Op: "Place", Vendor: b.caps.Vendor, Kind: ErrOutcomeUnknown, Numbers: p.r.Numbers, Message: "the Orderer returned neither an order nor an error"}
		}
		if errors.Is(err, ErrRateLimited) && try < mostTries {
			e, _ := errors.AsType[*Error](err)
			b.pace.slow(try, e)
			continue
		}
		b.note(p, err)
		if p.attempt != nil {
			b.tell(EventUnknown, p, err)
		} else {
			b.tell(EventSent, p, err)
		}
		return
	}
}

// mostTries bounds how often one order is taken up again after a 429.
const mostTries = 10

// note records why a part was not placed, or that nobody knows.
func (b *buyer) note(p *part, err error) {
	p.err = err
	if !errors.Is(err, ErrOutcomeUnknown) {
		return
	}
	attempt := Attempt{Vendor: b.caps.Vendor, Reference: p.r.Reference, Numbers: p.r.Numbers, Started: time.Now()}
	if e, ok := errors.AsType[*Error](err); ok {
		if e.Attempt != nil {
			attempt = *e.Attempt
		}
		if attempt.Status == 0 {
			attempt.Status = e.Status
		}
	}
	if attempt.Reference == "" {
		attempt.Reference = p.r.Reference
	}
	if !p.known { // a known one has its own
		attempt.Ended = time.Now()
		attempt.Before = slices.Clone(b.before)
	}
	p.attempt = &attempt
}

// resolveAll finds out what became of the orders whose outcome is unknown.
func (b *buyer) resolveAll(ctx context.Context) {
	var open []*part
	var attempts []Attempt
	for _, p := range b.parts {
		if p.attempt != nil {
			open, attempts = append(open, p), append(attempts, *p.attempt)
			b.tell(EventResolving, p, nil)
		}
	}
	if len(open) == 0 {
		return
	}
	resolutions, errs := ResolveAll(ctx, b.o, attempts)
	for i, p := range open {
		b.resolved(ctx, p, resolutions[i], errs[i])
	}
}

func (b *buyer) resolved(ctx context.Context, p *part, r Resolution, err error) {
	e := Event{Kind: EventResolved, Reference: p.r.Reference, Numbers: p.r.Numbers, Outcome: r.Outcome, Err: err}
	switch {
	case err != nil:
		p.err = b.stillUnknown(p, "and resolving it failed: "+err.Error(), p.err)
	case r.Outcome == Placed && r.Order != nil:
		p.order, p.attempt, p.err = r.Order, nil, nil
		e.OrderID, e.State, e.Account, e.Price = r.Order.ID, r.Order.State, r.Order.Account, r.Order.Price
	case r.Outcome == NotPlaced:
		p.err = &Error{
			Op: "Place", Vendor: b.caps.Vendor, Account: p.attempt.Account, Kind: ErrNotPlaced, Numbers: p.r.Numbers,
			Message: "its answer was lost, and a complete reading shows that it was not placed",
		}
		p.attempt = nil
	default:
		p.err = b.stillUnknown(p, "the vendor lists nothing, yet may have bought; ask its support and don't buy again", p.err)
	}
	if err == nil {
		b.journalResolution(ctx, p, r)
	}
	b.event(e)
}

func (b *buyer) stillUnknown(p *part, message string, cause error) error {
	return &Error{
		Op: "Place", Vendor: b.caps.Vendor, Account: p.attempt.Account, Kind: ErrOutcomeUnknown, Numbers: p.r.Numbers,
		Message: message, Status: p.attempt.Status, Attempt: p.attempt, Err: cause,
	}
}

// journalResolution closes the journal's entry of a part that was resolved.
func (b *buyer) journalResolution(ctx context.Context, p *part, r Resolution) {
	d, ok := As[*journaled](b.o)
	if !ok {
		return
	}
	ctx = context.WithoutCancel(ctx)
	entry, found, err := d.journal.Find(ctx, d.account, p.r.Reference)
	if err == nil && found && entry.Open() {
		// Where this fails the entry stays open, and Recover reads again.
		_ = d.journal.End(ctx, entry.ID, resolvedEnd(r))
	}
}

// pace holds all orders of a purchase back after a 429.
type pace struct {
	mu    sync.Mutex
	until time.Time
}

func (c *pace) wait(ctx context.Context) error {
	for {
		c.mu.Lock()
		until := c.until
		c.mu.Unlock()
		if !time.Now().Before(until) {
			return context.Cause(ctx)
		}
		if cause := sleepUntil(ctx, until); cause != nil {
			return cause
		}
	}
}

func (c *pace) slow(try int, e *Error) {
	d := time.Second << min(try, 6)
	d = d/2 + rand.N(d/2)
	if e != nil && e.RetryAfter > 0 {
		d = e.RetryAfter + rand.N(e.RetryAfter/10+1)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if until := time.Now().Add(d); until.After(c.until) {
		c.until = until
	}
}
