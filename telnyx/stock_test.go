package telnyx_test

import (
	"context"

	"github.com/tnkit/tnkit/telnyx"
)

func availablePhoneNumberOperations() []operation {
	return []operation{
		{
			name: "AvailablePhoneNumbers.List", answer: "available_phone_numbers.list.response.json", whole: true,
			request: "GET /available_phone_numbers?filter%5Bfeatures%5D%5B%5D=sms&filter%5Bfeatures%5D%5B%5D=voice&filter%5Blimit%5D=2",
			call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.AvailablePhoneNumbers.List(ctx, &telnyx.ListAvailablePhoneNumbersRequest{
					Filter: telnyx.AvailablePhoneNumbersFilter{Features: []string{telnyx.FeatureSMS, telnyx.FeatureVoice}, Limit: new(2)},
				})
			},
		},
		{
			name: "AvailablePhoneNumberBlocks.List", request: "GET /available_phone_number_blocks",
			answer: "available_phone_number_blocks.list.response.json", whole: true,
			call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.AvailablePhoneNumberBlocks.List(ctx, nil)
			},
		},
		{
			name: "InventoryCoverage.List", request: "GET /inventory_coverage?filter%5BgroupBy%5D=locality",
			answer: "inventory_coverage.list.response.json", whole: true,
			call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.InventoryCoverage.List(ctx, &telnyx.ListInventoryCoverageRequest{
					Filter: telnyx.InventoryCoverageFilter{GroupBy: telnyx.GroupByLocality},
				})
			},
		},
		{
			name: "CountryCoverage.Get", request: "GET /country_coverage", answer: "country_coverage.get.response.json",
			call: func(ctx context.Context, c *telnyx.Client) (any, error) { return c.CountryCoverage.Get(ctx) },
		},
		{
			name: "CountryCoverage.GetCountry", request: "GET /country_coverage/countries/US", answer: "country_coverage.get_country.response.json",
			call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.CountryCoverage.GetCountry(ctx, "US")
			},
		},
		{
			name: "NumbersFeatures.Get", request: "POST /numbers_features",
			body: "numbers_features.request.json", answer: "numbers_features.response.json",
			call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.NumbersFeatures.Get(ctx, &telnyx.NumbersFeaturesRequest{PhoneNumbers: []string{"+13125550101", "+13125550102"}})
			},
		},
		{
			name: "Balance.Get", request: "GET /balance", answer: "balance.get.response.json",
			call: func(ctx context.Context, c *telnyx.Client) (any, error) { return c.Balance.Get(ctx) },
		},
	}
}

func numberReservationOperations() []operation {
	const id = "9a0c1b2d-3e4f-4a5b-8c6d-7e8f90a1b2c3"
	return []operation{
		{
			name: "NumberReservations.Create", class: buy, request: "POST /number_reservations",
			body: "number_reservations.create.request.json", answer: "number_reservations.create.response.json",
			call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.NumberReservations.Create(ctx, &telnyx.CreateNumberReservationRequest{
					PhoneNumbers: []telnyx.ReservePhoneNumber{{PhoneNumber: "+13125550101"}}, CustomerReference: new("HOLD 1"),
				})
			},
		},
		{
			name: "NumberReservations.Get", request: "GET /number_reservations/" + id, answer: "number_reservations.get.response.json",
			call: func(ctx context.Context, c *telnyx.Client) (any, error) { return c.NumberReservations.Get(ctx, id) },
		},
		{
			name: "NumberReservations.List", request: "GET /number_reservations", answer: "number_reservations.list.response.json", whole: true,
			call: func(ctx context.Context, c *telnyx.Client) (any, error) { return c.NumberReservations.List(ctx, nil) },
		},
		{
			name: "NumberReservations.All", op: "NumberReservations.List", request: "GET /number_reservations?page%5Bnumber%5D=1&page%5Bsize%5D=250",
			answer: "number_reservations.list.response.json",
			call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return collect(c.NumberReservations.All(ctx, nil))
			},
		},
		{
			name: "NumberReservations.Extend", class: buy, request: "POST /number_reservations/" + id + "/actions/extend",
			answer: "number_reservations.extend.response.json",
			call:   func(ctx context.Context, c *telnyx.Client) (any, error) { return c.NumberReservations.Extend(ctx, id) },
		},
	}
}
