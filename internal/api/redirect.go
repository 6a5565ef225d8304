package api

import (
	"net/http"
	"net/url"
	"strings"
)

const mostRedirects = 5

// follow decides whether an answer is a redirect that is followed: only of a
// read by GET or HEAD, and only to the same scheme and host. Everything else
// stays the 3xx that it is: a followed redirect would carry the credential to
// another host, or send a write twice. net/http sees the Location of no other,
// since it would ask for the body again before it asks us.
func (x *exchange) follow(req *http.Request, a *Answer) (location string, ok bool) {
	location = a.Header.Get("Location")
	method := x.call.Method
	switch {
	case location == "" || a.Status < 300 || a.Status > 399:
		return "", false
	case x.call.Class != Read || x.gate != nil || (method != http.MethodGet && method != http.MethodHead):
		return "", false
	case x.hops == mostRedirects:
		return "", false
	}
	to, err := req.URL.Parse(location)
	if err != nil || to.User != nil || !sameOrigin(to, x.url) {
		return "", false
	}
	x.hops++
	return location, true
}

// sameOrigin compares scheme, host and port.
func sameOrigin(a, b *url.URL) bool {
	return a.Scheme == b.Scheme && strings.EqualFold(a.Hostname(), b.Hostname()) && port(a) == port(b)
}

func port(u *url.URL) string {
	switch p := u.Port(); {
	case p != "":
		return p
	case u.Scheme == "https":
		return "443"
	default:
		return "80"
	}
}

// followed lets net/http follow what follow has let through.
func followed(*http.Request, []*http.Request) error { return nil }
