package telnyx_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/numberstest"
	"github.com/tnkit/tnkit/telnyx"
	"github.com/tnkit/tnkit/telnyx/telnyxtest"
)

func TestSearchHonoursEveryFieldOfTheQuery(t *testing.T) {
	srv, o := orderer(t, telnyxtest.Options{ServerOptions: numberstest.ServerOptions{NoOffers: true}})
	srv.AddOffer(
		numberstest.Offer{Number: "+13125557701", RateCenter: "CHICAGO", Region: "IL", Locality: "Chicago", Features: []string{"sms", "hd_voice"}, UpfrontCost: "2.50", MonthlyCost: "1.00000"},
		numberstest.Offer{Number: "+12125550102", RateCenter: "NEW YORK", Region: "NY", Locality: "New York", Features: []string{"voice"}},
		numberstest.Offer{Number: "+18005550103"},
		numberstest.Offer{Number: "+442079460104", AreaCode: "20", Locality: "London", Type: "national"},
	)
	const chicago, newYork, free, london = numbers.E164("+13125557701"), numbers.E164("+12125550102"), numbers.E164("+18005550103"), numbers.E164("+442079460104")
	all := []numbers.E164{chicago, newYork, free, london}
	for name, c := range map[string]struct {
		q    numbers.SearchQuery
		want []numbers.E164
	}{
		"none":                         {numbers.SearchQuery{}, all},
		"Country":                      {numbers.SearchQuery{Country: "GB"}, []numbers.E164{london}},
		"Type":                         {numbers.SearchQuery{Type: numbers.TypeTollFree}, []numbers.E164{free}},
		"AreaCode":                     {numbers.SearchQuery{AreaCode: "212"}, []numbers.E164{newYork}},
		"Locality":                     {numbers.SearchQuery{Locality: "Chicago"}, []numbers.E164{chicago}},
		"Region":                       {numbers.SearchQuery{Country: "US", Region: "NY"}, []numbers.E164{newYork}},
		"RateCenter":                   {numbers.SearchQuery{RateCenter: "CHICAGO"}, []numbers.E164{chicago}},
		"StartsWith":                   {numbers.SearchQuery{StartsWith: "31255"}, []numbers.E164{chicago}},
		"StartsWith within AreaCode":   {numbers.SearchQuery{AreaCode: "312", StartsWith: "31"}, []numbers.E164{chicago}},
		"StartsWith beyond AreaCode":   {numbers.SearchQuery{AreaCode: "312", StartsWith: "3125557"}, []numbers.E164{chicago}},
		"StartsWith beyond, unmatched": {numbers.SearchQuery{AreaCode: "312", StartsWith: "3129"}, nil},
		"Contains":                     {numbers.SearchQuery{Contains: "5577"}, []numbers.E164{chicago}},
		"EndsWith":                     {numbers.SearchQuery{EndsWith: "02"}, []numbers.E164{newYork}},
		"Features":                     {numbers.SearchQuery{Features: []numbers.Feature{numbers.FeatureSMS, numbers.FeatureHDVoice}}, []numbers.E164{chicago}},
		"Limit":                        {numbers.SearchQuery{Limit: 1}, []numbers.E164{chicago}},
	} {
		t.Run(name, func(t *testing.T) {
			offers, err := vendortest.Collect(o.Search(ctx, c.q))
			require.NoError(t, err)
			var have []numbers.E164
			for _, offer := range offers {
				have = append(have, offer.E164)
			}
			assert.Equal(t, c.want, have)
		})
	}
	offers, err := vendortest.Collect(o.Search(ctx, numbers.SearchQuery{AreaCode: "312"}))
	require.NoError(t, err)
	first := *offers[0]
	native, ok := numbers.Native[*telnyx.AvailablePhoneNumber](&first)
	require.True(t, ok)
	assert.Equal(t, string(chicago), native.PhoneNumber)
	first.Native = nil
	assert.Equal(t, numbers.Offer{
		Vendor: "telnyx", E164: chicago, VendorNumber: string(chicago), Type: numbers.TypeLocal,
		Features: []numbers.Feature{numbers.FeatureSMS, numbers.FeatureHDVoice},
		Country:  "US", Region: "IL", Locality: "Chicago", RateCenter: "CHICAGO", Price: price("2.50", "1.00000"),
	}, first)
}

func TestSearchRefusesWhatTelnyxCantHonour(t *testing.T) {
	srv := serve(t, vendortest.Text(`{"data":[]}`))
	o := telnyx.NewOrderer(srv.client(t), nil)
	for name, c := range map[string]struct {
		q     numbers.SearchQuery
		kind  error
		field string
	}{
		"type":                 {numbers.SearchQuery{Type: numbers.TypeVirtual}, errors.ErrUnsupported, "Type"},
		"landline":             {numbers.SearchQuery{Type: numbers.TypeLandline}, errors.ErrUnsupported, "Type"},
		"feature":              {numbers.SearchQuery{Features: []numbers.Feature{"telepathy"}}, errors.ErrUnsupported, "Features"},
		"region elsewhere":     {numbers.SearchQuery{Country: "DE", Region: "BE"}, errors.ErrUnsupported, "Region"},
		"ratecenter elsewhere": {numbers.SearchQuery{Country: "DE", RateCenter: "X"}, errors.ErrUnsupported, "RateCenter"},
		"letters":              {numbers.SearchQuery{Contains: "CALL"}, numbers.ErrInvalid, "Contains"},
		"plus":                 {numbers.SearchQuery{StartsWith: "+1312"}, numbers.ErrInvalid, "StartsWith"},
		"contradiction":        {numbers.SearchQuery{AreaCode: "312", StartsWith: "212"}, numbers.ErrInvalid, "StartsWith"},
		"limit":                {numbers.SearchQuery{Limit: -1}, numbers.ErrInvalid, "Limit"},
	} {
		t.Run(name, func(t *testing.T) {
			offers, err := vendortest.Collect(o.Search(ctx, c.q))
			require.ErrorIs(t, err, c.kind)
			assert.Empty(t, offers)
			e, _ := errors.AsType[*numbers.Error](err)
			assert.Equal(t, c.field, e.Field)
		})
	}
	assert.Empty(t, srv.Received())
}

func TestSearchLeavesOutWhatIsOnlyNear(t *testing.T) {
	srv := serve(t, vendortest.Text(`{"data":[{"phone_number":"+13125550101","best_effort":true},{"phone_number":"+17792------"}]}`))
	offers, err := vendortest.Collect(telnyx.NewOrderer(srv.client(t), nil).Search(ctx, numbers.SearchQuery{}))
	require.NoError(t, err)
	require.Len(t, offers, 1)
	assert.Empty(t, offers[0].E164, "a masked number can't be ordered")
	assert.Equal(t, "+17792------", offers[0].VendorNumber)
	assert.Nil(t, offers[0].Price)
}
