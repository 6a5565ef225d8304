package numberstest

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
)

func TestRunJournalOnMemory(t *testing.T) {
	RunJournal(t, JournalHarness{
		Open:   func(testing.TB) numbers.Journal { return &account.MemoryJournal{} },
		Second: func(_ testing.TB, j numbers.Journal) (numbers.Journal, error) { return j, nil },
	})
}

// simpleJournal applies the rules to every entry. What is set breaks a promise.
type simpleJournal struct {
	mu      sync.Mutex
	entries []numbers.JournalEntry
	reading atomic.Bool

	inTheWay func(e numbers.JournalEntry, a numbers.Attempt) bool
	accepts  func(e numbers.JournalEntry, end numbers.JournalEnd) bool
	credited func(other, e numbers.JournalEntry, end numbers.JournalEnd) bool
	match    func(q numbers.JournalQuery, e numbers.JournalEntry) bool
	clone    func(e numbers.JournalEntry) numbers.JournalEntry // into and out of the journal
	begin    func(ctx context.Context, a numbers.Attempt) ([]numbers.JournalEntry, error)
	end      func(ctx context.Context, e numbers.JournalEntry, end numbers.JournalEnd) error
	list     func(ctx context.Context, q numbers.JournalQuery) iter.Seq2[numbers.JournalEntry, error]
	// answer is what Begin makes of what it found in the way.
	answer func(a numbers.Attempt, inTheWay []numbers.JournalEntry) []numbers.JournalEntry
	// store is what End makes of the entry that it stores.
	store func(was, e, given numbers.JournalEntry) numbers.JournalEntry
}

func newSimpleJournal() *simpleJournal {
	w := &simpleJournal{
		inTheWay: numbers.JournalEntry.InTheWay,
		accepts:  numbers.JournalEntry.Accepts,
		credited: func(other, e numbers.JournalEntry, end numbers.JournalEnd) bool {
			return other.ID != e.ID && other.Account == e.Account && end.OrderID != "" && strings.EqualFold(other.End.OrderID, end.OrderID)
		},
		match:  numbers.JournalQuery.Match,
		clone:  cloneEntry,
		answer: func(_ numbers.Attempt, inTheWay []numbers.JournalEntry) []numbers.JournalEntry { return inTheWay },
		store:  func(_, e, _ numbers.JournalEntry) numbers.JournalEntry { return e },
	}
	w.begin, w.end, w.list = w.rightBegin, w.rightEnd, w.rightList
	return w
}

func cloneEntry(e numbers.JournalEntry) numbers.JournalEntry {
	e.Numbers, e.Before, e.End.Held = slices.Clone(e.Numbers), slices.Clone(e.Before), slices.Clone(e.End.Held)
	return e
}

func (w *simpleJournal) Begin(ctx context.Context, a numbers.Attempt) ([]numbers.JournalEntry, error) {
	return w.begin(ctx, a)
}

func (w *simpleJournal) End(ctx context.Context, e numbers.JournalEntry, end numbers.JournalEnd) error {
	return w.end(ctx, e, end)
}

func (w *simpleJournal) Entries(ctx context.Context, q numbers.JournalQuery) iter.Seq2[numbers.JournalEntry, error] {
	return w.list(ctx, q)
}

