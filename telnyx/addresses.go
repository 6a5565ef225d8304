package telnyx

import (
	"context"
	"iter"
	"net/http"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/wire"
)

// AddressesService stores addresses. An address fulfills a requirement of the type
// address, and is where emergency services go. It can't be changed: create another one.
type AddressesService struct{ api *api.Client }

// AddressID identifies an [Address]. It is the FieldValue of a requirement of the type
// address.
type AddressID string

// Address is a stored address.
type Address struct {
	// AddressBook is true if the portal offers the address for use.
	AddressBook *bool `json:"address_book,omitempty"`
	// AdministrativeArea is the state in the US.
	AdministrativeArea *string `json:"administrative_area,omitempty"`
	// Borough is not used in the US.
	Borough      *string `json:"borough,omitempty"`
	BusinessName *string `json:"business_name,omitempty"`
	// CountryCode is the ISO 3166-1 alpha-2 code.
	CountryCode       *string   `json:"country_code,omitempty"`
	CreatedAt         wire.Time `json:"created_at,omitzero"`
	CustomerReference *string   `json:"customer_reference,omitempty"`
	// ExtendedAddress is the floor or the apartment.
	ExtendedAddress *string   `json:"extended_address,omitempty"`
	FirstName       *string   `json:"first_name,omitempty"`
	ID              AddressID `json:"id"`
	LastName        *string   `json:"last_name,omitempty"`
	// Locality is the city.
	Locality *string `json:"locality,omitempty"`
	// Neighborhood is not used in the US.
	Neighborhood *string `json:"neighborhood,omitempty"`
	PhoneNumber  *string `json:"phone_number,omitempty"`
	PostalCode   *string `json:"postal_code,omitempty"`
	// RecordType is "address".
	RecordType    *string   `json:"record_type,omitempty"`
	StreetAddress *string   `json:"street_address,omitempty"`
	UpdatedAt     wire.Time `json:"updated_at,omitzero"`
	// ValidateAddress is as in the request that created the address.
	ValidateAddress *bool `json:"validate_address,omitempty"`
}

// CreateAddressRequest stores an address. It needs a first and a last name, or a
// business name; the description requires all three, so that the others are sent as "".
type CreateAddressRequest struct {
	AddressBook        *bool   `json:"address_book,omitempty"`
	AdministrativeArea *string `json:"administrative_area,omitempty"`
	Borough            *string `json:"borough,omitempty"`
	BusinessName       string  `json:"business_name"`
	// CountryCode is the ISO 3166-1 alpha-2 code.
	CountryCode       string  `json:"country_code"`
	CustomerReference *string `json:"customer_reference,omitempty"`
	ExtendedAddress   *string `json:"extended_address,omitempty"`
	FirstName         string  `json:"first_name"`
	LastName          string  `json:"last_name"`
	// Locality is the city.
	Locality      string  `json:"locality"`
	Neighborhood  *string `json:"neighborhood,omitempty"`
	PhoneNumber   *string `json:"phone_number,omitempty"`
	PostalCode    *string `json:"postal_code,omitempty"`
	StreetAddress string  `json:"street_address"`
	// ValidateAddress is nil or true for an address that emergency services must find.
	// Telnyx then refuses an address that it can't validate. An invalid address that is
	// stored with false can't be used for emergency services.
	ValidateAddress *bool `json:"validate_address,omitempty"`
}

func (r *CreateAddressRequest) check(op string) error {
	if r == nil {
		return api.Invalid(vendor, op, "request", "it is nil")
	}
	if r.BusinessName == "" && (r.FirstName == "" || r.LastName == "") {
		return api.Invalid(vendor, op, "BusinessName", "an address needs a first and a last name, or a business name")
	}
	return required(op, "CountryCode", r.CountryCode, "Locality", r.Locality, "StreetAddress", r.StreetAddress)
}

