package exclusive

import (
	"context"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
)

// ResolveAll finds out by one listing what became of registrations. One whose
// number is not listed, or only by another registration, is NotPlaced: a PBX lists
// all that it registers.
func (o *Orderer) ResolveAll(ctx context.Context, attempts []numbers.Attempt) ([]numbers.Resolution, []error) {
	return driver.ResolveByListing(ctx, o, attempts, nil)
}
