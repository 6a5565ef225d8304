package telnyx

import (
	"context"

	"github.com/tnkit/tnkit/numbers"
)

// Resolve finds out what became of an order whose answer was lost: by its
// customer_reference and its numbers among the orders, and by the owned
// numbers.
func (o *Orderer) Resolve(ctx context.Context, a numbers.Attempt) (numbers.Resolution, error) {
	resolutions, errs := o.ResolveAll(ctx, []numbers.Attempt{a})
	return resolutions[0], errs[0]
}

// Before returns the ids of the owned numbers that an attempt could later be
// mistaken for. Orders are recognised by their reference, which no order has
// before the attempt: all of them need not be read.
func (o *Orderer) Before(ctx context.Context, list []numbers.E164) ([]string, error) {
	ids := []string{}
	for n, err := range o.Owned(ctx, numbers.OwnedQuery{Numbers: list}) {
		if err != nil {
			return nil, err
		}
		ids = append(ids, n.ID)
	}
	return ids, nil
}

// ResolveAll is Resolve for many orders; one listing may do for all.
func (o *Orderer) ResolveAll(ctx context.Context, attempts []numbers.Attempt) ([]numbers.Resolution, []error) {
	return numbers.ResolveByListing(ctx, o, attempts, numbers.ListingRules{})
}
