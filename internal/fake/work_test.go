package fake_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/fake"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

func TestScheduledWork(t *testing.T) {
	clock := fake.NewClock(noon)
	shop := newShop(t, fake.Config{ServerOptions: numberstest.ServerOptions{Now: clock.Now}})
	srv := shop.srv
	var done []string
	note := func(what string) { done = append(done, what+" "+srv.Now().Format("15:04:05")) }
	srv.Lock()
	srv.After(2*time.Second, func() { note("b") })
	srv.After(time.Second, func() {
		note("a")
		srv.After(time.Second, func() { note("c") }) // due with b, scheduled after it
		srv.After(time.Hour, func() { note("late") })
	})
	srv.Unlock()
	srv.Books() // brings the state up to date
	assert.Empty(t, done)

	clock.Advance(time.Minute)
	assert.Empty(t, done, "nothing runs by itself")
	srv.Books()
	assert.Equal(t, []string{"a 12:00:01", "b 12:00:02", "c 12:00:02"}, done)
	assert.Equal(t, clock.Now(), srv.Now())

	srv.Settle()
	assert.Equal(t, "late 13:00:01", done[3])
	srv.Books()
	assert.Len(t, done, 4)
}

func TestWorkIsDoneBeforeTheVendorAnswers(t *testing.T) {
	clock := fake.NewClock(noon)
	shop := newShop(t, fake.Config{ServerOptions: numberstest.ServerOptions{Now: clock.Now}})
	shop.during = func(r *http.Request) {
		if r.Method == http.MethodPost {
			shop.srv.After(time.Minute, func() { shop.sold += 10 })
		}
	}
	shop.order(t)
	_, body := shop.get(t, "/orders")
	assert.Equal(t, `{"sold":1}`, body)
	clock.Advance(time.Minute)
	_, body = shop.get(t, "/orders")
	assert.Equal(t, `{"sold":11}`, body)
}

func TestLateCommit(t *testing.T) {
	clock := fake.NewClock(noon)
	shop := newShop(t, fake.Config{ServerOptions: numberstest.ServerOptions{Now: clock.Now}, Semantic: []numberstest.FaultKind{numberstest.StuckPending}})
	var at time.Time
	shop.during = func(r *http.Request) {
		if r.Method == http.MethodPost {
			at = shop.srv.Now()
			shop.srv.Take(numberstest.StuckPending, "")
		}
	}
	shop.srv.Inject(numberstest.Fault{Kind: numberstest.LateCommit, Delay: time.Minute}, numberstest.Fault{Kind: numberstest.StuckPending})
	_, err := shop.srv.HTTPClient().Post(shop.srv.URL()+"/orders", "application/json", http.NoBody)
	assert.Error(t, err)
	clock.Advance(59 * time.Second)
	_, body := shop.get(t, "/orders")
	assert.Equal(t, `{"sold":0}`, body)
	assert.False(t, shop.srv.Requests()[0].Committed)
	clock.Advance(time.Hour)
	_, body = shop.get(t, "/orders")
	assert.Equal(t, `{"sold":1}`, body)
	assert.Equal(t, noon.Add(time.Minute), at)
	row := shop.srv.Requests()[0]
	assert.True(t, row.Committed)
	assert.Zero(t, row.Status)
	assert.Equal(t, []numberstest.FaultKind{numberstest.LateCommit, numberstest.StuckPending}, row.Faults)
}

func TestPanicsAreReported(t *testing.T) {
	tb := &spy{TB: t}
	shop := newShop(t, fake.Config{TB: tb, ServerOptions: numberstest.ServerOptions{Lenient: true}})
	shop.during = func(*http.Request) { panic("no such row") }
	status, body := shop.get(t, "/orders")
	assert.Equal(t, 500, status)
	assert.Empty(t, body)
	require.Len(t, tb.errors, 1)
	assert.Contains(t, tb.errors[0], "no such row")

	shop.during = nil
	shop.srv.Lock()
	shop.srv.After(0, func() { panic("no such order") })
	shop.srv.Unlock()
	assert.Equal(t, 201, shop.order(t).StatusCode, "the lock is free again")
	require.Len(t, tb.errors, 2)
	assert.Contains(t, tb.errors[1], "no such order")
}

func TestBooks(t *testing.T) {
	clock := fake.NewClock(noon)
	srv := newShop(t, fake.Config{ServerOptions: numberstest.ServerOptions{Now: clock.Now}}).srv
	srv.Lock()
	srv.Buy(numberstest.Purchase{Number: "+12025550101", OrderID: "1", Listed: true})
	assert.False(t, srv.Release("+12025550102"))
	clock.Advance(time.Second)
	assert.True(t, srv.Release("12025550101"))
	assert.False(t, srv.Release("12025550101"), "given back already")
	srv.Buy(numberstest.Purchase{Number: "+12025550101", OrderID: "2", At: noon.Add(time.Hour)})
	srv.After(time.Minute, func() { srv.Buy(numberstest.Purchase{Number: "+12025550101", OrderID: "3", Listed: true}) })
	srv.Unlock()
	want := []numberstest.Purchase{
		{Number: "+12025550101", OrderID: "1", At: noon, Released: noon.Add(time.Second), Listed: true},
		{Number: "+12025550101", OrderID: "2", At: noon.Add(time.Hour)},
	}
	books := srv.Books()
	assert.Equal(t, want, books.Purchases)
	books.Purchases[0].Number = "mine" // a copy
	clock.Advance(time.Hour)
	want = append(want, numberstest.Purchase{Number: "+12025550101", OrderID: "3", At: noon.Add(61 * time.Second), Listed: true})
	assert.Equal(t, want, srv.Books().Purchases)
}
