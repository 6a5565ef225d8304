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

// Search yields numbers for sale by POST /tn/search. Before 2024 the vendor
// matches the digits by a pattern, in which Contains can't be combined with
// AreaCode, StartsWith or EndsWith. In the generation of 2024 it searches long
// codes unless q.Type says otherwise, and can't show more than 100.
//
// Offers have no Price: OpenTact lists those of a number and of its features
// apart, in the profile of Native. Quote tells what an order costs.
func (o *Orderer) Search(ctx context.Context, q numbers.SearchQuery) iter.Seq2[*numbers.Offer, error] {
	const op = "Search"
	refuse := func(kind error, field, message string) iter.Seq2[*numbers.Offer, error] {
		return driver.Failed[numbers.Offer](&numbers.Error{Op: op, Vendor: vendor, Kind: kind, Field: field, Message: message})
	}
	if not := q.Fields() &^ o.caps.SearchFields; not != 0 {
		return refuse(errors.ErrUnsupported, not.String(), "the vendor can't search by it")
	}
	if q.Limit < 0 {
		return refuse(numbers.ErrInvalid, "Limit", "it is negative")
	}
	if o.generation == Generation2024 {
		r, field := byType(q)
		if field != "" {
			return refuse(errors.ErrUnsupported, field, "the vendor does not know it")
		}
		return o.offers(o.byTypeRows(ctx, r, q.Limit), q.Limit)
	}
	r := &SearchTNsRequest{RateCenter: given(q.RateCenter), City: given(q.Locality), Province: given(q.Region)}
	pattern, bad := patternOf(q)
	if bad != nil {
		return refuse(bad.Kind, bad.Field, bad.Message)
	}
	r.Pattern = given(pattern)
	return o.offers(o.patternRows(ctx, r, q.Limit), q.Limit)
}

// given is nil where nothing is asked for.
func given(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// nationalDigits is how many digits a pattern stands for.
const nationalDigits = 10

// patternOf makes the pattern of a query; "" where it asks for no digits.
func patternOf(q numbers.SearchQuery) (pattern string, bad *numbers.Error) {
	invalid := func(field, reason string) (string, *numbers.Error) {
		return "", &numbers.Error{Kind: numbers.ErrInvalid, Field: field, Message: reason}
	}
	for _, f := range []struct{ name, digits string }{
		{"AreaCode", q.AreaCode}, {"StartsWith", q.StartsWith}, {"Contains", q.Contains}, {"EndsWith", q.EndsWith},
	} {
		switch {
		case strings.Trim(f.digits, "0123456789") != "":
			return invalid(f.name, "it has more than digits")
		case len(f.digits) > nationalDigits:
			return invalid(f.name, "it has more than the ten digits that a pattern stands for")
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
			return "", &numbers.Error{
				Kind: errors.ErrUnsupported, Field: "Contains",
				Message: "the vendor's patterns can't combine it with other digits, which may overlap",
			}
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

// byType makes a request of a query, or names the field that the vendor does
// not know.
func byType(q numbers.SearchQuery) (r *SearchTNsByTypeRequest, field string) {
	r = &SearchTNsByTypeRequest{
		Type: TypeLongCode, Country: given(q.Country), State: given(q.Region), City: given(q.Locality),
		RateCenter: given(q.RateCenter), NPA: given(q.AreaCode),
	}
	switch q.Type {
	case "", numbers.TypeLocal:
	case numbers.TypeTollFree:
		r.Type = TypeTollFree
	default:
		return nil, "Type"
	}
	known := []numbers.Feature{numbers.FeatureVoice, numbers.FeatureSMS, numbers.FeatureMMS, numbers.FeatureFax, numbers.FeatureEmergency}
	for _, f := range q.Features {
		if !slices.Contains(known, f) {
			return nil, "Features"
		}
		r.Features = append(r.Features, string(f))
	}
	return r, ""
}

// patternRows reads the vendor's default page where no limit is given.
func (o *Orderer) patternRows(ctx context.Context, r *SearchTNsRequest, limit int) iter.Seq2[*TN, error] {
	if limit == 0 {
		return onePage(func() (*Page[TN], error) { return o.client.TNs.Search(ctx, r) })
	}
	r.Size = min(limit, MaxTake)
	return o.client.TNs.All(ctx, r)
}

func (o *Orderer) byTypeRows(ctx context.Context, r *SearchTNsByTypeRequest, limit int) iter.Seq2[*TN, error] {
	r.Take = min(limit, MaxTake)
	if limit <= MaxTake {
		return onePage(func() (*Page[TN], error) { return o.client.TNs.SearchByType(ctx, r) })
	}
	return o.client.TNs.AllByType(ctx, r)
}

func onePage(read func() (*Page[TN], error)) iter.Seq2[*TN, error] {
	return func(yield func(*TN, error) bool) {
		pg, err := read()
		if err != nil {
			yield(nil, err)
			return
		}
		for i := range pg.Data {
			if !yield(&pg.Data[i], nil) {
				return
			}
		}
	}
}

// offers converts rows up to the limit; 0 = none.
func (o *Orderer) offers(rows iter.Seq2[*TN, error], limit int) iter.Seq2[*numbers.Offer, error] {
	return func(yield func(*numbers.Offer, error) bool) {
		count := 0
		for row, err := range rows {
			if err != nil {
				yield(nil, driver.Error(err, "Search", nil))
				return
			}
			if !yield(o.offer(row), nil) {
				return
			}
			if count++; count == limit {
				return
			}
		}
	}
}
