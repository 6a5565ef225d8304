package telnyx_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
)

// A caller may have used the reference before.
func TestALostReservationIsNotMistakenForAnother(t *testing.T) {
	row := func(id, phone string, expires time.Time) string {
		return fmt.Sprintf(`{"id":%q,"customer_reference":"hold","status":"success","phone_numbers":[
			{"phone_number":%q,"status":"success","expired_at":%q}]}`, id, phone, expires.UTC().Format(time.RFC3339Nano))
	}
	page := func(rows string, n int) answer {
		return text(fmt.Sprintf(`{"data":[%s],"meta":{"page_number":1,"page_size":250,"total_pages":1,"total_results":%d}}`, rows, n))
	}
	synctest.Test(t, func(t *testing.T) {
		soon, before := time.Now().Add(20*time.Minute), time.Now().Add(-time.Minute)
		others := row("1", two, soon) + "," + row("2", one, before)
		request := numbers.ReserveRequest{Numbers: []numbers.E164{one}, Reference: "hold"}

		lost := &scripted{answers: []answer{failing(502, ""), page(others+","+row("3", one, soon), 3)}}
		held, err := numbers.Reserve(ctx, lost.orderer(t), request)
		require.NoError(t, err)
		assert.Equal(t, "3", held.ID)
		assert.True(t, held.Items[0].Held)

		lost = &scripted{answers: []answer{failing(502, ""), page(others, 2)}}
		held, err = numbers.Reserve(ctx, lost.orderer(t), request)
		require.ErrorIs(t, err, numbers.ErrVendor)
		assert.Nil(t, held)
	})
}
