package account_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
)

// An order that exists is found at most max(2 s, half of the time that it took to appear)
// after it appears, with at most 14 readings in all.
func TestAnOrderIsFoundSoonAfterItAppears(t *testing.T) {
	for _, listed := range []time.Duration{0, 30 * time.Second, delay, 2 * time.Minute} {
		for _, underWay := range []bool{false, true} {
			for after := time.Duration(0); after <= listed; after += 700 * time.Millisecond {
				synctest.Test(t, func(t *testing.T) {
					began := time.Now()
					s := &scripted{caps: numbers.Capabilities{FoundBy: numbers.ByNumber, ListingDelay: listed}}
					s.list = func(context.Context, numbers.OrderQuery) seqOfOrders {
						if time.Since(began) < after {
							return sequence[numbers.Order](nil)
						}
						return sequence(nil, complete("o", "", one))
					}
					a := lost("", one)
					if underWay { // it is watched until it is over
						a.Ended, a.Deadline = time.Time{}, began.Add(75*time.Second)
					}
					r, err := resolveOne(t.Context(), open(t, s), a)
					require.NoError(t, err)
					assert.Equal(t, numbers.Placed, r.Outcome, "after %s of %s", after, listed)
					assert.LessOrEqual(t, time.Since(began)-after, max(2*time.Second, after/2), "after %s of %s", after, listed)
					assert.LessOrEqual(t, s.counted("Orders"), 14)
				})
			}
		}
	}
}

// An absence takes the whole time, and at most 14 readings, for a listing delay of up to
// two minutes after 75 s of watching.
func TestAnAbsenceTakesTheWholeTime(t *testing.T) {
	for _, listed := range []time.Duration{0, time.Second, 30 * time.Second, delay, 2 * time.Minute} {
		for underWay, over := range map[bool]time.Duration{false: 0, true: 75 * time.Second} {
			t.Run(fmt.Sprint(listed, underWay), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s := &scripted{caps: numbers.Capabilities{FoundBy: numbers.ByNumber, ListingDelay: listed}, list: always()}
					a := lost("", one)
					if underWay {
						a.Ended, a.Deadline = time.Time{}, a.Started.Add(over)
					}
					began := time.Now()
					r, err := resolveOne(t.Context(), open(t, s), a)
					require.NoError(t, err)
					assert.Equal(t, numbers.NotPlaced, r.Outcome)
					assert.Equal(t, over+listed, time.Since(began))
					assert.LessOrEqual(t, s.counted("Orders"), 14)
				})
			})
		}
	}
}

// This process saw the attempt end: its own clock is enough. (Times have no monotonic
// reading in a bubble of virtual time.)
func TestOneReadingIsEnoughWhereThisProcessSawTheEnd(t *testing.T) {
	const listed = 20 * time.Millisecond
	s := &scripted{caps: numbers.Capabilities{FoundBy: numbers.ByNumber, ListingDelay: listed}, list: always()}
	a := lost("", one)
	time.Sleep(listed)
	r, err := resolveOne(t.Context(), open(t, s), a)
	require.NoError(t, err)
	assert.Equal(t, numbers.NotPlaced, r.Outcome)
	assert.Equal(t, 1, s.counted("Orders"))
}

