package api

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/gate"
	"github.com/tnkit/tnkit/numbers"
)

// sizedAnswers is a transport whose answers are as long as they should be.
type sizedAnswers struct {
	status, size, sent int
	length             bool // announced
	read               int
}

func (s *sizedAnswers) RoundTrip(req *http.Request) (*http.Response, error) {
	s.sent++
	if req.Body != nil {
		_, _ = io.ReadAll(req.Body)
	}
	s.read = 0
	resp := &http.Response{StatusCode: s.status, Body: io.NopCloser(&counted{strings.NewReader(strings.Repeat(" ", s.size)), &s.read}), ContentLength: -1}
	if s.length {
		resp.ContentLength = int64(s.size)
	}
	return resp, nil
}

type counted struct {
	io.Reader
	n *int
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	*c.n += n
	return n, err
}

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
		{"more than the default, errors", 33 << 20, 404, 1 << 20},
		{"less", 100, 200, 100},
		{"less, errors", 100, 404, 100},
		{"between", 2 << 20, 302, 1 << 20},
		{"one", 1, 200, 1},
	} {
		for _, length := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s/%v", test.name, length), func(t *testing.T) {
				vendor := &sizedAnswers{status: test.status, size: test.limit, length: length}
				opts := quick()
				opts.MaxBodyBytes = test.option
				c := newTestClient(t, Config{}, "https://acme.example", opts, vendor)
				err := c.Do(t.Context(), read1())
				if test.status == 200 {
					require.NoError(t, err)
				} else {
					require.Error(t, err)
					assert.NotErrorIs(t, err, errTooLarge)
				}
				assert.Equal(t, 1, vendor.sent)
				assert.Equal(t, test.limit, vendor.read)

				vendor.size, vendor.sent = test.limit+1, 0
				err = c.Do(t.Context(), read1())
				assertDefinite(t, err, numbers.ErrVendor)
				assert.ErrorIs(t, err, errTooLarge)
				assert.Equal(t, test.status, asError(t, err).Status)
				assert.Equal(t, 1, vendor.sent, "it would be as large the next time")
				if length {
					assert.Zero(t, vendor.read, "what is announced need not be read")
				}

				if test.limit < 1<<20 {
					call, before := buy(map[string]string{})(), time.Now()
					err = c.Do(t.Context(), call)
					assertUnknown(t, err, call, before)
					assert.ErrorIs(t, err, errTooLarge)
				}
			})
		}
	}
	c, err := New(Config{BaseURL: "https://acme.example"}, &numbers.ClientOptions{MaxBodyBytes: 33 << 20})
	require.NoError(t, err)
	assert.EqualValues(t, 33<<20, c.maxBody, "it may be more than the default")
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
		w.Header().Set("Content-Length", strconv.FormatInt(1<<40, 10))
	})
	assert.NoError(t, c.Do(t.Context(), &Call{Class: Read, Method: http.MethodHead, Path: "/"}))
}

// TestGzip asserts that compressed answers are read, and that the cap counts
// what they become: a bomb does not fill the memory.
func TestGzip(t *testing.T) {
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	zeros := make([]byte, 1<<20)
	for range 8 {
		_, err := z.Write(zeros)
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	require.Less(t, bomb.Len(), 1<<16, "it would not be a bomb")

	body := bomb.Bytes()
	opts := quick()
	opts.MaxBodyBytes = 1 << 20
	c := handle(t, Config{}, opts, func(w http.ResponseWriter, r *http.Request) {
		assert.Equal(t, "gzip", r.Header.Get("Accept-Encoding"))
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(body)
	})
	inner, sent, unpacked := c.transport, 0, 0
	c.transport = roundTrip(func(req *http.Request) (*http.Response, error) {
		sent++
		resp, err := inner.RoundTrip(req)
		if err == nil {
			resp.Body = struct {
				io.Reader
				io.Closer
			}{&counted{resp.Body, &unpacked}, resp.Body}
		}
		return resp, err
	})
	err := c.Do(t.Context(), read1())
	assertDefinite(t, err, numbers.ErrVendor)
	assert.ErrorIs(t, err, errTooLarge)
	assert.Equal(t, 1, sent)
	assert.Equal(t, 1<<20+1, unpacked)

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

// TestAnnouncedLength has a server that announces much and sends nothing: that
// is no reason to make room for it.
func TestAnnouncedLength(t *testing.T) {
	f := &exchange{c: &Client{maxBody: 32 << 20}, call: read1(), buf: new(bytes.Buffer)}
	for _, length := range []int64{1, keep - bytes.MinRead, keep, 32 << 20} {
		_, err := f.readBody(&http.Response{StatusCode: 200, ContentLength: length, Body: http.NoBody})
		require.NoError(t, err)
		assert.LessOrEqual(t, f.buf.Cap(), keep)
	}
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
					assert.NotErrorIs(t, err, gate.ErrSent)
					assert.Equal(t, test.status, asError(t, err).Status)
					assert.Len(t, srv.requests(), tries)
					assert.InDelta(t, tries*limit, took, float64(10*time.Millisecond), "but for the jitter between the tries")
				})
			})
		}
	}
}
