package api

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
)

// fault is what may become of a request that a server has got whole.
type fault struct {
	name    string
	answer  func(net.Conn, int, received) bool
	repeats bool  // where the operation may be repeated
	kind    error // to a repeatable operation; nil = it succeeds
	unknown bool  // to a Buy
	status  int
}

func plainStatus(status int) func(net.Conn, int, received) bool {
	return raw(fmt.Sprintf("HTTP/1.1 %d X\r\nContent-Length: 2\r\n\r\n{}", status), true)
}

func reset(c net.Conn, _ int, _ received) bool {
	_ = c.(*net.TCPConn).SetLinger(0)
	return false
}

func faults() []fault {
	const ok = "HTTP/1.1 200 OK\r\n"
	return []fault{
		{name: "none", answer: raw(good, true)},
		{name: "100-continue first", answer: raw("HTTP/1.1 100 Continue\r\n\r\n"+good, true)},
		{name: "early hints first", answer: raw("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"+good, true)},
		{name: "two answers", answer: raw(good+good, true)},
		{name: "429", answer: plainStatus(429), repeats: true, kind: numbers.ErrRateLimited, status: 429},
		{name: "422", answer: plainStatus(422), kind: numbers.ErrInvalid, status: 422},
		{name: "500", answer: plainStatus(500), kind: numbers.ErrVendor, unknown: true, status: 500},
		{name: "502", answer: plainStatus(502), repeats: true, kind: numbers.ErrVendor, unknown: true, status: 502},
		{name: "503", answer: plainStatus(503), repeats: true, kind: numbers.ErrVendor, unknown: true, status: 503},
		{name: "504", answer: plainStatus(504), repeats: true, kind: numbers.ErrVendor, unknown: true, status: 504},
		{name: "closed before the headers", answer: raw("", false), repeats: true, kind: numbers.ErrUnreachable, unknown: true},
		{name: "reset before the headers", answer: reset, repeats: true, kind: numbers.ErrUnreachable, unknown: true},
		{name: "closed within the status line", answer: raw("HTTP/1.1 20", false), repeats: true, kind: numbers.ErrUnreachable, unknown: true},
		{name: "closed within the headers", answer: raw(ok+"Content-Le", false), repeats: true, kind: numbers.ErrUnreachable, unknown: true},
		{name: "closed after the headers", answer: raw(ok+"Content-Length: 10\r\n\r\n", false),
			repeats: true, kind: numbers.ErrVendor, unknown: true, status: 200},
		{name: "closed within the body", answer: raw(ok+"Content-Length: 10\r\n\r\n{\"id", false),
			repeats: true, kind: numbers.ErrVendor, unknown: true, status: 200},
		{name: "a Content-Length that is too long", answer: raw(ok+"Content-Length: 11\r\n\r\n"+goodThing, false),
			repeats: true, kind: numbers.ErrVendor, unknown: true, status: 200},
		{name: "closed within a chunk", answer: raw(ok+"Transfer-Encoding: chunked\r\n\r\na\r\n{\"id\":", false),
			repeats: true, kind: numbers.ErrVendor, unknown: true, status: 200},
		{name: "closed before the last chunk", answer: raw(ok+"Transfer-Encoding: chunked\r\n\r\na\r\n"+goodThing+"\r\n", false),
			repeats: true, kind: numbers.ErrVendor, unknown: true, status: 200},
		{name: "a refusal that breaks off", answer: raw("HTTP/1.1 422 X\r\nContent-Length: 10\r\n\r\n{", false),
			repeats: true, kind: numbers.ErrVendor, unknown: true, status: 422},
		{name: "a Content-Length that is too short", answer: raw(ok+"Content-Length: 4\r\n\r\n"+goodThing, false),
			kind: numbers.ErrVendor, unknown: true, status: 200},
		{name: "two lengths", answer: raw(ok+"Content-Length: 10\r\nContent-Length: 9\r\n\r\n"+goodThing, false),
			repeats: true, kind: numbers.ErrUnreachable, unknown: true},
		{name: "a garbage status line", answer: raw("BANANAS\r\n\r\n", false), repeats: true, kind: numbers.ErrUnreachable, unknown: true},
		{name: "a status that is no number", answer: raw("HTTP/1.1 2xx OK\r\n\r\n", false),
			repeats: true, kind: numbers.ErrUnreachable, unknown: true},
		{name: "no HTTP at all", answer: raw("\x16\x03\x01\x02", false), repeats: true, kind: numbers.ErrUnreachable, unknown: true},
		{name: "100-continue and nothing more", answer: raw("HTTP/1.1 100 Continue\r\n\r\n", false),
			repeats: true, kind: numbers.ErrUnreachable, unknown: true},
	}
}

