package telnyx_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/numberstest"
	"github.com/tnkit/tnkit/telnyx"
	"github.com/tnkit/tnkit/telnyx/telnyxtest"
)

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
