package voipbintest_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers/numberstest"
	"github.com/tnkit/tnkit/voipbin/voipbintest"
)

const wanted = "+12025550100"

func order(t *testing.T, srv *voipbintest.Server, path string) answer {
	t.Helper()
	return send(t, srv, "POST", path, `{"number":"`+wanted+`"}`)
}

// listed says how often the number is in the lists of both eras.
func listed(t *testing.T, srv *voipbintest.Server) int {
	t.Helper()
	count := 0
	for i, path := range bothPaths() {
		n := strings.Count(send(t, srv, "GET", path, "").body, wanted)
		if i > 0 {
			require.Equal(t, count, n, "the eras differ")
		}
		count = n
	}
	return count
}

// zero is the answer of 2021 to a purchase that was not recorded.
func (a answer) zero(t *testing.T) {
	t.Helper()
	assert.Equal(t, 200, a.status)
	assert.Equal(t, `{"id":"00000000-0000-0000-0000-000000000000","number":"","flow_id":"00000000-0000-0000-0000-000000000000",`+
		`"user_id":0,"status":"","t38_enabled":false,"emergency_enabled":false,"tm_purchase":"","tm_create":"","tm_update":"","tm_delete":""}`, a.body)
}

func TestZeroObject(t *testing.T) {
	for name, era := range thenServers() {
		t.Run(name, func(t *testing.T) {
			srv := voipbintest.NewServer(t, voipbintest.Options{Era: era, ServerOptions: numberstest.ServerOptions{Lenient: true}})
			srv.Inject(numberstest.Fault{Kind: numberstest.ZeroObject})
			a := order(t, srv, "/v1.0/order_numbers")
			a.zero(t)
			assert.Empty(t, send(t, srv, "GET", "/v1.0/order_numbers", "").page(t).Result)
			require.Len(t, srv.Books().Orphans(), 1)
			assert.Equal(t, wanted, srv.Books().Orphans()[0].Number)
			order(t, srv, "/v1.0/order_numbers").empty(t, 400)
			assert.Len(t, srv.Reports(), 1)
			assert.Equal(t, []numberstest.FaultKind{numberstest.ZeroObject}, srv.Requests()[0].Faults)
		})
	}
	t.Run("not today", func(t *testing.T) {
		srv := voipbintest.NewServer(t)
		srv.Inject(numberstest.Fault{Kind: numberstest.ZeroObject})
		order(t, srv, "/v1.0/numbers").number(t)
		assert.Len(t, srv.Unused(), 1)
	})
}

func TestOrphanPurchase(t *testing.T) {
	clock := newClock(then())
	srv := voipbintest.NewServer(t, voipbintest.Options{ServerOptions: numberstest.ServerOptions{Lenient: true, Now: clock.Now}})
	srv.Inject(numberstest.Fault{Kind: numberstest.OrphanPurchase, Times: 2, Numbers: []string{wanted, "+12025550101"}})
	send(t, srv, "POST", "/v1.0/numbers", `{"number":"+12025550109"}`).number(t)
	order(t, srv, "/v1.0/numbers").envelope(t, 500, "INTERNAL", "INTERNAL")
	send(t, srv, "POST", "/v1.0/order_numbers", `{"number":"+12025550101"}`).zero(t)
	clock.Advance(time.Hour)
	assert.Zero(t, listed(t, srv))
	assert.Len(t, srv.Books().Orphans(), 2)
	order(t, srv, "/v1.0/numbers").envelope(t, 500, "INTERNAL", "INTERNAL")
	assert.Equal(t, 1, srv.Books().Bought(wanted))

	srv.Inject(numberstest.Fault{Kind: numberstest.OrphanPurchase})
	send(t, srv, "POST", "/v1.0/numbers", `{"number":"+899100000001","type":"virtual"}`).number(t) // no carrier, no orphan
	assert.Len(t, srv.Unused(), 1)
}

