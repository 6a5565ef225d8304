package opentact_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/opentact"
)

const someTNs = `{"take":10,"skip":0,"total":40,"data":[{"tn":18005550143,"profile":{"toll_free":true}},{"tn":"12025550144","profile":"p"},{"tn":5}]}`

func TestSearchSendsThePatternOfAQuery(t *testing.T) {
	for _, c := range []struct {
		q           numbers.SearchQuery
		query, body string
	}{
		{numbers.SearchQuery{}, "", `{}`},
		{numbers.SearchQuery{Limit: 2}, "page=1&size=2", `{}`},
		{numbers.SearchQuery{Limit: 3, AreaCode: "202"}, "page=1&size=3", `{"pattern":"202*"}`},
		{numbers.SearchQuery{AreaCode: "202", StartsWith: "202555"}, "", `{"pattern":"202555*"}`},
		{numbers.SearchQuery{AreaCode: "202", StartsWith: "2"}, "", `{"pattern":"202*"}`},
		{numbers.SearchQuery{StartsWith: "2025550144"}, "", `{"pattern":"2025550144"}`},
		{numbers.SearchQuery{EndsWith: "0144"}, "", `{"pattern":"*0144"}`},
		{numbers.SearchQuery{AreaCode: "202", EndsWith: "0144"}, "", `{"pattern":"202*0144"}`},
		{numbers.SearchQuery{AreaCode: "202", EndsWith: "5550144"}, "", `{"pattern":"2025550144"}`},
		{numbers.SearchQuery{StartsWith: "2025550", EndsWith: "550144"}, "", `{"pattern":"2025550144"}`},
		{numbers.SearchQuery{Contains: "555"}, "", `{"pattern":"*555*"}`},
		{numbers.SearchQuery{RateCenter: "R", Locality: "L", Region: "DC"}, "", `{"rateCenter":"R","city":"L","province":"DC"}`},
	} {
		srv := serve(t, ordered(someTNs))
		offers, err := vendortest.Collect(opentact.NewOrderer(srv.client(t), nil).Search(ctx, c.q))
		require.NoError(t, err)
		require.Len(t, srv.Received(), 1)
		assert.Equal(t, c.query, srv.Received()[0].RawQuery)
		assert.Equal(t, c.body, srv.Received()[0].Body)
		if c.q.Limit > 0 {
			require.Len(t, offers, c.q.Limit)
		} else {
			require.Len(t, offers, 3)
			assert.Empty(t, offers[2].E164)
			assert.Equal(t, "5", offers[2].VendorNumber)
		}
		assert.Equal(t, numbers.E164("+18005550143"), offers[0].E164)
		assert.Equal(t, numbers.TypeTollFree, offers[0].Type)
		assert.Equal(t, two, offers[1].E164)
		assert.Empty(t, offers[1].Type)
		assert.Nil(t, offers[0].Price)
		native, ok := numbers.Native[*opentact.TN](offers[0])
		require.True(t, ok)
		assert.Equal(t, "18005550143", native.TN.Literal())
	}
}

func TestSearchByTypeSendsAQuery(t *testing.T) {
	today := &opentact.OrdererOptions{Generation: opentact.Generation2024}
	for _, c := range []struct {
		q    numbers.SearchQuery
		body string
	}{
		{numbers.SearchQuery{}, `{"type":"long_code"}`},
		{numbers.SearchQuery{Type: numbers.TypeLocal, Limit: 3}, `{"type":"long_code","take":3}`},
		{
			numbers.SearchQuery{
				Type: numbers.TypeTollFree, Country: "US", Region: "DC", Locality: "L", RateCenter: "R", AreaCode: "800",
				Features: []numbers.Feature{numbers.FeatureVoice, numbers.FeatureSMS},
			},
			`{"type":"toll_free","country":"US","state":"DC","city":"L","rate_center":"R","npa":"800","features":["voice","sms"]}`,
		},
	} {
		srv := serve(t, ordered(someTNs))
		offers, err := vendortest.Collect(opentact.NewOrderer(srv.client(t), today).Search(ctx, c.q))
		require.NoError(t, err)
		assert.Len(t, offers, 3)
		assert.Empty(t, srv.Received()[0].RawQuery)
		assert.Equal(t, c.body, srv.Received()[0].Body)
	}
	srv := serve(t, ordered(someTNs))
	offers, err := vendortest.Collect(opentact.NewOrderer(srv.client(t), today).Search(ctx, numbers.SearchQuery{Limit: 101}))
	require.ErrorIs(t, err, numbers.ErrIncomplete, "the vendor has more, and no way to ask for it")
	assert.Len(t, offers, 3)
	assert.Equal(t, `{"type":"long_code","take":100}`, srv.Received()[0].Body)
}

func TestSearchRefusesWhatTheVendorCantDo(t *testing.T) {
	srv := serve(t, vendortest.Text("{}"))
	old := opentact.NewOrderer(srv.client(t), nil)
	today := opentact.NewOrderer(srv.client(t), &opentact.OrdererOptions{Generation: opentact.Generation2024})
	for _, c := range []struct {
		o     *opentact.Orderer
		q     numbers.SearchQuery
		kind  error
		field string
	}{
		{old, numbers.SearchQuery{Country: "US"}, errors.ErrUnsupported, "Country"},
		{old, numbers.SearchQuery{Features: []numbers.Feature{numbers.FeatureSMS}}, errors.ErrUnsupported, "Features"},
		{old, numbers.SearchQuery{Type: numbers.TypeLocal}, errors.ErrUnsupported, "Type"},
		{old, numbers.SearchQuery{Limit: -1}, numbers.ErrInvalid, "Limit"},
		{old, numbers.SearchQuery{Contains: "5*"}, numbers.ErrInvalid, "Contains"},
		{old, numbers.SearchQuery{EndsWith: "12345678901"}, numbers.ErrInvalid, "EndsWith"},
		{old, numbers.SearchQuery{AreaCode: "202", StartsWith: "212"}, numbers.ErrInvalid, "StartsWith"},
		{old, numbers.SearchQuery{StartsWith: "2025550", EndsWith: "950144"}, numbers.ErrInvalid, "EndsWith"},
		{old, numbers.SearchQuery{AreaCode: "202", Contains: "555"}, errors.ErrUnsupported, "Contains"},
		{today, numbers.SearchQuery{Contains: "5"}, errors.ErrUnsupported, "Contains"},
		{today, numbers.SearchQuery{Type: numbers.TypeMobile}, errors.ErrUnsupported, "Type"},
		{today, numbers.SearchQuery{Features: []numbers.Feature{numbers.FeatureHDVoice}}, errors.ErrUnsupported, "Features"},
	} {
		offers, err := vendortest.Collect(c.o.Search(ctx, c.q))
		require.ErrorIs(t, err, c.kind, "%+v", c.q)
		assert.Empty(t, offers)
		e, _ := errors.AsType[*numbers.Error](err)
		require.NotNil(t, e)
		assert.Equal(t, c.field, e.Field, "%+v", c.q)
	}
	assert.Empty(t, srv.Received())
	_, err := vendortest.Collect(opentact.NewOrderer(serve(t, vendortest.Failing(404, `{"success":false,"message":"Profile not found"}`)).client(t), nil).Search(ctx, numbers.SearchQuery{}))
	require.ErrorIs(t, err, numbers.ErrVendor)
}
