package api

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"strings"

	"github.com/google/go-querystring/query"
	"github.com/hashicorp/go-retryablehttp"

	"github.com/tnkit/tnkit/internal/gate"
	"github.com/tnkit/tnkit/numbers"
)

// Form is a body of application/x-www-form-urlencoded.
type Form url.Values

// Stream is a body that is read once and sent unchanged.
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

// encode makes an exchange for a call. It checks the whole call before anything is sent.
func (c *Client) encode(ctx context.Context, call *Call) (*exchange, error) {
	x := &exchange{c: c, call: call, attempt: 1}
	if c.base == nil {
		return nil, x.invalid("client", "it is nil", nil)
	}
	if ctx == nil {
		return nil, x.invalid("ctx", "it is nil", nil)
	}
	plain, escaped, field, reason := call.path()
	if reason != "" {
		return nil, x.invalid(field, reason, nil)
	}
	rawQuery, err := encodeQuery(call.Query)
	if err != nil {
		return nil, x.invalid("query", "it can't be encoded", err)
	}
	x.payload, err = encodeBody(call.Body)
	if err != nil {
		return nil, x.invalid("body", "it can't be encoded as JSON", err)
	}
	u := *c.base
	u.Path, u.RawPath, u.RawQuery = c.base.Path+plain, c.base.RawPath+escaped, rawQuery
	x.url = &u
	x.gate = x.payload.gate(call.Class == Buy || call.Once)
	if call.Begin != nil && (call.Class != Buy || x.gate.Bare()) {
		return nil, x.invalid("Begin", "only a Buy with a body can have Begin", nil)
	}
	if ctx.Err() != nil {
		return nil, x.failed(ctx, ctx.Err())
	}
	return x, nil
}

// gate returns the gate of a body. It returns nil for a call without a body that may be
// repeated. A call that is sent once has a gate even without a body, because net/http
// must also read an empty body.
func (p payload) gate(once bool) *gate.Gate {
	switch {
	case p.stream != nil:
		return gate.NewStream(p.stream)
	case p.data != nil || once:
		return gate.New(p.data, once)
	}
	return nil
}

// request returns the request that the retry loop repeats. It has no headers, because
// each attempt gets its own.
func (x *exchange) request(ctx context.Context) (*retryablehttp.Request, error) {
	inner := &http.Request{
		Method: x.call.Method, URL: x.url, Host: x.url.Host, Header: http.Header{},
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}
	ctx = numbers.WithOperation(ctx, x.c.operation(x.call))
	req := &retryablehttp.Request{Request: inner.WithContext(ctx)}
	if x.gate == nil {
		return req, nil
	}
	err := req.SetBody(retryablehttp.ReaderFunc(x.gate.Next))
	req.GetBody = x.gate.Body
	return req, err
}

// headers returns new headers for one attempt. They must not be shared: net/http adds to
// them on a redirect (the Referer has the query), and a transport may still read the
// headers of an attempt that it gave up.
func (x *exchange) headers() http.Header {
	accept := x.call.Accept
	if accept == "" {
		accept = "application/json"
	}
	values := [...]string{accept, x.c.userAgent, x.payload.contentType} // one allocation for all values
	h := http.Header{"Accept": values[0:1:1], "User-Agent": values[1:2:2]}
	if x.payload.contentType != "" {
		h["Content-Type"] = values[2:3:3]
	}
	return h
}

// invalid returns the error of a call that is refused before it is sent.
func (x *exchange) invalid(field, reason string, err error) error {
	e := x.error(numbers.ErrInvalid)
	e.Field, e.Message = field, reason
	if err != nil {
		e.Err = x.c.seal(err)
	}
	return e
}

// path returns the decoded and the escaped path, or why an argument is refused.
func (c *Call) path() (plain, escaped, field, reason string) {
	if c.raw == "" {
		return encodePath(c.Path, c.Args)
	}
	plain, reason = decodePath(c.raw)
	return plain, c.raw, "Path", reason
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

// badSegment returns why s can't be a path segment, or "": it would reach another
// endpoint. Escaping alone does not prevent this, because some servers and proxies
// unescape a path before they resolve its dots.
func badSegment(s string) string {
	if s == "" {
		return "it is empty"
	}
	if climbs(s) {
		return `it has a segment "." or "..", which would reach another endpoint`
	}
	return ""
}

// climbs reports whether an unescaped path has a segment of dots for any server. Some
// servers split a path at backslashes, and some cut segments at ";".
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

// rawCall returns the call for a request to an endpoint that is not modeled.
func (c *Client) rawCall(r *numbers.RawRequest) (*Call, error) {
	if field, reason := badRaw(r); reason != "" {
		return nil, Invalid(c.Vendor, opRaw, field, reason)
	}
	call := &Call{
		Op: opRaw, Class: Buy, Method: r.Method, Path: "(not modeled)", raw: r.Path, Query: r.Query, Accept: r.Accept,
		Numbers: r.Numbers, Reference: r.Reference,
	}
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		call.Class = Read
	}
	if r.Body != nil {
		call.Body = Stream{Reader: r.Body, ContentType: cmp.Or(r.ContentType, "application/json")}
	}
	return call, nil
}

const opRaw = "Do"

// badRaw returns what is wrong with a request, or "".
func badRaw(r *numbers.RawRequest) (field, reason string) {
	if r == nil {
		return "request", "it is nil"
	}
	switch {
	case r.Method == "" || strings.Trim(r.Method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "":
		return "Method", "it is not an HTTP method"
	case r.Method == http.MethodConnect || r.Method == http.MethodTrace:
		// CONNECT makes a tunnel, and TRACE sends the credential back.
		return "Method", "this method is not allowed for API requests"
	case badHeader(r.Accept):
		return "Accept", "it has a control character"
	case badHeader(r.ContentType):
		return "ContentType", "it has a control character"
	}
	_, reason = decodePath(r.Path) // also ""
	return "Path", reason
}

// decodePath returns the decoded path, or why it is refused.
func decodePath(path string) (plain, reason string) {
	if !strings.HasPrefix(path, "/") {
		return "", `it does not begin with "/"`
	}
	if strings.ContainsAny(path, "?#\\") {
		return "", "it has a query, a fragment or a backslash"
	}
	plain, err := url.PathUnescape(path)
	if err != nil {
		return "", "it is not escaped correctly"
	}
	if climbs(plain) {
		return "", `it has a segment "." or ".."`
	}
	// If they differ, net/http would escape the decoded path again, and an escaped slash
	// would become a slash.
	if u := (&url.URL{Path: plain, RawPath: path}); u.EscapedPath() != path {
		return "", "it is not escaped correctly"
	}
	return plain, ""
}
