package telnyx_test

import (
	"context"
	"io"
	"time"

	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/numbers/wire"
	"github.com/tnkit/tnkit/telnyx"
)

// The ids of the fixtures.
const (
	subOrderID    = telnyx.SubNumberOrderID("f1d2c3b4-a5e6-4789-9abc-def012345602")
	orderPhoneID  = telnyx.OrderPhoneNumberID("0c7d9a11-3e5f-4f5d-b1d5-5f0e2a6b7c02")
	groupID       = telnyx.RequirementGroupID("e1c4d6a0-73f5-4d0e-8a52-6a9f1b7c2d33")
	reportID      = "c1b5a2d0-61f4-4a9e-a7b0-0d2f3e4a5b60"
	requirementID = "8ffb3622-7c6b-4ccc-b65f-7a3dc0099576"
	document      = "45f45a04-b4be-4592-95b1-9306b9db2b21"
)

func subNumberOrderOperations() []operation {
	return []operation{
		{
			Name: "SubNumberOrders.List", Request: "GET /sub_number_orders", Answer: "sub_number_orders.list.response.json", Result: vendortest.Nth(0),
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) { return c.SubNumberOrders.List(ctx, nil) },
		},
		{
			Name: "SubNumberOrders.All", Op: "SubNumberOrders.List", Request: "GET /sub_number_orders", Answer: "sub_number_orders.list.response.json",
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return vendortest.Collect(c.SubNumberOrders.All(ctx, nil))
			},
		},
		{
			Name: "SubNumberOrders.Get", Answer: "sub_number_orders.get.response.json",
			Request: "GET /sub_number_orders/" + string(subOrderID) + "?filter%5Binclude_phone_numbers%5D=true",
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.SubNumberOrders.Get(ctx, subOrderID, &telnyx.GetSubNumberOrderRequest{
					Filter: telnyx.GetSubNumberOrderFilter{IncludePhoneNumbers: new(true)},
				})
			},
		},
		{
			Name: "SubNumberOrders.Update", Class: vendortest.Write, Request: "PATCH /sub_number_orders/" + string(subOrderID),
			Body: "sub_number_orders.update.request.json", Answer: "sub_number_orders.update.response.json",
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.SubNumberOrders.Update(ctx, subOrderID, &telnyx.UpdateSubNumberOrderRequest{
					RegulatoryRequirements: []telnyx.RequirementValue{{RequirementID: requirementID, FieldValue: document}},
				})
			},
		},
		{
			Name: "SubNumberOrders.Cancel", Class: vendortest.Write, Request: "PATCH /sub_number_orders/" + string(subOrderID) + "/cancel",
			Answer: "sub_number_orders.cancel.response.json",
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.SubNumberOrders.Cancel(ctx, subOrderID)
			},
		},
		{
			Name: "SubNumberOrders.SetRequirementGroup", Class: vendortest.Write, Request: "POST /sub_number_orders/" + string(subOrderID) + "/requirement_group",
			Body: "requirement_group_id.request.json", Answer: "sub_number_orders.requirement_group.response.json",
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.SubNumberOrders.SetRequirementGroup(ctx, subOrderID, &telnyx.SetRequirementGroupRequest{RequirementGroupID: groupID})
			},
		},
		{
			Name: "SubNumberOrders.CreateReport", Class: vendortest.Buy, Request: "POST /sub_number_orders_report",
			Body: "sub_number_orders_report.create.request.json", Answer: "sub_number_orders_report.create.response.json",
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.SubNumberOrders.CreateReport(ctx, &telnyx.SubNumberOrdersReportFilters{
					Status: new(telnyx.OrderPending), OrderRequestID: new("7b4f0d8e-52a1-4b0c-8d2f-91c0a6e5f301"),
					CountryCode: new("DE"), CustomerReference: new("MY REF 002"),
					CreatedAtGT: wire.NewTime(time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)),
					CreatedAtLT: wire.NewTime(time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)),
				})
			},
		},
		{
			Name: "SubNumberOrders.GetReport", Request: "GET /sub_number_orders_report/" + reportID, Answer: "sub_number_orders_report.get.response.json",
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.SubNumberOrders.GetReport(ctx, reportID)
			},
		},
		{
			Name: "SubNumberOrders.DownloadReport", Request: "GET /sub_number_orders_report/" + reportID + "/download",
			Answer: "sub_number_orders_report.download.response.csv", Download: true, Accept: "text/csv",
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				d, err := c.SubNumberOrders.DownloadReport(ctx, reportID)
				if err != nil {
					return nil, err
				}
				defer d.Body.Close()
				data, err := io.ReadAll(d.Body)
				return string(data), err
			},
		},
	}
}

