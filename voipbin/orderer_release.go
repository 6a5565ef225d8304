package voipbin

import (
	"context"
	"errors"
	"time"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
)

// Release gives a number back by DELETE /numbers/{id} or
// /order_numbers/{id}. What the answer says is not enough: nil means that a
// reading afterwards shows the number gone.
func (o *Orderer) Release(ctx context.Context, n *numbers.Number) error {
	const op = "Release"
	if err := driver.CheckNumber(op, vendor, n); err != nil {
		return err
	}
	err := o.release(ctx, n)
	return driver.Error(err, op, []numbers.E164{n.E164})
}

func (o *Orderer) release(ctx context.Context, n *numbers.Number) error {
	row, err := o.look(ctx, n, true)
	if row == nil || err != nil {
		return err
	}
	if err := same(row, n); err != nil {
		return err
	}
	_, failed := o.rows.Delete(ctx, n.ID)
	if failed != nil && !mayBeGone(failed) {
		return failed
	}
	row, err = o.look(ctx, n, false)
	switch {
	case failed != nil && (err != nil || row != nil):
		return failed
	case err != nil:
		return err
	case row != nil:
		return &numbers.Error{Vendor: vendor, Kind: numbers.ErrVendor, Message: "the vendor says that the number is deleted, and still has it"}
	}
	return nil
}

// mayBeGone reports whether the number may be gone although deleting it
// failed: the answer was lost, or it says that there is nothing to delete.
func mayBeGone(err error) bool {
	return errors.Is(err, numbers.ErrNotFound) || errors.Is(err, numbers.ErrVendor) || errors.Is(err, numbers.ErrUnreachable)
}

// look reads the row of n; nil without an error means that the reading shows
// it gone. Where the answer to a reading of the id does not prove that, a
// complete listing does. With strict, a listing that has the number under
// another id is ErrConflict.
func (o *Orderer) look(ctx context.Context, n *numbers.Number, strict bool) (*Number, error) {
	row, err := o.rows.Get(ctx, n.ID)
	switch {
	case err == nil && row.Status == StatusDeleted, reasonOf(err) == ReasonResourceNotFound:
		return nil, nil
	case err == nil:
		return row, nil
	case reasonOf(err) != ReasonNumberNotFound && !isEmpty400(err):
		return nil, err
	}
	var twin *Number
	for row, err := range o.rows.newest(ctx, time.Time{}, 0) {
		switch {
		case err != nil:
			return nil, err
		case row.ID == n.ID:
			return row, nil
		case same(row, n) == nil && numberState(row.Status) != numbers.NumberReleased:
			twin = row
		}
	}
	if strict && twin != nil {
		return nil, &numbers.Error{
			Vendor: vendor, Kind: numbers.ErrConflict,
			Message: "there is nothing under its id, and the account has the number under another; look it up again",
		}
	}
	return nil, nil
}

// same refuses a row that is another number than n.
func same(row *Number, n *numbers.Number) error {
	if row.Number == n.VendorNumber || n.E164 != "" && row.Number == string(n.E164) {
		return nil
	}
	return &numbers.Error{Vendor: vendor, Kind: numbers.ErrConflict, Message: "the number under its id is another one; look it up again"}
}
