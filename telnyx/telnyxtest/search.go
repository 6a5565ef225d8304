package telnyxtest

import (
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"
)

var (
	searchTypes    = []string{"local", "toll_free", "mobile", "national", "shared_cost", "landline"}
	searchFeatures = []string{"sms", "mms", "voice", "fax", "emergency", "hd_voice", "international_sms", "local_calling"}
)

// defaultLimit is how many numbers a search answers without filter[limit]; Telnyx documents no number.
const defaultLimit = 100

func searchRoutes() []route {
	return []route{{"GET", "/available_phone_numbers", "search numbers", false, []string{
		"filter[phone_number][starts_with]", "filter[phone_number][ends_with]", "filter[phone_number][contains]", "filter[locality]",
		"filter[administrative_area]", "filter[country_code]", "filter[national_destination_code]", "filter[rate_center]",
		"filter[phone_number_type]", "filter[features][]", "filter[limit]", "filter[best_effort]", "filter[quickship]",
		"filter[reservable]", "filter[exclude_held_numbers]",
	}, (*call).search}}
}

// availableJSON is an AvailablePhoneNumber. phone_number_type is in live answers, and not in the description.
type availableJSON struct {
	RecordType        string       `json:"record_type"`
	PhoneNumber       string       `json:"phone_number"`
	VanityFormat      *string      `json:"vanity_format"`
	BestEffort        bool         `json:"best_effort"`
	Quickship         bool         `json:"quickship"`
	Reservable        bool         `json:"reservable"`
	RegionInformation []regionJSON `json:"region_information"`
	CostInformation   costJSON     `json:"cost_information"`
	Features          []nameJSON   `json:"features"`
	PhoneNumberType   string       `json:"phone_number_type"`
}

type regionJSON struct {
	RegionType string `json:"region_type"`
	RegionName string `json:"region_name"`
}

type costJSON struct {
	UpfrontCost string `json:"upfront_cost"`
	MonthlyCost string `json:"monthly_cost"`
	Currency    string `json:"currency"`
}

type nameJSON struct {
	Name string `json:"name"`
}

// searchMeta is sent twice, as meta and as metadata.
type searchMeta struct {
	TotalResults      int `json:"total_results"`
	BestEffortResults int `json:"best_effort_results"`
}

type searchJSON struct {
	Data     any        `json:"data"`
	Meta     searchMeta `json:"meta"`
	Metadata searchMeta `json:"metadata"`
}

// regions lists where a number is, widest first.
func (a offer) regions() []regionJSON {
	var out []regionJSON
	for _, r := range []regionJSON{{"country_code", a.Country}, {"rate_center", a.RateCenter}, {"state", a.Region}, {"location", a.Locality}} {
		if r.RegionName != "" {
			out = append(out, r)
		}
	}
	return out
}

func (a offer) names() []nameJSON {
	return each(a.Features, func(f string) nameJSON { return nameJSON{f} })
}

func (a offer) json(bestEffort bool) availableJSON {
	j := availableJSON{
		"available_phone_number", a.Number, nil, bestEffort, a.Quickship, !a.Unreservable,
		a.regions(), costJSON{a.UpfrontCost, a.MonthlyCost, a.Currency}, a.names(), a.Type,
	}
	if a.Vanity != "" {
		j.VanityFormat = &a.Vanity
	}
	return j
}

// wanted are the filters of a search, in two parts: what a number must have, and where it should be, which
// best_effort gives up.
type wanted struct {
	limit       int
	bestEffort  bool
	must, where func(*stockRow) bool
}

// readSearch reads the filters of GET /available_phone_numbers.
func (c *call) readSearch() wanted {
	limit, byLimit := c.integer("filter[limit]", 1, math.MaxInt)
	if !byLimit {
		limit = defaultLimit
	}
	country, area := c.is("filter[country_code]"), c.is("filter[national_destination_code]")
	kind, byKind := c.enum("filter[phone_number_type]", searchTypes...)
	features, _ := c.list("filter[features]")
	for _, f := range features {
		if !slices.Contains(searchFeatures, f) {
			c.fail(refuse(http.StatusBadRequest, codeInvalidEnum, "%q is not one of %s.", f, strings.Join(searchFeatures, ", ")).in("filter[features]"))
		}
	}
	quick, byQuick := c.boolean("filter[quickship]")
	reservable, byReservable := c.boolean("filter[reservable]")
	notHeld, _ := c.boolean("filter[exclude_held_numbers]")
	best, _ := c.boolean("filter[best_effort]")

	locality, rateCenter, state := c.fold("filter[locality]"), c.fold("filter[rate_center]"), c.fold("filter[administrative_area]")
	code, _ := c.text("filter[national_destination_code]")
	pattern := c.pattern("filter[phone_number]")
	return wanted{
		limit: limit, bestEffort: best,
		must: func(row *stockRow) bool {
			return country(row.Country) && (!byKind || row.Type == kind) && (!byQuick || row.Quickship == quick) &&
				(!byReservable || row.Unreservable != reservable) && (!notHeld || !c.isHeld(row.Number)) &&
				!slices.ContainsFunc(features, func(f string) bool { return !slices.Contains(row.Features, f) })
		},
		where: func(row *stockRow) bool {
			return area(row.AreaCode) && locality(row.Locality) && rateCenter(row.RateCenter) && state(row.Region) && pattern(row.national(code))
		},
	}
}

// fold makes a test out of a text filter that ignores case.
func (c *call) fold(key string) func(string) bool {
	want, ok := c.text(key)
	return func(have string) bool { return !ok || strings.EqualFold(have, want) }
}

