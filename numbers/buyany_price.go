package numbers

import "context"

// fits returns nil where an offer is within what the caps leave. Where it is
// not, the error is ErrOverCap or ErrPriceUnknown.
func (s *shopper) fits(ctx context.Context, offer *Offer, chosen []*Offer) error {
	price := offer.Price
	s.prices[offer.E164] = price
	b := &buyer{op: "BuyAny", caps: s.caps, opts: s.opts.BuyOptions, r: OrderRequest{Numbers: []E164{offer.E164}}}
	if !b.capped() {
		return nil
	}
	if price == nil && s.caps.Can.Has(CanQuote) {
		quote, err := Quote(ctx, s.o, OrderRequest{Numbers: b.r.Numbers, Assign: s.opts.Assign, Native: s.opts.Native})
		if err != nil {
			return err
		}
		if quote != nil {
			price = quote.Price
		}
	}
	s.prices[offer.E164] = price
	due := append(s.spent(), price)
	for _, other := range chosen {
		due = append(due, s.prices[other.E164])
	}
	return b.within(total(due))
}

// spent are the prices of what is bought, may be, or still can be: by the
// vendor's word in the order, or by the offer's.
func (s *shopper) spent() []*Price {
	var list []*Price
	for _, o := range s.total.Orders {
		list = append(list, o.due(s.prices)...)
	}
	for _, a := range s.total.Unknown {
		for _, n := range a.Numbers {
			list = append(list, s.prices[n])
		}
	}
	return list
}

// due are the prices of what of an order is bought or still can be: by the
// vendor's word, or as its numbers were offered.
func (o *Order) due(offered map[E164]*Price) []*Price {
	if o.held() == 0 {
		return nil
	}
	if o.Price != nil {
		return []*Price{o.Price}
	}
	if len(o.Items) < o.Count {
		return []*Price{nil}
	}
	var list []*Price
	for _, item := range o.Items {
		switch {
		case item.State == StateFailed, item.State == StateCanceled:
		case item.Price != nil:
			list = append(list, item.Price)
		default:
			list = append(list, offered[item.E164])
		}
	}
	return list
}
