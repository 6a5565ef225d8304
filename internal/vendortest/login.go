package vendortest

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
)

// Login is a credential that logs in, with what is needed to check it.
type Login struct {
	// Read and Buy make one request each, besides their logins, of a client that logs
	// in at the server.
	Client func(tb testing.TB, url string) (read, buy func(context.Context) error)
	// Path is the end of the path of a login. Everything else is not a login.
	Path string
	// Token is the answer to a login, Refused the vendor's own to a wrong password.
	Token, Refused Answer
	// Good is the answer to a read with a good token, Unauthorized that with another.
	Good, Unauthorized Answer
}

// gate is a server whose answers can be replaced while it runs.
type gate struct {
	*httptest.Server
	logins, requests atomic.Int32
	login, other     func(r *http.Request) Answer
}

func (l Login) serve(tb testing.TB, login, other func(*http.Request) Answer) *gate {
	tb.Helper()
	g := &gate{login: login, other: other}
	g.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := g.other
		if strings.HasSuffix(r.URL.Path, l.Path) {
			g.logins.Add(1)
			answer = g.login
		} else {
			g.requests.Add(1)
		}
		a := answer(r)
		for name, values := range a.header() {
			w.Header()[name] = values
		}
		w.WriteHeader(a.status())
		_, _ = io.WriteString(w, a.Body)
	}))
	tb.Cleanup(g.Close)
	return g
}

func always(a Answer) func(*http.Request) Answer { return func(*http.Request) Answer { return a } }

// Check checks what all credentials that log in promise.
func (l Login) Check(t *testing.T) {
	t.Helper()
	t.Run("tokens that are refused although they were just issued", l.refusesFresh)
	t.Run("a refused login is final", l.staysRefused)
	t.Run("the Retry-After of a login is obeyed", l.obeys)
	t.Run("an error of a login says nothing about a purchase", l.isNoStatement)
	t.Run("a login outlives the request that began it", l.goesOn)
}

func (l Login) refusesFresh(t *testing.T) {
	g := l.serve(t, always(l.Token), always(l.Unauthorized))
	read, buy := l.Client(t, g.URL)
	for range 20 {
		err := read(t.Context())
		require.ErrorIs(t, err, numbers.ErrUnauthorized)
		assert.Equal(t, numbers.ErrUnauthorized, numbers.KindOf(err))
	}
	require.ErrorIs(t, buy(t.Context()), numbers.ErrUnauthorized)
	assert.LessOrEqual(t, g.logins.Load(), int32(5))
	assert.LessOrEqual(t, g.requests.Load(), int32(5), "the others fail at once")
}

func (l Login) staysRefused(t *testing.T) {
	g := l.serve(t, always(l.Refused), always(l.Good))
	read, buy := l.Client(t, g.URL)
	for range 20 {
		err := read(t.Context())
		require.ErrorIs(t, err, numbers.ErrUnauthorized)
		assert.Equal(t, 1, strings.Count(err.Error(), "HTTP"), "each thing is said once: %v", err)
		assert.Equal(t, 1, strings.Count(err.Error(), "unauthorized"), "each thing is said once: %v", err)
		assert.Contains(t, err.Error(), "nothing was sent: the login failed")
	}
	require.ErrorIs(t, buy(t.Context()), numbers.ErrUnauthorized)
	assert.EqualValues(t, 1, g.logins.Load())
	assert.Zero(t, g.requests.Load())
}

func (l Login) obeys(t *testing.T) {
	g := l.serve(t, always(Answer{Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"3600"}}}), always(l.Good))
	read, buy := l.Client(t, g.URL)
	for range 20 {
		err := read(t.Context())
		require.ErrorIs(t, err, numbers.ErrRateLimited)
		e, ok := any(err).(*numbers.Error) // it must be this type itself
		require.True(t, ok)
		assert.Positive(t, e.RetryAfter)
	}
	require.ErrorIs(t, buy(t.Context()), numbers.ErrRateLimited)
	assert.EqualValues(t, 1, g.logins.Load())
	assert.Zero(t, g.requests.Load())
}

func (l Login) isNoStatement(t *testing.T) {
	for _, status := range []int{400, 402, 403, 404, 405, 409, 410, 422, 423, 500, 503} {
		for _, body := range []string{"", "<html>no</html>", l.Refused.Body} {
			g := l.serve(t, always(Answer{Status: status, Body: body}), always(l.Good))
			_, buy := l.Client(t, g.URL)
			err := buy(t.Context())
			require.Error(t, err)
			for _, kind := range []error{
				numbers.ErrOutcomeUnknown, numbers.ErrNotFound, numbers.ErrInvalid, numbers.ErrNumberUnavailable, numbers.ErrAlreadyOwned,
				numbers.ErrInsufficientFunds, numbers.ErrConflict, numbers.ErrLocked, numbers.ErrRequirements, numbers.ErrNotPlaced,
			} {
				assert.NotErrorIs(t, err, kind, "HTTP %d %q", status, body)
			}
			assert.Zero(t, g.requests.Load())
		}
	}
}

func (l Login) goesOn(t *testing.T) {
	reached, proceed := make(chan struct{}), make(chan struct{})
	g := l.serve(t, func(*http.Request) Answer {
		close(reached)
		<-proceed
		return l.Token
	}, always(l.Good))
	read, _ := l.Client(t, g.URL)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-reached
		cancel()
	}()
	require.ErrorIs(t, read(ctx), context.Canceled)
	close(proceed)
	require.NoError(t, read(t.Context()))
	assert.EqualValues(t, 1, g.logins.Load(), "the login went on, and serves the next request")
}
