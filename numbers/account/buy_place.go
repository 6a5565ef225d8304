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
	// What another delivery has, and what was refused, has no part.
	b.parts = slices.DeleteFunc(b.parts, func(p *part) bool { return !p.known && p.order == nil && p.attempt == nil })
}

// priceAsOffered is what a part costs by the offers of its numbers, where it was not
// quoted.
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
	// maxLimited bounds how often one order is tried again after a 429.
	maxLimited = 10
	// maxLate bounds how often one order is tried again whose time to send was over.
	maxLate = 3
)

// placePart places the numbers of a part: in one order, unless the vendor refuses some
// of them, or another purchase holds some.
func (b *buyer) placePart(ctx context.Context, p *part) {
	limited, late, conflicts := 0, 0, 0
	for len(p.r.Numbers) > 0 {
		entered, cause := b.pace.Enter(ctx)
		if cause != nil {
			b.notPlaced(p, because(b.a.err("Place", numbers.ErrNotPlaced, "", "it was not sent, because the purchase was stopped", p.r.Numbers...), cause))
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
			p.r.Numbers = nil // the next round plans them anew
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

// send makes one order of a part that has entered the pace, and leaves the pace, because
// the answer sets how fast the other orders go.
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

// placed takes over an order that the vendor made.
func (b *buyer) placed(ctx context.Context, p *part, c *claim, order *numbers.Order, err error) {
	b.sent(p, c.entry)
	switch {
	case c.credited:
		// The vendor answered with an order that another purchase has: what became of
		// this one is not known.
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

// sent notes that a part's order was sent; other orders look at it meanwhile.
func (b *buyer) sent(p *part, e numbers.JournalEntry) {
	b.mu.Lock()
	defer b.mu.Unlock()
	p.entry, p.sent = e, true
}

// lost notes an order whose outcome is unknown.
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

// inTheWay handles a claim that was refused. done is true where the part has nothing
// more to do here.
func (b *buyer) inTheWay(ctx context.Context, p *part, entries []numbers.JournalEntry, times int) (done bool) {
	const most = 20
	if slices.ContainsFunc(entries, b.isOwn) { // another delivery of this purchase: it is taken up
		if b.base != b.purchase {
			b.mu.Lock()
			b.yielded = true // by BuyAny, whatever round it is of
			b.mu.Unlock()
			b.fail(because(b.a.err("Place", numbers.ErrNotPlaced, "", "it was not sent", p.r.Numbers...), errEnough), p.r.Numbers...)
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
	if len(p.r.Numbers) == before { // the hold ended meanwhile
		if times == most {
			b.notPlaced(p, b.a.heldError("Place", entries[0], p.r.Numbers...))
			return true
		}
		return sleep(ctx, 10*time.Millisecond) != nil
	}
	return len(p.r.Numbers) == 0
}

// yield gives up a part of a BuyAny whose other delivery has begun enough.
func (b *buyer) yield(p *part) {
	b.mu.Lock()
	b.yielded = true
	b.mu.Unlock()
	b.fail(because(b.a.err("Place", numbers.ErrNotPlaced, "", "it was not sent", p.r.Numbers...), errEnough), p.r.Numbers...)
	b.giveBack(p)
	p.r.Numbers = nil
}

// drop takes out of a part what has failed.
func (b *buyer) drop(p *part) {
	b.mu.Lock()
	defer b.mu.Unlock()
	p.r.Numbers = slices.DeleteFunc(slices.Clone(p.r.Numbers), func(n numbers.E164) bool { return b.failed[n] != nil })
}

// refused handles a definite refusal. Where the vendor refuses an order for some of its
// numbers, the others are placed again: without the ones that it names, or in halves
// where it names none. again is false where the part has ended; q is the other half.
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

// namedBy are the numbers of list that a refusal names. An Orderer that does not set
// Error.Refused names numbers if its error is about a part of them: an error about all
// of several numbers does not show which of them are the reason.
func namedBy(err error, list []numbers.E164) []numbers.E164 {
	e := errorIn(err)
	if e == nil {
		return nil
	}
	has := set.Of(list)
	among := func(from []numbers.E164) []numbers.E164 {
		named := slices.DeleteFunc(slices.Clone(from), func(n numbers.E164) bool { return !has.Has(n) })
		slices.Sort(named)
		return slices.Compact(named)
	}
	if named := among(e.Refused); len(named) > 0 {
		return named
	}
	if named := among(e.Numbers); len(named) < len(list) {
		return named
	}
	return nil
}

// aboutNumbers reports whether a refusal is about some numbers, and not about the
// account or the whole request.
func aboutNumbers(err error, named bool) bool {
	kind := numbers.KindOf(err)
	return errors.Is(kind, numbers.ErrNumberUnavailable) || named && slices.Contains([]error{
		numbers.ErrAlreadyOwned, numbers.ErrRequirements, numbers.ErrInvalid, numbers.ErrConflict, numbers.ErrLocked, numbers.ErrNotFound,
	}, kind)
}
