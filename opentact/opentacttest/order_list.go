package opentacttest

import (
	"encoding/json"

	"github.com/tnkit/tnkit/numbers/numberstest"
)

// listOrders is GET /order: all orders of the account, shallow, in no promised order. Nothing documents paging.
func (c *call) listOrders() (any, *refusal) {
	c.query()
	rows := c.orderView.get(c.state, "all "+c.account.uuid, func() []*order {
		out := []*order{}
		for _, o := range c.orders {
			if o.account == c.account && c.visible(o) {
				out = append(out, o)
			}
		}
		return out
	})
	if c.opts.List == ListObject && len(rows) > 0 && rows[0].seed != nil {
		return document(seedList), nil
	}
	return inShape(c, c.opts.List, rows, c.listOrder), nil
}

// inShape writes all rows of an account as a GET does.
func inShape[T any](c *call, shape ListShape, rows []T, show func(T) []byte) any {
	switch shape {
	case ListPaged:
		q := search[T]{take: int64(len(rows))}
		return q.answer(c, rows, show)
	case ListUncounted:
		q := search[T]{take: 10, uncounted: true}
		return q.answer(c, rows, show)
	case ListObject:
		if len(rows) == 0 {
			return nil
		}
		return json.RawMessage(show(rows[0]))
	case ListArray:
	}
	if len(rows) > 0 {
		if _, ok := c.fake.Take(numberstest.DuplicateListing, ""); ok {
			rows = append(rows[:len(rows):len(rows)], rows[0])
		}
	}
	return array(rows, show)
}
