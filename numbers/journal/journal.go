package journal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"github.com/tnkit/tnkit/internal/ctxerr"
	"github.com/tnkit/tnkit/numbers"
)

var (
	// ErrLocked means that another process has the journal, or this one has it twice.
	ErrLocked = errors.New("another process has the journal")
	// ErrCorrupt means that a record is whole and wrong. Repair the file by hand, from a
	// copy; what the record was about may have been paid for.
	ErrCorrupt = errors.New("the journal is corrupt")
	// ErrClosed means that the journal was closed.
	ErrClosed = errors.New("the journal is closed")
	// ErrBroken means that the disk failed in a way that leaves open what it holds.
	// Nothing more is recorded, and so nothing more is sent.
	ErrBroken = errors.New("the journal is broken")
)

// Journal is a numbers.Journal in a file. It is safe for concurrent use.
type Journal struct {
	file file
	torn int64

	mu      sync.Mutex
	end     int64 // where the next record goes
	last    int   // the latest id
	entries []*numbers.JournalEntry
	byID    map[string]*numbers.JournalEntry
	byRef   map[reference]*numbers.JournalEntry
	broken  error
	batch   *batch // gathers what the next fsync is for
	writing bool
	idle    *sync.Cond
}

// file is what a journal needs of *os.File; tests fill the disk by it.
type file interface {
	io.ReaderAt
	io.WriterAt
	Truncate(size int64) error
	Sync() error
	Close() error
}

type reference struct{ account, reference string }

// batch is what one fsync makes durable.
type batch struct {
	data []byte
	done chan struct{}
	lead chan struct{} // tells one of those that wait to write it
	err  error
}

var _ numbers.Journal = (*Journal)(nil)

// Open opens the journal at path, or makes a new one. Its directory must
// exist. Errors: ErrLocked, ErrCorrupt, and what the file system says.
//
// Whoever had the journal before is gone, since it has one owner at a time. So
// what is still open in it has ended now at the latest, and Attempt.Ended says
// so: numbers.Buy and numbers.Recover then wait for no more than the vendor's
// settle time.
func Open(path string) (*Journal, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	if err := lock(f); err != nil {
		return nil, errors.Join(fmt.Errorf("journal: %s: %w", path, err), f.Close())
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is no regular file", path)
	}
	if err == nil {
		err = syncDir(filepath.Dir(path))
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("journal: %w", err), f.Close())
	}
	j, err := load(f, info.Size())
	if err != nil {
		return nil, errors.Join(fmt.Errorf("journal: %s: %w", path, err), f.Close())
	}
	return j, nil
}

