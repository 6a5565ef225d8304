package numbers_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

func TestSettled(t *testing.T) {
	for state, want := range map[numbers.State]bool{
		numbers.StatePending: false, numbers.StateOutcomeUnknown: false, "a word of tomorrow": false,
		numbers.StateActionRequired: true, numbers.StateComplete: true, numbers.StatePartial: true, numbers.StateFailed: true, numbers.StateCanceled: true,
	} {
		assert.Equal(t, want, (&numbers.Order{State: state}).Settled(), state)
		assert.True(t, (&numbers.Order{State: state, Final: true}).Settled())
		assert.Equal(t, want && state != numbers.StateActionRequired, state.Terminal(), state)
	}
	assert.False(t, (*numbers.Order)(nil).Settled())
}

// TestWaitStops at each end that an order can have.
func TestWaitStops(t *testing.T) {
	for name, o := range map[string]*numbers.Order{
		"complete":        {ID: "o", State: numbers.StateComplete},
		"failed":          {ID: "o", State: numbers.StateFailed},
		"action required": {ID: "o", State: numbers.StateActionRequired},
		"final":           {ID: "o", State: numbers.StatePending, Final: true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				s := &scripted{order: func(context.Context, string) (*numbers.Order, error) {
					if time.Since(began) < time.Hour {
						return &numbers.Order{ID: "o", State: numbers.StatePending}, nil
					}
					return o, nil
				}}
				polls := 0
				got, err := numbers.Wait(t.Context(), s, "o", &numbers.WaitOptions{OnPoll: func(o *numbers.Order) { polls++ }})
				require.NoError(t, err, "settled is no error, whatever the state")
				assert.Equal(t, o, got)
				assert.Equal(t, s.counted("Order"), polls)
				assert.Less(t, polls, 260, "it waits longer from time to time")
				assert.Greater(t, polls, 120, "but not longer than half a minute")
			})
		})
	}
}

func TestWaitIntervals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var at []time.Time
		s := &scripted{order: func(context.Context, string) (*numbers.Order, error) {
			at = append(at, time.Now())
			return &numbers.Order{ID: "o", State: numbers.StatePending}, nil
		}}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
		defer cancel()
		_, err := numbers.Wait(ctx, s, "o", &numbers.WaitOptions{MinInterval: 10 * time.Second, MaxInterval: 40 * time.Second})
		require.ErrorIs(t, err, numbers.ErrPending)
		limit, differ := 10*time.Second, false
		for i := 1; i < len(at); i++ {
			pause := at[i].Sub(at[i-1])
			assert.LessOrEqual(t, pause, limit)
			assert.GreaterOrEqual(t, pause, limit/2)
			differ = differ || pause != limit
			limit = min(limit+limit/2+1, 40*time.Second)
		}
		assert.True(t, differ, "jitter")
	})
}

// TestWaitGoesOn after anything that may pass.
func TestWaitGoesOn(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		goes bool
	}{
		"unreachable":    {&numbers.Error{Kind: numbers.ErrUnreachable}, true},
		"vendor":         {&numbers.Error{Kind: numbers.ErrVendor, Status: 500}, true},
		"rate limited":   {&numbers.Error{Kind: numbers.ErrRateLimited}, true},
		"incomplete":     {&numbers.Error{Kind: numbers.ErrIncomplete}, true},
		"a plain error":  {errors.New("EOF"), true},
		"a time-out":     {context.DeadlineExceeded, true},
		"nothing at all": {nil, true},
		"not found":      {&numbers.Error{Kind: numbers.ErrNotFound}, true},
		"unauthorized":   {&numbers.Error{Kind: numbers.ErrUnauthorized}, false},
		"forbidden":      {&numbers.Error{Kind: numbers.ErrForbidden}, false},
		"invalid":        {&numbers.Error{Kind: numbers.ErrInvalid}, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				calls := 0
				s := &scripted{caps: numbers.Capabilities{ListingDelay: time.Minute}, order: func(context.Context, string) (*numbers.Order, error) {
					if calls++; calls%2 == 0 && calls < 8 {
						return nil, c.err
					}
					if calls < 8 {
						return &numbers.Order{ID: "o", State: numbers.StatePending, Items: []numbers.Item{{E164: one}}}, nil
					}
					return &numbers.Order{ID: "o", State: numbers.StateComplete}, nil
				}}
				o, err := numbers.Wait(t.Context(), s, "o", &numbers.WaitOptions{OnPoll: func(o *numbers.Order) { require.NotNil(t, o) }})
				if c.goes {
					require.NoError(t, err)
					assert.Equal(t, numbers.StateComplete, o.State)
					return
				}
				require.ErrorIs(t, err, c.err)
				require.NotNil(t, o, "as last read")
				assert.Equal(t, numbers.StatePending, o.State)
			})
		})
	}
}

