package numberstest

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
)

func accountChecks() []check {
	return []check{
		{name: "buy sees a lost order through", run: buyResolves},
		{name: "what buy reports is what was sold", run: reported},
		{name: "a late order is waited for", run: buyLate},
		{name: "a job that is delivered twice buys once", run: deliveredTwice},
		{name: "planning buys nothing", run: planning},
		{name: "an order that is shown late is waited for", run: shownLate},
		{name: "a failed reading is not a failed order", run: failedPoll},
		{name: "an order that was given up is recovered", run: recovered},
		{name: "a number that was released is bought again", run: boughtAgain},
		{name: "two references never share an order", run: twoReferences},
		{name: "six references at once buy once", run: sixAtOnce},
		{name: "what is on offer can be bought", run: buyable},
	}
}

// account makes an Account over the Orderer, with a journal of its own.
func (p *probe) account() *account.Account { return p.replica(nil) }

// replica makes an Account that shares a journal with others, as another process does.
func (p *probe) replica(j numbers.Journal) *account.Account {
	p.Helper()
	acct, err := account.New("main", p.Orderer, &account.Options{Journal: j})
	if err != nil {
		p.Fatalf("account.New: %v", err)
	}
	p.Cleanup(func() { _ = acct.Close() }) // the journal is in memory, and fails at nothing
	return acct
}

// long is a context for a purchase, with all that resolving may take.
func (p *probe) long() (context.Context, context.CancelFunc) {
	return context.WithTimeout(p.Context(), 4*p.caps.ListingDelay+p.SettleWithin+3*numbers.ClockSlack)
}

func buyResolves(p *probe) {
	r := numbers.OrderRequest{Numbers: p.numbers(0, 2), Reference: numbers.NewReference()}
	p.Inject(Fault{Kind: LostReply})
	ctx, cancel := p.long()
	defer cancel()
	purchase, err := p.account().Buy(ctx, r, nil)
	if err != nil || len(purchase.Bought()) != 2 {
		p.Errorf("Buy with a lost reply: bought %v, error %v", purchase.Bought(), err)
	}
	if twice := p.Books().Duplicates(); len(twice) > 0 {
		p.Errorf("bought twice: %v", twice)
	}
}

// reported buys under each fault, at a fresh account.
func reported(p *probe) {
	for _, f := range faultsOf(p) {
		if f.Kind == LateCommit {
			continue // it has a check of its own
		}
		p.fresh()
		p.Inject(f)
		r := p.request(0)
		ctx, cancel := p.long()
		purchase, err := p.account().Buy(ctx, r, nil)
		cancel()
		bought, owned := slices.Contains(purchase.Bought(), r.Numbers[0]), p.owns(r.Numbers[0])
		switch {
		case owned > 1:
			p.Errorf("%s: Buy bought the number %d times", nameOf(f), owned)
		case bought != (err == nil):
			p.Errorf("%s: Buy bought %v, error %v", nameOf(f), purchase.Bought(), err)
		case bought && owned == 0:
			p.Errorf("%s: Buy says that the number was bought, and by the books it was not", nameOf(f))
		case !bought && owned > 0 && !errors.Is(err, numbers.ErrOutcomeUnknown):
			p.Errorf("%s: the number was bought, and Buy says that it was not: %v", nameOf(f), err)
		}
	}
}

// buyLate lets an order be committed after its answer was lost.
func buyLate(p *probe) {
	if !p.takes(LateCommit) {
		return // what this vendor does not answer it does not do
	}
	p.Inject(Fault{Kind: LateCommit, Delay: p.caps.ListingDelay / 2})
	r := p.request(0)
	ctx, cancel := p.long()
	defer cancel()
	purchase, err := p.account().Buy(ctx, r, nil)
	if err != nil || len(purchase.Bought()) != 1 || p.bought(r.Numbers[0]) != 1 {
		p.Errorf("Buy of an order that came late: bought %v, error %v, and by the books %d times", purchase.Bought(), err, p.bought(r.Numbers[0]))
	}
}

