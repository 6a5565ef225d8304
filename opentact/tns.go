package opentact

import (
	"cmp"
	"context"
	"iter"
	"net/http"
	"net/url"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/internal/page"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/wire"
)

// TN is a telephone number in the vendor's stock.
type TN struct {
	// TN is the number with its country code and without a plus sign:
	// 12029822917.
	TN          wire.TN          `json:"tn,omitzero"`
	CreatedOn   wire.Time        `json:"created_on,omitzero"`
	ModifiedOn  wire.Time        `json:"modified_on,omitzero"`
	DeletedOn   wire.Time        `json:"deleted_on,omitzero"`
	Class4DIDID *int64           `json:"class4_did_id,omitempty"`
	Registered  wire.Bool        `json:"registered,omitzero"`
	Profile     Related[Profile] `json:"profile,omitzero"`
	TNLease     Related[Lease]   `json:"tnlease,omitzero"`
}

// TNsService finds numbers for sale. OpenTact's search has two forms, depending
// on the generation of the account's API: that of 2020 and 2021 (Search, All),
// and today's (SearchByType, AllByType).
type TNsService struct{ api *api.Client }

// SearchTNsRequest asks for one page of numbers, in the form of 2020 and 2021.
// A field that is not set is not sent.
type SearchTNsRequest struct {
	// Page counts from 1; 0 = not sent, which means 1. Size is 1 to 100; 0 =
	// not sent, which means 10.
	Page int `url:"page,omitempty" json:"-"`
	Size int `url:"size,omitempty" json:"-"`
	// Pattern matches ten digits: * is any digits, and % is one digit ("*233",
	// "233%55"). The default is "*". It must not be empty.
	Pattern    *string `url:"-" json:"pattern,omitempty"`
	RateCenter *string `url:"-" json:"rateCenter,omitempty"`
	City       *string `url:"-" json:"city,omitempty"`
	// Province has two letters.
	Province   *string `url:"-" json:"province,omitempty"`
	PostalCode *string `url:"-" json:"postalCode,omitempty"`
	ABCSearch  *bool   `url:"-" json:"abcSearch,omitempty"`
	// Profile is the name of a TN profile.
	Profile *string `url:"-" json:"profile,omitempty"`
}

// The types of numbers of SearchByType.
const (
	TypeLongCode = "long_code"
	TypeTollFree = "toll_free"
)

// SearchTNsByTypeRequest asks for numbers in today's form. A field that is not
// set is not sent.
type SearchTNsByTypeRequest struct {
	// Type is TypeLongCode or TypeTollFree.
	Type string `json:"type"`
	// Take is the largest count of numbers to return, 1 to 100; 0 = not sent.
	Take int `json:"take,omitempty"`
	// Country is the ISO 3166-1 alpha-2 code: "US".
	Country *string `json:"country,omitempty"`
	// State has two letters.
	State      *string `json:"state,omitempty"`
	City       *string `json:"city,omitempty"`
	RateCenter *string `json:"rate_center,omitempty"`
	// NPA is the area code. NXX is the three digits after it.
	NPA *string `json:"npa,omitempty"`
	NXX *string `json:"nxx,omitempty"`
	// Line are the last four digits of a long code, with an x for any digit:
	// "xxxx".
	Line *string `json:"line,omitempty"`
	// Pattern are the last seven digits of a toll-free number: "xxxxxxx".
	Pattern *string `json:"pattern,omitempty"`
	// Features are "voice", "sms" and the like.
	Features []string `json:"features,omitzero"`
}

// Search reads one page of numbers for sale. r may be nil. The profiles of the
// numbers have the prices.
//
// POST /tn/search with page (from 1) and size (1 to 100, default 10) in the
// query. The answer counts by take, skip and total. A profile that does not
// exist is ErrVendor with the status 404 ("Profile not found").
//
// Source: OpenTact's documentation of 2020; the server's own description of
// October 2021.
func (s *TNsService) Search(ctx context.Context, r *SearchTNsRequest) (*Page[TN], error) {
	const op = "TNs.Search"
	if r == nil {
		r = &SearchTNsRequest{}
	}
	switch {
	case r.Page < 0:
		return nil, api.Invalid(vendor, op, "Page", "it is negative")
	case r.Size < 0 || r.Size > MaxTake:
		return nil, api.Invalid(vendor, op, "Size", "it must be from 1 to 100")
	case r.Pattern != nil && *r.Pattern == "":
		return nil, api.Invalid(vendor, op, "Pattern", "it is empty")
	}
	return list(ctx, s.api, &api.Call{
		Op: op, Class: api.Read, Method: http.MethodPost, Path: "/tn/search", Query: r, Body: r,
	}, cmp.Or(r.Size, MaxTake), (*TN).check)
}

