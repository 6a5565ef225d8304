package account

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/tnkit/tnkit/numbers"
)

// claim is one call of Place, and the claim that it begins.
type claim struct {
	b *buyer
	p *part

	mu         sync.Mutex
	calls      int
	entry      numbers.JournalEntry // with an id after the attempt has begun
	inTheWay   []numbers.JournalEntry
	cancel     context.CancelCauseFunc
	deadline   *time.Timer
	late       bool // nothing was sent, because the fence had passed
	credited   bool // the order belongs to another attempt
	journalErr error
}

var (
	errBegunTwice = errors.New("the Orderer called Begin twice")
	errEnough     = errors.New("another delivery of this purchase has begun enough orders")
	errUnanswered = errors.New("the vendor did not answer in time")
)

// place calls the Orderer's Place and records its result. If the outcome is not known,
// the error is ErrOutcomeUnknown. Any other error means that nothing was bought.
func (c *claim) place(ctx context.Context) (*numbers.Order, error) {
	a := c.b.a
	ctx, c.cancel = context.WithCancelCause(ctx)
	defer c.cancel(nil)
	r := c.p.r
	r.Numbers, r.Begin = slices.Clone(r.Numbers), c.begin
	defer c.leave() // also if Place panics
	order, err := a.o.Place(ctx, r)
	c.mu.Lock()
	defer c.mu.Unlock()
	never := c.calls == 0
	c.calls++                        // a later call of Begin begins nothing
	definite := numbers.HasKind(err) // an error without a kind proves nothing
	err = a.named("Place", err)
	if order != nil && order.ID == "" {
		order = nil
	}
	if order == nil && !definite {
		err = because(a.err("Place", numbers.ErrOutcomeUnknown, "", "the Orderer returned neither an order nor a usable error", r.Numbers...), err)
	}
	order = a.order(order)
	switch {
	case c.entry.ID != "":
		c.record(ctx, order, err)
	case order != nil, never && errors.Is(err, numbers.ErrOutcomeUnknown):
		if c.claimLate(ctx) {
			c.record(ctx, order, err)
		} else if order != nil && a.free(context.WithoutCancel(ctx), order.ID) != nil {
			c.credited = true // another purchase has it, or it is not certain that no other purchase has it
		}
	}
	return order, err
}

// leave records that the attempt no longer runs in this Account.
func (c *claim) leave() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.deadline != nil {
		c.deadline.Stop()
	}
	c.b.a.watch.end(c.entry.ID)
}

// record records the result of the attempt.
func (c *claim) record(ctx context.Context, order *numbers.Order, err error) {
	a := c.b.a
	c.entry.Ended = a.now()
	switch {
	case order != nil:
		c.journalErr = a.credit(ctx, c.entry, order)
		if c.credited = errors.Is(c.journalErr, errCredited); c.credited {
			c.unknown(ctx, "the vendor answered with an order of another purchase")
		} else {
			c.entry.End = a.placedEnd(c.entry, order)
		}
	case errors.Is(err, numbers.ErrOutcomeUnknown):
		if e := errorIn(err); e != nil {
			c.entry.Status = e.Status
			if e.Attempt != nil && e.Attempt.Status != 0 {
				c.entry.Status = e.Attempt.Status
			}
		}
		c.unknown(ctx, err.Error())
	default:
		c.late = !a.now().Before(c.entry.SendBy) && errors.Is(err, numbers.ErrNotPlaced)
		c.end(ctx, numbers.JournalEnd{Status: numbers.EntryRefused, Reason: err.Error()})
	}
}

// end records the end of the attempt. If the journal refuses it because it has a later
// end, that end stays, and the next reader uses it.
func (c *claim) end(ctx context.Context, end numbers.JournalEnd) {
	refused, err := c.b.a.end(ctx, c.entry, end)
	c.journalErr = err
	if !refused {
		c.entry.End = end
	}
}

func (c *claim) unknown(ctx context.Context, reason string) {
	c.end(ctx, numbers.JournalEnd{Status: numbers.EntryUnknown, Held: c.entry.Numbers, Reason: reason})
}

