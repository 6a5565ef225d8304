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
	if r.Method == "" || strings.Trim(r.Method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return nil, Invalid(c.Vendor, "Do", "Method", "it is no HTTP method")
	}
	plain, reason := checkRawPath(r.Path)
	if reason != "" {
		return nil, Invalid(c.Vendor, "Do", "Path", reason)
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
	f, err := c.begin(ctx, call)
	if err != nil {
		return nil, err
	}
	defer f.release()
	f.url.Path, f.url.RawPath = c.base.Path+plain, c.base.RawPath+r.Path
	answer, err := f.fly(ctx)
	if err != nil {
		return nil, err
	}
	if c.Open != nil {
		if _, refused := c.Open(answer); refused {
			return nil, f.refused(answer)
		}
	}
	return &numbers.RawResponse{Status: answer.Status, Header: answer.Header, Body: bytes.Clone(answer.Body)}, nil
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
	for segment := range strings.SplitSeq(plain, "/") {
		if segment == "." || segment == ".." {
			return "", `it has a segment "." or ".."`
		}
	}
	return plain, ""
}
