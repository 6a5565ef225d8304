package opentact_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/opentact"
)

func TestBadInputIsRefusedAndNothingSent(t *testing.T) {
	srv := serve(t, vendortest.Text("{}"))
	c := srv.client(t)
	for _, id := range []string{"", ".", ".."} {
		_, err := c.Orders.Get(ctx, id)
		assertInvalid(t, err, "uuid")
	}
	tns := []int64{12025550143}
	for field, bad := range map[string][]*opentact.CreateTNOrderRequest{
		"request": {nil},
		"TNs":     {{}, {TNs: []int64{}}},
		"TNs[1]":  {{TNs: []int64{1, -1}}},
		"Profile": {{TNs: tns, Profile: new("")}, {TNs: tns, Profile: new(strings.Repeat("é", 256))}},
	} {
		for _, r := range bad {
			_, err := c.Orders.Create(ctx, r)
			assertInvalid(t, err, field)
			_, err = c.Orders.Price(ctx, r)
			assertInvalid(t, err, field)
		}
	}
	assert.Empty(t, srv.Received())
}

func TestBadInputToTheOtherServicesIsRefused(t *testing.T) {
	srv := serve(t, vendortest.Text("{}"))
	c := srv.client(t)
	update, change, name := &opentact.UpdateLeaseRequest{}, &opentact.ChangeLeasesRequest{Add: []string{"a"}}, &opentact.UpdateTokenRequest{}
	for _, id := range []string{"", ".", ".."} {
		for _, do := range []func() error{
			func() error { _, err := c.Leases.Get(ctx, id); return err },
			func() error { _, err := c.Leases.Release(ctx, id); return err },
			func() error { _, err := c.Leases.Update(ctx, id, update); return err },
			func() error { _, err := c.SIPConnections.ChangeLeases(ctx, id, change); return err },
			func() error { _, err := c.SIPControlApps.ChangeLeases(ctx, id, change); return err },
			func() error { return c.Tokens.Update(ctx, id, name) },
		} {
			assertInvalid(t, do(), "uuid")
		}
	}
	for field, do := range map[string]func() error{
		"tn":      func() error { _, err := c.Leases.GetByTN(ctx, -1); return err },
		"country": func() error { _, err := c.TNs.ListStates(ctx, ""); return err },
		"state":   func() error { _, err := c.TNs.ListRateCenters(ctx, ""); return err },
		"Page":    func() error { _, err := c.TNs.Search(ctx, &opentact.SearchTNsRequest{Page: -1}); return err },
		"Pattern": func() error { _, err := c.TNs.Search(ctx, &opentact.SearchTNsRequest{Pattern: new("")}); return err },
		"Type":    func() error { _, err := c.TNs.SearchByType(ctx, &opentact.SearchTNsByTypeRequest{}); return err },
		"TTL":     func() error { _, err := c.Tokens.Create(ctx, &opentact.CreateTokenRequest{TTL: 59}); return err },
		"Add": func() error {
			_, err := c.SIPControlApps.ChangeLeases(ctx, "a", &opentact.ChangeLeasesRequest{})
			return err
		},
		"Items": func() error { _, err := c.Orders.CreateItems(ctx, &opentact.CreateItemsRequest{}); return err },
		"Items[0].TN": func() error {
			_, err := c.Orders.CreateOrder(ctx, &opentact.CreateOrderRequest{Items: []opentact.CreateOrderItem{{TN: -1}}})
			return err
		},
		"Items[0].Profile": func() error {
			_, err := c.Orders.PriceItems(ctx, &opentact.CreateItemsRequest{Items: []opentact.CreateItem{{Profile: new("")}}})
			return err
		},
	} {
		assertInvalid(t, do(), field)
	}
	assertInvalid(t, c.Tokens.Update(ctx, "t", &opentact.UpdateTokenRequest{TTL: new(int64(59))}), "TTL")
	_, err := c.Orders.CreateItems(ctx, &opentact.CreateItemsRequest{Items: []opentact.CreateItem{{TN: -1}}})
	assertInvalid(t, err, "Items[0].TN")
	_, err = c.Orders.CreateOrder(ctx, &opentact.CreateOrderRequest{})
	assertInvalid(t, err, "Items")
	for _, bad := range []int{-1, 101} {
		_, err = c.Orders.Search(ctx, &opentact.SearchOrdersRequest{Take: bad})
		assertInvalid(t, err, "Take")
		_, err = vendortest.Collect(c.Orders.SearchAll(ctx, &opentact.SearchOrdersRequest{Take: bad}))
		assertInvalid(t, err, "Take")
		_, err = c.Leases.Search(ctx, &opentact.SearchLeasesRequest{Take: bad})
		assertInvalid(t, err, "Take")
		_, err = c.TNs.Search(ctx, &opentact.SearchTNsRequest{Size: bad})
		assertInvalid(t, err, "Size")
		_, err = c.TNs.SearchByType(ctx, &opentact.SearchTNsByTypeRequest{Type: "long_code", Take: bad})
		assertInvalid(t, err, "Take")
	}
	_, err = c.Orders.Search(ctx, &opentact.SearchOrdersRequest{Skip: -1})
	assertInvalid(t, err, "Skip")
	for _, do := range []func() error{
		func() error { _, err := c.Orders.CreateItems(ctx, nil); return err },
		func() error { _, err := c.Orders.CreateOrder(ctx, nil); return err },
		func() error { _, err := c.TNs.SearchByType(ctx, nil); return err },
		func() error { _, err := c.Leases.Update(ctx, "l", nil); return err },
		func() error { _, err := c.SIPControlApps.ChangeLeases(ctx, "a", nil); return err },
		func() error { _, err := c.Tokens.Create(ctx, nil); return err },
		func() error { return c.Tokens.Update(ctx, "t", nil) },
	} {
		assertInvalid(t, do(), "request")
	}
	assert.Empty(t, srv.Received())
}

