package numbers_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// watch collects the events of a purchase.
type watch struct {
	mu     sync.Mutex
	events []numbers.Event
}

func (w *watch) see(e numbers.Event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.events = append(w.events, e)
}

// kinds are the kinds of events, each run of pending ones as one.
func (w *watch) kinds() []numbers.EventKind {
	var kinds []numbers.EventKind
	for i, e := range w.events {
		if i == 0 || e.Kind != numbers.EventPending || w.events[i-1].Kind != numbers.EventPending {
			kinds = append(kinds, e.Kind)
		}
	}
	return kinds
}

func TestBuyTellsEachStep(t *testing.T) {
	price := &numbers.Price{Upfront: usd("1.00"), Monthly: usd("0.50")}
	opts := numberstest.MemoryOptions{Account: "main", SettleAfter: 20 * time.Second, Price: price, Capabilities: numbers.Capabilities{ListingDelay: time.Minute}}
	for name, c := range map[string]struct {
		faults []numberstest.Fault
		assign *numbers.Assignment
		want   []numbers.EventKind
	}{
		"plain": {nil, nil, []numbers.EventKind{"planned", "sending", "sent", "pending", "settled"}},
		"lost": {[]numberstest.Fault{{Kind: numberstest.LostReply}}, nil,
			[]numbers.EventKind{"planned", "sending", "unknown", "resolving", "resolved", "pending", "settled"}},
		"dropped": {[]numberstest.Fault{{Kind: numberstest.DroppedRequest}}, nil,
			[]numbers.EventKind{"planned", "sending", "unknown", "resolving", "resolved"}},
		"refused": {[]numberstest.Fault{{Kind: numberstest.StatusBefore, Status: 402}}, nil,
			[]numbers.EventKind{"planned", "sending", "sent"}},
		"rate limited": {[]numberstest.Fault{{Kind: numberstest.RateLimited}}, nil,
			[]numbers.EventKind{"planned", "sending", "sent", "sending", "sent", "pending", "settled"}},
		"assigned": {nil, &numbers.Assignment{MessagingProfile: "profile"},
			[]numbers.EventKind{"planned", "sending", "sent", "pending", "settled", "assigned"}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := numberstest.NewMemory(opts)
				m.Inject(c.faults...)
				var w watch
				began := time.Now()
				p, err := numbers.Buy(t.Context(), m, numbers.OrderRequest{Numbers: []numbers.E164{one}, Reference: "job", Assign: c.assign},
					&numbers.BuyOptions{OnEvent: w.see})
				assert.Equal(t, c.want, w.kinds())
				last := began
				for _, e := range w.events {
					assert.Equal(t, "memory", e.Vendor)
					assert.Equal(t, "main", e.Account, e.Kind)
					assert.Equal(t, "job", e.Reference)
					assert.Equal(t, []numbers.E164{one}, e.Numbers)
					assert.False(t, e.Time.Before(last))
					last = e.Time
					if e.Kind == numbers.EventPending || e.Kind == numbers.EventSettled || e.Kind == numbers.EventAssigned {
						assert.Equal(t, "order-1", e.OrderID)
						assert.Equal(t, price, e.Price)
						assert.NoError(t, e.Err)
					}
				}
				final := w.events[len(w.events)-1]
				switch name {
				case "dropped":
					require.ErrorIs(t, err, numbers.ErrNotPlaced)
					assert.Equal(t, numbers.NotPlaced, final.Outcome)
				case "refused":
					require.ErrorIs(t, err, numbers.ErrInsufficientFunds)
					require.ErrorIs(t, final.Err, numbers.ErrInsufficientFunds)
				default:
					require.NoError(t, err)
					assert.Equal(t, []numbers.E164{one}, p.Bought())
					assert.Equal(t, numbers.StateComplete, final.State)
				}
				if name == "lost" {
					require.ErrorIs(t, w.events[2].Err, numbers.ErrOutcomeUnknown)
					assert.Equal(t, numbers.Placed, w.events[4].Outcome)
				}
			})
		})
	}
}

