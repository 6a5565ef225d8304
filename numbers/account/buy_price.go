package account

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/tnkit/tnkit/internal/parallel"
	"github.com/tnkit/tnkit/numbers"
)

// capped reports whether the purchase has a cap that applies.
func (b *buyer) capped() bool {
	return (b.opts.MaxUpfront != nil || b.opts.MaxMonthly != nil) && b.a.caps.Billing == numbers.Buys
}

// afford compares the price with the caps before anything is sent. It first resolves
// orders that may have been bought, because they count only if they were.
func (b *buyer) afford(ctx context.Context) error {
	if !b.capped() || len(b.left()) == 0 {
		return nil
	}
	b.resolveAll(ctx)
	return b.checkPrice(ctx)
}

// checkLimits refuses caps that are negative or have no currency.
func (b *buyer) checkLimits() error {
	for _, c := range []struct {
		field string
		limit *numbers.Money
	}{{"MaxUpfront", b.opts.MaxUpfront}, {"MaxMonthly", b.opts.MaxMonthly}} {
		switch {
		case c.limit == nil:
		case c.limit.Currency == "":
			return b.refuse(numbers.ErrInvalid, c.field, "the cap has no currency")
		case c.limit.Amount.IsNegative():
			return b.refuse(numbers.ErrInvalid, c.field, "the cap is negative")
		}
	}
	return nil
}

// checkPrice asks for the price of the numbers that will be ordered. It compares this
// price and that of the existing orders with the caps.
func (b *buyer) checkPrice(ctx context.Context) error {
	if len(b.left()) == 0 {
		return nil
	}
	if !b.a.caps.Can.Has(numbers.CanQuote) {
		if b.capped() {
			return b.refuse(numbers.ErrPriceUnknown, "", "nothing was sent: a cap is set, and the vendor does not state prices before an order")
		}
		return nil
	}
	if !b.capped() && b.op != "Plan" {
		return nil
	}
	if err := b.quoteAll(ctx); err != nil {
		return err
	}
	if !b.capped() {
		return nil
	}
	return b.within(sum(b.due()))
}

// quoteAll asks for the price of each part that will be sent.
func (b *buyer) quoteAll(ctx context.Context) error {
	quotes, errs := make([]*numbers.Quotation, len(b.parts)), make([]error, len(b.parts))
	parallel.Do(b.opts.Concurrency, len(b.parts), func(i int) {
		if p := b.parts[i]; !p.sent {
			quotes[i], errs[i] = b.a.Quote(ctx, p.r)
		}
	})
	b.quote = nil
	for i, p := range b.parts {
		if p.sent {
			continue
		}
		q := quotes[i]
		if q == nil {
			q = &numbers.Quotation{Vendor: b.a.caps.Vendor, Account: b.a.name}
		}
		p.price, p.items, b.quote = quoted(q), q.Items, joined(b.quote, q)
	}
	return errors.Join(errs...)
}

// quoted returns the price of a quotation. A total below one of its items is not used.
func quoted(q *numbers.Quotation) *numbers.Price {
	items := make([]*numbers.Price, len(q.Items))
	for i, item := range q.Items {
		items[i] = item.Price
	}
	return plausible(q.Price, items)
}

// halved returns the price of a part that was split after it was quoted: the sum of its
// numbers' quoted prices. If a number was not quoted, the price is unknown.
func (p *part) halved() *numbers.Price {
	prices := make(map[numbers.E164]*numbers.Price, len(p.items))
	for _, item := range p.items {
		prices[item.E164] = item.Price
	}
	list := make([]*numbers.Price, len(p.r.Numbers))
	for i, n := range p.r.Numbers {
		list[i] = prices[n]
	}
	return sum(list)
}

// plausible returns total without the parts that are below one of the items or below
// zero. Such parts are unknown.
func plausible(total *numbers.Price, items []*numbers.Price) *numbers.Price {
	if total == nil {
		return nil
	}
	out := numbers.Price{
		Upfront: plausibleMoney(total.Upfront, items, upfront),
		Monthly: plausibleMoney(total.Monthly, items, monthly),
	}
	return &out
}

func plausibleMoney(total *numbers.Money, items []*numbers.Price, of func(*numbers.Price) *numbers.Money) *numbers.Money {
	if total == nil || total.Amount.IsNegative() {
		return nil
	}
	for _, item := range items {
		if m := of(item); m != nil && (m.Currency != total.Currency || m.Amount.GreaterThan(total.Amount)) {
			return nil
		}
	}
	return total
}

func upfront(p *numbers.Price) *numbers.Money {
	if p == nil {
		return nil
	}
	return p.Upfront
}

func monthly(p *numbers.Price) *numbers.Money {
	if p == nil {
		return nil
	}
	return p.Monthly
}

// due returns the prices of all parts, of those that are ordered and of those that will
// be.
func (b *buyer) due() []*numbers.Price {
	var list []*numbers.Price
	for _, p := range b.parts {
		switch {
		case !p.sent:
			list = append(list, p.price)
		case p.order != nil:
			list = append(list, dueOf(p.withItems(), p.price, b.offers)...)
		case p.attempt != nil && !b.repeated(p):
			list = append(list, b.attemptPrices(p)...)
		}
	}
	return list
}

// repeated reports whether the numbers of an attempt are ordered again. This is safe, and
// they cost only once.
func (b *buyer) repeated(p *part) bool {
	if !p.again {
		return false
	}
	for _, n := range p.r.Numbers {
		if !slices.ContainsFunc(b.parts, func(q *part) bool { return !q.again && slices.Contains(q.r.Numbers, n) }) {
			return false
		}
	}
	return true
}

