package account

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tnkit/tnkit/internal/set"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
)

// Purchase is the result of Buy. It has everything that was bought or may have been
// bought.
type Purchase struct {
	// Reference is the request's reference, or the new one if the request had none. A
	// later call with this reference continues the purchase.
	Reference string `json:"reference"`
	// Orders are the orders that the vendor has, as last read.
	Orders []*numbers.Order `json:"orders,omitempty"`
	// Unknown are the attempts whose outcome is unknown. Do not order their numbers
	// with another reference.
	Unknown []numbers.Attempt `json:"unknown,omitempty"`
	// Owned are numbers of the request that the account already owned. They were not
	// ordered.
	Owned []*numbers.Number `json:"owned,omitempty"`
}

// Bought returns the numbers that were certainly bought. If p is nil, it returns nil.
func (p *Purchase) Bought() []numbers.E164 {
	if p == nil {
		return nil
	}
	var list []numbers.E164
	for _, o := range p.Orders {
		for _, item := range o.Items {
			if item.E164 != "" && bought(o, item) {
				list = append(list, item.E164)
			}
		}
	}
	return list
}

// bought reports whether an item is bought: complete, or pending in a Final order.
func bought(o *numbers.Order, item numbers.Item) bool {
	return item.State == numbers.StateComplete || o.Final && item.State == numbers.StatePending
}

// PurchaseError lists the numbers of a purchase that are missing and the steps that
// failed. Numbers that it does not name were bought.
type PurchaseError struct {
	Vendor, Account string
	// Errs has one *numbers.Error for each order or number that failed, did not settle or
	// has an unknown outcome, and one for each other failure.
	Errs []error

	missing map[numbers.E164]error
}

// NewPurchaseError returns the error of a purchase at several accounts. errs are its
// failures. missing has the numbers that were definitely not bought, each with the
// reason. Package fleet uses this function.
func NewPurchaseError(errs []error, missing map[numbers.E164]error) *PurchaseError {
	return &PurchaseError{Errs: errs, missing: missing}
}

// Error returns the first few errors in one line.
func (e *PurchaseError) Error() string {
	const most = 3
	var list []string
	for _, err := range e.Errs[:min(most, len(e.Errs))] {
		list = append(list, err.Error())
	}
	if more := len(e.Errs) - most; more > 0 {
		list = append(list, fmt.Sprintf("and %d more", more))
	}
	return "the purchase is not complete: " + strings.Join(list, "; ")
}

// Unwrap returns the errors, for errors.Is and errors.As. If the outcome of any order is
// unknown, it returns only the ErrOutcomeUnknown errors: a caller that repeats an order
// after another kind must not buy twice. Errs has all errors.
func (e *PurchaseError) Unwrap() []error {
	unknown := slices.DeleteFunc(slices.Clone(e.Errs), func(err error) bool { return !errors.Is(err, numbers.ErrOutcomeUnknown) })
	if len(unknown) > 0 {
		return unknown
	}
	return e.Errs
}

// Missing returns the numbers that were definitely not bought, each with the reason. They
// may be ordered again. If e is nil, it returns nil.
func (e *PurchaseError) Missing() map[numbers.E164]error {
	if e == nil {
		return nil
	}
	return maps.Clone(e.missing)
}

// result returns the purchase and its error.
func (b *buyer) result(ctx context.Context) (*Purchase, error) {
	p := &Purchase{Reference: b.purchase, Owned: b.owned}
	e := &PurchaseError{Vendor: b.a.caps.Vendor, Account: b.a.name, Errs: slices.Clone(b.errs), missing: maps.Clone(b.failed)}
	maps.DeleteFunc(e.missing, func(_ numbers.E164, err error) bool { // these must not be ordered again
		return errors.Is(err, numbers.ErrAlreadyOwned) || errors.Is(err, errOnOrder)
	})
	for _, part := range b.parts {
		if part.order != nil {
			p.Orders = append(p.Orders, part.withItems())
			b.shortfall(part, e)
		}
		if part.attempt != nil {
			p.Unknown = append(p.Unknown, *part.attempt)
			e.Errs = append(e.Errs, part.err)
		}
		if part.gone {
			e.Errs = append(e.Errs, part.waitErr)
		}
		e.Errs = append(e.Errs, part.also...)
	}
	for _, a := range p.Unknown { // an earlier order may have bought it
		for _, n := range a.Numbers {
			delete(e.missing, n)
		}
	}
	b.dropElsewhere(ctx, e.missing)
	if err := b.checkSpent(); err != nil {
		e.Errs = append(e.Errs, err)
	}
	if len(e.Errs) == 0 {
		return p, nil
	}
	return p, e
}

// dropElsewhere removes from missing the numbers that another delivery of this purchase
// has ordered since, because they must not be ordered again.
func (b *buyer) dropElsewhere(ctx context.Context, missing map[numbers.E164]error) {
	if len(missing) == 0 || !b.named {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordWithin)
	defer cancel()
	entries, err := b.entries(ctx, numbers.JournalQuery{Scope: b.scope, Purchase: b.purchase})
	if err != nil {
		clear(missing) // it is not certain that a number may be ordered again
		return
	}
	for _, e := range entries {
		if slices.ContainsFunc(b.parts, func(p *part) bool { return p.entry.ID == e.ID }) {
			continue
		}
		for _, n := range e.Numbers {
			if b.has(e, n) {
				delete(missing, n)
			}
		}
	}
}

