package sqltest

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/journal/sqljournal"
)

// BenchmarkLarge measures a journal that has many entries: 5,000,000, or as many as
// TNKIT_ENTRIES says. A Begin is compared with one of an empty journal, in the same run.
//
//	go test -run '^$' -bench Large -benchtime 1x -timeout 1h
func BenchmarkLarge(b *testing.B) {
	entries := 5_000_000
	if text := os.Getenv("TNKIT_ENTRIES"); text != "" {
		var err error
		entries, err = strconv.Atoi(text)
		require.NoError(b, err)
	}
	for name, c := range map[string]struct {
		fresh func(tb testing.TB) engine
		fill  []string
	}{"PostgreSQL": {onPostgres, fillPostgres()}, "SQLite": {onSQLite, fillSQLite()}} {
		b.Run(name, func(b *testing.B) {
			empty, full := c.fresh(b), c.fresh(b)
			small, large := empty.journal(b), full.journal(b)
			began := time.Now()
			fill(b, full, c.fill, entries)
			b.Logf("filled in %s", time.Since(began).Round(time.Second))
			for b.Loop() {
				measure(b, small, large, entries)
			}
		})
	}
}

// measure reports the metrics. The calls come one after the other, and the middle of them
// counts.
func measure(b *testing.B, small, large *sqljournal.Journal, entries int) {
	b.Helper()
	const calls = 201
	n := func(i int) int { return 1 + i*(entries/calls) }
	middle := func(what string, do func(i int) error) time.Duration {
		took := make([]time.Duration, calls)
		for i := range calls {
			began := time.Now()
			require.NoError(b, do(i), what)
			took[i] = time.Since(began)
		}
		return median(took)
	}
	begins := func(j *sqljournal.Journal) func(int) error {
		return func(int) error { return beginOne(b.Context(), j) }
	}
	_, _ = middle("warm", begins(small)), middle("warm", begins(large))
	one, many := middle("begin", begins(small)), middle("begin", begins(large))
	b.ReportMetric(float64(many)/float64(one), "x-a-begin-when-empty")
	b.ReportMetric(ms(many), "ms-begin")
	reads := func(q func(i int) numbers.JournalQuery) func(int) error {
		return func(i int) error { return readOne(b.Context(), large, q(i), 1) }
	}
	b.ReportMetric(ms(middle("purchase", reads(func(i int) numbers.JournalQuery {
		return numbers.JournalQuery{Account: "main", Purchase: fmt.Sprint("job-", n(i))}
	}))), "ms-by-purchase")
	b.ReportMetric(ms(middle("number", reads(func(i int) numbers.JournalQuery {
		return numbers.JournalQuery{Account: "main", Numbers: []numbers.E164{numbers.E164(fmt.Sprintf("+1%010d", n(i)))}}
	}))), "ms-by-number")
	b.ReportMetric(ms(middle("order", reads(func(i int) numbers.JournalQuery {
		return numbers.JournalQuery{OrderIDs: []string{fmt.Sprint("ORDER-", n(i))}}
	}))), "ms-by-order")
	b.ReportMetric(ms(middle("open", func(int) error {
		return readOne(b.Context(), large, numbers.JournalQuery{Account: "main", Open: true}, openEntries)
	})), "ms-open")

	before, most, count, began := liveHeap(), uint64(0), 0, time.Now()
	for _, err := range large.Entries(b.Context(), numbers.JournalQuery{}) {
		require.NoError(b, err)
		if count++; count%100_000 == 0 {
			most = max(most, liveHeap())
		}
	}
	require.GreaterOrEqual(b, count, entries)
	b.ReportMetric(float64(count)/time.Since(began).Seconds(), "entries/s")
	b.ReportMetric((float64(most)-float64(before))/(1<<20), "MiB-more-while-streaming")
}

// openEntries are how many of the entries are open, besides those that measure begins.
const openEntries = 1000

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func liveHeap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func readOne(ctx context.Context, j *sqljournal.Journal, q numbers.JournalQuery, atLeast int) error {
	count := 0
	for _, err := range j.Entries(ctx, q) {
		if err != nil {
			return err
		}
		count++
	}
	if count < atLeast {
		return fmt.Errorf("%d entries match %+v", count, q)
	}
	return nil
}

