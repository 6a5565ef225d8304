package api

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
)

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
