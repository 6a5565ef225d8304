package account_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
)

// simOrderer is the vendor as one process has it: behind a limiter, a fence and a
// network.
type simOrderer struct{ p *simProcess }

var (
	_ numbers.Orderer   = (*simOrderer)(nil)
	_ numbers.Searcher  = (*simOrderer)(nil)
	_ numbers.Resolver  = (*simOrderer)(nil)
	_ numbers.Canceler  = (*simOrderer)(nil)
	_ numbers.Inventory = (*simOrderer)(nil)
	_ numbers.Releaser  = (*simOrderer)(nil)
)

func (o *simOrderer) Capabilities() numbers.Capabilities {
	c := o.p.w.sale.Capabilities()
	c.MaxNumbers = o.p.r.most
	if least := o.p.w.mutant.listingDelay; least != 0 {
		c.ListingDelay = least
	}
	return c
}

func (o *simOrderer) fail(op string, kind, cause error, message string, list ...numbers.E164) *numbers.Error {
	return &numbers.Error{Op: op, Vendor: "memory", Kind: kind, Err: cause, Message: message, Numbers: list}
}

// simAnswer is what comes back from the vendor.
type simAnswer struct {
	order *numbers.Order
	err   error
}

// Place implements numbers.Orderer: limiter, Begin, fence, request, answer.
func (o *simOrderer) Place(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
	p, w := o.p, o.p.w
	d := p.dice(ctx, "Place", w.reference(r.Reference))
	notSent := func(err error) error {
		kind := numbers.ErrNotPlaced
		if numbers.HasKind(err) {
			kind = numbers.KindOf(err)
		}
		return o.fail("Place", kind, err, "nothing was sent", r.Numbers...)
	}
	limiter := w.limiter
	if !w.calm.Load() && happens(d, w.slow) {
		limiter = pick(d, 3*time.Minute, 20*time.Minute)
	}
	if err := p.step(ctx, d, limiter, 2); err != nil {
		return nil, notSent(err)
	}
	var a numbers.Attempt
	sendBy, err := r.Begin(context.WithValue(ctx, simBegun{}, &a))
	if err != nil {
		return nil, notSent(err)
	}
	if err := p.step(ctx, d, time.Millisecond, 4); err != nil {
		return nil, notSent(err)
	}
	if !p.r.clock().Before(sendBy) && !w.mutant.noFence {
		w.count("orders that the fence stopped")
		w.logf("%s does not send %s: too late", p.name, w.reference(r.Reference))
		return nil, notSent(errors.New("the latest time to send had passed"))
	}
	w.checkSent(p, r, a, sendBy)
	answers := make(chan simAnswer, 1)
	go o.exchange(rand.New(rand.NewPCG(d.Uint64(), 0)), r, answers)
	err = nil
	select {
	case answer := <-answers:
		err = p.step(ctx, d, time.Millisecond, 4)
		if p.ctx.Err() == nil { // an answer that has arrived is used, also if ctx ended
			return answer.order, answer.err
		}
	case <-ctx.Done():
		_ = p.step(ctx, d, time.Millisecond, 4)
		err = ctx.Err()
	}
	e := o.fail("Place", numbers.ErrOutcomeUnknown, err, "no answer came", r.Numbers...)
	e.Attempt = &numbers.Attempt{Vendor: "memory", Reference: r.Reference, Numbers: r.Numbers}
	return nil, e
}

// checkSent checks an order that leaves the process.
func (w *simWorld) checkSent(p *simProcess, r numbers.OrderRequest, a numbers.Attempt, sendBy time.Time) {
	w.count("orders sent")
	name := w.reference(r.Reference)
	w.logf("%s sends %s %v", p.name, name, r.Numbers)
	if a.ID == "" {
		w.fail("sent after SendBy", "%s was sent without a claim", name)
		return
	}
	if now := p.r.clock(); !now.Before(a.SendBy) || !sendBy.Equal(a.SendBy) {
		w.fail("sent after SendBy", "%s was sent %s after its SendBy", name, now.Sub(a.SendBy))
	}
	found := false
	for e, err := range w.book.Entries(context.Background(), numbers.JournalQuery{IDs: []string{a.ID}}) {
		if found = err == nil; found && e.End.Status != "" {
			w.fail("sent after SendBy", "%s was sent when its entry was %s", name, e.End.Status)
		}
	}
	if !found {
		w.fail("sent after SendBy", "%s was sent, and its entry was not begun", name)
	}
}

