package sqltest

import (
	"context"
	"database/sql"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers/journal/sqljournal"
)

// postgres is the server of all tests that do not harm it, and pool their connections: to
// connect takes longer than a statement.
var (
	postgres *Postgres
	pool     *sql.DB
)

func TestMain(m *testing.M) {
	for variable, run := range map[string]func(context.Context, string) error{ContestVariable: RunContest, ReplicaVariable: RunReplica} {
		if encoded := os.Getenv(variable); encoded != "" {
			if err := run(context.Background(), encoded); err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
			os.Exit(0)
		}
	}
	flag.Parse()
	os.Exit(func() int {
		var err error
		if err = inMemory(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		if postgres, err = StartPostgres(context.Background()); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer postgres.Close()
		if pool, err = postgres.DB(""); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer pool.Close()
		limit(pool)
		return m.Run()
	}())
}

// inMemory puts all temporary directories into memory, where there is room and nothing is
// measured: a test waits for thousands of fsyncs. Processes are killed here and machines are
// not, so that an fsync to a disk would prove nothing more. TMPDIR overrides it.
func inMemory() error {
	const dir, room = "/dev/shm", 4 << 30
	var fs syscall.Statfs_t
	if os.Getenv("TMPDIR") != "" || flag.Lookup("test.bench").Value.String() != "" ||
		syscall.Statfs(dir, &fs) != nil || fs.Bavail*uint64(fs.Bsize) < room { //nolint:gosec // a block's size is positive
		return nil
	}
	return os.Setenv("TMPDIR", dir)
}

// engine is a database that a test has for itself.
type engine struct {
	dialect sqljournal.Dialect
	options *sqljournal.Options
	open    func(tb testing.TB) *sql.DB // another process's connections
	opened  *sql.DB                     // nil = open
}

var prefixes atomic.Int64

// engines are both. Tests on PostgreSQL share a database, under different prefixes.
func engines(t *testing.T, run func(t *testing.T, fresh func(tb testing.TB) engine)) {
	t.Run("PostgreSQL", func(t *testing.T) { run(t, onPostgres) })
	t.Run("SQLite", func(t *testing.T) { run(t, onSQLite) })
}

func onPostgres(testing.TB) engine {
	return engine{
		dialect: sqljournal.Postgres, options: &sqljournal.Options{Prefix: fmt.Sprintf("t%d_", prefixes.Add(1))},
		open: func(tb testing.TB) *sql.DB { return opened(tb, "pgx", postgres.DSN("")) },
	}
}

func onSQLite(tb testing.TB) engine {
	path := filepath.Join(tb.TempDir(), "journal.db")
	return engine{dialect: sqljournal.SQLite, open: func(tb testing.TB) *sql.DB { return opened(tb, "sqlite", path) }}
}

func opened(tb testing.TB, driver, dsn string) *sql.DB {
	tb.Helper()
	db, err := sql.Open(driver, dsn)
	require.NoError(tb, err)
	limit(db)
	tb.Cleanup(func() { require.NoError(tb, db.Close()) })
	return db
}

// limit leaves connections for other tests. PostgreSQL has 200.
func limit(db *sql.DB) {
	db.SetMaxOpenConns(24)
	db.SetMaxIdleConns(24)
}

// journal opens the journal for one more process.
func (e engine) journal(tb testing.TB) *sqljournal.Journal {
	tb.Helper()
	db := e.opened
	if db == nil {
		db = e.open(tb)
	}
	require.NoError(tb, sqljournal.Migrate(tb.Context(), db, e.dialect, e.options))
	j, err := sqljournal.Open(tb.Context(), db, e.dialect, e.options)
	require.NoError(tb, err)
	return j
}
