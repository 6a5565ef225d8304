package numberstest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/tnkit/tnkit/numbers"
)

func journalEntriesChecks() []journalCheck {
	return []journalCheck{
		{"entries match the query", "All fields of a JournalQuery that are set must hold.", nil, journalQueries},
		{"entries come in the order in which they started", "Entries yields in the order of Attempt.Started, oldest first.", nil, journalOrder},
		{"an entry comes once", "Entries yields each entry once.", nil, journalOnce},
		{"entries hold nothing", "Entries holds nothing while the caller works: the journal can be used meanwhile.", nil, journalLets},
		{"a reader can stop", "Entries stops when the loop ends.", nil, journalStops},
		{"entries end with the context", "Entries yields the context's error as soon as it ends: what it has not yielded is not taken for nothing.", nil, journalEntriesCanceled},
	}
}

func journalQueries(p *journalProbe) {
	at := func(minutes int, change func(a *numbers.Attempt), list ...int) numbers.JournalEntry {
		return p.begin(with(p.later(time.Duration(minutes)*time.Minute, list...), change))
	}
	without := at(1, func(a *numbers.Attempt) { a.Purchase, a.Scope = "job", "fleet" }, 1, 2)
	placed := at(2, func(a *numbers.Attempt) { a.Purchase, a.Scope = "job", "fleet" }, 3)
	second := at(3, func(a *numbers.Attempt) { a.Purchase, a.Scope, a.Account = "job", "fleet", "second" }, 1)
	unknown := at(4, func(a *numbers.Attempt) { a.Purchase = "job" }, 4)
	orphan := at(5, func(a *numbers.Attempt) { a.Purchase = "other" }, 5, 6)
	refused := at(6, func(a *numbers.Attempt) { a.Purchase = "other" }, 7)
	p.end(placed, numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: "Order-1"})
	p.end(second, numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: "order-1"})
	p.end(unknown, numbers.JournalEnd{Status: numbers.EntryUnknown})
	p.end(orphan, numbers.JournalEnd{Status: numbers.EntryOrphaned})
	p.end(refused, numbers.JournalEnd{Status: numbers.EntryRefused})
	again := at(7, func(a *numbers.Attempt) { a.Purchase = "other" }, 7)
	p.end(again, numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: "order-2"})

	list := func(entries ...numbers.JournalEntry) []numbers.JournalEntry { return entries }
	for _, c := range []struct {
		q    numbers.JournalQuery
		want []numbers.JournalEntry
	}{
		{numbers.JournalQuery{}, list(without, placed, second, unknown, orphan, refused, again)},
		{numbers.JournalQuery{IDs: []string{placed.ID, "nobody's", again.ID}}, list(placed, again)},
		{numbers.JournalQuery{IDs: []string{"nobody's"}}, nil},
		{numbers.JournalQuery{Scope: "fleet"}, list(without, placed, second)},
		{numbers.JournalQuery{Scope: "main"}, list(unknown, orphan, refused, again)},
		{numbers.JournalQuery{Account: "second"}, list(second)},
		{numbers.JournalQuery{Account: "fleet"}, nil},
		{numbers.JournalQuery{Purchase: "job"}, list(without, placed, second, unknown)},
		{numbers.JournalQuery{Purchase: "jo"}, nil},
		{numbers.JournalQuery{Numbers: journalNumbers(2, 7, 99)}, list(without, refused, again)},
		{numbers.JournalQuery{Numbers: journalNumbers(1)}, list(without, second)},
		{numbers.JournalQuery{Numbers: journalNumbers(99)}, nil},
		{numbers.JournalQuery{OrderIDs: []string{"ORDER-1"}}, list(placed, second)},
		{numbers.JournalQuery{OrderIDs: []string{"order-2", "order-1", ""}}, list(placed, second, again)},
		{numbers.JournalQuery{OrderIDs: []string{""}}, nil},
		{numbers.JournalQuery{Open: true}, list(without, unknown, orphan)},
		{numbers.JournalQuery{StartedFrom: refused.Started}, list(refused, again)},
		{numbers.JournalQuery{StartedFrom: refused.Started.Add(1)}, list(again)},
		{numbers.JournalQuery{StartedBefore: second.Started}, list(without, placed)},
		{numbers.JournalQuery{StartedFrom: placed.Started, StartedBefore: unknown.Started}, list(placed, second)},
		{numbers.JournalQuery{StartedFrom: unknown.Started, StartedBefore: placed.Started}, nil},
		{numbers.JournalQuery{Scope: "fleet", Purchase: "job", Account: "main"}, list(without, placed)},
		{numbers.JournalQuery{Account: "main", OrderIDs: []string{"order-1"}}, list(placed)},
		{numbers.JournalQuery{Account: "main", Purchase: "job", Open: true}, list(without, unknown)},
		{numbers.JournalQuery{IDs: []string{without.ID, unknown.ID}, Numbers: journalNumbers(4, 1), StartedFrom: second.Started}, list(unknown)},
		{numbers.JournalQuery{Numbers: journalNumbers(1, 7), Account: "main", Open: true, StartedBefore: again.Started}, list(without)},
		{numbers.JournalQuery{Account: "second", Open: true}, nil},
	} {
		if got, want := entryIDs(p.entries(c.q)), entryIDs(c.want); !slices.Equal(got, want) {
			p.Errorf("Entries of %+v yields %v, and should yield %v", c.q, got, want)
		}
	}
}

