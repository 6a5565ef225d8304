package telnyx

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"strings"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
)

// Release gives a number back by DELETE /phone_numbers/{id}, as [driver.Release]
// describes. Telnyx also answers with 404 for a number that it lists under another id, so
// only a listing with filter[phone_number] shows that a number was released. Telnyx does
// not state when the listing shows it. Release waits for it for at most
// OrdererOptions.ListingDelay.
func (o *Orderer) Release(ctx context.Context, n *numbers.Number) error {
	return driver.Release(ctx, vendor, n, driver.ReleaseSteps{
		Read: func(ctx context.Context) (*numbers.Number, error) {
			row, err := o.client.PhoneNumbers.Get(ctx, PhoneNumberID(n.ID))
			if err != nil {
				return nil, err
			}
			return o.number(row), nil
		},
		Unclear: func(err error) bool { return errors.Is(err, numbers.ErrNotFound) },
		List: func(ctx context.Context) iter.Seq2[*numbers.Number, error] {
			return o.owned(o.named(ctx, digits(n)), numbers.OwnedQuery{})
		},
		Delete: func(ctx context.Context) error {
			_, err := o.client.PhoneNumbers.Delete(ctx, PhoneNumberID(n.ID))
			return err
		},
		Delay: o.caps.ListingDelay,
	})
}

// digits returns the digits of n for filter[phone_number].
func digits(n *numbers.Number) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, cmp.Or(string(n.E164), n.VendorNumber))
}
