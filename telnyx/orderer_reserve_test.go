package telnyx_test

import (
	"context"
	"errors"
	"fmt"
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

func TestReserveHoldsForThirtyMinutes(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	srv, o := orderer(t, telnyxtest.Options{ServerOptions: numberstest.ServerOptions{Now: func() time.Time { return now }}})
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
			srv, o := orderer(t, telnyxtest.Options{ServerOptions: numberstest.ServerOptions{InMemory: true}})
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
