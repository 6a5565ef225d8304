package telnyx

import (
	"context"
	"iter"
	"slices"
	"time"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
	"github.com/tnkit/tnkit/numbers/wire"
)

// Orders walks GET /number_orders. Telnyx filters by the reference and the times
// (q.Recent is one of them); the numbers and the states are filtered here.
//
// A list does not show the states of an order's numbers. So an order that is
// settled and has several numbers comes with its Count and without Items, a
// success as Complete and a failure as Failed, and a pending one as Pending, also
// if it waits for data; Order returns the exact state. Where q has states, the
// orders that may be in one of them are read one by one, and where it has
// numbers, those of them whose Items would be missing.
func (o *Orderer) Orders(ctx context.Context, q numbers.OrderQuery) iter.Seq2[*numbers.Order, error] {
	raw := o.client.NumberOrders.All(ctx, listFor(q), driver.ReadAhead(q.ReadAhead)...)
	return driver.Orders(candidates(raw, q), q, func(n *NumberOrder) (*numbers.Order, error) {
		listed := o.order(n)
		if len(q.States) > 0 && !n.exact() || len(q.Numbers) > 0 && len(listed.Items) < listed.Count {
			return o.Order(ctx, n.ID)
		}
		return listed, nil
	})
}

// listFor is what Telnyx can filter by. It compares microseconds: a bound
// between two of them is moved to the one that leaves out nothing.
func listFor(q numbers.OrderQuery) *ListNumberOrdersRequest {
	f := NumberOrdersFilter{CustomerReference: q.Reference}
	after := q.CreatedAfter
	if !q.Recent.IsZero() {
		// The bound is exclusive, and an order exactly ClockSlack older is not left out.
		if oldest := q.Recent.Add(-numbers.ClockSlack - time.Microsecond); oldest.After(after) {
			after = oldest
		}
	}
	if !after.IsZero() {
		f.CreatedAt.GT = wire.NewTime(after)
	}
	if !q.CreatedBefore.IsZero() {
		f.CreatedAt.LT = wire.NewTime(q.CreatedBefore.Add(time.Microsecond - 1))
	}
	return &ListNumberOrdersRequest{Filter: f}
}

// candidates leaves out the rows that can't match q whatever else is read of
// them.
func candidates(raw iter.Seq2[*NumberOrder, error], q numbers.OrderQuery) iter.Seq2[*NumberOrder, error] {
	wanted := make(map[numbers.E164]bool, len(q.Numbers))
	for _, n := range q.Numbers {
		wanted[n] = true
	}
	return func(yield func(*NumberOrder, error) bool) {
		for n, err := range raw {
			if err == nil && !(n.mayHave(wanted) && n.mayBe(q.States)) {
				continue
			}
			if !yield(n, err) {
				return
			}
		}
	}
}

// mayHave reports whether the order may have one of some numbers.
func (n *NumberOrder) mayHave(wanted map[numbers.E164]bool) bool {
	if len(wanted) == 0 || len(n.PhoneNumbers) < n.count() {
		return true
	}
	return slices.ContainsFunc(n.PhoneNumbers, func(p OrderPhoneNumber) bool {
		return wanted[driver.E164(p.PhoneNumber)]
	})
}

// mayBe reports whether the order may be in one of the states of list.
func (n *NumberOrder) mayBe(list []numbers.State) bool {
	if len(list) == 0 || n.exact() {
		return true // driver.Orders compares the state itself
	}
	var possible []numbers.State
	switch text(n.Status) {
	case OrderSuccess:
		possible = []numbers.State{numbers.StateComplete, numbers.StatePartial, numbers.StateCanceled}
	case OrderFailure:
		possible = []numbers.State{numbers.StateFailed, numbers.StatePartial, numbers.StateCanceled}
	case OrderPending:
		possible = []numbers.State{numbers.StatePending, numbers.StateActionRequired, numbers.StateCanceled}
	default:
		return true // an undocumented word: the numbers decide
	}
	return slices.ContainsFunc(list, func(s numbers.State) bool { return slices.Contains(possible, s) })
}

// exact reports whether the order tells how each of its numbers fares: in its
// long form, or because it has only one, and that was bought.
func (n *NumberOrder) exact() bool {
	if len(n.PhoneNumbers) == 0 || len(n.PhoneNumbers) < n.count() {
		return false
	}
	if len(n.PhoneNumbers) == 1 && text(n.Status) == OrderSuccess {
		return true
	}
	return !slices.ContainsFunc(n.PhoneNumbers, func(p OrderPhoneNumber) bool { return p.Status == nil })
}
