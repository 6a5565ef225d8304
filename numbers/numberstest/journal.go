package numberstest

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/tnkit/tnkit/numbers"
)

// RunJournal holds a journal to the contract of numbers.Journal. open makes an
// empty one; what it starts must end by tb.Cleanup. That a record is durable
// when the call returns, and that two processes can't have one journal where it
// is made for one, is for the journal's own tests.
func RunJournal(t *testing.T, open func(tb testing.TB) numbers.Journal) {
	t.Helper()
	if open == nil {
		t.Fatal("numberstest: RunJournal has no journal to open")
	}
	for _, c := range journalChecks() {
		t.Run(c.name, func(t *testing.T) { runJournal(t, open, c) })
	}
}

func runJournal(tb testing.TB, open func(tb testing.TB) numbers.Journal, c journalCheck) {
	defer func() {
		if v := recover(); v != nil {
			tb.Errorf("panic: %v\n%s", v, debug.Stack())
		}
	}()
	c.run(&journalProbe{TB: tb, Journal: open(tb)})
}

type journalCheck struct {
	name string
	run  func(p *journalProbe)
}

func journalChecks() []journalCheck {
	return []journalCheck{
		{"an intent is kept to the letter", journalKeeps},
		{"a reference begins once", journalOnce},
		{"a reference begins once for many at a time", journalConcurrent},
		{"a reference belongs to an account", journalAccounts},
		{"a reference is free after a refusal", journalFree},
		{"an attempt without a reference always begins", journalNoReference},
		{"an end is kept, and replaced by a later one", journalEnds},
		{"an end can say more of its attempt", journalEndAttempt},
		{"an entry that never began can't end", journalNoEntry},
		{"the latest entry of a reference is found", journalLatest},
		{"entries come once, the oldest first", journalEntries},
		{"a cancelled context begins nothing", journalCancelled},
	}
}

// journalProbe is a check of a journal under way.
type journalProbe struct {
	testing.TB
	numbers.Journal
}

func journalAttempt(account, reference string, list ...numbers.E164) numbers.Attempt {
	return numbers.Attempt{
		Vendor: "a vendor", Account: account, Reference: reference, Numbers: list,
		Started: time.Date(2026, 3, 1, 12, 0, 0, 123456789, time.UTC), Before: []string{"an id", "another\n\"id\""},
	}
}

// begin begins an attempt that must begin.
func (p *journalProbe) begin(a numbers.Attempt) numbers.JournalEntry {
	p.Helper()
	entry, begun, err := p.Begin(p.Context(), a)
	if err != nil || !begun || entry.ID == "" {
		p.Fatalf("Begin %+v: entry %+v, begun %t, error %v", a, entry, begun, err)
	}
	return entry
}

func (p *journalProbe) end(id string, end numbers.JournalEnd) {
	p.Helper()
	if err := p.End(p.Context(), id, end); err != nil {
		p.Fatalf("End %s: %v", id, err)
	}
}

func (p *journalProbe) find(account, reference string) numbers.JournalEntry {
	p.Helper()
	entry, found, err := p.Find(p.Context(), account, reference)
	if err != nil || !found {
		p.Fatalf("Find %q at %q: found %t, error %v", reference, account, found, err)
	}
	return entry
}

// same compares by JSON: entries are plain JSON.
func (p *journalProbe) same(what string, got, want any) {
	p.Helper()
	g, err1 := json.Marshal(got)
	w, err2 := json.Marshal(want)
	if err1 != nil || err2 != nil || string(g) != string(w) {
		p.Errorf("%s is\n%s, not\n%s", what, g, w)
	}
}

func journalKeeps(p *journalProbe) {
	a := journalAttempt("main", "job/1 ü\n", "+12025550100", "+12025550101")
	entry := p.begin(a)
	p.same("the entry", entry, numbers.JournalEntry{ID: entry.ID, Attempt: a})
	p.same("the entry found", p.find("main", a.Reference), entry)
	if !entry.Open() {
		p.Errorf("an entry that has only begun is not open: %+v", entry)
	}
}

func journalOnce(p *journalProbe) {
	entry := p.begin(journalAttempt("main", "job", "+12025550100"))
	for _, status := range []numbers.EntryStatus{"", numbers.EntryUnknown, numbers.EntryPlaced, numbers.EntryOrphaned} {
		if status != "" {
			p.end(entry.ID, numbers.JournalEnd{Status: status})
		}
		again, begun, err := p.Begin(p.Context(), journalAttempt("main", "job", "+12025550199"))
		if err != nil || begun || again.ID != entry.ID || again.End.Status != status {
			p.Errorf("Begin of a reference whose entry is %q: entry %+v, begun %t, error %v", status, again, begun, err)
		}
	}
}

func journalConcurrent(p *journalProbe) {
	const many = 30
	var wg sync.WaitGroup
	begun := make([]bool, many)
	for i := range many {
		wg.Go(func() {
			var err error
			if _, begun[i], err = p.Begin(p.Context(), journalAttempt("main", "job", "+12025550100")); err != nil {
				p.Errorf("Begin: %v", err)
			}
		})
	}
	wg.Wait()
	if n := len(slices.DeleteFunc(begun, func(b bool) bool { return !b })); n != 1 {
		p.Errorf("of %d at a time that begin one reference, %d began", many, n)
	}
}

