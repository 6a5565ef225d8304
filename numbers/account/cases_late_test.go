package account_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
	"github.com/tnkit/tnkit/numbers/numberstest"
	"github.com/tnkit/tnkit/opentact"
	"github.com/tnkit/tnkit/opentact/opentacttest"
	"github.com/tnkit/tnkit/telnyx"
	"github.com/tnkit/tnkit/telnyx/telnyxtest"
	"github.com/tnkit/tnkit/voipbin"
	"github.com/tnkit/tnkit/voipbin/voipbintest"
)

// A list in a shape that can't show absence proves nothing: a lost order is not bought
// again.
func TestAListThatCanNotShowAbsenceProvesNothing(t *testing.T) {
	for _, shape := range []opentacttest.ListShape{opentacttest.ListObject, opentacttest.ListUncounted} {
		synctest.Test(t, func(t *testing.T) {
			srv := opentacttest.NewServer(t, opentacttest.Options{ServerOptions: numberstest.ServerOptions{InMemory: true}, SellsAnything: true})
			c, err := srv.NewClient(once(nil))
			require.NoError(t, err)
			a, err := account.New("main", opentact.NewOrderer(c, nil), nil)
			require.NoError(t, err)
			for i := range 12 {
				_, err := a.Buy(t.Context(), request(fmt.Sprint("k", i), someNumber(i)), nil)
				require.NoError(t, err)
			}
			srv.Inject(numberstest.Fault{Kind: numberstest.LostReply})
			_, err = a.Buy(t.Context(), request("lost", someNumber(20)), &account.BuyOptions{OnEvent: func(e numbers.Event) {
				if e.Kind == numbers.EventUnknown {
					srv.SetList(shape)
				}
			}})
			require.ErrorIs(t, err, numbers.ErrOutcomeUnknown)
			assert.ErrorContains(t, err, "incomplete")
			srv.SetList(shape)
			_, err = a.Buy(t.Context(), request("lost", someNumber(20)), nil)
			require.Error(t, err)
			_, err = a.Buy(t.Context(), request("other", someNumber(20)), nil)
			require.Error(t, err)
			assert.Equal(t, 1, srv.Books().Bought(string(someNumber(20))))
		})
	}
}

// A row that appears 53 s after an order was sent, 38 s after its refusal, is found.
func TestALateRowIsFound(t *testing.T) {
	for _, g := range []voipbin.Generation{voipbin.GenerationNumbers, voipbin.GenerationOrderNumbers} {
		for _, any := range []bool{false, true} {
			synctest.Test(t, func(t *testing.T) {
				v := fakeVoIPBin(t, g)
				a := v.account(t, nil, nil)
				v.inject(voipbintest.SlowCarrier(38 * time.Second)...)
				began := time.Now()
				var p *account.Purchase
				var err error
				if any {
					p, err = a.BuyAny(t.Context(), numbers.SearchQuery{Country: "US"}, 1, nil)
				} else {
					p, err = a.Buy(t.Context(), request("k", someNumber(0)), nil)
				}
				require.NoError(t, err)
				assert.Len(t, p.Bought(), 1)
				assert.Len(t, v.books().Purchases, 1)
				assert.LessOrEqual(t, time.Since(began), 53*time.Second+27*time.Second, "half of the time that it took to appear")
			})
		}
	}
}

// An order that is listed later than the listing delay is found by the next delivery, and
// not ordered again.
func TestAnOrderThatIsListedTooLateIsFound(t *testing.T) {
	for _, any := range []bool{false, true} {
		atEveryVendor(t, func(t *testing.T, v *fakeVendor) {
			a := v.account(t, new(account.MemoryJournal), nil)
			if any && !a.Capabilities().Orphans {
				return // there is no search, or what is not listed in time was not placed
			}
			buy := func() (*account.Purchase, error) {
				if any {
					return a.BuyAny(t.Context(), numbers.SearchQuery{Country: "US"}, 1, &account.BuyAnyOptions{Reference: "k"})
				}
				return a.Buy(t.Context(), request("k", someNumber(0)), nil)
			}
			v.inject(numberstest.Fault{Kind: numberstest.LateCommit, Delay: a.Capabilities().ListingDelay + 10*time.Second})
			_, err := buy()
			require.Error(t, err)
			time.Sleep(time.Minute)
			p, err := buy()
			if a.Capabilities().Orphans {
				require.NoError(t, err)
				assert.Len(t, p.Bought(), 1)
			}
			assert.Len(t, v.books().Purchases, 1)
		})
	}
}

// A batch with numbers that are gone is placed again without those that the vendor names.
func TestABatchIsPlacedAgainWithoutWhatIsGone(t *testing.T) {
	for gone := range 4 {
		synctest.Test(t, func(t *testing.T) {
			srv := telnyxtest.NewServer(t, telnyxtest.Options{ServerOptions: numberstest.ServerOptions{InMemory: true}})
			c, err := srv.NewClient(once(nil))
			require.NoError(t, err)
			a, err := account.New("main", telnyx.NewOrderer(c, nil), nil)
			require.NoError(t, err)
			list := someNumbers(100)
			for i := range gone {
				srv.RemoveOffer(string(list[7*i+3]))
			}
			p, err := a.Buy(t.Context(), request("k", list...), nil)
			if gone > 0 {
				require.ErrorIs(t, err, numbers.ErrNumberUnavailable)
				failed, ok := errors.AsType[*account.PurchaseError](err)
				require.True(t, ok)
				assert.Len(t, failed.Missing(), gone)
			} else {
				require.NoError(t, err)
			}
			assert.Len(t, p.Bought(), 100-gone)
			orders := 0
			for _, r := range srv.Requests() {
				if r.Buys {
					orders++
				}
			}
			assert.LessOrEqual(t, orders, 2+gone)
		})
	}
}

// An order whose items have all settled has settled, whatever its own status says.
func TestAnOrderSettlesWithItsItems(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := telnyxtest.NewServer(t, telnyxtest.Options{ServerOptions: numberstest.ServerOptions{InMemory: true, Lenient: true}, SettleAfter: time.Second})
		c, err := srv.NewClient(once(nil))
		require.NoError(t, err)
		a, err := account.New("main", telnyx.NewOrderer(c, nil), nil)
		require.NoError(t, err)
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		p, err := a.Buy(ctx, request("k", someNumber(0)), &account.BuyOptions{Wait: account.WaitOptions{OnPoll: func(o *numbers.Order) {
			srv.SetState(o.ID, "partial_success")
		}}})
		require.NoError(t, err)
		assert.Len(t, p.Bought(), 1)
	})
}
