package voipbin

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"net/http"
	"time"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
)

// Generation is a generation of VoIPBin's API.
type Generation uint8

const (
	// GenerationNumbers is today's: /v1.0/numbers.
	GenerationNumbers Generation = iota
	// GenerationOrderNumbers is that of the first days of March 2021:
	// /v1.0/order_numbers.
	GenerationOrderNumbers
)

// OrdererOptions are the options of [NewOrderer].
type OrdererOptions struct {
	// ListingDelay is how long an order can be missing from the listing; 0 = 120 s.
	//
	// VoIPBin inserts the row last: after a balance call of at most 3 s and two
	// calls of the carrier with a limit of 30 s each, it can appear 63 s after the
	// order was sent, and 48 s after the 503 that ends an order after 15 s. Its
	// published server took 53 s with a slow carrier, and 73 s where the order
	// waited for one of the workers of a busy server. After five timeouts in a row,
	// of all customers together, everything is a 500 for 30 s, listings too.
	ListingDelay time.Duration
	// Generation is the API to speak; it is never changed by itself.
	Generation Generation
}

// Orderer is a VoIPBin customer as a numbers.Orderer. VoIPBin has no orders:
// an order is the row of the number that it bought, its id is the row's, and
// it is found in Orders until the number is released.
//
// The status that VoIPBin gives a number when it is bought is never refreshed:
// a number that is purchase-pending is Pending and Final. One that is
// purchase-failed was never sold: its order is Failed, and Owned leaves it out.
type Orderer struct {
	client *Client
	rows   rows
	old    bool // speaks the API of March 2021
	caps   numbers.Capabilities
}

// rows is what the services of both generations have.
type rows interface {
	Get(ctx context.Context, id string) (*Number, error)
	Delete(ctx context.Context, id string) (*Number, error)
	// newest walks all rows, the newest first, to the first page that ends with a
	// row of before since; zero = to the end.
	newest(ctx context.Context, since time.Time, ahead int) iter.Seq2[*Number, error]
}

// latest is the page token that a walk begins with. Without one the server
// takes its own time of day, and leaves out what a server whose clock is ahead
// created a moment ago.
const latest = "2999-01-01 00:00:00.000000"

var (
	_ numbers.Orderer   = (*Orderer)(nil)
	_ numbers.Searcher  = (*Orderer)(nil)
	_ numbers.Resolver  = (*Orderer)(nil)
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
		client: c,
		caps: numbers.Capabilities{
			Vendor:         vendor,
			Can:            numbers.CanSearch | numbers.CanResolve | numbers.CanListOwned | numbers.CanRelease,
			Billing:        numbers.Buys,
			SearchFields:   numbers.SearchCountry | numbers.SearchLimit,
			FoundBy:        numbers.ByNumber,
			MaxNumbers:     1,
			OrdersAreOwned: true,
			ListingDelay:   cmp.Or(max(opts.ListingDelay, 0), 120*time.Second),
			Orphans:        true,
		},
	}
	if opts.Generation == GenerationOrderNumbers {
		o.rows, o.old = c.OrderNumbers, true
		o.caps.Native = (*CreateOrderNumberRequest)(nil)
		return o
	}
	o.rows = c.Numbers
	o.caps.Native = (*CreateNumberRequest)(nil)
	o.caps.Can |= numbers.CanAssign
	o.caps.Assigns = numbers.AssignCallFlow | numbers.AssignMessageFlow
	o.caps.AssignsOwned = o.caps.Assigns
	return o
}

// Capabilities implements numbers.Orderer.
func (o *Orderer) Capabilities() numbers.Capabilities { return o.caps }

// Place orders one number by POST /numbers or POST /order_numbers. A Native
// template is a *CreateNumberRequest or *CreateOrderNumberRequest without a
// number; flows, name and detail that it leaves out are sent as none, since
// VoIPBin's OpenAPI description requires them. A number that begins with +899
// is ordered as a virtual one. VoIPBin keeps no reference.
//
// Where VoIPBin sells the number and does not connect it to a flow, the order
// comes with an ErrInvalid: it is bought.
func (o *Orderer) Place(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
	const op = "Place"
	if o.old {
		return o.placeOld(ctx, op, r)
	}
	req, err := driver.Template(o.caps, op, r, func(t *CreateNumberRequest) bool { return t.Number != "" })
	if err != nil {
		return nil, err
	}
	req.Number = string(r.Numbers[0])
	if isVirtual(r.Numbers[0]) && req.Type == nil {
		req.Type = new(TypeVirtual)
	}
	if a := r.Assign; a != nil {
		driver.Set(&req.CallFlowID, a.CallFlow)
		driver.Set(&req.MessageFlowID, a.MessageFlow)
	}
	req.complete()
	n, err := o.client.Numbers.create(ctx, req, r.Begin)
	if err != nil {
		return nil, driver.PlaceError(err, r)
	}
	order, err := driver.CheckPlaced(o.placed(n, r.Numbers[0]), r)
	if err != nil {
		return order, err
	}
	if field := notTaken(req.CallFlowID, req.MessageFlowID, n); field != "" {
		return order, &numbers.Error{
			Op: op, Vendor: vendor, Kind: numbers.ErrInvalid, Field: "Assign." + field, Numbers: r.Numbers,
			Status:  http.StatusOK, // it was sent
			Message: "the number is bought, and the vendor did not connect it: a flow id that is not a UUID counts as none",
		}
	}
	return order, nil
}

// placed converts the row that an order made. If the row does not say its number, it
// is the one that was ordered: a request orders one number.
func (o *Orderer) placed(n *Number, ordered numbers.E164) *numbers.Order {
	order := o.order(n)
	if n.Number == "" {
		item := &order.Items[0]
		item.E164 = ordered
		if item.Owned != nil {
			item.Owned.E164 = ordered
		}
	}
	return order
}

func (o *Orderer) placeOld(ctx context.Context, op string, r numbers.OrderRequest) (*numbers.Order, error) {
	req, err := driver.Template(o.caps, op, r, func(t *CreateOrderNumberRequest) bool { return t.Number != "" })
	if err != nil {
		return nil, err
	}
	req.Number = string(r.Numbers[0])
	n, err := o.client.OrderNumbers.create(ctx, req, r.Begin)
	if err != nil {
		return nil, driver.PlaceError(err, r)
	}
	return driver.CheckPlaced(o.placed(n, r.Numbers[0]), r)
}

// Order reads the number with the id. Servers before 2026 answer with an empty
// HTTP 400 where there is none, and also where they fail: a complete listing then
// shows which.
func (o *Orderer) Order(ctx context.Context, id string) (*numbers.Order, error) {
	n, err := o.rows.Get(ctx, id)
	switch {
	case isEmpty400(err):
		return driver.FindOrder(vendor, id, o.Orders(ctx, numbers.OrderQuery{}))
	case reasonOf(err) == ReasonInvalidID:
		return nil, driver.Error(notFound(err), "Order")
	case err != nil:
		return nil, driver.Error(err, "Order")
	}
	return driver.CheckID(vendor, "Order", id, o.order(n))
}

// notFound is err as ErrNotFound.
func notFound(err error) error {
	e, ok := errors.AsType[*numbers.Error](err)
	if !ok {
		return err
	}
	out := *e
	out.Kind, out.Message = numbers.ErrNotFound, "the account has no order with this id"
	return &out
}
