package account_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// Offers that another purchase holds are left out, whatever became of it.
func TestBuyAnySkipsOffersThatAreHeld(t *testing.T) {
	for name, end := range map[string]numbers.JournalEnd{
		"under way": {}, "unknown": {Status: numbers.EntryUnknown, Held: several(2)}, "possibly orphaned": {Status: numbers.EntryOrphaned},
		"placed": {Status: numbers.EntryPlaced, OrderID: "theirs", Held: several(2)},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := shop(4, byNumber(0))
				j := new(account.MemoryJournal)
				begin(t, j, attemptOf("memory", "theirs", "theirs", several(2)...), end)
				began := time.Now()
				p, err := openWith(t, m, j).BuyAny(t.Context(), numbers.SearchQuery{}, 2, nil)
				require.NoError(t, err)
				assert.ElementsMatch(t, several(4)[2:], p.Bought())
				assert.Zero(t, time.Since(began), "nothing is waited for")
			})
		})
	}
}

// If only offers are left that others hold, BuyAny waits for a claim to end.
func TestBuyAnyWaitsForAClaimToEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := shop(1, byNumber(0))
		m.Inject(numberstest.Fault{Kind: numberstest.StatusBefore, Status: 402}, numberstest.Fault{Kind: numberstest.DelayedReply, Delay: time.Minute, After: 1})
		j := new(account.MemoryJournal)
		e := begin(t, j, attemptOf("memory", "theirs", "theirs", one), numbers.JournalEnd{})
		time.AfterFunc(20*time.Second, func() {
			assert.NoError(t, j.End(context.Background(), e, numbers.JournalEnd{Status: numbers.EntryRefused, Time: time.Now()}))
		})
		a := openWith(t, m, j)
		began := time.Now()
		_, err := a.BuyAny(t.Context(), numbers.SearchQuery{}, 1, nil)
		require.ErrorIs(t, err, numbers.ErrInsufficientFunds, "it was sent when the claim had ended")
		assert.GreaterOrEqual(t, time.Since(began), 20*time.Second)
		assert.Less(t, time.Since(began), time.Minute)
	})
}

// A claim whose owner is gone ends, too: its attempt is resolved.
func TestBuyAnyResolvesAClaimWhoseOwnerIsGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := shop(1, byNumber(0))
		j := new(account.MemoryJournal)
		begin(t, j, attemptOf("memory", "theirs", "theirs", one), numbers.JournalEnd{})
		ctx, cancel := context.WithTimeout(t.Context(), 15*time.Minute)
		defer cancel()
		p, err := openWith(t, m, j).BuyAny(ctx, numbers.SearchQuery{}, 1, nil)
		require.NoError(t, err)
		assert.Equal(t, several(1), p.Bought())
		assert.Equal(t, numbers.EntryNotPlaced, entryBy(t, j, "theirs").End.Status)
	})
}

// A hold that only a person ends is not waited for.
func TestBuyAnyDoesNotWaitForAPossibleOrphan(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := new(account.MemoryJournal)
		begin(t, j, attemptOf("memory", "theirs", "theirs", one), numbers.JournalEnd{Status: numbers.EntryOrphaned})
		began := time.Now()
		p, err := openWith(t, shop(1, byNumber(0)), j).BuyAny(t.Context(), numbers.SearchQuery{}, 1, nil)
		require.ErrorIs(t, err, numbers.ErrNumberUnavailable)
		assert.Empty(t, p.Orders)
		assert.Zero(t, time.Since(began))
	})
}

// The wait for a claim ends with the context.
func TestTheWaitForAClaimEndsWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := new(account.MemoryJournal)
		a := openWith(t, shop(1, byNumber(0)), j)
		begin(t, j, attemptOf("memory", "theirs", "theirs", one), numbers.JournalEnd{})
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		began := time.Now()
		p, err := a.BuyAny(ctx, numbers.SearchQuery{}, 1, nil)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.NotErrorIs(t, err, numbers.ErrOutcomeUnknown)
		assert.Empty(t, p.Orders)
		assert.Equal(t, 30*time.Second, time.Since(began))
	})
}

// Customers who search for the same offers at the same time get different numbers.
func TestCustomersWhoSearchAtTheSameTimeGetDifferentNumbers(t *testing.T) {
	for _, caps := range []numbers.Capabilities{byNumber(0), byReference(2), {OrdersAreOwned: true, ListingDelay: delay}} {
		for _, shared := range []bool{true, false} {
			for _, offers := range []int{12, 10} { // enough for all, and not
				t.Run(fmt.Sprint(caps.FoundBy, caps.MaxNumbers, shared, offers), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						m := numberstest.NewMemory(numberstest.MemoryOptions{SellsTwice: true, Offers: offersOf(several(offers)...), SettleAfter: 5 * time.Second, Capabilities: caps})
						m.Inject(numberstest.Fault{Kind: numberstest.DelayedReply, Delay: time.Second, Times: -1})
						j := new(account.MemoryJournal)
						one := openWith(t, m, j)
						ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
						defer cancel()
						var mu sync.Mutex
						owner := make(map[numbers.E164]int)
						var wg sync.WaitGroup
						for i := range 4 {
							a := one
							if !shared {
								a = openWith(t, m, j)
							}
							wg.Go(func() {
								time.Sleep(time.Duration(i) * 300 * time.Millisecond)
								p, err := a.BuyAny(ctx, numbers.SearchQuery{}, 3, &account.BuyAnyOptions{Reference: fmt.Sprint("customer ", i)})
								mu.Lock()
								defer mu.Unlock()
								assert.Equal(t, len(p.Bought()) == 3, err == nil, "%v", err)
								for _, n := range p.Bought() {
									other, taken := owner[n]
									assert.False(t, taken, "%s is %d's and %d's", n, other, i)
									owner[n] = i
								}
							})
						}
						wg.Wait()
						assert.Len(t, owner, offers)
						assert.Len(t, m.Books().Purchases, offers)
					})
				})
			}
		}
	}
}
