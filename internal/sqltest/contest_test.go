package sqltest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/journal/sqljournal"
)

// contestTime is how long the processes compete.
func contestTime() time.Duration {
	if os.Getenv("CI_LONG") == "1" {
		return time.Minute
	}
	return 10 * time.Second
}

// TestContestOnPostgres lets three processes compete while connections are cut, processes
// are killed and stopped, and the server is killed, stopped and restarted.
func TestContestOnPostgres(t *testing.T) {
	t.Parallel()
	server, err := StartPostgres(t.Context())
	require.NoError(t, err)
	defer server.Close()
	var cuts atomic.Int64
	dir, err := os.MkdirTemp("", "tnkit-proxy-")
	require.NoError(t, err)
	defer os.RemoveAll(dir)
	proxy, err := StartProxy(dir, server.Socket(), 300*time.Millisecond, func() Cut {
		if rand.IntN(50) > 0 {
			return CutNothing
		}
		return Cuts()[int(cuts.Add(1))%len(Cuts())] // each in turn
	})
	require.NoError(t, err)
	defer proxy.Close()

	db := opened(t, "pgx", server.DSN(""))
	require.NoError(t, sqljournal.Migrate(t.Context(), db, sqljournal.Postgres, nil))
	compete(t, Contest{Driver: "pgx", DSN: server.DSN(dir), Dialect: sqljournal.Postgres}, func(ctx context.Context, round int) {
		switch round % 3 {
		case 0:
			assert.NoError(t, server.Kill())
			assert.NoError(t, server.Start(t.Context()))
		case 1:
			assert.NoError(t, server.Freeze())
			pause(ctx, 500*time.Millisecond)
			assert.NoError(t, server.Thaw())
		default:
			assert.NoError(t, server.Stop())
			assert.NoError(t, server.Start(t.Context()))
		}
	})
	t.Logf("%d cuts", cuts.Load())
	assert.Greater(t, cuts.Load(), int64(len(Cuts())))
	log, err := server.Log()
	require.NoError(t, err)
	assert.Zero(t, strings.Count(log, "deadlock detected"))
}

// TestContestOnSQLite does the same where there is no server.
func TestContestOnSQLite(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "journal.db")
	db := opened(t, "sqlite", path)
	require.NoError(t, sqljournal.Migrate(t.Context(), db, sqljournal.SQLite, nil))
	compete(t, Contest{Driver: "sqlite", DSN: path, Dialect: sqljournal.SQLite}, func(context.Context, int) {})
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

// compete runs a contest of three processes. Meanwhile it kills some and starts others in
// their place, stops some for a while, and harms the server.
func compete(t *testing.T, c Contest, harm func(ctx context.Context, round int)) {
	t.Helper()
	dir := t.TempDir()
	c.Referee, c.Log, c.Workers, c.Claims = filepath.Join(dir, "referee"), filepath.Join(dir, "log"), 6, 24
	c.Options.Patience = 20 * time.Second
	require.NoError(t, os.Mkdir(c.Referee, 0o700))
	ctx, cancel := context.WithTimeout(t.Context(), contestTime())
	defer cancel()
	var all sync.WaitGroup
	var kills int
	for slot := range 3 {
		all.Go(func() {
			for life := 0; ctx.Err() == nil; life++ {
				c := c
				c.Name, c.For = fmt.Sprintf("p%d-%d", slot, life), time.Hour
				if slot > 0 && life > 0 || slot == 2 {
					c.For = contestTime()
				}
				cmd := startContest(t, c)
				pause(ctx, 700*time.Millisecond+time.Duration(rand.IntN(700))*time.Millisecond)
				if slot == 1 && ctx.Err() == nil { // stopped wherever it is, and it goes on
					assert.NoError(t, cmd.Process.Signal(syscall.SIGSTOP))
					pause(ctx, 800*time.Millisecond)
					assert.NoError(t, cmd.Process.Signal(syscall.SIGCONT))
				}
				if slot == 0 || ctx.Err() == nil && slot == 1 && life%2 == 0 {
					assert.NoError(t, cmd.Process.Kill())
					_ = cmd.Wait()
					if slot == 0 {
						kills++
					}
					bury(t, c)
					continue
				}
				assert.NoError(t, cmd.Wait(), "%v", cmd.Stderr)
			}
		})
	}
	all.Go(func() {
		for round := 0; ctx.Err() == nil; round++ {
			pause(ctx, 2500*time.Millisecond)
			if ctx.Err() == nil {
				harm(ctx, round)
			}
		}
	})
	all.Wait()
	assert.Positive(t, kills)
	judge(t, c)
}

