package telnyx_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
	"github.com/tnkit/tnkit/numbers/numberstest"
	"github.com/tnkit/tnkit/telnyx"
	"github.com/tnkit/tnkit/telnyx/telnyxtest"
)

// orderer is the adapter on a fake.
func orderer(t *testing.T, opts ...telnyxtest.Options) (*telnyxtest.Server, *telnyx.Orderer) {
	t.Helper()
	srv := telnyxtest.NewServer(t, opts...)
	return srv, telnyx.NewOrderer(srv.Client(), nil)
}

// accountOf is the account that people use.
func accountOf(t *testing.T, o *telnyx.Orderer) *account.Account {
	t.Helper()
	acct, err := account.New("main", o, nil)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, acct.Close()) })
	return acct
}

func TestCapabilities(t *testing.T) {
	_, o := orderer(t)
	caps := o.Capabilities()
	assert.Equal(t, time.Minute, caps.ListingDelay)
	assert.Equal(t, 30*time.Minute, caps.HoldFor)
	assert.True(t, caps.Prices)
	assert.True(t, caps.DefiniteRefusals)
	assert.Equal(t, numbers.ByReference, caps.FoundBy)
	assert.Equal(t, time.Second, telnyx.NewOrderer(nil, &telnyx.OrdererOptions{ListingDelay: time.Second}).Capabilities().ListingDelay)
}

// price is one with both parts in US dollars.
func price(upfront, monthly string) *numbers.Price {
	money := func(s string) *numbers.Money {
		return &numbers.Money{Amount: decimal.RequireFromString(s), Currency: "USD"}
	}
	return &numbers.Price{Upfront: money(upfront), Monthly: money(monthly)}
}

func TestSearchHonoursEveryFieldOfTheQuery(t *testing.T) {
	srv, o := orderer(t, telnyxtest.Options{NoStock: true})
	srv.AddStock(
		telnyxtest.Available{PhoneNumber: "+13125557701", RateCenter: "CHICAGO", State: "IL", Locality: "Chicago", Features: []string{"sms", "hd_voice"}, UpfrontCost: "2.50", MonthlyCost: "1.00000"},
		telnyxtest.Available{PhoneNumber: "+12125550102", RateCenter: "NEW YORK", State: "NY", Locality: "New York", Features: []string{"voice"}},
		telnyxtest.Available{PhoneNumber: "+18005550103"},
		telnyxtest.Available{PhoneNumber: "+442079460104", AreaCode: "20", Locality: "London", Type: "national"},
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

func TestQuoteSumsTheOffers(t *testing.T) {
	srv, o := orderer(t, telnyxtest.Options{NoStock: true})
	srv.AddStock(
		telnyxtest.Available{PhoneNumber: "+13125550101", UpfrontCost: "1.00", MonthlyCost: "0.50"},
		telnyxtest.Available{PhoneNumber: "+14165550102", UpfrontCost: "2.00", MonthlyCost: "0.25"},
		telnyxtest.Available{PhoneNumber: "+442079460103", UpfrontCost: "3.00", MonthlyCost: "1.00", Currency: "GBP"},
	)
	q, err := o.Quote(ctx, numbers.OrderRequest{Numbers: []numbers.E164{"+13125550101", "+14165550102"}})
	require.NoError(t, err)
	assert.Equal(t, price("3.00", "0.75").String(), q.Price.String())
	assert.False(t, q.Binding)
	assert.Equal(t, "telnyx", q.Vendor)
	require.Len(t, q.Items, 2)
	assert.Equal(t, price("2.00", "0.25").String(), q.Items[1].Price.String())
	assert.Len(t, q.Native, 2)

	for name, list := range map[string][]numbers.E164{
		"one is not offered":  {"+13125550101", "+13125559999"},
		"another currency":    {"+13125550101", "+442079460103"},
		"an unknown country":  {"+8613812345678"},
		"not in the coverage": {"+5511987654321"},
	} {
		q, err := o.Quote(ctx, numbers.OrderRequest{Numbers: list})
		require.NoError(t, err, name)
		assert.Nil(t, q.Price, name)
		assert.Len(t, q.Items, len(list))
	}
	_, err = o.Quote(ctx, numbers.OrderRequest{Numbers: []numbers.E164{"3125550101"}})
	require.ErrorIs(t, err, numbers.ErrInvalid)
	assert.Empty(t, srv.Books().Purchases)
}

func TestACappedPurchaseAtTheFake(t *testing.T) {
	srv, o := orderer(t, telnyxtest.Options{NoStock: true})
	acct := accountOf(t, o)
	srv.AddStock(telnyxtest.Available{PhoneNumber: one, UpfrontCost: "1.00", MonthlyCost: "0.50"})
	r := numbers.OrderRequest{Numbers: []numbers.E164{one}}
	_, err := acct.Buy(ctx, r, &account.BuyOptions{MaxUpfront: price("0.99", "0").Upfront})
	require.ErrorIs(t, err, numbers.ErrOverCap)
	assert.Zero(t, srv.Books().Bought(one))
	_, err = acct.Buy(ctx, r, &account.BuyOptions{MaxUpfront: price("1.00", "0").Upfront})
	require.NoError(t, err)
	assert.Equal(t, 1, srv.Books().Bought(one))
	_, err = acct.Buy(ctx, numbers.OrderRequest{Numbers: []numbers.E164{two}}, &account.BuyOptions{MaxUpfront: price("9", "0").Upfront})
	require.ErrorIs(t, err, numbers.ErrPriceUnknown)
}

func TestReserveHoldsForThirtyMinutes(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	srv, o := orderer(t, telnyxtest.Options{Now: func() time.Time { return now }})
	srv.Hold(two)
	held, err := o.Reserve(ctx, numbers.ReserveRequest{Numbers: []numbers.E164{one, two}, Reference: "hold-1"})
	require.NoError(t, err)
	assert.Equal(t, "hold-1", held.Reference)
	require.Len(t, held.Items, 2)
	assert.True(t, held.Items[0].Held)
	assert.Equal(t, now.Add(30*time.Minute), held.Items[0].Expires)
	assert.NoError(t, held.Items[0].Err)
	assert.False(t, held.Items[1].Held)
	require.ErrorIs(t, held.Items[1].Err, numbers.ErrNumberUnavailable)
	_, ok := numbers.Native[*telnyx.NumberReservation](held)
	assert.True(t, ok)

	_, err = o.Reserve(ctx, numbers.ReserveRequest{})
	require.ErrorIs(t, err, numbers.ErrInvalid)
	_, trial := orderer(t, telnyxtest.Options{Trial: true})
	_, err = trial.Reserve(ctx, numbers.ReserveRequest{Numbers: []numbers.E164{one}})
	require.ErrorIs(t, err, numbers.ErrForbidden)
}

func TestAReservationWhoseAnswerWasLost(t *testing.T) {
	for kind, held := range map[numberstest.FaultKind]bool{numberstest.LostReply: true, numberstest.DroppedRequest: false} {
		synctest.Test(t, func(t *testing.T) {
			srv, o := orderer(t, telnyxtest.Options{InMemory: true})
			srv.Inject(numberstest.Fault{Kind: kind, On: numberstest.Match{Method: "POST", PathPrefix: "/v2/number_reservations"}})
			r, err := o.Reserve(ctx, numbers.ReserveRequest{Numbers: []numbers.E164{one}})
			if held {
				require.NoError(t, err)
				assert.True(t, r.Items[0].Held)
				return
			}
			require.ErrorIs(t, err, numbers.ErrVendor)
			assert.NotErrorIs(t, err, numbers.ErrOutcomeUnknown, "there is no order to resolve")
			e, _ := errors.AsType[*numbers.Error](err)
			assert.Nil(t, e.Attempt)
			assert.Nil(t, r)
		})
	}
}

func TestAReservationThatStaysPending(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pending := `{"data":{"id":"1","status":"pending","phone_numbers":[{"phone_number":"` + one + `","status":"pending"}]}}`
		c := without(t, vendortest.NewScript(t, vendortest.Text(pending)))
		began := time.Now()
		r, err := telnyx.NewOrderer(c, nil).Reserve(ctx, numbers.ReserveRequest{Numbers: []numbers.E164{one}})
		require.ErrorIs(t, err, numbers.ErrVendor)
		assert.False(t, r.Items[0].Held)
		assert.LessOrEqual(t, time.Since(began), time.Minute)

		enough := errors.New("enough")
		stopped, stop := context.WithTimeoutCause(ctx, time.Second, enough)
		defer stop()
		_, err = telnyx.NewOrderer(c, nil).Reserve(stopped, numbers.ReserveRequest{Numbers: []numbers.E164{one}})
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorIs(t, err, enough)
	})
}

