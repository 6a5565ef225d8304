package telnyx_test

import (
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
	"github.com/tnkit/tnkit/numbers/numberstest"
	"github.com/tnkit/tnkit/telnyx/telnyxtest"
)

// price is one with both parts in US dollars.
func price(upfront, monthly string) *numbers.Price {
	money := func(s string) *numbers.Money {
		return &numbers.Money{Amount: decimal.RequireFromString(s), Currency: "USD"}
	}
	return &numbers.Price{Upfront: money(upfront), Monthly: money(monthly)}
}

func TestQuoteSumsTheOffers(t *testing.T) {
	srv, o := orderer(t, telnyxtest.Options{ServerOptions: numberstest.ServerOptions{NoOffers: true}})
	srv.AddOffer(
		numberstest.Offer{Number: "+13125550101", UpfrontCost: "1.00", MonthlyCost: "0.50"},
		numberstest.Offer{Number: "+14165550102", UpfrontCost: "2.00", MonthlyCost: "0.25"},
		numberstest.Offer{Number: "+442079460103", UpfrontCost: "3.00", MonthlyCost: "1.00", Currency: "GBP"},
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
	srv, o := orderer(t, telnyxtest.Options{ServerOptions: numberstest.ServerOptions{NoOffers: true}})
	acct := accountOf(t, o)
	srv.AddOffer(numberstest.Offer{Number: one, UpfrontCost: "1.00", MonthlyCost: "0.50"})
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
