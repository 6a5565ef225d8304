package api

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
)

// TestHTTPClientIsCopied asserts that a caller's client comes out as it went
// in, and that its jar and its redirect policy are not used.
func TestHTTPClientIsCopied(t *testing.T) {
	srv := serveTCP(t, func(c net.Conn, n int, r received) bool {
		if n == 1 {
			return raw("HTTP/1.1 302 Found\r\nLocation: /b\r\nSet-Cookie: session=1; Path=/\r\nContent-Length: 0\r\n\r\n", true)(c, n, r)
		}
		return raw(good, true)(c, n, r)
	})
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	origin, err := url.Parse(srv.url())
	require.NoError(t, err)
	jar.SetCookies(origin, []*http.Cookie{{Name: "mine", Value: "private"}})
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	mine := &http.Client{
		Transport: transport, Jar: jar, Timeout: 5 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { panic("it was asked") },
	}
	opts := quick()
	opts.BaseURL, opts.HTTPClient = srv.url(), mine
	c, err := New(Config{Vendor: "acme"}, opts)
	require.NoError(t, err)
	require.NoError(t, c.Do(t.Context(), read1()))
	require.Len(t, srv.requests(), 2)
	for _, r := range srv.requests() {
		assert.Empty(t, r.Header["Cookie"])
	}
	assert.Same(t, transport, mine.Transport)
	assert.Same(t, jar, mine.Jar)
	assert.Equal(t, 5*time.Second, mine.Timeout)
	assert.NotNil(t, mine.CheckRedirect)
	assert.Len(t, jar.Cookies(origin), 1, "nothing was put in")
	assert.Equal(t, 5*time.Second, c.timeout)

	// The options are not kept, either.
	opts.UserAgent, mine.Transport = "changed", nil
	require.NoError(t, c.Do(t.Context(), read1()))
	assert.Equal(t, userAgent, srv.requests()[2].Header.Get("User-Agent"))
}

func TestDefaults(t *testing.T) {
	for _, opts := range []*numbers.ClientOptions{nil, {}, {HTTPClient: &http.Client{}}, {HTTPClient: http.DefaultClient}} {
		c, err := New(Config{Vendor: "acme", BaseURL: "https://acme.example/v2"}, opts)
		require.NoError(t, err)
		assert.Equal(t, http.DefaultTransport, c.transport)
		assert.Equal(t, time.Minute, c.timeout)
		assert.EqualValues(t, 32<<20, c.maxBody)
		assert.EqualValues(t, 1<<20, c.maxError)
		assert.Equal(t, "acme.example", c.base.Host)
	}
}

func TestOptionsRefused(t *testing.T) {
	for field, opts := range map[string]*numbers.ClientOptions{
		"MaxBodyBytes": {MaxBodyBytes: -1},
		"UserAgent":    {UserAgent: "me\r\nX-Evil: 1"},
		"Retry":        {Retry: numbers.Retry{Attempts: -1}},
		"BaseURL":      {BaseURL: "http://acme.example"},
	} {
		_, err := New(Config{Vendor: "acme", BaseURL: "https://acme.example"}, opts)
		assertDefinite(t, err, numbers.ErrInvalid)
		assert.Equal(t, field, asError(t, err).Field)
		assert.Equal(t, "acme", asError(t, err).Vendor)
	}
}

func TestUserAgent(t *testing.T) {
	srv := serveTCP(t, raw(good, true))
	opts := quick()
	opts.UserAgent = "myapp/1.0 (me@example.com)"
	require.NoError(t, newTestClient(t, Config{}, srv.url(), opts, nil).Do(t.Context(), read1()))
	assert.Equal(t, "myapp/1.0 (me@example.com) "+userAgent, srv.requests()[0].Header.Get("User-Agent"))
}

// closing counts who closes its idle connections.
type closing struct {
	http.RoundTripper
	closed int
}

func (c *closing) CloseIdleConnections() { c.closed++ }

