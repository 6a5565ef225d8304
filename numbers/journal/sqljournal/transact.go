package sqljournal

import (
	"context"
	"database/sql"
	"strings"
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
