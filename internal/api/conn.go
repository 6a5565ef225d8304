package api

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync/atomic"
	"time"

	"github.com/tnkit/tnkit/internal/gate"
)

// mostStale is the largest count of idle connections in a row that are passed over.
const mostStale = 100

// roundTrip passes the request to the transport.
func (x *exchange) roundTrip(ctx context.Context, cancel context.CancelCauseFunc, req *http.Request, h http.Header) (*http.Response, error) {
	x.stale = false
	piece := x.onePiece(ctx)
	out := req.WithContext(x.watch(ctx, piece, func() { cancel(gate.ErrSent) }))
	out.Header = h
	if piece != nil {
		out.Body = io.NopCloser(&piece.body.Reader)
	}
	resp, err := x.c.transport.RoundTrip(out)
	if err != nil && piece != nil {
		err = piece.cause(err)
	}
	return resp, err
}

// watch prevents net/http from replaying a request without a body, which the gate can't
// control.
//
// HTTP/2 replays a repeatable request without a body after each stream that the server
// resets, without a limit and without a pause: thousands of times a second. When a
// connection is used for the request a second time, stop ends the attempt, and the retry
// loop repeats it with its pauses. HTTP/1 replays only on connections that turn out to be
// dead, which ends by itself.
//
// A server could act on a request that is sent once and has an empty body before the body
// is read. For such a request, the headers pass the gate.
//
// For a Buy, watch records that it was completely written (giveUp), passes over
// connections that have been idle for too long, and releases the body of a onePiece.
func (x *exchange) watch(ctx context.Context, piece *onePiece, stop func()) context.Context {
	trace := new(httptrace.ClientTrace)
	switch {
	case x.gate == nil:
		var wrote atomic.Bool // only HTTP/2 has headers that begin with a colon
		trace.WroteHeaderField = func(key string, _ []string) {
			if strings.HasPrefix(key, ":") {
				wrote.Store(true)
			}
		}
		trace.GotConn = func(httptrace.GotConnInfo) {
			if wrote.Load() {
				stop()
			}
		}
	case x.call.Class != Buy && !x.gate.Bare():
		return ctx
	case x.gate.Bare():
		trace.WroteHeaders = x.gate.Pass
	default:
		trace.GotConn = func(conn httptrace.GotConnInfo) {
			tcp := directConn(conn.Conn)
			x.c.direct.Store(tcp != nil)
			if piece != nil {
				piece.gotConn(tcp)
			}
			x.passOver(conn)
		}
		if piece != nil {
			trace.WroteHeaders = func() { piece.letOut(ctx) }
		}
	}
	if x.call.Class == Buy {
		trace.WroteRequest = func(done httptrace.WroteRequestInfo) { x.written.Store(done.Err == nil) }
	}
	return httptrace.WithClientTrace(ctx, trace)
}

// passOver does not allow a Buy on a connection that has been idle for longer than the
// options allow. A server or a proxy may have closed such a connection: the Buy would not
// arrive, and its outcome would be unknown. HTTP/2 connections are not checked, because
// they are shared between requests and report that they are closed.
func (x *exchange) passOver(conn httptrace.GotConnInfo) {
	if x.c.maxIdle < 0 || !conn.WasIdle || conn.IdleTime <= x.c.maxIdle || x.passed == mostStale {
		return
	}
	if isHTTP2(conn.Conn) || !x.gate.Revoke() {
		return
	}
	x.stale = true
	x.passed++
	if conn.Conn != nil {
		// Otherwise the headers would be sent before the body is read, and a server that
		// still listens would see a purchase without its body.
		_ = conn.Conn.SetWriteDeadline(time.Unix(1, 0)) // an error is ignored, because the body is not sent in any case
	}
}

// isHTTP2 reports whether a TLS connection uses HTTP/2.
func isHTTP2(conn net.Conn) bool {
	secure, ok := conn.(*tls.Conn)
	return ok && secure.ConnectionState().NegotiatedProtocol == "h2"
}

// directConn returns the TCP connection of an HTTP/1 connection that uses TCP directly or
// over TLS. It returns nil for any other connection.
func directConn(conn net.Conn) *net.TCPConn {
	for {
		switch c := conn.(type) {
		case *net.TCPConn:
			return c
		case *tls.Conn:
			if isHTTP2(c) {
				return nil
			}
			conn = c.NetConn()
		default:
			return nil
		}
	}
}

// onePiece is a purchase that net/http writes in one piece, with its headers. The body is
// released when the headers are in net/http's buffer and no byte of them is written, by
// the goroutine that then reads the body. If the body is not released, net/http finds
// that it is shorter than announced, and writes nothing.
//
// A body that may have been sent is never read again, because a body that is released has
// passed the gate.
type onePiece struct {
	body *gate.Held
	tcp  atomic.Pointer[net.TCPConn] // the latest connection; nil = unknown
	dead atomic.Pointer[error]       // why the connection was not used
}

// onePiece returns the state of a Buy that is written in one piece, or nil if it is not.
// A Buy is written in one piece if the transport is net/http's own, the latest purchase
// used an HTTP/1 connection over TCP, and no WroteHeaders hook of the caller could delay
// the body after its fence was checked.
func (x *exchange) onePiece(ctx context.Context) *onePiece {
	if x.call.Class != Buy || x.gate.Bare() || !x.c.plain || !x.c.direct.Load() {
		return nil
	}
	if trace := httptrace.ContextClientTrace(ctx); trace != nil && trace.WroteHeaders != nil {
		return nil
	}
	if body := x.gate.Hold(); body != nil {
		return &onePiece{body: body}
	}
	return nil
}

func (p *onePiece) gotConn(tcp *net.TCPConn) {
	p.tcp.Store(tcp)
	p.dead.Store(nil)
}

// letOut releases the body, unless the attempt has ended or the connection is dead. A
// write of zero bytes sends nothing, and fails if the connection is dead. If the body was
// released on a dead connection, it would not be certain that nothing was written.
func (p *onePiece) letOut(ctx context.Context) {
	if ctx.Err() != nil {
		return
	}
	if tcp := p.tcp.Load(); tcp != nil {
		if _, err := tcp.Write(nil); err != nil {
			p.dead.Store(&err)
			return
		}
	}
	p.body.Fill()
}

// cause returns the reason why the connection was not used, or otherwise err.
func (p *onePiece) cause(err error) error {
	if dead := p.dead.Load(); dead != nil {
		return *dead
	}
	return err
}

// isPlain reports whether a transport is net/http's own, and uses HTTP/2 only over TLS.
func isPlain(transport http.RoundTripper) bool {
	t, ok := transport.(*http.Transport)
	return ok && (t.Protocols == nil || !t.Protocols.UnencryptedHTTP2())
}
