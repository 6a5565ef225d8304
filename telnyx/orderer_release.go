package telnyx

import (
	"cmp"
	"context"
	"errors"
	"strings"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
)

// Release gives a number back by DELETE /phone_numbers/{id}, and is done when
// the list of owned numbers no longer has it.
func (o *Orderer) Release(ctx context.Context, n *numbers.Number) error {
	if err := driver.CheckNumber("Release", vendor, n); err != nil {
		return err
	}
	return driver.Error(o.release(ctx, n), "Release", []numbers.E164{n.E164})
}

func (o *Orderer) release(ctx context.Context, n *numbers.Number) error {
	if err := known(n); err != nil {
		return err
	}
	row, err := o.same(ctx, n)
	if errors.Is(err, numbers.ErrNotFound) {
		return o.gone(ctx, n)
	}
	if err != nil {
		return err
	}
	own := o.number(row)
	switch {
	case own.State == numbers.NumberReleased:
		return nil
	case own.Locked:
		return &numbers.Error{Vendor: vendor, Kind: numbers.ErrLocked, Message: "its deletion lock is enabled; the portal removes it"}
	}
	if _, deleteErr := o.client.PhoneNumbers.Delete(ctx, row.ID); deleteErr != nil && !errors.Is(deleteErr, numbers.ErrNotFound) {
		// The answer may be to the second of two attempts, of which the first
		// went through.
		if left, err := o.listed(ctx, n); err != nil || left {
			return deleteErr
		}
		return nil
	}
	return poll(ctx, o.caps.ListingDelay, func() (bool, error) {
		left, err := o.listed(ctx, n)
		return !left, err
	})
}

// same reads the number under n's id, and refuses where it is another one.
func (o *Orderer) same(ctx context.Context, n *numbers.Number) (*PhoneNumber, error) {
	row, err := o.client.PhoneNumbers.Get(ctx, PhoneNumberID(n.ID))
	switch {
	case err != nil:
		return nil, err
	case string(row.ID) != n.ID || !isNumber(row, n):
		return nil, &numbers.Error{Vendor: vendor, Kind: numbers.ErrConflict, Message: "under its id is another number now"}
	}
	return row, nil
}

// listed reports whether the list of owned numbers has the row of n's id.
func (o *Orderer) listed(ctx context.Context, n *numbers.Number) (bool, error) {
	for row, err := range o.named(ctx, digits(n)) {
		if err != nil {
			return false, err
		}
		if string(row.ID) == n.ID && numberState(text(row.Status)) != numbers.NumberReleased {
			return true, nil
		}
	}
	return false, nil
}

// gone is nil where the list of owned numbers shows that the account does not
// have the number, under whatever id.
func (o *Orderer) gone(ctx context.Context, n *numbers.Number) error {
	for row, err := range o.named(ctx, digits(n)) {
		if err != nil {
			return err
		}
		if isNumber(row, n) && numberState(text(row.Status)) != numbers.NumberReleased {
			return &numbers.Error{Vendor: vendor, Kind: numbers.ErrConflict, Message: "nothing is under its id, and the account has the number under another one"}
		}
	}
	return nil
}

// known refuses a number that was not looked up: nothing could be held against
// what is under its id.
func known(n *numbers.Number) error {
	if n.ID == "" || n.E164 == "" && n.VendorNumber == "" {
		return &numbers.Error{Vendor: vendor, Kind: numbers.ErrInvalid, Field: "Number", Message: "it has no id or no number; look it up"}
	}
	return nil
}

// isNumber reports whether a row is of the number n.
func isNumber(row *PhoneNumber, n *numbers.Number) bool {
	if n.E164 != "" {
		return driver.E164(row.PhoneNumber) == n.E164
	}
	return row.PhoneNumber == n.VendorNumber
}

// digits is what filter[phone_number] takes.
func digits(n *numbers.Number) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, cmp.Or(string(n.E164), n.VendorNumber))
}