// attemptPrices returns the prices of an order whose outcome is unknown: the quotation,
// or the offers of its numbers.
func (b *buyer) attemptPrices(p *part) []*numbers.Price {
	if p.price != nil {
		return []*numbers.Price{p.price}
	}
	list := make([]*numbers.Price, len(p.r.Numbers))
	for i, n := range p.r.Numbers {
		list[i] = b.offers[n]
	}
	return list
}

// dueOf returns the prices of the numbers of an order that are bought or can still be
// bought. It uses the higher of the order's own price and of the quoted or offered price.
// The order's own price must be plausible.
func dueOf(o *numbers.Order, quoted *numbers.Price, offers map[numbers.E164]*numbers.Price) []*numbers.Price {
	if held(o) == 0 {
		return nil
	}
	var own, offered []*numbers.Price
	for _, item := range o.Items {
		if !lost(item.State) {
			own, offered = append(own, item.Price), append(offered, offers[item.E164])
		}
	}
	if o.Price != nil {
		items := own
		own = []*numbers.Price{plausible(o.Price, items)}
	} else if len(o.Items) < o.Count {
		own = []*numbers.Price{nil} // of numbers that the vendor does not show
	}
	expected := quoted
	if expected == nil || len(o.Items) > len(offered) { // a quotation is for all numbers
		if all := sum(offered); all != nil {
			expected = all
		}
	}
	return []*numbers.Price{higher(sum(own), expected)}
}

// higher returns the higher of two prices for the same numbers. If only one is known, it
// returns that price. Prices in two currencies are unknown.
func higher(a, b *numbers.Price) *numbers.Price {
	out := numbers.Price{Upfront: higherMoney(upfront(a), upfront(b)), Monthly: higherMoney(monthly(a), monthly(b))}
	if out == (numbers.Price{}) {
		return nil
	}
	return &out
}

func higherMoney(a, b *numbers.Money) *numbers.Money {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	case a.Currency != b.Currency:
		return nil
	case b.Amount.GreaterThan(a.Amount):
		return b
	}
	return a
}

// held returns how many numbers of the order are bought or can still be bought.
func held(o *numbers.Order) int {
	n := max(o.Count-len(o.Items), 0) // numbers that the vendor does not show
	if lost(o.State) {
		n = 0
	}
	for _, item := range o.Items {
		if !lost(item.State) {
			n++
		}
	}
	return n
}

// joined returns the sum of the quotations of two orders.
func joined(q, other *numbers.Quotation) *numbers.Quotation {
	if q == nil {
		return other
	}
	out := *q
	out.Price, out.Native = sum([]*numbers.Price{q.Price, other.Price}), nil
	out.Items = append(out.Items[:len(out.Items):len(out.Items)], other.Items...)
	out.Binding = q.Binding && other.Binding
	return &out
}

// within returns an error if a price is above the caps.
func (b *buyer) within(price *numbers.Price) error {
	for _, c := range []struct {
		name       string
		limit, due *numbers.Money
	}{
		{"MaxUpfront", b.opts.MaxUpfront, upfront(price)},
		{"MaxMonthly", b.opts.MaxMonthly, monthly(price)},
	} {
		switch {
		case c.limit == nil:
		case c.due == nil:
			return b.refuse(numbers.ErrPriceUnknown, c.name, "the vendor does not state a usable price in one currency")
		case c.due.Currency != c.limit.Currency:
			return b.refuse(numbers.ErrPriceUnknown, c.name, fmt.Sprintf("the cap is %s, and the price is %s", c.limit, c.due))
		case c.due.Amount.GreaterThan(c.limit.Amount):
			return b.refuse(numbers.ErrOverCap, c.name, fmt.Sprintf("the price is %s, and the cap is %s", c.due, c.limit))
		}
	}
	return nil
}

// checkSpent compares the prices of the placed orders with the caps, because a vendor may
// charge more than it quoted. If an order does not state its price, the price that was
// known before it counts.
func (b *buyer) checkSpent() error {
	if !b.capped() {
		return nil
	}
	var orders []*numbers.Order
	for _, p := range b.parts {
		orders = append(orders, p.order)
	}
	return b.overSpent(b.due(), orders)
}

// overSpent returns the error of numbers that were bought for more than the cap, or for a
// price in another currency.
func (b *buyer) overSpent(due []*numbers.Price, orders []*numbers.Order) error {
	err := b.within(sum(due))
	if !errors.Is(err, numbers.ErrOverCap) && !slices.ContainsFunc(orders, b.isForeign) {
		return nil
	}
	e := errorIn(err)
	if e == nil {
		return nil
	}
	e.Message = "the numbers were bought, and " + e.Message
	return e
}

// isForeign reports whether an order states a price in another currency than the cap's.
func (b *buyer) isForeign(o *numbers.Order) bool {
	if o == nil {
		return false
	}
	foreign := func(limit, m *numbers.Money) bool { return limit != nil && m != nil && m.Currency != limit.Currency }
	return foreign(b.opts.MaxUpfront, upfront(o.Price)) || foreign(b.opts.MaxMonthly, monthly(o.Price))
}

// sum adds prices. A part is unknown if one of the prices does not state it, or states it
// in another currency or below zero.
func sum(list []*numbers.Price) *numbers.Price {
	out := &numbers.Price{Upfront: sumOf(list, upfront), Monthly: sumOf(list, monthly)}
	if *out == (numbers.Price{}) {
		return nil
	}
	return out
}

func sumOf(list []*numbers.Price, of func(*numbers.Price) *numbers.Money) *numbers.Money {
	var total *numbers.Money
	for _, p := range list {
		m := of(p)
		if m == nil || m.Amount.IsNegative() {
			return nil
		}
		if total == nil {
			total = new(*m)
			continue
		}
		more, ok := total.Add(*m)
		if !ok {
			return nil
		}
		total = &more
	}
	return total
}
