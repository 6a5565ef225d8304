package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/url"
	"reflect"
	"strings"

	"github.com/google/go-querystring/query"
)

// Form is a body of application/x-www-form-urlencoded.
type Form url.Values

// Stream is a body that is read once and sent as it is.
type Stream struct {
	Reader      io.Reader
	ContentType string
}

// payload is an encoded body: data, or a stream.
type payload struct {
	data        []byte
	stream      io.Reader
	contentType string
}

// encodePath fills the template. It returns the decoded and the escaped path,
// or why an argument is refused.
func encodePath(template string, args []string) (plain, escaped, field, reason string) {
	var p, e strings.Builder
	rest := template
	for {
		before, after, found := strings.Cut(rest, "{")
		p.WriteString(before)
		e.WriteString(before)
		if !found {
			break
		}
		name, tail, _ := strings.Cut(after, "}")
		if len(args) == 0 {
			return "", "", name, "it is missing"
		}
		if reason := badSegment(args[0]); reason != "" {
			return "", "", name, reason
		}
		p.WriteString(args[0])
		e.WriteString(url.PathEscape(args[0]))
		args, rest = args[1:], tail
	}
	if len(args) > 0 {
		return "", "", "path", "it has more arguments than placeholders"
	}
	return p.String(), e.String(), "", ""
}

// badSegment says why s can't be a path segment: it would reach another
// endpoint. Escaping alone does not prevent that, since there are servers and
// proxies that unescape a path before they resolve its dots.
func badSegment(s string) string {
	if s == "" {
		return "it is empty"
	}
	if climbs(s) {
		return `it has a segment "." or "..", which would reach another endpoint`
	}
	return ""
}

// climbs reports whether a path, unescaped, has a segment of dots, as any
// server may see it: some split at backslashes, some cut segments at ";".
func climbs(path string) bool {
	for segment := range strings.FieldsFuncSeq(path, func(r rune) bool { return r == '/' || r == '\\' }) {
		segment, _, _ = strings.Cut(segment, ";")
		if segment == "." || segment == ".." {
			return true
		}
	}
	return false
}

// encodeQuery returns the raw query, keys sorted.
func encodeQuery(q any) (string, error) {
	switch v := q.(type) {
	case nil:
		return "", nil
	case url.Values:
		return v.Encode(), nil
	}
	if v := reflect.ValueOf(q); v.Kind() == reflect.Pointer && v.IsNil() {
		return "", nil
	}
	values, err := query.Values(q)
	if err != nil {
		return "", err
	}
	return values.Encode(), nil
}

func encodeBody(body any) (payload, error) {
	switch v := body.(type) {
	case nil:
		return payload{}, nil
	case Form:
		return payload{data: []byte(url.Values(v).Encode()), contentType: "application/x-www-form-urlencoded"}, nil
	case Stream:
		if v.Reader == nil {
			return payload{}, nil
		}
		return payload{stream: v.Reader, contentType: v.ContentType}, nil
	}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(body); err != nil {
		return payload{}, err
	}
	data := bytes.TrimSuffix(buf.Bytes(), []byte("\n"))
	if string(data) == "null" {
		return payload{}, errors.New("it is nil")
	}
	return payload{data: data, contentType: "application/json"}, nil
}
