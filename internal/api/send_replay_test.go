package api

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
)

// roundTrip is a transport of the caller's own.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

var errLost = errors.New("lost")

// TestHeadersThatLeft has a transport that loses a request after its headers,
// before it reads the body.
func TestHeadersThatLeft(t *testing.T) {
	for _, op := range operations() {
		t.Run(op.name, func(t *testing.T) {
			sent := 0
			c := newTestClient(t, Config{}, "https://acme.example", quick(), roundTrip(func(req *http.Request) (*http.Response, error) {
				sent++
				if trace := httptrace.ContextClientTrace(req.Context()); trace != nil && trace.WroteHeaders != nil {
					trace.WroteHeaders()
				}
				return nil, errLost
			}))
			call, before := op.call(), time.Now()
			err := c.Do(t.Context(), call)
			assert.ErrorIs(t, err, errLost)
			switch {
			case call.Class == Buy && call.Body == nil: // the headers were all there is
				assert.Equal(t, 1, sent)
				assertUnknown(t, err, call, before)
			case call.Once:
				assert.Equal(t, 1, sent)
				assertDefinite(t, err, numbers.ErrUnreachable)
			default:
				assert.Equal(t, tries, sent)
				assertDefinite(t, err, numbers.ErrUnreachable)
			}
		})
	}
}

// TestLateTransport has a transport that gives up on each attempt, and goes on
// to read the body when it is too late.
func TestLateTransport(t *testing.T) {
	var bodies []io.Reader
	c := newTestClient(t, Config{}, "https://acme.example", quick(), roundTrip(func(req *http.Request) (*http.Response, error) {
		for _, b := range bodies {
			n, _ := b.Read(make([]byte, 1))
			assert.Zero(t, n, "an earlier attempt was sent beside this one")
		}
		bodies = append(bodies, req.Body)
		return nil, errLost
	}))
	err := c.Do(t.Context(), buy(map[string]string{})())
	assertDefinite(t, err, numbers.ErrUnreachable)
	assert.ErrorContains(t, err, "nothing was sent")
	assert.Len(t, bodies, tries)
	for _, b := range bodies {
		n, _ := b.Read(make([]byte, 1))
		assert.Zero(t, n, "it was sent after all")
	}
}

// TestTransportThatReadsAhead has a transport that reads the body before it
// dials, as recorders do: then nobody knows whether it left.
func TestTransportThatReadsAhead(t *testing.T) {
	sent := 0
	c := newTestClient(t, Config{}, "https://acme.example", quick(), roundTrip(func(req *http.Request) (*http.Response, error) {
		sent++
		_, _ = io.ReadAll(req.Body)
		return nil, errLost
	}))
	call, before := buy(map[string]string{})(), time.Now()
	assertUnknown(t, c.Do(t.Context(), call), call, before)
	assert.Equal(t, 1, sent)
}

// TestAnswerBeforeBody has a transport that is answered before it reads the
// body: who answers has been asked.
func TestAnswerBeforeBody(t *testing.T) {
	for name, body := range map[string]io.ReadCloser{
		"broken": io.NopCloser(io.MultiReader(sized().Reader, failing{})),
		"none":   nil,
	} {
		t.Run(name, func(t *testing.T) {
			sent := 0
			c := newTestClient(t, Config{}, "https://acme.example", quick(), roundTrip(func(*http.Request) (*http.Response, error) {
				sent++
				return &http.Response{StatusCode: 200, Body: body}, nil
			}))
			call, before := buy(map[string]string{})(), time.Now()
			assertUnknown(t, c.Do(t.Context(), call), call, before)
			assert.Equal(t, 1, sent)
		})
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestTransportThatReturnsNothing(t *testing.T) {
	c := newTestClient(t, Config{}, "https://acme.example", quick(), roundTrip(func(*http.Request) (*http.Response, error) {
		return nil, nil
	}))
	assertDefinite(t, c.Do(t.Context(), &Call{Class: Read, Method: http.MethodGet, Path: "/"}), numbers.ErrUnreachable)
}

// TestCallersTrace asserts that the watch does not hide the caller's own trace.
func TestCallersTrace(t *testing.T) {
	for _, op := range operations() {
		t.Run(op.name, func(t *testing.T) {
			srv := serveTCP(t, raw(good, true))
			c := newTestClient(t, Config{}, srv.url(), quick(), nil)
			var conns, wrote atomic.Int32
			ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{
				GotConn:      func(httptrace.GotConnInfo) { conns.Add(1) },
				WroteHeaders: func() { wrote.Add(1) },
			})
			require.NoError(t, c.Do(ctx, op.call()))
			assert.EqualValues(t, 1, conns.Load())
			assert.EqualValues(t, 1, wrote.Load())
		})
	}
}

// TestStreamThatFails has a body that can't be read to its end.
func TestStreamThatFails(t *testing.T) {
	srv := serveTCP(t, raw(good, true))
	c := newTestClient(t, Config{}, srv.url(), quick(), nil)
	call := buy(Stream{Reader: io.MultiReader(sized().Reader, failing{}), ContentType: "text/csv"})()
	before := time.Now()
	err := c.Do(t.Context(), call)
	assert.ErrorIs(t, err, io.ErrUnexpectedEOF)
	assert.Empty(t, srv.requests(), "it never came whole")
	assertUnknown(t, err, call, before)
}

// TestStreamIsReadOnce asserts that a stream is sent once whatever the class,
// and from where it stands.
func TestStreamIsReadOnce(t *testing.T) {
	for _, class := range []Class{Buy, Write, Read} {
		srv := serveTCP(t, plainStatus(503))
		c := newTestClient(t, Config{}, srv.url(), quick(), nil)
		body := sized()
		_, err := io.CopyN(io.Discard, body.Reader, 5)
		require.NoError(t, err)
		err = c.Do(context.Background(), &Call{Class: class, Method: http.MethodPost, Path: "/", Body: body})
		require.Error(t, err)
		require.Len(t, srv.requests(), 1)
		assert.Equal(t, "bytes", srv.requests()[0].body)
	}
}
