package api

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/tnkit/tnkit/numbers"
)

func TestMain(m *testing.M) {
	if url := os.Getenv(childURL); url != "" {
		runChild(url, os.Getenv(childAt))
		return
	}
	log.SetOutput(io.Discard) // where net/http complains of what the servers here send too much
	goleak.VerifyTestMain(m)
}

// thing is what the vendor of these tests makes.
type thing struct {
	ID string `json:"id"`
}

const (
	tries     = 3
	goodThing = `{"id":"7"}`
)

// quick are options whose retries take no time worth noting.
func quick() *numbers.ClientOptions {
	return &numbers.ClientOptions{Retry: numbers.Retry{Attempts: tries, MinWait: 1, MaxWait: time.Millisecond}}
}

// newTestClient makes a client on a transport of its own, which it closes.
func newTestClient(t testing.TB, cfg Config, base string, opts *numbers.ClientOptions, transport http.RoundTripper) *Client {
	t.Helper()
	if transport == nil {
		transport = &http.Transport{}
	}
	if own, ok := transport.(*http.Transport); ok {
		t.Cleanup(own.CloseIdleConnections)
	}
	o := *opts
	o.BaseURL = base
	timeout := time.Duration(0)
	if o.HTTPClient != nil {
		timeout = o.HTTPClient.Timeout
	}
	o.HTTPClient = &http.Client{Transport: transport, Timeout: timeout}
	if cfg.Vendor == "" {
		cfg.Vendor = "acme"
	}
	c, err := New(cfg, &o)
	require.NoError(t, err)
	return c
}

// operation is one of the kinds of calls that the send-once tests go through.
type operation struct {
	name string
	once bool // sent at most once
	call func() *Call
	// piece means that the client has seen a connection on which a purchase goes out in
	// one piece.
	piece bool
}

var testNumbers = []numbers.E164{"+12025550101", "+12025550102"}

func buy(body any) func() *Call {
	return func() *Call {
		b := body
		if f, ok := body.(func() Stream); ok {
			b = f()
		}
		return &Call{
			Op: "Orders.Create", Class: Buy, Method: http.MethodPost, Path: "/orders", Body: b,
			Numbers: testNumbers, Reference: "ref-1", Into: new(thing),
		}
	}
}

// fenced is a buy that must be sent within d of its beginning.
func fenced(d time.Duration) *Call {
	call := buy(map[string]string{"name": "x"})()
	call.Begin = func(context.Context) (time.Time, error) { return time.Now().Add(d), nil }
	return call
}

func sized() Stream {
	return Stream{Reader: strings.NewReader("some bytes"), ContentType: "application/octet-stream"}
}

func unsized() Stream {
	return Stream{Reader: struct{ *onlyReader }{&onlyReader{strings.NewReader("some bytes")}}, ContentType: "text/csv"}
}

// onlyReader hides every method but Read.
type onlyReader struct{ r *strings.Reader }

func (r *onlyReader) Read(p []byte) (int, error) { return r.r.Read(p) }

func operations() []operation {
	body := map[string]string{"name": "x"}
	plain := func(class Class, method string, body any) func() *Call {
		return func() *Call {
			return &Call{
				Op: "Op", Class: class, Method: method, Path: "/orders/{id}", Args: []string{"7"}, Body: body, Into: new(thing),
			}
		}
	}
	login := func() *Call {
		return &Call{Op: "Login", Class: Write, Method: http.MethodPost, Path: "/login", Body: body, Once: true, Into: new(thing)}
	}
	return []operation{
		{name: "buy", once: true, call: buy(body)},
		{name: "buy with an empty body", once: true, call: buy(nil)},
		{name: "buy with a stream", once: true, call: buy(sized)},
		{name: "buy with a stream of unknown size", once: true, call: buy(unsized)},
		{name: "buy by GET", once: true, call: plain(Buy, http.MethodGet, nil)},
		{name: "buy by DELETE", once: true, call: plain(Buy, http.MethodDelete, nil)},
		{name: "login", once: true, call: login},
		{name: "read", once: false, call: plain(Read, http.MethodGet, nil)},
		{name: "read by POST", once: false, call: plain(Read, http.MethodPost, body)},
		{name: "write", once: false, call: plain(Write, http.MethodPatch, body)},
		{name: "write without a body", once: false, call: plain(Write, http.MethodPost, nil)},
		{name: "delete", once: false, call: plain(Write, http.MethodDelete, nil)},
		{name: "buy with a fence", once: true, call: func() *Call { return fenced(time.Hour) }},
		{name: "buy in one piece", once: true, call: buy(body), piece: true},
	}
}

// asError returns the one type that errors of calls have.
func asError(t testing.TB, err error) *numbers.Error {
	t.Helper()
	require.Error(t, err)
	e, ok := any(err).(*numbers.Error) // it must be the outermost
	require.Truef(t, ok, "%T", err)
	return e
}

// assertUnknown asserts that err says "outcome unknown", and nothing else that
// a caller could take for leave to repeat.
func assertUnknown(t testing.TB, err error, call *Call, before time.Time) {
	t.Helper()
	e := asError(t, err)
	assert.ErrorIs(t, err, numbers.ErrOutcomeUnknown)
	for _, kind := range []error{
		numbers.ErrNotFound, numbers.ErrUnauthorized, numbers.ErrForbidden, numbers.ErrInvalid, numbers.ErrConflict,
		numbers.ErrRateLimited, numbers.ErrUnreachable, numbers.ErrVendor, numbers.ErrNotPlaced, errors.ErrUnsupported,
	} {
		assert.NotErrorIs(t, err, kind)
	}
	require.NotNil(t, e.Attempt)
	assert.Equal(t, "acme", e.Attempt.Vendor)
	assert.Equal(t, call.Reference, e.Attempt.Reference)
	assert.Equal(t, call.Numbers, e.Attempt.Numbers)
	assert.False(t, e.Attempt.Started.Before(before), "started before it began")
	assert.False(t, e.Attempt.Ended.Before(e.Attempt.Started), "ended before it started")
	assert.False(t, e.Attempt.Ended.After(time.Now()), "ended in the future")
	assert.Equal(t, e.Status, e.Attempt.Status)
	assert.NotContains(t, err.Error(), "nothing was sent")
}

// assertDefinite asserts that err is of the kind, and that it leaves nothing
// open.
func assertDefinite(t testing.TB, err error, kind error) {
	t.Helper()
	e := asError(t, err)
	assert.ErrorIs(t, err, kind)
	assert.NotErrorIs(t, err, numbers.ErrOutcomeUnknown)
	assert.Nil(t, e.Attempt)
}

// pipes is a network in memory: unlike sockets, it lets the clock of a
// synctest bubble move.
type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
}

func newPipes() *pipes { return &pipes{conns: make(chan net.Conn), closed: make(chan struct{})} }

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { close(p.closed); return nil }
func (p *pipes) Addr() net.Addr { return pipesAddr{} }

type pipesAddr struct{}

func (pipesAddr) Network() string { return "pipe" }
func (pipesAddr) String() string  { return "localhost:80" }