// ValidateAddressRequest is an address to check. Nothing is stored.
type ValidateAddressRequest struct {
	AdministrativeArea *string `json:"administrative_area,omitempty"`
	// CountryCode is the ISO 3166-1 alpha-2 code.
	CountryCode     string  `json:"country_code"`
	ExtendedAddress *string `json:"extended_address,omitempty"`
	Locality        *string `json:"locality,omitempty"`
	PostalCode      string  `json:"postal_code"`
	StreetAddress   string  `json:"street_address"`
}

// The results of Validate.
const (
	AddressValid   = "valid"
	AddressInvalid = "invalid"
)

// AddressValidation is what Telnyx says of an address.
type AddressValidation struct {
	// Errors say why the address is invalid.
	Errors []AddressError `json:"errors,omitzero"`
	// RecordType is "address_validation".
	RecordType *string `json:"record_type,omitempty"`
	// Result is AddressValid or AddressInvalid.
	Result string `json:"result"`
	// Suggested is the address as Telnyx would write it.
	Suggested *SuggestedAddress `json:"suggested,omitempty"`
}

// AddressError is one reason why an address is invalid. It has a description where
// other errors have a detail.
type AddressError struct {
	// Code is "10015".
	Code        wire.TN `json:"code,omitzero"`
	Description *string `json:"description,omitempty"`
	// Meta may have any form.
	Meta   wire.Raw     `json:"meta,omitzero"`
	Source *ErrorSource `json:"source,omitempty"`
	Title  *string      `json:"title,omitempty"`
}

// SuggestedAddress is an address as Telnyx would write it.
type SuggestedAddress struct {
	AdministrativeArea *string `json:"administrative_area,omitempty"`
	CountryCode        *string `json:"country_code,omitempty"`
	ExtendedAddress    *string `json:"extended_address,omitempty"`
	Locality           *string `json:"locality,omitempty"`
	PostalCode         *string `json:"postal_code,omitempty"`
	StreetAddress      *string `json:"street_address,omitempty"`
}

// AcceptAddressSuggestionsRequest accepts Telnyx's suggestion for an address.
type AcceptAddressSuggestionsRequest struct {
	// ID is the id of the address, which the path has already.
	ID *AddressID `json:"id,omitempty"`
}

// AddressSuggestion says whether a suggestion was accepted.
type AddressSuggestion struct {
	Accepted *bool `json:"accepted,omitempty"`
	// ID is the UUID of the location.
	ID string `json:"id"`
	// RecordType is "address_suggestion".
	RecordType *string `json:"record_type,omitempty"`
}

// ListAddressesRequest asks for one page of addresses.
type ListAddressesRequest struct {
	Page   PageParams      `url:"page"`
	Filter AddressesFilter `url:"filter"`
	// Sort is created_at, first_name, last_name, business_name or street_address;
	// with a "-" before it, the order is descending. "" means created_at, the newest
	// first.
	Sort string `url:"sort,omitempty"`
}

// AddressesFilter narrows a list of addresses.
type AddressesFilter struct {
	AddressBook       EqualFilter     `url:"address_book"`
	CustomerReference ReferenceFilter `url:"customer_reference"`
	StreetAddress     ContainsFilter  `url:"street_address"`
	// UsedAsEmergency is "true" for the addresses that are the emergency address of an
	// active number, and "false" for the others.
	UsedAsEmergency string `url:"used_as_emergency,omitempty"`
}

// EqualFilter looks for a value. That of a flag is "true" or "false".
type EqualFilter struct {
	Eq string `url:"eq,omitempty"`
}

// ContainsFilter looks for a part of a text, in any case.
type ContainsFilter struct {
	Contains string `url:"contains,omitempty"`
}

// ReferenceFilter looks for a customer reference, or for a part of it, in any case.
type ReferenceFilter struct {
	Contains string `url:"contains,omitempty"`
	Eq       string `url:"eq,omitempty"`
}

// List reads one page of addresses. r may be nil.
//
// GET /addresses with page[number] (from 1), page[size] (1 to 250, default 20),
// filter[…] and sort.
func (s *AddressesService) List(ctx context.Context, r *ListAddressesRequest) (*Page[Address], error) {
	const op = "Addresses.List"
	r = orZero(r)
	if err := r.Page.check(op); err != nil {
		return nil, err
	}
	return list(ctx, s.api, &api.Call{
		Op: op, Class: api.Read, Method: http.MethodGet, Path: "/addresses", Query: r,
	}, r.Page.Size, (*Address).check)
}

