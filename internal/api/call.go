// Package api sends one HTTP operation of a vendor. It is a chain of small handlers in a
// fixed order, which [Client.run] has:
//
//	encode → retry( authorize → limit → begin → log → send → cap → classify ) → decode
//
// Each handler is in the file that names its subject:
//
//	call.go    the operation, the order of the handlers, and how an answer is handed over
//	client.go  the client and its options
//	encode.go  encode: the request, complete and checked before anything happens
//	retry.go   retry: what may be repeated, and how long to wait before it
//	auth.go    authorize: credentials; login.go those that log in
//	send.go    limit, begin, log and send: one attempt
//	conn.go    what an attempt does with its connection
//	body.go    cap: the whole body, read inside the attempt
//	error.go   classify: what an answer that is not a success means
//	redact.go  what keeps secrets out of errors
//	decode.go  decode: the result of a 2xx answer
//
// encode is first, so that bad input is refused before anything happens. retry
// is outside the handlers, because each attempt needs a fresh credential, its own
// place in the rate limit, its own log line and its own time limit.
//
// begin calls [Call.Begin], which makes the claim of a purchase and returns the
// time until which the purchase may be sent (the fence). It is after everything
// that may delay a request: a login and the limiter. It runs once for each
// operation, and a later attempt (after a refused dial) keeps the same fence.
//
// cap reads the whole body inside the attempt, so that a body that breaks off is
// a failed attempt. classify and decode turn an answer into a *numbers.Error or
// a result, by the same table for every vendor.
//
// The class of the operation decides about repeating. A Buy is sent at most once,
// and no byte of its body is sent after the fence, whatever repeats or delays it:
// package gate. What net/http can replay without a body is in conn.go.
package api

import (
	"bytes"
	"context"
	"io"
	"mime"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/tnkit/tnkit/internal/gate"
	"github.com/tnkit/tnkit/numbers"
)

// Class is the class of an operation: whether it may be repeated. It belongs to the
// operation, not to the HTTP method, because several vendors read by POST.
type Class uint8

const (
	// Buy may cost money or create a second row. It is sent at most once.
	Buy Class = iota // the zero value, so that a missing Class is safe
	// Write is repeatable and costs nothing: update, release, cancel.
	Write
	// Read changes nothing.
	Read
)

// String returns "buy", "write" or "read".
func (c Class) String() string {
	switch c {
	case Read:
		return "read"
	case Write:
		return "write"
	default:
	}
	return "buy"
}

// Call is one operation.
type Call struct {
	// Op is its name in errors and logs: "NumberOrders.Create".
	Op     string
	Class  Class
	Method string
	// Path is a template: "/number_orders/{id}". Args fill its placeholders, in order.
	// They are escaped, and "", "." and ".." are refused. A call with Args is about one
	// object: a 404 or 410 with the vendor's own body is ErrNotFound. Every other 404 is
	// ErrVendor.
	Path string
	Args []string
	// Query is a struct for go-querystring, a url.Values, or nil.
	Query any
	// Body is encoded as JSON; a Form or a Stream is sent as it is; nil for
	// none.
	Body any
	// Accept is the Accept header; "" = application/json.
	Accept string
	// Numbers and Reference go into errors and into the Attempt.
	Numbers   []numbers.E164
	Reference string
	// Into is the value that a 2xx answer is decoded into; nil = nothing is decoded. With
	// Into, an empty body is an error.
	Into any
	// Check returns why the decoded answer is unusable, or "".
	Check func() (reason string)
	// Strict makes every drift of the answer an error. It is for a read whose result is
	// written back, because a member that could not be read would be written as zero.
	Strict bool
	// Header, if not nil, is set to the header of a 2xx answer.
	Header *http.Header
	// Begin, if not nil, is called once, immediately before a Buy with a body is sent,
	// and after the login and the limiter. After sendBy (zero = never) nothing of the
	// body is sent. If it returns an error, nothing is sent, and the call returns an
	// error that wraps it.
	Begin func(ctx context.Context) (sendBy time.Time, err error)
	// Once forbids a repetition, whatever the class is. It is for logins.
	Once bool
	// NoAuth sends the call without credentials.
	NoAuth bool

	raw    string // the escaped path of a Raw, in place of Path and Args
	stream bool   // a 2xx body is left open: a Download
}

