package telnyx

import (
	"context"
	"iter"
	"net/http"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/wire"
)

// NumberOrderPhoneNumbersService reads the single numbers of orders.
type NumberOrderPhoneNumbersService struct{ api *api.Client }

// OrderPhoneNumberID identifies a number within orders. It is a UUID, and not
// the id of the owned number.
type OrderPhoneNumberID string

// NumberOrderPhoneNumber is one number of an order, with its deadline.
type NumberOrderPhoneNumber struct {
	// ID is not the id of an owned number.
	ID OrderPhoneNumberID `json:"id"`
	// RecordType is "number_order_phone_number".
	RecordType  *string `json:"record_type,omitempty"`
	PhoneNumber string  `json:"phone_number"`
	BundleID    *string `json:"bundle_id,omitempty"`
	// OrderRequestID is the id of the number order.
	OrderRequestID   *string           `json:"order_request_id,omitempty"`
	SubNumberOrderID *SubNumberOrderID `json:"sub_number_order_id,omitempty"`
	// CountryCode is the ISO 3166-1 alpha-2 code.
	CountryCode *string `json:"country_code,omitempty"`
	// Locality is "San Francisco", or a country in capitals.
	Locality *string `json:"locality,omitempty"`
	// PhoneNumberType is local, toll_free, mobile, national, shared_cost or
	// landline.
	PhoneNumberType        *string                `json:"phone_number_type,omitempty"`
	RegulatoryRequirements []RequirementWithValue `json:"regulatory_requirements,omitzero"`
	RequirementsMet        *bool                  `json:"requirements_met,omitempty"`
	// RequirementsStatus is RequirementsPending or another of these constants.
	RequirementsStatus *string `json:"requirements_status,omitempty"`
	// Status is OrderPending, OrderSuccess or OrderFailure.
	Status        *string `json:"status,omitempty"`
	IsBlockNumber *bool   `json:"is_block_number,omitempty"`
	// Deadline is when the requirements must be met. After it, Telnyx gives the
	// number up.
	Deadline wire.Time `json:"deadline,omitzero"`
}

// ListNumberOrderPhoneNumbersRequest asks for one page of numbers of orders.
type ListNumberOrderPhoneNumbersRequest struct {
	// Page is documented for the answer, and not for the request. All sends it
	// only after Telnyx has announced more pages.
	Page   PageParams                    `url:"page"`
	Filter NumberOrderPhoneNumbersFilter `url:"filter"`
}

// NumberOrderPhoneNumbersFilter narrows a list of numbers of orders.
type NumberOrderPhoneNumbersFilter struct {
	CountryCode string `url:"country_code,omitempty"`
}

// UpdateNumberOrderPhoneNumberRequest supplies regulatory requirements for one
// number.
type UpdateNumberOrderPhoneNumberRequest struct {
	// RegulatoryRequirements may be some of the requirements.
	RegulatoryRequirements []RequirementValue `json:"regulatory_requirements,omitzero"`
}

// List reads one page of numbers of orders. r may be nil.
//
// GET /number_order_phone_numbers with filter[country_code]. No page
// parameters are documented.
func (s *NumberOrderPhoneNumbersService) List(ctx context.Context, r *ListNumberOrderPhoneNumbersRequest) (*Page[NumberOrderPhoneNumber], error) {
	const op = "NumberOrderPhoneNumbers.List"
	r = orZero(r)
	if err := r.Page.check(op); err != nil {
		return nil, err
	}
	return list(ctx, s.api, &api.Call{
		Op: op, Class: api.Read, Method: http.MethodGet, Path: "/number_order_phone_numbers", Query: r,
	}, r.Page.Size, (*NumberOrderPhoneNumber).check)
}

// All walks the numbers of all orders. r may be nil. Like SubNumberOrders.All,
// it requests a later page only if Telnyx has announced one.
func (s *NumberOrderPhoneNumbersService) All(ctx context.Context, r *ListNumberOrderPhoneNumbersRequest, opts ...numbers.PageOption) iter.Seq2[*NumberOrderPhoneNumber, error] {
	from := *orZero(r)
	return all(ctx, "NumberOrderPhoneNumbers.All", from.Page, func(ctx context.Context, at PageParams) (*Page[NumberOrderPhoneNumber], error) {
		r := from
		r.Page = at
		return s.List(ctx, &r)
	}, func(n *NumberOrderPhoneNumber) string { return string(n.ID) }, opts)
}

// Get reads one number of an order.
//
// GET /number_order_phone_numbers/{number_order_phone_number_id}.
func (s *NumberOrderPhoneNumbersService) Get(ctx context.Context, id OrderPhoneNumberID) (*NumberOrderPhoneNumber, error) {
	return get(ctx, s.api, &api.Call{
		Op: "NumberOrderPhoneNumbers.Get", Class: api.Read, Method: http.MethodGet,
		Path: "/number_order_phone_numbers/{id}", Args: []string{string(id)},
	}, (*NumberOrderPhoneNumber).check)
}

// Update supplies regulatory requirements.
//
// PATCH /number_order_phone_numbers/{number_order_phone_number_id}, which
// returns the number.
func (s *NumberOrderPhoneNumbersService) Update(ctx context.Context, id OrderPhoneNumberID, r *UpdateNumberOrderPhoneNumberRequest) (*NumberOrderPhoneNumber, error) {
	const op = "NumberOrderPhoneNumbers.Update"
	if r == nil {
		return nil, api.Invalid(vendor, op, "request", "it is nil")
	}
	return get(ctx, s.api, &api.Call{
		Op: op, Class: api.Write, Method: http.MethodPatch,
		Path: "/number_order_phone_numbers/{id}", Args: []string{string(id)}, Body: r,
	}, (*NumberOrderPhoneNumber).check)
}

// SetRequirementGroup uses the values of a requirement group for one number.
//
// POST /number_order_phone_numbers/{id}/requirement_group, which returns the
// number. A repeat changes nothing.
func (s *NumberOrderPhoneNumbersService) SetRequirementGroup(ctx context.Context, id OrderPhoneNumberID, r *SetRequirementGroupRequest) (*NumberOrderPhoneNumber, error) {
	const op = "NumberOrderPhoneNumbers.SetRequirementGroup"
	if err := r.check(op); err != nil {
		return nil, err
	}
	return get(ctx, s.api, &api.Call{
		Op: op, Class: api.Write, Method: http.MethodPost,
		Path: "/number_order_phone_numbers/{id}/requirement_group", Args: []string{string(id)}, Body: r,
	}, (*NumberOrderPhoneNumber).check)
}

func (n *NumberOrderPhoneNumber) check() string { return checkID(n.ID) }
