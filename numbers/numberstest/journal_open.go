package numberstest

import (
	"cmp"
	"errors"
	"slices"
	"time"

	"github.com/tnkit/tnkit/numbers"
)

func canReopen(h JournalHarness) bool { return h.Reopen != nil }
func canSecond(h JournalHarness) bool { return h.Second != nil }

func journalOpenChecks() []journalCheck {
	return []journalCheck{
		{"what is recorded is there after it was opened again", "What Begin and End recorded is durable when they return.", canReopen, journalReopened},
		{"a second opener shares the claims or is refused", "Replicas that share an account share its Journal; one that allows a single opener refuses the second.", canSecond, journalSecond},
	}
}

func journalReopened(p *journalProbe) {
	held := []numbers.E164{journalNumber(1)}
	placed := p.begun(p.attempt("placed "+journalText, 1, 2), numbers.JournalEnd{
		Status: numbers.EntryPlaced, OrderID: "Order-1", Held: held, HeldUntil: journalStart.Add(time.Hour + 1), Reason: journalText, Time: journalStart.Add(7),
	})
	unknown := p.begin(p.attempt("unknown", 3))
	unknown.Ended, unknown.Status, unknown.End = journalStart.Add(time.Minute+9), 503, numbers.JournalEnd{Status: numbers.EntryUnknown, Held: unknown.Numbers}
	p.end(unknown, unknown.End)
	refused := p.begun(p.attempt("refused", 4), numbers.JournalEnd{Status: numbers.EntryRefused})
	open := p.begin(with(p.attempt("open", 5, 6), func(a *numbers.Attempt) { a.Scope, a.Before = "fleet", []string{journalText} }))

	p.Journal = p.h.Reopen(p, p.Journal)
	list := p.entries(numbers.JournalQuery{})
	for i := range list { // it may be known that the attempt's owner is gone
		if list[i].ID == open.ID {
			list[i].Ended = time.Time{}
		}
	}
	slices.SortFunc(list, func(a, b numbers.JournalEntry) int { return cmp.Compare(a.ID, b.ID) })
	p.same("what was recorded, opened again,", list, []numbers.JournalEntry{placed, unknown, refused, open})

	p.begin(open.Attempt)
	p.recorded(4, "after the same beginning")
	for _, e := range []numbers.JournalEntry{placed, unknown, open} {
		p.blocked(with(p.attempt(e.Reference), func(a *numbers.Attempt) { a.Scope = e.Scope }), e)
		p.blocked(with(p.attempt("number of "+e.Reference), func(a *numbers.Attempt) { a.Numbers = e.Numbers[:1] }), e)
	}
	if err := p.End(p.Context(), open, numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: "order-1"}); !errors.Is(err, numbers.ErrConflict) {
		p.Errorf("End with the order of another entry, opened again: error %v", err)
	}
	p.end(open, numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: "order-2"})
	p.begin(p.attempt("refused", 4))
	p.Journal = p.h.Reopen(p, p.Journal)
	p.recorded(5, "opened once more")
	if got := p.find(open.ID); got.End.OrderID != "order-2" {
		p.Errorf("the end is lost: %+v", got.End)
	}
}

func journalSecond(p *journalProbe) {
	first := p.begin(p.attempt("job", 1))
	second, err := p.h.Second(p, p.Journal)
	if err != nil { // one opener at a time, and that is still the first
		p.blocked(p.attempt("job", 2), first)
		p.begin(p.attempt("another job", 2))
		return
	}
	other := &journalProbe{TB: p.TB, Journal: second, made: 100}
	other.same("the second opener's entry", other.find(first.ID), first)
	other.begin(first.Attempt)
	other.blocked(other.attempt("job", 2), first)
	other.blocked(other.attempt("another job", 1), first)
	other.end(first, numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: "o-1"})
	p.blocked(first.Attempt, first)
	p.recorded(1, "with two openers")

	var attempts []numbers.Attempt
	for range journalMany {
		attempts = append(attempts, with(p.attempt("", 7), func(a *numbers.Attempt) { a.Reference = a.ID }))
	}
	if began := p.atOnce([]numbers.Journal{p.Journal, second}, attempts); len(began) != 1 {
		p.Errorf("of %d that begin one number at two openers at a time, %d began", journalMany, len(began))
	}
}
