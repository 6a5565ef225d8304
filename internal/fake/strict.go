package fake

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Strict reports query keys other than those allowed, and returns the query.
func (s *Server) Strict(r *http.Request, allowed ...string) url.Values {
	q, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		s.Report("%s %s: bad query: %v", r.Method, r.URL.Path, err)
	}
	for key := range q {
		if !slices.Contains(allowed, key) {
			s.Report("%s %s: the vendor ignores the query key %q", r.Method, r.URL.Path, key)
		}
	}
	return q
}

// DecodeStrict reads a JSON body into v. It reports what the vendor would let pass: a wrong content type,
// fields that v does not have, data after the value. It returns an error only where there is no JSON value for v.
func (s *Server) DecodeStrict(r *http.Request, v any) error {
	if t, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || t != "application/json" {
		s.Report("%s %s: the content type of a JSON body is %q", r.Method, r.URL.Path, r.Header.Get("Content-Type"))
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(body))
	if err := d.Decode(v); err != nil {
		return fmt.Errorf("fake: no JSON body: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		s.Report("%s %s: data after the JSON body", r.Method, r.URL.Path)
	}
	return nil
}

// Bearer returns the token of an "Authorization: Bearer" header.
func Bearer(r *http.Request) (token string, ok bool) {
	return strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
}
