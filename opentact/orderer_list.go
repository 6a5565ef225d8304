package opentact

import (
	"context"
	"iter"
	"slices"
	"sync"
	"time"

	"github.com/tnkit/tnkit/internal/set"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
)

// Orders lists orders by GET /order, or with Generation2024 by POST /order/search. It
// applies the query itself.
//
// The list does not show the numbers of an order. So an order has no Items and a Count of
// at least 1. Before Generation2024, a success is Complete, although some of its numbers
// may have failed. Method Order returns the exact state. If q has numbers or states,
// Orders also reads each order that may match, once. The Orderer remembers the numbers of
// the orders that it has read, because they never change.
//
// If q has numbers, and OpenTact does not show the numbers of an order, the sequence ends
// with ErrIncomplete. With q.Recent, an order is left out only if its created_on is too
// old by both the caller's clock and the Date of the answer, because the vendor may have
// several clocks.
func (o *Orderer) Orders(ctx context.Context, q numbers.OrderQuery) iter.Seq2[*numbers.Order, error] {
	return func(yield func(*numbers.Order, error) bool) {
		w := &orderWalk{o: o, q: q, wanted: set.Of(q.Numbers)}
		for row, err := range o.listed(ctx, q) {
			var order *numbers.Order
			if err == nil {
				order, err = w.take(ctx, row)
			}
			if err != nil {
				yield(nil, driver.Error(err, "Orders"))
				return
			}
			if w.stop {
				break
			}
			if order != nil && !yield(order, nil) {
				return
			}
		}
		if w.doubt != "" {
			yield(nil, &numbers.Error{Op: "Orders", Vendor: vendor, Kind: numbers.ErrIncomplete, Message: w.doubt})
		}
	}
}

// listed yields the account's orders. With Generation2024 and q.Recent, the newest orders
// come first.
func (o *Orderer) listed(ctx context.Context, q numbers.OrderQuery) iter.Seq2[*Order, error] {
	if o.generation != Generation2024 {
		return o.client.Orders.All(ctx)
	}
	r := &SearchOrdersRequest{Order: &OrdersOrder{CreatedOn: new(Ascending)}}
	if !q.Recent.IsZero() {
		r.Order.CreatedOn = new(Descending)
	}
	return o.client.Orders.SearchAll(ctx, r, driver.ReadAhead(q.ReadAhead)...)
}

// orderWalk is one walk of Orders.
type orderWalk struct {
	o      *Orderer
	q      numbers.OrderQuery
	wanted set.Set[numbers.E164]
	doubt  string // why the walk may be incomplete
	stop   bool   // all further rows are too old

	rows     int
	last     time.Time // created_on of the row before
	unsorted bool      // the rows are not in the order of creation, the newest first
}

// take converts a row. It returns nil if the row is left out.
func (w *orderWalk) take(ctx context.Context, row *Order) (*numbers.Order, error) {
	old := w.old(row)
	w.end(row, old)
	if old {
		return nil, nil
	}
	listed := w.o.order(row)
	switch w.decide(row, listed) {
	case leave:
		return nil, nil
	case take:
		return listed, nil
	default:
	}
	whole, err := w.o.Order(ctx, row.UUID)
	if err != nil || w.q.Match(whole) {
		return whole, err
	}
	rest := w.q
	rest.Numbers = nil
	if len(w.q.Numbers) > 0 && rest.Match(whole) && !whole.HasAllItems() {
		w.doubt = "the vendor does not show the numbers of order " + row.UUID
	}
	return nil, nil
}

// old reports whether the query allows a row to be left out because of its age. Two
// comparisons must agree: with the caller's clock, and with the Date of the answer that
// lists the row. If the vendor states no time, the row is not old.
func (w *orderWalk) old(row *Order) bool {
	created, known := row.CreatedOn.Known()
	if w.q.Recent.IsZero() || !known || row.listed.date.IsZero() {
		return false
	}
	oldest := w.q.Recent.Add(-numbers.ClockSlack)
	age := max(time.Since(w.q.Recent), 0)
	return created.Before(oldest) && created.Before(row.listed.date.Add(-age-numbers.ClockSlack))
}

