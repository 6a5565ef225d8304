package opentact_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
	"github.com/tnkit/tnkit/numbers/numberstest"
	"github.com/tnkit/tnkit/numbers/wire"
	"github.com/tnkit/tnkit/opentact"
	"github.com/tnkit/tnkit/opentact/opentacttest"
)

// example starts a fake OpenTact, so that the examples run without an account.
func example(generation opentacttest.Generation) (*opentact.Client, *opentacttest.Server) {
	srv, err := opentacttest.Start(opentacttest.Options{Generation: generation})
	if err != nil {
		log.Fatal(err)
	}
	c, err := srv.NewClient(nil)
	if err != nil {
		log.Fatal(err)
	}
	return c, srv
}

func ExampleNew() {
	c, err := opentact.New(opentact.LoginAuth("ann@example.org", "secret"), &numbers.ClientOptions{BaseURL: opentact.StageBaseURL})
	fmt.Println(c != nil, err)
	_, err = opentact.New(opentact.TokenAuth(""), nil)
	fmt.Println(err)
	// Output:
	// true <nil>
	// opentact: New: invalid (field auth): it is empty
}

func ExampleOrdersService_Create() {
	c, srv := example(opentacttest.Gen2020)
	defer srv.Close()
	ctx := context.Background()

	order, err := c.Orders.Create(ctx, &opentact.CreateTNOrderRequest{
		TNs:       []int64{12029822917},
		SMS:       new(false), // it is true unless it is sent as false
		AutoRenew: new(false),
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(order.State)
	order, err = c.Orders.Get(ctx, order.UUID)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(order.State, order.TNLeases[0].Object.TN.Object.TN, order.Price.Object.MRC)
	// Output:
	// created
	// success 12029822917 1.75
}

func ExampleOrdersService_Price() {
	c, srv := example(opentacttest.Gen2020)
	defer srv.Close()

	price, err := c.Orders.Price(context.Background(), &opentact.CreateTNOrderRequest{TNs: []int64{12029822917, 12029822918}})
	if err != nil {
		log.Fatal(err)
	}
	monthly, known := price.MRC.Decimal()
	fmt.Println(price.NRC, monthly, known)
	// Output:
	// 2 3.7 true
}

func ExampleOrdersService_CreateOrder() {
	c, srv := example(opentacttest.Gen2024)
	defer srv.Close()
	ctx := context.Background()

	_, err := c.Orders.CreateOrder(ctx, &opentact.CreateOrderRequest{Items: []opentact.CreateOrderItem{
		{TN: 12029822917, Features: []string{"voice", "sms"}},
		{TN: 19995550100, Features: []string{"voice"}}, // nobody offers it
	}})
	if err != nil {
		log.Fatal(err)
	}
	for order, err := range c.Orders.SearchAll(ctx, nil) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(order.State, *order.Success, *order.Failed)
		whole, err := c.Orders.Get(ctx, order.UUID)
		if err != nil {
			log.Fatal(err)
		}
		for _, item := range whole.TNItems {
			fmt.Println(item.TN, item.State)
		}
	}
	// Output:
	// success 1 1
	// 12029822917 success
	// 19995550100 failed
}

func ExampleTNsService_Search() {
	c, srv := example(opentacttest.Gen2020)
	defer srv.Close()

	page, err := c.TNs.Search(context.Background(), &opentact.SearchTNsRequest{Size: 2, Pattern: new("202982291%")})
	if err != nil {
		log.Fatal(err)
	}
	for _, n := range page.Data {
		fmt.Println(n.TN, *n.Profile.Object.Name, n.Profile.Object.MRC)
	}
	fmt.Println(page.Total)
	// Output:
	// 12029822917 US 1.5
	// 12029822918 US 1.5
	// 2
}

func ExampleLeasesService_Update() {
	c, srv := example(opentacttest.Gen2020)
	defer srv.Close()
	ctx := context.Background()
	connection := srv.AddConnection("office")
	srv.AddNumber(numberstest.Owned{Number: "12029822917"})

	lease, err := c.Leases.GetByTN(ctx, 12029822917)
	if err != nil {
		log.Fatal(err)
	}
	lease, err = c.Leases.Update(ctx, lease.UUID, &opentact.UpdateLeaseRequest{SIPConnection: wire.NullOf(connection)})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(*lease.SIPConnection.Object.Name)
	lease, err = c.Leases.Update(ctx, lease.UUID, &opentact.UpdateLeaseRequest{SIPConnection: wire.NullNow[string]()})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(lease.SIPConnection.Null)
	// Output:
	// office
	// true
}

func ExampleLeasesService_Release() {
	c, srv := example(opentacttest.Gen2024)
	defer srv.Close()
	ctx := context.Background()
	id := srv.AddNumber(numberstest.Owned{Number: "12029822917"})[0]

	lease, err := c.Leases.Release(ctx, id)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(lease.TN.Object.TN)
	_, err = c.Leases.Get(ctx, id)
	fmt.Println(errors.Is(err, numbers.ErrNotFound))
	// Output:
	// 12029822917
	// true
}

func ExampleSIPConnectionsService_ChangeLeases() {
	c, srv := example(opentacttest.Gen2020)
	defer srv.Close()
	connection, lease := srv.AddConnection("office"), srv.AddNumber(numberstest.Owned{Number: "12029822917"})[0]

	leases, err := c.SIPConnections.ChangeLeases(context.Background(), connection, &opentact.ChangeLeasesRequest{Add: []string{lease}})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(leases), leases[0].Object.TN.Object.TN)
	// Output:
	// 1 12029822917
}

func ExampleTokensService_Create() {
	c, srv := example(opentacttest.Gen2020)
	defer srv.Close()

	token, err := c.Tokens.Create(context.Background(), &opentact.CreateTokenRequest{Name: "nightly job", TTL: 3600})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(*token.Name, token.Token, len(token.Token.Reveal()))
	// Output:
	// nightly job [redacted] 48
}

func ExampleError() {
	c, srv := example(opentacttest.Gen2020)
	defer srv.Close()
	srv.SetBalance("0.10")

	_, err := c.Orders.Create(context.Background(), &opentact.CreateTNOrderRequest{TNs: []int64{12029822917}})
	if errors.Is(err, numbers.ErrInsufficientFunds) {
		fmt.Println("top up first")
	}
	if e, ok := errors.AsType[*opentact.Error](err); ok {
		fmt.Println(e.HTTPStatus, e.Message)
	}
	// Output:
	// top up first
	// 402 Not enough account balance
}

func ExampleNewOrderer() {
	c, srv := example(opentacttest.Gen2020)
	defer srv.Close()
	ctx := context.Background()

	acct, err := account.New("main", opentact.NewOrderer(c, &opentact.OrdererOptions{Currency: "USD"}), nil)
	if err != nil {
		log.Fatal(err)
	}
	defer acct.Close()
	r := numbers.OrderRequest{
		Numbers: []numbers.E164{"+12029822917"},
		Native:  &opentact.CreateTNOrderRequest{AutoRenew: new(false)},
	}
	quote, err := acct.Quote(ctx, r)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(quote.Price)
	purchase, err := acct.Buy(ctx, r, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(purchase.Orders[0].State)
	n, err := acct.Find(ctx, "+12029822917")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(n.E164, *n.AutoRenew)
	fmt.Println(acct.Release(ctx, n))
	// Output:
	// 1 USD upfront, 1.85 USD monthly
	// complete
	// +12029822917 false
	// <nil>
}
