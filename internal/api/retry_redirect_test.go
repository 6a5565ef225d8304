package api

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/wire"
)

// redirecting answers the path /a with a redirect, and all others with a thing.
type redirecting struct {
	status   int
	location string
	sent     []*http.Request
}

func (r *redirecting) RoundTrip(req *http.Request) (*http.Response, error) {
	r.sent = append(r.sent, req)
	if strings.HasSuffix(req.URL.Path, "/a") {
		return (&answering{status: r.status, header: http.Header{"Location": {r.location}}, body: `{"id":"redirect"}`}).RoundTrip(req)
	}
	return (&answering{status: 200, body: goodThing}).RoundTrip(req)
}

func secretAuth() Static {
	return Static{Header: "Authorization", Prefix: "Bearer ", Secret: wire.NewSecret("s3cret-token")}
}

// TestRedirects goes through where a vendor may point to. Nothing goes to
// anybody else.
func TestRedirects(t *testing.T) {
	const base = "https://acme.example:8443/v2"
	locations := map[string]struct {
		location string
		followed bool
	}{
		"a path":                 {"/v2/b", true},
		"a relative path":        {"b?x=1", true},
		"same host":              {"https://acme.example:8443/v2/b", true},
		"same host, upper case":  {"HTTPS://ACME.example:8443/b", true},
		"no scheme, same host":   {"//acme.example:8443/b", true},
		"other host":             {"https://evil.example:8443/b", false},
		"a subdomain":            {"https://api.acme.example:8443/b", false},
		"other port":             {"https://acme.example:8444/b", false},
		"no port":                {"https://acme.example/b", false},
		"downgrade":              {"http://acme.example:8443/b", false},
		"no scheme, other host":  {"//evil.example/b", false},
		"userinfo":               {"https://u:p@acme.example:8443/b", false},
		"userinfo as host":       {"https://acme.example:8443@evil.example/b", false},
		"backslashes":            {`\\evil.example\b`, true}, // a path to RFC 3986, and to net/http
		"another scheme":         {"file:///b", false},
		"opaque":                 {"javascript:b", false},
		"empty":                  {"", false},
		"no URL":                 {"https://[::1/b", false},
		"a control character":    {"/b\x7f", false},
		"nothing but a fragment": {"#b", false}, // itself: a loop, which ends
		"itself":                 {"/v2/a", false},
	}
	methods := []struct {
		name string
		call func() *Call
		safe bool
	}{
		{"read by GET", func() *Call { return &Call{Class: Read, Method: http.MethodGet} }, true},
		{"read by HEAD", func() *Call { return &Call{Class: Read, Method: http.MethodHead} }, true},
		{"read by POST", func() *Call { return &Call{Class: Read, Method: http.MethodPost, Body: map[string]string{}} }, false},
		{"read by POST without a body", func() *Call { return &Call{Class: Read, Method: http.MethodPost} }, false},
		{"read by GET with a body", func() *Call { return &Call{Class: Read, Method: http.MethodGet, Body: map[string]string{}} }, false},
		{"write", func() *Call { return &Call{Class: Write, Method: http.MethodPatch, Body: map[string]string{}} }, false},
		{"write without a body", func() *Call { return &Call{Class: Write, Method: http.MethodDelete} }, false},
		{"write by GET", func() *Call { return &Call{Class: Write, Method: http.MethodGet} }, false},
		{"buy", buy(map[string]string{}), false},
		{"buy without a body", buy(nil), false},
		{"buy with a stream", buy(sized), false},
		{"buy by GET", func() *Call { return &Call{Class: Buy, Method: http.MethodGet} }, false},
	}
	for _, status := range []int{301, 302, 303, 307, 308, 300, 304} {
		for where, to := range locations {
			for _, method := range methods {
				t.Run(method.name+"/"+http.StatusText(status)+"/"+where, func(t *testing.T) {
					vendor := &redirecting{status: status, location: to.location}
					c := newTestClient(t, Config{Auth: secretAuth()}, base, quick(), vendor)
					call, before := method.call(), time.Now()
					call.Path, call.Into = "/a", new(thing)
					err := c.Do(t.Context(), call)

					loop := where == "itself" || where == "nothing but a fragment"
					real := status != 300 && status != 304
					for _, req := range vendor.sent {
						assert.Equal(t, "https", req.URL.Scheme)
						assert.Equal(t, "acme.example:8443", strings.ToLower(req.URL.Host))
						assert.Empty(t, req.Header.Get("Referer"))
						assert.Equal(t, []string{"Bearer s3cret-token"}, req.Header["Authorization"])
						assert.Equal(t, call.Method, req.Method)
					}
					switch {
					case method.safe && real && to.followed:
						require.NoError(t, err)
						assert.Len(t, vendor.sent, 2)
						assert.Equal(t, &thing{"7"}, call.Into)
						return
					case method.safe && real && loop:
						assert.Len(t, vendor.sent, 1+mostRedirects)
					default:
						assert.Len(t, vendor.sent, 1)
					}
					if call.Class == Buy {
						assertUnknown(t, err, call, before)
					} else {
						assertDefinite(t, err, numbers.ErrVendor)
					}
					assert.Equal(t, status, asError(t, err).Status)
					assert.ErrorContains(t, err, "redirect that is not followed")
					assert.NotContains(t, err.Error(), "evil")
				})
			}
		}
	}
}

