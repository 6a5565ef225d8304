package account

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/tnkit/tnkit/internal/ctxerr"
	"github.com/tnkit/tnkit/internal/parallel"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
)

// WaitOptions are the options of Account.Wait. The zero value means the defaults.
type WaitOptions struct {
	// MinInterval is the first pause between two readings; 0 = 1 s. Each further pause is
	// 1.5 times as long as the one before, with jitter.
	MinInterval time.Duration
	// MaxInterval is the longest pause; 0 = 30 s. A pause is longer if the vendor's
	// Retry-After is longer.
	MaxInterval time.Duration
	// OnPoll is called after every reading, with the order that was read. Only one
	// goroutine calls it at a time, also if Buy waits for several orders.
	OnPoll func(*numbers.Order)
}

// Wait reads an order until it settles. An order has settled if it or all its items are
// terminal, if it is Final, or if the vendor requires documents or data (ActionRequired).
// If err is nil, the order has settled: check its State. Wait needs only the id, so
// another process can call it. Only ctx limits how long Wait takes. If ctx ends first,
// the error is ErrPending.
//
// A failed reading does not mean that the order failed. Wait continues after every error
// that may be temporary, and obeys Retry-After. A 404 within the vendor's listing delay
// means that the order is not visible yet. If Wait returns an error, it also returns the
// order as it was last read, or nil. A call of Notify makes Wait read at once.
func (a *Account) Wait(ctx context.Context, id string, opts *WaitOptions) (*numbers.Order, error) {
	const op = "Wait"
	if err := a.check(ctx, op); err != nil {
		return nil, err
	}
	if id == "" {
		return nil, a.err(op, numbers.ErrInvalid, "id", "it is empty")
	}
	w := waiter{a: a, id: id, read: func(ctx context.Context) (*numbers.Order, error) { return a.o.Order(ctx, id) }}
	if opts != nil {
		w.opts = *opts
	}
	o, err := w.run(ctx)
	if err == nil {
		a.noteOrder(ctx, o)
	}
	return o, err
}

// waiter waits for one order.
type waiter struct {
	a       *Account
	id      string
	numbers []numbers.E164
	read    func(context.Context) (*numbers.Order, error)
	opts    WaitOptions
	last    *numbers.Order
}

func (w *waiter) run(ctx context.Context) (*numbers.Order, error) {
	interval, most := w.opts.MinInterval, w.opts.MaxInterval
	if interval <= 0 {
		interval = time.Second
	}
	if most <= 0 {
		most = max(30*time.Second, interval)
	}
	reader := w.a.wake.join(w.id, w.numbers)
	defer reader.leave()
	began := time.Now()
	for poll := began; ; {
		if cause := ctxerr.Of(ctx); cause != nil {
			return w.last, w.stopped(cause)
		}
		order, err := w.read(ctx)
		if err == nil {
			order, err = driver.CheckID(w.a.caps.Vendor, "Wait", w.id, order)
		}
		order, err = w.a.order(order), w.a.named("Wait", err)
		switch {
		case err == nil:
			w.last = order
			reader.alsoNumbers(order.Numbers())
			if w.opts.OnPoll != nil {
				w.opts.OnPoll(order)
			}
			if order.Settled() {
				return order, nil
			}
		case !w.passes(err, began): // the vendor answered with another order; the next answer may be right
			return w.last, err
		}
		if now := time.Now(); !now.Before(poll) { // else a notification came before it
			interval = min(interval, most)
			poll = now.Add(interval/2 + w.a.jitter(interval/2+1))
			interval += interval/2 + 1
		}
		if cause := reader.sleepUntil(ctx, poll, retryAfter(err)); cause != nil {
			return w.last, w.stopped(cause)
		}
	}
}

func (w *waiter) stopped(cause error) error {
	return because(w.a.err("Wait", numbers.ErrPending, "", "the waiting ended before order "+quote(w.id)+" settled", w.last.Numbers()...), cause)
}

// passes reports whether a later reading may succeed.
func (w *waiter) passes(err error, began time.Time) bool {
	if errors.Is(err, numbers.ErrNotFound) {
		return time.Since(began) < max(w.a.caps.ListingDelay, time.Second)
	}
	return mayPass(err)
}

// waitAll waits for the orders that have not settled, except those for other numbers. All
// waits run in parallel, so that an order that stays pending does not delay the others.
// Concurrency limits the readings.
func (b *buyer) waitAll(ctx context.Context) {
	var list []*part
	for _, p := range b.parts {
		if p.order != nil && p.mismatch(b) == nil {
			list = append(list, p)
		}
	}
	slots := make(chan struct{}, b.opts.Concurrency)
	parallel.Do(0, len(list), func(i int) { b.wait(ctx, list[i], slots) })
}

// wait waits for one order. It also reads a settled order that does not show its numbers.
func (b *buyer) wait(ctx context.Context, p *part, slots chan struct{}) {
	if !p.order.Settled() || !p.order.HasAllItems() {
		w := waiter{a: b.a, id: p.order.ID, numbers: p.r.Numbers, opts: b.opts.Wait}
		w.read = func(ctx context.Context) (*numbers.Order, error) {
			select {
			case slots <- struct{}{}:
				defer func() { <-slots }()
				return b.a.o.Order(ctx, w.id)
			case <-ctx.Done():
				return nil, ctxerr.Of(ctx)
			}
		}
		w.opts.OnPoll = func(o *numbers.Order) {
			keepDeadlines(o, p.order)
			p.order = b.withoutReleased(p, o)
			b.journalFailed(p, b.a.hold(ctx, &p.entry, p.withItems()))
			if !o.Settled() {
				b.step(numbers.EventPending, p, nil)
			}
			if b.opts.Wait.OnPoll != nil {
				b.mu.Lock()
				defer b.mu.Unlock()
				b.opts.Wait.OnPoll(o)
			}
		}
		_, p.waitErr = w.run(ctx)
	}
	b.step(numbers.EventSettled, p, p.waitErr)
}