// TestSendOnceHTTP1 counts what a server on a socket received.
func TestSendOnceHTTP1(t *testing.T) {
	for _, op := range operations() {
		for _, fault := range faults() {
			t.Run(op.name+"/"+fault.name, func(t *testing.T) {
				srv := serveTCP(t, fault.answer)
				c := newTestClient(t, Config{}, srv.url(), quick(), nil)
				c.direct.Store(op.piece)
				call, before := op.call(), time.Now()
				err := c.Do(t.Context(), call)

				want := 1
				if fault.repeats && !op.once {
					want = tries
				}
				got := srv.requests()
				assert.Len(t, got, want)
				for _, r := range got[1:] {
					assert.Equal(t, got[0].body, r.body)
				}
				fault.check(t, err, call, before)
			})
		}
	}
}

func (f fault) check(t testing.TB, err error, call *Call, before time.Time) {
	t.Helper()
	switch {
	case f.kind == nil:
		require.NoError(t, err)
		assert.Equal(t, &thing{"7"}, call.Into)
		return
	case f.unknown && call.Class == Buy:
		assertUnknown(t, err, call, before)
	default:
		assertDefinite(t, err, f.kind)
	}
	assert.Equal(t, f.status, asError(t, err).Status)
}

// TestSendOnceBodies asserts that the gate changes nothing of what is sent.
func TestSendOnceBodies(t *testing.T) {
	for _, test := range []struct {
		name, body, length, encoding, contentType string
		call                                      *Call
	}{
		{"json", `{"name":"a<b"}`, "14", "", "application/json", buy(map[string]string{"name": "a<b"})()},
		{"form", "a=1&b=%26", "9", "", "application/x-www-form-urlencoded", buy(Form{"b": {"&"}, "a": {"1"}})()},
		{"sized stream", "some bytes", "10", "", "application/octet-stream", buy(sized)()},
		{"unsized stream", "some bytes", "", "chunked", "text/csv", buy(unsized)()},
		{"nothing", "", "", "chunked", "", buy(nil)()},
		{"nothing by DELETE", "", "", "", "", &Call{Class: Buy, Method: http.MethodDelete, Path: "/x"}},
		{"nothing, repeatable", "", "0", "", "", &Call{Class: Write, Method: http.MethodPost, Path: "/x"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			srv := serveTCP(t, raw(good, true))
			c := newTestClient(t, Config{}, srv.url(), quick(), nil)
			require.NoError(t, c.Do(t.Context(), test.call))
			r := srv.requests()[0]
			assert.Equal(t, test.body, r.body)
			assert.Equal(t, test.length, r.Header.Get("Content-Length"))
			assert.Equal(t, test.encoding, strings.Join(r.TransferEncoding, ","))
			assert.Equal(t, test.contentType, r.Header.Get("Content-Type"))
			assert.Equal(t, "application/json", r.Header.Get("Accept"))
			assert.Equal(t, userAgent, r.Header.Get("User-Agent"))
		})
	}
}

