package voipbin_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
	"github.com/tnkit/tnkit/numbers/numberstest"
	"github.com/tnkit/tnkit/numbers/wire"
	"github.com/tnkit/tnkit/voipbin"
	"github.com/tnkit/tnkit/voipbin/voipbintest"
)

// example starts a fake VoIPBin in memory. With the real one, a client is made
// by voipbin.New(voipbin.TokenAuth(token), nil).
func example(opts voipbintest.Options) (*voipbintest.Server, *voipbin.Client) {
	opts.InMemory = true
	srv, err := voipbintest.Start(opts)
	if err != nil {
		log.Fatal(err)
	}
	return srv, srv.Client()
}

func ExampleNumbersService_Create() {
	srv, c := example(voipbintest.Options{})
	defer srv.Close()

	n, err := c.Numbers.Create(context.Background(), &voipbin.CreateNumberRequest{
		Number:     "+12025550142",
		CallFlowID: new("c4a1e7d0-5b2f-4f6a-9d83-7e0c2b9a1f45"),
		Name:       new("Reception"),
	})
	switch {
	case errors.Is(err, numbers.ErrOutcomeUnknown):
		fmt.Println("perhaps bought: list the numbers before ordering again")
	case err != nil:
		fmt.Println("definitely not bought:", err)
	default:
		fmt.Println(n.Number, n.Status, *n.Name)
	}
	// Output: +12025550142 active Reception
}

