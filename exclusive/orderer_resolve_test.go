package exclusive_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/exclusive"
	"github.com/tnkit/tnkit/exclusive/exclusivetest"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// inBubble runs a test in virtual time, with a PBX that lives in it.
func inBubble(t *testing.T, options exclusivetest.Options, test func(t *testing.T, pbx *exclusivetest.Server, o *exclusive.Orderer)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		options.InMemory = true
		pbx, o := fresh(t, options)
		test(t, pbx, o)
	})
}

func resolveOne(o *exclusive.Orderer, a numbers.Attempt) (numbers.Resolution, error) {
	resolutions, errs := o.ResolveAll(ctx, []numbers.Attempt{a})
	return resolutions[0], errs[0]
}

func resolve(t *testing.T, o *exclusive.Orderer, a numbers.Attempt) numbers.Resolution {
	t.Helper()
	r, err := resolveOne(o, a)
	require.NoError(t, err)
	return r
}

// unknown registers a number with an outcome that is unknown, and returns the
// attempt.
func unknown(t *testing.T, o *exclusive.Orderer, n numbers.E164) numbers.Attempt {
	t.Helper()
	placed, err := o.Place(ctx, order(n))
	require.ErrorIs(t, err, numbers.ErrOutcomeUnknown)
	assert.Nil(t, placed)
	e, _ := errors.AsType[*numbers.Error](err)
	require.NotNil(t, e.Attempt)
	return *e.Attempt
}

// past is an attempt for berlin that has ended.
func past() numbers.Attempt {
	return numbers.Attempt{Vendor: "exclusive", Numbers: []numbers.E164{berlin}, Started: time.Now(), Ended: time.Now()}
}

func TestALostOrderIsListedOrNotPlaced(t *testing.T) {
	for _, c := range []struct {
		fault   numberstest.Fault
		outcome numbers.Outcome
	}{
		{numberstest.Fault{Kind: numberstest.LostReply}, numbers.Placed},
		{numberstest.Fault{Kind: numberstest.StatusAfter}, numbers.Placed},
		{numberstest.Fault{Kind: numberstest.HTMLBody}, numbers.Placed},
		{numberstest.Fault{Kind: numberstest.EmptyBody}, numbers.Placed},
		{numberstest.Fault{Kind: numberstest.ZeroObject}, numbers.Placed},
		{numberstest.Fault{Kind: numberstest.LateCommit, Delay: 3 * time.Second}, numbers.Placed},
		{numberstest.Fault{Kind: numberstest.DroppedRequest}, numbers.NotPlaced},
		{numberstest.Fault{Kind: numberstest.StatusBefore}, numbers.NotPlaced},
		{numberstest.Fault{Kind: numberstest.StatusBefore, Status: 500}, numbers.NotPlaced},
	} {
		t.Run(string(c.fault.Kind), func(t *testing.T) {
			inBubble(t, exclusivetest.Options{}, func(t *testing.T, pbx *exclusivetest.Server, o *exclusive.Orderer) {
				pbx.AddRow(exclusivetest.Row{ID: "old", Number: string(berlin)}, exclusivetest.Row{ID: "other", Number: string(munich)})
				pbx.Inject(c.fault)
				attempt := unknown(t, o, berlin)
				attempt.Before = []string{"old"}
				time.Sleep(o.Capabilities().ListingDelay)

				creates := len(pbx.Requests())
				resolution := resolve(t, o, attempt)
				assert.Equal(t, c.outcome, resolution.Outcome)
				assert.False(t, resolution.MaybeSold)
				if c.outcome == numbers.Placed {
					require.NotNil(t, resolution.Order)
					assert.Equal(t, pbx.Books().Owned()[0].OrderID, resolution.Order.ID)
				} else {
					assert.Nil(t, resolution.Order)
					assert.Empty(t, pbx.Books().Purchases)
				}
				reading := []string{"list exclusive numbers"}
				if len(pbx.Rows()) > 0 {
					reading = append(reading, "list exclusive numbers") // whether another follows the last one
				}
				assert.Equal(t, reading, ops(pbx, creates), "one reading")
				assert.Empty(t, pbx.Unused())
			})
		})
	}
}

