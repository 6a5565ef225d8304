package voipbin_test

import (
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
	"github.com/tnkit/tnkit/numbers/numberstest"
	"github.com/tnkit/tnkit/voipbin"
	"github.com/tnkit/tnkit/voipbin/voipbintest"
)

// virtually runs a test for both generations with a fake in memory, in virtual
// time.
func virtually(t *testing.T, f func(t *testing.T, g generation, srv *voipbintest.Server, o *voipbin.Orderer)) {
	generations(t, func(t *testing.T, g generation) {
		synctest.Test(t, func(t *testing.T) {
			srv := voipbintest.NewServer(t, voipbintest.Options{Era: g.era, ServerOptions: numberstest.ServerOptions{InMemory: true}})
			f(t, g, srv, voipbin.NewOrderer(srv.Client(), &voipbin.OrdererOptions{Generation: g.Generation}))
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

func resolve(t *testing.T, o *voipbin.Orderer, a numbers.Attempt) numbers.Resolution {
	t.Helper()
	resolutions, errs := o.ResolveAll(t.Context(), []numbers.Attempt{a})
	require.Equal(t, []error{nil}, errs)
	require.Len(t, resolutions, 1)
	return resolutions[0]
}

// resolveError is the error of a reading that shows nothing of a.
func resolveError(t *testing.T, o *voipbin.Orderer, a numbers.Attempt) error {
	t.Helper()
	resolutions, errs := o.ResolveAll(t.Context(), []numbers.Attempt{a})
	assert.Equal(t, []numbers.Resolution{{}}, resolutions)
	require.Len(t, errs, 1)
	require.Error(t, errs[0])
	return errs[0]
}

// past is an attempt for aNumber that has ended.
func past(status int) numbers.Attempt {
	ended := time.Now().Add(-time.Minute)
	return numbers.Attempt{Vendor: "voipbin", Numbers: []numbers.E164{aNumber}, Started: ended.Add(-time.Second), Ended: ended, Status: status}
}

// What a missing order means, by the answer to it.
func TestAbsence(t *testing.T) {
	var (
		notPlaced  = numbers.Resolution{Outcome: numbers.NotPlaced}
		refused    = numbers.Resolution{Outcome: numbers.NotPlaced, MaybeSold: true}
		orphaned   = numbers.Resolution{Outcome: numbers.PossiblyOrphaned}
		taken      = numbers.Resolution{Outcome: numbers.PossiblyOrphaned, MaybeSold: true}
		repeatable = numbers.Resolution{Outcome: numbers.Repeatable}
	)
	table := map[int]struct{ today, then numbers.Resolution }{
		0:                              {repeatable, repeatable},
		http.StatusOK:                  {orphaned, orphaned},
		http.StatusCreated:             {orphaned, orphaned},
		http.StatusNoContent:           {orphaned, orphaned},
		http.StatusMovedPermanently:    {repeatable, repeatable},
		http.StatusTemporaryRedirect:   {repeatable, repeatable},
		http.StatusBadRequest:          {taken, refused},
		http.StatusUnauthorized:        {notPlaced, notPlaced},
		http.StatusRequestTimeout:      {repeatable, repeatable},
		http.StatusConflict:            {repeatable, repeatable},
		http.StatusTooEarly:            {repeatable, repeatable},
		http.StatusInternalServerError: {taken, orphaned},
		http.StatusNotImplemented:      {repeatable, repeatable},
		http.StatusBadGateway:          {repeatable, repeatable},
		http.StatusServiceUnavailable:  {orphaned, repeatable},
		http.StatusGatewayTimeout:      {repeatable, repeatable},
		520:                            {repeatable, repeatable},
	}
	generations(t, func(t *testing.T, g generation) {
		_, o := g.fixed(t, ok(`{"result":[],"next_page_token":""}`))
		for status, want := range table {
			expected := want.today
			if g.Generation == voipbin.GenerationOrderNumbers {
				expected = want.then
			}
			a := past(status)
			assert.Equal(t, expected, resolve(t, o, a), status)

			a.Numbers = []numbers.E164{"+899204060801"}
			assert.Equal(t, notPlaced, resolve(t, o, a), "%d: a virtual number comes from no carrier", status)

			a = past(status)
			a.Ended = time.Time{}
			assert.Zero(t, resolve(t, o, a), "%d: it may be under way", status)
		}
	})
}

func TestAnAttemptUnderWayIsFoundAsSoonAsItIsListed(t *testing.T) {
	virtually(t, func(t *testing.T, _ generation, srv *voipbintest.Server, o *voipbin.Orderer) {
		srv.Inject(numberstest.Fault{Kind: numberstest.LostReply})
		a := unknown(t, o, aNumber)
		a.Ended = time.Time{}
		assert.Equal(t, numbers.Placed, resolve(t, o, a).Outcome)
	})
}

// The server answers after 15 seconds, and goes on with the order: its row comes up
// to 63 seconds after it was sent.
func TestASlowOrderIsFoundWhenItsRowIsThere(t *testing.T) {
	for _, later := range []time.Duration{0, 14 * time.Second, 38 * time.Second, 48 * time.Second} {
		virtually(t, func(t *testing.T, g generation, srv *voipbintest.Server, o *voipbin.Orderer) {
			srv.Inject(voipbintest.SlowCarrier(later)...)
			began := time.Now()
			a := unknown(t, o, aNumber)
			assert.Equal(t, 15*time.Second, time.Since(began))
			if later > 0 {
				time.Sleep(later - time.Second)
				want := numbers.PossiblyOrphaned // if nothing comes
				if g.era == voipbintest.EraSeed {
					want = numbers.NotPlaced
				}
				assert.Equal(t, want, resolve(t, o, a).Outcome)
				time.Sleep(time.Second)
			}
			r := resolve(t, o, a)
			require.Equal(t, numbers.Placed, r.Outcome, "%s later", later)
			assert.Equal(t, []numbers.E164{aNumber}, r.Order.Numbers())
			assert.Less(t, time.Since(began), o.Capabilities().ListingDelay)
			assert.Equal(t, 1, srv.Books().Bought(string(aNumber)))
		})
	}
}

// A number that is sold and never listed: the answer shows that it may be so.
func TestAPurchaseThatIsNeverListed(t *testing.T) {
	virtually(t, func(t *testing.T, _ generation, srv *voipbintest.Server, o *voipbin.Orderer) {
		srv.Inject(numberstest.Fault{Kind: numberstest.OrphanPurchase})
		a := unknown(t, o, aNumber)
		time.Sleep(o.Capabilities().ListingDelay)
		assert.Equal(t, numbers.PossiblyOrphaned, resolve(t, o, a).Outcome)
		assert.Len(t, srv.Books().Orphans(), 1)
	})
}

// The same, and the answer is lost: ordering again is safe, and shows it.
func TestAPurchaseThatIsNeverListedNorAnswered(t *testing.T) {
	for _, f := range []numberstest.Fault{
		{Kind: numberstest.LostReply},
		{Kind: numberstest.StatusAfter, Status: http.StatusBadGateway},
		{Kind: numberstest.StatusAfter, Status: http.StatusTemporaryRedirect},
		{Kind: numberstest.StatusAfter, Status: http.StatusRequestTimeout},
	} {
		virtually(t, func(t *testing.T, g generation, srv *voipbintest.Server, o *voipbin.Orderer) {
			srv.Inject(f, numberstest.Fault{Kind: numberstest.OrphanPurchase})
			first := unknown(t, o, aNumber)
			time.Sleep(o.Capabilities().ListingDelay)
			require.Equal(t, numbers.Resolution{Outcome: numbers.Repeatable}, resolve(t, o, first))

			again := unknown(t, o, aNumber)
			want := numbers.Resolution{Outcome: numbers.PossiblyOrphaned, MaybeSold: true}
			if g.era == voipbintest.EraSeed {
				want.Outcome = numbers.NotPlaced // then the first one was sold
			}
			assert.Equal(t, want, resolve(t, o, again))
			assert.Equal(t, 1, srv.Books().Bought(string(aNumber)))
			assert.Len(t, srv.Books().Orphans(), 1)
		})
	}
}

// If ordering again is accepted, the first order was not placed.
func TestARequestThatWasLostIsRepeatable(t *testing.T) {
	virtually(t, func(t *testing.T, _ generation, srv *voipbintest.Server, o *voipbin.Orderer) {
		srv.Inject(numberstest.Fault{Kind: numberstest.DroppedRequest})
		a := unknown(t, o, aNumber)
		require.Equal(t, numbers.Repeatable, resolve(t, o, a).Outcome)
		a.Before = []string{place(t, o, aNumber).ID}
		assert.Equal(t, numbers.Resolution{Outcome: numbers.NotPlaced}, resolve(t, o, a))
	})
}

func TestWhatIsNotAnAttemptsOrder(t *testing.T) {
	virtually(t, func(t *testing.T, _ generation, srv *voipbintest.Server, o *voipbin.Orderer) {
		a := past(http.StatusInternalServerError)
		row := numberstest.Owned{Number: string(aNumber), Created: a.Started.Add(-numbers.ClockSlack - time.Microsecond)}
		srv.AddNumber(row)
		assert.Equal(t, numbers.Resolution{Outcome: numbers.NotPlaced}, resolve(t, o, a), "older than clocks can differ, and the carrier sells nothing twice")

		row.Created = row.Created.Add(time.Microsecond)
		other := srv.AddNumber(row)[0]
		r := resolve(t, o, a)
		require.Equal(t, numbers.Placed, r.Outcome, "clocks can differ so much")
		assert.Equal(t, other, r.Order.ID)

		a.Before = []string{other}
		assert.Equal(t, numbers.Resolution{Outcome: numbers.NotPlaced}, resolve(t, o, a), "it was there before, or is another attempt's")

		row.Created = a.Ended
		own := srv.AddNumber(row)[0]
		assert.Equal(t, own, resolve(t, o, a).Order.ID)

		srv.AddNumber(row)
		require.ErrorIs(t, resolveError(t, o, a), numbers.ErrConflict, "two that match: none is picked")
	})
}

// An order that the carrier failed is what the attempt came to, and no reason to
// hold the number.
func TestAnOrderThatFailedIsPlacedAndNotOwned(t *testing.T) {
	virtually(t, func(t *testing.T, _ generation, srv *voipbintest.Server, o *voipbin.Orderer) {
		srv.SetPurchaseStatus(voipbintest.StatusPurchaseFailed)
		srv.Inject(numberstest.Fault{Kind: numberstest.LostReply})
		r := resolve(t, o, unknown(t, o, aNumber))
		require.Equal(t, numbers.Placed, r.Outcome)
		assert.Equal(t, numbers.StateFailed, r.Order.State)

		a := past(http.StatusInternalServerError)
		a.Before = []string{r.Order.ID}
		assert.Equal(t, numbers.PossiblyOrphaned, resolve(t, o, a).Outcome, "nobody has the number by that order")
	})
}

func TestAnOrderIsFoundInATiedGroupOnPageSeven(t *testing.T) {
	virtually(t, func(t *testing.T, _ generation, srv *voipbintest.Server, o *voipbin.Orderer) {
		now := time.Now()
		a := past(0)
		a.Started, a.Ended = now.Add(-5*time.Minute), now
		createdAt(srv, 95, now.Add(-8*time.Minute))
		id := srv.AddNumber(numberstest.Owned{Number: string(aNumber), Created: now.Add(-8 * time.Minute)})[0]
		createdAt(srv, 95, now.Add(-9*time.Minute))
		for i := range 7 {
			createdAt(srv, 91, now.Add(-time.Duration(i)*time.Minute))
		}
		r := resolve(t, o, a)
		require.Equal(t, numbers.Placed, r.Outcome)
		assert.Equal(t, id, r.Order.ID)
	})
}

func TestAReadingThatCanNotBeCompleteResolvesNothing(t *testing.T) {
	virtually(t, func(t *testing.T, g generation, srv *voipbintest.Server, o *voipbin.Orderer) {
		createdAt(srv, 130, time.Now())
		require.ErrorIs(t, resolveError(t, o, past(0)), numbers.ErrIncomplete)
	})
	generations(t, func(t *testing.T, g generation) {
		_, o := g.fixed(t, answer{Status: 500})
		require.ErrorIs(t, resolveError(t, o, past(0)), numbers.ErrVendor)
	})
}

func TestOneListingResolvesMany(t *testing.T) {
	virtually(t, func(t *testing.T, _ generation, srv *voipbintest.Server, o *voipbin.Orderer) {
		createdAt(srv, 99, time.Now().Add(-time.Hour))
		createdAt(srv, 99, time.Now().Add(-2*time.Hour))
		var attempts []numbers.Attempt
		for i := range 40 {
			kind := numberstest.LostReply
			if i%2 == 1 {
				kind = numberstest.DroppedRequest
			}
			srv.Inject(numberstest.Fault{Kind: kind})
			attempts = append(attempts, unknown(t, o, numbers.E164(fmt.Sprintf("+1213555%04d", i))))
		}
		before := len(srv.Requests())
		resolutions, errs := o.ResolveAll(t.Context(), attempts)
		for i := range attempts {
			require.NoError(t, errs[i])
			want := numbers.Placed
			if i%2 == 1 {
				want = numbers.Repeatable
			}
			assert.Equal(t, want, resolutions[i].Outcome)
		}
		assert.Len(t, srv.Requests(), before+1)
		assert.Len(t, srv.Books().Owned(), 20)
	})
}

// The same through an Account: a number that was sold and never listed, and whose
// answer was lost, is found out about by the redelivery, and then held.
func TestBuyingAgainShowsALostOrphan(t *testing.T) {
	virtually(t, func(t *testing.T, g generation, srv *voipbintest.Server, o *voipbin.Orderer) {
		book := new(account.MemoryJournal)
		acct, err := account.New("main", o, &account.Options{Journal: book})
		require.NoError(t, err)
		defer acct.Close()
		buy := func(reference string) error {
			p, err := acct.Buy(t.Context(), numbers.OrderRequest{Numbers: []numbers.E164{aNumber}, Reference: reference}, nil)
			assert.Empty(t, p.Bought())
			return err
		}
		first := func() numbers.EntryStatus {
			for e, err := range book.Entries(t.Context(), numbers.JournalQuery{Purchase: "ours"}) {
				require.NoError(t, err)
				return e.End.Status
			}
			return "none"
		}
		srv.Inject(numberstest.Fault{Kind: numberstest.LostReply}, numberstest.Fault{Kind: numberstest.OrphanPurchase})
		require.ErrorIs(t, buy("ours"), numbers.ErrOutcomeUnknown)
		assert.Equal(t, numbers.EntryUnknown, first(), "it may be ordered again")

		require.ErrorIs(t, buy("ours"), numbers.ErrOutcomeUnknown)
		assert.Equal(t, numbers.EntryOrphaned, first(), "the carrier refuses what it has sold")

		sent := len(srv.Requests())
		require.ErrorIs(t, buy("another customer's"), numbers.ErrConflict)
		for _, r := range srv.Requests()[sent:] {
			assert.False(t, r.Buys)
		}
		assert.Equal(t, 1, srv.Books().Bought(string(aNumber)))
		assert.Len(t, srv.Books().Orphans(), 1)
	})
}

// A slow order ends with a 503, and others' timeouts open the vendor's circuit breaker:
// for 30 s everything is a 500, listings too. The purchase outlasts that.
func TestAPurchaseOutlastsTheBreaker(t *testing.T) {
	for _, takes := range []time.Duration{20 * time.Second, 53 * time.Second, 63 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			srv := voipbintest.NewServer(t, voipbintest.Options{ServerOptions: numberstest.ServerOptions{InMemory: true}, OrderTakes: takes})
			acct, err := account.New("main", voipbin.NewOrderer(srv.Client(), nil), nil)
			require.NoError(t, err)
			defer acct.Close()
			time.AfterFunc(15*time.Second, srv.TripBreaker)
			time.AfterFunc(15*time.Second+voipbin.NewOrderer(nil, nil).Capabilities().ListingDelay, srv.TripBreaker) // as soon as absence would count
			purchase, err := acct.Buy(t.Context(), numbers.OrderRequest{Numbers: []numbers.E164{aNumber}, Reference: "k"}, nil)
			require.NoError(t, err, "%s", takes)
			assert.Equal(t, []numbers.E164{aNumber}, purchase.Bought())
			assert.Equal(t, 1, srv.Books().Bought(string(aNumber)))
			failed := 0
			for _, r := range srv.Requests() {
				if r.Status == http.StatusInternalServerError {
					failed++
				}
			}
			assert.Positive(t, failed, "the breaker was open")
		})
	}
}

// The same where the breaker opens before the purchase: nothing is sent.
func TestNothingIsBoughtWhileTheBreakerIsOpen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := voipbintest.NewServer(t, voipbintest.Options{ServerOptions: numberstest.ServerOptions{InMemory: true}})
		acct, err := account.New("main", voipbin.NewOrderer(srv.Client(), nil), nil)
		require.NoError(t, err)
		defer acct.Close()
		srv.TripBreaker()
		r := numbers.OrderRequest{Numbers: []numbers.E164{aNumber}, Reference: "k"}
		_, err = acct.Buy(t.Context(), r, nil)
		require.Error(t, err)
		require.NotErrorIs(t, err, numbers.ErrOutcomeUnknown)
		for _, sent := range srv.Requests() {
			assert.False(t, sent.Buys)
		}
		time.Sleep(30 * time.Second)
		purchase, err := acct.Buy(t.Context(), r, nil)
		require.NoError(t, err)
		assert.Equal(t, []numbers.E164{aNumber}, purchase.Bought())
	})
}
