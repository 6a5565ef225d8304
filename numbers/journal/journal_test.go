package journal_test

import (
	"bytes"
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
)

func TestMain(m *testing.M) {
	if path := os.Getenv(writerVariable); path != "" {
		fmt.Fprintln(os.Stderr, write(path))
		os.Exit(1)
	}
	goleak.VerifyTestMain(m)
}

func attempt(account, reference string, list ...numbers.E164) numbers.Attempt {
	return numbers.Attempt{
		Vendor: "memory", Account: account, Reference: reference, Numbers: list,
		Started: time.Date(2026, 3, 1, 12, 0, 0, 123456789, time.UTC), Before: []string{"old"},
	}
}

func open(t *testing.T, path string) *journal.Journal {
	t.Helper()
	j, err := journal.Open(path)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, j.Close()) })
	return j
}

func entries(t *testing.T, j *journal.Journal) []numbers.JournalEntry {
	t.Helper()
	var list []numbers.JournalEntry
	for e, err := range j.Entries(t.Context()) {
		require.NoError(t, err)
		list = append(list, e)
	}
	return list
}

// written makes a journal with three entries: placed, unknown, under way.
func written(t *testing.T) (path string, want []numbers.JournalEntry) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "orders.journal")
	j, err := journal.Open(path)
	require.NoError(t, err)
	for i, ref := range []string{"a", "b", "c"} {
		e, begun, err := j.Begin(t.Context(), attempt("main", ref, numbers.E164(fmt.Sprintf("+1202555010%d", i))))
		require.NoError(t, err)
		require.True(t, begun)
		switch ref {
		case "a":
			require.NoError(t, j.End(t.Context(), e.ID, numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: "o-1"}))
		case "b":
			more := e.Attempt
			more.Status = 503
			require.NoError(t, j.End(t.Context(), e.ID, numbers.JournalEnd{Status: numbers.EntryUnknown, Reason: "lost\nreply", Attempt: &more}))
		}
	}
	want = entries(t, j)
	require.NoError(t, j.Close())
	return path, want
}

// kept is an entry as the file has it.
func kept(e numbers.JournalEntry) numbers.JournalEntry {
	if e.UnderWay = false; e.Open() {
		e.Attempt.Ended = time.Time{}
	}
	return e
}

func TestJournalSurvives(t *testing.T) {
	path, want := written(t)
	j := open(t, path)
	got := entries(t, j)
	require.Len(t, got, len(want))
	for i := range want {
		assert.Equal(t, kept(want[i]), kept(got[i]))
	}
	assert.Zero(t, j.Torn())
	assert.Equal(t, "o-1", got[0].End.OrderID)
	assert.Equal(t, 503, got[1].Attempt.Status)
	assert.Equal(t, []bool{false, true, true}, []bool{got[0].Open(), got[1].Open(), got[2].Open()})

	info, err := os.Stat(path)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
}

func TestTornRecordIsDropped(t *testing.T) {
	path, _ := written(t)
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	last := bytes.LastIndexByte(data[:len(data)-1], '\n') + 1
	for cut := last; cut < len(data); cut++ {
		for _, tail := range [][]byte{nil, make([]byte, 4096)} { // cut off, or zeros that the disk never got
			require.NoError(t, os.WriteFile(path, append(bytes.Clone(data[:cut]), tail...), 0o600))
			j, err := journal.Open(path)
			require.NoError(t, err, "cut at %d", cut-last)
			assert.Equal(t, int64(cut-last+len(tail)), j.Torn())
			assert.Len(t, entries(t, j), 2)
			e, begun, err := j.Begin(t.Context(), attempt("main", "d", "+12025550199"))
			require.NoError(t, err)
			assert.True(t, begun)
			require.NoError(t, j.Close())
			j, err = journal.Open(path)
			require.NoError(t, err)
			all := entries(t, j)
			require.Len(t, all, 3)
			assert.Equal(t, kept(e), kept(all[2]))
			require.NoError(t, j.Close())
		}
	}
}

func TestCorruptionIsReported(t *testing.T) {
	path, _ := written(t)
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	for k := range 2 * len(data) {
		i := k / 2
		bad := bytes.Clone(data)
		bad[i] ^= []byte{0x15, 0x20}[k%2] // the latter makes capitals of letters
		require.NoError(t, os.WriteFile(path, bad, 0o600))
		j, err := journal.Open(path)
		if err == nil { // only what looks cut off may be dropped, and that is the last record alone
			assert.Positive(t, j.Torn(), "byte %d", i)
			assert.GreaterOrEqual(t, len(entries(t, j)), 2, "byte %d", i)
			require.NoError(t, j.Close())
			continue
		}
		assert.ErrorIs(t, err, journal.ErrCorrupt, "byte %d", i)
	}
	after, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Len(t, after, len(data), "a corrupt journal is left as it is")
}

