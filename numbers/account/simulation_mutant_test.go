package account_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/tnkit/tnkit/numbers"
)

// simMutants break one of the four rules each.
func simMutants() map[string]simMutant {
	journal := func(j *simWrongJournal) simMutant {
		return simMutant{book: func() numbers.Journal {
			return &simWrongJournal{inTheWay: j.inTheWay, end: j.end, accepts: j.accepts}
		}}
	}
	return map[string]simMutant{
		"claim: Begin does not look at the numbers": journal(&simWrongJournal{inTheWay: func(a numbers.Attempt, e numbers.JournalEntry) bool {
			return e.ID == a.ID || e.Reference == a.Reference
		}}),
		"claim: a hold ends when the order has settled": journal(&simWrongJournal{end: func(end numbers.JournalEnd) numbers.JournalEnd {
			if !end.HeldUntil.IsZero() {
				end.Held, end.HeldUntil = nil, time.Time{}
			}
			return end
		}}),
		"credit: End accepts another entry's order": journal(&simWrongJournal{accepts: func(now numbers.JournalEntry, end numbers.JournalEnd) bool {
			return now.Accepts(end)
		}}),
		"fence: the gate does not look at SendBy":       {noFence: true},
		"proof: the listing delay is too short":         {listingDelay: time.Millisecond},
		"proof: a clock is ahead of the others, by far": {ahead: 3 * numbers.ClockSlack},
	}
}

// TestSimulationFindsMutants: a mutant of each of the four rules is found within 1,000
// histories. So TestSimulation would find a mistake in each.
func TestSimulationFindsMutants(t *testing.T) {
	const most = 1000
	for name, mutant := range simMutants() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(most) {
				if w := simulate(t, 1+seed, mutant); len(w.wrong) > 0 {
					t.Logf("history %d: %s", w.seed, slices.Compact(w.wrong))
					return
				}
			}
			assert.Failf(t, "not found", "%d histories do not show it", most)
		})
	}
}
