package journal

import (
	"errors"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
)

var errDisk = errors.New("no space left on device")

// disk is a file that can be full, or fail to sync.
type disk struct {
	data                        []byte
	room                        int
	syncFails, truncateFails    bool
	written, truncated, flushed int
}

func (d *disk) ReadAt(p []byte, at int64) (int, error) {
	n := copy(p, d.data[at:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (d *disk) WriteAt(p []byte, at int64) (int, error) {
	d.written++
	n := min(len(p), max(d.room-int(at), 0))
	d.data = append(d.data[:at], p[:n]...)
	if n < len(p) {
		return n, errDisk
	}
	return n, nil
}

func (d *disk) Truncate(size int64) error {
	d.truncated++
	if d.truncateFails {
		return errDisk
	}
	d.data = d.data[:size]
	return nil
}

func (d *disk) Sync() error {
	d.flushed++
	if d.syncFails {
		return errDisk
	}
	return nil
}

func (d *disk) Close() error { return nil }

func begin(t *testing.T, j *Journal, ref string) (numbers.JournalEntry, bool, error) {
	t.Helper()
	return j.Begin(t.Context(), numbers.Attempt{Account: "main", Reference: ref, Numbers: []numbers.E164{"+12025550100"}})
}

// refuse ends an entry for which there is just room.
func refuse(t *testing.T, d *disk, j *Journal, ref string) error {
	t.Helper()
	e, _, err := j.Find(t.Context(), "main", ref)
	require.NoError(t, err)
	d.room = 1 << 20
	defer func() { d.room = len(d.data) + 10 }()
	return j.End(t.Context(), e.ID, numbers.JournalEnd{Status: numbers.EntryRefused})
}

func TestFullDisk(t *testing.T) {
	d := &disk{room: 1 << 20}
	j, err := load(d, 0)
	require.NoError(t, err)
	_, _, err = begin(t, j, "a")
	require.NoError(t, err)
	before := string(d.data)

	d.room = len(d.data) + 10
	_, begun, err := begin(t, j, "b")
	require.ErrorIs(t, err, errDisk)
	assert.False(t, begun)
	assert.Equal(t, before, string(d.data), "the half record is taken back")
	_, found, err := j.Find(t.Context(), "main", "b")
	require.NoError(t, err)
	assert.False(t, found, "what could not be recorded is not known")
	require.NoError(t, refuse(t, d, j, "a"))
	_, _, err = begin(t, j, "a")
	require.ErrorIs(t, err, errDisk)
	kept, _, err := j.Find(t.Context(), "main", "a")
	require.NoError(t, err)
	assert.Equal(t, numbers.EntryRefused, kept.End.Status, "what was known before is known still")

	d.room = 1 << 20
	_, begun, err = begin(t, j, "b")
	require.NoError(t, err)
	assert.True(t, begun)
	again, err := load(d, int64(len(d.data)))
	require.NoError(t, err)
	assert.Len(t, again.entries, 2)
}

func TestFailedSyncIsFinal(t *testing.T) {
	for name, breakIt := range map[string]func(*disk){
		"sync":     func(d *disk) { d.syncFails = true },
		"truncate": func(d *disk) { d.room, d.truncateFails = len(d.data)+3, true },
	} {
		t.Run(name, func(t *testing.T) {
			d := &disk{room: 1 << 20}
			j, err := load(d, 0)
			require.NoError(t, err)
			breakIt(d)
			_, begun, err := begin(t, j, "a")
			require.ErrorIs(t, err, ErrBroken)
			assert.False(t, begun)
			d.syncFails, d.truncateFails, d.room = false, false, 1<<20
			_, _, err = begin(t, j, "b")
			require.ErrorIs(t, err, ErrBroken, "what the file holds is unknown from now on")
		})
	}
}

func FuzzDecode(f *testing.F) {
	line, err := encode(record{Begin: &numbers.JournalEntry{ID: "1"}})
	require.NoError(f, err)
	f.Add(line)
	f.Add([]byte("12"))
	f.Add([]byte("2 00000000 {}\n"))
	f.Add(append([]byte("12 "), 0, 0, 0))
	f.Add([]byte("2147483647 00000000 {}\n")) // with the rest of the line, more than an int of 32 bits
	f.Fuzz(func(t *testing.T, data []byte) {
		r, n, err := decode(data)
		if err != nil {
			return
		}
		if n <= 0 || n > len(data) || (r.Begin == nil) == (r.End == nil) {
			t.Fatalf("record of %d bytes out of %d: %+v", n, len(data), r)
		}
	})
}

// TestEndOnAFullDisk: the attempt is over, though nobody can write down how.
func TestEndOnAFullDisk(t *testing.T) {
	d := &disk{room: 1 << 20}
	j, err := load(d, 0)
	require.NoError(t, err)
	e, _, err := begin(t, j, "a")
	require.NoError(t, err)
	assert.True(t, e.UnderWay)
	found, _, err := j.Find(t.Context(), "main", "a")
	require.NoError(t, err)
	assert.True(t, found.UnderWay)
	assert.Zero(t, found.Attempt.Ended)

	d.room = len(d.data) + 10
	began := time.Now()
	require.ErrorIs(t, j.End(t.Context(), e.ID, numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: "o"}), errDisk)
	found, _, err = j.Find(t.Context(), "main", "a")
	require.NoError(t, err)
	assert.True(t, found.Open(), "what could not be recorded is not known")
	assert.False(t, found.UnderWay)
	assert.False(t, found.Attempt.Ended.Before(began))

	d.room = 1 << 20
	require.NoError(t, j.End(t.Context(), e.ID, numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: "o"}))
	again, err := load(d, int64(len(d.data)))
	require.NoError(t, err)
	require.Len(t, again.entries, 1)
	assert.Equal(t, "o", again.entries[0].End.OrderID)
	assert.Zero(t, again.entries[0].Attempt.Ended, "which is not written down")
}