// fill fills the tables by SQL, without their indices.
func fill(b *testing.B, e engine, statements []string, entries int) {
	b.Helper()
	db := e.open(b)
	db.SetMaxOpenConns(1)
	prefix := "tnkit_"
	if e.options != nil {
		prefix = e.options.Prefix
	}
	indices := "select 'drop index ' || name, sql from sqlite_master where type = 'index' and sql is not null"
	if e.dialect == sqljournal.Postgres {
		indices = `select case when exists (select from pg_constraint c where c.conname = indexname)
  then 'alter table ' || tablename || ' drop constraint ' || indexname else 'drop index ' || indexname end, indexdef
  from pg_indexes where starts_with(tablename, '` + prefix + `')`
	}
	rows, err := db.QueryContext(b.Context(), indices)
	require.NoError(b, err)
	var drop, create []string
	for rows.Next() {
		var one, other string
		require.NoError(b, rows.Scan(&one, &other))
		drop, create = append(drop, one), append(create, other)
	}
	require.NoError(b, rows.Err())
	for _, text := range append(append(drop, statements...), create...) {
		run(b, db, strings.NewReplacer("PREFIX", prefix, "ENTRIES", strconv.Itoa(entries), "OPEN", strconv.Itoa(openEntries)).Replace(text))
	}
	run(b, db, "analyze")
	if e.dialect == sqljournal.Postgres {
		run(b, db, "checkpoint")
	}
}

func run(b *testing.B, db *sql.DB, text string) {
	b.Helper()
	_, err := db.ExecContext(b.Context(), text)
	require.NoError(b, err, text)
}

// Entry i is a placed order for one number, which it holds no more. The last ones are open.
const body = `{"attempt":{"id":"%s","vendor":"telnyx","account":"main","purchase":"job-%s","reference":"job-%s","numbers":["+1%s"],` +
	`"started":"2026-03-01T12:00:00Z","send_by":"2026-03-01T12:00:15Z","deadline":"2026-03-01T12:01:15Z"},` +
	`"end":{"status":"%s","order_id":"order-%s","held":["+1%s"],"held_until":"2026-03-01T12:12:00Z","time":"2026-03-01T12:00:02Z"}}`

func fillPostgres() []string {
	format := "format('" + body + "', upper(md5(i::text)), i, i, lpad(i::text, 10, '0'), case when i > ENTRIES - OPEN then 'unknown' else 'placed' end, i, lpad(i::text, 10, '0'))"
	series := " from generate_series(1, ENTRIES) i"
	return []string{
		"set maintenance_work_mem = '1GB'",
		"insert into PREFIXentries (id, scope, account, purchase, started, revision, body) select upper(md5(i::text)), 'main', 'main', 'job-' || i, 1700000000000000000 + i * 1000000000::bigint, 2, " + format + series,
		"insert into PREFIXopen (started, id) select 1700000000000000000 + i * 1000000000::bigint, upper(md5(i::text)) from generate_series(ENTRIES - OPEN + 1, ENTRIES) i",
		"insert into PREFIXhistory (number, entry) select '+1' || lpad(i::text, 10, '0'), upper(md5(i::text))" + series,
		"insert into PREFIXholds (kind, key, space, holders) select 'r', 'job-' || i, 'main', jsonb_build_object(upper(md5(i::text)), 9223372036854775807)" + series,
		"insert into PREFIXholds (kind, key, space, holders) select 'n', '+1' || lpad(i::text, 10, '0'), 'main', jsonb_build_object(upper(md5(i::text)), 1700000000000000000)" + series,
		"insert into PREFIXholds (kind, key, space, holders) select 'o', 'order-' || i, 'main', jsonb_build_object(upper(md5(i::text)), 9223372036854775807)" + series,
	}
}

func fillSQLite() []string {
	const id = "printf('%08X%016X', (i * 2654435761) % 4294967296, i)"
	format := "printf('" + body + "', " + id + ", i, i, printf('%010d', i), case when i > ENTRIES - OPEN then 'unknown' else 'placed' end, i, printf('%010d', i))"
	series := " from series"
	with := "with recursive series(i) as (select 1 union all select i + 1 from series where i < ENTRIES) "
	insert := func(table, columns string) string {
		return "insert into PREFIX" + table + " " + with + "select " + columns + series
	}
	return []string{
		"pragma cache_size = -1000000",
		insert("entries", id+", 'main', 'main', 'job-' || i, 1700000000000000000 + i * 1000000000, i > ENTRIES - OPEN, 2, "+format),
		insert("history", "printf('+1%010d', i), "+id),
		insert("holds", "'r', 'job-' || i, 'main', json_object("+id+", 9223372036854775807)") + " order by 2",
		insert("holds", "'n', printf('+1%010d', i), 'main', json_object("+id+", 1700000000000000000)"),
		insert("holds", "'o', 'order-' || i, 'main', json_object("+id+", 9223372036854775807)") + " order by 2",
	}
}
