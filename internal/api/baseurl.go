package api

import (
	"net/netip"
	"net/url"
	"strings"
)

// parseBase returns the base URL without a trailing slash, or why it is
// refused. The reason never quotes the URL: it may hold a password.
func parseBase(raw string, allowHTTP bool) (base *url.URL, reason string) {
	u, err := url.Parse(raw)
	switch {
	case err != nil:
		return nil, "it is no URL"
	case u.Host == "" || u.Hostname() == "" || u.Opaque != "":
		return nil, "it has no host"
	case u.User != nil:
		return nil, "it holds a user; credentials are an argument of New"
	case u.RawQuery != "" || u.ForceQuery:
		return nil, "it has a query"
	case u.Fragment != "":
		return nil, "it has a fragment"
	case u.Scheme != "https" && u.Scheme != "http":
		return nil, "its scheme is not https"
	case u.Scheme == "http" && !allowHTTP && !loopback(u.Hostname()):
		return nil, "plain http is for loopback hosts only, unless AllowHTTP is set"
	}
	for segment := range strings.SplitSeq(u.Path, "/") {
		if segment == "." || segment == ".." {
			return nil, "its path has a segment . or .."
		}
	}
	escaped := strings.TrimRight(u.EscapedPath(), "/")
	u.Path, u.RawPath = strings.TrimRight(u.Path, "/"), escaped
	return u, ""
}

func loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.IsLoopback()
}
