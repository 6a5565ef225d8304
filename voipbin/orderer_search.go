package voipbin

import (
	"context"
	"errors"
	"iter"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
)

// Search yields numbers of a country that carriers have for sale, by GET
// /available_numbers. There is no second page: the carrier gives 10 numbers at
// most, whatever q.Limit is. A number that the vendor repeats comes once.
// Virtual numbers are listed by Client.AvailableNumbers alone.
func (o *Orderer) Search(ctx context.Context, q numbers.SearchQuery) iter.Seq2[*numbers.Offer, error] {
	const op = "Search"
	req, err := o.search(op, q)
	if err != nil {
		return driver.Failed[numbers.Offer](driver.Error(err, op, nil))
	}
	return func(yield func(*numbers.Offer, error) bool) {
		list, err := o.client.AvailableNumbers.List(ctx, req)
		if err != nil {
			yield(nil, driver.Error(err, op, nil))
			return
		}
		seen := make(map[string]bool)
		for i := range list.Result {
			n := &list.Result[i]
			if seen[n.Number] {
				continue
			}
			seen[n.Number] = true
			if !yield(o.offer(n), nil) || len(seen) == q.Limit {
				return
			}
		}
	}
}

func (o *Orderer) search(op string, q numbers.SearchQuery) (*ListAvailableNumbersRequest, error) {
	refuse := func(kind error, field, message string) error {
		return driver.Refused(vendor, op, kind, field, message)
	}
	not := q.Fields() &^ (o.caps.SearchFields | numbers.SearchLimit)
	switch {
	case not != 0:
		return nil, refuse(errors.ErrUnsupported, not.String(), "the vendor can't search by it")
	case q.Limit < 0:
		return nil, refuse(numbers.ErrInvalid, "Limit", "it is negative")
	case q.Country == "":
		return nil, refuse(numbers.ErrInvalid, "Country", "it is needed")
	}
	return &ListAvailableNumbersRequest{CountryCode: q.Country, PageSize: min(q.Limit, MaxPageSize)}, nil
}

func (o *Orderer) offer(n *AvailableNumber) *numbers.Offer {
	offer := &numbers.Offer{
		Vendor: vendor, VendorNumber: n.Number,
		E164:    driver.E164(n.Number),
		Country: n.Country, Region: n.Region,
		Native: n,
	}
	for _, f := range n.Features {
		offer.Features = append(offer.Features, numbers.Feature(f)) // the words are the same
	}
	return offer
}