func TestCancelCancelsWhatIsPending(t *testing.T) {
	srv, o := orderer(t, telnyxtest.Options{SettleAfter: time.Hour})
	placed, err := o.Place(ctx, numbers.OrderRequest{Numbers: []numbers.E164{one, "+18005550101", "+4930555500101"}})
	require.NoError(t, err)
	native, _ := numbers.Native[*telnyx.NumberOrder](placed)
	require.Len(t, native.SubNumberOrdersIDs, 3)

	after, err := o.Cancel(ctx, placed)
	require.NoError(t, err)
	assert.Equal(t, numbers.StateCanceled, after.State)
	for _, item := range after.Items {
		assert.Equal(t, numbers.StateCanceled, item.State)
	}
	again, err := o.Cancel(ctx, placed)
	require.NoError(t, err, "there is nothing left to cancel")
	assert.Equal(t, numbers.StateCanceled, again.State)
	cancels := 0
	for _, r := range srv.Requests() {
		if r.Method == "PATCH" {
			cancels++
		}
	}
	assert.Equal(t, 3, cancels)
	srv.Settle()
	assert.Empty(t, srv.Books().Purchases)

	gone := *placed
	gone.ID = "unknown"
	_, err = o.Cancel(ctx, &gone)
	require.ErrorIs(t, err, numbers.ErrNotFound)
}

func TestCancelOfAnOrderThatIsBought(t *testing.T) {
	srv, o := orderer(t)
	placed, err := o.Place(ctx, numbers.OrderRequest{Numbers: []numbers.E164{one}})
	require.NoError(t, err)
	srv.Settle()
	after, err := o.Cancel(ctx, placed)
	require.NoError(t, err)
	assert.Equal(t, numbers.StateComplete, after.State, "the order as it stands")
	assert.Equal(t, 1, srv.Books().Bought(one))
}

func TestOneCancelThatFailsDoesNotStopTheOthers(t *testing.T) {
	srv, o := orderer(t, telnyxtest.Options{SettleAfter: time.Hour})
	placed, err := o.Place(ctx, numbers.OrderRequest{Numbers: []numbers.E164{one, "+18005550101", "+4930555500101"}})
	require.NoError(t, err)
	srv.Inject(numberstest.Fault{Kind: numberstest.StatusBefore, Status: 500, On: numberstest.Match{Method: "PATCH", PathPrefix: "/v2/sub_number_orders"}})
	after, err := o.Cancel(ctx, placed)
	require.ErrorIs(t, err, numbers.ErrVendor)
	require.NotNil(t, after, "the order as it stands comes beside the error")
	cancelled := 0
	for _, item := range after.Items {
		if item.State == numbers.StateCanceled {
			cancelled++
		}
	}
	assert.Equal(t, 2, cancelled)
}
