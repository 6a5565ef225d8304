package api

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-retryablehttp"

	"github.com/tnkit/tnkit/internal/gate"
	"github.com/tnkit/tnkit/numbers"
)

// exchange is one call under way.
type exchange struct {
	c       *Client
	call    *Call
	url     *url.URL
	payload payload
	gate    *gate.Gate  // nil for a repeatable call without a body
	started time.Time   // of the latest attempt that was sent
	begun   bool        // Call.Begin was called
	sendBy  time.Time   // what Call.Begin returned; zero = no fence
	sent    bool        // an attempt was handed to the transport
	written atomic.Bool // a Buy was written to its end
	attempt int         // counts from 1
	hops    int         // redirects followed in this attempt
	last    *Answer     // the latest answer; nil where the latest attempt had none
	wait    time.Duration
	// permanent is set if the latest attempt failed in a way that no repetition
	// helps.
	permanent bool
	// streaming leaves a 2xx body open
	streaming bool
	buf       *bytes.Buffer
}

// run sends the call, as often as its class and the options allow. This is the
// order of the handlers; before it is encode, and after it decode.
func (x *exchange) run(ctx context.Context) (*Answer, error) {
	answer, err := x.retry(ctx, func(req *http.Request) (*Answer, error) {
		return x.authorize(req, func(req *http.Request, h http.Header) (*Answer, error) {
			if err := x.limit(req.Context()); err != nil {
				return nil, err
			}
			if err := x.begin(req.Context()); err != nil {
				return nil, err
			}
			answer, err := x.log(req, h, x.send)
			if err == nil {
				answer.refusal = x.classify(answer)
			}
			return answer, err
		})
	})
	if err != nil {
		return nil, x.failed(ctx, err)
	}
	return answer, answer.refusal
}

// sender is the rest of the chain, for a request with its headers.
type sender func(req *http.Request, h http.Header) (*Answer, error)

// Answer is a vendor's answer. Body is valid until the call returns.
type Answer struct {
	Call   *Call
	Status int
	Header http.Header
	Body   []byte
	// refusal is what the answer means if it is no success.
	refusal error
	// stream is the open body of a call that asked for one.
	stream io.ReadCloser
}

// OK reports whether the status is 2xx.
func (a *Answer) OK() bool { return success(a.Status) }

func success(status int) bool { return status >= 200 && status < 300 }

// encode makes an exchange of a call. Nothing is sent before all of it is known
// to be sound.
func (c *Client) encode(ctx context.Context, call *Call) (*exchange, error) {
	x := &exchange{c: c, call: call, attempt: 1}
	if c.base == nil {
		return nil, x.invalid("client", "it is nil", nil)
	}
	if ctx == nil {
		return nil, x.invalid("ctx", "it is nil", nil)
	}
	plain, escaped, field, reason := encodePath(call.Path, call.Args)
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
		return nil, x.invalid("Begin", "only a Buy with a body can have one", nil)
	}
	if ctx.Err() != nil {
		return nil, x.failed(ctx, ctx.Err())
	}
	return x, nil
}

// gate returns the gate of a body; nil for a call without one that may be
// repeated. What is sent once has a gate even without a body, since net/http
// must ask for an empty body, too.
func (p payload) gate(once bool) *gate.Gate {
	switch {
	case p.stream != nil:
		return gate.NewStream(p.stream)
	case p.data != nil || once:
		return gate.New(p.data, once)
	}
	return nil
}

// request is what the retry loop repeats. It has no headers: each attempt
// gets its own.
func (x *exchange) request(ctx context.Context) (*retryablehttp.Request, error) {
	inner := &http.Request{
		Method: x.call.Method, URL: x.url, Host: x.url.Host, Header: http.Header{},
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}
	req := &retryablehttp.Request{Request: inner.WithContext(ctx)}
	if x.gate == nil {
		return req, nil
	}
	err := req.SetBody(retryablehttp.ReaderFunc(x.gate.Next))
	req.GetBody = x.gate.Body
	return req, err
}

// headers are those of one attempt. They are made anew, so that nothing that
// net/http adds on a redirect goes along (the Referer has the query), and
// because a transport that gave up on an attempt may still be reading the
// headers of that one.
func (x *exchange) headers() http.Header {
	accept := x.call.Accept
	if accept == "" {
		accept = "application/json"
	}
	values := [...]string{accept, x.c.userAgent, x.payload.contentType} // one allocation for all
	h := http.Header{"Accept": values[0:1:1], "User-Agent": values[1:2:2]}
	if x.payload.contentType != "" {
		h["Content-Type"] = values[2:3:3]
	}
	return h
}

// invalid is the error of a call that is refused before it is sent.
func (x *exchange) invalid(field, reason string, err error) error {
	e := x.error(numbers.ErrInvalid)
	e.Field, e.Message = field, reason
	if err != nil {
		e.Err = x.c.seal(err)
	}
	return e
}

// release gives the answer's buffer back.
func (x *exchange) release() {
	if x.buf != nil {
		putBuffer(x.buf)
		x.buf = nil
	}
}