// TestWaitNotYet: a 404 is "not yet" for as long as the vendor may need.
func TestWaitNotYet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: numbers.Capabilities{ListingDelay: time.Minute}})
		m.Inject(numberstest.Fault{Kind: numberstest.LateListing, Delay: 50 * time.Second})
		placed, err := m.Place(t.Context(), numbers.OrderRequest{Numbers: []numbers.E164{one}})
		require.NoError(t, err)
		o, err := numbers.Wait(t.Context(), m, placed.ID, nil)
		require.NoError(t, err)
		assert.Equal(t, numbers.StateComplete, o.State)

		began := time.Now()
		o, err = numbers.Wait(t.Context(), m, "no such order", nil)
		require.ErrorIs(t, err, numbers.ErrNotFound)
		assert.Nil(t, o)
		assert.GreaterOrEqual(t, time.Since(began), time.Minute)
		assert.Less(t, time.Since(began), 2*time.Minute)
	})
}

func TestWaitHonoursRetryAfter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{})
		placed, err := m.Place(t.Context(), numbers.OrderRequest{Numbers: []numbers.E164{one}})
		require.NoError(t, err)
		m.Inject(numberstest.Fault{Kind: numberstest.RateLimited, RetryAfter: "90", On: numberstest.Match{Op: "Order"}})
		began := time.Now()
		_, err = numbers.Wait(t.Context(), m, placed.ID, nil)
		require.NoError(t, err)
		assert.Equal(t, 90*time.Second, time.Since(began))
	})
}

func TestWaitIsBoundedByItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{Account: "main", SettleAfter: time.Hour})
		placed, err := m.Place(t.Context(), numbers.OrderRequest{Numbers: []numbers.E164{one}})
		require.NoError(t, err)
		ctx, cancel := context.WithTimeoutCause(t.Context(), 10*time.Minute, errors.New("closing time"))
		defer cancel()
		began := time.Now()
		o, err := numbers.Wait(ctx, m, placed.ID, nil)
		require.ErrorIs(t, err, numbers.ErrPending)
		assert.ErrorContains(t, err, "closing time")
		require.NotErrorIs(t, err, numbers.ErrUnreachable)
		e, _ := errors.AsType[*numbers.Error](err)
		assert.Equal(t, "main", e.Account)
		assert.Equal(t, []numbers.E164{one}, e.Numbers)
		assert.Equal(t, 10*time.Minute, time.Since(began))
		assert.Equal(t, numbers.StatePending, o.State)

		before := len(m.Calls())
		o, err = numbers.Wait(ctx, m, placed.ID, nil)
		require.ErrorIs(t, err, numbers.ErrPending)
		assert.Nil(t, o)
		assert.Len(t, m.Calls(), before, "nothing is asked for with a context that has ended")

		o, err = numbers.Wait(t.Context(), m, placed.ID, nil)
		require.NoError(t, err, "another process can take it up by the id")
		assert.Equal(t, numbers.StateComplete, o.State)
	})
}

// TestOnPollOneAtATime: the caller needs no lock.
func TestOnPollOneAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{SettleAfter: time.Minute, Capabilities: byNumber(1)})
		polls, pending := 0, 0
		_, err := numbers.Buy(t.Context(), m, numbers.OrderRequest{Numbers: several(20)}, &numbers.BuyOptions{
			Concurrency: 8,
			Wait: numbers.WaitOptions{OnPoll: func(o *numbers.Order) {
				if polls++; o.State == numbers.StatePending {
					pending++
				}
			}},
			OnEvent: func(e numbers.Event) {
				if e.Kind == numbers.EventPending {
					pending--
				}
			},
		})
		require.NoError(t, err)
		assert.Equal(t, calls(m, "Order"), polls)
		assert.Zero(t, pending)
	})
}

func TestWaitBadInput(t *testing.T) {
	m := numberstest.NewMemory(numberstest.MemoryOptions{})
	_, err := numbers.Wait(t.Context(), nil, "o", nil)
	requireRefused(t, err, numbers.ErrInvalid, "Orderer")
	_, err = numbers.Wait(t.Context(), (*numberstest.Memory)(nil), "o", nil)
	requireRefused(t, err, numbers.ErrInvalid, "Orderer")
	for _, id := range []string{"", ".", ".."} {
		_, err = numbers.Wait(t.Context(), m, id, nil)
		requireRefused(t, err, numbers.ErrInvalid, "id")
	}
	assert.Empty(t, m.Calls())
}
