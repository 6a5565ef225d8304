package api

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/time/rate"

	"github.com/tnkit/tnkit/numbers"
)

// assertUnsent asserts that err says that definitely nothing was sent.
func assertUnsent(t testing.TB, err error, kind error) {
	t.Helper()
	assertDefinite(t, err, kind)
	assert.ErrorContains(t, err, "nothing was sent")
}

// want is how often an operation may be tried while nothing has left.
func (op operation) want() int {
	if op.call().Once {
		return 1
	}
	return tries
}

// TestRefusedDial has nobody listen.
func TestRefusedDial(t *testing.T) {
	for _, op := range operations() {
		t.Run(op.name, func(t *testing.T) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			require.NoError(t, err)
			l.Close()
			var dials atomic.Int32
			c := newTestClient(t, Config{}, "http://"+l.Addr().String(), quick(), &http.Transport{
				DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
					dials.Add(1)
					return new(net.Dialer).DialContext(ctx, network, addr)
				},
			})
			err = c.Do(t.Context(), op.call())
			assert.EqualValues(t, op.want(), dials.Load())
			assertDefinite(t, err, numbers.ErrUnreachable)
			assert.ErrorContains(t, err, "connection refused")
			if op.once {
				assertUnsent(t, err, numbers.ErrUnreachable)
			}
			_, ok := errors.AsType[*net.OpError](err)
			assert.True(t, ok, "the cause is kept")
		})
	}
}

// TestDialThatComesBack refuses the first dial only: a Buy goes on, with its
// body whole.
func TestDialThatComesBack(t *testing.T) {
	for _, op := range operations() {
		t.Run(op.name, func(t *testing.T) {
			srv := serveTCP(t, raw(good, true))
			var dials atomic.Int32
			c := newTestClient(t, Config{}, srv.url(), quick(), &http.Transport{
				DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
					if dials.Add(1) == 1 {
						return nil, errors.New("connection refused")
					}
					return new(net.Dialer).DialContext(ctx, network, addr)
				},
			})
			call := op.call()
			err := c.Do(t.Context(), call)
			if call.Once {
				assertUnsent(t, err, numbers.ErrUnreachable)
				return
			}
			require.NoError(t, err)
			require.Len(t, srv.requests(), 1)
			if _, ok := call.Body.(Stream); ok {
				assert.Equal(t, "some bytes", srv.requests()[0].body)
			}
		})
	}
}

// TestUntrustedCertificate is tried once: it will not get better.
func TestUntrustedCertificate(t *testing.T) {
	for _, op := range operations() {
		t.Run(op.name, func(t *testing.T) {
			server, _ := testTLS(t)
			l, err := net.Listen("tcp", "127.0.0.1:0")
			require.NoError(t, err)
			srv := serve(t, tls.NewListener(l, server), raw(good, true))
			c := newTestClient(t, Config{}, "https://"+l.Addr().String(), quick(), nil)
			err = c.Do(t.Context(), op.call())
			assertDefinite(t, err, numbers.ErrUnreachable)
			_, ok := errors.AsType[*tls.CertificateVerificationError](err)
			assert.True(t, ok)
			if op.once {
				assertUnsent(t, err, numbers.ErrUnreachable)
			}
			assert.Equal(t, 1, srv.dials())
			assert.Empty(t, srv.requests())
		})
	}
}

// TestNoTLS has a server that speaks plain HTTP where TLS is expected.
func TestNoTLS(t *testing.T) {
	srv := serveTCP(t, raw(good, true))
	c := newTestClient(t, Config{}, "https://"+srv.listener.Addr().String(), quick(), nil)
	assertUnsent(t, c.Do(t.Context(), buy(map[string]string{})()), numbers.ErrUnreachable)
	assert.Empty(t, srv.requests())
}

func TestUnknownHost(t *testing.T) {
	for _, op := range operations() {
		t.Run(op.name, func(t *testing.T) {
			var asked atomic.Int32
			resolver := &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
				return nil, errors.New("no name server")
			}}
			c := newTestClient(t, Config{}, "https://acme.example", quick(), &http.Transport{
				DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
					asked.Add(1)
					return (&net.Dialer{Resolver: resolver}).DialContext(ctx, network, addr)
				},
			})
			err := c.Do(t.Context(), op.call())
			_, ok := errors.AsType[*net.DNSError](err)
			assert.True(t, ok)
			assertDefinite(t, err, numbers.ErrUnreachable)
			if op.once {
				assertUnsent(t, err, numbers.ErrUnreachable)
			}
			assert.EqualValues(t, op.want(), asked.Load())
		})
	}
}

// limiter lets the first n through.
type limiter struct {
	n    int
	fail error
}

