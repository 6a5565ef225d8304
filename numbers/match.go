package numbers

import (
	"context"
	"fmt"
	"slices"
)

// matcher finds the attempts that orders answer.
type matcher struct {
	r           *listing
	byNumber    map[E164][]*answer
	byReference map[string][]*answer
	seen        set[string]
}

func newMatcher(r *listing, list []*answer) *matcher {
	m := &matcher{r: r, byNumber: make(map[E164][]*answer), byReference: make(map[string][]*answer), seen: make(set[string])}
	for _, a := range list {
		a.found = nil
		m.byReference[a.Reference] = append(m.byReference[a.Reference], a)
		for _, n := range a.Numbers {
			m.byNumber[n] = append(m.byNumber[n], a)
		}
	}
	return m
}

// add looks at one order of a listing.
func (m *matcher) add(ctx context.Context, order *Order) error {
	if order == nil {
		return m.r.caps.err("Resolve", ErrVendor, "", "the listing has an order that is nil")
	}
	if order.ID == "" {
		return m.r.caps.err("Resolve", ErrVendor, "", "the listing has an order without an id")
	}
	if m.seen.has(order.ID) {
		return nil // the same row again
	}
	m.seen[order.ID] = struct{}{}
	candidates := m.candidates(order)
	if len(candidates) == 0 {
		return nil
	}
	if !order.tellsNumbers() {
		full, err := m.r.o.Order(ctx, order.ID)
		if err != nil {
			return err
		}
		if full != nil && full.ID == order.ID {
			order = full
		}
		candidates = m.candidates(order)
	}
	for _, a := range candidates {
		if err := m.weigh(order, a); err != nil {
			return err
		}
	}
	return nil
}

// candidates are the attempts that order may answer, each once.
func (m *matcher) candidates(order *Order) []*answer {
	var list []*answer
	switch {
	case m.r.caps.FoundBy == ByReference:
		list = m.byReference[order.Reference]
	case !order.tellsNumbers(): // it may be anybody's
		for _, a := range m.byReference {
			list = append(list, a...)
		}
	default:
		once := make(set[*answer])
		for _, n := range order.Numbers() {
			for _, a := range m.byNumber[n] {
				if !once.has(a) {
					once[a] = struct{}{}
					list = append(list, a)
				}
			}
		}
	}
	return slices.DeleteFunc(slices.Clone(list), func(a *answer) bool { return a.before.has(order.ID) })
}

// weigh decides whether order is what a made.
func (m *matcher) weigh(order *Order, a *answer) error {
	told, wanted := setOf(order.Numbers()), setOf(a.Numbers)
	common := 0
	for n := range told {
		if wanted.has(n) {
			common++
		}
	}
	var (
		none    = common == 0
		within  = common == len(told) // nothing in it that a did not ask for
		all     = within && common == len(wanted)
		untold  = len(told) < order.Count // the vendor leaves numbers out, or spells them in its own way
		allSize = order.Count == len(wanted)
		named   = m.r.caps.FoundBy == ByReference && a.Reference != ""
	)
	switch {
	case all, named && within && (!none || untold && allSize):
		a.found = append(a.found, order)
	case named && !none:
		a.fail(m.r, ErrConflict, fmt.Sprintf("order %s has the reference, and other numbers", quote(order.ID)), nil)
	case !named && within && allSize && !order.tellsNumbers():
		return m.r.caps.unresolved(ErrIncomplete, "the vendor does not tell the numbers of order "+quote(order.ID), a.Attempt)
	case !named && within && !none && order.State != StateFailed && order.State != StateCanceled:
		// Perhaps the vendor left numbers out, perhaps somebody else ordered some.
		a.fail(m.r, ErrConflict, fmt.Sprintf("order %s came after the attempt, and has only some of its numbers", quote(order.ID)), nil)
	}
	return nil
}

// tellsNumbers reports whether the order comes with all its numbers: in
// listings some vendors leave them out.
func (o *Order) tellsNumbers() bool { return len(o.Items) > 0 && len(o.Items) >= o.Count }
