package opentact

import (
	"context"
	"errors"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
)

// Quote asks for the price of an order by POST /order/price. OpenTact states the totals
// and the price lists, but not the prices of the numbers. If the answer has no price
// list, Quotation.Price is nil, because the totals are then not the price of the numbers.
// With Generation2024 the error is errors.ErrUnsupported, because that API has no
// quotations.
func (o *Orderer) Quote(ctx context.Context, r numbers.OrderRequest) (*numbers.Quotation, error) {
	const op = "Quote"
	p, err := o.purchase(op, r)
	if err == nil && p.price == nil {
		err = &numbers.Error{Vendor: vendor, Kind: errors.ErrUnsupported}
	}
	if err != nil {
		return nil, driver.Error(err, op, r.Numbers...)
	}
	price, err := p.price(ctx)
	if err != nil {
		return nil, driver.Error(p.numbersGone(err), op, r.Numbers...)
	}
	return &numbers.Quotation{Vendor: vendor, Price: o.price(price), Native: price}, nil
}
