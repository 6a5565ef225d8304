package telnyx_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers/wire"
	"github.com/tnkit/tnkit/telnyx"
)

const orderID = "12ade33a-21c0-473b-b055-b3c836e1c292"

func numberOrderOperations() []operation {
	return []operation{
		{
			name: "NumberOrders.Create", class: buy,
			request: "POST /number_orders",
			body:    "number_orders.create.request.json", answer: "number_orders.create.response.json",
			call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.NumberOrders.Create(ctx, &telnyx.CreateNumberOrderRequest{
					PhoneNumbers: []telnyx.CreateNumberOrderPhoneNumber{
						{PhoneNumber: "+19705555098", BundleID: new("b8a17c34-0b52-4b6b-9e3e-3f2a51d07b11")},
						{PhoneNumber: "+492111609539", RequirementGroupID: new(telnyx.RequirementGroupID("e1c4d6a0-73f5-4d0e-8a52-6a9f1b7c2d33"))},
					},
					ConnectionID:       new("346789098765567"),
					MessagingProfileID: new("abc85f64-5717-4562-b3fc-2c9600"),
					BillingGroupID:     new("c1f0a9d2-6b1e-4f4e-9a53-5a4f0e7b9d10"),
					CustomerReference:  new("MY REF 002"),
				})
			},
		},
		{
			name:    "NumberOrders.Get",
			request: "GET /number_orders/" + orderID,
			answer:  "number_orders.get.response.json",
			call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.NumberOrders.Get(ctx, orderID)
			},
		},
		{
			name: "NumberOrders.Update", class: write,
			request: "PATCH /number_orders/" + orderID,
			body:    "number_orders.update.request.json", answer: "number_orders.update.response.json",
			call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.NumberOrders.Update(ctx, orderID, &telnyx.UpdateNumberOrderRequest{
					CustomerReference: new("MY REF 003"),
					RegulatoryRequirements: []telnyx.RequirementValue{
						{RequirementID: "8ffb3622-7c6b-4ccc-b65f-7a3dc0099576", FieldValue: "45f45a04-b4be-4592-95b1-9306b9db2b21"},
					},
				})
			},
		},
		{
			name:    "NumberOrders.List",
			request: "GET /number_orders?page%5Bnumber%5D=2&page%5Bsize%5D=25",
			answer:  "number_orders.list.response.json",
			whole:   true,
			call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.NumberOrders.List(ctx, &telnyx.ListNumberOrdersRequest{Page: telnyx.PageParams{Number: 2, Size: 25}})
			},
		},
		{
			name: "NumberOrders.All", op: "NumberOrders.List",
			request: "GET /number_orders?page%5Bnumber%5D=3&page%5Bsize%5D=250",
			answer:  "number_orders.last.response.json",
			call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return collect(c.NumberOrders.All(ctx, &telnyx.ListNumberOrdersRequest{Page: telnyx.PageParams{Number: 3}}))
			},
		},
	}
}

func TestTheSeedListIsReadFieldByField(t *testing.T) {
	srv := serve(t, answer{body: fixture(t, "number_orders.list.response.json")})
	page, err := srv.client(t).NumberOrders.List(ctx, nil)
	require.NoError(t, err)
	assert.Equal(t, &telnyx.Meta{PageNumber: 2, PageSize: 25, TotalPages: 3, TotalResults: 55}, page.Meta)
	require.Len(t, page.Data, 1)
	assert.Equal(t, telnyx.NumberOrder{
		ID: orderID, RecordType: new("number_order"), PhoneNumbersCount: new(1),
		ConnectionID:       new("346789098765567"),
		MessagingProfileID: new("abc85f64-5717-4562-b3fc-2c9600"),
		BillingGroupID:     new("abc85f64-5717-4562-b3fc-2c9600"),
		PhoneNumbers:       []telnyx.OrderPhoneNumber{{PhoneNumber: "+19705555000", ID: new(telnyx.OrderPhoneNumberID("<string>"))}},
		SubNumberOrdersIDs: []telnyx.SubNumberOrderID{"<string>"},
		Status:             new(telnyx.OrderPending),
		CustomerReference:  new("MY REF 001"),
		CreatedAt:          wire.NewTime(time.Date(2018, 1, 1, 0, 0, 0, 0, time.UTC)),
		UpdatedAt:          wire.NewTime(time.Date(2018, 1, 1, 0, 0, 0, 0, time.UTC)),
		RequirementsMet:    new(true),
	}, page.Data[0])
}
