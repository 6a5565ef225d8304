package exclusive

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
)

// OrdererOptions are the options of [NewOrderer].
type OrdererOptions struct {
	// ListingDelay is how long a registration can be missing from the listing; 0 =
	// 5 s. A registration is a row of the PBX's own database. PortSIP states no time;
	// 5 s is a judgement.
	ListingDelay time.Duration
	// Spell writes a number as callers' numbers look at this PBX, which depends
	// on its trunks: without the plus, or with 00. nil = in E.164. It must be
	// safe for concurrent use, and spell two numbers never alike.
	//
	// A row is recognized if it is spelled so, or in E.164. Where a query does not
	// name the number, a spelling that is neither E.164, nor E.164 without its plus
	// or with 00 for it, leaves E164 empty.
	Spell func(numbers.E164) string
}

// Orderer is a tenant of a PBX as a numbers.Orderer. Nothing is bought: an order
// registers a number, costs nothing, and is complete at once. The PBX has no
// orders: an order is the number's row, its id is the row's, and it is found in
// Orders until the row is destroyed.
type Orderer struct {
	client *Client
	spell  func(numbers.E164) string
	caps   numbers.Capabilities
}

var (
	_ numbers.Orderer   = (*Orderer)(nil)
	_ numbers.Inventory = (*Orderer)(nil)
	_ numbers.Releaser  = (*Orderer)(nil)
	_ numbers.Resolver  = (*Orderer)(nil)
)

// NewOrderer makes a numbers.Orderer of a client; opts may be nil.
func NewOrderer(c *Client, opts *OrdererOptions) *Orderer {
	if c == nil {
		c = withServices(api.None(vendor)) // every call is ErrInvalid
	}
	if opts == nil {
		opts = &OrdererOptions{}
	}
	spell := opts.Spell
	if spell == nil {
		spell = numbers.E164.String
	}
	return &Orderer{
		client: c,
		spell:  spell,
		caps: numbers.Capabilities{
			Vendor:           vendor,
			Can:              numbers.CanResolve | numbers.CanListOwned | numbers.CanRelease,
			Billing:          numbers.Registers,
			FoundBy:          numbers.ByNumber,
			MaxNumbers:       1,
			OrdersAreOwned:   true,
			ListingDelay:     cmp.Or(max(opts.ListingDelay, 0), 5*time.Second),
			DefiniteRefusals: true,
			Native:           (*CreateNumberRequest)(nil),
		},
	}
}

// Capabilities implements numbers.Orderer.
func (o *Orderer) Capabilities() numbers.Capabilities { return o.caps }

// Place registers one number by POST /exclusive_numbers. A Native template is a
// *CreateNumberRequest without a number: whether it is enabled, which it is
// unless the template says otherwise, and its description. The PBX keeps no
// reference.
//
// The answer to a registration is an id. The order, its number and the *Number that
// is its Native are made of that and the request, without a date; Order reads them.
func (o *Orderer) Place(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
	const op = "Place"
	req, err := o.request(op, r)
	if err != nil {
		return nil, driver.Error(err, op, r.Numbers...)
	}
	created, err := o.client.Numbers.create(ctx, opCreate, req, r.Begin)
	if err != nil {
		return nil, driver.PlaceError(err, r)
	}
	return o.order(numberOf(created.ID, req), o.spellings(r.Numbers)), nil
}

func (o *Orderer) request(op string, r numbers.OrderRequest) (*CreateNumberRequest, error) {
	req, err := driver.Template(o.caps, op, r, func(t *CreateNumberRequest) bool { return t.Number != "" })
	if err != nil {
		return nil, err
	}
	req.Number = o.spell(r.Numbers[0])
	if req.Enabled == nil {
		req.Enabled = new(true)
	}
	return req, nil
}

// Order reads the number with the id. Where a 404 is not the PBX's own word, since a
// PBX may send errors without a body, and a gateway says 404 too, a complete listing
// shows whether there is such a number.
func (o *Orderer) Order(ctx context.Context, id string) (*numbers.Order, error) {
	n, err := o.client.Numbers.Get(ctx, id)
	if isMissing(err) && !errors.Is(err, numbers.ErrNotFound) {
		return driver.FindOrder(vendor, id, o.Orders(ctx, numbers.OrderQuery{}))
	}
	if err != nil {
		return nil, driver.Error(err, "Order")
	}
	return driver.CheckID(vendor, "Order", id, o.order(n, nil))
}

// isMissing reports whether an answer was a 404, of whatever body.
func isMissing(err error) bool {
	e, ok := errors.AsType[*numbers.Error](err)
	return ok && e.Status == http.StatusNotFound
}
