package api

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/gate"
	"github.com/tnkit/tnkit/numbers"
)

// sendWithin is the fence of these tests, as account.Account sets it.
const sendWithin = 15 * time.Second

// begun counts the beginnings of a call.
func begun(call *Call) *atomic.Int32 {
	var n atomic.Int32
	begin := call.Begin
	call.Begin = func(ctx context.Context) (time.Time, error) {
		n.Add(1)
		return begin(ctx)
	}
	return &n
}

// assertLate asserts that err says that the fence kept the order back.
func assertLate(t testing.TB, err error) {
	t.Helper()
	assertUnsent(t, err, numbers.ErrNotPlaced)
	assert.ErrorIs(t, err, gate.ErrLate)
	assert.NotErrorIs(t, err, context.Canceled)
	assert.ErrorContains(t, err, "nothing was sent: the latest time to send had passed")
}

// TestFenceAfterLimiter has a limiter that waits longer than the fence. Begin is
// called after it, so the order goes out.
func TestFenceAfterLimiter(t *testing.T) {
	var sent atomic.Int32
	opts := quick()
	opts.Limiter = waiting(time.Minute)
	virtual(t, Config{}, opts, func(w http.ResponseWriter, _ *http.Request) {
		sent.Add(1)
		_, _ = io.WriteString(w, goodThing)
	}, func(t *testing.T, c *Client) {
		call, before := fenced(sendWithin), time.Now()
		begin := call.Begin
		call.Begin = func(ctx context.Context) (time.Time, error) {
			assert.Equal(t, time.Minute, time.Since(before), "it is called after the limiter")
			assert.Zero(t, sent.Load())
			return begin(ctx)
		}
		n := begun(call)
		require.NoError(t, c.Do(t.Context(), call))
		assert.EqualValues(t, 1, n.Load())
		assert.EqualValues(t, 1, sent.Load())
	})
}

// TestFenceLimiterThatBlocks has a limiter that waits until the context ends: no
// claim is made.
func TestFenceLimiterThatBlocks(t *testing.T) {
	because := errors.New("the caller went home")
	opts := quick()
	opts.Limiter = waiting(24 * time.Hour)
	sent := 0
	virtual(t, Config{}, opts, func(http.ResponseWriter, *http.Request) { sent++ }, func(t *testing.T, c *Client) {
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Minute, because)
		defer cancel()
		call := fenced(sendWithin)
		n := begun(call)
		err := c.Do(ctx, call)
		assertUnsent(t, err, numbers.ErrUnreachable)
		assert.ErrorIs(t, err, because)
		assert.Zero(t, n.Load())
	})
	assert.Zero(t, sent)
}

// TestFenceAfterLogin has a login that takes long, or hangs.
func TestFenceAfterLogin(t *testing.T) {
	for name, takes := range map[string]time.Duration{"slow": time.Minute, "hangs": 24 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			tokens := &Tokens{Apply: bearer, Login: func(ctx context.Context, _ Token) (Token, error) {
				return Token{Value: "token"}, waiting(takes).Wait(ctx)
			}}
			sent := 0
			virtual(t, Config{Auth: tokens}, quick(), func(w http.ResponseWriter, _ *http.Request) {
				sent++
				_, _ = io.WriteString(w, goodThing)
			}, func(t *testing.T, c *Client) {
				ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
				defer cancel()
				call, before := fenced(sendWithin), time.Now()
				n := begun(call)
				err := c.Do(ctx, call)
				if takes < time.Hour {
					require.NoError(t, err)
					assert.Equal(t, takes, time.Since(before))
					assert.EqualValues(t, 1, n.Load())
					assert.Equal(t, 1, sent)
					return
				}
				assertUnsent(t, err, numbers.ErrUnreachable)
				assert.Zero(t, n.Load())
				assert.Zero(t, sent)
			})
		})
	}
}

