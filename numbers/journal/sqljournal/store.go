package sqljournal

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/tnkit/tnkit/internal/book"
	"github.com/tnkit/tnkit/numbers"
)

// store has the statements of a journal. Each of its methods is one step at the database
// and tries once.
type store struct {
	db     *sql.DB
	d      Dialect
	sql    func(string) string // puts the names of the tables into a statement
	writes *writes             // of SQLite
}

func newStore(db *sql.DB, d Dialect, prefix string) store {
	named := strings.NewReplacer("{entries}", prefix+"entries", "{holds}", prefix+"holds", "{open}", prefix+"open",
		"{history}", prefix+"history", "{schema}", prefix+"schema", "{prefix}", prefix)
	return store{db: db, d: d, writes: &writes{turn: make(chan struct{}, 1)}, sql: func(text string) string {
		text = named.Replace(text)
		if d == Postgres {
			text = strings.ReplaceAll(text, "?", "$")
		}
		return text
	}}
}

func (s store) row(ctx context.Context, text string, args ...any) *sql.Row {
	return s.db.QueryRowContext(ctx, s.sql(text), args...)
}

func (s store) query(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	return s.db.QueryContext(ctx, s.sql(text), args...)
}

// firstRevision is that of an entry that begins.
const firstRevision = 1

// errChanged means that another step changed the entry first.
var errChanged = errors.New("another process changed the entry")

// insert inserts an entry that begins, with its holds.
func (s store) insert(ctx context.Context, e numbers.JournalEntry, claims []hold) error {
	data, err := json.Marshal(e)
	if err != nil {
		return err
	}
	id, started, list, holds := key(e.ID), stamp(e.Started), text(keys(e.Numbers)), text(claims)
	row := []any{id, key(e.ReferenceScope()), key(e.Account), key(e.Purchase), started, string(data)}
	if s.d == Postgres {
		_, err = s.db.ExecContext(ctx, s.sql(postgresBegin), append(row, list, holds)...)
		return err
	}
	return s.write(ctx, func(ctx context.Context, w writer) error {
		if _, err := w.exec(ctx, sqliteBegin, row...); err != nil {
			return err
		}
		if _, err := w.exec(ctx, sqliteHistory, id, list); err != nil {
			return err
		}
		_, err := w.exec(ctx, sqliteClaim, id, holds, started)
		return err
	})
}

// update replaces an entry if it still has this revision, and changes its holds.
func (s store) update(ctx context.Context, e numbers.JournalEntry, revision int64, changes []hold) error {
	data, err := json.Marshal(e)
	if err != nil {
		return err
	}
	id, row := key(e.ID), []any{key(e.ID), revision, e.Open(), string(data)}
	if s.d == Postgres {
		var updated int
		err := s.row(ctx, postgresEnd, append(row, text(changes))...).Scan(&updated)
		if err == nil && updated == 0 {
			err = errChanged
		}
		return err
	}
	return s.write(ctx, func(ctx context.Context, w writer) error {
		result, err := w.exec(ctx, sqliteEnd, row...)
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			return errors.Join(errChanged, err)
		}
		_, err = w.exec(ctx, sqliteChange, id, text(changes))
		return err
	})
}

// entry returns the entry with e's id. The error is ErrNotFound if there is none.
func (s store) entry(ctx context.Context, e numbers.JournalEntry) (known version, err error) {
	var data string
	err = s.row(ctx, "select body, revision from {entries} where id = ?1", key(e.ID)).Scan(&data, &known.revision)
	if errors.Is(err, sql.ErrNoRows) {
		return known, book.NotFound(e)
	}
	if err == nil {
		known.entry, err = decode(data)
	}
	return known, err
}

// holders returns the entry with this id, or nil if there is none, and the entries that
// hold one of the claims, oldest first.
func (s store) holders(ctx context.Context, id string, claims []hold) (own *numbers.JournalEntry, others []numbers.JournalEntry, err error) {
	query := postgresHolders
	if s.d == SQLite {
		query = sqliteHolders
	}
	rows, err := s.query(ctx, query, key(id), text(claims))
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var data string
		if err := rows.Scan(&data); err != nil {
			return nil, nil, err
		}
		e, err := decode(data)
		if err != nil {
			return nil, nil, err
		}
		if key(e.ID) == key(id) {
			own = &e
		} else {
			others = append(others, e)
		}
	}
	return own, others, rows.Err()
}

// credited returns the key of the entry that has an order, or "" if that entry was
// removed. found is false if no entry has or had the order.
func (s store) credited(ctx context.Context, account, order string) (id string, found bool, err error) {
	query := "select jsonb_object_keys(holders) from {holds} where kind = 'o' and key = ?1 and space = ?2"
	if s.d == SQLite {
		query = "select u.key from {holds} h, json_each(h.holders) u where h.kind = 'o' and h.key = ?1 and h.space = ?2"
	}
	err = s.row(ctx, query, key(book.Fold(order)), key(account)).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return "", false, nil
	}
	return id, err == nil, err
}

func decode(data string) (e numbers.JournalEntry, err error) {
	if err = json.Unmarshal([]byte(data), &e); err != nil {
		return e, fmt.Errorf("the table has an unreadable entry: %w", err)
	}
	return e, nil
}
