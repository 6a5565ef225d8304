package fleet

import (
	"slices"
	"sync"

	"github.com/shopspring/decimal"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
)

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

// sum adds prices. A part is unknown if one of the prices does not state it, or states it
// in another currency or below zero.
func sum(list []*numbers.Price) *numbers.Price {
	return &numbers.Price{Upfront: sumOf(list, upfront), Monthly: sumOf(list, monthly)}
}

func sumOf(list []*numbers.Price, part func(*numbers.Price) *numbers.Money) *numbers.Money {
	var total *numbers.Money
	for _, p := range list {
		m := part(p)
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

// higher returns the higher of two prices for the same numbers, part by part. If only one
// is known, it returns that price. Prices in two currencies are unknown.
func higher(a, b *numbers.Price) *numbers.Price {
	return &numbers.Price{Upfront: higherOf(upfront(a), upfront(b)), Monthly: higherOf(monthly(a), monthly(b))}
}

func higherOf(a, b *numbers.Money) *numbers.Money {
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

// ledger records the quoted or offered prices of the orders of a purchase, because an
// order itself may state a lower price or none.
type ledger struct {
	mu     sync.Mutex
	prices map[string]*numbers.Price // by account and order
}

// note records the price of an event.
func (l *ledger) note(e numbers.Event) {
	if e.OrderID == "" || e.Price == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.prices == nil {
		l.prices = make(map[string]*numbers.Price)
	}
	key := e.Account + "\x00" + e.OrderID
	l.prices[key] = higher(l.prices[key], e.Price)
}

// spent returns the price of the orders. Parts that are nil are unknown.
func (l *ledger) spent(orders []*numbers.Order) *numbers.Price {
	l.mu.Lock()
	defer l.mu.Unlock()
	var list []*numbers.Price
	for _, o := range orders {
		if held(o) == 0 {
			continue
		}
		own := o.Price
		if own == nil {
			own = sum(itemPrices(o))
		}
		list = append(list, higher(own, l.prices[o.Account+"\x00"+o.ID]))
	}
	return sum(list)
}

func itemPrices(o *numbers.Order) (list []*numbers.Price) {
	if len(o.Items) < o.Count {
		return []*numbers.Price{nil} // of numbers that the vendor does not show
	}
	for _, item := range o.Items {
		if !lost(item.State) {
			list = append(list, item.Price)
		}
	}
	return list
}

// lost reports whether a number was not bought and will not be bought.
func lost(s numbers.State) bool { return s == numbers.StateFailed || s == numbers.StateCanceled }

// held returns how many numbers of an order are bought or can still be bought.
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

// left returns the options with the rest of the caps after the orders of other accounts.
// err is the reason why nothing more can be bought: the caps are spent, or the price of
// those orders is unknown.
func (l *ledger) left(opts account.BuyOptions, orders []*numbers.Order) (left account.BuyOptions, err *numbers.Error) {
	spent := l.spent(orders)
	for _, c := range []struct {
		name  string
		limit **numbers.Money
		spent *numbers.Money
	}{{"MaxUpfront", &opts.MaxUpfront, spent.Upfront}, {"MaxMonthly", &opts.MaxMonthly, spent.Monthly}} {
		switch {
		case *c.limit == nil || !slices.ContainsFunc(orders, func(o *numbers.Order) bool { return held(o) > 0 }):
			continue
		case c.spent == nil || c.spent.Currency != (*c.limit).Currency:
			err = &numbers.Error{Kind: numbers.ErrPriceUnknown, Field: c.name, Message: "the price of the numbers that were bought at another account is unknown"}
			*c.limit = &numbers.Money{Currency: (*c.limit).Currency}
			continue
		}
		rest := (*c.limit).Amount.Sub(c.spent.Amount)
		if rest.IsNegative() {
			err = &numbers.Error{Kind: numbers.ErrOverCap, Field: c.name, Message: "the numbers that were bought at another account cost " + c.spent.String() + ", and the cap is " + (*c.limit).String()}
			rest = rest.Sub(rest)
		}
		*c.limit = &numbers.Money{Amount: rest, Currency: (*c.limit).Currency}
	}
	return opts, err
}

// mean returns the mean of prices. A part is unknown if one of the prices does not state
// it.
func mean(list []*numbers.Price) *numbers.Price {
	if len(list) == 0 {
		return nil
	}
	p := sum(list)
	for _, m := range []*numbers.Money{p.Upfront, p.Monthly} {
		if m != nil {
			m.Amount = m.Amount.Div(decimal.NewFromInt(int64(len(list))))
		}
	}
	return p
}
