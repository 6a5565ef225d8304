package account

import (
	"cmp"
	"context"
	"errors"

	"github.com/tnkit/tnkit/internal/set"
	"github.com/tnkit/tnkit/numbers"
)

// BuyAnyOptions are the options of Account.BuyAny.
type BuyAnyOptions struct {
	// BuyOptions apply to the whole purchase. A cap works only if the vendor states
	// prices in offers or in quotations.
	BuyOptions
	// Reference is the caller's name for this purchase, as in Buy.
	Reference string
	// Assign and Native are as in numbers.OrderRequest.
	Assign *numbers.Assignment
	Native any
	// MaxOrphans is the largest count of numbers with an unknown outcome that BuyAny may
	// replace by other numbers, although the vendor may have sold them. With 0, BuyAny
	// returns these numbers in Purchase.Unknown and does not replace them.
	MaxOrphans int
}

// BuyAny buys any n numbers that match q. It searches, and buys the offers by the rules
// of Buy. If a number was sold to another customer, BuyAny takes the next offer. When
// there are no more offers, it searches again, as long as a search returns new offers. It
// leaves out offers that other purchases hold. If only such offers are left, BuyAny waits
// until a claim ends and searches again, until ctx ends.
//
// The numbers that were bought, or may have been bought, are never more than n (plus
// MaxOrphans). Their prices together never exceed the caps, including the prices of
// numbers with an unknown outcome. BuyAny skips an offer that would exceed the caps. If
// fewer than n numbers were bought, or not all have settled, the error is a
// *PurchaseError, and the Purchase is returned with it.
//
// If the purchase was begun before, or is running in another process that shares the
// journal, BuyAny continues it, and its numbers count.
func (a *Account) BuyAny(ctx context.Context, q numbers.SearchQuery, n int, opts *BuyAnyOptions) (*Purchase, error) {
	s, err := a.newShopper(ctx, q, n, opts)
	if err != nil {
		return nil, err
	}
	defer s.stock.stop()
	const most = 50
	for again := 0; s.err == nil; {
		if s.again { // the orders of all deliveries of this purchase
			if again++; again > most {
				s.err = s.a.err("BuyAny", numbers.ErrConflict, "", "another delivery of this purchase has claimed these orders")
				break
			}
			s.again = false
			if err := s.takeUp(ctx); err != nil {
				if len(s.total.Orders)+len(s.total.Unknown) == 0 {
					return nil, err
				}
				s.err = err
				break
			}
		}
		switch {
		case s.err != nil:
		case len(s.repeat) > 0:
			list := s.repeat
			s.repeat = nil
			s.buy(ctx, list)
			s.again = true // the answer also shows the outcome of the earlier order
		case s.missing() > 0:
			s.round(ctx)
		default:
			return s.result()
		}
	}
	return s.result()
}

// shopper is one running BuyAny.
type shopper struct {
	a      *Account
	n      int
	opts   BuyAnyOptions
	scope  string
	abroad set.Set[numbers.E164] // numbers of the purchase at other accounts of its scope
	named  bool
	total  *Purchase
	rounds int                   // the last round that has an order
	others bool                  // an offer is held by another delivery of this purchase
	again  bool                  // the journal must be read again
	repeat []numbers.E164        // numbers with an unknown outcome that are safe to order again
	tried  set.Set[numbers.E164] // numbers that this call has ordered again
	errs   []error               // errors that no further round changes
	err    error                 // why no further round is useful
	noted  bool                  // err is among errs

	stock  *stock
	prices map[numbers.E164]*numbers.Price
	unfit  error // why an offer was skipped
}

func (a *Account) newShopper(ctx context.Context, q numbers.SearchQuery, n int, opts *BuyAnyOptions) (*shopper, error) {
	const op = "BuyAny"
	if _, err := pick[numbers.Searcher](ctx, a, op, numbers.CanSearch); err != nil {
		return nil, err
	}
	if n <= 0 {
		return nil, a.err(op, numbers.ErrInvalid, "n", "it must be positive")
	}
	if err := a.checkSearch(op, q); err != nil {
		return nil, err
	}
	s := &shopper{a: a, n: n, total: &Purchase{}, again: true, tried: make(set.Set[numbers.E164]), stock: newStock(ctx, a, q), prices: make(map[numbers.E164]*numbers.Price)}
	if opts != nil {
		s.opts = *opts
	}
	if s.opts.MaxOrphans < 0 {
		return nil, a.err(op, numbers.ErrInvalid, "MaxOrphans", "it is negative")
	}
	if err := s.checkOptions(); err != nil {
		return nil, err
	}
	s.scope = cmp.Or(s.opts.Scope, a.name)
	if s.named = s.opts.Reference != ""; !s.named {
		s.opts.Reference = numbers.NewReference()
	}
	s.total.Reference = s.opts.Reference
	return s, nil
}

// checkOptions refuses options that no round could use.
func (s *shopper) checkOptions() error {
	const some = numbers.E164("+12025550100")
	_, err := s.a.newBuyer("BuyAny", numbers.OrderRequest{
		Numbers: []numbers.E164{some}, Reference: s.opts.Reference, Assign: s.opts.Assign, Native: s.opts.Native,
	}, &s.opts.BuyOptions)
	if e := errorIn(err); e != nil {
		e.Numbers = nil
	}
	return err
}

