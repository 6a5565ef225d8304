package sqltest

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/journal/sqljournal"
)

var start = time.Date(2026, 3, 1, 12, 0, 0, 123456789, time.UTC)

func attempt(id, reference string, list ...numbers.E164) numbers.Attempt {
	return numbers.Attempt{
		ID: id, Vendor: "memory", Account: "main", Purchase: reference, Reference: reference, Numbers: list,
		Started: start, SendBy: start.Add(15 * time.Second), Deadline: start.Add(75 * time.Second),
	}
}

// TestEveryStatementCut cuts the connection at each piece that is sent, in every way. Each
// call answers as if nothing had happened, and the journal has what was recorded, once.
func TestEveryStatementCut(t *testing.T) {
	for _, cut := range Cuts() {
		t.Run(fmt.Sprint(cut), func(t *testing.T) {
			t.Parallel()
			var at, count, cuts atomic.Int64
			e := onProxy(t, 50*time.Millisecond, func() Cut {
				if n := at.Load(); n > 0 && count.Add(1) == n {
					cuts.Add(1)
					return cut
				}
				return CutNothing
			})
			j := e.journal(t)
			for n := int64(1); ; n++ {
				count.Store(0)
				at.Store(n)
				scenario(t, j, fmt.Sprintf("cut at %d", n))
				at.Store(0)
				if cuts.Load() < n {
					break // it has no more pieces
				}
				_, err := e.opened.ExecContext(t.Context(), strings.ReplaceAll("delete from PREFIXentries; delete from PREFIXopen; delete from PREFIXholds; delete from PREFIXhistory", "PREFIX", e.options.Prefix))
				require.NoError(t, err)
			}
			assert.Greater(t, cuts.Load(), int64(20))
		})
	}
}

// TestMigrationCut: half a migration is none, and the next try does it all.
func TestMigrationCut(t *testing.T) {
	for _, cut := range []Cut{CutInside, CutAnswer} {
		for n := int64(1); ; n += 4 {
			var count atomic.Int64
			e := onProxy(t, time.Millisecond, func() Cut {
				if count.Add(1) == n {
					return cut
				}
				return CutNothing
			})
			scenario(t, e.journal(t), fmt.Sprintf("cut %d at %d", cut, n))
			if n > 25 {
				break
			}
		}
	}
}

// onProxy is a database behind a proxy.
func onProxy(t *testing.T, late time.Duration, next func() Cut) engine {
	t.Helper()
	dir, err := os.MkdirTemp("", "tnkit-proxy-") // a socket's path must be short
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	p, err := StartProxy(dir, postgres.Socket(), late, next)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, p.Close()) })
	e := onPostgres(t)
	db := opened(t, "pgx", postgres.DSN(dir))
	db.SetMaxOpenConns(1) // pieces come in one order
	return engine{dialect: e.dialect, options: e.options, opened: db}
}

// scenario uses everything that a journal has.
func scenario(t *testing.T, j *sqljournal.Journal, name string) {
	t.Helper()
	begin := func(a numbers.Attempt, want ...string) numbers.JournalEntry {
		inTheWay, err := j.Begin(t.Context(), a)
		require.NoError(t, err, name)
		assert.Equal(t, want, ids(inTheWay), name)
		return numbers.JournalEntry{Attempt: a}
	}
	one := begin(attempt("a", "job", "+1", "+2"))
	begin(attempt("b", "other", "+3", "+2"), "a")
	begin(attempt("c", "job"), "a")
	two := begin(attempt("d", "other", "+3"))
	placed := numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: "Order", Held: one.Numbers[:1], HeldUntil: start}
	require.NoError(t, j.End(t.Context(), one, placed), name)
	placed.OrderID = "order"
	require.ErrorIs(t, j.End(t.Context(), two, placed), numbers.ErrConflict, name)
	require.NoError(t, j.End(t.Context(), two, numbers.JournalEnd{Status: numbers.EntryRefused}), name)
	begin(attempt("e", "other", "+1"))
	assert.Equal(t, []string{"a", "d", "e"}, stored(t, j, numbers.JournalQuery{}), name)
	assert.Equal(t, []string{"a", "e"}, stored(t, j, numbers.JournalQuery{Numbers: []numbers.E164{"+1"}}), name)
	forgotten, err := j.Prune(t.Context(), start.Add(time.Second))
	require.NoError(t, err, name)
	assert.LessOrEqual(t, forgotten, 2, name) // those whose answer was lost are not counted
	assert.Equal(t, []string{"e"}, stored(t, j, numbers.JournalQuery{}), name)
	require.ErrorIs(t, j.End(t.Context(), numbers.JournalEntry{Attempt: attempt("e", "")}, placed), numbers.ErrConflict, "%s: credits stay", name)
}

func ids(list []numbers.JournalEntry) (all []string) {
	for _, e := range list {
		all = append(all, e.ID)
	}
	return all
}

func stored(t *testing.T, j numbers.Journal, q numbers.JournalQuery) []string {
	t.Helper()
	var list []numbers.JournalEntry
	for e, err := range j.Entries(context.WithoutCancel(t.Context()), q) {
		require.NoError(t, err)
		list = append(list, e)
	}
	return ids(list)
}

// TestLateCommit: the first statement of a Begin arrives when the second has long been
// sent. There is one entry.
func TestLateCommit(t *testing.T) {
	var armed atomic.Bool
	e := onProxy(t, time.Second, func() Cut {
		if armed.CompareAndSwap(true, false) {
			return CutLate
		}
		return CutNothing
	})
	j := e.journal(t)
	for i := range 3 {
		id := strings.Repeat("x", i+1)
		armed.Store(i > 0) // the statement is prepared in the first round
		inTheWay, err := j.Begin(t.Context(), attempt(id, id, "+1"))
		require.NoError(t, err)
		require.Empty(t, inTheWay)
		time.Sleep(10 * time.Millisecond)
		inTheWay, err = j.Begin(t.Context(), attempt("other", "other", "+1"))
		require.NoError(t, err)
		assert.Equal(t, []string{id}, ids(inTheWay))
		require.NoError(t, j.End(t.Context(), numbers.JournalEntry{Attempt: attempt(id, id)}, numbers.JournalEnd{Status: numbers.EntryNotPlaced}))
	}
	time.Sleep(1100 * time.Millisecond)
	assert.Equal(t, []string{"x", "xx", "xxx"}, stored(t, j, numbers.JournalQuery{}))
	assert.Empty(t, stored(t, j, numbers.JournalQuery{Open: true}))
}
