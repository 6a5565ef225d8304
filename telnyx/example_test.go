package telnyx_test

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
	"github.com/tnkit/tnkit/numbers/numberstest"
	"github.com/tnkit/tnkit/numbers/wire"
	"github.com/tnkit/tnkit/telnyx"
	"github.com/tnkit/tnkit/telnyx/telnyxtest"
)

// start starts a fake of Telnyx, so that the examples run; yours begin with
// telnyx.New(telnyx.APIKeyAuth(os.Getenv("TELNYX_API_KEY")), nil).
func start(opts telnyxtest.Options) (*telnyxtest.Server, *telnyx.Client) {
	srv, err := telnyxtest.Start(opts)
	if err != nil {
		panic(err)
	}
	return srv, srv.Client()
}

func ExampleNew() {
	_, err := telnyx.New(telnyx.APIKeyAuth(""), nil)
	fmt.Println(err)

	c, err := telnyx.New(telnyx.APIKeyAuth("KEY0123456789"), &numbers.ClientOptions{
		UserAgent: "example/1.0",
		Retry:     numbers.Retry{Attempts: 2},
	})
	fmt.Println(c != nil, err)
	// Output:
	// telnyx: New: invalid (field auth): it is empty
	// true <nil>
}

// Order two numbers, and see what becomes of each.
func ExampleNumberOrdersService_Create() {
	srv, c := start(telnyxtest.Options{})
	defer srv.Close()
	ctx := context.Background()

	order, err := c.NumberOrders.Create(ctx, &telnyx.CreateNumberOrderRequest{
		PhoneNumbers:      []telnyx.CreateNumberOrderPhoneNumber{{PhoneNumber: "+13125550101"}, {PhoneNumber: "+13125550102"}},
		ConnectionID:      new("346789098765567"),
		CustomerReference: new("lobby-1"), // how the order is found if its answer is lost
	})
	switch {
	case errors.Is(err, numbers.ErrOutcomeUnknown):
		fmt.Println("look for the reference before ordering again")
		return
	case err != nil:
		fmt.Println(err)
		return
	}
	fmt.Println(*order.Status)

	order, err = c.NumberOrders.Get(ctx, order.ID)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, n := range order.PhoneNumbers {
		fmt.Println(n.PhoneNumber, *n.Status)
	}
	// Output:
	// pending
	// +13125550101 success
	// +13125550102 success
}

// Walk all orders of a time.
func ExampleNumberOrdersService_All() {
	srv, c := start(telnyxtest.Options{})
	defer srv.Close()
	day := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	srv.AddOrder(
		numberstest.PastOrder{Numbers: []string{"+13125550101"}, Reference: "old", Created: day.Add(-time.Hour)},
		numberstest.PastOrder{Numbers: []string{"+13125550102"}, Reference: "new", Created: day.Add(time.Hour)},
	)

	orders := c.NumberOrders.All(context.Background(), &telnyx.ListNumberOrdersRequest{
		Filter: telnyx.NumberOrdersFilter{CreatedAt: telnyx.TimeRange{GT: wire.NewTime(day)}},
	}, numbers.ReadAhead(4))
	for o, err := range orders {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(*o.CustomerReference, *o.Status)
	}
	// Output: new success
}

