package driver

import (
	"context"
	"errors"
	"iter"
	"time"

	"github.com/tnkit/tnkit/numbers"
)

// ReleaseSteps are the requests by which a vendor gives one number back. Read, List
// and Delete are required.
type ReleaseSteps struct {
	// Read reads what is under the number's id. A row in the state NumberReleased is
	// gone. ErrNotFound is the vendor's own word that nothing is under the id: the 404
	// of a proxy must be another kind.
	Read func(ctx context.Context) (*numbers.Number, error)
	// Unclear reports whether an error of Read leaves open whether the number is gone,
	// so that only a listing shows it; nil = no error does.
	Unclear func(err error) bool
	// List walks all rows that the account may have of the number. Rows of other
	// numbers are ignored.
	List func(ctx context.Context) iter.Seq2[*numbers.Number, error]
	// Delete gives back what is under the number's id.
	Delete func(ctx context.Context) error
	// Delay is how long a reading may still show a number that was given back; 0 = it
	// never does.
	Delay time.Duration
}

// Release implements numbers.Releaser, in the same way at every vendor.
//
// It reads n before it gives anything back. If another number is under the id, the
// error is ErrConflict; if the number is locked, ErrLocked. If n is gone already, a
// listing must show that the account does not own the number again under another id:
// otherwise it is not known which of the two is meant, and the error is ErrConflict.
//
// It reads n again after the vendor's answer, whatever that was, since an answer can
// be lost. The error is nil only if this reading shows n gone. Otherwise it is why the
// vendor refused, or why the reading failed. It is ErrVendor if the vendor accepted
// the release, or says that there is nothing to release, and still shows the number.
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
		return problem(n, numbers.ErrConflict, "nothing is under its id, and the account owns the number under id "+quote(twin.ID)+"; look it up again")
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
		return problem(n, numbers.ErrVendor, "the vendor says that there is nothing to release, and still shows the number")
	}
	return problem(n, numbers.ErrVendor, "the vendor accepted the release, and still shows the number")
}

// look returns the row of n; nil if a reading shows n gone. With twins, or where only
// a listing shows it, it also returns a row that the number has under another id.
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

// find makes one listing. It returns the row under n's id, and one that the number has
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

// gone reports whether a reading after Delete shows n gone. Only if the vendor
// accepted the release, it waits for such a reading.
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
