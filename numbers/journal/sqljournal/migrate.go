package sqljournal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"hash/fnv"
	"strings"
)

// Migrate creates the tables, or updates them to the version that this package uses. If
// they already have this version, it changes nothing. Every replica can call it at its
// start, also at the same time. On SQLite it also sets journal_mode to wal. The error is
// ErrSchema if the tables have a newer version, numbers.ErrInvalid if an option is wrong,
// or an error of the database.
func Migrate(ctx context.Context, db *sql.DB, d Dialect, opts *Options) error {
	j, err := newJournal(db, d, opts)
	if err != nil {
		return err
	}
	return j.persist(ctx, "Migrate", func(ctx context.Context) (done bool, err error) {
		if err := j.store.migrate(ctx); err != nil {
			return errors.Is(err, ErrSchema), err
		}
		return true, nil
	})
}

// SQL returns the statements that create the tables of the newest version in an empty
// database, to run them by hand. The error is numbers.ErrInvalid if an option is wrong.
func SQL(d Dialect, opts *Options) (string, error) {
	prefix, err := d.prefix(opts)
	if err != nil {
		return "", err
	}
	var script strings.Builder
	if d == SQLite {
		script.WriteString(sqliteMode + ";\n")
	}
	for _, text := range newStore(nil, d, prefix).script(0) {
		script.WriteString(text + ";\n")
	}
	return script.String(), nil
}

// migrations returns the statements of each version, beginning with version 1.
func (d Dialect) migrations() [][]string {
	switch d {
	case Postgres:
		return [][]string{postgresTables()}
	case SQLite:
		return [][]string{sqliteTables()}
	}
	return nil
}

// sqliteMode is stored in the file.
const sqliteMode = "pragma journal_mode = wal"

// script returns the statements that migrate from a version to the newest.
func (s store) script(version int) []string {
	list := []string{s.sql("create table if not exists {schema} (version integer not null)")}
	if version == 0 {
		list = append(list, s.sql("insert into {schema} (version) values (0)"))
	}
	for i, statements := range s.d.migrations() {
		if i < version {
			continue
		}
		for _, text := range statements {
			list = append(list, s.sql(text))
		}
		list = append(list, s.sql(fmt.Sprintf("update {schema} set version = %d", i+1)))
	}
	return list
}

// migrate updates the tables to the newest version, in one transaction. The transaction
// locks the database (SQLite) or the prefix (PostgreSQL) against other migrations.
func (s store) migrate(ctx context.Context) error {
	if s.d == SQLite {
		if _, err := s.db.ExecContext(ctx, sqliteMode); err != nil {
			return err
		}
		return s.transact(ctx, func(tx *sql.Tx) error { return s.apply(ctx, tx) })
	}
	tx, err := s.db.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelReadCommitted})
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	lock := fnv.New64a()
	lock.Write([]byte(s.sql("tnkit journal {schema}")))
	if _, err := tx.ExecContext(ctx, "select pg_advisory_xact_lock($1)", int64(lock.Sum64())); err != nil { //nolint:gosec // any number is allowed
		return err
	}
	if err := s.apply(ctx, tx); err != nil {
		return err
	}
	return tx.Commit()
}

// execer is a connection or a transaction.
type execer interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

func (s store) apply(ctx context.Context, tx execer) error {
	script := s.script(0)
	for _, text := range []string{script[0], s.sql("update {schema} set version = version where false")} { // the second takes SQLite's lock
		if _, err := tx.ExecContext(ctx, text); err != nil {
			return err
		}
	}
	version, err := s.version(ctx, tx)
	if err != nil {
		return err
	}
	if latest := len(s.d.migrations()); version > latest {
		return fmt.Errorf("%w: they have version %d, and the newest version of this package is %d", ErrSchema, version, latest)
	} else if version == latest {
		return nil
	}
	for _, text := range s.script(version)[1:] {
		if _, err := tx.ExecContext(ctx, text); err != nil {
			return err
		}
	}
	return nil
}

// version returns the version of the tables; 0 = no tables.
func (s store) version(ctx context.Context, db execer) (version int, err error) {
	err = db.QueryRowContext(ctx, s.sql("select coalesce(max(version), 0) from {schema}")).Scan(&version)
	return version, err
}

// check returns ErrSchema unless the tables have the version that this package uses. It
// reports whether their version is known.
func (s store) check(ctx context.Context) (known bool, err error) {
	exists := "select count(*) from pg_catalog.pg_class where oid = to_regclass('{schema}')"
	if s.d == SQLite {
		exists = "select count(*) from sqlite_master where type = 'table' and name = '{schema}'"
	}
	var tables, version int
	if err = s.row(ctx, exists).Scan(&tables); err == nil && tables > 0 {
		version, err = s.version(ctx, s.db)
	}
	if err != nil {
		return false, err
	}
	if latest := len(s.d.migrations()); version != latest {
		err = fmt.Errorf("%w: they have version %d (0 = missing), and this package needs version %d", ErrSchema, version, latest)
	}
	return true, err
}

// postgresTables returns the statements of version 1. They leave free space in the pages
// of entries and holds, because each row is updated soon. No index has a column that End
// changes, so an update does not write to the indices. For this reason the open entries
// have a table of their own. Texts are compared by their bytes.
func postgresTables() []string {
	return []string{
		`create table {entries} (
  id text collate "C" primary key,
  scope text collate "C" not null,
  account text collate "C" not null,
  purchase text collate "C" not null,
  started bigint not null,
  revision bigint not null,
  body text not null
) with (fillfactor = 60)`,
		`create index {prefix}entries_started on {entries} (started, id)`,
		`create index {prefix}entries_scope on {entries} (scope, started, id)`,
		`create index {prefix}entries_account on {entries} (account, started, id)`,
		`create index {prefix}entries_purchase on {entries} (purchase, started, id)`,
		`create table {open} (
  started bigint not null,
  id text collate "C" not null,
  primary key (started, id)
)`,
		`create table {holds} (
  kind text collate "C" not null,
  key text collate "C" not null,
  space text collate "C" not null,
  holders jsonb not null,
  primary key (kind, key, space)
) with (fillfactor = 70)`,
		`create table {history} (
  number text collate "C" not null,
  entry text collate "C" not null,
  primary key (number, entry)
)`,
	}
}

func sqliteTables() []string {
	return []string{
		`create table {entries} (
  id text primary key not null,
  scope text not null,
  account text not null,
  purchase text not null,
  started integer not null,
  open boolean not null,
  revision integer not null,
  body text not null
)`,
		`create index {prefix}entries_started on {entries} (started, id)`,
		`create index {prefix}entries_scope on {entries} (scope, started, id)`,
		`create index {prefix}entries_account on {entries} (account, started, id)`,
		`create index {prefix}entries_purchase on {entries} (purchase, started, id)`,
		`create index {prefix}entries_open on {entries} (started, id) where open`,
		`create table {holds} (
  kind text not null,
  key text not null,
  space text not null,
  holders text not null,
  primary key (kind, key, space)
) without rowid`,
		`create table {history} (
  number text not null,
  entry text not null,
  primary key (number, entry)
) without rowid`,
	}
}
