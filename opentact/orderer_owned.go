package opentact

import (
	"context"
	"encoding/json"
	"errors"
	"iter"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
	"github.com/tnkit/tnkit/numbers/wire"
)

// Owned walks the account's leases: by POST /lease/tn/search, or in the generation
// of 2020, which does not have it, by GET /lease/tn. The query is applied here,
// since no source says how exactly the vendor matches a number.
func (o *Orderer) Owned(ctx context.Context, q numbers.OwnedQuery) iter.Seq2[*numbers.Number, error] {
	leases := o.client.Leases.listAll(ctx)
	if o.generation != Generation2020 {
		leases = o.client.Leases.All(ctx, nil, numbers.ReadAhead(q.ReadAhead))
	}
	return driver.Owned(leases, q, func(l *Lease) (*numbers.Number, error) {
		if numberOf(l.TN).IsZero() { // a shallow row
			whole, err := o.client.Leases.Get(ctx, l.UUID)
			if err != nil {
				return nil, err
			}
			l = whole
		}
		return o.number(l), nil
	})
}

func (o *Orderer) number(l *Lease) *numbers.Number {
	tn := numberOf(l.TN)
	n := &numbers.Number{
		Vendor: vendor,
		ID:     l.UUID, E164: e164(tn), VendorNumber: tn.Literal(),
		State: numbers.NumberActive,
		Assignment: numbers.Assignment{
			Connection:       uuidOf(l.SIPConnection, func(c *SIPConnection) *string { return c.UUID }),
			Application:      uuidOf(l.SIPControlApp, func(a *SIPControlApp) *string { return a.UUID }),
			MessagingProfile: profileOf(l.MessagingProfile),
		},
		Native: l,
	}
	if object := l.TN.Object; object != nil {
		if _, gone := object.DeletedOn.Known(); gone {
			n.State = numbers.NumberReleased
		}
	}
	if renew, ok := l.AutoRenew.Bool(); ok {
		n.AutoRenew = &renew
	}
	if expires, ok := l.ExpiredOn.Known(); ok {
		n.Expires = &expires
	}
	n.Created, _ = l.CreatedOn.Known()
	return n
}

// uuidOf is the UUID of a related object; "" where it is not told.
func uuidOf[T any](r Related[T], uuid func(*T) *string) string {
	if r.Object != nil {
		if id := uuid(r.Object); id != nil {
			return *id
		}
	}
	return r.Ref.Literal()
}

// profileOf is the UUID of a messaging profile, of which no source documents
// the form: a UUID, or an object that has one.
func profileOf(profile Opaque) string {
	if profile.IsZero() {
		return ""
	}
	var id string
	if json.Unmarshal(profile.JSON(), &id) == nil {
		return id
	}
	var object struct {
		UUID string `json:"uuid"`
	}
	_ = json.Unmarshal(profile.JSON(), &object) // what is no object has no UUID
	return object.UUID
}

// again reads n's lease again, and refuses where it is another number's.
func (o *Orderer) again(ctx context.Context, n *numbers.Number) (*Lease, error) {
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
	l, err := o.again(ctx, n)
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
	l, err := o.again(ctx, n)
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