// TestRedirectChain asserts the cap, and that it counts within an attempt.
func TestRedirectChain(t *testing.T) {
	for hops, ok := range map[int]bool{0: true, 1: true, mostRedirects: true, mostRedirects + 1: false} {
		sent, calls := 0, 0
		c := newTestClient(t, Config{}, "https://acme.example", quick(), roundTrip(func(req *http.Request) (*http.Response, error) {
			switch sent++; {
			case sent <= hops:
				return (&answering{status: 302, header: http.Header{"Location": {"/x"}}}).RoundTrip(req)
			case calls == 0 && ok: // fails once, at the end of the chain
				calls, sent = 1, 0
				return (&answering{status: 503}).RoundTrip(req)
			}
			return (&answering{status: 200, body: goodThing}).RoundTrip(req)
		}))
		got, err := Get[thing](t.Context(), c, read1())
		if ok {
			require.NoError(t, err)
			assert.Equal(t, &thing{"7"}, got)
			assert.Equal(t, 1, calls)
		} else {
			assertDefinite(t, err, numbers.ErrVendor)
			assert.Equal(t, 302, asError(t, err).Status)
			assert.Equal(t, mostRedirects+1, sent)
		}
	}
}

// TestRedirectKeepsQueryHome follows a redirect on real connections: the next
// request has no Referer, no cookie, and a credential of its own.
func TestRedirectKeepsQueryHome(t *testing.T) {
	var second *http.Request
	c := handle(t, Config{Auth: secretAuth()}, quick(), func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/a" {
			http.SetCookie(w, &http.Cookie{Name: "session", Value: "1"})
			http.Redirect(w, r, "/b", http.StatusFound)
			return
		}
		second = r
		_, _ = w.Write([]byte(goodThing))
	})
	_, err := Get[thing](t.Context(), c, &Call{
		Class: Read, Method: http.MethodGet, Path: "/a", Query: map[string][]string{"number": {"+12025550101"}},
	})
	require.Error(t, err, "a map of another type is no query")
	_, err = Get[thing](t.Context(), c, &Call{
		Class: Read, Method: http.MethodGet, Path: "/a", Query: struct {
			Number string `url:"number"`
		}{"+12025550101"},
	})
	require.NoError(t, err)
	assert.Equal(t, "/b", second.URL.Path)
	assert.Empty(t, second.URL.RawQuery)
	assert.Empty(t, second.Header["Referer"])
	assert.Empty(t, second.Header["Cookie"])
	assert.Equal(t, []string{"Bearer s3cret-token"}, second.Header["Authorization"])
	assert.Equal(t, []string{userAgent}, second.Header["User-Agent"])
}
