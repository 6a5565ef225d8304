package numbers

import (
	"context"
	"errors"
	"fmt"
)

// BuyAnyOptions are the options of [BuyAny].
type BuyAnyOptions struct {
	// BuyOptions hold for the whole purchase. A cap needs prices: those of the
	// offers, or quotations.
	BuyOptions
	// Reference is the caller's own name for this purchase. A second call with
	// the same reference takes up what the first one ordered, where the vendor
	// or a journal knows it. "" = one of NewReference, which Purchase.Reference
	// tells afterwards; one that must outlive a crash is the caller's own.
	Reference string
	// Assign and Native are as in OrderRequest.
	Assign *Assignment
	Native any
}

// BuyAny buys any n numbers that match q. It searches, and buys what it finds
// as [Buy] does; a number that is lost to somebody else is replaced by the next
// offer, and when the offers run out it searches again, for as long as a search
// brings new ones. It never has more than n numbers bought or possibly bought,
// and never spends more than the caps, the price of numbers with an unknown
// outcome included. An offer that does not fit the caps is passed over. The
// error is a *PurchaseError beside the purchase where there are fewer than n,
// or where not all have settled.
//
// Orders get references of their own: the purchase's with "-r1", "-r2", … for
// each round of offers.
func BuyAny(ctx context.Context, o Orderer, q SearchQuery, n int, opts *BuyAnyOptions) (*Purchase, error) {
	_, caps, err := pick[Searcher](o, "BuyAny", CanSearch)
	if err != nil {
		return nil, err
	}
	if n <= 0 {
		return nil, caps.err("BuyAny", ErrInvalid, "n", "it must be positive")
	}
	if err := caps.checkSearch("BuyAny", q); err != nil {
		return nil, err
	}
	s := &shopper{o: o, caps: whereOf(o, caps), n: n, total: &Purchase{}, stock: newStock(ctx, o, q), prices: make(map[E164]*Price)}
	if opts != nil {
		s.opts = *opts
	}
	if err := s.checkOptions(); err != nil {
		return nil, err
	}
	if s.opts.Reference == "" {
		s.opts.Reference = NewReference()
	}
	s.total.Reference = s.opts.Reference
	if err := s.takeUp(ctx); err != nil {
		if len(s.total.Orders)+len(s.total.Unknown) == 0 {
			return nil, err
		}
		return s.result()
	}
	defer func() { s.stock.stop() }()
	for s.missing() > 0 && s.err == nil {
		s.round(ctx)
	}
	return s.result()
}

// shopper is one BuyAny under way.
type shopper struct {
	o      Orderer
	caps   Capabilities
	n      int
	opts   BuyAnyOptions
	rounds int
	total  *Purchase
	errs   []error // of what stays as it is
	err    error   // why no further round helps
	told   bool    // err is among errs

	stock  *stock
	prices map[E164]*Price
	unfit  error // why an offer was passed over
}

// checkOptions refuses what no round could do.
func (s *shopper) checkOptions() error {
	const some = E164("+12025550100")
	_, err := newBuyer("BuyAny", s.o, OrderRequest{Numbers: []E164{some}, Assign: s.opts.Assign, Native: s.opts.Native}, &s.opts.BuyOptions)
	if e := errorIn(err); e != nil {
		e.Numbers = nil
	}
	return err
}

// missing is how many numbers are still to be bought: those that are bought,
// may be, or still can be, are not.
func (s *shopper) missing() int {
	missing := s.n
	for _, o := range s.total.Orders {
		missing -= o.held()
	}
	for _, a := range s.total.Unknown {
		missing -= len(a.Numbers)
	}
	return missing
}

// held is how many numbers of the order are bought or still can be.
func (o *Order) held() int {
	held := max(o.Count-len(o.Items), 0) // those that the vendor does not tell
	if o.State == StateFailed || o.State == StateCanceled {
		held = 0
	}
	for _, item := range o.Items {
		if item.State != StateFailed && item.State != StateCanceled {
			held++
		}
	}
	return held
}

// takeUp sees through what earlier calls with the same reference have ordered.
// A round of which nothing came may have left no trace; so a few more are
// looked for after the last that has.
func (s *shopper) takeUp(ctx context.Context) error {
	const gap = 3
	b := &buyer{op: "BuyAny", o: s.o, caps: s.caps, opts: s.opts.withDefaults(), r: OrderRequest{Assign: s.opts.Assign}}
	b.splitAssignment()
	for round := 1; round <= s.rounds+gap; round++ {
		parts, seen, err := s.takeUpRound(ctx, s.reference(round))
		b.parts = append(b.parts, parts...)
		if err != nil {
			if known := b.knownAlready(); known != nil {
				s.add(known, err)
			}
			return err
		}
		if seen {
			s.rounds = round
		}
	}
	s.add(b.finish(ctx))
	return nil
}