// TestIdleConnectionsStay asserts that a failure does not close the
// connections of others who share the transport.
func TestIdleConnectionsStay(t *testing.T) {
	for _, op := range operations() {
		lost := roundTrip(func(*http.Request) (*http.Response, error) { return nil, errLost })
		for name, inner := range map[string]http.RoundTripper{
			"lost": lost, "500": &answering{status: 500}, "503": &answering{status: 503}, "302": &answering{status: 302, header: http.Header{"Location": {"/"}}},
		} {
			t.Run(op.name+"/"+name, func(t *testing.T) {
				transport := &closing{RoundTripper: inner}
				c := newTestClient(t, Config{}, "https://acme.example", quick(), transport)
				require.Error(t, c.Do(t.Context(), op.call()))
				ctx, cancel := context.WithCancel(t.Context())
				cancel()
				require.Error(t, c.Do(ctx, op.call()))
				assert.Zero(t, transport.closed)
			})
		}
	}
}

// TestConnectionsAreReused asserts that every answer that is read to its end
// leaves its connection to the next call.
func TestConnectionsAreReused(t *testing.T) {
	for name, test := range map[string]struct {
		status int
		body   string
		fresh  bool
	}{
		"success":           {200, goodThing, false},
		"success, spaces":   {200, goodThing + strings.Repeat(" ", 1<<16), false},
		"no content":        {204, "", false},
		"created, no JSON":  {201, "<html>", false},
		"not found":         {404, `{"error":"no"}`, false},
		"refused at length": {422, strings.Repeat("x", 1<<18), false},
		"redirect":          {302, "elsewhere", false},
		"gateway":           {502, "<html>", false},
		"unauthorized":      {401, "", false},
		"over the cap":      {500, strings.Repeat("x", 2<<20), true},
	} {
		for _, op := range operations() {
			t.Run(name+"/"+op.name, func(t *testing.T) {
				c := handle(t, Config{Auth: secretAuth()}, quick(), func(w http.ResponseWriter, _ *http.Request) {
					w.WriteHeader(test.status)
					_, _ = io.WriteString(w, test.body)
				})
				var mu sync.Mutex
				var reused []bool
				ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{GotConn: func(i httptrace.GotConnInfo) {
					mu.Lock()
					defer mu.Unlock()
					reused = append(reused, i.Reused)
				}})
				for range 3 {
					_ = c.Do(ctx, op.call())
				}
				require.GreaterOrEqual(t, len(reused), 3)
				assert.False(t, reused[0])
				for _, r := range reused[1:] {
					assert.Equal(t, !test.fresh, r)
				}
			})
		}
	}
}

// TestConcurrentCalls has many goroutines share a client.
func TestConcurrentCalls(t *testing.T) {
	c := handle(t, Config{Auth: secretAuth()}, quick(), func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `{"id":%q}`, r.URL.Path)
	})
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Go(func() {
			id := fmt.Sprint(i)
			got, err := Get[thing](t.Context(), c, &Call{Class: Class(i % 3), Method: http.MethodPost, Path: "/{id}", Args: []string{id}, Body: struct{}{}})
			assert.NoError(t, err)
			assert.Equal(t, "/"+id, got.ID)
		})
	}
	wg.Wait()
}

