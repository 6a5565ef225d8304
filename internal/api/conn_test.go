package api

import (
	"context"
	"fmt"
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

	"github.com/tnkit/tnkit/internal/gate"
	"github.com/tnkit/tnkit/numbers"
)

// reader is a vendor that notes what each of its reads brings.
type reader struct {
	net.Listener
	mu    sync.Mutex
	reads []string
}

func (l *reader) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	return readConn{c, l}, err
}

func (l *reader) got() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]string(nil), l.reads...)
}

type readConn struct {
	net.Conn
	of *reader
}

func (c readConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if n > 0 {
		c.of.mu.Lock()
		c.of.reads = append(c.of.reads, string(p[:n]))
		c.of.mu.Unlock()
	}
	return n, err
}

// TestOnePiece asserts that a purchase on a TCP connection comes with one read, from
// the second one on.
func TestOnePiece(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	reads := &reader{Listener: l}
	srv := serve(t, reads, raw(good, true))
	c := newTestClient(t, Config{}, srv.url(), quick(), nil)
	require.NoError(t, c.Do(t.Context(), buy(thing{"0"})()))
	before := len(reads.got())
	const purchases = 50
	for i := range purchases {
		require.NoError(t, c.Do(t.Context(), buy(thing{fmt.Sprint(i)})()))
	}
	got := reads.got()[before:]
	require.Len(t, got, purchases)
	for i, text := range got {
		assert.True(t, strings.HasPrefix(text, "POST "))
		assert.True(t, strings.HasSuffix(text, fmt.Sprintf(`{"id":"%d"}`, i)), text)
	}
	assert.Equal(t, 1, srv.dials())
}

// TestNotInOnePiece has purchases that may not go out in one piece.
func TestNotInOnePiece(t *testing.T) {
	first := func(c *Client) *Client { c.direct.Store(true); return c }
	clear := &http.Transport{Protocols: new(http.Protocols)}
	clear.Protocols.SetUnencryptedHTTP2(true)
	hook := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{WroteHeaders: func() {}})
	for name, test := range map[string]struct {
		c    *Client
		call *Call
		ctx  context.Context
	}{
		"the first one":               {newTestClient(t, Config{}, "https://acme.example", quick(), nil), buy(thing{})(), t.Context()},
		"a transport of the caller's": {first(newTestClient(t, Config{}, "https://acme.example", quick(), roundTrip(nil))), buy(thing{})(), t.Context()},
		"HTTP/2 without TLS":          {first(newTestClient(t, Config{}, "http://localhost", quick(), clear)), buy(thing{})(), t.Context()},
		"no body":                     {first(newTestClient(t, Config{}, "https://acme.example", quick(), nil)), buy(nil)(), t.Context()},
		"a stream":                    {first(newTestClient(t, Config{}, "https://acme.example", quick(), nil)), buy(sized)(), t.Context()},
		"a read by POST":              {first(newTestClient(t, Config{}, "https://acme.example", quick(), nil)), &Call{Class: Read, Method: http.MethodPost, Path: "/", Body: thing{}}, t.Context()},
		"a hook of the caller's":      {first(newTestClient(t, Config{}, "https://acme.example", quick(), nil)), buy(thing{})(), hook},
	} {
		x, err := test.c.encode(t.Context(), test.call)
		require.NoError(t, err)
		assert.Nil(t, x.onePiece(test.ctx), name)
	}
	x, err := first(newTestClient(t, Config{}, "https://acme.example", quick(), nil)).encode(t.Context(), buy(thing{})())
	require.NoError(t, err)
	assert.NotNil(t, x.onePiece(t.Context()))
}

// TestDeadConnections has connections that die after they were chosen for a purchase
// and before it is written. The first write fails with no byte written: the purchase is
// sent on another connection, and the vendor gets it once.
func TestDeadConnections(t *testing.T) {
	for name, kill := range map[string]func(client, server net.Conn){
		"closed here": func(client, _ net.Conn) { client.Close() },
		"reset": func(client, server net.Conn) {
			_ = server.(*net.TCPConn).SetLinger(0)
			server.Close()
			for {
				if _, err := client.Write(nil); err != nil {
					return
				}
			}
		},
		"no time to write": func(client, _ net.Conn) { _ = client.SetWriteDeadline(time.Unix(1, 0)) },
	} {
		for _, fresh := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/fresh %t", name, fresh), func(t *testing.T) {
				srv := serveTCP(t, raw(good, true))
				transport := new(http.Transport)
				c := newTestClient(t, Config{}, srv.url(), quick(), transport)
				require.NoError(t, c.Do(t.Context(), buy(thing{"first"})()))
				if fresh {
					transport.CloseIdleConnections()
				}
				killed := 0
				ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{GotConn: func(i httptrace.GotConnInfo) {
					if killed++; killed == 1 {
						assert.Equal(t, !fresh, i.Reused)
						kill(i.Conn, srv.accepted(i.Conn))
					}
				}})
				require.NoError(t, c.Do(ctx, buy(thing{"second"})()))
				assert.Equal(t, 2, killed)
				require.Len(t, srv.requests(), 2)
				assert.Contains(t, srv.requests()[1].body, "second")
			})
		}
	}
}