// exchange carries a request to the vendor, and its answer back. It goes on when the
// process that sent it does not.
func (o *simOrderer) exchange(d *rand.Rand, r numbers.OrderRequest, answers chan<- simAnswer) {
	w := o.p.w
	underWay := upTo(d, 50*time.Millisecond)
	if !w.calm.Load() {
		faults, longer := w.drawFaults(d, r.Numbers)
		time.Sleep(longer)
		for _, f := range faults {
			w.count("orders with " + string(f.Kind))
			w.logf("%s meets %s", w.reference(r.Reference), f.Kind)
		}
		w.sale.Inject(faults...)
	} else {
		time.Sleep(underWay)
	}
	r.Begin = nil
	order, err := w.sale.Place(context.Background(), r)
	if order != nil {
		w.logf("the vendor takes %s: %s %s %v", w.reference(r.Reference), order.ID, order.State, r.Numbers)
	} else {
		w.logf("the vendor answers %s: %v", w.reference(r.Reference), numbers.KindOf(err))
	}
	time.Sleep(underWay)
	answers <- simAnswer{w.date(order), err}
}

// date returns an order as the vendor's clock dates it.
func (w *simWorld) date(o *numbers.Order) *numbers.Order {
	if o == nil {
		return nil
	}
	out := *o
	out.Created, out.Updated = out.Created.Add(w.dated), out.Updated.Add(w.dated)
	return &out
}

// ask is a request that is no order, of which do is what the vendor does.
func (o *simOrderer) ask(ctx context.Context, op, key string, do func() error) error {
	p, w := o.p, o.p.w
	d := p.dice(ctx, op, key)
	if err := p.step(ctx, d, 100*time.Millisecond, 1); err != nil {
		return o.fail(op, numbers.ErrUnreachable, err, "nothing was sent")
	}
	how := w.fault(d, w.failRead)
	if how != simDropped {
		if err := do(); err != nil {
			return err
		}
	}
	if err := p.step(ctx, d, 100*time.Millisecond, 1); err != nil {
		return o.fail(op, numbers.ErrUnreachable, err, "no answer came")
	}
	if how == "" {
		return nil
	}
	w.count("requests that failed, orders not counted")
	e := o.fail(op, numbers.ErrUnreachable, nil, "no answer came")
	switch d.IntN(4) {
	case 0:
		e.Kind, e.Status = numbers.ErrVendor, http.StatusServiceUnavailable
	case 1:
		if how == simDropped {
			e.Kind, e.Status, e.RetryAfter = numbers.ErrRateLimited, http.StatusTooManyRequests, upTo(d, 20*time.Second)
		}
	}
	return e
}

// Order implements numbers.Orderer.
func (o *simOrderer) Order(ctx context.Context, id string) (order *numbers.Order, err error) {
	err = o.ask(ctx, "Order", id, func() error {
		order, err = o.p.w.sale.Order(context.Background(), id)
		return err
	})
	if err != nil {
		return nil, err
	}
	return o.p.w.date(order), nil
}

// Orders implements numbers.Orderer.
func (o *simOrderer) Orders(ctx context.Context, q numbers.OrderQuery) iter.Seq2[*numbers.Order, error] {
	w := o.p.w
	return listed(o, ctx, "Orders", fmt.Sprint(w.reference(q.Reference), q.Numbers), func() iter.Seq2[*numbers.Order, error] {
		return w.sale.Orders(context.Background(), q)
	}, func(order *numbers.Order) *numbers.Order {
		order = w.date(order)
		if !q.Recent.IsZero() && order.Created.Before(q.Recent.Add(-numbers.ClockSlack)) {
			return nil // as an adapter may
		}
		return order
	})
}

