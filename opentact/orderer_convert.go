package opentact

import (
	"github.com/tnkit/tnkit/internal/adapt"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/wire"
)

// order converts an order as far as v tells it, and remembers its numbers.
func (o *Orderer) order(v *Order) *numbers.Order {
	fates := readFates(v, o.known.bought(v.UUID))
	order := &numbers.Order{
		Vendor: vendor, Account: o.account,
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
			Op: "Order", Vendor: vendor, Account: o.account, Kind: numbers.ErrNumberUnavailable,
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

func e164(tn wire.TN) numbers.E164 { return adapt.E164("+" + tn.Digits()) }

// price is nil where the vendor states none.
func (o *Orderer) price(p *OrderPrice) *numbers.Price {
	if p == nil {
		return nil
	}
	price := &numbers.Price{Upfront: o.money(p.NRC), Monthly: o.money(p.MRC)}
	if price.Upfront == nil && price.Monthly == nil {
		return nil
	}
	return price
}

func (o *Orderer) money(a wire.Amount) *numbers.Money {
	d, ok := a.Decimal()
	if !ok {
		return nil
	}
	return &numbers.Money{Amount: d, Currency: o.currency}
}
