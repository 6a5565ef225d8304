package sqljournal

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// lite is a database that writes down what it is asked to do. A commit waits for gate.
type lite struct {
	gate chan error

	mu  sync.Mutex
	log []string
}

var errRefused = errors.New("constraint failed")

func (l *lite) note(text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.log = append(l.log, text)
}

func (l *lite) count(text string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := 0
	for _, one := range l.log {
		if one == text {
			n++
		}
	}
	return n
}

func (l *lite) Connect(context.Context) (driver.Conn, error) { return liteConn{l}, nil }
func (l *lite) Driver() driver.Driver                        { return nil }

type liteConn struct{ *lite }

func (c liteConn) Close() error                          { return nil }
func (c liteConn) Begin() (driver.Tx, error)             { c.note("begin"); return liteTx(c), nil }
func (c liteConn) Prepare(q string) (driver.Stmt, error) { return liteStmt{c.lite, q}, nil }

type liteTx struct{ *lite }

func (tx liteTx) Commit() error   { tx.note("commit"); return <-tx.gate }
func (tx liteTx) Rollback() error { tx.note("rollback"); return nil }

type liteStmt struct {
	*lite
	text string
}

func (s liteStmt) Close() error  { return nil }
func (s liteStmt) NumInput() int { return -1 }

// Exec refuses what has the word "bad" in it.
func (s liteStmt) Exec(args []driver.Value) (driver.Result, error) {
	s.note(strings.TrimSpace(s.text))
	if slices.Contains(args, driver.Value("bad")) {
		return nil, errRefused
	}
	return driver.RowsAffected(1), nil
}

func (s liteStmt) Query([]driver.Value) (driver.Rows, error) { return nil, errors.ErrUnsupported }

// writeAll starts steps at the same time, after one whose commit waits, and returns their
// errors. The first commit is of that one alone.
func writeAll(t *testing.T, l *lite, commits []error, ids ...string) []error {
	t.Helper()
	db := sql.OpenDB(l)
	defer db.Close()
	db.SetMaxOpenConns(1)
	s := newStore(db, SQLite, "tnkit_")
	errs := make([]error, 1+len(ids))
	var all sync.WaitGroup
	for i, id := range append([]string{"first"}, ids...) {
		all.Go(func() {
			errs[i] = s.write(t.Context(), func(ctx context.Context, w writer) error {
				_, err := w.exec(ctx, sqliteBegin, id)
				return err
			})
		})
		if i == 0 {
			synctest.Wait()
		}
	}
	synctest.Wait()
	for _, err := range commits {
		l.gate <- err
	}
	all.Wait()
	return errs
}

// TestStepsThatWaitShareACommit, and one that fails does not harm the others.
func TestStepsThatWaitShareACommit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &lite{gate: make(chan error)}
		ids := []string{"bad"}
		for i := range 20 {
			ids = append(ids, fmt.Sprint(i))
		}
		errs := writeAll(t, l, []error{nil, nil}, ids...)
		require.ErrorIs(t, errs[1], errRefused)
		assert.Equal(t, make([]error, 20), errs[2:])
		assert.Equal(t, []int{2, 2, 21, 1, 21}, []int{l.count("begin"), l.count("commit"), l.count(sqliteSave), l.count(sqliteUndo), l.count(sqliteSaved)})
	})
}

// TestACommitThatFailsFailsAll: nothing of it is written.
func TestACommitThatFailsFailsAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, full := &lite{gate: make(chan error)}, errors.New("disk full")
		errs := writeAll(t, l, []error{nil, full}, "a", "bad", "c")
		require.NoError(t, errs[0])
		for _, err := range errs[1:] {
			require.ErrorIs(t, err, full)
		}
	})
}

// TestAStepIsNotWaitedForAfterItsContext: the writer that has it goes on.
func TestAStepIsNotWaitedForAfterItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &lite{gate: make(chan error)}
		db := sql.OpenDB(l)
		defer db.Close()
		s := newStore(db, SQLite, "tnkit_")
		nothing := func(context.Context, writer) error { return nil }
		var first error
		var all sync.WaitGroup
		all.Go(func() { first = s.write(t.Context(), nothing) })
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		called := false
		require.ErrorIs(t, s.write(ctx, func(context.Context, writer) error { called = true; return nil }), context.DeadlineExceeded)
		l.gate <- nil
		all.Wait()
		require.NoError(t, first)
		go func() { l.gate <- nil }()
		require.NoError(t, s.write(t.Context(), nothing))
		assert.False(t, called, "what gave up while it waited is not written")
	})
}

// TestRecentIsBounded: what is left out is read again.
func TestRecentIsBounded(t *testing.T) {
	var r recent
	for i := range maxRecent + 100 {
		var v version
		v.entry.ID, v.revision = fmt.Sprint(i), int64(i)
		r.put(v)
		r.put(v)
	}
	assert.Equal(t, maxRecent, len(r.versions))
	last := fmt.Sprint(maxRecent + 99)
	v, found := r.take(last)
	assert.True(t, found)
	assert.Equal(t, int64(maxRecent+99), v.revision)
	_, found = r.take(last)
	assert.False(t, found)
}
