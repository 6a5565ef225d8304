package opentact

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
)

// Search yields numbers for sale by POST /tn/search. Before Generation2024 the vendor
// matches the digits by a pattern, in which Contains can't be combined with AreaCode,
// StartsWith or EndsWith. Generation2024 searches for long codes unless q.Type is set,
// and returns at most 100 numbers.
//
// Offers have no Price, because OpenTact states the prices of a number and of its
// features separately, in the profile of Native. Quote returns the price of an order.
func (o *Orderer) Search(ctx context.Context, q numbers.SearchQuery) iter.Seq2[*numbers.Offer, error] {
	rows, err := o.search(ctx, q)
	if err != nil {
		return driver.Failed[numbers.Offer](err)
	}
	return driver.Offers(rows, q.Limit, o.offer)
}

// search converts q to the vendor's request, and returns the rows of its answer.
func (o *Orderer) search(ctx context.Context, q numbers.SearchQuery) (iter.Seq2[*TN, error], error) {
	if err := driver.CheckSearch(o.caps, q); err != nil {
		return nil, err
	}
	if o.generation == Generation2024 {
		r, err := byType(q)
		if err != nil {
			return nil, err
		}
		return o.byTypeRows(ctx, r, q.Limit), nil
	}
	pattern, err := patternOf(q)
	if err != nil {
		return nil, err
	}
	r := new(SearchTNsRequest)
	driver.Set(&r.Pattern, pattern)
	driver.Set(&r.RateCenter, q.RateCenter)
	driver.Set(&r.City, q.Locality)
	driver.Set(&r.Province, q.Region)
	return o.patternRows(ctx, r, q.Limit), nil
}

// refuse returns the error of a query that the vendor can't answer.
func refuse(kind error, field, message string) error {
	return driver.Refused(vendor, "Search", kind, field, message)
}

// nationalDigits is how many digits a pattern matches.
const nationalDigits = 10

// patternOf returns the pattern of a query; "" = the query has no digits.
func patternOf(q numbers.SearchQuery) (pattern string, err error) {
	invalid := func(field, message string) (string, error) { return "", refuse(numbers.ErrInvalid, field, message) }
	for _, f := range []struct{ name, digits string }{
		{"AreaCode", q.AreaCode}, {"StartsWith", q.StartsWith}, {"Contains", q.Contains}, {"EndsWith", q.EndsWith},
	} {
		if len(f.digits) > nationalDigits {
			return invalid(f.name, "it has more than the ten digits that a pattern matches")
		}
	}
	start, end := q.AreaCode, q.EndsWith
	switch {
	case strings.HasPrefix(q.StartsWith, start):
		start = q.StartsWith
	case !strings.HasPrefix(start, q.StartsWith):
		return invalid("StartsWith", "it contradicts AreaCode")
	}
	if q.Contains != "" {
		if start != "" || end != "" {
			return "", refuse(errors.ErrUnsupported, "Contains", "the vendor's patterns can't combine it with other digits, which may overlap")
		}
		return "*" + q.Contains + "*", nil
	}
	if over := len(start) + len(end) - nationalDigits; over > 0 { // they overlap
		if start[len(start)-over:] != end[:over] {
			return invalid("EndsWith", "it contradicts StartsWith")
		}
		return start + end[over:], nil
	}
	switch {
	case start == "" && end == "":
		return "", nil
	case len(start)+len(end) == nationalDigits:
		return start + end, nil
	}
	return start + "*" + end, nil
}

// byType converts a query to a request of Generation2024.
func byType(q numbers.SearchQuery) (*SearchTNsByTypeRequest, error) {
	r := &SearchTNsByTypeRequest{Type: TypeLongCode}
	driver.Set(&r.Country, q.Country)
	driver.Set(&r.State, q.Region)
	driver.Set(&r.City, q.Locality)
	driver.Set(&r.RateCenter, q.RateCenter)
	driver.Set(&r.NPA, q.AreaCode)
	switch q.Type {
	case "", numbers.TypeLocal:
	case numbers.TypeTollFree:
		r.Type = TypeTollFree
	default:
		return nil, refuse(errors.ErrUnsupported, "Type", "the vendor can't search by it")
	}
	known := []numbers.Feature{numbers.FeatureVoice, numbers.FeatureSMS, numbers.FeatureMMS, numbers.FeatureFax, numbers.FeatureEmergency}
	for _, f := range q.Features {
		if !slices.Contains(known, f) {
			return nil, refuse(errors.ErrUnsupported, "Features", "the vendor can't search by it")
		}
		r.Features = append(r.Features, string(f))
	}
	return r, nil
}

// patternRows reads the vendor's default page if there is no limit.
func (o *Orderer) patternRows(ctx context.Context, r *SearchTNsRequest, limit int) iter.Seq2[*TN, error] {
	if limit == 0 {
		return onePage(func() (*Page[TN], error) { return o.client.TNs.Search(ctx, r) })
	}
	r.Size = min(limit, MaxTake)
	return func(yield func(*TN, error) bool) {
		for row, err := range o.client.TNs.All(ctx, r) {
			if errors.Is(err, numbers.ErrIncomplete) {
				return // some numbers were sold while the stock was read
			}
			if !yield(row, err) {
				return
			}
		}
	}
}

func (o *Orderer) byTypeRows(ctx context.Context, r *SearchTNsByTypeRequest, limit int) iter.Seq2[*TN, error] {
	r.Take = min(limit, MaxTake)
	if limit <= MaxTake {
		return onePage(func() (*Page[TN], error) { return o.client.TNs.SearchByType(ctx, r) })
	}
	return o.client.TNs.AllByType(ctx, r)
}

func onePage(read func() (*Page[TN], error)) iter.Seq2[*TN, error] {
	return driver.OnePage(func() ([]TN, error) {
		pg, err := read()
		if err != nil {
			return nil, err
		}
		return pg.Data, nil
	})
}
