package account_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
	"github.com/tnkit/tnkit/numbers/numberstest"
	"github.com/tnkit/tnkit/telnyx"
	"github.com/tnkit/tnkit/telnyx/telnyxtest"
)

// slow is a vendor whose order settles at a time, and an account that seldom reads it.
func slow(t *testing.T, after time.Duration) (*scripted, *account.Account, *account.WaitOptions) {
	t.Helper()
	began := time.Now()
	s := &scripted{caps: byNumber(0), list: always(), place: answer(in(numbers.StatePending, "o", "", one), nil)}
	s.order = func(_ context.Context, id string) (*numbers.Order, error) {
		if time.Since(began) < after {
			return in(numbers.StatePending, id, "", one), nil
		}
		return complete(id, "", one), nil
	}
	return s, open(t, s), &account.WaitOptions{MinInterval: time.Hour, MaxInterval: time.Hour}
}

// A notification of the order, or of one of its numbers, makes waiting calls read at once.
func TestANotificationWakesAWait(t *testing.T) {
	other := several(2)[1]
	for name, c := range map[string]struct {
		id    string
		list  []numbers.E164
		wakes bool
	}{
		"the id":         {"o", nil, true},
		"in capitals":    {"O", nil, true},
		"a number":       {"", []numbers.E164{other, one}, true},
		"another id":     {"another", nil, false},
		"another number": {"", []numbers.E164{other}, false},
		"nothing":        {"", nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				_, a, opts := slow(t, time.Minute)
				time.AfterFunc(time.Minute, func() { a.Notify(c.id, c.list...) })
				began := time.Now()
				_, err := a.Buy(t.Context(), numbers.OrderRequest{Numbers: several(1)}, &account.BuyOptions{Wait: *opts})
				require.NoError(t, err)
				if c.wakes {
					assert.Equal(t, time.Minute, time.Since(began))
				} else {
					assert.GreaterOrEqual(t, time.Since(began), 30*time.Minute)
				}
			})
		})
	}
}

// A notification is only a hint: what counts is the reading.
func TestANotificationThatIsEarlyEndsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, a, opts := slow(t, time.Minute)
		time.AfterFunc(time.Second, func() { a.Notify("o") })
		o, err := a.Wait(t.Context(), "o", opts)
		require.NoError(t, err)
		assert.Equal(t, numbers.StateComplete, o.State)
		assert.Equal(t, 3, s.counted("Order"))
	})
}

// A flood makes few readings, and delays what counts by 5 s at most.
func TestManyNotificationsMakeFewReadings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const settles = 10 * time.Minute
		s, a, opts := slow(t, settles)
		stop := flood(t, a)
		defer stop()
		began := time.Now()
		_, err := a.Wait(t.Context(), "o", opts)
		require.NoError(t, err)
		assert.LessOrEqual(t, time.Since(began), settles+5*time.Second)
		assert.LessOrEqual(t, s.counted("Order"), 8+int(settles/(5*time.Second)))
		assert.Greater(t, s.counted("Order"), 100, "they are obeyed")
	})
}

// flood notifies an Account of order o and of number one, again and again.
func flood(t *testing.T, a *account.Account) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var all sync.WaitGroup
	all.Go(func() {
		for ctx.Err() == nil {
			a.Notify("o", one, one)
			time.Sleep(20 * time.Millisecond)
		}
	})
	return func() { cancel(); all.Wait() }
}

// Forged notifications add readings, and move no poll.
func TestNotificationsMoveNoPoll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		times := func(forged ...time.Duration) (at []time.Duration) {
			s, a, _ := slow(t, 0)
			account.SetClock(a, time.Now, func(d time.Duration) time.Duration { return d - 1 })
			began := time.Now()
			s.order = func(_ context.Context, id string) (*numbers.Order, error) {
				if at = append(at, time.Since(began)); time.Since(began) > 3*time.Minute {
					return complete(id, "", one), nil
				}
				return in(numbers.StatePending, id, "", one), nil
			}
			for _, after := range forged {
				time.AfterFunc(after, func() { a.Notify("o") })
			}
			_, err := a.Wait(t.Context(), "o", nil)
			require.NoError(t, err)
			return at
		}
		polls := times()
		forged := []time.Duration{300 * time.Millisecond, 2 * time.Second, 20 * time.Second, time.Minute}
		with := times(forged...)
		assert.Subset(t, with, polls)
		assert.Len(t, with, len(polls)+len(forged))
		assert.Subset(t, with, forged, "each is obeyed at once")
	})
}