func TestMisleadingStatus(t *testing.T) {
	for _, c := range []struct {
		path         string
		status, want int
		reason       string
	}{
		{"/v1.0/order_numbers", 0, 400, ""},
		{"/v1.0/order_numbers", 502, 502, ""},
		{"/v1.0/numbers", 0, 503, "REQUEST_TIMEOUT"},
		{"/v1.0/numbers", 503, 503, "REQUEST_TIMEOUT"},
		{"/v1.0/numbers", 500, 500, "INTERNAL"},
		{"/v1.0/numbers", 502, 502, "INTERNAL"},
		{"/v1.0/numbers", 400, 400, "INVALID_ARGUMENT"},
	} {
		t.Run(fmt.Sprint(c.path, c.status), func(t *testing.T) {
			clock := newClock(then())
			srv := voipbintest.NewServer(t, voipbintest.Options{ServerOptions: numberstest.ServerOptions{Lenient: true, Now: clock.Now}})
			srv.Inject(numberstest.Fault{Kind: numberstest.MisleadingStatus, Status: c.status, Delay: 20 * time.Second})
			a := order(t, srv, c.path)
			if c.reason == "" {
				a.empty(t, c.want)
			} else {
				assert.Equal(t, c.want, a.status)
				assert.Contains(t, a.body, `"reason":"`+c.reason+`"`)
			}
			clock.Advance(20*time.Second - time.Microsecond)
			assert.Zero(t, listed(t, srv))
			assert.Empty(t, srv.Books().Purchases)
			assert.NotEqual(t, 200, order(t, srv, c.path).status, "the number is on its way")
			assert.Len(t, srv.Reports(), 1)

			clock.Advance(2 * time.Microsecond)
			assert.Equal(t, 1, listed(t, srv))
			require.Len(t, srv.Books().Purchases, 1)
			assert.Equal(t, then().Add(20*time.Second), srv.Books().Purchases[0].At)
		})
	}
}

func TestSettleCompletesOrders(t *testing.T) {
	srv := voipbintest.NewServer(t)
	srv.Inject(numberstest.Fault{Kind: numberstest.MisleadingStatus, Delay: time.Hour})
	order(t, srv, "/v1.0/numbers").envelope(t, 503, "UNAVAILABLE", "REQUEST_TIMEOUT")
	srv.Settle()
	assert.Equal(t, 1, srv.Books().Bought(wanted))
}

func TestSlowCarrier(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := voipbintest.NewServer(t, voipbintest.Options{ServerOptions: numberstest.ServerOptions{InMemory: true}})
		srv.Inject(voipbintest.SlowCarrier(5 * time.Second)...)
		began := time.Now()
		order(t, srv, "/v1.0/numbers").envelope(t, 503, "UNAVAILABLE", "REQUEST_TIMEOUT")
		assert.Equal(t, 15*time.Second, time.Since(began))
		assert.Zero(t, listed(t, srv))
		time.Sleep(5*time.Second + time.Microsecond)
		assert.Equal(t, 1, listed(t, srv))
		assert.Empty(t, srv.Unused())
	})
}

// A number is on offer until its order is through.
func TestOrderTakes(t *testing.T) {
	for _, path := range bothPaths() {
		synctest.Test(t, func(t *testing.T) {
			srv := voipbintest.NewServer(t, voipbintest.Options{ServerOptions: numberstest.ServerOptions{InMemory: true, NoOffers: true}, OrderTakes: time.Second})
			srv.AddOffer(numberstest.Offer{Number: wanted, Country: "US"})
			began := time.Now()
			var wg sync.WaitGroup
			wg.Go(func() {
				order(t, srv, path).number(t)
				assert.Equal(t, time.Second, time.Since(began))
			})
			time.Sleep(300 * time.Millisecond)
			assert.Contains(t, send(t, srv, "GET", "/v1.0/available_numbers?country_code=US", "").body, wanted)
			assert.Equal(t, 300*time.Millisecond, time.Since(began), "other requests don't wait")
			assert.Empty(t, srv.Books().Purchases)
			wg.Wait()
			assert.NotContains(t, send(t, srv, "GET", "/v1.0/available_numbers?country_code=US", "").body, wanted)
			assert.Len(t, srv.Books().Owned(), 1)
		})
	}
	for _, takes := range []time.Duration{-1, 63*time.Second + 1} {
		_, err := voipbintest.Start(voipbintest.Options{OrderTakes: takes})
		require.ErrorContains(t, err, "OrderTakes")
	}
}

