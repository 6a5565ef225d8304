package account_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

func TestWaitReturnsWhenTheOrderHasSettled(t *testing.T) {
	settledItems := in(numbers.StatePending, "o", "", several(2)...) // An undocumented state of the order
	settledItems.Items[0].State, settledItems.Items[1].State = numbers.StateComplete, numbers.StateFailed
	for name, o := range map[string]*numbers.Order{
		"complete":        {ID: "o", State: numbers.StateComplete},
		"failed":          {ID: "o", State: numbers.StateFailed},
		"action required": {ID: "o", State: numbers.StateActionRequired},
		"final":           {ID: "o", State: numbers.StatePending, Final: true},
		"all its items":   settledItems,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				s := &scripted{order: func(context.Context, string) (*numbers.Order, error) {
					if time.Since(began) < time.Hour {
						return in(numbers.StatePending, "o", "", several(2)...), nil
					}
					return o, nil
				}}
				polls := 0
				got, err := open(t, s).Wait(t.Context(), "o", &account.WaitOptions{OnPoll: func(o *numbers.Order) {
					assert.Equal(t, "main", o.Account)
					polls++
				}})
				require.NoError(t, err, "settled is no error, whatever the state")
				assert.Equal(t, o.State, got.State)
				assert.Equal(t, o.Final, got.Final)
				assert.Equal(t, "main", got.Account)
				assert.Equal(t, s.counted("Order"), polls)
				assert.Less(t, polls, 260, "it waits longer from time to time")
				assert.Greater(t, polls, 120, "but not longer than half a minute")
			})
		})
	}
}

func TestThePausesOfWaitGrowToTheirLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var at []time.Time
		s := &scripted{order: func(context.Context, string) (*numbers.Order, error) {
			at = append(at, time.Now())
			return &numbers.Order{ID: "o", State: numbers.StatePending}, nil
		}}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
		defer cancel()
		_, err := open(t, s).Wait(ctx, "o", &account.WaitOptions{MinInterval: 10 * time.Second, MaxInterval: 40 * time.Second})
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

// A reading that fails is no order that failed.
func TestWaitContinuesAfterAnythingThatMayPass(t *testing.T) {
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
				s := &scripted{caps: byNumber(0), order: func(context.Context, string) (*numbers.Order, error) {
					if calls++; calls%2 == 0 && calls < 8 {
						return nil, c.err
					}
					if calls < 8 {
						return in(numbers.StatePending, "o", "", one), nil
					}
					return complete("o", "", one), nil
				}}
				o, err := open(t, s).Wait(t.Context(), "o", &account.WaitOptions{OnPoll: func(o *numbers.Order) { require.NotNil(t, o) }})
				if c.goes {
					require.NoError(t, err)
					assert.Equal(t, numbers.StateComplete, o.State)
					return
				}
				require.ErrorIs(t, err, numbers.KindOf(c.err))
				require.NotNil(t, o, "as last read")
				assert.Equal(t, numbers.StatePending, o.State)
			})
		})
	}
}

// A 404 is "not yet" for as long as the vendor's listings may need.
func TestWaitTakesA404ForNotYet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: byNumber(0)})
		m.Inject(numberstest.Fault{Kind: numberstest.LateListing, Delay: 50 * time.Second})
		placed, err := m.Place(t.Context(), numbers.OrderRequest{Numbers: []numbers.E164{one}})
		require.NoError(t, err)
		a := open(t, m)
		o, err := a.Wait(t.Context(), placed.ID, nil)
		require.NoError(t, err)
		assert.Equal(t, numbers.StateComplete, o.State)

		began := time.Now()
		o, err = a.Wait(t.Context(), "no such order", nil)
		require.ErrorIs(t, err, numbers.ErrNotFound)
		assert.Nil(t, o)
		assert.GreaterOrEqual(t, time.Since(began), delay)
		assert.Less(t, time.Since(began), 2*delay)
	})
}

func TestWaitObeysRetryAfter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{})
		placed, err := m.Place(t.Context(), numbers.OrderRequest{Numbers: []numbers.E164{one}})
		require.NoError(t, err)
		a := open(t, m)
		m.Inject(numberstest.Fault{Kind: numberstest.RateLimited, RetryAfter: "90", On: numberstest.Match{Op: "Order"}})
		began := time.Now()
		time.AfterFunc(time.Second, func() { a.Notify(placed.ID) })
		_, err = a.Wait(t.Context(), placed.ID, nil)
		require.NoError(t, err)
		assert.Equal(t, 90*time.Second, time.Since(began), "no notification shortens it")
	})
}

func TestWaitIsBoundedByItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{SettleAfter: time.Hour})
		placed, err := m.Place(t.Context(), numbers.OrderRequest{Numbers: []numbers.E164{one}})
		require.NoError(t, err)
		reason := errors.New("closing time")
		ctx, cancel := context.WithTimeoutCause(t.Context(), 10*time.Minute, reason)
		defer cancel()
		began := time.Now()
		a := open(t, m)
		o, err := a.Wait(ctx, placed.ID, nil)
		require.ErrorIs(t, err, numbers.ErrPending)
		require.ErrorIs(t, err, reason)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.NotErrorIs(t, err, numbers.ErrUnreachable)
		e, _ := errors.AsType[*numbers.Error](err)
		assert.Equal(t, "main", e.Account)
		assert.Equal(t, []numbers.E164{one}, e.Numbers)
		assert.Equal(t, 10*time.Minute, time.Since(began))
		assert.Equal(t, numbers.StatePending, o.State)

		before := len(m.Calls())
		o, err = a.Wait(ctx, placed.ID, nil)
		require.ErrorIs(t, err, numbers.ErrPending)
		assert.Nil(t, o)
		assert.Len(t, m.Calls(), before, "nothing is read with a context that has ended")

		o, err = open(t, m).Wait(t.Context(), placed.ID, nil)
		require.NoError(t, err, "another process can continue by the id")
		assert.Equal(t, numbers.StateComplete, o.State)
	})
}

// A flow that was stopped reports why, and that it was canceled.
func TestAFlowThatIsStoppedReportsTheCause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		reason := errors.New("the shop closes")
		m := numberstest.NewMemory(numberstest.MemoryOptions{SettleAfter: time.Hour})
		a := open(t, m)
		ctx, stop := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Minute, func() { stop(reason) })
		p, err := a.Buy(ctx, numbers.OrderRequest{Numbers: []numbers.E164{one}}, nil)
		require.ErrorIs(t, err, numbers.ErrPending)
		require.Len(t, p.Orders, 1)
		_, bought := a.Buy(ctx, numbers.OrderRequest{Numbers: several(2)[1:]}, nil)
		_, resolved := a.Resolve(ctx, attemptOf("memory", "", "other", several(2)[1]))
		for _, err := range []error{err, bought, resolved} {
			require.ErrorIs(t, err, reason)
			require.ErrorIs(t, err, context.Canceled)
		}
		assert.Equal(t, 1, calls(m, "Place"))
	})
}

// Functions of the caller need no lock: they are called by one goroutine at a time.
func TestTheCallersFunctionsRunOneAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{SettleAfter: time.Minute, Capabilities: byNumber(1)})
		polls, pending := 0, 0
		_, err := open(t, m).Buy(t.Context(), numbers.OrderRequest{Numbers: several(20)}, &account.BuyOptions{
			Concurrency: 8,
			Wait: account.WaitOptions{OnPoll: func(o *numbers.Order) {
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

// Orders that never settle, more than there are slots, keep no other from being seen.
func TestOrdersThatNeverSettleHoldNoOtherUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{SettleAfter: 30 * time.Second, Capabilities: byNumber(1)})
		m.Inject(numberstest.Fault{Kind: numberstest.StuckPending, Times: 8})
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
		defer cancel()
		p, err := open(t, m).Buy(ctx, numbers.OrderRequest{Numbers: several(40)}, &account.BuyOptions{Concurrency: 2})
		require.ErrorIs(t, err, numbers.ErrPending)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.NotErrorIs(t, err, numbers.ErrUnreachable, "that would mean that nothing was sent")
		assert.Len(t, p.Bought(), 32)
		assert.Len(t, p.Orders, 40)
		assert.Len(t, errorsIn(t, err), 8)
		assert.Empty(t, missing(err))
	})
}

// What was placed keeps its id: another order in its place is not taken for it.
func TestWaitIsNotGivenAnotherOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		s := &scripted{caps: byNumber(0), list: always(), place: answer(in(numbers.StatePending, "o", "", one), nil), order: reads(complete("another", "", one))}
		a := open(t, s)
		p, err := a.Buy(ctx, numbers.OrderRequest{Numbers: several(1)}, nil)
		require.ErrorIs(t, err, numbers.ErrPending)
		require.Len(t, p.Orders, 1)
		assert.Equal(t, "o", p.Orders[0].ID)
		assert.Empty(t, p.Bought())

		s.order = reads(complete("ABCD", "", one))
		o, err := a.Wait(t.Context(), "abcd", nil)
		require.NoError(t, err, "ids are compared without case")
		assert.Equal(t, "ABCD", o.ID)
	})
}

func TestWaitNeedsAnID(t *testing.T) {
	m := numberstest.NewMemory(numberstest.MemoryOptions{})
	for _, id := range []string{"", ".", ".."} {
		_, err := open(t, m).Wait(t.Context(), id, nil)
		requireRefused(t, err, numbers.ErrInvalid, "id")
	}
	assert.Empty(t, m.Calls())
}
