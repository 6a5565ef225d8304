package numberstest

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"sync"

	"github.com/tnkit/tnkit/internal/ctxerr"
	"github.com/tnkit/tnkit/numbers"
)

// MemoryJournal is a numbers.Journal that lives in memory: for tests of code
// that orders by numbers.Journaled, and as an example of a journal. It survives
// no crash, but a test that makes a new Orderer on it has what a restarted
// process finds. The zero value is empty and ready. It is safe for concurrent
// use.
type MemoryJournal struct {
	// FailBegin and FailEnd make the journal fail, where they are set and
	// return an error: nothing is recorded then. Set them before the first use.
	FailBegin func(numbers.Attempt) error
	FailEnd   func(id string, end numbers.JournalEnd) error

	mu      sync.Mutex
	entries []numbers.JournalEntry
	latest  map[reference]int // where in entries
}

type reference struct{ account, reference string }

var _ numbers.Journal = (*MemoryJournal)(nil)

// Begin implements numbers.Journal.
func (j *MemoryJournal) Begin(ctx context.Context, a numbers.Attempt) (entry numbers.JournalEntry, begun bool, err error) {
	if ctx.Err() != nil {
		return entry, false, ctxerr.Of(ctx)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if i, known := j.latest[reference{a.Account, a.Reference}]; known {
		if status := j.entries[i].End.Status; status != numbers.EntryRefused && status != numbers.EntryNotPlaced {
			return j.entries[i], false, nil
		}
	}
	if j.FailBegin != nil {
		if err := j.FailBegin(a); err != nil {
			return entry, false, err
		}
	}
	a.Numbers, a.Before = slices.Clone(a.Numbers), slices.Clone(a.Before)
	entry = numbers.JournalEntry{ID: strconv.Itoa(len(j.entries) + 1), Attempt: a}
	if a.Reference != "" {
		if j.latest == nil {
			j.latest = make(map[reference]int)
		}
		j.latest[reference{a.Account, a.Reference}] = len(j.entries)
	}
	j.entries = append(j.entries, entry)
	return entry, true, nil
}

// End implements numbers.Journal.
func (j *MemoryJournal) End(_ context.Context, id string, end numbers.JournalEnd) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	i, err := strconv.Atoi(id)
	if err != nil || i < 1 || i > len(j.entries) {
		return fmt.Errorf("numberstest: the journal has no entry %q", id)
	}
	if j.FailEnd != nil {
		if err := j.FailEnd(id, end); err != nil {
			return err
		}
	}
	entry := &j.entries[i-1]
	if end.Attempt != nil {
		entry.Attempt, end.Attempt = *end.Attempt, nil
	}
	entry.End = end
	return nil
}

// Find implements numbers.Journal.
func (j *MemoryJournal) Find(ctx context.Context, account, ref string) (entry numbers.JournalEntry, found bool, err error) {
	if ctx.Err() != nil {
		return entry, false, ctxerr.Of(ctx)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if i, known := j.latest[reference{account, ref}]; known {
		return j.entries[i], true, nil
	}
	return entry, false, nil
}

// Entries implements numbers.Journal. It yields what there is when the loop
// begins.
func (j *MemoryJournal) Entries(ctx context.Context) iter.Seq2[numbers.JournalEntry, error] {
	return func(yield func(numbers.JournalEntry, error) bool) {
		j.mu.Lock()
		all := slices.Clone(j.entries)
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
