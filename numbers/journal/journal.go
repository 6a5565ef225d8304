package journal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/tnkit/tnkit/internal/book"
	"github.com/tnkit/tnkit/numbers"
)

var (
	// ErrLocked means that another process, or this process, already has the journal
	// open.
	ErrLocked = errors.New("the journal is already open")
	// ErrCorrupt means that a record is complete but wrong. Repair a copy of the file
	// by hand: the numbers of the record may have been paid for.
	ErrCorrupt = errors.New("the journal is corrupt")
	// ErrClosed means that the journal was closed.
	ErrClosed = errors.New("the journal is closed")
	// ErrBroken means that the contents of the file are unknown: the disk failed, or
	// another process renamed, removed, replaced, truncated or changed the file. The
	// journal then records nothing more, so no more orders are sent. Find the reason, and
	// open the journal again.
	ErrBroken = errors.New("the journal is broken")
)

// Journal is a numbers.Journal in a file. It is safe for concurrent use.
type Journal struct {
	torn   int64
	opened time.Time
	at     *location // nil in tests whose file has no name

	mu         sync.Mutex
	file       *source
	end        int64  // the position of the next record
	index      *index // the durable records
	superseded int    // how many records of the file were replaced by a later one
	compactAt  int    // how many superseded records there may be
	broken     error
	// batch collects the records of the next fsync. busy has the keys of the records that
	// are not durable yet. A call that needs one of these keys waits.
	batch   *batch
	busy    map[key]*batch
	writing bool
	idle    *sync.Cond
}

// file has the methods of *os.File that a journal uses. Tests replace it to simulate a
// full disk.
type file interface {
	io.ReaderAt
	io.WriterAt
	Truncate(size int64) error
	Sync() error
	Close() error
}

// key is something that a record affects: an id, a reference in its scope, a number at
// its account, or an order.
type key struct {
	kind        byte
	space, name string
}

var (
	_ numbers.Journal = (*Journal)(nil)
	_ numbers.Pruner  = (*Journal)(nil)
)

// Open opens the journal at path, or creates a new one. The directory must exist. The
// errors are ErrLocked, ErrCorrupt, and errors of the file system.
//
// Only one process can have the journal open, so the previous one no longer runs. Its
// attempts without an end have ended: their Attempt.Ended is the time of this Open. This
// time is not written to the file.
func Open(path string) (*Journal, error) {
	p, f, err := openLocation(path)
	if err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	j, err := load(f, p.info.Size())
	if err != nil {
		return nil, errors.Join(fmt.Errorf("journal: %s: %w", path, err), f.Close())
	}
	j.at = p
	return j, nil
}

// load reads the whole file.
func load(f file, size int64) (*Journal, error) {
	const entrySize = 480 // about
	j := &Journal{
		file: &source{file: f}, busy: make(map[key]*batch), opened: time.Now().Round(0),
		index: newIndex(int(size / entrySize)), compactAt: compactFrom,
	}
	j.idle = sync.NewCond(&j.mu)
	var one facts
	var other facts
	end, err := j.file.stream(size, func(offset int64, line, body []byte) error {
		if err := one.scan(body); err != nil {
			return err
		}
		was, err := j.index.slotOf(&one, func(s slot) ([]byte, error) {
			return j.file.id(s, &other)
		})
		if err != nil {
			return err
		}
		if was >= 0 {
			j.superseded++
		}
		j.index.put(&one, offset, len(line), was)
		return nil
	})
	j.end = end
	if errors.Is(err, errTorn) {
		j.torn = size - end
		if err := f.Truncate(end); err != nil {
			return nil, err
		}
		err = f.Sync()
	}
	if err != nil {
		return nil, err
	}
	j.index.inherit()
	return j, nil
}

// Torn returns how many bytes Open dropped because the last record was incomplete.
func (j *Journal) Torn() int64 { return j.torn }

// Begin implements numbers.Journal. After an error nothing is recorded, except that
// after ErrBroken the file may have the record.
func (j *Journal) Begin(ctx context.Context, a numbers.Attempt) ([]numbers.JournalEntry, error) {
	if a.ID == "" {
		return nil, book.NoID(a)
	}
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
	own, found, err := j.entry(a.ID)
	switch {
	case err != nil:
		return nil, err
	case found && own.InTheWay(a):
		return []numbers.JournalEntry{own}, nil
	case found:
		return nil, j.intact()
	}
	var inTheWay []numbers.JournalEntry
	for _, n := range j.index.candidates(a) {
		r, err := j.read(j.file, j.index.slots[n])
		if err != nil {
			return nil, err
		}
		if r.InTheWay(a) {
			inTheWay = append(inTheWay, r.JournalEntry)
		}
	}
	if len(inTheWay) > 0 {
		return inTheWay, nil
	}
	return nil, j.write(numbers.JournalEntry{Attempt: a}, keys)
}

// End implements numbers.Journal. It records the end also if ctx has ended, because the
// outcome of an order must not be lost when the caller stops waiting. After an error
// nothing is recorded, except that after ErrBroken the file may have the record.
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
	known, found, err := j.entry(e.ID)
	if err == nil && !found {
		err = book.NotFound(e)
	}
	if err != nil {
		return err
	}
	ended, err := book.Ending(known, e, end)
	if err == nil {
		err = j.creditable(known, end.OrderID)
	}
	if err != nil {
		return err
	}
	return j.write(ended, keys)
}

// creditable returns an error if e may not have the order.
func (j *Journal) creditable(e numbers.JournalEntry, order string) error {
	if order == "" {
		return nil
	}
	folded := book.Fold(order)
	for _, n := range j.index.orders.find(j.index.hash([]byte(folded))) {
		r, err := j.read(j.file, j.index.slots[n])
		if err != nil {
			return err
		}
		if c := r.Forgotten; c != nil && c.Account == e.Account && book.Fold(c.Order) == folded {
			return book.Credited(e, order, "that was forgotten")
		}
		if r.Forgotten == nil && r.ID != e.ID && r.Account == e.Account && book.Fold(r.End.OrderID) == folded {
			return book.Credited(e, order, r.ID)
		}
	}
	return nil
}

// entry returns the entry with this id.
func (j *Journal) entry(id string) (e numbers.JournalEntry, found bool, err error) {
	for _, n := range j.index.ids.find(j.index.hash([]byte(id))) {
		r, err := j.read(j.file, j.index.slots[n])
		if err != nil || r.ID == id {
			return r.JournalEntry, err == nil, err
		}
	}
	return e, false, nil
}

// read returns the record of a slot.
func (j *Journal) read(f *source, s slot) (record, error) {
	line, err := f.line(s)
	if err != nil {
		return record{}, fmt.Errorf("journal: %w: %w", ErrBroken, err)
	}
	r, _, err := decode(line)
	if err != nil {
		return record{}, fmt.Errorf("journal: %w: %w", ErrBroken, err)
	}
	if s.is&isInherited != 0 {
		r.Ended = j.opened // a recorded time is less reliable, because the clock may have been changed since
	}
	return r, nil
}

// Close waits for running writes and closes the file. Call it only when no order is
// running. Otherwise the outcome of a running attempt can't be recorded, and the next
// opener treats the attempt as ended.
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
	return j.file.file.Close()
}
