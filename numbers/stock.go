package numbers

import (
	"context"
	"errors"
	"iter"
	"slices"
)

// stock is what a [BuyAny] can choose from: what was put back, and the offers
// of one search after another.
type stock struct {
	search func() (next func() (*Offer, error, bool), stop func())
	offers func() (*Offer, error, bool)
	end    func()
	fresh  bool // this search has brought an offer that was not seen before
	seen   set[E164]
	again  []*Offer     // refused for another number's sake
	single []*Offer     // refused in company: each is tried alone
	tries  map[E164]int // how often a number was put back
}

func newStock(ctx context.Context, o Orderer, q SearchQuery) *stock {
	s := &stock{seen: make(set[E164]), tries: make(map[E164]int), fresh: true}
	s.search = func() (func() (*Offer, error, bool), func()) { return iter.Pull2(Search(ctx, o, q)) }
	return s
}

func (s *stock) stop() {
	if s.end != nil {
		s.end()
	}
	s.offers, s.end = nil, nil
}

// next returns the next offer to try, nil where there is none. Where alone is
// set, it must be ordered by itself; that comes only where first is.
func (s *stock) next(first bool) (offer *Offer, alone bool, err error) {
	switch {
	case first && len(s.single) > 0:
		offer, s.single = s.single[0], s.single[1:]
		return offer, true, nil
	case len(s.again) > 0:
		offer, s.again = s.again[0], s.again[1:]
		return offer, false, nil
	}
	for {
		if s.offers == nil {
			if !s.fresh || !first { // what was chosen is bought before the next search
				return nil, false, nil
			}
			s.fresh = false
			s.offers, s.end = s.search()
		}
		offer, err, more := s.offers()
		switch {
		case !more:
			s.stop()
		case err != nil:
			s.stop()
			return nil, false, err
		case offer != nil && offer.E164.Valid() && !s.seen.has(offer.E164):
			s.seen[offer.E164], s.fresh = struct{}{}, true
			return offer, false, nil
		}
	}
}

// putBack keeps an offer that was not bought, where it may still be had: its
// order was refused for another number's sake, or perhaps so, or never arrived.
func (s *stock) putBack(offer *Offer, err error) {
	const most = 3
	e := errorIn(err)
	if e == nil || s.tries[offer.E164] == most {
		return
	}
	named := slices.Contains(e.Numbers, offer.E164)
	switch {
	case resolvedNotPlaced(err), errors.Is(err, ErrNumberUnavailable) && !named:
		s.again = append(s.again, offer)
	case errors.Is(err, ErrNumberUnavailable) && len(e.Numbers) > 1:
		s.single = append(s.single, offer)
	default:
		return
	}
	s.tries[offer.E164]++
}
