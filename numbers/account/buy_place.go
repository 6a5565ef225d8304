package account

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/tnkit/tnkit/internal/parallel"
	"github.com/tnkit/tnkit/internal/set"
	"github.com/tnkit/tnkit/numbers"
)

// placeAll places the parts that are not sent yet.
func (b *buyer) placeAll(ctx context.Context) {
	var list []*part
	for _, p := range b.parts {
		if !p.sent {
			b.priceAsOffered(p)
			b.step(numbers.EventPlanned, p, nil)
			list = append(list, p)
		}
	}
	parallel.Do(b.atOnce, len(list), func(i int) { b.placePart(ctx, list[i]) })
	// Numbers that another delivery has, or that were refused, have no part.
	b.parts = slices.DeleteFunc(b.parts, func(p *part) bool { return !p.known && p.order == nil && p.attempt == nil })
}

// priceAsOffered sets the price of a part without a quotation to the sum of the offers of
// its numbers.
func (b *buyer) priceAsOffered(p *part) {
	if p.price != nil || b.offers == nil {
		return
	}
	prices := make([]*numbers.Price, len(p.r.Numbers))
	for i, n := range p.r.Numbers {
		prices[i] = b.offers[n]
	}
	p.price = sum(prices)
}

const (
	// maxLimited is how often one order is tried again after a 429.
	maxLimited = 10
	// maxLate is how often one order is tried again after its fence passed before it was
	// sent.
	maxLate = 3
)

// placePart places the numbers of a part in one order. If the vendor refuses some
// numbers, or another purchase holds some, it places the others.
func (b *buyer) placePart(ctx context.Context, p *part) {
	limited, late, conflicts := 0, 0, 0
	for len(p.r.Numbers) > 0 {
		entered, cause := b.pace.Enter(ctx)
		if cause != nil {
			b.notPlaced(p, because(b.a.err("Place", numbers.ErrNotPlaced, "", "the order was not sent, because the purchase was stopped", p.r.Numbers...), cause))
			return
		}
		c, order, err := b.send(ctx, p, entered, limited)
		switch {
		case order != nil:
			b.placed(ctx, p, c, order, err)
			return
		case c.inTheWay != nil:
			if conflicts++; b.inTheWay(ctx, p, c.inTheWay, conflicts) {
				b.giveBack(p)
				return
			}
		case errors.Is(err, errTaken):
			b.giveBack(p)
			p.r.Numbers = nil // the next round plans them again
			return
		case errors.Is(err, errEnough):
			b.yield(p)
			return
		case errors.Is(err, numbers.ErrOutcomeUnknown):
			b.lost(p, c, err)
			return
		case errors.Is(err, numbers.ErrRateLimited) && limited < maxLimited:
			limited++
			b.step(numbers.EventSent, p, err)
		case c.late && late < maxLate && ctx.Err() == nil:
			late++
		default:
			q, again := b.refused(p, err)
			if !again {
				return
			}
			if q != nil {
				b.placePart(ctx, q)
			}
		}
	}
}

// send makes one order of a part that has entered the pace. It leaves the pace
// afterwards, because the answer sets how fast the other orders are sent.
func (b *buyer) send(ctx context.Context, p *part, entered time.Time, limited int) (c *claim, order *numbers.Order, err error) {
	b.take(p)
	b.step(numbers.EventSending, p, nil)
	c = &claim{b: b, p: p}
	order, err = c.place(ctx)
	if order == nil && errors.Is(err, numbers.ErrRateLimited) {
		b.pace.Refused(entered, backOff(limited, errorIn(err), b.a.jitter))
	} else {
		b.pace.Leave(entered, order != nil)
	}
	b.journalFailed(p, c.journalErr)
	return c, order, err
}

// notPlaced ends a part that was definitely not bought.
func (b *buyer) notPlaced(p *part, err error) {
	b.step(numbers.EventSent, p, err)
	b.fail(err, p.r.Numbers...)
	b.giveBack(p)
	p.r.Numbers = nil
}

// placed records an order that the vendor made.
func (b *buyer) placed(ctx context.Context, p *part, c *claim, order *numbers.Order, err error) {
	b.sent(p, c.entry)
	switch {
	case c.credited:
		// The vendor answered with an order that another purchase has, so the outcome of
		// this order is unknown.
		b.lost(p, c, b.a.err("Place", numbers.ErrOutcomeUnknown, "", "the vendor answered with order "+quote(order.ID)+", of another purchase", p.r.Numbers...))
		return
	case errors.Is(err, numbers.ErrConflict):
		p.other = err
	case err != nil:
		p.also = append(p.also, err)
	}
	p.order = order
	b.step(numbers.EventSent, p, err)
	if c.entry.ID == "" {
		b.mu.Lock()
		p.also = append(p.also, b.a.err("Place", numbers.ErrConflict, "", "the Orderer sent order "+quote(order.ID)+" without a claim", p.r.Numbers...))
		b.mu.Unlock()
	}
	if b.a.caps.Orphans && c.entry.ID != "" {
		b.settledEarlier(b.a.settleEarlier(ctx, b.a.earlier(ctx, c.entry), numbers.Resolution{Outcome: numbers.Placed}))
	}
}

