package opentact_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/opentact"
)

// theirs is the time at the vendor, whose clock is hours ahead of ours.
func theirs(ago time.Duration) time.Time { return time.Now().Add(5 * time.Hour).Add(-ago) }

func stamp(ago time.Duration) string { return theirs(ago).UTC().Format("2006-01-02T15:04:05.000Z") }

func httpDate() string { return theirs(0).UTC().Format(http.TimeFormat) }

// lost is an attempt that ended a minute ago.
func lost(list ...numbers.E164) numbers.Attempt {
	return numbers.Attempt{
		Vendor: "opentact", Numbers: list,
		Started: time.Now().Add(-70 * time.Second), Ended: time.Now().Add(-60 * time.Second),
	}
}

// quick settles at once.
var quick = &opentact.OrdererOptions{Account: "main", ListingDelay: time.Nanosecond}

func TestResolveReadsTheOrdersSinceTheAttemptByTheVendorsClock(t *testing.T) {
	a := newAccount(t, httpDate(),
		row{"ages", "success", "2020-03-01T00:00:00Z", "12025550143", ""},
		row{"hour", "success", stamp(time.Hour), "12025550143", ""},
		row{"mine", "success", stamp(68 * time.Second), "12025550143", ""},
		row{"also", "created", stamp(50 * time.Second), "12025550144", ""},
	)
	r, err := a.orderer(t, quick).Resolve(ctx, lost(one))
	require.NoError(t, err)
	require.Equal(t, numbers.Placed, r.Outcome)
	assert.Equal(t, "mine", r.Order.ID)
	assert.Equal(t, "main", r.Order.Account)
	assert.Equal(t, map[string]int{"mine": 1, "also": 1}, a.took(), "older ones are not even read")
	assert.Equal(t, 1, a.lists)
}

func TestResolveByListingAnswersEveryCase(t *testing.T) {
	mine := row{"mine", "success", stamp(68 * time.Second), "12025550143", ""}
	for name, c := range map[string]struct {
		rows    []row
		attempt numbers.Attempt
		want    numbers.Outcome
		kind    error
	}{
		"not placed":       {[]row{{"old", "success", stamp(time.Hour), "12025550143", ""}}, lost(one), numbers.NotPlaced, nil},
		"no orders":        {nil, lost(one), numbers.NotPlaced, nil},
		"within the slack": {[]row{{"mine", "success", stamp(70*time.Second + 110*time.Second), "12025550143", ""}}, lost(one), numbers.Placed, nil},
		"before the slack": {[]row{{"mine", "success", stamp(70*time.Second + 130*time.Second), "12025550143", ""}}, lost(one), numbers.NotPlaced, nil},
		"without a time":   {[]row{{"mine", "success", "", "12025550143", ""}}, lost(one), numbers.Placed, nil},
		"fewer numbers":    {[]row{mine}, lost(one, two), "", numbers.ErrConflict},
		"known before":     {[]row{mine}, func() numbers.Attempt { a := lost(one); a.Before = []string{"mine"}; return a }(), numbers.NotPlaced, nil},
		"two":              {[]row{mine, {"other", "created", stamp(time.Second), "12025550143", ""}}, lost(one), "", numbers.ErrConflict},
		"numbers not told": {[]row{{"mine", "success", stamp(68 * time.Second), "", ""}}, lost(one), "", numbers.ErrIncomplete},
	} {
		t.Run(name, func(t *testing.T) {
			a := newAccount(t, httpDate(), c.rows...)
			r, err := a.orderer(t, quick).Resolve(ctx, c.attempt)
			if c.kind != nil {
				require.ErrorIs(t, err, c.kind)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, c.want, r.Outcome)
		})
	}
}

func TestResolveReadsAllWhereTheVendorsClockIsNotKnown(t *testing.T) {
	old := row{"old", "success", "2020-03-01T00:00:00Z", "12025550143", ""}
	never, ahead := lost(one), lost(one)
	never.Started = time.Time{}
	ahead.Started = time.Now().Add(time.Hour)
	for name, c := range map[string]struct {
		date    string
		attempt numbers.Attempt
	}{
		"no Date":                {"", lost(one)},
		"a Date that is none":    {"yesterday", lost(one)},
		"no time of the attempt": {httpDate(), never},
		"our clock was changed":  {httpDate(), ahead},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := newAccount(t, c.date, old).orderer(t, quick).Resolve(ctx, c.attempt)
			require.NoError(t, err)
			assert.Equal(t, numbers.Placed, r.Outcome)
		})
	}
}

func TestManyAttemptsAreResolvedByOneReading(t *testing.T) {
	a := newAccount(t, httpDate(),
		row{"a", "success", stamp(68 * time.Second), "12025550143", ""},
		row{"b", "success", stamp(67 * time.Second), "12025550144", ""},
	)
	found, errs := numbers.ResolveAll(ctx, a.orderer(t, quick), []numbers.Attempt{lost(one), lost(two)})
	require.Equal(t, []error{nil, nil}, errs)
	assert.Equal(t, "a", found[0].Order.ID)
	assert.Equal(t, "b", found[1].Order.ID)
	assert.Equal(t, 1, a.lists)
	assert.Equal(t, map[string]int{"a": 1, "b": 1}, a.took())
}

func TestBeforeKnowsWhatAnAttemptCouldBeMistakenFor(t *testing.T) {
	a := newAccount(t, httpDate(),
		row{"hour", "success", stamp(time.Hour), "12025550143", ""},
		row{"late", "failed", stamp(3 * time.Minute), "12025550143", ""},
		row{"just", "success", stamp(time.Second), "12025550144,12025550143", ""},
		row{"else", "success", stamp(time.Second), "12025550144", ""},
	)
	a.leases = []string{`{"uuid":"leased","tn":{"tn":12025550143}}`, `{"uuid":"other","tn":{"tn":12025550144}}`}
	before, err := a.orderer(t, quick).Before(ctx, []numbers.E164{one})
	require.NoError(t, err)
	assert.Equal(t, []string{"late", "just", "leased"}, before)
	assert.Equal(t, map[string]int{"late": 1, "just": 1, "else": 1}, a.took())

	a = newAccount(t, "", a.rows...)
	before, err = a.orderer(t, quick).Before(ctx, []numbers.E164{one})
	require.NoError(t, err)
	assert.Equal(t, []string{"hour", "late", "just"}, before)

	down := serve(t, vendortest.Failing(500, ""))
	_, err = opentact.NewOrderer(down.client(t, vendortest.Once), nil).Before(ctx, []numbers.E164{one})
	require.ErrorIs(t, err, numbers.ErrVendor)
}
