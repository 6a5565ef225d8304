package telnyx_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/numbers/wire"
	"github.com/tnkit/tnkit/telnyx"
)

const orderID = "12ade33a-21c0-473b-b055-b3c836e1c292"

func numberOrderOperations() []operation {
	return []operation{
		{
			Name: "NumberOrders.Create", Class: vendortest.Buy,
			Request: "POST /number_orders",
			Body:    "number_orders.create.request.json", Answer: "number_orders.create.response.json",
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) {
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
			Name:    "NumberOrders.Get",
			Request: "GET /number_orders/" + orderID,
			Answer:  "number_orders.get.response.json",
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.NumberOrders.Get(ctx, orderID)
			},
		},
		{
			Name: "NumberOrders.Update", Class: vendortest.Write,
			Request: "PATCH /number_orders/" + orderID,
			Body:    "number_orders.update.request.json", Answer: "number_orders.update.response.json",
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.NumberOrders.Update(ctx, orderID, &telnyx.UpdateNumberOrderRequest{
					CustomerReference: new("MY REF 003"),
					RegulatoryRequirements: []telnyx.RequirementValue{
						{RequirementID: "8ffb3622-7c6b-4ccc-b65f-7a3dc0099576", FieldValue: "45f45a04-b4be-4592-95b1-9306b9db2b21"},
					},
				})
			},
		},
		{
			Name:    "NumberOrders.List",
			Request: "GET /number_orders?page%5Bnumber%5D=2&page%5Bsize%5D=25",
			Answer:  "number_orders.list.response.json",
			Result:  vendortest.Nth(0),
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.NumberOrders.List(ctx, &telnyx.ListNumberOrdersRequest{Page: telnyx.PageParams{Number: 2, Size: 25}})
			},
		},
		{
			Name: "NumberOrders.All", Op: "NumberOrders.List",
			Request: "GET /number_orders?page%5Bnumber%5D=3&page%5Bsize%5D=250",
			Answer:  "number_orders.last.response.json",
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return vendortest.Collect(c.NumberOrders.All(ctx, &telnyx.ListNumberOrdersRequest{Page: telnyx.PageParams{Number: 3}}))
			},
		},
	}
}

func TestTheSeedListIsReadFieldByField(t *testing.T) {
	srv := serve(t, answer{Body: vendortest.Fixture(t, "number_orders.list.response.json")})
	page, err := srv.client(t).NumberOrders.List(ctx, nil)
	require.NoError(t, err)
	assert.Equal(t, metaOf(2, 25, 3, 55), page.Meta)
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
