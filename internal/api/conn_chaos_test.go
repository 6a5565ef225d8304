package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptrace"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
)

// chaos is a vendor that resets and closes connections at any moment.
type chaos struct {
	*rawServer
	mu     sync.Mutex
	random *rand.Rand
}

func newChaos(t *testing.T, seed uint64) *chaos {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	v := &chaos{random: rand.New(rand.NewPCG(seed, 0))}
	v.rawServer = &rawServer{acceptor: acceptor{listener: l}, answer: v.answer}
	v.wg.Go(func() {
		v.accept(func(c net.Conn) {
			if v.n(20) == 0 {
				_ = c.(*net.TCPConn).SetLinger(0)
				c.Close()
				return
			}
			v.converse(c)
		})
	})
	t.Cleanup(v.stopOnce)
	return v
}

// n is a random number below most.
func (v *chaos) n(most int) int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.random.IntN(most)
}

func (v *chaos) answer(c net.Conn, n int, r received) bool {
	var answer func(net.Conn, int, received) bool
	switch v.n(20) {
	default:
		answer = raw(good, true)
	case 0, 1:
		answer = raw(good, false)
	case 2, 3:
		_, _ = io.WriteString(c, good)
		answer = reset
	case 4:
		answer = raw("", false)
	case 5:
		answer = reset
	case 6:
		answer = raw("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{\"id", false)
	case 7:
		answer = plainStatus(503)
	case 8:
		answer = raw("HTTP/1.1 307 X\r\nLocation: /orders\r\nContent-Length: 0\r\n\r\n", true)
	case 9, 10:
		time.Sleep(time.Duration(v.n(1000)) * time.Microsecond)
		answer = raw(good, true)
	}
	return answer(c, n, r)
}

// counts are the purchases of a run, by what the caller was told.
type counts struct {
	sync.Mutex
	done, unsent, unknown int
	lost                  int // unknown ones that the vendor never got
}

// TestPurchasesInChaos makes thousands of purchases that are canceled and cut off at
// random, in one piece and in two: none arrives twice, and none arrives of which the
// caller was told that it was not sent.
func TestPurchasesInChaos(t *testing.T) {
	purchases := 3000
	if testing.Short() {
		purchases = 300
	}
	for _, whole := range []bool{false, true} {
		t.Run(fmt.Sprintf("in one piece %t", whole), func(t *testing.T) {
			v := newChaos(t, 1)
			c := newTestClient(t, Config{}, v.url(), quick(), &http.Transport{MaxIdleConnsPerHost: 8})
			c.plain = whole
			outcomes := make([]error, purchases)
			var wg sync.WaitGroup
			const workers = 8
			for w := range workers {
				wg.Go(func() {
					random := rand.New(rand.NewPCG(2, uint64(w)))
					for i := w; i < purchases; i += workers {
						outcomes[i] = chaoticPurchase(t.Context(), c, i, random)
					}
				})
			}
			wg.Wait()
			v.stopOnce()
			got := map[string]int{}
			for _, r := range v.requests() {
				got[r.body]++
			}
			var n counts
			for i, err := range outcomes {
				n.count(t, err, got[fmt.Sprintf(`{"id":"%d"}`, i)])
			}
			t.Logf("%d done, %d not sent, %d unknown, of which %d never arrived", n.done, n.unsent, n.unknown, n.lost)
			for _, times := range []int{n.done, n.unsent, n.unknown} {
				assert.Greater(t, times, purchases/50, "the chaos is none")
			}
		})
	}
}

func (n *counts) count(t *testing.T, err error, arrived int) {
	t.Helper()
	switch {
	case err == nil:
		n.done++
		assert.Equal(t, 1, arrived)
	case errors.Is(err, numbers.ErrOutcomeUnknown):
		n.unknown++
		n.lost += 1 - arrived
		assert.LessOrEqual(t, arrived, 1)
	default:
		n.unsent++
		assert.Zero(t, arrived, err)
	}
}

// chaoticPurchase buys, and perhaps changes its mind at some moment.
func chaoticPurchase(ctx context.Context, c *Client, i int, random *rand.Rand) error {
	call := buy(thing{fmt.Sprint(i)})()
	soon := func() time.Duration { return time.Duration(random.IntN(500)) * time.Microsecond }
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	switch random.IntN(8) {
	case 0, 1:
		defer time.AfterFunc(soon(), cancel).Stop()
	case 2:
		d := soon()
		call.Begin = func(context.Context) (time.Time, error) { return time.Now().Add(d), nil }
	case 3:
		ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { cancel() }})
	case 4:
		ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteHeaderField: func(string, []string) { cancel() }})
	}
	return c.Do(ctx, call)
}
