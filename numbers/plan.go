package numbers

import (
	"context"
	"fmt"
	"slices"
)

// Plan is what a [Buy] would do.
type Plan struct {
	// Known are orders that exist already by the request's reference.
	Known []*Order
	// Owned are numbers that the account has already.
	Owned []*Number
	// Requests are the orders that would be placed.
	Requests []OrderRequest
	// Quotation is what they would cost; nil where the vendor does not tell.
	Quotation *Quotation
}

// PlanPurchase does what [Buy] does before it sends anything: it validates,
// looks for what is known or owned already, splits, and holds the price
// against the caps. It buys nothing. A purchase that the caps forbid is
// ErrOverCap or ErrPriceUnknown beside the plan.
func PlanPurchase(ctx context.Context, o Orderer, r OrderRequest, opts *BuyOptions) (*Plan, error) {
	b, err := newBuyer(o, r, opts)
	if err != nil {
		return nil, err
	}
	b.opts.OnEvent = nil
	err = b.plan(ctx)
	p := &Plan{Owned: b.owned, Quotation: b.quote}
	for _, part := range b.parts {
		switch {
		case part.known && part.order != nil:
			p.Known = append(p.Known, part.order)
		case !part.known:
			p.Requests = append(p.Requests, part.r)
		}
	}
	return p, err
}

// plan fills parts, owned and before, and checks the caps.
func (b *buyer) plan(ctx context.Context) error {
	b.split()
	if err := b.takeUp(ctx); err != nil {
		return err
	}
	if err := b.dropOwned(ctx); err != nil {
		return err
	}
	if err := b.checkCaps(ctx); err != nil {
		return err
	}
	for _, p := range b.parts {
		if !p.known {
			b.tell(EventPlanned, p, nil)
		}
	}
	return nil
}

// takeUp looks for orders that exist by the parts' references. A part whose
// reference is known sends nothing.
func (b *buyer) takeUp(ctx context.Context) error {
	for _, p := range b.parts {
		order, attempt, err := known(ctx, b.o, p.r.Reference)
		if err != nil {
			return err
		}
		var has []E164
		switch {
		case order != nil:
			has = order.Numbers()
		case attempt != nil:
			has = attempt.Numbers
		default:
			continue
		}
		p.known, p.order, p.attempt = true, order, attempt
		if attempt != nil {
			p.err = b.stillUnknown(p, "the journal knows the reference, and not what became of it", nil)
		}
		for _, n := range has {
			if !slices.Contains(p.r.Numbers, n) {
				return &Error{
					Op: "Buy", Vendor: b.caps.Vendor, Kind: ErrConflict, Field: "Reference", Numbers: p.r.Numbers,
					Message: "the reference was used for other numbers: " + clean(string(n)),
				}
			}
		}
		for _, n := range p.r.Numbers {
			if !slices.Contains(has, n) {
				b.left = append(b.left, n)
			}
		}
		p.r.Numbers = has
	}
	return nil
}

// known looks for what exists by a reference already: in the journal, and at a
// vendor that keeps references. Neither result is set where nothing does.
func known(ctx context.Context, o Orderer, reference string) (*Order, *Attempt, error) {
	if d, ok := As[*journaled](o); ok {
		entry, found, err := d.journal.Find(ctx, d.account, reference)
		switch {
		case err != nil:
			return nil, nil, fmt.Errorf("numbers: Buy: the journal can't be read: %w", err)
		case !found || entry.End.Status == EntryRefused || entry.End.Status == EntryNotPlaced:
		case entry.End.Status == EntryPlaced:
			order, err := o.Order(ctx, entry.End.OrderID)
			return order, nil, err
		default:
			return nil, &entry.Attempt, nil
		}
	}
	if o.Capabilities().Recognises != ByReference {
		return nil, nil, nil
	}
	var found *Order
	for order, err := range o.Orders(ctx, OrderQuery{Reference: reference}) {
		if err == nil {
			order, err = whole(ctx, o, order)
		}
		if err != nil {
			return nil, nil, err
		}
		if found != nil && found.ID != order.ID {
			return nil, nil, &Error{
				Op: "Buy", Vendor: o.Capabilities().Vendor, Account: order.Account, Kind: ErrConflict, Field: "Reference",
				Numbers: order.Numbers(), Message: fmt.Sprintf("the vendor knows the reference twice: %s, %s", quote(found.ID), quote(order.ID)),
			}
		}
		found = order
	}
	return found, nil, nil
}

