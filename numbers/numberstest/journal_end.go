package numberstest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tnkit/tnkit/numbers"
)

func journalEndChecks() []journalCheck {
	return []journalCheck{
		{"an end is kept to the letter", "An entry has the latest End, with all its fields.", nil, journalEnds},
		{"a status never goes back", "An End follows what JournalEntry.Accepts allows. Another one is ErrConflict and changes nothing.", nil, journalMonotone},
		{"what is placed keeps its order", "A placed entry stays placed with that order, compared without case.", nil, journalKeepsOrder},
		{"placed needs an order", "An End that is placed and has no OrderID is ErrConflict.", nil, journalPlacedNothing},
		{"the same end twice is no error", "The same End twice is no error, because an answer can be lost.", nil, journalEndAgain},
		{"an order is credited once", "An End whose OrderID another entry of the same account has, compared without case, is ErrConflict and changes nothing.", nil, journalCredit},
		{"an order is credited once for many at a time", "End is one atomic step over the order's id.", nil, journalManyCredits},
		{"an order id belongs to its account", "Two accounts may have orders with the same id.", nil, journalCreditAccount},
		{"an entry that never began can't end", "End of an entry that never began is ErrNotFound and records nothing.", nil, journalNeverBegan},
		{"an end stores when the attempt ended, and its status", "End stores Ended and Status of the entry's attempt.", nil, journalStores},
		{"an end changes nothing else of the attempt", "End finds the entry by its id. Of its attempt it stores only Ended and Status.", nil, journalStoresOnly},
	}
}

func journalEnds(p *journalProbe) {
	e := p.begin(p.attempt("job", 1, 2))
	at := journalStart.Add(5*time.Second + 6)
	for _, end := range []numbers.JournalEnd{
		{Status: numbers.EntryUnknown, Held: journalNumbers(1), HeldUntil: at.Add(time.Hour + 7), Reason: journalText, Time: at},
		{Status: numbers.EntryOrphaned},
		{Status: numbers.EntryPlaced, OrderID: "O-1 " + journalText, Held: journalNumbers(2, 1), Reason: "resolved", Time: at.Add(time.Minute)},
		{Status: numbers.EntryPlaced, OrderID: "O-1 " + journalText, Time: at.Add(2 * time.Minute)},
	} {
		p.end(e, end)
		p.same("the end", p.find(e.ID).End, end)
	}
}

func journalMonotone(p *journalProbe) {
	statuses := []numbers.EntryStatus{"", numbers.EntryUnknown, numbers.EntryOrphaned, numbers.EntryRefused, numbers.EntryNotPlaced, numbers.EntryPlaced}
	ranks := []int{0, 0, 1, 2, 2, 3}
	for i, before := range statuses {
		for k, after := range statuses {
			e := p.begin(p.attempt(fmt.Sprintf("order-%d-%d", i, k), 10*i+k))
			p.becomes(e, before, after, after != "" && ranks[i] <= ranks[k])
		}
	}
}

// becomes ends an entry as before, if that is not "", and then as after, which is accepted
// or must be refused.
func (p *journalProbe) becomes(e numbers.JournalEntry, before, after numbers.EntryStatus, accepted bool) {
	end := func(status numbers.EntryStatus, reason string) numbers.JournalEnd {
		end := numbers.JournalEnd{Status: status, Reason: reason}
		if status == numbers.EntryPlaced {
			end.OrderID = e.Reference
		}
		return end
	}
	if before != "" {
		e.Ended, e.Status = journalStart, 500
		p.end(e, end(before, "first"))
	}
	was := p.find(e.ID)
	e.Ended, e.Status = journalStart.Add(time.Minute), 503
	err := p.End(p.Context(), e, end(after, "second"))
	is := p.find(e.ID)
	if accepted {
		if err != nil || is.End.Status != after || is.End.Reason != "second" {
			p.Errorf("End as %q of an entry that is %q: error %v, and the end is %+v", after, before, err, is.End)
		}
		return
	}
	if !errors.Is(err, numbers.ErrConflict) {
		p.Errorf("End as %q of an entry that is %q: error %v, which is not ErrConflict", after, before, err)
	}
	p.same(fmt.Sprintf("an entry that is %q, after it was refused to become %q,", before, after), is, was)
}

func journalKeepsOrder(p *journalProbe) {
	e := p.begun(p.attempt("job", 1), numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: "Order-1"})
	was := p.find(e.ID)
	if err := p.End(p.Context(), e, numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: "order-2"}); !errors.Is(err, numbers.ErrConflict) {
		p.Errorf("End with another order: error %v, which is not ErrConflict", err)
	}
	p.same("the entry, after an End with another order,", p.find(e.ID), was)
	p.end(e, numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: "ORDER-1"})
}

func journalPlacedNothing(p *journalProbe) {
	e := p.begin(p.attempt("job", 1))
	was := p.find(e.ID)
	if err := p.End(p.Context(), e, numbers.JournalEnd{Status: numbers.EntryPlaced}); !errors.Is(err, numbers.ErrConflict) {
		p.Errorf("End as placed without an order: error %v, which is not ErrConflict", err)
	}
	p.same("the entry, after that,", p.find(e.ID), was)
}

