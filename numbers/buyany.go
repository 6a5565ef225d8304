package numbers

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/shopspring/decimal"
)

// BuyAnyOptions are the options of [BuyAny].
type BuyAnyOptions struct {
	BuyOptions
	// Reference is the caller's own name for this purchase. A second call with
	// the same reference takes up what the first one ordered, where the vendor
	// or a journal knows it. "" = one of NewReference.
	Reference string
	// Assign and Native are as in OrderRequest.
	Assign *Assignment
	Native any
}

// BuyAny buys any n numbers that match q. It searches, and buys what it finds
// as [Buy] does; a number that is lost to somebody else is replaced by the next
// offer. It never has more than n numbers bought or possibly bought, and never
// spends more than the caps, the price of numbers with an unknown outcome
// included. The error is a *PurchaseError beside the purchase where there are
// fewer than n.
func BuyAny(ctx context.Context, o Orderer, q SearchQuery, n int, opts *BuyAnyOptions) (*Purchase, error) {
	if opts == nil {
		opts = &BuyAnyOptions{}
	}
	if o == nil {
		return nil, &Error{Op: "BuyAny", Kind: ErrInvalid, Field: "Orderer", Message: "the Orderer is nil"}
	}
	caps := o.Capabilities()
	if n <= 0 {
		return nil, &Error{Op: "BuyAny", Vendor: caps.Vendor, Kind: ErrInvalid, Field: "n", Message: "it must be positive"}
	}
	if _, err := pick[Searcher](o, "BuyAny", CanSearch); err != nil {
		return nil, err
	}
	s := &shopper{o: o, caps: caps, n: n, opts: *opts, total: &Purchase{}, tried: make(map[E164]bool), prices: make(map[E164]*Price)}
	if s.opts.Reference == "" {
		s.opts.Reference = NewReference()
	}
	if err := s.takeUp(ctx); err != nil {
		return nil, err
	}
	offers, stop := iter.Pull2(Search(ctx, o, q))
	defer stop()
	for s.missing() > 0 && s.err == nil {
		s.round(ctx, offers)
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
	tried  map[E164]bool
	prices map[E164]*Price
	errs   []error
	err    error // why no further round helps
}

// held are the numbers that are bought, may be, or still can be.
func (s *shopper) held() []E164 {
	var list []E164
	for _, o := range s.total.Orders {
		if len(o.Items) == 0 && o.State != StateFailed && o.State != StateCancelled {
			list = append(list, make([]E164, o.Count)...) // numbers that the vendor does not tell
		}
		for _, item := range o.Items {
			if item.State != StateFailed && item.State != StateCancelled {
				list = append(list, item.E164)
			}
		}
	}
	for _, a := range s.total.Unknown {
		list = append(list, a.Numbers...)
	}
	return list
}

func (s *shopper) missing() int { return s.n - len(s.held()) }

// takeUp finds what an earlier call with the same reference has ordered. A
// round that placed nothing leaves no trace, and its reference is used again.
func (s *shopper) takeUp(ctx context.Context) error {
	for {
		reference := s.reference(s.rounds + 1)
		found := s.takeUpOne(ctx, reference)
		if s.caps.MaxNumbers > 0 && s.n > s.caps.MaxNumbers { // it may have been split
			for i := 1; i <= s.n; i++ {
				found = s.takeUpOne(ctx, partReference(reference, i)) || found
			}
		}
		if s.err != nil || !found {
			return s.err
		}
		s.rounds++
	}
}

func (s *shopper) takeUpOne(ctx context.Context, reference string) bool {
	order, attempt, err := known(ctx, s.o, reference)
	switch {
	case err != nil:
		s.err = err
	case order != nil:
		s.total.Orders = append(s.total.Orders, order)
	case attempt != nil:
		s.total.Unknown = append(s.total.Unknown, *attempt)
		s.errs = append(s.errs, &Error{
			Op: "Place", Vendor: s.caps.Vendor, Account: attempt.Account, Kind: ErrOutcomeUnknown, Numbers: attempt.Numbers, Attempt: attempt,
			Message: "the journal knows the reference, and not what became of it",
		})
	default:
		return false
	}
	return err == nil
}

func (s *shopper) reference(round int) string { return fmt.Sprintf("%s-r%d", s.opts.Reference, round) }

// round buys what is missing from the next offers.
func (s *shopper) round(ctx context.Context, offers func() (*Offer, error, bool)) {
	chosen := s.choose(ctx, offers)
	if len(chosen) == 0 {
		return
	}
	opts := s.opts.BuyOptions
	opts.MaxUpfront, opts.MaxMonthly = nil, nil // choose has held them
	r := OrderRequest{Numbers: chosen, Reference: s.reference(s.rounds + 1), Assign: s.opts.Assign, Native: s.opts.Native}
	purchase, err := Buy(ctx, s.o, r, &opts)
	if purchase == nil {
		s.err = err
		return
	}
	if len(purchase.Orders)+len(purchase.Unknown) > 0 {
		s.rounds++
	}
	s.total.Orders = append(s.total.Orders, purchase.Orders...)
	s.total.Unknown = append(s.total.Unknown, purchase.Unknown...)
	failed, ok := errors.AsType[*PurchaseError](err)
	if !ok {
		return
	}
	for _, e := range failed.Errs {
		if !replaceable(e) {
			s.errs = append(s.errs, e)
		}
	}
	for _, e := range failed.missing {
		if !replaceable(e) {
			s.err = e
		}
	}
}

// replaceable reports whether the next offer may go better.
func replaceable(err error) bool {
	return errors.Is(err, ErrNumberUnavailable) || errors.Is(err, ErrAlreadyOwned) || resolvedNotPlaced(err)
}

func resolvedNotPlaced(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Kind == ErrNotPlaced && e.Err == nil //nolint:errorlint // Kind is the bare sentinel
}

// choose takes as many offers as are missing and fit the caps.
func (s *shopper) choose(ctx context.Context, offers func() (*Offer, error, bool)) []E164 {
	var chosen []E164
	tooDear := false
	for len(chosen) < s.missing() {
		offer, err, more := offers()
		switch {
		case !more:
			if len(chosen) == 0 {
				s.exhausted(tooDear)
			}
			return chosen
		case err != nil:
			if s.err = err; len(chosen) > 0 {
				s.errs, s.err = append(s.errs, err), nil // what was found is bought first
				return chosen
			}
			return nil
		case !offer.E164.Valid() || s.tried[offer.E164]:
			continue
		}
		s.tried[offer.E164] = true
		fits, err := s.fits(ctx, offer, chosen)
		if err != nil {
			s.err = err
			return nil
		}
		if fits {
			chosen = append(chosen, offer.E164)
		} else {
			tooDear = true
		}
	}
	return chosen
}

func (s *shopper) exhausted(tooDear bool) {
	e := &Error{Op: "BuyAny", Vendor: s.caps.Vendor, Kind: ErrNumberUnavailable, Message: fmt.Sprintf("%d more are wanted, and there are no more offers", s.missing())}
	if tooDear {
		e.Kind, e.Message = ErrOverCap, fmt.Sprintf("%d more are wanted, and what is on offer does not fit the cap", s.missing())
	}
	s.err = e
}

// fits reports whether an offer is within what the caps leave.
func (s *shopper) fits(ctx context.Context, offer *Offer, chosen []E164) (bool, error) {
	if s.opts.MaxUpfront == nil && s.opts.MaxMonthly == nil || s.caps.Semantics == Registers {
		return true, nil
	}
	price := offer.Price
	if price == nil && s.caps.Can.Has(CanQuote) {
		quote, err := Quote(ctx, s.o, OrderRequest{Numbers: []E164{offer.E164}, Assign: s.opts.Assign, Native: s.opts.Native})
		if err != nil {
			return false, err
		}
		price = quote.Price
	}
	s.prices[offer.E164] = price
	held := append(s.held(), chosen...)
	held = append(held, offer.E164)
	sum := Price{Upfront: s.sum(held, (*Price).upfront), Monthly: s.sum(held, (*Price).monthly)}
	b := &buyer{caps: s.caps, opts: s.opts.BuyOptions, r: OrderRequest{Numbers: []E164{offer.E164}}}
	switch err := b.within(&sum); {
	case err == nil:
		return true, nil
	case errors.Is(err, ErrOverCap):
		return false, nil
	default:
		return false, err
	}
}

// sum adds one part of the prices; nil where any is unknown.
func (s *shopper) sum(list []E164, of func(*Price) *Money) *Money {
	total := Money{Amount: decimal.Zero}
	for i, n := range list {
		m := of(s.prices[n])
		if m == nil {
			return nil
		}
		if i == 0 {
			total.Currency = m.Currency
		}
		var ok bool
		if total, ok = total.Add(*m); !ok {
			return nil
		}
	}
	return &total
}

func (p *Price) upfront() *Money {
	if p == nil {
		return nil
	}
	return p.Upfront
}

func (p *Price) monthly() *Money {
	if p == nil {
		return nil
	}
	return p.Monthly
}

func (s *shopper) result() (*Purchase, error) {
	if s.err != nil {
		s.errs = append(s.errs, s.err)
	}
	if len(s.errs) == 0 {
		return s.total, nil
	}
	return s.total, &PurchaseError{Vendor: s.caps.Vendor, Errs: slices.Clip(s.errs)}
}
