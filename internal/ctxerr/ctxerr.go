// Package ctxerr returns the reason why a context has ended.
package ctxerr

import (
	"context"
	"errors"
)

// Of returns the reason why ctx has ended, or nil if it has not. The error has the text
// of the context's cause. For errors.Is, it matches the cause, and context.Canceled or
// context.DeadlineExceeded.
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
