package numbers

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/tnkit/tnkit/internal/ctxerr"
)

// waitAll waits for the orders that have not settled, but for those of other
// numbers: their end would tell nothing of what was asked for. All wait side by
// side, so that one that stays pending keeps no other from being seen; their
// readings are bounded by Concurrency.
func (b *buyer) waitAll(ctx context.Context) {
	slots := make(chan struct{}, b.opts.Concurrency)
	var wg sync.WaitGroup
	for _, p := range b.parts {
		if p.order != nil && p.strange() == nil {
			wg.Go(func() { b.wait(ctx, p, slots) })
		}
	}
	wg.Wait()
}

// wait waits for one order, and reads a settled one that does not tell its
// numbers.
func (b *buyer) wait(ctx context.Context, p *part, slots chan struct{}) {
	if !p.order.Settled() || !p.order.tellsNumbers() {
		w := waiter{caps: b.caps, id: p.order.ID, opts: b.opts.Wait}
		w.read = func(ctx context.Context) (*Order, error) {
			select {
			case slots <- struct{}{}:
				defer func() { <-slots }()
				return b.o.Order(ctx, w.id)
			case <-ctx.Done():
				return nil, ctxerr.Of(ctx)
			}
		}
		w.opts.OnPoll = func(o *Order) {
			p.order = o
			if !o.Settled() {
				b.tell(EventPending, p, nil)
			}
			if b.opts.Wait.OnPoll != nil {
				b.mu.Lock()
				defer b.mu.Unlock()
				b.opts.Wait.OnPoll(o)
			}
		}
		_, p.waitErr = w.run(ctx)
	}
	b.tell(EventSettled, p, p.waitErr)
}

// result adds everything up.
func (b *buyer) result() (*Purchase, error) {
	p := &Purchase{Reference: b.r.Reference, Owned: b.owned}
	e := &PurchaseError{Vendor: b.caps.Vendor, Account: b.caps.Account, Errs: b.errs, missing: make(map[E164]error)}
	for _, n := range b.left {
		e.missing[n] = b.notUnderReference(n)
		e.Errs = append(e.Errs, e.missing[n])
	}
	for _, part := range b.parts {
		if part.order != nil {
			p.Orders = append(p.Orders, part.told())
			b.shortfall(part, e)
		}
		if part.attempt != nil {
			p.Unknown = append(p.Unknown, *part.attempt)
		}
		if part.err != nil {
			e.Errs = append(e.Errs, part.err)
			for _, n := range part.r.Numbers {
				if part.attempt == nil {
					e.missing[n] = part.err
				}
			}
		}
		e.Errs = append(e.Errs, part.also...)
	}
	if len(e.Errs) == 0 {
		return p, nil
	}
	return p, e
}

// knownAlready is what an earlier call has ordered, where this one was refused;
// nil where that is nothing.
func (b *buyer) knownAlready() *Purchase {
	p := &Purchase{Reference: b.r.Reference}
	for _, part := range b.parts {
		if part.order != nil {
			p.Orders = append(p.Orders, part.order)
		}
		if part.attempt != nil {
			p.Unknown = append(p.Unknown, *part.attempt)
		}
	}
	if len(p.Orders)+len(p.Unknown) == 0 {
		return nil
	}
	return p
}

// told returns the order with all numbers of the request: those that the vendor
// does not list share the order's fate, unless it counts fewer.
func (p *part) told() *Order {
	o, wanted := p.order, p.r.Numbers
	if p.strange() != nil {
		return o
	}
	if len(wanted) == 1 && len(o.Items) == 1 && o.Count <= 1 && o.Items[0].E164 == "" {
		return o.spelled(wanted[0])
	}
	if len(o.Items) >= max(o.Count, 1) || 0 < o.Count && o.Count < len(wanted) {
		return o
	}
	has := setOf(o.Numbers())
	whole := *o
	whole.Items = whole.Items[:len(whole.Items):len(whole.Items)]
	for _, n := range wanted {
		if !has.has(n) && len(whole.Items) < max(o.Count, len(wanted)) {
			whole.Items = append(whole.Items, Item{E164: n, State: o.State})
		}
	}
	return &whole
}

// spelled returns an order of one number that its vendor spells in its own way,
// by the name that it was asked for.
func (o *Order) spelled(n E164) *Order {
	item := o.Items[0]
	if item.Owned != nil {
		own := *item.Owned
		own.E164, item.Owned = n, &own
	}
	item.E164 = n
	named := *o
	named.Items = []Item{item}
	return &named
}

// strange is ErrConflict where the order that came of a part is for other
// numbers than the part asked for, by Place's word or by the order itself. What
// BuyAny takes up may be for any: it asks for none.
func (p *part) strange() error {
	if p.other != nil || len(p.r.Numbers) == 0 {
		return p.other
	}
	return p.order.Answers(p.r)
}

// shortfall adds the numbers of a placed order that are not bought.
func (b *buyer) shortfall(p *part, e *PurchaseError) {
	if err := p.strange(); err != nil {
		e.Errs = append(e.Errs, err)
		return
	}
	if b.opts.NoWait && !p.order.Settled() {
		return
	}
	order := p.told()
	has := setOf(order.Numbers())
	items := order.Items
	for _, n := range p.r.Numbers {
		if has.has(n) || len(order.Numbers()) < len(order.Items) {
			continue
		}
		left := Item{E164: n, State: StatePending}
		switch {
		case !order.State.Terminal():
			left.State = order.State
		case order.tellsNumbers():
			left.State = StateFailed // the vendor made an order without it
		}
		items = append(items[:len(items):len(items)], left)
	}
	for _, item := range items {
		if bought(order, item) {
			continue
		}
		err := b.notBought(p, item)
		e.Errs = append(e.Errs, err)
		if item.State == StateFailed || item.State == StateCanceled {
			e.missing[item.E164] = err
		}
	}
}

// notBought is the error of one number of a placed order.
func (b *buyer) notBought(p *part, item Item) error {
	e := b.caps.err("Place", nil, "", "", item.E164)
	e.Err = item.Err
	switch state := item.State; {
	case state == StateFailed, state == StateCanceled:
		e.Kind = ErrNumberUnavailable
		if item.Err != nil {
			e.Kind = kindOf(item.Err)
		}
		e.Message = fmt.Sprintf("order %s: the number is %s", quote(p.order.ID), state)
	case state == StateActionRequired, p.order.State == StateActionRequired:
		e.Op, e.Kind = "Wait", ErrRequirements
		e.Message = fmt.Sprintf("order %s stands still until its requirements are met", quote(p.order.ID))
	default:
		e.Op, e.Kind, e.Err = "Wait", ErrPending, errors.Join(item.Err, p.waitErr)
		e.Message = fmt.Sprintf("order %s has not settled, or does not tell of this number; wait for it by its id", quote(p.order.ID))
	}
	return e
}
