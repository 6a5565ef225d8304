package opentact

import (
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
	"github.com/tnkit/tnkit/numbers/wire"
)

// order converts an order as far as v tells it, and remembers its numbers.
func (o *Orderer) order(v *Order) *numbers.Order {
	fates := readFates(v, o.known.bought(v.UUID))
	order := &numbers.Order{
		Vendor:      vendor,
		ID:          v.UUID,
		State:       stateOf(v, fates),
		VendorState: v.State,
		Count:       max(len(fates), deref(v.Total), len(v.TNs), len(v.TNItems), len(v.TNLeases), 1),
		Price:       o.price(v.Price),
		Native:      v,
	}
	order.Created, _ = v.CreatedOn.Known()
	order.Updated, _ = v.ModifiedOn.Known()
	for _, f := range fates {
		order.Items = append(order.Items, o.item(f))
	}
	if tellsNumbers(v) {
		o.known.putNumbers(v.UUID, order.Numbers())
	}
	if stateOfWord(v.State).Terminal() {
		o.known.putBought(v.UUID, fates)
	}
	return order
}

func deref(n *int) int {
	if n == nil {
		return 0
	}
	return *n
}

func (o *Orderer) item(f *fate) numbers.Item {
	item := numbers.Item{E164: e164(f.tn), VendorNumber: f.tn.Literal(), State: f.state, VendorState: f.word}
	if f.state == numbers.StateFailed && f.reason != "" {
		item.Err = &numbers.Error{
			Op: "Order", Vendor: vendor, Kind: numbers.ErrNumberUnavailable,
			Numbers: numbersOf(item.E164), Message: f.reason,
		}
	}
	return item
}

func numbersOf(n numbers.E164) []numbers.E164 {
	if n == "" {
		return nil
	}
	return []numbers.E164{n}
}

func e164(tn wire.TN) numbers.E164 { return driver.E164("+" + tn.Digits()) }

// price converts the price of an order or a quotation; nil where it says nothing.
// {"nrc":0,"mrc":0,"items":[]} is the documentation's empty price: no price list
// was applied, and the numbers are not free. Where the documentation quotes an
// order, there is a price list, so that the same holds for quotations. A negative
// total, or one that is below the price of a number in one of its price lists, is
// no price either.
func (o *Orderer) price(p *OrderPrice) *numbers.Price {
	if p == nil {
		return nil
	}
	price := &numbers.Price{Upfront: o.money(p.NRC), Monthly: o.money(p.MRC)}
	switch {
	case price.Upfront == nil && price.Monthly == nil,
		len(p.Items) == 0 && isFree(price.Upfront) && isFree(price.Monthly),
		!isTotal(price.Upfront, p.Items, func(i PriceItem) wire.Amount { return i.NRC }),
		!isTotal(price.Monthly, p.Items, func(i PriceItem) wire.Amount { return i.MRC }):
		return nil
	}
	return price
}

// isFree reports whether a part of a price is 0 or unknown.
func isFree(m *numbers.Money) bool { return m == nil || m.Amount.IsZero() }

// isTotal reports whether a part of a price can be the total of price lists; an
// unknown one can.
func isTotal(m *numbers.Money, items []PriceItem, of func(PriceItem) wire.Amount) bool {
	if m == nil {
		return true
	}
	for _, item := range items {
		if d, ok := of(item).Decimal(); ok && m.Amount.LessThan(d) {
			return false
		}
	}
	return !m.Amount.IsNegative()
}

func (o *Orderer) money(a wire.Amount) *numbers.Money {
	d, ok := a.Decimal()
	if !ok {
		return nil
	}
	return &numbers.Money{Amount: d, Currency: o.currency}
}
