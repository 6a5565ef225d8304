package account_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

func TestBuyResolvesEveryUnclearOutcome(t *testing.T) {
	for _, c := range []struct {
		fault  numberstest.Fault
		caps   numbers.Capabilities
		bought bool
	}{
		{numberstest.Fault{Kind: numberstest.LostReply}, byReference(0), true},
		{numberstest.Fault{Kind: numberstest.LostReply}, byNumber(0), true},
		{numberstest.Fault{Kind: numberstest.LostReply}, numbers.Capabilities{OrdersAreOwned: true, ListingDelay: delay}, true},
		{numberstest.Fault{Kind: numberstest.DroppedRequest}, byReference(0), false},
		{numberstest.Fault{Kind: numberstest.DroppedRequest}, byNumber(0), false},
		{numberstest.Fault{Kind: numberstest.DroppedRequest}, numbers.Capabilities{OrdersAreOwned: true, ListingDelay: delay}, false},
		{numberstest.Fault{Kind: numberstest.HangBefore}, byNumber(0), false},
		{numberstest.Fault{Kind: numberstest.HangAfter}, byNumber(0), true},
		{numberstest.Fault{Kind: numberstest.StatusBefore, Status: 409}, byNumber(0), false},
		{numberstest.Fault{Kind: numberstest.StatusAfter, Status: 503}, byNumber(0), true},
		{numberstest.Fault{Kind: numberstest.LateCommit, Delay: 20 * time.Second}, byNumber(0), true},
		{numberstest.Fault{Kind: numberstest.LateListing, Delay: 20 * time.Second}, byNumber(0), true},
	} {
		t.Run(fmt.Sprint(c.fault.Kind, c.caps.FoundBy, c.caps.OrdersAreOwned), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: c.caps})
				m.Inject(c.fault)
				p, err := open(t, m).Buy(t.Context(), numbers.OrderRequest{Numbers: []numbers.E164{one}}, nil)
				require.NotNil(t, p)
				assert.Empty(t, p.Unknown)
				assert.Equal(t, 1, calls(m, "Place"))
				if c.bought {
					require.NoError(t, err)
					assert.Equal(t, []numbers.E164{one}, p.Bought())
					assert.Equal(t, 1, m.Books().Bought(string(one)))
					return
				}
				require.ErrorIs(t, err, numbers.ErrNotPlaced)
				assert.Contains(t, missing(err), one)
				assert.Zero(t, m.Books().Bought(string(one)))
			})
		})
	}
}

// What the vendor may have sold without listing it is unknown, is in no way missing, and is
// not sent again.
func TestAPossibleOrphanStaysUnknown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: byNumber(0)})
		m.Inject(numberstest.Fault{Kind: numberstest.OrphanPurchase})
		a := open(t, m)
		r := numbers.OrderRequest{Numbers: []numbers.E164{one}, Reference: "job"}
		for range 2 {
			p, err := a.Buy(t.Context(), r, nil)
			require.ErrorIs(t, err, numbers.ErrOutcomeUnknown)
			require.NotErrorIs(t, err, numbers.ErrNotPlaced)
			require.Len(t, p.Unknown, 1)
			assert.Equal(t, "job", p.Unknown[0].Reference)
			assert.Equal(t, 500, p.Unknown[0].Status)
			assert.Empty(t, p.Bought())
			assert.Empty(t, missing(err), "it must not be bought again")
			assert.Len(t, m.Books().Orphans(), 1)
			assert.Equal(t, 1, calls(m, "Place"))
		}
	})
}

