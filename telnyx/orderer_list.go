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

// Orders lists orders by GET /number_orders. Telnyx filters by the reference and the
// times (also q.Recent). Orders itself filters by the numbers and the states.
//
// A list does not show the states of an order's numbers. So a settled order with several
// numbers has a Count and no Items. Its state is Complete for a success and Failed for a
// failure. A pending order is Pending, also if it has unmet requirements. Method Order
// returns the exact state. If q has states, Orders also reads each order that may be in
// one of these states. If q has numbers, it also reads each order whose Items are
// missing.
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

// listFor returns the filters of q that Telnyx has. Telnyx compares microseconds, so a
// bound between two microseconds is moved to the one that leaves out no order.
func listFor(q numbers.OrderQuery) *ListNumberOrdersRequest {
	f := NumberOrdersFilter{CustomerReference: q.Reference}
	after := q.CreatedAfter
	if !q.Recent.IsZero() {
		// The bound is exclusive, and an order that is exactly ClockSlack older must not
		// be left out.
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

// candidates leaves out the rows that can't match q, whatever a reading by id would show.
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
		return true // an undocumented status, so the numbers decide
	}
	return slices.ContainsFunc(list, func(s numbers.State) bool { return slices.Contains(possible, s) })
}

// exact reports whether the order shows the state of each of its numbers: it has the long
// form, or it has only one number, which was bought.
func (n *NumberOrder) exact() bool {
	if len(n.PhoneNumbers) == 0 || len(n.PhoneNumbers) < n.count() {
		return false
	}
	if len(n.PhoneNumbers) == 1 && text(n.Status) == OrderSuccess {
		return true
	}
	return !slices.ContainsFunc(n.PhoneNumbers, func(p OrderPhoneNumber) bool { return p.Status == nil })
}
