package journal

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"github.com/tnkit/tnkit/internal/ctxerr"
	"github.com/tnkit/tnkit/numbers"
)

// compactFrom is how many superseded records a small file may have. In a larger file, a
// quarter of the records may be superseded, so that compaction costs little in the long
// run.
const compactFrom = 1000

// compactIfWorthwhile compacts the file when it has many superseded records. The
// goroutine that writes calls it with the lock. If it fails, the file is not changed, and
// a later write tries again.
func (j *Journal) compactIfWorthwhile() {
	if j.at == nil || j.broken != nil || j.superseded < max(j.compactAt, len(j.index.slots)/4) {
		return
	}
	if j.rewrite(nil) != nil {
		j.compactAt = 2 * j.superseded
		return
	}
	j.compactAt = compactFrom
}

// Prune implements numbers.Pruner. It rewrites the file, and other calls wait until it is
// done. After an error nothing was removed.
func (j *Journal) Prune(ctx context.Context, before time.Time) (forgotten int, err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for j.writing {
		j.idle.Wait()
	}
	if j.broken != nil {
		return 0, fmt.Errorf("journal: %w", j.broken)
	}
	forget := make(map[uint32]bool)
	for _, n := range j.index.query(numbers.JournalQuery{StartedBefore: before}) {
		if ctx.Err() != nil {
			return 0, ctxerr.Of(ctx)
		}
		if _, open := j.index.open[n]; open {
			continue
		}
		r, err := j.read(j.file, j.index.slots[n])
		if err != nil {
			return 0, err
		}
		if !slices.ContainsFunc(r.End.Held, func(held numbers.E164) bool { return r.Holds(held, before) }) {
			forget[n] = true
		}
	}
	if len(forget) == 0 && j.superseded == 0 {
		return 0, nil
	}
	if err := j.rewrite(forget); err != nil {
		return 0, fmt.Errorf("journal: %w", err)
	}
	return len(forget), nil
}

// rewrite replaces the file by one with one record for each entry, and only the credits
// of the entries in forget. It is called with the lock, while no goroutine writes.
func (j *Journal) rewrite(forget map[uint32]bool) error {
	if j.at == nil {
		return errors.ErrUnsupported
	}
	if err := j.intact(); err != nil {
		return err
	}
	f, err := j.at.create()
	if err != nil {
		return err
	}
	to, end, err := j.copyTo(f, forget)
	if err == nil {
		err = f.Sync()
	}
	var broken error
	if err == nil {
		err, broken = j.at.replace(f)
	}
	if err != nil {
		return errors.Join(err, f.Close(), os.Remove(j.at.replacement()))
	}
	j.file.retire()
	j.file, j.index, j.end, j.superseded = &source{file: f}, to, end, 0
	if broken != nil {
		j.broken = fmt.Errorf("%w: %w", ErrBroken, broken)
		return j.broken
	}
	return nil
}

// copyTo copies the records that the journal keeps, in the order of the file, and returns
// their index.
func (j *Journal) copyTo(w io.Writer, forget map[uint32]bool) (to *index, end int64, err error) {
	from := j.index
	current := make([]uint32, len(from.slots)) // slots by their place in the file
	for i := range current {
		current[i] = uint32(i)
	}
	slices.SortFunc(current, func(a, b uint32) int { return cmp.Compare(from.slots[a].offset, from.slots[b].offset) })
	to = newIndex(len(from.slots) - len(forget))
	out := bufio.NewWriterSize(w, 1<<20)
	var f facts
	put := func(line []byte, was slot) error {
		body, _, err := frame(line)
		if err == nil {
			err = f.scan(body)
		}
		if err == nil {
			_, err = out.Write(line)
		}
		if err != nil {
			return err
		}
		to.put(&f, end, len(line), -1)
		to.slots[len(to.slots)-1].is |= was.is & isInherited
		end += int64(len(line))
		return nil
	}
	for _, n := range current {
		s := from.slots[n]
		line, err := j.file.line(s)
		if err == nil && forget[n] {
			line, err = creditIn(line)
		}
		if err == nil && line != nil {
			err = put(line, s)
		}
		if err != nil {
			return nil, 0, err
		}
	}
	return to, end, out.Flush()
}

// creditIn returns the line of the credit of the entry in a line, or nil if the entry has
// no order.
func creditIn(line []byte) ([]byte, error) {
	r, _, err := decode(line)
	if err != nil || r.End.OrderID == "" {
		return nil, err
	}
	return encodeCredit(credit{Account: r.Account, Order: r.End.OrderID})
}
