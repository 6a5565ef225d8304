package account

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tnkit/tnkit/internal/set"
	"github.com/tnkit/tnkit/numbers"
)

// missing returns how many more numbers must be ordered. Numbers that are bought, may
// have been bought or can still be bought are not missing.
func (s *shopper) missing() int {
	missing := s.n - len(s.abroad)
	for _, o := range s.total.Orders {
		missing -= held(o)
	}
	return missing - max(s.unknown()-s.opts.MaxOrphans, 0)
}

// unknown returns how many numbers have an unknown outcome.
func (s *shopper) unknown() int {
	list := make(set.Set[numbers.E164])
	for _, a := range s.total.Unknown {
		list.Add(a.Numbers...)
	}
	return len(list)
}

// enough refuses an order that was claimed although the purchase has its n numbers,
// because another delivery claimed others at the same time. Every later claim sees an
// earlier one, so at least the last delivery sees that there are too many.
func (s *shopper) enough(ctx context.Context, mine numbers.JournalEntry) error {
	b := s.caps()
	switch err := b.checkAbroad(ctx, mine); {
	case errors.Is(err, errTaken):
		return errEnough
	case err != nil:
		return err
	}
	entries, err := b.entries(ctx, numbers.JournalQuery{Scope: s.scope, Purchase: s.opts.Reference})
	if err != nil {
		return err
	}
	has := make(set.Set[numbers.E164])
	for _, e := range entries {
		switch {
		case e.Free():
		case e.Account != mine.Account:
			b.abroad = append(b.abroad, e)
		case e.ID != mine.ID && !isRepeatable(e) && slices.ContainsFunc(e.Numbers, func(n numbers.E164) bool { return slices.Contains(mine.Numbers, n) }):
			return errEnough // the purchase had this number and released it
		case e.End.Status == numbers.EntryPlaced && e.ID != mine.ID:
			has.Add(s.heldBy(e)...)
		default:
			has.Add(e.Numbers...)
		}
	}
	if len(has)+len(b.abroadHas()) > s.n+s.opts.MaxOrphans {
		return errEnough
	}
	return nil
}

// heldBy returns the numbers of a placed entry that are bought or can still be bought. It
// uses the order as it was read, or otherwise the numbers that did not fail according to
// the journal.
func (s *shopper) heldBy(e numbers.JournalEntry) []numbers.E164 {
	for _, o := range s.total.Orders {
		if o.ID == e.End.OrderID && o.HasAllItems() {
			var list []numbers.E164
			for _, item := range o.Items {
				if !lost(item.State) {
					list = append(list, item.E164)
				}
			}
			return list
		}
	}
	if e.End.HeldUntil.IsZero() && len(e.End.Held) > 0 {
		return e.End.Held
	}
	return e.Numbers
}

// replaceable reports whether the next offer may succeed after err.
func replaceable(err error) bool {
	return resolvedNotPlaced(err) || errors.Is(err, numbers.ErrNumberUnavailable) || errors.Is(err, numbers.ErrAlreadyOwned) ||
		errors.Is(err, errOnOrder) || errors.Is(err, errHeld) || errors.Is(err, errEnough)
}

// resolvedNotPlaced reports whether readings showed that an order was not placed.
func resolvedNotPlaced(err error) bool {
	e := errorIn(err)
	return e != nil && errors.Is(e.Kind, numbers.ErrNotPlaced) && errors.Is(e, errAbsent)
}

// choose returns as many offers as are missing. It takes only offers that no other
// purchase holds and that fit the caps. If only held offers are left, it waits until one
// of them may be free.
func (s *shopper) choose(ctx context.Context) []*numbers.Offer {
	var chosen []*numbers.Offer
	for len(chosen) < s.missing() {
		offer, alone, err := s.stock.next(len(chosen) == 0)
		if offer == nil {
			if len(chosen) == 0 && s.awaitOffers(ctx, err) {
				continue
			}
			return chosen
		}
		if held, ends := s.isHeld(ctx, offer.E164); held {
			s.stock.skip(offer, ends)
			continue
		}
		switch err := s.fits(ctx, offer, chosen); {
		case err == nil:
			if chosen = append(chosen, offer); alone {
				return chosen
			}
		case errors.Is(err, numbers.ErrOverCap), errors.Is(err, numbers.ErrPriceUnknown):
			s.unfit = err
		case !replaceable(err):
			s.err = err
			return nil
		}
	}
	return chosen
}

// awaitOffers handles a stock without offers. err is the reason why the search ended, or
// nil if it was complete. awaitOffers waits if other purchases hold offers, because one
// of them may become free. again reports whether to search again.
func (s *shopper) awaitOffers(ctx context.Context, err error) (again bool) {
	switch {
	case err == nil && s.stock.held > 0:
		cause := s.awaitClaims(ctx)
		if cause == nil {
			return true
		}
		s.exhausted(cause)
	case err == nil && s.others:
		s.others, s.again = false, true // another delivery of this purchase has them
		s.stock.release()
	default:
		s.exhausted(err)
	}
	return false
}

// isHeld reports whether another purchase, or another attempt of this purchase, holds an
// offer's number, and whether the hold ends by itself.
func (s *shopper) isHeld(ctx context.Context, n numbers.E164) (held, ends bool) {
	b := s.caps()
	entries, err := b.entries(ctx, numbers.JournalQuery{Numbers: []numbers.E164{n}})
	if err != nil {
		return false, false // Begin decides
	}
	for _, e := range entries {
		own := b.isOwn(e)
		switch {
		case e.Holds(n, s.a.now()):
			held = true
			ends = ends || !own && e.End.Status != numbers.EntryOrphaned
		case own && !e.Free(): // this purchase has ordered it before
			held = true
		}
		s.others = s.others || own && e.Account == s.a.name && !e.Free() && !s.counts(e)
	}
	return held, ends
}

// counts reports whether this call has already counted an entry of the purchase.
func (s *shopper) counts(e numbers.JournalEntry) bool {
	return slices.ContainsFunc(s.total.Orders, func(o *numbers.Order) bool { return strings.EqualFold(o.ID, e.End.OrderID) }) ||
		slices.ContainsFunc(s.total.Unknown, func(a numbers.Attempt) bool { return a.ID == e.ID })
}

// awaitClaims pauses until a claim may have ended, and allows the offers that were held
// to be found again. It resolves claims whose owner is gone.
func (s *shopper) awaitClaims(ctx context.Context) error {
	s.stock.pauses++
	pause := min(time.Second<<min(s.stock.pauses-1, 5), 30*time.Second)
	if cause := sleep(ctx, pause/2+s.a.jitter(pause/2)); cause != nil {
		return cause
	}
	list := s.stock.release()
	if entries, err := s.a.entries(ctx, numbers.JournalQuery{Numbers: list}); err == nil {
		s.a.clear(ctx, "BuyAny", entries)
	}
	return nil
}

// exhausted records why there are no more offers.
func (s *shopper) exhausted(err error) {
	e := s.a.err("BuyAny", numbers.ErrNumberUnavailable, "", fmt.Sprintf("%d more numbers are needed, and there are no more offers", s.missing()))
	if s.unfit != nil {
		e.Kind, e.Message = numbers.KindOf(s.unfit), fmt.Sprintf("%d more numbers are needed, and the offers do not fit the cap: %v", s.missing(), s.unfit)
	}
	if err != nil {
		e = because(s.a.err("BuyAny", kindOf(err), "", fmt.Sprintf("%d more numbers are needed", s.missing())), err)
	}
	s.err = e
}
