package opentact_test

import (
	"context"
	"time"

	"github.com/tnkit/tnkit/internal/vendortest"
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
			Name: "Orders.CreateItems", Class: vendortest.Buy,
			Request: "POST /order/tn", Body: "order.create_items.request.json", Answer: "order.create_items.response.json",
			Call: func(ctx context.Context, c *opentact.Client) (any, error) {
				return c.Orders.CreateItems(ctx, itemsRequest())
			},
		},
		{
			Name:    "Orders.PriceItems",
			Request: "POST /order/price", Body: "order.create_items.request.json", Answer: "order.price_items.response.json",
			Call: func(ctx context.Context, c *opentact.Client) (any, error) {
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
			Name: "Orders.CreateOrder", Class: vendortest.Buy,
			Request: "POST /order", Body: "order.create_order.request.json", Answer: "order.create_order.response.json",
			Call: func(ctx context.Context, c *opentact.Client) (any, error) {
				return c.Orders.CreateOrder(ctx, &opentact.CreateOrderRequest{Items: []opentact.CreateOrderItem{
					{TN: 12025550143, Features: []string{"voice", "sms"}, AutoRenew: new(true)},
					{TN: 12025550144, Features: []string{}},
					{TN: 12025550145, AutoRenew: new(false)},
				}})
			},
		},
		{
			Name:    "Orders.Search",
			Request: "POST /order/search?skip=4&take=2", Body: "order.search.request.json", Answer: "order.search.response.json",
			Call: func(ctx context.Context, c *opentact.Client) (any, error) {
				return c.Orders.Search(ctx, searchRequest())
			},
		},
		{
			Name: "Orders.SearchAll", Op: "Orders.Search", Result: rows,
			Request: "POST /order/search?take=100", Body: "order.search.all.request.json", Answer: "order.search.last.response.json",
			Call: func(ctx context.Context, c *opentact.Client) (any, error) {
				return vendortest.Collect(c.Orders.SearchAll(ctx, nil))
			},
		},
		{
			Name:    "Orders.Get",
			Request: "GET /order/" + orderID, Answer: "order.get.today.response.json",
			Call: func(ctx context.Context, c *opentact.Client) (any, error) { return c.Orders.Get(ctx, orderID) },
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
			Name:    "TNs.Search",
			Request: "POST /tn/search?page=2&size=10", Body: "tn.search.request.json", Answer: "tn.search.response.json",
			Call: func(ctx context.Context, c *opentact.Client) (any, error) { return c.TNs.Search(ctx, tnRequest()) },
		},
		{
			Name: "TNs.All", Op: "TNs.Search", Result: rows,
			Request: "POST /tn/search?page=2&size=100", Body: "tn.search.request.json", Answer: "tn.search.last.response.json",
			Call: func(ctx context.Context, c *opentact.Client) (any, error) {
				r := tnRequest()
				r.Size = 0
				return vendortest.Collect(c.TNs.All(ctx, r))
			},
		},
		{
			Name:    "TNs.SearchByType",
			Request: "POST /tn/search", Body: "tn.search_by_type.request.json", Answer: "tn.search.response.json",
			Call: func(ctx context.Context, c *opentact.Client) (any, error) {
				return c.TNs.SearchByType(ctx, typeRequest())
			},
		},
		{
			Name: "TNs.AllByType", Op: "TNs.SearchByType", Result: rows,
			Request: "POST /tn/search", Body: "tn.search_by_type.all.request.json", Answer: "tn.search.one.response.json",
			Call: func(ctx context.Context, c *opentact.Client) (any, error) {
				return vendortest.Collect(c.TNs.AllByType(ctx, &opentact.SearchTNsByTypeRequest{Type: opentact.TypeTollFree}))
			},
		},
		{
			Name: "TNs.ListCountries", Nullable: true,
			Request: "GET /tn/search/countries", Answer: "tn.countries.response.json",
			Call: func(ctx context.Context, c *opentact.Client) (any, error) { return c.TNs.ListCountries(ctx) },
		},
		{
			Name: "TNs.ListStates", Nullable: true,
			Request: "GET /dict/lerg/states?country=U+S", Answer: "tn.states.response.json",
			Call: func(ctx context.Context, c *opentact.Client) (any, error) { return c.TNs.ListStates(ctx, "U S") },
		},
		{
			Name: "TNs.ListRateCenters", Nullable: true,
			Request: "GET /dict/lerg/ratecenters?state=IL", Answer: "tn.rate_centers.response.json",
			Call: func(ctx context.Context, c *opentact.Client) (any, error) { return c.TNs.ListRateCenters(ctx, "IL") },
		},
	}
}
