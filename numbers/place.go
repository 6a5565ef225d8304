package numbers

import (
	"cmp"
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/tnkit/tnkit/internal/ctxerr"
)

// placeAll places the parts that are not known yet.
func (b *buyer) placeAll(ctx context.Context) {
	for _, p := range b.parts {
		if !p.known {
			b.priceAsOffered(p)
			b.tell(EventPlanned, p, nil)
		}
	}
	ctx = context.WithValue(ctx, beforeKey{}, b.before)
	b.each(func(p *part) {
		if !p.known {
			b.place(ctx, p)
		}
	})
}

// priceAsOffered is what a part costs by the offers of its numbers, where
// nobody has quoted it.
func (b *buyer) priceAsOffered(p *part) {
	if p.price != nil || b.offers == nil {
		return
	}
	prices := make([]*Price, len(p.r.Numbers))
	for i, n := range p.r.Numbers {
		prices[i] = b.offers[n]
	}
	p.price = total(prices)
}

// mostTries bounds how often one order is taken up again after a 429.
const mostTries = 10

// place sends one order. Only a 429 is tried again: nothing was done.
func (b *buyer) place(ctx context.Context, p *part) {
	for try := 0; ; try++ {
		if cause := b.pace.wait(ctx); cause != nil {
			p.err = b.caps.err("Place", ErrNotPlaced, "", "it was not sent, because the purchase was stopped", p.r.Numbers...).because(cause)
			b.tell(EventSent, p, p.err)
			return
		}
		b.tell(EventSending, p, nil)
		order, err := b.o.Place(ctx, p.r)
		switch {
		case order != nil && order.ID != "":
			p.order = order
			switch _, early := errors.AsType[unread](err); {
			case err == nil, early: // waiting will read it
			case errors.Is(err, ErrConflict):
				p.other = err
			default:
				p.also = append(p.also, err)
			}
			b.tell(EventSent, p, err)
			return
		case err == nil:
			err = b.caps.err("Place", ErrOutcomeUnknown, "", "the Orderer returned neither an order nor an error", p.r.Numbers...)
		case errors.Is(err, ErrRateLimited) && !unclear(err) && try < mostTries:
			b.pace.slow(try, errorIn(err))
			b.tell(EventSent, p, err)
			continue
		}
		if p.err = err; unclear(err) {
			p.lose(b, err)
			b.tell(EventUnknown, p, p.err)
		} else {
			b.tell(EventSent, p, err)
		}
		return
	}
}

// lose notes what is needed to find out what became of a part.
func (p *part) lose(b *buyer, err error) {
	var attempt Attempt
	e := errorIn(err)
	if e != nil {
		if e.Attempt != nil {
			attempt = *e.Attempt
		}
		attempt.Status = cmp.Or(attempt.Status, e.Status)
	}
	attempt.Vendor = cmp.Or(attempt.Vendor, b.caps.Vendor)
	attempt.Account = cmp.Or(attempt.Account, b.caps.Account)
	attempt.Reference = cmp.Or(attempt.Reference, p.r.Reference)
	if len(attempt.Numbers) == 0 {
		attempt.Numbers = p.r.Numbers
	}
	if attempt.Started.IsZero() {
		attempt.Started = time.Now()
	}
	if attempt.Ended.IsZero() {
		attempt.Ended = time.Now()
	}
	if attempt.Before == nil {
		attempt.Before = slices.Clone(b.before)
	}
	p.attempt = &attempt
	if e == nil || e.Attempt == nil {
		p.err = b.stillUnknown(p, "the Orderer does not tell what became of it", err)
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
			return ctxerr.Of(ctx)
		}
		if cause := sleepUntil(ctx, until); cause != nil {
			return cause
		}
	}
}

// slow holds back for as long as the vendor asks, or longer from try to try.
func (c *pace) slow(try int, e *Error) {
	const most = 24 * time.Hour
	d := time.Second << min(try, 6)
	d = d/2 + rand.N(d/2)
	if e != nil && e.RetryAfter > 0 {
		d = min(e.RetryAfter, most)
		d += rand.N(d/10 + 1)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if until := time.Now().Add(d); until.After(c.until) {
		c.until = until
	}
}