// end ends a walk at orders that are too old, if the newest orders were requested first.
// No document promises this order, so a whole page of rows must have had it, and the page
// must have a total.
func (w *orderWalk) end(row *Order, old bool) {
	created, known := row.CreatedOn.Known()
	if !known || w.rows > 0 && created.After(w.last) {
		w.unsorted = true
	}
	w.last = created
	w.rows++
	w.stop = old && !w.unsorted && w.o.generation == Generation2024 && row.listed.counted && w.rows >= MaxTake
}

// decision is how the walk handles a listed row.
type decision int

const (
	leave decision = iota // it does not match
	take                  // the listed row matches
	read                  // only the whole order shows whether it matches
)

// decide returns the decision for a row. listed is the converted row.
func (w *orderWalk) decide(row *Order, listed *numbers.Order) decision {
	q := w.q
	rest := q
	rest.Numbers, rest.States = nil, nil
	if !rest.Match(listed) {
		return leave
	}
	exact := hasState(row, readOutcomes(row, w.o.memo.bought(row.UUID)))
	if len(q.Numbers) > 0 {
		if has, ok := w.o.numbersOf(row, listed); ok && !slices.ContainsFunc(has, w.wanted.Has) {
			return leave
		}
		if !exact || !hasAllItems(row) {
			return read
		}
	}
	if len(q.States) > 0 && !exact {
		if !slices.ContainsFunc(q.States, canBe) {
			return leave
		}
		return read
	}
	if q.Match(listed) {
		return take
	}
	return leave
}

// canBe reports whether a settled order can be in a state. OpenTact can't cancel orders.
func canBe(s numbers.State) bool { return s.Terminal() && s != numbers.StateCanceled }

// numbersOf returns the numbers of a listed order, from the list or from the memo.
func (o *Orderer) numbersOf(row *Order, listed *numbers.Order) ([]numbers.E164, bool) {
	if hasAllItems(row) {
		return listed.Numbers(), true
	}
	return o.memo.numbers(listed.ID)
}

// memo stores the facts of orders that do not change: their numbers, and which of these
// were bought. An order of 2020 shows the bought numbers only by its leases, and no
// longer shows them when a lease has ended. The memo has a limit. Facts that it drops are
// read again.
type memo struct {
	mu     sync.Mutex
	orders map[string]facts
}

// facts are the stored facts of an order.
type facts struct {
	complete bool // numbers has all numbers
	numbers  []numbers.E164
	bought   []string // digits
}

// remembered is how many orders a memo stores, which needs some megabytes.
const remembered = 50_000

func (m *memo) numbers(id string) ([]numbers.E164, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f := m.orders[id]
	return f.numbers, f.complete
}

func (m *memo) bought(id string) []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.orders[id].bought
}

func (m *memo) putNumbers(id string, list []numbers.E164) {
	m.put(id, func(f *facts) {
		if !f.complete {
			f.complete, f.numbers = true, list
		}
	})
}

// putBought stores the numbers of a settled order that were bought, as far as they are
// known.
func (m *memo) putBought(id string, outcomes []*outcome) {
	var list []string
	for _, f := range outcomes {
		if f.bought {
			list = append(list, f.tn.Digits())
		}
	}
	if len(list) > 0 {
		m.put(id, func(f *facts) { f.bought = list })
	}
}

func (m *memo) put(id string, change func(*facts)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f, ok := m.orders[id]
	if !ok && len(m.orders) >= remembered {
		for some := range m.orders {
			delete(m.orders, some)
			break
		}
	}
	if m.orders == nil {
		m.orders = make(map[string]facts)
	}
	change(&f)
	m.orders[id] = f
}
