package numberstest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/tnkit/tnkit/internal/ctxerr"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
)

type memoryOrder struct {
	order   numbers.Order
	settles time.Time
	stuck   bool
	listed  time.Time
	failed  map[numbers.E164]bool
	row     *memoryNumber // the number, where orders are owned numbers and it was bought
}

type memoryNumber struct {
	number   numbers.Number
	order    *memoryOrder
	purchase int // where in the books
}

// Place implements numbers.Orderer. A Native template is a *MemoryRequest
// without numbers.
func (m *Memory) Place(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
	const op = "Place"
	own, err := m.request(op, r)
	if err != nil {
		return nil, err
	}
	sendBy, err := m.begin(ctx, r)
	if err != nil {
		return nil, err
	}
	started := time.Now()
	var placed *numbers.Order
	err = m.callOr(ctx, op, sendBy, func() error {
		o, err := m.commit(r.Numbers, own)
		if err == nil {
			placed = m.show(o)
		}
		return err
	}, func() { m.orphan(r.Numbers, own) })
	if err == nil {
		return placed, nil
	}
	if e, ok := errors.AsType[*numbers.Error](err); ok {
		if len(e.Numbers) == 0 {
			e.Numbers = slices.Clone(r.Numbers)
		}
		if errors.Is(err, numbers.ErrOutcomeUnknown) {
			e.Attempt = &numbers.Attempt{
				Vendor: m.caps.Vendor, Reference: r.Reference, Numbers: slices.Clone(r.Numbers),
				Started: started, Ended: time.Now(), Status: e.Status,
			}
		}
	}
	return nil, err
}

// begin waits for the limiter, and lets the caller claim the order. It holds no
// lock: Begin may take long and read.
func (m *Memory) begin(ctx context.Context, r numbers.OrderRequest) (sendBy time.Time, err error) {
	if ctx.Err() != nil {
		return sendBy, m.notSent(ctxerr.Of(ctx), r)
	}
	if m.opts.Limiter != nil {
		if err := m.opts.Limiter.Wait(ctx); err != nil {
			return sendBy, m.notSent(err, r)
		}
	}
	if r.Begin != nil {
		if sendBy, err = r.Begin(ctx); err != nil {
			return sendBy, m.notSent(err, r)
		}
	}
	if m.opts.BeforeSend != nil {
		m.opts.BeforeSend()
	}
	return sendBy, nil
}

// notSent is the error of an order that was not sent, because of err.
func (m *Memory) notSent(err error, r numbers.OrderRequest) error {
	kind := numbers.ErrNotPlaced
	switch {
	case errors.Is(err, numbers.ErrOutcomeUnknown): // of something else: this order was not sent
		err = errors.New(err.Error())
	case numbers.HasKind(err):
		kind = numbers.KindOf(err)
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		kind = numbers.ErrUnreachable
	}
	e := m.fail("Place", kind, "nothing was sent: "+err.Error(), "", slices.Clone(r.Numbers)...)
	e.Err = err
	return e
}

// request makes Memory's own request of a portable one.
func (m *Memory) request(op string, r numbers.OrderRequest) (MemoryRequest, error) {
	if err := driver.CheckRequest(m.caps, op, r); err != nil {
		return MemoryRequest{}, err
	}
	var own MemoryRequest
	switch template := r.Native.(type) {
	case nil:
	case *MemoryRequest:
		if template != nil {
			own = template.clone()
		}
	default:
		return own, m.fail(op, numbers.ErrInvalid, fmt.Sprintf("it is a %T, and must be a *numberstest.MemoryRequest", r.Native), "Native", r.Numbers...)
	}
	if len(own.Numbers) > 0 {
		return own, m.fail(op, numbers.ErrInvalid, "the template has numbers of its own", "Native", r.Numbers...)
	}
	for _, n := range r.Numbers {
		own.Numbers = append(own.Numbers, string(n))
	}
	own.Reference = orElse(r.Reference, own.Reference)
	if r.Assign != nil {
		own.Assignment = merged(own.Assignment, *r.Assign)
	}
	return own, nil
}

// merged is an assignment after another one: "" leaves a field alone.
func merged(old, set numbers.Assignment) numbers.Assignment {
	return numbers.Assignment{
		Connection:       orElse(set.Connection, old.Connection),
		Application:      orElse(set.Application, old.Application),
		MessagingProfile: orElse(set.MessagingProfile, old.MessagingProfile),
		BillingGroup:     orElse(set.BillingGroup, old.BillingGroup),
		CallFlow:         orElse(set.CallFlow, old.CallFlow),
		MessageFlow:      orElse(set.MessageFlow, old.MessageFlow),
	}
}

