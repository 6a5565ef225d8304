package numberstest

import (
	"slices"

	"github.com/tnkit/tnkit/numbers"
)

func buyChecks() []check {
	return []check{
		{name: "buy sees a lost order through", run: buyResolves},
		{name: "a job that is delivered twice buys once", run: deliveredTwice},
		{name: "planning buys nothing", run: planning},
		{name: "what was there before is told", run: precedent},
		{name: "cancelling undoes what is pending", run: cancels},
	}
}

func buyResolves(p *probe) {
	r := numbers.OrderRequest{Numbers: p.numbers(0, 2), Reference: numbers.NewReference()}
	p.Inject(Fault{Kind: LostReply})
	ctx, cancel := p.enough()
	defer cancel()
	purchase, err := numbers.Buy(ctx, p.Orderer, r, nil)
	if err != nil || len(purchase.Bought()) != 2 {
		p.Errorf("Buy with a lost reply: bought %v, error %v", purchase.Bought(), err)
	}
	if twice := p.Books().Duplicates(); len(twice) > 0 {
		p.Errorf("bought twice: %v", twice)
	}
}

// deliveredTwice buys by one reference twice, the second time before the first
// order has settled. A vendor that keeps no references shows at least that the
// number is owned, or on order.
func deliveredTwice(p *probe) {
	r := p.request(0)
	ctx, cancel := p.enough()
	defer cancel()
	first, err := numbers.Buy(ctx, p.Orderer, r, &numbers.BuyOptions{NoWait: true})
	if err != nil {
		p.Fatalf("Buy: %v", err)
	}
	var second *numbers.Purchase
	n := p.buys(func() { second, err = numbers.Buy(ctx, p.Orderer, r, nil) })
	if settled := first.Orders[0].State.Terminal(); settled && p.caps.FoundBy == numbers.ByNumber && !p.caps.Can.Has(numbers.CanListOwned) {
		return // a number that was bought may have been given back since: nothing shows that it was not
	}
	if n != 0 {
		p.Errorf("Buy by a reference that was used sent %d requests that could buy", n)
	}
	if p.caps.FoundBy == numbers.ByReference && (err != nil || len(second.Orders) != 1 || second.Orders[0].ID != first.Orders[0].ID) {
		p.Errorf("Buy by a reference that was used returned %+v, error %v, and not order %s", second, err, first.Orders[0].ID)
	}
}

func planning(p *probe) {
	r := numbers.OrderRequest{Numbers: p.numbers(0, 2)}
	var plan *numbers.Plan
	var err error
	if n := p.buys(func() { plan, err = numbers.PlanPurchase(p.Context(), p.Orderer, r, nil) }); n != 0 {
		p.Errorf("PlanPurchase sent %d requests that could buy", n)
	}
	if err != nil {
		p.Fatalf("PlanPurchase: %v", err)
	}
	p.quotesAll(r.Numbers)
	count := 0
	for _, part := range plan.Requests {
		count += len(part.Numbers)
	}
	if count != 2 || len(p.Books().Purchases) != 0 {
		p.Errorf("PlanPurchase of two numbers plans %d, and %d are bought", count, len(p.Books().Purchases))
	}
}

// quotesAll asks what several numbers cost, where one order can have them: a
// cap is held against the whole.
func (p *probe) quotesAll(list []numbers.E164) {
	if !p.caps.Can.Has(numbers.CanQuote) || p.several() == 1 {
		return
	}
	q, err := numbers.Quote(p.Context(), p.Orderer, numbers.OrderRequest{Numbers: list})
	if err != nil || q == nil {
		p.Errorf("Quote of %d numbers: %+v, error %v", len(list), q, err)
		return
	}
	var told []numbers.E164
	for _, item := range q.Items {
		told = append(told, item.E164)
	}
	if slices.Sort(told); len(told) > 0 && !slices.Equal(told, slices.Sorted(slices.Values(list))) {
		p.Errorf("Quote of %v has the numbers %v", list, told)
	}
}

// precedent asks an Orderer with a way of its own what the numbers had before.
func precedent(p *probe) {
	o, ok := numbers.As[numbers.Precedent](p.Orderer)
	if !ok || p.caps.FoundBy == numbers.ByReference {
		return // listings tell, or the reference
	}
	if ids, err := o.Before(p.Context(), p.numbers(0, 2)); err != nil || len(ids) != 0 {
		p.Errorf("Before of numbers that had no order is %v, error %v", ids, err)
	}
	order := p.settled(0)
	p.settled(2)
	ids, err := o.Before(p.Context(), p.numbers(0, 2))
	if err != nil || !slices.Contains(ids, order.ID) {
		p.Errorf("Before of a number with the order %s is %v, error %v", order.ID, ids, err)
	}
}

func cancels(p *probe) {
	if !p.caps.Can.Has(numbers.CanCancel) {
		return
	}
	o := p.place(0)
	if o.Settled() {
		return // there is nothing to cancel
	}
	cancelled, err := numbers.Cancel(p.Context(), p.Orderer, o)
	if err != nil || cancelled == nil {
		p.Fatalf("Cancel of a pending order: order %v, error %v", cancelled, err)
	}
	read, err := p.Orderer.Order(p.Context(), o.ID)
	if err != nil || read == nil {
		p.Fatalf("Order %s, which was cancelled: %v, error %v", o.ID, read, err)
	}
	if cancelled.State != read.State {
		p.Errorf("Cancel returned the order as %s, and it is read as %s", cancelled.State, read.State)
	}
	cancelled = p.wait(cancelled)
	if owned := p.owns(p.Number(0)); owned != 0 || cancelled.State != numbers.StateCanceled && cancelled.State != numbers.StateFailed {
		p.Errorf("an order that was pending was cancelled and is %s, and by the books the number is owned %d times", cancelled.State, owned)
	}
}
