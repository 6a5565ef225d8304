package numberstest

import (
	"encoding/json"
	"fmt"
	"runtime/debug"
	"slices"
	"testing"
	"time"

	"github.com/tnkit/tnkit/numbers"
)

// JournalHarness opens journals for RunJournal.
type JournalHarness struct {
	// Open returns an empty journal. Use tb.Cleanup to end everything that it starts.
	Open func(tb testing.TB) numbers.Journal
	// Reopen closes j and opens its records again, as the next process does. nil =
	// the journal ends with its process.
	Reopen func(tb testing.TB, j numbers.Journal) numbers.Journal
	// Second opens the records of j again while j is open, as another process does. A
	// journal that allows only one opener returns an error. nil = a second opener is not
	// possible.
	Second func(tb testing.TB, j numbers.Journal) (numbers.Journal, error)
}

// RunJournal checks a journal against the contract of numbers.Journal. It can't check
// that a record is on the disk when a call returns: the journal's own tests must
// check this.
//
// An attempt without numbers claims only its reference. A journal that allows only
// one opener may set Attempt.Ended of entries without an end when it is opened.
func RunJournal(t *testing.T, h JournalHarness) {
	t.Helper()
	if h.Open == nil {
		t.Fatal("numberstest: JournalHarness.Open is nil")
	}
	for _, c := range journalChecks() {
		if c.possible == nil || c.possible(h) {
			t.Run(c.name, func(t *testing.T) { runJournal(t, h, c) })
		}
	}
}

func runJournal(tb testing.TB, h JournalHarness, c journalCheck) {
	defer func() {
		if v := recover(); v != nil {
			tb.Errorf("panic: %v\n%s", v, debug.Stack())
		}
		if tb.Failed() {
			tb.Logf("what is promised: %s", c.promise)
		}
	}()
	c.run(&journalProbe{TB: tb, Journal: h.Open(tb), h: h})
}

// journalCheck checks one promise of numbers.Journal.
type journalCheck struct {
	name     string
	promise  string
	possible func(JournalHarness) bool // nil = always
	run      func(p *journalProbe)
}

func journalChecks() []journalCheck {
	return slices.Concat(journalBeginChecks(), journalHoldChecks(), journalEndChecks(), journalEntriesChecks(), journalOpenChecks())
}

// journalProbe is a check of a journal under way.
type journalProbe struct {
	testing.TB
	numbers.Journal
	h    JournalHarness
	made int
}

// journalStart is when the first attempt of a check starts.
var journalStart = time.Date(2026, 3, 1, 12, 0, 0, 123456789, time.UTC)

// journalNumber is the i-th number of the checks.
func journalNumber(i int) numbers.E164 { return numbers.E164(fmt.Sprintf("+1202555%04d", i)) }

// attempt makes a new attempt for the i-th numbers, a second after the latest.
func (p *journalProbe) attempt(reference string, list ...int) numbers.Attempt {
	p.made++
	a := numbers.Attempt{
		ID: fmt.Sprint("attempt-", p.made), Vendor: "a vendor", Account: "main", Purchase: reference, Reference: reference,
		Started: journalStart.Add(time.Duration(p.made) * time.Second),
	}
	a.SendBy, a.Deadline = a.Started.Add(15*time.Second), a.Started.Add(75*time.Second)
	for _, i := range list {
		a.Numbers = append(a.Numbers, journalNumber(i))
	}
	return a
}

// with returns a changed copy of an attempt.
func with(a numbers.Attempt, change func(a *numbers.Attempt)) numbers.Attempt {
	change(&a)
	return a
}

// begin begins an attempt that must begin.
func (p *journalProbe) begin(a numbers.Attempt) numbers.JournalEntry {
	p.Helper()
	inTheWay, err := p.Begin(p.Context(), a)
	if err != nil || len(inTheWay) > 0 {
		p.Fatalf("Begin of %s, which nothing forbids: error %v, in the way:%s", describeAttempt(a), err, describeEntries(inTheWay))
	}
	return numbers.JournalEntry{Attempt: a}
}

// begun begins an attempt and gives it an end.
func (p *journalProbe) begun(a numbers.Attempt, end numbers.JournalEnd) numbers.JournalEntry {
	p.Helper()
	e := p.begin(a)
	p.end(e, end)
	e.End = end
	return e
}

// blocked begins an attempt that exactly these entries must forbid.
func (p *journalProbe) blocked(a numbers.Attempt, by ...numbers.JournalEntry) {
	p.Helper()
	inTheWay, err := p.Begin(p.Context(), a)
	if got, want := entryIDs(inTheWay), entryIDs(by); err != nil || !slices.Equal(got, want) {
		p.Errorf("Begin of %s: error %v, in the way are %v, and should be %v:%s", describeAttempt(a), err, got, want, describeEntries(by))
	}
}

func (p *journalProbe) end(e numbers.JournalEntry, end numbers.JournalEnd) {
	p.Helper()
	if err := p.End(p.Context(), e, end); err != nil {
		p.Fatalf("End of %s as %+v: %v", describeAttempt(e.Attempt), end, err)
	}
}

// entries returns what matches a query.
func (p *journalProbe) entries(q numbers.JournalQuery) []numbers.JournalEntry {
	p.Helper()
	return p.entriesOf(p.Journal, q)
}

func (p *journalProbe) entriesOf(j numbers.Journal, q numbers.JournalQuery) (list []numbers.JournalEntry) {
	p.Helper()
	for e, err := range j.Entries(p.Context(), q) {
		if err != nil {
			p.Fatalf("Entries of %+v: %v", q, err)
		}
		list = append(list, e)
	}
	return list
}

// find returns the entry with this id.
func (p *journalProbe) find(id string) numbers.JournalEntry {
	p.Helper()
	list := p.entries(numbers.JournalQuery{})
	i := slices.IndexFunc(list, func(e numbers.JournalEntry) bool { return e.ID == id })
	if i < 0 {
		p.Fatalf("Entries yields %v, without %s, which has begun", entryIDs(list), id)
	}
	return list[i]
}

// recorded fails unless the journal has exactly n entries.
func (p *journalProbe) recorded(n int, when string) {
	p.Helper()
	if list := p.entries(numbers.JournalQuery{}); len(list) != n {
		p.Errorf("%s, the journal has %d entries, and should have %d:%s", when, len(list), n, describeEntries(list))
	}
}

// same compares by JSON: entries are plain JSON.
func (p *journalProbe) same(what string, got, want any) {
	p.Helper()
	g, err1 := json.Marshal(got)
	w, err2 := json.Marshal(want)
	if err1 != nil || err2 != nil || string(g) != string(w) {
		p.Errorf("%s is\n%s, and should be\n%s", what, g, w)
	}
}

// entryIDs returns the sorted ids: the order of what is in the way is open.
func entryIDs(list []numbers.JournalEntry) []string {
	ids := make([]string, 0, len(list))
	for _, e := range list {
		ids = append(ids, e.ID)
	}
	slices.Sort(ids)
	return ids
}

func describeAttempt(a numbers.Attempt) string {
	return fmt.Sprintf("%s (account %q, scope %q, reference %q, numbers %v, started %s)", a.ID, a.Account, a.Scope, a.Reference, a.Numbers, a.Started.Format(time.RFC3339Nano))
}

func describeEntries(list []numbers.JournalEntry) (text string) {
	for _, e := range list {
		text += fmt.Sprintf("\n  %s, end %+v", describeAttempt(e.Attempt), e.End)
	}
	return text
}