// An order that its client gives up goes on.
func TestOrderTakesWithoutItsClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := voipbintest.NewServer(t, voipbintest.Options{ServerOptions: numberstest.ServerOptions{InMemory: true, NoOffers: true}, OrderTakes: 10 * time.Second})
		r, err := http.NewRequest("POST", srv.URL()+"/v1.0/numbers", strings.NewReader(`{"number":"`+wanted+`"}`))
		require.NoError(t, err)
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", "Bearer "+srv.Token(voipbintest.Username))
		client := srv.HTTPClient()
		client.Timeout = time.Second
		_, err = client.Do(r)
		require.Error(t, err)
		assert.Empty(t, srv.Books().Purchases)
		time.Sleep(10 * time.Second)
		assert.Equal(t, 1, srv.Books().Bought(wanted))
	})
}

// A number that was sold and never recorded, and whose answer the client never got, can only be found out about by
// another order.
func TestALostOrphanMayBeOrderedAgain(t *testing.T) {
	for _, f := range []numberstest.Fault{
		{Kind: numberstest.LostReply}, {Kind: numberstest.StatusAfter, Status: 502}, {Kind: numberstest.StatusAfter, Status: 307},
	} {
		for _, path := range bothPaths() {
			srv := voipbintest.NewServer(t)
			srv.Inject(f, numberstest.Fault{Kind: numberstest.OrphanPurchase})
			r, err := http.NewRequest("POST", srv.URL()+path, strings.NewReader(`{"number":"`+wanted+`"}`))
			require.NoError(t, err)
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Authorization", "Bearer "+srv.Token(voipbintest.Username))
			resp, err := srv.HTTPClient().Transport.RoundTrip(r)
			if err == nil {
				resp.Body.Close()
			}
			assert.Len(t, srv.Books().Orphans(), 1)
			again := order(t, srv, path)
			if path == "/v1.0/numbers" {
				again.envelope(t, 500, "INTERNAL", "INTERNAL")
			} else {
				again.empty(t, 400)
			}
			assert.Zero(t, listed(t, srv))
			assert.Len(t, srv.Books().Purchases, 1)
			assert.Empty(t, srv.Reports())
		}
	}
}

func TestPurchaseFailed(t *testing.T) {
	srv := voipbintest.NewServer(t)
	srv.SetPurchaseStatus(voipbintest.StatusPurchaseFailed)
	n := order(t, srv, "/v1.0/numbers").number(t)
	assert.Equal(t, "purchase-failed", n.Status)
	assert.Empty(t, srv.Books().Purchases)
	assert.Equal(t, 1, listed(t, srv))
	send(t, srv, "DELETE", "/v1.0/numbers/"+n.ID, "").envelope(t, 500, "INTERNAL", "INTERNAL")
	srv.SetPurchaseStatus(voipbintest.StatusActive)
	assert.Equal(t, "active", order(t, srv, "/v1.0/numbers").number(t).Status, "nobody has it")
}

func TestStuckPending(t *testing.T) {
	srv := voipbintest.NewServer(t)
	srv.Inject(numberstest.Fault{Kind: numberstest.StuckPending})
	n := order(t, srv, "/v1.0/numbers").number(t)
	assert.Equal(t, "purchase-pending", n.Status)
	srv.Settle()
	assert.Equal(t, "purchase-pending", send(t, srv, "GET", "/v1.0/numbers/"+n.ID, "").number(t).Status)

	srv.SetState(n.ID, "ported-out")
	assert.Equal(t, "ported-out", send(t, srv, "GET", "/v1.0/order_numbers/"+n.ID, "").number(t).Status)
	srv.SetPurchaseStatus("emergency-only")
	assert.Equal(t, "emergency-only", send(t, srv, "POST", "/v1.0/numbers", `{"number":"+12025550101"}`).number(t).Status)
}

func TestLateListing(t *testing.T) {
	clock := newClock(then())
	srv := voipbintest.NewServer(t, voipbintest.Options{ServerOptions: numberstest.ServerOptions{Now: clock.Now}})
	srv.Inject(numberstest.Fault{Kind: numberstest.LateListing, Delay: time.Minute})
	order(t, srv, "/v1.0/numbers").number(t)
	clock.Advance(time.Minute)
	assert.Zero(t, listed(t, srv))
	assert.Len(t, srv.Books().Owned(), 1)
	clock.Advance(time.Microsecond)
	assert.Equal(t, 1, listed(t, srv))
}

