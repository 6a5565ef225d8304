package opentact_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

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
			name: "Orders.Create", class: buy,
			request: "POST /order/tn", body: "order.create.request.json", answer: "order.create.response.json",
			call: func(ctx context.Context, c *opentact.Client) (any, error) {
				return c.Orders.Create(ctx, seedRequest())
			},
		},
		{
			name:    "Orders.Price",
			request: "POST /order/price", body: "order.price.request.json", answer: "order.price.response.json",
			call: func(ctx context.Context, c *opentact.Client) (any, error) {
				return c.Orders.Price(ctx, seedRequest())
			},
		},
		{
			name: "Orders.List", nullable: true,
			request: "GET /order", answer: "order.list.response.json",
			call: func(ctx context.Context, c *opentact.Client) (any, error) { return c.Orders.List(ctx) },
		},
		{
			name: "Orders.List", nullable: true,
			request: "GET /order", answer: "order.list.array.response.json",
			call: func(ctx context.Context, c *opentact.Client) (any, error) { return c.Orders.List(ctx) },
		},
		{
			name: "Orders.All", op: "Orders.List", nullable: true, rows: true,
			request: "GET /order", answer: "order.list.paged.response.json",
			call: func(ctx context.Context, c *opentact.Client) (any, error) { return collect(c.Orders.All(ctx)) },
		},
		{
			name:    "Orders.Get",
			request: "GET /order/" + orderID, answer: "order.get.full.response.json",
			call: func(ctx context.Context, c *opentact.Client) (any, error) { return c.Orders.Get(ctx, orderID) },
		},
		{
			name:    "Orders.Get",
			request: "GET /order/string%2F%3F%25", answer: "order.get.response.json",
			call: func(ctx context.Context, c *opentact.Client) (any, error) { return c.Orders.Get(ctx, "string/?%") },
		},
	}
}

func TestTheSeedCreateIsReadFieldByField(t *testing.T) {
	srv := serve(t, answer{status: 201, body: fixture(t, "order.create.response.json")})
	order, err := srv.client(t).Orders.Create(ctx, seedRequest())
	require.NoError(t, err)
	yes := wire.NewBool(true)
	at := wire.TimeLiteral("2020-10-28T10:47:28.270Z")
	assert.Equal(t, &opentact.Order{
		Voice: yes, Fax: yes, SMS: yes, MMS: yes, Emergency: yes, AutoRenew: yes,
		State: opentact.OrderCreated, UUID: "e7fad289-f977-45bb-bc42-448d1290555c", CreatedOn: at, ModifiedOn: at,
		Request: &opentact.OrderRequest{
			Voice: yes, Fax: yes, SMS: yes, MMS: yes, Emergency: yes, AutoRenew: yes,
			TNs: []wire.TN{wire.TNInt(0)}, Profile: new("US"),
		},
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
		srv := serve(t, answer{body: fixture(t, "order.create.response.json")})
		_, err := srv.client(t).Orders.Create(ctx, r)
		require.NoError(t, err)
		assert.Equal(t, body, srv.received()[0].Body)
	}
}

func TestAListThatCountsMoreOrdersThanItShowsIsIncomplete(t *testing.T) {
	srv := serve(t, text(`{"success":true,"payload":{"total":3,"data":[{"uuid":"a","state":"success"}]}}`))
	all, err := collect(srv.client(t).Orders.All(ctx))
	require.ErrorContains(t, err, "incomplete")
	assert.Len(t, all, 1)
}
