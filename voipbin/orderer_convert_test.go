package voipbin_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/voipbin"
	"github.com/tnkit/tnkit/voipbin/voipbintest"
)

func TestOrderStates(t *testing.T) {
	for status, want := range map[string]struct {
		order  numbers.State
		number numbers.NumberState
	}{
		"active":           {numbers.StateComplete, numbers.NumberActive},
		"purchase-pending": {numbers.StatePending, numbers.NumberPending},
		"port-pending":     {numbers.StatePending, numbers.NumberPending},
		"emergency-only":   {numbers.StateComplete, numbers.NumberDisabled},
		"port-out-pending": {numbers.StateComplete, numbers.NumberActive},
		"ported-out":       {numbers.StateCanceled, numbers.NumberReleased},
		"purchase-failed":  {numbers.StateFailed, numbers.NumberReleased},
		"port-failed":      {numbers.StateFailed, numbers.NumberReleased},
		"deleted":          {numbers.StateCanceled, numbers.NumberReleased},
		"brand-new":        {numbers.StatePending, numbers.NumberUnknown},
		"":                 {numbers.StatePending, numbers.NumberUnknown},
	} {
		row := `{"id":"` + anID + `","number":"+12025550142","flow_id":"f","status":"` + status + `","t38_enabled":false,"emergency_enabled":false}`
		_, o := generation{Generation: voipbin.GenerationOrderNumbers}.fixed(t, ok(row), ok(`{"result":[`+row+`],"next_page_token":""}`))
		order, err := o.Order(t.Context(), anID)
		require.NoError(t, err, status)
		assert.Equal(t, want.order, order.State, status)
		assert.Equal(t, want.order, order.Items[0].State, status)
		assert.Equal(t, status, order.VendorState)
		assert.True(t, order.Final, "no status is ever refreshed")
		if want.number == numbers.NumberReleased {
			if want.order == numbers.StateCanceled { // it was owned once
				require.NotNil(t, order.Items[0].Owned, status)
				assert.Equal(t, numbers.NumberReleased, order.Items[0].Owned.State, status)
			} else {
				assert.Nil(t, order.Items[0].Owned, status)
			}
			assert.Empty(t, owned(t, o, numbers.OwnedQuery{}), "%s: the account does not have it", status)
			continue
		}
		require.NotNil(t, order.Items[0].Owned, status)
		assert.Equal(t, want.number, order.Items[0].Owned.State, status)
		assert.Equal(t, numbers.Assignment{CallFlow: "f"}, order.Items[0].Owned.Assignment)
		assert.Equal(t, []*numbers.Number{order.Items[0].Owned}, owned(t, o, numbers.OwnedQuery{}), "orders and owned numbers are the same rows")
	}
}

// The vendor's status is never refreshed, so that there is nothing to wait for.
func TestPurchasePendingIsFinal(t *testing.T) {
	generations(t, func(t *testing.T, g generation) {
		srv, o := g.fake(t)
		srv.SetPurchaseStatus(voipbintest.StatusPurchasePending)
		placed := place(t, o, aNumber)
		assert.Equal(t, numbers.StatePending, placed.State)
		assert.True(t, placed.Settled())
		assert.Equal(t, numbers.NumberPending, placed.Items[0].Owned.State)
	})
}

// A number that the carrier did not sell is in the list, and not the account's.
func TestPurchaseFailedIsNotOwned(t *testing.T) {
	generations(t, func(t *testing.T, g generation) {
		srv, o := g.fake(t)
		srv.SetPurchaseStatus(voipbintest.StatusPurchaseFailed)
		placed := place(t, o, aNumber)
		assert.Equal(t, numbers.StateFailed, placed.State)
		assert.Nil(t, placed.Items[0].Owned)
		assert.Len(t, orders(t, o, numbers.OrderQuery{Numbers: []numbers.E164{aNumber}}), 1)
		assert.Empty(t, owned(t, o, numbers.OwnedQuery{Numbers: []numbers.E164{aNumber}}))
	})
}

func TestOrderOfANumberThatIsNoE164(t *testing.T) {
	_, o := generation{}.fixed(t, ok(`{"id":"a","number":"6062067564","status":"active"}`))
	order, err := o.Order(t.Context(), "a")
	require.NoError(t, err)
	assert.Empty(t, order.Items[0].E164, "nothing is guessed")
	assert.Equal(t, "6062067564", order.Items[0].VendorNumber)
}
