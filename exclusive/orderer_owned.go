package exclusive

import (
	"context"
	"iter"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
)

// Owned lists the tenant's numbers with the same requests as Orders.
func (o *Orderer) Owned(ctx context.Context, q numbers.OwnedQuery) iter.Seq2[*numbers.Number, error] {
	return o.owned(ctx, q, q.Numbers)
}

// owned is Owned for rows that may have the spelling of the numbers of likely.
func (o *Orderer) owned(ctx context.Context, q numbers.OwnedQuery, likely []numbers.E164) iter.Seq2[*numbers.Number, error] {
	asked := o.spellings(likely)
	rows := o.rows(ctx, o.spelled(likely), q.ReadAhead)
	return driver.Owned(rows, q, func(n *Number) (*numbers.Number, error) { return o.number(n, asked), nil })
}