// deliveredTwice buys by one reference twice, the second time before the first
// order has settled: at the same Account, at another one that shares its journal, and
// at one that has no journal of it. There, a vendor that keeps no references shows at
// least that the number is owned, or on order.
func deliveredTwice(p *probe) {
	for _, to := range []string{"to the same Account", "to a replica", "to an Account without the journal"} {
		known := to != "to an Account without the journal"
		p.fresh()
		r := p.request(0)
		ctx, cancel := p.long()
		defer cancel()
		book := &account.MemoryJournal{}
		acct := p.replica(book)
		first, err := acct.Buy(ctx, r, &account.BuyOptions{NoWait: true})
		if err != nil || len(first.Orders) != 1 {
			p.Fatalf("Buy: %+v, error %v", first, err)
		}
		switch to {
		case "to a replica":
			acct = p.replica(book)
		case "to an Account without the journal":
			time.Sleep(p.caps.ListingDelay)
			acct = p.account()
		}
		var second *account.Purchase
		n := p.buys(func() { second, err = acct.Buy(ctx, r, nil) })
		if !known && first.Orders[0].State.Terminal() && p.caps.FoundBy == numbers.ByNumber && !p.caps.Can.Has(numbers.CanListOwned) {
			return // a number that was bought may have been given back since: nothing shows that it was not
		}
		if n != 0 {
			p.Errorf("Buy by a reference that was used (delivered %s) sent %d requests that could buy", to, n)
		}
		if (known || p.caps.FoundBy == numbers.ByReference) && (err != nil || len(second.Orders) != 1 || second.Orders[0].ID != first.Orders[0].ID) {
			p.Errorf("Buy by a reference that was used (delivered %s) returned %+v, error %v, and not order %s", to, second, err, first.Orders[0].ID)
		}
	}
}

func planning(p *probe) {
	r := numbers.OrderRequest{Numbers: p.numbers(0, 2)}
	var plan *account.Plan
	var err error
	if n := p.buys(func() { plan, err = p.account().Plan(p.Context(), r, nil) }); n != 0 {
		p.Errorf("Plan sent %d requests that could buy", n)
	}
	if err != nil {
		p.Fatalf("Plan: %v", err)
	}
	count := 0
	for _, part := range plan.Requests {
		count += len(part.Numbers)
	}
	if count != 2 || len(p.Books().Purchases) != 0 {
		p.Errorf("Plan of two numbers plans %d, and %d are bought", count, len(p.Books().Purchases))
	}
}

// shownLate reads an order that the vendor does not show yet: not found is not
// yet.
func shownLate(p *probe) {
	if !p.takes(LateListing) {
		return // the vendor shows its orders at once
	}
	p.Inject(Fault{Kind: LateListing, Delay: p.caps.ListingDelay / 2})
	ctx, cancel := p.long()
	defer cancel()
	purchase, err := p.account().Buy(ctx, p.request(0), nil)
	if err != nil || len(purchase.Bought()) != 1 {
		p.Errorf("Buy of an order that is shown late: bought %v, error %v", purchase.Bought(), err)
	}
}

func failedPoll(p *probe) {
	for _, kind := range []FaultKind{StatusBefore, DroppedRequest} {
		p.fresh()
		acct := p.account()
		ctx, cancel := p.long()
		defer cancel()
		purchase, err := acct.Buy(ctx, p.request(0), &account.BuyOptions{NoWait: true})
		if err != nil || len(purchase.Orders) != 1 {
			p.Fatalf("Buy: %+v, error %v", purchase, err)
		}
		p.Inject(Fault{Kind: kind, On: Match{PathPrefix: "/"}, Times: 3})
		o, err := acct.Wait(ctx, purchase.Orders[0].ID, nil)
		if err != nil || o == nil || o.State != numbers.StateComplete && !o.Final {
			p.Errorf("%s: the order could not be read three times, and Wait returned %+v, error %v", kind, o, err)
		}
	}
}

// recovered gives an order up while the vendor has it. Another Account that shares
// the journal finds out.
func recovered(p *probe) {
	if !p.takes(HangAfter) {
		return // the answers of this vendor don't take long
	}
	p.Inject(Fault{Kind: HangAfter})
	book, r := &account.MemoryJournal{}, p.request(0)
	short, cancel := context.WithTimeout(p.Context(), 3*time.Second)
	defer cancel()
	purchase, err := p.replica(book).Buy(short, r, nil)
	if !errors.Is(err, numbers.ErrOutcomeUnknown) || purchase == nil || len(purchase.Unknown) != 1 {
		p.Fatalf("Buy was given up when the vendor had the order: %+v, error %v; it is unknown", purchase, err)
	}
	time.Sleep(p.caps.ListingDelay + p.SettleWithin)
	ctx, cancelLong := p.long()
	defer cancelLong()
	acct := p.replica(book)
	resolved, err := acct.Recover(ctx)
	if err != nil || len(resolved) != 1 || resolved[0].Resolution.Outcome != numbers.Placed {
		p.Errorf("Recover of one order that was placed: %+v, error %v", resolved, err)
	}
	if n := p.buys(func() { purchase, err = acct.Buy(ctx, r, nil) }); n != 0 || err != nil || len(purchase.Bought()) != 1 {
		p.Errorf("Buy by the reference of a recovered order sent %d orders: bought %v, error %v", n, purchase.Bought(), err)
	}
}

