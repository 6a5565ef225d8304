package voipbin

import (
	"context"
	"iter"
	"time"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
)

// Owned walks the same rows as Orders. Those that were never sold are left out.
func (o *Orderer) Owned(ctx context.Context, q numbers.OwnedQuery) iter.Seq2[*numbers.Number, error] {
	rows := sold(o.rows.newest(ctx, time.Time{}, q.ReadAhead))
	return driver.Owned(rows, q, func(n *Number) (*numbers.Number, error) { return o.number(n), nil })
}

// sold leaves out the rows of numbers that were never sold.
func sold(rows iter.Seq2[*Number, error]) iter.Seq2[*Number, error] {
	return func(yield func(*Number, error) bool) {
		for n, err := range rows {
			if (err != nil || orderState(n.Status) != numbers.StateFailed) && !yield(n, err) {
				return
			}
		}
	}
}
