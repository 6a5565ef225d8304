package voipbin

import (
	"context"
	"iter"
	"time"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
)

// Owned walks the same rows as Orders. A number that was never sold is left out, and
// so is one that was given back.
func (o *Orderer) Owned(ctx context.Context, q numbers.OwnedQuery) iter.Seq2[*numbers.Number, error] {
	rows := o.rows.newest(ctx, time.Time{}, q.ReadAhead)
	return driver.Owned(rows, q, func(n *Number) (*numbers.Number, error) { return o.number(n), nil })
}
