package opentacttest

import (
	"slices"
	"time"

	"github.com/tnkit/tnkit/numbers/numberstest"
)

func orderCreated(o *order) time.Time  { return o.created }
func orderModified(o *order) time.Time { return o.modified }

var orderSorts = map[string]func(a, b *order) int{
	"created_on": byTime(orderCreated), "modified_on": byTime(orderModified),
}

// searchOrders is POST /order/search, which only the 2024 generation has.
func (c *call) searchOrders() (any, *refusal) {
	b, no := c.readBody(true)
	if no != nil {
		return nil, no
	}
	q := readSearch(c, b, orderSorts, orderCreated, orderModified)
	if state := b.text("state", 0, 255); state != nil {
		if !slices.Contains(states, *state) {
			b.fail("state", "should be one of the following; ['created','verify','processing','success','failed']", encode(*state))
		}
		q.where(func(o *order) bool { return o.state == *state })
	}
	if no := b.check(); no != nil {
		return nil, no
	}
	if q.skip > 0 {
		if _, ok := c.fake.Take(numberstest.InsertWhileListing, ""); ok {
			c.insertOrder(c.account)
		}
	}
	rows := c.orderView.get(c.state, "search "+q.key, func() []*order {
		return q.sorted(c.orders, func(o *order) bool { return o.account == c.account && c.visible(o) })
	})
	q.uncounted = c.opts.List == ListUncounted
	return q.answer(c, rows, c.listOrder), nil
}

var states = []string{stateCreated, stateVerify, stateProcessing, stateSuccess, stateFailed}

// insertOrder is an order that somebody else placed in the same account, shown before all others. The books have
// nothing of it.
func (s *state) insertOrder(a *account) {
	it := newItem(s.freshTN(), wish{}, nil, s.profileNamed("US"))
	o := &order{account: a, state: stateSuccess, items: []*item{it}}
	it.state, it.lease = stateSuccess, s.own(a, it.tn)
	it.lease.order = o
	s.name(o)
	s.addOrder(o)
	s.orders = slices.Insert(s.orders[:len(s.orders)-1], 0, o)
}

// freshTN is a number that nothing here knows yet.
func (s *state) freshTN() int64 {
	for tn := int64(19005550000); ; tn++ {
		if s.holder[tn] == nil && s.offerOf[tn] == nil {
			return tn
		}
	}
}
