package api

import (
	"context"
	"net/http/httptrace"
	"strings"
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
//
// Of a Buy, watch notes that it was written to its end (giveUp).
func (x *exchange) watch(ctx context.Context, stop func()) context.Context {
	switch {
	case x.gate == nil:
		var wrote atomic.Bool // as HTTP/2: it alone has headers that begin with a colon
		return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
			WroteHeaderField: func(key string, _ []string) {
				if strings.HasPrefix(key, ":") {
					wrote.Store(true)
				}
			},
			GotConn: func(httptrace.GotConnInfo) {
				if wrote.Load() {
					stop()
				}
			},
		})
	case x.call.Class == Buy || x.gate.Bare():
		trace := new(httptrace.ClientTrace)
		if x.call.Class == Buy {
			trace.WroteRequest = func(done httptrace.WroteRequestInfo) { x.written.Store(done.Err == nil) }
		}
		if x.gate.Bare() {
			trace.WroteHeaders = x.gate.Pass
		}
		return httptrace.WithClientTrace(ctx, trace)
	}
	return ctx
}
