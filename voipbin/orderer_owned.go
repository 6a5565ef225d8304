package voipbin

import (
	"context"
	"iter"
	"time"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
)

// Owned lists the account's numbers with the same requests as Orders. It leaves out
// numbers that were never sold and numbers that were released.
func (o *Orderer) Owned(ctx context.Context, q numbers.OwnedQuery) iter.Seq2[*numbers.Number, error] {
	rows := o.rows.newest(ctx, time.Time{}, q.ReadAhead)
	return driver.Owned(rows, q, func(n *Number) (*numbers.Number, error) { return o.number(n), nil })
}
