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

// sum adds prices. A part that one of them does not state, or states in another currency or
// below zero, is unknown.
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

// higher is the higher of two prices of the same thing, part by part. Where only one is
// known, it counts; two currencies are unknown.
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

// ledger notes what the orders of a purchase cost, as they were quoted or offered: an order
// itself may state less, or nothing.
type ledger struct {
	mu     sync.Mutex
	prices map[string]*numbers.Price // by account and order
}

// note takes the price from an event.
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

// spent is what the orders cost; nil parts are unknown.
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
		return []*numbers.Price{nil} // of numbers that are not shown
	}
	for _, item := range o.Items {
		if !lost(item.State) {
			list = append(list, item.Price)
		}
	}
	return list
}

// lost reports whether a number was not bought, and will not be.
func lost(s numbers.State) bool { return s == numbers.StateFailed || s == numbers.StateCanceled }

// held is how many numbers of an order are bought or still can be.
func held(o *numbers.Order) int {
	n := max(o.Count-len(o.Items), 0) // those that the vendor does not show
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

// left returns the options with what the caps leave when orders were bought elsewhere. err
// is why nothing can be bought any more: the caps are spent, or it is not known what was
// spent.
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
			err = &numbers.Error{Kind: numbers.ErrPriceUnknown, Field: c.name, Message: "it is not known what the numbers cost that were bought at another account"}
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

// mean is the mean of prices; a part that is not known of all is unknown.
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