func startContest(t *testing.T, c Contest) *exec.Cmd {
	t.Helper()
	encoded, err := json.Marshal(c)
	require.NoError(t, err)
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), ContestVariable+"="+string(encoded))
	cmd.Stderr = new(bytes.Buffer)
	require.NoError(t, cmd.Start())
	return cmd
}

// bury does for a process that was killed what its successor's Recover would do: it ends
// what is without an end.
func bury(t *testing.T, c Contest) {
	t.Helper()
	db := opened(t, c.Driver, c.DSN)
	j, err := sqljournal.Open(t.Context(), db, c.Dialect, &c.Options)
	require.NoError(t, err)
	for _, e := range all(t, j, numbers.JournalQuery{Open: true}) {
		if !strings.HasPrefix(e.ID, c.Name+"-") {
			continue
		}
		files, err := filepath.Glob(filepath.Join(c.Referee, "*"))
		require.NoError(t, err)
		for _, file := range files {
			if owner, _ := os.ReadFile(file); string(owner) == e.ID {
				require.NoError(t, os.Remove(file))
			}
		}
		require.NoError(t, j.End(t.Context(), e, numbers.JournalEnd{Status: numbers.EntryNotPlaced, Reason: "buried"}))
	}
}

// judge compares the log with the journal.
func judge(t *testing.T, c Contest) {
	t.Helper()
	data, err := os.ReadFile(c.Log)
	require.NoError(t, err)
	tried, begun := make(map[string]bool), make(map[string]bool)
	ends, ended := make(map[string][]numbers.JournalEnd), make(map[string]numbers.JournalEnd)
	for line := range bytes.Lines(data) {
		var e Event
		require.NoError(t, json.Unmarshal(line, &e), "%s", line)
		switch e.What {
		case "tries":
			tried[e.ID] = true
		case "begun":
			begun[e.ID] = true
		case "ends":
			ends[e.ID] = append(ends[e.ID], *e.End)
		case "ended":
			ended[e.ID] = *e.End
		default:
			t.Errorf("%s: %s: %s", e.What, e.ID, e.Where)
		}
	}
	db := opened(t, c.Driver, c.DSN)
	j, err := sqljournal.Open(t.Context(), db, c.Dialect, &c.Options)
	require.NoError(t, err)
	found, orders := make(map[string]bool), make(map[string]string)
	for _, e := range all(t, j, numbers.JournalQuery{}) {
		found[e.ID] = true
		require.True(t, tried[e.ID], "%s was never tried", e.ID)
		if !begun[e.ID] { // it was killed before it could say so
			assert.True(t, e.Open() || e.End.Reason == "buried", "%s", e.ID)
		}
		if end, told := ended[e.ID]; told {
			assert.Equal(t, end, e.End, e.ID)
		} else if e.End.Reason != "buried" && !e.Open() {
			assert.Contains(t, ends[e.ID], e.End, e.ID)
		}
		if order := e.End.OrderID; order != "" {
			assert.Empty(t, orders[order], "%s is %s's, too", order, e.ID)
			orders[order] = e.ID
		}
	}
	for id := range begun {
		assert.True(t, found[id], "%s has begun and has no entry", id)
	}
	t.Logf("%d tried, %d begun, %d placed", len(tried), len(begun), len(orders))
	assert.Greater(t, len(begun), 50)
	assert.Greater(t, len(tried), len(begun)*11/10, "they compete")
	assert.NotEmpty(t, orders)
}
