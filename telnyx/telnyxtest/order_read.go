package telnyxtest

import (
	"fmt"
	"slices"
	"strconv"

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
	status, reference, count := c.is("filter[status]"), c.is("filter[customer_reference]"), c.is("filter[phone_numbers_count]")
	created := c.between("created_at")
	met, byMet := c.boolean("filter[requirements_met]")
	if c.wrong != nil {
		return nil, c.wrong
	}
	if doc := c.seedPage(w); doc != nil {
		return doc, nil
	}
	now := c.fake.Now()
	rows, m := take(c.orders, w, func(o *order) bool {
		return !o.block && o.shown(now) && status(o.status()) && reference(deref(o.reference)) && created(o.created) &&
			count(strconv.Itoa(len(o.lines))) && (!byMet || o.met() == met)
	})
	page := listing{each(rows, (*order).short), m}
	if w.number < m.TotalPages {
		if _, ok := c.fake.Take(numberstest.InsertWhileListing, ""); ok {
			c.insertOrder()
		}
	}
	return page, nil
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
