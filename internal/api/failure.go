package api

import (
	"context"
	"errors"
	"net/url"

	"github.com/tnkit/tnkit/numbers"
)

// failed builds the error of a call without an answer.
func (f *flight) failed(ctx context.Context, err error) error {
	if ue, ok := errors.AsType[*url.Error](err); ok {
		err = ue.Err // its own text has the URL, query included
	}
	e := f.error(numbers.ErrUnreachable)
	unsent, isUnsent := errors.AsType[*unsentError](err)
	broken, isBroken := errors.AsType[*brokenError](err)
	switch {
	case ctx.Err() != nil:
		err = causeOf(ctx, err)
	case isUnsent:
		unsent.describe(e)
	case isBroken:
		e.Kind, e.Status = numbers.ErrVendor, broken.status
	}
	e.Err = f.c.seal(err)
	if f.departed() {
		f.unknown(e)
		return e
	}
	e.Message = "nothing was sent: " + f.c.text(err.Error())
	return e
}

// departed reports whether the vendor may have got the request.
func (f *flight) departed() bool {
	if f.gate != nil && f.gate.once {
		return f.gate.passed()
	}
	return f.sent
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