// boughtAgain gives a number back and buys it again under another reference.
func boughtAgain(p *probe) {
	if !p.caps.Can.Has(numbers.CanRelease | numbers.CanListOwned) {
		return
	}
	acct := p.account()
	ctx, cancel := p.long()
	defer cancel()
	one, err := acct.Buy(ctx, p.request(0), nil)
	if err != nil {
		p.Fatalf("Buy: %v", err)
	}
	if err := acct.Release(ctx, p.find(p.Number(0))); err != nil {
		p.Fatalf("Release: %v", err)
	}
	if own, err := acct.Find(ctx, p.Number(0)); !errors.Is(err, numbers.ErrNotFound) {
		p.Errorf("Find of a number that was released: %+v, error %v", own, err)
	}
	two, err := acct.Buy(ctx, p.request(0), nil)
	if errors.Is(err, numbers.ErrNumberUnavailable) && p.owns(p.Number(0)) == 0 {
		return // this vendor does not sell it again so soon
	}
	switch {
	case err != nil || len(two.Bought()) != 1 || p.owns(p.Number(0)) != 1:
		p.Errorf("Buy of a number that was released: bought %v, error %v, and by the books it is owned %d times", two.Bought(), err, p.owns(p.Number(0)))
	case two.Orders[0].ID == one.Orders[0].ID:
		p.Errorf("Buy of a number that was released returned the order from before, %s", one.Orders[0].ID)
	}
}

// taken reports whether an error says that the number is taken.
func taken(err error) bool {
	return errors.Is(err, numbers.ErrConflict) || errors.Is(err, numbers.ErrAlreadyOwned) || errors.Is(err, numbers.ErrNumberUnavailable)
}

// twoReferences buys one number under two references, one after the other: at once,
// and when the first claim has ended and only the vendor knows who has the number.
func twoReferences(p *probe) {
	for _, between := range []time.Duration{0, p.caps.ListingDelay + 2*numbers.ClockSlack} {
		p.fresh()
		if between > 0 && !p.caps.Can.Has(numbers.CanListOwned) {
			return // nothing shows that the number was not given back meanwhile
		}
		acct := p.account()
		ctx, cancel := p.long()
		one, err := acct.Buy(ctx, p.request(0), nil)
		cancel()
		if err != nil {
			p.Fatalf("Buy: %v", err)
		}
		time.Sleep(between)
		ctx, cancel = p.long()
		two, err := acct.Buy(ctx, p.request(0), nil)
		cancel()
		p.oneBuyer([]*account.Purchase{one, two}, []error{nil, err})
	}
}

// oneBuyer demands that one of several customers has the number.
func (p *probe) oneBuyer(purchases []*account.Purchase, errs []error) {
	p.Helper()
	buyers, orders := 0, make(map[string]int)
	for i, purchase := range purchases {
		if len(purchase.Bought()) > 0 {
			buyers++
		} else if !taken(errs[i]) {
			p.Errorf("customer %d got no number, and the error is %v; it must say that the number is taken", i, errs[i])
		}
		if purchase == nil {
			continue
		}
		for _, o := range purchase.Orders {
			if other, shared := orders[o.ID]; shared {
				p.Errorf("customers %d and %d share order %s", other, i, o.ID)
			}
			orders[o.ID] = i
		}
	}
	if n := p.bought(p.Number(0)); buyers != 1 || n != 1 {
		p.Errorf("%d customers wanted one number: %d have it, and by the books it was bought %d times", len(purchases), buyers, n)
	}
}

// sixAtOnce has two Accounts that share a journal. All six find the number free before
// any of them claims it, where a limiter can be installed.
func sixAtOnce(p *probe) {
	const many = 6
	if p.Limit != nil {
		p.Limit(&slowLimiter{takes: time.Second, buys: func() int { return 0 }})
	}
	book := &account.MemoryJournal{}
	replicas := []*account.Account{p.replica(book), p.replica(book)}
	ctx, cancel := p.long()
	defer cancel()
	purchases, errs := make([]*account.Purchase, many), make([]error, many)
	var wg sync.WaitGroup
	for i := range many {
		wg.Go(func() { purchases[i], errs[i] = replicas[i%2].Buy(ctx, p.request(0), nil) })
	}
	wg.Wait()
	p.oneBuyer(purchases, errs)
}

func buyable(p *probe) {
	if !p.caps.Can.Has(numbers.CanSearch) {
		return // nothing is on offer
	}
	ctx, cancel := p.long()
	defer cancel()
	purchase, err := p.account().BuyAny(ctx, p.query(), 2, nil)
	if err != nil {
		p.Fatalf("BuyAny of two numbers: %v", err)
	}
	bought := purchase.Bought()
	if len(bought) != 2 || len(p.Books().Owned()) != 2 {
		p.Errorf("BuyAny of two numbers bought %v, and by the books %d", bought, len(p.Books().Owned()))
	}
	for _, n := range bought {
		if p.owns(n) != 1 {
			p.Errorf("BuyAny says that it bought %s, which is %d times in the books", n, p.owns(n))
		}
	}
}
