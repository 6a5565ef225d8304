package numbers

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"time"
)

// ListingRules say how a vendor's adapter deviates in [ResolveByListing]. The
// zero value is right for a vendor without surprises.
type ListingRules struct {
	// Orders reads the orders that may be among the attempts'; nil =
	// Orderer.Orders, by reference where there is one. Orders that come without
	// all their numbers are read one by one.
	Orders func(ctx context.Context, attempts []Attempt) iter.Seq2[*Order, error]
	// OrdersAreOwned says that the orders are the inventory's rows, so that
	// reading the inventory as well would show nothing else.
	OrdersAreOwned bool
	// Orphaned reports whether the vendor may have bought although it will
	// never list it; nil = never.
	Orphaned func(Attempt) bool
}

// ResolveByListing resolves attempts by listings alone. Adapters use it to
// implement [Resolver]; others call [Resolve].
func ResolveByListing(ctx context.Context, o Orderer, attempts []Attempt, rules ListingRules) ([]Resolution, []error) {
	r := &listing{o: o, caps: o.Capabilities(), rules: rules, answers: make([]*answer, len(attempts))}
	asked := time.Now()
	for i, a := range attempts {
		r.answers[i] = &answer{Attempt: a, before: setOf(a.Before), due: a.settled(r.caps.ListingDelay, asked)}
	}
	r.run(ctx)
	resolutions, errs := make([]Resolution, len(attempts)), make([]error, len(attempts))
	for i, a := range r.answers {
		resolutions[i], errs[i] = a.resolution, a.err
	}
	return resolutions, errs
}

// listing is one run of ResolveByListing.
type listing struct {
	o       Orderer
	caps    Capabilities
	rules   ListingRules
	answers []*answer
}

// answer is an attempt and what has been found out about it.
type answer struct {
	Attempt
	before     set[string]
	due        time.Time // from when on not to be listed means not to be placed
	found      []*Order
	resolution Resolution
	err        error
}

// run reads at once, for what is there already, and then again for what has
// come to its settle time.
func (r *listing) run(ctx context.Context) {
	open, next := r.answers, r.answers
	for len(open) > 0 {
		began := time.Now()
		var settled []*answer
		for _, a := range r.read(ctx, next) {
			if !a.due.After(began) {
				settled = append(settled, a)
			}
		}
		for _, a := range r.notOwned(ctx, settled) {
			a.resolution.Outcome = NotPlaced
			if r.rules.Orphaned != nil && r.rules.Orphaned(a.Attempt) {
				a.resolution.Outcome = PossiblyOrphaned
			}
		}
		open = slices.DeleteFunc(slices.Clone(open), (*answer).done)
		if len(open) == 0 {
			return
		}
		var wake time.Time
		wake, next = r.nextDue(open)
		if cause := sleepUntil(ctx, wake); cause != nil {
			for _, a := range open {
				a.fail(r, ErrUnreachable, "stopped before the settle time was over", cause)
			}
			return
		}
	}
}

func (a *answer) done() bool { return a.err != nil || a.resolution.Outcome != "" }

func (a *answer) fail(r *listing, kind error, message string, cause error) {
	e := r.caps.unresolved(kind, message, a.Attempt).because(cause)
	if a.Account != "" {
		e.Account = a.Account
	}
	a.err = e
}

// failAll records a reading that broke off: nothing is known of any attempt.
func (r *listing) failAll(list []*answer, err error) {
	for _, a := range list {
		a.fail(r, kindOf(err), "the reading failed", err)
	}
}

// nextDue is when to read again, and what for: the next that is due, and all
// that are within a tenth of the settle time after it.
func (r *listing) nextDue(open []*answer) (wake time.Time, due []*answer) {
	first := slices.MinFunc(open, func(a, b *answer) int { return a.due.Compare(b.due) }).due
	for _, a := range open {
		if a.due.After(first.Add(r.caps.ListingDelay / 10)) {
			continue
		}
		due = append(due, a)
		if a.due.After(wake) {
			wake = a.due
		}
	}
	return wake, due
}

