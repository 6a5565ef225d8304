package telnyx

import (
	"context"
	"iter"
	"net/http"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/wire"
)

// NumberReservationsService holds numbers for 30 minutes. Trial accounts can't
// reserve (numbers.ErrForbidden).
type NumberReservationsService struct{ api *api.Client }

// The states of a reservation and of its numbers. The last two are sent, and
// not documented.
const (
	ReservationPending        = "pending"
	ReservationSuccess        = "success"
	ReservationFailure        = "failure"
	ReservationFailed         = "failed"
	ReservationPartialSuccess = "partial_success"
)

// NumberReservation is a hold on numbers.
type NumberReservation struct {
	// ID is a UUID.
	ID string `json:"id"`
	// RecordType is "number_reservation".
	RecordType   *string               `json:"record_type,omitempty"`
	PhoneNumbers []ReservedPhoneNumber `json:"phone_numbers,omitzero"`
	// Status is ReservationPending or another of these constants.
	Status            *string   `json:"status,omitempty"`
	CustomerReference *string   `json:"customer_reference,omitempty"`
	Errors            *string   `json:"errors,omitempty"`
	CreatedAt         wire.Time `json:"created_at,omitzero"`
	UpdatedAt         wire.Time `json:"updated_at,omitzero"`
}

// ReservedPhoneNumber is one number of a reservation.
type ReservedPhoneNumber struct {
	// ID is a UUID. Only the reservation has it.
	ID *string `json:"id,omitempty"`
	// RecordType is "reserved_phone_number".
	RecordType  *string `json:"record_type,omitempty"`
	PhoneNumber string  `json:"phone_number"`
	// Status is ReservationPending or another of these constants.
	Status    *string   `json:"status,omitempty"`
	CreatedAt wire.Time `json:"created_at,omitzero"`
	UpdatedAt wire.Time `json:"updated_at,omitzero"`
	// ExpiredAt is when the hold ends.
	ExpiredAt wire.Time `json:"expired_at,omitzero"`
	// Errors is why the number is not held.
	Errors *string `json:"errors,omitempty"`
}

// CreateNumberReservationRequest reserves numbers.
type CreateNumberReservationRequest struct {
	// PhoneNumbers must not be empty.
	PhoneNumbers []ReservePhoneNumber `json:"phone_numbers"`
	// CustomerReference is your own reference. Telnyx keeps it verbatim, and
	// List can filter by it.
	CustomerReference *string `json:"customer_reference,omitempty"`
}

// ReservePhoneNumber is one number to reserve.
type ReservePhoneNumber struct {
	// PhoneNumber is in E.164.
	PhoneNumber string `json:"phone_number"`
}

// ListNumberReservationsRequest asks for one page of reservations.
type ListNumberReservationsRequest struct {
	Page   PageParams               `url:"page"`
	Filter NumberReservationsFilter `url:"filter"`
}

// NumberReservationsFilter narrows a list of reservations.
type NumberReservationsFilter struct {
	Status string `url:"status,omitempty"`
	// CreatedAt bounds are exclusive.
	CreatedAt TimeRange `url:"created_at"`
	// PhoneNumber finds the reservations of a number.
	PhoneNumber       string `url:"phone_numbers.phone_number,omitempty"`
	CustomerReference string `url:"customer_reference,omitempty"`
}

// Create reserves numbers for 30 minutes.
//
// POST /number_reservations. It is sent once, because a repeat would conflict
// with its own hold. A number that another account holds has the status failed,
// in a reservation with the status partial_success or failure.
func (s *NumberReservationsService) Create(ctx context.Context, r *CreateNumberReservationRequest) (*NumberReservation, error) {
	const op = "NumberReservations.Create"
	if r == nil {
		return nil, api.Invalid(vendor, op, "request", "it is nil")
	}
	if len(r.PhoneNumbers) == 0 {
		return nil, api.Invalid(vendor, op, "PhoneNumbers", "it is empty")
	}
	call := &api.Call{
		Op: op, Class: api.Buy, Method: http.MethodPost, Path: "/number_reservations", Body: r,
		Reference: text(r.CustomerReference),
	}
	for _, n := range r.PhoneNumbers {
		call.Numbers = append(call.Numbers, numbers.E164(n.PhoneNumber))
	}
	return get(ctx, s.api, call, (*NumberReservation).check)
}

// List reads one page of reservations. r may be nil.
//
// GET /number_reservations with page[number] (from 1), page[size] (1 to 250,
// default 20) and filter[…].
func (s *NumberReservationsService) List(ctx context.Context, r *ListNumberReservationsRequest) (*Page[NumberReservation], error) {
	const op = "NumberReservations.List"
	r = orZero(r)
	if err := r.Page.check(op); err != nil {
		return nil, err
	}
	return list(ctx, s.api, &api.Call{
		Op: op, Class: api.Read, Method: http.MethodGet, Path: "/number_reservations", Query: r,
	}, r.Page.Size, (*NumberReservation).check)
}

// All walks the reservations of all pages from r.Page on. r may be nil. It
// works as NumberOrders.All does.
func (s *NumberReservationsService) All(ctx context.Context, r *ListNumberReservationsRequest, opts ...numbers.PageOption) iter.Seq2[*NumberReservation, error] {
	from := *orZero(r)
	from.Page.enlarge()
	return all(ctx, "NumberReservations.All", from.Page, func(ctx context.Context, at PageParams) (*Page[NumberReservation], error) {
		r := from
		r.Page = at
		return s.List(ctx, &r)
	}, func(o *NumberReservation) string { return o.ID }, opts)
}

// Get reads a reservation.
//
// GET /number_reservations/{number_reservation_id}.
func (s *NumberReservationsService) Get(ctx context.Context, id string) (*NumberReservation, error) {
	return get(ctx, s.api, &api.Call{
		Op: "NumberReservations.Get", Class: api.Read, Method: http.MethodGet,
		Path: "/number_reservations/{id}", Args: []string{id},
	}, (*NumberReservation).check)
}

// Extend holds the numbers for another 30 minutes.
//
// POST /number_reservations/{number_reservation_id}/actions/extend, without a
// body, which returns the reservation. It is sent once, because a repeat would
// extend again.
func (s *NumberReservationsService) Extend(ctx context.Context, id string) (*NumberReservation, error) {
	return get(ctx, s.api, &api.Call{
		Op: "NumberReservations.Extend", Class: api.Buy, Method: http.MethodPost,
		Path: "/number_reservations/{id}/actions/extend", Args: []string{id},
	}, (*NumberReservation).check)
}

func (r *NumberReservation) check() string { return checkID(r.ID) }
