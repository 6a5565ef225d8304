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
	// Generation2020 is that of the documentation of 2020: POST /order/tn with
	// the numbers, GET /order.
	Generation2020 Generation = iota
	// Generation2021 is that of the server's description of October 2021: POST
	// /order/tn with items, GET /order.
	Generation2021
	// Generation2024 is that of the documentation of 2022 to 2024: POST /order,
	// POST /order/search. It states no price before an order.
	Generation2024
)

// OrdererOptions are the options of [NewOrderer].
type OrdererOptions struct {
	// ListingDelay is how long an order can be missing from the listing; 0 = 60 s.
	// No source states it.
	ListingDelay time.Duration
	// Generation is the API to speak; it is never changed by itself.
	Generation Generation
	// Currency is the currency of the account's prices (ISO 4217, "USD"), by
	// the caller's own word: OpenTact states none. "" leaves it unstated, and a
	// purchase with a cap is then refused.
	Currency string
}

// Orderer is an OpenTact account as a numbers.Orderer. OpenTact keeps no
// reference: a lost order is found again by its numbers.
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

// NewOrderer makes a numbers.Orderer of a client; opts may be nil.
func NewOrderer(c *Client, opts *OrdererOptions) *Orderer {
	if c == nil {
		c = withServices(api.None(vendor)) // every call is ErrInvalid
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

// Place orders numbers: by POST /order/tn, or in the generation of 2024 by POST
// /order. OpenTact keeps no reference. A Native template is a
// *CreateTNOrderRequest without numbers; since 2021 it is a *CreateItemsRequest
// or *CreateOrderRequest that may have one item without a number, whose other
// fields then hold for every number.
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
		state = numbers.StatePending // the counters don't show which; Order does
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
	// plain: the order names nothing that could be missing except its numbers.
	plain bool
}

// purchase makes the vendor's request of r.
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

// tn spells a number as OpenTact does. An E.164 number has at most 15 digits.
func tn(n numbers.E164) int64 {
	v, _ := strconv.ParseInt(n.Digits(), 10, 64)
	return v
}

// numbersGone reads a 404 to an order of 2020. It may mean the numbers, the
// profile, the connection or the application; where the order names none of the
// others, it means the numbers. Later generations report each number in the order.
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
// An order of 2020 does not say which of its numbers failed. A success that
// shows leases for some of its numbers alone is therefore Partial. What was seen
// to be bought once stays so when its lease has ended; to an Orderer that sees
// the order later for the first time, a lease that OpenTact shows no more looks
// like a number that was never bought, and where none is left, all numbers look
// bought.
func (o *Orderer) Order(ctx context.Context, id string) (*numbers.Order, error) {
	read, err := o.client.Orders.Get(ctx, id)
	if err != nil {
		return nil, driver.Error(err, "Order")
	}
	return driver.CheckID(vendor, "Order", id, o.order(read))
}
