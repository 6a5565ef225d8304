package numberstest

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/tnkit/tnkit/numbers"
)

func journalBeginChecks() []journalCheck {
	return []journalCheck{
		{"a beginning is kept to the letter", "An entry has the attempt that began, with all its fields.", nil, journalKeeps},
		{"what is in the way is returned as it is", "Begin returns every entry that is in the way. Nothing is recorded then.", nil, journalReturns},
		{"a reference begins once", "An entry with the attempt's reference in the same scope is in the way, unless its end is refused or not placed.", nil, journalReference},
		{"a reference is free after a refusal", "A refused or not placed entry frees its reference.", nil, journalReferenceFree},
		{"a reference belongs to its scope", "A reference is unique in Attempt.ReferenceScope: the scope, or else the account.", nil, journalScope},
		{"an attempt without a reference claims its numbers", "Without a reference, an attempt conflicts only by its numbers.", nil, journalNoReference},
		{"an attempt without numbers claims its reference", "Attempt.Numbers may be empty.", nil, journalNoNumbers},
		{"an attempt has an id", "Begin refuses an attempt without an id with ErrInvalid, and records nothing.", nil, journalNoID},
		{"the same id is the same beginning", "Begin with an id that the journal has returns nothing and records nothing.", nil, journalAgain},
		{"the same id is in the way once it has an end", "Begin with the id of an entry that has an end returns that entry.", nil, journalAgainEnded},
		{"a reference begins once for many at a time", "Begin is one atomic step over the reference.", nil, journalManyReferences},
		{"a number begins once for many at a time", "Begin is one atomic step over the numbers.", nil, journalManyNumbers},
		{"one id begins for many at a time", "Begin with the same id is the same beginning, also at the same time.", nil, journalManyIDs},
		{"a canceled context begins nothing", "Begin with a context that has ended returns its error and records nothing.", nil, journalBeginCanceled},
		{"what goes in and out is a copy", "The journal shares no slice with its caller.", nil, journalCopies},
	}
}

// journalText has what a store may fail to keep.
const journalText = "ü/日本 \"quoted\" \\ <&>\nline\u2028two"

func journalKeeps(p *journalProbe) {
	a := with(p.attempt(journalText, 1, 2), func(a *numbers.Attempt) {
		a.ID, a.Vendor, a.Account, a.Scope, a.Purchase = "id "+journalText, "v "+journalText, "a "+journalText, "s "+journalText, "p "+journalText
		a.SendBy, a.Deadline = a.Started.Add(15*time.Second+1), a.Started.Add(75*time.Second+10)
		a.Status, a.Before = 503, []string{"an id", journalText}
	})
	p.same("the entry", p.find(p.begin(a).ID), numbers.JournalEntry{Attempt: a})
	other := p.attempt("plain", 3)
	p.same("the entry", p.find(p.begin(other).ID), numbers.JournalEntry{Attempt: other})
}

func journalReturns(p *journalProbe) {
	first := p.begin(with(p.attempt("first", 1), func(a *numbers.Attempt) { a.Purchase, a.Before = "a purchase", []string{"old"} }))
	second := p.attempt("second", 1)
	inTheWay, err := p.Begin(p.Context(), second)
	if err != nil {
		p.Errorf("Begin of a number that is held: %v", err)
	}
	p.same("what is in the way", inTheWay, []numbers.JournalEntry{first})
	p.recorded(1, "after a Begin that was not possible")

	// What was not recorded is no beginning: its id begins when the way is free.
	p.end(first, numbers.JournalEnd{Status: numbers.EntryRefused})
	p.begin(second)
	p.same("the entry", p.find(second.ID), numbers.JournalEntry{Attempt: second})
}

func journalReference(p *journalProbe) {
	e := p.begin(p.attempt("job", 1))
	for i, end := range []numbers.JournalEnd{
		{}, {Status: numbers.EntryUnknown}, {Status: numbers.EntryOrphaned}, {Status: numbers.EntryPlaced, OrderID: "o-1"},
	} {
		if end.Status != "" {
			p.end(e, end)
		}
		p.blocked(p.attempt("job", 10+i), e)
	}
}

func journalReferenceFree(p *journalProbe) {
	for i, status := range []numbers.EntryStatus{numbers.EntryRefused, numbers.EntryNotPlaced} {
		reference := string(status)
		p.begun(p.attempt(reference, 10*i+1), numbers.JournalEnd{Status: status})
		second := p.begin(p.attempt(reference, 10*i+2))
		p.blocked(p.attempt(reference, 10*i+3), second)
	}
}

func journalScope(p *journalProbe) {
	at := func(account, scope string, i int) numbers.Attempt {
		return with(p.attempt("job", i), func(a *numbers.Attempt) { a.Account, a.Scope = account, scope })
	}
	fleet := p.begin(at("one", "fleet", 1))
	p.blocked(at("two", "fleet", 2), fleet)
	one := p.begin(at("one", "", 3))
	p.begin(at("two", "", 4))
	p.begin(at("one", "other fleet", 5))
	p.blocked(at("three", "one", 6), one) // without a scope, the scope is the account
}

func journalNoReference(p *journalProbe) {
	one := p.begin(p.attempt("", 1))
	p.begin(p.attempt("", 2))
	p.blocked(p.attempt("", 1), one)
}

func journalNoNumbers(p *journalProbe) {
	one := p.begin(p.attempt("job"))
	p.blocked(p.attempt("job"), one)
	p.begin(p.attempt("another job"))
	p.begin(p.attempt(""))
}

