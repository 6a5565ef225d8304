package numberstest

import (
	"context"
	"errors"
	"iter"
	"maps"
	"slices"
	"time"

	"github.com/tnkit/tnkit/numbers"
)

func listChecks() []check {
	return []check{
		{name: "listings are lazy", run: lazy},
		{name: "listings are complete", run: complete},
		{name: "listings can be ranged over again", run: restartable},
		{name: "break ends a listing", run: earlyBreak},
		{name: "a canceled context ends a listing", run: canceledList},
		{name: "errors come last, after what was listed", run: errorLast},
		{name: "an incomplete listing ends with an error", run: brokenOff},
		{name: "a listing that is not found is a failure", run: notFoundList},
		{name: "moving listings yield each order once", run: moving},
		{name: "what the vendor lists twice comes once", run: listedTwice},
		{name: "reading ahead changes nothing", run: readingAhead},
	}
}

// walk is a listing of the Orderer, by the ids of what it lists.
type walk struct {
	name string
	ids  func(ctx context.Context, ahead int) iter.Seq2[string, error]
}

// walks are the listings that the Orderer has.
func (p *probe) walks() []walk {
	list := []walk{{"Orders", func(ctx context.Context, ahead int) iter.Seq2[string, error] {
		return idsOf(p.Orderer.Orders(ctx, numbers.OrderQuery{ReadAhead: ahead}), func(o *numbers.Order) string { return o.ID })
	}}}
	if p.caps.Can.Has(numbers.CanListOwned) {
		list = append(list, walk{"Owned", func(ctx context.Context, ahead int) iter.Seq2[string, error] {
			return idsOf(p.owned(ctx, numbers.OwnedQuery{ReadAhead: ahead}), func(n *numbers.Number) string { return n.ID })
		}})
	}
	return list
}

func idsOf[T any](seq iter.Seq2[*T, error], id func(*T) string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for item, err := range seq {
			text := ""
			if item != nil {
				text = id(item)
			}
			if !yield(text, err) {
				return
			}
		}
	}
}

// drain reads a sequence to its end, past an error too.
func drain[T any](seq iter.Seq2[T, error]) (list []T, errs []error, late int) {
	for item, err := range seq {
		switch {
		case err != nil:
			errs = append(errs, err)
		case len(errs) > 0:
			late++
		default:
			list = append(list, item)
		}
	}
	return list, errs, late
}

// all reads a listing that has no fault.
func (p *probe) all(w walk) []string {
	p.Helper()
	list, errs, _ := drain(w.ids(p.Context(), 0))
	if len(errs) > 0 {
		p.Fatalf("%s without a fault: %v", w.name, errs[0])
	}
	return list
}

// orders lists without a fault.
func (p *probe) orders(q numbers.OrderQuery) []*numbers.Order {
	p.Helper()
	list, errs, _ := drain(p.Orderer.Orders(p.Context(), q))
	if len(errs) > 0 {
		p.Errorf("Orders %+v: %v", q, errs[0])
	}
	return list
}

// some is more orders than one page has, many more than three.
func (p *probe) some() int { return max(p.Page, 10) * 12 / 10 }
func (p *probe) many() int { return max(p.Page, 10) * 35 / 10 }

// absent is a number that no check of listings orders, as are those right after
// it: it is beyond many, and within what Subject.Number has.
func (p *probe) absent() int { return max(450, p.Page*375/100) }

// fill places n orders of one number, and lets them settle. Only the last one is
// read: the others were placed before it.
func (p *probe) fill(n int) map[string]numbers.E164 {
	p.Helper()
	ids := make(map[string]numbers.E164)
	var last *numbers.Order
	for i := range n {
		last = p.place(i)
		ids[last.ID] = p.Number(i)
		time.Sleep(time.Millisecond)
	}
	time.Sleep(p.caps.ListingDelay + p.SettleWithin)
	if last != nil && !last.Settled() {
		p.wait(last)
	}
	return ids
}

func lazy(p *probe) {
	for _, w := range p.walks() {
		p.silently(w.name+" before the first step", func() { _ = w.ids(p.Context(), 0) })
		p.silently(w.name+" with ReadAhead before the first step", func() { _ = w.ids(p.Context(), 3) })
	}
	p.silently("Search before the first step", func() { _ = p.search(p.Context(), numbers.SearchQuery{}) })
}

