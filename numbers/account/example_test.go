package account_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// vendor stands for any vendor's Orderer: telnyx.NewOrderer(client, nil) makes a real one.
func vendor() *numberstest.Memory {
	dollar := &numbers.Price{Monthly: &numbers.Money{Amount: decimal.RequireFromString("1.00"), Currency: "USD"}}
	return numberstest.NewMemory(numberstest.MemoryOptions{Price: dollar, Offers: []numbers.Offer{
		{E164: "+12025550142", Country: "US"}, {E164: "+12025550143", Country: "US"}, {E164: "+442079460018", Country: "GB"},
	}})
}

// theAccount is an Account. A program closes it at its end.
func theAccount(o numbers.Orderer, j numbers.Journal) *account.Account {
	a, err := account.New("main", o, &account.Options{Journal: j})
	if err != nil {
		panic(err)
	}
	return a
}

func Example() {
	ctx := context.Background()
	a, err := account.New("main", vendor(), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer a.Close()

	purchase, err := a.Buy(ctx, numbers.OrderRequest{
		Numbers:   []numbers.E164{"+12025550123"},
		Reference: "customer 4711", // a job that is delivered twice buys once
	}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	order := purchase.Orders[0]
	fmt.Println(order.ID, order.State, order.Numbers(), order.Price)

	for order, err := range a.Orders(ctx, numbers.OrderQuery{Reference: "customer 4711"}) {
		fmt.Println("listed:", order.ID, err)
	}
	// Output:
	// order-1 complete [+12025550123] unknown upfront, 1.00 USD monthly
	// listed: order-1 <nil>
}

// Several numbers: what was bought, what was not and why, and what is unknown.
func ExampleAccount_Buy() {
	o := vendor()
	o.Inject(numberstest.Fault{Kind: numberstest.PartialOrder, Numbers: []string{"+12025550124"}})

	purchase, err := theAccount(o, nil).Buy(context.Background(), numbers.OrderRequest{
		Numbers: []numbers.E164{"+12025550123", "+12025550124", "+12025550125"},
	}, &account.BuyOptions{MaxMonthly: &numbers.Money{Amount: decimal.NewFromInt(5), Currency: "USD"}})

	fmt.Println("bought:", purchase.Bought())
	fmt.Println("unknown:", len(purchase.Unknown))
	if incomplete, ok := errors.AsType[*account.PurchaseError](err); ok {
		for n, reason := range incomplete.Missing() {
			fmt.Println("not bought:", n, errors.Is(reason, numbers.ErrNumberUnavailable))
		}
	}
	// Output:
	// bought: [+12025550123 +12025550125]
	// unknown: 0
	// not bought: +12025550124 true
}

// A progress bar, or an audit log.
func ExampleAccount_Buy_events() {
	o := vendor()
	o.Inject(numberstest.Fault{Kind: numberstest.LostReply})
	_, err := theAccount(o, nil).Buy(context.Background(), numbers.OrderRequest{Numbers: []numbers.E164{"+12025550123"}, Reference: "job"}, &account.BuyOptions{
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

// Two customers want one number. A batch orders the rest.
func ExampleAccount_Buy_held() {
	ctx, a := context.Background(), theAccount(vendor(), nil)
	_, _ = a.Buy(ctx, numbers.OrderRequest{Numbers: []numbers.E164{"+12025550123"}, Reference: "customer 4711"}, nil)

	purchase, err := a.Buy(ctx, numbers.OrderRequest{Numbers: []numbers.E164{"+12025550123", "+12025550124"}, Reference: "customer 4712"}, nil)
	fmt.Println("bought:", purchase.Bought())
	if e, ok := errors.AsType[*numbers.Error](err); ok {
		fmt.Println(e.Kind, e.Numbers, "held by", e.HeldBy)
	}
	// Output:
	// bought: [+12025550124]
	// conflict [+12025550123] held by customer 4711
}

// What Buy would do, and cost, without a purchase.
func ExampleAccount_Plan() {
	ctx, o := context.Background(), vendor()
	_, _ = o.Place(ctx, numbers.OrderRequest{Numbers: []numbers.E164{"+12025550123"}})

	plan, err := theAccount(o, nil).Plan(ctx, numbers.OrderRequest{Numbers: []numbers.E164{"+12025550123", "+12025550124"}}, nil)
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
func ExampleAccount_BuyAny() {
	purchase, err := theAccount(vendor(), nil).BuyAny(context.Background(), numbers.SearchQuery{Country: "US"}, 2, nil)
	fmt.Println(purchase.Bought(), err)
	// Output: [+12025550142 +12025550143] <nil>
}

// Another process waits for an order by its id.
func ExampleAccount_Wait() {
	ctx, o := context.Background(), vendor()
	purchase, _ := theAccount(o, nil).Buy(ctx, numbers.OrderRequest{Numbers: []numbers.E164{"+12025550123"}}, &account.BuyOptions{NoWait: true})
	id := purchase.Orders[0].ID

	order, err := theAccount(o, nil).Wait(ctx, id, nil)
	fmt.Println(order.ID, order.State, err)
	// Output: order-1 complete <nil>
}

// What a reference came to, in another process: it reads, and never sends an order.
func ExampleAccount_Lookup() {
	ctx, o := context.Background(), vendor()
	_, _ = theAccount(o, nil).Buy(ctx, numbers.OrderRequest{Numbers: []numbers.E164{"+12025550123"}, Reference: "customer 4711"}, nil)

	purchase, err := theAccount(o, nil).Lookup(ctx, "customer 4711")
	fmt.Println(purchase.Bought(), err)
	_, err = theAccount(o, nil).Lookup(ctx, "customer 4712")
	fmt.Println(errors.Is(err, numbers.ErrNotFound))
	// Output:
	// [+12025550123] <nil>
	// true
}

// An order that was placed without an Account, and whose answer was lost: was it placed?
func ExampleAccount_Resolve() {
	ctx, o := context.Background(), vendor()
	o.Inject(numberstest.Fault{Kind: numberstest.LostReply})
	_, err := o.Place(ctx, numbers.OrderRequest{Numbers: []numbers.E164{"+12025550123"}, Reference: numbers.NewReference()})

	if e, ok := errors.AsType[*numbers.Error](err); ok && e.Attempt != nil { // an Attempt is plain JSON: keep it, and resolve it later
		resolved, err := theAccount(o, nil).Resolve(ctx, *e.Attempt)
		switch r := resolved[0].Resolution; {
		case err != nil:
			fmt.Println("nothing is known yet:", err)
		case r.Outcome == numbers.Placed:
			fmt.Println("placed:", r.Order.ID)
		case r.Outcome == numbers.NotPlaced:
			fmt.Println("not placed; it may be placed again")
		case r.Outcome == numbers.PossiblyOrphaned:
			fmt.Println("ask the vendor's support")
		}
	}
	// Output: placed: order-1
}

// A journal keeps what was about to be ordered, so that a crash loses nothing. Package
// numbers/journal has one in a file.
func ExampleNew_journal() {
	ctx, o, j := context.Background(), vendor(), new(account.MemoryJournal)
	for range 2 { // a queue delivers the job twice, to two processes
		purchase, err := theAccount(o, j).Buy(ctx, numbers.OrderRequest{Numbers: []numbers.E164{"+12025550123"}, Reference: "job 1"}, nil)
		fmt.Println(purchase.Orders[0].ID, err)
	}
	for entry, err := range j.Entries(ctx, numbers.JournalQuery{Purchase: "job 1"}) {
		fmt.Println(entry.Account, entry.Reference, entry.End.Status, entry.End.OrderID, err)
	}
	// Output:
	// order-1 <nil>
	// order-1 <nil>
	// main job 1 placed order-1 <nil>
}

// When a process starts, it finds out what the last one left open.
func ExampleAccount_Recover() {
	ctx, o, j := context.Background(), vendor(), new(account.MemoryJournal)
	o.Inject(numberstest.Fault{Kind: numberstest.LostReply})
	stopped, stop := context.WithCancel(ctx)
	_, _ = theAccount(o, j).Buy(stopped, numbers.OrderRequest{Numbers: []numbers.E164{"+12025550123"}}, &account.BuyOptions{OnEvent: func(e numbers.Event) {
		if e.Kind == numbers.EventUnknown {
			stop() // as if the process died here
		}
	}})

	recovered, err := theAccount(o, j).Recover(ctx)
	for _, r := range recovered {
		fmt.Println(r.Attempt.Numbers, r.Resolution.Outcome, r.Resolution.Order.ID)
	}
	fmt.Println(err)
	// Output:
	// [+12025550123] placed order-1
	// <nil>
}

// The vendor's support confirms that a possible orphan was not bought.
func ExampleAccount_Dismiss() {
	ctx, o := context.Background(), vendor()
	o.Inject(numberstest.Fault{Kind: numberstest.StatusBefore, Status: 500})
	a := theAccount(o, nil)
	request := numbers.OrderRequest{Numbers: []numbers.E164{"+12025550123"}, Reference: "job"}
	purchase, err := a.Buy(ctx, request, nil)
	fmt.Println(errors.Is(err, numbers.ErrOutcomeUnknown))

	fmt.Println(a.Dismiss(ctx, purchase.Unknown[0].ID, "ticket 99: not bought"))
	purchase, err = a.Buy(ctx, request, nil)
	fmt.Println(purchase.Bought(), err)
	// Output:
	// true
	// <nil>
	// [+12025550123] <nil>
}

func ExampleAccount_Search() {
	for offer, err := range theAccount(vendor(), nil).Search(context.Background(), numbers.SearchQuery{Country: "US", EndsWith: "43"}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(offer.E164, offer.Price)
	}
	// Output: +12025550143 unknown upfront, 1.00 USD monthly
}

func ExampleAccount_Quote() {
	q, err := theAccount(vendor(), nil).Quote(context.Background(), numbers.OrderRequest{Numbers: []numbers.E164{"+12025550123", "+12025550124"}})
	fmt.Println(q.Price, err)
	// Output: unknown upfront, 2.00 USD monthly <nil>
}

func ExampleAccount_Reserve() {
	r, err := theAccount(vendor(), nil).Reserve(context.Background(), numbers.ReserveRequest{Numbers: []numbers.E164{"+12025550123"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, item := range r.Items {
		fmt.Println(item.E164, item.Held, time.Until(item.Expires).Round(time.Minute))
	}
	// Output: +12025550123 true 30m0s
}

func ExampleAccount_Owned() {
	ctx, a := context.Background(), theAccount(vendor(), nil)
	_, _ = a.Buy(ctx, numbers.OrderRequest{Numbers: []numbers.E164{"+12025550123", "+12025550124"}}, nil)
	for n, err := range a.Owned(ctx, numbers.OwnedQuery{}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(n.Account, n.E164, n.State)
	}
	// Output:
	// main +12025550123 active
	// main +12025550124 active
}

func ExampleAccount_Find() {
	_, err := theAccount(vendor(), nil).Find(context.Background(), "+12025550123")
	fmt.Println(errors.Is(err, numbers.ErrNotFound), err)
	// Output: true memory/main: Find +12025550123: not found: the account does not have the number
}

// A number is looked up, and then given back.
func ExampleAccount_Release() {
	ctx, a := context.Background(), theAccount(vendor(), nil)
	_, _ = a.Buy(ctx, numbers.OrderRequest{Numbers: []numbers.E164{"+12025550123"}}, nil)

	own, err := a.Find(ctx, "+12025550123")
	if err == nil {
		err = a.Release(ctx, own) // nil means that a reading shows it gone
	}
	fmt.Println(err)
	_, err = a.Find(ctx, "+12025550123")
	fmt.Println(errors.Is(err, numbers.ErrNotFound))
	// Output:
	// <nil>
	// true
}

func ExampleAccount_Assign() {
	ctx, a := context.Background(), theAccount(vendor(), nil)
	_, _ = a.Buy(ctx, numbers.OrderRequest{Numbers: []numbers.E164{"+12025550123"}}, nil)

	own, err := a.Find(ctx, "+12025550123")
	if err == nil {
		own, err = a.Assign(ctx, own, numbers.Assignment{Connection: "my-trunk"})
	}
	fmt.Println(own.Assignment.Connection, err)
	// Output: my-trunk <nil>
}

func ExampleAccount_Cancel() {
	ctx := context.Background()
	a := theAccount(numberstest.NewMemory(numberstest.MemoryOptions{SettleAfter: time.Hour}), nil)
	purchase, _ := a.Buy(ctx, numbers.OrderRequest{Numbers: []numbers.E164{"+12025550123"}}, &account.BuyOptions{NoWait: true})

	order, err := a.Cancel(ctx, purchase.Orders[0])
	fmt.Println(order.State, err)
	// Output: canceled <nil>
}

// What a vendor can't do is an error, and no request is sent. Capabilities show it before.
func ExampleAccount_Capabilities() {
	a := theAccount(numberstest.NewMemory(numberstest.MemoryOptions{Vendor: "plain", Capabilities: numbers.Capabilities{Can: numbers.CanListOwned}}), nil)
	fmt.Println(a.Capabilities().Can.Has(numbers.CanQuote))
	_, err := a.Quote(context.Background(), numbers.OrderRequest{Numbers: []numbers.E164{"+12025550123"}})
	fmt.Println(errors.Is(err, errors.ErrUnsupported), err)
	// Output:
	// false
	// true plain/main: Quote: unsupported operation
}
