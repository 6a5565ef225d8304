package exclusive

import (
	"context"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
)

// ResolveAll finds the outcomes of registrations by one listing. A registration is
// NotPlaced if its number is not listed, or only with the id of another registration,
// because a PBX lists every number that it registers.
func (o *Orderer) ResolveAll(ctx context.Context, attempts []numbers.Attempt) ([]numbers.Resolution, []error) {
	return driver.ResolveByListing(ctx, o, attempts, nil)
}
