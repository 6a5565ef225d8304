package api

import (
	"context"
	"crypto/tls"
	"net"
	"net/http/httptrace"
	"sync/atomic"
)

// watch keeps net/http from replaying a request that the gate can't hold,
// since it has no body to ask for.
//
// A repeatable request without a body is replayed by HTTP/2 after every stream
// that the server resets, without a limit and without a pause: thousands of
// times a second. The second time that a connection is taken for it, stop ends
// the attempt instead; the retry loop repeats it, at its pace. HTTP/1 replays
// only on connections that turn out to be dead, which ends by itself.
//
// A request that is sent once and has nothing in its body could be acted upon
// before its empty body is read: there, its headers open the gate.
func (f *flight) watch(ctx context.Context, stop func()) context.Context {
	switch {
	case f.gate == nil:
		var wrote atomic.Bool
		return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
			WroteHeaders: func() { wrote.Store(true) },
			GotConn: func(info httptrace.GotConnInfo) {
				if wrote.Load() && multiplexed(info.Conn) {
					stop()
				}
			},
		})
	case f.gate.bare:
		return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteHeaders: f.gate.pass})
	}
	return ctx
}

// multiplexed reports whether a connection speaks HTTP/2.
func multiplexed(conn net.Conn) bool {
	secure, ok := conn.(interface{ ConnectionState() tls.ConnectionState })
	return ok && secure.ConnectionState().NegotiatedProtocol == "h2"
}
