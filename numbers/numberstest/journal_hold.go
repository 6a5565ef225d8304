package numberstest

import (
	"errors"
	"time"

	"github.com/tnkit/tnkit/numbers"
)

func journalHoldChecks() []journalCheck {
	return []journalCheck{
		{"an entry without an end holds its numbers", "An entry holds all its numbers while it has no end.", nil, journalHoldsOpen},
		{"every holder is returned, once", "Begin returns every entry that is in the way, each once.", nil, journalHolders},
		{"a beginning that is not possible claims nothing", "If something is in the way, nothing is recorded: the numbers that nobody holds stay free.", nil, journalClaimsNothing},
		{"a number that an attempt has twice is one claim", "An attempt is not in its own way.", nil, journalTwiceInOne},
		{"a number is held at its account", "An entry holds its numbers at its account.", nil, journalHoldsAtAccount},
		{"held numbers are held until a time", "An unknown or placed entry holds End.Held until End.HeldUntil, by Attempt.Started of who wants them.", nil, journalHeldUntil},
		{"held numbers without a time are held until the next end", "A zero HeldUntil holds the numbers until the next End.", nil, journalHeldForGood},
		{"what is not in Held is free", "An unknown or placed entry holds only End.Held. An unknown one without Held holds nothing.", nil, journalHeldOnly},
		{"a later end holds less", "A later End replaces Held and HeldUntil.", nil, journalHoldShrinks},
		{"an unknown entry does not hold again what it let go", "An unknown End of an unknown entry that holds more than before is ErrConflict and changes nothing: another attempt may hold it now.", nil, journalLetGo},
		{"a possible orphan holds all its numbers", "A possibly orphaned entry holds all its numbers, whatever Held says.", nil, journalHoldsOrphan},
		{"a refusal holds nothing", "A refused or not placed entry holds nothing, whatever Held says.", nil, journalHoldsRefused},
	}
}

// long after every hold that has a time.
const journalLong = 50 * 365 * 24 * time.Hour

// later returns a new attempt for numbers that starts this long after the first.
func (p *journalProbe) later(after time.Duration, list ...int) numbers.Attempt {
	return with(p.attempt("", list...), func(a *numbers.Attempt) { a.Reference, a.Started = a.ID, journalStart.Add(after) })
}

func journalNumbers(list ...int) (all []numbers.E164) {
	for _, i := range list {
		all = append(all, journalNumber(i))
	}
	return all
}

func journalHoldsOpen(p *journalProbe) {
	e := p.begin(p.attempt("job", 1, 2))
	p.blocked(p.attempt("another job", 1), e)
	p.blocked(p.attempt("another job", 2), e)
	p.blocked(p.later(journalLong, 2), e)
	p.begin(p.attempt("another job", 3))
}

func journalHolders(p *journalProbe) {
	without := p.begin(p.attempt("without an end", 1, 2))
	unknown := p.begun(p.attempt("unknown", 3), numbers.JournalEnd{Status: numbers.EntryUnknown, Held: journalNumbers(3)})
	placed := p.begun(p.attempt("placed", 4, 5), numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: "o-1", Held: journalNumbers(4, 5), HeldUntil: journalStart.Add(time.Hour)})
	orphan := p.begun(p.attempt("orphan", 6), numbers.JournalEnd{Status: numbers.EntryOrphaned})
	p.begin(p.attempt("of others", 7))
	p.blocked(p.attempt("job", 20, 5, 1, 6, 2, 3, 4, 21), without, unknown, placed, orphan)
	p.blocked(p.attempt("unknown", 1, 4, 3), without, unknown, placed) // one by its reference and a number
}

func journalClaimsNothing(p *journalProbe) {
	e := p.begin(p.attempt("first", 1))
	p.blocked(p.attempt("job", 3, 1, 2), e)
	p.begin(p.attempt("second", 2))
	p.begin(p.attempt("third", 3))
	p.begin(p.attempt("job", 4))
	p.recorded(4, "after a Begin of which one number was held")
}

func journalTwiceInOne(p *journalProbe) {
	e := p.begin(p.attempt("job", 1, 2, 1))
	p.blocked(p.attempt("another job", 1, 1), e)
}

func journalHoldsAtAccount(p *journalProbe) {
	p.begin(p.attempt("one", 1))
	p.begun(p.attempt("two", 2), numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: "o-1", Held: journalNumbers(2)})
	second := p.begin(with(p.attempt("second", 1, 2), func(a *numbers.Attempt) { a.Account = "second" }))
	p.blocked(with(p.attempt("second again", 2), func(a *numbers.Attempt) { a.Account = "second" }), second)
}