// begin implements OrderRequest.Begin.
func (c *claim) begin(ctx context.Context) (sendBy time.Time, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.calls++; c.calls > 1 {
		return sendBy, errBegunTwice
	}
	b, a := c.b, c.b.a
	e, err := c.fresh(ctx)
	if err != nil {
		return sendBy, err
	}
	inTheWay, err := a.journal.Begin(ctx, e.Attempt)
	switch {
	case err != nil:
		//nolint:contextcheck // it goes on after the purchase, until Close
		a.ends.add(a, pendingEnd{entry: e, begin: true, end: numbers.JournalEnd{Status: numbers.EntryNotPlaced, Reason: "the order was not sent: the journal failed", Time: a.now()}})
		return sendBy, because(a.err("Place", numbers.ErrNotPlaced, "", "nothing was sent: the journal can't record the attempt", e.Numbers...), err)
	case len(inTheWay) > 0:
		c.inTheWay = inTheWay
		return sendBy, a.heldError("Place", inTheWay[0], e.Numbers...)
	}
	if b.enough != nil {
		if err := b.enough(ctx, e); err != nil {
			_, _ = a.end(ctx, e, numbers.JournalEnd{Status: numbers.EntryRefused, Reason: "the order was not sent: " + err.Error()})
			return sendBy, err
		}
	}
	c.entry = e
	a.watch.begin(e.ID)
	c.deadline = time.AfterFunc(e.Deadline.Sub(a.now()), func() { c.cancel(errUnanswered) })
	return e.SendBy, nil
}

// fresh returns the entry for the journal, with a reading that is still fresh when the
// attempt starts. A reading may take long, and the process may be paused at any time.
func (c *claim) fresh(ctx context.Context) (e numbers.JournalEntry, err error) {
	const most = 3
	for try := 1; ; try++ {
		r, err := c.b.freshen(ctx, c.p)
		if err != nil {
			return e, err
		}
		e = c.attempt(r)
		switch {
		case e.Started.Sub(r.at) <= freshness:
			return e, nil
		case try == most:
			return e, c.b.a.err("Place", numbers.ErrUnreachable, "", "nothing was sent: reading the account's orders and numbers takes longer than "+freshness.String(), e.Numbers...)
		}
	}
}

// attempt returns the entry for the journal.
func (c *claim) attempt(r *reading) numbers.JournalEntry {
	a, now := c.b.a, c.b.a.now()
	sendBy := now.Add(sendWithin)
	return numbers.JournalEntry{Attempt: numbers.Attempt{
		ID: newID(), Vendor: a.caps.Vendor, Account: a.name, Scope: c.b.attemptScope(), Purchase: c.b.purchase, Reference: c.p.r.Reference,
		Numbers: slices.Clone(c.p.r.Numbers), Started: now, SendBy: sendBy, Deadline: sendBy.Add(a.answerWithin),
		Before: r.ids(c.p.r.Numbers),
	}}
}

// claimLate claims an order that the Orderer sent, or may have sent, without calling
// Begin, so that the order is not lost. If the claim fails, the attempt has no id.
func (c *claim) claimLate(ctx context.Context) (ok bool) {
	a := c.b.a
	c.b.turn <- struct{}{}
	c.entry = c.attempt(c.b.reading)
	<-c.b.turn
	c.entry.Ended = a.now()
	inTheWay, err := a.journal.Begin(context.WithoutCancel(ctx), c.entry.Attempt)
	if err != nil || len(inTheWay) > 0 {
		c.entry.ID = ""
		return false
	}
	return true
}

// backOff returns how long all orders of a purchase wait after a 429: as long as the
// vendor asks, or a time that grows with each try.
func backOff(try int, e *numbers.Error, jitter func(time.Duration) time.Duration) time.Duration {
	const most = 24 * time.Hour
	if e != nil && e.RetryAfter > 0 {
		d := min(e.RetryAfter, most)
		return d + jitter(d/10+1)
	}
	d := time.Second << min(try, 6)
	return d/2 + jitter(d/2)
}