// soFar returns what the purchase already has, for a call that is refused. It returns nil
// if that is nothing.
func (b *buyer) soFar() *Purchase {
	p := &Purchase{Reference: b.purchase}
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

// withItems returns the order with all numbers of the request. A number that the vendor
// does not list gets the order's state, unless the order has fewer numbers than the
// request.
func (p *part) withItems() *numbers.Order {
	o, wanted := p.order, p.r.Numbers
	if p.other != nil || len(wanted) > 0 && driver.Mismatch(o, wanted) != "" {
		return o
	}
	if len(wanted) == 1 && len(o.Items) == 1 && o.Count <= 1 && o.Items[0].E164 == "" {
		return spelled(o, wanted[0])
	}
	if len(o.Items) >= max(o.Count, 1) || 0 < o.Count && o.Count < len(wanted) {
		return o
	}
	has := set.Of(o.Numbers())
	whole := *o
	whole.Items = whole.Items[:len(whole.Items):len(whole.Items)]
	for _, n := range wanted {
		if !has.Has(n) && len(whole.Items) < max(o.Count, len(wanted)) {
			whole.Items = append(whole.Items, numbers.Item{E164: n, State: o.State})
		}
	}
	return &whole
}

// errReleased is the cause of an ErrNotFound of a number that was bought and later
// released.
var errReleased = errors.New("it was bought and later released")

// withoutReleased returns the order with the state canceled for the numbers that were
// released since, because a vendor may still show them as bought. A placed entry holds
// all numbers of its order that did not fail, and Release ends the hold of the number
// that it releases.
func (b *buyer) withoutReleased(p *part, o *numbers.Order) *numbers.Order {
	released := func(item numbers.Item) bool {
		if item.Owned != nil && item.Owned.State == numbers.NumberReleased {
			return true
		}
		return p.entry.End.Status == numbers.EntryPlaced && !lost(item.State) && item.State != numbers.StateActionRequired &&
			slices.Contains(p.entry.Numbers, item.E164) && !slices.Contains(p.entry.End.Held, item.E164)
	}
	if !p.known || !slices.ContainsFunc(o.Items, released) {
		return o
	}
	p.given = true
	out := *o
	out.Items = slices.Clone(o.Items)
	for i, item := range out.Items {
		if released(item) {
			out.Items[i].State = numbers.StateCanceled
			out.Items[i].Err = because(b.a.err("Order", numbers.ErrNotFound, "", "the account no longer has the number", item.E164), errReleased)
		}
	}
	return &out
}

// spelled returns an order of one number whose spelling at the vendor is not E.164, with
// the number that was requested.
func spelled(o *numbers.Order, n numbers.E164) *numbers.Order {
	item := o.Items[0]
	if item.Owned != nil {
		own := *item.Owned
		own.E164, item.Owned = n, &own
	}
	item.E164 = n
	named := *o
	named.Items = []numbers.Item{item}
	return &named
}

// mismatch returns ErrConflict if the part's order has other numbers than were requested.
// An order that BuyAny continues may have more numbers, because it may not have shown
// them when it was found.
func (p *part) mismatch(b *buyer) error {
	if p.other != nil || len(p.r.Numbers) == 0 {
		return p.other
	}
	wanted := p.r.Numbers
	if has := set.Of(p.order.Numbers()); len(b.r.Numbers) == 0 && !slices.ContainsFunc(wanted, func(n numbers.E164) bool { return !has.Has(n) }) {
		wanted = p.order.Numbers()
	}
	if reason := driver.Mismatch(p.order, wanted); reason != "" {
		return b.a.err("Place", numbers.ErrConflict, "", "order "+quote(p.order.ID)+": "+reason+"; check it before you order again", p.r.Numbers...)
	}
	return nil
}

// shortfall adds the numbers of a placed order that are not bought to the error.
func (b *buyer) shortfall(p *part, e *PurchaseError) {
	if err := p.mismatch(b); err != nil {
		e.Errs = append(e.Errs, err)
		return
	}
	if b.opts.NoWait && !p.order.Settled() {
		return
	}
	order := p.withItems()
	has := set.Of(order.Numbers())
	items := order.Items
	for _, n := range p.r.Numbers {
		if has.Has(n) || len(order.Numbers()) < len(order.Items) {
			continue
		}
		left := numbers.Item{E164: n, State: numbers.StatePending}
		switch {
		case !order.State.Terminal():
			left.State = order.State
		case order.HasAllItems():
			left.State = numbers.StateFailed // the vendor made the order without this number
		}
		items = append(items[:len(items):len(items)], left)
	}
	for _, item := range items {
		if bought(order, item) {
			continue
		}
		err := b.notBought(p, item)
		e.Errs = append(e.Errs, err)
		if lost(item.State) && !errors.Is(err, errReleased) {
			if e.missing == nil {
				e.missing = make(map[numbers.E164]error)
			}
			e.missing[item.E164] = err
		}
	}
}

// notBought returns the error of one number of a placed order that is not bought.
func (b *buyer) notBought(p *part, item numbers.Item) error {
	e := b.a.err("Place", nil, "", "", item.E164)
	e.Err = item.Err
	switch state := item.State; {
	case lost(state):
		e.Kind = numbers.ErrNumberUnavailable
		if item.Err != nil {
			e.Kind = kindOf(item.Err)
		}
		e.Message = fmt.Sprintf("order %s: the number is %s", quote(p.order.ID), state)
	case state == numbers.StateActionRequired, p.order.State == numbers.StateActionRequired:
		e.Op, e.Kind = "Wait", numbers.ErrRequirements
		e.Message = fmt.Sprintf("order %s waits until its requirements are met", quote(p.order.ID))
	default:
		e.Op, e.Kind, e.Err = "Wait", numbers.ErrPending, errors.Join(item.Err, p.waitErr)
		e.Message = fmt.Sprintf("order %s has not settled, or does not show this number; wait for it by its id", quote(p.order.ID))
	}
	return e
}