func (l *limiter) Wait(context.Context) error {
	if l.n--; l.n < 0 {
		return l.fail
	}
	return nil
}

func TestLimiterRefuses(t *testing.T) {
	full := errors.New("it is full")
	for _, op := range operations() {
		t.Run(op.name, func(t *testing.T) {
			srv := serveTCP(t, raw(good, true))
			opts := quick()
			opts.Limiter = &limiter{fail: full}
			err := newTestClient(t, Config{}, srv.url(), opts, nil).Do(t.Context(), op.call())
			assertUnsent(t, err, numbers.ErrRateLimited)
			assert.ErrorIs(t, err, full)
			assert.ErrorContains(t, err, "the client's Limiter refused the request: it is full")
			assert.Zero(t, srv.dials())
		})
	}
}

// TestLimiterRefusesTheRepeat asserts that what was sent before is not denied.
func TestLimiterRefusesTheRepeat(t *testing.T) {
	srv := serveTCP(t, plainStatus(503))
	opts := quick()
	opts.Limiter = &limiter{n: 1, fail: errors.New("it is full")}
	c := newTestClient(t, Config{}, srv.url(), opts, nil)
	err := c.Do(t.Context(), &Call{Op: "Update", Class: Write, Method: http.MethodPatch, Path: "/"})
	assertDefinite(t, err, numbers.ErrRateLimited)
	assert.NotContains(t, err.Error(), "nothing was sent")
	assert.ErrorContains(t, err, "the client's Limiter refused the request")
	assert.Len(t, srv.requests(), 1)
}

// TestRateLimiter uses the limiter that callers will use. Its refusal for the
// deadline's sake is no context error.
func TestRateLimiter(t *testing.T) {
	opts := quick()
	opts.Limiter = rate.NewLimiter(rate.Every(time.Minute), 1)
	sent := 0
	virtual(t, Config{}, opts, func(http.ResponseWriter, *http.Request) { sent++ }, func(t *testing.T, c *Client) {
		call := &Call{Class: Buy, Method: http.MethodPost, Path: "/"}
		require.NoError(t, c.Do(t.Context(), call))
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		assertUnsent(t, c.Do(ctx, call), numbers.ErrRateLimited)
		assert.NoError(t, ctx.Err())
		began := time.Now()
		require.NoError(t, c.Do(t.Context(), call))
		assert.Equal(t, time.Minute, time.Since(began))

		// Cancelled while it waits.
		ctx, cancel = context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		err := c.Do(ctx, call)
		assertUnsent(t, err, numbers.ErrUnreachable)
		assert.ErrorIs(t, err, context.Canceled)
	})
	assert.Equal(t, 2, sent)
}

// TestLoginFails asserts that the error of a call tells why the login failed,
// whatever the login's own class.
func TestLoginFails(t *testing.T) {
	for _, test := range []struct {
		name  string
		class Class
		login func(net.Conn, int, received) bool
		kind  error
		code  int
	}{
		{"refused", Write, plainStatus(401), numbers.ErrUnauthorized, 401},
		{"rate limited", Write, plainStatus(429), numbers.ErrRateLimited, 429},
		{"lost", Write, raw("", false), numbers.ErrUnreachable, 0},
		{"lost, and declared as a Buy", Buy, raw("", false), numbers.ErrUnreachable, 0},
		{"gateway, and declared as a Buy", Buy, plainStatus(502), numbers.ErrUnreachable, 502},
	} {
		for _, op := range operations() {
			t.Run(test.name+"/"+op.name, func(t *testing.T) {
				srv := serveTCP(t, test.login)
				tokens := &Tokens{Apply: bearer}
				c := newTestClient(t, Config{Auth: tokens}, srv.url(), quick(), nil)
				tokens.Login = func(ctx context.Context, _ Token) (Token, error) {
					return Token{Value: "never"}, c.Do(ctx, &Call{
						Op: "Login", Class: test.class, Once: true, NoAuth: true, Method: http.MethodPost, Path: "/login",
						Body: Form{"user": {"u"}},
					})
				}
				err := c.Do(t.Context(), op.call())
				assertUnsent(t, err, test.kind)
				assert.Equal(t, test.code, asError(t, err).Status)
				got := srv.requests()
				require.Len(t, got, 1, "one login, and nothing else")
				assert.Equal(t, "/login", got[0].URL.Path)
			})
		}
	}
}

func bearer(h http.Header, token string) { h.Set("Authorization", "Bearer "+token) }

// waiting is a limiter that waits as long, once for each request.
type waiting time.Duration

func (w waiting) Wait(ctx context.Context) error {
	timer := time.NewTimer(time.Duration(w))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
