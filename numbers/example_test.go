package numbers_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/shopspring/decimal"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// An Orderer alone: Place sends an order at most once, and the kind of its error says what
// came of it. Package account also claims, records and resolves.
func ExampleError() {
	ctx, o := context.Background(), numberstest.NewMemory(numberstest.MemoryOptions{})
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
			fmt.Println("perhaps bought; don't place it again, but resolve", e.Attempt.Numbers)
		case errors.Is(err, numbers.ErrRateLimited):
			fmt.Println("not bought; try again in", e.RetryAfter)
		default:
			fmt.Println("not bought:", err)
		}
	}
	// Output:
	// not bought: memory: Place +12025550123: insufficient funds (HTTP 402)
	// not bought; try again in 7s
	// perhaps bought; don't place it again, but resolve [+12025550123]
}

// The vendor's own answer is there for what this package does not name.
func ExampleNative() {
	o := numberstest.NewMemory(numberstest.MemoryOptions{})
	order, _ := o.Place(context.Background(), numbers.OrderRequest{
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
	fmt.Println(errors.Is(err, numbers.ErrInvalid))
	// Output:
	// +12025550123 <nil>
	// true
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

func ExampleOrderQuery_Match() {
	orders := []*numbers.Order{
		{ID: "a", Items: []numbers.Item{{E164: "+12025550123"}}},
		{ID: "b", Items: []numbers.Item{{E164: "+12025550124"}}},
	}
	q := numbers.OrderQuery{Numbers: []numbers.E164{"+12025550124", "+12025550125"}}
	for _, o := range orders {
		fmt.Println(o.ID, q.Match(o))
	}
	// Output:
	// a false
	// b true
}

// spanName is a span name formatter for otelhttp:
//
//	client.Transport = otelhttp.NewTransport(nil, otelhttp.WithSpanNameFormatter(spanName))
func spanName(_ string, r *http.Request) string {
	if o, ok := numbers.OperationFrom(r.Context()); ok {
		return o.Vendor + " " + o.Op
	}
	return r.Method
}

func ExampleOperationFrom() {
	ctx := numbers.WithOperation(context.Background(), numbers.Operation{
		Vendor: "acme", Op: "Orders.Get", Class: numbers.ClassRead, Method: http.MethodGet, Path: "/orders/{id}",
	})
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://api.acme.example/orders/7", nil)
	fmt.Println(spanName("HTTP GET", request), err)
	// Output: acme Orders.Get <nil>
}
