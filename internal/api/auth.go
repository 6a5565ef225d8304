package api

import (
	"context"
	"io"
	"net/http"

	"github.com/tnkit/tnkit/numbers"
)

// Auth puts a credential into requests.
type Auth interface {
	// Authorise sets headers. used names the credential for Drop.
	Authorise(ctx context.Context, h http.Header) (used string, err error)
	// Drop forgets a credential that the vendor refused, and reports whether a
	// fresh one can be had.
	Drop(used string) bool
	// Redact removes every secret it knows from text.
	Redact(text string) string
}

// authorize puts the credential in. If a Read is refused as unauthorized, it is
// sent once more with a fresh credential. For a Write, the token is dropped and
// the refusal is returned.
func (x *exchange) authorize(req *http.Request, next sender) (*Answer, error) {
	h := x.headers()
	if x.c.Auth == nil || x.call.NoAuth {
		return next(req, h)
	}
	for again := x.call.Class == Read && !x.single(); ; again = false {
		used, err := x.c.Auth.Authorise(req.Context(), h)
		if err != nil {
			x.permanent = true
			return nil, &unsentError{err: err, reason: "no credential could be had"}
		}
		answer, err := next(req, h)
		if err != nil || !x.c.unauthorised(answer) {
			return answer, err
		}
		if fresh := x.c.Auth.Drop(used); !fresh || !again {
			return answer, nil
		}
		h = x.headers()
		if req, err = x.anew(req); err != nil {
			return nil, err
		}
	}
}

// unauthorised reports whether an answer refuses the credential.
func (c *Client) unauthorised(a *Answer) bool {
	if c.Unauthorised != nil {
		return c.Unauthorised(a)
	}
	return a.Status == http.StatusUnauthorized
}

// single reports whether the call is sent once.
func (x *exchange) single() bool { return x.gate != nil && x.gate.Once() }

// anew returns the request with its body to be read from the beginning.
func (x *exchange) anew(req *http.Request) (*http.Request, error) {
	if x.gate == nil {
		return req, nil
	}
	body, err := x.gate.Next()
	if err != nil {
		return nil, err
	}
	req = req.WithContext(req.Context())
	req.Body = io.NopCloser(body)
	return req, nil
}

// limit waits for the caller's limiter.
func (x *exchange) limit(ctx context.Context) error {
	if x.c.limiter == nil {
		return nil
	}
	if err := x.c.limiter.Wait(ctx); err != nil {
		x.permanent = true
		return &unsentError{err: err, reason: "the limiter refused", kind: numbers.ErrRateLimited}
	}
	return nil
}

// begin calls Call.Begin before the first attempt that is sent. A later one
// keeps the fence.
func (x *exchange) begin(ctx context.Context) error {
	if x.call.Begin == nil || x.begun {
		return nil
	}
	x.begun = true
	sendBy, err := x.call.Begin(ctx)
	if err != nil {
		x.permanent = true
		return &beginError{err}
	}
	x.sendBy = sendBy
	x.gate.Fence(sendBy)
	return nil
}
