package opentact

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/internal/set"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
)

// Generation is a generation of OpenTact's order API.
type Generation uint8

const (
	// Generation2020 is the API of the documentation of 2020: POST /order/tn with the
	// numbers, and GET /order.
	Generation2020 Generation = iota
	// Generation2021 is the API of the server's description of October 2021: POST
	// /order/tn with items, and GET /order.
	Generation2021
	// Generation2024 is the API of the documentation of 2022 to 2024: POST /order, and
	// POST /order/search. It does not state a price before an order.
	Generation2024
)

// OrdererOptions are the options of [NewOrderer].
type OrdererOptions struct {
	// ListingDelay is how long a new order can be missing from the listing; 0 = 60 s. No
	// source states this time.
	ListingDelay time.Duration
	// Generation is the API that the Orderer uses. The Orderer never changes it.
	Generation Generation
	// Currency is the ISO 4217 code of the currency of the account's prices ("USD"). The
	// caller must know it, because OpenTact does not state it. If it is "", prices have
	// no currency, and a purchase with a cap is refused.
	Currency string
}

// Orderer is an OpenTact account as a numbers.Orderer. OpenTact does not keep a
// reference, so a lost order is found by its numbers.
type Orderer struct {
	client     *Client
	generation Generation
	currency   string
	caps       numbers.Capabilities
	memo       memo
}

var (
	_ numbers.Orderer   = (*Orderer)(nil)
	_ numbers.Quoter    = (*Orderer)(nil)
	_ numbers.Resolver  = (*Orderer)(nil)
	_ numbers.Searcher  = (*Orderer)(nil)
	_ numbers.Inventory = (*Orderer)(nil)
	_ numbers.Releaser  = (*Orderer)(nil)
	_ numbers.Assigner  = (*Orderer)(nil)
)

// NewOrderer returns the client as a numbers.Orderer. opts may be nil. If c is nil, every
// call returns ErrInvalid.
func NewOrderer(c *Client, opts *OrdererOptions) *Orderer {
	if c == nil {
		c = withServices(api.None(vendor)) // every call returns ErrInvalid
	}
	if opts == nil {
		opts = &OrdererOptions{}
	}
	o := &Orderer{
		client:     c,
		generation: opts.Generation,
		currency:   opts.Currency,
		caps: numbers.Capabilities{
			Vendor: vendor,
			Can: numbers.CanQuote | numbers.CanResolve | numbers.CanSearch |
				numbers.CanListOwned | numbers.CanRelease | numbers.CanAssign,
			Billing: numbers.Buys,
			SearchFields: numbers.SearchAreaCode | numbers.SearchLocality | numbers.SearchRegion | numbers.SearchRateCenter |
				numbers.SearchStartsWith | numbers.SearchContains | numbers.SearchEndsWith | numbers.SearchLimit,
			AssignsOwned:     numbers.AssignConnection | numbers.AssignApplication | numbers.AssignMessagingProfile,
			FoundBy:          numbers.ByNumber,
			ListingDelay:     cmp.Or(max(opts.ListingDelay, 0), time.Minute),
			DefiniteRefusals: true,
			Prices:           true,
		},
	}
	switch opts.Generation {
	case Generation2021:
		o.caps.Native = (*CreateItemsRequest)(nil)
	case Generation2024:
		o.caps.Native = (*CreateOrderRequest)(nil)
		o.caps.Can &^= numbers.CanQuote
		o.caps.Prices = false
		o.caps.SearchFields = numbers.SearchCountry | numbers.SearchType | numbers.SearchAreaCode | numbers.SearchLocality |
			numbers.SearchRegion | numbers.SearchRateCenter | numbers.SearchFeatures | numbers.SearchLimit
	default:
		o.generation = Generation2020
		o.caps.Native = (*CreateTNOrderRequest)(nil)
		o.caps.Assigns = numbers.AssignConnection | numbers.AssignApplication
	}
	return o
}

// Capabilities implements numbers.Orderer.
func (o *Orderer) Capabilities() numbers.Capabilities { return o.caps }

// Place orders numbers by POST /order/tn, or with Generation2024 by POST /order. OpenTact
// does not keep a reference. A Native template is a *CreateTNOrderRequest without numbers
// for Generation2020, a *CreateItemsRequest for Generation2021, and a *CreateOrderRequest
// for Generation2024. The latter two may have one item without a number, whose other
// fields are then used for every number.
func (o *Orderer) Place(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
	const op = "Place"
	p, err := o.purchase(op, r)
	if err != nil {
		return nil, driver.Error(err, op, r.Numbers...)
	}
	made, err := o.client.Orders.create(ctx, p.request, r.Begin)
	if err != nil {
		return nil, driver.PlaceError(p.numbersGone(err), r)
	}
	placed, err := driver.CheckPlaced(o.order(made), r)
	if err != nil {
		return placed, err
	}
	o.memo.putNumbers(made.UUID, r.Numbers)
	if len(placed.Items) < len(r.Numbers) {
		o.fill(placed, r.Numbers)
	}
	return placed, nil
}