func complete(p *probe) {
	const tenPages = 120 // of an Orderer that reads ten rows at once
	n := max(p.many(), tenPages)
	want := p.fill(n)
	got := make(map[string]int)
	for _, id := range p.all(p.walks()[0]) {
		got[id]++
	}
	for id, n := range want {
		if got[id] != 1 {
			p.Errorf("Orders yields the order of %s %d times", n, got[id])
		}
	}
	if len(got) != len(want) {
		p.Errorf("Orders yields %d orders of %d", len(got), len(want))
	}
	if !p.caps.Can.Has(numbers.CanListOwned) {
		return
	}
	owned, errs, _ := drain(p.owned(p.Context(), numbers.OwnedQuery{}))
	for _, n := range owned {
		delete(want, idOf(want, n.E164))
	}
	if len(errs) > 0 || len(want) > 0 || len(owned) != n {
		p.Errorf("Owned yields %d numbers of %d, errors %v", len(owned), n, errs)
	}
}

func idOf(ids map[string]numbers.E164, n numbers.E164) string {
	for id, number := range ids {
		if number == n {
			return id
		}
	}
	return ""
}

func restartable(p *probe) {
	p.fill(p.some())
	for _, w := range p.walks() {
		seq := w.ids(p.Context(), 0)
		one, errs1, _ := drain(seq)
		two, errs2, _ := drain(seq)
		if len(errs1)+len(errs2) > 0 || !slices.Equal(one, two) {
			p.Errorf("%s: the second range over one sequence yields %d (%v), the first %d (%v)", w.name, len(two), errs2, len(one), errs1)
		}
	}
	for i, w := range p.walks() {
		seq := w.ids(p.Context(), 0)
		one, _, _ := drain(seq)
		p.settled(p.absent() + i)
		if two, errs, _ := drain(seq); len(errs) > 0 || len(two) != len(one)+1 {
			p.Errorf("%s: ranged over again after one more was bought it yields %d, and yielded %d before, errors %v", w.name, len(two), len(one), errs)
		}
	}
}

func earlyBreak(p *probe) {
	p.fill(p.many())
	for _, w := range p.walks() {
		whole := p.requests(func() { p.all(w) })
		left := 0
		one := p.requests(func() {
			for _, err := range w.ids(p.Context(), 0) {
				_ = err // the checks of complete listings tell it
				left, _ = p.Requests()
				break
			}
		})
		if after, _ := p.Requests(); after != left {
			p.Errorf("%s: it sent %d more requests when it was left", w.name, after-left)
		}
		if one > whole || whole > 2 && one == whole {
			p.Errorf("%s: left after the first step it sent %d requests, a whole one sends %d", w.name, one, whole)
		}
		p.silently(w.name+", once left", func() { time.Sleep(time.Minute) })
	}
}

func canceledList(p *probe) {
	p.givesUp("Orders", "Owned")
	p.fresh()
	p.fill(p.some())
	for _, w := range p.walks() {
		whole := p.requests(func() { p.all(w) })
		ctx, cancel := context.WithCancel(p.Context())
		n := 0
		var failed error
		for _, err := range w.ids(ctx, 0) {
			if n++; failed == nil {
				failed = err
			}
			cancel()
		}
		cancel()
		if whole > 1 && !errors.Is(failed, context.Canceled) { // one page has nothing left to cancel
			p.Errorf("%s: canceled after the first step it ends after %d with %v", w.name, n, failed)
		}
		p.silently(w.name+" with a canceled context", func() {
			if list, errs, _ := drain(w.ids(ctx, 0)); len(list) > 0 || len(errs) != 1 || !errors.Is(errs[0], context.Canceled) {
				p.Errorf("%s with a canceled context yields %d and the errors %v", w.name, len(list), errs)
			}
		})
	}
}

// breaking lets the last request of each listing fail, and returns what it
// yields until then. whole is how many requests it takes.
func breaking(p *probe, verify func(w walk, whole int, list []string, errs []error, late int)) {
	for i := range p.walks() {
		p.fresh()
		p.fill(p.some())
		w := p.walks()[i]
		whole := p.requests(func() { p.all(w) })
		p.Inject(Fault{Kind: StatusBefore, Status: 403, On: Match{PathPrefix: "/"}, After: whole - 1, Times: -1})
		list, errs, late := drain(w.ids(p.Context(), 0))
		verify(w, whole, list, errs, late)
	}
}

func errorLast(p *probe) {
	breaking(p, func(w walk, whole int, list []string, errs []error, late int) {
		if late > 0 || len(errs) > 1 {
			p.Errorf("%s goes on after its error: %d more, %d errors", w.name, late, len(errs))
		}
		if whole > 1 && len(list) == 0 {
			p.Errorf("%s: the last of %d requests failed, and what the others brought was kept back", w.name, whole)
		}
	})
	p.besideErrors()
}