// keepDeadlines keeps the deadlines of an earlier answer for numbers that still have
// requirements, if the later answer states none.
func keepDeadlines(o, before *numbers.Order) {
	stated := make(map[numbers.E164]time.Time)
	for _, item := range before.Items {
		if !item.Deadline.IsZero() {
			stated[item.E164] = item.Deadline
		}
	}
	for i, item := range o.Items {
		if item.Deadline.IsZero() && !item.State.Terminal() {
			o.Items[i].Deadline = stated[item.E164]
		}
	}
}

// assignAll sets the fields of the assignment that the orders could not set.
func (b *buyer) assignAll(ctx context.Context) {
	if b.later.IsZero() {
		return
	}
	todo := make(map[numbers.E164]*part)
	for _, p := range b.parts {
		if p.order == nil || p.mismatch(b) != nil {
			continue
		}
		order := p.withItems()
		for _, item := range order.Items {
			if item.E164 != "" && bought(order, item) {
				todo[item.E164] = p
			}
		}
	}
	reader := b.a.wake.join("", slices.Collect(maps.Keys(todo)))
	defer reader.leave()
	poll := time.Now()
	until := poll.Add(max(b.a.caps.ListingDelay, time.Second))
	for pause := time.Second; ; {
		err := b.assignListed(ctx, todo)
		if len(todo) == 0 {
			return
		}
		now := time.Now()
		if !now.Before(poll) { // else a notification came before it
			poll, pause = now.Add(pause), min(2*pause, 30*time.Second)
		}
		if err != nil && !mayPass(err) || !now.Before(until) || reader.sleepUntil(ctx, poll, min(retryAfter(err), time.Until(poll))) != nil {
			b.giveUpAssigning(todo, err)
			return
		}
	}
}

// assignListed assigns the numbers of todo that the inventory lists, and removes them
// from todo.
func (b *buyer) assignListed(ctx context.Context, todo map[numbers.E164]*part) error {
	owned, err := b.a.ownedOf(ctx, "Assign", slices.Sorted(maps.Keys(todo)))
	if err != nil {
		return err
	}
	var list []*numbers.Number
	of := make(map[numbers.E164]*part)
	for _, own := range owned {
		if p, ok := todo[own.E164]; ok { // otherwise it is listed twice
			delete(todo, own.E164)
			of[own.E164], list = p, append(list, own)
		}
	}
	parallel.Do(b.opts.Concurrency, len(list), func(i int) {
		own := list[i]
		_, err := b.a.Assign(ctx, own, b.later)
		b.assigned(of[own.E164], own.E164, err)
	})
	return nil
}

func (b *buyer) giveUpAssigning(todo map[numbers.E164]*part, err error) {
	for _, n := range slices.Sorted(maps.Keys(todo)) {
		cause := err
		if cause == nil {
			cause = b.a.err("Assign", numbers.ErrNotFound, "", "the account does not list the number", n)
		}
		b.assigned(todo[n], n, cause)
	}
}

// assigned reports the result of assigning a number.
func (b *buyer) assigned(p *part, n numbers.E164, err error) {
	if err != nil {
		err = because(b.a.err("Assign", kindOf(err), "", "the number was bought, but could not be assigned", n), err)
		b.mu.Lock()
		p.also = append(p.also, err)
		b.mu.Unlock()
	}
	e := p.event(numbers.EventAssigned, err)
	e.Numbers = []numbers.E164{n}
	b.emit(e)
}

// splitAssignment leaves in the order the fields that an order can set, and keeps the
// other fields for later.
func (b *buyer) splitAssignment() {
	if b.r.Assign == nil {
		return
	}
	now, later := split(*b.r.Assign, b.a.caps.Assigns)
	b.r.Assign, b.later = nil, later
	if !now.IsZero() {
		b.r.Assign = &now
	}
}

// split divides a into the fields of set and the other fields.
func split(a numbers.Assignment, set numbers.AssignField) (in, out numbers.Assignment) {
	for _, f := range []struct {
		bit           numbers.AssignField
		from, in, out *string
	}{
		{numbers.AssignConnection, &a.Connection, &in.Connection, &out.Connection},
		{numbers.AssignApplication, &a.Application, &in.Application, &out.Application},
		{numbers.AssignMessagingProfile, &a.MessagingProfile, &in.MessagingProfile, &out.MessagingProfile},
		{numbers.AssignBillingGroup, &a.BillingGroup, &in.BillingGroup, &out.BillingGroup},
		{numbers.AssignCallFlow, &a.CallFlow, &in.CallFlow, &out.CallFlow},
		{numbers.AssignMessageFlow, &a.MessageFlow, &in.MessageFlow, &out.MessageFlow},
	} {
		if set&f.bit != 0 {
			*f.in = *f.from
		} else {
			*f.out = *f.from
		}
	}
	return in, out
}
