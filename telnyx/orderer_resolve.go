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

// ResolveAll is Resolve for many orders; one listing may do for all.
func (o *Orderer) ResolveAll(ctx context.Context, attempts []numbers.Attempt) ([]numbers.Resolution, []error) {
	return numbers.ResolveByListing(ctx, o, attempts, numbers.ListingRules{})
}
