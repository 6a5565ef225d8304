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

// What an order holds from the answer on: its numbers, except those that failed, until a
// reading shows it settled.
func TestAnOrderHoldsItsNumbersFromTheAnswerOn(t *testing.T) {
	partial := complete("o", "", several(3)...)
	partial.State, partial.Items[1].State = numbers.StatePartial, numbers.StateFailed
	pending := in(numbers.StatePending, "o", "", several(3)...)
	pending.Items[1].State = numbers.StateCanceled
	hidden := &numbers.Order{Vendor: "script", ID: "o", State: numbers.StatePending, Count: 3}
	final := in(numbers.StatePending, "o", "", several(3)...)
	final.Final = true
	list := several(3)
	for name, c := range map[string]struct {
		order *numbers.Order
		held  []numbers.E164
		ends  bool
	}{
		"complete":                 {complete("o", "", list...), list, true},
		"pending":                  {in(numbers.StatePending, "o", "", list...), list, false},
		"pending, and one is gone": {pending, []numbers.E164{list[0], list[2]}, false},
		"partial":                  {partial, []numbers.E164{list[0], list[2]}, true},
		"failed":                   {in(numbers.StateFailed, "o", "", list...), nil, false},
		"failed, and hidden":       {&numbers.Order{Vendor: "script", ID: "o", State: numbers.StateFailed, Count: 3}, nil, false},
		"hidden":                   {hidden, list, false},
		"waits for documents":      {in(numbers.StateActionRequired, "o", "", list...), list, false},
		"final":                    {final, list, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				j := new(account.MemoryJournal)
				s := &scripted{caps: byNumber(0), list: always(), place: answer(c.order, nil)}
				_, err := openWith(t, s, j).Buy(t.Context(), numbers.OrderRequest{Numbers: list, Reference: "job"}, &account.BuyOptions{NoWait: true})
				if name == "complete" || name == "pending" {
					require.NoError(t, err)
				}
				end := entryBy(t, j, "job").End
				assert.Equal(t, numbers.EntryPlaced, end.Status)
				assert.Equal(t, c.held, end.Held)
				if c.ends {
					assert.Equal(t, time.Now().Add(holdFor), end.HeldUntil)
				} else {
					assert.True(t, end.HeldUntil.IsZero())
				}
			})
		})
	}
}

// A number that a reading showed as free stays free, also if a later one contradicts it.
func TestWhatIsFreeStaysFree(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		list := several(2)
		first := in(numbers.StatePending, "o", "", list...)
		first.Items[0].State = numbers.StateFailed
		j := new(account.MemoryJournal)
		s := &scripted{caps: byNumber(0), list: always(), place: answer(first, nil), order: reads(complete("o", "", list...))}
		_, err := openWith(t, s, j).Buy(t.Context(), numbers.OrderRequest{Numbers: list, Reference: "job"}, nil)
		require.NoError(t, err)
		assert.Equal(t, list[1:], entryBy(t, j, "job").End.Held)
	})
}

// Readings that change nothing write nothing.
func TestOnlyWhatChangesIsRecorded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ends := 0
		j := &failing{failEnd: func(numbers.JournalEntry, numbers.JournalEnd) error { ends++; return nil }}
		m := numberstest.NewMemory(numberstest.MemoryOptions{SettleAfter: time.Hour, Capabilities: byNumber(0)})
		a := openWith(t, m, j)
		p, err := a.Buy(t.Context(), numbers.OrderRequest{Numbers: several(2), Reference: "job"}, nil)
		require.NoError(t, err)
		assert.Greater(t, calls(m, "Order"), 100)
		assert.Equal(t, 2, ends, "it was placed, and it settled")
		_, err = a.Wait(t.Context(), p.Orders[0].ID, nil)
		require.NoError(t, err)
		_, err = a.Buy(t.Context(), numbers.OrderRequest{Numbers: several(2), Reference: "job"}, nil)
		require.NoError(t, err)
		assert.Equal(t, 2, ends)
	})
}

// An attempt that is under way elsewhere holds its numbers until it is over by this
// account's own watch, whatever the clock of its machine says.
func TestAHolderIsOverWhenItWasWatchedLongEnough(t *testing.T) {
	for name, started := range map[string]time.Duration{"the same clock": 0, "a clock ahead": 9 * time.Minute, "a clock behind": -9 * time.Minute} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				j := new(account.MemoryJournal)
				theirs := attemptOf("memory", "theirs", "theirs", one)
				theirs.Started, theirs.SendBy, theirs.Deadline = theirs.Started.Add(started), theirs.SendBy.Add(started), theirs.Deadline.Add(started)
				begin(t, j, theirs, numbers.JournalEnd{})
				a := openWith(t, numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: byNumber(0)}), j)
				r := numbers.OrderRequest{Numbers: several(1), Reference: "mine"}
				_, err := a.Buy(t.Context(), r, nil)
				require.ErrorIs(t, err, numbers.ErrConflict)
				time.Sleep(75*time.Second - 1)
				_, err = a.Buy(t.Context(), r, nil)
				require.ErrorIs(t, err, numbers.ErrConflict)
				time.Sleep(time.Nanosecond)
				p, err := a.Buy(t.Context(), r, nil)
				require.NoError(t, err, "it was resolved first")
				assert.Len(t, p.Bought(), 1)
			})
		})
	}
}

// An order's id is compared without case: it belongs to one entry.
func TestAnOrderBelongsToOnePurchase(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := new(account.MemoryJournal)
		s := &scripted{caps: byNumber(0), list: always()}
		ids := []string{"abc", "ABC"}
		s.place = func(_ context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
			id := ids[0]
			ids = ids[1:]
			return complete(id, "", r.Numbers...), nil
		}
		a := openWith(t, s, j)
		_, err := a.Buy(t.Context(), numbers.OrderRequest{Numbers: several(1), Reference: "first"}, nil)
		require.NoError(t, err)
		p, err := a.Buy(t.Context(), numbers.OrderRequest{Numbers: several(2)[1:], Reference: "second"}, nil)
		require.ErrorIs(t, err, numbers.ErrNotPlaced)
		assert.Empty(t, p.Orders)
		assert.Equal(t, "abc", entryBy(t, j, "first").End.OrderID)
		assert.Equal(t, numbers.EntryNotPlaced, entryBy(t, j, "second").End.Status)
	})
}