// fill adds the requested numbers to an answer that has only counters of them.
func (o *Orderer) fill(placed *numbers.Order, list []numbers.E164) {
	state := placed.State
	if state == numbers.StatePartial {
		state = numbers.StatePending // the counters don't show which numbers; Order shows them
	}
	has := set.Of(placed.Numbers())
	for _, n := range list {
		if !has.Has(n) {
			placed.Items = append(placed.Items, numbers.Item{E164: n, VendorNumber: n.Digits(), State: state})
		}
	}
	placed.Count = max(placed.Count, len(placed.Items))
}

// purchase is an order in the form of one generation.
type purchase struct {
	request createRequest
	price   func(context.Context) (*OrderPrice, error)
	// plain is set if the order refers to nothing that may not exist except its numbers.
	plain bool
}

// purchase converts r to the vendor's request.
func (o *Orderer) purchase(op string, r numbers.OrderRequest) (*purchase, error) {
	switch o.generation {
	case Generation2021:
		return o.purchase2021(op, r)
	case Generation2024:
		return o.purchase2024(op, r)
	default:
	}
	return o.purchase2020(op, r)
}

func (o *Orderer) purchase2020(op string, r numbers.OrderRequest) (*purchase, error) {
	req, err := driver.Template(o.caps, op, r, func(t *CreateTNOrderRequest) bool { return len(t.TNs) > 0 })
	if err != nil {
		return nil, err
	}
	for _, n := range r.Numbers {
		req.TNs = append(req.TNs, tn(n))
	}
	if a := r.Assign; a != nil {
		driver.Set(&req.SIPConnection, a.Connection)
		driver.Set(&req.SIPControlApp, a.Application)
	}
	return &purchase{
		request: req,
		price:   func(ctx context.Context) (*OrderPrice, error) { return o.client.Orders.Price(ctx, req) },
		plain:   req.Profile == nil && req.SIPConnection == nil && req.SIPControlApp == nil,
	}, nil
}

func (o *Orderer) purchase2021(op string, r numbers.OrderRequest) (*purchase, error) {
	req, err := driver.Template[CreateItemsRequest](o.caps, op, r, nil)
	if err != nil {
		return nil, err
	}
	req.Items, err = driver.TemplateItems(vendor, op, req.Items, r.Numbers, func(item *CreateItem) *int64 { return &item.TN }, tn)
	if err != nil {
		return nil, err
	}
	return &purchase{
		request: req,
		price:   func(ctx context.Context) (*OrderPrice, error) { return o.client.Orders.PriceItems(ctx, req) },
	}, nil
}

func (o *Orderer) purchase2024(op string, r numbers.OrderRequest) (*purchase, error) {
	req, err := driver.Template[CreateOrderRequest](o.caps, op, r, nil)
	if err != nil {
		return nil, err
	}
	req.Items, err = driver.TemplateItems(vendor, op, req.Items, r.Numbers, func(item *CreateOrderItem) *int64 { return &item.TN }, tn)
	if err != nil {
		return nil, err
	}
	return &purchase{request: req}, nil
}

// tn returns a number in OpenTact's spelling. An E.164 number has at most 15 digits.
func tn(n numbers.E164) int64 {
	v, _ := strconv.ParseInt(n.Digits(), 10, 64)
	return v
}

// numbersGone converts a 404 of an order of 2020. The 404 may be about the numbers, the
// profile, the connection or the application. If the order has only numbers, it is about
// the numbers. Later generations report each number in the order.
func (p *purchase) numbersGone(err error) error {
	e, ok := errors.AsType[*numbers.Error](err)
	own, isOwn := errors.AsType[*Error](err)
	if ok && isOwn && own.own && p.plain && e.Status == http.StatusNotFound {
		out := *e
		out.Kind = numbers.ErrNumberUnavailable
		return &out
	}
	return err
}

// Order reads one order by GET /order/{uuid}.
//
// An order of 2020 does not show which of its numbers failed. So a success with leases
// for only some of its numbers is Partial. A number that this Orderer once saw as bought
// stays bought when its lease has ended. An Orderer that first reads the order after a
// lease has ended can't see this: it reports the number as failed, or all numbers as
// bought if no lease is left.
func (o *Orderer) Order(ctx context.Context, id string) (*numbers.Order, error) {
	read, err := o.client.Orders.Get(ctx, id)
	if err != nil {
		return nil, driver.Error(err, "Order")
	}
	return driver.CheckID(vendor, "Order", id, o.order(read))
}
