package opentact

import (
	"context"
	"iter"
	"net/http"
	"time"

	"github.com/tnkit/tnkit/internal/adapt"
	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/numbers"
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
	// Account is the caller's name for the account, in orders and errors.
	Account string
	// ListingDelay is how long after an attempt a listing that does not show it
	// proves that it was not placed; 0 = 60 s. No source states it.
	ListingDelay time.Duration
	// Generation is the API to speak; it is never changed by itself.
	Generation Generation
	// Currency is the currency of the account's prices (ISO 4217, "USD"), by
	// the caller's own word: OpenTact states none. "" leaves it unstated, and a
	// purchase with a cap is then refused.
	Currency string
	// ClockSlack is how far a time that OpenTact gives an order may be from the
	// one in the Date header of its answers; 0 = 2 minutes. Resolve reads
	// orders that are older than the attempt by no more than this.
	ClockSlack time.Duration
}

// Orderer is an OpenTact account as a numbers.Orderer. OpenTact keeps no
// reference: a lost order is found again by its numbers, among the orders that
// were created since by the vendor's own clock.
type Orderer struct {
	client     *Client
	generation Generation
	account    string
	currency   string
	slack      time.Duration
	caps       numbers.Capabilities
	known      memo
}

var (
	_ numbers.Orderer       = (*Orderer)(nil)
	_ numbers.Quoter        = (*Orderer)(nil)
	_ numbers.Resolver      = (*Orderer)(nil)
	_ numbers.BatchResolver = (*Orderer)(nil)
	_ numbers.Precedent     = (*Orderer)(nil)
	_ numbers.Searcher      = (*Orderer)(nil)
	_ numbers.Inventory     = (*Orderer)(nil)
	_ numbers.Releaser      = (*Orderer)(nil)
	_ numbers.Assigner      = (*Orderer)(nil)
)

// NewOrderer makes a numbers.Orderer of a client; opts may be nil.
func NewOrderer(c *Client, opts *OrdererOptions) *Orderer {
	if c == nil {
		c = over(api.None(vendor)) // every call is ErrInvalid
	}
	if opts == nil {
		opts = &OrdererOptions{}
	}
	o := &Orderer{
		client:     c,
		generation: opts.Generation,
		account:    opts.Account,
		currency:   opts.Currency,
		slack:      orDefault(opts.ClockSlack, 2*time.Minute),
		caps: numbers.Capabilities{
			Vendor:  vendor,
			Account: opts.Account,
			Can: numbers.CanQuote | numbers.CanResolve | numbers.CanSearch |
				numbers.CanListOwned | numbers.CanRelease | numbers.CanAssign,
			Billing: numbers.Buys,
			SearchFields: numbers.SearchAreaCode | numbers.SearchLocality | numbers.SearchRegion | numbers.SearchRateCenter |
				numbers.SearchStartsWith | numbers.SearchContains | numbers.SearchEndsWith | numbers.SearchLimit,
			AssignsOwned:     numbers.AssignConnection | numbers.AssignApplication | numbers.AssignMessagingProfile,
			FoundBy:          numbers.ByNumber,
			ListingDelay:     orDefault(opts.ListingDelay, time.Minute),
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

func orDefault(d, def time.Duration) time.Duration {
	if d <= 0 {
		return def
	}
	return d
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
		return nil, adapt.Error(err, op, o.account, r.Numbers)
	}
	made, err := p.create(ctx)
	if err != nil {
		return nil, adapt.NotPlaced(p.numbersGone(err), op, o.account, r)
	}
	placed, err := adapt.Placed(o.order(made), r)
	if err != nil {
		return placed, err
	}
	o.known.putNumbers(made.UUID, r.Numbers)
	if len(placed.Items) < len(r.Numbers) {
		o.fill(placed, r.Numbers)
	}
	return placed, nil
}

// fill adds the numbers that were asked for to an answer that tells none of
// them, but counters.
func (o *Orderer) fill(placed *numbers.Order, list []numbers.E164) {
	state := placed.State
	if state == numbers.StatePartial {
		state = numbers.StatePending // nothing tells which; Order does
	}
	told := make(map[numbers.E164]struct{})
	for _, n := range placed.Numbers() {
		told[n] = struct{}{}
	}
	for _, n := range list {
		if _, ok := told[n]; !ok {
			placed.Items = append(placed.Items, numbers.Item{E164: n, VendorNumber: n.Digits(), State: state})
		}
	}
	placed.Count = max(placed.Count, len(placed.Items))
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
		return nil, adapt.Error(err, "Order", o.account, nil)
	}
	return adapt.Asked(o.order(read), id)
}

// Orders walks GET /order, or in the generation of 2024 POST /order/search; the
// query is applied here.
//
// The list does not tell the numbers of an order. Without more requests, an
// order therefore comes without Items, with a Count of at least 1, and before
// 2024 a success as Complete, which may have numbers that failed; Order tells
// exactly. Where q asks for numbers or states, the orders that it hangs on are
// read one by one, each once, and come exactly. The numbers of an order never
// change: those that were read are remembered.
func (o *Orderer) Orders(ctx context.Context, q numbers.OrderQuery) iter.Seq2[*numbers.Order, error] {
	wanted := setOf(q.Numbers)
	return o.walk("Orders", o.rows(ctx, nil, q.ReadAhead), func(row *Order) (*numbers.Order, error) {
		listed := o.order(row)
		switch o.decide(row, listed, q, wanted) {
		case leave:
			return nil, nil
		case take:
			return listed, nil
		}
		whole, err := o.Order(ctx, row.UUID)
		if err != nil || !q.Match(whole) {
			return nil, err
		}
		return whole, nil
	})
}

// rows walks the account's orders. Where header is given, it is set to that of
// the latest answer, and the newest orders come first where the vendor has an
// order at all.
func (o *Orderer) rows(ctx context.Context, header *http.Header, ahead int) iter.Seq2[*Order, error] {
	if o.generation != Generation2024 {
		return o.client.Orders.all(ctx, header)
	}
	r := &SearchOrdersRequest{Order: &OrdersOrder{CreatedOn: new(Ascending)}}
	if header != nil {
		r.Order.CreatedOn = new(Descending)
	}
	return o.client.Orders.searchAll(ctx, r, header, numbers.ReadAhead(ahead))
}

// walk converts rows that come once; convert returns nil for a row that is to
// be left out.
func (o *Orderer) walk(op string, rows iter.Seq2[*Order, error], convert func(*Order) (*numbers.Order, error)) iter.Seq2[*numbers.Order, error] {
	return func(yield func(*numbers.Order, error) bool) {
		seen := make(map[string]struct{})
		for row, err := range rows {
			var order *numbers.Order
			if err == nil {
				if _, again := seen[row.UUID]; again {
					continue
				}
				seen[row.UUID] = struct{}{}
				order, err = convert(row)
			}
			if err != nil {
				yield(nil, adapt.Error(err, op, o.account, nil))
				return
			}
			if order != nil && !yield(order, nil) {
				return
			}
		}
	}
}
