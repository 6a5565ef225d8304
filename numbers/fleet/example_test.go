package fleet_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
	"github.com/tnkit/tnkit/numbers/fleet"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// vendor stands for any vendor's Orderer: telnyx.NewOrderer(client, nil) makes a real one.
func vendor(monthly string, offers ...numbers.E164) *numberstest.Memory {
	return numberstest.NewMemory(numberstest.MemoryOptions{Price: costs(monthly), Offers: offersOf(offers...)})
}

// company is a fleet of two accounts. A program closes the accounts at its end.
func company(us, eu numbers.Orderer) *fleet.Fleet {
	book := new(account.MemoryJournal) // journal.Open survives crashes
	first, err := account.New("us", us, &account.Options{Journal: book})
	if err != nil {
		panic(err)
	}
	second, err := account.New("eu", eu, &account.Options{Journal: book})
	if err != nil {
		panic(err)
	}
	f, err := fleet.New("company", first, second)
	if err != nil {
		panic(err)
	}
	return f
}

func Example() {
	ctx, f := context.Background(), company(vendor("1.00"), vendor("0.80"))
	purchase, err := f.Buy(ctx, numbers.OrderRequest{
		Numbers:   []numbers.E164{"+12025550123"},
		Reference: "customer 4711", // a job that is delivered twice buys once
	}, &fleet.BuyOptions{Policy: fleet.Cheapest()})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(purchase.Orders[0].Account, purchase.Bought())

	for n, err := range f.Owned(ctx, numbers.OwnedQuery{}) {
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(n.Account, "has", n.E164, n.State)
	}
	// Output:
	// eu [+12025550123]
	// eu has +12025550123 active
}

// A list of all accounts of which one can't be read: the others are listed, and the list
// does not look complete.
func ExampleFleet_Owned() {
	ctx, us, eu := context.Background(), vendor("1.00"), vendor("1.00")
	f := company(us, eu)
	_, _ = f.Buy(ctx, numbers.OrderRequest{Numbers: []numbers.E164{"+12025550123"}}, &fleet.BuyOptions{Policy: fleet.Only("us")})
	eu.Inject(numberstest.Fault{Kind: numberstest.StatusBefore, Status: 401, Times: -1, On: numberstest.Match{PathPrefix: "/"}})

	var last error
	for n, err := range f.Owned(ctx, numbers.OwnedQuery{}) {
		if last = err; err == nil {
			fmt.Println(n.E164)
		}
	}
	if e, ok := errors.AsType[*fleet.AccountError](last); ok {
		fmt.Println(e.Account, "failed:", errors.Is(e, numbers.ErrUnauthorized), errors.Is(last, numbers.ErrIncomplete))
	}
	// Output:
	// +12025550123
	// eu failed: true true
}

// An account that does not sell a number: the next one is tried, for that number alone.
func ExampleFleet_Buy() {
	us := vendor("1.00")
	us.Inject(numberstest.Fault{Kind: numberstest.PartialOrder, Numbers: []string{"+12025550124"}})
	purchase, err := company(us, vendor("2.00")).Buy(context.Background(), numbers.OrderRequest{
		Numbers: []numbers.E164{"+12025550123", "+12025550124"}, Reference: "customer 4711",
	}, nil)
	for _, o := range purchase.Orders {
		fmt.Println(o.Account, o.ID, o.State)
	}
	fmt.Println(purchase.Bought(), err)
	// Output:
	// us order-1 partial
	// eu order-1 complete
	// [+12025550123 +12025550124] <nil>
}

// Any three numbers, whichever account has them.
func ExampleFleet_BuyAny() {
	f := company(vendor("1.00", "+12025550142"), vendor("2.00", "+12025550150", "+12025550151", "+12025550152"))
	purchase, err := f.BuyAny(context.Background(), numbers.SearchQuery{Country: "US"}, 3, nil)
	fmt.Println(purchase.Bought(), err)
	// Output: [+12025550142 +12025550150 +12025550151] <nil>
}

// The books of the company, and what its vendors say.
func ExampleFleet_Reconcile() {
	ctx, us := context.Background(), vendor("1.00")
	f := company(us, vendor("1.00"))
	_, _ = f.Buy(ctx, numbers.OrderRequest{Numbers: []numbers.E164{"+12025550123", "+12025550124"}, Assign: &numbers.Assignment{Connection: "pbx"}}, nil)
	us.Lock("+12025550123")

	books := func(yield func(fleet.Record, error) bool) { // from a file, or a database
		_ = yield(fleet.Record{Number: "+12025550123", Account: "us", State: numbers.NumberActive}, nil) &&
			yield(fleet.Record{Number: "+12025550125", Account: "eu"}, nil)
	}
	for d, err := range f.Reconcile(ctx, books, nil) {
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(d.Number, d.Kind, d.Account)
	}
	// Output:
	// +12025550123 locked us
	// +12025550124 unknown us
	// +12025550125 missing eu
}

// Give numbers back. Their number is stated beforehand.
func ExampleFleet_ReleaseAll() {
	ctx, f := context.Background(), company(vendor("1.00"), vendor("1.00"))
	_, _ = f.Buy(ctx, numbers.OrderRequest{Numbers: []numbers.E164{"+12025550123", "+12025550124"}}, nil)

	_, err := f.ReleaseAll(ctx, f.Owned(ctx, numbers.OwnedQuery{}), 1, nil)
	fmt.Println(err)
	done, err := f.ReleaseAll(ctx, f.Owned(ctx, numbers.OwnedQuery{}), 2, nil)
	fmt.Println(done.Done, err)
	// Output:
	// numbers/company: ReleaseAll: invalid (field count): nothing was released: the list has more than 1 numbers
	// 2 <nil>
}

// Connect every number of one account.
func ExampleFleet_AssignAll() {
	ctx, f := context.Background(), company(vendor("1.00"), vendor("1.00"))
	_, _ = f.Buy(ctx, numbers.OrderRequest{Numbers: []numbers.E164{"+12025550123", "+12025550124"}}, nil)

	done, err := f.AssignAll(ctx, f.Owned(ctx, numbers.OwnedQuery{}), func(n *numbers.Number) numbers.Assignment {
		if n.Account != "us" {
			return numbers.Assignment{} // it stays as it is
		}
		return numbers.Assignment{Connection: "pbx"}
	}, &fleet.BulkOptions{StopAfter: 3})
	fmt.Println(done.Done, err)
	// Output: 2 <nil>
}
