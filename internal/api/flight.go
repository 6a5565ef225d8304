package api

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/hashicorp/go-retryablehttp"

	"github.com/tnkit/tnkit/numbers"
)

// flight is one call under way.
type flight struct {
	c       *Client
	call    *Call
	url     *url.URL
	payload payload
	gate    *gate     // nil for a repeatable call without a body
	started time.Time // of the latest attempt that was sent
	sent    bool      // an attempt was handed to the transport
	attempt int       // counts from 1
	hops    int       // redirects followed in this attempt
	last    *Answer   // the latest answer; nil where the latest attempt had none
	wait    time.Duration
	begun   bool // Begin was called
	fatal   bool // the latest attempt failed in a way that no repeat helps
	// streaming leaves a 2xx body open
	streaming bool
	buf       *bytes.Buffer
}

// Answer is a vendor's answer. Body is valid until the call returns.
type Answer struct {
	Call   *Call
	Status int
	Header http.Header
	Body   []byte
	// stream is the open body of a call that asked for one.
	stream io.ReadCloser
}

// OK reports whether the status is 2xx.
func (a *Answer) OK() bool { return success(a.Status) }

func success(status int) bool { return status >= 200 && status < 300 }

// begin encodes the call. Nothing is sent before everything is known to be
// sound.
func (c *Client) begin(ctx context.Context, call *Call) (*flight, error) {
	f := &flight{c: c, call: call, attempt: 1}
	if c.base == nil {
		return nil, f.invalid("client", "it is nil", nil)
	}
	if ctx == nil {
		return nil, f.invalid("ctx", "it is nil", nil)
	}
	plain, escaped, field, reason := encodePath(call.Path, call.Args)
	if reason != "" {
		return nil, f.invalid(field, reason, nil)
	}
	rawQuery, err := encodeQuery(call.Query)
	if err != nil {
		return nil, f.invalid("query", "it can't be encoded", err)
	}
	f.payload, err = encodeBody(call.Body)
	if err != nil {
		return nil, f.invalid("body", "it can't be encoded as JSON", err)
	}
	u := *c.base
	u.Path, u.RawPath, u.RawQuery = c.base.Path+plain, c.base.RawPath+escaped, rawQuery
	f.url = &u
	f.gate = newGate(f.payload, call.Class == Buy || call.Once)
	if ctx.Err() != nil {
		return nil, f.failed(ctx, ctx.Err())
	}
	return f, nil
}

// fly sends the call, as often as its class and the options allow, and
// classifies what came of it.
func (f *flight) fly(ctx context.Context) (*Answer, error) {
	req, err := f.request(ctx)
	if err != nil {
		return nil, f.failed(ctx, err)
	}
	loop := retryablehttp.Client{
		HTTPClient:   &http.Client{Transport: f, CheckRedirect: followed},
		RetryMax:     f.tries() - 1,
		CheckRetry:   f.checkRetry,
		Backoff:      f.backoff,
		ErrorHandler: retryablehttp.PassthroughErrorHandler,
	}
	_, err = loop.Do(req) //nolint:bodyclose // RoundTrip below gives it no body
	if f.gate != nil {
		f.gate.close()
	}
	if err != nil {
		return nil, f.failed(ctx, err)
	}
	return f.last, f.classify(f.last)
}

// request is what the retry loop repeats. It has no headers: each attempt
// gets its own.
func (f *flight) request(ctx context.Context) (*retryablehttp.Request, error) {
	inner := &http.Request{
		Method: f.call.Method, URL: f.url, Host: f.url.Host, Header: http.Header{},
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}
	req := &retryablehttp.Request{Request: inner.WithContext(ctx)}
	if f.gate == nil {
		return req, nil
	}
	err := req.SetBody(retryablehttp.ReaderFunc(f.gate.next))
	req.GetBody = f.gate.again
	return req, err
}

// headers are those of one attempt. They are made anew, so that nothing that
// net/http adds on a redirect goes along (the Referer has the query), and
// because a transport that gave up on an attempt may still be reading the
// headers of that one.
func (f *flight) headers() http.Header {
	accept := f.call.Accept
	if accept == "" {
		accept = "application/json"
	}
	values := [...]string{accept, f.c.userAgent, f.payload.contentType} // one allocation for all
	h := http.Header{"Accept": values[0:1:1], "User-Agent": values[1:2:2]}
	if f.payload.contentType != "" {
		h["Content-Type"] = values[2:3:3]
	}
	return h
}

// RoundTrip is one attempt: the chain between go-retryablehttp above and the
// caller's transport below. A flight has no CloseIdleConnections, so that a
// failure does not close the connections that others use.
func (f *flight) RoundTrip(req *http.Request) (*http.Response, error) {
	f.last = nil
	answer, err := f.authorise(req)
	if err != nil {
		return nil, err
	}
	f.last = answer
	resp := &http.Response{StatusCode: answer.Status, Body: http.NoBody, Request: req} // the answer has the rest
	if location, ok := f.follow(req, answer); ok {
		resp.Header = http.Header{"Location": {location}}
	}
	return resp, nil
}

// invalid is the error of a call that is refused before it is sent.
func (f *flight) invalid(field, reason string, err error) error {
	e := f.error(numbers.ErrInvalid)
	e.Field, e.Message = field, reason
	if err != nil {
		e.Err = f.c.seal(err)
	}
	return e
}

// release gives the answer's buffer back.
func (f *flight) release() {
	if f.buf != nil {
		putBuffer(f.buf)
		f.buf = nil
	}
}
