package opentact

import (
	"context"
	"iter"
	"maps"
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
	wanted := set{}
	var oldest time.Time
	for i, a := range attempts {
		if i == 0 || a.Started.Before(oldest) {
			oldest = a.Started
		}
		maps.Copy(wanted, setOf(a.Numbers))
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
	wanted := setOf(list)
	// Twice what Resolve allows: its reading comes later, by a Date that is cut
	// to seconds.
	age := func() (time.Duration, bool) { return 2 * o.slack, true }
	ids := []string{}
	for order, err := range o.recent(ctx, wanted, age) {
		if err != nil {
			return nil, adapt.Error(err, "Place", o.account, list)
		}
		if wanted.any(order.Numbers()) {
			ids = append(ids, order.ID)
		}
	}
	for n, err := range o.Owned(ctx, numbers.OwnedQuery{Numbers: list}) {
		if err != nil {
			return nil, adapt.Error(err, "Place", o.account, list)
		}
		ids = append(ids, n.ID)
	}
	return ids, nil
}

// recent reads the orders that have some of the wanted numbers and are no older
// than age by the vendor's clock, each with all its numbers. Where age or the
// vendor's clock is not known, all are read.
func (o *Orderer) recent(ctx context.Context, wanted set, age func() (time.Duration, bool)) iter.Seq2[*numbers.Order, error] {
	return func(yield func(*numbers.Order, error) bool) {
		var (
			header http.Header
			from   time.Time
			dated  bool
		)
		young := func(row *Order) bool {
			if !dated { // the first row: its answer has just arrived
				from, dated = vendorTime(header, age), true
			}
			created, known := row.CreatedOn.Known()
			return !known || !created.Before(from)
		}
		rows := o.newest(o.rows(ctx, &header, 0), young)
		o.walk("Resolve", rows, func(row *Order) (*numbers.Order, error) {
			if !young(row) {
				return nil, nil
			}
			listed := o.order(row)
			if has, ok := o.numbersOf(row, listed); ok && !wanted.any(has) {
				return nil, nil
			}
			if tellsNumbers(row) {
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

// newest ends a walk that has come to orders that are too old, where the vendor
// was asked to list the newest first. Since nobody promises that it does, the
// rows must have come so for a whole page.
func (o *Orderer) newest(rows iter.Seq2[*Order, error], young func(*Order) bool) iter.Seq2[*Order, error] {
	if o.generation != Generation2024 {
		return rows
	}
	return func(yield func(*Order, error) bool) {
		var last time.Time
		seen, falling := 0, true
		for row, err := range rows {
			if err == nil {
				created, known := row.CreatedOn.Known()
				falling = falling && known && (seen == 0 || !created.After(last))
				if seen++; falling && seen >= MaxTake && !young(row) {
					return
				}
				last = created
			}
			if !yield(row, err) {
				return
			}
		}
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
