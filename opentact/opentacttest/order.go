package opentacttest

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/shopspring/decimal"

	"github.com/tnkit/tnkit/numbers/numberstest"
)

// States of an order.
const (
	stateCreated    = "created"
	stateVerify     = "verify"
	stateProcessing = "processing"
	stateSuccess    = "success"
	stateFailed     = "failed"
)

// order is one order, whatever the generation that it was placed or is shown in.
type order struct {
	uuid              string
	account           *account
	created, modified time.Time
	state             string
	items             []*item
	connection, app   *peer

	held   bool      // does not move by itself
	hidden time.Time // shown only from then on
	seed   document  // the documented answer that is served instead
	listed []byte    // what lists show, kept until it changes
}

// item is one number of an order.
type item struct {
	tn        int64
	wish      wish
	features  features
	autorenew bool
	profile   *profile
	named     *string // the profile that the request named
	paid      decimal.Decimal
	state     string // processing, success or failed
	reason    string
	lease     *lease
}

func (it *item) fail(reason string) { it.state, it.reason = stateFailed, reason }

const (
	reasonGone     = "Not found"
	reasonRejected = "Rejected by provider"
)

// createOrder is POST /order/tn, and POST /order in the 2024 generation.
func (c *call) createOrder() (any, *refusal) {
	c.query()
	o, no := c.readOrder()
	if no != nil {
		return nil, no
	}
	if no := c.place(o); no != nil {
		return nil, no
	}
	if no := c.lie(o); no != nil {
		return nil, no
	}
	c.status = c.opts.CreateStatus
	if c.status == 0 {
		c.status = http.StatusOK
		if c.is(Gen2024) {
			c.status = http.StatusCreated
		}
	}
	if c.opts.Immediate {
		c.finish(o)
	}
	answer := json.RawMessage(encode(c.showCreated(o)))
	if f, ok := c.take(numberstest.LateListing, o); ok {
		c.finish(o)
		c.hide(o, f.Delay)
	}
	return answer, nil
}

// place checks the stock and the balance, charges the account and stores the order.
func (c *call) place(o *order) *refusal {
	var total decimal.Decimal
	for _, it := range o.items {
		if !c.available(o.account, it.tn) {
			// An order of 2020 stands or falls as a whole; later ones reject the number alone.
			if c.is(Gen2020) {
				return errNotFound
			}
			it.fail(reasonGone)
			continue
		}
		nrc, mrc := it.profile.cost(it.features)
		it.paid = nrc.Add(mrc)
		total = total.Add(it.paid)
	}
	if total.GreaterThan(o.account.balance) {
		return errBalance
	}
	o.account.balance = o.account.balance.Sub(total)
	c.name(o)
	for _, it := range o.items {
		if it.state != stateFailed {
			c.holder[it.tn] = o.account
		}
	}
	c.strike(o)
	c.addOrder(o)
	c.schedule(o)
	return nil
}

// name gives the order its uuid and its times.
func (s *state) name(o *order) {
	o.uuid, o.created = s.fake.IDs().UUID(), s.fake.Now()
	if s.seedOrder != nil {
		o.uuid, o.created = s.seedOrder.uuid, s.seedOrder.created
		s.seedOrder = nil
	}
	o.modified = o.created
}

func (s *state) addOrder(o *order) {
	s.orders = append(s.orders, o)
	s.orderOf[o.uuid] = o
	s.version++
}

// getOrder is GET /order/{uuid}.
func (c *call) getOrder() (any, *refusal) {
	c.query()
	o := c.orderOf[c.params[0]]
	switch {
	case o == nil || !c.visible(o):
		return nil, refuse(http.StatusNotFound, "Order not found")
	case o.account != c.account:
		return nil, errForbidden
	case o.seed != nil:
		return o.seed, nil
	}
	return c.showOrder(o), nil
}

func (s *state) visible(o *order) bool { return !s.fake.Now().Before(o.hidden) }

// e164 is a number as the books have it. The samples' 0 is none.
func e164(tn int64) string {
	if tn == 0 {
		return "0"
	}
	return "+" + strconv.FormatInt(tn, 10)
}

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