// One reading is enough after that time has passed by any clock.
func TestOneReadingIsEnoughAfterTheListingDelay(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*numbers.Attempt)
		passed time.Duration
	}{
		"another process saw it end": {func(a *numbers.Attempt) { a.Ended = a.Ended.Round(0) }, delay + numbers.ClockSlack},
		"its end is not known":       {func(a *numbers.Attempt) { a.Ended, a.Deadline = time.Time{}, a.Started.Add(75*time.Second) }, 75*time.Second + delay + numbers.ClockSlack},
		"nor when it was to be over": {func(a *numbers.Attempt) { a.Ended = time.Time{} }, 75*time.Second + delay + numbers.ClockSlack},
		"an hour passed for its owner": {func(a *numbers.Attempt) {
			a.Started, a.Ended = a.Started.Add(-time.Hour), a.Ended.Add(-time.Hour).Round(0)
		}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &scripted{caps: byNumber(0), list: always()}
				a := lost("", one)
				c.change(&a)
				time.Sleep(c.passed)
				began := time.Now()
				r, err := resolveOne(t.Context(), open(t, s), a)
				require.NoError(t, err)
				assert.Equal(t, numbers.NotPlaced, r.Outcome)
				assert.Zero(t, time.Since(began))
				assert.Equal(t, 1, s.counted("Orders"))

				if c.passed == 0 {
					return
				}
				b := lost("", one)
				c.change(&b)
				time.Sleep(c.passed - time.Second)
				began = time.Now()
				_, err = resolveOne(t.Context(), open(t, s), b)
				require.NoError(t, err)
				assert.Positive(t, time.Since(began), "a second before that it is not")
			})
		})
	}
}

// Times of another machine prove nothing for themselves: a clock may be wrong, within
// ClockSlack. The attempt is watched.
func TestAnotherMachinesClockConcludesNothingEarly(t *testing.T) {
	for name, c := range map[string]struct{ started, takes time.Duration }{
		"a moment ago":    {0, 75*time.Second + delay},
		"ahead":           {numbers.ClockSlack, 75*time.Second + delay},
		"behind":          {-numbers.ClockSlack + time.Second, 75*time.Second + delay},
		"long since over": {-time.Hour, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a := lost("", one)
				a.Started = time.Now().Add(c.started).Round(0)
				a.Ended, a.Deadline = time.Time{}, a.Started.Add(75*time.Second)
				began := time.Now()
				r, err := resolveOne(t.Context(), open(t, &scripted{caps: byNumber(0), list: always()}), a)
				require.NoError(t, err)
				assert.Equal(t, numbers.NotPlaced, r.Outcome)
				assert.Equal(t, c.takes, time.Since(began))
			})
		})
	}
}

// An attempt that ends while it is watched is followed: its end may come from its owner.
func TestTheEndThatTheOwnerRecordsIsFollowed(t *testing.T) {
	for name, c := range map[string]struct {
		end   numbers.JournalEnd
		want  numbers.Outcome
		takes time.Duration
	}{
		"placed":  {numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: "o"}, numbers.Placed, 0},
		"refused": {numbers.JournalEnd{Status: numbers.EntryRefused}, numbers.NotPlaced, 0},
		"unknown": {numbers.JournalEnd{Status: numbers.EntryUnknown, Held: several(1)}, numbers.NotPlaced, delay},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				j := new(account.MemoryJournal)
				s := &scripted{caps: byNumber(0), list: always(), order: reads(complete("o", "", one))}
				e := begin(t, j, attemptOf("script", "job", "job", one), numbers.JournalEnd{})
				time.AfterFunc(20*time.Second, func() {
					c.end.Time, e.Ended = time.Now(), time.Now()
					assert.NoError(t, j.End(context.Background(), e, c.end))
				})
				began := time.Now()
				r, err := resolveOne(t.Context(), openWith(t, s, j), e.Attempt)
				require.NoError(t, err)
				assert.Equal(t, c.want, r.Outcome)
				assert.GreaterOrEqual(t, time.Since(began), 20*time.Second+c.takes)
				assert.LessOrEqual(t, time.Since(began), 30*time.Second+c.takes, "it is seen with the next reading")
				if c.want == numbers.Placed {
					assert.Equal(t, "o", r.Order.ID)
				}
			})
		})
	}
}

