package telnyx

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
)

// OrdererOptions are the options of [NewOrderer].
type OrdererOptions struct {
	// ListingDelay is how long a new order can be missing from the listing; 0 = 60 s. No
	// source states this time. One project saw orders appear after 1 to 10 s.
	ListingDelay time.Duration
}

// Orderer is a Telnyx account as a numbers.Orderer.
type Orderer struct {
	client *Client
	caps   numbers.Capabilities
}

var _ interface {
	numbers.Orderer
	numbers.Searcher
	numbers.Quoter
	numbers.Reserver
	numbers.Resolver
	numbers.Canceler
	numbers.Inventory
	numbers.Releaser
	numbers.Assigner
} = (*Orderer)(nil)

// NewOrderer returns the client as a numbers.Orderer. opts may be nil. If c is nil, every
// call returns ErrInvalid.
func NewOrderer(c *Client, opts *OrdererOptions) *Orderer {
	if c == nil {
		c = withServices(api.None(vendor)) // every call returns ErrInvalid
	}
	if opts == nil {
		opts = &OrdererOptions{}
	}
	const assigns = numbers.AssignConnection | numbers.AssignMessagingProfile | numbers.AssignBillingGroup
	return &Orderer{
		client: c,
		caps: numbers.Capabilities{
			Vendor: vendor,
			Can: numbers.CanSearch | numbers.CanQuote | numbers.CanReserve | numbers.CanResolve |
				numbers.CanCancel | numbers.CanListOwned | numbers.CanRelease | numbers.CanAssign,
			Billing: numbers.Buys,
			SearchFields: numbers.SearchCountry | numbers.SearchType | numbers.SearchAreaCode | numbers.SearchLocality |
				numbers.SearchRegion | numbers.SearchRateCenter | numbers.SearchStartsWith | numbers.SearchContains |
				numbers.SearchEndsWith | numbers.SearchFeatures | numbers.SearchLimit,
			Assigns:          assigns,
			AssignsOwned:     assigns,
			FoundBy:          numbers.ByReference,
			HoldFor:          holdFor,
			ListingDelay:     cmp.Or(max(opts.ListingDelay, 0), time.Minute),
			DefiniteRefusals: true,
			Native:           (*CreateNumberOrderRequest)(nil),
			Prices:           true,
		},
	}
}

// Capabilities implements numbers.Orderer.
func (o *Orderer) Capabilities() numbers.Capabilities { return o.caps }

// Place orders numbers by POST /number_orders. A Native template is a
// *CreateNumberOrderRequest without numbers. It may have one CreateNumberOrderPhoneNumber
// with an empty PhoneNumber. The other fields of that item (the requirement group, the
// bundle) are then used for every number.
//
// If a refusal names numbers, Error.Refused has these numbers. An order without them may
// succeed.
func (o *Orderer) Place(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
	const op = "Place"
	req, err := o.request(op, r)
	if err != nil {
		return nil, driver.Error(err, op, r.Numbers...)
	}
	placed, err := o.client.NumberOrders.create(ctx, req, r.Begin)
	if err != nil {
		return nil, driver.PlaceError(err, r, refusedNumbers(err, r.Numbers)...)
	}
	return driver.CheckPlaced(o.order(placed), r)
}

func (o *Orderer) request(op string, r numbers.OrderRequest) (*CreateNumberOrderRequest, error) {
	req, err := driver.Template[CreateNumberOrderRequest](o.caps, op, r, nil)
	if err != nil {
		return nil, err
	}
	req.PhoneNumbers, err = driver.TemplateItems(vendor, op, req.PhoneNumbers, r.Numbers,
		func(item *CreateNumberOrderPhoneNumber) *string { return &item.PhoneNumber }, numbers.E164.String)
	if err != nil {
		return nil, err
	}
	driver.Set(&req.CustomerReference, r.Reference)
	if a := r.Assign; a != nil {
		driver.Set(&req.ConnectionID, a.Connection)
		driver.Set(&req.MessagingProfileID, a.MessagingProfile)
		driver.Set(&req.BillingGroupID, a.BillingGroup)
	}
	return req, nil
}

// Order reads one order by GET /number_orders/{id}. For each number with unmet
// requirements, it also reads the deadline by GET /number_order_phone_numbers/{id}. An
// order itself has no deadlines, so the result of Place has none.
func (o *Orderer) Order(ctx context.Context, id string) (*numbers.Order, error) {
	read, err := o.client.NumberOrders.Get(ctx, id)
	if err != nil {
		return nil, driver.Error(err, "Order")
	}
	order, err := driver.CheckID(vendor, "Order", id, o.order(read))
	if err != nil {
		return nil, err
	}
	if err := o.deadlines(ctx, order, read); err != nil {
		return nil, driver.Error(err, "Order", order.Numbers()...)
	}
	return order, nil
}

// deadlines reads the deadlines of the numbers with unmet requirements.
func (o *Orderer) deadlines(ctx context.Context, order *numbers.Order, own *NumberOrder) error {
	for i := range order.Items {
		id := own.PhoneNumbers[i].ID
		if order.Items[i].State != numbers.StateActionRequired || id == nil {
			continue
		}
		n, err := o.client.NumberOrderPhoneNumbers.Get(ctx, *id)
		switch {
		case err == nil:
			order.Items[i].Deadline = n.Deadline.Time
		case !errors.Is(err, numbers.ErrNotFound):
			return err
		}
	}
	return nil
}
