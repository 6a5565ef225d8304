package main

import (
	"context"
	"os"
	"os/exec"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

func TestMain(m *testing.M) {
	if encoded := os.Getenv(jobVariable); encoded != "" {
		if err := child(context.Background(), encoded, os.Stdout); err != nil {
			os.Stderr.WriteString(err.Error())
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// TestChaos is the short form of the run.
func TestChaos(t *testing.T) {
	self, err := os.Executable()
	require.NoError(t, err)
	for _, s := range subjects() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel() // they mostly wait
			p := plan{
				subject: s, numbers: 300, seed: 42, deaths: 3, dir: t.TempDir(),
				stops:   map[string]int{"opentact": 1}[s.name], // where the vendor sells a number twice
				command: func(ctx context.Context) *exec.Cmd { return exec.CommandContext(ctx, self) },
			}
			out, err := p.run(t.Context(), t.Output())
			require.NoError(t, out.print(t.Output(), s.never))
			require.NoError(t, err)
			assert.True(t, out.ok(), "%+v", out)

			possible := slices.DeleteFunc(events(), func(kind numbers.EventKind) bool { return s.never[kind] != "" })
			assert.Equal(t, possible, out.DiedAt, "killed at each event that can come")
			assert.Equal(t, p.deaths, out.Kills, "and at random moments")
			assert.Equal(t, p.stops, out.Stops)
			assertFaults(t, s, out.strikes)
		})
	}
}

// assertFaults asserts that what was to go wrong went wrong.
func assertFaults(t *testing.T, s subject, got strikes) {
	t.Helper()
	assert.Greater(t, 4*got.OrderFaults, got.Orders, "about a third of the orders' replies are faulted")
	assert.GreaterOrEqual(t, 2*got.OrderCommits, got.OrderFaults, "at least half of the faulted orders are committed")
	assert.Positive(t, got.ReadFaults)
	frames := 0
	for kind, tally := range got.Faults {
		assert.Positive(t, tally.Struck, "%s was injected, and never struck", kind)
		if kind == numberstest.HTTP2Reset || kind == numberstest.HTTP2GoAway {
			frames += tally.HTTP2
		}
	}
	assert.Positive(t, frames, "some of them as frames of HTTP/2")
	for _, kind := range slices.Concat(numberstest.TransportFaults(), s.odd) {
		assert.Contains(t, got.Faults, kind)
	}
	for _, lie := range s.lies {
		assert.Contains(t, got.Faults, lie.Kind)
	}
}
