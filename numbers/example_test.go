package numbers_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// account stands for any vendor's: telnyx.NewOrderer(client, nil) makes a real
// one.
func account() *numberstest.Memory {
	dollar := &numbers.Price{Monthly: &numbers.Money{Amount: decimal.RequireFromString("1.00"), Currency: "USD"}}
	return numberstest.NewMemory(numberstest.MemoryOptions{Price: dollar, Offers: []numbers.Offer{
		{E164: "+12025550142", Country: "US"}, {E164: "+12025550143", Country: "US"}, {E164: "+442079460018", Country: "GB"},
	}})
}

func Example() {
	ctx, o := context.Background(), account()

	purchase, err := numbers.Buy(ctx, o, numbers.OrderRequest{
		Numbers:   []numbers.E164{"+12025550123"},
		Reference: "customer 4711", // a job that is delivered twice buys once
	}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	order := purchase.Orders[0]
	fmt.Println(order.ID, order.State, order.Numbers(), order.Price)

	for order, err := range o.Orders(ctx, numbers.OrderQuery{Reference: "customer 4711"}) {
		fmt.Println("listed:", order.ID, err)
	}
	// Output:
	// order-1 complete [+12025550123] unknown upfront, 1.00 USD monthly
	// listed: order-1 <nil>
}

// What an order came to is told by the kind of its error.
func ExampleError() {
	ctx, o := context.Background(), account()
	for _, fault := range []numberstest.Fault{
		{Kind: numberstest.StatusBefore, Status: 402},
		{Kind: numberstest.RateLimited, RetryAfter: "7"},
		{Kind: numberstest.LostReply},
	} {
		o.Inject(fault)
		_, err := o.Place(ctx, numbers.OrderRequest{Numbers: []numbers.E164{"+12025550123"}, Reference: numbers.NewReference()})
		e, _ := errors.AsType[*numbers.Error](err)
		switch {
		case errors.Is(err, numbers.ErrOutcomeUnknown):
			fmt.Println("perhaps bought; never place it again, but resolve", e.Attempt.Numbers)
		case errors.Is(err, numbers.ErrRateLimited):
			fmt.Println("not bought; try again in", e.RetryAfter)
		default:
			fmt.Println("not bought:", err)
		}
	}
	// Output:
	// not bought: memory: Place +12025550123: insufficient funds (HTTP 402)
	// not bought; try again in 7s
	// perhaps bought; never place it again, but resolve [+12025550123]
}

// Several numbers: what was bought, what was not and why, and what nobody knows.
func ExampleBuy() {
	ctx, o := context.Background(), account()
	o.Inject(numberstest.Fault{Kind: numberstest.PartialOrder, Numbers: []string{"+12025550124"}})

	purchase, err := numbers.Buy(ctx, o, numbers.OrderRequest{
		Numbers: []numbers.E164{"+12025550123", "+12025550124", "+12025550125"},
	}, &numbers.BuyOptions{MaxMonthly: &numbers.Money{Amount: decimal.NewFromInt(5), Currency: "USD"}})

	fmt.Println("bought:", purchase.Bought())
	fmt.Println("unknown:", len(purchase.Unknown))
	if missing, ok := errors.AsType[*numbers.PurchaseError](err); ok {
		for n, reason := range missing.Missing() {
			fmt.Println("not bought:", n, errors.Is(reason, numbers.ErrNumberUnavailable))
		}
	}
	// Output:
	// bought: [+12025550123 +12025550125]
	// unknown: 0
	// not bought: +12025550124 true
}

// A progress bar, or an audit log.
func ExampleBuy_events() {
	o := account()
	o.Inject(numberstest.Fault{Kind: numberstest.LostReply})
	_, err := numbers.Buy(context.Background(), o, numbers.OrderRequest{Numbers: []numbers.E164{"+12025550123"}, Reference: "job"}, &numbers.BuyOptions{
		OnEvent: func(e numbers.Event) { fmt.Println(e.Kind, e.Reference, e.Numbers) },
	})
	fmt.Println(err)
	// Output:
	// planned job [+12025550123]
	// sending job [+12025550123]
	// unknown job [+12025550123]
	// resolving job [+12025550123]
	// resolved job [+12025550123]
	// settled job [+12025550123]
	// <nil>
}

// What Buy would do, and cost, without a purchase.
func ExamplePlanPurchase() {
	ctx, o := context.Background(), account()
	_, _ = o.Place(ctx, numbers.OrderRequest{Numbers: []numbers.E164{"+12025550123"}})

	plan, err := numbers.PlanPurchase(ctx, o, numbers.OrderRequest{Numbers: []numbers.E164{"+12025550123", "+12025550124"}}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("owned already:", plan.Owned[0].E164)
	fmt.Println("to order:", plan.Requests[0].Numbers, "for", plan.Quotation.Price.Monthly, "a month")
	// Output:
	// owned already: +12025550123
	// to order: [+12025550124] for 1.00 USD a month
}

// Any two numbers of a country.
func ExampleBuyAny() {
	purchase, err := numbers.BuyAny(context.Background(), account(), numbers.SearchQuery{Country: "US"}, 2, nil)
	fmt.Println(purchase.Bought(), err)
	// Output: [+12025550142 +12025550143] <nil>
}

// Another process takes an order up by its id.
func ExampleWait() {
	ctx, o := context.Background(), account()
	purchase, _ := numbers.Buy(ctx, o, numbers.OrderRequest{Numbers: []numbers.E164{"+12025550123"}}, &numbers.BuyOptions{NoWait: true})
	id := purchase.Orders[0].ID

	order, err := numbers.Wait(ctx, o, id, nil)
	fmt.Println(order.ID, order.State, err)
	// Output: order-1 complete <nil>
}

// The answer to an order was lost: was it placed?
func ExampleResolve() {
	ctx, o := context.Background(), account()
	o.Inject(numberstest.Fault{Kind: numberstest.LostReply})
	_, err := o.Place(ctx, numbers.OrderRequest{Numbers: []numbers.E164{"+12025550123"}, Reference: numbers.NewReference()})

	if e, ok := errors.AsType[*numbers.Error](err); ok && e.Attempt != nil { // an Attempt is plain JSON: keep it, and ask later
		resolution, err := numbers.Resolve(ctx, o, *e.Attempt)
		switch {
		case err != nil:
			fmt.Println("nothing is known yet:", err)
		case resolution.Outcome == numbers.Placed:
			fmt.Println("placed:", resolution.Order.ID)
		case resolution.Outcome == numbers.NotPlaced:
			fmt.Println("not placed; it may be placed again")
		case resolution.Outcome == numbers.PossiblyOrphaned:
			fmt.Println("ask the vendor's support")
		}
	}
	// Output: placed: order-1
}

// A journal keeps what was about to be ordered, so that a crash loses nothing.
// Package numbers/journal has one in a file.
func ExampleJournaled() {
	ctx, vendor, j := context.Background(), account(), &numberstest.MemoryJournal{}
	o := numbers.Journaled(vendor, "main", j)
	for range 2 { // a queue delivers the job twice
		purchase, err := numbers.Buy(ctx, o, numbers.OrderRequest{Numbers: []numbers.E164{"+12025550123"}, Reference: "job 1"}, nil)
		fmt.Println(purchase.Orders[0].ID, err)
	}
	for entry, err := range j.Entries(ctx) {
		fmt.Println(entry.Attempt.Account, entry.Attempt.Reference, entry.End.Status, entry.End.OrderID, err)
	}
	// Output:
	// order-1 <nil>
	// order-1 <nil>
	// main job 1 placed order-1 <nil>
}

// When a process starts, it finds out what the last one left open.
func ExampleRecover() {
	ctx, vendor, j := context.Background(), account(), &numberstest.MemoryJournal{}
	vendor.Inject(numberstest.Fault{Kind: numberstest.LostReply})
	_, _ = numbers.Journaled(vendor, "main", j).Place(ctx, numbers.OrderRequest{Numbers: []numbers.E164{"+12025550123"}})

	recovered, err := numbers.Recover(ctx, j, numbers.Account{Name: "main", Orderer: vendor})
	for _, r := range recovered {
		fmt.Println(r.Entry.Attempt.Numbers, r.Resolution.Outcome, r.Resolution.Order.ID)
	}
	fmt.Println(err)
	// Output:
	// [+12025550123] placed order-1
	// <nil>
}

func ExampleSearch() {
	for offer, err := range numbers.Search(context.Background(), account(), numbers.SearchQuery{Country: "US", EndsWith: "43"}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(offer.E164, offer.Price)
	}
	// Output: +12025550143 unknown upfront, 1.00 USD monthly
}

func ExampleQuote() {
	q, err := numbers.Quote(context.Background(), account(), numbers.OrderRequest{Numbers: []numbers.E164{"+12025550123", "+12025550124"}})
	fmt.Println(q.Price, err)
	// Output: unknown upfront, 2.00 USD monthly <nil>
}

func ExampleReserve() {
	r, err := numbers.Reserve(context.Background(), account(), numbers.ReserveRequest{Numbers: []numbers.E164{"+12025550123"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, item := range r.Items {
		fmt.Println(item.E164, item.Held, time.Until(item.Expires).Round(time.Minute))
	}
	// Output: +12025550123 true 30m0s
}

func ExampleOwned() {
	ctx, o := context.Background(), account()
	_, _ = o.Place(ctx, numbers.OrderRequest{Numbers: []numbers.E164{"+12025550123", "+12025550124"}})
	for n, err := range numbers.Owned(ctx, o, numbers.OwnedQuery{}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(n.E164, n.State)
	}
	// Output:
	// +12025550123 active
	// +12025550124 active
}

func ExampleFind() {
	_, err := numbers.Find(context.Background(), account(), "+12025550123")
	fmt.Println(errors.Is(err, numbers.ErrNotFound), err)
	// Output: true memory: Find +12025550123: not found
}

// A number is looked up, and then given back.
func ExampleRelease() {
	ctx, o := context.Background(), account()
	_, _ = o.Place(ctx, numbers.OrderRequest{Numbers: []numbers.E164{"+12025550123"}})

	own, err := numbers.Find(ctx, o, "+12025550123")
	if err == nil {
		err = numbers.Release(ctx, o, own) // nil means that a reading shows it gone
	}
	fmt.Println(err)
	_, err = numbers.Find(ctx, o, "+12025550123")
	fmt.Println(err)
	// Output:
	// <nil>
	// memory: Find +12025550123: not found
}

func ExampleAssign() {
	ctx, o := context.Background(), account()
	_, _ = o.Place(ctx, numbers.OrderRequest{Numbers: []numbers.E164{"+12025550123"}})

	own, err := numbers.Find(ctx, o, "+12025550123")
	if err == nil {
		own, err = numbers.Assign(ctx, o, own, numbers.Assignment{Connection: "my-trunk"})
	}
	fmt.Println(own.Assignment.Connection, err)
	// Output: my-trunk <nil>
}

func ExampleCancel() {
	ctx := context.Background()
	o := numberstest.NewMemory(numberstest.MemoryOptions{SettleAfter: time.Hour})
	order, _ := o.Place(ctx, numbers.OrderRequest{Numbers: []numbers.E164{"+12025550123"}})

	order, err := numbers.Cancel(ctx, o, order)
	fmt.Println(order.State, err)
	// Output: cancelled <nil>
}

// What a vendor can't do is told without a request. Capabilities tell before.
func ExampleCapabilities() {
	o := numberstest.NewMemory(numberstest.MemoryOptions{Vendor: "plain", Capabilities: numbers.Capabilities{Can: numbers.CanListOwned}})
	fmt.Println(o.Capabilities().Can.Has(numbers.CanQuote))
	_, err := numbers.Quote(context.Background(), o, numbers.OrderRequest{Numbers: []numbers.E164{"+12025550123"}})
	fmt.Println(errors.Is(err, errors.ErrUnsupported), err)
	// Output:
	// false
	// true plain: Quote: unsupported operation
}

// The vendor's own answer is there for what this layer does not name.
func ExampleNative() {
	order, _ := account().Place(context.Background(), numbers.OrderRequest{
		Numbers: []numbers.E164{"+12025550123"},
		Native:  &numberstest.MemoryRequest{Note: "for the front desk"},
	})
	if own, ok := numbers.Native[*numberstest.MemoryOrder](order); ok {
		fmt.Println(own.ID, own.Note)
	}
	// Output: order-1 for the front desk
}

func ExampleParseE164() {
	n, err := numbers.ParseE164("+12025550123")
	fmt.Println(n, err)
	_, err = numbers.ParseE164("202 555 0123")
	fmt.Println(err)
	// Output:
	// +12025550123 <nil>
	// numbers: ParseE164: invalid (field Number): "202 555 0123" is no E.164 number: it does not begin with "+"
}

func ExampleParseE164Loose() {
	n, err := numbers.ParseE164Loose("+1 (202) 555-0123")
	fmt.Println(n, err)
	// Output: +12025550123 <nil>
}

func ExampleMoney() {
	rent := numbers.Money{Amount: decimal.RequireFromString("0.10"), Currency: "USD"}
	sum, ok := rent.Add(numbers.Money{Amount: decimal.RequireFromString("0.20"), Currency: "USD"})
	fmt.Println(sum, ok)
	_, ok = rent.Add(numbers.Money{Amount: decimal.NewFromInt(1), Currency: "EUR"})
	fmt.Println(ok)
	// Output:
	// 0.30 USD true
	// false
}

// Many numbers are looked for in many orders.
func ExampleOrderQuery_Matcher() {
	orders := []*numbers.Order{
		{ID: "a", Items: []numbers.Item{{E164: "+12025550123"}}},
		{ID: "b", Items: []numbers.Item{{E164: "+12025550124"}}},
	}
	match := numbers.OrderQuery{Numbers: []numbers.E164{"+12025550124", "+12025550125"}}.Matcher()
	for _, o := range orders {
		fmt.Println(o.ID, match(o))
	}
	// Output:
	// a false
	// b true
}
