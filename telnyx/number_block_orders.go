package telnyx

import (
	"context"
	"iter"
	"net/http"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/wire"
)

// NumberBlockOrdersService orders blocks of numbers.
type NumberBlockOrdersService struct{ api *api.Client }

// NumberBlockOrder is an order of a block of numbers.
type NumberBlockOrder struct {
	// ID is a UUID.
	ID string `json:"id"`
	// RecordType is "number_block_order".
	RecordType *string `json:"record_type,omitempty"`
	// StartingNumber is the first number, in E.164. Range is the count of
	// numbers.
	StartingNumber     *string   `json:"starting_number,omitempty"`
	Range              *int      `json:"range,omitempty"`
	PhoneNumbersCount  *int      `json:"phone_numbers_count,omitempty"`
	ConnectionID       *string   `json:"connection_id,omitempty"`
	MessagingProfileID *string   `json:"messaging_profile_id,omitempty"`
	Status             *string   `json:"status,omitempty"`
	CustomerReference  *string   `json:"customer_reference,omitempty"`
	CreatedAt          wire.Time `json:"created_at,omitzero"`
	UpdatedAt          wire.Time `json:"updated_at,omitzero"`
	RequirementsMet    *bool     `json:"requirements_met,omitempty"`
	Errors             *string   `json:"errors,omitempty"`
}

// CreateNumberBlockOrderRequest orders a block that a search has returned.
type CreateNumberBlockOrderRequest struct {
	// StartingNumber is the first number, in E.164.
	StartingNumber string `json:"starting_number"`
	// Range is the count of numbers.
	Range              int     `json:"range"`
	ConnectionID       *string `json:"connection_id,omitempty"`
	MessagingProfileID *string `json:"messaging_profile_id,omitempty"`
	// CustomerReference is your own reference. Telnyx keeps it verbatim.
	CustomerReference *string `json:"customer_reference,omitempty"`
}

// ListNumberBlockOrdersRequest asks for one page of block orders.
type ListNumberBlockOrdersRequest struct {
	Page   PageParams              `url:"page"`
	Filter NumberBlockOrdersFilter `url:"filter"`
}

// NumberBlockOrdersFilter narrows a list of block orders.
type NumberBlockOrdersFilter struct {
	Status string `url:"status,omitempty"`
	// CreatedAt bounds are exclusive.
	CreatedAt TimeRange `url:"created_at"`
	// StartingNumber finds the orders of a block.
	StartingNumber string `url:"phone_numbers.starting_number,omitempty"`
}

// Create orders a block of numbers.
//
// POST /number_block_orders, which returns the order. It costs money and is
// sent once. ErrOutcomeUnknown means that the order may exist. Look for it with
// List before you order again.
func (s *NumberBlockOrdersService) Create(ctx context.Context, r *CreateNumberBlockOrderRequest) (*NumberBlockOrder, error) {
	const op = "NumberBlockOrders.Create"
	switch {
	case r == nil:
		return nil, api.Invalid(vendor, op, "request", "it is nil")
	case r.StartingNumber == "":
		return nil, api.Invalid(vendor, op, "StartingNumber", "it is empty")
	case r.Range <= 0:
		return nil, api.Invalid(vendor, op, "Range", "it must be more than 0")
	}
	return get(ctx, s.api, &api.Call{
		Op: op, Class: api.Buy, Method: http.MethodPost, Path: "/number_block_orders", Body: r,
		Numbers: []numbers.E164{numbers.E164(r.StartingNumber)}, Reference: text(r.CustomerReference),
	}, (*NumberBlockOrder).check)
}

// List reads one page of block orders. r may be nil.
//
// GET /number_block_orders with page[number] (from 1), page[size] (1 to 250,
// default 20) and filter[…].
func (s *NumberBlockOrdersService) List(ctx context.Context, r *ListNumberBlockOrdersRequest) (*Page[NumberBlockOrder], error) {
	const op = "NumberBlockOrders.List"
	r = orZero(r)
	if err := r.Page.check(op); err != nil {
		return nil, err
	}
	return list(ctx, s.api, &api.Call{
		Op: op, Class: api.Read, Method: http.MethodGet, Path: "/number_block_orders", Query: r,
	}, r.Page.Size, (*NumberBlockOrder).check)
}

// All walks the block orders of all pages from r.Page on. r may be nil. It
// works as NumberOrders.All does.
func (s *NumberBlockOrdersService) All(ctx context.Context, r *ListNumberBlockOrdersRequest, opts ...numbers.PageOption) iter.Seq2[*NumberBlockOrder, error] {
	from := *orZero(r)
	from.Page.enlarge()
	return all(ctx, "NumberBlockOrders.All", from.Page, func(ctx context.Context, at PageParams) (*Page[NumberBlockOrder], error) {
		r := from
		r.Page = at
		return s.List(ctx, &r)
	}, func(o *NumberBlockOrder) string { return o.ID }, opts)
}

// Get reads a block order.
//
// GET /number_block_orders/{number_block_order_id}.
func (s *NumberBlockOrdersService) Get(ctx context.Context, id string) (*NumberBlockOrder, error) {
	return get(ctx, s.api, &api.Call{
		Op: "NumberBlockOrders.Get", Class: api.Read, Method: http.MethodGet,
		Path: "/number_block_orders/{id}", Args: []string{id},
	}, (*NumberBlockOrder).check)
}

func (o *NumberBlockOrder) check() string { return checkID(o.ID) }
