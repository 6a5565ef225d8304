package opentact

import (
	"context"
	"errors"
	"strconv"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
)

// purchase is an order in the form of one generation.
type purchase struct {
	request createRequest
	price   func(context.Context) (*OrderPrice, error)
	// plain: the order names nothing that could be missing except its numbers.
	plain bool
}

// purchase makes the vendor's request of r.
func (o *Orderer) purchase(op string, r numbers.OrderRequest) (*purchase, error) {
	if err := r.Validate(op, o.caps); err != nil {
		return nil, err
	}
	switch o.generation {
	case Generation2021:
		return o.purchase2021(op, r)
	case Generation2024:
		return o.purchase2024(op, r)
	}
	return o.purchase2020(op, r)
}

func (o *Orderer) purchase2020(op string, r numbers.OrderRequest) (*purchase, error) {
	req, err := driver.Template[CreateTNOrderRequest](vendor, op, r.Native)
	if err != nil {
		return nil, err
	}
	if len(req.TNs) > 0 {
		return nil, ownNumbers(op, "the template has numbers of its own")
	}
	for _, n := range r.Numbers {
		req.TNs = append(req.TNs, tn(n))
	}
	if a := r.Assign; a != nil {
		override(&req.SIPConnection, a.Connection)
		override(&req.SIPControlApp, a.Application)
	}
	return &purchase{
		request: req,
		price:   func(ctx context.Context) (*OrderPrice, error) { return o.client.Orders.Price(ctx, req) },
		plain:   req.Profile == nil && req.SIPConnection == nil && req.SIPControlApp == nil,
	}, nil
}

func (o *Orderer) purchase2021(op string, r numbers.OrderRequest) (*purchase, error) {
	req, err := driver.Template[CreateItemsRequest](vendor, op, r.Native)
	if err != nil {
		return nil, err
	}
	req.Items, err = items(op, req.Items, r.Numbers, func(item *CreateItem) *int64 { return &item.TN })
	if err != nil {
		return nil, err
	}
	return &purchase{
		request: req,
		price:   func(ctx context.Context) (*OrderPrice, error) { return o.client.Orders.PriceItems(ctx, req) },
	}, nil
}

func (o *Orderer) purchase2024(op string, r numbers.OrderRequest) (*purchase, error) {
	req, err := driver.Template[CreateOrderRequest](vendor, op, r.Native)
	if err != nil {
		return nil, err
	}
	req.Items, err = items(op, req.Items, r.Numbers, func(item *CreateOrderItem) *int64 { return &item.TN })
	if err != nil {
		return nil, err
	}
	return &purchase{request: req}, nil
}

// items makes an item of each number, by the template's, of which there may be
// one without a number.
func items[T any](op string, template []T, list []numbers.E164, number func(*T) *int64) ([]T, error) {
	var each T
	switch {
	case len(template) == 1 && *number(&template[0]) == 0:
		each = template[0]
	case len(template) > 0:
		return nil, ownNumbers(op, "the template has numbers of its own; it may have one item without a number, for what all numbers share")
	}
	out := make([]T, len(list))
	for i, n := range list {
		out[i] = each
		*number(&out[i]) = tn(n)
	}
	return out, nil
}

// tn spells a number as OpenTact does. An E.164 number has at most 15 digits.
func tn(n numbers.E164) int64 {
	v, _ := strconv.ParseInt(n.Digits(), 10, 64)
	return v
}

func override(field **string, value string) {
	if value != "" {
		*field = &value
	}
}

func ownNumbers(op, message string) error {
	return &numbers.Error{Op: op, Vendor: vendor, Kind: numbers.ErrInvalid, Field: "Native", Message: message}
}

// numbersGone reads a 404 to an order of 2020. It may mean the numbers, the
// profile, the connection or the application; where the order names none of the
// others, it means the numbers. Later generations report each number in the order.
func (p *purchase) numbersGone(err error) error {
	if e, ok := errors.AsType[*numbers.Error](err); ok && p.plain && errors.Is(err, numbers.ErrNotFound) {
		out := *e
		out.Kind = numbers.ErrNumberUnavailable
		return &out
	}
	return err
}

// Quote asks for the price of an order by POST /order/price. OpenTact states
// totals, and price lists rather than numbers beside them. A price without any
// price list says nothing of the numbers: Quotation.Price is then nil. The
// generation of 2024 has no quotations: errors.ErrUnsupported.
func (o *Orderer) Quote(ctx context.Context, r numbers.OrderRequest) (*numbers.Quotation, error) {
	const op = "Quote"
	p, err := o.purchase(op, r)
	if err == nil && p.price == nil {
		err = &numbers.Error{Vendor: vendor, Kind: errors.ErrUnsupported}
	}
	if err != nil {
		return nil, driver.Error(err, op, r.Numbers)
	}
	price, err := p.price(ctx)
	if err != nil {
		return nil, driver.Error(p.numbersGone(err), op, r.Numbers)
	}
	return &numbers.Quotation{Vendor: vendor, Price: o.price(price), Native: price}, nil
}
