package sqltest

import (
	"context"
	"database/sql"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/journal/sqljournal"
)

// TestMigrateAtOnce: replicas start at the same time.
func TestMigrateAtOnce(t *testing.T) {
	engines(t, func(t *testing.T, fresh func(tb testing.TB) engine) {
		e := fresh(t)
		_, err := sqljournal.Open(t.Context(), e.open(t), e.dialect, e.options)
		require.ErrorIs(t, err, sqljournal.ErrSchema)
		var all sync.WaitGroup
		for range 6 {
			db := e.open(t)
			all.Go(func() { assert.NoError(t, sqljournal.Migrate(t.Context(), db, e.dialect, e.options)) })
		}
		all.Wait()
		scenario(t, e.journal(t), "after that")
	})
}

// TestSQLByHand: the printed statements make the same tables.
func TestSQLByHand(t *testing.T) {
	engines(t, func(t *testing.T, fresh func(tb testing.TB) engine) {
		e := fresh(t)
		script, err := sqljournal.SQL(e.dialect, e.options)
		require.NoError(t, err)
		db := e.open(t)
		for _, statement := range strings.Split(script, ";\n") {
			if strings.TrimSpace(statement) != "" {
				_, err := db.ExecContext(t.Context(), statement)
				require.NoError(t, err, statement)
			}
		}
		scenario(t, e.journal(t), "by hand")
	})
}

func TestNewerTablesAreRefused(t *testing.T) {
	engines(t, func(t *testing.T, fresh func(tb testing.TB) engine) {
		e := fresh(t)
		e.journal(t)
		db := e.open(t)
		prefix := "tnkit_"
		if e.options != nil {
			prefix = e.options.Prefix
		}
		_, err := db.ExecContext(t.Context(), "update "+prefix+"schema set version = 99")
		require.NoError(t, err)
		_, err = sqljournal.Open(t.Context(), db, e.dialect, e.options)
		require.ErrorIs(t, err, sqljournal.ErrSchema)
		require.ErrorIs(t, sqljournal.Migrate(t.Context(), db, e.dialect, e.options), sqljournal.ErrSchema)
	})
}

// TestWithoutPreparedStatements: a pooler between may not allow them.
func TestWithoutPreparedStatements(t *testing.T) {
	for _, mode := range []string{"exec", "simple_protocol", "describe_exec"} {
		e := onPostgres(t)
		e.opened = opened(t, "pgx", postgres.DSN("")+" default_query_exec_mode="+mode)
		scenario(t, e.journal(t), mode)
	}
}

// TestNotDurable: a database that may lose a commit is refused.
func TestNotDurable(t *testing.T) {
	for _, setting := range []string{"synchronous_commit=off"} {
		e := onPostgres(t)
		e.journal(t)
		db := opened(t, "pgx", postgres.DSN("")+" options='-c "+setting+"'")
		_, err := sqljournal.Open(t.Context(), db, sqljournal.Postgres, e.options)
		require.ErrorIs(t, err, sqljournal.ErrNotDurable, setting)
	}
	for _, pragmas := range []string{"_pragma=synchronous(1)", "_pragma=synchronous(0)", "_pragma=journal_mode(delete)", "_pragma=journal_mode(memory)&_pragma=synchronous(3)"} {
		path := filepath.Join(t.TempDir(), "journal.db")
		db, err := sql.Open("sqlite", path)
		require.NoError(t, err)
		require.NoError(t, sqljournal.Migrate(t.Context(), db, sqljournal.SQLite, nil))
		require.NoError(t, db.Close())
		_, err = sqljournal.Open(t.Context(), opened(t, "sqlite", "file:"+path+"?"+pragmas), sqljournal.SQLite, nil)
		require.ErrorIs(t, err, sqljournal.ErrNotDurable, pragmas)
	}
}

// TestDatabaseDown: nothing is recorded, and the error comes when the patience is over.
func TestDatabaseDown(t *testing.T) {
	t.Parallel()
	server, err := StartPostgres(t.Context())
	require.NoError(t, err)
	defer server.Close()
	db := opened(t, "pgx", server.DSN(""))
	opts := &sqljournal.Options{Patience: 2 * time.Second}
	require.NoError(t, sqljournal.Migrate(t.Context(), db, sqljournal.Postgres, opts))
	j, err := sqljournal.Open(t.Context(), db, sqljournal.Postgres, opts)
	require.NoError(t, err)
	one := attempt("a", "job", "+1")
	_, err = j.Begin(t.Context(), one)
	require.NoError(t, err)
	for _, harm := range []struct{ begin, end func() error }{
		{server.Freeze, server.Thaw},
		{server.Kill, func() error { return server.Start(t.Context()) }},
	} {
		require.NoError(t, harm.begin())
		_, err = j.Begin(t.Context(), attempt("b", "other", "+2"))
		require.ErrorContains(t, err, "gave up after 2s")
		require.Error(t, j.End(t.Context(), numbers.JournalEntry{Attempt: one}, numbers.JournalEnd{Status: numbers.EntryUnknown}))
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		_, err = j.Begin(ctx, attempt("b", "other", "+2"))
		cancel()
		require.ErrorIs(t, err, context.DeadlineExceeded)
		for _, err := range j.Entries(t.Context(), numbers.JournalQuery{}) {
			require.Error(t, err)
		}
		require.NoError(t, harm.end())
	}
	// What a frozen server had received may have been recorded, and blocks nobody's way but its own.
	assert.Contains(t, stored(t, j, numbers.JournalQuery{}), "a")
	inTheWay, err := j.Begin(t.Context(), attempt("b", "other", "+2"))
	require.NoError(t, err)
	assert.Empty(t, inTheWay)
}

// TestPruneWhileInUse: what is used meanwhile stays, and credits stay for good.
func TestPruneWhileInUse(t *testing.T) {
	engines(t, func(t *testing.T, fresh func(tb testing.TB) engine) {
		e := fresh(t)
		j, pruner := e.journal(t), e.journal(t)
		done := make(chan struct{})
		go func() {
			defer close(done)
			for range 20 {
				_, err := pruner.Prune(context.WithoutCancel(t.Context()), start.Add(time.Hour))
				assert.NoError(t, err)
			}
		}()
		for i := range 60 {
			id := string(rune('A'+i%20)) + strings.Repeat("x", i/20)
			a := attempt(id, "job "+id, numbers.E164("+1"+id), "+1")
			inTheWay, err := j.Begin(t.Context(), a)
			require.NoError(t, err)
			require.Empty(t, inTheWay)
			require.NoError(t, j.End(t.Context(), numbers.JournalEntry{Attempt: a}, numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: id}))
		}
		<-done
		_, err := pruner.Prune(t.Context(), start.Add(time.Hour))
		require.NoError(t, err)
		assert.Empty(t, stored(t, j, numbers.JournalQuery{}))
		a := attempt("new", "new", "+1")
		_, err = j.Begin(t.Context(), a)
		require.NoError(t, err)
		for i := range 60 {
			id := string(rune('A'+i%20)) + strings.Repeat("x", i/20)
			err := j.End(t.Context(), numbers.JournalEntry{Attempt: a}, numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: strings.ToLower(id)})
			require.ErrorIs(t, err, numbers.ErrConflict, id)
		}
		assert.Equal(t, []string{"new"}, stored(t, j, numbers.JournalQuery{}))
	})
}
