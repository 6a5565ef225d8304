package opentact_test

import (
	"context"
	"time"

	"github.com/tnkit/tnkit/numbers/wire"
	"github.com/tnkit/tnkit/opentact"
)

func itemsRequest() *opentact.CreateItemsRequest {
	return &opentact.CreateItemsRequest{Items: []opentact.CreateItem{
		{
			TN: 12025550143, Voice: new(true), Fax: new(false), SMS: new(true), MMS: new(false), Emergency: new(false),
			Profile: new("US"), AutoRenew: new(false),
		},
		{TN: 12025550144},
	}}
}

// itemOperations are those of 2021.
func itemOperations() []operation {
	return []operation{
		{
			name: "Orders.CreateItems", class: buy,
			request: "POST /order/tn", body: "order.create_items.request.json", answer: "order.create_items.response.json",
			call: func(ctx context.Context, c *opentact.Client) (any, error) {
				return c.Orders.CreateItems(ctx, itemsRequest())
			},
		},
		{
			name:    "Orders.PriceItems",
			request: "POST /order/price", body: "order.create_items.request.json", answer: "order.price_items.response.json",
			call: func(ctx context.Context, c *opentact.Client) (any, error) {
				return c.Orders.PriceItems(ctx, itemsRequest())
			},
		},
	}
}

func day(month time.Month, n int) wire.Time {
	return wire.NewTime(time.Date(2024, month, n, 0, 0, 0, 0, time.UTC))
}

func searchRequest() *opentact.SearchOrdersRequest {
	return &opentact.SearchOrdersRequest{
		Take: 2, Skip: 4, State: new(opentact.OrderSuccess), Mode: new("AND"),
		Order:         &opentact.OrdersOrder{CreatedOn: new(opentact.Descending), ModifiedOn: new(opentact.Ascending)},
		CreatedOnFrom: day(2, 1), CreatedOnTo: day(3, 1), ModifiedOnFrom: day(2, 2), ModifiedOnTo: day(3, 2),
	}
}

// todayOperations are those of today's generation.
func todayOperations() []operation {
	return []operation{
		{
			name: "Orders.CreateOrder", class: buy,
			request: "POST /order", body: "order.create_order.request.json", answer: "order.create_order.response.json",
			call: func(ctx context.Context, c *opentact.Client) (any, error) {
				return c.Orders.CreateOrder(ctx, &opentact.CreateOrderRequest{Items: []opentact.CreateOrderItem{
					{TN: 12025550143, Features: []string{"voice", "sms"}, AutoRenew: new(true)},
					{TN: 12025550144, Features: []string{}},
					{TN: 12025550145, AutoRenew: new(false)},
				}})
			},
		},
		{
			name:    "Orders.Search",
			request: "POST /order/search?skip=4&take=2", body: "order.search.request.json", answer: "order.search.response.json",
			call: func(ctx context.Context, c *opentact.Client) (any, error) {
				return c.Orders.Search(ctx, searchRequest())
			},
		},
		{
			name: "Orders.SearchAll", op: "Orders.Search", rows: true,
			request: "POST /order/search?take=100", body: "order.search.all.request.json", answer: "order.search.last.response.json",
			call: func(ctx context.Context, c *opentact.Client) (any, error) {
				return collect(c.Orders.SearchAll(ctx, nil))
			},
		},
		{
			name:    "Orders.Get",
			request: "GET /order/" + orderID, answer: "order.get.today.response.json",
			call: func(ctx context.Context, c *opentact.Client) (any, error) { return c.Orders.Get(ctx, orderID) },
		},
	}
}

func tnRequest() *opentact.SearchTNsRequest {
	return &opentact.SearchTNsRequest{
		Page: 2, Size: 10, Pattern: new("233%55"), RateCenter: new("WSHNGTNZN1"), City: new("Washington"), Province: new("DC"),
		PostalCode: new("20001"), ABCSearch: new(false), Profile: new("US"),
	}
}

func typeRequest() *opentact.SearchTNsByTypeRequest {
	return &opentact.SearchTNsByTypeRequest{
		Type: opentact.TypeLongCode, Take: 10, Country: new("US"), State: new("DC"), City: new("Washington"), RateCenter: new("WSHNGTNZN1"),
		NPA: new("202"), NXX: new("555"), Line: new("01xx"), Pattern: new("xxxxxxx"), Features: []string{"voice", "sms"},
	}
}

func tnOperations() []operation {
	return []operation{
		{
			name:    "TNs.Search",
			request: "POST /tn/search?page=2&size=10", body: "tn.search.request.json", answer: "tn.search.response.json",
			call: func(ctx context.Context, c *opentact.Client) (any, error) { return c.TNs.Search(ctx, tnRequest()) },
		},
		{
			name: "TNs.All", op: "TNs.Search", rows: true,
			request: "POST /tn/search?page=2&size=100", body: "tn.search.request.json", answer: "tn.search.last.response.json",
			call: func(ctx context.Context, c *opentact.Client) (any, error) {
				r := tnRequest()
				r.Size = 0
				return collect(c.TNs.All(ctx, r))
			},
		},
		{
			name:    "TNs.SearchByType",
			request: "POST /tn/search", body: "tn.search_by_type.request.json", answer: "tn.search.response.json",
			call: func(ctx context.Context, c *opentact.Client) (any, error) {
				return c.TNs.SearchByType(ctx, typeRequest())
			},
		},
		{
			name: "TNs.AllByType", op: "TNs.SearchByType", rows: true,
			request: "POST /tn/search", body: "tn.search_by_type.all.request.json", answer: "tn.search.one.response.json",
			call: func(ctx context.Context, c *opentact.Client) (any, error) {
				return collect(c.TNs.AllByType(ctx, &opentact.SearchTNsByTypeRequest{Type: opentact.TypeTollFree}))
			},
		},
		{
			name: "TNs.Countries", nullable: true,
			request: "GET /tn/search/countries", answer: "tn.countries.response.json",
			call: func(ctx context.Context, c *opentact.Client) (any, error) { return c.TNs.Countries(ctx) },
		},
		{
			name: "TNs.States", nullable: true,
			request: "GET /dict/lerg/states?country=U+S", answer: "tn.states.response.json",
			call: func(ctx context.Context, c *opentact.Client) (any, error) { return c.TNs.States(ctx, "U S") },
		},
		{
			name: "TNs.RateCenters", nullable: true,
			request: "GET /dict/lerg/ratecenters?state=IL", answer: "tn.rate_centers.response.json",
			call: func(ctx context.Context, c *opentact.Client) (any, error) { return c.TNs.RateCenters(ctx, "IL") },
		},
	}
}
