package api

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
)

var errDeadline = errors.New("the attempt's deadline has passed")

// TestLastLook has an answer that comes when the caller's time is over: a Buy
// uses what arrives within the last look, and no other call waits for it.
func TestLastLook(t *testing.T) {
	const patience = 10 * time.Second
	ends := map[string]func(context.Context) (context.Context, func()){
		"canceled": func(parent context.Context) (context.Context, func()) {
			ctx, cancel := context.WithCancelCause(parent)
			time.AfterFunc(patience, func() { cancel(errDeadline) })
			return ctx, func() { cancel(nil) }
		},
		"deadline": func(parent context.Context) (context.Context, func()) {
			return context.WithTimeoutCause(parent, patience, errDeadline)
		},
		"the attempt's own time": func(parent context.Context) (context.Context, func()) { return parent, func() {} },
	}
	for how, end := range ends {
		for _, test := range []struct {
			name         string
			head, finish time.Duration // when the answer begins, and when it is complete
			call         func() *Call
			answered     bool
		}{
			{"in time", patience - 2, patience - 1, func() *Call { return fenced(time.Hour) }, true},
			{"the body is late", patience - 1, patience + lastLook - 1, func() *Call { return fenced(time.Hour) }, true},
			{"all of it is late", patience + 1, patience + lastLook - 1, func() *Call { return fenced(time.Hour) }, true},
			{"too late", patience + 1, patience + lastLook + 1, func() *Call { return fenced(time.Hour) }, false},
			{"late, to a read", patience + 1, patience + 2, read1, false},
		} {
			t.Run(how+"/"+test.name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					l := newPipes()
					start := time.Now()
					srv := serve(t, l, func(c net.Conn, _ int, _ received) bool {
						time.Sleep(time.Until(start.Add(test.head)))
						_, _ = io.WriteString(c, good[:len(good)-len(goodThing)])
						time.Sleep(time.Until(start.Add(test.finish)))
						_, _ = io.WriteString(c, goodThing)
						return false
					})
					defer srv.stopOnce()
					opts := quick()
					opts.Retry.Attempts = 1
					opts.HTTPClient = &http.Client{Timeout: time.Hour}
					if how == "the attempt's own time" {
						opts.HTTPClient.Timeout = patience
					}
					c := newTestClient(t, Config{}, "http://localhost", opts, pipeTransport(l))
					ctx, cancel := end(t.Context())
					defer cancel()
					call := test.call()
					err := c.Do(ctx, call)
					if test.answered {
						require.NoError(t, err)
						assert.Equal(t, &thing{"7"}, call.Into)
						assert.Equal(t, test.finish, time.Since(start))
						return
					}
					assert.Equal(t, patience+look(call), time.Since(start))
					if ctx != t.Context() {
						assert.ErrorIs(t, err, errDeadline)
						assert.ErrorIs(t, err, ctx.Err())
					}
					if call.Class == Buy {
						assertUnknown(t, err, call, start)
					} else {
						assertDefinite(t, err, asError(t, err).Kind)
					}
				})
			})
		}
	}
}

// TestLastLookOfWhatIsNotWritten has a vendor that takes only the beginning of a
// request. The rest must not leave when the time is over, so there is no last
// look.
func TestLastLookOfWhatIsNotWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := net.Pipe()
		const part = 10_000 // of the headers and the body
		var first int
		var rest []byte
		var wg sync.WaitGroup
		wg.Go(func() {
			first, _ = io.ReadFull(server, make([]byte, part))
			time.Sleep(time.Minute)
			rest, _ = io.ReadAll(server)
		})
		c := newTestClient(t, Config{}, "http://localhost", quick(), &http.Transport{
			DialContext: func(context.Context, string, string) (net.Conn, error) { return client, nil },
		})
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, errDeadline)
		defer cancel()
		call, before := fenced(time.Hour), time.Now()
		call.Body = map[string]string{"name": strings.Repeat("x", 10*part)}
		err := c.Do(ctx, call)
		assertUnknown(t, err, call, before)
		assert.ErrorIs(t, err, errDeadline)
		assert.Equal(t, time.Second, time.Since(before))
		wg.Wait()
		assert.Equal(t, part, first)
		assert.Empty(t, rest, "it was written after the time was over")
	})
}

// TestAnswerThatArrived has a transport that returns its answer when the context
// has ended already.
func TestAnswerThatArrived(t *testing.T) {
	for status, kind := range map[int]error{200: nil, 422: numbers.ErrInvalid, 429: numbers.ErrRateLimited} {
		ctx, cancel := context.WithCancelCause(t.Context())
		c := newTestClient(t, Config{}, "https://acme.example", quick(), roundTrip(func(req *http.Request) (*http.Response, error) {
			cancel(errDeadline)
			return (&answering{status: status, body: goodThing}).RoundTrip(req)
		}))
		call := fenced(time.Hour)
		err := c.Do(ctx, call)
		if kind == nil {
			require.NoError(t, err)
			assert.Equal(t, &thing{"7"}, call.Into)
		} else {
			assertDefinite(t, err, kind)
		}
	}
}

// TestLastLookHTTP2 ends the context in the moment in which the answer is
// written, and the request was written to its end.
func TestLastLookHTTP2(t *testing.T) {
	wrote := make(chan struct{})
	ctx, cancel := context.WithCancelCause(httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{
		WroteRequest: func(httptrace.WroteRequestInfo) { close(wrote) },
	}))
	srv, transport := serveH2(t, false, func(s h2Stream, n int) bool {
		<-wrote
		defer cancel(errDeadline)
		return s.good(n)
	})
	c := newTestClient(t, Config{}, srv.url(), quick(), transport)
	call := fenced(time.Hour)
	require.NoError(t, c.Do(ctx, call))
	assert.Equal(t, &thing{"7"}, call.Into)
}
