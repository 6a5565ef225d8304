package api

import (
	"context"
	"crypto/tls"
	"errors"
	"net/http"
)

// errTimeout is the cause of a context that one attempt has outlived.
var errTimeout = errors.New("the attempt timed out")

// send is one exchange with the vendor within the time limit of an attempt. It
// reads the whole body, so that a stalled or broken one is this attempt's
// failure.
func (f *flight) send(req *http.Request) (*Answer, error) {
	req.Header.Del("Referer") // net/http sets it on a redirect, query included
	if f.streaming {
		return f.sendStreaming(req)
	}
	ctx, cancel := context.WithTimeoutCause(req.Context(), f.c.timeout, errTimeout)
	defer cancel()
	req = req.WithContext(ctx)
	resp, err := f.c.transport.RoundTrip(req)
	if err != nil {
		f.fatal = hopeless(err)
		return nil, causeOf(ctx, err)
	}
	defer resp.Body.Close()
	answer := &Answer{Call: f.call, Status: resp.StatusCode, Header: resp.Header}
	if f.buf == nil {
		f.buf = getBuffer()
	}
	answer.Body, err = f.c.readBody(resp, f.buf)
	if err != nil {
		if errors.Is(err, errTooLarge) {
			f.fatal = true
		}
		return nil, &brokenError{status: resp.StatusCode, err: causeOf(ctx, err)}
	}
	return answer, nil
}

// hopeless reports whether a transport error will be the same the next time: a
// certificate that is not trusted.
func hopeless(err error) bool {
	_, untrusted := errors.AsType[*tls.CertificateVerificationError](err)
	return untrusted
}

// causeOf replaces a context error by what ended the context.
func causeOf(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		if errors.Is(cause, ctx.Err()) {
			return cause
		}
		return &causedError{cause: cause, err: ctx.Err()}
	}
	return err
}

// causedError is a context error with its cause: both answer to errors.Is.
type causedError struct{ cause, err error }

func (e *causedError) Error() string   { return e.cause.Error() }
func (e *causedError) Unwrap() []error { return []error{e.cause, e.err} }

// brokenError is an answer whose body could not be read to its end.
type brokenError struct {
	status int
	err    error
}

func (e *brokenError) Error() string { return "the answer broke off: " + e.err.Error() }
func (e *brokenError) Unwrap() error { return e.err }

var _ http.RoundTripper = (*flight)(nil)
