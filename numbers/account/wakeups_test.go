package account_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
)

// slow is a vendor whose order settles at a time, and an account that seldom reads it.
func slow(t *testing.T, after time.Duration) (*scripted, *account.Account, *account.WaitOptions) {
	t.Helper()
	began := time.Now()
	s := &scripted{caps: byNumber(0), list: always(), place: answer(in(numbers.StatePending, "o", "", one), nil)}
	s.order = func(_ context.Context, id string) (*numbers.Order, error) {
		if time.Since(began) < after {
			return in(numbers.StatePending, id, "", one), nil
		}
		return complete(id, "", one), nil
	}
	return s, open(t, s), &account.WaitOptions{MinInterval: time.Hour, MaxInterval: time.Hour}
}

// A notification of the order, or of one of its numbers, makes whoever waits read at once.
func TestANotificationWakesAWait(t *testing.T) {
	other := several(2)[1]
	for name, c := range map[string]struct {
		id    string
		list  []numbers.E164
		wakes bool
	}{
		"the id":         {"o", nil, true},
		"in capitals":    {"O", nil, true},
		"a number":       {"", []numbers.E164{other, one}, true},
		"another id":     {"another", nil, false},
		"another number": {"", []numbers.E164{other}, false},
		"nothing":        {"", nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				_, a, opts := slow(t, time.Minute)
				time.AfterFunc(time.Minute, func() { a.Notify(c.id, c.list...) })
				began := time.Now()
				_, err := a.Buy(t.Context(), numbers.OrderRequest{Numbers: several(1)}, &account.BuyOptions{Wait: *opts})
				require.NoError(t, err)
				if c.wakes {
					assert.Equal(t, time.Minute, time.Since(began))
				} else {
					assert.GreaterOrEqual(t, time.Since(began), 30*time.Minute)
				}
			})
		})
	}
}

// A notification is only a hint: what counts is the reading.
func TestANotificationThatIsEarlyEndsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, a, opts := slow(t, time.Minute)
		time.AfterFunc(time.Second, func() { a.Notify("o") })
		o, err := a.Wait(t.Context(), "o", opts)
		require.NoError(t, err)
		assert.Equal(t, numbers.StateComplete, o.State)
		assert.Equal(t, 3, s.counted("Order"))
	})
}

// Notifications that come thick and fast make no more than ten readings a second.
func TestManyNotificationsMakeFewReadings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, a, opts := slow(t, 10*time.Second)
		for i := range 20_000 {
			time.AfterFunc(time.Duration(i)*time.Millisecond, func() { a.Notify("o") })
		}
		_, err := a.Wait(t.Context(), "o", opts)
		require.NoError(t, err)
		assert.LessOrEqual(t, s.counted("Order"), 102)
		assert.Greater(t, s.counted("Order"), 50, "each of them is obeyed")
	})
}

// A notification that comes during a reading is not lost.
func TestANotificationDuringAReadingIsNotLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, a, opts := slow(t, 0)
		s.order = func(_ context.Context, id string) (*numbers.Order, error) {
			if s.counted("Order") > 1 {
				return complete(id, "", one), nil
			}
			a.Notify("o")
			return in(numbers.StatePending, id, "", one), nil
		}
		began := time.Now()
		_, err := a.Wait(t.Context(), "o", opts)
		require.NoError(t, err)
		assert.Less(t, time.Since(began), time.Second)
	})
}

func TestANotificationOfNoWaitIsIgnored(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, a, opts := slow(t, 0)
		a.Notify("o", one)
		_, err := a.Wait(t.Context(), "o", opts)
		require.NoError(t, err)
	})
}
