package account_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// stubborn is an Account whose journal can't record an end while broken is true.
func stubborn(t *testing.T) (a *account.Account, m *numberstest.Memory, j *failing, broken *atomic.Bool) {
	t.Helper()
	broken = new(atomic.Bool)
	j = &failing{failEnd: func(numbers.JournalEntry, numbers.JournalEnd) error {
		if broken.Load() {
			return errFull
		}
		return nil
	}}
	m = numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: byNumber(0)})
	a, err := account.New("main", m, &account.Options{Journal: j})
	require.NoError(t, err)
	return a, m, j, broken
}

// What the journal could not record is tried again in the background, less and less often.
func TestWhatWasNotRecordedIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, _, j, broken := stubborn(t)
		began := time.Now()
		var mu sync.Mutex
		var at []time.Duration
		j.failEnd = func(numbers.JournalEntry, numbers.JournalEnd) error {
			mu.Lock()
			defer mu.Unlock()
			at = append(at, time.Since(began))
			if broken.Load() {
				return errFull
			}
			return nil
		}
		broken.Store(true)
		_, err := a.Buy(t.Context(), numbers.OrderRequest{Numbers: several(1), Reference: "job"}, nil)
		require.ErrorIs(t, err, errFull)
		time.Sleep(10 * time.Minute)
		assert.True(t, entryBy(t, j, "job").Open())
		mu.Lock()
		defer mu.Unlock()
		assert.Greater(t, len(at), 10)
		assert.Less(t, len(at), 20)
		assert.LessOrEqual(t, at[1]-at[0], 2*time.Second, "soon")
		for i := 1; i < len(at); i++ {
			assert.LessOrEqual(t, at[i]-at[i-1], time.Minute, "and not seldom")
		}
		broken.Store(false)
		mu.Unlock()
		time.Sleep(time.Minute)
		assert.Equal(t, numbers.EntryPlaced, entryBy(t, j, "job").End.Status)
		mu.Lock()
		tries := len(at)
		mu.Unlock()
		time.Sleep(time.Hour)
		mu.Lock()
		assert.Len(t, at, tries, "once it is recorded, nothing is tried")
		require.NoError(t, a.Close())
	})
}

// Close tries everything a last time, and returns what remains.
func TestCloseReturnsWhatRemainsUnrecorded(t *testing.T) {
	for name, repaired := range map[string]bool{"the journal stays broken": false, "it is repaired before": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a, _, j, broken := stubborn(t)
				broken.Store(true)
				for i, n := range several(2) {
					_, err := a.Buy(t.Context(), numbers.OrderRequest{Numbers: []numbers.E164{n}, Reference: []string{"first", "second"}[i]}, nil)
					require.ErrorIs(t, err, errFull)
				}
				broken.Store(!repaired)
				err := a.Close()
				if repaired {
					require.NoError(t, err)
					assert.False(t, entryBy(t, j, "first").Open())
					assert.False(t, entryBy(t, j, "second").Open())
					return
				}
				require.ErrorIs(t, err, numbers.ErrIncomplete)
				require.ErrorIs(t, err, errFull)
				for _, n := range several(2) {
					assert.ErrorContains(t, err, string(n))
				}
				broken.Store(false)
				time.Sleep(time.Hour)
				assert.True(t, entryBy(t, j, "first").Open(), "nothing is tried after Close")
				require.NoError(t, a.Close(), "except by another Close")
				assert.False(t, entryBy(t, j, "first").Open())
			})
		})
	}
}

// Close may be called more than once, also when nothing was ever wrong, and purchases go
// on.
func TestCloseMayBeCalledAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, _, _, _ := stubborn(t)
		require.NoError(t, a.Close())
		require.NoError(t, a.Close())
		p, err := a.Buy(t.Context(), numbers.OrderRequest{Numbers: several(1)}, nil)
		require.NoError(t, err)
		assert.Len(t, p.Bought(), 1)
		require.NoError(t, a.Close())
	})
}

