package numberstest

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/tnkit/tnkit/numbers"
)

func queryChecks() []check {
	return []check{
		{name: "order queries are honored", run: orderQuery},
		{name: "owned queries are honored", run: ownedQuery},
	}
}

func orderQuery(p *probe) {
	n := p.some()
	ids := p.fill(n)
	all := p.orders(numbers.OrderQuery{})
	for _, q := range []struct {
		list []numbers.E164
		want int
	}{{p.numbers(7, 1), 1}, {p.numbers(3, 2), 2}, {p.numbers(p.absent(), 1), 0}, {append(p.numbers(p.absent(), 1), p.Number(2)), 1},
		// Whichever way the vendor sorts, these are on the first page, the last, and between.
		{p.numbers(0, 1), 1}, {p.numbers(n/2, 1), 1}, {p.numbers(n-1, 1), 1}, {append(p.numbers(0, 1), p.Number(n-1)), 2}} {
		got := p.orders(numbers.OrderQuery{Numbers: q.list})
		if len(got) != q.want || slices.ContainsFunc(got, func(o *numbers.Order) bool { return !slices.Contains(q.list, ids[o.ID]) }) {
			p.Errorf("Orders by the numbers %v yields %d orders, not the %d that have one", q.list, len(got), q.want)
		}
	}
	for _, state := range []numbers.State{
		numbers.StatePending, numbers.StateActionRequired, numbers.StateComplete, numbers.StatePartial, numbers.StateFailed, numbers.StateCanceled,
	} {
		want := len(slices.DeleteFunc(slices.Clone(all), func(o *numbers.Order) bool { return o.State != state }))
		if got := p.orders(numbers.OrderQuery{States: []numbers.State{state}}); len(got) != want {
			p.Errorf("Orders by the state %s yields %d, and %d are in it", state, len(got), want)
		}
	}
	for _, states := range [][]numbers.State{{all[0].State, numbers.StateActionRequired}, {numbers.StateActionRequired, all[0].State}} {
		want := len(slices.DeleteFunc(slices.Clone(all), func(o *numbers.Order) bool { return !slices.Contains(states, o.State) }))
		if got := p.orders(numbers.OrderQuery{States: states}); len(got) != want {
			p.Errorf("Orders by the states %s yields %d, and %d are in one of them", states, len(got), want)
		}
	}
	if got := p.orders(numbers.OrderQuery{Numbers: p.numbers(0, 1), States: []numbers.State{numbers.StateCanceled}}); len(got) != 0 {
		p.Errorf("Orders by a number and a state that its order is not in yields %d", len(got))
	}
	p.byReference(ids)
	p.byTime(all)
}

func (p *probe) byReference(ids map[string]numbers.E164) {
	if p.caps.FoundBy != numbers.ByReference {
		return
	}
	r := p.request(p.absent() + 1)
	o, err := p.Orderer.Place(p.Context(), r)
	if err != nil || o == nil {
		p.Fatalf("Place: order %v, error %v", o, err)
	}
	p.wait(o)
	if got := p.orders(numbers.OrderQuery{Reference: r.Reference}); len(got) != 1 || got[0].ID != o.ID {
		p.Errorf("Orders by a reference yields %d orders, not the one", len(got))
	}
	if got := p.orders(numbers.OrderQuery{Reference: r.Reference[:len(r.Reference)-1]}); len(got) != 0 {
		p.Errorf("Orders by the beginning of a reference yields %d orders", len(got))
	}
	if got := p.orders(numbers.OrderQuery{Reference: strings.ToUpper(r.Reference)}); len(got) != 0 {
		p.Errorf("Orders by a reference in capitals, which no order has, yields %d orders", len(got))
	}
	if got := p.orders(numbers.OrderQuery{Reference: r.Reference, Numbers: slices.Collect(maps.Values(ids))}); len(got) != 0 {
		p.Errorf("Orders by a reference and numbers of other orders yields %d orders", len(got))
	}
	if got := p.orders(numbers.OrderQuery{Reference: numbers.NewReference()}); len(got) != 0 {
		p.Errorf("Orders by a reference that no order has yields %d orders", len(got))
	}
}