func journalNoID(p *journalProbe) {
	a := with(p.attempt("job", 1), func(a *numbers.Attempt) { a.ID = "" })
	if inTheWay, err := p.Begin(p.Context(), a); len(inTheWay) > 0 || !errors.Is(err, numbers.ErrInvalid) {
		p.Errorf("Begin without an id: error %v, in the way:%s", err, describeEntries(inTheWay))
	}
	p.recorded(0, "after a Begin without an id")
}

func journalAgain(p *journalProbe) {
	a := p.attempt("job", 1)
	p.begin(a)
	for range 2 {
		p.begin(a)
		p.begin(with(a, func(a *numbers.Attempt) { a.Started = a.Started.Add(time.Minute) }))
	}
	p.same("the entries", p.entries(numbers.JournalQuery{}), []numbers.JournalEntry{{Attempt: a}})
}

func journalAgainEnded(p *journalProbe) {
	for i, end := range []numbers.JournalEnd{
		{Status: numbers.EntryRefused, Reason: "r"}, {Status: numbers.EntryNotPlaced}, {Status: numbers.EntryUnknown}, {Status: numbers.EntryPlaced, OrderID: "o-1"},
	} {
		a := p.attempt(string(end.Status), i)
		e := p.begun(a, end)
		inTheWay, err := p.Begin(p.Context(), a)
		if err != nil {
			p.Errorf("Begin of an id whose entry is %s: %v", end.Status, err)
		}
		p.same("what is in the way of a beginning whose own entry has an end", inTheWay, []numbers.JournalEntry{e})
	}
}

// atOnce begins many attempts at a time. It returns which began, and fails unless
// the others got one of these.
func (p *journalProbe) atOnce(journals []numbers.Journal, attempts []numbers.Attempt) (began []string) {
	p.Helper()
	var mu sync.Mutex
	var wg sync.WaitGroup
	start := make(chan struct{})
	lost := make(map[string]bool)
	for i, a := range attempts {
		wg.Go(func() {
			<-start
			inTheWay, err := journals[i%len(journals)].Begin(p.Context(), a)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				p.Errorf("Begin: %v", err)
			}
			if err == nil && len(inTheWay) == 0 {
				began = append(began, a.ID)
			}
			for _, e := range inTheWay {
				lost[e.ID] = true
			}
		})
	}
	close(start)
	wg.Wait()
	for id := range lost {
		if !slices.Contains(began, id) {
			p.Errorf("%s is in the way, and has not begun", id)
		}
	}
	return began
}

const journalMany = 30

func journalManyReferences(p *journalProbe) {
	var attempts []numbers.Attempt
	for i := range journalMany {
		attempts = append(attempts, p.attempt("job", i))
	}
	if began := p.atOnce([]numbers.Journal{p.Journal}, attempts); len(began) != 1 {
		p.Errorf("of %d that begin one reference at a time, %d began", journalMany, len(began))
	}
	p.recorded(1, "after that")
}

func journalManyNumbers(p *journalProbe) {
	var attempts []numbers.Attempt
	for i := range journalMany { // all want number 0, in two orders
		list := []int{0, 100 + i}
		if i%2 == 1 {
			list = []int{100 + i, 0}
		}
		attempts = append(attempts, with(p.attempt("", list...), func(a *numbers.Attempt) { a.Reference = a.ID }))
	}
	if began := p.atOnce([]numbers.Journal{p.Journal}, attempts); len(began) != 1 {
		p.Errorf("of %d that begin one number at a time, %d began", journalMany, len(began))
	}
	p.recorded(1, "after that")
}

func journalManyIDs(p *journalProbe) {
	attempts := slices.Repeat([]numbers.Attempt{p.attempt("job", 1)}, journalMany)
	if began := p.atOnce([]numbers.Journal{p.Journal}, attempts); len(began) != journalMany {
		p.Errorf("of %d Begins of one id at a time, %d began", journalMany, len(began))
	}
	p.recorded(1, "after that")
}

func journalBeginCanceled(p *journalProbe) {
	ctx, cancel := context.WithCancel(p.Context())
	cancel()
	a := p.attempt("job", 1)
	if inTheWay, err := p.Begin(ctx, a); len(inTheWay) > 0 || !errors.Is(err, context.Canceled) {
		p.Errorf("Begin with a canceled context: error %v, in the way:%s", err, describeEntries(inTheWay))
	}
	p.recorded(0, "after a Begin with a canceled context")
	p.begin(p.attempt("job", 1))
}

func journalCopies(p *journalProbe) {
	a := with(p.attempt("job", 1, 2), func(a *numbers.Attempt) { a.Before = []string{"old"} })
	end := numbers.JournalEnd{Status: numbers.EntryUnknown, Held: []numbers.E164{journalNumber(1), journalNumber(2)}}
	want := numbers.JournalEntry{Attempt: a, End: end}
	want.Numbers, want.Before, want.End.Held = slices.Clone(a.Numbers), slices.Clone(a.Before), slices.Clone(end.Held)
	spoil := func(e numbers.JournalEntry) {
		for _, list := range [][]numbers.E164{e.Numbers, e.End.Held} {
			for i := range list {
				list[i] = "+1999"
			}
		}
		for i := range e.Before {
			e.Before[i] = "changed"
		}
	}
	p.begun(a, end)
	spoil(numbers.JournalEntry{Attempt: a, End: end})
	p.same("the entry, after its caller changed what he gave", p.find(a.ID), want)
	inTheWay, err := p.Begin(p.Context(), p.attempt("job", 3))
	if err != nil || len(inTheWay) != 1 {
		p.Fatalf("Begin of a reference that is taken: error %v, in the way:%s", err, describeEntries(inTheWay))
	}
	spoil(inTheWay[0])
	p.same("the entry, after a caller changed what was in his way", p.find(a.ID), want)
	spoil(p.find(a.ID))
	p.same("the entry, after a caller changed what he read", p.find(a.ID), want)
}
