package account

import (
	"context"
	"errors"
	"iter"
	"sync"
	"time"

	"github.com/tnkit/tnkit/internal/book"
	"github.com/tnkit/tnkit/internal/ctxerr"
	"github.com/tnkit/tnkit/numbers"
)

// MemoryJournal is a [numbers.Journal] in memory. An Account without Options.Journal has
// its own MemoryJournal. Several Accounts of one process can share a MemoryJournal. When
// the process ends, all entries are lost, also those of running purchases. The zero value
// is empty and ready to use. A MemoryJournal is safe for concurrent use.
type MemoryJournal struct {
	mu   sync.Mutex
	book book.Book
}

var (
	_ numbers.Journal = (*MemoryJournal)(nil)
	_ numbers.Pruner  = (*MemoryJournal)(nil)
)

// Begin implements numbers.Journal.
func (j *MemoryJournal) Begin(ctx context.Context, a numbers.Attempt) ([]numbers.JournalEntry, error) {
	if ctx.Err() != nil {
		return nil, ctxerr.Of(ctx)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	inTheWay, begun, err := j.book.InTheWay(a)
	if err == nil && !begun && len(inTheWay) == 0 {
		j.book.Put(numbers.JournalEntry{Attempt: a})
	}
	return inTheWay, err
}

// End implements numbers.Journal. It records the end also if ctx has ended, because the
// outcome of an order must not be lost when the caller stops waiting.
func (j *MemoryJournal) End(_ context.Context, e numbers.JournalEntry, end numbers.JournalEnd) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	ended, err := j.book.Ending(e, end)
	if err == nil {
		j.book.Put(ended)
	}
	return err
}

// Entries implements numbers.Journal. It yields the entries of the time at which the loop
// starts.
func (j *MemoryJournal) Entries(ctx context.Context, q numbers.JournalQuery) iter.Seq2[numbers.JournalEntry, error] {
	return func(yield func(numbers.JournalEntry, error) bool) {
		if ctx.Err() != nil {
			yield(numbers.JournalEntry{}, ctxerr.Of(ctx))
			return
		}
		j.mu.Lock()
		selected := j.book.Select(q)
		j.mu.Unlock()
		selected.Entries(ctx)(yield)
	}
}

// Prune implements numbers.Pruner. It keeps entries that held a number at the time
// before.
func (j *MemoryJournal) Prune(ctx context.Context, before time.Time) (forgotten int, err error) {
	if ctx.Err() != nil {
		return 0, ctxerr.Of(ctx)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.book.Prune(before), nil
}

// Prune forgets entries in the Account's own journal in memory, which needs about 1 kB
// for each order. It forgets the settled entries that started before the time before and
// held no number at that time, and returns how many it forgot. The journal keeps the ids
// of their orders. If a job with a forgotten reference is delivered again, it buys again,
// unless the vendor keeps references. If the Account has a journal of the caller
// (Options.Journal), the error is errors.ErrUnsupported: prune that journal.
func (a *Account) Prune(ctx context.Context, before time.Time) (forgotten int, err error) {
	const op = "Prune"
	if err := a.check(ctx, op); err != nil {
		return 0, err
	}
	own, ok := a.journal.(*MemoryJournal)
	if a.shared || !ok {
		return 0, a.err(op, errors.ErrUnsupported, "", "the journal is the caller's: call its Prune method")
	}
	return own.Prune(ctx, before)
}
