package numbers

import (
	"context"
	"fmt"
)

// capped reports whether the purchase has a cap that something can exceed.
func (b *buyer) capped() bool {
	return (b.opts.MaxUpfront != nil || b.opts.MaxMonthly != nil) && b.caps.Billing == Buys
}

// afford holds the caps before anything is sent. What may have been bought
// already costs something or nothing: that is found out first.
func (b *buyer) afford(ctx context.Context) error {
	if !b.capped() || len(b.unsent()) == 0 {
		return nil
	}
	b.resolveAll(ctx)
	return b.checkPrice(ctx)
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
func (b *buyer) checkPrice(ctx context.Context) error {
	if len(b.unsent()) == 0 {
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
		if !p.known {
			b.quote = b.quote.and(quotes[p])
		}
		due = append(due, p.due(quotes[p])...)
	}
	if !b.capped() {
		return nil
	}
	return b.within(total(due))
}

// due is what a part costs: by its quotation, or by its order where it has one
// already. Numbers that were sold can't be quoted: where their order states no
// price, it is unknown.
func (p *part) due(quote *Quotation) []*Price {
	switch {
	case !p.known:
		return []*Price{quote.Price}
	case p.order != nil:
		return p.told().due(nil)
	case p.attempt != nil:
		return []*Price{nil}
	}
	return nil // it was not placed
}

// quotes asks for the price of each part that is going to be sent.
func (b *buyer) quotes(ctx context.Context) (map[*part]*Quotation, error) {
	quotes, errs := make(map[*part]*Quotation), make(map[*part]error)
	b.each(func(p *part) {
		if p.known {
			return
		}
		q, err := Quote(ctx, b.o, p.r)
		if q == nil {
			q = &Quotation{Vendor: b.caps.Vendor, Account: b.caps.Account}
		}
		b.mu.Lock()
		defer b.mu.Unlock()
		quotes[p], errs[p], p.price = q, err, q.Price
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
