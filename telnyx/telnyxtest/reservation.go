package telnyxtest

import (
	"fmt"
	"net/http"
	"slices"
	"time"
)

const (
	// reservationTime is how long Telnyx reserves a number, and for how long an extension holds it.
	reservationTime = 30 * time.Minute

	// Words of the reservation guide that are not in the description's enumeration.
	statusFailed         = "failed"
	statusPartialSuccess = "partial_success"
)

func reservationRoutes() []route {
	return []route{
		{"POST", "/number_reservations", "create reservation", false, nil, (*call).createReservation},
		{"GET", "/number_reservations", "list reservations", false, slices.Concat(pageKeys, []string{
			"filter[status]", "filter[created_at][gt]", "filter[created_at][lt]", "filter[phone_numbers.phone_number]", "filter[customer_reference]",
		}), (*call).listReservations},
		{"GET", "/number_reservations/{id}", "get reservation", false, nil, (*call).getReservation},
		{"POST", "/number_reservations/{id}/actions/extend", "extend reservation", false, nil, (*call).extendReservation},
	}
}

// hold is a reservation's hand on a number; without a reservation it is another customer's.
type hold struct {
	until time.Time
	by    *reservation
}

// reservation is a number reservation.
type reservation struct {
	id               string
	reference        *string
	numbers          []*reserved
	created, updated time.Time
}

// reserved is one number of a reservation.
type reserved struct {
	id, number, status, errors string
	updated, expires           time.Time
}

// isHeld reports whether anybody has reserved a number.
func (s *Server) isHeld(number string) bool { return s.held[number].until.After(s.fake.Now()) }

func (s *Server) heldByOthers(number string) bool {
	return s.isHeld(number) && s.held[number].by == nil
}

func (r *reservation) status() string {
	won := 0
	for _, n := range r.numbers {
		switch n.status {
		case statusPending:
			return statusPending
		case statusSuccess:
			won++
		}
	}
	switch won {
	case len(r.numbers):
		return statusSuccess
	case 0:
		return statusFailed
	}
	return statusPartialSuccess
}

// reservationJSON is a NumberReservation.
type reservationJSON struct {
	ID                string         `json:"id"`
	RecordType        string         `json:"record_type"`
	PhoneNumbers      []reservedJSON `json:"phone_numbers"`
	Status            string         `json:"status"`
	CustomerReference *string        `json:"customer_reference"`
	Errors            string         `json:"errors"`
	CreatedAt         string         `json:"created_at"`
	UpdatedAt         string         `json:"updated_at"`
}

// reservedJSON is a ReservedPhoneNumber.
type reservedJSON struct {
	ID          string `json:"id"`
	RecordType  string `json:"record_type"`
	PhoneNumber string `json:"phone_number"`
	Status      string `json:"status"`
	CreatedAt   string `json:"created_at"`
	UpdatedAt   string `json:"updated_at"`
	ExpiredAt   string `json:"expired_at"`
	Errors      string `json:"errors"`
}

func (r *reservation) json() reservationJSON {
	return reservationJSON{
		r.id, "number_reservation", each(r.numbers, func(n *reserved) reservedJSON {
			return reservedJSON{n.id, "reserved_phone_number", n.number, n.status, stamp(r.created), stamp(n.updated), stamp(n.expires), n.errors}
		}), r.status(), r.reference, "", stamp(r.created), stamp(r.updated),
	}
}

// createReservationJSON is the body of POST /number_reservations.
type createReservationJSON struct {
	PhoneNumbers []struct {
		PhoneNumber string `json:"phone_number"`
	} `json:"phone_numbers"`
	CustomerReference *string `json:"customer_reference"`
}

