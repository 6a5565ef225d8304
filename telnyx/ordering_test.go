package telnyx_test

import (
	"context"
	"io"
	"time"

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
			name: "SubNumberOrders.List", request: "GET /sub_number_orders", answer: "sub_number_orders.list.response.json", whole: true,
			call: func(ctx context.Context, c *telnyx.Client) (any, error) { return c.SubNumberOrders.List(ctx, nil) },
		},
		{
			name: "SubNumberOrders.All", op: "SubNumberOrders.List", request: "GET /sub_number_orders", answer: "sub_number_orders.list.response.json",
			call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return collect(c.SubNumberOrders.All(ctx, nil))
			},
		},
		{
			name: "SubNumberOrders.Get", answer: "sub_number_orders.get.response.json",
			request: "GET /sub_number_orders/" + string(subOrderID) + "?filter%5Binclude_phone_numbers%5D=true",
			call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.SubNumberOrders.Get(ctx, subOrderID, &telnyx.GetSubNumberOrderRequest{
					Filter: telnyx.GetSubNumberOrderFilter{IncludePhoneNumbers: new(true)},
				})
			},
		},
		{
			name: "SubNumberOrders.Update", class: write, request: "PATCH /sub_number_orders/" + string(subOrderID),
			body: "sub_number_orders.update.request.json", answer: "sub_number_orders.update.response.json",
			call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.SubNumberOrders.Update(ctx, subOrderID, &telnyx.UpdateSubNumberOrderRequest{
					RegulatoryRequirements: []telnyx.RequirementValue{{RequirementID: requirementID, FieldValue: document}},
				})
			},
		},
		{
			name: "SubNumberOrders.Cancel", class: write, request: "PATCH /sub_number_orders/" + string(subOrderID) + "/cancel",
			answer: "sub_number_orders.cancel.response.json",
			call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.SubNumberOrders.Cancel(ctx, subOrderID)
			},
		},
		{
			name: "SubNumberOrders.SetRequirementGroup", class: write, request: "POST /sub_number_orders/" + string(subOrderID) + "/requirement_group",
			body: "requirement_group_id.request.json", answer: "sub_number_orders.requirement_group.response.json",
			call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.SubNumberOrders.SetRequirementGroup(ctx, subOrderID, &telnyx.SetRequirementGroupRequest{RequirementGroupID: groupID})
			},
		},
		{
			name: "SubNumberOrders.CreateReport", class: buy, request: "POST /sub_number_orders_report",
			body: "sub_number_orders_report.create.request.json", answer: "sub_number_orders_report.create.response.json",
			call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.SubNumberOrders.CreateReport(ctx, &telnyx.SubNumberOrdersReportFilters{
					Status: new(telnyx.OrderPending), OrderRequestID: new("7b4f0d8e-52a1-4b0c-8d2f-91c0a6e5f301"),
					CountryCode: new("DE"), CustomerReference: new("MY REF 002"),
					CreatedAtGT: wire.NewTime(time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)),
					CreatedAtLT: wire.NewTime(time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)),
				})
			},
		},
		{
			name: "SubNumberOrders.GetReport", request: "GET /sub_number_orders_report/" + reportID, answer: "sub_number_orders_report.get.response.json",
			call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.SubNumberOrders.GetReport(ctx, reportID)
			},
		},
		{
			name: "SubNumberOrders.DownloadReport", request: "GET /sub_number_orders_report/" + reportID + "/download",
			answer: "sub_number_orders_report.download.response.csv", download: true,
			call: func(ctx context.Context, c *telnyx.Client) (any, error) {
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
			name: "NumberOrderPhoneNumbers.List", request: "GET /number_order_phone_numbers?filter%5Bcountry_code%5D=DE",
			answer: "number_order_phone_numbers.list.response.json", whole: true,
			call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.NumberOrderPhoneNumbers.List(ctx, &telnyx.ListNumberOrderPhoneNumbersRequest{
					Filter: telnyx.NumberOrderPhoneNumbersFilter{CountryCode: "DE"},
				})
			},
		},
		{
			name: "NumberOrderPhoneNumbers.All", op: "NumberOrderPhoneNumbers.List",
			request: "GET /number_order_phone_numbers", answer: "number_order_phone_numbers.list.response.json",
			call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return collect(c.NumberOrderPhoneNumbers.All(ctx, nil))
			},
		},
		{
			name: "NumberOrderPhoneNumbers.Get", request: "GET /number_order_phone_numbers/" + string(orderPhoneID),
			answer: "number_order_phone_numbers.get.response.json",
			call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.NumberOrderPhoneNumbers.Get(ctx, orderPhoneID)
			},
		},
		{
			name: "NumberOrderPhoneNumbers.Update", class: write, request: "PATCH /number_order_phone_numbers/" + string(orderPhoneID),
			body: "number_order_phone_numbers.update.request.json", answer: "number_order_phone_numbers.update.response.json",
			call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.NumberOrderPhoneNumbers.Update(ctx, orderPhoneID, &telnyx.UpdateNumberOrderPhoneNumberRequest{
					RegulatoryRequirements: []telnyx.RequirementValue{{RequirementID: requirementID, FieldValue: "Königsallee 1"}},
				})
			},
		},
		{
			name: "NumberOrderPhoneNumbers.SetRequirementGroup", class: write,
			request: "POST /number_order_phone_numbers/" + string(orderPhoneID) + "/requirement_group",
			body:    "requirement_group_id.request.json", answer: "number_order_phone_numbers.requirement_group.response.json",
			call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.NumberOrderPhoneNumbers.SetRequirementGroup(ctx, orderPhoneID, &telnyx.SetRequirementGroupRequest{RequirementGroupID: groupID})
			},
		},
	}
}