func journalHeldUntil(p *journalProbe) {
	for i, status := range []numbers.EntryStatus{numbers.EntryPlaced, numbers.EntryUnknown} {
		e := p.begun(p.later(0, i, 10+i), numbers.JournalEnd{
			Status: status, OrderID: string(status), Held: journalNumbers(i, 10+i), HeldUntil: journalStart.Add(time.Hour),
		})
		p.blocked(p.later(0, i), e)
		p.blocked(p.later(time.Hour-1, i), e)
		p.begin(p.later(time.Hour, i))
		p.begin(p.later(journalLong, 10+i))
	}
}

func journalHeldForGood(p *journalProbe) {
	for i, end := range []numbers.JournalEnd{
		{Status: numbers.EntryPlaced, OrderID: "o-1", Held: journalNumbers(0)}, {Status: numbers.EntryUnknown, Held: journalNumbers(1)},
	} {
		e := p.begun(p.attempt(string(end.Status), i), end)
		p.blocked(p.later(0, i), e)
		p.blocked(p.later(journalLong, i), e)
	}
}

func journalHeldOnly(p *journalProbe) {
	for i, status := range []numbers.EntryStatus{numbers.EntryPlaced, numbers.EntryUnknown} {
		n := 10 * i
		e := p.begun(p.attempt(string(status)+" in part", n, n+1), numbers.JournalEnd{Status: status, OrderID: "o-1" + string(status), Held: journalNumbers(n), HeldUntil: journalStart.Add(time.Hour)})
		p.begin(p.attempt("the rest of "+string(status), n+1))
		p.blocked(p.attempt("another job", n), e)
		p.begun(p.attempt(string(status), n+2), numbers.JournalEnd{Status: status, OrderID: "o-2" + string(status)})
		p.begin(p.attempt("all of "+string(status), n+2))
	}
}

func journalHoldShrinks(p *journalProbe) {
	until := journalStart.Add(time.Hour)
	e := p.begin(p.attempt("job", 1, 2, 3))
	end := numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: "o-1", Held: journalNumbers(1, 2, 3)}
	p.end(e, end)
	end.Held = journalNumbers(2, 3)
	p.end(e, end) // number 1 has failed
	p.begin(p.attempt("failed", 1))
	p.blocked(p.later(journalLong, 2), e)
	end.HeldUntil = until
	p.end(e, end) // the order has settled
	p.blocked(p.later(time.Minute, 3), e)
	p.begin(p.later(time.Hour, 3))
	end.Held = nil
	p.end(e, end) // number 2 was released
	p.begin(p.later(2*time.Minute, 2))
}

func journalLetGo(p *journalProbe) {
	e := p.begun(p.attempt("job", 1, 2, 3), numbers.JournalEnd{Status: numbers.EntryUnknown, Held: journalNumbers(1, 2)})
	p.end(e, numbers.JournalEnd{Status: numbers.EntryUnknown, Held: journalNumbers(2)})
	was := p.find(e.ID)
	for _, held := range [][]numbers.E164{journalNumbers(1, 2), journalNumbers(1)} {
		if err := p.End(p.Context(), e, numbers.JournalEnd{Status: numbers.EntryUnknown, Held: held}); !errors.Is(err, numbers.ErrConflict) {
			p.Errorf("End that holds what was let go: error %v, which is not ErrConflict", err)
		}
	}
	p.same("the entry, after that,", p.find(e.ID), was)
	p.begin(p.attempt("another job", 1))
	p.end(e, numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: "o-1", Held: journalNumbers(1, 2)}) // presence overrides
}

func journalHoldsOrphan(p *journalProbe) {
	e := p.begun(p.attempt("job", 1, 2), numbers.JournalEnd{Status: numbers.EntryOrphaned, Held: journalNumbers(1), HeldUntil: journalStart})
	p.blocked(p.attempt("another job", 1), e)
	p.blocked(p.later(journalLong, 2), e)
}

func journalHoldsRefused(p *journalProbe) {
	for i, status := range []numbers.EntryStatus{numbers.EntryRefused, numbers.EntryNotPlaced} {
		p.begun(p.attempt(string(status), i), numbers.JournalEnd{Status: status, Held: journalNumbers(i)})
		p.begin(p.attempt("after "+string(status), i))
	}
}
