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
	case strings.Contains(raw, "#"):
		return nil, "it has a fragment"
	case u.Scheme != "https" && u.Scheme != "http":
		return nil, "its scheme is not https"
	case u.Scheme == "http" && !allowHTTP && !loopback(u.Hostname()):
		return nil, "plain http is for loopback hosts only, unless AllowHTTP is set"
	case climbs(u.Path):
		return nil, "its path has a segment . or .."
	}
	// Only slashes that are slashes: the path of /v2%2F/ ends in "//".
	u.RawPath = strings.TrimRight(u.EscapedPath(), "/")
	if u.Path, err = url.PathUnescape(u.RawPath); err != nil {
		return nil, "its path is not escaped rightly"
	}
	return u, ""
}

func loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.IsLoopback()
}