// load reads the whole file.
func load(f file, size int64) (*Journal, error) {
	j := &Journal{
		file:  f,
		byID:  make(map[string]*numbers.JournalEntry),
		byRef: make(map[reference]*numbers.JournalEntry),
	}
	j.idle = sync.NewCond(&j.mu)
	data := make([]byte, size)
	if _, err := f.ReadAt(data, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	for len(data) > 0 {
		r, n, err := decode(data)
		if errors.Is(err, errTorn) {
			j.torn = int64(len(data))
			break
		}
		if err == nil {
			err = j.apply(r)
		}
		if err != nil {
			return nil, fmt.Errorf("%w: record at byte %d: %w", ErrCorrupt, j.end, err)
		}
		j.end += int64(n)
		data = data[n:]
	}
	if j.torn > 0 {
		if err := f.Truncate(j.end); err != nil {
			return nil, err
		}
		if err := f.Sync(); err != nil {
			return nil, err
		}
	}
	j.letGo(time.Now())
	return j, nil
}

// letGo ends the attempts of those who had the journal before: they are gone,
// and nothing of them is under way any more. When they ended by their own clock
// says less, since it may have been set meanwhile. This is not written down.
func (j *Journal) letGo(now time.Time) {
	for _, e := range j.entries {
		if e.Open() {
			e.Attempt.Ended = now
		}
	}
}

// apply adds a record to what is known.
func (j *Journal) apply(r record) error {
	if r.Begin != nil {
		id, err := strconv.Atoi(r.Begin.ID)
		if err != nil || j.byID[r.Begin.ID] != nil {
			return errors.New("its id is no number, or stands twice")
		}
		j.last = max(j.last, id)
		j.add(r.Begin)
		return nil
	}
	entry := j.byID[r.ID]
	if entry == nil {
		return errors.New("it ends an entry that never began")
	}
	end(entry, *r.End)
	return nil
}

func (j *Journal) add(entry *numbers.JournalEntry) {
	j.entries = append(j.entries, entry)
	j.byID[entry.ID] = entry
	if entry.Attempt.Reference != "" {
		j.byRef[reference{entry.Attempt.Account, entry.Attempt.Reference}] = entry
	}
}

// end puts what became of an entry into it.
func end(entry *numbers.JournalEntry, e numbers.JournalEnd) {
	if e.Attempt != nil {
		entry.Attempt, e.Attempt = *e.Attempt, nil
	}
	entry.End = e
}

// Torn returns how many bytes of a record that was cut off were dropped when
// the journal was opened.
func (j *Journal) Torn() int64 { return j.torn }

// Begin implements numbers.Journal.
func (j *Journal) Begin(ctx context.Context, a numbers.Attempt) (numbers.JournalEntry, bool, error) {
	if err := ctx.Err(); err != nil {
		return numbers.JournalEntry{}, false, ctxerr.Of(ctx)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if a.Reference != "" {
		if known := j.byRef[reference{a.Account, a.Reference}]; known != nil && closes(known.End.Status) {
			return *known, false, nil
		}
	}
	before := j.byRef[reference{a.Account, a.Reference}]
	j.last++
	entry := &numbers.JournalEntry{ID: strconv.Itoa(j.last), Attempt: a, UnderWay: true}
	j.add(entry)
	if err := j.write(record{Begin: entry}); err != nil {
		j.remove(entry, before)
		return numbers.JournalEntry{}, false, err
	}
	return *entry, true, nil
}

// closes reports whether an entry of this status forbids another attempt by
// its reference.
func closes(s numbers.EntryStatus) bool {
	return s != numbers.EntryRefused && s != numbers.EntryNotPlaced
}

// remove takes back an entry that could not be recorded.
func (j *Journal) remove(entry, before *numbers.JournalEntry) {
	for i, e := range j.entries {
		if e == entry {
			j.entries = append(j.entries[:i:i], j.entries[i+1:]...)
			break
		}
	}
	delete(j.byID, entry.ID)
	key := reference{entry.Attempt.Account, entry.Attempt.Reference}
	if j.byRef[key] == entry {
		delete(j.byRef, key)
		if before != nil {
			j.byRef[key] = before
		}
	}
}

// End implements numbers.Journal. It does not look at ctx: what became of an
// order is recorded even if the caller has given up.
func (j *Journal) End(_ context.Context, id string, e numbers.JournalEnd) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	entry := j.byID[id]
	if entry == nil {
		return fmt.Errorf("journal: no entry %q", id)
	}
	entry.UnderWay = false // it is over, whether that can be written down or not
	if err := j.write(record{ID: id, End: &e}); err != nil {
		if entry.Open() && entry.Attempt.Ended.IsZero() {
			entry.Attempt.Ended = time.Now()
		}
		return err
	}
	end(entry, e)
	return nil
}

// Find implements numbers.Journal.
func (j *Journal) Find(_ context.Context, account, ref string) (numbers.JournalEntry, bool, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if entry := j.byRef[reference{account, ref}]; entry != nil && ref != "" {
		return *entry, true, nil
	}
	return numbers.JournalEntry{}, false, nil
}

// Entries implements numbers.Journal. It yields what there is when the loop
// begins.
func (j *Journal) Entries(ctx context.Context) iter.Seq2[numbers.JournalEntry, error] {
	return func(yield func(numbers.JournalEntry, error) bool) {
		j.mu.Lock()
		all := make([]numbers.JournalEntry, len(j.entries))
		for i, e := range j.entries {
			all[i] = *e
		}
		j.mu.Unlock()
		for _, e := range all {
			if ctx.Err() != nil {
				yield(numbers.JournalEntry{}, ctxerr.Of(ctx))
				return
			}
			if !yield(e, nil) {
				return
			}
		}
	}
}

// Close waits for what is being written and gives the file up. Call it when
// nothing is being ordered any more: the outcome of an attempt that is under way
// can't be recorded then, and the next to open the journal takes it for over.
func (j *Journal) Close() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	for j.writing {
		j.idle.Wait()
	}
	if errors.Is(j.broken, ErrClosed) {
		return nil
	}
	j.broken = ErrClosed
	return j.file.Close()
}
