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
	switch c.opts.List {
	case ListPaged:
		q := search[*order]{take: int64(len(rows))}
		return q.answer(c, rows, c.listOrder), nil
	case ListUncounted:
		q := search[*order]{take: 10, uncounted: true}
		return q.answer(c, rows, c.listOrder), nil
	}
	if len(rows) > 0 {
		if _, ok := c.fake.Take(numberstest.DuplicateListing, ""); ok {
			rows = append(rows[:len(rows):len(rows)], rows[0])
		}
	}
	if c.opts.List == ListObject {
		if len(rows) == 0 {
			return nil, nil
		}
		if rows[0].seed != nil {
			return document(seedList), nil
		}
		return json.RawMessage(c.listOrder(rows[0])), nil
	}
	return array(rows, c.listOrder), nil
}
