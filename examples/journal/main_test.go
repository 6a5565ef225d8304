package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/tnkit/tnkit/internal/sqltest"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/journal"
	"github.com/tnkit/tnkit/numbers/journal/sqljournal"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// run runs the program and returns its exit code.
func run(t *testing.T, stdin string, args ...string) (exit int, out, complaint string) {
	t.Helper()
	var o, e bytes.Buffer
	p := program{in: strings.NewReader(stdin), out: &o, err: &e, now: func() time.Time { return now }}
	err := p.run(t.Context(), args)
	if err != nil {
		e.WriteString(err.Error())
	}
	return code(err), o.String(), e.String()
}

// golden compares an output with a file in testdata. TNKIT_UPDATE=1 writes it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if os.Getenv("TNKIT_UPDATE") == "1" {
		require.NoError(t, os.WriteFile(path, []byte(got), 0o600))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, string(want), got)
}

func TestTour(t *testing.T) {
	exit, out, complaint := run(t, "")
	assert.Zero(t, exit, complaint)
	golden(t, "tour.txt", out)
}

// TestExplanations: each entry of the demo.
func TestExplanations(t *testing.T) {
	var all strings.Builder
	for _, e := range demo(now) {
		exit, out, complaint := run(t, "", "explain", e.ID)
		require.Zero(t, exit, complaint)
		all.WriteString(out + "\n")
	}
	golden(t, "explain.txt", all.String())
}

// TestRunningForLong: an entry without an end is explained by the time that has passed.
func TestRunningForLong(t *testing.T) {
	e := numbers.JournalEntry{Attempt: numbers.Attempt{Numbers: []numbers.E164{"+1"}, Started: now, SendBy: now.Add(time.Minute), Deadline: now.Add(2 * time.Minute)}}
	for after, want := range map[time.Duration]string{
		time.Minute: "may be running", 3 * time.Minute: "should be over", 12 * time.Minute: "It is over",
	} {
		assert.Contains(t, explain(e, now.Add(after))[0], want)
	}
	e.Ended = now
	assert.Contains(t, explain(e, now)[0], "Its process has ended")
}

// sources are the same entries in a journal of each kind, by the value of -journal.
func sources(t *testing.T) map[string]string {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "orders.journal")
	j, err := journal.Open(file)
	require.NoError(t, err)
	record(t, j)
	require.NoError(t, j.Close())

	lite := filepath.Join(dir, "orders.db")
	fill(t, "sqlite", lite, sqljournal.SQLite)

	server, err := sqltest.StartPostgres(context.WithoutCancel(t.Context()))
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, server.Close()) })
	dsn := "postgres://postgres@/postgres?host=" + server.Socket()
	fill(t, "pgx", dsn, sqljournal.Postgres)
	return map[string]string{"file": file, "SQLite": "sqlite:" + lite, "PostgreSQL": dsn}
}

func fill(t *testing.T, driver, dsn string, d sqljournal.Dialect) {
	t.Helper()
	db, err := sql.Open(driver, dsn)
	require.NoError(t, err)
	defer db.Close()
	require.NoError(t, sqljournal.Migrate(t.Context(), db, d, nil))
	j, err := sqljournal.Open(t.Context(), db, d, nil)
	require.NoError(t, err)
	record(t, j)
}

func record(t *testing.T, j numbers.Journal) {
	t.Helper()
	for _, e := range demo(now) {
		inTheWay, err := j.Begin(t.Context(), e.Attempt)
		require.NoError(t, err)
		require.Empty(t, inTheWay)
		if e.End.Status != "" {
			require.NoError(t, j.End(t.Context(), e, e.End))
		}
	}
}

// TestEachKindOfJournal: the commands do the same with each.
func TestEachKindOfJournal(t *testing.T) {
	for name, from := range sources(t) {
		t.Run(name, func(t *testing.T) {
			args := func(list ...string) []string { return append([]string{"-journal", from}, list...) }
			exit, out, complaint := run(t, "", args("list")...)
			require.Zero(t, exit, complaint)
			golden(t, "list.txt", out)
			for _, filter := range []struct {
				args string
				want []string
			}{
				{"-open", []string{"DEMO4", "DEMO5", "DEMO8"}},
				{"-status running -status refused", []string{"DEMO2", "DEMO8"}},
				{"-account second", []string{"DEMO5"}},
				{"-scope main -limit 2", []string{"DEMO1", "DEMO2"}},
				{"-purchase job-107", []string{"DEMO7"}},
				{"-number +13125550103 -number +13125550108", []string{"DEMO2", "DEMO3", "DEMO8"}},
				{"-order ORD-1", []string{"DEMO1"}},
				{"-id DEMO2 -id DEMO1", []string{"DEMO1", "DEMO2"}},
				{"-from 3h -until 2026-03-01T10:30:00Z", []string{"DEMO4", "DEMO5"}},
			} {
				exit, out, complaint = run(t, "", args(strings.Fields("-json list "+filter.args)...)...)
				require.Zero(t, exit, complaint)
				assert.Equal(t, filter.want, ids(t, out), filter.args)
			}
			exit, _, complaint = run(t, "", args("list", "-purchase", "nobody's")...)
			assert.Equal(t, 3, exit, complaint)
			exit, out, _ = run(t, "", args("-json", "holder", "+13125550105")...)
			assert.Zero(t, exit)
			assert.Equal(t, []string{"DEMO5"}, ids(t, out))
			exit, _, complaint = run(t, "", args("holder", "+13125550199")...)
			assert.Equal(t, 3, exit)
			assert.Contains(t, complaint, "nobody holds +13125550199")
			exit, _, complaint = run(t, "", args("explain", "DEMO9")...)
			assert.Equal(t, 3, exit)
			assert.Contains(t, complaint, `no entry has the id "DEMO9"`)

			testDismiss(t, args)
		})
	}
}

