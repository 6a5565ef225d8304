package journal

import (
	"context"
	"errors"
	"fmt"

	"github.com/tnkit/tnkit/internal/ctxerr"
	"github.com/tnkit/tnkit/numbers"
)

// batch has the records that one fsync makes durable.
type batch struct {
	data    []byte
	entries []written
	keys    []key
	done    chan struct{}
	lead    chan struct{} // allows one of the waiting calls to write the batch
	err     error
}

// written is an entry of a batch and the length of its line.
type written struct {
	entry numbers.JournalEntry
	size  int
}

// await waits until all records with one of these keys are durable, because such a record
// may still fail. It is called with the lock, releases it while it waits, and returns
// with it.
func (j *Journal) await(ctx context.Context, keys []key) error {
	for {
		if j.broken != nil {
			return fmt.Errorf("journal: %w", j.broken)
		}
		if ctx.Err() != nil {
			return ctxerr.Of(ctx)
		}
		b := j.busyWith(keys)
		if b == nil {
			return nil
		}
		j.mu.Unlock()
		select {
		case <-b.done:
		case <-ctx.Done():
		}
		j.mu.Lock()
	}
}

func (j *Journal) busyWith(keys []key) *batch {
	for _, k := range keys {
		if b := j.busy[k]; b != nil {
			return b
		}
	}
	return nil
}

// write makes an entry durable and puts it into the index. It is called with the lock,
// releases it while it writes, and returns with it. Records that come during a write are
// written together after it, with one fsync. No two of them have the same key (await), so
// that each decision uses only durable records.
func (j *Journal) write(e numbers.JournalEntry, keys []key) error {
	line, err := encodeEntry(e)
	if err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	if j.batch == nil {
		j.batch = &batch{done: make(chan struct{}), lead: make(chan struct{}, 1)}
	}
	mine := j.batch
	mine.data = append(mine.data, line...)
	mine.entries = append(mine.entries, written{e, len(line)})
	mine.keys = append(mine.keys, keys...)
	for _, k := range keys {
		j.busy[k] = mine
	}
	if j.writing {
		j.mu.Unlock()
		select {
		case <-mine.done: // another call wrote it
		case <-mine.lead: // this call must write the batch now
		}
		j.mu.Lock()
		if mine != j.batch {
			return mine.err
		}
	}
	j.writing = true
	j.flush()
	j.writing = j.batch != nil
	if j.writing {
		j.batch.lead <- struct{}{}
	}
	j.idle.Broadcast()
	return mine.err
}

// flush writes the current batch and puts its entries into the index.
func (j *Journal) flush() {
	b := j.batch
	j.batch = nil
	b.err = j.broken
	at := j.end
	if b.err == nil {
		b.err = j.append(b.data)
	}
	if b.err != nil {
		b.err = fmt.Errorf("journal: %w", b.err)
	} else {
		j.put(b.entries, at)
	}
	for _, k := range b.keys {
		delete(j.busy, k)
	}
	close(b.done)
	j.compactIfWorthwhile()
}

// put adds entries, which are in the file from a position on, to the index.
func (j *Journal) put(list []written, at int64) {
	var one, other facts
	for _, w := range list {
		one.of(record{JournalEntry: w.entry})
		was, err := j.index.slotOf(&one, func(s slot) ([]byte, error) { return j.file.id(s, &other) })
		if err != nil {
			j.broken = fmt.Errorf("%w: %w", ErrBroken, err)
			return
		}
		if was >= 0 {
			j.superseded++
		}
		j.index.put(&one, at, w.size, was)
		at += int64(w.size)
	}
}

// intact returns nil if the file is as the journal left it. Otherwise it breaks the
// journal permanently and returns ErrBroken.
func (j *Journal) intact() error {
	if j.at == nil || j.broken != nil {
		return j.broken
	}
	if err := j.at.check(j.end); err != nil {
		j.broken = fmt.Errorf("%w: %w", ErrBroken, err)
	}
	return j.broken
}

// append writes data at the end of the file. It releases the lock while it writes. After
// an error the file is as it was before, or the journal is broken.
func (j *Journal) append(data []byte) error {
	if err := j.intact(); err != nil {
		return err
	}
	at, f := j.end, j.file.file
	j.mu.Unlock()
	err, broken := writeAt(f, data, at)
	j.mu.Lock()
	if broken != nil {
		j.broken = fmt.Errorf("%w: %w", ErrBroken, broken)
		return j.broken
	}
	if err != nil {
		return err
	}
	j.end = at + int64(len(data))
	return j.intact() // if the file was moved during the write, nothing was recorded
}

// writeAt writes data at the end of the file. err means that the file is as it was
// before. broken means that its contents are unknown.
func writeAt(f file, data []byte, at int64) (err, broken error) {
	if _, err := f.WriteAt(data, at); err != nil { // for example, the disk is full
		if back := f.Truncate(at); back != nil {
			return nil, errors.Join(err, back)
		}
		if back := f.Sync(); back != nil {
			return nil, errors.Join(err, back)
		}
		return err, nil
	}
	// After a failed fsync the kernel may have dropped the pages. The contents of the
	// file are then unknown, and a second fsync would prove nothing.
	if err := f.Sync(); err != nil || at == 0 {
		return nil, err
	}
	// A file that was truncated before the write has a hole before it.
	last := make([]byte, 1)
	if _, err := f.ReadAt(last, at-1); err != nil || last[0] != '\n' {
		return nil, errors.Join(errors.New("the file was truncated"), err)
	}
	return nil, nil
}