// All yields the numbers of Search from r.Page on. r may be nil. A page has 100 numbers,
// unless r sets its size. The walk ends at the total or at a page that is not full,
// whichever comes first, because the stock changes while it is read.
func (s *TNsService) All(ctx context.Context, r *SearchTNsRequest, opts ...numbers.PageOption) iter.Seq2[*TN, error] {
	var from SearchTNsRequest
	if r != nil {
		from = *r
	}
	if from.Size == 0 {
		from.Size = MaxTake
	}
	return page.Numbered[TN]{
		List:  page.List[TN]{Vendor: vendor, Op: "TNs.All", Key: (*TN).key, Options: opts},
		First: from.Page,
		Size:  from.Size,
		Fetch: func(ctx context.Context, number int) (page.Page[TN], error) {
			at := from
			at.Page = number
			pg, err := s.Search(ctx, &at)
			lost, err := api.Lost(err)
			if err != nil {
				return page.Page[TN]{}, err
			}
			out := pg.said(from.Size, lost)
			out.At = page.Count{} // Skip counts rows
			return out, nil
		},
	}.All(ctx)
}

// SearchByType reads numbers for sale. The profiles of the numbers have the
// prices.
//
// POST /tn/search with everything in the body. There are no further pages.
//
// Source: published programs that used the API in 2021 and 2022.
func (s *TNsService) SearchByType(ctx context.Context, r *SearchTNsByTypeRequest) (*Page[TN], error) {
	const op = "TNs.SearchByType"
	switch {
	case r == nil:
		return nil, api.Invalid(vendor, op, "request", "it is nil")
	case r.Type == "":
		return nil, api.Invalid(vendor, op, "Type", "it is empty")
	case r.Take < 0 || r.Take > MaxTake:
		return nil, api.Invalid(vendor, op, "Take", "it must be from 1 to 100")
	}
	return list(ctx, s.api, &api.Call{
		Op: op, Class: api.Read, Method: http.MethodPost, Path: "/tn/search", Body: r,
	}, cmp.Or(r.Take, MaxTake), (*TN).check)
}

// AllByType yields the numbers of SearchByType: 100, unless r.Take is set. If
// the vendor has more, the walk ends with ErrIncomplete, because this form of
// the search has no further pages.
func (s *TNsService) AllByType(ctx context.Context, r *SearchTNsByTypeRequest, _ ...numbers.PageOption) iter.Seq2[*TN, error] {
	at := r
	if r != nil && r.Take == 0 {
		clone := *r
		clone.Take = MaxTake
		at = &clone
	}
	take := 0
	if at != nil {
		take = at.Take
	}
	return whole(ctx, "TNs.AllByType", take, func(ctx context.Context) (*Page[TN], error) { return s.SearchByType(ctx, at) }, (*TN).key)
}

func (n *TN) key() string { return n.TN.Literal() }

// check returns why a row without a number is unusable, or "".
func (n *TN) check() string {
	if n.TN.IsZero() {
		return "the row has no tn"
	}
	return ""
}

// ListCountries reads the countries of SearchByType. No source documents the form
// of the rows. They are returned as sent.
//
// GET /tn/search/countries.
//
// Source: published programs that used the API in 2021 and 2022.
func (s *TNsService) ListCountries(ctx context.Context) (*Page[wire.Raw], error) {
	return list(ctx, s.api, &api.Call{
		Op: "TNs.ListCountries", Class: api.Read, Method: http.MethodGet, Path: "/tn/search/countries",
	}, 0, checkValue)
}

// ListStates reads the states of a country ("US") that have numbers. No source
// documents the form of the rows. They are returned as sent.
//
// GET /dict/lerg/states?country=.
//
// Source: published programs that used the API in 2021 and 2022.
func (s *TNsService) ListStates(ctx context.Context, country string) (*Page[wire.Raw], error) {
	const op = "TNs.ListStates"
	if country == "" {
		return nil, api.Invalid(vendor, op, "country", "it is empty")
	}
	return list(ctx, s.api, &api.Call{
		Op: op, Class: api.Read, Method: http.MethodGet, Path: "/dict/lerg/states",
		Query: url.Values{"country": {country}},
	}, 0, checkValue)
}

// ListRateCenters reads the rate centers of a state ("IL") with their area codes.
// No source documents the form of the rows. They are returned as sent.
//
// GET /dict/lerg/ratecenters?state=.
//
// Source: published programs that used the API in 2021 and 2022.
func (s *TNsService) ListRateCenters(ctx context.Context, state string) (*Page[wire.Raw], error) {
	const op = "TNs.ListRateCenters"
	if state == "" {
		return nil, api.Invalid(vendor, op, "state", "it is empty")
	}
	return list(ctx, s.api, &api.Call{
		Op: op, Class: api.Read, Method: http.MethodGet, Path: "/dict/lerg/ratecenters",
		Query: url.Values{"state": {state}},
	}, 0, checkValue)
}

// checkValue returns why a row of an unknown form is unusable, or "".
func checkValue(v *wire.Raw) string {
	if v.IsZero() {
		return "the row is null"
	}
	return ""
}
