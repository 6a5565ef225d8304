package voipbin_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/numberstest"
	"github.com/tnkit/tnkit/voipbin"
	"github.com/tnkit/tnkit/voipbin/voipbintest"
)

// virtually runs a test for both generations with a fake in memory, in virtual
// time.
func virtually(t *testing.T, f func(t *testing.T, g generation, srv *voipbintest.Server, o *voipbin.Orderer)) {
	generations(t, func(t *testing.T, g generation) {
		synctest.Test(t, func(t *testing.T) {
			srv := voipbintest.NewServer(t, voipbintest.Options{Era: g.era, InMemory: true})
			f(t, g, srv, voipbin.NewOrderer(srv.Client(), &voipbin.OrdererOptions{Account: "main", Generation: g.Generation}))
		})
	})
}

// unknown places an order whose outcome is unknown, and returns its attempt.
func unknown(t *testing.T, o numbers.Orderer, n numbers.E164) numbers.Attempt {
	t.Helper()
	order, err := o.Place(t.Context(), numbers.OrderRequest{Numbers: []numbers.E164{n}})
	assert.Nil(t, order)
	require.ErrorIs(t, err, numbers.ErrOutcomeUnknown)
	return *asError(t, err).Attempt
}

func resolve(t *testing.T, o numbers.Orderer, a numbers.Attempt) numbers.Resolution {
	t.Helper()
	r, err := numbers.Resolve(t.Context(), o, a)
	require.NoError(t, err)
	return r
}

// The server answers after 15 seconds, and goes on with the order.
func TestASlowCarrierIsResolvedAsPlaced(t *testing.T) {
	for _, later := range []time.Duration{0, time.Second, 14 * time.Second, 29 * time.Second} {
		virtually(t, func(t *testing.T, _ generation, srv *voipbintest.Server, o *voipbin.Orderer) {
			srv.Inject(voipbintest.SlowCarrier(later)...)
			began := time.Now()
			a := unknown(t, o, aNumber)
			assert.Equal(t, 15*time.Second, time.Since(began))
			r := resolve(t, o, a)
			require.Equal(t, numbers.Placed, r.Outcome, "%s later", later)
			assert.Equal(t, []numbers.E164{aNumber}, r.Order.Numbers())
			assert.Equal(t, 1, srv.Books().Bought(string(aNumber)))
			assert.Empty(t, srv.Books().Orphans())
		})
	}
}

func TestResolveAskedDirectly(t *testing.T) {
	virtually(t, func(t *testing.T, _ generation, srv *voipbintest.Server, o *voipbin.Orderer) {
		srv.Inject(numberstest.Fault{Kind: numberstest.LostReply})
		r, err := o.Resolve(t.Context(), unknown(t, o, aNumber))
		require.NoError(t, err)
		assert.Equal(t, numbers.Placed, r.Outcome)
	})
}

func TestARefusalIsResolvedOnlyAfterTheSettleTime(t *testing.T) {
	virtually(t, func(t *testing.T, g generation, srv *voipbintest.Server, o *voipbin.Orderer) {
		srv.Refuse(string(aNumber))
		a := unknown(t, o, aNumber)
		began := time.Now()
		r := resolve(t, o, a)
		assert.GreaterOrEqual(t, time.Since(began), 30*time.Second)
		assert.Nil(t, r.Order)
		if g.era == voipbintest.EraToday {
			assert.Equal(t, numbers.PossiblyOrphaned, r.Outcome, "a 500 may be a purchase that was not recorded")
		} else {
			assert.Equal(t, numbers.NotPlaced, r.Outcome)
		}
		assert.Empty(t, srv.Books().Purchases)
	})
}

func TestAPurchaseThatIsNeverListed(t *testing.T) {
	virtually(t, func(t *testing.T, _ generation, srv *voipbintest.Server, o *voipbin.Orderer) {
		srv.Inject(numberstest.Fault{Kind: numberstest.OrphanPurchase})
		a := unknown(t, o, aNumber)
		r := resolve(t, o, a)
		assert.Equal(t, numbers.PossiblyOrphaned, r.Outcome)
		assert.Nil(t, r.Order)
		assert.Len(t, srv.Books().Orphans(), 1)
		buys := 0
		for _, request := range srv.Requests() {
			if request.Buys {
				buys++
			}
		}
		assert.Equal(t, 1, buys)
	})
}

// Virtual numbers come from no carrier: what is not listed is not bought.
func TestAVirtualNumberIsNeverOrphaned(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := voipbintest.NewServer(t, voipbintest.Options{InMemory: true})
		o := voipbin.NewOrderer(srv.Client(), nil)
		srv.Inject(numberstest.Fault{Kind: numberstest.StatusBefore, Status: 500})
		a := unknown(t, o, "+899204060801")
		assert.Equal(t, numbers.NotPlaced, resolve(t, o, a).Outcome)
	})
}

func TestALostReplyAndALateListing(t *testing.T) {
	virtually(t, func(t *testing.T, _ generation, srv *voipbintest.Server, o *voipbin.Orderer) {
		srv.Inject(numberstest.Fault{Kind: numberstest.LostReply}, numberstest.Fault{Kind: numberstest.LateListing, Delay: 20 * time.Second})
		a := unknown(t, o, aNumber)
		r := resolve(t, o, a)
		require.Equal(t, numbers.Placed, r.Outcome)
		assert.Equal(t, 1, srv.Books().Bought(string(aNumber)))
	})
}

