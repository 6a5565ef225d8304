package telnyx

import (
	"context"
	"iter"
	"net/http"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/wire"
)

// InexplicitNumberOrdersService orders many numbers by their properties, and
// not one by one, in the US and Canada only.
type InexplicitNumberOrdersService struct{ api *api.Client }

// The states of an ordering group.
const (
	OrderingGroupPending        = "pending"
	OrderingGroupProcessing     = "processing"
	OrderingGroupFailed         = "failed"
	OrderingGroupSuccess        = "success"
	OrderingGroupPartialSuccess = "partial_success"
)

// The strategies if there are fewer numbers than requested.
const (
	// StrategyAlways orders the numbers that exist. It is the default.
	StrategyAlways = "always"
	// StrategyNever orders nothing.
	StrategyNever = "never"
)

// InexplicitNumberOrder is an order of numbers by their properties.
type InexplicitNumberOrder struct {
	// ID is a UUID.
	ID                 string          `json:"id"`
	OrderingGroups     []OrderingGroup `json:"ordering_groups,omitzero"`
	ConnectionID       *string         `json:"connection_id,omitempty"`
	MessagingProfileID *string         `json:"messaging_profile_id,omitempty"`
	BillingGroupID     *string         `json:"billing_group_id,omitempty"`
	CustomerReference  *string         `json:"customer_reference,omitempty"`
	CreatedAt          wire.Time       `json:"created_at,omitzero"`
	UpdatedAt          wire.Time       `json:"updated_at,omitzero"`
}

// OrderingGroup is one group of a request, with its result.
type OrderingGroup struct {
	CountryISO *string `json:"country_iso,omitempty"`
	// CountRequested is a number here, and a string in the request.
	CountRequested          *int    `json:"count_requested,omitempty"`
	CountAllocated          *int    `json:"count_allocated,omitempty"`
	PhoneNumberType         *string `json:"phone_number_type,omitempty"`
	NationalDestinationCode *string `json:"national_destination_code,omitempty"`
	AdministrativeArea      *string `json:"administrative_area,omitempty"`
	PhoneNumberStartsWith   *string `json:"phone_number[starts_with],omitempty"`
	PhoneNumberEndsWith     *string `json:"phone_number[ends_with],omitempty"`
	PhoneNumberContains     *string `json:"phone_number[contains],omitempty"`
	Quickship               *bool   `json:"quickship,omitempty"`
	ExcludeHeldNumbers      *bool   `json:"exclude_held_numbers,omitempty"`
	// Strategy is StrategyAlways or StrategyNever.
	Strategy *string `json:"strategy,omitempty"`
	// Status is OrderingGroupPending or another of these constants.
	Status      *string `json:"status,omitempty"`
	ErrorReason *string `json:"error_reason,omitempty"`
	// Orders are the number orders that Telnyx made for the group.
	Orders    []OrderingGroupOrder `json:"orders,omitzero"`
	CreatedAt wire.Time            `json:"created_at,omitzero"`
	UpdatedAt wire.Time            `json:"updated_at,omitzero"`
}

// OrderingGroupOrder is a number order that an ordering group made.
type OrderingGroupOrder struct {
	NumberOrderID     *string            `json:"number_order_id,omitempty"`
	SubNumberOrderIDs []SubNumberOrderID `json:"sub_number_order_ids,omitzero"`
}

// CreateInexplicitNumberOrderRequest orders at most 10,000 numbers.
type CreateInexplicitNumberOrderRequest struct {
	// OrderingGroups must not be empty.
	OrderingGroups     []CreateOrderingGroup `json:"ordering_groups"`
	ConnectionID       *string               `json:"connection_id,omitempty"`
	MessagingProfileID *string               `json:"messaging_profile_id,omitempty"`
	BillingGroupID     *string               `json:"billing_group_id,omitempty"`
	// CustomerReference is your own reference. Telnyx keeps it verbatim.
	CustomerReference *string `json:"customer_reference,omitempty"`
}

