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
			p := plan{
				subject: s, numbers: 300, seed: 42, deaths: 3, dir: t.TempDir(),
				command: func(ctx context.Context) *exec.Cmd { return exec.CommandContext(ctx, self) },
			}
			out, err := p.run(t.Context(), t.Output())
			require.NoError(t, err)
			assert.True(t, out.ok(), "%+v", out)
			assert.Subset(t, out.DiedAt, []numbers.EventKind{
				numbers.EventPlanned, numbers.EventSending, numbers.EventSent, numbers.EventUnknown,
				numbers.EventResolving, numbers.EventResolved, numbers.EventSettled,
			}, "each event that comes at every vendor")
			assert.Equal(t, s.assign != nil, slices.Contains(out.DiedAt, numbers.EventAssigned))
			assert.Greater(t, out.Kills, len(out.DiedAt), "at random moments, too")
			struck, committed := 0, 0
			for _, f := range out.Faults {
				struck, committed = struck+f.Struck, committed+f.Committed
			}
			assert.Positive(t, struck)
			assert.GreaterOrEqual(t, 2*committed, struck, "at least half of the faulted orders are committed")
		})
	}
}
