package opentact

import (
	"context"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
	"github.com/tnkit/tnkit/numbers/wire"
)

// Assign connects a number by PATCH /lease/tn/{uuid}. It reads the lease first. If the id
// now belongs to another number, the error is ErrConflict.
func (o *Orderer) Assign(ctx context.Context, n *numbers.Number, a numbers.Assignment) (*numbers.Number, error) {
	if err := driver.CheckAssign(o.caps, n, a); err != nil {
		return nil, err
	}
	lease, err := o.assign(ctx, n, a)
	if err != nil {
		return nil, driver.Error(err, "Assign", n.E164)
	}
	return o.number(lease), nil
}

func (o *Orderer) assign(ctx context.Context, n *numbers.Number, a numbers.Assignment) (*Lease, error) {
	lease, err := o.client.Leases.Get(ctx, n.ID)
	if err != nil {
		return nil, err
	}
	if err := driver.CheckSame(o.number(lease), n); err != nil {
		return nil, err
	}
	r := new(UpdateLeaseRequest)
	driver.Set(&r.MessagingProfile, a.MessagingProfile)
	if a.Connection != "" {
		r.SIPConnection = wire.NullOf(a.Connection)
	}
	if a.Application != "" {
		r.SIPControlApp = wire.NullOf(a.Application)
	}
	changed, err := o.client.Leases.Update(ctx, lease.UUID, r)
	if err != nil {
		return nil, err
	}
	if numberOf(changed.TN).IsZero() {
		changed.TN = lease.TN
	}
	return changed, nil
}