// Each attempt waits for its own time, and those that are close share a reading.
func TestAttemptsThatAreDueTogetherShareAReading(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		var last time.Duration
		s := &scripted{caps: byNumber(0), list: func(context.Context, numbers.OrderQuery) seqOfOrders {
			last = time.Since(began)
			return sequence[numbers.Order](nil)
		}}
		var attempts []numbers.Attempt
		for i, n := range several(40) {
			a := lost("", n)
			a.Ended, a.Deadline = time.Time{}, began.Add(75*time.Second+time.Duration(i)*100*time.Millisecond)
			attempts = append(attempts, a)
		}
		all, err := open(t, s).Resolve(t.Context(), attempts...)
		require.NoError(t, err)
		for _, r := range all {
			assert.Equal(t, numbers.NotPlaced, r.Resolution.Outcome)
		}
		assert.Equal(t, 75*time.Second+3900*time.Millisecond+delay, last, "the last is not concluded before its time")
		assert.LessOrEqual(t, s.counted("Orders"), 14)
	})
}

// What the vendor asks for is obeyed.
func TestReadingsObeyRetryAfter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		var at []time.Duration
		s := &scripted{caps: byNumber(0), list: func(context.Context, numbers.OrderQuery) seqOfOrders {
			if at = append(at, time.Since(began)); len(at) == 1 {
				return sequence[numbers.Order](&numbers.Error{Kind: numbers.ErrRateLimited, RetryAfter: 5 * time.Minute})
			}
			return sequence(nil, complete("o", "", one))
		}}
		r, err := resolveOne(t.Context(), open(t, s), lost("", one))
		require.NoError(t, err)
		assert.Equal(t, numbers.Placed, r.Outcome)
		assert.Equal(t, []time.Duration{0, 5 * time.Minute}, at)
	})
}

// A reading that contradicts itself is made once more: perhaps another delivery ordered
// the number between two listings.
func TestAContradictionIsReadAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &scripted{caps: byNumber(0)}
		s.caps.Can = numbers.CanListOwned
		s.inv = holding(&numbers.Number{Vendor: "script", ID: "n", E164: one, State: numbers.NumberActive})
		s.list = func(context.Context, numbers.OrderQuery) seqOfOrders {
			if s.counted("Owned") == 0 {
				return sequence[numbers.Order](nil)
			}
			return sequence(nil, complete("o", "", one))
		}
		a := lost("", one)
		time.Sleep(delay)
		r, err := resolveOne(t.Context(), open(t, stocked{s}), a)
		require.NoError(t, err)
		assert.Equal(t, numbers.Placed, r.Outcome)
	})
}

func TestResolvingEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), delay/2)
		defer cancel()
		s := &scripted{caps: byNumber(0), list: always()}
		r, err := resolveOne(ctx, open(t, s), lost("", one))
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorIs(t, err, numbers.ErrUnreachable)
		require.NotErrorIs(t, err, numbers.ErrOutcomeUnknown, "Resolve states nothing of a purchase")
		assert.Zero(t, r)

		_, err = resolveOne(ctx, open(t, s), lost("", one))
		require.ErrorIs(t, err, context.DeadlineExceeded)
	})
}

// A journal that can't be read stops nothing that was begun before, and concludes nothing.
func TestResolvingConcludesNothingWithoutItsJournal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var broken atomic.Bool
		j := &failing{failEntries: func(numbers.JournalQuery) error {
			if broken.Load() {
				return errors.New("bad sector")
			}
			return nil
		}}
		e := begin(t, j, attemptOf("script", "job", "job", one), numbers.JournalEnd{Status: numbers.EntryUnknown, Held: several(1)})
		a := openWith(t, &scripted{caps: byNumber(0), list: always()}, j)
		time.AfterFunc(time.Second, func() { broken.Store(true) })
		r, err := resolveOne(t.Context(), a, e.Attempt)
		require.ErrorIs(t, err, numbers.ErrIncomplete)
		assert.ErrorContains(t, err, "bad sector")
		assert.Zero(t, r)
		_, err = resolveOne(t.Context(), a, e.Attempt)
		require.ErrorIs(t, err, numbers.ErrIncomplete)
	})
}