// commit buys.
func (m *Memory) commit(list []numbers.E164, own MemoryRequest) (*memoryOrder, error) {
	if err := m.refuse(list); err != nil {
		return nil, err
	}
	now := m.now()
	m.nextID++
	o := &memoryOrder{settles: now.Add(m.opts.SettleAfter), listed: now.Add(m.opts.ListedAfter), failed: make(map[numbers.E164]bool)}
	id := fmt.Sprintf("order-%d", m.nextID)
	if m.caps.OrdersAreOwned {
		id = fmt.Sprintf("number-%d", m.nextID)
	}
	o.order = numbers.Order{
		Vendor: m.caps.Vendor, ID: id, Count: len(list), Created: now, Updated: now,
		Native: &MemoryOrder{ID: id, MemoryRequest: own},
	}
	if m.caps.FoundBy == numbers.ByReference {
		o.order.Reference = own.Reference
	}
	_, o.stuck = m.takeKind(StuckPending)
	if f, ok := m.takeKind(LateListing); ok {
		o.listed = now.Add(f.Delay)
	}
	if f, ok := m.takeKind(PartialOrder); ok {
		for i, n := range list {
			o.failed[n] = slices.Contains(f.Numbers, string(n)) || len(f.Numbers) == 0 && i == 0
		}
	}
	bought := 0
	for _, n := range list {
		item := numbers.Item{E164: n, VendorNumber: string(n), Price: m.opts.Price}
		if m.opts.OrderPrice != nil {
			item.Price = nil
		}
		o.order.Items = append(o.order.Items, item)
		if !o.failed[n] {
			m.own(o, n, own)
			bought++
		}
	}
	o.order.Price = orElse(m.opts.OrderPrice, times(m.opts.Price, bought))
	m.orders = append(m.orders, o)
	m.byID[id] = o
	return o, nil
}

// refuse refuses numbers that are taken.
func (m *Memory) refuse(list []numbers.E164) error {
	var gone []numbers.E164
	for _, n := range list {
		if m.sold[n] > 0 && !m.opts.SellsTwice {
			gone = append(gone, n)
		}
	}
	switch {
	case len(gone) == 0:
		return nil
	case m.opts.Repeatable: // the answer that this vendor gives for everything
		return m.lost("Place", http.StatusInternalServerError, nil)
	}
	e := m.fail("Place", numbers.ErrNumberUnavailable, "", "", slices.Clone(list)...)
	e.Status = http.StatusUnprocessableEntity
	if !m.opts.NamelessRefusals {
		e.Numbers, e.Refused = slices.Clone(gone), slices.Clone(gone)
	}
	return e
}

// own enters a number that was bought into the inventory and the books.
func (m *Memory) own(o *memoryOrder, n numbers.E164, own MemoryRequest) {
	id := "number-" + n.Digits() + "-" + o.order.ID
	if m.caps.OrdersAreOwned {
		id = o.order.ID
	}
	row := &memoryNumber{order: o, purchase: len(m.books.Purchases), number: numbers.Number{
		Vendor: m.caps.Vendor, ID: id, E164: n, VendorNumber: string(n), State: numbers.NumberActive, VendorState: "active",
		Assignment: own.Assignment, Created: o.order.Created,
	}}
	if m.caps.OrdersAreOwned {
		o.row = row
	}
	m.owned = append(m.owned, row)
	m.sold[n]++
	m.books.Purchases = append(m.books.Purchases, Purchase{
		Number: string(n), OrderID: o.order.ID, Reference: own.Reference, At: o.order.Created, Listed: true,
	})
}

// orphan buys what is never shown.
func (m *Memory) orphan(list []numbers.E164, own MemoryRequest) {
	for _, n := range list {
		if m.sold[n] == 0 || m.opts.SellsTwice {
			m.sold[n]++
			m.books.Purchases = append(m.books.Purchases, Purchase{Number: string(n), Reference: own.Reference, At: m.now()})
		}
	}
}

// settled reports whether the vendor is done with an order.
func (o *memoryOrder) settled() bool { return !o.stuck && !time.Now().Before(o.settles) }

// show returns the order as it is now.
func (m *Memory) show(o *memoryOrder) *numbers.Order {
	out := o.order
	out.Items = slices.Clone(o.order.Items)
	for i := range out.Items {
		item := &out.Items[i]
		switch {
		case item.State == numbers.StateCanceled:
		case !o.settled():
			item.State = numbers.StatePending
		case o.failed[item.E164]:
			item.State, item.Err = numbers.StateFailed, m.fail("Place", numbers.ErrNumberUnavailable, "", "", item.E164)
		default:
			item.State = numbers.StateComplete
		}
		item.VendorState = string(item.State)
		if o.row != nil {
			item.Owned = m.showNumber(o.row)
		}
	}
	out.State = stateOf(out.Items)
	out.VendorState = string(out.State)
	return &out
}

// showNumber returns a number of the inventory as it is now.
func (m *Memory) showNumber(row *memoryNumber) *numbers.Number {
	n := row.number
	if n.State == numbers.NumberActive && !row.order.settled() {
		n.State, n.VendorState = numbers.NumberPending, "pending"
	}
	return &n
}

// stateOf is the state of an order whose items are known.
func stateOf(items []numbers.Item) numbers.State {
	count := make(map[numbers.State]int)
	for _, i := range items {
		count[i.State]++
	}
	for _, s := range []numbers.State{numbers.StateComplete, numbers.StateFailed, numbers.StateCanceled} {
		if count[s] == len(items) {
			return s
		}
	}
	if count[numbers.StatePending] > 0 {
		return numbers.StatePending
	}
	return numbers.StatePartial
}
