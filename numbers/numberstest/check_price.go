package numberstest

import (
	"slices"

	"github.com/tnkit/tnkit/numbers"
)

func priceChecks() []check {
	return []check{
		{name: "prices are the vendor's", run: prices},
		{name: "a quotation has every number and buys nothing", run: quotesAll},
	}
}

// prices compares what the Orderer reports with what the vendor takes: for one
// number and of several, before the order and after.
func prices(p *probe) {
	if p.caps.Prices && p.caps.Billing == numbers.Buys && !p.caps.Can.Has(numbers.CanQuote) {
		p.Error("Capabilities.Prices is set, and CanQuote is not: no capped purchase is possible")
	}
	offered := p.offered()
	p.quoted(offered)
	p.fresh()
	count := make(map[string]int)
	for i, n := range []int{1, p.several()} {
		r := numbers.OrderRequest{Numbers: p.numbers(2*i, n), Reference: numbers.NewReference()}
		o, err := p.Orderer.Place(p.Context(), r)
		if err != nil || o == nil {
			p.Fatalf("Place of %d numbers: order %v, error %v", n, o, err)
		}
		count[o.ID] = n
		p.orderCosts("the placed order", o, n)
		p.orderCosts("the order read", p.wait(o), n)
	}
	for _, o := range p.orders(numbers.OrderQuery{}) {
		p.orderCosts("a listed order", o, count[o.ID])
	}
}

// offered returns numbers that are on offer; none where nothing can be searched.
func (p *probe) offered() (list []numbers.E164) {
	for offer, err := range p.search(p.Context(), p.query()) {
		if err != nil || len(list) == p.several() {
			break // the checks of searches report what is wrong with it
		}
		p.costs("an offer", offer.Price, 1)
		if offer.E164 != "" {
			list = append(list, offer.E164)
		}
	}
	return list
}

// quoted asks what numbers cost that are on offer, or others.
func (p *probe) quoted(offered []numbers.E164) {
	if !p.caps.Can.Has(numbers.CanQuote) {
		return
	}
	n, list := p.several(), offered
	if len(list) < n {
		list = p.numbers(0, n)
	}
	q, err := p.quote(p.Context(), numbers.OrderRequest{Numbers: list})
	if err != nil || q == nil {
		p.Errorf("Quote of %d numbers: %+v, error %v", n, q, err)
		return
	}
	if p.caps.Prices && len(offered) >= n && p.unstated(q.Price) {
		p.Errorf("Capabilities.Prices is set, and the price of what is on offer is quoted as %s", q.Price)
	}
	if !p.caps.Prices && q.Price != nil {
		p.Errorf("Capabilities.Prices is not set, and a quotation has the price %s", q.Price)
	}
	p.costs("a quotation", q.Price, n)
	for _, item := range q.Items {
		p.costs("a number of a quotation", item.Price, 1)
	}
}

// unstated reports whether a quotation leaves out what the vendor states.
func (p *probe) unstated(got *numbers.Price) bool {
	return got == nil || p.Price != nil && (got.Upfront == nil && p.Price.Upfront != nil || got.Monthly == nil && p.Price.Monthly != nil)
}

func (p *probe) orderCosts(what string, o *numbers.Order, n int) {
	p.costs(what, o.Price, n)
	for _, item := range o.Items {
		p.costs("a number of "+what, item.Price, 1)
	}
}

// costs holds a price against that of n numbers. Unknown is right everywhere,
// and is never said by a zero.
func (p *probe) costs(what string, got *numbers.Price, n int) {
	p.Helper()
	if got == nil {
		return
	}
	for _, m := range []*numbers.Money{got.Upfront, got.Monthly} {
		if m != nil && *m == (numbers.Money{}) {
			p.Errorf("%s has the price %s: unknown is nil, and no zero Money", what, got)
		}
	}
	if got.Upfront == nil && got.Monthly == nil {
		p.Errorf("%s has a price of nothing: unknown is nil", what)
	}
	if p.Price == nil {
		return // what it must be is not known
	}
	want := times(p.Price, n)
	if !sameMoney(got.Upfront, want.Upfront) || !sameMoney(got.Monthly, want.Monthly) {
		p.Errorf("%s has the price %s; %d times what a number costs is %s", what, got, n, want)
	}
}

func sameMoney(got, want *numbers.Money) bool {
	return got == nil || want != nil && got.Amount.Equal(want.Amount) && got.Currency == want.Currency
}

// quotesAll asks what several numbers cost, where one order can have them: a cap
// is compared with the whole.
func quotesAll(p *probe) {
	if !p.caps.Can.Has(numbers.CanQuote) {
		return
	}
	list := p.numbers(0, p.several())
	var q *numbers.Quotation
	var err error
	if n := p.buys(func() { q, err = p.quote(p.Context(), numbers.OrderRequest{Numbers: list}) }); n != 0 || len(p.Books().Purchases) != 0 {
		p.Errorf("Quote sent %d requests that could buy, and by the books %d numbers were bought", n, len(p.Books().Purchases))
	}
	if err != nil || q == nil {
		p.Errorf("Quote of %d numbers: %+v, error %v", len(list), q, err)
		return
	}
	var quoted []numbers.E164
	for _, item := range q.Items {
		quoted = append(quoted, item.E164)
	}
	if slices.Sort(quoted); len(quoted) > 0 && !slices.Equal(quoted, slices.Sorted(slices.Values(list))) {
		p.Errorf("Quote of %v has the numbers %v", list, quoted)
	}
}
