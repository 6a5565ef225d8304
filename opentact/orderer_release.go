package opentact

import (
	"context"
	"errors"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
)

// reread reads n's lease again, and refuses where it is another number's.
func (o *Orderer) reread(ctx context.Context, n *numbers.Number) (*Lease, error) {
	l, err := o.client.Leases.Get(ctx, n.ID)
	if err != nil {
		return nil, err
	}
	if now := o.number(l); now.E164 != n.E164 || now.VendorNumber == "" || n.E164 == "" && now.VendorNumber != n.VendorNumber {
		return nil, &numbers.Error{
			Vendor: vendor, Kind: numbers.ErrConflict,
			Message: "the lease is that of another number: " + now.VendorNumber,
		}
	}
	return l, nil
}

// Release ends a lease by DELETE /lease/tn/{uuid}. A number that is gone
// already is done, by a reading; after the release another reading confirms it.
func (o *Orderer) Release(ctx context.Context, n *numbers.Number) error {
	if err := driver.CheckNumber("Release", vendor, n); err != nil {
		return err
	}
	l, err := o.reread(ctx, n)
	if err == nil && !o.gone(l) {
		err = o.release(ctx, l)
	}
	if errors.Is(err, numbers.ErrNotFound) {
		return nil
	}
	return driver.Error(err, "Release", numbersOf(n.E164))
}

// release ends a lease. ErrNotFound means that a reading shows it gone.
func (o *Orderer) release(ctx context.Context, l *Lease) error {
	_, refused := o.client.Leases.Release(ctx, l.UUID)
	now, err := o.client.Leases.Get(ctx, l.UUID)
	switch {
	case err == nil && o.gone(now):
		return nil
	case errors.Is(err, numbers.ErrNotFound):
		return err
	case refused != nil && !errors.Is(refused, numbers.ErrNotFound):
		return refused
	case err != nil:
		return err
	}
	return &numbers.Error{Vendor: vendor, Kind: numbers.ErrVendor, Message: "the vendor took the release, and still shows the number"}
}

// gone reports whether a lease says of itself that it has ended.
func (o *Orderer) gone(l *Lease) bool { return o.number(l).State == numbers.NumberReleased }
