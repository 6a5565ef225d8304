package journal_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

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

// compactorVariable makes the test program a compactor of the journal that it names.
const compactorVariable = "TNKIT_JOURNAL_COMPACTOR"

// compact gives an entry another end and compacts the file, again and again, until it is
// killed. It prints each end that is in the compacted file.
func compact(path string) error {
	j, err := journal.Open(path)
	if err != nil {
		return err
	}
	ctx := context.Background()
	last := 0
	for e, err := range j.Entries(ctx, numbers.JournalQuery{IDs: []string{"0"}}) {
		if err != nil {
			return err
		}
		last, _ = strconv.Atoi(e.End.Reason) // the first has none
	}
	for i := last + 1; ; i++ {
		e := numbers.JournalEntry{Attempt: attempt("0")}
		if err := j.End(ctx, e, numbers.JournalEnd{Status: numbers.EntryUnknown, Reason: strconv.Itoa(i)}); err != nil {
			return err
		}
		if _, err := j.Prune(ctx, time.Time{}); err != nil { // it forgets nothing
			return err
		}
		fmt.Println(i)
	}
}

// TestKilledCompactors: wherever a process is killed while it compacts the file, the next
// opener finds every entry, and what was recorded last. It tries all the time, and gets the
// journal only after the process has gone.
func TestKilledCompactors(t *testing.T) {
	const others = 20
	path := filepath.Join(t.TempDir(), "j")
	j, err := journal.Open(path)
	require.NoError(t, err)
	for i := range others + 1 {
		begin(t, j, attempt(fmt.Sprint(i), numbers.E164(fmt.Sprint("+", i))))
	}
	require.NoError(t, j.Close())
	seen, locked := 0, 0
	for range 25 {
		cmd := exec.CommandContext(t.Context(), os.Args[0])
		cmd.Env = append(os.Environ(), compactorVariable+"="+path)
		out, err := cmd.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, cmd.Start())
		lines := bufio.NewScanner(out)
		require.True(t, lines.Scan())
		printed := make(chan int, 1)
		go func() {
			last, _ := strconv.Atoi(lines.Text())
			for lines.Scan() {
				last, _ = strconv.Atoi(lines.Text())
			}
			printed <- last
		}()
		tries, killAt := 0, rand.IntN(300)
		j, err := journal.Open(path)
		for ; errors.Is(err, journal.ErrLocked); j, err = journal.Open(path) {
			if tries == killAt {
				require.NoError(t, cmd.Process.Kill())
			}
			tries++
		}
		require.NoError(t, err)
		require.Greater(t, tries, killAt, "it is another process's")
		locked += tries
		last := <-printed
		require.Error(t, cmd.Wait(), "it was killed")
		list := entries(t, j)
		require.Len(t, list, others+1)
		for _, e := range list {
			if e.ID == "0" {
				recorded, err := strconv.Atoi(e.End.Reason)
				require.NoError(t, err)
				require.GreaterOrEqual(t, recorded, last)
				require.LessOrEqual(t, recorded, last+1)
			}
		}
		seen = last
		require.NoError(t, j.Close())
		require.NoFileExists(t, path+".new")
	}
	assert.Greater(t, seen, 25)
	assert.Greater(t, locked, 25)
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
