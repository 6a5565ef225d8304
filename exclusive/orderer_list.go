package exclusive

import (
	"context"
	"iter"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
)

// Orders lists orders by GET /exclusive_numbers. It applies the query itself.
func (o *Orderer) Orders(ctx context.Context, q numbers.OrderQuery) iter.Seq2[*numbers.Order, error] {
	asked := o.spellings(q.Numbers)
	rows := o.client.Numbers.All(ctx, nil, driver.ReadAhead(q.ReadAhead)...)
	return driver.Orders(rows, q, func(n *Number) (*numbers.Order, error) { return o.order(n, asked), nil })
}
