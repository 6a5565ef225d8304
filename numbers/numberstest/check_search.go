package numberstest

import (
	"errors"
	"slices"
	"strings"

	"github.com/tnkit/tnkit/numbers"
)

func searchChecks() []check {
	return []check{
		{name: "search fields are honored or refused", run: searchFields},
		{name: "a search keeps its limit", run: searchLimits},
	}
}

// query is a search that finds something.
func (p *probe) query() numbers.SearchQuery {
	q := p.Search
	if q.Fields() == 0 && p.caps.SearchFields&numbers.SearchCountry != 0 {
		q.Country = "US"
	}
	return q
}

// searches are queries by each field: by one value, or by several of which at
// least one must do.
func searches() []struct {
	field numbers.SearchField
	set   []func(*numbers.SearchQuery)
} {
	one := func(set func(*numbers.SearchQuery)) []func(*numbers.SearchQuery) {
		return []func(*numbers.SearchQuery){set}
	}
	types := []func(*numbers.SearchQuery){}
	for _, t := range []numbers.NumberType{
		numbers.TypeLocal, numbers.TypeMobile, numbers.TypeNational, numbers.TypeTollFree, numbers.TypeSharedCost, numbers.TypeLandline, numbers.TypeVirtual,
	} {
		types = append(types, func(q *numbers.SearchQuery) { q.Type = t }, func(q *numbers.SearchQuery) { q.Type, q.Country = t, "" })
	}
	return []struct {
		field numbers.SearchField
		set   []func(*numbers.SearchQuery)
	}{
		{numbers.SearchCountry, one(func(q *numbers.SearchQuery) { q.Country = "US" })},
		{numbers.SearchType, types},
		{numbers.SearchAreaCode, one(func(q *numbers.SearchQuery) { q.AreaCode = "202" })},
		{numbers.SearchLocality, one(func(q *numbers.SearchQuery) { q.Locality = "Springfield" })},
		{numbers.SearchRegion, one(func(q *numbers.SearchQuery) { q.Region = "IL" })},
		{numbers.SearchRateCenter, one(func(q *numbers.SearchQuery) { q.RateCenter = "SPRINGFLD" })},
		{numbers.SearchStartsWith, one(func(q *numbers.SearchQuery) { q.StartsWith = "202" })},
		{numbers.SearchContains, one(func(q *numbers.SearchQuery) { q.Contains = "777" })},
		{numbers.SearchEndsWith, one(func(q *numbers.SearchQuery) { q.EndsWith = "00" })},
		{numbers.SearchFeatures, one(func(q *numbers.SearchQuery) { q.Features = []numbers.Feature{numbers.FeatureVoice} })},
		{numbers.SearchLimit, one(func(q *numbers.SearchQuery) { q.Limit = 1 })},
	}
}

func searchFields(p *probe) {
	if !p.caps.Can.Has(numbers.CanSearch) {
		p.unsupported("Search", func() error {
			_, err := first(p.search(p.Context(), numbers.SearchQuery{}))
			return err
		})
		return
	}
	for _, f := range searches() {
		if p.caps.SearchFields&f.field == 0 && f.field != numbers.SearchLimit {
			q := p.query()
			f.set[0](&q)
			p.unsupported("Search by "+f.field.String(), func() error {
				_, err := first(p.search(p.Context(), q))
				return err
			})
			continue
		}
		var refused error
		answered := false
		for _, set := range f.set {
			q := p.query()
			set(&q)
			err := p.searchBy(f.field, q)
			if err == nil {
				answered = true
			} else if refused == nil {
				refused = err
			}
		}
		if !answered {
			p.Errorf("Search by %s, which is honored: %v", f.field, refused)
		}
	}
	p.searchNonsense()
}

