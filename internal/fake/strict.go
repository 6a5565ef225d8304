package fake

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
)

// Strict reports query keys other than those allowed, and returns the query.
func (s *Server) Strict(r *http.Request, allowed ...string) url.Values {
	q, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		s.Report("%s %s: bad query: %v", r.Method, r.URL.Path, err)
	}
	for _, key := range slices.Sorted(maps.Keys(q)) {
		if !slices.Contains(allowed, key) {
			s.Report("%s %s: the vendor ignores the query key %q", r.Method, r.URL.Path, key)
		}
	}
	return q
}

// DecodeStrict reads a JSON body into v. It reports what the vendor would let pass: a wrong content type,
// members that v has no field for (also those in the wrong case), data after the value. It returns an error
// only where there is no JSON that fits v.
func (s *Server) DecodeStrict(r *http.Request, v any) error {
	report := func(format string, args ...any) {
		s.Report("%s %s: %s", r.Method, r.URL.Path, fmt.Sprintf(format, args...))
	}
	if t, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || t != "application/json" {
		report("the content type of a JSON body is %q", r.Header.Get("Content-Type"))
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(body))
	if err := d.Decode(v); err != nil {
		return fmt.Errorf("fake: no JSON body that fits: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		report("data after the JSON body")
	}
	var value any
	if err := json.NewDecoder(bytes.NewReader(body)).Decode(&value); err != nil {
		return err
	}
	for _, path := range unknown(value, reflect.TypeOf(v), "") {
		report("the vendor ignores the member %q", path)
	}
	return nil
}

// Bearer returns the token of an "Authorization: Bearer" header.
func Bearer(r *http.Request) (token string, ok bool) {
	return strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
}
