package journal_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/journal"
)

// writerVariable makes the test program a writer of the journal that it names.
const writerVariable = "TNKIT_JOURNAL_WRITER"

// write records attempts until it is killed, and prints each record that was made.
func write(path string) error {
	j, err := journal.Open(path)
	if err != nil {
		return err
	}
	ctx := context.Background()
	for i := 0; ; i++ {
		e := numbers.JournalEntry{Attempt: attempt(fmt.Sprint(os.Getpid(), "-", i), numbers.E164(fmt.Sprint("+", os.Getpid())))}
		if inTheWay, err := j.Begin(ctx, e.Attempt); err != nil || len(inTheWay) > 0 {
			return fmt.Errorf("%v is in the way: %w", inTheWay, err)
		}
		fmt.Println("begun", e.ID)
		if err := j.End(ctx, e, numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: "order " + e.ID}); err != nil {
			return err
		}
		fmt.Println("ended", e.ID)
	}
}

// TestKilledWriters: what Begin and End returned for is in the file, however the
// process ends. Until it ends, nobody else can open the journal.
func TestKilledWriters(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j")
	begun, ended := make(map[string]bool), make(map[string]bool)
	for records := 1; records <= 12; records++ {
		cmd := exec.CommandContext(t.Context(), os.Args[0])
		cmd.Env = append(os.Environ(), writerVariable+"="+path)
		out, err := cmd.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, cmd.Start())
		lines := bufio.NewScanner(out)
		for said := 0; lines.Scan(); said++ {
			what, id, _ := strings.Cut(lines.Text(), " ")
			map[string]map[string]bool{"begun": begun, "ended": ended}[what][id] = true
			if said == 0 {
				_, err = journal.Open(path)
				assert.ErrorIs(t, err, journal.ErrLocked, "it is another process's")
			}
			if said == records {
				require.NoError(t, cmd.Process.Kill())
			}
		}
		require.Error(t, cmd.Wait(), "it was killed")

		j, err := journal.Open(path)
		require.NoError(t, err)
		has := make(map[string]numbers.JournalEntry)
		for _, e := range entries(t, j) {
			has[e.ID] = e
		}
		for id := range begun {
			require.Contains(t, has, id)
		}
		for id := range ended {
			assert.Equal(t, "order "+id, has[id].End.OrderID)
		}
		require.NoError(t, j.Close())
	}
	assert.NotEmpty(t, ended)
}
