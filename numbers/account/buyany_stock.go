package account

import (
	"context"
	"errors"
	"iter"
	"slices"

	"github.com/tnkit/tnkit/internal/set"
	"github.com/tnkit/tnkit/numbers"
)

// stock has the offers that a BuyAny can choose from: offers that were put back, and the
// offers of one search after another.
type stock struct {
	search  func() (next func() (*numbers.Offer, error, bool), stop func())
	offers  func() (*numbers.Offer, error, bool)
	end     func()
	fresh   bool // this search has returned an offer that was not seen before
	seen    set.Set[numbers.E164]
	again   []*numbers.Offer     // their order was refused because of another number
	single  []*numbers.Offer     // their order of several numbers was refused: each is tried alone
	tries   map[numbers.E164]int // how often a number was put back
	skipped []numbers.E164       // held by other purchases
	held    int                  // how many of these holds end by themselves
	pauses  int                  // how often BuyAny has waited for them
}

func newStock(ctx context.Context, a *Account, q numbers.SearchQuery) *stock {
	s := &stock{seen: make(set.Set[numbers.E164]), tries: make(map[numbers.E164]int), fresh: true}
	s.search = func() (func() (*numbers.Offer, error, bool), func()) { return iter.Pull2(a.Search(ctx, q)) }
	return s
}

func (s *stock) stop() {
	if s.end != nil {
		s.end()
	}
	s.offers, s.end = nil, nil
}

// next returns the next offer to try, or nil if there is none. If alone is true, the
// offer must be ordered alone. alone is true only if first is.
func (s *stock) next(first bool) (offer *numbers.Offer, alone bool, err error) {
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
			if !s.fresh || !first { // the chosen offers are bought before the next search
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
		case offer != nil && offer.E164.Valid() && !s.seen.Has(offer.E164):
			s.seen.Add(offer.E164)
			s.fresh = true
			return offer, false, nil
		}
	}
}

// skip leaves out an offer that a purchase holds. ends reports whether the hold ends by
// itself.
func (s *stock) skip(offer *numbers.Offer, ends bool) {
	if ends {
		s.held++
		s.skipped = append(s.skipped, offer.E164)
	}
}

// release allows a new search to return the offers again that were held.
func (s *stock) release() []numbers.E164 {
	list := s.skipped
	for _, n := range list {
		delete(s.seen, n)
	}
	s.skipped, s.held, s.fresh = nil, 0, true
	return list
}

// putBack keeps an offer that was not bought if it may still be available: its order was
// refused, or may have been refused, because of another number, or its order never
// reached the vendor. It does not keep a number that the vendor may have sold to this
// account all the same, because there are other offers.
func (s *stock) putBack(offer *numbers.Offer, err error, orphans bool) {
	const most = 3
	e := errorIn(err)
	if e == nil || s.tries[offer.E164] == most {
		return
	}
	named := slices.Contains(e.Numbers, offer.E164)
	switch {
	case resolvedNotPlaced(err) && orphans:
		return
	case resolvedNotPlaced(err), errors.Is(err, numbers.ErrNumberUnavailable) && !named:
		s.again = append(s.again, offer)
	case errors.Is(err, numbers.ErrNumberUnavailable) && len(e.Numbers) > 1:
		s.single = append(s.single, offer)
	case errors.Is(err, errHeld):
		s.held++
		s.skipped = append(s.skipped, offer.E164)
		return
	default:
		return
	}
	s.tries[offer.E164]++
}
