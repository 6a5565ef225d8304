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
	// GenerationNumbers is today's API: /v1.0/numbers.
	GenerationNumbers Generation = iota
	// GenerationOrderNumbers is the API of the first days of March 2021:
	// /v1.0/order_numbers.
	GenerationOrderNumbers
)

// OrdererOptions are the options of [NewOrderer].
type OrdererOptions struct {
	// ListingDelay is how long an order can be missing from the listing; 0 = 120 s.
	//
	// VoIPBin inserts the row last, after a balance call of at most 3 s and two calls of
	// the carrier with a limit of 30 s each. So the row can appear 63 s after the order
	// was sent, which is 48 s after the 503 that VoIPBin returns after 15 s. VoIPBin's
	// published server took 53 s with a slow carrier, and 73 s if the order also waited
	// for a worker of a busy server. After five timeouts in a row of all customers
	// together, every request, also a listing, returns a 500 for 30 s.
	ListingDelay time.Duration
	// Generation is the API that the Orderer uses. The Orderer never changes it.
	Generation Generation
}

// Orderer is a VoIPBin customer as a numbers.Orderer. VoIPBin has no orders: an order is
// the row of the number that it bought, and has the id of the row. Orders lists it until
// the number is released.
//
// VoIPBin sets the status of a number when it is bought and never refreshes it. So an
// order with the status purchase-pending is Pending and Final. A number with the status
// purchase-failed was never sold: its order is Failed, and Owned leaves it out.
type Orderer struct {
	client *Client
	rows   rows
	old    bool // uses the API of March 2021
	caps   numbers.Capabilities
}

// rows has the methods that the services of both generations have.
type rows interface {
	Get(ctx context.Context, id string) (*Number, error)
	Delete(ctx context.Context, id string) (*Number, error)
	// newest yields all rows, the newest first, up to the first page whose last row was
	// created before since; zero = up to the end.
	newest(ctx context.Context, since time.Time, ahead int) iter.Seq2[*Number, error]
}

// latest is the first page token of a walk. Without a token the server uses its own time,
// and leaves out rows that a server whose clock is ahead has just created.
const latest = "2999-01-01 00:00:00.000000"

var (
	_ numbers.Orderer   = (*Orderer)(nil)
	_ numbers.Searcher  = (*Orderer)(nil)
	_ numbers.Resolver  = (*Orderer)(nil)
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

// Place orders one number by POST /numbers or POST /order_numbers. A Native template is a
// *CreateNumberRequest or *CreateOrderNumberRequest without a number. If it has no flow,
// name or detail, Place sends NoFlow or "", because VoIPBin's OpenAPI description
// requires these fields. A number that begins with +899 is ordered as a virtual number.
// VoIPBin does not keep a reference.
//
// If VoIPBin sells the number but does not connect it to the flow, Place returns the
// order together with ErrInvalid. The number was bought.
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
			Status:  http.StatusOK, // the order was sent
			Message: "the number was bought, but the vendor did not connect it to the flow, because the flow id is not a UUID",
		}
	}
	return order, nil
}

// placed converts the row that an order made. If the row has no usable number, the
// ordered number is used, because a request orders one number.
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

// Order reads the number with the id. Servers before 2026 answer with an empty HTTP 400
// if the id does not exist, and also if they fail. Order then reads a complete listing to
// distinguish the two.
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

// notFound returns err with the kind ErrNotFound.
func notFound(err error) error {
	e, ok := errors.AsType[*numbers.Error](err)
	if !ok {
		return err
	}
	out := *e
	out.Kind, out.Message = numbers.ErrNotFound, "the account has no order with this id"
	return &out
}
