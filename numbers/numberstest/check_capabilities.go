package numberstest

import (
	"errors"

	"github.com/tnkit/tnkit/numbers"
)

func capabilityChecks() []check {
	return []check{
		{"capabilities are fixed and sound", func(p *probe) {
			p.silently("Capabilities", func() {
				if p.Orderer.Capabilities() != p.caps {
					p.Error("Capabilities change from call to call")
				}
			})
			c := p.caps
			if c.Vendor == "" {
				p.Error("Capabilities.Vendor is empty")
			}
			if c.Recognises == numbers.ByNothing {
				p.Error("Capabilities.Recognises is ByNothing: a lost order could never be found")
			}
			if c.MaxNumbers < 0 || c.Settle < 0 {
				p.Errorf("Capabilities has negative limits: %+v", c)
			}
			if c.Can.Has(numbers.CanReserve) != (c.HoldFor > 0) {
				p.Errorf("Capabilities.HoldFor is %s, and CanReserve is %t", c.HoldFor, c.Can.Has(numbers.CanReserve))
			}
			if c.Assigns != 0 && c.Assigns.String() == "" {
				p.Error("Capabilities.Assigns has bits that stand for no field")
			}
		}},
		{"what is not declared is refused", undeclared},
		{"what is declared works", declared},
		{"search fields are honoured or refused", searchFields},
		{"assignments are honoured or refused", assignFields},
	}
}

// first returns the error of a sequence's first step.
func first[T any](seq func(yield func(*T, error) bool)) (found *T, err error) {
	for item, e := range seq {
		return item, e
	}
	return nil, nil
}

// abilities calls the function of each ability once, on a number that the
// account has.
func abilities(p *probe, own *numbers.Number, order *numbers.Order) []struct {
	ability numbers.Ability
	name    string
	call    func() error
} {
	ctx, o := p.Context(), p.Orderer
	return []struct {
		ability numbers.Ability
		name    string
		call    func() error
	}{
		{numbers.CanSearch, "Search", func() error {
			_, err := first(numbers.Search(ctx, o, numbers.SearchQuery{Country: countryIf(p.caps)}))
			return err
		}},
		{numbers.CanQuote, "Quote", func() error {
			q, err := numbers.Quote(ctx, o, p.request(400))
			if err == nil && (q == nil || q.Vendor != p.caps.Vendor) {
				p.Errorf("Quote returned %+v without an error", q)
			}
			return err
		}},
		{numbers.CanReserve, "Reserve", func() error {
			r, err := numbers.Reserve(ctx, o, numbers.ReserveRequest{Numbers: p.numbers(401, 1)})
			if err == nil && (r == nil || len(r.Items) != 1 || !r.Items[0].Held || r.Items[0].Expires.IsZero()) {
				p.Errorf("Reserve returned %+v without an error", r)
			}
			return err
		}},
		{numbers.CanCancel, "Cancel", func() error {
			c, err := numbers.Cancel(ctx, o, order)
			if err == nil && (c == nil || c.ID != order.ID) {
				p.Errorf("Cancel returned %+v without an error", c)
			}
			return err
		}},
		{numbers.CanListOwned, "Owned", func() error {
			_, err := first(numbers.Owned(ctx, o, numbers.OwnedQuery{}))
			return err
		}},
		{numbers.CanRelease, "Release", func() error { return numbers.Release(ctx, o, own) }},
		{numbers.CanAssign, "Assign", func() error {
			n, err := numbers.Assign(ctx, o, own, assignment(p.caps.AssignsOwned))
			if err == nil && n == nil {
				p.Error("Assign returned no number and no error")
			}
			return err
		}},
	}
}

// countryIf is a country for vendors that search by one.
func countryIf(c numbers.Capabilities) string {
	if c.Honours&numbers.SearchCountry != 0 {
		return "US"
	}
	return ""
}

func undeclared(p *probe) {
	own := &numbers.Number{Vendor: p.caps.Vendor, Account: p.caps.Account, ID: "an-id", E164: p.Number(0)}
	order := &numbers.Order{Vendor: p.caps.Vendor, Account: p.caps.Account, ID: "an-id"}
	for _, a := range abilities(p, own, order) {
		if !p.caps.Can.Has(a.ability) {
			p.unsupported(a.name, a.call)
		}
	}
}

func declared(p *probe) {
	for _, ability := range []numbers.Ability{
		numbers.CanSearch, numbers.CanQuote, numbers.CanReserve, numbers.CanCancel, numbers.CanListOwned, numbers.CanAssign, numbers.CanRelease,
	} {
		if !p.caps.Can.Has(ability) {
			continue
		}
		p.fresh()
		own := &numbers.Number{}
		order := p.settled(0)
		if p.caps.Can.Has(numbers.CanListOwned) {
			own = find(p, p.Number(0))
		} else if ability == numbers.CanRelease || ability == numbers.CanAssign {
			p.Errorf("%s is declared, and no number can be looked up for it", ability)
			continue
		}
		for _, a := range abilities(p, own, order) {
			if a.ability != ability {
				continue
			}
			before, _ := p.Requests()
			err := a.call()
			after, _ := p.Requests()
			// Cancelling what has settled may be refused, as long as the vendor
			// is asked.
			refused := ability == numbers.CanCancel && (errors.Is(err, numbers.ErrConflict) || errors.Is(err, numbers.ErrInvalid))
			if err != nil && !refused {
				p.Errorf("%s is declared and fails: %v", a.name, err)
			}
			if after == before {
				p.Errorf("%s is declared and sends nothing", a.name)
			}
		}
	}
}

