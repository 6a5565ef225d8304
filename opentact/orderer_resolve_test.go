package opentact_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/numberstest"
	"github.com/tnkit/tnkit/opentact"
	"github.com/tnkit/tnkit/opentact/opentacttest"
)

// lost is an attempt that ended a minute ago.
func lost(list ...numbers.E164) numbers.Attempt {
	return numbers.Attempt{
		Vendor: "opentact", Numbers: list,
		Started: time.Now().Add(-70 * time.Second), Ended: time.Now().Add(-60 * time.Second),
	}
}

// resolve is one reading for one attempt.
func resolve(o *opentact.Orderer, a numbers.Attempt) (numbers.Resolution, error) {
	resolutions, errs := o.ResolveAll(ctx, []numbers.Attempt{a})
	return resolutions[0], errs[0]
}

func TestResolveAllReadsTheOrdersSinceTheAttempt(t *testing.T) {
	a := newLedger(t, httpDate(),
		row{"ages", "success", "2020-03-01T00:00:00Z", "12025550143", ""},
		row{"hour", "success", stamp(time.Hour), "12025550143", ""},
		row{"mine", "success", stamp(68 * time.Second), "12025550143", ""},
		row{"also", "created", stamp(50 * time.Second), "12025550144", ""},
	)
	r, err := resolve(a.orderer(t), lost(one))
	require.NoError(t, err)
	require.Equal(t, numbers.Placed, r.Outcome)
	assert.Equal(t, "mine", r.Order.ID)
	assert.Equal(t, map[string]int{"mine": 1, "also": 1}, a.took(), "older ones are not even read")
	assert.Equal(t, 1, a.lists)
}

func TestResolveAllAnswersEveryCase(t *testing.T) {
	const slack = numbers.ClockSlack
	mine := row{"mine", "success", stamp(68 * time.Second), "12025550143", ""}
	with := func(change func(*numbers.Attempt), list ...numbers.E164) numbers.Attempt {
		a := lost(list...)
		change(&a)
		return a
	}
	running := func(a *numbers.Attempt) { a.Ended = time.Time{} }
	for name, c := range map[string]struct {
		rows    []row
		attempt numbers.Attempt
		want    numbers.Outcome
		kind    error
	}{
		"not placed":       {[]row{{"old", "success", stamp(time.Hour), "12025550143", ""}}, lost(one), numbers.NotPlaced, nil},
		"no orders":        {nil, lost(one), numbers.NotPlaced, nil},
		"under way":        {nil, with(running, one), "", nil},
		"under way, found": {[]row{mine}, with(running, one), numbers.Placed, nil},
		"within the slack": {[]row{{"mine", "success", stamp(70*time.Second + slack + 140*time.Second), "12025550143", ""}}, lost(one), numbers.Placed, nil},
		"before the slack": {[]row{{"mine", "success", stamp(70*time.Second + slack + 160*time.Second), "12025550143", ""}}, lost(one), numbers.NotPlaced, nil},
		"without a time":   {[]row{{"mine", "success", "", "12025550143", ""}}, lost(one), numbers.Placed, nil},
		"fewer numbers":    {[]row{mine}, lost(one, two), "", numbers.ErrConflict},
		"there before":     {[]row{mine}, with(func(a *numbers.Attempt) { a.Before = []string{"MINE"} }, one), numbers.NotPlaced, nil},
		"two":              {[]row{mine, {"other", "created", stamp(time.Second), "12025550143", ""}}, lost(one), "", numbers.ErrConflict},
		"numbers not told": {[]row{{"mine", "success", stamp(68 * time.Second), "", ""}}, lost(one), "", numbers.ErrIncomplete},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := resolve(newLedger(t, httpDate(), c.rows...).orderer(t), c.attempt)
			if c.kind != nil {
				require.ErrorIs(t, err, c.kind)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, c.want, r.Outcome)
		})
	}
}

func TestResolveAllReadsOnceForManyAttempts(t *testing.T) {
	a := newLedger(t, httpDate(),
		row{"a", "success", stamp(68 * time.Second), "12025550143", ""},
		row{"b", "success", stamp(67 * time.Second), "12025550144", ""},
	)
	found, errs := a.orderer(t).ResolveAll(ctx, []numbers.Attempt{lost(one), lost(two)})
	require.Equal(t, []error{nil, nil}, errs)
	assert.Equal(t, "a", found[0].Order.ID)
	assert.Equal(t, "b", found[1].Order.ID)
	assert.Equal(t, 1, a.lists)
	assert.Equal(t, map[string]int{"a": 1, "b": 1}, a.took())
}

func TestAReadingThatFailsShowsNothing(t *testing.T) {
	down := serve(t, vendortest.Failing(500, ""))
	_, err := resolve(opentact.NewOrderer(down.client(t, vendortest.Once), nil), lost(one))
	require.ErrorIs(t, err, numbers.ErrVendor)
}

// The list is one order, or a page of some, and another one was made.
func TestAListThatCantShowAllIsNoProofOfAbsence(t *testing.T) {
	for _, shape := range []opentacttest.ListShape{opentacttest.ListObject, opentacttest.ListUncounted} {
		srv := opentacttest.NewServer(t, opentacttest.Options{List: shape})
		for range 10 {
			srv.AddOrder(numberstest.PastOrder{Numbers: []string{"12029822918"}})
		}
		o := opentact.NewOrderer(srv.Client(), nil)
		placed, err := o.Place(ctx, numbers.OrderRequest{Numbers: []numbers.E164{stocked}})
		require.NoError(t, err)
		r, err := resolve(o, lost(stocked))
		require.ErrorIs(t, err, numbers.ErrIncomplete, shape)
		assert.Equal(t, numbers.Resolution{}, r)

		srv.SetList(opentacttest.ListArray)
		r, err = resolve(o, lost(stocked))
		require.NoError(t, err)
		require.Equal(t, numbers.Placed, r.Outcome)
		assert.Equal(t, placed.ID, r.Order.ID)
	}
}