// takeUp continues the orders that the purchase has begun, in this process or in another.
func (s *shopper) takeUp(ctx context.Context) error {
	b := s.a.lookup("BuyAny", s.opts.Reference)
	b.opts, b.r.Assign, b.offers = s.opts.withDefaults(), s.opts.Assign, s.prices
	b.splitAssignment()
	b.scope = s.scope
	entries, err := b.entries(ctx, numbers.JournalQuery{Scope: s.scope, Purchase: s.opts.Reference})
	if err != nil {
		return because(s.a.err("BuyAny", numbers.ErrNotPlaced, "", "nothing was sent"), err)
	}
	entries = b.keepAbroad(entries)
	s.abroad = b.abroadHas()
	for _, e := range b.abroad {
		s.rounds = max(s.rounds, roundOf(e.Reference, s.opts.Reference))
	}
	for _, e := range entries {
		if err := b.adopt(ctx, e); err != nil {
			return err
		}
	}
	if len(entries) == 0 && s.named && !s.a.shared && s.a.caps.FoundBy == numbers.ByReference {
		if err := b.findRounds(ctx, s.n); err != nil {
			return err
		}
	}
	var unknown []*part
	for _, p := range b.parts { // also the parts that are safe to repeat, because the vendor may list them by now
		if p.attempt != nil {
			unknown = append(unknown, p)
		}
	}
	b.resolveParts(ctx, unknown)
	for _, p := range b.parts {
		s.notePart(p)
	}
	s.total.Orders, s.total.Unknown, s.errs = nil, nil, nil
	s.add(b.finish(ctx))
	return nil
}

// notePart records how a part affects the next round. Each number is repeated only once
// in a call, because each repetition leads to another takeUp.
func (s *shopper) notePart(p *part) {
	s.rounds = max(s.rounds, roundOf(p.r.Reference, s.opts.Reference))
	if p.gone || p.given { // its numbers are never ordered again
		s.err, s.noted = s.a.err("BuyAny", numbers.ErrNotFound, "", "a number of this purchase was bought, and the account no longer has it", p.r.Numbers...), true
	}
	if !p.again {
		return
	}
	for _, n := range p.r.Numbers {
		if !s.tried.Has(n) {
			s.tried.Add(n)
			s.repeat = append(s.repeat, n)
		}
	}
}

// findRounds claims the orders of earlier rounds that the journal does not have.
func (b *buyer) findRounds(ctx context.Context, n int) error {
	for round := 1; ; round++ {
		before := len(b.parts)
		err := b.a.eachUnder(ctx, b.op, roundReference(b.purchase, round), min(n, 2), b.a.partsOf(n), func(order *numbers.Order) error {
			return b.adoptOrder(ctx, order)
		})
		if err != nil || len(b.parts) == before {
			return err
		}
	}
}

// round buys the missing numbers from the next offers.
func (s *shopper) round(ctx context.Context) {
	chosen := s.choose(ctx)
	if len(chosen) == 0 {
		return
	}
	list := make([]numbers.E164, len(chosen))
	for i, offer := range chosen {
		list[i] = offer.E164
	}
	missing := s.buy(ctx, list)
	for _, offer := range chosen {
		if e := missing[offer.E164]; e != nil {
			s.stock.putBack(offer, e, s.a.caps.Orphans)
		}
	}
}

// buy orders numbers as the next round of the purchase, and returns those that were not
// bought.
func (s *shopper) buy(ctx context.Context, list []numbers.E164) (missing map[numbers.E164]error) {
	opts := s.opts.BuyOptions
	opts.MaxUpfront, opts.MaxMonthly = nil, nil // choose has compared the prices with the caps
	r := numbers.OrderRequest{Numbers: list, Reference: s.opts.Reference, Assign: s.opts.Assign, Native: s.opts.Native}
	b, err := s.a.newBuyer("BuyAny", r, &opts)
	if err != nil {
		s.err = err
		return nil
	}
	b.base, b.offers = roundReference(s.opts.Reference, s.rounds+1), s.prices
	if s.named {
		b.enough = s.enough
	}
	purchase, err := b.run(ctx)
	if b.taken || b.yielded {
		s.again = true // another delivery of this purchase has this round
	}
	if purchase == nil {
		if !s.again {
			s.err = err
		}
		return nil
	}
	if len(purchase.Orders)+len(purchase.Unknown) > 0 {
		s.rounds++
	}
	s.add(purchase, err)
	if failed, ok := errors.AsType[*PurchaseError](err); ok {
		return failed.missing
	}
	return nil
}

// add adds the result of a round.
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
			s.err, s.noted = e, true
		}
	}
}

func (s *shopper) result() (*Purchase, error) {
	errs := s.errs
	if s.err != nil && !s.noted {
		errs = append(errs, s.err)
	}
	if err := s.checkSpent(); err != nil {
		errs = append(errs, err)
	}
	if len(errs) == 0 {
		return s.total, nil
	}
	return s.total, &PurchaseError{Vendor: s.a.caps.Vendor, Account: s.a.name, Errs: errs}
}
