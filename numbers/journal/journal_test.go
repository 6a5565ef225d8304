package journal_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/journal"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

func TestMain(m *testing.M) {
	for variable, run := range map[string]func(path string) error{writerVariable: write, compactorVariable: compact} {
		if path := os.Getenv(variable); path != "" {
			fmt.Fprintln(os.Stderr, run(path))
			os.Exit(1)
		}
	}
	goleak.VerifyTestMain(m)
}

// kept is a journal and its path.
type kept struct {
	*journal.Journal
	path string
}

func TestConformance(t *testing.T) {
	opened := func(tb testing.TB, path string) numbers.Journal {
		j, err := journal.Open(path)
		if err != nil {
			tb.Fatal(err)
		}
		tb.Cleanup(func() { assert.NoError(tb, j.Close()) })
		return kept{j, path}
	}
	numberstest.RunJournal(t, numberstest.JournalHarness{
		Open: func(tb testing.TB) numbers.Journal { return opened(tb, filepath.Join(tb.TempDir(), "j")) },
		Reopen: func(tb testing.TB, j numbers.Journal) numbers.Journal {
			assert.NoError(tb, j.(kept).Close())
			return opened(tb, j.(kept).path)
		},
		Second: func(tb testing.TB, j numbers.Journal) (numbers.Journal, error) {
			second, err := journal.Open(j.(kept).path)
			assert.ErrorIs(tb, err, journal.ErrLocked)
			return second, err
		},
	})
}

var start = time.Date(2026, 3, 1, 12, 0, 0, 123456789, time.UTC)

func attempt(id string, list ...numbers.E164) numbers.Attempt {
	return numbers.Attempt{
		ID: id, Vendor: "memory", Account: "main", Purchase: id, Reference: id, Numbers: list,
		Started: start, SendBy: start.Add(15 * time.Second), Deadline: start.Add(75 * time.Second), Before: []string{"old"},
	}
}

func open(t *testing.T, path string) *journal.Journal {
	t.Helper()
	j, err := journal.Open(path)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, j.Close()) })
	return j
}

func begin(t *testing.T, j *journal.Journal, a numbers.Attempt) numbers.JournalEntry {
	t.Helper()
	inTheWay, err := j.Begin(t.Context(), a)
	require.NoError(t, err)
	require.Empty(t, inTheWay)
	return numbers.JournalEntry{Attempt: a}
}

func entries(t *testing.T, j *journal.Journal) []numbers.JournalEntry {
	t.Helper()
	var list []numbers.JournalEntry
	for e, err := range j.Entries(t.Context(), numbers.JournalQuery{}) {
		require.NoError(t, err)
		list = append(list, e)
	}
	return list
}

// written makes a journal with three entries: placed, unknown, without an end.
func written(t *testing.T) (path string, want []numbers.JournalEntry) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "orders.journal")
	j, err := journal.Open(path)
	require.NoError(t, err)
	for i, id := range []string{"a", "b", "c"} {
		e := begin(t, j, attempt(id, numbers.E164(fmt.Sprintf("+1202555010%d", i))))
		switch e.Ended = start.Add(time.Minute); id {
		case "a":
			require.NoError(t, j.End(t.Context(), e, numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: "o-1", Held: e.Numbers, HeldUntil: start.Add(time.Hour)}))
		case "b":
			e.Status = 503
			require.NoError(t, j.End(t.Context(), e, numbers.JournalEnd{Status: numbers.EntryUnknown, Reason: "lost\nreply"}))
		}
	}
	want = entries(t, j)
	require.NoError(t, j.Close())
	return path, want
}

func TestJournalSurvives(t *testing.T) {
	path, want := written(t)
	opening := time.Now()
	j := open(t, path)
	got := entries(t, j)
	require.Len(t, got, 3)
	assert.WithinRange(t, got[2].Ended, opening.Round(0), time.Now().Round(0), "whoever began it is gone")
	got[2].Ended = time.Time{}
	assert.Equal(t, want, got)
	assert.Zero(t, j.Torn())
	assert.Equal(t, "o-1", got[0].End.OrderID)
	assert.Equal(t, 503, got[1].Status)
	assert.Equal(t, start.Add(time.Minute), got[1].Ended)

	info, err := os.Stat(path)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
}

