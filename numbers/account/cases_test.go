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
	"github.com/tnkit/tnkit/voipbin"
)

// Two customers who buy any number at the same time get two numbers, never one.
func TestTwoCustomersNeverGetOneNumber(t *testing.T) {
	for _, g := range []voipbin.Generation{voipbin.GenerationNumbers, voipbin.GenerationOrderNumbers} {
		for _, shared := range []bool{true, false} {
			t.Run(fmt.Sprintf("generation %d, shared journal %t", g, shared), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					v := fakeVoIPBin(t, g)
					one := v.account(t, new(account.MemoryJournal), nil)
					two := one
					if shared {
						book := new(account.MemoryJournal)
						one, two = v.account(t, book, nil), v.account(t, book, nil)
					}
					var wg sync.WaitGroup
					bought := make([][]numbers.E164, 2)
					for i, a := range []*account.Account{one, two} {
						wg.Go(func() {
							time.Sleep(time.Duration(i) * 300 * time.Millisecond)
							p, err := a.BuyAny(t.Context(), numbers.SearchQuery{Country: "US"}, 1, &account.BuyAnyOptions{Reference: fmt.Sprint("customer-", i)})
							assert.NoError(t, err)
							bought[i] = p.Bought()
						})
					}
					wg.Wait()
					require.Len(t, bought[0], 1)
					require.Len(t, bought[1], 1)
					assert.NotEqual(t, bought[0], bought[1])
					assert.Len(t, v.books().Purchases, 2)
				})
			})
		}
	}
}

// Six purchases of one number at once under six references: one buys, five are told
// who holds it.
func TestSixReferencesBuyOnce(t *testing.T) {
	for _, given := range []bool{true, false} {
		t.Run(fmt.Sprintf("journal given %t", given), func(t *testing.T) {
			atEveryVendor(t, func(t *testing.T, v *fakeVendor) {
				var book numbers.Journal
				if given {
					book = new(account.MemoryJournal)
				}
				a := v.account(t, book, nil)
				var wg sync.WaitGroup
				var mu sync.Mutex
				won, held := "", 0
				holders := map[string]bool{}
				for i := range 6 {
					wg.Go(func() {
						reference := fmt.Sprint("customer-", i)
						p, err := a.Buy(t.Context(), request(reference, someNumber(0)), nil)
						mu.Lock()
						defer mu.Unlock()
						if err == nil {
							assert.Empty(t, won)
							won = p.Reference
							return
						}
						require.ErrorIs(t, err, numbers.ErrConflict)
						e, ok := errors.AsType[*numbers.Error](err)
						require.True(t, ok)
						holders[e.HeldBy] = true
						held++
					})
				}
				wg.Wait()
				assert.Equal(t, 5, held)
				assert.Equal(t, map[string]bool{won: true}, holders)
				assert.Len(t, v.books().Purchases, 1)
				assert.Equal(t, 1, v.buys())
			})
		})
	}
}

// An entry of a process that died before it sent is never given the order that another
// customer placed for the same number.
func TestADeadOwnersEntryDoesNotGetAnothersOrder(t *testing.T) {
	atEveryVendor(t, func(t *testing.T, v *fakeVendor) {
		book := new(account.MemoryJournal)
		dead := begun(v, "customer-0", someNumber(0))
		require.Empty(t, mustBegin(t, book, dead))
		time.Sleep(time.Hour)
		a := v.account(t, book, nil)
		p, err := a.Buy(t.Context(), request("customer-1", someNumber(0)), nil)
		require.NoError(t, err)
		require.Len(t, p.Bought(), 1)
		found, err := a.Recover(t.Context())
		require.NoError(t, err)
		for _, r := range found {
			assert.NotEqual(t, numbers.Placed, r.Resolution.Outcome)
		}
		e := entryOf(t, book, dead.ID)
		assert.Equal(t, numbers.EntryNotPlaced, e.End.Status)
	})
}

