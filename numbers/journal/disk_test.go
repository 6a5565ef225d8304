package journal

import (
	"context"
	"errors"
	"io"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
)

var errDisk = errors.New("no space left on device")

// disk is a file that can be full, fail to sync, or wait before it does.
type disk struct {
	data                     []byte
	room                     int
	syncFails, truncateFails bool
	syncs                    int
	sync                     chan struct{} // a Sync waits for it, where it is set
}

func (d *disk) ReadAt(p []byte, at int64) (int, error) {
	n := copy(p, d.data[at:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (d *disk) WriteAt(p []byte, at int64) (int, error) {
	n := min(len(p), max(d.room-int(at), 0))
	d.data = append(d.data[:at], p[:n]...)
	if n < len(p) {
		return n, errDisk
	}
	return n, nil
}

func (d *disk) Truncate(size int64) error {
	if d.truncateFails {
		return errDisk
	}
	d.data = d.data[:size]
	return nil
}

func (d *disk) Sync() error {
	d.syncs++
	if d.sync != nil {
		<-d.sync
	}
	if d.syncFails {
		return errDisk
	}
	return nil
}

func (d *disk) Close() error { return nil }

const plenty = 1 << 20

// fill leaves room for less than a record.
func (d *disk) fill() { d.room = len(d.data) + 10 }

func loaded(t *testing.T, d *disk) *Journal {
	t.Helper()
	j, err := load(d, int64(len(d.data)))
	require.NoError(t, err)
	return j
}

func job(id string) numbers.Attempt {
	return numbers.Attempt{ID: id, Account: "main", Reference: id, Numbers: []numbers.E164{numbers.E164("+" + id)}}
}

func begin(t *testing.T, j *Journal, a numbers.Attempt) error {
	t.Helper()
	inTheWay, err := j.Begin(t.Context(), a)
	assert.Empty(t, inTheWay)
	return err
}

func end(t *testing.T, j *Journal, id string, end numbers.JournalEnd) error {
	t.Helper()
	return j.End(t.Context(), numbers.JournalEntry{Attempt: job(id)}, end)
}

// statuses are the entries' ends by their ids.
func statuses(t *testing.T, j *Journal) map[string]numbers.EntryStatus {
	t.Helper()
	list := make(map[string]numbers.EntryStatus)
	for e, err := range j.Entries(t.Context(), numbers.JournalQuery{}) {
		require.NoError(t, err)
		list[e.ID] = e.End.Status
	}
	return list
}

// TestFullDisk: what could not be recorded has not happened, and can be done again.
func TestFullDisk(t *testing.T) {
	d := &disk{room: plenty}
	j := loaded(t, d)
	require.NoError(t, begin(t, j, job("1")))
	want := map[string]numbers.EntryStatus{"1": ""}

	d.fill()
	before := string(d.data)
	again := job("1")
	again.ID = "2"
	for range 2 {
		require.ErrorIs(t, begin(t, j, job("3")), errDisk)
		require.ErrorIs(t, end(t, j, "1", numbers.JournalEnd{Status: numbers.EntryRefused}), errDisk)
		assert.Equal(t, before, string(d.data), "the part of the record is taken back")
		assert.Equal(t, want, statuses(t, j))
		inTheWay, err := j.Begin(t.Context(), again)
		require.NoError(t, err, "nothing has to be written")
		assert.Len(t, inTheWay, 1, "the end was not recorded")
	}

	d.room = plenty
	require.NoError(t, begin(t, j, job("3")), "the same beginning")
	require.NoError(t, begin(t, j, job("3")), "and again")
	require.NoError(t, end(t, j, "1", numbers.JournalEnd{Status: numbers.EntryRefused}))
	require.NoError(t, begin(t, j, again))
	want = map[string]numbers.EntryStatus{"1": numbers.EntryRefused, "2": "", "3": ""}
	assert.Equal(t, want, statuses(t, j))
	assert.Equal(t, want, statuses(t, loaded(t, d)))
}

func TestFailedSyncIsFinal(t *testing.T) {
	for name, breakIt := range map[string]func(*disk){
		"sync":     func(d *disk) { d.syncFails = true },
		"truncate": func(d *disk) { d.room, d.truncateFails = len(d.data)+3, true },
	} {
		t.Run(name, func(t *testing.T) {
			d := &disk{room: plenty}
			j := loaded(t, d)
			require.NoError(t, begin(t, j, job("1")))
			breakIt(d)
			require.ErrorIs(t, begin(t, j, job("2")), ErrBroken)
			d.syncFails, d.truncateFails, d.room = false, false, plenty
			for _, id := range []string{"1", "2", "3"} {
				require.ErrorIs(t, begin(t, j, job(id)), ErrBroken, "what the file has is unknown from now on")
			}
			require.ErrorIs(t, end(t, j, "1", numbers.JournalEnd{Status: numbers.EntryRefused}), ErrBroken)
			assert.Equal(t, map[string]numbers.EntryStatus{"1": ""}, statuses(t, j))
		})
	}
}

// TestNothingIsDecidedByWhatMayFail: while a record is written, whoever is
// concerned waits. If it fails, it has never been.
func TestNothingIsDecidedByWhatMayFail(t *testing.T) {
	for _, fails := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			d := &disk{room: plenty}
			j := loaded(t, d)
			require.NoError(t, begin(t, j, job("0")))
			require.NoError(t, begin(t, j, job("9")))
			d.sync = make(chan struct{})
			if fails {
				d.fill() // the Sync is then of the truncated file
			}
			var wg sync.WaitGroup
			var first, credit error
			wg.Go(func() { first = begin(t, j, job("1")) })
			synctest.Wait()
			wg.Go(func() { credit = end(t, j, "0", numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: "o1"}) })
			synctest.Wait()

			sameReference, sameNumber := job("2"), job("3")
			sameReference.Reference, sameNumber.Numbers = "1", job("1").Numbers
			var inTheWay [3][]numbers.JournalEntry
			var errs [3]error
			for i, a := range []numbers.Attempt{job("1"), sameReference, sameNumber} {
				wg.Go(func() { inTheWay[i], errs[i] = j.Begin(t.Context(), a) })
			}
			var second error
			wg.Go(func() { second = end(t, j, "9", numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: "O1"}) })
			gone, cancel := context.WithCancelCause(t.Context())
			hurry := errors.New("no time")
			var late error
			wg.Go(func() { _, late = j.Begin(gone, sameNumber) })
			synctest.Wait()
			assert.Equal(t, map[string]numbers.EntryStatus{"0": "", "9": ""}, statuses(t, j), "what is not durable is not shown")
			cancel(hurry)
			synctest.Wait()
			require.ErrorIs(t, late, hurry)
			require.ErrorIs(t, late, context.Canceled)

			d.room = plenty      // the first write has failed; the next ones succeed
			d.sync <- struct{}{} // of the first beginning
			close(d.sync)
			wg.Wait()
			if !fails {
				require.NoError(t, first)
				require.NoError(t, credit)
				require.ErrorIs(t, second, numbers.ErrConflict)
				assert.Equal(t, [3]error{}, errs)
				assert.Equal(t, []int{0, 1, 1}, []int{len(inTheWay[0]), len(inTheWay[1]), len(inTheWay[2])})
				assert.Equal(t, map[string]numbers.EntryStatus{"0": "placed", "1": "", "9": ""}, statuses(t, j))
				return
			}
			require.ErrorIs(t, first, errDisk)
			assert.Equal(t, [3]error{}, errs)
			got := statuses(t, j)
			_, again := got["1"]
			for _, id := range []string{"2", "3"} {
				assert.NotEqual(t, again, got[id] == "" && len(got) == 4, "either it has begun now, or both of the others")
			}
			assert.Equal(t, got, statuses(t, loaded(t, d)))
		})
	}
}

// TestWritersShareAnFsync: what comes while one is under way waits for one more.
func TestWritersShareAnFsync(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &disk{room: plenty, sync: make(chan struct{})}
		j := loaded(t, d)
		var wg sync.WaitGroup
		for i := range 20 {
			wg.Go(func() { assert.NoError(t, begin(t, j, job(string(rune('a'+i))))) })
		}
		synctest.Wait()
		close(d.sync)
		wg.Wait()
		assert.Equal(t, 2, d.syncs)
		assert.Len(t, statuses(t, loaded(t, d)), 20)
	})
}
