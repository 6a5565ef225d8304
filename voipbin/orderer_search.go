package voipbin

import (
	"context"
	"iter"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
)

// Search yields numbers of a country that carriers have for sale, by GET
// /available_numbers. There is no second page: the carrier returns at most 10 numbers,
// whatever q.Limit is. Search yields a number that VoIPBin repeats only once. It does not
// return virtual numbers. Use Client.AvailableNumbers for these.
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

// search converts q to the vendor's request.
func (o *Orderer) search(q numbers.SearchQuery) (*ListAvailableNumbersRequest, error) {
	if err := driver.CheckSearch(o.caps, q); err != nil {
		return nil, err
	}
	if q.Country == "" {
		return nil, driver.Refused(vendor, "Search", numbers.ErrInvalid, "Country", "it is required")
	}
	return &ListAvailableNumbersRequest{CountryCode: q.Country, PageSize: min(q.Limit, MaxPageSize)}, nil
}