func TestANumberIsOrderedOnce(t *testing.T) {
	srv := serve(t, vendortest.Text("{}"))
	c := srv.client(t)
	twice := &opentact.CreateTNOrderRequest{TNs: []int64{12025550143, 12025550144, 12025550143}}
	_, err := c.Orders.Create(ctx, twice)
	assertInvalid(t, err, "TNs[2]")
	assert.ErrorContains(t, err, "the first is TNs[0]")
	_, err = c.Orders.Price(ctx, twice)
	assertInvalid(t, err, "TNs[2]")
	_, err = c.Orders.CreateItems(ctx, &opentact.CreateItemsRequest{Items: []opentact.CreateItem{{TN: 1}, {TN: 1}}})
	assertInvalid(t, err, "Items[1].TN")
	_, err = c.Orders.CreateOrder(ctx, &opentact.CreateOrderRequest{Items: []opentact.CreateOrderItem{{TN: 1}, {TN: 1}}})
	assertInvalid(t, err, "Items[1].TN")
	assert.Empty(t, srv.Received())
}

func TestTheDocumentedLimitsAreAllowed(t *testing.T) {
	srv := serve(t, answer{Body: vendortest.Fixture(t, "order.create.response.json")})
	for _, name := range []string{"U", strings.Repeat("é", 255)} {
		_, err := srv.client(t).Orders.Create(ctx, &opentact.CreateTNOrderRequest{TNs: []int64{0}, Profile: &name})
		require.NoError(t, err)
	}
}

func TestNewRefusesWhatCannotWork(t *testing.T) {
	for _, auth := range []opentact.Auth{{}, opentact.TokenAuth(""), opentact.TokenAuth(" t"), opentact.TokenAuth("t\n")} {
		_, err := opentact.New(auth, nil)
		assertInvalid(t, err, "auth")
	}
	_, err := opentact.New(opentact.TokenAuth(token), &numbers.ClientOptions{BaseURL: "http://api.opentact.org/rest"})
	assertInvalid(t, err, "BaseURL")
}
