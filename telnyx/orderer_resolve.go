package telnyx

import (
	"context"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
)

// ResolveAll finds the outcomes of attempts. It finds an order by its customer_reference
// and its numbers. If an order is missing, it also reads the owned numbers. It looks up a
// few attempts by filter[customer_reference], with one request each, and reads one
// listing for many attempts.
func (o *Orderer) ResolveAll(ctx context.Context, attempts []numbers.Attempt) ([]numbers.Resolution, []error) {
	return driver.ResolveByListing(ctx, o, attempts, nil)
}