// pattern reads starts_with, ends_with and contains. They look at the national number, without the area
// code where that is a filter of its own.
func (c *call) pattern(key string) func(string) bool {
	start, _ := c.text(key + "[starts_with]")
	end, _ := c.text(key + "[ends_with]")
	middle, _ := c.text(key + "[contains]")
	if strings.HasPrefix(start, "+") {
		c.fake.Report("%s %s: %s[starts_with] must not have the country code; the vendor finds nothing", c.r.Method, c.r.URL.Path, key)
	}
	return func(number string) bool {
		return strings.HasPrefix(number, start) && strings.HasSuffix(number, end) && strings.Contains(number, middle)
	}
}

// search is GET /available_phone_numbers. A country (or a type in it) that was never in the stock is no
// coverage, a refusal; one that is sold out is an empty list.
func (c *call) search() (any, *problem) {
	w := c.readSearch()
	if c.wrong != nil {
		return nil, c.wrong
	}
	country, byCountry := c.text("filter[country_code]")
	kind, _ := c.text("filter[phone_number_type]")
	if byCountry && !c.coverage[law{country, kind}] {
		return nil, refuse(http.StatusBadRequest, codeBadRequest, "No coverage found in the specified country based on the provided search parameters")
	}
	var m searchMeta
	items := []availableJSON{}
	pick := func(bestEffort bool) {
		for _, row := range c.stock {
			if len(items) >= w.limit {
				return
			}
			if c.free(row) && w.must(row) && w.where(row) != bestEffort {
				items = append(items, c.show(row, bestEffort))
			}
		}
	}
	pick(false)
	if exact := len(items); w.bestEffort {
		pick(true)
		m.BestEffortResults = len(items) - exact
	}
	m.TotalResults = len(items)
	return searchJSON{items, m, m}, nil
}

// show notes that a number was returned in a search, so that it can be ordered. Trial accounts see only the
// beginning of it.
func (s *Server) show(row *stockRow, bestEffort bool) availableJSON {
	j := row.json(bestEffort)
	if s.opts.Trial {
		keep := max(len(j.PhoneNumber)-6, 1)
		j.PhoneNumber = j.PhoneNumber[:keep] + strings.Repeat("-", len(j.PhoneNumber)-keep)
		return j
	}
	s.searched[row.Number] = true
	return j
}

func featureRoutes() []route {
	return []route{{"POST", "/numbers_features", "list number features", false, nil, (*call).listFeatures}}
}

// featuresJSON is what one number can do: plain words, where searches have objects.
type featuresJSON struct {
	PhoneNumber string   `json:"phone_number"`
	Features    []string `json:"features"`
}

// listFeatures is POST /numbers_features. A number that is not in the stock can do nothing.
func (c *call) listFeatures() (any, *problem) {
	var in struct {
		PhoneNumbers []string `json:"phone_numbers"`
	}
	if p := c.body(&in); p != nil {
		return nil, p
	}
	if len(in.PhoneNumbers) == 0 {
		return nil, invalid(codeMissing, "/phone_numbers", "phone_numbers is required.")
	}
	rows := []featuresJSON{}
	for i, number := range in.PhoneNumbers {
		if !e164.MatchString(number) {
			return nil, invalid(codeNotE164, fmt.Sprintf("/phone_numbers/%d", i), "The number [%s] must be in +E.164 format.", number)
		}
		row := featuresJSON{number, []string{}}
		if known := c.stockOf[number]; known != nil {
			row.Features = known.Features
		}
		rows = append(rows, row)
	}
	return data{rows}, nil
}

// countries are the countries of the coverage that Telnyx documents, by calling code.
var countries = map[string]string{
	"20": "EG", "27": "ZA", "30": "GR", "31": "NL", "32": "BE", "33": "FR", "34": "ES", "36": "HU", "39": "IT",
	"40": "RO", "41": "CH", "43": "AT", "44": "GB", "45": "DK", "46": "SE", "47": "NO", "48": "PL", "49": "DE",
	"52": "MX", "61": "AU", "64": "NZ", "65": "SG", "351": "PT", "352": "LU", "353": "IE", "357": "CY", "358": "FI",
	"359": "BG", "370": "LT", "372": "EE", "385": "HR", "386": "SI", "420": "CZ", "421": "SK", "81": "JP", "55": "BR",
}

// canada are Canadian area codes of the North American plan; the rest of +1 counts as US here.
const canada = " 204 226 236 249 250 263 289 306 343 354 365 367 368 382 403 416 418 428 431 437 438 450 468 474 506 514 519 548 579 581 584 587 604 613 639 647 672 683 705 709 742 753 778 780 782 807 819 825 867 873 879 902 905 942 "

// tollFree are the toll-free codes of the North American plan.
const tollFree = " 800 833 844 855 866 877 888 "

// classify tells the country and the type of a number that is not in the stock: toll_free for the
// toll-free codes of +1, else local. A country that is not in the table is "ZZ".
func classify(number string) (country, kind string) {
	digits := strings.TrimPrefix(number, "+")
	if rest, ok := strings.CutPrefix(digits, "1"); ok && len(rest) >= 3 {
		code := " " + rest[:3] + " "
		switch {
		case strings.Contains(tollFree, code):
			return "US", "toll_free"
		case strings.Contains(canada, code):
			return "CA", "local"
		}
		return "US", "local"
	}
	for n := min(3, len(digits)); n > 1; n-- {
		if country := countries[digits[:n]]; country != "" {
			return country, "local"
		}
	}
	return "ZZ", "local"
}
