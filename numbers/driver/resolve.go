package driver

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/tnkit/tnkit/internal/set"
	"github.com/tnkit/tnkit/numbers"
)

// ResolveByListing implements numbers.Resolver. It reads all orders once, and the owned
// numbers if an order is missing. It finds an order by its numbers, and by its reference
// if the vendor keeps references. An order does not belong to an attempt if its id is in
// Attempt.Before, or if the vendor created it more than numbers.ClockSlack before the
// attempt. If two orders match an attempt, the error of that attempt is ErrConflict.
//
// absent returns the outcome of an attempt whose order is missing; nil = NotPlaced. It is
// called only for an attempt that has Ended, and only if the account does not own the
// number by another order. If the account owns the number by another order, the attempt
// is NotPlaced, because a vendor does not sell a number twice.
func ResolveByListing(ctx context.Context, o numbers.Orderer, attempts []numbers.Attempt, absent func(numbers.Attempt) numbers.Resolution) ([]numbers.Resolution, []error) {
	if len(attempts) == 0 {
		return nil, nil
	}
	r := &reading{o: o, caps: o.Capabilities(), answers: make([]*answer, len(attempts))}
	for i, a := range attempts {
		r.answers[i] = &answer{Attempt: a, before: make(set.Set[string])}
		for _, id := range a.Before {
			r.answers[i].before.Add(strings.ToLower(id))
		}
	}
	r.run(ctx, absent)
	resolutions, errs := make([]numbers.Resolution, len(attempts)), make([]error, len(attempts))
	for i, a := range r.answers {
		resolutions[i], errs[i] = a.resolution, a.err
	}
	return resolutions, errs
}

// reading is one run of ResolveByListing.
type reading struct {
	o       numbers.Orderer
	caps    numbers.Capabilities
	answers []*answer
}

// answer is an attempt and what the reading shows about it.
type answer struct {
	numbers.Attempt
	before     set.Set[string] // in lower case
	found      []*numbers.Order
	others     set.Set[numbers.E164] // numbers that the account has from another order
	resolution numbers.Resolution
	err        error
}

func (r *reading) run(ctx context.Context, absent func(numbers.Attempt) numbers.Resolution) {
	missing := r.readOrders(ctx)
	missing = slices.DeleteFunc(missing, func(a *answer) bool { return a.Ended.IsZero() })
	for _, a := range r.withoutOwned(ctx, missing) {
		a.resolution.Outcome = numbers.NotPlaced
		if absent != nil && len(a.others) == 0 {
			a.resolution = absent(a.Attempt)
		}
	}
}

func (a *answer) fail(r *reading, kind error, message string, cause error) {
	e := &numbers.Error{Op: "Resolve", Vendor: r.caps.Vendor, Kind: kind, Numbers: slices.Clone(a.Numbers), Message: message}
	if cause != nil {
		e.Message += ": " + cause.Error()
	}
	if !errors.Is(cause, numbers.ErrOutcomeUnknown) { // otherwise the error would match that kind, too
		e.Err = cause
	}
	a.err = e
}

// failAll records a failed reading, which shows nothing about any attempt.
func (r *reading) failAll(list []*answer, err error) {
	for _, a := range list {
		a.fail(r, readingKind(err), "the reading failed", err)
	}
}

// readingKind returns the kind of a failed reading. It never returns ErrOutcomeUnknown,
// because that is a statement about a purchase.
func readingKind(err error) error {
	if kind := numbers.KindOf(err); !errors.Is(kind, numbers.ErrOutcomeUnknown) {
		return kind
	}
	return numbers.ErrVendor
}

// readOrders makes one complete reading of the orders, and returns the attempts whose
// order it does not show.
func (r *reading) readOrders(ctx context.Context) (missing []*answer) {
	m := newMatcher(r)
	var incomplete error
	for order, err := range r.orders(ctx) {
		if err == nil {
			err = m.add(ctx, order)
		}
		if err != nil {
			incomplete = err
			break
		}
	}
	for _, a := range r.answers {
		switch {
		case a.err != nil:
		case incomplete != nil && (len(a.found) != 1 || !errors.Is(incomplete, numbers.ErrIncomplete)):
			// An incomplete list proves that an order exists. It never proves that an
			// order is missing.
			r.failAll([]*answer{a}, incomplete)
		case len(a.found) == 0:
			missing = append(missing, a)
		case len(a.found) == 1:
			a.resolution = numbers.Resolution{Outcome: numbers.Placed, Order: a.found[0]}
		default:
			a.fail(r, numbers.ErrConflict, fmt.Sprintf("%d orders match, for example %s and %s", len(a.found), quote(a.found[0].ID), quote(a.found[1].ID)), nil)
		}
	}
	return missing
}

