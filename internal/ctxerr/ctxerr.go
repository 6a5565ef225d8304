// Package ctxerr tells why a context has ended.
package ctxerr

import (
	"context"
	"errors"
)

// Of returns why ctx has ended, nil where it has not. The error reads as the
// cause that was given, and is both that and context.Canceled or
// context.DeadlineExceeded to errors.Is.
func Of(ctx context.Context) error {
	err, cause := ctx.Err(), context.Cause(ctx)
	if err == nil || errors.Is(cause, err) {
		return cause
	}
	return &caused{cause: cause, err: err}
}

type caused struct{ cause, err error }

func (e *caused) Error() string   { return e.cause.Error() }
func (e *caused) Unwrap() []error { return []error{e.cause, e.err} }