// Wait is given only an id, and learns the numbers from what it reads.
func TestANotificationOfANumberWakesAWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, a, opts := slow(t, time.Minute)
		time.AfterFunc(time.Minute, func() { a.Notify("", one) })
		began := time.Now()
		_, err := a.Wait(t.Context(), "o", opts)
		require.NoError(t, err)
		assert.Equal(t, time.Minute, time.Since(began))
	})
}

// Another process is not woken: it polls.
func TestANotificationIsOfThisProcess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, a, opts := slow(t, time.Minute)
		other := open(t, s)
		time.AfterFunc(time.Minute, func() { a.Notify("o", one) })
		began := time.Now()
		_, err := other.Wait(t.Context(), "o", opts)
		require.NoError(t, err)
		assert.GreaterOrEqual(t, time.Since(began), 30*time.Minute)
	})
}

// lostFor is a vendor whose answer is lost, and that lists the order later.
func lostFor(t *testing.T, later time.Duration) *scripted {
	t.Helper()
	s := &scripted{caps: byNumber(0)}
	s.caps.ListingDelay = time.Hour
	var began time.Time
	s.place = func(context.Context, numbers.OrderRequest) (*numbers.Order, error) {
		began = time.Now()
		return nil, &numbers.Error{Op: "Place", Vendor: "script", Kind: numbers.ErrOutcomeUnknown}
	}
	s.list = func(context.Context, numbers.OrderQuery) seqOfOrders {
		if began.IsZero() || time.Since(began) < later {
			return sequence[numbers.Order](nil)
		}
		o := complete("o", "", one)
		o.Created = began
		return sequence(nil, o)
	}
	return s
}

// The answer was lost, so nobody here has the order's id. A notification of the number
// finds the order at once.
func TestANotificationWakesTheResolvingOfALostAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const later = 15 * time.Minute
		s := lostFor(t, later)
		a := open(t, s)
		for _, at := range []time.Duration{0, time.Second, later} { // too early, too early, and right
			time.AfterFunc(at, func() { a.Notify("o", one) })
		}
		began := time.Now()
		p, err := a.Buy(t.Context(), numbers.OrderRequest{Numbers: several(1), Reference: "job"}, nil)
		require.NoError(t, err)
		assert.Equal(t, []numbers.E164{one}, p.Bought())
		assert.Equal(t, later, time.Since(began))
		assert.Equal(t, 1, s.counted("Place"))
	})
}

// While the vendor fails, forged notifications must not use up the readings after which
// an unclear outcome is given up.
func TestNotificationsUseUpNoTries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const down = 50 * time.Second // polls outlast it
		s := lostFor(t, delay+down)
		s.caps.ListingDelay = delay
		listed, began := s.list, time.Now()
		s.list = func(ctx context.Context, q numbers.OrderQuery) seqOfOrders {
			if at := time.Since(began); delay <= at && at < delay+down {
				return sequence[numbers.Order](&numbers.Error{Op: "Orders", Vendor: "script", Kind: numbers.ErrVendor})
			}
			return listed(ctx, q)
		}
		a := open(t, s)
		defer flood(t, a)()
		p, err := a.Buy(t.Context(), numbers.OrderRequest{Numbers: several(1), Reference: "job"}, nil)
		require.NoError(t, err)
		assert.Equal(t, []numbers.E164{one}, p.Bought())
		assert.Equal(t, 1, s.counted("Place"))
	})
}