func ExampleNumbersService_Create_virtual() {
	srv, c := example(voipbintest.Options{})
	defer srv.Close()

	n, err := c.Numbers.Create(context.Background(), &voipbin.CreateNumberRequest{
		Number: "+899204060801",
		Type:   new(voipbin.TypeVirtual), // without it a carrier would be asked, and the request is refused
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(n.Number, *n.Type)
	// Output: +899204060801 virtual
}

func ExampleNumbersService_All() {
	srv, c := example(voipbintest.Options{})
	defer srv.Close()
	created := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for i := range 5 { // all in one microsecond, which page tokens alone lose
		srv.AddNumber(numberstest.Owned{Number: fmt.Sprintf("+1202555010%d", i), Created: created})
	}

	count := 0
	for n, err := range c.Numbers.All(context.Background(), &voipbin.ListNumbersRequest{PageSize: 2}) {
		if err != nil {
			log.Fatal(err)
		}
		count++
		_ = n.Number
	}
	fmt.Println(count, "numbers")
	// Output: 5 numbers
}

func ExampleNumbersService_Modify() {
	srv, c := example(voipbintest.Options{})
	defer srv.Close()
	id := srv.AddNumber(numberstest.Owned{Number: "+12025550142", Name: "Reception", Description: "front desk"})[0]

	n, err := c.Numbers.Modify(context.Background(), id, &voipbin.ModifyNumberRequest{Name: new("Night desk")})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s, %s\n", *n.Name, *n.Detail)
	// Output: Night desk, front desk
}

func ExampleOrderNumbersService_List() {
	srv, c := example(voipbintest.Options{Era: voipbintest.EraSeed, ServerOptions: numberstest.ServerOptions{Seed: true}})
	defer srv.Close()

	page, err := c.OrderNumbers.List(context.Background(), &voipbin.ListOrderNumbersRequest{PageSize: 10})
	if err != nil {
		log.Fatal(err)
	}
	for _, n := range page.Result {
		created, _ := n.TMCreate.Known()
		_, updated := n.TMUpdate.Known()
		fmt.Println(n.Number, n.Status, created.Year(), updated)
	}
	// Output:
	// +16062067563 purchase-pending 2021 false
	// +16195734778 active 2020 false
}

func ExampleAvailableNumbersService_List() {
	srv, c := example(voipbintest.Options{})
	defer srv.Close()

	list, err := c.AvailableNumbers.List(context.Background(), &voipbin.ListAvailableNumbersRequest{CountryCode: "US", PageSize: 2})
	if err != nil {
		log.Fatal(err)
	}
	for _, n := range list.Result {
		fmt.Println(n.Number, n.Country, n.Features)
	}
	// Output:
	// +12182558711 US [emergency fax voice sms mms]
	// +12182558712 US [emergency fax voice sms mms]
}

func ExampleLoginAuth() {
	srv, _ := example(voipbintest.Options{})
	defer srv.Close()

	// Nothing is sent before the first request, which logs in.
	c, err := voipbin.New(voipbin.LoginAuth(voipbintest.Username, voipbintest.Password), &numbers.ClientOptions{
		BaseURL: srv.URL(), HTTPClient: srv.HTTPClient(),
	})
	if err != nil {
		log.Fatal(err)
	}
	page, err := c.Numbers.List(context.Background(), nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(page.Result), "numbers")
	// Output: 0 numbers
}

func ExampleAccessKeyAuth() {
	srv, _ := example(voipbintest.Options{})
	defer srv.Close()

	c, err := voipbin.New(voipbin.AccessKeyAuth(voipbintest.AccessKey), &numbers.ClientOptions{
		BaseURL: srv.URL(), HTTPClient: srv.HTTPClient(),
	})
	if err != nil {
		log.Fatal(err)
	}
	_, err = c.Numbers.Get(context.Background(), "0f4cb8a6-3f0b-4b5e-9a57-1f1d2c3b4a59")
	fmt.Println(errors.Is(err, numbers.ErrNotFound))
	// Output: true
}

func ExampleAuthService_Login() {
	srv, c := example(voipbintest.Options{})
	defer srv.Close()

	l, err := c.Auth.Login(context.Background(), &voipbin.LoginRequest{
		Username: voipbintest.Username, Password: wire.NewSecret(voipbintest.Password),
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(l.Username, l.Token) // l.Token.Reveal() is the token itself
	// Output: admin [redacted]
}

func ExampleError() {
	srv, c := example(voipbintest.Options{})
	defer srv.Close()
	srv.SetIdentityVerified(false)

	_, err := c.Numbers.Create(context.Background(), &voipbin.CreateNumberRequest{Number: "+12025550142"})
	if e, ok := errors.AsType[*voipbin.Error](err); ok {
		fmt.Println(e.HTTPStatus, e.Reason)
	}
	fmt.Println(errors.Is(err, numbers.ErrRequirements))
	// Output:
	// 403 IDENTITY_VERIFICATION_REQUIRED
	// true
}

func ExampleNewOrderer() {
	srv, c := example(voipbintest.Options{})
	defer srv.Close()
	ctx := context.Background()
	acct, err := account.New("main", voipbin.NewOrderer(c, nil), nil)
	if err != nil {
		log.Fatal(err)
	}
	defer acct.Close()

	purchase, err := acct.Buy(ctx, numbers.OrderRequest{Numbers: []numbers.E164{"+12025550142"}}, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(purchase.Bought())

	owned, err := acct.Find(ctx, "+12025550142")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(owned.E164, owned.State)
	fmt.Println("released:", acct.Release(ctx, owned) == nil)
	// Output:
	// [+12025550142]
	// +12025550142 active
	// released: true
}

func ExampleOrderer_Search() {
	srv, c := example(voipbintest.Options{})
	defer srv.Close()
	o := voipbin.NewOrderer(c, nil)

	for offer, err := range o.Search(context.Background(), numbers.SearchQuery{Country: "US", Limit: 2}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(offer.E164, offer.Region)
	}
	// Output:
	// +12182558711 MN
	// +12182558712 MN
}

func ExampleOrderer_Assign() {
	srv, c := example(voipbintest.Options{})
	defer srv.Close()
	ctx := context.Background()
	id := srv.AddNumber(numberstest.Owned{Number: "+12025550142", Assignment: numbers.Assignment{MessageFlow: "1a2b3c4d-0e5f-4a6b-8c7d-9e0f1a2b3c4d"}})[0]
	o := voipbin.NewOrderer(c, nil)

	order, err := o.Order(ctx, id)
	if err != nil {
		log.Fatal(err)
	}
	owned, err := o.Assign(ctx, order.Items[0].Owned, numbers.Assignment{CallFlow: "c4a1e7d0-5b2f-4f6a-9d83-7e0c2b9a1f45"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(owned.Assignment.CallFlow)
	fmt.Println(owned.Assignment.MessageFlow)
	// Output:
	// c4a1e7d0-5b2f-4f6a-9d83-7e0c2b9a1f45
	// 1a2b3c4d-0e5f-4a6b-8c7d-9e0f1a2b3c4d
}

func ExampleOrderer_ResolveAll() {
	srv, c := example(voipbintest.Options{Era: voipbintest.EraSeed})
	defer srv.Close()
	ctx := context.Background()
	o := voipbin.NewOrderer(c, &voipbin.OrdererOptions{Generation: voipbin.GenerationOrderNumbers})
	srv.Inject(numberstest.Fault{Kind: numberstest.ZeroObject})

	_, err := o.Place(ctx, numbers.OrderRequest{Numbers: []numbers.E164{"+12025550142"}})
	fmt.Println(errors.Is(err, numbers.ErrOutcomeUnknown))
	if e, ok := errors.AsType[*numbers.Error](err); ok && e.Attempt != nil {
		// One reading. It proves an absence only after Capabilities.ListingDelay.
		resolutions, errs := o.ResolveAll(ctx, []numbers.Attempt{*e.Attempt})
		fmt.Println(resolutions[0].Outcome, errs[0])
	}
	// Output:
	// true
	// possibly-orphaned <nil>
}
