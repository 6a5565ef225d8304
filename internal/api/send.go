package api

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/http"
	"time"

	"github.com/tnkit/tnkit/internal/ctxerr"
)

// timeoutError is the cause of a context that one attempt has outlived.
type timeoutError struct{}

var errTimeout error = timeoutError{}

func (timeoutError) Error() string        { return "the attempt timed out" }
func (timeoutError) Timeout() bool        { return true }
func (timeoutError) Is(target error) bool { return target == context.DeadlineExceeded }

// send is one exchange with the vendor within the time limit of an attempt. It
// reads the whole body, so that a stalled or broken one is this attempt's
// failure; only the body of a download stays open, and goes on under the limit
// by the stall.
func (f *flight) send(req *http.Request, h http.Header) (*Answer, error) {
	f.started, f.sent = time.Now(), true
	ctx, cancel := context.WithCancelCause(req.Context())
	limit := time.AfterFunc(f.c.timeout, func() { cancel(errTimeout) })
	resp, err := f.exchange(ctx, cancel, req, h)
	if err == nil && f.streaming && success(resp.StatusCode) {
		limit.Stop()
		body := &stallReader{ctx: ctx, from: resp.Body, stall: limit, limit: f.c.timeout, cancel: cancel}
		return &Answer{Call: f.call, Status: resp.StatusCode, Header: resp.Header, stream: body}, nil
	}
	defer cancel(nil)
	defer limit.Stop()
	if err != nil {
		f.fatal = hopeless(err)
		return nil, causeOf(ctx, unquoted(err))
	}
	return f.receive(ctx, resp)
}

// exchange sends the request and waits for the head of the answer.
func (f *flight) exchange(ctx context.Context, cancel context.CancelCauseFunc, req *http.Request, h http.Header) (*http.Response, error) {
	out := req.WithContext(f.watch(ctx, func() { cancel(errAlreadySent) }))
	out.Header = h
	resp, err := f.c.transport.RoundTrip(out)
	switch {
	case err != nil:
		return nil, err
	case resp == nil:
		return nil, errors.New("the transport returned nothing")
	case resp.Body == nil:
		resp.Body = http.NoBody
	}
	if f.gate != nil {
		f.gate.pass() // who answers has been asked
	}
	return resp, nil
}

// receive reads the answer to its end.
func (f *flight) receive(ctx context.Context, resp *http.Response) (*Answer, error) {
	defer resp.Body.Close()
	if f.buf == nil {
		f.buf = getBuffer()
	}
	body, err := f.readBody(resp)
	if err != nil {
		f.fatal = errors.Is(err, errTooLarge)
		return nil, &brokenError{status: resp.StatusCode, err: causeOf(ctx, unquoted(err))}
	}
	return &Answer{Call: f.call, Status: resp.StatusCode, Header: resp.Header, Body: body}, nil
}

// hopeless reports whether a transport error will be the same the next time: a
// certificate that is not trusted.
func hopeless(err error) bool {
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return true
	}
	// A transport of the caller's own may not wrap them.
	_, unknown := errors.AsType[x509.UnknownAuthorityError](err)
	_, name := errors.AsType[x509.HostnameError](err)
	_, invalid := errors.AsType[x509.CertificateInvalidError](err)
	return unknown || name || invalid
}

// causeOf replaces an error that came of an ended context by what ended it.
func causeOf(ctx context.Context, err error) error {
	if ctx.Err() == nil {
		return err
	}
	if cause := context.Cause(ctx); cause == errTimeout || cause == errAlreadySent { //nolint:errorlint // ours, never wrapped
		return cause // nobody but us ended it
	}
	return ctxerr.Of(ctx)
}

// brokenError is an answer whose body could not be read to its end.
type brokenError struct {
	status int
	err    error
}

func (e *brokenError) Error() string {
	return "the answer could not be read to its end: " + e.err.Error()
}
func (e *brokenError) Unwrap() error { return e.err }

var _ http.RoundTripper = (*flight)(nil)
