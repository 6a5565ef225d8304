package api

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
)

func export() *Call {
	return &Call{Op: "Export", Class: Read, Method: http.MethodGet, Path: "/export", Accept: "text/csv"}
}

// downloading runs a test of a download of the body that write writes after
// the headers, with a stall limit of 10 seconds.
func downloading(t *testing.T, write func(c net.Conn), test func(t *testing.T, c *Client, srv *rawServer)) {
	t.Helper()
	inBubble(t, func(t *testing.T) {
		l := newPipes()
		srv := serve(t, l, func(c net.Conn, _ int, _ received) bool {
			_, err := io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\nTransfer-Encoding: chunked\r\n\r\n")
			if err == nil {
				write(c)
			}
			return false
		})
		opts := quick()
		opts.HTTPClient = &http.Client{Timeout: 10 * time.Second}
		test(t, newTestClient(t, Config{}, "http://localhost", opts, pipeTransport(l)), srv)
		srv.stopOnce()
	})
}

func lines(n int, pause time.Duration) func(net.Conn) {
	return func(c net.Conn) {
		for range n {
			time.Sleep(pause) // virtual
			if _, err := io.WriteString(c, "2\r\nx\n\r\n"); err != nil {
				return
			}
		}
		_, _ = io.WriteString(c, "0\r\n\r\n")
	}
}

// TestDownloadSlow is a download that takes far longer than the limit of an
// attempt, but never stalls.
func TestDownloadSlow(t *testing.T) {
	downloading(t, lines(100, 9*time.Second), func(t *testing.T, c *Client, _ *rawServer) {
		d, err := c.Download(t.Context(), export())
		require.NoError(t, err)
		body, err := io.ReadAll(d.Body)
		require.NoError(t, err)
		assert.Equal(t, strings.Repeat("x\n", 100), string(body))
		assert.NoError(t, d.Body.Close())
		assert.NoError(t, d.Body.Close(), "twice is once")
		assert.Equal(t, "text/csv", d.ContentType)
	})
}

// TestDownloadSlowReader has a caller who takes his time: that is no stall of
// the vendor's.
func TestDownloadSlowReader(t *testing.T) {
	downloading(t, lines(5, 0), func(t *testing.T, c *Client, _ *rawServer) {
		d, err := c.Download(t.Context(), export())
		require.NoError(t, err)
		defer d.Body.Close()
		for range 5 {
			time.Sleep(time.Hour)
			_, err := io.ReadFull(d.Body, make([]byte, 2))
			require.NoError(t, err)
		}
		n, err := d.Body.Read(make([]byte, 1))
		assert.Zero(t, n)
		assert.Equal(t, io.EOF, err)
	})
}

func TestDownloadStalls(t *testing.T) {
	downloading(t, func(c net.Conn) {
		_, _ = io.WriteString(c, "2\r\nx\n\r\n")
		time.Sleep(time.Hour)
	}, func(t *testing.T, c *Client, srv *rawServer) {
		d, err := c.Download(t.Context(), export())
		require.NoError(t, err)
		defer d.Body.Close()
		began := time.Now()
		body, err := io.ReadAll(d.Body)
		assert.Equal(t, "x\n", string(body))
		assert.ErrorIs(t, err, context.DeadlineExceeded)
		assert.NotErrorIs(t, err, context.Canceled, "the caller cancelled nothing")
		assert.Equal(t, 10*time.Second, time.Since(began))
		assert.Len(t, srv.requests(), 1, "what was begun is not begun anew")
	})
}

// TestDownloadBreaksOff asserts that a body that ends too early is no end.
func TestDownloadBreaksOff(t *testing.T) {
	downloading(t, func(c net.Conn) { _, _ = io.WriteString(c, "2\r\nx\n\r\n5\r\nab") }, func(t *testing.T, c *Client, _ *rawServer) {
		d, err := c.Download(t.Context(), export())
		require.NoError(t, err)
		defer d.Body.Close()
		body, err := io.ReadAll(d.Body)
		assert.Equal(t, "x\nab", string(body))
		assert.ErrorIs(t, err, io.ErrUnexpectedEOF)
	})
}

func TestDownloadCancelled(t *testing.T) {
	because := errors.New("the caller went home")
	downloading(t, lines(1000, time.Second), func(t *testing.T, c *Client, _ *rawServer) {
		ctx, cancel := context.WithCancelCause(t.Context())
		d, err := c.Download(ctx, export())
		require.NoError(t, err)
		defer d.Body.Close()
		time.AfterFunc(5*time.Second+1, func() { cancel(because) })
		body, err := io.ReadAll(d.Body)
		assert.Len(t, string(body), 10)
		assert.ErrorIs(t, err, context.Canceled)
		assert.ErrorIs(t, err, because)
	})
}

