package telnyx

import (
	"context"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
)

// ResolveAll finds out what became of attempts by their customer_reference and
// their numbers among the orders, and by the owned numbers where an order is
// missing. A few attempts are looked up by filter[customer_reference], one
// request each; one listing does for many.
func (o *Orderer) ResolveAll(ctx context.Context, attempts []numbers.Attempt) ([]numbers.Resolution, []error) {
	return driver.ResolveByListing(ctx, o, attempts, nil)
}