func TestBuyResolvesEveryUnclearOutcome(t *testing.T) {
	for _, c := range []struct {
		fault  numberstest.Fault
		caps   numbers.Capabilities
		bought bool
	}{
		{numberstest.Fault{Kind: numberstest.LostReply}, numbers.Capabilities{ListingDelay: time.Minute}, true},
		{numberstest.Fault{Kind: numberstest.LostReply}, byNumber(0), true},
		{numberstest.Fault{Kind: numberstest.DroppedRequest}, numbers.Capabilities{ListingDelay: time.Minute}, false},
		{numberstest.Fault{Kind: numberstest.DroppedRequest}, byNumber(0), false},
		{numberstest.Fault{Kind: numberstest.HangBefore}, byNumber(0), false},
		{numberstest.Fault{Kind: numberstest.HangAfter}, byNumber(0), true},
		{numberstest.Fault{Kind: numberstest.StatusBefore, Status: 409}, byNumber(0), false},
		{numberstest.Fault{Kind: numberstest.StatusAfter, Status: 503}, byNumber(0), true},
		{numberstest.Fault{Kind: numberstest.LateCommit, Delay: 20 * time.Second}, byNumber(0), true},
		{numberstest.Fault{Kind: numberstest.LateListing, Delay: 20 * time.Second}, byNumber(0), true},
	} {
		t.Run(fmt.Sprint(c.fault.Kind, c.caps.FoundBy), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: c.caps})
				m.Inject(c.fault)
				p, err := numbers.Buy(t.Context(), m, numbers.OrderRequest{Numbers: []numbers.E164{one}}, nil)
				require.NotNil(t, p)
				assert.Empty(t, p.Unknown)
				assert.Equal(t, 1, calls(m, "Place"))
				if c.bought {
					require.NoError(t, err)
					assert.Equal(t, []numbers.E164{one}, p.Bought())
					assert.Equal(t, 1, m.Books().Bought(string(one)))
					return
				}
				assert.ErrorIs(t, err, numbers.ErrNotPlaced)
				pe, ok := errors.AsType[*numbers.PurchaseError](err)
				require.True(t, ok)
				assert.Contains(t, pe.Missing(), one)
				assert.Zero(t, m.Books().Bought(string(one)))
			})
		})
	}
}

func TestBuyOrphaned(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: byNumber(0)})
		m.Inject(numberstest.Fault{Kind: numberstest.OrphanPurchase})
		p, err := numbers.Buy(t.Context(), m, numbers.OrderRequest{Numbers: []numbers.E164{one}, Reference: "job"}, nil)
		require.ErrorIs(t, err, numbers.ErrOutcomeUnknown)
		require.NotErrorIs(t, err, numbers.ErrNotPlaced)
		require.Len(t, p.Unknown, 1)
		assert.Equal(t, "job", p.Unknown[0].Reference)
		assert.Equal(t, 500, p.Unknown[0].Status)
		assert.Empty(t, p.Bought())
		pe, _ := errors.AsType[*numbers.PurchaseError](err)
		assert.Empty(t, pe.Missing(), "it must not be bought again")
		assert.Len(t, m.Books().Orphans(), 1)
	})
}

// TestBuyResolvesAgain: readings that fail for a while are no reason to give a
// lost order up.
func TestBuyResolvesAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: byNumber(0)})
		m.Inject(numberstest.Fault{Kind: numberstest.LostReply})
		_, err := numbers.Buy(t.Context(), m, numbers.OrderRequest{Numbers: []numbers.E164{one}}, &numbers.BuyOptions{OnEvent: func(e numbers.Event) {
			if e.Kind == numbers.EventResolving {
				m.Inject(numberstest.Fault{Kind: numberstest.StatusBefore, On: numberstest.Match{Op: "Orders"}, Times: 4})
			}
		}})
		require.NoError(t, err)

		m.Inject(numberstest.Fault{Kind: numberstest.LostReply}, numberstest.Fault{Kind: numberstest.StatusBefore, On: numberstest.Match{Op: "Orders"}, Times: -1, After: 1})
		p, err := numbers.Buy(t.Context(), m, numbers.OrderRequest{Numbers: several(2)[1:]}, nil)
		require.ErrorIs(t, err, numbers.ErrOutcomeUnknown)
		assert.Len(t, p.Unknown, 1)
		assert.ErrorContains(t, err, "resolving it failed")
	})
}

