package telnyx_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/telnyx"
)

// A caller may have used the reference before.
func TestALostReservationIsNotMistakenForAnother(t *testing.T) {
	row := func(id, phone string, expires time.Time) string {
		return fmt.Sprintf(`{"id":%q,"customer_reference":"hold","status":"success","phone_numbers":[
			{"phone_number":%q,"status":"success","expired_at":%q}]}`, id, phone, expires.UTC().Format(time.RFC3339Nano))
	}
	page := func(rows string, n int) answer {
		return vendortest.Text(fmt.Sprintf(`{"data":[%s],"meta":{"page_number":1,"page_size":250,"total_pages":1,"total_results":%d}}`, rows, n))
	}
	synctest.Test(t, func(t *testing.T) {
		soon, before := time.Now().Add(20*time.Minute), time.Now().Add(-time.Minute)
		others := row("1", two, soon) + "," + row("2", one, before)
		request := numbers.ReserveRequest{Numbers: []numbers.E164{one}, Reference: "hold"}

		lost := vendortest.NewScript(t, vendortest.Failing(502, ""), page(others+","+row("3", one, soon), 3))
		held, err := telnyx.NewOrderer(without(t, lost), nil).Reserve(ctx, request)
		require.NoError(t, err)
		assert.Equal(t, "3", held.ID)
		assert.True(t, held.Items[0].Held)

		lost = vendortest.NewScript(t, vendortest.Failing(502, ""), page(others, 2))
		held, err = telnyx.NewOrderer(without(t, lost), nil).Reserve(ctx, request)
		require.ErrorIs(t, err, numbers.ErrVendor)
		assert.Nil(t, held)
	})
}

// The vendor answers with a reservation of another number.
func TestAReservationOfOtherNumbersHoldsNone(t *testing.T) {
	other := vendortest.NewScript(t, vendortest.Text(fmt.Sprintf(`{"data":{"id":"1","status":"success","phone_numbers":[{"phone_number":%q,"status":"success"}]}}`, two)))
	held, err := telnyx.NewOrderer(without(t, other), nil).Reserve(ctx, numbers.ReserveRequest{Numbers: []numbers.E164{one}})
	require.NoError(t, err)
	require.Len(t, held.Items, 2)
	assert.EqualValues(t, two, held.Items[0].E164)
	assert.EqualValues(t, one, held.Items[1].E164)
	assert.False(t, held.Items[1].Held)
	assert.ErrorIs(t, held.Items[1].Err, numbers.ErrVendor)
}
