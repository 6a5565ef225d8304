package opentacttest

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/tnkit/tnkit/numbers/numberstest"
)

// listOrders is GET /order: all orders of the account, shallow, in no promised order.
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
	if _, ok := c.fake.Take(numberstest.DuplicateListing, ""); ok && len(rows) > 0 {
		rows = append(rows[:len(rows):len(rows)], rows[0])
	}
	switch {
	case c.opts.List == ListPaged:
		return c.page(0, len(rows), len(rows), c.listed(rows)), nil
	case c.opts.List == ListObject && len(rows) == 0:
		return nil, nil
	case c.opts.List == ListObject && len(rows) == 1:
		if rows[0].seed != nil {
			return document(seedList), nil
		}
		return json.RawMessage(c.listOrder(rows[0])), nil
	}
	return c.listed(rows), nil
}

// listed is the array of shallow orders.
func (c *call) listed(rows []*order) json.RawMessage {
	var b bytes.Buffer
	b.WriteByte('[')
	for i, o := range rows {
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(c.listOrder(o))
	}
	b.WriteByte(']')
	return b.Bytes()
}

// page is the payload of a search.
func (c *call) page(skip, take, total int, data json.RawMessage) json.RawMessage {
	return append(append(fmt.Appendf(nil, `{"take":%d,"skip":%d,"total":%d,"data":`, take, skip, total), data...), '}')
}
