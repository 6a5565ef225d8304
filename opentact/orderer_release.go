package opentact

import (
	"context"
	"iter"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
)

// Release ends a lease by DELETE /lease/tn/{uuid}, as [driver.Release] describes.
func (o *Orderer) Release(ctx context.Context, n *numbers.Number) error {
	return driver.Release(ctx, vendor, n, driver.ReleaseSteps{
		Read: func(ctx context.Context) (*numbers.Number, error) {
			lease, err := o.client.Leases.Get(ctx, n.ID)
			if err != nil {
				return nil, err
			}
			return o.number(lease), nil
		},
		List: func(ctx context.Context) iter.Seq2[*numbers.Number, error] {
			return o.Owned(ctx, numbers.OwnedQuery{})
		},
		Delete: func(ctx context.Context) error {
			_, err := o.client.Leases.Release(ctx, n.ID)
			return err
		},
	})
}
