package journal

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
)

func openAt(t *testing.T, path string) *Journal {
	t.Helper()
	j, err := Open(path)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, j.Close()) })
	return j
}

func all(t *testing.T, j *Journal) (list []numbers.JournalEntry) {
	t.Helper()
	for e, err := range j.Entries(t.Context(), numbers.JournalQuery{}) {
		require.NoError(t, err)
		list = append(list, e)
	}
	return list
}

// busyJournal has entries with some ends each.
func busyJournal(t *testing.T) (j *Journal, path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "j")
	j = openAt(t, path)
	for i := range 4 {
		a := job(fmt.Sprint(i))
		a.Started = start.Add(time.Duration(i) * time.Minute)
		require.NoError(t, begin(t, j, a))
		for _, status := range []numbers.EntryStatus{numbers.EntryUnknown, numbers.EntryOrphaned, numbers.EntryPlaced}[:i] {
			e := numbers.JournalEnd{Status: status, Reason: "because of <\"this\">"}
			if status == numbers.EntryPlaced {
				e.OrderID = "Order " + a.ID
			}
			require.NoError(t, end(t, j, a.ID, e))
		}
	}
	return j, path
}

func TestCompactionLeavesOneRecordOfEach(t *testing.T) {
	j, path := busyJournal(t)
	want := all(t, j)
	require.Equal(t, 6, j.superseded)
	var seen []numbers.JournalEntry
	for e, err := range j.Entries(t.Context(), numbers.JournalQuery{}) { // it reads on in the old file
		require.NoError(t, err)
		if seen = append(seen, e); len(seen) == 1 {
			require.NoError(t, j.rewrite(nil))
		}
	}
	assert.Equal(t, want, seen)
	assert.Equal(t, want, all(t, j))
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, 4, bytes.Count(data, []byte{'\n'}))
	assert.Equal(t, int64(len(data)), j.end)
	require.NoError(t, begin(t, j, job("5")))
	require.NoError(t, end(t, j, "0", numbers.JournalEnd{Status: numbers.EntryRefused}))
	want = all(t, j)
	require.NoError(t, j.Close())
	got := all(t, openAt(t, path))
	for i := range got {
		if got[i].End.Status == "" {
			got[i].Ended = time.Time{} // whoever began it is gone
		}
	}
	assert.Equal(t, want, got)
}

// TestCompactionByItself: the file stays small, whatever happens to an entry.
func TestCompactionByItself(t *testing.T) {
	j, path := busyJournal(t)
	j.compactAt = 20
	for i := range 50 {
		require.NoError(t, end(t, j, "3", numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: "order 3", Reason: fmt.Sprint(i)}))
		assert.LessOrEqual(t, j.superseded, 20)
		j.compactAt = 20
	}
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.LessOrEqual(t, bytes.Count(data, []byte{'\n'}), 24)
	assert.Equal(t, "49", all(t, j)[3].End.Reason)
}

// TestCompactionThatFails: the file stays as it is, and the journal goes on.
func TestCompactionThatFails(t *testing.T) {
	j, path := busyJournal(t)
	want := all(t, j)
	require.NoError(t, os.Mkdir(path+".new", 0o700))
	require.Error(t, j.rewrite(nil))
	j.compactAt = 0
	require.NoError(t, begin(t, j, job("5")))
	assert.Equal(t, 2*j.superseded, j.compactAt, "the next try is later")
	require.NoError(t, os.Remove(path+".new"))
	assert.Equal(t, want, all(t, j)[1:])
	require.NoError(t, j.rewrite(nil))
	assert.Len(t, all(t, j), 5)
}

// TestCompactionCutOff: whatever a crash leaves, the journal opens and has everything: the
// old file with any part of the new one beside it, or the new one.
func TestCompactionCutOff(t *testing.T) {
	j, path := busyJournal(t)
	old, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, j.rewrite(nil))
	require.NoError(t, j.Close())
	compacted, err := os.ReadFile(path)
	require.NoError(t, err)
	want := statuses(t, openedFrom(t, compacted))
	for cut := 0; cut <= len(compacted); cut++ {
		path := filepath.Join(t.TempDir(), "j")
		require.NoError(t, os.WriteFile(path, old, 0o600))
		require.NoError(t, os.WriteFile(path+".new", compacted[:cut], 0o600))
		j := openAt(t, path)
		assert.Equal(t, want, statuses(t, j))
		assert.NoFileExists(t, path+".new")
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		assert.Equal(t, old, data)
		if cut%50 == 0 {
			require.NoError(t, j.rewrite(nil))
			assert.Equal(t, want, statuses(t, j))
		}
	}
}

func openedFrom(t *testing.T, data []byte) *Journal {
	t.Helper()
	j, _, err := reload(data)
	require.NoError(t, err)
	return j
}

// TestNobodyOpensWhatIsBeingCompacted: the lock goes from the old file to the new one
// without a gap.
func TestNobodyOpensWhatIsBeingCompacted(t *testing.T) {
	j, path := busyJournal(t)
	done := make(chan struct{})
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for tries := 0; ; tries++ {
				other, err := Open(path)
				if !assert.ErrorIs(t, err, ErrLocked) && err == nil {
					_ = other.Close()
				}
				select {
				case <-done:
					assert.Greater(t, tries, 5)
					return
				default:
				}
			}
		})
	}
	for range 60 {
		j.mu.Lock()
		assert.NoError(t, j.rewrite(nil))
		j.mu.Unlock()
	}
	close(done)
	wg.Wait()
}

func TestPrune(t *testing.T) {
	j, path := busyJournal(t)
	later := job("held")
	later.Started = start
	require.NoError(t, begin(t, j, later))
	require.NoError(t, end(t, j, "held", numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: "o", Held: later.Numbers, HeldUntil: start.Add(2 * time.Hour)}))

	forgotten, err := j.Prune(t.Context(), start.Add(time.Hour))
	require.NoError(t, err)
	assert.Equal(t, 1, forgotten)
	for range 2 {
		assert.Equal(t, map[string]numbers.EntryStatus{"0": "", "1": numbers.EntryUnknown, "2": numbers.EntryOrphaned, "held": numbers.EntryPlaced}, statuses(t, j))
		err = end(t, j, "1", numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: "ORDER 3"})
		require.ErrorIs(t, err, numbers.ErrConflict, "a credit is not forgotten")
		again := job("again")
		again.Reference = "3"
		inTheWay, err := j.Begin(t.Context(), again)
		require.NoError(t, err)
		assert.Empty(t, inTheWay, "a reference is")
		require.NoError(t, end(t, j, "again", numbers.JournalEnd{Status: numbers.EntryRefused}))
		forgotten, err = j.Prune(t.Context(), start.Add(time.Hour))
		require.NoError(t, err)
		assert.Equal(t, 1, forgotten)
		require.NoError(t, j.Close())
		j = openAt(t, path)
	}
	forgotten, err = j.Prune(t.Context(), start.Add(3*time.Hour))
	require.NoError(t, err)
	assert.Equal(t, 1, forgotten)
	forgotten, err = j.Prune(t.Context(), start.Add(3*time.Hour))
	require.NoError(t, err)
	assert.Zero(t, forgotten)
	require.ErrorIs(t, end(t, j, "1", numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: "o"}), numbers.ErrConflict)
}
