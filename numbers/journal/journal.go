package journal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/tnkit/tnkit/internal/book"
	"github.com/tnkit/tnkit/internal/ctxerr"
	"github.com/tnkit/tnkit/numbers"
)

var (
	// ErrLocked means that another process has opened the journal, or that this one
	// has it open already.
	ErrLocked = errors.New("the journal is open elsewhere")
	// ErrCorrupt means that a record is complete and wrong. Repair a copy of the file
	// by hand; what the record was about may have been paid for.
	ErrCorrupt = errors.New("the journal is corrupt")
	// ErrClosed means that the journal was closed.
	ErrClosed = errors.New("the journal is closed")
	// ErrBroken means that the disk failed, and that it is unknown what the file now
	// has. Nothing more is recorded, and so nothing more is sent. Open the journal
	// again.
	ErrBroken = errors.New("the journal is broken")
)

// Journal is a numbers.Journal in a file. It is safe for concurrent use.
type Journal struct {
	file file
	torn int64

	mu     sync.Mutex
	end    int64     // where the next record goes
	book   book.Book // what is durable
	broken error
	// batch gathers what the next fsync is for. busy has what the records that are
	// not yet durable are about: whoever needs to know it waits.
	batch   *batch
	busy    map[key]*batch
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

// key is what a record is about: an id, a reference in its scope, a number at its
// account, or an order.
type key struct {
	kind        byte
	space, name string
}

var _ numbers.Journal = (*Journal)(nil)

// Open opens the journal at path, or makes a new one. Its directory must exist.
// Errors: ErrLocked, ErrCorrupt, and those of the file system.
//
// A journal has one opener at a time, so that the previous one is gone. The
// attempts that have no end in it are over: their Attempt.Ended is the time of this
// Open. That is not written down.
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
		err = fmt.Errorf("%s is not a regular file", path)
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
	j := &Journal{file: f, busy: make(map[key]*batch)}
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
	return j, j.letGo(time.Now())
}

// letGo ends the attempts of the previous opener. A time that it has recorded
// itself says less: its clock may have been set since.
func (j *Journal) letGo(now time.Time) error {
	for e, err := range j.book.Select(numbers.JournalQuery{Open: true}).Entries(context.Background()) {
		if err != nil {
			return err
		}
		if e.End.Status == "" {
			e.Ended = now
			j.book.Put(e)
		}
	}
	return nil
}

// apply puts a record that is in the file into the book.
func (j *Journal) apply(r record) error {
	if r.Begin != nil {
		if _, twice := j.book.Entry(r.Begin.ID); twice || r.Begin.ID == "" {
			return errors.New("its id is missing, or has begun before")
		}
		j.book.Put(numbers.JournalEntry{Attempt: *r.Begin})
		return nil
	}
	e, found := j.book.Entry(r.End.ID)
	if !found {
		return errors.New("it ends an entry that never began")
	}
	e.Ended, e.Status, e.End = r.End.Ended, r.End.Status, r.End.End
	j.book.Put(e)
	return nil
}

// Torn returns how many bytes of a record that was cut off were dropped when
// the journal was opened.
func (j *Journal) Torn() int64 { return j.torn }

// Begin implements numbers.Journal. After an error nothing is recorded, unless the
// error is ErrBroken: then the file may have it.
func (j *Journal) Begin(ctx context.Context, a numbers.Attempt) ([]numbers.JournalEntry, error) {
	keys := []key{{'i', "", a.ID}}
	if a.Reference != "" {
		keys = append(keys, key{'r', a.ReferenceScope(), a.Reference})
	}
	for _, n := range a.Numbers {
		keys = append(keys, key{'n', a.Account, string(n)})
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if err := j.await(ctx, keys); err != nil {
		return nil, err
	}
	inTheWay, begun, err := j.book.InTheWay(a)
	if err != nil || begun || len(inTheWay) > 0 {
		return inTheWay, err
	}
	return nil, j.write(record{Begin: &a}, keys)
}

// End implements numbers.Journal. It records also if ctx has ended: what became
// of an order is known whether or not the caller still waits. After an error
// nothing is recorded, unless the error is ErrBroken: then the file may have it.
func (j *Journal) End(ctx context.Context, e numbers.JournalEntry, end numbers.JournalEnd) error {
	keys := []key{{'i', "", e.ID}}
	if end.OrderID != "" {
		keys = append(keys, key{'o', "", book.Fold(end.OrderID)})
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if err := j.await(context.WithoutCancel(ctx), keys); err != nil {
		return err
	}
	ended, err := j.book.Ending(e, end)
	if err != nil {
		return err
	}
	return j.write(record{End: &ending{ID: ended.ID, Ended: ended.Ended, Status: ended.Status, End: ended.End}}, keys)
}

// Entries implements numbers.Journal. It yields the entries as they are when the
// loop begins.
func (j *Journal) Entries(ctx context.Context, q numbers.JournalQuery) iter.Seq2[numbers.JournalEntry, error] {
	return func(yield func(numbers.JournalEntry, error) bool) {
		selected, err := j.selectNow(ctx, q)
		if err != nil {
			yield(numbers.JournalEntry{}, err)
			return
		}
		selected.Entries(ctx)(yield)
	}
}

func (j *Journal) selectNow(ctx context.Context, q numbers.JournalQuery) (book.Selection, error) {
	if ctx.Err() != nil {
		return book.Selection{}, ctxerr.Of(ctx)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if errors.Is(j.broken, ErrClosed) { // another process may have changed it since
		return book.Selection{}, fmt.Errorf("journal: %w", j.broken)
	}
	return j.book.Select(q), nil
}

// Close waits for what is being written and gives the file up. Call it when
// nothing is being ordered any more: the outcome of an attempt that is under way
// can't be recorded then, and the next opener takes the attempt for over.
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
