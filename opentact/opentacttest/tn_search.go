package opentacttest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// searchNumbers is POST /tn/search: what is in stock and nobody has.
func (c *call) searchNumbers() (any, *refusal) {
	if c.is(Gen2024) {
		return c.searchNumbers2024()
	}
	return c.searchNumbers2020()
}

// numberFilter is a condition that an offer must meet.
type numberFilter []func(*offer) bool

func (f *numberFilter) add(holds func(*offer) bool) { *f = append(*f, holds) }

// same adds a condition that a text, if given, is the offer's, in whatever case.
func (f *numberFilter) same(want *string, of func(*offer) string) {
	if want != nil {
		f.add(func(o *offer) bool { return strings.EqualFold(of(o), *want) })
	}
}

func (f numberFilter) holds(o *offer) bool {
	return !slices.ContainsFunc(f, func(holds func(*offer) bool) bool { return !holds(o) })
}

// searchNumbers2020 takes page and size in the query, yet answers take and skip.
func (c *call) searchNumbers2020() (any, *refusal) {
	b, no := c.readBody(true)
	if no != nil {
		return nil, no
	}
	q := c.query("page", "size")
	page := b.queryNumber(q, "page", 1, 1<<31-1, 1)
	size := b.queryNumber(q, "size", 1, 100, 10)
	var f numberFilter
	pattern, abc := b.text("pattern", 1, 255), b.flag("abcSearch")
	if pattern != nil {
		if match, err := numberPattern(*pattern, or(abc, false)); err != nil {
			b.fail("pattern", err.Error(), encode(*pattern))
		} else {
			f.add(func(o *offer) bool { return match(o.lastTen()) })
		}
	}
	f.same(b.text("rateCenter", 0, 255), func(o *offer) string { return o.RateCenter })
	f.same(b.text("city", 0, 255), func(o *offer) string { return o.Locality })
	f.same(b.text("province", 2, 2), func(o *offer) string { return o.Region })
	f.same(b.text("postalCode", 0, 255), func(o *offer) string { return o.PostalCode })
	name := b.text("profile", 1, 255)
	f.same(name, func(o *offer) string { return o.Profile })
	if no := b.check(); no != nil {
		return nil, no
	}
	if name != nil && c.profileNamed(*name) == nil {
		return nil, refuse(http.StatusNotFound, "Profile not found")
	}
	return c.foundNumbers(b, f, (page-1)*size, size), nil
}

// searchNumbers2024 takes a kind of number and the parts of it; it has no paging, only take.
func (c *call) searchNumbers2024() (any, *refusal) {
	c.query()
	b, no := c.readBody(false)
	if no != nil {
		return nil, no
	}
	var f numberFilter
	b.require("type")
	kind := or(b.text("type", 0, 255), "long_code")
	if kind != "long_code" && kind != "toll_free" {
		b.fail("type", "should be one of the following; ['long_code','toll_free']", encode(kind))
	}
	f.add(func(o *offer) bool { return o.Type == kind })
	take := or(b.number("take", 1, 100), 10)
	f.same(b.text("country", 2, 2), func(o *offer) string { return o.Country })
	f.same(b.text("state", 0, 255), func(o *offer) string { return o.Region })
	f.same(b.text("city", 0, 255), func(o *offer) string { return o.Locality })
	f.same(b.text("rate_center", 0, 255), func(o *offer) string { return o.RateCenter })
	b.digits(&f, "npa", 3, 0)
	b.digits(&f, "nxx", 3, 3)
	b.digits(&f, "line", 4, 6)
	b.digits(&f, "pattern", 7, 3)
	var w wish
	if list := b.list("features", 0); list != nil {
		w.features2024(b, list)
	}
	f.add(func(o *offer) bool { return o.can(w) })
	if no := b.check(); no != nil {
		return nil, no
	}
	return c.foundNumbers(b, f, 0, take), nil
}

// digits reads a part of a ten-digit number, where x is any digit. The sources say neither that npa and nxx are
// strings nor that they are numbers: both are taken.
func (b *body) digits(f *numberFilter, key string, length, at int) {
	raw, ok := b.get(key)
	if !ok {
		return
	}
	want := strings.ToLower(strings.Trim(string(raw), `"`))
	if len(want) != length || strings.Trim(want, "0123456789x") != "" {
		b.fail(b.at(key), fmt.Sprintf("must be %d digits", length), raw)
		return
	}
	want = strings.ReplaceAll(want, "x", "%")
	f.add(func(o *offer) bool {
		ten := o.lastTen()
		return len(ten) == 10 && mask(want, ten[at:at+length])
	})
}

// lastTen are the ten digits that searches look at.
func (o *offer) lastTen() string {
	text := strconv.FormatInt(o.tn, 10)
	return text[max(0, len(text)-10):]
}

// can reports whether the number has the features asked for.
func (o *offer) can(w wish) bool {
	if w.voice == nil {
		return true
	}
	for _, name := range (features{*w.voice, *w.fax, *w.sms, *w.mms, *w.emergency}).names() {
		if !slices.Contains(o.Features, name) {
			return false
		}
	}
	return true
}

// numberPattern reads a pattern of the 2020 search: * is anything, % or X is one digit, and what is found may
// stand anywhere in the number ("*233" finds 2345672334). With abcSearch letters are those of a dial.
func numberPattern(pattern string, abc bool) (func(string) bool, error) {
	var re strings.Builder
	for _, r := range strings.ToUpper(pattern) {
		switch {
		case r == '*':
			re.WriteString(`\d*`)
		case r == '%', r == 'X' && !abc:
			re.WriteString(`\d`)
		case r >= '0' && r <= '9':
			re.WriteRune(r)
		case abc && r >= 'A' && r <= 'Z':
			re.WriteByte("22233344455566677778889999"[r-'A'])
		default:
			return nil, fmt.Errorf("invalid pattern")
		}
	}
	x, err := regexp.Compile(re.String())
	if err != nil {
		return nil, fmt.Errorf("invalid pattern")
	}
	return x.MatchString, nil
}

// foundNumbers is one page of the stock. Rows are joined as text: each has a whole profile.
func (c *call) foundNumbers(b *body, f numberFilter, skip, take int64) json.RawMessage {
	found := c.offerView.get(c.state, string(encode(b.fields)), func() []*offer {
		out := []*offer{}
		for _, o := range c.offers {
			if c.holder[o.tn] == nil && f.holds(o) {
				out = append(out, o)
			}
		}
		return out
	})
	profiles := map[string][]byte{}
	data := array(window(found, skip, take), func(o *offer) []byte {
		if profiles[o.Profile] == nil {
			profiles[o.Profile] = []byte("null")
			if p := c.profileNamed(o.Profile); p != nil {
				profiles[o.Profile] = encode(p.show())
			}
		}
		return fmt.Appendf(nil, `{"tn":%d,"registered":false,"profile":%s}`, o.tn, profiles[o.Profile])
	})
	return fmt.Appendf(nil, `{"take":%d,"skip":%d,"total":%d,"data":%s}`, take, skip, len(found), data)
}

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