func (w *simpleJournal) rightBegin(ctx context.Context, a numbers.Attempt) (inTheWay []numbers.JournalEntry, err error) {
	if a.ID == "" {
		return nil, numbers.ErrInvalid
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	own := w.find(a.ID)
	for i, e := range w.entries {
		if (own < 0 || own == i) && w.inTheWay(e, a) {
			inTheWay = append(inTheWay, w.clone(e))
		}
	}
	if inTheWay = w.answer(a, inTheWay); ctx.Err() == nil && own < 0 && len(inTheWay) == 0 {
		w.entries = append(w.entries, w.clone(numbers.JournalEntry{Attempt: a}))
	}
	return inTheWay, ctx.Err()
}

func (w *simpleJournal) find(id string) int {
	return slices.IndexFunc(w.entries, func(e numbers.JournalEntry) bool { return e.ID == id })
}

func (w *simpleJournal) rightEnd(_ context.Context, e numbers.JournalEntry, end numbers.JournalEnd) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	i := w.find(e.ID)
	if i < 0 {
		return numbers.ErrNotFound
	}
	next := w.entries[i]
	if slices.ContainsFunc(w.entries, func(other numbers.JournalEntry) bool { return w.credited(other, next, end) }) || !w.accepts(next, end) {
		return numbers.ErrConflict
	}
	next.Ended, next.Status, next.End = e.Ended, e.Status, end
	w.entries[i] = w.clone(w.store(w.entries[i], next, e))
	return nil
}

func (w *simpleJournal) rightList(ctx context.Context, q numbers.JournalQuery) iter.Seq2[numbers.JournalEntry, error] {
	return func(yield func(numbers.JournalEntry, error) bool) {
		for _, e := range w.snapshot(q) {
			if ctx.Err() != nil {
				yield(numbers.JournalEntry{}, ctx.Err())
				return
			}
			if !yield(w.clone(e), nil) {
				return
			}
		}
	}
}

func (w *simpleJournal) snapshot(q numbers.JournalQuery) (list []numbers.JournalEntry) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, e := range w.entries {
		if w.match(q, e) {
			list = append(list, e)
		}
	}
	slices.SortStableFunc(list, func(a, b numbers.JournalEntry) int { return a.Started.Compare(b.Started) })
	return list
}

// wrongJournal breaks one promise.
type wrongJournal struct {
	check string
	name  string // what it does
	spoil func(w *simpleJournal)
	open  func(h *JournalHarness)
}

// TestWrongJournalsAreCaught: each by the check that it is made for, and by no other.
func TestWrongJournalsAreCaught(t *testing.T) {
	wrongs := wrongJournals()
	var names, made []string
	for _, c := range journalChecks() {
		names = append(names, c.name)
		assert.Empty(t, journalFailures(t, wrongJournal{}, c), "a right journal")
	}
	for _, w := range wrongs {
		made = append(made, w.check)
		t.Run(w.check+": "+w.name, func(t *testing.T) {
			var caught []string
			for _, c := range journalChecks() {
				messages := journalFailures(t, w, c)
				if len(messages) > 0 {
					caught = append(caught, c.name)
					t.Logf("%s: %s", c.name, messages[0])
				}
			}
			assert.Equal(t, []string{w.check}, caught)
		})
	}
	slices.Sort(names)
	slices.Sort(made)
	assert.Equal(t, names, slices.Compact(slices.Clone(names)), "names are unique")
	assert.Equal(t, names, slices.Compact(made), "each check has a wrong journal")
}

// journalFailures is what a check says about a wrong journal.
func journalFailures(t *testing.T, w wrongJournal, c journalCheck) []string {
	spoiled := func() *simpleJournal {
		j := newSimpleJournal()
		if w.spoil != nil {
			w.spoil(j)
		}
		return j
	}
	h := JournalHarness{
		Open: func(testing.TB) numbers.Journal { return spoiled() },
		Reopen: func(tb testing.TB, old numbers.Journal) numbers.Journal {
			j := spoiled()
			data, err := json.Marshal(old.(*simpleJournal).entries)
			if err = cmp.Or(err, json.Unmarshal(data, &j.entries)); err != nil {
				tb.Error(err)
			}
			return j
		},
		Second: func(_ testing.TB, j numbers.Journal) (numbers.Journal, error) { return j, nil },
	}
	if w.open != nil {
		w.open(&h)
	}
	return recorded(t, func(r *recorder) { runJournal(r, h, c) })
}