// createReservation is POST /number_reservations. The numbers are held at once; the statuses are pending in
// this answer, and settled when anybody looks next.
func (c *call) createReservation() (any, *problem) {
	if c.opts.Trial {
		return nil, refuse(http.StatusForbidden, codeAccountFeature, "Feature not permitted at this account level.")
	}
	var in createReservationJSON
	if p := c.body(&in); p != nil {
		return nil, p
	}
	if len(in.PhoneNumbers) == 0 {
		return nil, invalid(codeMissing, "/phone_numbers", "phone_numbers is required.")
	}
	now := c.fake.Now()
	r := &reservation{reference: in.CustomerReference, created: now, updated: now}
	for i, n := range in.PhoneNumbers {
		pointer := fmt.Sprintf("/phone_numbers/%d/phone_number", i)
		switch {
		case n.PhoneNumber == "":
			return nil, invalid(codeMissing, pointer, "phone_number is required.")
		case masked.MatchString(n.PhoneNumber):
			return nil, invalid(codeUnprocessable, pointer, "We don't recognize the number [%s].", n.PhoneNumber)
		case !e164.MatchString(n.PhoneNumber):
			return nil, invalid(codeNotE164, pointer, "The number [%s] must be in +E.164 format.", n.PhoneNumber)
		}
		r.numbers = append(r.numbers, &reserved{number: n.PhoneNumber, status: statusPending, updated: now, expires: now.Add(reservationTime)})
	}
	r.id = c.fake.IDs().UUID()
	c.reservations, c.reservationID[r.id] = append(c.reservations, r), r
	for _, n := range r.numbers {
		n.id = c.fake.IDs().UUID()
		if n.errors = c.unreservable(n.number); n.errors == "" {
			c.held[n.number] = hold{n.expires, r}
		}
	}
	c.fake.After(0, func() {
		for _, n := range r.numbers {
			if n.status = statusSuccess; n.errors != "" {
				n.status = statusFailed
			}
		}
	})
	return data{r.json()}, nil
}

// unreservable says why a number can't be reserved.
func (s *Server) unreservable(number string) string {
	row := s.stockOf[number]
	switch {
	case s.isHeld(number):
		return "The number is already reserved."
	case s.pending[number] != nil || s.owned[number] != nil || s.lost[number]:
		return "The number is not available."
	case row != nil && row.Unreservable:
		return "The number is not reservable."
	}
	return ""
}

// listReservations is GET /number_reservations.
func (c *call) listReservations() (any, *problem) {
	w := c.page()
	var f filter[*reservation]
	f.text(c, "filter[status]", (*reservation).status)
	f.text(c, "filter[customer_reference]", func(r *reservation) string { return deref(r.reference) })
	f.between(c, "filter[created_at]", func(r *reservation) time.Time { return r.created })
	number, byNumber := c.text("filter[phone_numbers.phone_number]")
	f.add(byNumber, func(r *reservation) bool {
		return slices.ContainsFunc(r.numbers, func(n *reserved) bool { return n.number == number })
	})
	if c.wrong != nil {
		return nil, c.wrong
	}
	rows, m := take(c.reservations, w, f)
	return listing{each(rows, (*reservation).json), m}, nil
}

func (c *call) findReservation() (*reservation, *problem) {
	if r := c.reservationID[c.r.PathValue("id")]; r != nil {
		return r, nil
	}
	return nil, notFound()
}

// getReservation is GET /number_reservations/{number_reservation_id}.
func (c *call) getReservation() (any, *problem) {
	r, p := c.findReservation()
	if p != nil {
		return nil, p
	}
	return data{r.json()}, nil
}

// extendReservation is POST /number_reservations/{number_reservation_id}/actions/extend: another 30 minutes
// for every number that is still held.
func (c *call) extendReservation() (any, *problem) {
	c.noBody()
	r, p := c.findReservation()
	if p != nil {
		return nil, p
	}
	now, extended := c.fake.Now(), false
	for _, n := range r.numbers {
		if c.isHeld(n.number) && c.held[n.number].by == r {
			n.expires, n.updated, r.updated, extended = n.expires.Add(reservationTime), now, now, true
			c.held[n.number] = hold{n.expires, r}
		}
	}
	if !extended {
		return nil, refuse(http.StatusUnprocessableEntity, codeUnprocessable, "The reservation has expired.")
	}
	return data{r.json()}, nil
}
