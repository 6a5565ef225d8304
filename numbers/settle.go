package numbers

import (
	"context"
	"errors"
	"fmt"
)

// waitAll waits for the orders that have not settled.
func (b *buyer) waitAll(ctx context.Context) {
	b.each(func(p *part) {
		if p.order == nil {
			return
		}
		if !p.order.Settled() {
			opts := b.opts.Wait
			opts.OnPoll = func(o *Order) {
				p.order = o
				if !o.Settled() {
					b.tell(EventPending, p, nil)
				}
				if b.opts.Wait.OnPoll != nil {
					b.opts.Wait.OnPoll(o)
				}
			}
			order, err := Wait(ctx, b.o, p.order.ID, &opts)
			p.waitErr = err
			if order != nil {
				p.order = order
			}
		}
		b.tell(EventSettled, p, p.waitErr)
	})
}

// assignAll assigns what the orders could not.
func (b *buyer) assignAll(ctx context.Context) {
	if b.later.IsZero() {
		return
	}
	b.each(func(p *part) {
		if p.order == nil {
			return
		}
		for _, item := range p.order.Items {
			if !bought(p.order, item) {
				continue
			}
			err := b.assign(ctx, item.E164)
			if err != nil {
				err = &Error{
					Op: "Assign", Vendor: b.caps.Vendor, Account: p.order.Account, Kind: kindOf(err), Numbers: []E164{item.E164},
					Message: "the number was bought, and could not be assigned: " + err.Error(), Err: err,
				}
				p.assignErrs = append(p.assignErrs, err)
			}
			b.event(Event{
				Kind: EventAssigned, Account: p.order.Account, Reference: p.r.Reference, Numbers: []E164{item.E164},
				OrderID: p.order.ID, State: p.order.State, Err: err,
			})
		}
	})
}

func (b *buyer) assign(ctx context.Context, n E164) error {
	own, err := Find(ctx, b.o, n)
	if err != nil {
		return err
	}
	_, err = Assign(ctx, b.o, own, b.later)
	return err
}

// result adds everything up.
func (b *buyer) result() (*Purchase, error) {
	p, e := &Purchase{Owned: b.owned}, &PurchaseError{Vendor: b.caps.Vendor, Errs: b.errs, missing: make(map[E164]error)}
	for _, part := range b.parts {
		if part.order != nil {
			p.Orders = append(p.Orders, part.order)
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
		e.Errs = append(e.Errs, part.assignErrs...)
	}
	if len(e.Errs) == 0 {
		return p, nil
	}
	return p, e
}

// shortfall adds the numbers of a placed order that are not bought.
func (b *buyer) shortfall(p *part, e *PurchaseError) {
	if b.opts.NoWait && !p.order.Settled() {
		return
	}
	told := make(map[E164]bool)
	items := p.order.Items
	for _, item := range items {
		told[item.E164] = true
	}
	for _, n := range p.r.Numbers {
		if !told[n] && !(p.order.State == StateComplete && len(p.order.Items) == 0) {
			items = append(items[:len(items):len(items)], Item{E164: n, State: p.order.State})
		}
	}
	for _, item := range items {
		if bought(p.order, item) {
			continue
		}
		err := b.notBought(p, item)
		e.Errs = append(e.Errs, err)
		if item.State == StateFailed || item.State == StateCancelled {
			e.missing[item.E164] = err
		}
	}
}

// notBought is the error of one number of a placed order.
func (b *buyer) notBought(p *part, item Item) error {
	e := &Error{Op: "Place", Vendor: b.caps.Vendor, Account: p.order.Account, Numbers: []E164{item.E164}, Err: item.Err}
	switch item.State {
	case StateFailed, StateCancelled:
		e.Kind = ErrNumberUnavailable
		if item.Err != nil {
			e.Kind = kindOf(item.Err)
		}
		e.Message = fmt.Sprintf("order %s: the number is %s", p.order.ID, item.State)
	case StateActionRequired:
		e.Op, e.Kind = "Wait", ErrRequirements
		e.Message = fmt.Sprintf("order %s stands still until its requirements are met", p.order.ID)
	default:
		e.Op, e.Kind = "Wait", ErrUnreachable
		e.Message = fmt.Sprintf("order %s has not settled; wait for it by its id", p.order.ID)
		if p.waitErr != nil {
			e.Kind, e.Err = kindOf(p.waitErr), errors.Join(item.Err, p.waitErr)
		}
	}
	return e
}
