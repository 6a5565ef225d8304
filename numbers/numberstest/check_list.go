package numberstest

import (
	"context"
	"errors"
	"iter"
	"slices"
	"time"

	"github.com/tnkit/tnkit/numbers"
)

// rows is how many orders the checks of listings make.
const rows = 25

func listChecks() []check {
	return []check{
		{"listings are lazy", lazy},
		{"listings are complete", complete},
		{"listings can be ranged again", restartable},
		{"break ends a listing", earlyBreak},
		{"a cancelled context ends a listing", cancelledList},
		{"errors come last", errorLast},
		{"moving listings yield each order once", moving},
		{"order queries are honoured", orderQuery},
		{"owned queries are honoured", ownedQuery},
	}
}

// fill places rows orders and lets them settle.
func fill(p *probe) map[string]numbers.E164 {
	p.Helper()
	ids := make(map[string]numbers.E164)
	for i := range rows {
		ids[p.settled(i).ID] = p.Number(i)
		time.Sleep(time.Millisecond)
	}
	return ids
}

// collect drains a sequence. Whatever comes after an error is reported.
func collect[T any](p *probe, seq iter.Seq2[*T, error]) (list []*T, last error) {
	for item, err := range seq {
		if last != nil {
			p.Error("a listing goes on after its error")
			return list, last
		}
		if err != nil {
			last = err
			continue
		}
		list = append(list, item)
	}
	return list, last
}

func (p *probe) orders(q numbers.OrderQuery) []*numbers.Order {
	p.Helper()
	list, err := collect(p, p.Orderer.Orders(p.Context(), q))
	if err != nil {
		p.Errorf("Orders %+v: %v", q, err)
	}
	return list
}

func lazy(p *probe) {
	p.silently("Orders before the first step", func() { _ = p.Orderer.Orders(p.Context(), numbers.OrderQuery{}) })
	p.silently("Owned before the first step", func() { _ = numbers.Owned(p.Context(), p.Orderer, numbers.OwnedQuery{}) })
	p.silently("Search before the first step", func() { _ = numbers.Search(p.Context(), p.Orderer, numbers.SearchQuery{}) })
}

func complete(p *probe) {
	want := fill(p)
	got := make(map[string]int)
	for _, o := range p.orders(numbers.OrderQuery{}) {
		got[o.ID]++
		if o.Vendor != p.caps.Vendor || o.Count < 1 || len(o.Items) > o.Count {
			p.Errorf("Orders yields %+v", o)
		}
	}
	for id, n := range want {
		if got[id] != 1 {
			p.Errorf("the order of %s is listed %d times", n, got[id])
		}
	}
	if !p.caps.Can.Has(numbers.CanListOwned) {
		return
	}
	owned, err := collect(p, numbers.Owned(p.Context(), p.Orderer, numbers.OwnedQuery{ReadAhead: 3}))
	if err != nil || len(owned) != rows {
		p.Errorf("Owned yields %d numbers of %d, error %v", len(owned), rows, err)
	}
}

func restartable(p *probe) {
	fill(p)
	seq := p.Orderer.Orders(p.Context(), numbers.OrderQuery{})
	one, err1 := collect(p, seq)
	two, err2 := collect(p, seq)
	if err1 != nil || err2 != nil {
		p.Fatalf("Orders: %v, %v", err1, err2)
	}
	id := func(o *numbers.Order) string { return o.ID }
	if !slices.Equal(mapped(one, id), mapped(two, id)) {
		p.Errorf("the second range over one sequence yields %d orders, the first %d", len(two), len(one))
	}
}

func mapped[T, U any](list []T, f func(T) U) []U {
	out := make([]U, len(list))
	for i, v := range list {
		out[i] = f(v)
	}
	return out
}

func earlyBreak(p *probe) {
	fill(p)
	all, _ := p.Requests()
	collectAll := p.orders(numbers.OrderQuery{})
	whole, _ := p.Requests()
	steps := 0
	for _, err := range p.Orderer.Orders(p.Context(), numbers.OrderQuery{}) {
		if err != nil {
			p.Fatalf("Orders: %v", err)
		}
		if steps++; steps == 1 {
			break
		}
	}
	after, _ := p.Requests()
	if after-whole > whole-all || len(collectAll) == 0 {
		p.Errorf("a listing that was left after one of %d orders sent %d requests, a whole one %d", len(collectAll), after-whole, whole-all)
	}
	p.silently("a listing that was left", func() { time.Sleep(time.Minute) })
}

func cancelledList(p *probe) {
	fill(p)
	ctx, cancel := context.WithCancel(p.Context())
	defer cancel()
	var last error
	n := 0
	for _, err := range p.Orderer.Orders(ctx, numbers.OrderQuery{}) {
		if err != nil {
			last = err
			continue
		}
		n++
		cancel()
	}
	if n == rows && last == nil {
		return // one page had them all, and there was nothing left to cancel
	}
	if !errors.Is(last, context.Canceled) {
		p.Errorf("a listing whose context was cancelled ended after %d orders with %v", n, last)
	}
	cancelled, stop := context.WithCancel(p.Context())
	stop()
	p.silently("a listing with a cancelled context", func() {
		if list, err := collect(p, p.Orderer.Orders(cancelled, numbers.OrderQuery{})); err == nil || len(list) > 0 {
			p.Errorf("a listing with a cancelled context yields %d orders and the error %v", len(list), err)
		}
	})
}