// TestOpenEndsWhatHasNoEnd: the previous opener is gone. The file stays as it was.
func TestOpenEndsWhatHasNoEnd(t *testing.T) {
	path, _ := written(t)
	before, err := os.ReadFile(path)
	require.NoError(t, err)
	var last time.Time
	for range 3 {
		j := open(t, path)
		list := entries(t, j)
		require.Len(t, list, 3)
		assert.Equal(t, start.Add(time.Minute), list[1].Ended, "its end was recorded")
		assert.True(t, list[2].Ended.After(last))
		assert.True(t, list[2].Open())
		assert.Empty(t, list[2].End)
		last = list[2].Ended
		inTheWay, err := j.Begin(t.Context(), attempt("d", list[2].Numbers...))
		require.NoError(t, err)
		assert.Equal(t, list[2:], inTheWay, "it holds its numbers still")
		require.NoError(t, j.Close())
		after, err := os.ReadFile(path)
		require.NoError(t, err)
		assert.Equal(t, before, after)
		time.Sleep(time.Millisecond)
	}
}

// TestTornRecordIsTakenOffTheFile: what comes next is written in its place.
func TestTornRecordIsTakenOffTheFile(t *testing.T) {
	path, want := written(t)
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, data[:len(data)-7], 0o600))
	j := open(t, path)
	assert.Positive(t, j.Torn())
	assert.Equal(t, want[:2], entries(t, j))
	begin(t, j, want[2].Attempt)
	require.NoError(t, j.Close())
	after, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, data, after)
}

func TestCorruptFileIsLeftAsItIs(t *testing.T) {
	path, _ := written(t)
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	data[20] ^= 1
	require.NoError(t, os.WriteFile(path, data, 0o600))
	_, err = journal.Open(path)
	require.ErrorIs(t, err, journal.ErrCorrupt)
	after, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, data, after)
	_, err = journal.Open(path)
	require.ErrorIs(t, err, journal.ErrCorrupt, "and nobody has it locked")
}

func TestOneJournalOneOwner(t *testing.T) {
	path, _ := written(t)
	j := open(t, path)
	_, err := journal.Open(path)
	require.ErrorIs(t, err, journal.ErrLocked)
	require.NoError(t, j.Close())
	again, err := journal.Open(path)
	require.NoError(t, err)
	require.NoError(t, again.Close())
}

func TestPathThatCannotBeWritten(t *testing.T) {
	_, err := journal.Open(filepath.Join(t.TempDir(), "no such directory", "x"))
	require.ErrorIs(t, err, os.ErrNotExist)
	_, err = journal.Open(t.TempDir())
	require.Error(t, err)
	_, err = journal.Open(os.DevNull)
	require.ErrorContains(t, err, "not a regular file", "it would keep nothing")
}

func TestManyWriters(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j")
	j := open(t, path)
	var wg sync.WaitGroup
	for w := range 20 {
		wg.Go(func() {
			for i := range 20 {
				a := attempt(fmt.Sprint(w, "-", i), numbers.E164(fmt.Sprintf("+120255501%02d", w)))
				inTheWay, err := j.Begin(context.Background(), a)
				assert.NoError(t, err)
				assert.Empty(t, inTheWay)
				assert.NoError(t, j.End(context.Background(), numbers.JournalEntry{Attempt: a}, numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: a.ID}))
			}
		})
	}
	wg.Wait()
	want := entries(t, j)
	require.NoError(t, j.Close())
	assert.Equal(t, want, entries(t, open(t, path)))
	assert.Len(t, want, 400)
}

// TestClosed: another process may have the journal by then.
func TestClosed(t *testing.T) {
	path, want := written(t)
	j := open(t, path)
	require.NoError(t, j.Close())
	for _, a := range []numbers.Attempt{attempt("new"), want[2].Attempt, attempt("held", want[2].Numbers...)} {
		inTheWay, err := j.Begin(t.Context(), a)
		assert.Empty(t, inTheWay)
		require.ErrorIs(t, err, journal.ErrClosed)
	}
	require.ErrorIs(t, j.End(t.Context(), want[2], numbers.JournalEnd{Status: numbers.EntryRefused}), journal.ErrClosed)
	var errs []error
	for e, err := range j.Entries(t.Context(), numbers.JournalQuery{}) {
		assert.Empty(t, e)
		errs = append(errs, err)
	}
	require.Len(t, errs, 1)
	require.ErrorIs(t, errs[0], journal.ErrClosed)
	require.NoError(t, j.Close())
}

// TestEndAfterTheCallerHasGivenUp: what became of an order is recorded all the same.
func TestEndAfterTheCallerHasGivenUp(t *testing.T) {
	j := open(t, filepath.Join(t.TempDir(), "j"))
	e := begin(t, j, attempt("a", "+12025550100"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.NoError(t, j.End(ctx, e, numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: "o"}))
	assert.Equal(t, "o", entries(t, j)[0].End.OrderID)
}
