package api

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/http"
	"time"

	"github.com/tnkit/tnkit/internal/ctxerr"
	"github.com/tnkit/tnkit/internal/gate"
)

// timeoutError is the cause of a context that one attempt has outlived.
type timeoutError struct{}

var errTimeout error = timeoutError{}

func (timeoutError) Error() string        { return "the attempt timed out" }
func (timeoutError) Timeout() bool        { return true }
func (timeoutError) Is(target error) bool { return target == context.DeadlineExceeded }

// lastLook is how long a Buy that was written to its end still waits for its
// answer after its time is over. When a stopped process continues, the timers
// that end the request fire in the same moment in which the answer can be read
// that arrived in the meantime.
const lastLook = 100 * time.Millisecond

// send is one attempt at the vendor within the time limit of an attempt. It
// reads the whole body, so that a stalled or broken one is this attempt's
// failure. Only the body of a download stays open: its limit is for each stall.
func (x *exchange) send(req *http.Request, h http.Header) (*Answer, error) {
	if err := ctxerr.Of(req.Context()); err != nil {
		return nil, err // a transport of the caller's own may not look
	}
	x.started, x.sent = time.Now(), true
	ctx, cancel, stop := x.lifetime(req.Context())
	limit := time.AfterFunc(x.c.timeout, func() { x.giveUp(cancel, errTimeout) })
	resp, err := x.sendHead(ctx, cancel, req, h)
	if err == nil && x.streaming && success(resp.StatusCode) {
		limit.Stop()
		body := &stallReader{ctx: ctx, from: resp.Body, stall: limit, limit: x.c.timeout, cancel: cancel}
		return &Answer{Call: x.call, Status: resp.StatusCode, Header: resp.Header, stream: body}, nil
	}
	defer cancel(nil)
	defer stop()
	defer limit.Stop()
	if err == nil {
		return x.receive(ctx, resp)
	}
	x.permanent = permanent(err)
	return nil, causeOf(ctx, unquoted(err))
}

// lifetime is the context of one attempt. That of a Buy does not end with the
// caller's, but when giveUp ends it. If the fence passes while the attempt still
// waits for a connection, there is nothing left to wait for.
func (x *exchange) lifetime(caller context.Context) (ctx context.Context, cancel context.CancelCauseFunc, stop func()) {
	if x.call.Class != Buy {
		ctx, cancel = context.WithCancelCause(caller)
		return ctx, cancel, func() {}
	}
	ctx, cancel = context.WithCancelCause(context.WithoutCancel(caller))
	unhook := context.AfterFunc(caller, func() { x.giveUp(cancel, ctxerr.Of(caller)) })
	if x.sendBy.IsZero() {
		return ctx, cancel, func() { unhook() }
	}
	fence := time.AfterFunc(time.Until(x.sendBy), func() {
		if x.gate.Expire() {
			cancel(gate.ErrLate)
		}
	})
	return ctx, cancel, func() { unhook(); fence.Stop() }
}

// giveUp ends an attempt. A Buy gets a last look at what has arrived, unless a
// part of it is not written yet: that part must not leave now.
func (x *exchange) giveUp(cancel context.CancelCauseFunc, cause error) {
	if x.written.Load() {
		time.AfterFunc(lastLook, func() { cancel(cause) })
		return
	}
	cancel(cause)
}

// sendHead sends the request and waits for the head of the answer.
func (x *exchange) sendHead(ctx context.Context, cancel context.CancelCauseFunc, req *http.Request, h http.Header) (*http.Response, error) {
	out := req.WithContext(x.watch(ctx, func() { cancel(gate.ErrSent) }))
	out.Header = h
	resp, err := x.c.transport.RoundTrip(out)
	switch {
	case err != nil:
		return nil, err
	case resp == nil:
		return nil, errors.New("the transport returned nothing")
	case resp.Body == nil:
		resp.Body = http.NoBody
	}
	if x.gate != nil {
		x.gate.Pass() // who answers has been asked
	}
	return resp, nil
}

// receive reads the answer to its end.
func (x *exchange) receive(ctx context.Context, resp *http.Response) (*Answer, error) {
	defer resp.Body.Close()
	if x.buf == nil {
		x.buf = getBuffer()
	}
	body, err := x.readBody(resp)
	if err != nil {
		x.permanent = errors.Is(err, errTooLarge)
		return nil, &truncatedError{status: resp.StatusCode, requestID: x.c.requestID(resp.Header), err: causeOf(ctx, unquoted(err))}
	}
	return &Answer{Call: x.call, Status: resp.StatusCode, Header: resp.Header, Body: body}, nil
}

// permanent reports whether a transport error will be the same the next time: a
// certificate that is not trusted.
func permanent(err error) bool {
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
	if cause := context.Cause(ctx); cause == errTimeout || cause == gate.ErrSent { //nolint:errorlint // ours, never wrapped
		return cause // nobody but us ended it
	}
	return ctxerr.Of(ctx)
}

// truncatedError is an answer whose body could not be read to its end.
type truncatedError struct {
	status    int
	requestID string
	err       error
}

func (e *truncatedError) Error() string {
	return "the answer could not be read to its end: " + e.err.Error()
}
func (e *truncatedError) Unwrap() error { return e.err }
