package voipbin_test

import (
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
	"github.com/tnkit/tnkit/numbers/numberstest"
	"github.com/tnkit/tnkit/voipbin"
	"github.com/tnkit/tnkit/voipbin/voipbintest"
)

func search(t *testing.T, o *voipbin.Orderer, q numbers.SearchQuery) (list []*numbers.Offer, err error) {
	t.Helper()
	for offer, e := range o.Search(t.Context(), q) {
		if e != nil {
			return list, e
		}
		list = append(list, offer)
	}
	return list, nil
}

func TestSearch(t *testing.T) {
	srv, o := generation{}.fixed(t, ok(vendortest.Fixture(t, "available_numbers.list.response.json")))
	list, err := search(t, o, numbers.SearchQuery{Country: "US"})
	require.NoError(t, err)
	require.Len(t, list, 2)
	first := list[0]
	assert.Equal(t, "voipbin", first.Vendor)
	assert.Equal(t, numbers.E164("+12025550170"), first.E164)
	assert.Equal(t, "US", first.Country)
	assert.Equal(t, "DC", first.Region)
	assert.Equal(t, []numbers.Feature{numbers.FeatureEmergency, numbers.FeatureFax, numbers.FeatureVoice, numbers.FeatureSMS, numbers.FeatureMMS}, first.Features)
	assert.Nil(t, first.Price)
	native, isNative := numbers.Native[*voipbin.AvailableNumber](list[1])
	require.True(t, isNative)
	assert.Equal(t, "20001", native.PostalCode)
	assert.Equal(t, "country_code=US", srv.Received()[0].RawQuery)
}

func TestSearchDropsWhatTheVendorRepeats(t *testing.T) {
	generations(t, func(t *testing.T, g generation) {
		_, o := g.fixed(t, ok(vendortest.Fixture(t, "available_numbers.list_repeated.response.json")))
		list, err := search(t, o, numbers.SearchQuery{Country: "US", Limit: 3})
		require.NoError(t, err)
		require.Len(t, list, 1)
		assert.Equal(t, numbers.E164("+12025550172"), list[0].E164)
	})
}

func TestSearchAtTheFake(t *testing.T) {
	generations(t, func(t *testing.T, g generation) {
		_, o := g.fake(t)
		list, err := search(t, o, numbers.SearchQuery{Country: "US", Limit: 4})
		require.NoError(t, err)
		assert.LessOrEqual(t, len(list), 4)
		assert.NotEmpty(t, list)
		seen := map[numbers.E164]bool{}
		for _, offer := range list {
			assert.False(t, seen[offer.E164], "each once")
			seen[offer.E164] = true
		}
		place(t, o, list[0].E164)
	})
}

func TestSearchLimits(t *testing.T) {
	srv, o := generation{}.fixed(t, ok(vendortest.Fixture(t, "available_numbers.list.response.json")))
	list, err := search(t, o, numbers.SearchQuery{Country: "US", Limit: 1})
	require.NoError(t, err)
	assert.Len(t, list, 1, "however many the vendor sends")
	_, err = search(t, o, numbers.SearchQuery{Country: "US", Limit: 5000})
	require.NoError(t, err)
	assert.Equal(t, "country_code=US&page_size=1", srv.Received()[0].RawQuery)
	assert.Equal(t, "country_code=US&page_size=100", srv.Received()[1].RawQuery, "never above 100")
}

func TestSearchIsLazyAndCanBeRepeated(t *testing.T) {
	srv, o := generation{}.fixed(t, ok(vendortest.Fixture(t, "available_numbers.list.response.json")))
	seq := o.Search(t.Context(), numbers.SearchQuery{Country: "US"})
	assert.Empty(t, srv.Received())
	for range 2 {
		for _, err := range seq {
			require.NoError(t, err)
			break
		}
	}
	assert.Len(t, srv.Received(), 2)
}

