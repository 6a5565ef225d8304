package numberstest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/tnkit/tnkit/numbers"
)

type memoryOrder struct {
	order   numbers.Order
	settles time.Time
	stuck   bool
	listed  time.Time
	failed  map[numbers.E164]bool
}

type memoryNumber struct {
	number numbers.Number
	listed time.Time
}

// Place implements numbers.Orderer. A Native template is a *MemoryRequest
// without numbers.
func (m *Memory) Place(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
	const op = "Place"
	own, err := m.request(op, r)
	if err != nil {
		return nil, err
	}
	started := time.Now()
	var placed *numbers.Order
	err = m.callOr(ctx, op, func() error {
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
				Vendor: m.caps.Vendor, Account: m.caps.Account, Reference: r.Reference, Numbers: slices.Clone(r.Numbers),
				Started: started, Ended: time.Now(), Status: e.Status,
			}
		}
	}
	return nil, err
}

// request makes Memory's own request of a portable one.
func (m *Memory) request(op string, r numbers.OrderRequest) (MemoryRequest, error) {
	if err := r.Validate(op, m.caps); err != nil {
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
	for _, n := range list {
		if _, taken := m.sold[n]; taken {
			return nil, m.fail("Place", numbers.ErrNumberUnavailable, "", "", n)
		}
	}
	now := m.now()
	m.nextID++
	o := &memoryOrder{settles: now.Add(m.opts.SettleAfter), listed: now, failed: make(map[numbers.E164]bool)}
	id := fmt.Sprintf("order-%d", m.nextID)
	o.order = numbers.Order{
		Vendor: m.caps.Vendor, Account: m.caps.Account, ID: id, Count: len(list), Created: now, Updated: now,
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
		o.order.Items = append(o.order.Items, numbers.Item{E164: n, VendorNumber: string(n), Price: m.opts.Price})
		if !o.failed[n] {
			m.own(o, n, own)
			bought++
		}
	}
	o.order.Price = times(m.opts.Price, bought)
	m.orders = append(m.orders, o)
	m.byID[id] = o
	return o, nil
}

// own enters a number that was bought into the inventory and the books.
func (m *Memory) own(o *memoryOrder, n numbers.E164, own MemoryRequest) {
	row := &memoryNumber{listed: o.listed, number: numbers.Number{
		Vendor: m.caps.Vendor, Account: m.caps.Account, ID: "number-" + n.Digits() + "-" + o.order.ID,
		E164: n, VendorNumber: string(n), State: numbers.NumberActive, VendorState: "active",
		Assignment: own.Assignment, Created: o.order.Created,
	}}
	m.owned = append(m.owned, row)
	m.holders[n], m.sold[n] = row, len(m.books.Purchases)
	m.books.Purchases = append(m.books.Purchases, Purchase{
		Number: string(n), OrderID: o.order.ID, Reference: own.Reference, At: o.order.Created, Listed: true,
	})
}

// orphan buys what is never shown.
func (m *Memory) orphan(list []numbers.E164, own MemoryRequest) {
	for _, n := range list {
		if _, taken := m.sold[n]; !taken {
			m.sold[n] = len(m.books.Purchases)
			m.books.Purchases = append(m.books.Purchases, Purchase{Number: string(n), Reference: own.Reference, At: m.now()})
		}
	}
}

// show returns the order as it stands now.
func (m *Memory) show(o *memoryOrder) *numbers.Order {
	out := o.order
	out.Items = slices.Clone(o.order.Items)
	settled := !o.stuck && !time.Now().Before(o.settles)
	for i := range out.Items {
		item := &out.Items[i]
		switch {
		case item.State == numbers.StateCanceled:
		case !settled:
			item.State = numbers.StatePending
		case o.failed[item.E164]:
			item.State, item.Err = numbers.StateFailed, m.fail("Place", numbers.ErrNumberUnavailable, "", "", item.E164)
		default:
			item.State = numbers.StateComplete
		}
		item.VendorState = string(item.State)
	}
	out.State = stateOf(out.Items)
	out.VendorState = string(out.State)
	return &out
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
