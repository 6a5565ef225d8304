package api

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/tnkit/tnkit/internal/ctxerr"
	"github.com/tnkit/tnkit/internal/gate"
	"github.com/tnkit/tnkit/numbers"
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

// log reports an attempt to the logger and to OnAttempt, by allow-list.
func (x *exchange) log(req *http.Request, h http.Header, next sender) (*Answer, error) {
	ctx, began, before := req.Context(), time.Now(), x.sends
	answer, err := next(req, h)
	logs := x.c.log != nil && x.c.log.Enabled(ctx, slog.LevelDebug)
	if x.sends == before || !logs && x.c.onAttempt == nil {
		return answer, err
	}
	info := numbers.AttemptInfo{
		Operation: x.c.operation(x.call), Host: x.c.base.Host, Attempt: x.sends, Duration: time.Since(began),
	}
	var failure error
	if err == nil {
		now := time.Now()
		info.Status, failure = answer.Status, answer.refusal
		info.RequestID = x.c.requestID(answer.Header)
		info.RetryAfter = retryAfter(answer.Status, answer.Header, now)
		info.RateLimit = rateLimit(answer.Header, now)
		if _, followed := x.follow(req, answer); followed {
			failure = nil
		}
	} else {
		failure = x.failed(ctx, err)
	}
	if failure != nil {
		info.Kind = numbers.KindOf(failure)
	}
	if logs {
		x.c.logAttempt(ctx, info)
	}
	if x.c.onAttempt != nil {
		x.c.hook(ctx, "OnAttempt", func() { x.c.onAttempt(ctx, info) })
	}
	return answer, err
}

// operation describes a call to those who watch it.
func (c *Client) operation(call *Call) numbers.Operation {
	return numbers.Operation{
		Vendor: c.Vendor, Op: call.Op, Class: numbers.Class(call.Class.String()), Method: call.Method, Path: call.Path,
	}
}

// logAttempt writes the one line of an attempt.
func (c *Client) logAttempt(ctx context.Context, info numbers.AttemptInfo) {
	attrs := []slog.Attr{
		slog.String("vendor", info.Vendor),
		slog.String("op", info.Op),
		slog.String("class", string(info.Class)),
		slog.String("method", info.Method),
		slog.String("host", info.Host),
		slog.String("path", info.Path),
		slog.Int("attempt", info.Attempt),
		slog.Duration("duration", info.Duration),
	}
	if info.Status != 0 {
		attrs = append(attrs, slog.Int("status", info.Status))
	}
	if info.Kind != nil {
		attrs = append(attrs, slog.String("kind", info.Kind.Error()))
	}
	c.log.LogAttrs(ctx, slog.LevelDebug, "request", attrs...)
}

// hook calls a function of the caller's options. Its panic is logged and goes no
// further: the answer that it would take along may be that of a purchase. The
// panic's value is not logged, since it may be anything.
func (c *Client) hook(ctx context.Context, name string, call func()) {
	defer func() {
		if v := recover(); v != nil && c.log != nil {
			c.log.LogAttrs(ctx, slog.LevelError, "a hook panicked",
				slog.String("vendor", c.Vendor), slog.String("hook", name), slog.String("stack", string(debug.Stack())))
		}
	}()
	call()
}

func (c *Client) requestID(h http.Header) string {
	if c.RequestIDHeader == "" {
		return ""
	}
	return c.text(h.Get(c.RequestIDHeader))
}

// send is one attempt at the vendor within the time limit of an attempt. It
// reads the whole body, so that a stalled or broken one is this attempt's
// failure. Only the body of a download stays open: its limit is for each stall.
func (x *exchange) send(req *http.Request, h http.Header) (*Answer, error) {
	if err := ctxerr.Of(req.Context()); err != nil {
		return nil, err // a transport of the caller's own may not look
	}
	x.started, x.sent = time.Now(), true
	x.sends++
	ctx, cancel, stop := x.lifetime(req.Context())
	limit := time.AfterFunc(x.c.timeout, func() { x.giveUp(cancel, errTimeout) })
	resp, err := x.sendHead(ctx, cancel, req, h)
	if err == nil && x.call.stream && success(resp.StatusCode) {
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

// sendHead sends the request and waits for the head of the answer. A connection that
// has been idle for too long is passed over: the body is not given to it, which
// closes it, and the transport takes another.
func (x *exchange) sendHead(ctx context.Context, cancel context.CancelCauseFunc, req *http.Request, h http.Header) (*http.Response, error) {
	resp, err := x.roundTrip(ctx, cancel, req, h)
	for x.stale && err != nil && ctx.Err() == nil && !x.gate.Passed() && !x.gate.Late() {
		if req, err = x.rewind(req); err != nil {
			return nil, err
		}
		resp, err = x.roundTrip(ctx, cancel, req, h)
	}
	switch {
	case err != nil:
		return nil, err
	case resp == nil:
		return nil, errors.New("the transport returned neither an answer nor an error")
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
	if cause := context.Cause(ctx); errors.Is(cause, errTimeout) || errors.Is(cause, gate.ErrSent) {
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

// stallReader gives up on a body that brings nothing for the limit.
type stallReader struct {
	ctx    context.Context //nolint:containedctx // the life of the body, not of a call
	from   io.ReadCloser
	stall  *time.Timer
	limit  time.Duration
	cancel context.CancelCauseFunc
}

func (r *stallReader) Read(p []byte) (int, error) {
	r.stall.Reset(r.limit)
	n, err := r.from.Read(p)
	r.stall.Stop() // the caller may take its time
	if err != nil && !errors.Is(err, io.EOF) {
		err = causeOf(r.ctx, err)
	}
	return n, err
}

// Close ends the request before it closes the body. Otherwise net/http (since
// Go 1.27) tries for 50 ms to read the rest, and waits for a Read in progress.
func (r *stallReader) Close() error {
	r.stall.Stop()
	r.cancel(nil)
	return r.from.Close()
}
