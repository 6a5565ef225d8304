package sqljournal

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/tnkit/tnkit/internal/book"
	"github.com/tnkit/tnkit/numbers"
)

// Begin implements numbers.Journal. It inserts the entry and its holds in one step. The
// database refuses the step if another entry has one of the holds. After any failure
// Begin reads the entries that forbid the attempt. If its own entry exists, the attempt
// has begun. If there is neither, the first statement may still be running. Begin then
// inserts again with the same id, and the database runs this statement after the first.
func (j *Journal) Begin(ctx context.Context, a numbers.Attempt) (inTheWay []numbers.JournalEntry, err error) {
	if a.ID == "" {
		return nil, book.NoID(a)
	}
	e := numbers.JournalEntry{Attempt: a}
	claims := changed(nil, holdsOf(e))
	err = j.persist(ctx, "Begin", func(ctx context.Context) (done bool, err error) {
		if err = j.store.insert(ctx, e, claims); err == nil {
			j.recent.put(version{e, firstRevision})
			return true, nil
		}
		own, holders, failed := j.store.holders(ctx, a.ID, claims)
		switch {
		case failed != nil:
			return false, errors.Join(err, failed)
		case own != nil && !own.InTheWay(a):
			return true, nil
		case own != nil:
			inTheWay = []numbers.JournalEntry{*own}
			return true, nil
		}
		inTheWay = slices.DeleteFunc(holders, func(e numbers.JournalEntry) bool { return !e.InTheWay(a) })
		if len(inTheWay) > 0 {
			return true, nil
		}
		return false, err
	})
	return inTheWay, err
}

// End implements numbers.Journal. It records the end also if ctx has ended, because the
// outcome of an order must not be lost when the caller stops waiting. If the answer was
// lost, End is repeated, which is allowed.
func (j *Journal) End(ctx context.Context, e numbers.JournalEntry, end numbers.JournalEnd) error {
	guess, guessed := j.recent.take(e.ID)
	return j.persist(context.WithoutCancel(ctx), "End", func(ctx context.Context) (done bool, err error) {
		if guessed {
			guessed = false
			if j.change(ctx, guess, e, end) == nil {
				return true, nil
			}
		}
		known, err := j.store.entry(ctx, e)
		if err != nil {
			return errors.Is(err, numbers.ErrNotFound), err
		}
		err = j.change(ctx, known, e, end)
		if err == nil || errors.Is(err, numbers.ErrConflict) {
			return true, err
		}
		if end.OrderID == "" {
			return false, err
		}
		owner, found, failed := j.store.credited(ctx, known.entry.Account, end.OrderID)
		if found && owner != key(e.ID) {
			return true, book.Credited(known.entry, end.OrderID, cmp.Or(owner, "that was forgotten"))
		}
		return false, errors.Join(err, failed)
	})
}

// change records the end of an entry, which must still be as it is known.
func (j *Journal) change(ctx context.Context, known version, e numbers.JournalEntry, end numbers.JournalEnd) error {
	ended, err := book.Ending(known.entry, e, end)
	if err != nil {
		return err
	}
	if err = j.store.update(ctx, ended, known.revision, changed(holdsOf(known.entry), holdsOf(ended))); err != nil {
		return err
	}
	if ended.Open() {
		j.recent.put(version{ended, known.revision + 1})
	}
	return nil
}