func numberBlockOrderOperations() []operation {
	return []operation{
		{
			name: "NumberBlockOrders.Create", class: buy, request: "POST /number_block_orders",
			body: "number_block_orders.create.request.json", answer: "number_block_orders.create.response.json",
			call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.NumberBlockOrders.Create(ctx, &telnyx.CreateNumberBlockOrderRequest{
					StartingNumber: "+492111609500", Range: 10, ConnectionID: new("346789098765567"),
					MessagingProfileID: new("abc85f64-5717-4562-b3fc-2c9600"), CustomerReference: new("BLOCK 1"),
				})
			},
		},
		{
			name: "NumberBlockOrders.Get", request: "GET /number_block_orders/2b7c1d0e", answer: "number_block_orders.get.response.json",
			call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.NumberBlockOrders.Get(ctx, "2b7c1d0e")
			},
		},
		{
			name: "NumberBlockOrders.List", request: "GET /number_block_orders", answer: "number_block_orders.list.response.json", whole: true,
			call: func(ctx context.Context, c *telnyx.Client) (any, error) { return c.NumberBlockOrders.List(ctx, nil) },
		},
		{
			name: "NumberBlockOrders.All", op: "NumberBlockOrders.List", request: "GET /number_block_orders?page%5Bnumber%5D=1&page%5Bsize%5D=250",
			answer: "number_block_orders.list.response.json",
			call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return collect(c.NumberBlockOrders.All(ctx, nil))
			},
		},
	}
}

func inexplicitNumberOrderOperations() []operation {
	return []operation{
		{
			name: "InexplicitNumberOrders.Create", class: buy, request: "POST /inexplicit_number_orders",
			body: "inexplicit_number_orders.create.request.json", answer: "inexplicit_number_orders.create.response.json",
			call: func(ctx context.Context, c *telnyx.Client) (any, error) {
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
			name: "InexplicitNumberOrders.Get", request: "GET /inexplicit_number_orders/4d5e6f70", answer: "inexplicit_number_orders.get.response.json",
			call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.InexplicitNumberOrders.Get(ctx, "4d5e6f70")
			},
		},
		{
			name: "InexplicitNumberOrders.List", request: "GET /inexplicit_number_orders?page_number=2&page_size=10",
			answer: "inexplicit_number_orders.list.response.json", whole: true,
			call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.InexplicitNumberOrders.List(ctx, &telnyx.ListInexplicitNumberOrdersRequest{Page: telnyx.FlatPageParams{Number: 2, Size: 10}})
			},
		},
		{
			name: "InexplicitNumberOrders.All", op: "InexplicitNumberOrders.List", request: "GET /inexplicit_number_orders?page_number=1&page_size=250",
			answer: "inexplicit_number_orders.list.response.json",
			call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return collect(c.InexplicitNumberOrders.All(ctx, nil))
			},
		},
	}
}

func advancedOrderOperations() []operation {
	request := func() *telnyx.AdvancedOrderRequest {
		return &telnyx.AdvancedOrderRequest{
			CountryCode: new("DE"), Comments: new("as soon as possible"), Quantity: new(5), AreaCode: new("211"),
			PhoneNumberType: new(telnyx.TypeLocal), Features: []string{telnyx.FeatureVoice}, CustomerReference: new("ADV 1"),
			RequirementGroupID: new(groupID),
		}
	}
	return []operation{
		{
			name: "AdvancedOrders.Create", class: buy, request: "POST /advanced_orders",
			body: "advanced_orders.create.request.json", answer: "advanced_orders.create.response.json", whole: true,
			call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.AdvancedOrders.Create(ctx, request())
			},
		},
		{
			name: "AdvancedOrders.List", request: "GET /advanced_orders", answer: "advanced_orders.list.response.json",
			call: func(ctx context.Context, c *telnyx.Client) (any, error) { return c.AdvancedOrders.List(ctx) },
		},
		{
			name: "AdvancedOrders.Get", request: "GET /advanced_orders/6f708192", answer: "advanced_orders.get.response.json", whole: true,
			call: func(ctx context.Context, c *telnyx.Client) (any, error) { return c.AdvancedOrders.Get(ctx, "6f708192") },
		},
		{
			name: "AdvancedOrders.SetRequirementGroup", class: write, request: "PATCH /advanced_orders/6f708192/requirement_group",
			body: "advanced_orders.create.request.json", answer: "advanced_orders.requirement_group.response.json", whole: true,
			call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.AdvancedOrders.SetRequirementGroup(ctx, "6f708192", request())
			},
		},
	}
}
