package api

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
)

// sizedJSON is a JSON object of n bytes.
func sizedJSON(n int) string { return `{"id":"` + strings.Repeat("x", n-9) + `"}` }

// TestCaps goes to the boundary of each cap and one byte over it, with a
// length announced or not.
func TestCaps(t *testing.T) {
	for _, test := range []struct {
		name   string
		option int64
		status int
		limit  int
	}{
		{"default", 0, 200, 32 << 20},
		{"default for errors", 0, 500, 1 << 20},
		{"more than the default", 33 << 20, 200, 33 << 20},
		{"more than the default, errors", 33 << 20, 404, 1 << 20},
		{"less", 100, 200, 100},
		{"less, errors", 100, 404, 100},
		{"between", 2 << 20, 302, 1 << 20},
	} {
		for _, length := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s/%v", test.name, length), func(t *testing.T) {
				size, sent := 0, 0
				c := handle(t, Config{}, &numbers.ClientOptions{MaxBodyBytes: test.option}, func(w http.ResponseWriter, _ *http.Request) {
					sent++
					if length {
						w.Header().Set("Content-Length", strconv.Itoa(size))
					}
					w.WriteHeader(test.status)
					_, _ = io.WriteString(w, sizedJSON(size))
				})
				size = test.limit
				got, err := Get[thing](t.Context(), c, read1())
				if test.status == 200 {
					require.NoError(t, err)
					assert.Len(t, got.ID, size-9)
				} else {
					require.Error(t, err)
					assert.NotErrorIs(t, err, errTooLarge)
				}
				assert.Equal(t, 1, sent)

				size, sent = test.limit+1, 0
				_, err = Get[thing](t.Context(), c, read1())
				assertDefinite(t, err, numbers.ErrVendor)
				assert.ErrorIs(t, err, errTooLarge)
				assert.Equal(t, test.status, asError(t, err).Status)
				assert.Equal(t, 1, sent, "it would be as large the next time")

				call, before := buy(map[string]string{})(), time.Now()
				err = c.Do(t.Context(), call)
				assertUnknown(t, err, call, before)
				assert.ErrorIs(t, err, errTooLarge)
			})
		}
	}
}

// TestNoCap asserts that the largest number is no overflow.
func TestNoCap(t *testing.T) {
	opts := quick()
	opts.MaxBodyBytes = math.MaxInt64
	c := handle(t, Config{}, opts, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, goodThing) })
	got, err := Get[thing](t.Context(), c, read1())
	require.NoError(t, err)
	assert.Equal(t, "7", got.ID)
}

// TestHeadOfLargeBody asserts that the length of what HEAD does not send is no
// reason to refuse.
func TestHeadOfLargeBody(t *testing.T) {
	c := handle(t, Config{}, quick(), func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", strconv.Itoa(1<<40))
	})
	assert.NoError(t, c.Do(t.Context(), &Call{Class: Read, Method: http.MethodHead, Path: "/"}))
}

// TestGzip asserts that compressed answers are read, and that the cap counts
// what they become: a bomb does not fill the memory.
func TestGzip(t *testing.T) {
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	zeros := make([]byte, 1<<20)
	for range 256 {
		_, err := z.Write(zeros)
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	require.Less(t, bomb.Len(), 1<<20, "it would not be a bomb")

	body, sent := bomb.Bytes(), 0
	c := handle(t, Config{}, quick(), func(w http.ResponseWriter, r *http.Request) {
		sent++
		assert.Equal(t, "gzip", r.Header.Get("Accept-Encoding"))
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(body)
	})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	err := c.Do(t.Context(), read1())
	runtime.ReadMemStats(&after)
	assertDefinite(t, err, numbers.ErrVendor)
	assert.ErrorIs(t, err, errTooLarge)
	assert.Equal(t, 1, sent)
	assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(200<<20), "it was unpacked whole")

	bomb.Reset()
	z = gzip.NewWriter(&bomb)
	_, err = io.WriteString(z, goodThing)
	require.NoError(t, err)
	require.NoError(t, z.Close())
	body = bomb.Bytes()
	got, err := Get[thing](t.Context(), c, read1())
	require.NoError(t, err)
	assert.Equal(t, "7", got.ID)

	body = body[:len(body)-5]
	call, start := buy(map[string]string{})(), time.Now()
	assertUnknown(t, c.Do(t.Context(), call), call, start)
}

