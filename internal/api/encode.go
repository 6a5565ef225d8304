package api

import (
	"bytes"
	"encoding/json"
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
	return p.String(), e.String(), "", ""
}

// badSegment says why s can't be a path segment: it would reach another
// endpoint.
func badSegment(s string) string {
	switch s {
	case "":
		return "it is empty"
	case ".", "..":
		return `it is "` + s + `", which would reach another endpoint`
	}
	return ""
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
		return payload{stream: v.Reader, contentType: v.ContentType}, nil
	}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(body); err != nil {
		return payload{}, err
	}
	return payload{data: bytes.TrimRight(buf.Bytes(), "\n"), contentType: "application/json"}, nil
}