// accepted returns the server's end of a connection.
func (s *rawServer) accepted(client net.Conn) net.Conn {
	for {
		s.mu.Lock()
		for _, c := range s.conns {
			if c.RemoteAddr().String() == client.LocalAddr().String() {
				s.mu.Unlock()
				return c
			}
		}
		s.mu.Unlock()
		time.Sleep(time.Millisecond)
	}
}

// TestAllConnectionsAreDead has a fresh connection die in each attempt: the error is
// that of the connection, and says that nothing was sent.
func TestAllConnectionsAreDead(t *testing.T) {
	srv := serveTCP(t, raw(good, true))
	transport := &http.Transport{DisableKeepAlives: true}
	c := newTestClient(t, Config{}, srv.url(), quick(), transport)
	require.NoError(t, c.Do(t.Context(), buy(thing{"first"})()))
	ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{GotConn: func(i httptrace.GotConnInfo) { i.Conn.Close() }})
	err := c.Do(ctx, buy(thing{"second"})())
	assertUnsent(t, err, numbers.ErrUnreachable)
	assert.ErrorIs(t, err, net.ErrClosed)
	assert.Len(t, srv.requests(), 1)
}

// TestNothingLeaves has purchases whose time ends between the choice of a connection
// and the first write. In one piece, not even the headers leave.
func TestNothingLeaves(t *testing.T) {
	for name, trace := range map[string]func(stop func()) *httptrace.ClientTrace{
		"with a connection": func(stop func()) *httptrace.ClientTrace {
			return &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { stop() }}
		},
		"within the headers": func(stop func()) *httptrace.ClientTrace {
			return &httptrace.ClientTrace{WroteHeaderField: func(string, []string) { stop() }}
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newPipes()
				reads := &reader{Listener: l}
				srv := serve(t, reads, raw(good, true))
				transport := pipeTransport(l)
				c := newTestClient(t, Config{}, "http://localhost", quick(), transport)
				do := func(ctx context.Context, call *Call) error {
					c.direct.Store(true)
					return c.Do(ctx, call)
				}
				ctx, cancel := context.WithCancel(t.Context())
				err := do(httptrace.WithClientTrace(ctx, trace(func() {
					cancel()
					time.Sleep(time.Second) // until the attempt has ended, too
				})), buy(thing{"canceled"})())
				assertUnsent(t, err, numbers.ErrUnreachable)
				assert.ErrorIs(t, err, context.Canceled)

				late := httptrace.WithClientTrace(t.Context(), trace(func() { time.Sleep(sendWithin) }))
				assertLate(t, do(late, fenced(sendWithin)))

				require.NoError(t, do(t.Context(), buy(thing{"last"})()))
				transport.CloseIdleConnections()
				srv.stopOnce()
				require.Len(t, reads.got(), 1)
				assert.Contains(t, reads.got()[0], "last")
			})
		})
	}
}

// TestFenceBehindHeaders has a hook of the caller's that delays the body behind the
// headers for longer than the fence.
func TestFenceBehindHeaders(t *testing.T) {
	sent := 0
	virtual(t, Config{}, quick(), func(http.ResponseWriter, *http.Request) { sent++ }, func(t *testing.T, c *Client) {
		c.direct.Store(true)
		ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{WroteHeaders: func() { time.Sleep(sendWithin) }})
		assertLate(t, c.Do(ctx, fenced(sendWithin)))
	})
	assert.Zero(t, sent)
}

// TestLateHook has a transport that gave up on an attempt and fills its body when the
// next one is under way, or when the caller was told that nothing was sent.
func TestLateHook(t *testing.T) {
	g := gate.New([]byte("abc"), true)
	first := &onePiece{body: g.Hold()}
	second := &onePiece{body: g.Hold()}
	first.letOut(t.Context())
	assert.Zero(t, first.body.Reader.Len())
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	second.letOut(ended)
	assert.Zero(t, second.body.Reader.Len())
	assert.False(t, g.Passed())
	second.letOut(t.Context())
	got, err := io.ReadAll(&second.body.Reader)
	require.NoError(t, err)
	assert.Equal(t, "abc", string(got))
	assert.True(t, g.Passed())
	second.letOut(t.Context())
	assert.Zero(t, second.body.Reader.Len(), "filled twice")
	assert.Nil(t, g.Hold())
}