// run sends a call, as often as its class and the options allow, and passes a 2xx answer
// to accept. This function has the order of the handlers.
func (c *Client) run(ctx context.Context, call *Call, accept func(*exchange, *Answer) error) error {
	x, err := c.encode(ctx, call)
	if err != nil {
		return err
	}
	defer x.release()
	answer, err := x.retry(ctx, func(req *http.Request) (*Answer, error) {
		return x.authorize(req, func(req *http.Request, h http.Header) (*Answer, error) {
			if err := x.limit(req.Context()); err != nil {
				return nil, err
			}
			if err := x.begin(req.Context()); err != nil {
				return nil, err
			}
			return x.log(req, h, func(req *http.Request, h http.Header) (*Answer, error) {
				answer, err := x.send(req, h) // cap is its end
				if err == nil {
					x.classify(answer)
				}
				return answer, err
			})
		})
	})
	switch {
	case err != nil:
		return x.failed(ctx, err)
	case answer.refusal != nil:
		return answer.refusal
	}
	return accept(x, answer)
}

// sender is the rest of the chain, for a request with its headers.
type sender func(req *http.Request, h http.Header) (*Answer, error)

// exchange is one running call.
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
	sends   int         // requests handed to the transport
	hops    int         // redirects followed in this attempt
	stale   bool        // a connection was passed over in the latest round trip
	passed  int         // how many were
	last    *Answer     // the latest answer; nil = the latest attempt had none
	wait    time.Duration
	// permanent is set if a repetition of the latest attempt would fail in the same way.
	permanent bool
	buf       *bytes.Buffer
}

// Answer is a vendor's answer. Body is valid until the call returns.
type Answer struct {
	Call   *Call
	Status int
	Header http.Header
	Body   []byte
	// refusal is the error of an answer that is not a success. result is the part of the
	// body that has the result of a success.
	refusal error
	result  []byte
	// stream is the open body of a download.
	stream io.ReadCloser
}

// OK reports whether the status is 2xx.
func (a *Answer) OK() bool { return success(a.Status) }

func success(status int) bool { return status >= 200 && status < 300 }

// Do performs a call.
func (c *Client) Do(ctx context.Context, call *Call) error {
	return c.run(ctx, call, func(x *exchange, answer *Answer) error {
		if call.Header != nil {
			*call.Header = answer.Header
		}
		return x.decode(ctx, answer)
	})
}

// Get performs a call whose answer is a T.
func Get[T any](ctx context.Context, c *Client, call *Call) (*T, error) {
	into := new(T)
	call.Into = into
	if err := c.Do(ctx, call); err != nil {
		return nil, err
	}
	return into, nil
}

// Raw sends a request to an endpoint that is not modeled, and returns its answer
// unchanged.
func (c *Client) Raw(ctx context.Context, r *numbers.RawRequest) (*numbers.RawResponse, error) {
	call, err := c.rawCall(r)
	if err != nil {
		return nil, err
	}
	var out *numbers.RawResponse
	err = c.run(ctx, call, func(_ *exchange, answer *Answer) error {
		out = &numbers.RawResponse{Status: answer.Status, Header: answer.Header, Body: bytes.Clone(answer.Body)}
		return nil
	})
	return out, err
}

// Download performs a Read whose body is passed to the caller as it arrives, without a
// cap. The time limit of an attempt applies to the head of the answer, and then to each
// stall.
func (c *Client) Download(ctx context.Context, call *Call) (*numbers.Download, error) {
	streamed := *call
	streamed.stream = true
	var out *numbers.Download
	err := c.run(ctx, &streamed, func(_ *exchange, answer *Answer) error {
		out = &numbers.Download{ContentType: answer.Header.Get("Content-Type"), Body: answer.stream}
		if _, params, err := mime.ParseMediaType(answer.Header.Get("Content-Disposition")); err == nil {
			out.Filename = params["filename"]
		}
		return nil
	})
	return out, err
}
