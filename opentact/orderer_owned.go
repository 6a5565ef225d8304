package opentact

import (
	"context"
	"iter"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
)

// Owned lists the account's leases by POST /lease/tn/search, or with Generation2020,
// which does not have this search, by GET /lease/tn. It applies the query itself, because
// no source says how the vendor matches a number.
func (o *Orderer) Owned(ctx context.Context, q numbers.OwnedQuery) iter.Seq2[*numbers.Number, error] {
	leases := o.client.Leases.listAll(ctx)
	if o.generation != Generation2020 {
		leases = o.client.Leases.All(ctx, nil, driver.ReadAhead(q.ReadAhead)...)
	}
	return driver.Owned(leases, q, func(l *Lease) (*numbers.Number, error) {
		if numberOf(l.TN).IsZero() { // the row does not have its number
			whole, err := o.client.Leases.Get(ctx, l.UUID)
			if err != nil {
				return nil, err
			}
			l = whole
		}
		return o.number(l), nil
	})
}