func journalEndAgain(p *journalProbe) {
	for i, end := range []numbers.JournalEnd{
		{Status: numbers.EntryUnknown, Held: journalNumbers(0)}, {Status: numbers.EntryOrphaned}, {Status: numbers.EntryRefused, Reason: "r"},
		{Status: numbers.EntryNotPlaced, Time: journalStart}, {Status: numbers.EntryPlaced, OrderID: "o-1", Held: journalNumbers(4), HeldUntil: journalStart},
	} {
		e := p.begin(p.attempt(string(end.Status), i))
		for range 3 {
			if err := p.End(p.Context(), e, end); err != nil {
				p.Errorf("End as %s, which may be the same again: %v", end.Status, err)
			}
		}
		p.same("the end", p.find(e.ID).End, end)
	}
}

// refusedCredit ends e with an order that must be another's.
func (p *journalProbe) refusedCredit(e numbers.JournalEntry, order string) {
	p.Helper()
	was := p.find(e.ID)
	e.Ended, e.Status = journalStart.Add(time.Minute), 503
	if err := p.End(p.Context(), e, numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: order}); !errors.Is(err, numbers.ErrConflict) {
		p.Errorf("End with the order %q of another entry: error %v, which is not ErrConflict", order, err)
	}
	p.same("the entry, after an End with the order of another,", p.find(e.ID), was)
}

func journalCredit(p *journalProbe) {
	p.begun(p.attempt("one", 1), numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: "Order-1a"})
	two := p.begin(p.attempt("two", 2))
	for _, order := range []string{"Order-1a", "order-1A"} {
		p.refusedCredit(two, order)
	}
	ended := p.begun(p.attempt("three", 3), numbers.JournalEnd{Status: numbers.EntryNotPlaced})
	p.refusedCredit(ended, "ORDER-1A")
	p.end(two, numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: "order-1"})
}

func journalManyCredits(p *journalProbe) {
	var entries []numbers.JournalEntry
	for i := range journalMany {
		entries = append(entries, p.begin(p.attempt(fmt.Sprint("job ", i), i)))
	}
	errs := make(chan error, journalMany)
	start := make(chan struct{})
	for i, e := range entries {
		order := "order-1"
		if i%2 == 1 {
			order = strings.ToUpper(order)
		}
		go func() {
			<-start
			errs <- p.End(p.Context(), e, numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: order})
		}()
	}
	close(start)
	won := 0
	for range journalMany {
		switch err := <-errs; {
		case err == nil:
			won++
		case !errors.Is(err, numbers.ErrConflict):
			p.Errorf("End with an order that others end with, too: error %v, which is not ErrConflict", err)
		}
	}
	placed := slices.DeleteFunc(p.entries(numbers.JournalQuery{}), func(e numbers.JournalEntry) bool { return e.End.Status != numbers.EntryPlaced })
	if won != 1 || len(placed) != 1 {
		p.Errorf("of %d that end with one order at a time, %d were told that they have it, and %d have it", journalMany, won, len(placed))
	}
}

func journalCreditAccount(p *journalProbe) {
	p.begun(p.attempt("one", 1), numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: "order-1"})
	two := p.begin(with(p.attempt("two", 1), func(a *numbers.Attempt) { a.Account = "second" }))
	if err := p.End(p.Context(), two, numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: "order-1"}); err != nil {
		p.Errorf("End with the id that another account's order has: %v", err)
	}
}

func journalNeverBegan(p *journalProbe) {
	first := p.begin(p.attempt("job", 1))
	blocked := p.attempt("job", 2)
	p.blocked(blocked, first)
	for _, a := range []numbers.Attempt{blocked, p.attempt("another job", 3), {}} {
		err := p.End(p.Context(), numbers.JournalEntry{Attempt: a}, numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: "o-1"})
		if !errors.Is(err, numbers.ErrNotFound) {
			p.Errorf("End of %q, which never began: error %v, which is not ErrNotFound", a.ID, err)
		}
	}
	p.recorded(1, "after an End of what never began")
}

func journalStores(p *journalProbe) {
	e := p.begin(p.attempt("job", 1))
	for i, end := range []numbers.JournalEnd{{Status: numbers.EntryUnknown}, {Status: numbers.EntryOrphaned}, {Status: numbers.EntryPlaced, OrderID: "o-1"}} {
		e.Ended, e.Status = journalStart.Add(time.Minute+time.Duration(i)), 500+i
		p.end(e, end)
		if got := p.find(e.ID); !got.Ended.Equal(e.Ended) || got.Status != e.Status {
			p.Errorf("the attempt ended at %v with status %d, and should have at %v with status %d", got.Ended, got.Status, e.Ended, e.Status)
		}
	}
}

func journalStoresOnly(p *journalProbe) {
	a := with(p.attempt("job", 1), func(a *numbers.Attempt) { a.Before = []string{"old"} })
	p.begin(a)
	p.end(numbers.JournalEntry{Attempt: with(p.attempt("another job", 2), func(a *numbers.Attempt) {
		a.ID, a.Account, a.Scope, a.Vendor, a.Before = "attempt-1", "second", "fleet", "another", []string{"new"}
	})}, numbers.JournalEnd{Status: numbers.EntryUnknown})
	got := p.find(a.ID)
	got.Ended, got.Status = a.Ended, a.Status
	p.same("the attempt", got.Attempt, a)
}
