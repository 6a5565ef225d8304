package voipbin

import (
	"context"
	"iter"
	"time"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
)

// Orders lists orders by GET /numbers or GET /order_numbers, the newest first. It applies
// the query itself. With q.Recent it ends at the first page whose last row is older,
// because the rows are in the order of their creation.
func (o *Orderer) Orders(ctx context.Context, q numbers.OrderQuery) iter.Seq2[*numbers.Order, error] {
	since := q.Recent
	if !since.IsZero() {
		since = since.Add(-numbers.ClockSlack)
	}
	rows := o.rows.newest(ctx, since, q.ReadAhead)
	return driver.Orders(rows, q, func(n *Number) (*numbers.Order, error) { return o.order(n), nil })
}

func (s *NumbersService) newest(ctx context.Context, since time.Time, ahead int) iter.Seq2[*Number, error] {
	return s.since(ctx, &ListNumbersRequest{PageToken: latest}, since, driver.ReadAhead(ahead))
}

func (s *OrderNumbersService) newest(ctx context.Context, since time.Time, ahead int) iter.Seq2[*Number, error] {
	return s.since(ctx, &ListOrderNumbersRequest{PageToken: latest}, since, driver.ReadAhead(ahead))
}
