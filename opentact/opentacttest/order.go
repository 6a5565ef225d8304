package opentacttest

import (
	"encoding/json"
	"net/http"
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