// A limiter that holds the order back for longer than a redelivery takes does not make
// one job buy two numbers.
func TestASlowLimiterDoesNotBuyTwice(t *testing.T) {
	for _, shared := range []bool{true, false} {
		t.Run(fmt.Sprintf("two processes %t", shared), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				v := fakeVoIPBin(t, voipbin.GenerationNumbers)
				slow := &stalling{after: 1, stall: 15 * time.Minute} // the search passes, the order waits
				book := new(account.MemoryJournal)
				first := v.account(t, book, slow)
				second := first
				if shared {
					second = v.account(t, book, nil)
				}
				var wg sync.WaitGroup
				bought := make([][]numbers.E164, 2)
				for i, a := range []*account.Account{first, second} {
					wg.Go(func() {
						time.Sleep(time.Duration(i) * 11 * time.Minute)
						p, err := a.BuyAny(t.Context(), numbers.SearchQuery{Country: "US"}, 1, &account.BuyAnyOptions{Reference: "k"})
						assert.NoError(t, err)
						bought[i] = p.Bought()
					})
				}
				wg.Wait()
				assert.Equal(t, bought[0], bought[1])
				assert.Len(t, bought[0], 1)
				assert.Len(t, v.books().Purchases, 1)
			})
		})
	}
}

// A job whose first owner died after its claim goes on as soon as the attempt is over and
// the listing delay has passed, and buys.
func TestARedeliveryWaitsNoLongerThanItMust(t *testing.T) {
	atEveryVendor(t, func(t *testing.T, v *fakeVendor) {
		book := new(account.MemoryJournal)
		dead := begun(v, "k", someNumber(0))
		require.Empty(t, mustBegin(t, book, dead))
		time.Sleep(40 * time.Second)
		a := v.account(t, book, nil)
		began := time.Now()
		p, err := a.Buy(t.Context(), request("k", someNumber(0)), nil)
		require.NoError(t, err)
		assert.Len(t, p.Bought(), 1)
		most := dead.Deadline.Sub(dead.Started) + a.Capabilities().ListingDelay
		assert.LessOrEqual(t, time.Since(began), most+30*time.Second, "settling included")
		assert.GreaterOrEqual(t, time.Since(began), most, "the claim may have been sent until then")
		assert.Len(t, v.books().Purchases, 1)
	})
}

// A journal that fails to record an end is reported by an event and in the result, and
// loses no purchase.
func TestAFailingEndIsReported(t *testing.T) {
	atEveryVendor(t, func(t *testing.T, v *fakeVendor) {
		full := errors.New("the disk is full")
		var failing atomic.Bool
		failing.Store(true)
		book := &numberstest.FaultyJournal{Journal: new(account.MemoryJournal), FailEnd: func(numbers.JournalEntry, numbers.JournalEnd) error {
			if failing.Load() {
				return full
			}
			return nil
		}}
		a := v.account(t, book, nil)
		var mu sync.Mutex
		reported := 0
		p, err := a.Buy(t.Context(), request("k", someNumber(0)), &account.BuyOptions{OnEvent: func(e numbers.Event) {
			mu.Lock()
			defer mu.Unlock()
			if e.Kind == numbers.EventJournal {
				assert.ErrorIs(t, e.Err, full)
				reported++
			}
		}})
		require.ErrorIs(t, err, full)
		assert.Len(t, p.Bought(), 1, "it was bought all the same")
		assert.Positive(t, reported)
		failing.Store(false)
		time.Sleep(time.Minute) // it is tried again
		again, err := a.Lookup(t.Context(), "k")
		require.NoError(t, err)
		assert.Equal(t, p.Bought(), again.Bought())
	})
}

// The references of a purchase's orders can't be another customer's.
func TestReferencesOfOrdersAreNotACallers(t *testing.T) {
	atEveryVendor(t, func(t *testing.T, v *fakeVendor) {
		book := new(account.MemoryJournal)
		a := v.account(t, book, nil)
		limited, err := account.New("main", atMost{v.client(nil), 1}, &account.Options{Journal: book})
		require.NoError(t, err)
		p, err := limited.Buy(t.Context(), request("k1", someNumber(0), someNumber(1)), nil)
		require.NoError(t, err)
		assert.Len(t, p.Bought(), 2)
		p, err = a.Buy(t.Context(), request("k1-1", someNumber(2)), nil)
		require.NoError(t, err)
		assert.Len(t, p.Bought(), 1)
		found, err := a.Lookup(t.Context(), "k1")
		require.NoError(t, err)
		assert.Len(t, found.Orders, 2)
		sent := v.buys()
		for _, reserved := range []string{"k1~1", "k1~r1", "k1~r1~2", "~1", "x~007"} {
			_, err = a.Buy(t.Context(), request(reserved, someNumber(3)), nil)
			require.ErrorIs(t, err, numbers.ErrInvalid, reserved)
		}
		assert.Equal(t, sent, v.buys())
	})
}

