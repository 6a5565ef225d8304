package exclusive

import (
	"context"
	"errors"

	"github.com/tnkit/tnkit/numbers"
)

// CreateAndGet registers a number and reads it back: Create, then Get.
//
// Where the reading fails, the number exists: it is returned as it was asked
// for, with its id, beside an error that holds a *[ReadBackError] and matches
// no kind that would invite to try again.
func (s *NumbersService) CreateAndGet(ctx context.Context, r *CreateNumberRequest) (*Number, error) {
	const op = "Numbers.CreateAndGet"
	created, err := s.create(ctx, op, r, nil)
	if err != nil {
		return nil, err
	}
	read, err := s.get(ctx, op, created.ID)
	if err == nil {
		return read, nil
	}
	e := &numbers.Error{
		Op: op, Vendor: vendor, Kind: numbers.ErrVendor, Numbers: []numbers.E164{numbers.E164(r.Number)},
		Err: &ReadBackError{ID: created.ID, Err: err},
	}
	return numberOf(created.ID, r), e
}

// numberOf is the number that a request made, as far as is known without
// reading it.
func numberOf(id string, r *CreateNumberRequest) *Number {
	return &Number{ID: id, Number: r.Number, Enabled: r.Enabled, Description: r.Description}
}

// ReadBackError says that a number was registered and could not be read.
type ReadBackError struct {
	// ID is the new number's.
	ID string
	// Err is why it could not be read. It is not unwrapped: a caller who
	// repeats on ErrUnreachable must not register twice.
	Err error
}

// Error says that the number exists.
func (e *ReadBackError) Error() string {
	return "the number is registered as " + e.ID + " and could not be read back: " + e.Err.Error()
}

// Is reports the end of a context, the one cause that does not mislead.
func (e *ReadBackError) Is(target error) bool {
	return (target == context.Canceled || target == context.DeadlineExceeded) && errors.Is(e.Err, target)
}

// Modify changes the fields of a number that r sets and keeps the others:
// it reads the number, and sends all three fields. The number is returned as it
// then should be; it is not read again. What somebody else changes in between
// is overwritten.
//
// A number of which the PBX does not say whether it is enabled is ErrVendor
// unless r says it; nothing is sent then.
func (s *NumbersService) Modify(ctx context.Context, id string, r *UpdateNumberRequest) (*Number, error) {
	const op = "Numbers.Modify"
	if err := r.check(op); err != nil {
		return nil, err
	}
	n, err := s.get(ctx, op, id)
	if err != nil {
		return nil, err
	}
	if r.Number != nil {
		n.Number = *r.Number
	}
	if r.Enabled != nil {
		n.Enabled = new(*r.Enabled)
	}
	if r.Description != nil {
		n.Description = new(*r.Description)
	}
	if n.Enabled == nil {
		return nil, &numbers.Error{
			Op: op, Vendor: vendor, Kind: numbers.ErrVendor,
			Message: "the PBX did not say whether the number is enabled, and may enable it; set Enabled",
		}
	}
	err = s.update(ctx, op, id, &UpdateNumberRequest{Number: &n.Number, Enabled: n.Enabled, Description: n.Description})
	if err != nil {
		return nil, err
	}
	return n, nil
}
