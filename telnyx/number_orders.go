package telnyx

import (
	"context"
	"iter"
	"net/http"
	"time"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/wire"
)

// NumberOrdersService orders numbers. A number order can't be canceled. Cancel
// its sub number orders instead.
type NumberOrdersService struct{ api *api.Client }

// The states of a number order, and of each number in it.
const (
	OrderPending = "pending"
	OrderSuccess = "success"
	OrderFailure = "failure"
)

// The values of requirements_status.
const (
	RequirementsPending         = "pending"
	RequirementsApproved        = "approved"
	RequirementsCancelled       = "cancelled"
	RequirementsDeleted         = "deleted"
	RequirementsInfoException   = "requirement-info-exception"
	RequirementsInfoPending     = "requirement-info-pending"
	RequirementsInfoUnderReview = "requirement-info-under-review"
)

// NumberOrder is an order of one or more numbers. Telnyx sends it in two forms:
// in a list, its phone numbers have only a number and an id.
type NumberOrder struct {
	// ID is a UUID.
	ID string `json:"id"`
	// RecordType is "number_order".
	RecordType        *string `json:"record_type,omitempty"`
	PhoneNumbersCount *int    `json:"phone_numbers_count,omitempty"`
	// ConnectionID is the voice connection of the numbers.
	ConnectionID       *string            `json:"connection_id,omitempty"`
	MessagingProfileID *string            `json:"messaging_profile_id,omitempty"`
	BillingGroupID     *string            `json:"billing_group_id,omitempty"`
	PhoneNumbers       []OrderPhoneNumber `json:"phone_numbers,omitzero"`
	SubNumberOrdersIDs []SubNumberOrderID `json:"sub_number_orders_ids,omitzero"`
	// Status is OrderPending, OrderSuccess or OrderFailure. It covers all
	// numbers: a success may have numbers that failed.
	Status            *string   `json:"status,omitempty"`
	CustomerReference *string   `json:"customer_reference,omitempty"`
	CreatedAt         wire.Time `json:"created_at,omitzero"`
	UpdatedAt         wire.Time `json:"updated_at,omitzero"`
	// RequirementsMet is true if all requirements are met for every number.
	RequirementsMet *bool `json:"requirements_met,omitempty"`
}

// OrderPhoneNumber is one number of an order. In lists only ID and PhoneNumber
// are set.
type OrderPhoneNumber struct {
	// ID is the number's id within orders, which is not its id as an owned number. For
	// lists, Telnyx's description does not say which of the two ids this is, so do not
	// use the ID of a list.
	ID *OrderPhoneNumberID `json:"id,omitempty"`
	// RecordType is "number_order_phone_number".
	RecordType  *string `json:"record_type,omitempty"`
	PhoneNumber string  `json:"phone_number"`
	BundleID    *string `json:"bundle_id,omitempty"`
	CountryCode *string `json:"country_code,omitempty"`
	// CountryISOAlpha2 is the same country, in newer answers.
	CountryISOAlpha2 *string `json:"country_iso_alpha2,omitempty"`
	// PhoneNumberType is local, mobile, national, shared_cost or toll_free.
	PhoneNumberType        *string                `json:"phone_number_type,omitempty"`
	RegulatoryRequirements []RequirementWithValue `json:"regulatory_requirements,omitzero"`
	RequirementsMet        *bool                  `json:"requirements_met,omitempty"`
	// RequirementsStatus is RequirementsPending or another of these constants.
	RequirementsStatus *string `json:"requirements_status,omitempty"`
	// Status is OrderPending, OrderSuccess or OrderFailure.
	Status *string `json:"status,omitempty"`
}

// RequirementWithValue is a regulatory requirement with its supplied value.
type RequirementWithValue struct {
	// RecordType is "phone_number_regulatory_requirement".
	RecordType    *string `json:"record_type,omitempty"`
	RequirementID *string `json:"requirement_id,omitempty"`
	// FieldType is textual, datetime, address or document.
	FieldType *string `json:"field_type,omitempty"`
	// FieldValue is the text or time itself, or the id of the address or
	// document.
	FieldValue *string `json:"field_value,omitempty"`
	// Status is approved, declined, awaiting-value or pending-approval.
	Status *string `json:"status,omitempty"`
}

// CreateNumberOrderRequest orders numbers.
type CreateNumberOrderRequest struct {
	// PhoneNumbers must not be empty; no maximum is documented.
	PhoneNumbers       []CreateNumberOrderPhoneNumber `json:"phone_numbers"`
	ConnectionID       *string                        `json:"connection_id,omitempty"`
	MessagingProfileID *string                        `json:"messaging_profile_id,omitempty"`
	BillingGroupID     *string                        `json:"billing_group_id,omitempty"`
	// CustomerReference is your own reference. Telnyx keeps it verbatim, and List can
	// filter by it. Make it unique, because an order whose answer was lost is found by
	// it.
	CustomerReference *string `json:"customer_reference,omitempty"`
}

// CreateNumberOrderPhoneNumber is one number to order.
type CreateNumberOrderPhoneNumber struct {
	// PhoneNumber is in E.164. A search must have returned it before.
	PhoneNumber string `json:"phone_number"`
	// RequirementGroupID is required in CH, DK, IT, NO, PT and SE.
	RequirementGroupID *RequirementGroupID `json:"requirement_group_id,omitempty"`
	BundleID           *string             `json:"bundle_id,omitempty"`
}

// UpdateNumberOrderRequest changes an order. A nil field stays as it is.
type UpdateNumberOrderRequest struct {
	CustomerReference *string `json:"customer_reference,omitempty"`
	// RegulatoryRequirements may be some of the requirements.
	RegulatoryRequirements []RequirementValue `json:"regulatory_requirements,omitzero"`
}

