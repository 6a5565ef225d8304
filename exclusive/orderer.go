package exclusive

import (
	"context"
	"iter"
	"time"

	"github.com/tnkit/tnkit/internal/adapt"
	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/numbers"
)

// OrdererOptions are the options of [NewOrderer].
type OrdererOptions struct {
	// Account is the caller's name for the tenant, in orders and errors.
	Account string
	// ListingDelay is how long after an attempt a listing that does not show it
	// proves that it was not registered; 0 = 5 s. A registration is a row of
	// the PBX's own database; no source states a time.
	ListingDelay time.Duration
	// Spell writes a number as callers' numbers look at this PBX, which depends
	// on its trunks: without the plus, or with 00. nil = in E.164. It must be
	// safe for concurrent use, and spell two numbers never alike.
	//
	// A row is recognised that is spelled so, or in E.164. Where a number is not
	// asked for by a query, a spelling that is neither E.164, nor that without
	// its plus or with 00 for it, leaves E164 empty.
	Spell func(numbers.E164) string
}

// Orderer is a tenant of a PBX as a numbers.Orderer. Nothing is bought: an order
// registers a number, costs nothing, and is complete at once. There are no
// orders at the PBX: an order is the number's row, its id is the row's, and it
// is found in Orders for as long as the row is not destroyed.
type Orderer struct {
	client  *Client
	account string
	spell   func(numbers.E164) string
	caps    numbers.Capabilities
}

var (
	_ numbers.Orderer       = (*Orderer)(nil)
	_ numbers.Inventory     = (*Orderer)(nil)
	_ numbers.Releaser      = (*Orderer)(nil)
	_ numbers.Resolver      = (*Orderer)(nil)
	_ numbers.BatchResolver = (*Orderer)(nil)
	_ numbers.Precedent     = (*Orderer)(nil)
)

// NewOrderer makes a numbers.Orderer of a client; opts may be nil.
func NewOrderer(c *Client, opts *OrdererOptions) *Orderer {
	if c == nil {
		c = over(api.None(vendor)) // every call is ErrInvalid
	}
	if opts == nil {
		opts = &OrdererOptions{}
	}
	settle := opts.ListingDelay
	if settle <= 0 {
		settle = 5 * time.Second
	}
	spell := opts.Spell
	if spell == nil {
		spell = numbers.E164.String
	}
	return &Orderer{
		client:  c,
		account: opts.Account,
		spell:   spell,
		caps: numbers.Capabilities{
			Vendor:           vendor,
			Account:          opts.Account,
			Can:              numbers.CanResolve | numbers.CanListOwned | numbers.CanRelease,
			Billing:          numbers.Registers,
			FoundBy:          numbers.ByNumber,
			MaxNumbers:       1,
			ListingDelay:     settle,
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
// The answer to a registration is an id. The order, and the *Number that is its
// Native, are made of that and the request; Order reads them.
func (o *Orderer) Place(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
	const op = "Place"
	req, err := o.request(op, r)
	if err != nil {
		return nil, adapt.Error(err, op, o.account, r.Numbers)
	}
	created, err := o.client.Numbers.create(ctx, op, req)
	if err != nil {
		return nil, adapt.NotPlaced(err, op, o.account, r)
	}
	order := o.order(numberOf(created.ID, req), o.spellings(r.Numbers))
	order.Items[0].Owned = nil // not seen in the inventory yet
	return order, nil
}

func (o *Orderer) request(op string, r numbers.OrderRequest) (*CreateNumberRequest, error) {
	if err := r.Validate(op, o.caps); err != nil {
		return nil, err
	}
	req, err := adapt.Template[CreateNumberRequest](vendor, op, r.Native)
	if err != nil {
		return nil, err
	}
	if req.Number != "" {
		return nil, &numbers.Error{
			Op: op, Vendor: vendor, Kind: numbers.ErrInvalid, Field: "Native",
			Message: "the template has a number of its own",
		}
	}
	req.Number = o.spell(r.Numbers[0])
	if req.Enabled == nil {
		req.Enabled = new(true)
	}
	return req, nil
}

// Order reads the number under id.
func (o *Orderer) Order(ctx context.Context, id string) (*numbers.Order, error) {
	n, err := o.client.Numbers.Get(ctx, id)
	if err != nil {
		return nil, adapt.Error(err, "Order", o.account, nil)
	}
	return adapt.Asked(o.order(n, nil), id)
}

// Orders walks GET /exclusive_numbers; the query is applied here.
func (o *Orderer) Orders(ctx context.Context, q numbers.OrderQuery) iter.Seq2[*numbers.Order, error] {
	asked := o.spellings(q.Numbers)
	raw := o.client.Numbers.All(ctx, nil, numbers.ReadAhead(q.ReadAhead))
	return adapt.Orders(raw, o.account, q, func(n *Number) (*numbers.Order, error) { return o.order(n, asked), nil })
}

// Owned walks the same rows as Orders.
func (o *Orderer) Owned(ctx context.Context, q numbers.OwnedQuery) iter.Seq2[*numbers.Number, error] {
	asked := o.spellings(q.Numbers)
	raw := o.client.Numbers.All(ctx, nil, numbers.ReadAhead(q.ReadAhead))
	return adapt.Owned(raw, o.account, q, func(n *Number) (*numbers.Number, error) { return o.number(n, asked), nil })
}

// Resolve finds out what became of a registration whose answer was lost: its
// number is listed, under an id that was not there before, or it is not.
func (o *Orderer) Resolve(ctx context.Context, a numbers.Attempt) (numbers.Resolution, error) {
	resolutions, errs := o.ResolveAll(ctx, []numbers.Attempt{a})
	return resolutions[0], errs[0]
}

// ResolveAll resolves many attempts by one listing, or by one more after the
// settle time.
func (o *Orderer) ResolveAll(ctx context.Context, attempts []numbers.Attempt) ([]numbers.Resolution, []error) {
	return numbers.ResolveByListing(ctx, o, attempts, numbers.ListingRules{OrdersAreOwned: true})
}

// Before returns the ids of the rows that the numbers have now, by one listing:
// orders and inventory are the same rows.
func (o *Orderer) Before(ctx context.Context, list []numbers.E164) ([]string, error) {
	ids := []string{}
	for order, err := range o.Orders(ctx, numbers.OrderQuery{Numbers: list}) {
		if err != nil {
			return nil, err
		}
		ids = append(ids, order.ID)
	}
	return ids, nil
}
