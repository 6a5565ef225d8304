package sqljournal

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
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
