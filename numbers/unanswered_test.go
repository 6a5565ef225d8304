package numbers_test

import (
	"context"
	"errors"
	"iter"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// candid is a Memory that says what it is told to of Capabilities.Orphans.
type candid struct {
	*numberstest.Memory
	orphans bool
}

func (c candid) Capabilities() numbers.Capabilities {
	caps := c.Memory.Capabilities()
	caps.Orphans = c.orphans
	return caps
}

// asked is an Orderer that keeps what it is asked to resolve.
type asked struct {
	candid
	attempts []numbers.Attempt
}

func (a *asked) ResolveAll(_ context.Context, attempts []numbers.Attempt) ([]numbers.Resolution, []error) {
	a.attempts = attempts
	resolutions := make([]numbers.Resolution, len(attempts))
	for i := range resolutions {
		resolutions[i].Outcome = numbers.PossiblyOrphaned
	}
	return resolutions, make([]error, len(attempts))
}

// before is one entry of a journal, about several(1)[0] unless it says otherwise.
type before struct {
	account  string
	status   numbers.EntryStatus
	answered int
	number   numbers.E164
}

// history puts entries into a journal, and then an attempt of unclear answer
// for several(2), which it returns.
func history(t *testing.T, entries ...before) (*numberstest.MemoryJournal, numbers.Attempt) {
	t.Helper()
	j := &numberstest.MemoryJournal{}
	for _, e := range entries {
		a := numbers.Attempt{Vendor: "memory", Account: "main", Reference: numbers.NewReference(), Numbers: several(1), Status: e.answered}
		if e.account != "" {
			a.Account = e.account
		}
		if e.number != "" {
			a.Numbers = []numbers.E164{e.number}
		}
		entry, _, err := j.Begin(t.Context(), a)
		require.NoError(t, err)
		if e.status != "" {
			require.NoError(t, j.End(t.Context(), entry.ID, numbers.JournalEnd{Status: e.status}))
		}
	}
	a := numbers.Attempt{Vendor: "memory", Account: "main", Reference: "now", Numbers: several(2), Status: 400}
	entry, _, err := j.Begin(t.Context(), a)
	require.NoError(t, err)
	require.NoError(t, j.End(t.Context(), entry.ID, numbers.JournalEnd{Status: numbers.EntryUnknown}))
	return j, a
}

func TestUnanswered(t *testing.T) {
	cases := map[string]struct {
		entries []before
		want    []numbers.E164
	}{
		"nothing came before":            {nil, nil},
		"an attempt without an answer":   {[]before{{status: numbers.EntryNotPlaced}}, several(1)},
		"two of them":                    {[]before{{status: numbers.EntryNotPlaced}, {status: numbers.EntryNotPlaced}}, several(1)},
		"one that is still open":         {[]before{{}}, several(1)},
		"one that a gateway answered":    {[]before{{status: numbers.EntryNotPlaced, answered: 504}}, several(1)},
		"with a 408":                     {[]before{{status: numbers.EntryNotPlaced, answered: 408}}, several(1)},
		"with a 409":                     {[]before{{status: numbers.EntryNotPlaced, answered: 409}}, several(1)},
		"with a 425":                     {[]before{{status: numbers.EntryNotPlaced, answered: 425}}, several(1)},
		"a refusal by the vendor itself": {[]before{{status: numbers.EntryNotPlaced, answered: 400}}, nil},
		"one that was surely not done":   {[]before{{status: numbers.EntryRefused}}, nil},
		"one that was refused after it":  {[]before{{status: numbers.EntryNotPlaced}, {status: numbers.EntryNotPlaced, answered: 400}}, several(1)},
		"a purchase after it":            {[]before{{status: numbers.EntryNotPlaced}, {status: numbers.EntryPlaced}}, nil},
		"a purchase before it":           {[]before{{status: numbers.EntryPlaced}, {status: numbers.EntryNotPlaced}}, several(1)},
		"at another account":             {[]before{{account: "other", status: numbers.EntryNotPlaced}}, nil},
		"for another number":             {[]before{{number: several(3)[2], status: numbers.EntryNotPlaced}}, nil},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			j, a := history(t, c.entries...)
			o := &asked{candid: candid{numberstest.NewMemory(numberstest.MemoryOptions{}), true}}
			r, err := numbers.Resolve(t.Context(), numbers.Journaled(o, "main", j), a)
			require.NoError(t, err)
			assert.Equal(t, numbers.PossiblyOrphaned, r.Outcome)
			require.Len(t, o.attempts, 1)
			assert.Equal(t, c.want, o.attempts[0].Unanswered)
			assert.Nil(t, a.Unanswered, "the caller's attempt is his")
			_, err = numbers.Resolve(t.Context(), numbers.Journaled(o, "main", j), o.attempts[0])
			require.NoError(t, err)
			assert.Equal(t, c.want, o.attempts[0].Unanswered, "noted once")

			o.attempts = nil
			_, err = numbers.Recover(t.Context(), j, numbers.Account{Name: "main", Orderer: o}, numbers.Account{Name: "other", Orderer: o.Memory})
			require.NoError(t, err)
			require.NotEmpty(t, o.attempts)
			assert.Equal(t, c.want, o.attempts[len(o.attempts)-1].Unanswered, "Recover")
		})
	}
}

// lostTable is a journal whose entries can't be read.
type lostTable struct{ *numberstest.MemoryJournal }

var errNoTable = errors.New("the table is gone")

func (lostTable) Entries(context.Context) iter.Seq2[numbers.JournalEntry, error] {
	return func(yield func(numbers.JournalEntry, error) bool) { yield(numbers.JournalEntry{}, errNoTable) }
}

// A journal is read whole only where that can change what is found out.
func TestUnansweredNeedsTheJournal(t *testing.T) {
	for name, c := range map[string]struct {
		orphans bool
		status  int
		fails   bool
	}{
		"the vendor lists all that it buys": {false, 400, false},
		"no answer, nothing to interpret":   {true, 0, false},
		"an answer to interpret":            {true, 400, true},
	} {
		t.Run(name, func(t *testing.T) {
			j, a := history(t)
			a.Status = c.status
			o := &asked{candid: candid{numberstest.NewMemory(numberstest.MemoryOptions{}), c.orphans}}
			r, err := numbers.Resolve(t.Context(), numbers.Journaled(o, "main", lostTable{j}), a)
			if !c.fails {
				require.NoError(t, err)
				assert.Equal(t, numbers.PossiblyOrphaned, r.Outcome)
				return
			}
			require.ErrorIs(t, err, numbers.ErrIncomplete)
			require.ErrorIs(t, err, errNoTable)
			assert.Zero(t, r)
			assert.Empty(t, o.attempts, "half of a history is none")
		})
	}
}
