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
	gate    *gate // set for a Buy
	started time.Time
	attempt int
	last    *Answer       // the latest answer, whatever became of it
	wait    time.Duration // before the next attempt
	fatal   bool          // a handler failed in a way that no repeat helps
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
func (a *Answer) OK() bool { return a.Status >= 200 && a.Status < 300 }

// begin encodes the call. Nothing is sent before everything is known to be
// sound.
func (c *Client) begin(ctx context.Context, call *Call) (*flight, error) {
	refuse := func(field, reason string) error {
		return &numbers.Error{
			Op: call.Op, Vendor: c.Vendor, Kind: numbers.ErrInvalid, Field: field, Message: reason, Numbers: call.Numbers,
		}
	}
	if ctx == nil {
		return nil, refuse("ctx", "it is nil")
	}
	plain, escaped, field, reason := encodePath(call.Path, call.Args)
	if reason != "" {
		return nil, refuse(field, reason)
	}
	rawQuery, err := encodeQuery(call.Query)
	if err != nil {
		return nil, refuse("query", "it can't be encoded")
	}
	body, err := encodeBody(call.Body)
	if err != nil {
		return nil, refuse("body", "it can't be encoded as JSON")
	}
	u := *c.base
	u.Path, u.RawPath, u.RawQuery = c.base.Path+plain, c.base.RawPath+escaped, rawQuery
	f := &flight{c: c, call: call, url: &u, payload: body, started: time.Now()}
	if call.Class == Buy {
		f.gate = newGate(body)
	}
	if ctx.Err() != nil {
		return nil, f.unsent(context.Cause(ctx))
	}
	return f, nil
}

// fly sends the call, as often as its class and the options allow, and
// classifies what came of it.
func (f *flight) fly(ctx context.Context) (*Answer, error) {
	req, err := f.request(ctx)
	if err != nil {
		return nil, f.unsent(err)
	}
	loop := retryablehttp.Client{
		HTTPClient:   &http.Client{Transport: f, CheckRedirect: f.checkRedirect},
		RetryMax:     f.tries() - 1,
		CheckRetry:   f.checkRetry,
		Backoff:      f.backoff,
		ErrorHandler: retryablehttp.PassthroughErrorHandler,
	}
	resp, err := loop.Do(req)
	switch {
	case err == nil:
		return f.last, f.classify(f.last)
	case f.last != nil && f.last.Status >= 300 && f.last.Status < 400 && ctx.Err() == nil:
		// net/http gave up on a redirect that it was not going to follow.
		return f.last, f.classify(f.last)
	}
	if resp != nil {
		resp.Body.Close()
	}
	return nil, f.failed(ctx, err)
}

func (f *flight) request(ctx context.Context) (*retryablehttp.Request, error) {
	var body any
	switch {
	case f.gate != nil:
		body = retryablehttp.ReaderFunc(f.gate.body)
	case f.payload.stream != nil:
		body = f.payload.stream
	case f.payload.data != nil:
		body = f.payload.data
	}
	req, err := retryablehttp.NewRequestWithContext(ctx, f.call.Method, f.c.base.String(), body)
	if err != nil {
		return nil, err
	}
	req.URL = f.url
	if f.payload.contentType != "" {
		req.Header.Set("Content-Type", f.payload.contentType)
	}
	accept := f.call.Accept
	if accept == "" {
		accept = "application/json"
	}
	req.Header.Set("Accept", accept)
	req.Header.Set("User-Agent", f.c.userAgent)
	return req, nil
}

// RoundTrip is one attempt: the chain between go-retryablehttp above and the
// caller's transport below. A flight has no CloseIdleConnections, so that a
// failure does not close the connections that others use.
func (f *flight) RoundTrip(req *http.Request) (*http.Response, error) {
	f.attempt++
	f.last = nil
	answer, err := f.authorise(req)
	if err != nil {
		return nil, err
	}
	f.last = answer
	return &http.Response{
		Status:     http.StatusText(answer.Status),
		StatusCode: answer.Status,
		Proto:      "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header:  answer.Header,
		Body:    http.NoBody, // the answer has it
		Request: req,
	}, nil
}

// release gives the answer's buffer back.
func (f *flight) release() {
	if f.buf != nil {
		putBuffer(f.buf)
		f.buf = nil
	}
}
