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

// A process died in the middle of several purchases. The next one finds out what became of
// them.
func TestRecoverResolvesWhatACrashLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		list := several(7)
		m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: byNumber(1)})
		j := new(account.MemoryJournal)
		for i, c := range []struct {
			end    numbers.JournalEnd
			status int
			placed bool
		}{
			{numbers.JournalEnd{Status: numbers.EntryUnknown, Held: list[0:1]}, 0, true},
			{numbers.JournalEnd{Status: numbers.EntryUnknown, Held: list[1:2]}, 0, false},
			{numbers.JournalEnd{Status: numbers.EntryUnknown, Held: list[2:3]}, 500, false},
			{numbers.JournalEnd{}, 0, true},
			{numbers.JournalEnd{}, 0, false},
			{numbers.JournalEnd{Status: numbers.EntryOrphaned}, 500, true}, // it is listed after all
			{numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: "settled"}, 0, false},
		} {
			a := attemptOf("memory", "job", numbers.NewReference(), list[i])
			a.Status = c.status
			begin(t, j, a, c.end)
			if c.placed {
				_, err := m.Place(t.Context(), numbers.OrderRequest{Numbers: list[i : i+1]})
				require.NoError(t, err)
			}
		}
		sent := calls(m, "Place")
		a := openWith(t, m, j)
		began := time.Now()
		all, err := a.Recover(t.Context())
		require.NoError(t, err)
		assert.Equal(t, 75*time.Second+delay, time.Since(began), "all wait side by side")
		want := map[numbers.E164]numbers.Outcome{
			list[0]: numbers.Placed, list[1]: numbers.NotPlaced, list[2]: numbers.PossiblyOrphaned,
			list[3]: numbers.Placed, list[4]: numbers.NotPlaced, list[5]: numbers.Placed,
		}
		require.Len(t, all, len(want), "what has ended is left alone")
		for _, r := range all {
			require.NoError(t, r.Err)
			assert.Equal(t, want[r.Attempt.Numbers[0]], r.Resolution.Outcome, r.Attempt.Numbers)
			if r.Resolution.Outcome == numbers.Placed {
				assert.Equal(t, "main", r.Resolution.Order.Account)
			}
		}
		for _, e := range entriesOf(t, j) {
			assert.Equal(t, e.Numbers[0] == list[2], e.Open(), "only the possible orphan is open")
		}
		assert.Equal(t, sent, calls(m, "Place"), "it never sends an order")

		all, err = a.Recover(t.Context())
		require.NoError(t, err)
		require.Len(t, all, 1, "the possible orphan is read again")
		assert.Equal(t, numbers.PossiblyOrphaned, all[0].Resolution.Outcome)
	})
}

// Recover is safe at any time, on any replica, while purchases run.
func TestRecoverIsSafeWhilePurchasesRun(t *testing.T) {
	for _, fault := range []numberstest.FaultKind{"", numberstest.LostReply, numberstest.DroppedRequest, numberstest.HangAfter, numberstest.LateCommit} {
		t.Run(string(fault), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := numberstest.NewMemory(numberstest.MemoryOptions{SellsTwice: true, SettleAfter: 30 * time.Second, Capabilities: byNumber(1)})
				m.Inject(numberstest.Fault{Kind: numberstest.DelayedReply, Delay: 20 * time.Second, Times: 10})
				if fault != "" {
					f := numberstest.Fault{Kind: fault, Times: 3, After: 10}
					if fault == numberstest.LateCommit {
						f.Delay = 10 * time.Second
					}
					m.Inject(f)
				}
				j := new(account.MemoryJournal)
				buyer, other := openWith(t, m, j), openWith(t, m, j)
				ctx, cancel := context.WithCancel(t.Context())
				var wg sync.WaitGroup
				for _, a := range []*account.Account{buyer, other} {
					wg.Go(func() {
						for ctx.Err() == nil {
							_, err := a.Recover(ctx)
							assert.True(t, err == nil || ctx.Err() != nil, "%v", err)
							time.Sleep(5 * time.Second)
						}
					})
				}
				p, err := buyer.Buy(t.Context(), numbers.OrderRequest{Numbers: several(20), Reference: "job"}, nil)
				cancel()
				wg.Wait()
				assert.Empty(t, p.Unknown)
				assert.Equal(t, 20, len(p.Bought())+len(missing(err)))
				assert.Empty(t, m.Books().Duplicates())
				assert.Len(t, m.Books().Purchases, len(p.Bought()), "nothing is lost")
				for _, e := range entriesOf(t, j) {
					assert.False(t, e.Open())
				}
			})
		})
	}
}

// Attempts of this Account that are under way are left alone at once. Those of another
// are watched, and left alone if their owner ends them.
func TestRecoverLeavesAttemptsThatAreUnderWayAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: byNumber(0)})
		m.Inject(numberstest.Fault{Kind: numberstest.DelayedReply, Delay: 40 * time.Second})
		j := new(account.MemoryJournal)
		owner, other := openWith(t, m, j), openWith(t, m, j)
		var wg sync.WaitGroup
		wg.Go(func() {
			_, err := owner.Buy(t.Context(), numbers.OrderRequest{Numbers: several(1)}, nil)
			assert.NoError(t, err)
		})
		time.Sleep(time.Second)
		began := time.Now()
		all, err := owner.Recover(t.Context())
		require.NoError(t, err)
		assert.Empty(t, all)
		assert.Zero(t, time.Since(began))

		all, err = other.Recover(t.Context())
		require.NoError(t, err)
		assert.LessOrEqual(t, len(all), 1) // it may have read the order before its owner ended it
		for _, r := range all {
			assert.Equal(t, numbers.Placed, r.Resolution.Outcome)
		}
		wg.Wait()
		require.Len(t, entriesOf(t, j), 1)
		assert.Equal(t, numbers.EntryPlaced, entriesOf(t, j)[0].End.Status)
	})
}

