package account

import (
	"context"

	"github.com/tnkit/tnkit/numbers"
)

// fits returns nil if the price of an offer is within the rest of the caps. Otherwise the
// error is ErrOverCap or ErrPriceUnknown.
func (s *shopper) fits(ctx context.Context, offer *numbers.Offer, chosen []*numbers.Offer) error {
	price := plausible(offer.Price, nil)
	s.prices[offer.E164] = price
	b := s.caps(offer.E164)
	if !b.capped() {
		return nil
	}
	if price == nil && s.a.caps.Can.Has(numbers.CanQuote) {
		quotation, err := s.a.Quote(ctx, numbers.OrderRequest{Numbers: b.r.Numbers, Assign: s.opts.Assign, Native: s.opts.Native})
		if err != nil {
			return err
		}
		if quotation != nil {
			price = quoted(quotation)
		}
	}
	s.prices[offer.E164] = price
	due := append(s.spent(), price)
	for _, other := range chosen {
		due = append(due, s.prices[other.E164])
	}
	return b.within(sum(due))
}

// caps returns a buyer that only compares prices with the caps.
func (s *shopper) caps(list ...numbers.E164) *buyer {
	return &buyer{a: s.a, op: "BuyAny", scope: s.scope, purchase: s.opts.Reference, opts: s.opts.BuyOptions, r: numbers.OrderRequest{Numbers: list}}
}

// spent returns the prices of the numbers that are bought, may have been bought or can
// still be bought. It uses the higher of the order's price and of the offer's price.
func (s *shopper) spent() []*numbers.Price {
	var list []*numbers.Price
	for _, o := range s.total.Orders {
		list = append(list, dueOf(o, nil, s.prices)...)
	}
	for _, a := range s.total.Unknown {
		for _, n := range a.Numbers {
			list = append(list, s.prices[n])
		}
	}
	return list
}

// checkSpent compares the prices of the placed orders with the caps.
func (s *shopper) checkSpent() error {
	b := s.caps(numbersOf(s.total.Orders)...)
	if !b.capped() {
		return nil
	}
	return b.overSpent(s.spent(), s.total.Orders)
}

func numbersOf(orders []*numbers.Order) []numbers.E164 {
	var list []numbers.E164
	for _, o := range orders {
		list = append(list, o.Numbers()...)
	}
	return list
}
