package numberstest

import (
	"context"
	"iter"

	"github.com/tnkit/tnkit/numbers"
)

// FaultyJournal is a journal that can fail, lose its answers and be slow. Its hooks are
// functions that may return an error. A hook that is nil or returns nil has no effect. A
// hook that sleeps makes the journal slow. Set the hooks before the first use. Several
// goroutines may call them at the same time.
type FaultyJournal struct {
	numbers.Journal
	// FailBegin and FailEnd are called before anything is recorded. Their error is
	// returned, and nothing is recorded.
	FailBegin func(a numbers.Attempt) error
	FailEnd   func(e numbers.JournalEntry, end numbers.JournalEnd) error
	// LoseBegin and LoseEnd are called after the journal has recorded without an
	// error. Their error is returned instead, as if the answer was lost.
	LoseBegin func(a numbers.Attempt) error
	LoseEnd   func(e numbers.JournalEntry, end numbers.JournalEnd) error
	// FailEntries is called before anything is read. Its error is yielded.
	FailEntries func(q numbers.JournalQuery) error
}

var _ numbers.Journal = (*FaultyJournal)(nil)

// Begin implements numbers.Journal. LoseBegin is also called if Begin returned
// entries.
func (j *FaultyJournal) Begin(ctx context.Context, a numbers.Attempt) ([]numbers.JournalEntry, error) {
	if j.FailBegin != nil {
		if err := j.FailBegin(a); err != nil {
			return nil, err
		}
	}
	inTheWay, err := j.Journal.Begin(ctx, a)
	if err == nil && j.LoseBegin != nil {
		if err = j.LoseBegin(a); err != nil {
			return nil, err
		}
	}
	return inTheWay, err
}

// End implements numbers.Journal.
func (j *FaultyJournal) End(ctx context.Context, e numbers.JournalEntry, end numbers.JournalEnd) error {
	if j.FailEnd != nil {
		if err := j.FailEnd(e, end); err != nil {
			return err
		}
	}
	err := j.Journal.End(ctx, e, end)
	if err == nil && j.LoseEnd != nil {
		err = j.LoseEnd(e, end)
	}
	return err
}

// Entries implements numbers.Journal.
func (j *FaultyJournal) Entries(ctx context.Context, q numbers.JournalQuery) iter.Seq2[numbers.JournalEntry, error] {
	return func(yield func(numbers.JournalEntry, error) bool) {
		if j.FailEntries != nil {
			if err := j.FailEntries(q); err != nil {
				yield(numbers.JournalEntry{}, err)
				return
			}
		}
		j.Journal.Entries(ctx, q)(yield)
	}
}