func testDismiss(t *testing.T, args func(list ...string) []string) {
	t.Helper()
	exit, out, complaint := run(t, "no\n", args("dismiss", "DEMO5", "-reason", "ticket 4712")...)
	assert.Equal(t, 4, exit, complaint)
	assert.Contains(t, out, "Dismissing it frees +13125550105.")
	exit, _, _ = run(t, "", args("holder", "+13125550105")...)
	assert.Zero(t, exit, "it is still held")

	exit, out, complaint = run(t, "yes\n", args("dismiss", "DEMO5", "-reason", "ticket 4712")...)
	require.Zero(t, exit, complaint)
	assert.Contains(t, out, "DEMO5 is dismissed.")
	exit, out, complaint = run(t, "", args("-json", "explain", "DEMO5")...)
	require.Zero(t, exit, complaint)
	var got shown
	require.NoError(t, json.Unmarshal([]byte(out), &got))
	assert.Equal(t, numbers.EntryNotPlaced, got.End.Status)
	assert.Equal(t, "dismissed: ticket 4712", got.End.Reason)
	assert.Empty(t, got.HoldsNow)

	exit, _, complaint = run(t, "", args("dismiss", "DEMO5", "-reason", "again", "-yes")...)
	assert.Equal(t, 1, exit)
	assert.Contains(t, complaint, "the entry is not-placed")
	exit, _, complaint = run(t, "", args("dismiss", "DEMO1", "-reason", "placed", "-yes")...)
	assert.Equal(t, 1, exit)
	assert.Contains(t, complaint, "the entry is placed")
}

func ids(t *testing.T, out string) (list []string) {
	t.Helper()
	for line := range strings.Lines(out) {
		var e shown
		require.NoError(t, json.Unmarshal([]byte(line), &e), line)
		require.NotEmpty(t, e.Explanation)
		list = append(list, e.ID)
	}
	return list
}

// TestFileInUse: reading does not disturb the owner of a file, and shows nothing of its
// running attempts as ended. Dismissing needs the owner to stop.
func TestFileInUse(t *testing.T) {
	path := filepath.Join(t.TempDir(), "orders.journal")
	j, err := journal.Open(path)
	require.NoError(t, err)
	defer j.Close()
	record(t, j)
	exit, out, complaint := run(t, "", "-journal", path, "explain", "DEMO8")
	require.Zero(t, exit, complaint)
	assert.Contains(t, out, "It may be running")
	exit, _, complaint = run(t, "", "-journal", path, "dismiss", "DEMO5", "-reason", "x", "-yes")
	assert.Equal(t, 1, exit)
	assert.Contains(t, complaint, "stop the program that has it open")
	_, err = j.Begin(t.Context(), demo(now)[0].Attempt)
	require.NoError(t, err)
}

// TestMissingJournals: a wrong path makes no new journal.
func TestMissingJournals(t *testing.T) {
	path := filepath.Join(t.TempDir(), "typo")
	for _, args := range [][]string{{"list"}, {"dismiss", "x", "-reason", "y", "-yes"}} {
		for _, from := range []string{path, "sqlite:" + path} {
			exit, _, complaint := run(t, "", append([]string{"-journal", from}, args...)...)
			assert.Equal(t, 1, exit)
			assert.Contains(t, complaint, "no such file")
			assert.NoFileExists(t, path)
		}
	}
	require.NoError(t, os.WriteFile(path, []byte("not a journal\n"), 0o600))
	exit, _, complaint := run(t, "", "-journal", path)
	assert.Equal(t, 1, exit)
	assert.Contains(t, complaint, "the journal is corrupt")
}

func TestCommandLine(t *testing.T) {
	exit, _, help := run(t, "", "-h")
	assert.Zero(t, exit)
	golden(t, "help.txt", help)
	for args, want := range map[string]string{
		"lst":                        `unknown command "lst"`,
		"list now":                   `unexpected argument "now"`,
		"explain":                    "which entry?",
		"explain DEMO1 DEMO2":        `unexpected argument "DEMO2"`,
		"holder":                     "which number?",
		"holder 0123":                "E.164",
		"dismiss DEMO5":              "-reason is needed",
		"list -status gone":          "it is none of running, placed",
		"list -from yesterday":       "yesterday",
		"-number 1 list":             "-number",
		"-nonsense":                  "not defined: -nonsense",
		"dismiss -yes -reason x":     "which entry?",
		"list -open -journal= extra": `unexpected argument "extra"`,
	} {
		exit, out, complaint := run(t, "", strings.Fields(args)...)
		assert.Equal(t, 2, exit, args)
		assert.Empty(t, out, args)
		assert.Contains(t, complaint, want, args)
		assert.Contains(t, complaint, "usage: journal", args)
	}
}

// TestOnlyATerminalIsAsked: a pipe can't say yes.
func TestOnlyATerminalIsAsked(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	require.NoError(t, os.WriteFile(path, []byte("yes\n"), 0o600))
	in, err := os.Open(path)
	require.NoError(t, err)
	defer in.Close()
	var out bytes.Buffer
	p := program{in: in, out: &out, err: &out, now: func() time.Time { return now }}
	err = p.run(t.Context(), []string{"dismiss", "DEMO5", "-reason", "x"})
	require.ErrorIs(t, err, errNotConfirmed)
	assert.Equal(t, 4, code(err))
}