func errorLast(p *probe) {
	fill(p)
	p.Inject(Fault{Kind: StatusBefore, Status: 403, On: Match{PathPrefix: "/"}, Times: -1})
	list, err := collect(p, p.Orderer.Orders(p.Context(), numbers.OrderQuery{}))
	if err == nil {
		p.Errorf("a listing of which every page fails yields %d orders and no error", len(list))
		return
	}
	p.typed("a listing that fails", err)
	if errors.Is(err, numbers.ErrOutcomeUnknown) {
		p.Error("a listing that fails is an unknown outcome")
	}
}

func moving(p *probe) {
	want := fill(p)
	if p.takes(InsertWhileListing) {
		p.Inject(Fault{Kind: InsertWhileListing, Times: 3})
	}
	if p.takes(DuplicateListing) {
		p.Inject(Fault{Kind: DuplicateListing})
	}
	got := make(map[string]int)
	n := rows
	for o, err := range p.Orderer.Orders(p.Context(), numbers.OrderQuery{}) {
		if err != nil {
			if !errors.Is(err, numbers.ErrIncomplete) {
				p.Errorf("a moving listing: %v", err)
			}
			return // it said that it can't vouch for completeness
		}
		if got[o.ID]++; got[o.ID] > 1 {
			p.Errorf("a moving listing yields order %s twice", o.ID)
		}
		if n < rows+5 { // more orders come while it is read
			p.place(n)
			n++
		}
	}
	for id, number := range want {
		if got[id] == 0 {
			p.Errorf("a moving listing leaves out the order of %s, which was there before", number)
		}
	}
}

func orderQuery(p *probe) {
	ids := fill(p)
	all := p.orders(numbers.OrderQuery{})
	if len(all) != len(ids) {
		p.Fatalf("Orders yields %d orders of %d", len(all), len(ids))
	}
	n := p.Number(7)
	if got := p.orders(numbers.OrderQuery{Numbers: []numbers.E164{n}}); len(got) != 1 || ids[got[0].ID] != n {
		p.Errorf("Orders by number yields %d orders", len(got))
	}
	if got := p.orders(numbers.OrderQuery{Numbers: []numbers.E164{p.Number(450)}}); len(got) != 0 {
		p.Errorf("Orders by a number without an order yields %d", len(got))
	}
	state := all[0].State
	if got := p.orders(numbers.OrderQuery{States: []numbers.State{state}}); len(got) != rows {
		p.Errorf("Orders by the state %s of all yields %d of %d", state, len(got), rows)
	}
	if got := p.orders(numbers.OrderQuery{States: []numbers.State{numbers.StateCancelled}}); len(got) != 0 {
		p.Errorf("Orders by the state of none yields %d", len(got))
	}
	if p.caps.Recognises == numbers.ByReference {
		r := numbers.OrderRequest{Numbers: p.numbers(rows, 1), Reference: "the-one"}
		o, err := p.Orderer.Place(p.Context(), r)
		if err != nil {
			p.Fatalf("Place: %v", err)
		}
		p.wait(o)
		if got := p.orders(numbers.OrderQuery{Reference: "the-one"}); len(got) != 1 || got[0].ID != o.ID {
			p.Errorf("Orders by reference yields %d orders", len(got))
		}
	}
	byTime(p, all)
}

// byTime bounds the listing by the vendor's own times.
func byTime(p *probe, all []*numbers.Order) {
	for _, o := range all {
		if o.Created.IsZero() {
			return // the vendor does not date its orders
		}
	}
	slices.SortFunc(all, func(a, b *numbers.Order) int { return a.Created.Compare(b.Created) })
	pivot := all[len(all)/2].Created
	count := func(keep func(time.Time) bool) (n int) {
		for _, o := range all {
			if keep(o.Created) {
				n++
			}
		}
		return n
	}
	after := p.orders(numbers.OrderQuery{CreatedAfter: pivot, CreatedBefore: all[len(all)-1].Created.Add(time.Microsecond)})
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
	fill(p)
	owned := func(q numbers.OwnedQuery) int {
		list, err := collect(p, numbers.Owned(p.Context(), p.Orderer, q))
		if err != nil {
			p.Errorf("Owned %+v: %v", q, err)
		}
		for _, n := range list {
			if n.Vendor != p.caps.Vendor || n.ID == "" || n.State == "" {
				p.Errorf("Owned yields %+v", n)
			}
		}
		return len(list)
	}
	if n := owned(numbers.OwnedQuery{Numbers: p.numbers(3, 2)}); n != 2 {
		p.Errorf("Owned by two numbers yields %d", n)
	}
	if n := owned(numbers.OwnedQuery{States: []numbers.NumberState{numbers.NumberUnknown}}); n != 0 {
		p.Errorf("Owned by a state of none yields %d", n)
	}
	if _, err := numbers.Find(p.Context(), p.Orderer, p.Number(450)); !errors.Is(err, numbers.ErrNotFound) {
		p.Errorf("Find of a number that the account has not: %v", err)
	}
}