func TestAnAttemptUnderWayIsFoundOrNothingIsSaid(t *testing.T) {
	inBubble(t, exclusivetest.Options{}, func(t *testing.T, pbx *exclusivetest.Server, o *exclusive.Orderer) {
		a := past()
		a.Ended = time.Time{}
		assert.Zero(t, resolve(t, o, a))
		pbx.AddRow(exclusivetest.Row{ID: "a", Number: string(berlin), CreatedAt: time.Now()})
		assert.Equal(t, numbers.Placed, resolve(t, o, a).Outcome)
	})
}

func TestWhatIsNotAnAttemptsRegistration(t *testing.T) {
	inBubble(t, exclusivetest.Options{}, func(t *testing.T, pbx *exclusivetest.Server, o *exclusive.Orderer) {
		a := past()
		add := func(id string, created time.Time) {
			pbx.AddRow(exclusivetest.Row{ID: id, Number: string(berlin), CreatedAt: created})
		}
		add("old", a.Started.Add(-numbers.ClockSlack-time.Second))
		assert.Equal(t, numbers.NotPlaced, resolve(t, o, a).Outcome, "older than clocks can differ")

		add("slow clock", a.Started.Add(-numbers.ClockSlack+time.Second))
		r := resolve(t, o, a)
		require.Equal(t, numbers.Placed, r.Outcome)
		assert.Equal(t, "slow clock", r.Order.ID)

		a.Before = []string{"slow clock"}
		assert.Equal(t, numbers.NotPlaced, resolve(t, o, a).Outcome, "it was there before, or is another attempt's")

		add("own", a.Ended)
		assert.Equal(t, "own", resolve(t, o, a).Order.ID)

		add("twin", a.Ended)
		_, err := resolveOne(o, a)
		require.ErrorIs(t, err, numbers.ErrConflict, "two that match: none is picked")
	})
}

// A row of a spelling from which the number can't be read is found, since the
// attempt names the number.
func TestASpellingOfOnesOwnIsFound(t *testing.T) {
	pbx, o := fresh(t, exclusivetest.Options{}, &exclusive.OrdererOptions{Spell: func(n numbers.E164) string { return "0" + n.Digits()[2:] }})
	pbx.Inject(numberstest.Fault{Kind: numberstest.LostReply})
	r := resolve(t, o, unknown(t, o, berlin))
	require.Equal(t, numbers.Placed, r.Outcome)
	assert.Equal(t, []numbers.E164{berlin}, r.Order.Numbers())
	assert.Equal(t, "03012345678", r.Order.Items[0].VendorNumber)
}

func TestManyAttemptsAreResolvedByOneListing(t *testing.T) {
	inBubble(t, exclusivetest.Options{}, func(t *testing.T, pbx *exclusivetest.Server, o *exclusive.Orderer) {
		pbx.AddRow(exclusivetest.Row{ID: "a", Number: string(berlin), CreatedAt: time.Now()})
		attempts := []numbers.Attempt{past(), past(), past()}
		attempts[1].Numbers, attempts[2].Numbers = []numbers.E164{munich}, []numbers.E164{"+12025550123"}
		resolutions, errs := o.ResolveAll(ctx, attempts)
		assert.Equal(t, []error{nil, nil, nil}, errs)
		assert.Equal(t, numbers.Placed, resolutions[0].Outcome)
		assert.Equal(t, numbers.NotPlaced, resolutions[1].Outcome)
		assert.Equal(t, numbers.NotPlaced, resolutions[2].Outcome)
		assert.Len(t, pbx.Requests(), 2, "the list, and whether another follows the last one")
	})
}

func TestAListThatIsNotCompleteResolvesNothing(t *testing.T) {
	inBubble(t, exclusivetest.Options{Count: func(n, _ int) int { return n + 1 }, ServerOptions: numberstest.ServerOptions{Lenient: true}}, func(t *testing.T, _ *exclusivetest.Server, o *exclusive.Orderer) {
		r, err := resolveOne(o, past())
		require.ErrorIs(t, err, numbers.ErrIncomplete)
		assert.Zero(t, r)
	})
}
