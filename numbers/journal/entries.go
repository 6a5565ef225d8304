package journal

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/tnkit/tnkit/internal/ctxerr"
	"github.com/tnkit/tnkit/numbers"
)

// Entries implements numbers.Journal. It yields the entries of the time at which the loop
// starts.
func (j *Journal) Entries(ctx context.Context, q numbers.JournalQuery) iter.Seq2[numbers.JournalEntry, error] {
	return func(yield func(numbers.JournalEntry, error) bool) {
		from, slots, err := j.selectNow(ctx, q)
		if err != nil {
			yield(numbers.JournalEntry{}, err)
			return
		}
		defer j.release(from)
		for _, s := range slots {
			if ctx.Err() != nil {
				yield(numbers.JournalEntry{}, ctxerr.Of(ctx))
				return
			}
			r, err := j.read(from, s)
			if err != nil {
				yield(numbers.JournalEntry{}, err)
				return
			}
			if q.Match(r.JournalEntry) && !yield(r.JournalEntry, nil) {
				return
			}
		}
	}
}

// selectNow returns the slots that may match a query, and the file from which they are
// read.
func (j *Journal) selectNow(ctx context.Context, q numbers.JournalQuery) (*source, []slot, error) {
	if ctx.Err() != nil {
		return nil, nil, ctxerr.Of(ctx)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if errors.Is(j.broken, ErrClosed) { // another process may have changed the file since
		return nil, nil, fmt.Errorf("journal: %w", j.broken)
	}
	found := j.index.query(q)
	slots := make([]slot, len(found))
	for i, n := range found {
		slots[i] = j.index.slots[n]
	}
	j.file.readers++
	return j.file, slots, nil
}

func (j *Journal) release(from *source) {
	j.mu.Lock()
	defer j.mu.Unlock()
	from.release()
}
