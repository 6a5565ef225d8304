package journal

import (
	"errors"
	"fmt"
)

// write makes a record durable. It is called with the lock, gives it up
// meanwhile, and returns with it. Records that come while a write is under way
// are written together after it, with one fsync.
func (j *Journal) write(r record) error {
	if j.broken != nil {
		return fmt.Errorf("journal: %w", j.broken)
	}
	line, err := encode(r)
	if err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	if j.batch == nil {
		j.batch = &batch{done: make(chan struct{}), lead: make(chan struct{}, 1)}
	}
	mine := j.batch
	mine.data = append(mine.data, line...)
	if j.writing {
		j.mu.Unlock()
		select {
		case <-mine.done: // somebody wrote it
		case <-mine.lead: // it is this batch's turn, and ours to write it
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

// flush writes the present batch.
func (j *Journal) flush() {
	b, at := j.batch, j.end
	j.batch = nil
	if j.broken != nil {
		b.err = fmt.Errorf("journal: %w", j.broken)
		close(b.done)
		return
	}
	j.mu.Unlock()
	err, broken := j.append(b.data, at)
	j.mu.Lock()
	switch {
	case broken != nil:
		j.broken = fmt.Errorf("%w: %w", ErrBroken, broken)
		b.err = fmt.Errorf("journal: %w", j.broken)
	case err != nil:
		b.err = fmt.Errorf("journal: %w", err)
	default:
		j.end = at + int64(len(b.data))
	}
	close(b.done)
}

// append writes data at the end of the file. err means that the file is as it
// was before; broken that nobody knows.
func (j *Journal) append(data []byte, at int64) (err, broken error) {
	if _, err := j.file.WriteAt(data, at); err != nil { // the disk is full, say
		if back := j.file.Truncate(at); back != nil {
			return nil, errors.Join(err, back)
		}
		if back := j.file.Sync(); back != nil {
			return nil, errors.Join(err, back)
		}
		return err, nil
	}
	// After a failed fsync the kernel may have dropped the pages: what the
	// file holds is unknown, and trying again would prove nothing.
	return nil, j.file.Sync()
}