// TestAnnouncedLength has a server that announces much and sends nothing.
func TestAnnouncedLength(t *testing.T) {
	srv := serveTCP(t, raw("HTTP/1.1 200 OK\r\nContent-Length: 33554432\r\n\r\n", false))
	opts := quick()
	opts.Retry.Attempts = 20
	c := newTestClient(t, Config{}, srv.url(), opts, nil)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	require.Error(t, c.Do(t.Context(), read1()))
	runtime.ReadMemStats(&after)
	assert.Len(t, srv.requests(), 20)
	assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(128<<20))
}

// TestStalls is about time within one attempt: its limit is for the whole of
// it, so that a body that drips is over in time, too.
func TestStalls(t *testing.T) {
	const limit = 10 * time.Second
	drip := func(c net.Conn, text string, pause time.Duration) {
		for i := range len(text) {
			time.Sleep(pause) // virtual
			if _, err := io.WriteString(c, text[i:i+1]); err != nil {
				return
			}
		}
	}
	for name, test := range map[string]struct {
		answer func(c net.Conn)
		ok     bool
		kind   error
		status int
	}{
		"slow, but in time": {func(c net.Conn) { drip(c, good, limit/100) }, true, nil, 0},
		"stalled headers":   {func(net.Conn) { time.Sleep(time.Hour) }, false, numbers.ErrUnreachable, 0},
		"dripping headers":  {func(c net.Conn) { drip(c, good, time.Second) }, false, numbers.ErrUnreachable, 0},
		"stalled body": {func(c net.Conn) {
			_, _ = io.WriteString(c, good[:len(good)-1])
			time.Sleep(time.Hour)
		}, false, numbers.ErrVendor, 200},
		"dripping body": {func(c net.Conn) {
			_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
			drip(c, strings.Repeat("1\r\n \r\n", 1000), time.Second)
		}, false, numbers.ErrVendor, 200},
		"dripping refusal": {func(c net.Conn) {
			_, _ = io.WriteString(c, "HTTP/1.1 404 No\r\nContent-Length: 1000\r\n\r\n")
			drip(c, strings.Repeat(" ", 1000), time.Second)
		}, false, numbers.ErrVendor, 404},
		"informational answers without end": {func(c net.Conn) {
			drip(c, strings.Repeat("HTTP/1.1 102 Processing\r\n\r\n", 1000), time.Second)
		}, false, numbers.ErrUnreachable, 0},
	} {
		for _, download := range []bool{false, true} {
			if download && test.status == 200 {
				continue // TestDownload has those
			}
			t.Run(fmt.Sprintf("%s/%v", name, download), func(t *testing.T) {
				inBubble(t, func(t *testing.T) {
					l := newPipes()
					srv := serve(t, l, func(c net.Conn, _ int, _ received) bool {
						test.answer(c)
						return false
					})
					opts := quick()
					opts.HTTPClient = &http.Client{Timeout: limit}
					c := newTestClient(t, Config{}, "http://localhost", opts, pipeTransport(l))
					began := time.Now()
					var err error
					if download {
						var d *numbers.Download
						if d, err = c.Download(t.Context(), read1()); err == nil {
							_, err = io.ReadAll(d.Body)
							d.Body.Close()
						}
					} else {
						_, err = Get[thing](t.Context(), c, read1())
					}
					took := time.Since(began)
					srv.stopOnce()
					if test.ok {
						require.NoError(t, err)
						return
					}
					assertDefinite(t, err, test.kind)
					assert.ErrorIs(t, err, errTimeout)
					assert.NotErrorIs(t, err, errAlreadySent)
					assert.Equal(t, test.status, asError(t, err).Status)
					assert.Len(t, srv.requests(), tries)
					assert.InDelta(t, tries*limit, took, float64(10*time.Millisecond), "but for the jitter between the tries")
				})
			})
		}
	}
}
