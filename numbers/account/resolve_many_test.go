package account_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// One listing serves many attempts.
func TestOneListingResolvesManyAttempts(t *testing.T) {
	const many = 1000
	for name, c := range map[string]struct {
		caps   numbers.Capabilities
		placed func(i int) bool
		most   int
	}{
		"all placed":               {byNumber(0), func(int) bool { return true }, 1},
		"none placed":              {byNumber(0), func(int) bool { return false }, 14},
		"half placed":              {byNumber(0), func(i int) bool { return i%2 == 0 }, 14},
		"half placed by reference": {byReference(0), func(i int) bool { return i%2 == 0 }, 14},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var attempts []numbers.Attempt
				var rows []*numbers.Order
				for i, n := range several(many) {
					reference := fmt.Sprint("r", i)
					attempts = append(attempts, lost(reference, n))
					if c.placed(i) {
						rows = append(rows, complete(fmt.Sprint("o", i), reference, n))
					}
				}
				s := &scripted{caps: c.caps, list: always(rows...)}
				all, err := open(t, s).Resolve(t.Context(), attempts...)
				require.NoError(t, err)
				require.Len(t, all, many)
				for i, r := range all {
					require.NoError(t, r.Err)
					require.Equal(t, attempts[i].Numbers, r.Attempt.Numbers, "they come in their order")
					if c.placed(i) {
						require.Equal(t, numbers.Placed, r.Resolution.Outcome)
						require.Equal(t, fmt.Sprint("o", i), r.Resolution.Order.ID)
					} else {
						require.Equal(t, numbers.NotPlaced, r.Resolution.Outcome)
					}
				}
				assert.LessOrEqual(t, s.counted("Orders"), c.most)
				assert.Zero(t, s.counted("Order"))
			})
		})
	}
}

func TestFewAttemptsAreAskedForByTheirReferences(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked []string
		s := &scripted{caps: byReference(0), list: func(_ context.Context, q numbers.OrderQuery) seqOfOrders {
			asked = append(asked, q.Reference)
			return sequence(nil, complete("o-"+q.Reference, q.Reference, one))
		}}
		all, err := open(t, s).Resolve(t.Context(), lost("a", one), lost("b", one))
		require.NoError(t, err)
		assert.Equal(t, "o-a", all[0].Resolution.Order.ID)
		assert.Equal(t, "o-b", all[1].Resolution.Order.ID)
		assert.Equal(t, []string{"a", "b"}, asked)
	})
}

// One attempt that can't be resolved spoils no other.
func TestOneForeignAttemptSpoilsNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		vendor, account, none := lost("", one), lost("", one), lost("")
		vendor.Vendor, account.Account = "another", "another"
		all, err := open(t, &scripted{caps: byNumber(0), list: always(complete("o", "", one))}).Resolve(t.Context(), vendor, account, lost("", one), none)
		require.Len(t, all, 4)
		require.NoError(t, all[2].Err)
		assert.Equal(t, numbers.Placed, all[2].Resolution.Outcome)
		for i, field := range map[int]string{0: "Attempt", 1: "Attempt", 3: "Attempt.Numbers"} {
			requireRefused(t, all[i].Err, numbers.ErrInvalid, field)
			require.ErrorIs(t, err, all[i].Err)
		}
	})
}

func TestNothingIsReadForNoAttempts(t *testing.T) {
	s := &scripted{caps: byNumber(0)}
	all, err := open(t, s).Resolve(t.Context())
	require.NoError(t, err)
	assert.Empty(t, all)
	assert.Zero(t, s.counted("Orders"))
}

// resolver is a scripted Orderer with a Resolver of its own.
type resolver struct {
	*scripted
	answer func([]numbers.Attempt) ([]numbers.Resolution, []error)
}

func (r resolver) ResolveAll(_ context.Context, attempts []numbers.Attempt) ([]numbers.Resolution, []error) {
	r.count("ResolveAll")
	return r.answer(attempts)
}

func each(answer func(numbers.Attempt) (numbers.Resolution, error)) func([]numbers.Attempt) ([]numbers.Resolution, []error) {
	return func(attempts []numbers.Attempt) ([]numbers.Resolution, []error) {
		resolutions, errs := make([]numbers.Resolution, len(attempts)), make([]error, len(attempts))
		for i, a := range attempts {
			resolutions[i], errs[i] = answer(a)
		}
		return resolutions, errs
	}
}

// The Orderer's own Resolver is used where the Capabilities declare it.
func TestTheOrderersOwnResolverIsUsed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &scripted{caps: byNumber(0), list: always()}
		o := resolver{s, each(func(a numbers.Attempt) (numbers.Resolution, error) {
			return numbers.Resolution{Outcome: numbers.Placed, Order: complete("o-"+a.Reference, "", a.Numbers...)}, nil
		})}
		_, err := open(t, o).Resolve(t.Context(), lost("", one))
		require.NoError(t, err)
		assert.Zero(t, s.counted("ResolveAll"), "what the Capabilities don't declare is not used")

		s.caps.Can = numbers.CanResolve
		var attempts []numbers.Attempt
		for i, n := range several(10) {
			attempts = append(attempts, lost(fmt.Sprint(i), n))
		}
		all, err := open(t, o).Resolve(t.Context(), attempts...)
		require.NoError(t, err)
		for i := range attempts {
			assert.Equal(t, fmt.Sprint("o-", i), all[i].Resolution.Order.ID)
		}
		assert.Equal(t, 1, s.counted("ResolveAll"))
	})
}

