package numbers

import (
	"context"
	"fmt"
)

// capped reports whether the purchase has a cap that something can exceed.
func (b *buyer) capped() bool {
	return (b.opts.MaxUpfront != nil || b.opts.MaxMonthly != nil) && b.caps.Semantics == Buys
}

// checkLimits refuses caps that make no sense.
func (b *buyer) checkLimits() error {
	for _, c := range []struct {
		field string
		limit *Money
	}{{"MaxUpfront", b.opts.MaxUpfront}, {"MaxMonthly", b.opts.MaxMonthly}} {
		switch {
		case c.limit == nil:
		case c.limit.Currency == "":
			return b.refuse(ErrInvalid, c.field, "the cap has no currency")
		case c.limit.Amount.IsNegative():
			return b.refuse(ErrInvalid, c.field, "the cap is negative")
		}
	}
	return nil
}

// checkPrice asks what will be ordered costs, and holds it against the caps,
// with what an earlier call has ordered.
func (b *buyer) checkPrice(ctx context.Context, ask bool) error {
	if len(b.unsent()) == 0 || !ask {
		return nil
	}
	if !b.caps.Can.Has(CanQuote) {
		if b.capped() {
			return b.refuse(ErrPriceUnknown, "", "a cap is set, and the vendor states no price before an order")
		}
		return nil
	}
	quotes, err := b.quotes(ctx)
	if err != nil {
		return err
	}
	var due []*Price
	for _, p := range b.parts {
		switch q := quotes[p]; {
		case q != nil && !p.known:
			b.quote = b.quote.and(q)
			fallthrough
		case q != nil:
			due = append(due, q.Price)
		case p.order != nil:
			due = append(due, p.order.Price)
		}
	}
	if !b.capped() {
		return nil
	}
	return b.within(total(due))
}

// quotes asks for the price of each part. What is known already is of interest
// to the caps alone, and its order may state the price.
func (b *buyer) quotes(ctx context.Context) (map[*part]*Quotation, error) {
	quotes, errs := make(map[*part]*Quotation), make(map[*part]error)
	b.each(func(p *part) {
		if p.known && (!b.capped() || p.order != nil && p.order.Price != nil) {
			return
		}
		q, err := Quote(ctx, b.o, p.r)
		if q == nil {
			q = &Quotation{Vendor: b.caps.Vendor, Account: b.caps.Account}
		}
		b.mu.Lock()
		defer b.mu.Unlock()
		quotes[p], errs[p] = q, err
	})
	for _, p := range b.parts {
		if errs[p] != nil {
			return nil, errs[p]
		}
	}
	return quotes, nil
}

// and adds the quotation of another order.
func (q *Quotation) and(other *Quotation) *Quotation {
	if q == nil {
		return other
	}
	sum := *q
	sum.Price, sum.Native = total([]*Price{q.Price, other.Price}), nil
	sum.Items = append(sum.Items[:len(sum.Items):len(sum.Items)], other.Items...)
	sum.Binding = q.Binding && other.Binding
	return &sum
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
			return b.refuse(ErrPriceUnknown, c.name, "the vendor does not state this price, or in several currencies")
		case c.due.Currency != c.limit.Currency:
			return b.refuse(ErrPriceUnknown, c.name, fmt.Sprintf("the cap is %s, and the price %s", c.limit, c.due))
		case c.due.Amount.GreaterThan(c.limit.Amount):
			return b.refuse(ErrOverCap, c.name, fmt.Sprintf("the price is %s, and the cap %s", c.due, c.limit))
		}
	}
	return nil
}

// total adds prices. A part that one of them does not state, or states in
// another currency or below zero, is unknown.
func total(list []*Price) *Price {
	sum := &Price{
		Upfront: sumOf(list, func(p *Price) *Money { return p.Upfront }),
		Monthly: sumOf(list, func(p *Price) *Money { return p.Monthly }),
	}
	if *sum == (Price{}) {
		return nil
	}
	return sum
}

func sumOf(list []*Price, of func(*Price) *Money) *Money {
	var sum *Money
	for _, p := range list {
		if p == nil || of(p) == nil || of(p).Amount.IsNegative() {
			return nil
		}
		if sum == nil {
			sum = new(*of(p))
			continue
		}
		more, ok := sum.Add(*of(p))
		if !ok {
			return nil
		}
		sum = &more
	}
	return sum
}
