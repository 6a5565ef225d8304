package api

import (
	"context"
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
	if f.c.Auth == nil || f.call.NoAuth {
		return f.limit(req)
	}
	for again := true; ; again = false {
		used, err := f.c.Auth.Authorise(req.Context(), req.Header)
		if err != nil {
			f.fatal = true
			return nil, &unsentError{err: err, reason: "no credential could be had"}
		}
		answer, err := f.limit(req)
		if err != nil || answer.Status != http.StatusUnauthorized {
			return answer, err
		}
		if fresh := f.c.Auth.Drop(used); !fresh || !again || f.call.Class != Read || f.payload.stream != nil {
			return answer, nil
		}
		if req.GetBody != nil {
			if req.Body, err = req.GetBody(); err != nil {
				return nil, err
			}
		}
	}
}

// unsentError is a failure before anything was sent.
type unsentError struct {
	err    error
	reason string
	kind   error
}

func (e *unsentError) Error() string { return e.reason + ": " + e.err.Error() }
func (e *unsentError) Unwrap() error { return e.err }

// limit waits for the caller's limiter.
func (f *flight) limit(req *http.Request) (*Answer, error) {
	if f.c.limiter != nil {
		if err := f.c.limiter.Wait(req.Context()); err != nil {
			f.fatal = true
			return nil, &unsentError{err: err, reason: "the limiter refused", kind: numbers.ErrRateLimited}
		}
	}
	return f.report(req)
}
