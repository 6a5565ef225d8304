package telnyx_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/numberstest"
	"github.com/tnkit/tnkit/telnyx"
	"github.com/tnkit/tnkit/telnyx/telnyxtest"
)

// ended is an attempt that is over.
func ended(reference string, list ...numbers.E164) numbers.Attempt {
	now := time.Now()
	return numbers.Attempt{Vendor: "telnyx", Reference: reference, Numbers: list, Started: now.Add(-time.Second), Ended: now}
}

// resolve is one reading for one attempt.
func resolve(t *testing.T, o *telnyx.Orderer, a numbers.Attempt) numbers.Resolution {
	t.Helper()
	resolutions, errs := o.ResolveAll(ctx, []numbers.Attempt{a})
	require.NoError(t, errs[0])
	return resolutions[0]
}

func TestResolveAllFindsOrdersByTheirReference(t *testing.T) {
	_, o := orderer(t)
	placed, err := o.Place(ctx, numbers.OrderRequest{Numbers: []numbers.E164{one}, Reference: "ref-1"})
	require.NoError(t, err)
	found := resolve(t, o, ended("ref-1", one))
	assert.Equal(t, numbers.Placed, found.Outcome)
	assert.Equal(t, placed.ID, found.Order.ID)

	running := ended("ref-1", one)
	running.Ended = time.Time{}
	assert.Equal(t, numbers.Placed, resolve(t, o, running).Outcome, "presence is shown at any time")

	assert.Equal(t, numbers.NotPlaced, resolve(t, o, ended("ref-2", one)).Outcome, "the account has the number by another order")
}

func TestResolveAllSaysNothingOfTheAbsenceOfWhatIsUnderWay(t *testing.T) {
	_, o := orderer(t)
	running := ended("ref-1", one)
	running.Ended = time.Time{}
	assert.Equal(t, numbers.Resolution{}, resolve(t, o, running))
	assert.Equal(t, numbers.Resolution{Outcome: numbers.NotPlaced}, resolve(t, o, ended("ref-1", one)))
}

func TestAnOrderThatIsNotTheAttemptsIsNotTakenForIt(t *testing.T) {
	now := time.Now().Truncate(time.Microsecond)
	_, o := orderer(t, telnyxtest.Options{ServerOptions: numberstest.ServerOptions{Now: func() time.Time { return now }}})
	placed, err := o.Place(ctx, numbers.OrderRequest{Numbers: []numbers.E164{one}, Reference: "ref-1"})
	require.NoError(t, err)

	before := ended("ref-1", one)
	before.Before = []string{placed.ID}
	assert.Equal(t, numbers.NotPlaced, resolve(t, o, before).Outcome)

	later := ended("ref-1", one)
	later.Started, later.Ended = now.Add(numbers.ClockSlack+time.Second), now.Add(numbers.ClockSlack+2*time.Second)
	assert.Equal(t, numbers.NotPlaced, resolve(t, o, later).Outcome, "the order is older than clocks can differ")
	later.Started = now.Add(numbers.ClockSlack)
	assert.Equal(t, numbers.Placed, resolve(t, o, later).Outcome)
}

func TestResolveAllReadsOneListingForManyAttempts(t *testing.T) {
	srv, o := orderer(t)
	var attempts []numbers.Attempt
	for i := range 30 {
		attempts = append(attempts, ended(fmt.Sprintf("ref-%d", i), numbers.E164(fmt.Sprintf("+131255571%02d", i))))
	}
	for _, a := range attempts[:3] {
		_, err := o.Place(ctx, numbers.OrderRequest{Numbers: a.Numbers, Reference: a.Reference})
		require.NoError(t, err)
	}
	before := len(srv.Requests())
	resolutions, errs := o.ResolveAll(ctx, attempts)
	for i, r := range resolutions {
		require.NoError(t, errs[i])
		want := numbers.NotPlaced
		if i < 3 {
			want = numbers.Placed
		}
		assert.Equal(t, want, r.Outcome)
	}
	assert.Len(t, srv.Requests()[before:], 2, "the orders and the owned numbers")
}
