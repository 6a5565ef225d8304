package api

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/tnkit/tnkit/numbers"
)

// Raw sends a request to an endpoint that is not modelled.
func (c *Client) Raw(ctx context.Context, r *numbers.RawRequest) (*numbers.RawResponse, error) {
	if r == nil {
		return nil, Invalid(c.Vendor, "Do", "request", "it is nil")
	}
	plain, err := c.checkRaw(r)
	if err != nil {
		return nil, err
	}
	call := &Call{
		Op: "Do", Class: Buy, Method: r.Method, Path: "(not modelled)", Query: r.Query, Accept: r.Accept,
		Numbers: r.Numbers, Reference: r.Reference,
	}
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		call.Class = Read
	}
	if r.Body != nil {
		call.Body = Stream{Reader: r.Body, ContentType: orJSON(r.ContentType)}
	}
	x, err := c.encode(ctx, call)
	if err != nil {
		return nil, err
	}
	defer x.release()
	x.url.Path, x.url.RawPath = c.base.Path+plain, c.base.RawPath+r.Path
	answer, err := x.run(ctx)
	if err != nil {
		return nil, err
	}
	if c.Open != nil {
		if _, refused := c.Open(answer); refused {
			return nil, x.refused(answer)
		}
	}
	return &numbers.RawResponse{Status: answer.Status, Header: answer.Header, Body: bytes.Clone(answer.Body)}, nil
}

// checkRaw returns the decoded path, or what is wrong with the request.
func (c *Client) checkRaw(r *numbers.RawRequest) (plain string, err error) {
	switch {
	case r.Method == "" || strings.Trim(r.Method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "":
		return "", Invalid(c.Vendor, "Do", "Method", "it is no HTTP method")
	case r.Method == http.MethodConnect || r.Method == http.MethodTrace:
		// One makes a tunnel, the other has the credential sent back.
		return "", Invalid(c.Vendor, "Do", "Method", "it is not for API requests")
	case badHeader(r.Accept):
		return "", Invalid(c.Vendor, "Do", "Accept", "it has a control character")
	case badHeader(r.ContentType):
		return "", Invalid(c.Vendor, "Do", "ContentType", "it has a control character")
	}
	plain, reason := checkRawPath(r.Path)
	if reason != "" {
		return "", Invalid(c.Vendor, "Do", "Path", reason)
	}
	return plain, nil
}

func orJSON(contentType string) string {
	if contentType == "" {
		return "application/json"
	}
	return contentType
}

// checkRawPath returns the decoded path, or why it is refused.
func checkRawPath(path string) (plain, reason string) {
	if !strings.HasPrefix(path, "/") {
		return "", `it does not begin with "/"`
	}
	if strings.ContainsAny(path, "?#\\") {
		return "", "it has a query, a fragment or a backslash"
	}
	plain, err := url.PathUnescape(path)
	if err != nil {
		return "", "it is not escaped rightly"
	}
	if climbs(plain) {
		return "", `it has a segment "." or ".."`
	}
	// Where they differ, net/http would escape the decoded path anew, and what
	// was an escaped slash would become a slash.
	if u := (&url.URL{Path: plain, RawPath: path}); u.EscapedPath() != path {
		return "", "it is not escaped rightly"
	}
	return plain, ""
}
