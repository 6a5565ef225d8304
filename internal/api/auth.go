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

// authorise is the outermost handler of an attempt. A read that is refused as
// unauthorised is sent once more with a fresh credential; a write is not: the
// token is dropped, and the refusal returned.
func (f *flight) authorise(req *http.Request) (*Answer, error) {
	h := f.headers()
	if f.c.Auth == nil || f.call.NoAuth {
		return f.limit(req, h)
	}
	for again := f.call.Class == Read && !f.single(); ; again = false {
		used, err := f.c.Auth.Authorise(req.Context(), h)
		if err != nil {
			f.fatal = true
			return nil, &unsentError{err: err, reason: "no credential could be had"}
		}
		answer, err := f.limit(req, h)
		if err != nil || !f.c.unauthorised(answer) {
			return answer, err
		}
		if fresh := f.c.Auth.Drop(used); !fresh || !again {
			return answer, nil
		}
		h = f.headers()
		if req, err = f.anew(req); err != nil {
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
func (f *flight) single() bool { return f.gate != nil && f.gate.once }

// anew returns the request with its body to be read from the beginning.
func (f *flight) anew(req *http.Request) (*http.Request, error) {
	if f.gate == nil {
		return req, nil
	}
	body, err := f.gate.next()
	if err != nil {
		return nil, err
	}
	req = req.WithContext(req.Context())
	req.Body = io.NopCloser(body)
	return req, nil
}

// limit waits for the caller's limiter.
func (f *flight) limit(req *http.Request, h http.Header) (*Answer, error) {
	if f.c.limiter != nil {
		if err := f.c.limiter.Wait(req.Context()); err != nil {
			f.fatal = true
			return nil, &unsentError{err: err, reason: "the limiter refused", kind: numbers.ErrRateLimited}
		}
	}
	if err := f.claim(req.Context()); err != nil {
		return nil, err
	}
	return f.report(req, h)
}

// claim calls Begin before the first attempt that is sent.
func (f *flight) claim(ctx context.Context) error {
	if f.call.Begin == nil || f.begun {
		return nil
	}
	f.begun = true
	if _, err := f.call.Begin(ctx); err != nil {
		f.fatal = true
		return &unsentError{err: err, reason: "the purchase could not begin", kind: numbers.ErrNotPlaced}
	}
	return nil
}
