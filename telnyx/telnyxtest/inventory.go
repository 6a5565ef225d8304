package telnyxtest

import (
	"maps"
	"slices"
	"strings"

	"github.com/tnkit/tnkit/internal/fake"
)

// inventoryCountries are the countries that GET /inventory_coverage knows.
var inventoryCountries = strings.Fields("AT AU BE BG CA CH CN CY CZ DE DK EE ES FI FR GB GR HU HR IE IT LT LU LV NL NZ MX NO PL PT RO SE SG SI SK US")

func coverageRoutes() []route {
	return []route{
		{"GET", "/inventory_coverage", "get inventory coverage", false, []string{
			"filter[npa]", "filter[nxx]", "filter[administrative_area]", "filter[phone_number_type]", "filter[country_code]",
			"filter[count]", "filter[features][]", "filter[groupBy]",
		}, (*call).inventory},
		{"GET", "/country_coverage", "get country coverage", false, nil, (*call).countries},
		{"GET", "/country_coverage/countries/{code}", "get coverage of a country", false, nil, (*call).country},
	}
}

// coverageJSON is an InventoryCoverage.
type coverageJSON struct {
	Group               string `json:"group"`
	GroupType           string `json:"group_type"`
	NumberRange         int    `json:"number_range"`
	NumberType          string `json:"number_type"`
	PhoneNumberType     string `json:"phone_number_type"`
	CoverageType        string `json:"coverage_type"`
	AdministrativeArea  string `json:"administrative_area"`
	AdvanceRequirements bool   `json:"advance_requirements"`
	Count               *int   `json:"count,omitempty"`
	RecordType          string `json:"record_type"`
}

// inventory is GET /inventory_coverage: the stock of one country (US unless said otherwise) in groups, by
// locality unless filter[groupBy] says otherwise. The count is shown only with filter[count]=true.
func (c *call) inventory() (any, *problem) {
	npa, byNPA := c.integer("filter[npa]", 0, 999)
	nxx, byNXX := c.integer("filter[nxx]", 0, 999)
	state := c.fold("filter[administrative_area]")
	kind, byKind := c.enum("filter[phone_number_type]", searchTypes...)
	country, ok := c.enum("filter[country_code]", inventoryCountries...)
	if !ok {
		country = "US"
	}
	count, _ := c.boolean("filter[count]")
	features, _ := c.list("filter[features]")
	by, ok := c.enum("filter[groupBy]", "locality", "npa", "national_destination_code")
	if !ok {
		by = "locality"
	}
	if c.wrong != nil {
		return nil, c.wrong
	}
	var fitting []*stockRow
	for _, row := range c.stock {
		digits := row.national("")
		if row.Country != country || !c.free(row) || !state(row.Region) || (byKind && row.Type != kind) ||
			(byNPA && !strings.HasPrefix(digits, pad(npa))) || (byNXX && !strings.HasPrefix(row.national(row.AreaCode), pad(nxx))) ||
			slices.ContainsFunc(features, func(f string) bool { return !slices.Contains(row.Features, f) }) {
			continue
		}
		fitting = append(fitting, row)
	}
	rows := c.grouped(fitting, by, count)
	return fake.Object{
		{Key: "data", Value: rows},
		{Key: "meta", Value: fake.Object{{Key: "total_results", Value: len(rows)}}},
	}, nil
}

// grouped is the stock in groups by locality or otherwise by area code, with how many numbers each has if
// count says so.
func (c *call) grouped(stock []*stockRow, by string, count bool) []*coverageJSON {
	rows := []*coverageJSON{}
	groups := map[coverageJSON]*coverageJSON{}
	for _, row := range stock {
		key := coverageJSON{
			row.AreaCode, by, 1, "did", row.Type, "number", row.Region, len(c.laws[law{row.Country, row.Type}]) > 0, nil, "inventory_coverage_group",
		}
		if by == "locality" {
			key.Group = row.Locality
		}
		if row.Type == "toll_free" {
			key.NumberType = "toll-free"
		}
		if groups[key] == nil {
			groups[key] = new(key)
			rows = append(rows, groups[key])
			if count {
				groups[key].Count = new(0)
			}
		}
		if count {
			*groups[key].Count++
		}
	}
	return rows
}

