package telnyx_test

import (
	"context"

	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/telnyx"
)

func availablePhoneNumberOperations() []operation {
	return []operation{
		{
			Name: "AvailablePhoneNumbers.List", Answer: "available_phone_numbers.list.response.json", Result: vendortest.Nth(0),
			Request: "GET /available_phone_numbers?filter%5Bfeatures%5D%5B%5D=sms&filter%5Bfeatures%5D%5B%5D=voice&filter%5Blimit%5D=2",
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.AvailablePhoneNumbers.List(ctx, &telnyx.ListAvailablePhoneNumbersRequest{
					Filter: telnyx.AvailablePhoneNumbersFilter{Features: []string{telnyx.FeatureSMS, telnyx.FeatureVoice}, Limit: new(2)},
				})
			},
		},
		{
			Name: "AvailablePhoneNumberBlocks.List", Request: "GET /available_phone_number_blocks",
			Answer: "available_phone_number_blocks.list.response.json", Result: vendortest.Nth(0),
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.AvailablePhoneNumberBlocks.List(ctx, nil)
			},
		},
		{
			Name: "InventoryCoverage.List", Request: "GET /inventory_coverage?filter%5BgroupBy%5D=locality",
			Answer: "inventory_coverage.list.response.json", Result: vendortest.Nth(0),
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.InventoryCoverage.List(ctx, &telnyx.ListInventoryCoverageRequest{
					Filter: telnyx.InventoryCoverageFilter{GroupBy: telnyx.GroupByLocality},
				})
			},
		},
		{
			Name: "CountryCoverage.Get", Request: "GET /country_coverage", Answer: "country_coverage.get.response.json",
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) { return c.CountryCoverage.Get(ctx) },
		},
		{
			Name: "CountryCoverage.GetCountry", Needs: []string{"code"}, Request: "GET /country_coverage/countries/US", Answer: "country_coverage.get_country.response.json",
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.CountryCoverage.GetCountry(ctx, "US")
			},
		},
		{
			Name: "NumbersFeatures.Get", Request: "POST /numbers_features",
			Body: "numbers_features.request.json", Answer: "numbers_features.response.json",
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.NumbersFeatures.Get(ctx, &telnyx.GetNumbersFeaturesRequest{PhoneNumbers: []string{"+13125550101", "+13125550102"}})
			},
		},
		{
			Name: "Balance.Get", Needs: []string{"balance"}, Request: "GET /balance", Answer: "balance.get.response.json",
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) { return c.Balance.Get(ctx) },
		},
	}
}

func numberReservationOperations() []operation {
	const id = "9a0c1b2d-3e4f-4a5b-8c6d-7e8f90a1b2c3"
	return []operation{
		{
			Name: "NumberReservations.Create", Class: vendortest.Buy, Request: "POST /number_reservations",
			Body: "number_reservations.create.request.json", Answer: "number_reservations.create.response.json",
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.NumberReservations.Create(ctx, &telnyx.CreateNumberReservationRequest{
					PhoneNumbers: []telnyx.ReservePhoneNumber{{PhoneNumber: "+13125550101"}}, CustomerReference: new("HOLD 1"),
				})
			},
		},
		{
			Name: "NumberReservations.Get", Request: "GET /number_reservations/" + id, Answer: "number_reservations.get.response.json",
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) { return c.NumberReservations.Get(ctx, id) },
		},
		{
			Name: "NumberReservations.List", Request: "GET /number_reservations", Answer: "number_reservations.list.response.json", Result: vendortest.Nth(0),
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) { return c.NumberReservations.List(ctx, nil) },
		},
		{
			Name: "NumberReservations.All", Op: "NumberReservations.List", Request: "GET /number_reservations?page%5Bnumber%5D=1&page%5Bsize%5D=250",
			Answer: "number_reservations.list.response.json",
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return vendortest.Collect(c.NumberReservations.All(ctx, nil))
			},
		},
		{
			Name: "NumberReservations.Extend", Class: vendortest.Buy, Request: "POST /number_reservations/" + id + "/actions/extend",
			Answer: "number_reservations.extend.response.json",
			Call:   func(ctx context.Context, c *telnyx.Client) (any, error) { return c.NumberReservations.Extend(ctx, id) },
		},
	}
}
