package opentact

import (
	"context"
	"errors"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
)

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
		return nil, driver.Error(err, op, r.Numbers...)
	}
	price, err := p.price(ctx)
	if err != nil {
		return nil, driver.Error(p.numbersGone(err), op, r.Numbers...)
	}
	return &numbers.Quotation{Vendor: vendor, Price: o.price(price), Native: price}, nil
}
