package exclusive

import (
	"unicode/utf8"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/numbers/wire"
)

// The limits that PortSIP documents, in characters.
const (
	MaxNumber      = 64
	MaxDescription = 1024
)

// Number is an exclusive number.
type Number struct {
	// ID is opaque: "NzAwNTUxOTA5NzczMTQ4MTYw" in one example, plain digits in
	// another.
	ID string `json:"id"`
	// Number is any text of 1 to 64 characters; PortSIP documents no form. It
	// is compared with what a caller's number looks like at the PBX.
	Number string `json:"number"`
	// CreatedAt is in RFC 3339; a PBX may also send "" or null.
	CreatedAt wire.Time `json:"created_at,omitzero"`
	// Enabled is nil where the PBX does not say.
	Enabled *bool `json:"enabled,omitempty"`
	// Description has at most 1,024 characters; nil and "" are both blank.
	Description *string `json:"description,omitempty"`
}

// NumberList is one page of numbers, exactly as sent.
type NumberList struct {
	// Count is the "total number of resource"; nil where the PBX does not say.
	Count *int64   `json:"count,omitempty"`
	Items []Number `json:"items,omitzero"`
}

// CreatedNumber is the answer to a registration: the id, and nothing else.
type CreatedNumber struct {
	ID string `json:"id"`
}

// CreateNumberRequest registers a number.
type CreateNumberRequest struct {
	// Number has 1 to 64 characters. PortSIP's documentation calls it optional;
	// without one there is nothing to register.
	Number string `json:"number"`
	// Enabled is true at the PBX where nil.
	Enabled *bool `json:"enabled,omitempty"`
	// Description has at most 1,024 characters.
	Description *string `json:"description,omitempty"`
}

// UpdateNumberRequest changes a number. At least one field is set.
type UpdateNumberRequest struct {
	// Number has 1 to 64 characters.
	Number *string `json:"number,omitempty"`
	// Enabled, where nil, may be taken for its default, true.
	Enabled *bool `json:"enabled,omitempty"`
	// Description has at most 1,024 characters; "" clears it.
	Description *string `json:"description,omitempty"`
}

func (r *CreateNumberRequest) check(op string) error {
	if r == nil {
		return api.Invalid(vendor, op, "request", "it is nil")
	}
	return checkFields(op, &r.Number, r.Description)
}

func (r *UpdateNumberRequest) check(op string) error {
	switch {
	case r == nil:
		return api.Invalid(vendor, op, "request", "it is nil")
	case *r == UpdateNumberRequest{}:
		return api.Invalid(vendor, op, "request", "it sets nothing")
	}
	return checkFields(op, r.Number, r.Description)
}

func checkFields(op string, number, description *string) error {
	if number != nil {
		if n := utf8.RuneCountInString(*number); n < 1 || n > MaxNumber {
			return api.Invalid(vendor, op, "Number", "it must have 1 to 64 characters")
		}
	}
	if description != nil && utf8.RuneCountInString(*description) > MaxDescription {
		return api.Invalid(vendor, op, "Description", "it must have at most 1,024 characters")
	}
	return nil
}

// noID says why an answer tells of no number; "" where it does.
func noID(n *Number) string {
	if n.ID == "" {
		return "the number has no id"
	}
	return ""
}
