package api

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
)

// received is a request as it came over the wire, to its end.
type received struct {
	*http.Request
	body string
}

// acceptor keeps the connections of a server that speaks by hand.
type acceptor struct {
	listener net.Listener
	wg       sync.WaitGroup

	mu      sync.Mutex
	conns   []net.Conn
	stopped bool
}

// accept lets converse speak over each connection, until stop.
func (a *acceptor) accept(converse func(net.Conn)) {
	for {
		c, err := a.listener.Accept()
		if err != nil {
			return
		}
		a.mu.Lock()
		a.conns = append(a.conns, c)
		if a.stopped { // while this one was accepted
			c.Close()
		}
		a.mu.Unlock()
		a.wg.Go(func() { converse(c) })
	}
}

// stop closes all connections and waits for their ends.
func (a *acceptor) stop() {
	a.listener.Close()
	a.mu.Lock()
	a.stopped = true
	for _, c := range a.conns {
		c.Close()
	}
	a.mu.Unlock()
	a.wg.Wait()
}

// rawServer speaks HTTP/1 by hand. It counts the requests that came whole,
// that is, those that a server could act on, and answers each by a script.
type rawServer struct {
	acceptor
	answer func(c net.Conn, n int, r received) (more bool)
	once   sync.Once
	got    []received // under mu
}

// serve starts a server that calls answer for the n-th request it has got,
// counted from 1, and closes the connection unless answer wants more.
func serve(t testing.TB, l net.Listener, answer func(c net.Conn, n int, r received) (more bool)) *rawServer {
	s := &rawServer{acceptor: acceptor{listener: l}, answer: answer}
	s.wg.Go(func() { s.accept(s.converse) })
	t.Cleanup(s.stopOnce)
	return s
}

// serveTCP is serve on a socket.
func serveTCP(t testing.TB, answer func(c net.Conn, n int, r received) (more bool)) *rawServer {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	return serve(t, l, answer)
}

func (s *rawServer) url() string { return "http://" + s.listener.Addr().String() }

func (s *rawServer) converse(c net.Conn) {
	defer c.Close()
	in := bufio.NewReader(c)
	for {
		req, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		body, err := io.ReadAll(req.Body)
		if err != nil {
			return
		}
		s.mu.Lock()
		r := received{req, string(body)}
		s.got = append(s.got, r)
		n := len(s.got)
		s.mu.Unlock()
		if !s.answer(c, n, r) {
			return
		}
	}
}

// requests are the requests that came whole.
func (s *rawServer) requests() []received {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]received(nil), s.got...)
}

func (s *rawServer) dials() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.conns)
}

// raw writes bytes and hangs up, or goes on.
func raw(text string, more bool) func(net.Conn, int, received) bool {
	return func(c net.Conn, _ int, _ received) bool {
		_, err := io.WriteString(c, text)
		return err == nil && more
	}
}

// good is a whole answer with a thing.
const good = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n" + goodThing

// handle makes a vendor of a handler: a real server on a socket.
func handle(t testing.TB, cfg Config, opts *numbers.ClientOptions, h http.HandlerFunc) *Client {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	srv := &http.Server{Handler: whole(h), ReadHeaderTimeout: time.Minute}
	var wg sync.WaitGroup
	wg.Go(func() { _ = srv.Serve(l) })
	t.Cleanup(func() { srv.Close(); wg.Wait() })
	return newTestClient(t, cfg, "http://"+l.Addr().String(), opts, nil)
}

// virtual runs a test in a bubble, where time is virtual, with a vendor on
// pipes.
func virtual(t *testing.T, cfg Config, opts *numbers.ClientOptions, h http.HandlerFunc, test func(t *testing.T, c *Client)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		l := newPipes()
		srv := &http.Server{Handler: whole(h), ReadHeaderTimeout: 24 * time.Hour}
		var wg sync.WaitGroup
		wg.Go(func() { _ = srv.Serve(l) })
		defer wg.Wait()
		defer srv.Close()
		transport := pipeTransport(l)
		defer transport.CloseIdleConnections()
		test(t, newTestClient(t, cfg, "http://localhost", opts, transport))
	})
}

func pipeTransport(l *pipes) *http.Transport {
	return &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		client, server := net.Pipe()
		select {
		case l.conns <- server:
			return client, nil
		case <-l.closed:
			return nil, net.ErrClosed
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}}
}

// whole reads the body first: until then, a server does not see that its
// client is gone.
func whole(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		h(w, r)
	}
}

// inBubble runs a test whose time is virtual.
func inBubble(t *testing.T, test func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, test)
}