func TestBaseURLRefused(t *testing.T) {
	for _, base := range []string{
		"http://acme.example", "http://10.0.0.1", "http://192.168.1.1:8080", "http://[fe80::1]", "http://0.0.0.0", "http://localhost.evil.example",
		"http://127.0.0.1.evil.example", "http://2130706433",
		"https://user@acme.example", "https://user:S3CRET@acme.example", "http://user:S3CRET@localhost", "https://:@acme.example",
		"https://acme.example?key=S3CRET", "https://acme.example/?", "https://acme.example#S3CRET", "https://acme.example/#",
		"https://", "https:///v2", "https://:8443", "https:acme.example", "//acme.example", "acme.example", "/v2", "ftp://acme.example",
		"file:///etc", "javascript:alert(1)", "https://acme.example:port", "https://[::1", "https://acme.example/%zz", " https://acme.example",
		"https://acme example", "https://acme.example\r\n", "https://acme.example/v2/..", "https://acme.example/./v2",
		"https://acme.example/%2e%2e/v2", "https://acme.example/a%2F..", `https://acme.example/a/%5C..`, "https://acme.example/..;x/v2",
	} {
		t.Run(base, func(t *testing.T) {
			_, err := New(Config{Vendor: "acme", BaseURL: "https://fine.example"}, &numbers.ClientOptions{BaseURL: base})
			assertDefinite(t, err, numbers.ErrInvalid)
			assert.Equal(t, "BaseURL", asError(t, err).Field)
			assert.NotContains(t, err.Error(), "S3CRET")
			assert.NotContains(t, err.Error(), "evil")
		})
	}
	_, err := New(Config{}, nil)
	assertDefinite(t, err, numbers.ErrInvalid)
}

func TestBaseURLAccepted(t *testing.T) {
	for base, want := range map[string]string{
		"https://acme.example":              "https://acme.example/a%2Fb",
		"https://acme.example/":             "https://acme.example/a%2Fb",
		"HTTPS://acme.example//":            "https://acme.example/a%2Fb",
		"https://acme.example:8443/v2":      "https://acme.example:8443/v2/a%2Fb",
		"https://acme.example/v2/":          "https://acme.example/v2/a%2Fb",
		"https://acme.example/a%2Fb/":       "https://acme.example/a%2Fb/a%2Fb",
		"https://acme.example/a%2F/":        "https://acme.example/a%2F/a%2Fb",
		"https://acme.example/a%2F":         "https://acme.example/a%2F/a%2Fb",
		"https://acme.example/é x":          "https://acme.example/%C3%A9%20x/a%2Fb",
		"https://acme.example/%C3%A9%20x":   "https://acme.example/%C3%A9%20x/a%2Fb",
		"https://acme.example/a;b=c/(d)'!*": "https://acme.example/a;b=c/(d)'!*/a%2Fb",
		"https://10.0.0.1":                  "https://10.0.0.1/a%2Fb",
		"https://[2001:db8::1]:8443/v2":     "https://[2001:db8::1]:8443/v2/a%2Fb",
		"http://localhost:8080/v2":          "http://localhost:8080/v2/a%2Fb",
		"http://LocalHost":                  "http://LocalHost/a%2Fb",
		"http://127.0.0.1":                  "http://127.0.0.1/a%2Fb",
		"http://127.9.9.9:1":                "http://127.9.9.9:1/a%2Fb",
		"http://[::1]:8080":                 "http://[::1]:8080/a%2Fb",
	} {
		t.Run(base, func(t *testing.T) {
			var got string
			c := newTestClient(t, Config{}, base, quick(), roundTrip(func(req *http.Request) (*http.Response, error) {
				got = req.URL.String()
				assert.Equal(t, req.URL.Host, req.Host)
				return (&answering{status: 200}).RoundTrip(req)
			}))
			require.NoError(t, c.Do(t.Context(), &Call{Class: Read, Method: http.MethodGet, Path: "/{x}", Args: []string{"a/b"}}))
			assert.Equal(t, want, got)
			_, err := c.Raw(t.Context(), &numbers.RawRequest{Method: http.MethodGet, Path: "/a%2Fb"})
			require.NoError(t, err)
			assert.Equal(t, want, got)
		})
	}
}

// TestAllowHTTP permits what is refused otherwise, and nothing else.
func TestAllowHTTP(t *testing.T) {
	opts := &numbers.ClientOptions{BaseURL: "http://acme.example", AllowHTTP: true}
	_, err := New(Config{}, opts)
	require.NoError(t, err)
	opts.BaseURL = "ftp://acme.example"
	_, err = New(Config{}, opts)
	require.Error(t, err)
}
