package api

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
)

func TestClassString(t *testing.T) {
	assert.Equal(t, "buy write read", fmt.Sprint(Buy, Write, Read))
	assert.Equal(t, Buy, Class(0), "who forgets it is on the safe side")
}

func TestRawRefused(t *testing.T) {
	ok := numbers.RawRequest{Method: http.MethodPost, Path: "/a"}
	refused := map[string]struct {
		change func(*numbers.RawRequest)
		field  string
	}{}
	for _, method := range []string{"", "get", "GET ", "GE T", "G\r\nX: y", "CONNECT", "TRACE", "GET/", "PÖST"} {
		refused["method "+method] = struct {
			change func(*numbers.RawRequest)
			field  string
		}{func(r *numbers.RawRequest) { r.Method = method }, "Method"}
	}
	for _, path := range []string{
		"", "a", "https://evil.example/", "?a", "/a?b=c", "/a#b", `/a\b`, "/..", "/../a", "/a/..", "/a/./b", "/.", "/%2e%2e/a", "/%2E./a", "/.%2e", "/a%2f..%2fb",
		"/%2e", "/a%5c..%5cb", "/..;/a", "/..;x=y/a", "/%", "/%zz", "/a%2", "/a b", "/a%2Fb c", "/é", "/a\r\nX: y", "/a\x00", `/a"b`, "/<a>", "/{id}", "/a%2Fb^",
	} {
		refused["path "+path] = struct {
			change func(*numbers.RawRequest)
			field  string
		}{func(r *numbers.RawRequest) { r.Path = path }, "Path"}
	}
	refused["accept"] = struct {
		change func(*numbers.RawRequest)
		field  string
	}{func(r *numbers.RawRequest) { r.Accept = "a\r\nX: y" }, "Accept"}
	refused["content type"] = struct {
		change func(*numbers.RawRequest)
		field  string
	}{func(r *numbers.RawRequest) { r.ContentType = "a\nb" }, "ContentType"}

	vendor := &answering{status: 200}
	c := newTestClient(t, Config{}, "https://acme.example/v2", quick(), vendor)
	for name, test := range refused {
		t.Run(name, func(t *testing.T) {
			r := ok
			test.change(&r)
			_, err := c.Raw(t.Context(), &r)
			assertDefinite(t, err, numbers.ErrInvalid)
			assert.Equal(t, test.field, asError(t, err).Field)
			assert.Zero(t, vendor.sent)
		})
	}
	_, err := c.Raw(t.Context(), nil)
	assertDefinite(t, err, numbers.ErrInvalid)
}

func TestRawSends(t *testing.T) {
	for path, want := range map[string]string{
		"/": "/v2/", "/a": "/v2/a", "/a/": "/v2/a/", "//a": "/v2//a", "/a%2Fb": "/v2/a%2Fb", "/a%20b": "/v2/a%20b", "/%C3%A9": "/v2/%C3%A9",
		"/%c3%a9": "/v2/%c3%a9", "/...": "/v2/...", "/a;b=c": "/v2/a;b=c", "/%252e%252e/a": "/v2/%252e%252e/a", "/a:b@c!$&'()*+,;=": "/v2/a:b@c!$&'()*+,;=",
	} {
		srv := serveTCP(t, raw("HTTP/1.1 201 Made\r\nX-A: b\r\nContent-Length: 3\r\n\r\nabc", true))
		c := newTestClient(t, Config{Auth: secretAuth()}, srv.url()+"/v2/", quick(), nil)
		answer, err := c.Raw(t.Context(), &numbers.RawRequest{
			Method: http.MethodPut, Path: path, Query: url.Values{"q": {"1"}}, Body: strings.NewReader("hello"), ContentType: "text/plain", Accept: "text/csv",
		})
		require.NoError(t, err)
		assert.Equal(t, 201, answer.Status)
		assert.Equal(t, "b", answer.Header.Get("X-A"))
		assert.Equal(t, "abc", string(answer.Body))
		r := srv.requests()[0]
		assert.Equal(t, want+"?q=1", r.RequestURI)
		assert.Equal(t, http.MethodPut, r.Method)
		assert.Equal(t, "hello", r.body)
		assert.Equal(t, []string{"text/plain"}, r.Header["Content-Type"])
		assert.Equal(t, []string{"text/csv"}, r.Header["Accept"])
		assert.Equal(t, []string{"5"}, r.Header["Content-Length"])
		assert.Equal(t, []string{"Bearer s3cret-token"}, r.Header["Authorization"])
	}
}

// TestRawClasses asserts that all methods but two are Buys.
func TestRawClasses(t *testing.T) {
	for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "LIST", "PURGE"} {
		vendor := &answering{status: 503}
		c := newTestClient(t, Config{}, "https://acme.example", quick(), vendor)
		before := time.Now()
		_, err := c.Raw(t.Context(), &numbers.RawRequest{Method: method, Path: "/", Numbers: testNumbers, Reference: "ref-1"})
		if method == "GET" || method == "HEAD" {
			assertDefinite(t, err, numbers.ErrVendor)
			assert.Equal(t, tries, vendor.sent)
		} else {
			assertUnknown(t, err, &Call{Numbers: testNumbers, Reference: "ref-1"}, before)
			assert.Equal(t, 1, vendor.sent)
		}
	}
}

func TestRawDefaults(t *testing.T) {
	srv := serveTCP(t, raw(good, true))
	c := newTestClient(t, Config{}, srv.url(), quick(), nil)
	_, err := c.Raw(t.Context(), &numbers.RawRequest{Method: http.MethodPost, Path: "/", Body: strings.NewReader("{}")})
	require.NoError(t, err)
	_, err = c.Raw(t.Context(), &numbers.RawRequest{Method: http.MethodGet, Path: "/"})
	require.NoError(t, err)
	got := srv.requests()
	assert.Equal(t, []string{"application/json"}, got[0].Header["Content-Type"])
	assert.Empty(t, got[1].Header["Content-Type"])
	assert.Equal(t, []string{"application/json"}, got[1].Header["Accept"])
	assert.Equal(t, "/", got[1].RequestURI)
}
