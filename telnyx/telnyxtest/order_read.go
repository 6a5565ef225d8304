package telnyxtest

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/tnkit/tnkit/numbers/numberstest"
)

func orderRoutes() []route {
	return []route{
		{"POST", "/number_orders", "create order", true, nil, (*call).createOrder},
		{"GET", "/number_orders", "list orders", false, slices.Concat(pageKeys, []string{
			"filter[status]", "filter[created_at][gt]", "filter[created_at][lt]", "filter[phone_numbers_count]",
			"filter[customer_reference]", "filter[requirements_met]",
		}), (*call).listOrders},
		{"GET", "/number_orders/{id}", "get order", false, nil, (*call).getOrder},
		{"PATCH", "/number_orders/{id}", "update order", false, nil, (*call).updateOrder},
	}
}

// listOrders is GET /number_orders.
func (c *call) listOrders() (any, *problem) {
	w := c.page()
	var f filter[*order]
	c.onlyShown(&f, false)
	f.text(c, "filter[status]", (*order).status)
	f.text(c, "filter[customer_reference]", func(o *order) string { return deref(o.reference) })
	f.text(c, "filter[phone_numbers_count]", func(o *order) string { return strconv.Itoa(len(o.lines)) })
	f.between(c, "filter[created_at]", func(o *order) time.Time { return o.created })
	f.truth(c, "filter[requirements_met]", (*order).met)
	if c.wrong != nil {
		return nil, c.wrong
	}
	if doc := c.seedPage(w); doc != nil {
		return doc, nil
	}
	rows, m := take(c.orders, w, f)
	page := listing{each(rows, (*order).short), m}
	if w.number < m.TotalPages {
		if _, ok := c.fake.Take(numberstest.InsertWhileListing, ""); ok {
			c.insertOrder()
		}
	}
	return page, nil
}

// onlyShown leaves out orders that are not visible yet, and those of the other kind.
func (c *call) onlyShown(f *filter[*order], blocks bool) {
	now := c.fake.Now()
	f.add(c.lastVisible.After(now), func(o *order) bool { return o.shown(now) })
	f.add(blocks || c.blockOrders > 0, func(o *order) bool { return o.block == blocks })
}

// findOrder looks up the order that the path names.
func (c *call) findOrder() (*order, *problem) {
	o := c.orderID[c.r.PathValue("id")]
	if o == nil || o.block || !o.shown(c.fake.Now()) {
		return nil, notFound()
	}
	return o, nil
}

// getOrder is GET /number_orders/{number_order_id}.
func (c *call) getOrder() (any, *problem) {
	o, p := c.findOrder()
	if p != nil {
		return nil, p
	}
	return data{o.long()}, nil
}

// updateOrderJSON is the body of PATCH /number_orders/{number_order_id}.
type updateOrderJSON struct {
	CustomerReference      *string     `json:"customer_reference"`
	RegulatoryRequirements []valueJSON `json:"regulatory_requirements"`
}

// updateOrder is PATCH /number_orders/{number_order_id}.
func (c *call) updateOrder() (any, *problem) {
	o, p := c.findOrder()
	if p != nil {
		return nil, p
	}
	var in updateOrderJSON
	if p := c.body(&in); p != nil {
		return nil, p
	}
	if p := c.fulfil(o.lines, in.RegulatoryRequirements); p != nil {
		return nil, p
	}
	if in.CustomerReference != nil {
		o.reference = in.CustomerReference
	}
	o.updated = c.fake.Now()
	return data{o.long()}, nil
}

// insertOrder is the row of InsertWhileListing: an order of somebody else on the account that failed, so
// that nothing was bought.
func (s *Server) insertOrder() {
	now := s.fake.Now()
	o := &order{created: now, updated: now, reference: new("made elsewhere")}
	o.lines = []*line{{
		number: fmt.Sprintf("+1312555%04d", len(s.orders)%10000), country: "US", kind: "local",
		status: statusFailure, requirementsStatus: requirementsApproved,
	}}
	s.add(o)
}

func deref(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}
