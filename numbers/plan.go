package numbers

import (
	"context"
	"errors"
	"maps"
	"slices"
)

// Plan is what a [Buy] would do.
type Plan struct {
	// Known are orders that exist already by the request's reference.
	Known []*Order
	// Unknown are attempts that a journal has by the request's reference, and
	// of which it does not know what became. Buy would resolve them.
	Unknown []Attempt
	// Owned are numbers that the account has already.
	Owned []*Number
	// Requests are the orders that would be placed.
	Requests []OrderRequest
	// Quotation is what they would cost; nil where the vendor does not tell.
	Quotation *Quotation
}

// PlanPurchase does what [Buy] does before it sends anything: it validates,
// looks for what is known or owned already, splits, asks for the price where
// the vendor tells it, and holds it against the caps. It buys nothing. A
// purchase that the caps forbid is ErrOverCap or ErrPriceUnknown beside the
// plan.
func PlanPurchase(ctx context.Context, o Orderer, r OrderRequest, opts *BuyOptions) (*Plan, error) {
	b, err := newBuyer("PlanPurchase", o, r, opts)
	if err != nil {
		return nil, err
	}
	b.opts.OnEvent = nil
	if err = b.plan(ctx); err == nil {
		err = b.checkPrice(ctx)
	}
	p := &Plan{Owned: b.owned, Quotation: b.quote}
	for _, part := range b.parts {
		switch {
		case part.order != nil:
			p.Known = append(p.Known, part.order)
		case part.attempt != nil:
			p.Unknown = append(p.Unknown, *part.attempt)
		default:
			p.Requests = append(p.Requests, part.r)
		}
	}
	return p, err
}

// plan fills parts, owned and before.
func (b *buyer) plan(ctx context.Context) error {
	b.split()
	if err := b.takeUp(ctx); err != nil {
		return err
	}
	return b.dropOwned(ctx)
}

// dropOwned takes numbers out of the parts that the account has already or has
// on order, and notes the ids that the rest had before.
func (b *buyer) dropOwned(ctx context.Context) error {
	wanted := append(b.unsent(), b.left...)
	if len(wanted) == 0 {
		return nil
	}
	owned, err := ownedOf(ctx, b.o, wanted)
	if err != nil {
		return err
	}
	if err := b.dropHad(ctx, owned); err != nil {
		return err
	}
	return b.dropOrdered(ctx, owned)
}

// dropHad takes out what the account has: owned, as it was read.
func (b *buyer) dropHad(ctx context.Context, owned []*Number) error {
	has := make(set[E164])
	for _, n := range owned {
		has[n.E164] = struct{}{}
	}
	if err := b.lookAgain(ctx, has); err != nil {
		return err
	}
	open, told := setOf(append(b.unsent(), b.left...)), make(set[E164])
	for _, n := range owned {
		if !open.has(n.E164) || told.has(n.E164) {
			continue
		}
		told[n.E164] = struct{}{}
		b.owned = append(b.owned, n)
		b.errs = append(b.errs, b.caps.err(b.op, ErrAlreadyOwned, "", "", n.E164))
	}
	b.drop(has)
	b.left = slices.DeleteFunc(b.left, has.has)
	return nil
}

// errOnOrder is the cause of an ErrConflict that another number does not have.
var errOnOrder = errors.New("on order already")

// dropOrdered takes out what stands in an order that has not ended yet, where
// no reference tells whose that is.
func (b *buyer) dropOrdered(ctx context.Context, owned []*Number) (err error) {
	wanted := b.unsent()
	if len(wanted) == 0 {
		return nil
	}
	if b.before, err = idsBefore(ctx, b.o, wanted, owned); err != nil || b.caps.FoundBy == ByReference {
		return err
	}
	rows := make(set[string])
	for _, n := range owned {
		rows[n.ID] = struct{}{}
	}
	ordered, sold, err := onOrder(ctx, b.op, b.o, wanted, slices.DeleteFunc(slices.Clone(b.before), rows.has))
	if err != nil {
		return err
	}
	if len(sold) > 0 { // and released since, or bought since the inventory was read
		if owned, err = ownedOf(ctx, b.o, sold); err != nil {
			return err
		}
		if err := b.dropHad(ctx, owned); err != nil {
			return err
		}
	}
	gone := setOf(slices.Collect(maps.Keys(ordered)))
	if err := b.lookAgain(ctx, gone); err != nil {
		return err
	}
	for _, n := range b.unsent() {
		if order := ordered[n]; order != nil {
			e := b.caps.err(b.op, ErrConflict, "", "order "+quote(order.ID)+" for it is "+string(order.State), n)
			e.Err = errOnOrder
			b.errs = append(b.errs, e)
		}
	}
	b.drop(gone)
	return nil
}

// drop takes numbers out of the parts that are not sent yet.
func (b *buyer) drop(gone set[E164]) {
	for _, p := range b.parts {
		if !p.known {
			p.r.Numbers = slices.DeleteFunc(slices.Clone(p.r.Numbers), gone.has)
		}
	}
	b.parts = slices.DeleteFunc(b.parts, func(p *part) bool { return !p.known && len(p.r.Numbers) == 0 })
}

// unsent are the numbers that are going to be ordered.
func (b *buyer) unsent() []E164 {
	var list []E164
	for _, p := range b.parts {
		if !p.known {
			list = append(list, p.r.Numbers...)
		}
	}
	return list
}