// read makes one complete reading for the attempts of list, and returns those
// that it does not show. What it finds, and what goes wrong, is recorded.
func (r *listing) read(ctx context.Context, list []*answer) (unseen []*answer) {
	m := newMatcher(r, list)
	for order, err := range r.orders(ctx, list) {
		if err == nil {
			err = m.add(ctx, order)
		}
		if err != nil {
			r.failAll(list, err)
			return nil
		}
	}
	for _, a := range list {
		switch {
		case a.err != nil:
		case len(a.found) == 0:
			unseen = append(unseen, a)
		case len(a.found) == 1:
			a.resolution = Resolution{Outcome: Placed, Order: a.found[0]}
		default:
			a.fail(r, ErrConflict, fmt.Sprintf("%d orders match, %s and %s among them", len(a.found), quote(a.found[0].ID), quote(a.found[1].ID)), nil)
		}
	}
	return unseen
}

// orders reads what may be the attempts'.
func (r *listing) orders(ctx context.Context, list []*answer) iter.Seq2[*Order, error] {
	attempts := make([]Attempt, len(list))
	var all []E164
	referenced := r.caps.FoundBy == ByReference
	for i, a := range list {
		attempts[i] = a.Attempt
		all = append(all, a.Numbers...)
		referenced = referenced && a.Reference != ""
	}
	const few = 20 // from here on one full listing is cheaper
	switch {
	case r.rules.Orders != nil:
		return r.rules.Orders(ctx, attempts)
	case !referenced:
		return r.o.Orders(ctx, OrderQuery{Numbers: all})
	case len(list) > few:
		return r.o.Orders(ctx, OrderQuery{})
	}
	return func(yield func(*Order, error) bool) {
		for _, a := range list {
			for order, err := range r.o.Orders(ctx, OrderQuery{Reference: a.Reference}) {
				if !yield(order, err) || err != nil {
					return
				}
			}
		}
	}
}

// notOwned returns those of list whose numbers the account does not have
// either. A number that it has since, by an order that no listing shows, is a
// contradiction that time or a person must solve.
func (r *listing) notOwned(ctx context.Context, list []*answer) []*answer {
	if len(list) == 0 || r.rules.OrdersAreOwned {
		return list
	}
	var all []E164
	for _, a := range list {
		all = append(all, a.Numbers...)
	}
	owned, err := ownedOf(ctx, r.o, all)
	if err != nil {
		r.failAll(list, err)
		return nil
	}
	ids := make(map[E164][]string)
	for _, n := range owned {
		ids[n.E164] = append(ids[n.E164], n.ID)
	}
	contested := make(map[*answer][]E164)
	for _, a := range list {
		for _, n := range a.Numbers {
			if slices.ContainsFunc(ids[n], func(id string) bool { return !a.before.has(id) }) {
				contested[a] = append(contested[a], n)
			}
		}
	}
	if err := r.explain(ctx, contested); err != nil {
		r.failAll(list, err)
		return nil
	}
	return slices.DeleteFunc(slices.Clone(list), func(a *answer) bool {
		if len(contested[a]) > 0 {
			a.fail(r, ErrConflict, fmt.Sprintf("the account has %s of this attempt, and no order of it is listed", contested[a][0]), nil)
		}
		return len(contested[a]) > 0
	})
}

// explain takes out of contested the numbers that came by an order of another
// reference.
func (r *listing) explain(ctx context.Context, contested map[*answer][]E164) error {
	if len(contested) == 0 || r.caps.FoundBy != ByReference {
		return nil
	}
	var all []E164
	for _, list := range contested {
		all = append(all, list...)
	}
	by := make(map[E164]string) // the reference that a number came by
	for order, err := range r.o.Orders(ctx, OrderQuery{Numbers: all}) {
		if err != nil {
			return err
		}
		if order == nil {
			continue
		}
		for _, item := range order.Items {
			if item.State != StateFailed && item.State != StateCanceled && item.E164 != "" {
				by[item.E164] = order.Reference
			}
		}
	}
	for a, list := range contested {
		contested[a] = slices.DeleteFunc(list, func(n E164) bool {
			reference, told := by[n]
			return told && reference != a.Reference
		})
	}
	return nil
}
