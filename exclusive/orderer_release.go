package exclusive

import (
	"context"
	"errors"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
)

// Release destroys the number's row by POST /exclusive_numbers/{id}/destroy. It
// reads the row before; nil means that a reading shows the row gone: it is not
// found by its id, and a complete listing does not have it. A number whose row
// is gone, but which has another row, is ErrConflict: which of them is meant is
// not guessed.
func (o *Orderer) Release(ctx context.Context, n *numbers.Number) error {
	const op = "Release"
	if err := driver.CheckNumber(op, vendor, n); err != nil {
		return err
	}
	return driver.Error(o.release(ctx, n), op, []numbers.E164{n.E164})
}

func (o *Orderer) release(ctx context.Context, n *numbers.Number) error {
	row, twin, err := o.look(ctx, n)
	switch {
	case err != nil:
		return err
	case row == nil && twin:
		return conflict("there is nothing under its id, and the number is registered under another; look it up again")
	case row == nil:
		return nil
	case !o.same(row, n):
		return conflict("the number under its id is another one; look it up again")
	}
	failed := o.client.Numbers.Delete(ctx, n.ID)
	if failed != nil && !mayBeGone(failed) {
		return failed
	}
	row, _, err = o.look(ctx, n)
	switch {
	case failed != nil && (err != nil || row != nil):
		return failed
	case err != nil:
		return err
	case row != nil:
		return &numbers.Error{Vendor: vendor, Kind: numbers.ErrVendor, Message: "the PBX says that the number is destroyed, and still has it"}
	}
	return nil
}

// mayBeGone reports whether the row may be gone although destroying it failed:
// the answer was lost, or it says that there is nothing to destroy.
func mayBeGone(err error) bool {
	return errors.Is(err, numbers.ErrNotFound) || errors.Is(err, numbers.ErrVendor) || errors.Is(err, numbers.ErrUnreachable)
}

// look reads the row of n; nil without an error means that it is gone. An answer
// of 404 alone does not prove that, since a gateway gives it, too; a complete
// listing does. twin reports whether the number has another row.
func (o *Orderer) look(ctx context.Context, n *numbers.Number) (row *Number, twin bool, err error) {
	row, err = o.client.Numbers.Get(ctx, n.ID)
	if !isMissing(err) {
		return row, false, err
	}
	for row, err := range o.client.Numbers.All(ctx, nil) {
		switch {
		case err != nil:
			return nil, false, err
		case row.ID == n.ID:
			return row, false, nil
		case o.same(row, n):
			twin = true
		}
	}
	return nil, twin, nil
}

// same reports whether a row has the number n.
func (o *Orderer) same(row *Number, n *numbers.Number) bool {
	return row.Number == n.VendorNumber || n.E164 != "" && o.e164(row.Number, o.spellings([]numbers.E164{n.E164})) == n.E164
}

func conflict(message string) error {
	return &numbers.Error{Vendor: vendor, Kind: numbers.ErrConflict, Message: message}
}
