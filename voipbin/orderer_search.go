package voipbin

import (
	"context"
	"iter"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
)

// Search yields numbers of a country that carriers have for sale, by GET
// /available_numbers. There is no second page: the carrier gives 10 numbers at
// most, whatever q.Limit is. A number that the vendor repeats comes once.
// Virtual numbers are listed by Client.AvailableNumbers alone.
func (o *Orderer) Search(ctx context.Context, q numbers.SearchQuery) iter.Seq2[*numbers.Offer, error] {
	req, err := o.search(q)
	if err != nil {
		return driver.Failed[numbers.Offer](err)
	}
	rows := driver.OnePage(func() ([]AvailableNumber, error) {
		page, err := o.client.AvailableNumbers.List(ctx, req)
		if err != nil {
			return nil, err
		}
		return page.Result, nil
	})
	return driver.Offers(rows, q.Limit, o.offer)
}

// search makes the vendor's request of q.
func (o *Orderer) search(q numbers.SearchQuery) (*ListAvailableNumbersRequest, error) {
	if err := driver.CheckSearch(o.caps, q); err != nil {
		return nil, err
	}
	if q.Country == "" {
		return nil, driver.Refused(vendor, "Search", numbers.ErrInvalid, "Country", "it is needed")
	}
	return &ListAvailableNumbersRequest{CountryCode: q.Country, PageSize: min(q.Limit, MaxPageSize)}, nil
}