func TestBuyTakesUp429(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: byNumber(1)})
		m.Inject(numberstest.Fault{Kind: numberstest.RateLimited, RetryAfter: "7", Times: 3})
		began := time.Now()
		var sent []time.Duration
		p, err := numbers.Buy(t.Context(), m, numbers.OrderRequest{Numbers: several(5)}, &numbers.BuyOptions{
			Concurrency: 1, OnEvent: func(e numbers.Event) {
				if e.Kind == numbers.EventSending {
					sent = append(sent, time.Since(began))
				}
			},
		})
		require.NoError(t, err)
		assert.Len(t, p.Bought(), 5)
		require.Len(t, sent, 8)
		for i := range 3 {
			assert.GreaterOrEqual(t, sent[i+1]-sent[i], 7*time.Second)
			assert.LessOrEqual(t, sent[i+1]-sent[i], 8*time.Second)
		}
	})
}

// unhurried is a vendor whose answers take a second, so that what two orders do
// at the same time does not hang on the scheduler.
type unhurried struct{ *numberstest.Memory }

func (u unhurried) Place(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
	order, err := u.Memory.Place(ctx, r)
	time.Sleep(time.Second)
	return order, err
}

// TestA429HoldsAllBack: the others don't go on while one is told to wait.
func TestA429HoldsAllBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: byNumber(1)})
		m.Inject(numberstest.Fault{Kind: numberstest.RateLimited, RetryAfter: "60", After: 10})
		began := time.Now()
		early := 0
		_, err := numbers.Buy(t.Context(), unhurried{m}, numbers.OrderRequest{Numbers: several(40)}, &numbers.BuyOptions{
			Concurrency: 2, OnEvent: func(e numbers.Event) {
				if e.Kind == numbers.EventSending && time.Since(began) < time.Minute {
					early++
				}
			},
		})
		require.NoError(t, err)
		assert.LessOrEqual(t, early, 13, "what was under way, and one that begins as the answer comes")
	})
}

// TestBuyGivesUpOn429 in the end.
func TestBuyGivesUpOn429(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{})
		m.Inject(numberstest.Fault{Kind: numberstest.RateLimited, Times: -1})
		began := time.Now()
		p, err := numbers.Buy(t.Context(), m, numbers.OrderRequest{Numbers: []numbers.E164{one}}, nil)
		require.ErrorIs(t, err, numbers.ErrRateLimited)
		assert.GreaterOrEqual(t, time.Since(began), (1+2+4+8+16+32+4*64)*time.Second/2, "it waits longer from time to time")
		assert.LessOrEqual(t, time.Since(began), (1+2+4+8+16+32+4*64)*time.Second)
		assert.Empty(t, p.Orders)
		assert.Empty(t, p.Unknown)
		assert.Equal(t, 11, calls(m, "Place"))
	})
}

func TestBuyAlreadyOwned(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{Account: "main", Capabilities: byNumber(1)})
		_, err := numbers.Buy(t.Context(), m, numbers.OrderRequest{Numbers: several(2)}, nil)
		require.NoError(t, err)
		p, err := numbers.Buy(t.Context(), m, numbers.OrderRequest{Numbers: several(3)}, nil)
		require.ErrorIs(t, err, numbers.ErrAlreadyOwned)
		assert.Len(t, p.Owned, 2)
		assert.Equal(t, several(3)[2:], p.Bought())
		pe, _ := errors.AsType[*numbers.PurchaseError](err)
		assert.Empty(t, pe.Missing())
		assert.Equal(t, "main", pe.Account)
		assert.Len(t, pe.Errs, 2)

		before := calls(m, "Place")
		p, err = numbers.Buy(t.Context(), m, numbers.OrderRequest{Numbers: several(2)}, nil)
		require.ErrorIs(t, err, numbers.ErrAlreadyOwned)
		assert.Empty(t, p.Orders)
		assert.Equal(t, before, calls(m, "Place"))
	})
}