// Readings that fail for a while are no reason to give a lost order up.
func TestReadingsThatFailAreRepeated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: byNumber(0)})
		a := open(t, m)
		m.Inject(numberstest.Fault{Kind: numberstest.LostReply})
		_, err := a.Buy(t.Context(), numbers.OrderRequest{Numbers: []numbers.E164{one}}, &account.BuyOptions{OnEvent: func(e numbers.Event) {
			if e.Kind == numbers.EventResolving {
				m.Inject(numberstest.Fault{Kind: numberstest.StatusBefore, On: numberstest.Match{Op: "Orders"}, Times: 4})
			}
		}})
		require.NoError(t, err)

		m.Inject(numberstest.Fault{Kind: numberstest.LostReply}, numberstest.Fault{Kind: numberstest.StatusBefore, On: numberstest.Match{Op: "Orders"}, Times: -1, After: 1})
		p, err := a.Buy(t.Context(), numbers.OrderRequest{Numbers: several(2)[1:]}, nil)
		require.ErrorIs(t, err, numbers.ErrOutcomeUnknown)
		assert.Len(t, p.Unknown, 1)
		assert.ErrorContains(t, err, "resolving it failed")
	})
}

// The vendor's own words, status, code and request id stay after an unclear answer.
func TestAnUnclearAnswerKeepsTheVendorsWords(t *testing.T) {
	type vendorError struct{ error }
	for name, c := range map[string]struct {
		kind    error
		fails   error
		outcome error
	}{
		"not placed":   {nil, nil, numbers.ErrNotPlaced},
		"not resolved": {nil, &numbers.Error{Kind: numbers.ErrForbidden}, numbers.ErrOutcomeUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				own := vendorError{errors.New("the vendor's own error")}
				s := &scripted{caps: byNumber(0), list: always()}
				s.place = func(context.Context, numbers.OrderRequest) (*numbers.Order, error) {
					s.list = func(context.Context, numbers.OrderQuery) seqOfOrders { return sequence[numbers.Order](c.fails) }
					return nil, &numbers.Error{
						Op: "Place", Vendor: "script", Kind: numbers.ErrOutcomeUnknown, Status: 503, Code: "10011", Message: "carrier timed out", RequestID: "r-1", Err: own,
					}
				}
				_, err := open(t, s).Buy(t.Context(), numbers.OrderRequest{Numbers: several(1)}, nil)
				require.ErrorIs(t, err, c.outcome)
				e, ok := errors.AsType[*numbers.Error](err)
				require.True(t, ok)
				assert.Equal(t, 503, e.Status)
				assert.Equal(t, "10011", e.Code)
				assert.Equal(t, "r-1", e.RequestID)
				require.ErrorContains(t, err, "carrier timed out")
				_, ok = errors.AsType[vendorError](err)
				assert.True(t, ok, "%v", err)
			})
		})
	}
}

// An attempt in the journal without an end, and an order at the vendor or not: the owner
// died after it began. It returns when the attempt is over and the listing delay has
// passed.
func TestAnAttemptThatACrashLeftIsContinued(t *testing.T) {
	for name, placed := range map[string]bool{"after the vendor had it": true, "before it was sent": false} {
		for _, split := range []bool{false, true} {
			t.Run(fmt.Sprint(name, split), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: byNumber(0)})
					j := new(account.MemoryJournal)
					begin(t, j, attemptOf("memory", "job", "job", several(4)...), numbers.JournalEnd{})
					if placed { // and listed late
						m.Inject(numberstest.Fault{Kind: numberstest.LateListing, Delay: 10 * time.Second})
						_, err := m.Place(t.Context(), numbers.OrderRequest{Numbers: several(4)})
						require.NoError(t, err)
					}
					time.Sleep(4 * time.Second)
					sent := calls(m, "Place")
					began := time.Now()
					a := openWith(t, m, j)
					if split {
						a = openWith(t, limited{m, 2}, j)
					}
					p, err := a.Buy(t.Context(), numbers.OrderRequest{Numbers: several(4), Reference: "job"}, nil)
					require.NoError(t, err)
					assert.ElementsMatch(t, several(4), p.Bought())
					assert.Empty(t, m.Books().Duplicates())
					if placed {
						assert.Equal(t, sent, calls(m, "Place"))
						assert.Less(t, time.Since(began), 10*time.Second, "what appeared is found soon")
					} else {
						assert.GreaterOrEqual(t, time.Since(began), 75*time.Second+delay)
						assert.Less(t, time.Since(began), 80*time.Second+delay)
					}
				})
			})
		}
	}
}