// Many callers of Close at the same time wait for the same end.
func TestCloseIsSafeForConcurrentUse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, _, _, broken := stubborn(t)
		broken.Store(true)
		_, err := a.Buy(t.Context(), numbers.OrderRequest{Numbers: several(1)}, nil)
		require.ErrorIs(t, err, errFull)
		done := make(chan error)
		for range 5 {
			go func() { done <- a.Close() }()
		}
		for range 5 {
			require.ErrorIs(t, <-done, errFull)
		}
	})
}

// A later End of the same entry says more, and replaces the one that failed.
func TestALaterEndReplacesTheOneThatFailed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, m, j, _ := stubborn(t)
		m.Inject(numberstest.Fault{Kind: numberstest.LostReply})
		failed := 0
		j.failEnd = func(_ numbers.JournalEntry, end numbers.JournalEnd) error {
			if end.Status == numbers.EntryUnknown {
				failed++
				return errFull
			}
			return nil
		}
		_, err := a.Buy(t.Context(), numbers.OrderRequest{Numbers: several(1), Reference: "job"}, nil)
		require.ErrorIs(t, err, errFull)
		assert.Equal(t, numbers.EntryPlaced, entryBy(t, j, "job").End.Status)
		time.Sleep(time.Hour)
		assert.Equal(t, 1, failed, "it is out of date")
		assert.Equal(t, numbers.EntryPlaced, entryBy(t, j, "job").End.Status)
		require.NoError(t, a.Close())
	})
}

// An End that the journal refuses in the background is out of date: what is recorded
// already stays.
func TestAnEndThatIsRefusedLaterIsForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, m, j, broken := stubborn(t)
		m.Inject(numberstest.Fault{Kind: numberstest.StatusBefore, Status: 402})
		broken.Store(true)
		_, err := a.Buy(t.Context(), numbers.OrderRequest{Numbers: several(1), Reference: "job"}, nil)
		require.ErrorIs(t, err, errFull)
		e := entryBy(t, j, "job")
		require.NoError(t, j.MemoryJournal.End(t.Context(), e, numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: "o", Time: time.Now()}))
		broken.Store(false)
		require.NoError(t, a.Close())
		assert.Equal(t, numbers.EntryPlaced, entryBy(t, j, "job").End.Status)
	})
}

// A Begin that failed and recorded nothing leaves nothing to end; one that recorded the
// entry ends it as not placed.
func TestABeginThatFailedIsEnded(t *testing.T) {
	for name, recorded := range map[string]bool{"it was recorded": true, "it was not": false} {
		for _, later := range []string{"in the background", "by Close"} {
			t.Run(name+" "+later, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					a, m, j, _ := stubborn(t)
					var healed atomic.Bool
					fail := func(numbers.Attempt) error {
						if healed.Load() {
							return nil
						}
						return errors.New("connection reset")
					}
					if recorded {
						j.loseBegin = fail
					} else {
						j.failBegin = fail
					}
					_, err := a.Buy(t.Context(), numbers.OrderRequest{Numbers: several(1), Reference: "job"}, nil)
					require.ErrorIs(t, err, numbers.ErrNotPlaced)
					healed.Store(true)
					if later == "by Close" {
						require.NoError(t, a.Close())
					} else {
						time.Sleep(time.Minute)
					}
					list := entriesOf(t, j)
					require.Len(t, list, 1, "only the same Begin shows whether it exists, or makes it")
					assert.Equal(t, numbers.EntryNotPlaced, list[0].End.Status)
					assert.Contains(t, list[0].End.Reason, "not sent")
					assert.Zero(t, calls(m, "Place"))
					require.NoError(t, a.Close())
				})
			})
		}
	}
}

// An outcome is recorded although the caller does not wait any more.
func TestAnOutcomeIsRecordedAfterTheCallerIsGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		j := new(account.MemoryJournal)
		s := &scripted{caps: byNumber(0), list: always()}
		s.place = func(context.Context, numbers.OrderRequest) (*numbers.Order, error) {
			cancel()
			return complete("o", "", one), nil
		}
		p, err := openWith(t, s, j).Buy(ctx, numbers.OrderRequest{Numbers: several(1), Reference: "job"}, nil)
		require.NoError(t, err, "it was complete at once")
		assert.Equal(t, several(1), p.Bought())
		assert.Equal(t, "o", entryBy(t, j, "job").End.OrderID)
	})
}
