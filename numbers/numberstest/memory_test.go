package numberstest_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// TestLateInItsOwnTime: what is committed late is dated, listed and settled by
// when that was, not by when it was read.
func TestLateInItsOwnTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{SettleAfter: time.Second})
		began := time.Now()
		for _, late := range []struct {
			number numbers.E164
			delay  time.Duration
		}{{"+12025550101", 5 * time.Second}, {"+12025550100", 3 * time.Second}} {
			m.Inject(
				numberstest.Fault{Kind: numberstest.LateCommit, Delay: late.delay},
				numberstest.Fault{Kind: numberstest.LateListing, Delay: 2 * time.Second},
			)
			_, err := m.Place(t.Context(), numbers.OrderRequest{Numbers: []numbers.E164{late.number}})
			require.ErrorIs(t, err, numbers.ErrOutcomeUnknown)
		}
		time.Sleep(time.Minute)
		var seen []numbers.E164
		for o, err := range m.Orders(t.Context(), numbers.OrderQuery{}) {
			require.NoError(t, err)
			assert.Equal(t, numbers.StateComplete, o.State)
			seen = append(seen, o.Numbers()...)
		}
		assert.Equal(t, []numbers.E164{"+12025550100", "+12025550101"}, seen)
		for i, p := range m.Books().Purchases {
			assert.Equal(t, time.Duration(3+2*i)*time.Second, p.At.Sub(began))
		}
	})
}