// orders reads the orders that the attempts may have made.
func (r *reading) orders(ctx context.Context) iter.Seq2[*numbers.Order, error] {
	var all []numbers.E164
	var oldest time.Time
	referenced := r.caps.FoundBy == numbers.ByReference
	for i, a := range r.answers {
		all = append(all, a.Numbers...)
		referenced = referenced && a.Reference != ""
		if i == 0 || a.Started.Before(oldest) {
			oldest = a.Started
		}
	}
	const few = 20 // for more numbers, one full listing is cheaper
	switch {
	case !referenced:
		return r.o.Orders(ctx, numbers.OrderQuery{Numbers: all, Recent: oldest})
	case len(r.answers) > few:
		return r.o.Orders(ctx, numbers.OrderQuery{Recent: oldest})
	}
	return func(yield func(*numbers.Order, error) bool) {
		for _, a := range r.answers {
			for order, err := range r.o.Orders(ctx, numbers.OrderQuery{Reference: a.Reference}) {
				if !yield(order, err) || err != nil {
					return
				}
			}
		}
	}
}

// withoutOwned returns the attempts of list whose numbers the account does not own. If
// the account owns a number without an order in any listing, the readings contradict each
// other. The attempt then fails with ErrConflict until a later reading, or a person,
// resolves it.
func (r *reading) withoutOwned(ctx context.Context, list []*answer) []*answer {
	inventory, able := As[numbers.Inventory](r.o)
	if len(list) == 0 || r.caps.OrdersAreOwned || !able || !r.caps.Can.Has(numbers.CanListOwned) {
		return list
	}
	var all []numbers.E164
	for _, a := range list {
		all = append(all, a.Numbers...)
	}
	ids := make(map[numbers.E164][]string)
	for n, err := range inventory.Owned(ctx, numbers.OwnedQuery{Numbers: all}) {
		switch {
		case err != nil:
			r.failAll(list, err)
			return nil
		case n != nil && n.State != numbers.NumberReleased:
			ids[n.E164] = append(ids[n.E164], n.ID)
		}
	}
	contested := make(map[*answer][]numbers.E164)
	for _, a := range list {
		for _, n := range a.Numbers {
			if !a.others.Has(n) && slices.ContainsFunc(ids[n], func(id string) bool { return !a.wasThere(id) }) {
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
			a.fail(r, numbers.ErrConflict, fmt.Sprintf("the account has %s of this attempt, and the vendor lists no order for it", contested[a][0]), nil)
		}
		return len(contested[a]) > 0
	})
}

// explain removes from contested the numbers that the account has from an order with
// another reference.
func (r *reading) explain(ctx context.Context, contested map[*answer][]numbers.E164) error {
	if len(contested) == 0 || r.caps.FoundBy != numbers.ByReference {
		return nil
	}
	var all []numbers.E164
	for _, list := range contested {
		all = append(all, list...)
	}
	by := make(map[numbers.E164]string) // the reference of the order that a number came from
	for order, err := range r.o.Orders(ctx, numbers.OrderQuery{Numbers: all}) {
		if err != nil {
			return err
		}
		if order == nil {
			continue
		}
		for _, item := range order.Items {
			if item.E164 != "" && !lost(item.State) {
				by[item.E164] = order.Reference
			}
		}
	}
	for a, list := range contested {
		contested[a] = slices.DeleteFunc(list, func(n numbers.E164) bool {
			reference, has := by[n]
			if has && reference != a.Reference {
				a.others.Add(n)
				return true
			}
			return false
		})
	}
	return nil
}

// lost reports whether a number of an order was not bought and will not be bought.
func lost(s numbers.State) bool { return s == numbers.StateFailed || s == numbers.StateCanceled }
