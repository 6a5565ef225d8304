package driver

import (
	"context"
	"errors"
	"iter"
	"time"

	"github.com/tnkit/tnkit/numbers"
)

// ReleaseSteps are the vendor's requests that release one number. Read, List and Delete
// are required.
type ReleaseSteps struct {
	// Read reads the row with the number's id. A row in the state NumberReleased counts
	// as released. Return ErrNotFound only if the vendor itself reports that the id does
	// not exist. The 404 of a proxy must have another kind.
	Read func(ctx context.Context) (*numbers.Number, error)
	// Unclear reports whether an error of Read does not show whether the account still
	// has the number. Release then uses List. nil = no error is unclear.
	Unclear func(err error) bool
	// List yields all rows that the account has for the number. Rows of other numbers are
	// ignored.
	List func(ctx context.Context) iter.Seq2[*numbers.Number, error]
	// Delete releases the row with the number's id.
	Delete func(ctx context.Context) error
	// Delay is how long a reading can still show a number after its release; 0 = not at
	// all.
	Delay time.Duration
}

// Release implements numbers.Releaser for every vendor in the same way.
//
// It reads n first. If the id now belongs to another number, the error is ErrConflict. If
// the number is locked, the error is ErrLocked. If n was already released, a listing must
// show that the account does not own the number with another id. Otherwise the error is
// ErrConflict.
//
// It reads n again after every answer to the release, because an answer can be lost. The
// error is nil only if this reading shows that the account no longer has n. Otherwise the
// error is the vendor's refusal, or the error of the reading. The error is ErrVendor if
// the account still has the number although the vendor accepted the release, or answered
// that there is nothing to release.
func Release(ctx context.Context, vendor string, n *numbers.Number, s ReleaseSteps) error {
	const op = "Release"
	if err := CheckNumber(vendor, op, n); err != nil {
		return err
	}
	return Error(s.release(ctx, n), op, n.E164)
}

func (s ReleaseSteps) release(ctx context.Context, n *numbers.Number) error {
	row, twin, err := s.look(ctx, n, true)
	switch {
	case err != nil:
		return err
	case row == nil && twin != nil:
		return problem(n, numbers.ErrConflict, "its id no longer exists, and the account owns the number with id "+quote(twin.ID)+"; look it up again")
	case row == nil:
		return nil
	case row.Locked:
		return problem(n, numbers.ErrLocked, "it is protected against release; unlock it at the vendor first")
	}
	refused := s.Delete(ctx)
	gone, err := s.gone(ctx, n, refused)
	switch {
	case gone:
		return nil
	case refused != nil && !errors.Is(refused, numbers.ErrNotFound):
		return refused
	case err != nil:
		return err
	case refused != nil:
		return problem(n, numbers.ErrVendor, "the vendor answered that there is nothing to release, but the number is still there")
	}
	return problem(n, numbers.ErrVendor, "the vendor accepted the release, but the number is still there")
}

// look returns the row of n, or nil if a reading shows that n was released. If twins is
// set, or only a listing can show this, it also returns a row that the number has under
// another id.
func (s ReleaseSteps) look(ctx context.Context, n *numbers.Number, twins bool) (row, twin *numbers.Number, err error) {
	row, err = s.Read(ctx)
	unclear := err != nil && s.Unclear != nil && s.Unclear(err)
	switch {
	case err == nil:
		if err := CheckSame(row, n); err != nil {
			return nil, nil, err
		}
		if row.State != numbers.NumberReleased {
			return row, nil, nil
		}
	case !unclear && !errors.Is(err, numbers.ErrNotFound):
		return nil, nil, err
	}
	if !unclear && !twins {
		return nil, nil, nil
	}
	return s.find(ctx, n)
}

// find makes one listing. It returns the row with n's id, and a row that the number has
// under another id.
func (s ReleaseSteps) find(ctx context.Context, n *numbers.Number) (row, twin *numbers.Number, err error) {
	for listed, err := range s.List(ctx) {
		switch {
		case err != nil:
			return nil, nil, err
		case listed == nil, listed.State == numbers.NumberReleased:
		case sameID(listed.ID, n.ID):
			return listed, nil, CheckSame(listed, n)
		case sameNumber(listed, n):
			twin = listed
		}
	}
	return nil, twin, nil
}

// gone reports whether a reading after Delete shows that n was released. It waits for
// such a reading only if the vendor accepted the release.
func (s ReleaseSteps) gone(ctx context.Context, n *numbers.Number, refused error) (gone bool, err error) {
	delay := s.Delay
	if refused != nil {
		delay = 0
	}
	err = Poll(ctx, n.Vendor, delay, func() (bool, error) {
		row, _, err := s.look(ctx, n, false)
		gone = err == nil && row == nil
		return gone, err
	})
	if errors.Is(err, errNotSettled) {
		err = nil
	}
	return gone, err
}