// TestOneOpener: a journal that refuses a second opener is right.
func TestOneOpener(t *testing.T) {
	refuse := func(h *JournalHarness) {
		h.Second = func(testing.TB, numbers.Journal) (numbers.Journal, error) { return nil, errors.New("locked") }
	}
	for _, c := range journalOpenChecks() {
		assert.Empty(t, journalFailures(t, wrongJournal{open: refuse}, c))
	}
}

// TestFailedJournalCheckNamesThePromise: whoever reads the failure sees what was
// promised.
func TestFailedJournalCheckNamesThePromise(t *testing.T) {
	for _, c := range journalChecks() {
		assert.True(t, strings.HasSuffix(c.promise, "."), c.name)
	}
	c := journalCheck{name: "n", promise: "A promise.", run: func(p *journalProbe) { p.Error("broken") }}
	var logged []string
	recorded(t, func(r *recorder) {
		runJournal(loggingTB{r, &logged}, JournalHarness{Open: func(testing.TB) numbers.Journal { return newSimpleJournal() }}, c)
	})
	assert.Equal(t, []string{"what is promised: A promise."}, logged)
}

type loggingTB struct {
	testing.TB
	logged *[]string
}

func (l loggingTB) Logf(format string, args ...any) {
	*l.logged = append(*l.logged, fmt.Sprintf(format, args...))
}

func TestFaultyJournal(t *testing.T) {
	failure := errors.New("no connection")
	fail := map[string]bool{}
	on := func(hook string) error {
		if fail[hook] {
			return failure
		}
		return nil
	}
	var inner account.MemoryJournal
	j := &FaultyJournal{
		Journal:     &inner,
		FailBegin:   func(numbers.Attempt) error { return on("FailBegin") },
		LoseBegin:   func(numbers.Attempt) error { return on("LoseBegin") },
		FailEnd:     func(numbers.JournalEntry, numbers.JournalEnd) error { return on("FailEnd") },
		LoseEnd:     func(numbers.JournalEntry, numbers.JournalEnd) error { return on("LoseEnd") },
		FailEntries: func(numbers.JournalQuery) error { return on("FailEntries") },
	}
	p := &journalProbe{TB: t, Journal: j}
	a := p.attempt("job", 1)
	has := func(n int, status numbers.EntryStatus) {
		t.Helper()
		list := p.entriesOf(&inner, numbers.JournalQuery{})
		require.Len(t, list, n)
		if n > 0 {
			assert.Equal(t, status, list[0].End.Status)
		}
	}
	begin := func() error {
		inTheWay, err := j.Begin(t.Context(), a)
		assert.Empty(t, inTheWay)
		return err
	}
	end := func() error {
		return j.End(t.Context(), numbers.JournalEntry{Attempt: a}, numbers.JournalEnd{Status: numbers.EntryRefused})
	}
	fail["FailBegin"] = true
	require.ErrorIs(t, begin(), failure)
	has(0, "")
	fail["FailBegin"], fail["LoseBegin"] = false, true
	require.ErrorIs(t, begin(), failure)
	has(1, "")
	fail["LoseBegin"] = false
	require.NoError(t, begin())
	fail["FailEnd"] = true
	require.ErrorIs(t, end(), failure)
	has(1, "")
	fail["FailEnd"], fail["LoseEnd"] = false, true
	require.ErrorIs(t, end(), failure)
	has(1, numbers.EntryRefused)
	fail["LoseEnd"], fail["LoseBegin"] = false, true
	require.NoError(t, end())
	require.ErrorIs(t, begin(), failure, "what is in the way is lost, too")
	fail["FailEntries"] = true
	for e, err := range j.Entries(t.Context(), numbers.JournalQuery{}) {
		assert.Empty(t, e)
		require.ErrorIs(t, err, failure)
	}
	delete(fail, "FailEntries")
	assert.Len(t, p.entries(numbers.JournalQuery{}), 1)

	RunJournal(t, JournalHarness{Open: func(testing.TB) numbers.Journal { return &FaultyJournal{Journal: &account.MemoryJournal{}} }})
}
