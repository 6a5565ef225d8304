package account_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// A person decides what can't be found out. What was placed or has ended, and what may be
// under way, can't be dismissed.
func TestDismissEndsWhatAPersonDecides(t *testing.T) {
	for name, c := range map[string]struct {
		end   numbers.JournalEnd
		after time.Duration
		kind  error
	}{
		"possibly orphaned":           {numbers.JournalEnd{Status: numbers.EntryOrphaned}, 0, nil},
		"unknown":                     {numbers.JournalEnd{Status: numbers.EntryUnknown, Held: several(1)}, 0, nil},
		"unknown and free":            {numbers.JournalEnd{Status: numbers.EntryUnknown}, 0, nil},
		"without an end, long over":   {numbers.JournalEnd{}, 75*time.Second + numbers.ClockSlack, nil},
		"without an end, perhaps not": {numbers.JournalEnd{}, 75*time.Second + numbers.ClockSlack - time.Second, numbers.ErrConflict},
		"placed":                      {numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: "o"}, 0, numbers.ErrConflict},
		"refused":                     {numbers.JournalEnd{Status: numbers.EntryRefused}, 0, numbers.ErrConflict},
		"not placed":                  {numbers.JournalEnd{Status: numbers.EntryNotPlaced}, 0, numbers.ErrConflict},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				j := new(account.MemoryJournal)
				e := begin(t, j, attemptOf("memory", "job", "job", one), c.end)
				m := numberstest.NewMemory(numberstest.MemoryOptions{})
				a := openWith(t, m, j)
				time.Sleep(c.after)
				err := a.Dismiss(t.Context(), e.ID, "the support says so")
				require.ErrorIs(t, err, c.kind)
				end := entryBy(t, j, "job").End
				if c.kind != nil {
					assert.Equal(t, c.end.Status, end.Status)
					return
				}
				assert.Equal(t, numbers.EntryNotPlaced, end.Status)
				assert.Equal(t, "dismissed: the support says so", end.Reason)
				p, err := a.Buy(t.Context(), numbers.OrderRequest{Numbers: several(1), Reference: "job"}, nil)
				require.NoError(t, err, "its number and its reference are free")
				assert.Len(t, p.Bought(), 1)
				require.ErrorIs(t, a.Dismiss(t.Context(), e.ID, "again"), numbers.ErrConflict)
			})
		})
	}
}

// An attempt without an end that this account has watched for long enough is over, by its
// own clock.
func TestDismissAfterWatchingAnAttempt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := new(account.MemoryJournal)
		e := begin(t, j, attemptOf("memory", "job", "job", one), numbers.JournalEnd{})
		a := openWith(t, numberstest.NewMemory(numberstest.MemoryOptions{}), j)
		require.ErrorIs(t, a.Dismiss(t.Context(), e.ID, "reason"), numbers.ErrConflict)
		time.Sleep(75*time.Second - 1)
		require.ErrorIs(t, a.Dismiss(t.Context(), e.ID, "reason"), numbers.ErrConflict)
		time.Sleep(time.Nanosecond)
		require.NoError(t, a.Dismiss(t.Context(), e.ID, "reason"))
	})
}

// An order of this account that is under way can't be dismissed, however long it takes.
func TestDismissLeavesWhatIsUnderWayHere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := new(account.MemoryJournal)
		s := &scripted{caps: byNumber(0), list: always()}
		s.place = func(context.Context, numbers.OrderRequest) (*numbers.Order, error) {
			time.Sleep(time.Hour) // it does not obey its context
			return complete("o", "", one), nil
		}
		a := openWith(t, s, j)
		done := make(chan error)
		go func() {
			_, err := a.Buy(t.Context(), numbers.OrderRequest{Numbers: several(1), Reference: "job"}, nil)
			done <- err
		}()
		time.Sleep(30 * time.Minute)
		require.ErrorIs(t, a.Dismiss(t.Context(), entryBy(t, j, "job").ID, "reason"), numbers.ErrConflict)
		require.NoError(t, <-done)
		assert.Equal(t, numbers.EntryPlaced, entryBy(t, j, "job").End.Status)
	})
}

// An order that appears after all is not bought again.
func TestADismissedOrderThatAppearsIsNotBoughtAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := new(account.MemoryJournal)
		e := begin(t, j, attemptOf("memory", "job", "job", one), numbers.JournalEnd{Status: numbers.EntryOrphaned})
		m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: byNumber(0)})
		a := openWith(t, m, j)
		require.NoError(t, a.Dismiss(t.Context(), e.ID, "reason"))
		_, err := m.Place(t.Context(), numbers.OrderRequest{Numbers: several(1)})
		require.NoError(t, err)
		_, err = a.Buy(t.Context(), numbers.OrderRequest{Numbers: several(1), Reference: "job"}, nil)
		require.ErrorIs(t, err, numbers.ErrAlreadyOwned, "it is not bought again")
		assert.Equal(t, 1, m.Books().Bought(string(one)))
	})
}

func TestDismissNeedsAnEntryOfThisAccountAndAReason(t *testing.T) {
	j := new(account.MemoryJournal)
	foreign := attemptOf("memory", "job", "job", one)
	foreign.Account = "another"
	begin(t, j, foreign, numbers.JournalEnd{Status: numbers.EntryOrphaned})
	mine := begin(t, j, attemptOf("memory", "mine", "mine", one), numbers.JournalEnd{Status: numbers.EntryOrphaned})
	a := openWith(t, numberstest.NewMemory(numberstest.MemoryOptions{}), j)
	requireRefused(t, a.Dismiss(t.Context(), "", "reason"), numbers.ErrInvalid, "id")
	requireRefused(t, a.Dismiss(t.Context(), mine.ID, ""), numbers.ErrInvalid, "reason")
	require.ErrorIs(t, a.Dismiss(t.Context(), "no such entry", "reason"), numbers.ErrNotFound)
	require.ErrorIs(t, a.Dismiss(t.Context(), foreign.ID, "reason"), numbers.ErrNotFound)
	assert.Equal(t, numbers.EntryOrphaned, entryBy(t, j, "job").End.Status)
}

// A journal that fails is reported, and the decision is recorded later.
func TestADismissalThatCannotBeRecordedIsAnError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, _, j, broken := stubborn(t)
		e := begin(t, j, attemptOf("memory", "job", "job", one), numbers.JournalEnd{Status: numbers.EntryOrphaned})
		broken.Store(true)
		require.ErrorIs(t, a.Dismiss(t.Context(), e.ID, "reason"), errFull)
		broken.Store(false)
		require.NoError(t, a.Close())
		assert.Equal(t, "dismissed: reason", entryBy(t, j, "job").End.Reason)
	})
}