// A number that is possibly orphaned is not sent under another reference until a person
// dismisses the entry.
func TestAPossibleOrphanIsHeldUntilDismissed(t *testing.T) {
	for _, g := range []voipbin.Generation{voipbin.GenerationNumbers, voipbin.GenerationOrderNumbers} {
		synctest.Test(t, func(t *testing.T) {
			v := fakeVoIPBin(t, g, lenient) // it reports an order of a sold number
			a := v.account(t, new(account.MemoryJournal), nil)
			v.inject(numberstest.Fault{Kind: numberstest.OrphanPurchase})
			p, err := a.Buy(t.Context(), request("k1", someNumber(0)), nil)
			require.ErrorIs(t, err, numbers.ErrOutcomeUnknown)
			require.Len(t, p.Unknown, 1)
			sent := v.buys()
			_, err = a.Buy(t.Context(), request("k2", someNumber(0)), nil)
			require.ErrorIs(t, err, numbers.ErrConflict)
			assert.ErrorContains(t, err, p.Unknown[0].ID)
			time.Sleep(24 * time.Hour)
			_, err = a.Buy(t.Context(), request("k2", someNumber(0)), nil)
			require.ErrorIs(t, err, numbers.ErrConflict)
			assert.Equal(t, sent, v.buys())
			require.NoError(t, a.Dismiss(t.Context(), p.Unknown[0].ID, "support: not sold"))
			_, err = a.Buy(t.Context(), request("k2", someNumber(0)), nil)
			require.Error(t, err, "the carrier refuses what it has sold")
			assert.Greater(t, v.buys(), sent)
		})
	}
}

// begun is an attempt whose owner is gone.
func begun(v *fakeVendor, purchase string, list ...numbers.E164) numbers.Attempt {
	now := time.Now()
	return numbers.Attempt{
		ID: "dead-" + purchase, Vendor: v.client(nil).Capabilities().Vendor, Account: "main", Purchase: purchase, Reference: purchase,
		Numbers: list, Started: now, SendBy: now.Add(15 * time.Second), Deadline: now.Add(75 * time.Second),
	}
}

func mustBegin(t *testing.T, j numbers.Journal, a numbers.Attempt) []numbers.JournalEntry {
	t.Helper()
	inTheWay, err := j.Begin(t.Context(), a)
	require.NoError(t, err)
	return inTheWay
}

func entryOf(t *testing.T, j numbers.Journal, id string) numbers.JournalEntry {
	t.Helper()
	for e, err := range j.Entries(t.Context(), numbers.JournalQuery{IDs: []string{id}}) {
		require.NoError(t, err)
		return e
	}
	t.Fatalf("the journal has no entry %s", id)
	return numbers.JournalEntry{}
}

// stalling is a limiter that lets some requests pass, and holds one back.
type stalling struct {
	mu    sync.Mutex
	after int
	stall time.Duration
}

func (s *stalling) Wait(ctx context.Context) error {
	s.mu.Lock()
	s.after--
	wait := s.after == -2 // search, listing, then the order
	s.mu.Unlock()
	if !wait {
		return nil
	}
	select {
	case <-time.After(s.stall):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// atMost is an Orderer that takes fewer numbers in one order.
type atMost struct {
	numbers.Orderer
	most int
}

func (o atMost) Unwrap() numbers.Orderer { return o.Orderer }

func (o atMost) Capabilities() numbers.Capabilities {
	c := o.Orderer.Capabilities()
	c.MaxNumbers = o.most
	return c
}