// TestDownloadClosed closes in the middle, also from another goroutine while a
// read waits. The bubble fails if a goroutine or a timer is left.
func TestDownloadClosed(t *testing.T) {
	downloading(t, lines(1000, 5*time.Second), func(t *testing.T, c *Client, _ *rawServer) {
		d, err := c.Download(t.Context(), export())
		require.NoError(t, err)
		require.NoError(t, d.Body.Close())
		_, err = d.Body.Read(make([]byte, 1))
		assert.Error(t, err)

		d, err = c.Download(t.Context(), export())
		require.NoError(t, err)
		failed := make(chan error)
		go func() {
			_, err := io.ReadAll(d.Body)
			failed <- err
		}()
		synctest.Wait()
		began := time.Now()
		require.NoError(t, d.Body.Close())
		assert.ErrorIs(t, <-failed, context.Canceled)
		assert.Zero(t, time.Since(began), "neither waits for the vendor")
	})
}

// TestDownloadRefused asserts that errors are read, capped and classified as
// of any call, and that the tries are the same.
func TestDownloadRefused(t *testing.T) {
	for status, want := range map[int]struct {
		kind error
		sent int
	}{404: {numbers.ErrVendor, 1}, 503: {numbers.ErrVendor, tries}, 429: {numbers.ErrRateLimited, tries}, 302: {numbers.ErrVendor, 1}} {
		vendor := &answering{status: status, body: `{"why":"because"}`}
		cfg := Config{Refusal: func(a *Answer) Refusal { return Refusal{Message: string(a.Body)} }}
		c := newTestClient(t, cfg, "https://acme.example", quick(), vendor)
		d, err := c.Download(t.Context(), export())
		assert.Nil(t, d)
		assertDefinite(t, err, want.kind)
		assert.Equal(t, `{"why":"because"}`, asError(t, err).Message)
		assert.Equal(t, want.sent, vendor.sent)
	}
	vendor := &answering{status: 503, body: strings.Repeat(" ", 1<<20+1)}
	c := newTestClient(t, Config{}, "https://acme.example", quick(), vendor)
	_, err := c.Download(t.Context(), export())
	assert.ErrorIs(t, err, errTooLarge)
	assert.Equal(t, 1, vendor.sent)
}

func TestDownloadHead(t *testing.T) {
	for disposition, want := range map[string]string{
		"":                                      "",
		`attachment; filename="numbers.csv"`:    "numbers.csv",
		`attachment; filename*=UTF-8''n%20.csv`: "n .csv",
		`attachment`:                            "",
		`"; filename=x`:                         "",
	} {
		vendor := &answering{status: 200, body: "a,b", header: http.Header{"Content-Disposition": {disposition}, "Content-Type": {"text/csv; charset=utf-8"}}}
		c := newTestClient(t, Config{}, "https://acme.example", quick(), roundTrip(func(req *http.Request) (*http.Response, error) {
			assert.Equal(t, "text/csv", req.Header.Get("Accept"))
			return vendor.RoundTrip(req)
		}))
		d, err := c.Download(t.Context(), export())
		require.NoError(t, err)
		assert.Equal(t, want, d.Filename)
		assert.Equal(t, "text/csv; charset=utf-8", d.ContentType)
		body, err := io.ReadAll(d.Body)
		require.NoError(t, err)
		assert.Equal(t, "a,b", string(body))
		d.Body.Close()
	}
}

// TestDownloadHasNoCap reads more than any cap.
func TestDownloadHasNoCap(t *testing.T) {
	opts := quick()
	opts.MaxBodyBytes = 10
	c := newTestClient(t, Config{}, "https://acme.example", opts, &answering{status: 200, body: strings.Repeat("x", 1000)})
	d, err := c.Download(t.Context(), export())
	require.NoError(t, err)
	body, err := io.ReadAll(d.Body)
	require.NoError(t, err)
	assert.Len(t, body, 1000)
	d.Body.Close()
}

// TestDownloadAfter401 renews the credential as any read does.
func TestDownloadAfter401(t *testing.T) {
	var logins atomic.Int32
	tokens := &Tokens{Apply: bearer, Login: func(context.Context, Token) (Token, error) {
		return Token{Value: []string{"first-token", "second-token"}[logins.Add(1)-1]}, nil
	}}
	c := newTestClient(t, Config{Auth: tokens}, "https://acme.example", quick(), roundTrip(func(req *http.Request) (*http.Response, error) {
		if req.Header.Get("Authorization") == "Bearer first-token" {
			return (&answering{status: 401}).RoundTrip(req)
		}
		return (&answering{status: 200, body: "a"}).RoundTrip(req)
	}))
	d, err := c.Download(t.Context(), export())
	require.NoError(t, err)
	d.Body.Close()
	assert.EqualValues(t, 2, logins.Load())
}