// TestBuyOnOrder: without a reference a pending order is found by its number.
func TestBuyOnOrder(t *testing.T) {
	pending := complete("o", "", one)
	pending.State, pending.Items[0].State = numbers.StatePending, numbers.StatePending
	failed := complete("o", "", one)
	failed.State, failed.Items[0].State = numbers.StateFailed, numbers.StateFailed
	for name, c := range map[string]struct {
		order *numbers.Order
		kind  error
	}{"pending": {pending, numbers.ErrConflict}, "failed": {failed, nil}, "complete and gone": {complete("o", "", one), nil}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &scripted{caps: numberCaps(), list: always(c.order)}
				s.order = func(_ context.Context, id string) (*numbers.Order, error) {
					return map[string]*numbers.Order{"o": c.order, "new": complete("new", "", one)}[id], nil
				}
				s.place = func(context.Context, numbers.OrderRequest) (*numbers.Order, error) {
					return complete("new", "", one), nil
				}
				p, err := numbers.Buy(t.Context(), s, numbers.OrderRequest{Numbers: []numbers.E164{one}}, nil)
				if c.kind == nil {
					require.NoError(t, err)
					assert.Equal(t, []numbers.E164{one}, p.Bought())
					return
				}
				require.ErrorIs(t, err, c.kind)
				assert.Zero(t, s.counted("Place"))
			})
		})
	}
}

// TestBuyCannotLook: where it can't be read what is there, nothing is sent.
func TestBuyCannotLook(t *testing.T) {
	for _, op := range []string{"Orders", "Owned"} {
		m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: byNumber(0)})
		m.Inject(numberstest.Fault{Kind: numberstest.StatusBefore, Status: 403, On: numberstest.Match{Op: op}, Times: -1})
		p, err := numbers.Buy(t.Context(), m, numbers.OrderRequest{Numbers: []numbers.E164{one}}, nil)
		require.ErrorIs(t, err, numbers.ErrForbidden, op)
		assert.Nil(t, p)
		assert.Zero(t, calls(m, "Place"))
	}
}

// TestStuckOrdersHoldNobodyUp: more orders that never settle than there are
// slots keep no other from being seen.
func TestStuckOrdersHoldNobodyUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{SettleAfter: 30 * time.Second, Capabilities: byNumber(1)})
		m.Inject(numberstest.Fault{Kind: numberstest.StuckPending, Times: 8})
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
		defer cancel()
		p, err := numbers.Buy(ctx, m, numbers.OrderRequest{Numbers: several(40)}, &numbers.BuyOptions{Concurrency: 2})
		require.ErrorIs(t, err, numbers.ErrPending)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.NotErrorIs(t, err, numbers.ErrUnreachable, "that would mean that nothing was sent")
		assert.Len(t, p.Bought(), 32)
		assert.Len(t, p.Orders, 40)
		pe, _ := errors.AsType[*numbers.PurchaseError](err)
		assert.Len(t, pe.Errs, 8)
		assert.Empty(t, pe.Missing())
	})
}

// TestBuyWithoutAnInventory needs no listing of numbers.
func TestBuyWithoutAnInventory(t *testing.T) {
	s := &scripted{caps: referenceCaps(), list: func(_ context.Context, q numbers.OrderQuery) iter.Seq2[*numbers.Order, error] {
		assert.Contains(t, []string{"job", "job-1"}, q.Reference, "only what has the reference is asked for, and what it would have of a smaller limit")
		return sequence[numbers.Order](nil)
	}}
	s.place = func(_ context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
		return complete("o", r.Reference, r.Numbers...), nil
	}
	p, err := numbers.Buy(t.Context(), s, numbers.OrderRequest{Numbers: several(3), Reference: "job"}, nil)
	require.NoError(t, err)
	assert.Equal(t, several(3), p.Bought())
	assert.Equal(t, 2, s.counted("Orders"))
	_, err = numbers.Buy(t.Context(), s, numbers.OrderRequest{Numbers: several(1), Reference: "job"}, nil)
	require.NoError(t, err)
	assert.Equal(t, 3, s.counted("Orders"), "one number was never split")
}