// TestFenceSlowBegin has a Begin that takes longer than its own fence.
func TestFenceSlowBegin(t *testing.T) {
	sent := 0
	virtual(t, Config{}, quick(), func(http.ResponseWriter, *http.Request) { sent++ }, func(t *testing.T, c *Client) {
		call, before := fenced(sendWithin), time.Now()
		call.Begin = func(context.Context) (time.Time, error) {
			time.Sleep(sendWithin)
			return before.Add(sendWithin), nil
		}
		n := begun(call)
		assertLate(t, c.Do(t.Context(), call))
		assert.EqualValues(t, 1, n.Load())
		assert.Equal(t, sendWithin, time.Since(before), "it is not tried again")
	})
	assert.Zero(t, sent)
}

// TestFenceSlowDial has a dial that takes longer than the fence. What waits for
// it waits no longer than the fence.
func TestFenceSlowDial(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var dials atomic.Int32
		c := newTestClient(t, Config{}, "http://localhost", quick(), &http.Transport{
			DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
				dials.Add(1)
				return nil, waiting(time.Minute).Wait(ctx)
			},
		})
		before := time.Now()
		assertLate(t, c.Do(t.Context(), fenced(sendWithin)))
		assert.Equal(t, sendWithin, time.Since(before))
		assert.EqualValues(t, 1, dials.Load())
	})
}

// TestFenceAtTheBody has a transport that has got all but the body when the time
// is over, and that hides why it failed, or goes on regardless.
func TestFenceAtTheBody(t *testing.T) {
	for name, test := range map[string]struct {
		resp *http.Response
		err  error
	}{
		"hidden":                  {nil, errLost},
		"an early refusal":        {&http.Response{StatusCode: 503, Body: http.NoBody}, nil},
		"an answer that is empty": {&http.Response{StatusCode: 200, Body: http.NoBody}, nil},
		"an answer that breaks off": {
			&http.Response{StatusCode: 200, Body: io.NopCloser(failing{})}, nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sent := 0
				c := newTestClient(t, Config{}, "https://acme.example", quick(), roundTrip(func(req *http.Request) (*http.Response, error) {
					sent++
					time.Sleep(sendWithin)
					n, err := req.Body.Read(make([]byte, 1))
					assert.Zero(t, n)
					assert.ErrorIs(t, err, gate.ErrLate)
					_, err = req.GetBody()
					assert.ErrorIs(t, err, gate.ErrLate)
					return test.resp, test.err
				}))
				assertLate(t, c.Do(t.Context(), fenced(sendWithin)))
				assert.Equal(t, 1, sent)
			})
		})
	}
}

// TestFenceAndAnOrder has a vendor that made an order although the body was
// refused: what has an id is an order.
func TestFenceAndAnOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newTestClient(t, Config{}, "https://acme.example", quick(), roundTrip(func(req *http.Request) (*http.Response, error) {
			time.Sleep(sendWithin)
			return (&answering{status: 200, body: goodThing}).RoundTrip(req)
		}))
		call := fenced(sendWithin)
		require.NoError(t, c.Do(t.Context(), call))
		assert.Equal(t, &thing{"7"}, call.Into)
	})
}

// TestFenceIsKept refuses the first dials. Begin is called once, and its fence
// holds for all attempts.
func TestFenceIsKept(t *testing.T) {
	for _, test := range []struct {
		name    string
		refused int32         // dials
		every   time.Duration // how long a refused dial takes
		late    bool
	}{
		{"in time", tries - 1, 5 * time.Second, false},
		{"too late", tries - 1, 8 * time.Second, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newPipes()
				var dials atomic.Int32
				srv := serve(t, l, raw(good, false))
				defer srv.stopOnce()
				transport := pipeTransport(l)
				dial := transport.DialContext
				transport.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
					if dials.Add(1) <= test.refused {
						if err := waiting(test.every).Wait(ctx); err != nil {
							return nil, err
						}
						return nil, errLost
					}
					return dial(ctx, network, addr)
				}
				c := newTestClient(t, Config{}, "http://localhost", quick(), transport)
				call := fenced(sendWithin)
				n := begun(call)
				err := c.Do(t.Context(), call)
				assert.EqualValues(t, 1, n.Load())
				if test.late {
					assertLate(t, err)
					assert.Empty(t, srv.requests())
				} else {
					require.NoError(t, err)
					assert.Len(t, srv.requests(), 1)
				}
			})
		})
	}
}