// TestSendOnceTimeout has a server that got the request and never answers.
func TestSendOnceTimeout(t *testing.T) {
	stalls := map[string]string{
		"no answer":           "",
		"half of the headers": "HTTP/1.1 200 OK\r\nContent-Le",
		"half of the body":    "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{\"id",
	}
	for _, op := range operations() {
		for name, said := range stalls {
			t.Run(op.name+"/"+name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					l := newPipes()
					srv := serve(t, l, func(c net.Conn, _ int, _ received) bool {
						_, _ = io.WriteString(c, said)
						_, _ = c.Read(make([]byte, 1)) // until the client hangs up
						return false
					})
					opts := quick()
					opts.HTTPClient = &http.Client{Timeout: 7 * time.Second}
					c := newTestClient(t, Config{}, "http://localhost", opts, pipeTransport(l))
					c.direct.Store(op.piece)
					call, before := op.call(), time.Now()
					err := c.Do(t.Context(), call)
					srv.stopOnce()

					assert.ErrorIs(t, err, errTimeout)
					assert.ErrorContains(t, err, "timed out")
					if op.once {
						assert.Len(t, srv.requests(), 1)
						assert.Equal(t, 7*time.Second+look(call), time.Since(before))
					} else {
						assert.Len(t, srv.requests(), tries)
						assert.GreaterOrEqual(t, time.Since(before), tries*7*time.Second)
					}
					if call.Class == Buy {
						assertUnknown(t, err, call, before)
					} else if strings.HasSuffix(name, "body") {
						assertDefinite(t, err, numbers.ErrVendor)
					} else {
						assertDefinite(t, err, numbers.ErrUnreachable)
					}
				})
			})
		}
	}
}

// TestSendOnceStale sends on a connection that was kept from an earlier
// request, and that the server closes in the meantime, or once it has read.
func TestSendOnceStale(t *testing.T) {
	for _, op := range operations() {
		t.Run(op.name+"/closed when read", func(t *testing.T) {
			srv := serveTCP(t, func(c net.Conn, n int, r received) bool {
				if n == 2 {
					return false
				}
				return raw(good, true)(c, n, r)
			})
			c := newTestClient(t, Config{}, srv.url(), quick(), nil)
			require.NoError(t, c.Do(t.Context(), operations()[7].call()))
			c.direct.Store(op.piece)
			call, before := op.call(), time.Now()
			err := c.Do(t.Context(), call)
			if op.once {
				assert.Len(t, srv.requests(), 2)
				fault{kind: numbers.ErrUnreachable, unknown: true}.check(t, err, call, before)
			} else {
				assert.Len(t, srv.requests(), 3)
				require.NoError(t, err)
			}
		})
		t.Run(op.name+"/closed between", func(t *testing.T) {
			var wg sync.WaitGroup
			wg.Add(1)
			srv := serveTCP(t, func(c net.Conn, n int, r received) bool {
				raw(good, true)(c, n, r)
				if n == 1 {
					c.Close()
					wg.Done()
				}
				return n > 1
			})
			c := newTestClient(t, Config{}, srv.url(), quick(), nil)
			require.NoError(t, c.Do(t.Context(), operations()[7].call()))
			wg.Wait()
			c.direct.Store(op.piece)
			call, before := op.call(), time.Now()
			err := c.Do(t.Context(), call)
			// The client may know already, or find out by writing: then what it
			// wrote was never read.
			if err != nil {
				require.True(t, op.once)
				assert.Len(t, srv.requests(), 1)
				fault{kind: numbers.ErrUnreachable, unknown: true}.check(t, err, call, before)
			} else {
				assert.Len(t, srv.requests(), 2)
				assert.Equal(t, &thing{"7"}, call.Into)
			}
		})
	}
}

func (s *rawServer) stopOnce() { s.once.Do(s.stop) }

// look is the last look that a call gets whose time is over.
func look(call *Call) time.Duration {
	if call.Class == Buy {
		return lastLook
	}
	return 0
}