// missed lets one request of a listing go wrong, each in turn: it may be sent
// again, and the listing is complete, or it ends with an error.
func (p *probe) missed() {
	p.fresh()
	n := p.many()
	p.fill(n)
	for _, w := range p.walks() {
		whole := p.requests(func() { p.all(w) })
		for _, f := range []Fault{{Kind: StatusBefore, Status: 500}, {Kind: DroppedRequest}, {Kind: EmptyBody}, {Kind: GarbageBody}} {
			for i := range whole {
				if !p.takes(f.Kind) {
					continue
				}
				f.On, f.After = Match{PathPrefix: "/"}, i
				p.Inject(f)
				if list, errs, _ := drain(w.ids(p.Context(), 0)); len(errs) == 0 && len(list) != n {
					p.Errorf("%s: %s at request %d of %d, and it yields %d of %d and no error", w.name, nameOf(f), i+1, whole, len(list), n)
				}
			}
		}
	}
}

// besideErrors demands that what comes with an error is nothing.
func (p *probe) besideErrors() {
	p.fresh()
	p.Inject(Fault{Kind: StatusBefore, Status: 403, On: Match{PathPrefix: "/"}, Times: -1})
	for o, err := range p.Orderer.Orders(p.Context(), numbers.OrderQuery{}) {
		if err != nil && o != nil {
			p.Errorf("Orders yields an order beside its error: %+v", o)
		}
	}
	for n, err := range p.owned(p.Context(), numbers.OwnedQuery{}) {
		if err != nil && n != nil {
			p.Errorf("Owned yields a number beside its error: %+v", n)
		}
	}
}

func brokenOff(p *probe) {
	breaking(p, func(w walk, whole int, list []string, errs []error, _ int) {
		if len(errs) == 0 {
			p.Errorf("%s: the last of %d requests failed, and it yields %d and no error", w.name, whole, len(list))
			return
		}
		_ = p.typed(w.name+" that breaks off", errs[0])
		if errors.Is(errs[0], numbers.ErrOutcomeUnknown) {
			p.Errorf("%s that breaks off is an unknown outcome", w.name)
		}
	})
	p.missed()
}

// notFoundList lets the whole listing be answered with 404: a proxy says so, or a
// server whose address has changed. Nothing was listed, and nothing is known.
func notFoundList(p *probe) {
	for _, f := range []Fault{{}, {NoBody: true}, {Body: "<html><body>404 Not Found</body></html>"}} {
		f.Kind, f.Status, f.On, f.Times = StatusBefore, 404, Match{PathPrefix: "/"}, -1
		for i := range p.walks() {
			p.fresh()
			p.settled(0)
			p.Inject(f)
			w := p.walks()[i]
			list, errs, _ := drain(w.ids(p.Context(), 0))
			switch {
			case len(errs) == 0:
				p.Errorf("%s: the listing was answered with 404, and it yields %d and no error", w.name, len(list))
			case errors.Is(errs[0], numbers.ErrNotFound) || !errors.Is(errs[0], numbers.ErrVendor):
				p.Errorf("%s: the listing was answered with 404, and the error is %v; it must be ErrVendor", w.name, errs[0])
			}
		}
	}
}

// moving lets orders come while they are listed.
func moving(p *probe) {
	want := p.fill(p.some())
	if p.takes(InsertWhileListing) {
		p.Inject(Fault{Kind: InsertWhileListing, Times: 3})
	}
	got := make(map[string]int)
	n := p.some()
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
		if n < p.some()+5 { // more orders come while it is read
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

func listedTwice(p *probe) {
	if !p.takes(DuplicateListing) {
		return // each row comes once at this vendor
	}
	want := slices.Sorted(maps.Keys(p.fill(p.some())))
	p.Inject(Fault{Kind: DuplicateListing})
	list, errs, _ := drain(p.walks()[0].ids(p.Context(), 0))
	slices.Sort(list)
	if len(errs) > 0 && errors.Is(errs[0], numbers.ErrIncomplete) {
		return // it said that it can't vouch for what it lists
	}
	if len(errs) > 0 || !slices.Equal(list, want) {
		p.Errorf("a row is listed twice, and Orders yields %d orders of %d, errors %v", len(list), len(want), errs)
	}
}

func readingAhead(p *probe) {
	p.fill(p.many())
	for _, w := range p.walks() {
		one := p.all(w)
		ahead, errs, _ := drain(w.ids(p.Context(), 4))
		if len(errs) > 0 || !slices.Equal(one, ahead) {
			p.Errorf("%s yields %d with ReadAhead and %d without, errors %v", w.name, len(ahead), len(one), errs)
		}
		for _, err := range w.ids(p.Context(), 4) {
			_ = err // reported above
			break
		}
		time.Sleep(time.Second) // what was under way may end
		p.silently(w.name+" with ReadAhead, once left", func() { time.Sleep(time.Minute) })
	}
}
