package exclusive

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
)

// OrdererOptions are the options of [NewOrderer].
type OrdererOptions struct {
	// ListingDelay is how long a new registration can be missing from the listing; 0 = 5
	// s. A registration is a row of the PBX's own database. PortSIP does not state a
	// time; 5 s is an estimate.
	ListingDelay time.Duration
	// Spell returns a number in the form that callers' numbers have at this PBX, for
	// example without the plus or with 00. The form depends on the trunks of the PBX. nil
	// = E.164. Spell must be safe for concurrent use, and must return different texts for
	// different numbers.
	//
	// The Orderer recognizes a row with this spelling, or in E.164. If a query does not
	// have the number, only three spellings are recognized: E.164, E.164 without the
	// plus, and E.164 with 00 instead of the plus. For any other spelling, E164 is "".
	Spell func(numbers.E164) string
	// Narrow makes the Orderer ask the PBX for the rows of the numbers that a query
	// names, in place of reading the whole list. It is for a PBX that lists at most
	// 100 rows and ignores skip, at which the whole list can't be read: a purchase is
	// then ErrIncomplete. It also saves requests where a PBX has many rows. A query
	// that names no number reads the whole list all the same.
	//
	// PortSIP documents both parameters for its other lists, and none for this one.
	// At a PBX that ignores them a query is as complete as without Narrow. Before an
	// empty answer counts, the Orderer asks once for a row that the PBX has: if it
	// is not listed, queries are ErrIncomplete.
	Narrow Narrowing
}

// Narrowing is how a PBX is asked for the rows of some numbers alone.
type Narrowing uint8

const (
	// NarrowNot reads the whole list.
	NarrowNot Narrowing = iota
	// NarrowByFilter sends filter=number eq '+12025550142'.
	NarrowByFilter
	// NarrowBySearch sends search=+12025550142.
	NarrowBySearch
)

// Orderer is a tenant of a PBX as a numbers.Orderer. Nothing is bought: an order
// registers a number, costs nothing, and is complete at once. The PBX has no orders: an
// order is the row of the number, and has the id of the row. Orders lists it until the
// row is destroyed.
type Orderer struct {
	client *Client
	spell  func(numbers.E164) string
	narrow Narrowing
	shown  *atomic.Bool // the PBX narrows its list as asked, or not at all
	caps   numbers.Capabilities
}

var (
	_ numbers.Orderer   = (*Orderer)(nil)
	_ numbers.Inventory = (*Orderer)(nil)
	_ numbers.Releaser  = (*Orderer)(nil)
	_ numbers.Resolver  = (*Orderer)(nil)
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
	spell := opts.Spell
	if spell == nil {
		spell = numbers.E164.String
	}
	return &Orderer{
		client: c,
		spell:  spell,
		narrow: opts.Narrow,
		shown:  new(atomic.Bool),
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
// *CreateNumberRequest without a number. It sets the description of the number, and
// whether the number is enabled; nil = enabled. The PBX does not keep a reference.
//
// The answer to a registration is only an id. Place makes the order, its number and the
// *Number in Native from this id and the request, without a date. Order reads all of
// them.
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

// Order reads the number with the id. A PBX may send errors without a body, and a gateway
// may also send a 404. So after a 404 without the PBX's own body, Order reads a complete
// listing to find whether the number exists.
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

// isMissing reports whether an answer was a 404, with any body.
func isMissing(err error) bool {
	e, ok := errors.AsType[*numbers.Error](err)
	return ok && e.Status == http.StatusNotFound
}
