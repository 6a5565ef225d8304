package account_test

import (
	"context"
	"iter"
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

// These are the shortest forms of what the simulation found.

const simNumber = numbers.E164("+12025550100")

// simVendor is a Memory of which a test replaces some methods.
type simVendor struct {
	*numberstest.Memory
	most    int // Capabilities.MaxNumbers
	orders  func(context.Context, numbers.OrderQuery) iter.Seq2[*numbers.Order, error]
	owned   func(context.Context, numbers.OwnedQuery) iter.Seq2[*numbers.Number, error]
	place   func(context.Context, numbers.OrderRequest) (*numbers.Order, error)
	release func(context.Context, *numbers.Number) error
}

func (v *simVendor) Capabilities() numbers.Capabilities {
	c := v.Memory.Capabilities()
	c.MaxNumbers = v.most
	return c
}

func (v *simVendor) Orders(ctx context.Context, q numbers.OrderQuery) iter.Seq2[*numbers.Order, error] {
	if v.orders != nil {
		return v.orders(ctx, q)
	}
	return v.Memory.Orders(ctx, q)
}

func (v *simVendor) Owned(ctx context.Context, q numbers.OwnedQuery) iter.Seq2[*numbers.Number, error] {
	if v.owned != nil {
		return v.owned(ctx, q)
	}
	return v.Memory.Owned(ctx, q)
}

func (v *simVendor) Place(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
	if v.place != nil {
		return v.place(ctx, r)
	}
	return v.Memory.Place(ctx, r)
}

func (v *simVendor) Release(ctx context.Context, n *numbers.Number) error {
	if v.release != nil {
		return v.release(ctx, n)
	}
	return v.Memory.Release(ctx, n)
}

// simBook is a MemoryJournal whose Ends fail or lose their answer.
type simBook struct {
	account.MemoryJournal
	before, after func(numbers.JournalEntry, numbers.JournalEnd) error
}

func (b *simBook) End(ctx context.Context, e numbers.JournalEntry, end numbers.JournalEnd) error {
	if b.before != nil {
		if err := b.before(e, end); err != nil {
			return err
		}
	}
	err := b.MemoryJournal.End(ctx, e, end)
	if b.after != nil {
		if lost := b.after(e, end); lost != nil {
			return lost
		}
	}
	return err
}

// found runs a test in virtual time. The vendor sells a number as often as it is ordered,
// unless it is Repeatable.
func found(t *testing.T, o numberstest.MemoryOptions, f func(t *testing.T, v *simVendor, open func(o numbers.Orderer, ahead time.Duration) *account.Account, b *simBook)) {
	synctest.Test(t, func(t *testing.T) {
		o.SellsTwice = !o.Repeatable
		if o.Capabilities.ListingDelay == 0 {
			o.Capabilities.ListingDelay = time.Minute
		}
		v, b := &simVendor{Memory: numberstest.NewMemory(o)}, new(simBook)
		f(t, v, func(o numbers.Orderer, ahead time.Duration) *account.Account {
			a, err := account.New("main", o, &account.Options{Journal: b})
			require.NoError(t, err)
			account.SetClock(a, func() time.Time { return time.Now().Add(ahead) }, func(n time.Duration) time.Duration { return n / 2 })
			t.Cleanup(func() { assert.NoError(t, a.Close()) })
			return a
		}, b)
		assert.Empty(t, v.Books().Duplicates())
	})
}

func simBuy(a *account.Account, reference string) (*account.Purchase, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Hour)
	defer cancel()
	return a.Buy(ctx, numbers.OrderRequest{Numbers: []numbers.E164{simNumber}, Reference: reference}, nil)
}

// An adapter may leave out old orders where that is allowed. Where orders are owned
// numbers, an old one is a number that the account has.
func TestFoundOldOwnedNumber(t *testing.T) {
	found(t, numberstest.MemoryOptions{Capabilities: numbers.Capabilities{OrdersAreOwned: true}}, func(t *testing.T, v *simVendor, open func(numbers.Orderer, time.Duration) *account.Account, _ *simBook) {
		v.orders = func(ctx context.Context, q numbers.OrderQuery) iter.Seq2[*numbers.Order, error] {
			return func(yield func(*numbers.Order, error) bool) {
				for o, err := range v.Memory.Orders(ctx, q) {
					if old := o != nil && o.Created.Before(q.Recent.Add(-numbers.ClockSlack)); !old && !yield(o, err) {
						return
					}
				}
			}
		}
		a := open(v, 0)
		_, err := simBuy(a, "k1")
		require.NoError(t, err)
		time.Sleep(time.Hour)
		_, err = simBuy(a, "k2")
		assert.ErrorIs(t, err, numbers.ErrAlreadyOwned)
	})
}