// listed is a listing: it fails at once, or after some rows, or not.
func listed[T any](o *simOrderer, ctx context.Context, op, key string, list func() iter.Seq2[*T, error], keep func(*T) *T) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		var rows []*T
		failed := o.ask(ctx, op, key, func() error {
			for row, err := range list() {
				if err != nil {
					return err
				}
				if row = keep(row); row != nil {
					rows = append(rows, row)
				}
			}
			return nil
		})
		if failed != nil && !errors.Is(numbers.KindOf(failed), numbers.ErrVendor) {
			rows = nil // otherwise it broke off
		}
		for i, row := range rows {
			if failed != nil && i == len(rows)/2 {
				break
			}
			if !yield(row, nil) {
				return
			}
		}
		if failed != nil {
			yield(nil, failed)
		}
	}
}

// Owned implements numbers.Inventory.
func (o *simOrderer) Owned(ctx context.Context, q numbers.OwnedQuery) iter.Seq2[*numbers.Number, error] {
	return listed(o, ctx, "Owned", fmt.Sprint(q.Numbers), func() iter.Seq2[*numbers.Number, error] {
		return o.p.w.sale.Owned(context.Background(), q)
	}, func(n *numbers.Number) *numbers.Number {
		if o.p.w.hides && n.State == numbers.NumberPending {
			return nil
		}
		return n
	})
}

// Search implements numbers.Searcher. A stale search brings what is sold.
func (o *simOrderer) Search(ctx context.Context, q numbers.SearchQuery) iter.Seq2[*numbers.Offer, error] {
	w := o.p.w
	return listed(o, ctx, "Search", "", func() iter.Seq2[*numbers.Offer, error] {
		if w.calm.Load() || !happens(o.p.dice(ctx, "stale", ""), w.stale) {
			return w.sale.Search(context.Background(), q)
		}
		return func(yield func(*numbers.Offer, error) bool) {
			for _, offer := range w.vendor.Offers {
				offer.Vendor = "memory"
				if !yield(&offer, nil) {
					return
				}
			}
		}
	}, func(offer *numbers.Offer) *numbers.Offer { return offer })
}

// Release implements numbers.Releaser.
func (o *simOrderer) Release(ctx context.Context, n *numbers.Number) error {
	return o.ask(ctx, "Release", n.ID, func() error {
		err := o.p.w.sale.Release(context.Background(), n)
		o.p.w.logf("%s gives back %s, %s: %v", o.p.name, n.E164, n.ID, err)
		return err
	})
}

// Cancel implements numbers.Canceler.
func (o *simOrderer) Cancel(ctx context.Context, order *numbers.Order) (after *numbers.Order, err error) {
	err = o.ask(ctx, "Cancel", order.ID, func() error {
		after, err = o.p.w.sale.Cancel(context.Background(), order)
		o.p.w.logf("%s cancels %s: %v", o.p.name, order.ID, err)
		if after != nil && after.State == numbers.StateCanceled {
			o.p.w.mu.Lock()
			defer o.p.w.mu.Unlock()
			o.p.w.canceled[order.ID] = true
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return o.p.w.date(after), nil
}

// ResolveAll implements numbers.Resolver.
func (o *simOrderer) ResolveAll(ctx context.Context, attempts []numbers.Attempt) ([]numbers.Resolution, []error) {
	return driver.ResolveByListing(ctx, o, attempts, func(a numbers.Attempt) numbers.Resolution {
		switch {
		case a.Status == http.StatusInternalServerError:
			return numbers.Resolution{Outcome: numbers.PossiblyOrphaned, MaybeSold: true}
		case a.Status == 0 && o.p.w.vendor.Repeatable:
			return numbers.Resolution{Outcome: numbers.Repeatable}
		}
		return numbers.Resolution{Outcome: numbers.NotPlaced}
	})
}