// RequirementValue supplies a regulatory requirement.
type RequirementValue struct {
	RequirementID string `json:"requirement_id"`
	// FieldValue is the value of a textual or datetime requirement, the id of
	// an address or document.
	FieldValue string `json:"field_value"`
}

// ListNumberOrdersRequest asks for one page of orders. Telnyx does not document
// the order of the list.
type ListNumberOrdersRequest struct {
	Page   PageParams         `url:"page"`
	Filter NumberOrdersFilter `url:"filter"`
}

// NumberOrdersFilter narrows a list of orders.
type NumberOrdersFilter struct {
	Status string `url:"status,omitempty"`
	// CreatedAt bounds are exclusive.
	CreatedAt TimeRange `url:"created_at"`
	// PhoneNumbersCount is a string: "1".
	PhoneNumbersCount string `url:"phone_numbers_count,omitempty"`
	CustomerReference string `url:"customer_reference,omitempty"`
	RequirementsMet   *bool  `url:"requirements_met,omitempty"`
}

// TimeRange bounds a time. Both bounds are exclusive and optional. Telnyx
// compares microseconds, which [wire.NewTime] writes.
type TimeRange struct {
	GT wire.Time `url:"gt"`
	LT wire.Time `url:"lt"`
}

// Create orders numbers.
//
// POST /number_orders, which returns 200 and the order. It is usually pending,
// and Get shows how it settles. It may cost money and is sent once.
// ErrOutcomeUnknown means that the order may exist. Look for its
// CustomerReference with List before you order again.
func (s *NumberOrdersService) Create(ctx context.Context, r *CreateNumberOrderRequest) (*NumberOrder, error) {
	return s.create(ctx, r, nil)
}

// opCreateNumberOrder is the operation of Create.
const opCreateNumberOrder = "NumberOrders.Create"

// create is Create with numbers.OrderRequest.Begin, which may be nil.
func (s *NumberOrdersService) create(ctx context.Context, r *CreateNumberOrderRequest, begin func(context.Context) (time.Time, error)) (*NumberOrder, error) {
	const op = opCreateNumberOrder
	if r == nil {
		return nil, api.Invalid(vendor, op, "request", "it is nil")
	}
	if len(r.PhoneNumbers) == 0 {
		return nil, api.Invalid(vendor, op, "PhoneNumbers", "it is empty")
	}
	call := &api.Call{
		Op: op, Class: api.Buy, Method: http.MethodPost, Path: "/number_orders", Body: r, Begin: begin,
	}
	for _, n := range r.PhoneNumbers {
		call.Numbers = append(call.Numbers, numbers.E164(n.PhoneNumber))
	}
	if r.CustomerReference != nil {
		call.Reference = *r.CustomerReference
	}
	return get(ctx, s.api, call, (*NumberOrder).check)
}

// Get reads an order with the state of each number.
//
// GET /number_orders/{number_order_id}. Just after Create it may return
// ErrNotFound for a moment.
func (s *NumberOrdersService) Get(ctx context.Context, id string) (*NumberOrder, error) {
	return get(ctx, s.api, &api.Call{
		Op: "NumberOrders.Get", Class: api.Read, Method: http.MethodGet,
		Path: "/number_orders/{id}", Args: []string{id},
	}, (*NumberOrder).check)
}

// Update changes an order's reference, or supplies regulatory requirements.
//
// PATCH /number_orders/{number_order_id}, which returns the order.
func (s *NumberOrdersService) Update(ctx context.Context, id string, r *UpdateNumberOrderRequest) (*NumberOrder, error) {
	const op = "NumberOrders.Update"
	if r == nil {
		return nil, api.Invalid(vendor, op, "request", "it is nil")
	}
	return get(ctx, s.api, &api.Call{
		Op: op, Class: api.Write, Method: http.MethodPatch,
		Path: "/number_orders/{id}", Args: []string{id}, Body: r,
	}, (*NumberOrder).check)
}

// List reads one page of orders. r may be nil.
//
// GET /number_orders with page[number] (from 1), page[size] (1 to 250, default
// 20) and filter[…].
func (s *NumberOrdersService) List(ctx context.Context, r *ListNumberOrdersRequest) (*Page[NumberOrder], error) {
	const op = "NumberOrders.List"
	r = orZero(r)
	if err := r.Page.check(op); err != nil {
		return nil, err
	}
	return list(ctx, s.api, &api.Call{
		Op: op, Class: api.Read, Method: http.MethodGet, Path: "/number_orders", Query: r,
	}, r.Page.Size, (*NumberOrder).check)
}

// All yields the orders of all pages, from r.Page on. r may be nil. A page has 250
// orders, unless r sets its size. Every order that existed when the walk began is yielded
// exactly once, even if new orders are made during the walk. If orders leave the list
// during the walk (because of a filter by a status that changes), the walk ends with
// ErrIncomplete.
func (s *NumberOrdersService) All(ctx context.Context, r *ListNumberOrdersRequest, opts ...numbers.PageOption) iter.Seq2[*NumberOrder, error] {
	from := *orZero(r)
	from.Page.enlarge()
	return all(ctx, "NumberOrders.All", from.Page, func(ctx context.Context, at PageParams) (*Page[NumberOrder], error) {
		r := from
		r.Page = at
		return s.List(ctx, &r)
	}, func(o *NumberOrder) string { return o.ID }, opts)
}

func (o *NumberOrder) check() string { return checkID(o.ID) }