func journalAccounts(p *journalProbe) {
	one := p.begin(journalAttempt("one", "job", "+12025550100"))
	two := p.begin(journalAttempt("two", "job", "+12025550100"))
	p.end(two.ID, numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: "o"})
	if got := p.find("one", "job"); got.ID != one.ID || !got.Open() {
		p.Errorf("Find of a reference at one account has that of another: %+v", got)
	}
	if _, found, err := p.Find(p.Context(), "three", "job"); found || err != nil {
		p.Errorf("Find at an account that has nothing: found %t, error %v", found, err)
	}
}

func journalFree(p *journalProbe) {
	for _, status := range []numbers.EntryStatus{numbers.EntryRefused, numbers.EntryNotPlaced} {
		a := journalAttempt("main", string(status), "+12025550100")
		first := p.begin(a)
		p.end(first.ID, numbers.JournalEnd{Status: status})
		if second := p.begin(a); second.ID == first.ID {
			p.Errorf("an attempt after one that is %s has its entry", status)
		}
		if _, begun, err := p.Begin(p.Context(), a); begun || err != nil {
			p.Errorf("a third attempt while the second is open: begun %t, error %v", begun, err)
		}
	}
}

func journalNoReference(p *journalProbe) {
	a := journalAttempt("main", "", "+12025550100")
	if one, two := p.begin(a), p.begin(a); one.ID == two.ID {
		p.Errorf("two attempts have one entry, %s", one.ID)
	}
	if _, found, err := p.Find(p.Context(), "main", ""); found || err != nil {
		p.Errorf("Find without a reference: found %t, error %v", found, err)
	}
}

func journalEnds(p *journalProbe) {
	entry := p.begin(journalAttempt("main", "job", "+12025550100"))
	at := time.Date(2026, 3, 1, 12, 0, 5, 6, time.UTC)
	for _, end := range []numbers.JournalEnd{
		{Status: numbers.EntryUnknown, Reason: "lost\nreply", Time: at},
		{Status: numbers.EntryPlaced, OrderID: "o-1", Reason: "resolved", Time: at.Add(time.Minute)},
	} {
		p.end(entry.ID, end)
		p.same("the end", p.find("main", "job").End, end)
	}
	if got := p.find("main", "job"); got.Open() || got.UnderWay {
		p.Errorf("an entry that was placed is open, or under way: %+v", got)
	}
}

func journalEndAttempt(p *journalProbe) {
	entry := p.begin(journalAttempt("main", "job", "+12025550100"))
	more := entry.Attempt
	more.Status, more.Ended = 503, more.Started.Add(time.Second)
	p.end(entry.ID, numbers.JournalEnd{Status: numbers.EntryUnknown, Attempt: &more})
	got := p.find("main", "job")
	p.same("the attempt", got.Attempt, more)
	p.end(entry.ID, numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: "o"})
	p.same("the attempt, after an end that says no more of it", p.find("main", "job").Attempt, more)
}

func journalNoEntry(p *journalProbe) {
	p.begin(journalAttempt("main", "job", "+12025550100"))
	for _, id := range []string{"", "no such entry", "777"} {
		if err := p.End(p.Context(), id, numbers.JournalEnd{Status: numbers.EntryPlaced}); err == nil {
			p.Errorf("End of the entry %q, which never began, is no error", id)
		}
	}
}

func journalLatest(p *journalProbe) {
	a := journalAttempt("main", "job", "+12025550100")
	for range 3 {
		entry := p.begin(a)
		if got := p.find("main", "job"); got.ID != entry.ID {
			p.Errorf("Find has entry %s, and the latest is %s", got.ID, entry.ID)
		}
		p.end(entry.ID, numbers.JournalEnd{Status: numbers.EntryRefused})
	}
}

func journalEntries(p *journalProbe) {
	var want []string
	for i := range 5 {
		entry := p.begin(journalAttempt("main", fmt.Sprint("job-", i), "+12025550100"))
		want = append(want, entry.ID)
		if i%2 == 0 {
			p.end(entry.ID, numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: fmt.Sprint("o-", i)})
		}
	}
	list, errs, _ := drain(p.Entries(p.Context()))
	var got []string
	for i, entry := range list {
		if got = append(got, entry.ID); entry.Open() != (i%2 == 1) {
			p.Errorf("entry %d comes as %+v", i, entry)
		}
	}
	if len(errs) > 0 || !slices.Equal(got, want) {
		p.Errorf("Entries yields %v, not %v; errors %v", got, want, errs)
	}
	for _, err := range p.Entries(p.Context()) {
		_ = err // told above
		break
	}
}

func journalCancelled(p *journalProbe) {
	ctx, cancel := context.WithCancel(p.Context())
	cancel()
	if _, begun, err := p.Begin(ctx, journalAttempt("main", "job", "+12025550100")); begun || err == nil {
		p.Errorf("Begin with a cancelled context: begun %t, error %v", begun, err)
	}
	if list, errs, _ := drain(p.Entries(p.Context())); len(list) > 0 || len(errs) > 0 {
		p.Errorf("Begin with a cancelled context recorded %d entries, errors %v", len(list), errs)
	}
}
