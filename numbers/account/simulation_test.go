package account_test

import (
	"flag"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
)

var (
	simHistories = flag.Int("histories", simDefault, "how many histories TestSimulation lets happen")
	simSeed      = flag.Uint64("seed", 1, "the seed of the first history; each has the next one")
)

// simulate lets one history happen in virtual time.
func simulate(t *testing.T, seed uint64, mutant simMutant) (w *simWorld) {
	synctest.Test(t, func(*testing.T) {
		w = newSimWorld(seed, mutant)
		w.end(w.live())
	})
	slices.Sort(w.log) // what happens at the same time is in no order
	return w
}

// simFigures are the sums over many histories.
type simFigures struct {
	mu     sync.Mutex
	counts map[string]int
}

func (f *simFigures) add(w *simWorld) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for what, n := range w.counts {
		f.counts[what] += n
	}
}

func (f *simFigures) String() string {
	var b strings.Builder
	for _, what := range slices.Sorted(maps.Keys(f.counts)) {
		fmt.Fprintf(&b, "\n%10d %s", f.counts[what], what)
	}
	return b.String()
}

// TestSimulation lets whole histories happen: customers and replicas that share a
// journal, clocks that differ, stops, crashes, faults of the vendor and the journal,
// releases and redeliveries. Nothing is bought twice, lost, credited twice, sent late or
// blocked for ever. A failure prints its seed; the same history happens again, and is
// printed, with
//
//	go test ./numbers/account -run TestSimulation -histories 1 -seed SEED -v
func TestSimulation(t *testing.T) {
	figures := simFigures{counts: make(map[string]int)}
	began := time.Now()
	var next atomic.Int64
	t.Run("histories", func(t *testing.T) {
		for i := range runtime.GOMAXPROCS(0) {
			t.Run(fmt.Sprint("worker ", i+1), func(t *testing.T) {
				t.Parallel()
				for n := next.Add(1); n <= int64(*simHistories); n = next.Add(1) {
					w := simulate(t, *simSeed+uint64(n-1), simMutant{})
					figures.add(w)
					assert.Empty(t, w.wrong, "history %d", w.seed)
					if *simHistories == 1 {
						t.Log("\n" + strings.Join(w.log, "\n"))
					}
				}
			})
		}
	})
	t.Logf("%d histories in %s:%s", *simHistories, time.Since(began).Round(time.Millisecond), &figures)
}

// TestSimulationRepeats: a seed draws the same history again. What happens at one instant
// happens in the order in which the goroutines run: on a busy machine that differs at
// times, so that a history has some tries to come again.
func TestSimulationRepeats(t *testing.T) {
	const tries = 6
	for seed := *simSeed; seed < *simSeed+50; seed++ {
		seen := make(map[string]bool)
		again := false
		for range tries {
			log := strings.Join(simulate(t, seed, simMutant{}).log, "\n")
			if again = seen[log]; again {
				break
			}
			seen[log] = true
		}
		assert.True(t, again, "history %d came in %d forms", seed, len(seen))
	}
}