// find looks up an owned number, giving the vendor a while to list it.
func find(p *probe, n numbers.E164) *numbers.Number {
	p.Helper()
	own, err := numbers.Find(p.Context(), p.Orderer, n)
	if err != nil {
		p.Fatalf("Find %s, which was bought: %v", n, err)
	}
	if own.E164 != n || own.ID == "" || own.Vendor != p.caps.Vendor {
		p.Errorf("Find %s returned %+v", n, own)
	}
	return own
}

func searchFields(p *probe) {
	if !p.caps.Can.Has(numbers.CanSearch) {
		p.unsupported("Search", func() error {
			_, err := first(numbers.Search(p.Context(), p.Orderer, numbers.SearchQuery{}))
			return err
		})
		return
	}
	base := numbers.SearchQuery{Country: countryIf(p.caps)}
	for _, f := range []struct {
		field numbers.SearchField
		set   func(*numbers.SearchQuery)
	}{
		{numbers.SearchCountry, func(q *numbers.SearchQuery) { q.Country = "US" }},
		{numbers.SearchType, func(q *numbers.SearchQuery) { q.Type = numbers.TypeLocal }},
		{numbers.SearchAreaCode, func(q *numbers.SearchQuery) { q.AreaCode = "202" }},
		{numbers.SearchLocality, func(q *numbers.SearchQuery) { q.Locality = "Springfield" }},
		{numbers.SearchRegion, func(q *numbers.SearchQuery) { q.Region = "IL" }},
		{numbers.SearchRateCenter, func(q *numbers.SearchQuery) { q.RateCenter = "SPRINGFLD" }},
		{numbers.SearchStartsWith, func(q *numbers.SearchQuery) { q.StartsWith = "202" }},
		{numbers.SearchContains, func(q *numbers.SearchQuery) { q.Contains = "777" }},
		{numbers.SearchEndsWith, func(q *numbers.SearchQuery) { q.EndsWith = "00" }},
		{numbers.SearchFeatures, func(q *numbers.SearchQuery) { q.Features = []numbers.Feature{numbers.FeatureVoice} }},
		{numbers.SearchLimit, func(q *numbers.SearchQuery) { q.Limit = 1 }},
	} {
		q := base
		f.set(&q)
		if p.caps.Honours&f.field == 0 && f.field != numbers.SearchLimit {
			p.unsupported("Search by "+f.field.String(), func() error {
				_, err := first(numbers.Search(p.Context(), p.Orderer, q))
				return err
			})
			continue
		}
		count := 0
		for offer, err := range numbers.Search(p.Context(), p.Orderer, q) {
			if err != nil {
				if !errors.Is(err, numbers.ErrNotFound) && !errors.Is(err, numbers.ErrNumberUnavailable) {
					p.Errorf("Search by %s, which is honoured: %v", f.field, err)
				}
				break
			}
			if offer == nil || offer.Vendor != p.caps.Vendor {
				p.Errorf("Search by %s yields %+v", f.field, offer)
			}
			count++
		}
		if q.Limit > 0 && count > q.Limit {
			p.Errorf("Search with Limit %d yields %d offers", q.Limit, count)
		}
	}
}

// assignment sets one field of a set.
func assignment(set numbers.AssignField) numbers.Assignment {
	const id = "11111111-2222-4333-8444-555555555555"
	switch {
	case set&numbers.AssignConnection != 0:
		return numbers.Assignment{Connection: id}
	case set&numbers.AssignApplication != 0:
		return numbers.Assignment{Application: id}
	case set&numbers.AssignMessagingProfile != 0:
		return numbers.Assignment{MessagingProfile: id}
	case set&numbers.AssignBillingGroup != 0:
		return numbers.Assignment{BillingGroup: id}
	case set&numbers.AssignCallFlow != 0:
		return numbers.Assignment{CallFlow: id}
	}
	return numbers.Assignment{MessageFlow: id}
}

func assignFields(p *probe) {
	for bit := numbers.AssignConnection; bit <= numbers.AssignMessageFlow; bit <<= 1 {
		a := assignment(bit)
		if p.caps.Assigns&bit == 0 {
			r := p.request(0)
			r.Assign = &a
			p.unsupported("Place with "+bit.String(), func() error {
				_, err := p.Orderer.Place(p.Context(), r)
				return err
			})
		}
		if p.caps.AssignsOwned&bit == 0 {
			own := &numbers.Number{Vendor: p.caps.Vendor, Account: p.caps.Account, ID: "an-id", E164: p.Number(0)}
			p.unsupported("Assign "+bit.String(), func() error {
				_, err := numbers.Assign(p.Context(), p.Orderer, own, a)
				return err
			})
		}
	}
}
