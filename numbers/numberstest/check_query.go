package numberstest

import (
	"errors"
	"slices"
	"time"

	"github.com/tnkit/tnkit/numbers"
)

func queryChecks() []check {
	return []check{
		{"order queries are honoured", orderQuery},
		{"owned queries are honoured", ownedQuery},
	}
}

func orderQuery(p *probe) {
	ids := p.fill(p.some())
	all := p.orders(numbers.OrderQuery{})
	for _, q := range []struct {
		list []numbers.E164
		want int
	}{{p.numbers(7, 1), 1}, {p.numbers(3, 2), 2}, {p.numbers(p.absent(), 1), 0}, {append(p.numbers(p.absent(), 1), p.Number(2)), 1}} {
		got := p.orders(numbers.OrderQuery{Numbers: q.list})
		if len(got) != q.want || slices.ContainsFunc(got, func(o *numbers.Order) bool { return !slices.Contains(q.list, ids[o.ID]) }) {
			p.Errorf("Orders by the numbers %v yields %d orders, not the %d that have one", q.list, len(got), q.want)
		}
	}
	for _, state := range []numbers.State{
		numbers.StatePending, numbers.StateActionRequired, numbers.StateComplete, numbers.StatePartial, numbers.StateFailed, numbers.StateCancelled,
	} {
		want := len(slices.DeleteFunc(slices.Clone(all), func(o *numbers.Order) bool { return o.State != state }))
		if got := p.orders(numbers.OrderQuery{States: []numbers.State{state}}); len(got) != want {
			p.Errorf("Orders by the state %s yields %d, and %d are in it", state, len(got), want)
		}
	}
	p.byReference()
	p.byTime(all)
}

func (p *probe) byReference() {
	if p.caps.Recognises != numbers.ByReference {
		return
	}
	r := p.request(p.some())
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
	if got := p.orders(numbers.OrderQuery{Reference: numbers.NewReference()}); len(got) != 0 {
		p.Errorf("Orders by a reference that nobody has yields %d orders", len(got))
	}
}

// byTime bounds the listing by the vendor's own times.
func (p *probe) byTime(all []*numbers.Order) {
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
	p.fill(p.some())
	owned := func(q numbers.OwnedQuery) []*numbers.Number {
		list, errs, _ := drain(numbers.Owned(p.Context(), p.Orderer, q))
		if len(errs) > 0 {
			p.Errorf("Owned %+v: %v", q, errs[0])
		}
		for _, n := range list {
			if n.ID == "" || n.State == "" {
				p.Errorf("Owned yields %+v", n)
			}
		}
		return list
	}
	all := owned(numbers.OwnedQuery{})
	if got := owned(numbers.OwnedQuery{Numbers: p.numbers(3, 2)}); len(got) != 2 {
		p.Errorf("Owned by two numbers yields %d", len(got))
	}
	for _, state := range []numbers.NumberState{numbers.NumberPending, numbers.NumberActive, numbers.NumberDisabled, numbers.NumberUnknown} {
		want := len(slices.DeleteFunc(slices.Clone(all), func(n *numbers.Number) bool { return n.State != state }))
		if got := owned(numbers.OwnedQuery{States: []numbers.NumberState{state}}); len(got) != want {
			p.Errorf("Owned by the state %s yields %d, and %d are in it", state, len(got), want)
		}
	}
	if _, err := numbers.Find(p.Context(), p.Orderer, p.Number(p.absent())); !errors.Is(err, numbers.ErrNotFound) {
		p.Errorf("Find of a number that the account has not: %v", err)
	}
}
