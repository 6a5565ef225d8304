package sqljournal

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"strconv"
	"strings"
)

// Dialect is the kind of database.
type Dialect int

const (
	// Postgres is PostgreSQL 12 or newer.
	Postgres Dialect = iota + 1
	// SQLite is SQLite 3.38 or newer.
	SQLite
)

// String returns the dialect's name.
func (d Dialect) String() string {
	switch d {
	case Postgres:
		return "PostgreSQL"
	case SQLite:
		return "SQLite"
	}
	return "Dialect(" + strconv.Itoa(int(d)) + ")"
}

func newStore(db *sql.DB, d Dialect, prefix string) store {
	named := strings.NewReplacer("{entries}", prefix+"entries", "{holds}", prefix+"holds",
		"{history}", prefix+"history", "{schema}", prefix+"schema", "{prefix}", prefix)
	return store{db: db, d: d, writing: make(chan struct{}, 1), sql: func(text string) string {
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

// transact runs a transaction on SQLite. It takes the lock for writing at its beginning,
// so that no transaction fails half-way. Transactions of database/sql do not do this.
// Writers of this process wait here for their turn, because SQLite itself does not keep
// their order.
func (s store) transact(ctx context.Context, do func(tx *sql.Conn) error) error {
	select {
	case s.writing <- struct{}{}:
		defer func() { <-s.writing }()
	case <-ctx.Done():
		return ctx.Err()
	}
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err = conn.ExecContext(ctx, "begin immediate"); err != nil {
		return err
	}
	if err = do(conn); err == nil {
		_, err = conn.ExecContext(ctx, "commit")
	}
	if err == nil {
		return nil
	}
	if _, failed := conn.ExecContext(context.WithoutCancel(ctx), "rollback"); failed != nil {
		// The state of the connection is unknown, so it must not be used again.
		_ = conn.Raw(func(any) error { return driver.ErrBadConn })
	}
	return err
}

// durable returns ErrNotDurable if committed data may be lost.
func (d Dialect) durable(ctx context.Context, db *sql.DB) error {
	if d == Postgres {
		var fsync, commit, encoding string
		err := db.QueryRowContext(ctx, "select current_setting('fsync'), current_setting('synchronous_commit'), current_setting('server_encoding')").
			Scan(&fsync, &commit, &encoding)
		switch {
		case err != nil:
			return err
		case fsync != "on", commit == "off":
			return fmt.Errorf("%w: fsync is %s and synchronous_commit is %s", ErrNotDurable, fsync, commit)
		case encoding != "UTF8":
			return fmt.Errorf("%w: the database's encoding is %s, and UTF8 is needed", ErrNotDurable, encoding)
		}
		return nil
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	var mode string
	var synchronous int
	if err := conn.QueryRowContext(ctx, "pragma journal_mode").Scan(&mode); err != nil {
		return err
	}
	if err := conn.QueryRowContext(ctx, "pragma synchronous").Scan(&synchronous); err != nil {
		return err
	}
	// Without a write-ahead log, only EXTRA makes the removal of the rollback journal durable.
	if mode == "wal" && synchronous >= 2 || mode != "wal" && mode != "off" && mode != "memory" && synchronous >= 3 {
		return nil
	}
	return fmt.Errorf("%w: journal_mode is %s and synchronous is %d (use wal and FULL)", ErrNotDurable, mode, synchronous)
}