// whole reads an order that a listing shows without its numbers.
func whole(ctx context.Context, o Orderer, order *Order) (*Order, error) {
	if len(order.Items) >= order.Count && order.Count > 0 {
		return order, nil
	}
	return o.Order(ctx, order.ID)
}

// dropOwned takes numbers out of the parts that the account has already, and
// notes the ids that the rest had before.
func (b *buyer) dropOwned(ctx context.Context) error {
	wanted := append(b.unsent(), b.left...)
	if len(wanted) == 0 {
		return nil
	}
	ids, err := idsBefore(ctx, b.o, wanted)
	if err != nil {
		return err
	}
	b.before = ids
	has := make(map[E164]bool)
	if err := b.readOwned(ctx, wanted, has); err != nil {
		return err
	}
	for _, n := range b.left {
		if !has[n] {
			b.errs = append(b.errs, &Error{
				Op: "Buy", Vendor: b.caps.Vendor, Kind: ErrConflict, Field: "Reference", Numbers: []E164{n},
				Message: "the reference was used without this number; order it under another",
			})
		}
	}
	for _, p := range b.parts {
		if !p.known {
			p.r.Numbers = slices.DeleteFunc(slices.Clone(p.r.Numbers), func(n E164) bool { return has[n] })
		}
	}
	b.parts = slices.DeleteFunc(b.parts, func(p *part) bool { return len(p.r.Numbers) == 0 })
	return nil
}

// readOwned notes which of the wanted numbers the account has.
func (b *buyer) readOwned(ctx context.Context, wanted []E164, has map[E164]bool) error {
	inventory, ok := As[Inventory](b.o)
	if !ok || !b.caps.Can.Has(CanListOwned) {
		return nil
	}
	for n, err := range inventory.Owned(ctx, OwnedQuery{Numbers: wanted}) {
		if err != nil {
			return err
		}
		if n.State == NumberReleased || has[n.E164] {
			continue
		}
		has[n.E164] = true
		b.owned = append(b.owned, n)
		b.errs = append(b.errs, &Error{Op: "Buy", Vendor: b.caps.Vendor, Account: n.Account, Kind: ErrAlreadyOwned, Numbers: []E164{n.E164}})
	}
	return nil
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

// checkCaps holds the price of what is going to be ordered against the caps.
func (b *buyer) checkCaps(ctx context.Context) error {
	wanted := b.unsent()
	capped := b.opts.MaxUpfront != nil || b.opts.MaxMonthly != nil
	if len(wanted) == 0 || !b.caps.Can.Has(CanQuote) {
		if capped && len(wanted) > 0 && b.caps.Semantics == Buys {
			return b.refuse(ErrPriceUnknown, "", "a cap is set, and the vendor states no price before an order")
		}
		return nil
	}
	if !capped {
		return nil
	}
	r := b.r
	r.Numbers = wanted
	quote, err := Quote(ctx, b.o, r)
	if err != nil {
		return err
	}
	b.quote = quote
	return b.within(quote.Price)
}

// within refuses a price over the caps.
func (b *buyer) within(price *Price) error {
	if price == nil {
		price = &Price{}
	}
	for _, c := range []struct {
		name       string
		limit, due *Money
	}{
		{"MaxUpfront", b.opts.MaxUpfront, price.Upfront},
		{"MaxMonthly", b.opts.MaxMonthly, price.Monthly},
	} {
		switch {
		case c.limit == nil:
		case c.due == nil:
			return b.refuse(ErrPriceUnknown, c.name, "the vendor does not state this price")
		case c.due.Currency != c.limit.Currency:
			return b.refuse(ErrPriceUnknown, c.name, fmt.Sprintf("the cap is %s, and the price %s", c.limit, c.due))
		case c.due.Amount.GreaterThan(c.limit.Amount):
			return b.refuse(ErrOverCap, c.name, fmt.Sprintf("the price is %s, and the cap %s", c.due, c.limit))
		}
	}
	return nil
}