// searchBy holds the offers against the query. The error is that of a value
// that can't be searched for.
func (p *probe) searchBy(field numbers.SearchField, q numbers.SearchQuery) (refused error) {
	for offer, err := range p.search(p.Context(), q) {
		switch {
		case errors.Is(err, numbers.ErrNotFound), errors.Is(err, numbers.ErrNumberUnavailable):
			return nil // there are none
		case err != nil:
			return err
		case offer == nil, offer.Vendor != p.caps.Vendor, !answers(offer, q):
			p.Errorf("Search by %s yields %+v for %+v", field, offer, q)
			return nil
		}
	}
	return nil
}

// answers reports whether an offer is what was requested, as far as it shows.
func answers(o *numbers.Offer, q numbers.SearchQuery) bool {
	for _, f := range [][2]string{
		{q.Country, o.Country}, {string(q.Type), string(o.Type)}, {q.Region, o.Region}, {q.Locality, o.Locality}, {q.RateCenter, o.RateCenter},
	} {
		if f[0] != "" && f[1] != "" && !strings.EqualFold(f[0], f[1]) {
			return false
		}
	}
	if number := o.E164.Digits(); number != "" {
		national, american := number, o.Country == "US" || o.Country == "CA"
		if american {
			national = number[1:]
		}
		if !strings.Contains(number, q.Contains) || !strings.HasSuffix(number, q.EndsWith) ||
			american && !(strings.HasPrefix(national, q.StartsWith) && strings.HasPrefix(national, q.AreaCode)) {
			return false
		}
	}
	return len(o.Features) == 0 || !slices.ContainsFunc(q.Features, func(f numbers.Feature) bool { return !slices.Contains(o.Features, f) })
}

// nonsense are values that no number for sale has: what is found by them was not
// looked for. A refusal is as good as nothing.
func nonsense() map[numbers.SearchField]func(*numbers.SearchQuery) {
	return map[numbers.SearchField]func(*numbers.SearchQuery){
		numbers.SearchCountry:    func(q *numbers.SearchQuery) { q.Country = "AQ" },
		numbers.SearchAreaCode:   func(q *numbers.SearchQuery) { q.AreaCode = "000" },
		numbers.SearchLocality:   func(q *numbers.SearchQuery) { q.Locality = "Nowhere-at-all" },
		numbers.SearchRegion:     func(q *numbers.SearchQuery) { q.Region = "ZZ" },
		numbers.SearchRateCenter: func(q *numbers.SearchQuery) { q.RateCenter = "NOWHEREATALL" },
		numbers.SearchStartsWith: func(q *numbers.SearchQuery) { q.StartsWith = "0000000" },
		numbers.SearchContains:   func(q *numbers.SearchQuery) { q.Contains = "0000000000" },
		numbers.SearchEndsWith:   func(q *numbers.SearchQuery) { q.EndsWith = "0000000000" },
	}
}

func (p *probe) searchNonsense() {
	for field, set := range nonsense() {
		if p.caps.SearchFields&field == 0 {
			continue
		}
		q := p.query()
		set(&q)
		if offer, err := first(p.search(p.Context(), q)); err == nil && offer != nil {
			p.Errorf("Search by %s, which is honored, yields %+v for %+v, which no number is", field, offer, q)
		}
	}
}

// searchLimits asks for one offer, for three, and for more.
func searchLimits(p *probe) {
	if !p.caps.Can.Has(numbers.CanSearch) {
		return
	}
	count := func(seq func(yield func(*numbers.Offer, error) bool)) (n int) {
		for _, err := range seq {
			if err != nil {
				p.Errorf("Search with a Limit: %v", err)
				break
			}
			n++
		}
		return n
	}
	q := p.query()
	q.Limit = 50
	stock := count(p.search(p.Context(), q))
	for _, limit := range []int{1, 3} {
		q.Limit = limit
		if n, want := count(p.search(p.Context(), q)), min(limit, stock); n != want {
			p.Errorf("Search with Limit %d yields %d offers of %d", limit, n, stock)
		}
	}
}