func TestInsertWhileListing(t *testing.T) {
	clock := newClock(then())
	srv := voipbintest.NewServer(t, voipbintest.Options{ServerOptions: numberstest.ServerOptions{Now: clock.Now}})
	srv.AddRow(numbersAt(then().Add(-time.Hour), 0, 3)...)
	srv.Inject(numberstest.Fault{Kind: numberstest.InsertWhileListing})
	assert.Len(t, send(t, srv, "GET", "/v1.0/numbers", "").page(t).Result, 3)
	clock.Advance(time.Microsecond)
	assert.Len(t, send(t, srv, "GET", "/v1.0/numbers", "").page(t).Result, 4)
	assert.Empty(t, srv.Books().Purchases)
}

func TestUnknownFaultsAreRefused(t *testing.T) {
	w := &witness{}
	defer w.finish()
	voipbintest.NewServer(w).Inject(numberstest.Fault{Kind: numberstest.PartialOrder})
	assert.Len(t, w.errors, 1)
}

// Injected statuses come in the era's clothes.
func TestStatusFaults(t *testing.T) {
	for status, reason := range map[int]string{
		400: "INVALID_ARGUMENT", 401: "INVALID_CREDENTIALS", 402: "INSUFFICIENT_BALANCE", 403: "PERMISSION_DENIED",
		404: "RESOURCE_NOT_FOUND", 500: "INTERNAL", 503: "REQUEST_TIMEOUT",
	} {
		f := numberstest.Fault{Kind: numberstest.StatusBefore, Status: status}
		today, old := voipbintest.NewServer(t), voipbintest.NewServer(t, voipbintest.Options{Era: voipbintest.EraSeed})
		today.Inject(f)
		old.Inject(f)
		a := order(t, today, "/v1.0/numbers")
		assert.Equal(t, status, a.status)
		assert.Contains(t, a.body, `"reason":"`+reason+`"`)
		assert.Equal(t, "application/json; charset=utf-8", a.header.Get("Content-Type"))
		order(t, old, "/v1.0/order_numbers").empty(t, status)
		assert.Empty(t, today.Books().Purchases)
	}
	srv := voipbintest.NewServer(t)
	srv.Inject(numberstest.Fault{Kind: numberstest.RateLimited, RetryAfter: "7"})
	a := order(t, srv, "/v1.0/numbers")
	assert.Equal(t, 429, a.status)
	assert.Equal(t, "7", a.header.Get("Retry-After"))
	assert.Contains(t, a.body, `{"error":{"details":[{"limited_by":"customer"}],"message":"Too many requests. Please try again later.",`)
}

func TestLostReplyIsCommitted(t *testing.T) {
	srv := voipbintest.NewServer(t)
	srv.Inject(numberstest.Fault{Kind: numberstest.LostReply, On: numberstest.Match{Op: "create number"}})
	r, err := http.NewRequest("POST", srv.URL()+"/v1.0/numbers", strings.NewReader(`{"number":"`+wanted+`"}`))
	require.NoError(t, err)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+srv.Token(voipbintest.Username))
	_, err = srv.HTTPClient().Do(r)
	require.Error(t, err)
	assert.Equal(t, 1, srv.Books().Bought(wanted))
}

// Many customers at once: every number is bought once, and listed once.
func TestConcurrentOrders(t *testing.T) {
	srv := voipbintest.NewServer(t, voipbintest.Options{ServerOptions: numberstest.ServerOptions{Lenient: true}})
	auth := "Bearer " + srv.Token(voipbintest.Username)
	const workers, each = 8, 25
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for i := range each {
				body := fmt.Sprintf(`{"number":"+1202555%04d"}`, i)
				a := anonymous(t, srv, "POST", "/v1.0/numbers", body, "Authorization", auth)
				assert.Contains(t, []int{200, 500}, a.status)
			}
		})
	}
	wg.Wait()
	assert.Empty(t, srv.Books().Duplicates())
	assert.Len(t, srv.Books().Owned(), each)
	assert.Len(t, srv.Rows(), each)
	assert.Len(t, srv.Reports(), (workers-1)*each)
	assert.Len(t, srv.Requests(), workers*each)
}
