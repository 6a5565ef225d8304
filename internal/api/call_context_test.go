package api

import (
	"context"
	"errors"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
)

// TestContext is about contexts that end: their cause is kept, and a Buy knows
// whether it was sent.
func TestContext(t *testing.T) {
	because := errors.New("the caller went home")
	ended := map[string]struct {
		ctx  func(parent context.Context, after time.Duration) (context.Context, func())
		want []error
	}{
		"cancelled": {func(parent context.Context, after time.Duration) (context.Context, func()) {
			ctx, cancel := context.WithCancel(parent)
			stop(after, cancel)
			return ctx, cancel
		}, []error{context.Canceled}},
		"cancelled with a cause": {func(parent context.Context, after time.Duration) (context.Context, func()) {
			ctx, cancel := context.WithCancelCause(parent)
			stop(after, func() { cancel(because) })
			return ctx, func() { cancel(nil) }
		}, []error{context.Canceled, because}},
		"deadline": {func(parent context.Context, after time.Duration) (context.Context, func()) {
			return context.WithTimeout(parent, after)
		}, []error{context.DeadlineExceeded}},
		"deadline with a cause": {func(parent context.Context, after time.Duration) (context.Context, func()) {
			return context.WithTimeoutCause(parent, after, because)
		}, []error{context.DeadlineExceeded, because}},
	}
	check := func(t *testing.T, err error, want []error) {
		t.Helper()
		for _, w := range want {
			assert.ErrorIs(t, err, w)
		}
		for _, end := range []error{context.Canceled, context.DeadlineExceeded} {
			if !errors.Is(want[0], end) {
				assert.NotErrorIs(t, err, end)
			}
		}
	}
	for name, end := range ended {
		for _, op := range operations() {
			t.Run(name+"/"+op.name, func(t *testing.T) {
				var sent atomic.Int32
				status := http.StatusOK
				opts := quick()
				opts.Retry = numbers.Retry{Attempts: tries, MinWait: time.Hour, MaxWait: time.Hour}
				virtual(t, Config{}, opts, func(w http.ResponseWriter, r *http.Request) {
					sent.Add(1)
					if status != http.StatusOK {
						w.Header().Set("Retry-After", "1800")
						w.WriteHeader(status)
						return
					}
					<-r.Context().Done()
				}, func(t *testing.T, c *Client) {
					// before it starts
					ctx, cancel := end.ctx(t.Context(), 0)
					defer cancel()
					err := c.Do(ctx, op.call())
					assertUnsent(t, err, numbers.ErrUnreachable)
					check(t, err, end.want)
					assert.Zero(t, sent.Load())

					// while the vendor takes its time
					ctx, cancel = end.ctx(t.Context(), time.Second)
					defer cancel()
					call, before := op.call(), time.Now()
					err = c.Do(ctx, call)
					if call.Class == Buy {
						assertUnknown(t, err, call, before)
					} else {
						assertDefinite(t, err, numbers.ErrUnreachable)
						assert.NotContains(t, err.Error(), "nothing was sent")
					}
					check(t, err, end.want)
					assert.EqualValues(t, 1, sent.Load())
					assert.Equal(t, time.Second+look(call), time.Since(before))

					// while the retry sleeps; a deadline is not slept into
					synctest.Wait()
					status = http.StatusServiceUnavailable
					ctx, cancel = end.ctx(t.Context(), time.Minute)
					defer cancel()
					before = time.Now()
					err = c.Do(ctx, op.call())
					assert.EqualValues(t, 2, sent.Load())
					_, known := ctx.Deadline()
					switch {
					case op.once || known:
						assert.Equal(t, http.StatusServiceUnavailable, asError(t, err).Status)
						assert.Zero(t, time.Since(before))
					default:
						check(t, err, end.want)
						assert.Equal(t, time.Minute, time.Since(before))
					}
				})
			})
		}
	}
}

// stop calls end after d, or at once.
func stop(d time.Duration, end func()) {
	if d == 0 {
		end()
		return
	}
	time.AfterFunc(d, end)
}

func TestNilContext(t *testing.T) {
	c := newTestClient(t, Config{}, "https://acme.example", quick(), nil)
	var none context.Context
	err := c.Do(none, &Call{Op: "Get", Class: Read, Method: http.MethodGet, Path: "/"})
	assertDefinite(t, err, numbers.ErrInvalid)
	assert.Equal(t, "ctx", asError(t, err).Field)
	_, err = c.Raw(none, &numbers.RawRequest{Method: http.MethodGet, Path: "/"})
	assertDefinite(t, err, numbers.ErrInvalid)
	_, err = c.Download(none, &Call{Class: Read, Method: http.MethodGet, Path: "/"})
	assertDefinite(t, err, numbers.ErrInvalid)
}

// TestContextsEnd asserts that nothing hangs on to the caller's context once a
// call is over, or a download closed.
func TestContextsEnd(t *testing.T) {
	var attempt context.Context
	c := newTestClient(t, Config{}, "https://acme.example", quick(), roundTrip(func(req *http.Request) (*http.Response, error) {
		attempt = req.Context()
		return (&answering{status: 200, body: goodThing}).RoundTrip(req)
	}))
	require.NoError(t, c.Do(t.Context(), read1()))
	assert.Error(t, attempt.Err())

	d, err := c.Download(t.Context(), read1())
	require.NoError(t, err)
	assert.NoError(t, attempt.Err())
	require.NoError(t, d.Body.Close())
	assert.Error(t, attempt.Err())
}

func TestNone(t *testing.T) {
	c := None("acme")
	err := c.Do(t.Context(), &Call{Op: "Orders.Create", Method: http.MethodPost, Path: "/orders"})
	e := asError(t, err)
	assert.ErrorIs(t, err, numbers.ErrInvalid)
	assert.Equal(t, "client", e.Field)
	assert.Equal(t, "acme", e.Vendor)
	_, err = c.Raw(t.Context(), &numbers.RawRequest{Method: http.MethodGet, Path: "/orders"})
	assert.ErrorIs(t, err, numbers.ErrInvalid)
	_, err = c.Download(t.Context(), &Call{Class: Read, Method: http.MethodGet, Path: "/orders"})
	assert.ErrorIs(t, err, numbers.ErrInvalid)
}
