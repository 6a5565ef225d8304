package numbers_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
)

// TestOneListingResolvesMany counts the readings that many attempts take.
func TestOneListingResolvesMany(t *testing.T) {
	const many = 1000
	for name, c := range map[string]struct {
		caps   numbers.Capabilities
		placed func(i int) bool
		want   int
	}{
		"all placed":               {numberCaps(), func(int) bool { return true }, 1},
		"none placed":              {numberCaps(), func(int) bool { return false }, 2},
		"half placed":              {numberCaps(), func(i int) bool { return i%2 == 0 }, 2},
		"half placed by reference": {referenceCaps(), func(i int) bool { return i%2 == 0 }, 2},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var attempts []numbers.Attempt
				var rows []*numbers.Order
				for i, n := range several(many) {
					reference := fmt.Sprint("r", i)
					attempts = append(attempts, attempt(reference, n))
					if c.placed(i) {
						rows = append(rows, complete(fmt.Sprint("o", i), reference, n))
					}
				}
				o := &scripted{caps: c.caps, list: always(rows...)}
				resolutions, errs := numbers.ResolveAll(t.Context(), o, attempts)
				for i := range attempts {
					require.NoError(t, errs[i])
					if c.placed(i) {
						require.Equal(t, numbers.Placed, resolutions[i].Outcome)
						require.Equal(t, fmt.Sprint("o", i), resolutions[i].Order.ID)
					} else {
						require.Equal(t, numbers.NotPlaced, resolutions[i].Outcome)
					}
				}
				assert.Equal(t, c.want, o.counted("Orders"))
				assert.Zero(t, o.counted("Order"))
			})
		})
	}
}

// TestFewByReferenceAreAskedFor one by one.
func TestFewByReferenceAreAskedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked []string
		o := &scripted{caps: referenceCaps(), list: func(_ context.Context, q numbers.OrderQuery) iter.Seq2[*numbers.Order, error] {
			asked = append(asked, q.Reference)
			return sequence(nil, complete("o-"+q.Reference, q.Reference, one))
		}}
		resolutions, errs := numbers.ResolveAll(t.Context(), o, []numbers.Attempt{attempt("a", one), attempt("b", one)})
		assert.Equal(t, []error{nil, nil}, errs)
		assert.Equal(t, "o-a", resolutions[0].Order.ID)
		assert.Equal(t, "o-b", resolutions[1].Order.ID)
		assert.Equal(t, []string{"a", "b"}, asked)
	})
}

// TestResolveAllAtDifferentTimes: each attempt waits for its own settle time,
// and those that are close share a reading.
func TestResolveAllAtDifferentTimes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		var reads []time.Duration
		o := &scripted{caps: numberCaps(), list: func(context.Context, numbers.OrderQuery) iter.Seq2[*numbers.Order, error] {
			reads = append(reads, time.Since(began))
			return sequence[numbers.Order](nil)
		}}
		var attempts []numbers.Attempt
		for i, n := range several(4) {
			a := attempt("", n)
			a.Ended = began.Add([]time.Duration{-2 * settle, 0, time.Second, 30 * time.Second}[i])
			attempts = append(attempts, a)
		}
		resolutions, errs := numbers.ResolveAll(t.Context(), o, attempts)
		for i := range attempts {
			require.NoError(t, errs[i])
			assert.Equal(t, numbers.NotPlaced, resolutions[i].Outcome)
		}
		assert.Equal(t, []time.Duration{0, settle + time.Second, settle + 30*time.Second}, reads)
	})
}

// TestOneForeignAttempt does not spoil the others.
func TestOneForeignAttempt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &scripted{caps: numberCaps(), list: always(complete("o", "", one))}
		foreign, empty := attempt("", one), attempt("")
		foreign.Vendor = "another"
		resolutions, errs := numbers.ResolveAll(t.Context(), o, []numbers.Attempt{foreign, attempt("", one), empty})
		require.NoError(t, errs[1])
		assert.Equal(t, numbers.Placed, resolutions[1].Outcome)
		requireRefused(t, errs[0], numbers.ErrInvalid, "Attempt")
		requireRefused(t, errs[2], numbers.ErrInvalid, "Attempt.Numbers")
	})
}

func TestResolveNothing(t *testing.T) {
	o := &scripted{caps: numberCaps()}
	resolutions, errs := numbers.ResolveAll(t.Context(), o, nil)
	assert.Empty(t, resolutions)
	assert.Empty(t, errs)
	assert.Zero(t, o.counted("Orders"))
	_, err := numbers.Resolve(t.Context(), nil, attempt("", one))
	requireRefused(t, err, numbers.ErrInvalid, "Orderer")
	_, err = numbers.Resolve(t.Context(), (*scripted)(nil), attempt("", one))
	requireRefused(t, err, numbers.ErrInvalid, "Orderer")
}

func TestResolveCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), settle/2)
		defer cancel()
		o := &scripted{caps: numberCaps(), list: always()}
		r, err := numbers.Resolve(ctx, o, attempt("", one))
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorIs(t, err, numbers.ErrUnreachable)
		assert.Zero(t, r)
		assert.Equal(t, 1, o.counted("Orders"))
	})
}

// resolving is an Orderer with a Resolver of its own.
type resolving struct {
	*scripted
	answer func(numbers.Attempt) (numbers.Resolution, error)
}

func (r resolving) Resolve(_ context.Context, a numbers.Attempt) (numbers.Resolution, error) {
	r.count("Resolve")
	time.Sleep(settle)
	return r.answer(a)
}

