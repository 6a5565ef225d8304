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

func TestMemoryJournal(t *testing.T) {
	numberstest.RunJournal(t, numberstest.JournalHarness{
		Open:   func(testing.TB) numbers.Journal { return &account.MemoryJournal{} },
		Second: func(_ testing.TB, j numbers.Journal) (numbers.Journal, error) { return j, nil },
	})
}

func journalAttempt(id string, started time.Time) numbers.Attempt {
	return numbers.Attempt{ID: id, Vendor: "memory", Account: "main", Purchase: id, Reference: id, Numbers: []numbers.E164{"+12025550100"}, Started: started}
}

// TestMemoryJournalKeepsTimesAsAFileDoes: without the monotonic clock's reading.
func TestMemoryJournalKeepsTimesAsAFileDoes(t *testing.T) {
	var j account.MemoryJournal
	now := time.Now()
	a := journalAttempt("a", now)
	a.SendBy, a.Deadline = now.Add(time.Second), now.Add(2*time.Second)
	_, err := j.Begin(t.Context(), a)
	require.NoError(t, err)
	a.Ended = now.Add(3 * time.Second)
	end := numbers.JournalEnd{Status: numbers.EntryUnknown, HeldUntil: now.Add(4 * time.Second), Time: now.Add(5 * time.Second)}
	require.NoError(t, j.End(t.Context(), numbers.JournalEntry{Attempt: a}, end))
	for e, err := range j.Entries(t.Context(), numbers.JournalQuery{}) {
		require.NoError(t, err)
		for i, got := range []time.Time{e.Started, e.SendBy, e.Deadline, e.Ended, e.End.HeldUntil, e.End.Time} {
			assert.True(t, got == now.Add(time.Duration(i)*time.Second).Round(0), "%v", got)
		}
	}
}

// TestMemoryJournalOrder: those that started at one time come in the order in
// which they began.
func TestMemoryJournalOrder(t *testing.T) {
	var j account.MemoryJournal
	now := time.Now()
	for i, started := range []time.Duration{2, 1, 2, 1, 0} {
		a := journalAttempt(fmt.Sprint(i), now.Add(started*time.Second))
		a.Numbers = nil
		_, err := j.Begin(t.Context(), a)
		require.NoError(t, err)
	}
	assert.Equal(t, []string{"4", "1", "3", "0", "2"}, journalIDs(t, &j, numbers.JournalQuery{}))
}

func journalIDs(t *testing.T, j numbers.Journal, q numbers.JournalQuery) (ids []string) {
	t.Helper()
	for e, err := range j.Entries(t.Context(), q) {
		require.NoError(t, err)
		ids = append(ids, e.ID)
	}
	return ids
}

// TestMemoryJournalEndAfterTheCallerHasGivenUp: what became of an order is
// recorded all the same.
func TestMemoryJournalEndAfterTheCallerHasGivenUp(t *testing.T) {
	var j account.MemoryJournal
	a := journalAttempt("a", time.Now())
	_, err := j.Begin(t.Context(), a)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.NoError(t, j.End(ctx, numbers.JournalEntry{Attempt: a}, numbers.JournalEnd{Status: numbers.EntryRefused}))
	assert.Empty(t, journalIDs(t, &j, numbers.JournalQuery{Open: true}))
}

func TestMemoryJournalPrune(t *testing.T) {
	var j account.MemoryJournal
	now := time.Now()
	for i, end := range []numbers.JournalEnd{
		{Status: numbers.EntryPlaced, OrderID: "Order-1"},
		{Status: numbers.EntryRefused},
		{},
	} {
		a := journalAttempt(fmt.Sprint(i), now)
		_, err := j.Begin(t.Context(), a)
		require.NoError(t, err)
		if end.Status != "" {
			require.NoError(t, j.End(t.Context(), numbers.JournalEntry{Attempt: a}, end))
		}
	}
	reason := errors.New("the caller's reason")
	gone, cancel := context.WithCancelCause(t.Context())
	cancel(reason)
	_, err := j.Prune(gone, now.Add(time.Hour))
	require.ErrorIs(t, err, reason)

	n, err := j.Prune(t.Context(), now.Add(time.Hour))
	require.NoError(t, err)
	assert.Equal(t, 2, n)
	assert.Equal(t, []string{"2"}, journalIDs(t, &j, numbers.JournalQuery{}))
	again := journalAttempt("again", now)
	again.Reference, again.Numbers = "0", nil
	inTheWay, err := j.Begin(t.Context(), again)
	require.NoError(t, err)
	assert.Empty(t, inTheWay, "the reference is free")
	err = j.End(t.Context(), numbers.JournalEntry{Attempt: again}, numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: "ORDER-1"})
	require.ErrorIs(t, err, numbers.ErrConflict, "the order is not")
}

// The journal that an Account has of its own can forget: its reference is then free. A
// journal of the caller's is the caller's to prune.
func TestPruneOfTheAccountsOwnJournal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: byNumber(0)})
		a, err := account.New("main", m, nil)
		require.NoError(t, err)
		r := numbers.OrderRequest{Numbers: []numbers.E164{one}, Reference: "job"}
		_, err = a.Buy(t.Context(), r, nil)
		require.NoError(t, err)
		time.Sleep(time.Hour)
		for _, want := range []int{0, 1, 0} {
			before := time.Now()
			if want == 0 {
				before = before.Add(-time.Hour)
			}
			forgotten, err := a.Prune(t.Context(), before)
			require.NoError(t, err)
			assert.Equal(t, want, forgotten)
		}
		n, err := a.Find(t.Context(), one)
		require.NoError(t, err)
		require.NoError(t, a.Release(t.Context(), n))
		_, err = a.Buy(t.Context(), r, nil)
		require.NoError(t, err)
		assert.Equal(t, 2, calls(m, "Place"), "a job whose reference was forgotten buys again")

		ended, cancel := context.WithCancel(t.Context())
		cancel()
		_, err = a.Prune(ended, time.Now())
		require.ErrorIs(t, err, context.Canceled)
		shared := openWith(t, m, new(account.MemoryJournal))
		_, err = shared.Prune(t.Context(), time.Now())
		require.ErrorIs(t, err, errors.ErrUnsupported)
	})
}