// All walks the addresses of all pages from r.Page on. r may be nil. It works as
// NumberOrders.All does.
func (s *AddressesService) All(ctx context.Context, r *ListAddressesRequest, opts ...numbers.PageOption) iter.Seq2[*Address, error] {
	from := *orZero(r)
	from.Page.enlarge()
	return all(ctx, "Addresses.All", from.Page, func(ctx context.Context, at PageParams) (*Page[Address], error) {
		r := from
		r.Page = at
		return s.List(ctx, &r)
	}, func(a *Address) string { return string(a.ID) }, opts)
}

// Create stores an address. A country, a street, a city and a name are required
// (numbers.ErrInvalid); Telnyx refuses an address that it can't validate, unless
// ValidateAddress is false.
//
// POST /addresses, which returns the address. It is sent once, because a repeat would
// make a second address.
func (s *AddressesService) Create(ctx context.Context, r *CreateAddressRequest) (*Address, error) {
	const op = "Addresses.Create"
	if err := r.check(op); err != nil {
		return nil, err
	}
	return get(ctx, s.api, &api.Call{
		Op: op, Class: api.Buy, Method: http.MethodPost, Path: "/addresses", Body: r, Reference: text(r.CustomerReference),
	}, (*Address).check)
}

// Get reads an address.
//
// GET /addresses/{id}.
func (s *AddressesService) Get(ctx context.Context, id AddressID) (*Address, error) {
	return get(ctx, s.api, &api.Call{
		Op: "Addresses.Get", Class: api.Read, Method: http.MethodGet, Path: "/addresses/{id}", Args: []string{string(id)},
	}, (*Address).check)
}

// Delete removes an address. Telnyx refuses an address that is in use.
//
// DELETE /addresses/{id}, which returns the address as it was.
func (s *AddressesService) Delete(ctx context.Context, id AddressID) (*Address, error) {
	return get(ctx, s.api, &api.Call{
		Op: "Addresses.Delete", Class: api.Write, Method: http.MethodDelete, Path: "/addresses/{id}", Args: []string{string(id)},
	}, (*Address).check)
}

// Validate checks an address for emergency services. An invalid address is no error:
// the answer says so, and why.
//
// POST /addresses/actions/validate. It changes nothing, so it is repeated like a read.
func (s *AddressesService) Validate(ctx context.Context, r *ValidateAddressRequest) (*AddressValidation, error) {
	const op = "Addresses.Validate"
	if r == nil {
		return nil, api.Invalid(vendor, op, "request", "it is nil")
	}
	if err := required(op, "CountryCode", r.CountryCode, "PostalCode", r.PostalCode, "StreetAddress", r.StreetAddress); err != nil {
		return nil, err
	}
	return get(ctx, s.api, &api.Call{
		Op: op, Class: api.Read, Method: http.MethodPost, Path: "/addresses/actions/validate", Body: r,
	}, func(v *AddressValidation) string {
		if v.Result == "" {
			return "it has no result"
		}
		return ""
	})
}

// AcceptSuggestions replaces an address by what Telnyx suggested for it, and completes
// the upload of its numbers to Operator Connect. r may be nil.
//
// POST /addresses/{id}/actions/accept_suggestions, which returns 200, or 202 while the
// numbers are uploaded. A repeat accepts the same suggestion again, so it is a write.
func (s *AddressesService) AcceptSuggestions(ctx context.Context, id AddressID, r *AcceptAddressSuggestionsRequest) (*AddressSuggestion, error) {
	return get(ctx, s.api, &api.Call{
		Op: "Addresses.AcceptSuggestions", Class: api.Write, Method: http.MethodPost,
		Path: "/addresses/{id}/actions/accept_suggestions", Args: []string{string(id)}, Body: orZero(r),
	}, func(a *AddressSuggestion) string { return checkID(a.ID) })
}

func (a *Address) check() string { return checkID(a.ID) }