// batching is one that resolves many at once, and not well.
type batching struct {
	resolving
	short int
}

func (b batching) ResolveAll(_ context.Context, attempts []numbers.Attempt) ([]numbers.Resolution, []error) {
	b.count("ResolveAll")
	n := len(attempts) - b.short
	resolutions, errs := make([]numbers.Resolution, n), make([]error, n)
	for i := range n {
		resolutions[i], errs[i] = b.answer(attempts[i])
	}
	return resolutions, errs
}

func TestResolversOfTheirOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &scripted{caps: numberCaps()}
		answer := func(a numbers.Attempt) (numbers.Resolution, error) {
			return numbers.Resolution{Outcome: numbers.Placed, Order: complete("o-"+a.Reference, "", a.Numbers...)}, nil
		}
		var attempts []numbers.Attempt
		for i, n := range several(10) {
			attempts = append(attempts, attempt(fmt.Sprint(i), n))
		}
		s.list = always()
		_, errs := numbers.ResolveAll(t.Context(), resolving{s, answer}, attempts[:1])
		require.NoError(t, errs[0])
		assert.Zero(t, s.counted("Resolve"), "what the Capabilities don't declare is not used")

		s.caps.Can = numbers.CanResolve
		began := time.Now()
		resolutions, errs := numbers.ResolveAll(t.Context(), resolving{s, answer}, attempts)
		for i := range attempts {
			require.NoError(t, errs[i])
			assert.Equal(t, fmt.Sprint("o-", i), resolutions[i].Order.ID)
		}
		assert.Equal(t, 10, s.counted("Resolve"))
		assert.Equal(t, settle, time.Since(began), "they wait side by side")

		_, errs = numbers.ResolveAll(t.Context(), batching{resolving{s, answer}, 0}, attempts)
		assert.Equal(t, make([]error, 10), errs)
		assert.Equal(t, 1, s.counted("ResolveAll"))
		assert.Equal(t, 10, s.counted("Resolve"), "the batch is preferred")

		resolutions, errs = numbers.ResolveAll(t.Context(), batching{resolving{s, answer}, 3}, attempts)
		require.Len(t, errs, 10)
		require.NoError(t, errs[6])
		assert.Equal(t, "o-6", resolutions[6].Order.ID)
		require.ErrorIs(t, errs[7], numbers.ErrVendor)
	})
}

// TestUnsoundResolutions: no zero value passes for an answer.
func TestUnsoundResolutions(t *testing.T) {
	for name, c := range map[string]struct {
		answer numbers.Resolution
		err    error
		want   numbers.Outcome
	}{
		"placed without an order":    {numbers.Resolution{Outcome: numbers.Placed}, nil, ""},
		"placed without an id":       {numbers.Resolution{Outcome: numbers.Placed, Order: &numbers.Order{}}, nil, ""},
		"nothing":                    {numbers.Resolution{}, nil, ""},
		"another word":               {numbers.Resolution{Outcome: "perhaps"}, nil, ""},
		"an answer with an error":    {numbers.Resolution{Outcome: numbers.NotPlaced}, errors.New("boom"), ""},
		"not placed, with an order":  {numbers.Resolution{Outcome: numbers.NotPlaced, Order: complete("o", "", one)}, nil, numbers.NotPlaced},
		"possibly orphaned":          {numbers.Resolution{Outcome: numbers.PossiblyOrphaned}, nil, numbers.PossiblyOrphaned},
		"placed, as it ought to be":  {numbers.Resolution{Outcome: numbers.Placed, Order: complete("o", "", one)}, nil, numbers.Placed},
		"not placed, as it ought to": {numbers.Resolution{Outcome: numbers.NotPlaced}, nil, numbers.NotPlaced},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &scripted{caps: numberCaps()}
				s.caps.Can = numbers.CanResolve
				r, err := numbers.Resolve(t.Context(), resolving{s, func(numbers.Attempt) (numbers.Resolution, error) { return c.answer, c.err }}, attempt("", one))
				assert.Equal(t, c.want, r.Outcome)
				assert.Equal(t, c.want == "", err != nil)
				assert.Equal(t, c.want == numbers.Placed, r.Order != nil)
			})
		})
	}
}

func TestListingRules(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &scripted{caps: numberCaps()}
		s.caps.Can = numbers.CanListOwned
		s.inv = func(context.Context, numbers.OwnedQuery) iter.Seq2[*numbers.Number, error] {
			return sequence(nil, &numbers.Number{ID: "n", E164: one})
		}
		lost := attempt("", several(2)[1])
		lost.Status = 500
		resolutions, errs := numbers.ResolveByListing(t.Context(), stocked{s}, []numbers.Attempt{attempt("", one), lost}, numbers.ListingRules{
			Orders: func(_ context.Context, attempts []numbers.Attempt) iter.Seq2[*numbers.Order, error] {
				s.count("rule")
				assert.Len(t, attempts, 2)
				return sequence[numbers.Order](nil)
			},
			OrdersAreOwned: true,
			Orphaned:       func(a numbers.Attempt) bool { return a.Status == 500 },
		})
		assert.Equal(t, []error{nil, nil}, errs)
		assert.Equal(t, numbers.NotPlaced, resolutions[0].Outcome)
		assert.Equal(t, numbers.PossiblyOrphaned, resolutions[1].Outcome)
		assert.Equal(t, 2, s.counted("rule"))
		assert.Zero(t, s.counted("Orders"))
		assert.Zero(t, s.counted("Owned"), "the orders are the inventory's rows")
	})
}
