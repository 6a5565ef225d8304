package opentacttest

import "slices"

// countryJSON is a row of the vendor's dictionary of countries.
type countryJSON struct {
	Name         string `json:"name"`
	A2           string `json:"a2"`
	A3           string `json:"a3"`
	N            int    `json:"n"`
	CountryCode  int    `json:"country_code"`
	NationalCode int    `json:"national_code"`
}

var countries = []countryJSON{
	{"Canada", "CA", "CAN", 124, 1, 1},
	{"Germany", "DE", "DEU", 276, 49, 0},
	{"United States of America", "US", "USA", 840, 1, 1},
}

// countries is GET /dict/country.
func (c *call) countries() (any, *refusal) {
	c.query()
	return countries, nil
}

// searchableCountries is GET /tn/search/countries: those that numbers are in stock of.
func (c *call) searchableCountries() (any, *refusal) {
	c.query()
	out := []countryJSON{}
	for _, row := range countries {
		if slices.ContainsFunc(c.offers, func(o *offer) bool { return o.Country == row.A2 }) {
			out = append(out, row)
		}
	}
	return out, nil
}

// lergStates is GET /dict/lerg/states?country=.
func (c *call) lergStates() (any, *refusal) {
	country := c.query("country").Get("country")
	if country == "" {
		return nil, refuse(c.opts.ValidationStatus, "country: 'country' is required")
	}
	states := []string{}
	for _, o := range c.offers {
		if o.Country == country && o.Region != "" && !slices.Contains(states, o.Region) {
			states = append(states, o.Region)
		}
	}
	slices.Sort(states)
	return states, nil
}

// rateCenterJSON is a rate center with one of its area codes and exchanges.
type rateCenterJSON struct {
	RateCenter string `json:"rate_center"`
	NPA        string `json:"npa"`
	NXX        string `json:"nxx"`
}

// lergRateCenters is GET /dict/lerg/ratecenters?state=.
func (c *call) lergRateCenters() (any, *refusal) {
	state := c.query("state").Get("state")
	if state == "" {
		return nil, refuse(c.opts.ValidationStatus, "state: 'state' is required")
	}
	rows := []rateCenterJSON{}
	for _, o := range c.offers {
		ten := o.lastTen()
		if o.Region != state || o.RateCenter == "" || len(ten) != 10 {
			continue
		}
		if row := (rateCenterJSON{o.RateCenter, ten[:3], ten[3:6]}); !slices.Contains(rows, row) {
			rows = append(rows, row)
		}
	}
	return rows, nil
}
