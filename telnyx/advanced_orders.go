package telnyx

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/internal/decode"
)

// AdvancedOrdersService orders numbers that Telnyx does not have in stock. Only
// the answer of List has an envelope.
type AdvancedOrdersService struct{ api *api.Client }

// The states of an advanced order.
const (
	AdvancedOrderPending    = "pending"
	AdvancedOrderProcessing = "processing"
	AdvancedOrderException  = "exception"
	AdvancedOrderHold       = "hold"
	AdvancedOrderOrdered    = "ordered"
	AdvancedOrderFailed     = "failed"
)

// The limits of an advanced order.
const (
	maxAdvancedQuantity = 10000
	maxAdvancedArea     = 3
	maxAdvancedComments = 255
)

// AdvancedOrder is an order of numbers that are not in stock.
type AdvancedOrder struct {
	// ID is a UUID.
	ID string `json:"id"`
	// CountryCode is the ISO 3166-1 alpha-2 code.
	CountryCode       *string  `json:"country_code,omitempty"`
	Comments          *string  `json:"comments,omitempty"`
	Quantity          *int     `json:"quantity,omitempty"`
	AreaCode          *string  `json:"area_code,omitempty"`
	Features          []string `json:"features,omitzero"`
	CustomerReference *string  `json:"customer_reference,omitempty"`
	// PhoneNumberType is TypeLocal or another of these constants. The
	// documentation does not say whether it is a string or a list.
	PhoneNumberType TextOrList `json:"phone_number_type,omitzero"`
	// Status is AdvancedOrderPending or another of these constants. The
	// documentation does not say whether it is a string or a list.
	Status TextOrList `json:"status,omitzero"`
	// Orders are the ids of the number orders that Telnyx made for it.
	Orders             []string            `json:"orders,omitzero"`
	RequirementGroupID *RequirementGroupID `json:"requirement_group_id,omitempty"`
}

// CreateAdvancedOrderRequest describes the numbers to order.
type CreateAdvancedOrderRequest struct {
	// CountryCode is the ISO 3166-1 alpha-2 code; nil means "US".
	CountryCode *string `json:"country_code,omitempty"`
	// Comments are at most 255 characters.
	Comments *string `json:"comments,omitempty"`
	// Quantity is 1 to 10,000; nil means 1.
	Quantity *int `json:"quantity,omitempty"`
	// AreaCode is at most 3 digits.
	AreaCode *string `json:"area_code,omitempty"`
	// PhoneNumberType is TypeLocal or another of these constants; nil means
	// TypeLocal.
	PhoneNumberType    *string             `json:"phone_number_type,omitempty"`
	Features           []string            `json:"features,omitzero"`
	CustomerReference  *string             `json:"customer_reference,omitempty"`
	RequirementGroupID *RequirementGroupID `json:"requirement_group_id,omitempty"`
}

func (r *CreateAdvancedOrderRequest) check(op string) error {
	switch {
	case r == nil:
		return api.Invalid(vendor, op, "request", "it is nil")
	case r.Quantity != nil && (*r.Quantity < 1 || *r.Quantity > maxAdvancedQuantity):
		return api.Invalid(vendor, op, "Quantity", "it must be from 1 to 10,000")
	case len(text(r.AreaCode)) > maxAdvancedArea:
		return api.Invalid(vendor, op, "AreaCode", "it has more than 3 digits")
	case len([]rune(text(r.Comments))) > maxAdvancedComments:
		return api.Invalid(vendor, op, "Comments", "it has more than 255 characters")
	}
	return nil
}

// Create orders numbers that are not in stock.
//
// POST /advanced_orders, which returns the order. It may cost money and is sent
// once.
func (s *AdvancedOrdersService) Create(ctx context.Context, r *CreateAdvancedOrderRequest) (*AdvancedOrder, error) {
	const op = "AdvancedOrders.Create"
	if err := r.check(op); err != nil {
		return nil, err
	}
	return bare(ctx, s.api, &api.Call{
		Op: op, Class: api.Buy, Method: http.MethodPost, Path: "/advanced_orders", Body: r,
		Reference: text(r.CustomerReference),
	}, (*AdvancedOrder).check)
}

// List reads all advanced orders.
//
// GET /advanced_orders. There are no pages and no filters.
func (s *AdvancedOrdersService) List(ctx context.Context) ([]AdvancedOrder, error) {
	page, err := list(ctx, s.api, &api.Call{
		Op: "AdvancedOrders.List", Class: api.Read, Method: http.MethodGet, Path: "/advanced_orders",
	}, 0, (*AdvancedOrder).check)
	if err != nil {
		return nil, err
	}
	return page.Data, nil
}

// Get reads an advanced order.
//
// GET /advanced_orders/{order_id}.
func (s *AdvancedOrdersService) Get(ctx context.Context, id string) (*AdvancedOrder, error) {
	return bare(ctx, s.api, &api.Call{
		Op: "AdvancedOrders.Get", Class: api.Read, Method: http.MethodGet,
		Path: "/advanced_orders/{id}", Args: []string{id},
	}, (*AdvancedOrder).check)
}

// SetRequirementGroup changes the requirement group of an order. The request
// has the whole order, as in Create.
//
// PATCH /advanced_orders/{advanced_order_id}/requirement_group, which returns
// the order.
func (s *AdvancedOrdersService) SetRequirementGroup(ctx context.Context, id string, r *CreateAdvancedOrderRequest) (*AdvancedOrder, error) {
	const op = "AdvancedOrders.SetRequirementGroup"
	if err := r.check(op); err != nil {
		return nil, err
	}
	return bare(ctx, s.api, &api.Call{
		Op: op, Class: api.Write, Method: http.MethodPatch,
		Path: "/advanced_orders/{id}/requirement_group", Args: []string{id}, Body: r,
	}, (*AdvancedOrder).check)
}

func (o *AdvancedOrder) check() string { return checkID(o.ID) }

// TextOrList is a value that Telnyx sends as a string or as a list of strings.
// It is written in the form in which it was read. The zero value is absent.
type TextOrList struct {
	list   []string
	single bool
}

// NewText returns a value that is one string.
func NewText(s string) TextOrList { return TextOrList{list: []string{s}, single: true} }

// NewTextList returns a value that is a list.
func NewTextList(list ...string) TextOrList {
	return TextOrList{list: append([]string{}, list...)}
}

// Values returns the strings.
func (t TextOrList) Values() []string { return append([]string(nil), t.list...) }

// First returns the first string, or "".
func (t TextOrList) First() string {
	if len(t.list) == 0 {
		return ""
	}
	return t.list[0]
}

// IsZero reports whether the value is absent or null.
func (t TextOrList) IsZero() bool { return t.list == nil }

// MarshalJSON writes the value in the form in which it was read, and null if it
// is absent.
func (t TextOrList) MarshalJSON() ([]byte, error) {
	if t.single {
		return json.Marshal(t.list[0])
	}
	return json.Marshal(t.list)
}

// UnmarshalJSON reads a string, a list of strings, or null.
func (t *TextOrList) UnmarshalJSON(data []byte) error { return decode.Unmarshal(data, t.shape) }

func (t *TextOrList) shape(text []byte) (into any, done func()) {
	*t = TextOrList{}
	if text[0] == '[' {
		return &t.list, nil
	}
	var single *string
	return &single, func() {
		if single != nil {
			*t = NewText(*single)
		}
	}
}