// takeUpRound finds the orders of a round, which may have been split, by the
// vendor's limit of now or by another one.
func (s *shopper) takeUpRound(ctx context.Context, reference string) (parts []*part, seen bool, err error) {
	most := 0 // parts are looked for at least
	switch limit := s.caps.MaxNumbers; {
	case limit > 0 && s.n > limit:
		most = (s.n + limit - 1) / limit
	case s.n > 1:
		most = 1
	}
	last := false
	for i := 0; i <= most || last; i++ {
		name := reference
		if i > 0 {
			name = partReference(reference, i)
		}
		order, attempt, trace, err := known(ctx, "BuyAny", s.o, name)
		if err != nil {
			return parts, seen, err
		}
		seen, last = seen || trace, trace && i > 0
		p := &part{r: OrderRequest{Reference: name}, known: true, order: order, attempt: attempt}
		if order == nil && attempt == nil {
			continue
		}
		if numbers, told := p.has(); told {
			p.r.Numbers = numbers
		}
		parts = append(parts, p)
	}
	return parts, seen, nil
}

func (s *shopper) reference(round int) string { return fmt.Sprintf("%s-r%d", s.opts.Reference, round) }

// round buys what is missing from the next offers.
func (s *shopper) round(ctx context.Context) {
	chosen := s.choose(ctx)
	if len(chosen) == 0 {
		return
	}
	opts := s.opts.BuyOptions
	opts.MaxUpfront, opts.MaxMonthly = nil, nil // choose has held them
	r := OrderRequest{Reference: s.reference(s.rounds + 1), Assign: s.opts.Assign, Native: s.opts.Native}
	for _, offer := range chosen {
		r.Numbers = append(r.Numbers, offer.E164)
	}
	b, err := newBuyer("Buy", s.o, r, &opts)
	if err != nil {
		s.err = err
		return
	}
	b.offers = s.prices
	purchase, err := b.run(ctx)
	if purchase == nil {
		s.err = err
		return
	}
	if len(purchase.Orders)+len(purchase.Unknown) > 0 {
		s.rounds++
	}
	s.add(purchase, err)
	if failed, ok := errors.AsType[*PurchaseError](err); ok {
		for _, offer := range chosen {
			if e := failed.missing[offer.E164]; e != nil && !s.haunted(e) {
				s.stock.putBack(offer, e)
			}
		}
	}
}

// haunted reports whether a number whose order was lost is left alone: its
// vendor may have bought it all the same, and there are others.
func (s *shopper) haunted(err error) bool { return s.caps.Orphans && resolvedNotPlaced(err) }

// add takes over what came of a round.
func (s *shopper) add(purchase *Purchase, err error) {
	s.total.Orders = append(s.total.Orders, purchase.Orders...)
	s.total.Unknown = append(s.total.Unknown, purchase.Unknown...)
	failed, ok := errors.AsType[*PurchaseError](err)
	if !ok {
		if err != nil {
			s.err = err
		}
		return
	}
	for _, e := range failed.Errs {
		if !replaceable(e) {
			s.errs = append(s.errs, e)
		}
	}
	for _, e := range failed.missing {
		if !replaceable(e) {
			s.err, s.told = e, true
		}
	}
}

// replaceable reports whether the next offer may go better.
func replaceable(err error) bool {
	return resolvedNotPlaced(err) || errors.Is(err, ErrNumberUnavailable) || errors.Is(err, ErrAlreadyOwned) || errors.Is(err, errOnOrder)
}

// resolvedNotPlaced reports whether an order was shown not to have been placed;
// one that was stopped has the cause in its error.
func resolvedNotPlaced(err error) bool {
	e := errorIn(err)
	return e != nil && e.Kind == ErrNotPlaced && e.Err == nil //nolint:errorlint // Kind is the bare sentinel
}

// choose takes as many offers as are missing and fit the caps.
func (s *shopper) choose(ctx context.Context) []*Offer {
	var chosen []*Offer
	for len(chosen) < s.missing() {
		offer, alone, err := s.stock.next(len(chosen) == 0)
		if offer == nil {
			if len(chosen) == 0 {
				s.exhausted(err)
			}
			return chosen
		}
		switch err := s.fits(ctx, offer, chosen); {
		case err == nil:
			if chosen = append(chosen, offer); alone {
				return chosen
			}
		case errors.Is(err, ErrOverCap), errors.Is(err, ErrPriceUnknown):
			s.unfit = err
		case !replaceable(err):
			s.err = err
			return nil
		}
	}
	return chosen
}

// exhausted says why there are no more offers.
func (s *shopper) exhausted(err error) {
	e := s.caps.err("BuyAny", ErrNumberUnavailable, "", fmt.Sprintf("%d more are wanted, and there are no more offers", s.missing()))
	if s.unfit != nil {
		e.Kind, e.Message = kindOf(s.unfit), fmt.Sprintf("%d more are wanted, and what is on offer does not fit the cap: %v", s.missing(), s.unfit)
	}
	if s.err = e; err != nil {
		s.err = err
	}
}

func (s *shopper) result() (*Purchase, error) {
	errs := s.errs
	if s.err != nil && !s.told {
		errs = append(errs, s.err)
	}
	if len(errs) == 0 {
		return s.total, nil
	}
	return s.total, &PurchaseError{Vendor: s.caps.Vendor, Account: s.caps.Account, Errs: errs}
}
