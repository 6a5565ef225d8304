package voipbin

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"time"

	"github.com/tnkit/tnkit/internal/adapt"
	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/numbers"
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
	// Account is the caller's name for the account, in orders and errors.
	Account string
	// ListingDelay is how long after an attempt a listing that does not show it
	// proves that it was not placed; 0 = 30 s. The server gives up answering
	// after 15 s and completes the order afterwards; no source states a limit.
	ListingDelay time.Duration
	// Generation is the API to speak; it is never changed by itself.
	Generation Generation
}

// Orderer is a VoIPBin customer as a numbers.Orderer. VoIPBin has no orders:
// an order is the row of the number that it brought, its id is the row's, and
// it is found in Orders for as long as the number is not released.
//
// The status that VoIPBin gives a number when it is bought is never refreshed:
// a number that is purchase-pending is Pending and Final.
type Orderer struct {
	client  *Client
	rows    rows
	old     bool // speaks the API of March 2021
	account string
	caps    numbers.Capabilities
}

// rows is what the services of both generations have.
type rows interface {
	Get(ctx context.Context, id string) (*Number, error)
	Delete(ctx context.Context, id string) (*Number, error)
	from(ctx context.Context, token string, ahead int) iter.Seq2[*Number, error]
}

func (s *NumbersService) from(ctx context.Context, token string, ahead int) iter.Seq2[*Number, error] {
	return s.All(ctx, &ListNumbersRequest{PageToken: token}, numbers.ReadAhead(ahead))
}

func (s *OrderNumbersService) from(ctx context.Context, token string, ahead int) iter.Seq2[*Number, error] {
	return s.All(ctx, &ListOrderNumbersRequest{PageToken: token}, numbers.ReadAhead(ahead))
}

// latest is the page token that a walk begins with. Without one the server
// takes its own time of day, and leaves out what a server whose clock is ahead
// created a moment ago.
const latest = "2999-01-01 00:00:00.000000"

var (
	_ numbers.Orderer       = (*Orderer)(nil)
	_ numbers.Searcher      = (*Orderer)(nil)
	_ numbers.Resolver      = (*Orderer)(nil)
	_ numbers.BatchResolver = (*Orderer)(nil)
	_ numbers.Precedent     = (*Orderer)(nil)
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
	settle := opts.ListingDelay
	if settle <= 0 {
		settle = 30 * time.Second
	}
	o := &Orderer{
		client:  c,
		account: opts.Account,
		caps: numbers.Capabilities{
			Vendor:       vendor,
			Account:      opts.Account,
			Can:          numbers.CanSearch | numbers.CanResolve | numbers.CanListOwned | numbers.CanRelease,
			Billing:      numbers.Buys,
			SearchFields: numbers.SearchCountry | numbers.SearchLimit,
			FoundBy:      numbers.ByNumber,
			MaxNumbers:   1,
			ListingDelay: settle,
			Orphans:      true,
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
// comes beside an ErrInvalid: it is bought.
func (o *Orderer) Place(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
	const op = "Place"
	if err := r.Validate(op, o.caps); err != nil {
		return nil, adapt.Error(err, op, o.account, r.Numbers)
	}
	if o.old {
		return o.placeOld(ctx, op, r)
	}
	req, err := adapt.Template[CreateNumberRequest](vendor, op, r.Native)
	if err != nil {
		return nil, adapt.Error(err, op, o.account, r.Numbers)
	}
	if req.Number != "" {
		return nil, o.ownNumbers(op, r)
	}
	req.Number = string(r.Numbers[0])
	if isVirtual(r.Numbers[0]) && req.Type == nil {
		req.Type = new(TypeVirtual)
	}
	if a := r.Assign; a != nil {
		override(&req.CallFlowID, a.CallFlow)
		override(&req.MessageFlowID, a.MessageFlow)
	}
	req.complete()
	n, err := o.client.Numbers.Create(ctx, req)
	if err != nil {
		return nil, adapt.NotPlaced(err, op, o.account, r)
	}
	order, err := adapt.Placed(o.order(n), r)
	if err != nil {
		return order, err
	}
	if field := notTaken(req.CallFlowID, req.MessageFlowID, n); field != "" {
		return order, &numbers.Error{
			Op: op, Vendor: vendor, Account: o.account, Kind: numbers.ErrInvalid, Field: "Assign." + field, Numbers: r.Numbers,
			Status:  http.StatusOK, // it was sent
			Message: "the number is bought, and the vendor did not connect it: what is no UUID is none",
		}
	}
	return order, nil
}

func (o *Orderer) placeOld(ctx context.Context, op string, r numbers.OrderRequest) (*numbers.Order, error) {
	req, err := adapt.Template[CreateOrderNumberRequest](vendor, op, r.Native)
	if err != nil {
		return nil, adapt.Error(err, op, o.account, r.Numbers)
	}
	if req.Number != "" {
		return nil, o.ownNumbers(op, r)
	}
	req.Number = string(r.Numbers[0])
	n, err := o.client.OrderNumbers.Create(ctx, req)
	if err != nil {
		return nil, adapt.NotPlaced(err, op, o.account, r)
	}
	return adapt.Placed(o.order(n), r)
}

func override(field **string, value string) {
	if value != "" {
		*field = &value
	}
}

func (o *Orderer) ownNumbers(op string, r numbers.OrderRequest) error {
	return &numbers.Error{
		Op: op, Vendor: vendor, Account: o.account, Kind: numbers.ErrInvalid, Field: "Native", Numbers: r.Numbers,
		Message: "the template has a number of its own",
	}
}

// Order reads the number under id. Servers before 2026 answer with an empty
// HTTP 400 when there is none, and when they fail: a listing then tells which.
func (o *Orderer) Order(ctx context.Context, id string) (*numbers.Order, error) {
	n, err := o.rows.Get(ctx, id)
	switch {
	case saysNothing(err):
		n, err = o.listed(ctx, id, err)
	case reason(err) == ReasonInvalidID:
		err = notFound(err)
	}
	if err != nil {
		return nil, adapt.Error(err, "Order", o.account, nil)
	}
	return adapt.Asked(o.order(n), id)
}

// listed finds a number by a complete listing. Where there is none, the error
// is ErrNotFound; because is the answer that did not say so.
func (o *Orderer) listed(ctx context.Context, id string, because error) (*Number, error) {
	for n, err := range o.rows.from(ctx, latest, 0) {
		if err != nil {
			return nil, err
		}
		if n.ID == id {
			return n, nil
		}
	}
	return nil, notFound(because)
}

// notFound is err as ErrNotFound.
func notFound(err error) error {
	e, ok := errors.AsType[*numbers.Error](err)
	if !ok {
		return err
	}
	out := *e
	out.Kind, out.Message = numbers.ErrNotFound, "the account has no number under this id"
	return &out
}

// Orders walks GET /numbers or GET /order_numbers; the query is applied here.
func (o *Orderer) Orders(ctx context.Context, q numbers.OrderQuery) iter.Seq2[*numbers.Order, error] {
	raw := o.rows.from(ctx, latest, q.ReadAhead)
	return adapt.Orders(raw, o.account, q, func(n *Number) (*numbers.Order, error) { return o.order(n), nil })
}

// Owned walks the same rows as Orders.
func (o *Orderer) Owned(ctx context.Context, q numbers.OwnedQuery) iter.Seq2[*numbers.Number, error] {
	raw := o.rows.from(ctx, latest, q.ReadAhead)
	return adapt.Owned(raw, o.account, q, func(n *Number) (*numbers.Number, error) { return o.number(n), nil })
}