func numberOrderPhoneNumberOperations() []operation {
	return []operation{
		{
			Name: "NumberOrderPhoneNumbers.List", Request: "GET /number_order_phone_numbers?filter%5Bcountry_code%5D=DE",
			Answer: "number_order_phone_numbers.list.response.json", Result: vendortest.Nth(0),
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.NumberOrderPhoneNumbers.List(ctx, &telnyx.ListNumberOrderPhoneNumbersRequest{
					Filter: telnyx.NumberOrderPhoneNumbersFilter{CountryCode: "DE"},
				})
			},
		},
		{
			Name: "NumberOrderPhoneNumbers.All", Op: "NumberOrderPhoneNumbers.List",
			Request: "GET /number_order_phone_numbers", Answer: "number_order_phone_numbers.list.response.json",
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return vendortest.Collect(c.NumberOrderPhoneNumbers.All(ctx, nil))
			},
		},
		{
			Name: "NumberOrderPhoneNumbers.Get", Request: "GET /number_order_phone_numbers/" + string(orderPhoneID),
			Answer: "number_order_phone_numbers.get.response.json",
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.NumberOrderPhoneNumbers.Get(ctx, orderPhoneID)
			},
		},
		{
			Name: "NumberOrderPhoneNumbers.Update", Class: vendortest.Write, Request: "PATCH /number_order_phone_numbers/" + string(orderPhoneID),
			Body: "number_order_phone_numbers.update.request.json", Answer: "number_order_phone_numbers.update.response.json",
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.NumberOrderPhoneNumbers.Update(ctx, orderPhoneID, &telnyx.UpdateNumberOrderPhoneNumberRequest{
					RegulatoryRequirements: []telnyx.RequirementValue{{RequirementID: requirementID, FieldValue: "Königsallee 1"}},
				})
			},
		},
		{
			Name: "NumberOrderPhoneNumbers.SetRequirementGroup", Class: vendortest.Write,
			Request: "POST /number_order_phone_numbers/" + string(orderPhoneID) + "/requirement_group",
			Body:    "requirement_group_id.request.json", Answer: "number_order_phone_numbers.requirement_group.response.json",
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.NumberOrderPhoneNumbers.SetRequirementGroup(ctx, orderPhoneID, &telnyx.SetRequirementGroupRequest{RequirementGroupID: groupID})
			},
		},
	}
}

func numberBlockOrderOperations() []operation {
	return []operation{
		{
			Name: "NumberBlockOrders.Create", Class: vendortest.Buy, Request: "POST /number_block_orders",
			Body: "number_block_orders.create.request.json", Answer: "number_block_orders.create.response.json",
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.NumberBlockOrders.Create(ctx, &telnyx.CreateNumberBlockOrderRequest{
					StartingNumber: "+492111609500", Range: 10, ConnectionID: new("346789098765567"),
					MessagingProfileID: new("abc85f64-5717-4562-b3fc-2c9600"), CustomerReference: new("BLOCK 1"),
				})
			},
		},
		{
			Name: "NumberBlockOrders.Get", Request: "GET /number_block_orders/2b7c1d0e", Answer: "number_block_orders.get.response.json",
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.NumberBlockOrders.Get(ctx, "2b7c1d0e")
			},
		},
		{
			Name: "NumberBlockOrders.List", Request: "GET /number_block_orders", Answer: "number_block_orders.list.response.json", Result: vendortest.Nth(0),
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) { return c.NumberBlockOrders.List(ctx, nil) },
		},
		{
			Name: "NumberBlockOrders.All", Op: "NumberBlockOrders.List", Request: "GET /number_block_orders?page%5Bnumber%5D=1&page%5Bsize%5D=250",
			Answer: "number_block_orders.list.response.json",
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return vendortest.Collect(c.NumberBlockOrders.All(ctx, nil))
			},
		},
	}
}

