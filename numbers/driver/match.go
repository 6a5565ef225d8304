package driver

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tnkit/tnkit/internal/set"
	"github.com/tnkit/tnkit/numbers"
)

// matcher finds the attempt that made an order.
type matcher struct {
	r           *reading
	byNumber    map[numbers.E164][]*answer
	byReference map[string][]*answer
	seen        set.Set[string]
}

func newMatcher(r *reading) *matcher {
	m := &matcher{
		r: r, byNumber: make(map[numbers.E164][]*answer), byReference: make(map[string][]*answer), seen: make(set.Set[string]),
	}
	for _, a := range r.answers {
		a.others = make(set.Set[numbers.E164])
		m.byReference[a.Reference] = append(m.byReference[a.Reference], a)
		for _, n := range a.Numbers {
			m.byNumber[n] = append(m.byNumber[n], a)
		}
	}
	return m
}

// add compares one order of a listing with the attempts.
func (m *matcher) add(ctx context.Context, order *numbers.Order) error {
	if order == nil || order.ID == "" {
		return &numbers.Error{Op: "Resolve", Vendor: m.r.caps.Vendor, Kind: numbers.ErrVendor, Message: "the listing has an order without an id"}
	}
	if m.seen.Has(order.ID) {
		return nil // a repeated row
	}
	m.seen.Add(order.ID)
	m.noteOthers(order)
	candidates := m.candidates(order)
	if len(candidates) == 0 {
		return nil
	}
	if !order.HasAllItems() {
		full, err := m.r.o.Order(ctx, order.ID)
		if err != nil && !errors.Is(err, numbers.ErrNotFound) {
			return err
		}
		if err == nil && full != nil && sameID(full.ID, order.ID) { // otherwise the listed row is used
			order = full
			m.noteOthers(order)
		}
		candidates = m.candidates(order)
	}
	for _, a := range candidates {
		m.match(order, a)
	}
	return nil
}

// candidates returns the attempts that may have made order, each once.
func (m *matcher) candidates(order *numbers.Order) []*answer {
	var list []*answer
	switch {
	case m.r.caps.FoundBy == numbers.ByReference:
		list = slices.Clone(m.byReference[order.Reference])
	case !order.HasAllItems(): // any attempt may have made it
		list = slices.Clone(m.r.answers)
	default:
		once := make(set.Set[*answer])
		for _, n := range order.Numbers() {
			for _, a := range m.byNumber[n] {
				if !once.Has(a) {
					once.Add(a)
					list = append(list, a)
				}
			}
		}
	}
	return slices.DeleteFunc(list, func(a *answer) bool { return a.excludes(order) })
}

// excludes reports whether the attempt did not make an order: the order existed before,
// another attempt made it, or it is older than the attempt by more than ClockSlack.
func (a *answer) excludes(order *numbers.Order) bool {
	return a.wasThere(order.ID) || !order.Created.IsZero() && order.Created.Before(a.Started.Add(-numbers.ClockSlack))
}

// wasThere reports whether the id existed at the vendor before the attempt.
func (a *answer) wasThere(id string) bool { return a.before.Has(strings.ToLower(id)) }

// noteOthers records for each attempt which of its numbers the account has from an order
// that the attempt did not make.
func (m *matcher) noteOthers(order *numbers.Order) {
	for _, item := range order.Items {
		if item.E164 == "" || lost(item.State) {
			continue
		}
		for _, a := range m.byNumber[item.E164] {
			if a.excludes(order) {
				a.others.Add(item.E164)
			}
		}
	}
}

// match decides whether the attempt a made order.
func (m *matcher) match(order *numbers.Order, a *answer) {
	has, wanted := set.Of(order.Numbers()), set.Of(a.Numbers)
	common := 0
	for n := range has {
		if wanted.Has(n) {
			common++
		}
	}
	var (
		within    = common == len(has) // the attempt requested all of them
		all       = within && common == len(wanted)
		hidden    = len(has) < order.Count // the vendor leaves numbers out, or spells them in another way than E.164
		sameCount = order.Count == len(wanted)
		named     = m.r.caps.FoundBy == numbers.ByReference && a.Reference != ""
	)
	switch {
	case all, named && within && (common > 0 || hidden && sameCount):
		a.found = append(a.found, order)
	case named && common > 0:
		a.fail(m.r, numbers.ErrConflict, fmt.Sprintf("order %s has the reference of the attempt and other numbers", quote(order.ID)), nil)
	case !named && within && sameCount && !order.HasAllItems():
		a.fail(m.r, numbers.ErrIncomplete, "the vendor does not show the numbers of order "+quote(order.ID), nil)
	case !named && within && common > 0 && !lost(order.State):
		// Either the vendor left numbers out, or another order has some of them.
		a.fail(m.r, numbers.ErrConflict, fmt.Sprintf("order %s is newer than the attempt and has only some of its numbers", quote(order.ID)), nil)
	}
}
