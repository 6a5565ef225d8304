package sqljournal_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/journal/sqljournal"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// down is a database that can't be reached.
type down struct{ tries atomic.Int64 }

var errDown = errors.New("connection refused")

func (d *down) Connect(context.Context) (driver.Conn, error) {
	d.tries.Add(1)
	return nil, errDown
}

func (d *down) Driver() driver.Driver { return nil }

// TestPatience: a call tries again for as long as it may, and says why it gave up.
func TestPatience(t *testing.T) {
	for _, dialect := range []sqljournal.Dialect{sqljournal.Postgres, sqljournal.SQLite} {
		synctest.Test(t, func(t *testing.T) {
			d := new(down)
			db := sql.OpenDB(d)
			defer db.Close()
			began := time.Now()
			_, err := sqljournal.Open(t.Context(), db, dialect, nil)
			require.ErrorIs(t, err, errDown)
			assert.Equal(t, 15*time.Second, time.Since(began))
			assert.Greater(t, d.tries.Load(), int64(50))
			require.ErrorIs(t, sqljournal.Migrate(t.Context(), db, dialect, &sqljournal.Options{Patience: time.Minute}), errDown)
			assert.Equal(t, 75*time.Second, time.Since(began))

			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			_, err = sqljournal.Open(ctx, db, dialect, nil)
			require.ErrorIs(t, err, context.DeadlineExceeded)
			require.ErrorIs(t, err, errDown)
			assert.Equal(t, 76*time.Second, time.Since(began))
			_, err = sqljournal.Open(ctx, db, dialect, nil)
			require.ErrorIs(t, err, context.DeadlineExceeded)
		})
	}
}

func TestInvalidOptions(t *testing.T) {
	db := sql.OpenDB(new(down))
	defer db.Close()
	for name, c := range map[string]struct {
		db   *sql.DB
		d    sqljournal.Dialect
		opts sqljournal.Options
	}{
		"no database": {d: sqljournal.Postgres},
		"no dialect":  {db: db},
		"dialect":     {db: db, d: 3},
		"prefix":      {db: db, d: sqljournal.SQLite, opts: sqljournal.Options{Prefix: "x; drop table y"}},
		"long prefix": {db: db, d: sqljournal.SQLite, opts: sqljournal.Options{Prefix: strings.Repeat("x", 31)}},
		"patience":    {db: db, d: sqljournal.SQLite, opts: sqljournal.Options{Patience: -1}},
	} {
		_, err := sqljournal.Open(t.Context(), c.db, c.d, &c.opts)
		require.ErrorIs(t, err, numbers.ErrInvalid, name)
		require.ErrorIs(t, sqljournal.Migrate(t.Context(), c.db, c.d, &c.opts), numbers.ErrInvalid, name)
		if name != "no database" {
			_, err = sqljournal.SQL(c.d, &c.opts)
			require.ErrorIs(t, err, numbers.ErrInvalid, name)
		}
	}
}

func TestSQLHasThePrefixEverywhere(t *testing.T) {
	for _, d := range []sqljournal.Dialect{sqljournal.Postgres, sqljournal.SQLite} {
		script, err := sqljournal.SQL(d, &sqljournal.Options{Prefix: "shop_"})
		require.NoError(t, err)
		assert.Contains(t, script, "create table shop_entries (")
		assert.Contains(t, script, "update shop_schema set version = 1;")
		assert.NotContains(t, script, "{")
		assert.NotContains(t, script, "tnkit_")
	}
	assert.Equal(t, []string{"PostgreSQL", "SQLite", "Dialect(0)"}, []string{sqljournal.Postgres.String(), sqljournal.SQLite.String(), sqljournal.Dialect(0).String()})
}
