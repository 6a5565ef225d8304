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

// timeoutError is the cause of the context of an attempt that timed out.
type timeoutError struct{}

var errTimeout error = timeoutError{}

func (timeoutError) Error() string        { return "the attempt timed out" }
func (timeoutError) Timeout() bool        { return true }
func (timeoutError) Is(target error) bool { return target == context.DeadlineExceeded }

// lastLook is how long a Buy that was completely written waits for its answer after its
// deadline. When a paused process continues, the timers that end the request fire at the
// moment at which the answer, which arrived during the pause, can be read.
const lastLook = 100 * time.Millisecond

// limit waits for the caller's limiter.
func (x *exchange) limit(ctx context.Context) error {
	if x.c.limiter == nil {
		return nil
	}
	if err := x.c.limiter.Wait(ctx); err != nil {
		x.permanent = true
		return &unsentError{err: err, reason: "the client's Limiter refused the request", kind: numbers.ErrRateLimited}
	}
	return nil
}

// begin calls Call.Begin before the first attempt that is sent. A later attempt has the
// same fence.
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

// operation returns the description of a call for OnAttempt and other observers.
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

// hook calls a function of the caller's options. It logs a panic of the function and
// continues, because the panic could lose the answer to a purchase. It does not log the
// panic's value, because the value may contain a secret.
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

// send makes one attempt within the time limit of an attempt. It reads the whole body, so
// that the attempt fails if the body stalls or breaks off. Only the body of a download
// stays open, with a time limit for each stall.
func (x *exchange) send(req *http.Request, h http.Header) (*Answer, error) {
	if err := ctxerr.Of(req.Context()); err != nil {
		return nil, err // a caller's own transport may not check this
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

// lifetime returns the context of one attempt. The context of a Buy does not end with the
// caller's context: giveUp ends it. If the fence passes while the attempt waits for a
// connection, the attempt ends.
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

// giveUp ends an attempt. A Buy may still read an answer that has arrived (lastLook),
// unless a part of the Buy is not written yet, because that part must not be sent now.
func (x *exchange) giveUp(cancel context.CancelCauseFunc, cause error) {
	if x.written.Load() {
		time.AfterFunc(lastLook, func() { cancel(cause) })
		return
	}
	cancel(cause)
}

// sendHead sends the request and waits for the head of the answer. A connection that has
// been idle for too long is passed over: sendHead does not give it the body, which closes
// it, and the transport uses another one.
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
		x.gate.Pass() // an answer shows that the vendor got the request
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

// permanent reports whether a repetition would fail with the same transport error,
// because a certificate is not trusted.
func permanent(err error) bool {
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return true
	}
	// A caller's own transport may not wrap these errors.
	_, unknown := errors.AsType[x509.UnknownAuthorityError](err)
	_, name := errors.AsType[x509.HostnameError](err)
	_, invalid := errors.AsType[x509.CertificateInvalidError](err)
	return unknown || name || invalid
}

// causeOf replaces the error of a context that has ended by the cause of the context.
func causeOf(ctx context.Context, err error) error {
	if ctx.Err() == nil {
		return err
	}
	if cause := context.Cause(ctx); errors.Is(cause, errTimeout) || errors.Is(cause, gate.ErrSent) {
		return cause // only this package ended it
	}
	return ctxerr.Of(ctx)
}

// truncatedError is the error of an answer whose body could not be read to its end.
type truncatedError struct {
	status    int
	requestID string
	err       error
}

func (e *truncatedError) Error() string {
	return "the answer could not be read to its end: " + e.err.Error()
}
func (e *truncatedError) Unwrap() error { return e.err }

// stallReader ends the reading of a body that sends nothing for the time limit.
type stallReader struct {
	ctx    context.Context //nolint:containedctx // it lives as long as the body
	from   io.ReadCloser
	stall  *time.Timer
	limit  time.Duration
	cancel context.CancelCauseFunc
}

func (r *stallReader) Read(p []byte) (int, error) {
	r.stall.Reset(r.limit)
	n, err := r.from.Read(p)
	r.stall.Stop() // the limit does not include the caller's own time
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