func inexplicitNumberOrderOperations() []operation {
	return []operation{
		{
			Name: "InexplicitNumberOrders.Create", Class: vendortest.Buy, Request: "POST /inexplicit_number_orders",
			Body: "inexplicit_number_orders.create.request.json", Answer: "inexplicit_number_orders.create.response.json",
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.InexplicitNumberOrders.Create(ctx, &telnyx.CreateInexplicitNumberOrderRequest{
					OrderingGroups: []telnyx.CreateOrderingGroup{{
						CountryISO: "US", CountRequested: "10", PhoneNumberType: telnyx.TypeLocal,
						NationalDestinationCode: new("312"), AdministrativeArea: new("IL"), Locality: new("Chicago"),
						Features:    []string{telnyx.FeatureSMS, telnyx.FeatureVoice},
						PhoneNumber: &telnyx.DigitsPattern{StartsWith: new("555"), EndsWith: new("01"), Contains: new("777")},
						Quickship:   new(false), ExcludeHeldNumbers: new(true), Strategy: new(telnyx.StrategyAlways),
					}},
					ConnectionID: new("346789098765567"), MessagingProfileID: new("abc85f64-5717-4562-b3fc-2c9600"),
					BillingGroupID: new("c1f0a9d2-6b1e-4f4e-9a53-5a4f0e7b9d10"), CustomerReference: new("BULK 1"),
				})
			},
		},
		{
			Name: "InexplicitNumberOrders.Get", Request: "GET /inexplicit_number_orders/4d5e6f70", Answer: "inexplicit_number_orders.get.response.json",
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.InexplicitNumberOrders.Get(ctx, "4d5e6f70")
			},
		},
		{
			Name: "InexplicitNumberOrders.List", Request: "GET /inexplicit_number_orders?page_number=2&page_size=10",
			Answer: "inexplicit_number_orders.list.response.json", Result: vendortest.Nth(0),
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.InexplicitNumberOrders.List(ctx, &telnyx.ListInexplicitNumberOrdersRequest{Page: telnyx.FlatPageParams{Number: 2, Size: 10}})
			},
		},
		{
			Name: "InexplicitNumberOrders.All", Op: "InexplicitNumberOrders.List", Request: "GET /inexplicit_number_orders?page_number=1&page_size=250",
			Answer: "inexplicit_number_orders.list.response.json",
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return vendortest.Collect(c.InexplicitNumberOrders.All(ctx, nil))
			},
		},
	}
}

func advancedOrderOperations() []operation {
	request := func() *telnyx.CreateAdvancedOrderRequest {
		return &telnyx.CreateAdvancedOrderRequest{
			CountryCode: new("DE"), Comments: new("as soon as possible"), Quantity: new(5), AreaCode: new("211"),
			PhoneNumberType: new(telnyx.TypeLocal), Features: []string{telnyx.FeatureVoice}, CustomerReference: new("ADV 1"),
			RequirementGroupID: new(groupID),
		}
	}
	return []operation{
		{
			Name: "AdvancedOrders.Create", Class: vendortest.Buy, Request: "POST /advanced_orders",
			Body: "advanced_orders.create.request.json", Answer: "advanced_orders.create.response.json", Result: vendortest.Nth(0),
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.AdvancedOrders.Create(ctx, request())
			},
		},
		{
			Name: "AdvancedOrders.List", Request: "GET /advanced_orders", Answer: "advanced_orders.list.response.json",
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) { return c.AdvancedOrders.List(ctx) },
		},
		{
			Name: "AdvancedOrders.Get", Request: "GET /advanced_orders/6f708192", Answer: "advanced_orders.get.response.json", Result: vendortest.Nth(0),
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) { return c.AdvancedOrders.Get(ctx, "6f708192") },
		},
		{
			Name: "AdvancedOrders.SetRequirementGroup", Class: vendortest.Write, Request: "PATCH /advanced_orders/6f708192/requirement_group",
			Body: "advanced_orders.create.request.json", Answer: "advanced_orders.requirement_group.response.json", Result: vendortest.Nth(0),
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.AdvancedOrders.SetRequirementGroup(ctx, "6f708192", request())
			},
		},
	}
}