// An entry that was never sent does not get the order of another purchase.
func TestRecoverGivesNoAttemptAnothersOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: byNumber(0)})
		j := new(account.MemoryJournal)
		dead := attemptOf("memory", "dead", "dead", one)
		dead.Ended = time.Now() // its journal knows that its owner is gone
		begin(t, j, dead, numbers.JournalEnd{})
		time.Sleep(2*delay + numbers.ClockSlack)
		p, err := openWith(t, m, j).Buy(t.Context(), numbers.OrderRequest{Numbers: several(1), Reference: "living"}, nil)
		require.NoError(t, err, "the holder was resolved first")
		_, err = openWith(t, m, j).Recover(t.Context())
		require.NoError(t, err)
		assert.Equal(t, numbers.EntryNotPlaced, entryBy(t, j, "dead").End.Status)
		assert.Equal(t, p.Orders[0].ID, entryBy(t, j, "living").End.OrderID)
	})
}

// What is Repeatable stays unknown, and its number free.
func TestRecoverLeavesWhatIsRepeatableUnknown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{Repeatable: true, Capabilities: byNumber(0)})
		j := new(account.MemoryJournal)
		begin(t, j, attemptOf("memory", "job", "job", one), numbers.JournalEnd{Status: numbers.EntryUnknown, Held: several(1)})
		a := openWith(t, m, j)
		for range 2 {
			all, err := a.Recover(t.Context())
			require.NoError(t, err)
			require.Len(t, all, 1)
			assert.Equal(t, numbers.Repeatable, all[0].Resolution.Outcome)
			e := entryBy(t, j, "job")
			assert.Equal(t, numbers.EntryUnknown, e.End.Status)
			assert.Empty(t, e.End.Held)
		}
		_, err := a.Buy(t.Context(), numbers.OrderRequest{Numbers: several(1), Reference: "another"}, nil)
		require.NoError(t, err, "another purchase may have it")
		assert.Equal(t, numbers.EntryNotPlaced, entryBy(t, j, "job").End.Status, "and its answer shows what became of this one")
	})
}

// What can't be resolved is an error of its own. It stays open.
func TestRecoverJoinsWhatCannotBeResolved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := new(account.MemoryJournal)
		for _, n := range several(2) {
			begin(t, j, attemptOf("memory", string(n), string(n), n), numbers.JournalEnd{Status: numbers.EntryUnknown, Held: []numbers.E164{n}})
		}
		m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: byNumber(0)})
		m.Inject(numberstest.Fault{Kind: numberstest.StatusBefore, Status: 401, On: numberstest.Match{PathPrefix: "/"}, Times: -1})
		all, err := openWith(t, m, j).Recover(t.Context())
		require.ErrorIs(t, err, numbers.ErrUnauthorized)
		require.NotErrorIs(t, err, numbers.ErrOutcomeUnknown)
		require.Len(t, all, 2)
		for _, r := range all {
			require.ErrorIs(t, r.Err, numbers.ErrUnauthorized)
		}
		for _, e := range entriesOf(t, j) {
			assert.True(t, e.Open())
		}
	})
}

// Entries of other accounts in the same journal are theirs.
func TestRecoverLeavesOtherAccountsAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := new(account.MemoryJournal)
		other := attemptOf("memory", "job", "job", one)
		other.Account = "another"
		begin(t, j, other, numbers.JournalEnd{})
		m := numberstest.NewMemory(numberstest.MemoryOptions{})
		all, err := openWith(t, m, j).Recover(t.Context())
		require.NoError(t, err)
		assert.Empty(t, all)
		assert.Empty(t, m.Calls())
	})
}

// Half a journal resolves nothing.
func TestRecoverNeedsTheWholeJournal(t *testing.T) {
	m := numberstest.NewMemory(numberstest.MemoryOptions{})
	a := openWith(t, m, &failing{failEntries: func(numbers.JournalQuery) error { return errors.New("bad sector") }})
	all, err := a.Recover(t.Context())
	require.ErrorIs(t, err, numbers.ErrIncomplete)
	assert.ErrorContains(t, err, "bad sector")
	assert.Empty(t, all)
	assert.Empty(t, m.Calls())
}

// What was found and could not be recorded is an error, and is recorded later.
func TestRecoverReportsWhatItCannotRecord(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var broken atomic.Bool
		j := &failing{failEnd: func(numbers.JournalEntry, numbers.JournalEnd) error {
			if broken.Load() {
				return errFull
			}
			return nil
		}}
		m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: byNumber(0)})
		begin(t, j, attemptOf("memory", "job", "job", one), numbers.JournalEnd{Status: numbers.EntryUnknown, Held: several(1)})
		_, err := m.Place(t.Context(), numbers.OrderRequest{Numbers: several(1)})
		require.NoError(t, err)
		broken.Store(true)
		a := openWith(t, m, j)
		all, err := a.Recover(t.Context())
		require.ErrorIs(t, err, errFull)
		require.Len(t, all, 1)
		assert.Equal(t, numbers.Placed, all[0].Resolution.Outcome, "it was found, and could not be recorded")
		assert.True(t, entryBy(t, j, "job").Open())
		broken.Store(false)
		time.Sleep(2 * time.Minute)
		assert.Equal(t, "order-1", entryBy(t, j, "job").End.OrderID)
	})
}