// TestCorruptLengthIsReported: one that reaches past the end of the file looks
// like a record that was cut off, and would take all the others with it.
func TestCorruptLengthIsReported(t *testing.T) {
	path, _ := written(t)
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	for start := 0; start < len(data); start += bytes.IndexByte(data[start:], '\n') + 1 {
		for i := start; data[i] != ' '; i++ {
			for digit := byte('0'); digit <= '9'; digit++ {
				longer := bytes.Join([][]byte{data[:i], {digit}, data[i:]}, nil)
				other := bytes.Clone(data)
				other[i] = digit
				for _, bad := range [][]byte{longer, other} {
					if bytes.Equal(bad, data) || bad[start] == '0' {
						continue
					}
					require.NoError(t, os.WriteFile(path, bad, 0o600))
					_, err := journal.Open(path)
					require.ErrorIs(t, err, journal.ErrCorrupt, "byte %d is %c", i, digit)
				}
			}
		}
	}
}

// TestCorruptionBeforeZeros: zeros at the end of the file excuse the record that
// they cut off, and none before it.
func TestCorruptionBeforeZeros(t *testing.T) {
	path, _ := written(t)
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	last := bytes.LastIndexByte(data[:len(data)-1], '\n') + 1
	for _, cut := range []int{last, last + 1, (last + len(data)) / 2, len(data) - 1} {
		for i := range last {
			bad := append(bytes.Clone(data[:cut]), make([]byte, 512)...)
			bad[i] ^= 0x15
			require.NoError(t, os.WriteFile(path, bad, 0o600))
			_, err := journal.Open(path)
			require.ErrorIs(t, err, journal.ErrCorrupt, "byte %d, cut at %d", i, cut-last)
		}
	}
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
	require.ErrorContains(t, err, "no regular file", "it would keep nothing")
}

func TestReferenceIsTakenOnce(t *testing.T) {
	j := open(t, filepath.Join(t.TempDir(), "j"))
	const goroutines = 50
	var wg sync.WaitGroup
	var mu sync.Mutex
	begun := 0
	for range goroutines {
		wg.Go(func() {
			e, first, err := j.Begin(context.Background(), attempt("main", "job", "+12025550100"))
			assert.NoError(t, err)
			assert.Equal(t, "1", e.ID)
			mu.Lock()
			defer mu.Unlock()
			if first {
				begun++
			}
		})
	}
	wg.Wait()
	assert.Equal(t, 1, begun)

	_, first, err := j.Begin(t.Context(), attempt("other account", "job", "+12025550100"))
	require.NoError(t, err)
	assert.True(t, first, "a reference belongs to an account")
}

func TestReferenceAfterRefusal(t *testing.T) {
	for _, status := range []numbers.EntryStatus{
		"", numbers.EntryPlaced, numbers.EntryUnknown, numbers.EntryOrphaned, numbers.EntryRefused, numbers.EntryNotPlaced,
	} {
		t.Run(string(status), func(t *testing.T) {
			j := open(t, filepath.Join(t.TempDir(), "j"))
			e, _, err := j.Begin(t.Context(), attempt("main", "job", "+12025550100"))
			require.NoError(t, err)
			if status != "" {
				require.NoError(t, j.End(t.Context(), e.ID, numbers.JournalEnd{Status: status}))
			}
			_, begun, err := j.Begin(t.Context(), attempt("main", "job", "+12025550100"))
			require.NoError(t, err)
			assert.Equal(t, status == numbers.EntryRefused || status == numbers.EntryNotPlaced, begun)
			found, ok, err := j.Find(t.Context(), "main", "job")
			require.NoError(t, err)
			require.True(t, ok)
			assert.Equal(t, begun, found.ID != e.ID, "Find has the latest")
		})
	}
}

func TestManyWriters(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j")
	j := open(t, path)
	var wg sync.WaitGroup
	for w := range 20 {
		wg.Go(func() {
			for i := range 20 {
				e, begun, err := j.Begin(context.Background(), attempt("main", fmt.Sprint(w, "-", i), "+12025550100"))
				assert.NoError(t, err)
				assert.True(t, begun)
				assert.NoError(t, j.End(context.Background(), e.ID, numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: e.ID}))
			}
		})
	}
	wg.Wait()
	want := entries(t, j)
	require.NoError(t, j.Close())
	again := open(t, path)
	assert.Equal(t, want, entries(t, again))
	assert.Len(t, want, 400)
}

func TestClosed(t *testing.T) {
	j := open(t, filepath.Join(t.TempDir(), "j"))
	require.NoError(t, j.Close())
	_, _, err := j.Begin(t.Context(), attempt("main", "job", "+12025550100"))
	require.ErrorIs(t, err, journal.ErrClosed)
	require.NoError(t, j.Close())
}

func TestUnknownEntry(t *testing.T) {
	j := open(t, filepath.Join(t.TempDir(), "j"))
	require.Error(t, j.End(t.Context(), "7", numbers.JournalEnd{Status: numbers.EntryPlaced}))
	_, found, err := j.Find(t.Context(), "main", "")
	require.NoError(t, err)
	assert.False(t, found)
}
