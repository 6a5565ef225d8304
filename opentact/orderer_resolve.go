package opentact

import (
	"context"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
)

// ResolveAll finds out what became of attempts by their numbers: among the orders
// that are not older than the attempts, and among the leases where an order is
// missing. OpenTact keeps no reference, and the same numbers may have been ordered,
// and released, before.
func (o *Orderer) ResolveAll(ctx context.Context, attempts []numbers.Attempt) ([]numbers.Resolution, []error) {
	return driver.ResolveByListing(ctx, o, attempts, nil)
}