// A process is stopped while the answer to a reading is under way: to that of its plan, or
// to the one that it makes just before its claim. A reading is as old as its request.
func TestFoundReadingOfLongAgo(t *testing.T) {
	for stopped := range 2 {
		found(t, numberstest.MemoryOptions{}, func(t *testing.T, v *simVendor, open func(numbers.Orderer, time.Duration) *account.Account, _ *simBook) {
			slow, readings := &simVendor{Memory: v.Memory}, 0
			slow.place = func(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
				time.Sleep(2 * time.Minute) // the limiter
				return v.Memory.Place(ctx, r)
			}
			slow.owned = func(ctx context.Context, q numbers.OwnedQuery) iter.Seq2[*numbers.Number, error] {
				var rows []*numbers.Number
				for n, err := range v.Memory.Owned(ctx, q) {
					assert.NoError(t, err)
					rows = append(rows, n)
				}
				if readings++; readings == stopped+1 {
					_, err := simBuy(open(v, 0), "k1")
					assert.NoError(t, err)
					time.Sleep(20 * time.Minute)
				}
				return func(yield func(*numbers.Number, error) bool) {
					for _, n := range rows {
						if !yield(n, nil) {
							return
						}
					}
				}
			}
			_, err := simBuy(open(slow, 0), "k2")
			assert.ErrorIs(t, err, numbers.ErrAlreadyOwned)
		})
	}
}

// A hold also covers the age of the reading that the next claim relies on: here it is
// made just before the order is listed, and takes nearly as long as it may.
func TestFoundHoldAndReading(t *testing.T) {
	found(t, numberstest.MemoryOptions{}, func(t *testing.T, v *simVendor, open func(numbers.Orderer, time.Duration) *account.Account, _ *simBook) {
		began := time.Now()
		slow := &simVendor{Memory: v.Memory}
		slow.place = func(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
			time.Sleep(2*time.Minute - time.Since(began)) // the limiter
			return v.Memory.Place(ctx, r)
		}
		slow.owned = func(ctx context.Context, q numbers.OwnedQuery) iter.Seq2[*numbers.Number, error] {
			if time.Since(began) < 2*time.Minute {
				return v.Memory.Owned(ctx, q)
			}
			for n, err := range v.Memory.Owned(ctx, q) {
				t.Error("the order is listed already", n, err)
			}
			time.Sleep(59 * time.Second)
			return func(func(*numbers.Number, error) bool) {}
		}
		time.AfterFunc(62*time.Second, func() {
			v.Inject(numberstest.Fault{Kind: numberstest.LateListing, Delay: 59 * time.Second})
			_, err := simBuy(open(v, 0), "k1")
			assert.NoError(t, err)
		})
		_, err := simBuy(open(slow, numbers.ClockSlack), "k2")
		assert.ErrorIs(t, err, numbers.ErrConflict)
	})
}

// Another replica, whose clock is ahead, looks for an order that is not listed yet.
func TestFoundOrderNotListedYet(t *testing.T) {
	found(t, numberstest.MemoryOptions{}, func(t *testing.T, v *simVendor, open func(numbers.Orderer, time.Duration) *account.Account, _ *simBook) {
		v.Inject(numberstest.Fault{Kind: numberstest.LateListing, Delay: 50 * time.Second})
		_, err := simBuy(open(v, 0), "k")
		require.NoError(t, err)
		p, err := simBuy(open(v, numbers.ClockSlack), "k")
		require.NoError(t, err)
		assert.Equal(t, []numbers.E164{simNumber}, p.Bought())
	})
}

// The vendor gave a number back while its order was pending, and the answer was lost. No
// reading will ever show that the order settled.
func TestFoundHoldOfOrderThatIsGone(t *testing.T) {
	found(t, numberstest.MemoryOptions{SettleAfter: time.Hour, Capabilities: numbers.Capabilities{OrdersAreOwned: true}}, func(t *testing.T, v *simVendor, open func(numbers.Orderer, time.Duration) *account.Account, _ *simBook) {
		a := open(v, 0)
		_, err := a.Buy(t.Context(), numbers.OrderRequest{Numbers: []numbers.E164{simNumber}, Reference: "k1"}, &account.BuyOptions{NoWait: true})
		require.NoError(t, err)
		own, err := a.Find(t.Context(), simNumber)
		require.NoError(t, err)
		require.NoError(t, v.Release(t.Context(), own))
		time.Sleep(time.Hour)
		_, err = simBuy(a, "k2")
		var held *numbers.Error
		require.ErrorAs(t, err, &held)
		require.Positive(t, held.RetryAfter)
		time.Sleep(held.RetryAfter)
		_, err = simBuy(a, "k2")
		assert.NoError(t, err)
	})
}