// sent records that a part's order was sent. It takes the lock, because other orders read
// this at the same time.
func (b *buyer) sent(p *part, e numbers.JournalEntry) {
	b.mu.Lock()
	defer b.mu.Unlock()
	p.entry, p.sent = e, true
}

// lost records an order whose outcome is unknown.
func (b *buyer) lost(p *part, c *claim, err error) {
	b.sent(p, c.entry)
	attempt := c.entry.Attempt
	p.attempt, p.err = &attempt, err
	e := errorIn(err)
	if e == nil || !errors.Is(e.Kind, numbers.ErrOutcomeUnknown) || e.Attempt == nil {
		p.err = b.unknown(p, "the Orderer did not return the outcome", err)
	} else {
		out := *e
		out.Attempt = &attempt
		p.err = &out
	}
	b.step(numbers.EventUnknown, p, p.err)
}

// inTheWay handles a claim that was refused. done is true if the part is finished.
func (b *buyer) inTheWay(ctx context.Context, p *part, entries []numbers.JournalEntry, times int) (done bool) {
	const most = 20
	if slices.ContainsFunc(entries, b.isOwn) { // another delivery of this purchase: the next round continues it
		if b.base != b.purchase {
			b.mu.Lock()
			b.yielded = true // BuyAny continues it, whatever its round is
			b.mu.Unlock()
			b.fail(because(b.a.err("Place", numbers.ErrNotPlaced, "", "the order was not sent", p.r.Numbers...), errEnough), p.r.Numbers...)
		}
		p.r.Numbers = nil
		return true
	}
	before := len(p.r.Numbers)
	if err := b.refuseHeld(ctx, entries, p.r.Numbers); err != nil {
		b.notPlaced(p, err)
		return true
	}
	b.drop(p)
	if len(p.r.Numbers) == before { // the hold has ended since
		if times == most {
			b.notPlaced(p, b.a.heldError("Place", entries[0], p.r.Numbers...))
			return true
		}
		return sleep(ctx, 10*time.Millisecond) != nil
	}
	return len(p.r.Numbers) == 0
}

// yield ends a part of a BuyAny because another delivery has begun enough orders.
func (b *buyer) yield(p *part) {
	b.mu.Lock()
	b.yielded = true
	b.mu.Unlock()
	b.fail(because(b.a.err("Place", numbers.ErrNotPlaced, "", "the order was not sent", p.r.Numbers...), errEnough), p.r.Numbers...)
	b.giveBack(p)
	p.r.Numbers = nil
}

// drop removes the failed numbers from a part.
func (b *buyer) drop(p *part) {
	b.mu.Lock()
	defer b.mu.Unlock()
	p.r.Numbers = slices.DeleteFunc(slices.Clone(p.r.Numbers), func(n numbers.E164) bool { return b.failed[n] != nil })
}

// refused handles a definite refusal. If the vendor refuses an order because of some of
// its numbers, the other numbers are placed again: without the numbers that the vendor
// names, or in two halves if it names none. again is false if the part has ended. q is
// the other half.
func (b *buyer) refused(p *part, err error) (q *part, again bool) {
	named := namedBy(err, p.r.Numbers)
	switch {
	case len(p.r.Numbers) == 1 || len(named) == len(p.r.Numbers) || !aboutNumbers(err, len(named) > 0):
	case len(named) > 0:
		b.step(numbers.EventSent, p, err)
		b.fail(err, named...)
		b.drop(p)
		return nil, true
	case errors.Is(err, numbers.ErrNumberUnavailable):
		b.step(numbers.EventSent, p, err)
		half := len(p.r.Numbers) / 2
		b.giveBack(p)
		q = &part{r: p.r, items: p.items, index: p.index}
		b.mu.Lock()
		defer b.mu.Unlock()
		q.r.Numbers, p.r.Numbers = slices.Clone(p.r.Numbers[half:]), slices.Clone(p.r.Numbers[:half])
		p.price, q.price = p.halved(), q.halved()
		b.parts = append(b.parts, q)
		return q, true
	}
	b.notPlaced(p, err)
	return nil, false
}

// namedBy returns the numbers of list that a refusal names in Error.Refused. Error.Numbers
// does not show which of several numbers are the reason.
func namedBy(err error, list []numbers.E164) []numbers.E164 {
	e := errorIn(err)
	if e == nil {
		return nil
	}
	has := set.Of(list)
	named := slices.DeleteFunc(slices.Clone(e.Refused), func(n numbers.E164) bool { return !has.Has(n) })
	slices.Sort(named)
	return slices.Compact(named)
}

// aboutNumbers reports whether a refusal is about some of the numbers. Other refusals are
// about the account or the whole request.
func aboutNumbers(err error, named bool) bool {
	kind := numbers.KindOf(err)
	return errors.Is(kind, numbers.ErrNumberUnavailable) || named && slices.Contains([]error{
		numbers.ErrAlreadyOwned, numbers.ErrRequirements, numbers.ErrInvalid, numbers.ErrConflict, numbers.ErrLocked, numbers.ErrNotFound,
	}, kind)
}