func journalOrder(p *journalProbe) {
	var want []string
	began := make(map[int]string)
	for _, i := range []int{3, 0, 5, 1, 4, 2} { // clocks differ
		a := p.later(time.Duration(i)*time.Second, i)
		began[i] = p.begun(a, numbers.JournalEnd{Status: numbers.EntryUnknown, Held: a.Numbers}).ID
	}
	for i := range 6 {
		want = append(want, began[i])
	}
	for _, q := range []numbers.JournalQuery{
		{}, {Account: "main"}, {Scope: "main"}, {Open: true}, {IDs: []string{began[4], began[1], began[0], began[3], began[2], began[5]}},
		{Numbers: journalNumbers(5, 0, 1, 4, 3, 2)}, {StartedFrom: journalStart},
	} {
		var got []string
		for _, e := range p.entries(q) {
			got = append(got, e.ID)
		}
		if !slices.Equal(got, want) {
			p.Errorf("Entries of %+v yields %v, and the order in which they started is %v", q, got, want)
		}
	}
}

func journalOnce(p *journalProbe) {
	e := p.begin(p.attempt("job", 1, 2, 3))
	p.end(e, numbers.JournalEnd{Status: numbers.EntryUnknown, Held: journalNumbers(1)})
	p.end(e, numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: "Order-1"})
	for _, q := range []numbers.JournalQuery{
		{}, {Numbers: journalNumbers(1, 2, 3, 2)}, {IDs: []string{e.ID, e.ID}}, {OrderIDs: []string{"order-1", "ORDER-1"}},
	} {
		if n := len(p.entries(q)); n != 1 {
			p.Errorf("Entries of %+v yields one entry %d times", q, n)
		}
	}
}

func journalLets(p *journalProbe) {
	var want []numbers.JournalEntry
	for i := range 3 {
		want = append(want, p.begin(p.attempt(fmt.Sprint("job ", i), i)))
	}
	var got []numbers.JournalEntry
	for e, err := range p.Entries(p.Context(), numbers.JournalQuery{Open: true}) {
		if err != nil {
			p.Fatalf("Entries while the journal is used: %v", err)
		}
		if slices.Contains(entryIDs(want), e.ID) { // whether what begins meanwhile comes, too, is open
			got = append(got, e)
			p.use(e, len(got))
		}
	}
	if !slices.Equal(entryIDs(got), entryIDs(want)) {
		p.Errorf("Entries yields %v while the journal is used, and should yield each of %v once", entryIDs(got), entryIDs(want))
	}
}

// use begins, ends e and reads, and does not wait for ever.
func (p *journalProbe) use(e numbers.JournalEntry, i int) {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.Context(), 10*time.Second)
	defer cancel()
	done := make(chan error, 1)
	a := with(p.attempt("", 100+i), func(a *numbers.Attempt) { a.Reference = a.ID })
	go func() {
		_, err := p.Begin(ctx, a)
		if err == nil {
			err = p.End(ctx, e, numbers.JournalEnd{Status: numbers.EntryRefused})
		}
		for _, failed := range p.Entries(ctx, numbers.JournalQuery{IDs: []string{e.ID}}) {
			err = errors.Join(err, failed)
		}
		done <- err
	}()
	select {
	case err := <-done:
		if err != nil {
			p.Fatalf("the journal can't be used while its entries are read: %v", err)
		}
	case <-ctx.Done():
		p.Fatalf("the journal is held while its entries are read")
	}
}

func journalStops(p *journalProbe) {
	for i := range 3 {
		p.begin(p.attempt(fmt.Sprint("job ", i), i))
	}
	for range 2 {
		n := 0
		for _, err := range p.Entries(p.Context(), numbers.JournalQuery{}) {
			if err != nil {
				p.Errorf("Entries: %v", err)
			}
			if n++; n == 2 {
				break
			}
		}
		if n != 2 {
			p.Errorf("Entries yields %d, and 2 were wanted of 3", n)
		}
	}
	p.begin(p.attempt("job", 9))
}

func journalEntriesCanceled(p *journalProbe) {
	const all = 5
	for i := range all {
		p.begin(p.attempt(fmt.Sprint("job ", i), i))
	}
	reason := errors.New("the caller's reason")
	for _, after := range []int{0, 2} {
		ctx, cancel := context.WithCancelCause(p.Context())
		if after == 0 {
			cancel(reason)
		}
		n, last := 0, error(nil)
		for _, err := range p.Entries(ctx, numbers.JournalQuery{}) {
			if last != nil {
				p.Errorf("Entries goes on after the error %v", last)
			}
			if last = err; err == nil {
				n++
			}
			if n == after {
				cancel(reason)
			}
		}
		cancel(nil)
		switch {
		case after == 0 && n > 0:
			p.Errorf("Entries yields %d with a context that has ended", n)
		case last == nil && n < all:
			p.Errorf("Entries yields %d of %d and no error, and its context ended after %d", n, all, after)
		case last != nil && !errors.Is(last, context.Canceled):
			p.Errorf("Entries of a context that has ended: error %v, which is not context.Canceled", last)
		}
	}
}
