package sqltest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
)

// BenchmarkPurchases measures purchases, a Begin and an End each, by many at a time, and as a
// ratio to as many inserts of one row into a table of the same database in the same run.
func BenchmarkPurchases(b *testing.B) {
	for name, c := range map[string]struct {
		fresh   func(tb testing.TB) engine
		writers int
	}{"PostgreSQL": {onPostgres, 64}, "SQLite": {onSQLite, 8}} {
		b.Run(name, func(b *testing.B) {
			e := c.fresh(b)
			db := e.open(b)
			db.SetMaxOpenConns(c.writers)
			db.SetMaxIdleConns(c.writers)
			if e.options == nil {
				db.SetMaxOpenConns(1)
			}
			e.opened = db
			j := e.journal(b)
			table := fmt.Sprintf("rows_%d", prefixes.Add(1))
			_, err := db.ExecContext(b.Context(), "create table "+table+" (id text primary key, body text)")
			require.NoError(b, err)
			for b.Loop() {
				const each = 20
				inserts := atOnce(c.writers, each, func() error { return insertRow(b.Context(), db, table) })
				purchases := atOnce(c.writers, each, func() error { return purchase(b.Context(), j) })
				if inserts.err != nil || purchases.err != nil {
					b.Fatal(inserts.err, purchases.err)
				}
				n := float64(c.writers * each)
				b.ReportMetric(n/purchases.took.Seconds(), "purchases/s")
				b.ReportMetric(n/inserts.took.Seconds(), "inserts/s")
				b.ReportMetric(purchases.took.Seconds()/inserts.took.Seconds(), "x-an-insert")
			}
		})
	}
}

type timed struct {
	took time.Duration
	err  error
}

// atOnce does something by many at a time, some times each.
func atOnce(writers, each int, do func() error) timed {
	var all sync.WaitGroup
	var failed atomic.Value
	began := time.Now()
	for range writers {
		all.Go(func() {
			for range each {
				if err := do(); err != nil {
					failed.Store(err)
				}
			}
		})
	}
	all.Wait()
	err, _ := failed.Load().(error)
	return timed{time.Since(began), err}
}

func insertRow(ctx context.Context, db *sql.DB, table string) error {
	_, err := db.ExecContext(ctx, "insert into "+table+" (id, body) values ($1, $2)", rand.Text(), rand.Text())
	return err
}

func purchase(ctx context.Context, j numbers.Journal) error {
	id := rand.Text()
	e := numbers.JournalEntry{Attempt: attempt(id, id, numbers.E164("+1"+id))}
	if err := begin(ctx, j, e.Attempt); err != nil {
		return err
	}
	return j.End(ctx, e, numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: id, Held: e.Numbers, HeldUntil: start.Add(time.Hour)})
}

func beginOne(ctx context.Context, j numbers.Journal) error {
	id := rand.Text()
	return begin(ctx, j, attempt(id, id, numbers.E164("+1"+id)))
}

func begin(ctx context.Context, j numbers.Journal, a numbers.Attempt) error {
	inTheWay, err := j.Begin(ctx, a)
	if err == nil && len(inTheWay) > 0 {
		err = fmt.Errorf("in the way: %v", inTheWay)
	}
	return err
}

func median(list []time.Duration) time.Duration {
	slices.Sort(list)
	return list[len(list)/2]
}
