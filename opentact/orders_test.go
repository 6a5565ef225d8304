package opentact_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/numbers/wire"
	"github.com/tnkit/tnkit/opentact"
)

const orderID = "0b9c7d53-0d3a-4a36-9d1c-6f6d1b1a2c01"

// seedRequest is the request of the documented example.
func seedRequest() *opentact.CreateTNOrderRequest {
	return &opentact.CreateTNOrderRequest{
		Voice: new(true), Fax: new(true), SMS: new(true), MMS: new(true), Emergency: new(true),
		TNs: []int64{0}, AutoRenew: new(true), Profile: new("string"),
		SIPConnection: new("string"), SIPControlApp: new("string"),
	}
}

func orderOperations() []operation {
	return []operation{
		{
			Name: "Orders.Create", Class: vendortest.Buy,
			Request: "POST /order/tn", Body: "order.create.request.json", Answer: "order.create.response.json",
			Call: func(ctx context.Context, c *opentact.Client) (any, error) {
				return c.Orders.Create(ctx, seedRequest())
			},
		},
		{
			Name:    "Orders.Price",
			Request: "POST /order/price", Body: "order.price.request.json", Answer: "order.price.response.json",
			Call: func(ctx context.Context, c *opentact.Client) (any, error) {
				return c.Orders.Price(ctx, seedRequest())
			},
		},
		{
			Name: "Orders.List", Nullable: true,
			Request: "GET /order", Answer: "order.list.response.json",
			Call: func(ctx context.Context, c *opentact.Client) (any, error) { return c.Orders.List(ctx) },
		},
		{
			Name: "Orders.List", Nullable: true,
			Request: "GET /order", Answer: "order.list.array.response.json",
			Call: func(ctx context.Context, c *opentact.Client) (any, error) { return c.Orders.List(ctx) },
		},
		{
			Name: "Orders.All", Op: "Orders.List", Nullable: true, Result: rows,
			Request: "GET /order", Answer: "order.list.paged.response.json",
			Call: func(ctx context.Context, c *opentact.Client) (any, error) {
				return vendortest.Collect(c.Orders.All(ctx))
			},
		},
		{
			Name:    "Orders.Get",
			Request: "GET /order/" + orderID, Answer: "order.get.full.response.json",
			Call: func(ctx context.Context, c *opentact.Client) (any, error) { return c.Orders.Get(ctx, orderID) },
		},
		{
			Name:    "Orders.Get",
			Request: "GET /order/string%2F%3F%25", Answer: "order.get.response.json",
			Call: func(ctx context.Context, c *opentact.Client) (any, error) { return c.Orders.Get(ctx, "string/?%") },
		},
	}
}

func TestTheSeedCreateIsReadFieldByField(t *testing.T) {
	srv := serve(t, answer{Status: 201, Body: vendortest.Fixture(t, "order.create.response.json")})
	order, err := srv.client(t).Orders.Create(ctx, seedRequest())
	require.NoError(t, err)
	yes := wire.NewBool(true)
	at := wire.TimeLiteral("2020-10-28T10:47:28.270Z")
	assert.Equal(t, &opentact.Order{
		Voice: yes, Fax: yes, SMS: yes, MMS: yes, Emergency: yes, AutoRenew: yes,
		State: opentact.OrderCreated, UUID: "e7fad289-f977-45bb-bc42-448d1290555c", CreatedOn: at, ModifiedOn: at,
		Request: &opentact.RequestCopy{
			Voice: yes, Fax: yes, SMS: yes, MMS: yes, Emergency: yes, AutoRenew: yes,
			TNs: []wire.TN{wire.TNInt(0)}, Profile: new("US"),
		},
		Price: opentact.Related[opentact.OrderPrice]{Null: true},
	}, order)
}

func TestFalseReachesTheWireAndNilDoesNot(t *testing.T) {
	for body, r := range map[string]*opentact.CreateTNOrderRequest{
		`{"tns":[12025550143]}`: {TNs: []int64{12025550143}},
		`{"voice":false,"fax":false,"sms":false,"mms":false,"emergency":false,"tns":[999999999999999],"autorenew":false}`: {
			TNs: []int64{999999999999999}, Voice: new(false), Fax: new(false), SMS: new(false), MMS: new(false),
			Emergency: new(false), AutoRenew: new(false),
		},
	} {
		srv := serve(t, answer{Body: vendortest.Fixture(t, "order.create.response.json")})
		_, err := srv.client(t).Orders.Create(ctx, r)
		require.NoError(t, err)
		assert.Equal(t, body, srv.Received()[0].Body)
	}
}

func TestAListThatCountsMoreOrdersThanItShowsIsIncomplete(t *testing.T) {
	srv := serve(t, vendortest.Text(`{"success":true,"payload":{"total":3,"data":[{"uuid":"a","state":"success"}]}}`))
	all, err := vendortest.Collect(srv.client(t).Orders.All(ctx))
	require.ErrorContains(t, err, "incomplete")
	assert.Len(t, all, 1)
}
