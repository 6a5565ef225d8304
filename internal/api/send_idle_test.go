package api

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
)

// dying is a vendor whose connections die unnoticed when they have been idle for
// longer than life: what comes then is lost.
type dying struct {
	life time.Duration
	mu   sync.Mutex
	last map[net.Conn]time.Time
	made int
}

func (d *dying) answer(c net.Conn, _ int, _ received) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	last, used := d.last[c]
	if used && time.Since(last) > d.life {
		return false
	}
	d.made++
	d.last[c] = time.Now()
	_, err := io.WriteString(c, good)
	return err == nil
}

// TestPurchaseAfterIdle sends 200 purchases with pauses, half of which are longer
// than the vendor keeps a connection. It counts outcomes, orders and connections
// with the default, and without the limit.
func TestPurchaseAfterIdle(t *testing.T) {
	const purchases = 200
	for name, test := range map[string]struct {
		limit          time.Duration
		unknown, dials int
	}{
		"by default":   {0, 0, purchases / 2},
		"10 s":         {10 * time.Second, purchases/2 - 1, purchases / 2},
		"without one":  {-1, purchases/2 - 1, purchases / 2},
		"no idle time": {1, 0, purchases},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				vendor := &dying{life: 2500 * time.Millisecond, last: map[net.Conn]time.Time{}}
				l := newPipes()
				srv := serve(t, l, vendor.answer)
				transport := pipeTransport(l)
				defer srv.stopOnce()
				defer transport.CloseIdleConnections()
				opts := quick()
				opts.PurchaseMaxIdle = test.limit
				c := newTestClient(t, Config{}, "http://localhost", opts, transport)
				unknown := 0
				for i := range purchases {
					call, before := buy(thing{ID: fmt.Sprint(i)})(), time.Now()
					if err := c.Do(t.Context(), call); err != nil {
						assertUnknown(t, err, call, before)
						unknown++
					}
					time.Sleep([]time.Duration{time.Second, 3 * time.Second}[i%2])
				}
				assert.Equal(t, test.unknown, unknown)
				assert.Equal(t, test.dials, srv.dials())
				assert.Len(t, srv.requests(), purchases, "each was sent once")
				assert.Equal(t, purchases-unknown, vendor.made)
			})
		})
	}
}

// TestIdleConnectionsOfMany has more idle connections than one.
func TestIdleConnectionsOfMany(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		vendor := &dying{life: time.Hour, last: map[net.Conn]time.Time{}}
		l := newPipes()
		srv := serve(t, l, func(c net.Conn, n int, r received) bool {
			time.Sleep(time.Second)
			return vendor.answer(c, n, r)
		})
		transport := pipeTransport(l)
		transport.MaxIdleConnsPerHost = 10
		defer srv.stopOnce()
		defer transport.CloseIdleConnections()
		c := newTestClient(t, Config{}, "http://localhost", quick(), transport)
		var wg sync.WaitGroup
		for range 10 {
			wg.Go(func() { assert.NoError(t, c.Do(t.Context(), buy(thing{})())) })
		}
		wg.Wait()
		require.Equal(t, 10, srv.dials())
		time.Sleep(time.Minute)
		require.NoError(t, c.Do(t.Context(), read1()), "a read takes any")
		require.Equal(t, 10, srv.dials())
		require.NoError(t, c.Do(t.Context(), buy(thing{})()), "that one is fresh")
		require.Equal(t, 10, srv.dials())
		time.Sleep(time.Minute)
		require.NoError(t, c.Do(t.Context(), buy(thing{})()))
		assert.Equal(t, 11, srv.dials(), "all ten were passed over")
		assert.Len(t, srv.requests(), 13)
		require.NoError(t, c.Do(t.Context(), buy(thing{})()))
		assert.Equal(t, 11, srv.dials())
	})
}

// TestAlwaysIdle has a transport that has nothing but idle connections: the purchase
// is sent at last, and once.
func TestAlwaysIdle(t *testing.T) {
	asked, sent := 0, 0
	c := newTestClient(t, Config{}, "https://acme.example", &numbers.ClientOptions{}, roundTrip(func(req *http.Request) (*http.Response, error) {
		asked++
		gotIdle(req.Context(), time.Hour)
		if _, err := io.ReadAll(req.Body); err != nil {
			return nil, err
		}
		sent++
		return (&answering{status: 200, body: goodThing}).RoundTrip(req)
	}))
	require.NoError(t, c.Do(t.Context(), buy(thing{})()))
	assert.Equal(t, mostStale+1, asked)
	assert.Equal(t, 1, sent)
}

// gotIdle reports a connection as net/http does.
func gotIdle(ctx context.Context, idle time.Duration) {
	if trace := httptrace.ContextClientTrace(ctx); trace != nil && trace.GotConn != nil {
		trace.GotConn(httptrace.GotConnInfo{Reused: true, WasIdle: true, IdleTime: idle})
	}
}

// TestNothingLeavesOnAnIdleConnection counts what a server sees: of a connection that
// is passed over, not even the headers.
func TestNothingLeavesOnAnIdleConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newPipes()
		seen := 0
		srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			seen++
			_, err := io.ReadAll(r.Body)
			assert.NoError(t, err)
			_, _ = io.WriteString(w, goodThing)
		})}
		go func() { _ = srv.Serve(l) }()
		transport := pipeTransport(l)
		c := newTestClient(t, Config{}, "http://localhost", quick(), transport)
		for range 5 {
			require.NoError(t, c.Do(t.Context(), buy(thing{})()))
			time.Sleep(time.Minute)
		}
		assert.Equal(t, 5, seen)
		transport.CloseIdleConnections()
		require.NoError(t, srv.Close())
	})
}