// byTime bounds the listing by the vendor's own times.
func (p *probe) byTime(all []*numbers.Order) {
	read, err := p.Orderer.Order(p.Context(), all[0].ID)
	if err != nil {
		p.Fatalf("Order %s: %v", all[0].ID, err)
	}
	if !read.Created.IsZero() { // listings may leave it out, and the query counts all the same
		around := numbers.OrderQuery{CreatedAfter: read.Created.Add(-time.Second), CreatedBefore: read.Created.Add(time.Second)}
		if got := p.orders(around); !slices.ContainsFunc(got, func(o *numbers.Order) bool { return o.ID == read.ID }) {
			p.Errorf("Orders within a second of %s yields %d orders, and leaves out the one that is read with this time", read.Created, len(got))
		}
	}
	for _, o := range all {
		if o.Created.IsZero() {
			return // the vendor does not date its orders
		}
	}
	slices.SortFunc(all, func(a, b *numbers.Order) int { return a.Created.Compare(b.Created) })
	pivot, end := all[len(all)/2].Created, all[len(all)-1].Created.Add(time.Microsecond)
	count := func(keep func(time.Time) bool) (n int) {
		for _, o := range all {
			if keep(o.Created) {
				n++
			}
		}
		return n
	}
	after := p.orders(numbers.OrderQuery{CreatedAfter: pivot, CreatedBefore: end})
	if want := count(pivot.Before); len(after) != want {
		p.Errorf("Orders after %s yields %d, not %d", pivot, len(after), want)
	}
	before := p.orders(numbers.OrderQuery{CreatedBefore: pivot})
	if want := count(pivot.After); len(before) != want {
		p.Errorf("Orders before %s yields %d, not %d", pivot, len(before), want)
	}
}

func ownedQuery(p *probe) {
	if !p.caps.Can.Has(numbers.CanListOwned) {
		return
	}
	many := p.some()
	p.fill(many)
	all := p.ownedBy(numbers.OwnedQuery{})
	for _, list := range [][]numbers.E164{
		p.numbers(3, 2), p.numbers(0, 1), p.numbers(many/2, 1), p.numbers(many-1, 1), append(p.numbers(0, 1), p.Number(many-1)),
	} {
		got := p.ownedBy(numbers.OwnedQuery{Numbers: list})
		if len(got) != len(list) || slices.ContainsFunc(got, func(n *numbers.Number) bool { return !slices.Contains(list, n.E164) }) {
			p.Errorf("Owned by the numbers %v yields %d", list, len(got))
		}
	}
	for _, state := range []numbers.NumberState{numbers.NumberPending, numbers.NumberActive, numbers.NumberDisabled, numbers.NumberUnknown} {
		want := len(slices.DeleteFunc(slices.Clone(all), func(n *numbers.Number) bool { return n.State != state }))
		if got := p.ownedBy(numbers.OwnedQuery{States: []numbers.NumberState{state}}); len(got) != want {
			p.Errorf("Owned by the state %s yields %d, and %d are in it", state, len(got), want)
		}
	}
	if _, err := p.lookup(p.Number(p.absent())); !errors.Is(err, numbers.ErrNotFound) {
		p.Errorf("Find of a number that the account has not: %v", err)
	}
}

// ownedBy lists the inventory, and looks at what every number must have.
func (p *probe) ownedBy(q numbers.OwnedQuery) []*numbers.Number {
	list, errs, _ := drain(p.owned(p.Context(), q))
	if len(errs) > 0 {
		p.Errorf("Owned %+v: %v", q, errs[0])
	}
	for _, n := range list {
		if n.ID == "" || n.State == "" || n.VendorNumber == "" {
			p.Errorf("Owned yields a number without an id, a state or the vendor's spelling: %+v", n)
		}
		if n.Expires != nil && n.Expires.IsZero() {
			p.Errorf("Owned yields %s, which expires at a zero time; nil is unknown", n.E164)
		}
	}
	return list
}