// CreateOrderingGroup describes a group of numbers to order.
type CreateOrderingGroup struct {
	// CountryISO is "US" or "CA".
	CountryISO string `json:"country_iso"`
	// CountRequested is a number as a string: "10".
	CountRequested string `json:"count_requested"`
	// PhoneNumberType is TypeLocal, TypeTollFree or another of these constants.
	PhoneNumberType         string  `json:"phone_number_type"`
	NationalDestinationCode *string `json:"national_destination_code,omitempty"`
	// AdministrativeArea is a state or a province.
	AdministrativeArea *string `json:"administrative_area,omitempty"`
	// Locality is a city, a region or a rate center.
	Locality *string `json:"locality,omitempty"`
	// Features are those that a number must have, all of them.
	Features    []string       `json:"features,omitzero"`
	PhoneNumber *DigitsPattern `json:"phone_number,omitempty"`
	// Quickship orders numbers that can be used at once; toll-free only.
	Quickship          *bool `json:"quickship,omitempty"`
	ExcludeHeldNumbers *bool `json:"exclude_held_numbers,omitempty"`
	// Strategy is StrategyAlways or StrategyNever.
	Strategy *string `json:"strategy,omitempty"`
}

// DigitsPattern matches digits of a number.
type DigitsPattern struct {
	StartsWith *string `json:"starts_with,omitempty"`
	EndsWith   *string `json:"ends_with,omitempty"`
	Contains   *string `json:"contains,omitempty"`
}

// ListInexplicitNumberOrdersRequest asks for one page of orders.
type ListInexplicitNumberOrdersRequest struct {
	// Page is sent as page_number and page_size here.
	Page FlatPageParams
}

// FlatPageParams are PageParams under other names.
type FlatPageParams struct {
	// Number counts from 1; 0 = not sent, which means 1.
	Number int `url:"page_number,omitempty"`
	// Size is 1 to 250; 0 = not sent, which means 20.
	Size int `url:"page_size,omitempty"`
}

// Create orders numbers by their properties.
//
// POST /inexplicit_number_orders, which returns the order. Its groups settle
// later. It costs money and is sent once. ErrOutcomeUnknown means that the
// order may exist. Look for it with List before you order again.
func (s *InexplicitNumberOrdersService) Create(ctx context.Context, r *CreateInexplicitNumberOrderRequest) (*InexplicitNumberOrder, error) {
	const op = "InexplicitNumberOrders.Create"
	if r == nil {
		return nil, api.Invalid(vendor, op, "request", "it is nil")
	}
	if len(r.OrderingGroups) == 0 {
		return nil, api.Invalid(vendor, op, "OrderingGroups", "it is empty")
	}
	return get(ctx, s.api, &api.Call{
		Op: op, Class: api.Buy, Method: http.MethodPost, Path: "/inexplicit_number_orders", Body: r,
		Reference: text(r.CustomerReference),
	}, (*InexplicitNumberOrder).check)
}

// List reads one page of orders. r may be nil.
//
// GET /inexplicit_number_orders with page_number (from 1) and page_size (1 to
// 250, default 20).
func (s *InexplicitNumberOrdersService) List(ctx context.Context, r *ListInexplicitNumberOrdersRequest) (*Page[InexplicitNumberOrder], error) {
	const op = "InexplicitNumberOrders.List"
	r = orZero(r)
	if err := PageParams(r.Page).check(op); err != nil {
		return nil, err
	}
	return list(ctx, s.api, &api.Call{
		Op: op, Class: api.Read, Method: http.MethodGet, Path: "/inexplicit_number_orders", Query: r.Page,
	}, r.Page.Size, (*InexplicitNumberOrder).check)
}

// All walks the orders of all pages from r.Page on. r may be nil. It works as
// NumberOrders.All does.
func (s *InexplicitNumberOrdersService) All(ctx context.Context, r *ListInexplicitNumberOrdersRequest, opts ...numbers.PageOption) iter.Seq2[*InexplicitNumberOrder, error] {
	from := *orZero(r)
	if from.Page.Size == 0 {
		from.Page.Size = MaxPageSize
	}
	return all(ctx, "InexplicitNumberOrders.All", PageParams(from.Page), func(ctx context.Context, at PageParams) (*Page[InexplicitNumberOrder], error) {
		r := from
		r.Page = FlatPageParams(at)
		return s.List(ctx, &r)
	}, func(o *InexplicitNumberOrder) string { return o.ID }, opts)
}

// Get reads an order.
//
// GET /inexplicit_number_orders/{id}.
func (s *InexplicitNumberOrdersService) Get(ctx context.Context, id string) (*InexplicitNumberOrder, error) {
	return get(ctx, s.api, &api.Call{
		Op: "InexplicitNumberOrders.Get", Class: api.Read, Method: http.MethodGet,
		Path: "/inexplicit_number_orders/{id}", Args: []string{id},
	}, (*InexplicitNumberOrder).check)
}

func (o *InexplicitNumberOrder) check() string { return checkID(o.ID) }
