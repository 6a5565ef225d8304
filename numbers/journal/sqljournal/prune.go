package sqljournal

import (
	"context"
	"slices"
	"time"

	"github.com/tnkit/tnkit/numbers"
)

// Prune implements numbers.Pruner. It removes entries in steps of a few hundred. If it
// fails or ctx ends, forgotten is the count of entries that were removed until then.
func (j *Journal) Prune(ctx context.Context, before time.Time) (forgotten int, err error) {
	for at := first(); ; {
		var page []row
		count := 0
		err := j.persist(ctx, "Prune", func(ctx context.Context) (done bool, err error) {
			page, err = j.store.page(ctx, numbers.JournalQuery{StartedBefore: before}, at, pageRows)
			if err == nil {
				count, err = j.store.forget(ctx, slices.DeleteFunc(slices.Clone(page), func(r row) bool { return !forgettable(r.entry, before) }))
			}
			return err == nil, err
		})
		forgotten += count
		if err != nil || len(page) < pageRows {
			return forgotten, err
		}
		at = page[len(page)-1].position
	}
}

// forgettable reports whether only the entry's credit is needed after a time.
func forgettable(e numbers.JournalEntry, at time.Time) bool {
	return !e.Open() && !slices.ContainsFunc(e.End.Held, func(n numbers.E164) bool { return e.Holds(n, at) })
}

// everHeld returns everything that an entry held at any time.
func everHeld(e numbers.JournalEntry) []hold {
	e.Numbers = slices.Concat(e.Numbers, e.End.Held)
	e.End = numbers.JournalEnd{OrderID: e.End.OrderID}
	return changed(holdsOf(e), nil)
}

// forget deletes entries that have not changed since they were read, and all their holds.
// Their order ids are kept without an owner. It returns how many entries it deleted.
func (s store) forget(ctx context.Context, rows []row) (count int, err error) {
	if len(rows) == 0 {
		return 0, nil
	}
	if s.d == Postgres {
		return s.forgetAtOnce(ctx, rows)
	}
	var gone int
	err = s.write(ctx, func(ctx context.Context, w writer) error {
		gone = 0
		for _, r := range rows {
			result, err := w.exec(ctx, sqliteDelete, r.id, r.revision)
			if err != nil {
				return err
			}
			if n, err := result.RowsAffected(); err != nil {
				return err
			} else if n == 0 {
				continue // another statement changed the entry first, so it stays
			}
			gone++
			holds := text(everHeld(r.entry))
			for _, one := range []struct {
				text string
				args []any
			}{
				{sqliteForget, []any{r.id, text(keys(r.entry.Numbers))}},
				{sqliteRelease, []any{r.id, holds}},
				{sqliteSweep, []any{holds}},
			} {
				if _, err := w.exec(ctx, one.text, one.args...); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return 0, err // it may still go on
	}
	return gone, nil
}

// forgetAtOnce deletes them in one statement. A second statement deletes rows of holds
// that no entry has any more.
func (s store) forgetAtOnce(ctx context.Context, rows []row) (count int, err error) {
	type forgotten struct {
		ID       string `json:"id"`
		Revision int64  `json:"revision"`
	}
	type mention struct {
		Number string `json:"number"`
		Entry  string `json:"entry"`
	}
	var list []forgotten
	var mentions []mention
	held := make(map[hold]int64)
	for _, r := range rows {
		list = append(list, forgotten{r.id, r.revision})
		for _, n := range keys(r.entry.Numbers) {
			mentions = append(mentions, mention{n, r.id})
		}
		for _, h := range everHeld(r.entry) {
			held[h] = 0
		}
	}
	holds := text(changed(held, nil))
	if err = s.row(ctx, postgresForget, text(list), text(mentions), holds).Scan(&count); err != nil {
		return 0, err
	}
	_, err = s.db.ExecContext(ctx, s.sql(postgresSweep), holds)
	return count, err
}
