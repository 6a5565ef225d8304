package opentact

import (
	"context"
	"iter"
	"net/http"
	"time"

	"github.com/tnkit/tnkit/internal/adapt"
	"github.com/tnkit/tnkit/numbers"
)

// Resolve finds out what became of an attempt: see [Orderer.ResolveAll].
func (o *Orderer) Resolve(ctx context.Context, a numbers.Attempt) (numbers.Resolution, error) {
	resolutions, errs := o.ResolveAll(ctx, []numbers.Attempt{a})
	return resolutions[0], errs[0]
}

// ResolveAll finds out what became of attempts, by the orders that were created
// since the oldest of them. OpenTact keeps no reference, and the same numbers
// may have been ordered, and released, before: so older orders must not be
// looked at. Which are older is told by the vendor's clock alone: the time of
// an order is compared with the Date of the very answer that lists it.
func (o *Orderer) ResolveAll(ctx context.Context, attempts []numbers.Attempt) ([]numbers.Resolution, []error) {
	return numbers.ResolveByListing(ctx, o, attempts, numbers.ListingRules{Orders: o.since})
}

// since reads the orders that may be among the attempts'.
func (o *Orderer) since(ctx context.Context, attempts []numbers.Attempt) iter.Seq2[*numbers.Order, error] {
	wanted := make(map[numbers.E164]struct{})
	var oldest time.Time
	for i, a := range attempts {
		if i == 0 || a.Started.Before(oldest) {
			oldest = a.Started
		}
		for _, n := range a.Numbers {
			wanted[n] = struct{}{}
		}
	}
	return o.recent(ctx, wanted, func() (time.Duration, bool) {
		age := time.Since(oldest)
		return age + o.slack, !oldest.IsZero() && age >= 0
	})
}

// Before returns the ids of the orders that have some of these numbers and are
// so young that an attempt of now could be mistaken for them, and of the
// account's leases of these numbers.
func (o *Orderer) Before(ctx context.Context, list []numbers.E164) ([]string, error) {
	wanted := make(map[numbers.E164]struct{})
	for _, n := range list {
		wanted[n] = struct{}{}
	}
	// Twice what Resolve allows: its reading comes later, by a Date that is cut
	// to seconds.
	age := func() (time.Duration, bool) { return 2 * o.slack, true }
	ids := []string{}
	for order, err := range o.recent(ctx, wanted, age) {
		if err != nil {
			return nil, adapt.Error(err, "Place", o.account, list)
		}
		if hasAny(order.Numbers(), wanted) {
			ids = append(ids, order.ID)
		}
	}
	return ids, nil
}

// recent reads the orders that have some of the wanted numbers and are no older
// than age by the vendor's clock, each with all its numbers. Where age or the
// vendor's clock is not known, all are read.
func (o *Orderer) recent(ctx context.Context, wanted map[numbers.E164]struct{}, age func() (time.Duration, bool)) iter.Seq2[*numbers.Order, error] {
	return func(yield func(*numbers.Order, error) bool) {
		var (
			header http.Header
			from   time.Time
			dated  bool
		)
		rows := o.client.Orders.all(ctx, &header)
		o.walk("Resolve", rows, func(row *Order) (*numbers.Order, error) {
			if !dated { // the first row: its answer has just arrived
				from, dated = vendorTime(header, age), true
			}
			listed := o.order(row)
			if !listed.Created.IsZero() && listed.Created.Before(from) {
				return nil, nil
			}
			if has, ok := o.numbersOf(listed); ok && !hasAny(has, wanted) {
				return nil, nil
			}
			if len(listed.Items) == listed.Count {
				return listed, nil
			}
			whole, err := o.Order(ctx, row.UUID)
			if err == nil && len(whole.Items) < whole.Count {
				return nil, &numbers.Error{
					Vendor: vendor, Kind: numbers.ErrIncomplete,
					Message: "the vendor does not tell the numbers of order " + row.UUID,
				}
			}
			return whole, err
		})(yield)
	}
}

// vendorTime is age before the Date of an answer; zero where that is not known.
func vendorTime(header http.Header, age func() (time.Duration, bool)) time.Time {
	now, err := http.ParseTime(header.Get("Date"))
	d, ok := age()
	if err != nil || !ok {
		return time.Time{}
	}
	return now.Add(-d)
}

func hasAny(list []numbers.E164, wanted map[numbers.E164]struct{}) bool {
	for _, n := range list {
		if _, ok := wanted[n]; ok {
			return true
		}
	}
	return false
}
