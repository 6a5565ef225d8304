package exclusive_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"

	"github.com/tnkit/tnkit/exclusive"
	"github.com/tnkit/tnkit/exclusive/exclusivetest"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// start starts a PBX for an example. A real one is at a base URL of its own, and
// needs no HTTPClient but for its certificate.
func start() (*exclusivetest.Server, *exclusive.Client) {
	pbx, err := exclusivetest.Start(exclusivetest.Options{})
	if err != nil {
		log.Fatal(err)
	}
	c, err := exclusive.New(pbx.URL(), exclusive.TokenAuth(exclusivetest.Token), &numbers.ClientOptions{HTTPClient: pbx.HTTPClient()})
	if err != nil {
		log.Fatal(err)
	}
	return pbx, c
}

func Example() {
	pbx, c := start()
	defer pbx.Close()
	ctx := context.Background()

	for _, n := range []string{"+493012345678", "+498912345678"} {
		if _, err := c.Numbers.Create(ctx, &exclusive.CreateNumberRequest{Number: n}); err != nil {
			log.Fatal(err)
		}
	}
	for number, err := range c.Numbers.All(ctx, nil) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(number.Number, *number.Enabled)
	}
	// Output:
	// +493012345678 true
	// +498912345678 true
}

func ExampleNumbersService_CreateAndGet() {
	pbx, c := start()
	defer pbx.Close()

	number, err := c.Numbers.CreateAndGet(context.Background(), &exclusive.CreateNumberRequest{
		Number:      "+493012345678",
		Enabled:     new(false),
		Description: new("front desk"),
	})
	if err != nil {
		// Where number is not nil all the same, it is registered.
		log.Fatal(err)
	}
	fmt.Println(number.Number, *number.Enabled, *number.Description)
	// Output: +493012345678 false front desk
}

func ExampleNumbersService_List() {
	pbx, c := start()
	defer pbx.Close()
	pbx.AddNumber(numberstest.Owned{Number: "101"}, numberstest.Owned{Number: "102"}, numberstest.Owned{Number: "201"})

	page, err := c.Numbers.List(context.Background(), &exclusive.ListNumbersRequest{Filter: "startswith(number,'1')", Top: 1})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(page.Count, len(page.Items), page.Items[0].Number)
	// Output: 2 1 101
}

func ExampleNumbersService_Modify() {
	pbx, c := start()
	defer pbx.Close()
	ids := pbx.AddNumber(numberstest.Owned{Number: "+493012345678", State: exclusivetest.StateDisabled})

	number, err := c.Numbers.Modify(context.Background(), ids[0], &exclusive.UpdateNumberRequest{Description: new("back office")})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(*number.Description, *number.Enabled)
	// Output: back office false
}

func ExampleNumbersService_Delete() {
	pbx, c := start()
	defer pbx.Close()
	ctx := context.Background()
	ids := pbx.AddNumber(numberstest.Owned{Number: "+493012345678"})

	fmt.Println(c.Numbers.Delete(ctx, ids[0]))
	_, err := c.Numbers.Get(ctx, ids[0])
	fmt.Println(errors.Is(err, numbers.ErrNotFound))
	// Output:
	// <nil>
	// true
}

func ExampleNumbersService_SetAgents() {
	pbx, c := start()
	defer pbx.Close()
	ctx := context.Background()
	ids := pbx.AddNumber(numberstest.Owned{Number: "+493012345678"})
	queue := pbx.AddQueue("", exclusivetest.Queue{Name: "Sales", ExtensionNumber: "8000", Agents: []exclusivetest.Agent{
		{Name: "Ada", ExtensionNumber: "101"}, {Name: "Bob", ExtensionNumber: "102"},
	}})

	if err := c.Numbers.SetAgents(ctx, ids[0], queue, &exclusive.SetAgentsRequest{Items: []string{"102"}}); err != nil {
		log.Fatal(err)
	}
	queues, err := c.Numbers.ListCallQueues(ctx, ids[0])
	if err != nil {
		log.Fatal(err)
	}
	agents, err := c.Numbers.ListAgents(ctx, ids[0], queues.Items[0].ID)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(queues.Items[0].Name, agents.Items[0].Name)
	// Output: Sales Bob
}

func ExampleNumbersService_Export() {
	pbx, c := start()
	defer pbx.Close()
	pbx.AddNumber(numberstest.Owned{Number: "+493012345678"})

	file, err := c.Numbers.Export(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	defer file.Body.Close()
	n, err := io.Copy(io.Discard, file.Body)
	fmt.Println(file.ContentType, n > 0, err)
	// Output: application/octet-stream true <nil>
}

func ExampleLoginAuth() {
	pbx, err := exclusivetest.Start(exclusivetest.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer pbx.Close()

	login := exclusive.LoginAuth(exclusivetest.Domain, exclusivetest.Username, "a wrong password")
	c, err := exclusive.New(pbx.URL(), login, &numbers.ClientOptions{HTTPClient: pbx.HTTPClient()})
	if err != nil {
		log.Fatal(err)
	}
	_, err = c.Numbers.List(context.Background(), nil)
	if e, ok := errors.AsType[*exclusive.Error](err); ok {
		fmt.Println(errors.Is(err, numbers.ErrUnauthorized), e.Status, e.Errors[0].Code)
	}
	// Output: true 400 UNAUTHORIZED
}

func ExampleTrustFingerprint() {
	pbx, err := exclusivetest.Start(exclusivetest.Options{ServerOptions: numberstest.ServerOptions{TLS: true}})
	if err != nil {
		log.Fatal(err)
	}
	defer pbx.Close()
	_, fingerprint := pbx.Certificate()

	trusting := exclusive.TrustFingerprint(fingerprint)
	defer trusting.CloseIdleConnections()
	c, err := exclusive.New(pbx.URL(), exclusive.TokenAuth(exclusivetest.Token), &numbers.ClientOptions{HTTPClient: trusting})
	if err != nil {
		log.Fatal(err)
	}
	page, err := c.Numbers.List(context.Background(), nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(page.Count)
	// Output: 0
}

func ExampleNewOrderer() {
	pbx, c := start()
	defer pbx.Close()
	ctx := context.Background()

	acct, err := account.New("head office", exclusive.NewOrderer(c, nil), nil)
	if err != nil {
		log.Fatal(err)
	}
	defer acct.Close()
	purchase, err := acct.Buy(ctx, numbers.OrderRequest{
		Numbers: []numbers.E164{"+493012345678"},
		Native:  &exclusive.CreateNumberRequest{Description: new("front desk")},
	}, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(purchase.Orders[0].State, acct.Capabilities().Billing)

	number, err := acct.Find(ctx, "+493012345678")
	if err != nil {
		log.Fatal(err)
	}
	own, _ := numbers.Native[*exclusive.Number](number)
	fmt.Println(number.State, *own.Description)
	fmt.Println(acct.Release(ctx, number))
	_, err = acct.Quote(ctx, numbers.OrderRequest{Numbers: []numbers.E164{"+493012345678"}})
	fmt.Println(errors.Is(err, errors.ErrUnsupported))
	// Output:
	// complete registers
	// active front desk
	// <nil>
	// true
}
