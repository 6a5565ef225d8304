package telnyx

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
)

// holdFor is how long a reservation lasts.
const holdFor = 30 * time.Minute

// Reserve holds numbers for 30 minutes by POST /number_reservations, and reads the
// reservation until it settles. A reservation costs nothing. If its answer was lost,
// Reserve looks it up by its reference. If it is not found, the error is not
// ErrOutcomeUnknown, because no order was placed, and the numbers may be reserved again.
// Reserve ignores a reservation with the same reference if it has other numbers or has
// expired.
func (o *Orderer) Reserve(ctx context.Context, r numbers.ReserveRequest) (*numbers.Reservation, error) {
	const op = "Reserve"
	if err := driver.CheckRequest(o.caps, op, numbers.OrderRequest{Numbers: r.Numbers}); err != nil {
		return nil, driver.Error(err, op, r.Numbers...)
	}
	if r.Reference == "" {
		r.Reference = numbers.NewReference()
	}
	req := &CreateNumberReservationRequest{CustomerReference: &r.Reference}
	for _, n := range r.Numbers {
		req.PhoneNumbers = append(req.PhoneNumbers, ReservePhoneNumber{PhoneNumber: string(n)})
	}
	held, err := o.client.NumberReservations.Create(ctx, req)
	if errors.Is(err, numbers.ErrOutcomeUnknown) {
		held, err = o.lostReservation(ctx, r, err)
	}
	if err != nil {
		return nil, driver.Error(err, op, r.Numbers...)
	}
	err = driver.Poll(ctx, vendor, o.caps.ListingDelay, func() (bool, error) {
		if held.settled() {
			return true, nil
		}
		read, err := o.client.NumberReservations.Get(ctx, held.ID)
		if err == nil {
			held = read
		}
		if errors.Is(err, numbers.ErrNotFound) { // not visible yet
			err = nil
		}
		return held.settled(), err
	})
	return o.reservation(held, r.Numbers), driver.Error(err, op, r.Numbers...)
}

// lostReservation looks for a reservation whose answer was lost.
func (o *Orderer) lostReservation(ctx context.Context, r numbers.ReserveRequest, lost error) (*NumberReservation, error) {
	list := &ListNumberReservationsRequest{Filter: NumberReservationsFilter{CustomerReference: r.Reference}}
	for held, err := range o.client.NumberReservations.All(ctx, list) {
		if err != nil {
			break
		}
		if text(held.CustomerReference) == r.Reference && held.isOf(r.Numbers) && !held.expired(time.Now()) {
			return held, nil
		}
	}
	e := &numbers.Error{
		Vendor: vendor, Kind: numbers.ErrVendor,
		Message: "the answer was lost, and no reservation is listed; the numbers may still be held for 30 minutes",
	}
	if was, ok := errors.AsType[*numbers.Error](lost); ok {
		e.Status, e.Code, e.RequestID, e.RetryAfter = was.Status, was.Code, was.RequestID, was.RetryAfter
	}
	return nil, e
}

// isOf reports whether the reservation has exactly these numbers.
func (r *NumberReservation) isOf(list []numbers.E164) bool {
	return len(r.PhoneNumbers) == len(list) && !slices.ContainsFunc(r.PhoneNumbers, func(n ReservedPhoneNumber) bool {
		return !slices.Contains(list, driver.E164(n.PhoneNumber))
	})
}

// expired reports whether the holds of all its numbers have ended.
func (r *NumberReservation) expired(now time.Time) bool {
	return !slices.ContainsFunc(r.PhoneNumbers, func(n ReservedPhoneNumber) bool {
		return n.ExpiredAt.Time.IsZero() || n.ExpiredAt.After(now)
	})
}

func (r *NumberReservation) settled() bool {
	if text(r.Status) == ReservationPending {
		return false
	}
	for _, n := range r.PhoneNumbers {
		if text(n.Status) == ReservationPending {
			return false
		}
	}
	return true
}

// reservation converts a reservation of the numbers of list. The result has an item for
// each of them, also if the vendor's reservation does not.
func (o *Orderer) reservation(r *NumberReservation, list []numbers.E164) *numbers.Reservation {
	out := &numbers.Reservation{Vendor: vendor, ID: r.ID, Reference: text(r.CustomerReference), Native: r}
	for _, n := range r.PhoneNumbers {
		item := numbers.ReservedItem{
			E164: driver.E164(n.PhoneNumber), VendorNumber: n.PhoneNumber,
			Held: text(n.Status) == ReservationSuccess, Expires: n.ExpiredAt.Time,
		}
		if !item.Held {
			item.Expires = time.Time{}
			item.Err = &numbers.Error{
				Op: "Reserve", Vendor: vendor, Kind: numbers.ErrNumberUnavailable,
				Numbers: []numbers.E164{item.E164}, Message: text(n.Errors), Code: text(n.Status),
			}
		}
		out.Items = append(out.Items, item)
	}
	for _, n := range list {
		if !slices.ContainsFunc(out.Items, func(i numbers.ReservedItem) bool { return i.E164 == n }) {
			out.Items = append(out.Items, numbers.ReservedItem{E164: n, VendorNumber: string(n), Err: &numbers.Error{
				Op: "Reserve", Vendor: vendor, Kind: numbers.ErrVendor,
				Numbers: []numbers.E164{n}, Message: "the vendor's reservation does not have this number",
			}})
		}
	}
	return out
}
