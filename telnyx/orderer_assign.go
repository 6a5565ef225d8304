package telnyx

import (
	"context"
	"errors"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
	"github.com/tnkit/tnkit/numbers/wire"
)

// Assign sets the connection and the billing group by PATCH /phone_numbers/{id}, and the
// messaging profile by PATCH /phone_numbers/{id}/messaging. It reads the number first. If
// the id now belongs to another number, the error is ErrConflict. If the second request
// fails after the first, Assign returns the number as it is then, together with an error
// that names the part that is not assigned.
func (o *Orderer) Assign(ctx context.Context, n *numbers.Number, a numbers.Assignment) (*numbers.Number, error) {
	if err := driver.CheckAssign(o.caps, n, a); err != nil {
		return nil, err
	}
	row, err := o.assign(ctx, n, a)
	err = driver.Error(err, "Assign", n.E164)
	if row == nil {
		return nil, err
	}
	return o.number(row), err
}

func (o *Orderer) assign(ctx context.Context, n *numbers.Number, a numbers.Assignment) (*PhoneNumber, error) {
	row, err := o.client.PhoneNumbers.Get(ctx, PhoneNumberID(n.ID))
	if err != nil {
		return nil, err
	}
	if err := driver.CheckSame(o.number(row), n); err != nil {
		return nil, err
	}
	if a.Connection != "" || a.BillingGroup != "" {
		var r UpdatePhoneNumberRequest
		if a.Connection != "" {
			r.ConnectionID = wire.NullOf(a.Connection)
		}
		if a.BillingGroup != "" {
			r.BillingGroupID = wire.NullOf(a.BillingGroup)
		}
		changed, err := o.client.PhoneNumbers.Update(ctx, row.ID, &r)
		if err != nil {
			return row, unassigned(err, "the number is owned, but not assigned")
		}
		row = changed
	}
	if a.MessagingProfile != "" {
		settings, err := o.client.PhoneNumbers.UpdateMessaging(ctx, row.ID, &UpdateMessagingSettingsRequest{MessagingProfileID: &a.MessagingProfile})
		if err != nil {
			return row, unassigned(err, "the number is owned, but not assigned to the messaging profile")
		}
		now := *row
		now.MessagingProfileID = settings.MessagingProfileID
		row = &now
	}
	return row, nil
}

// unassigned adds to err which part is not assigned.
func unassigned(err error, what string) error {
	e, ok := errors.AsType[*numbers.Error](err)
	if !ok {
		return err
	}
	out := *e
	if out.Message != "" {
		what += ": " + out.Message
	}
	out.Message = what
	return &out
}
