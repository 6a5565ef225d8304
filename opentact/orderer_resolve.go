package opentact

import (
	"context"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
)

// ResolveAll finds the outcomes of attempts by their numbers. It reads the orders that
// are not older than the attempts, and the leases if an order is missing. OpenTact does
// not keep a reference, and the same numbers may have been ordered and released before.
func (o *Orderer) ResolveAll(ctx context.Context, attempts []numbers.Attempt) ([]numbers.Resolution, []error) {
	return driver.ResolveByListing(ctx, o, attempts, nil)
}
