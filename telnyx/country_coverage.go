package telnyx

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/internal/decode"
)

// CountryCoverageService lists what Telnyx offers in each country.
type CountryCoverageService struct{ api *api.Client }

// CountryCoverage is what Telnyx offers in one country.
type CountryCoverage struct {
	// Code is the ISO 3166-1 alpha-2 code.
	Code *string `json:"code,omitempty"`
	// Region is AMER, EMEA or APAC, or null.
	Region           *string  `json:"region,omitempty"`
	Features         []string `json:"features,omitzero"`
	InternationalSMS *bool    `json:"international_sms,omitempty"`
	// InventoryCoverage is true if InventoryCoverage.List covers the country.
	InventoryCoverage *bool `json:"inventory_coverage,omitempty"`
	Numbers           *bool `json:"numbers,omitempty"`
	P2P               *bool `json:"p2p,omitempty"`
	Quickship         *bool `json:"quickship,omitempty"`
	Reservable        *bool `json:"reservable,omitempty"`
	// PhoneNumberType are the types of numbers that Telnyx offers.
	PhoneNumberType []string      `json:"phone_number_type,omitzero"`
	Local           *TypeCoverage `json:"local,omitempty"`
	TollFree        *TypeCoverage `json:"toll_free,omitempty"`
	Mobile          *TypeCoverage `json:"mobile,omitempty"`
	National        *TypeCoverage `json:"national,omitempty"`
	SharedCost      *TypeCoverage `json:"shared_cost,omitempty"`

	name string // the country's name, if it was the key of this object
}

// UnmarshalJSON reads the object, or an object that contains it under the
// country's name. Telnyx's schema of one country has the first form, and its
// example has the second.
func (c *CountryCoverage) UnmarshalJSON(data []byte) error { return decode.Unmarshal(data, c.shape) }

func (c *CountryCoverage) shape(text []byte) (into any, done func()) {
	type plain CountryCoverage
	*c = CountryCoverage{}
	name, only, isOnly := decode.Only(text)
	if !isOnly || !decode.Has(only, "code") {
		return (*plain)(c), nil
	}
	named := make(map[string]plain)
	return &named, func() {
		*c = CountryCoverage(named[name])
		c.name = name
	}
}

// MarshalJSON writes the object in the form in which it was read.
func (c CountryCoverage) MarshalJSON() ([]byte, error) {
	type plain CountryCoverage
	if c.name != "" {
		return json.Marshal(map[string]plain{c.name: plain(c)})
	}
	return json.Marshal(plain(c))
}

// TypeCoverage is what Telnyx offers for one type of number. It may be empty.
type TypeCoverage struct {
	Features            []string `json:"features,omitzero"`
	FullPSTNReplacement *bool    `json:"full_pstn_replacement,omitempty"`
	InternationalSMS    *bool    `json:"international_sms,omitempty"`
	P2P                 *bool    `json:"p2p,omitempty"`
	Quickship           *bool    `json:"quickship,omitempty"`
	Reservable          *bool    `json:"reservable,omitempty"`
}

// Get returns what Telnyx offers in every country, by the country's name.
//
// GET /country_coverage.
func (s *CountryCoverageService) Get(ctx context.Context) (map[string]CountryCoverage, error) {
	all, err := get(ctx, s.api, &api.Call{
		Op: "CountryCoverage.Get", Class: api.Read, Method: http.MethodGet, Path: "/country_coverage",
	}, func(*map[string]CountryCoverage) string { return "" })
	if err != nil {
		return nil, err
	}
	return *all, nil
}

// GetCountry returns what Telnyx offers in one country.
//
// GET /country_coverage/countries/{country_code}. The code is ISO 3166-1
// alpha-2. Telnyx documents two forms of the answer, and both are read: the
// country alone, and the country under its name.
func (s *CountryCoverageService) GetCountry(ctx context.Context, code string) (*CountryCoverage, error) {
	return get(ctx, s.api, &api.Call{
		Op: "CountryCoverage.GetCountry", Class: api.Read, Method: http.MethodGet,
		Path: "/country_coverage/countries/{country_code}", Args: []string{code},
	}, func(c *CountryCoverage) string {
		if text(c.Code) == "" {
			return "the object has no code"
		}
		return ""
	})
}
