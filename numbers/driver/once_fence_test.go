package driver_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// TestOnceFence delays a purchase on its way, until its time is over.
func TestOnceFence(t *testing.T) {
	const within = time.Second
	stall := func(ctx context.Context, d time.Duration) error {
		select {
		case <-time.After(d):
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	for name, late := range map[string]func(t *http.Transport, base http.RoundTripper) http.RoundTripper{
		"a dial that stalls": func(t *http.Transport, base http.RoundTripper) http.RoundTripper {
			dial := t.DialContext
			t.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
				return cmpErr(stall(ctx, time.Hour), func() (net.Conn, error) { return dial(ctx, network, addr) })
			}
			return base
		},
		"a dial that does not look": func(t *http.Transport, base http.RoundTripper) http.RoundTripper {
			dial := t.DialContext
			t.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
				time.Sleep(2 * within)
				return dial(context.WithoutCancel(ctx), network, addr)
			}
			return base
		},
		"a limiter below": func(_ *http.Transport, base http.RoundTripper) http.RoundTripper {
			return roundTrip(func(req *http.Request) (*http.Response, error) {
				time.Sleep(2 * within)
				return base.RoundTrip(req.WithContext(context.WithoutCancel(req.Context())))
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				srv := startAcme(t, numberstest.ServerOptions{InMemory: true})
				transport := srv.HTTPClient().Transport.(*http.Transport)
				r := anOrderRequest()
				began := time.Now()
				r.Begin = func(context.Context) (time.Time, error) { return time.Now().Add(within), nil }
				assertUnsent(t, newSDK(srv.URL(), &driver.Once{Base: late(transport, transport)}).place(t.Context(), r), numbers.ErrNotPlaced)
				assert.Less(t, time.Since(began), 3*within)
				assert.Empty(t, srv.Books().Purchases)
				time.Sleep(time.Hour)
				assert.Empty(t, srv.Books().Purchases)
			})
		})
	}
	t.Run("a time that is over", func(t *testing.T) {
		r := anOrderRequest()
		r.Begin = func(context.Context) (time.Time, error) { return time.Now().Add(-1), nil }
		s := newSDK("https://acme.example", &driver.Once{Base: roundTrip(func(req *http.Request) (*http.Response, error) {
			data, err := io.ReadAll(req.Body)
			assert.Empty(t, data)
			return nil, err
		})})
		assertUnsent(t, s.place(t.Context(), r), numbers.ErrNotPlaced)
	})
}

func cmpErr[T any](err error, do func() (T, error)) (none T, _ error) {
	if err != nil {
		return none, err
	}
	return do()
}

// TestOnceAfterError: a client that goes on by itself when the call has returned sends
// nothing more.
func TestOnceAfterError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := startAcme(t, numberstest.ServerOptions{InMemory: true})
		s := newSDK(srv.URL(), &driver.Once{Base: srv.HTTPClient().Transport})
		ctx, sending := driver.NewSending(t.Context(), "acme", anOrderRequest())
		assertUnsent(t, sending.Error(errSDK), numbers.ErrUnreachable)
		require.Error(t, s.order(ctx))
		assert.Zero(t, buys(srv))

		// An attempt that is under way then.
		ctx, sending = driver.NewSending(t.Context(), "acme", anOrderRequest())
		s = newSDK(srv.URL(), &driver.Once{Base: roundTrip(func(req *http.Request) (*http.Response, error) {
			time.Sleep(time.Minute)
			return srv.HTTPClient().Transport.RoundTrip(req)
		})})
		done := make(chan error)
		go func() { done <- s.order(ctx) }()
		time.Sleep(time.Second)
		assertUnsent(t, sending.Error(errSDK), numbers.ErrUnreachable)
		require.Error(t, <-done)
		assert.Empty(t, srv.Books().Purchases)
	})
}

// TestOnceOfHedgedRequests: a client that sends the same request several times at once.
func TestOnceOfHedgedRequests(t *testing.T) {
	srv := startAcme(t, numberstest.ServerOptions{InMemory: true})
	s := newSDK(srv.URL(), &driver.Once{Base: srv.HTTPClient().Transport})
	begun := 0
	r := anOrderRequest()
	r.Begin = func(context.Context) (time.Time, error) { begun++; return time.Now().Add(time.Minute), nil }
	ctx, sending := driver.NewSending(t.Context(), "acme", r)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() { _ = s.try(ctx) })
	}
	wg.Wait()
	assert.Equal(t, 1, begun)
	assert.Equal(t, 1, buys(srv))
	assertUnknown(t, sending.Error(errSDK))
}

func TestOnceOfOneThatGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := startAcme(t, numberstest.ServerOptions{InMemory: true})
		s := newSDK(srv.URL(), &driver.Once{Base: srv.HTTPClient().Transport})
		srv.Inject(numberstest.Fault{Kind: numberstest.HangAfter, On: numberstest.Match{Method: http.MethodPost, PathPrefix: "/"}})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		err := s.place(ctx, anOrderRequest())
		assertUnknown(t, err)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Equal(t, 1, buys(srv))

		err = s.place(ctx, anOrderRequest()) // it has given up before
		assertUnsent(t, err, numbers.ErrUnreachable)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Equal(t, 1, buys(srv))
	})
}