// A number that the inventory shows late is assigned as soon as a notification comes.
func TestANotificationWakesAnAssignment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const later = 40 * time.Second
		s := lateInventory(later)
		a := open(t, s)
		time.AfterFunc(later, func() { a.Notify("", one) })
		began := time.Now()
		_, err := a.Buy(t.Context(), numbers.OrderRequest{Numbers: several(1), Assign: &numbers.Assignment{CallFlow: "flow"}}, nil)
		require.NoError(t, err)
		assert.Equal(t, later, time.Since(began))
		assert.Len(t, s.assigned, 1)
	})
}

// Nothing that waited is kept when it has ended.
func TestNothingWaitsInTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, a, opts := slow(t, time.Minute)
		_, err := a.Wait(t.Context(), "o", opts)
		require.NoError(t, err)
		b := open(t, lostFor(t, time.Minute))
		_, err = b.Buy(t.Context(), numbers.OrderRequest{Numbers: several(1)}, nil)
		require.NoError(t, err)
		assert.Zero(t, account.Waiting(a)+account.Waiting(b))
	})
}

// A notification that comes during a reading is not lost.
func TestANotificationDuringAReadingIsNotLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, a, opts := slow(t, 0)
		s.order = func(_ context.Context, id string) (*numbers.Order, error) {
			if s.counted("Order") > 1 {
				return complete(id, "", one), nil
			}
			a.Notify("o")
			return in(numbers.StatePending, id, "", one), nil
		}
		began := time.Now()
		_, err := a.Wait(t.Context(), "o", opts)
		require.NoError(t, err)
		assert.Less(t, time.Since(began), time.Second)
	})
}

func TestANotificationOfNoWaitIsIgnored(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, a, opts := slow(t, 0)
		a.Notify("o", one)
		_, err := a.Wait(t.Context(), "o", opts)
		require.NoError(t, err)
	})
}

// Telnyx's webhooks come before the answer to the order, twice, and forged. The number is
// bought once, and a few more readings are all that it costs.
func TestWebhooksBuyNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := telnyxtest.NewServer(t, telnyxtest.Options{ServerOptions: numberstest.ServerOptions{InMemory: true}, SettleAfter: 10 * time.Second})
		srv.Inject(numberstest.Fault{Kind: numberstest.DelayedReply, Delay: 20 * time.Second})
		a := open(t, telnyx.NewOrderer(srv.Client(), nil))
		handler, err := telnyx.NewWebhookHandler([]string{srv.PublicKey()}, func(_ context.Context, w *telnyx.Webhook) error {
			a.Notify(w.NumberOrder.ID, numbers.E164(w.NumberOrder.PhoneNumbers[0].PhoneNumber))
			return nil
		})
		require.NoError(t, err)
		var all sync.WaitGroup
		for _, at := range []time.Duration{10 * time.Second, 11 * time.Second, 11 * time.Second, 20 * time.Second, time.Minute} {
			all.Go(func() {
				time.Sleep(at)
				for order, err := range a.Orders(t.Context(), numbers.OrderQuery{}) {
					if !assert.NoError(t, err) {
						return
					}
					status, err := srv.DeliverTo(t.Context(), handler, order.ID)
					assert.NoError(t, err)
					assert.Equal(t, http.StatusOK, status)
				}
				forged := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader("{}"))
				w := httptest.NewRecorder()
				handler.ServeHTTP(w, forged)
				assert.Equal(t, http.StatusUnauthorized, w.Code)
			})
		}
		began := time.Now()
		p, err := a.Buy(t.Context(), numbers.OrderRequest{Numbers: several(1), Reference: "job"}, &account.BuyOptions{Wait: account.WaitOptions{MinInterval: time.Hour}})
		require.NoError(t, err)
		assert.Equal(t, []numbers.E164{one}, p.Bought())
		assert.Equal(t, 20*time.Second, time.Since(began), "when the answer came")
		all.Wait()
		assert.Equal(t, 1, srv.Books().Bought(string(one)))
		orders, reads := 0, 0
		for _, r := range srv.Requests() {
			switch {
			case r.Method == http.MethodPost:
				orders++
			case r.Path != "/v2/number_orders" && strings.HasPrefix(r.Path, "/v2/number_orders/"):
				reads++
			}
		}
		assert.Equal(t, 1, orders)
		assert.LessOrEqual(t, reads, 2, "after the answer")
	})
}
