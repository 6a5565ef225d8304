package sqltest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/journal/sqljournal"
	"github.com/tnkit/tnkit/numbers/numberstest"
	"github.com/tnkit/tnkit/telnyx/telnyxtest"
)

// jobsOfReplicas are 1,000 with CI_LONG=1.
func jobsOfReplicas() int {
	if os.Getenv("CI_LONG") == "1" {
		return 1000
	}
	return 90
}

// TestReplicasOnPostgres lets three replicas share a journal. They are killed and stopped,
// the vendor's replies are lost, and the database is restarted twice.
func TestReplicasOnPostgres(t *testing.T) {
	t.Parallel()
	server, err := StartPostgres(t.Context())
	require.NoError(t, err)
	defer server.Close()
	require.NoError(t, sqljournal.Migrate(t.Context(), opened(t, "pgx", server.DSN("")), sqljournal.Postgres, nil))
	sell(t, Replica{Driver: "pgx", DSN: server.DSN(""), Dialect: sqljournal.Postgres}, func(kill bool) {
		if kill {
			assert.NoError(t, server.Kill())
		} else {
			assert.NoError(t, server.Stop())
		}
		assert.NoError(t, server.Start(t.Context()))
	})
}

// TestReplicasOnSQLite does the same with a file.
func TestReplicasOnSQLite(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "journal.db")
	require.NoError(t, sqljournal.Migrate(t.Context(), opened(t, "sqlite", path), sqljournal.SQLite, nil))
	sell(t, Replica{Driver: "sqlite", DSN: path, Dialect: sqljournal.SQLite}, func(bool) {})
}

func sell(t *testing.T, r Replica, restart func(kill bool)) {
	t.Helper()
	vendor, err := telnyxtest.Start(telnyxtest.Options{ServerOptions: numberstest.ServerOptions{Lenient: true}, SettleAfter: 20 * time.Millisecond})
	require.NoError(t, err)
	defer vendor.Close()
	r.URL, r.Token, r.Of, r.Jobs, r.Reports = vendor.URL(), telnyxtest.APIKey, 3, jobsOfReplicas(), filepath.Join(t.TempDir(), "reports")
	for i := range r.Jobs / 3 {
		kind := []numberstest.FaultKind{numberstest.LostReply, numberstest.DroppedRequest, numberstest.LateCommit}[i%3]
		f := numberstest.Fault{Kind: kind, After: 3 * i}
		if kind == numberstest.LateCommit {
			f.Delay = 40 * time.Millisecond
		}
		vendor.Inject(f)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 15*time.Minute)
	defer cancel()
	var all sync.WaitGroup
	var kills, stops int
	for index := range r.Of {
		all.Go(func() {
			r := r
			r.Index = index
			for life := 0; ctx.Err() == nil; life++ {
				cmd := startReplica(t, ctx, r)
				if index == 0 && life < max(3, r.Jobs/100) { // it dies a few times
					time.Sleep(500*time.Millisecond + time.Duration(rand.IntN(1000))*time.Millisecond)
					_ = cmd.Process.Kill()
					if exit, ok := errors.AsType[*exec.ExitError](cmd.Wait()); ok && !exit.Exited() {
						kills++ // it had not ended by itself
					}
					continue
				}
				if index == 1 { // longer than an order may be sent after its claim
					time.Sleep(700 * time.Millisecond)
					if cmd.Process.Signal(syscall.SIGSTOP) == nil {
						stops++
						time.Sleep(16 * time.Second)
						assert.NoError(t, cmd.Process.Signal(syscall.SIGCONT))
					}
				}
				if cmd.Wait() == nil {
					return
				}
				t.Logf("replica %d starts again: %v", index, cmd.Stderr) // the database was down for too long
			}
		})
	}
	for i := range 2 {
		time.Sleep(1500 * time.Millisecond)
		restart(i == 0)
	}
	all.Wait()
	r.Index = -1 // and once more in turn, without harm
	last := startReplica(t, ctx, r)
	require.NoError(t, last.Wait(), "%v", last.Stderr)
	assert.Positive(t, kills)
	assert.Positive(t, stops)
	audit(t, r, vendor.Books())
}

func startReplica(t *testing.T, ctx context.Context, r Replica) *exec.Cmd {
	t.Helper()
	encoded, err := json.Marshal(r)
	require.NoError(t, err)
	cmd := exec.CommandContext(ctx, os.Args[0])
	cmd.Env = append(os.Environ(), ReplicaVariable+"="+string(encoded))
	cmd.Stderr = new(bytes.Buffer)
	require.NoError(t, cmd.Start())
	return cmd
}

// audit compares the vendor's books with what the customers were told last, and with the
// journal.
func audit(t *testing.T, r Replica, books numberstest.Books) {
	t.Helper()
	owned := make(map[numbers.E164]int)
	for _, p := range books.Owned() {
		owned[numbers.E164("+"+strings.TrimPrefix(p.Number, "+"))]++
	}
	data, err := os.ReadFile(r.Reports)
	require.NoError(t, err)
	last := make(map[int]Report)
	for line := range bytes.Lines(data) {
		var one Report
		if json.Unmarshal(line, &one) == nil {
			last[one.Job] = one
		}
	}
	told := make(map[numbers.E164][]int)
	unknown := 0
	for job := range r.Jobs {
		unknown += len(last[job].Open)
		for _, n := range last[job].Bought {
			told[n] = append(told[n], job)
		}
	}
	twice, lost, shared, missing := 0, 0, 0, 0
	for i := range r.Jobs {
		for _, n := range WantedBy(i, r.Jobs)[:perJob] {
			switch {
			case owned[n] > 1:
				twice++
			case owned[n] == 1 && len(told[n]) == 0:
				lost++
			case owned[n] == 0:
				missing++
			}
			if len(told[n]) > 1 || len(told[n]) > owned[n] {
				shared++
			}
		}
	}
	j, err := sqljournal.Open(t.Context(), opened(t, r.Driver, r.DSN), r.Dialect, nil)
	require.NoError(t, err)
	credits, open, entries := make(map[string]int), 0, 0
	for _, e := range all(t, j, numbers.JournalQuery{}) {
		entries++
		if e.End.OrderID != "" {
			credits[strings.ToLower(e.End.OrderID)]++
		}
		if e.Open() {
			open++
		}
	}
	creditedTwice := 0
	for _, n := range credits {
		if n > 1 {
			creditedTwice++
		}
	}
	figures := fmt.Sprintf("%d jobs, %d numbers, %d entries: bought twice %d, lost %d, unknown %d, told to two %d, missing %d, credited twice %d, open entries %d",
		r.Jobs, perJob*r.Jobs, entries, twice, lost, unknown, shared, missing, creditedTwice, open)
	t.Log(figures)
	assert.Zero(t, twice+lost+unknown+shared+missing+creditedTwice, figures)
	assert.Len(t, owned, perJob*r.Jobs)
}
