package telnyx_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/numberstest"
	"github.com/tnkit/tnkit/telnyx"
	"github.com/tnkit/tnkit/telnyx/telnyxtest"
)

func TestTheFakeServesTheSeedLetterForLetter(t *testing.T) {
	srv := telnyxtest.NewServer(t, telnyxtest.Options{ServerOptions: numberstest.ServerOptions{Seed: true}})
	page, err := srv.Client().NumberOrders.List(ctx, &telnyx.ListNumberOrdersRequest{Page: telnyx.PageParams{Number: 2, Size: 25}})
	require.NoError(t, err)
	assert.Equal(t, vendortest.Tree(t, vendortest.Fixture(t, "number_orders.list.response.json")), vendortest.Tree(t, vendortest.Encode(t, page)))
}

func TestAnOrderAtTheFake(t *testing.T) {
	srv := telnyxtest.NewServer(t)
	c := srv.Client()
	made, err := c.NumberOrders.Create(ctx, &telnyx.CreateNumberOrderRequest{
		PhoneNumbers:      []telnyx.CreateNumberOrderPhoneNumber{{PhoneNumber: one}, {PhoneNumber: two}},
		CustomerReference: new("ref-1"),
	})
	require.NoError(t, err)
	assert.Equal(t, telnyx.OrderPending, *made.Status)

	changed, err := c.NumberOrders.Update(ctx, made.ID, &telnyx.UpdateNumberOrderRequest{CustomerReference: new("ref-2")})
	require.NoError(t, err)
	assert.Equal(t, "ref-2", *changed.CustomerReference)

	read, err := c.NumberOrders.Get(ctx, made.ID)
	require.NoError(t, err)
	assert.Equal(t, telnyx.OrderSuccess, *read.Status)

	for reference, want := range map[string]int{"ref-1": 0, "ref-2": 1} {
		found, err := vendortest.Collect(c.NumberOrders.All(ctx, &telnyx.ListNumberOrdersRequest{Filter: telnyx.NumberOrdersFilter{CustomerReference: reference}}))
		require.NoError(t, err)
		assert.Len(t, found, want, reference)
	}
	_, err = c.NumberOrders.Get(ctx, "unknown")
	require.ErrorIs(t, err, numbers.ErrNotFound)
	assert.Equal(t, 1, srv.Books().Bought(one))
}

func TestBuyAtTheFakeWithLostReplies(t *testing.T) {
	for _, kind := range []numberstest.FaultKind{numberstest.LostReply, numberstest.StatusAfter, numberstest.StatusBefore, numberstest.DroppedRequest} {
		t.Run(string(kind), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				srv := telnyxtest.NewServer(t, telnyxtest.Options{ServerOptions: numberstest.ServerOptions{InMemory: true}, SettleAfter: 3 * time.Second, OrderVisibleAfter: 2 * time.Second})
				srv.Inject(numberstest.Fault{Kind: kind, On: numberstest.Match{Buys: true}})
				acct := accountOf(t, telnyx.NewOrderer(srv.Client(), nil))
				p, err := acct.Buy(ctx, numbers.OrderRequest{Numbers: []numbers.E164{one, two}}, nil)
				committed := kind == numberstest.LostReply || kind == numberstest.StatusAfter
				if committed {
					require.NoError(t, err)
					require.Len(t, p.Orders, 1)
					assert.Equal(t, numbers.StateComplete, p.Orders[0].State)
					assert.Len(t, p.Orders[0].Items, 2)
				} else {
					require.ErrorIs(t, err, numbers.ErrNotPlaced)
				}
				srv.Settle()
				want := 0
				if committed {
					want = 1
				}
				assert.Equal(t, want, srv.Books().Bought(one))
				assert.Empty(t, p.Unknown)
			})
		})
	}
}