// Search for numbers.
func ExampleAvailablePhoneNumbersService_List() {
	srv, c := start(telnyxtest.Options{})
	defer srv.Close()

	found, err := c.AvailablePhoneNumbers.List(context.Background(), &telnyx.ListAvailablePhoneNumbersRequest{
		Filter: telnyx.AvailablePhoneNumbersFilter{
			CountryCode:             "US",
			NationalDestinationCode: "312",
			Features:                []string{telnyx.FeatureSMS, telnyx.FeatureVoice},
			Limit:                   new(2),
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, n := range found.Data {
		fmt.Println(n.PhoneNumber, n.CostInformation.MonthlyCost, *n.CostInformation.Currency)
	}
	// Output:
	// +13125550100 1.00000 USD
	// +13125550101 1.00000 USD
}

// Hold a number for 30 minutes, and then for 30 more.
func ExampleNumberReservationsService_Create() {
	now := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	srv, c := start(telnyxtest.Options{ServerOptions: numberstest.ServerOptions{Now: func() time.Time { return now }}})
	defer srv.Close()
	ctx := context.Background()

	held, err := c.NumberReservations.Create(ctx, &telnyx.CreateNumberReservationRequest{
		PhoneNumbers: []telnyx.ReservePhoneNumber{{PhoneNumber: "+13125550101"}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(held.PhoneNumbers[0].ExpiredAt.Format(time.TimeOnly))
	held, err = c.NumberReservations.Extend(ctx, held.ID)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(held.PhoneNumbers[0].ExpiredAt.Format(time.TimeOnly))
	// Output:
	// 12:30:00
	// 13:00:00
}

// Move a number to another messaging profile, and give it back.
func ExamplePhoneNumbersService() {
	srv, c := start(telnyxtest.Options{})
	defer srv.Close()
	ctx := context.Background()
	srv.AddNumber(numberstest.Owned{Number: "+13125550101"})

	for n, err := range c.PhoneNumbers.All(ctx, &telnyx.ListPhoneNumbersRequest{
		Filter: telnyx.PhoneNumbersFilter{PhoneNumber: "13125550101"},
	}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		settings, err := c.PhoneNumbers.UpdateMessaging(ctx, n.ID, &telnyx.UpdateMessagingSettingsRequest{MessagingProfileID: new("support")})
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(n.PhoneNumber, *settings.MessagingProfileID)
		gone, err := c.PhoneNumbers.Delete(ctx, n.ID)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(*gone.Status)
	}
	// Output:
	// +13125550101 support
	// deleted
}

// Cancel the part of an order that is still pending.
func ExampleSubNumberOrdersService_Cancel() {
	srv, c := start(telnyxtest.Options{SettleAfter: time.Hour})
	defer srv.Close()
	ctx := context.Background()

	order, err := c.NumberOrders.Create(ctx, &telnyx.CreateNumberOrderRequest{
		PhoneNumbers: []telnyx.CreateNumberOrderPhoneNumber{{PhoneNumber: "+13125550101"}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, id := range order.SubNumberOrdersIDs {
		sub, err := c.SubNumberOrders.Cancel(ctx, id)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(*sub.CountryCode, *sub.Status)
	}
	// Output: US failure
}

// Supply what a regulator wants to know.
func ExampleRequirementGroupsService() {
	srv, c := start(telnyxtest.Options{})
	defer srv.Close()
	ctx := context.Background()

	wanted, err := c.RegulatoryRequirements.List(ctx, &telnyx.ListRegulatoryRequirementsRequest{
		Filter: telnyx.RegulatoryRequirementsFilter{CountryCode: "CH", PhoneNumberType: telnyx.TypeLocal, Action: telnyx.ActionOrdering},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	r := &telnyx.CreateRequirementGroupRequest{CountryCode: "CH", PhoneNumberType: telnyx.TypeLocal, Action: telnyx.ActionOrdering}
	for _, one := range wanted[0].RegulatoryRequirements {
		r.RegulatoryRequirements = append(r.RegulatoryRequirements, telnyx.RequirementValue{
			RequirementID: *one.ID,
			FieldValue:    "45f45a04-b4be-4592-95b1-9306b9db2b21", // the id of an address or a document
		})
	}
	group, err := c.RequirementGroups.Create(ctx, r)
	if err != nil {
		fmt.Println(err)
		return
	}
	group, err = c.RequirementGroups.SubmitForApproval(ctx, group.ID)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(*group.Status)
	// Output: pending-approval
}

// Telnyx's own words are inside the error.
func ExampleError() {
	srv, c := start(telnyxtest.Options{})
	defer srv.Close()

	_, err := c.NumberOrders.Get(context.Background(), "unknown")
	fmt.Println(errors.Is(err, numbers.ErrNotFound))
	if e, ok := errors.AsType[*telnyx.Error](err); ok {
		fmt.Println(e.Status, e.Errors[0].Code, e.Errors[0].Title)
	}
	// Output:
	// true
	// 404 10005 Resource not found
}

// Reach an endpoint that this package does not model.
func ExampleClient_Do() {
	srv, c := start(telnyxtest.Options{})
	defer srv.Close()

	answer, err := c.Do(context.Background(), &numbers.RawRequest{Method: "GET", Path: "/balance"})
	if err != nil {
		fmt.Println(err)
		return
	}
	var body struct {
		Data struct {
			Currency string `json:"currency"`
		} `json:"data"`
	}
	fmt.Println(answer.Decode(&body), body.Data.Currency)
	// Output: <nil> USD
}

// Buy a number through the portable layer, and give it back.
func ExampleNewOrderer() {
	srv, c := start(telnyxtest.Options{})
	defer srv.Close()
	ctx := context.Background()
	acct, err := account.New("main", telnyx.NewOrderer(c, nil), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer acct.Close()

	bought, err := acct.Buy(ctx, numbers.OrderRequest{
		Numbers: []numbers.E164{"+13125550101"},
		Assign:  &numbers.Assignment{Connection: "346789098765567"},
	}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(bought.Orders[0].State)

	own, err := acct.Find(ctx, "+13125550101")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(own.State, own.Assignment.Connection)
	fmt.Println(acct.Release(ctx, own))
	// Output:
	// complete
	// active 346789098765567
	// <nil>
}

// A requirement group goes along in the template, for every number.
func ExampleOrderer_Place() {
	srv, c := start(telnyxtest.Options{})
	defer srv.Close()
	ctx := context.Background()
	group, err := c.RequirementGroups.Create(ctx, &telnyx.CreateRequirementGroupRequest{
		CountryCode: "DE", PhoneNumberType: telnyx.TypeLocal, Action: telnyx.ActionOrdering,
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	order, err := telnyx.NewOrderer(c, nil).Place(ctx, numbers.OrderRequest{
		Numbers: []numbers.E164{"+4930555500101", "+4930555500102"},
		Native: &telnyx.CreateNumberOrderRequest{
			PhoneNumbers: []telnyx.CreateNumberOrderPhoneNumber{{RequirementGroupID: &group.ID}},
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(order.Count, order.State)
	// Output: 2 action-required
}

// Take webhooks.
func ExampleNewWebhookHandler() {
	srv, c := start(telnyxtest.Options{})
	defer srv.Close()
	ctx := context.Background()
	order, err := c.NumberOrders.Create(ctx, &telnyx.CreateNumberOrderRequest{
		PhoneNumbers: []telnyx.CreateNumberOrderPhoneNumber{{PhoneNumber: "+13125550101"}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	seen := map[string]bool{} // in a database, for real
	handler, err := telnyx.NewWebhookHandler([]string{srv.PublicKey()}, func(_ context.Context, w *telnyx.Webhook) error {
		if seen[w.Data.ID] {
			return nil
		}
		seen[w.Data.ID] = true
		if w.NumberOrder != nil {
			fmt.Println(w.Data.EventType, *w.NumberOrder.Status)
		}
		return nil
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	srv.Settle()
	for range 2 { // Telnyx may deliver an event again
		status, err := srv.DeliverTo(ctx, handler, order.ID)
		fmt.Println(status, err)
	}
	forged := httptest.NewRecorder()
	handler.ServeHTTP(forged, httptest.NewRequest("POST", "/", strings.NewReader("{}")))
	fmt.Println(forged.Code)
	// Output:
	// number_order.complete success
	// 200 <nil>
	// 200 <nil>
	// 401
}
