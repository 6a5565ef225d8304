package gate

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// gap measures the time from the gate's check to the system call that writes the
// body: what happens in it, no fence can prevent.
type gap struct {
	checked atomic.Int64 // when the gate checked; 0 = what it let out was written
	epoch   time.Time
	took    []time.Duration
}

func (g *gap) clock() (wall, mono time.Time) {
	t := time.Now()
	g.checked.Store(int64(t.Sub(g.epoch)))
	return t, t
}

const orderBody = `{"phone_numbers":[{"phone_number":"+12025550101"}],"customer_reference":"tnkit-0123456789"}`

// gapConn notes the first write after a check.
type gapConn struct {
	net.Conn
	gap *gap
}

func (c gapConn) Write(p []byte) (int, error) {
	if len(p) < len(orderBody) { // HTTP/2's housekeeping
		return c.Conn.Write(p)
	}
	if checked := c.gap.checked.Swap(0); checked != 0 {
		c.gap.took = append(c.gap.took, time.Since(c.gap.epoch)-time.Duration(checked))
	}
	return c.Conn.Write(p)
}

// BenchmarkGap sends purchases on a connection that is kept, as an account does.
func BenchmarkGap(b *testing.B) {
	for _, wire := range []string{"HTTP1", "TLS", "HTTP2"} {
		b.Run(wire, func(b *testing.B) { benchmarkGap(b, wire) })
	}
}

func benchmarkGap(b *testing.B, wire string) {
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(w, r.Body)
	}))
	srv.EnableHTTP2 = wire == "HTTP2"
	if wire == "HTTP1" {
		srv.Start()
	} else {
		srv.StartTLS()
	}
	defer srv.Close()
	g := gap{epoch: time.Now()}
	transport := srv.Client().Transport.(*http.Transport)
	transport.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := new(net.Dialer).DialContext(ctx, network, addr)
		return gapConn{c, &g}, err
	}
	body := []byte(orderBody)
	for b.Loop() {
		gate := New(body, true)
		gate.clock = g.clock
		gate.Fence(time.Now().Add(time.Minute))
		g.checked.Store(0)
		r, err := gate.Body()
		require.NoError(b, err)
		req, err := http.NewRequestWithContext(b.Context(), http.MethodPost, srv.URL, r)
		require.NoError(b, err)
		req.ContentLength, req.GetBody = int64(len(body)), gate.Body
		resp, err := transport.RoundTrip(req)
		require.NoError(b, err)
		_, err = io.Copy(io.Discard, resp.Body)
		require.NoError(b, err)
		require.NoError(b, resp.Body.Close())
	}
	require.NotEmpty(b, g.took)
	slices.Sort(g.took)
	at := func(share float64) float64 {
		return float64(g.took[int(share*float64(len(g.took)-1))]) / float64(time.Microsecond)
	}
	b.ReportMetric(at(0.5), "µs-median")
	b.ReportMetric(at(0.999), "µs-99.9%")
	b.ReportMetric(at(1), "µs-longest")
}