// A caller who does not wait that long gets an unknown outcome, and the entry stays open.
func TestAnAttemptThatMayBeUnderWayIsNotConcludedEarly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := new(account.MemoryJournal)
		begin(t, j, attemptOf("script", "job", "job", one), numbers.JournalEnd{})
		ctx, cancel := context.WithTimeout(t.Context(), 75*time.Second+delay-time.Second)
		defer cancel()
		s := &scripted{caps: byNumber(0), list: always()}
		p, err := openWith(t, s, j).Buy(ctx, numbers.OrderRequest{Numbers: []numbers.E164{one}, Reference: "job"}, nil)
		require.ErrorIs(t, err, numbers.ErrOutcomeUnknown)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Len(t, p.Unknown, 1)
		assert.True(t, entryBy(t, j, "job").Open())
		assert.Zero(t, s.counted("Place"))
	})
}

// A job is delivered again while its first delivery waits for the vendor's answer. The
// second waits for the first, and what the first did not order is ordered by one of them.
func TestASecondDeliveryWaitsForTheFirst(t *testing.T) {
	refusal := &numbers.Error{Op: "Place", Vendor: "script", Kind: numbers.ErrInsufficientFunds}
	lost := &numbers.Error{Op: "Place", Vendor: "script", Kind: numbers.ErrOutcomeUnknown, Attempt: &numbers.Attempt{Vendor: "script", Numbers: []numbers.E164{one}}}
	for name, c := range map[string]struct {
		answer func() (*numbers.Order, error)
		lists  bool
		sent   int // in all
	}{
		"placed, and not listed yet": {func() (*numbers.Order, error) { return complete("o", "", one), nil }, false, 1},
		"refused":                    {func() (*numbers.Order, error) { return nil, refusal }, false, 2},
		"lost, and placed":           {func() (*numbers.Order, error) { return nil, lost }, true, 1},
		"lost, and not placed":       {func() (*numbers.Order, error) { return nil, lost }, false, 2},
	} {
		for _, shared := range []bool{true, false} {
			t.Run(fmt.Sprint(name, shared), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					var answered atomic.Bool
					s := &scripted{caps: byNumber(0)}
					s.place = func(context.Context, numbers.OrderRequest) (*numbers.Order, error) {
						if answered.Load() {
							return complete("second", "", one), nil
						}
						time.Sleep(70 * time.Second)
						answered.Store(true)
						return c.answer()
					}
					s.list = func(context.Context, numbers.OrderQuery) seqOfOrders {
						if c.lists && answered.Load() {
							return sequence(nil, complete("o", "", one))
						}
						return sequence[numbers.Order](nil)
					}
					s.order = func(_ context.Context, id string) (*numbers.Order, error) { return complete(id, "", one), nil }
					j := new(account.MemoryJournal)
					first := openWith(t, s, j)
					other := first
					if !shared {
						other = openWith(t, s, j)
					}
					r := numbers.OrderRequest{Numbers: []numbers.E164{one}, Reference: "job"}
					var wg sync.WaitGroup
					wg.Go(func() { _, _ = first.Buy(t.Context(), r, nil) })
					time.Sleep(time.Second)
					var w watch
					p, err := other.Buy(t.Context(), r, &account.BuyOptions{OnEvent: w.see})
					require.GreaterOrEqual(t, len(w.events), 2)
					assert.Equal(t, []numbers.EventKind{numbers.EventResolving, numbers.EventResolved}, w.kinds()[:2])
					assert.Equal(t, map[bool]numbers.Outcome{true: numbers.Placed, false: numbers.NotPlaced}[c.sent == 1], w.events[1].Outcome)
					assert.True(t, answered.Load(), "it has waited for the other's answer")
					require.NoError(t, err)
					assert.Equal(t, []numbers.E164{one}, p.Bought())
					assert.Empty(t, p.Unknown)
					wg.Wait()
					assert.Equal(t, c.sent, s.counted("Place"))
				})
			})
		}
	}
}
