package opentact

import (
	"context"
	"errors"
	"iter"
	"time"

	"github.com/tnkit/tnkit/internal/adapt"
	"github.com/tnkit/tnkit/numbers"
)

// Generation is a generation of OpenTact's order API.
type Generation uint8

const (
	// Generation2020 is that of the documentation of 2020: POST /order/tn with
	// the numbers, GET /order.
	Generation2020 Generation = iota
)

// OrdererOptions are the options of [NewOrderer].
type OrdererOptions struct {
	// Account is the caller's name for the account, in orders and errors.
	Account string
	// Settle is how long after an attempt a listing that does not show it
	// proves that it was not placed; 0 = 60 s. No source states it.
	Settle time.Duration
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
	client   *Client
	account  string
	currency string
	slack    time.Duration
	caps     numbers.Capabilities
	known    memo
}

var (
	_ numbers.Orderer       = (*Orderer)(nil)
	_ numbers.Quoter        = (*Orderer)(nil)
	_ numbers.Resolver      = (*Orderer)(nil)
	_ numbers.BatchResolver = (*Orderer)(nil)
	_ numbers.Precedent     = (*Orderer)(nil)
)

// NewOrderer makes a numbers.Orderer of a client; opts may be nil.
func NewOrderer(c *Client, opts *OrdererOptions) *Orderer {
	if opts == nil {
		opts = &OrdererOptions{}
	}
	return &Orderer{
		client:   c,
		account:  opts.Account,
		currency: opts.Currency,
		slack:    orDefault(opts.ClockSlack, 2*time.Minute),
		caps: numbers.Capabilities{
			Vendor:           vendor,
			Account:          opts.Account,
			Can:              numbers.CanQuote | numbers.CanResolve,
			Semantics:        numbers.Buys,
			Assigns:          numbers.AssignConnection | numbers.AssignApplication,
			Recognises:       numbers.ByNumber,
			Settle:           orDefault(opts.Settle, time.Minute),
			DefiniteRefusals: true,
			Prices:           true,
		},
	}
}

func orDefault(d, def time.Duration) time.Duration {
	if d <= 0 {
		return def
	}
	return d
}

// Capabilities implements numbers.Orderer.
func (o *Orderer) Capabilities() numbers.Capabilities { return o.caps }

// Place orders numbers by POST /order/tn. A Native template is a
// *CreateTNOrderRequest without numbers. OpenTact keeps no reference.
func (o *Orderer) Place(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
	const op = "Place"
	req, err := o.request(op, r)
	if err != nil {
		return nil, adapt.Error(err, op, o.account, r.Numbers)
	}
	placed, err := o.client.Orders.Create(ctx, req)
	if err != nil {
		return nil, o.notPlaced(numberGone(err, req), op, r)
	}
	return o.order(placed), nil
}

// notPlaced is the error of an order. Of an unknown outcome it notes what
// Resolve needs.
func (o *Orderer) notPlaced(err error, op string, r numbers.OrderRequest) error {
	err = adapt.Error(err, op, o.account, r.Numbers)
	if e, ok := errors.AsType[*numbers.Error](err); ok && e.Attempt != nil {
		e.Attempt.Reference, e.Attempt.Status, e.Attempt.Ended = r.Reference, e.Status, time.Now()
	}
	return err
}

// Order reads one order by GET /order/{uuid}.
func (o *Orderer) Order(ctx context.Context, id string) (*numbers.Order, error) {
	read, err := o.client.Orders.Get(ctx, id)
	if err != nil {
		return nil, adapt.Error(err, "Order", o.account, nil)
	}
	return o.order(read), nil
}

// Orders walks GET /order; the query is applied here.
//
// The list does not tell the numbers of an order. Without more requests, an
// order therefore comes without Items, with a Count of at least 1, and a
// success as Complete, which may have numbers that failed; Order tells exactly.
// Where q asks for numbers or states, the orders that it hangs on are read one
// by one, each once, and come exactly. The numbers of an order never change:
// those that were read are remembered.
func (o *Orderer) Orders(ctx context.Context, q numbers.OrderQuery) iter.Seq2[*numbers.Order, error] {
	return o.walk("Orders", o.client.Orders.All(ctx, numbers.ReadAhead(q.ReadAhead)), func(row *Order) (*numbers.Order, error) {
		listed := o.order(row)
		switch o.decide(row, listed, q) {
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