// A job is delivered twice, to replicas that split it in different ways. While one
// delivery waits for the limiter, the other buys, and the customer gives the numbers back.
// They are not bought again.
func TestFoundGivenBackMeanwhile(t *testing.T) {
	found(t, numberstest.MemoryOptions{}, func(t *testing.T, v *simVendor, open func(numbers.Orderer, time.Duration) *account.Account, _ *simBook) {
		r := numbers.OrderRequest{Numbers: []numbers.E164{simNumber, "+12025550101"}, Reference: "k"}
		limited := &simVendor{Memory: v.Memory, most: 1}
		limited.place = func(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
			time.Sleep(time.Hour)
			return v.Memory.Place(ctx, r)
		}
		time.AfterFunc(time.Second, func() {
			a := open(v, 0)
			_, err := a.Buy(context.Background(), r, nil)
			assert.NoError(t, err)
			for own, err := range a.Owned(context.Background(), numbers.OwnedQuery{}) {
				assert.NoError(t, err)
				assert.NoError(t, a.Release(context.Background(), own))
			}
		})
		_, err := open(limited, 0).Buy(t.Context(), r, nil)
		require.ErrorIs(t, err, numbers.ErrNotFound, "they were bought, and given back")
		assert.Len(t, v.Books().Purchases, 2)
	})
}

// A release that is delivered twice ends no hold of the next customer.
func TestFoundReleasedTwice(t *testing.T) {
	found(t, numberstest.MemoryOptions{}, func(t *testing.T, v *simVendor, open func(numbers.Orderer, time.Duration) *account.Account, _ *simBook) {
		a := open(v, 0)
		_, err := simBuy(a, "k1")
		require.NoError(t, err)
		own, err := a.Find(t.Context(), simNumber)
		require.NoError(t, err)
		require.NoError(t, a.Release(t.Context(), own))
		v.Inject(numberstest.Fault{Kind: numberstest.LateListing, Delay: 50 * time.Second})
		_, err = simBuy(a, "k2")
		require.NoError(t, err)
		require.NoError(t, a.Release(t.Context(), own))
		_, err = simBuy(a, "k3")
		assert.ErrorIs(t, err, numbers.ErrConflict)
	})
}

// BuyAny takes up an attempt that was not placed.
func TestFoundBuyAnyTakesUpNothing(t *testing.T) {
	o := numberstest.MemoryOptions{Offers: []numbers.Offer{{E164: simNumber, Country: "US"}}}
	found(t, o, func(t *testing.T, v *simVendor, open func(numbers.Orderer, time.Duration) *account.Account, _ *simBook) {
		v.Inject(numberstest.Fault{Kind: numberstest.HangBefore})
		opts := &account.BuyAnyOptions{Reference: "k"}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := open(v, 0).BuyAny(ctx, numbers.SearchQuery{Country: "US"}, 1, opts)
		require.ErrorIs(t, err, numbers.ErrOutcomeUnknown)
		p, err := open(v, 0).BuyAny(t.Context(), numbers.SearchQuery{Country: "US"}, 1, opts)
		require.NoError(t, err)
		assert.Len(t, p.Bought(), 1)
	})
}

// An order that was answered is recorded, although a later reading of the same Account,
// which did not find it any more, was recorded first.
func TestFoundEndThatFailed(t *testing.T) {
	found(t, numberstest.MemoryOptions{Capabilities: numbers.Capabilities{OrdersAreOwned: true}}, func(t *testing.T, v *simVendor, open func(numbers.Orderer, time.Duration) *account.Account, b *simBook) {
		var failing atomic.Bool
		failing.Store(true)
		b.before = func(_ numbers.JournalEntry, end numbers.JournalEnd) error {
			if failing.Load() && end.Status == numbers.EntryPlaced {
				return errSimJournal
			}
			return nil
		}
		a := open(v, 0)
		p, err := simBuy(a, "k")
		require.Error(t, err)
		require.Len(t, p.Orders, 1)
		own, err := a.Find(t.Context(), simNumber)
		require.NoError(t, err)
		require.NoError(t, v.Release(t.Context(), own))
		_, err = a.Recover(t.Context())
		require.NoError(t, err)
		failing.Store(false)
		time.Sleep(time.Hour)
		entries := entriesIn(t, b, "k")
		require.Len(t, entries, 1)
		assert.Equal(t, p.Orders[0].ID, entries[0].End.OrderID)
	})
}
