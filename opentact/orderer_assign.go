package opentact

import (
	"context"
	"errors"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
	"github.com/tnkit/tnkit/numbers/wire"
)

// Assign connects a number by PATCH /lease/tn/{uuid}.
func (o *Orderer) Assign(ctx context.Context, n *numbers.Number, a numbers.Assignment) (*numbers.Number, error) {
	const op = "Assign"
	if err := driver.CheckNumber(op, vendor, n); err != nil {
		return nil, err
	}
	if not := a.Fields() &^ o.caps.AssignsOwned; not != 0 {
		return nil, driver.Refused(vendor, op, errors.ErrUnsupported, not.String(), "OpenTact can't set it", n.E164)
	}
	fail := func(err error) (*numbers.Number, error) {
		return nil, driver.Error(err, op, numbersOf(n.E164))
	}
	l, err := o.reread(ctx, n)
	if err != nil {
		return fail(err)
	}
	r := &UpdateLeaseRequest{MessagingProfile: given(a.MessagingProfile)}
	if a.Connection != "" {
		r.SIPConnection = wire.NullOf(a.Connection)
	}
	if a.Application != "" {
		r.SIPControlApp = wire.NullOf(a.Application)
	}
	changed, err := o.client.Leases.Update(ctx, l.UUID, r)
	if err != nil {
		return fail(err)
	}
	if numberOf(changed.TN).IsZero() {
		changed.TN = l.TN
	}
	return o.number(changed), nil
}
