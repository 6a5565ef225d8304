package api

import (
	"context"
	"errors"
	"net/url"

	"github.com/tnkit/tnkit/internal/gate"
	"github.com/tnkit/tnkit/numbers"
)

// failed builds the error of a call without an answer.
func (x *exchange) failed(ctx context.Context, err error) error {
	if ue, ok := errors.AsType[*url.Error](err); ok {
		err = ue.Err // its own text has the URL, query included
	}
	e := x.error(numbers.ErrUnreachable)
	if truncated, ok := errors.AsType[*truncatedError](err); ok {
		e.Kind, e.Status, e.RequestID = numbers.ErrVendor, truncated.status, truncated.requestID
	}
	unsent, isUnsent := errors.AsType[*unsentError](err)
	begin, isBegin := errors.AsType[*beginError](err)
	switch {
	case isBegin:
		begin.describe(e)
	case x.gate != nil && x.gate.Late():
		e.Kind, err = numbers.ErrNotPlaced, gate.ErrLate
	case ctx.Err() != nil:
		e.Kind, err = numbers.ErrUnreachable, causeOf(ctx, err)
	case isUnsent:
		unsent.describe(e)
	}
	e.Err = x.c.seal(err)
	if x.maybeSent() {
		x.unknown(e)
		return e
	}
	e.Message = "nothing was sent: " + x.c.text(err.Error())
	return e
}

// maybeSent reports whether the vendor may have got the request.
func (x *exchange) maybeSent() bool {
	if x.single() {
		return x.gate.Passed()
	}
	return x.sent
}

// unsentError is a failure of an attempt before anything of it was sent.
type unsentError struct {
	err    error
	reason string
	kind   error
}

func (e *unsentError) Error() string { return e.reason + ": " + e.err.Error() }
func (e *unsentError) Unwrap() error { return e.err }

// describe makes to the error of the call what is known of the cause.
func (e *unsentError) describe(to *numbers.Error) {
	if e.kind != nil {
		to.Kind = e.kind
	}
	login, ok := errors.AsType[*numbers.Error](e.err)
	if !ok {
		return
	}
	to.Kind, to.Status, to.Code, to.RetryAfter, to.RequestID = login.Kind, login.Status, login.Code, login.RetryAfter, login.RequestID
	if errors.Is(e.err, numbers.ErrOutcomeUnknown) {
		// The login's, which is nothing to this call: no money hangs on it.
		to.Kind, e.err = numbers.ErrUnreachable, &sealedError{text: e.err.Error()}
	}
}

// beginError is a failure of Call.Begin.
type beginError struct{ err error }

func (e *beginError) Error() string { return "the purchase could not begin: " + e.err.Error() }
func (e *beginError) Unwrap() error { return e.err }

// describe gives the error of the call the kind of its cause, and what the cause
// says of the purchase that is in the way.
func (e *beginError) describe(to *numbers.Error) {
	to.Kind = numbers.ErrNotPlaced
	if errors.Is(e.err, numbers.ErrOutcomeUnknown) {
		// Of another operation: this purchase was not sent.
		e.err = &sealedError{text: e.err.Error()}
		return
	}
	if numbers.HasKind(e.err) {
		to.Kind = numbers.KindOf(e.err)
	}
	if cause, ok := errors.AsType[*numbers.Error](e.err); ok && cause != nil {
		to.HeldBy, to.RetryAfter = cause.HeldBy, cause.RetryAfter
	}
}
