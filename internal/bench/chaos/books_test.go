package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

const one numbers.E164 = "+13122000000"

// Every way in which the books and a belief can differ shows in a figure.
func TestWeigh(t *testing.T) {
	var (
		never  []numberstest.Purchase
		once   = []numberstest.Purchase{{Number: string(one), Listed: true}}
		twice  = append(once, once...)
		orphan = []numberstest.Purchase{{Number: string(one)}}
	)
	for _, tt := range []struct {
		name     string
		books    []numberstest.Purchase
		believed standing
		want     outcome
		ok       bool
	}{
		{"bought", once, bought, outcome{Bought: 1}, true},
		{"orphaned", orphan, orphaned, outcome{Orphans: 1, Reported: 1}, true},
		{"pending", never, pending, outcome{Waiting: 1}, true},
		{"bought twice", twice, bought, outcome{Bought: 1, Twice: 1}, false},
		{"lost", once, none, outcome{Lost: 1}, false},
		{"bought, and believed to be pending", once, pending, outcome{Lost: 1}, false},
		{"bought, and believed to be gone", once, gone, outcome{Lost: 1}, false},
		{"an orphan that is not reported", orphan, none, outcome{Orphans: 1, Lost: 1}, false},
		{"an orphan that is believed to be listed", orphan, bought, outcome{Orphans: 1, Invented: 1}, false},
		{"unknown", once, unknown, outcome{Unknown: 1}, false},
		{"unknown, and not bought", never, unknown, outcome{Unknown: 1}, false},
		{"invented", never, bought, outcome{Invented: 1}, false},
		{"reported, and not bought", never, orphaned, outcome{Invented: 1}, false},
		{"reported, and listed", once, orphaned, outcome{Invented: 1}, false},
		{"an order that never was", never, gone, outcome{Invented: 1}, false},
		{"missing", never, none, outcome{Missing: 1}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := outcome{Numbers: 1}
			got.weigh(readLedger(numberstest.Books{Purchases: tt.books}), one, tt.believed)
			tt.want.Numbers = 1
			assert.Equal(t, tt.want, got)
			assert.Equal(t, tt.ok, got.ok())
		})
	}
}

func TestStuckOrdersAreKnown(t *testing.T) {
	assert.True(t, outcome{Stuck: 2, Pending: 2}.ok())
	assert.False(t, outcome{Stuck: 1, Pending: 2}.ok())
}

func TestBelief(t *testing.T) {
	const two, three numbers.E164 = "+13122000001", "+13122000002"
	j := &numberstest.MemoryJournal{}
	entry := func(end numbers.JournalEnd, list ...numbers.E164) {
		e, _, err := j.Begin(t.Context(), numbers.Attempt{Reference: numbers.NewReference(), Numbers: list})
		require.NoError(t, err)
		if end.Status != "" {
			require.NoError(t, j.End(t.Context(), e.ID, end))
		}
	}
	path := filepath.Join(t.TempDir(), "notes")
	seen, err := openNotes(path)
	require.NoError(t, err)
	defer seen.file.Close()
	require.NoError(t, seen.add(&numbers.Order{ID: "partial", State: numbers.StatePartial, Count: 2, Items: []numbers.Item{
		{E164: one, State: numbers.StateComplete}, {E164: two, State: numbers.StateFailed},
	}}))
	require.NoError(t, seen.add(&numbers.Order{ID: "short", State: numbers.StateComplete, Count: 2}), "it does not tell its numbers")
	entry(numbers.JournalEnd{Status: numbers.EntryNotPlaced}, one, two)
	entry(numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: "partial"}, one, two)
	entry(numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: "short"}, three)

	known, err := believe(t.Context(), j, seen)
	require.NoError(t, err)
	assert.Equal(t, map[numbers.E164]standing{one: bought, three: unknown}, known.of, "a number that an order did not get may be bought again")
	assert.Len(t, known.unread, 1)

	entry(numbers.JournalEnd{}, two)
	known, err = believe(t.Context(), j, seen)
	require.NoError(t, err)
	assert.Equal(t, unknown, known.of[two], "an attempt for it is open")

	require.NoError(t, seen.add(&numbers.Order{ID: "again", State: numbers.StateComplete, Count: 1, Items: []numbers.Item{{E164: one, State: numbers.StateComplete}}}))
	entry(numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: "again"}, one)
	known, err = believe(t.Context(), j, seen)
	require.NoError(t, err)
	assert.Equal(t, []numbers.E164{one}, known.contradictions)
}

// A note that a death cut off takes the next one with it, and no other.
func TestTornNote(t *testing.T) {
	path := filepath.Join(t.TempDir(), "notes")
	write := func(tear bool, ids ...string) {
		seen, err := openNotes(path)
		require.NoError(t, err)
		for _, id := range ids {
			require.NoError(t, seen.write(note{Order: id}))
		}
		require.NoError(t, seen.file.Close())
		if tear {
			info, err := os.Stat(path)
			require.NoError(t, err)
			require.NoError(t, os.Truncate(path, info.Size()-3))
		}
	}
	write(true, "whole", "torn")
	write(false, "glued", "after")
	seen, err := openNotes(path)
	require.NoError(t, err)
	defer seen.file.Close()
	assert.Contains(t, seen.orders, "whole")
	assert.Contains(t, seen.orders, "after")
	assert.Len(t, seen.orders, 2)
}