func TestAnOrderIsFoundInATiedGroupOnPageSeven(t *testing.T) {
	virtually(t, func(t *testing.T, g generation, srv *voipbintest.Server, o *voipbin.Orderer) {
		now := time.Now()
		add := func(n int, created time.Time) {
			for i := range n {
				srv.AddNumber(voipbintest.Number{Number: fmt.Sprintf("+1312555%04d", i), Created: created})
			}
		}
		add(95, now.Add(-time.Hour))
		id := srv.AddNumber(voipbintest.Number{Number: string(aNumber), Created: now.Add(-time.Hour)})
		add(95, now.Add(-2*time.Hour))
		for i := range 7 {
			add(91, now.Add(-time.Duration(i)*time.Minute))
		}
		a := numbers.Attempt{Vendor: "voipbin", Account: "main", Numbers: []numbers.E164{aNumber}, Started: now, Ended: now}
		r := resolve(t, o, a)
		require.Equal(t, numbers.Placed, r.Outcome)
		assert.Equal(t, id, r.Order.ID)

		a.Before = []string{id}
		assert.Equal(t, numbers.NotPlaced, resolve(t, o, a).Outcome, "it was there before")

		srv.AddNumber(voipbintest.Number{Number: string(aNumber), Created: now})
		other := resolve(t, o, a)
		require.Equal(t, numbers.Placed, other.Outcome)
		assert.NotEqual(t, id, other.Order.ID)

		a.Before = nil
		_, err := numbers.Resolve(t.Context(), o, a)
		require.ErrorIs(t, err, numbers.ErrConflict, "two that match: none is picked")
	})
}

func TestAReadingThatCannotBeCompleteResolvesNothing(t *testing.T) {
	virtually(t, func(t *testing.T, _ generation, srv *voipbintest.Server, o *voipbin.Orderer) {
		now := time.Now()
		for i := range 130 {
			srv.AddNumber(voipbintest.Number{Number: fmt.Sprintf("+1312555%04d", i), Created: now.Add(-time.Hour)})
		}
		_, err := numbers.Resolve(t.Context(), o, numbers.Attempt{
			Vendor: "voipbin", Account: "main", Numbers: []numbers.E164{aNumber}, Started: now, Ended: now,
		})
		require.ErrorIs(t, err, numbers.ErrIncomplete)
	})
}

func TestOneListingResolvesMany(t *testing.T) {
	virtually(t, func(t *testing.T, g generation, srv *voipbintest.Server, o *voipbin.Orderer) {
		var attempts []numbers.Attempt
		for i := range 40 {
			n := numbers.E164(fmt.Sprintf("+1312555%04d", i))
			if i%2 == 0 {
				srv.Inject(numberstest.Fault{Kind: numberstest.LostReply})
			} else {
				srv.Inject(numberstest.Fault{Kind: numberstest.DroppedRequest})
			}
			attempts = append(attempts, unknown(t, o, n))
		}
		before := len(srv.Requests())
		resolutions, errs := numbers.ResolveAll(t.Context(), o, attempts)
		for i := range attempts {
			require.NoError(t, errs[i])
			want := numbers.Placed
			if i%2 == 1 {
				want = numbers.NotPlaced
			}
			assert.Equal(t, want, resolutions[i].Outcome)
		}
		assert.LessOrEqual(t, len(srv.Requests())-before, 4, "a listing before the settle time, and one after it")
		assert.Len(t, srv.Books().Owned(), 20)
	})
}

func TestBefore(t *testing.T) {
	generations(t, func(t *testing.T, g generation) {
		srv, o := g.fake(t)
		place(t, o, "+12025550101")
		want := []string{place(t, o, aNumber).ID}
		before := len(srv.Requests())
		got, err := o.Before(t.Context(), []numbers.E164{aNumber, "+12025550199"})
		require.NoError(t, err)
		assert.Equal(t, want, got)
		assert.LessOrEqual(t, len(srv.Requests())-before, 2, "one listing")

		_, failing := g.fixed(t, answer{Status: 500})
		_, err = failing.Before(t.Context(), []numbers.E164{aNumber})
		require.ErrorIs(t, err, numbers.ErrVendor)
	})
}

// Final: the vendor never reports another state.
func TestPurchasePendingIsFinal(t *testing.T) {
	virtually(t, func(t *testing.T, _ generation, srv *voipbintest.Server, o *voipbin.Orderer) {
		srv.SetPurchaseStatus(voipbintest.StatusPurchasePending)
		placed := place(t, o, aNumber)
		assert.Equal(t, numbers.StatePending, placed.State)
		began := time.Now()
		order, err := numbers.Wait(t.Context(), o, placed.ID, nil)
		require.NoError(t, err)
		assert.Equal(t, numbers.StatePending, order.State)
		assert.True(t, order.Final)
		assert.Zero(t, time.Since(began), "there is nothing to wait for")
	})
}