// It is asked for one reading at a time, of an attempt without an end until that is over,
// and gets the orders that others made as those from before.
func TestAResolverIsToldWhatItNeeds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		s := &scripted{caps: byNumber(0)}
		s.caps.Can = numbers.CanResolve
		var asked []numbers.Attempt
		var at []time.Duration
		o := resolver{s, func(attempts []numbers.Attempt) ([]numbers.Resolution, []error) {
			asked, at = append(asked, attempts...), append(at, time.Since(began))
			return make([]numbers.Resolution, len(attempts)), make([]error, len(attempts))
		}}
		j := new(account.MemoryJournal)
		begin(t, j, attemptOf("script", "theirs", "theirs", one), numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: "other"})
		a := attemptOf("script", "mine", "mine", one)
		a.Before = []string{"before"}
		e := begin(t, j, a, numbers.JournalEnd{})
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
		defer cancel()
		_, err := openWith(t, o, j).Resolve(ctx, e.Attempt)
		require.Error(t, err, "it has said nothing")
		require.NotEmpty(t, asked)
		for i, a := range asked {
			assert.Equal(t, []string{"before", "other"}, a.Before)
			assert.Empty(t, a.Account, "an adapter knows no account's name")
			assert.Equal(t, e.ID, a.ID)
			assert.Equal(t, at[i] < 75*time.Second+delay, a.Ended.IsZero(), "at %s", at[i])
		}
	})
}

// No zero value passes for an answer.
func TestUnsoundResolutionsProveNothing(t *testing.T) {
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
		"repeatable":                 {numbers.Resolution{Outcome: numbers.Repeatable}, nil, numbers.Repeatable},
		"placed, as it ought to be":  {numbers.Resolution{Outcome: numbers.Placed, Order: complete("o", "", one)}, nil, numbers.Placed},
		"not placed, as it ought to": {numbers.Resolution{Outcome: numbers.NotPlaced}, nil, numbers.NotPlaced},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &scripted{caps: byNumber(0)}
				s.caps.Can = numbers.CanResolve
				r, err := resolveOne(t.Context(), open(t, resolver{s, each(func(numbers.Attempt) (numbers.Resolution, error) { return c.answer, c.err })}), lost("", one))
				assert.Equal(t, c.want, r.Outcome)
				assert.Equal(t, c.want == "", err != nil)
			})
		})
	}
}

// A Resolver that answers for fewer attempts than it was asked about is a vendor's error
// for the rest.
func TestAShortAnswerOfAResolverProvesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &scripted{caps: byNumber(0)}
		s.caps.Can = numbers.CanResolve
		o := resolver{s, func(attempts []numbers.Attempt) ([]numbers.Resolution, []error) {
			r := numbers.Resolution{Outcome: numbers.Placed, Order: complete("o", "", attempts[0].Numbers...)}
			return []numbers.Resolution{r}, []error{nil}
		}}
		var attempts []numbers.Attempt
		for _, n := range several(3) {
			attempts = append(attempts, lost("", n))
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		all, err := open(t, o).Resolve(ctx, attempts...)
		require.Error(t, err)
		require.NoError(t, all[0].Err)
		require.Error(t, all[1].Err)
		require.Error(t, all[2].Err)
	})
}

// Resolve records what is in its journal, and only that.
func TestResolveRecordsOnlyWhatIsInItsJournal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := new(account.MemoryJournal)
		m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: byNumber(0)})
		for _, n := range several(2) {
			_, err := m.Place(t.Context(), numbers.OrderRequest{Numbers: []numbers.E164{n}})
			require.NoError(t, err)
		}
		mine := begin(t, j, attemptOf("memory", "job", "job", one), numbers.JournalEnd{Status: numbers.EntryUnknown, Held: several(1)})
		foreign := lost("", several(2)[1])
		foreign.Vendor = "memory"
		all, err := openWith(t, m, j).Resolve(t.Context(), mine.Attempt, foreign)
		require.NoError(t, err)
		assert.Equal(t, numbers.Placed, all[0].Resolution.Outcome)
		assert.Equal(t, numbers.Placed, all[1].Resolution.Outcome)
		require.Len(t, entriesOf(t, j), 1)
		assert.Equal(t, "order-1", entryBy(t, j, "job").End.OrderID)

		// The order of an entry is not another attempt's.
		foreign.Numbers = several(1)
		r, err := resolveOne(t.Context(), openWith(t, m, j), foreign)
		require.NoError(t, err)
		assert.Equal(t, numbers.NotPlaced, r.Outcome)
	})
}