func pad(n int) string {
	return string([]byte{byte('0' + n/100%10), byte('0' + n/10%10), byte('0' + n%10)})
}

// names of the countries as GET /country_coverage has them; others go by their code.
var countryNames = map[string]string{
	"US": "United States of America", "CA": "Canada", "GB": "United Kingdom", "DE": "Germany", "CH": "Switzerland",
	"FR": "France", "ES": "Spain", "IT": "Italy", "NL": "Netherlands", "AU": "Australia", "DK": "Denmark", "NO": "Norway", "PT": "Portugal", "SE": "Sweden",
}

// countryJSON is a CountryCoverage.
type countryJSON struct {
	Code              string      `json:"code"`
	Numbers           bool        `json:"numbers"`
	Features          []string    `json:"features"`
	PhoneNumberType   []string    `json:"phone_number_type"`
	Reservable        bool        `json:"reservable"`
	Quickship         bool        `json:"quickship"`
	InternationalSMS  bool        `json:"international_sms"`
	P2P               bool        `json:"p2p"`
	Local             fake.Object `json:"local"`
	TollFree          fake.Object `json:"toll_free"`
	Mobile            fake.Object `json:"mobile"`
	National          fake.Object `json:"national"`
	Region            *string     `json:"region"`
	InventoryCoverage bool        `json:"inventory_coverage"`
	SharedCost        fake.Object `json:"shared_cost"`
}

// typeCoverage is what a country has of one type.
type typeCoverage struct {
	features              []string
	reservable, quickship bool
}

// countryOf sums up the stock of a country, whatever was sold of it.
func (s *Server) countryOf(code string) countryJSON {
	types := map[string]*typeCoverage{}
	all := &typeCoverage{features: []string{}}
	for _, row := range s.stock {
		if row.Country != code {
			continue
		}
		if types[row.Type] == nil {
			types[row.Type] = &typeCoverage{features: []string{}}
		}
		for _, t := range []*typeCoverage{all, types[row.Type]} {
			for _, f := range row.Features {
				if !slices.Contains(t.features, f) {
					t.features = append(t.features, f)
				}
			}
			t.reservable, t.quickship = t.reservable || !row.Unreservable, t.quickship || row.Quickship
		}
	}
	j := countryJSON{
		Code: code, Numbers: len(types) > 0, Features: all.features, PhoneNumberType: slices.Sorted(maps.Keys(types)),
		Reservable: all.reservable, Quickship: all.quickship, InternationalSMS: slices.Contains(all.features, "international_sms"),
		InventoryCoverage: slices.Contains(inventoryCountries, code),
	}
	if j.PhoneNumberType == nil {
		j.PhoneNumberType = []string{}
	}
	for kind, field := range map[string]*fake.Object{
		"local": &j.Local, "toll_free": &j.TollFree, "mobile": &j.Mobile, "national": &j.National, "shared_cost": &j.SharedCost,
	} {
		*field = types[kind].object()
	}
	return j
}

// object is {} for a type that a country does not have.
func (t *typeCoverage) object() fake.Object {
	if t == nil {
		return fake.Object{}
	}
	return fake.Object{
		{Key: "features", Value: t.features}, {Key: "reservable", Value: t.reservable}, {Key: "full_pstn_replacement", Value: false},
		{Key: "quickship", Value: t.quickship}, {Key: "international_sms", Value: slices.Contains(t.features, "international_sms")}, {Key: "p2p", Value: false},
	}
}

// countries is GET /country_coverage: an object whose keys are the names of the countries.
func (c *call) countries() (any, *problem) {
	codes := slices.Clone(inventoryCountries)
	for of := range c.coverage {
		if !slices.Contains(codes, of.country) {
			codes = append(codes, of.country)
		}
	}
	slices.Sort(codes)
	all := fake.Object{}
	for _, code := range codes {
		name := countryNames[code]
		if name == "" {
			name = code
		}
		all = append(all, fake.Member{Key: name, Value: c.countryOf(code)})
	}
	return data{all}, nil
}

// country is GET /country_coverage/countries/{country_code}.
func (c *call) country() (any, *problem) {
	code := c.r.PathValue("code")
	if !slices.Contains(inventoryCountries, code) && !c.coverage[law{code, ""}] {
		return nil, notFound()
	}
	return data{c.countryOf(code)}, nil
}
