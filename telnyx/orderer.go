package telnyx

import (
	"context"
	"time"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
)

// OrdererOptions are the options of [NewOrderer].
type OrdererOptions struct {
	// ListingDelay is how long an order can be missing from the listing; 0 = 60 s.
	// No source states it; one project saw orders appear after 1 to 10 s.
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

// NewOrderer makes a numbers.Orderer of a client; opts may be nil.
func NewOrderer(c *Client, opts *OrdererOptions) *Orderer {
	if c == nil {
		c = withServices(api.None(vendor)) // every call is ErrInvalid
	}
	if opts == nil {
		opts = &OrdererOptions{}
	}
	const assigns = numbers.AssignConnection | numbers.AssignMessagingProfile | numbers.AssignBillingGroup
	delay := opts.ListingDelay
	if delay <= 0 {
		delay = time.Minute
	}
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
			ListingDelay:     delay,
			DefiniteRefusals: true,
			Native:           (*CreateNumberOrderRequest)(nil),
			Prices:           true,
		},
	}
}

// Capabilities implements numbers.Orderer.
func (o *Orderer) Capabilities() numbers.Capabilities { return o.caps }

// Place orders numbers by POST /number_orders. A Native template is a
// *CreateNumberOrderRequest without numbers. It may have one
// CreateNumberOrderPhoneNumber with an empty PhoneNumber, whose other fields
// (the requirement group, the bundle) then hold for every number.
//
// If a refusal names numbers, Error.Refused has them: an order without them may
// succeed.
func (o *Orderer) Place(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
	const op = "Place"
	req, err := o.request(op, r)
	if err != nil {
		return nil, driver.Error(err, op, r.Numbers)
	}
	placed, err := o.client.NumberOrders.create(ctx, req, r.Begin)
	if err != nil {
		return nil, driver.PlaceError(err, r, refusedNumbers(err, r.Numbers)...)
	}
	return driver.CheckPlaced(o.order(placed), r)
}

func (o *Orderer) request(op string, r numbers.OrderRequest) (*CreateNumberOrderRequest, error) {
	if err := r.Validate(op, o.caps); err != nil {
		return nil, err
	}
	req, err := driver.Template[CreateNumberOrderRequest](vendor, op, r.Native)
	if err != nil {
		return nil, err
	}
	var each CreateNumberOrderPhoneNumber
	switch own := req.PhoneNumbers; {
	case len(own) == 1 && own[0].PhoneNumber == "":
		each = own[0]
	case len(own) > 0:
		return nil, &numbers.Error{
			Op: op, Vendor: vendor, Kind: numbers.ErrInvalid, Field: "Native",
			Message: "the template has numbers of its own; it may have one entry without a number, for what all numbers share",
		}
	}
	req.PhoneNumbers = make([]CreateNumberOrderPhoneNumber, len(r.Numbers))
	for i, n := range r.Numbers {
		req.PhoneNumbers[i] = each
		req.PhoneNumbers[i].PhoneNumber = string(n)
	}
	override(&req.CustomerReference, r.Reference)
	if a := r.Assign; a != nil {
		override(&req.ConnectionID, a.Connection)
		override(&req.MessagingProfileID, a.MessagingProfile)
		override(&req.BillingGroupID, a.BillingGroup)
	}
	return req, nil
}

func override(field **string, value string) {
	if value != "" {
		*field = &value
	}
}

// Order reads one order by GET /number_orders/{id}, and the deadline of each
// number that waits for data by GET /number_order_phone_numbers/{id}. An order
// itself states no deadlines, so that the answer to Place has none either.
func (o *Orderer) Order(ctx context.Context, id string) (*numbers.Order, error) {
	read, err := o.client.NumberOrders.Get(ctx, id)
	if err != nil {
		return nil, driver.Error(err, "Order", nil)
	}
	order, err := driver.CheckID(o.order(read), id, vendor, "Order")
	if err != nil {
		return nil, err
	}
	if err := o.deadlines(ctx, order, read); err != nil {
		return nil, driver.Error(err, "Order", order.Numbers())
	}
	return order, nil
}