// TestFenceIsNotSleptInto asserts that no retry waits for a time at which the
// fence would refuse it.
func TestFenceIsNotSleptInto(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		opts := quick()
		opts.Retry = numbers.Retry{Attempts: tries, MinWait: 1000 * time.Hour, MaxWait: 1000 * time.Hour}
		sent := 0
		c := newTestClient(t, Config{}, "https://acme.example", opts, roundTrip(func(*http.Request) (*http.Response, error) {
			sent++
			return nil, errLost
		}))
		before := time.Now()
		err := c.Do(t.Context(), fenced(time.Second))
		assertUnsent(t, err, numbers.ErrUnreachable)
		assert.ErrorIs(t, err, errLost)
		assert.Equal(t, 1, sent)
		assert.Zero(t, time.Since(before))
	})
}

// TestNoFence asserts that a zero SendBy is no fence.
func TestNoFence(t *testing.T) {
	opts := quick()
	virtual(t, Config{}, opts, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, goodThing)
	}, func(t *testing.T, c *Client) {
		call := fenced(0)
		call.Begin = func(context.Context) (time.Time, error) { return time.Time{}, nil }
		require.NoError(t, c.Do(t.Context(), call))
	})
}

// TestFenceHTTP2 lets the time be over when the headers have left: a server gets
// no stream whole. One that answers the headers alone has no purchase.
func TestFenceHTTP2(t *testing.T) {
	refused := func(s h2Stream, _ int) bool { // 500, in HPACK's static table
		return writeFrame(s, frame{frameHeaders, flagEndHeaders | flagEnd, s.id, []byte{0x8e}})
	}
	for name, test := range map[string]struct {
		early  bool
		answer func(h2Stream, int) bool
	}{
		"silent":            {false, h2Stream.good},
		"refuses early":     {true, refused},
		"resets early":      {true, resetStream(codeRefusedStream)},
		"goes away early":   {true, goAway(func(uint32) uint32 { return 0 }, codeNo)},
		"hangs up early":    {true, func(h2Stream, int) bool { return false }},
		"resets, protocol":  {true, resetStream(codeProtocol)},
		"processed, leaves": {true, goAway(func(id uint32) uint32 { return id }, codeNo)},
	} {
		t.Run(name, func(t *testing.T) {
			const within = 100 * time.Millisecond
			srv, transport := serveH2(t, test.early, func(s h2Stream, n int) bool {
				time.Sleep(within + 50*time.Millisecond) // what answers in time has perhaps been asked
				return test.answer(s, n)
			})
			c := newTestClient(t, Config{}, srv.url(), quick(), transport)
			call := fenced(time.Hour)
			var sendBy atomic.Int64
			call.Begin = func(context.Context) (time.Time, error) {
				at := time.Now().Add(within)
				sendBy.Store(at.UnixNano())
				return at, nil
			}
			n := begun(call)
			ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{WroteHeaders: func() {
				time.Sleep(time.Until(time.Unix(0, sendBy.Load())) + 20*time.Millisecond)
			}})
			err := c.Do(ctx, call)
			_, whole := srv.counts()
			assert.Zero(t, whole)
			assert.EqualValues(t, 1, n.Load())
			assertLate(t, err)
		})
	}
}

// TestFenceOnWire lets the time be over when a connection is there: no request
// is written, over TLS neither.
func TestFenceOnWire(t *testing.T) {
	server, client := testTLS(t)
	client.ServerName = "example.com"
	for _, scheme := range []string{"http", "https"} {
		t.Run(scheme, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newPipes()
				transport := pipeTransport(l)
				var listener net.Listener = l
				if scheme == "https" {
					listener, transport.TLSClientConfig = tls.NewListener(l, server), client
				}
				srv := serve(t, listener, raw(good, false))
				c := newTestClient(t, Config{}, scheme+"://localhost", quick(), transport)
				waits, before := 0, time.Now()
				ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) {
					waits++
					time.Sleep(20 * time.Second)
				}})
				assertLate(t, c.Do(ctx, fenced(sendWithin)))
				assert.Equal(t, 20*time.Second, time.Since(before))
				assert.Equal(t, 1, waits)
				srv.stopOnce()
				assert.Empty(t, srv.requests())
			})
		})
	}
}
