package opentact

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/tnkit/tnkit/internal/adapt"
	"github.com/tnkit/tnkit/numbers"
)

// request makes the vendor's request of r.
func (o *Orderer) request(op string, r numbers.OrderRequest) (*CreateTNOrderRequest, error) {
	if err := r.Validate(op, o.caps); err != nil {
		return nil, err
	}
	req, err := adapt.Template[CreateTNOrderRequest](vendor, op, r.Native)
	if err != nil {
		return nil, err
	}
	if len(req.TNs) > 0 {
		return nil, ownNumbers(op, "the template has numbers of its own")
	}
	if req.TNs, err = tns(op, r.Numbers); err != nil {
		return nil, err
	}
	if a := r.Assign; a != nil {
		override(&req.SIPConnection, a.Connection)
		override(&req.SIPControlApp, a.Application)
	}
	return req, nil
}

func override(field **string, value string) {
	if value != "" {
		*field = &value
	}
}

func ownNumbers(op, message string) error {
	return &numbers.Error{Op: op, Vendor: vendor, Kind: numbers.ErrInvalid, Field: "Native", Message: message}
}

// tns spells numbers as OpenTact does.
func tns(op string, list []numbers.E164) ([]int64, error) {
	out := make([]int64, len(list))
	for i, n := range list {
		v, err := strconv.ParseInt(strings.TrimPrefix(string(n), "+"), 10, 64)
		if err != nil {
			return nil, &numbers.Error{Op: op, Vendor: vendor, Kind: numbers.ErrInvalid, Field: "Numbers[" + strconv.Itoa(i) + "]", Message: "it is no number"}
		}
		out[i] = v
	}
	return out, nil
}

// numberGone reads a 404 to an order. It may mean the numbers, the profile, the
// connection or the application; where the order names none of the others, it
// means the numbers.
func numberGone(err error, r *CreateTNOrderRequest) error {
	if !errors.Is(err, numbers.ErrNotFound) || r.Profile != nil || r.SIPConnection != nil || r.SIPControlApp != nil {
		return err
	}
	return unavailable(err)
}

func unavailable(err error) error {
	e, ok := errors.AsType[*numbers.Error](err)
	if !ok {
		return err
	}
	out := *e
	out.Kind = numbers.ErrNumberUnavailable
	return &out
}

// Quote asks for the price of an order by POST /order/price. OpenTact states
// totals, and names price lists rather than numbers beside them.
func (o *Orderer) Quote(ctx context.Context, r numbers.OrderRequest) (*numbers.Quotation, error) {
	const op = "Quote"
	req, err := o.request(op, r)
	if err != nil {
		return nil, adapt.Error(err, op, o.account, r.Numbers)
	}
	price, err := o.client.Orders.Price(ctx, req)
	if err != nil {
		return nil, adapt.Error(numberGone(err, req), op, o.account, r.Numbers)
	}
	return &numbers.Quotation{Vendor: vendor, Account: o.account, Price: o.price(price), Native: price}, nil
}