func TestSearchFailures(t *testing.T) {
	generations(t, func(t *testing.T, g generation) {
		srv, o := g.fixed(t, answer{Status: 500})
		_, err := search(t, o, numbers.SearchQuery{Country: "US"})
		require.ErrorIs(t, err, numbers.ErrVendor)
		assert.Equal(t, "Search", asError(t, err).Op)
		assert.Len(t, srv.Received(), 1)

		_, err = search(t, o, numbers.SearchQuery{})
		require.ErrorIs(t, err, numbers.ErrInvalid)
		assert.Equal(t, "Country", asError(t, err).Field)
		for _, q := range []numbers.SearchQuery{
			{Country: "US", Type: numbers.TypeLocal}, {Country: "US", AreaCode: "202"}, {Country: "US", Features: []numbers.Feature{numbers.FeatureSMS}},
		} {
			_, err = search(t, o, q)
			require.ErrorIs(t, err, errors.ErrUnsupported)
		}
		for _, err := range o.Search(t.Context(), numbers.SearchQuery{Country: "US", Limit: -1}) {
			require.ErrorIs(t, err, numbers.ErrInvalid)
		}
		assert.Len(t, srv.Received(), 1)
	})
}

func TestAvailableNumbersAreRaw(t *testing.T) {
	c := client(t, serve(t, ok(vendortest.Fixture(t, "available_numbers.list_repeated.response.json"))).URL)
	list, err := c.AvailableNumbers.List(t.Context(), &voipbin.ListAvailableNumbersRequest{CountryCode: "US"})
	require.NoError(t, err)
	assert.Len(t, list.Result, 3, "nothing is dropped")

	c = client(t, serve(t, ok(`{"result":null}`)).URL)
	list, err = c.AvailableNumbers.List(t.Context(), &voipbin.ListAvailableNumbersRequest{CountryCode: "US"})
	require.NoError(t, err, "none for sale")
	assert.Empty(t, list.Result)
}

func TestVirtualNumbersAtTheFake(t *testing.T) {
	srv := voipbintest.NewServer(t)
	c := srv.Client()
	list, err := c.AvailableNumbers.List(t.Context(), &voipbin.ListAvailableNumbersRequest{Type: voipbin.TypeVirtual, PageSize: 2})
	require.NoError(t, err)
	require.NotEmpty(t, list.Result)
	n, err := c.Numbers.Create(t.Context(), &voipbin.CreateNumberRequest{Number: list.Result[0].Number, Type: new(voipbin.TypeVirtual)})
	require.NoError(t, err)
	assert.Equal(t, voipbin.TypeVirtual, *n.Type)
	_, known := n.TMPurchase.Known()
	assert.False(t, known)
}

// A number that one customer is about to get is still on offer to the next.
func TestTwoCustomersWhoSearchAtOnceGetTwoNumbers(t *testing.T) {
	generations(t, func(t *testing.T, g generation) {
		synctest.Test(t, func(t *testing.T) {
			srv := voipbintest.NewServer(t, voipbintest.Options{Era: g.era, ServerOptions: numberstest.ServerOptions{InMemory: true}, OrderTakes: time.Second})
			acct, err := account.New("main", voipbin.NewOrderer(srv.Client(), &voipbin.OrdererOptions{Generation: g.Generation}), nil)
			require.NoError(t, err)
			defer acct.Close()
			var bought [2][]numbers.E164
			var wg sync.WaitGroup
			for i := range bought {
				wg.Go(func() {
					p, err := acct.BuyAny(t.Context(), numbers.SearchQuery{Country: "US"}, 1, nil)
					assert.NoError(t, err)
					bought[i] = p.Bought()
				})
				time.Sleep(300 * time.Millisecond)
			}
			wg.Wait()
			require.Len(t, bought[0], 1)
			require.Len(t, bought[1], 1)
			assert.NotEqual(t, bought[0], bought[1])
			assert.Len(t, srv.Books().Owned(), 2)
			assert.Empty(t, srv.Reports())
		})
	})
}
