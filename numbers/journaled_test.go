package numbers_test

import (
	"context"
	"errors"
	"iter"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

func entriesOf(t *testing.T, j numbers.Journal) []numbers.JournalEntry {
	t.Helper()
	var list []numbers.JournalEntry
	for e, err := range j.Entries(t.Context()) {
		require.NoError(t, err)
		list = append(list, e)
	}
	return list
}

// TestJournaledRecords what each outcome is.
func TestJournaledRecords(t *testing.T) {
	for name, c := range map[string]struct {
		fault  numberstest.Fault
		status numbers.EntryStatus
		http   int
	}{
		"placed":   {numberstest.Fault{}, numbers.EntryPlaced, 0},
		"refused":  {numberstest.Fault{Kind: numberstest.StatusBefore, Status: 402}, numbers.EntryRefused, 0},
		"limited":  {numberstest.Fault{Kind: numberstest.RateLimited}, numbers.EntryRefused, 0},
		"lost":     {numberstest.Fault{Kind: numberstest.LostReply}, numbers.EntryUnknown, 0},
		"a 503":    {numberstest.Fault{Kind: numberstest.StatusAfter}, numbers.EntryUnknown, 503},
		"orphaned": {numberstest.Fault{Kind: numberstest.OrphanPurchase}, numbers.EntryUnknown, 500},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: byNumber(0)})
				if c.fault.Kind != "" {
					m.Inject(c.fault)
				}
				j := &numberstest.MemoryJournal{}
				began := time.Now()
				order, err := numbers.Journaled(m, "main", j).Place(t.Context(), numbers.OrderRequest{Numbers: several(2)})
				list := entriesOf(t, j)
				require.Len(t, list, 1)
				e := list[0]
				assert.Equal(t, c.status, e.End.Status)
				assert.Equal(t, "memory", e.Attempt.Vendor)
				assert.Equal(t, "main", e.Attempt.Account)
				assert.Equal(t, several(2), e.Attempt.Numbers)
				assert.Equal(t, []string{}, e.Attempt.Before)
				assert.True(t, e.Attempt.Started.Equal(began))
				assert.NotEmpty(t, e.Attempt.Reference, "it got one")
				assert.Equal(t, c.http, e.Attempt.Status)
				switch c.status {
				case numbers.EntryPlaced:
					require.NoError(t, err)
					assert.Equal(t, order.ID, e.End.OrderID)
				case numbers.EntryUnknown:
					require.ErrorIs(t, err, numbers.ErrOutcomeUnknown)
					pe, _ := errors.AsType[*numbers.Error](err)
					assert.Equal(t, e.Attempt, *pe.Attempt, "the caller has what the journal has")
					assert.Equal(t, "main", pe.Account)
					assert.False(t, e.Attempt.Ended.IsZero())
				default:
					require.Error(t, err)
					assert.Equal(t, err.Error(), e.End.Reason)
				}
			})
		})
	}
}

// TestJournaledEnd: the attempt is over when the adapter says so.
func TestJournaledEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var end time.Time
		s := &scripted{caps: referenceCaps(), place: func(_ context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
			time.Sleep(time.Second)
			end = time.Now()
			time.Sleep(time.Minute)
			return nil, &numbers.Error{Kind: numbers.ErrOutcomeUnknown, Attempt: &numbers.Attempt{Vendor: "script", Numbers: r.Numbers, Ended: end, Status: 504}}
		}}
		j := &numberstest.MemoryJournal{}
		_, err := numbers.Journaled(s, "main", j).Place(t.Context(), numbers.OrderRequest{Numbers: []numbers.E164{one}})
		require.ErrorIs(t, err, numbers.ErrOutcomeUnknown)
		a := entriesOf(t, j)[0].Attempt
		assert.Equal(t, end, a.Ended)
		assert.Equal(t, 504, a.Status)
	})
}

// TestJournaledBefore notes what the numbers had before.
func TestJournaledBefore(t *testing.T) {
	m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: byNumber(0)})
	old, err := m.Place(t.Context(), numbers.OrderRequest{Numbers: []numbers.E164{one}})
	require.NoError(t, err)
	own, err := numbers.Find(t.Context(), m, one)
	require.NoError(t, err)
	j := &numberstest.MemoryJournal{}
	o := numbers.Journaled(m, "main", j)
	_, err = o.Place(t.Context(), numbers.OrderRequest{Numbers: []numbers.E164{one}})
	require.ErrorIs(t, err, numbers.ErrNumberUnavailable)
	assert.ElementsMatch(t, []string{old.ID, own.ID}, entriesOf(t, j)[0].Attempt.Before)

	m.Inject(numberstest.Fault{Kind: numberstest.StatusBefore, On: numberstest.Match{Op: "Orders"}})
	before := calls(m, "Place")
	_, err = o.Place(t.Context(), numbers.OrderRequest{Numbers: several(2)[1:]})
	require.ErrorIs(t, err, numbers.ErrVendor, "what can't be looked up is not ordered")
	assert.Equal(t, before, calls(m, "Place"))
	assert.Len(t, entriesOf(t, j), 1)
}

// TestBeginFails: nothing is sent.
func TestBeginFails(t *testing.T) {
	full := errors.New("no space left on device")
	m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: byNumber(1)})
	o := numbers.Journaled(m, "main", &numberstest.MemoryJournal{FailBegin: func(a numbers.Attempt) error {
		if a.Numbers[0] == one {
			return full
		}
		return nil
	}})
	_, err := o.Place(t.Context(), numbers.OrderRequest{Numbers: []numbers.E164{one}})
	require.ErrorIs(t, err, numbers.ErrNotPlaced)
	require.ErrorIs(t, err, full)
	assert.ErrorContains(t, err, "no space left")
	assert.Empty(t, m.Books().Purchases)

	p, err := numbers.Buy(t.Context(), o, numbers.OrderRequest{Numbers: several(3)}, nil)
	require.ErrorIs(t, err, full)
	assert.Equal(t, several(3)[1:], p.Bought(), "the others are bought")
	pe, _ := errors.AsType[*numbers.PurchaseError](err)
	assert.Contains(t, pe.Missing(), one)
	assert.Equal(t, 2, calls(m, "Place"))
}

// TestEndFails: the order is returned all the same, and Recover finds it.
func TestEndFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: byNumber(0)})
		broken := true
		j := &numberstest.MemoryJournal{FailEnd: func(string, numbers.JournalEnd) error {
			if broken {
				return errors.New("no space left on device")
			}
			return nil
		}}
		p, err := numbers.Buy(t.Context(), numbers.Journaled(m, "main", j), numbers.OrderRequest{Numbers: []numbers.E164{one}, Reference: "job"}, nil)
		require.NoError(t, err)
		assert.Equal(t, []numbers.E164{one}, p.Bought())
		assert.True(t, entriesOf(t, j)[0].Open())

		all, err := numbers.Recover(t.Context(), j, numbers.Account{Name: "main", Orderer: m})
		require.ErrorIs(t, err, numbers.ErrIncomplete)
		assert.ErrorContains(t, err, "no space left")
		require.Len(t, all, 1)
		assert.Equal(t, numbers.Placed, all[0].Resolution.Outcome, "it was found, and could not be written down")

		broken = false
		all, err = numbers.Recover(t.Context(), j, numbers.Account{Name: "main", Orderer: m})
		require.NoError(t, err)
		require.Len(t, all, 1)
		assert.Equal(t, p.Orders[0].ID, all[0].Resolution.Order.ID)
		assert.False(t, entriesOf(t, j)[0].Open())
		all, err = numbers.Recover(t.Context(), j, numbers.Account{Name: "main", Orderer: m})
		require.NoError(t, err)
		assert.Empty(t, all)
	})
}

// TestJournaledKnows what it has sent by a reference.
func TestJournaledKnows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: byNumber(0)})
		j := &numberstest.MemoryJournal{}
		o := numbers.Journaled(m, "main", j)
		r := numbers.OrderRequest{Numbers: several(2), Reference: "job"}
		first, err := o.Place(t.Context(), r)
		require.NoError(t, err)
		second, err := o.Place(t.Context(), numbers.OrderRequest{Numbers: []numbers.E164{several(2)[1], one}, Reference: "job"})
		require.NoError(t, err)
		assert.Equal(t, first.ID, second.ID)
		_, err = o.Place(t.Context(), numbers.OrderRequest{Numbers: several(3), Reference: "job"})
		requireRefused(t, err, numbers.ErrConflict, "Reference")

		mute := numbers.Journaled(&scripted{order: func(context.Context, string) (*numbers.Order, error) { return nil, nil }}, "main", j)
		third, err := mute.Place(t.Context(), numbers.OrderRequest{Numbers: several(2), Reference: "job"})
		require.ErrorIs(t, err, numbers.ErrVendor)
		require.NotNil(t, third, "what was placed is told, whatever a reading says")
		assert.Equal(t, first.ID, third.ID)

		m.Inject(numberstest.Fault{Kind: numberstest.LostReply})
		r = numbers.OrderRequest{Numbers: several(4)[3:], Reference: "lost"}
		_, err = o.Place(t.Context(), r)
		require.ErrorIs(t, err, numbers.ErrOutcomeUnknown)
		_, err = o.Place(t.Context(), r)
		require.ErrorIs(t, err, numbers.ErrOutcomeUnknown)
		e, _ := errors.AsType[*numbers.Error](err)
		require.NotNil(t, e.Attempt)
		assert.Equal(t, "main", e.Attempt.Account)
		assert.Equal(t, 2, calls(m, "Place"))

		// One that may still be under way is not over before its time.
		_, _, err = j.Begin(t.Context(), numbers.Attempt{Vendor: "memory", Account: "main", Reference: "other", Numbers: several(5)[4:], Started: time.Now()})
		require.NoError(t, err)
		_, err = o.Place(t.Context(), numbers.OrderRequest{Numbers: several(5)[4:], Reference: "other"})
		require.ErrorIs(t, err, numbers.ErrOutcomeUnknown)
		e, _ = errors.AsType[*numbers.Error](err)
		assert.True(t, e.Attempt.Ended.After(time.Now().Add(5*time.Minute)))
	})
}

func TestJournaledBadInput(t *testing.T) {
	m := numberstest.NewMemory(numberstest.MemoryOptions{})
	j := &numberstest.MemoryJournal{}
	for name, c := range map[string]struct {
		o     numbers.Orderer
		j     numbers.Journal
		field string
	}{
		"no Orderer":       {nil, j, "Orderer"},
		"a nil Orderer":    {(*numberstest.Memory)(nil), j, "Orderer"},
		"no journal":       {m, nil, "Journal"},
		"a nil journal":    {m, (*numberstest.MemoryJournal)(nil), "Journal"},
		"both of them nil": {nil, nil, "Orderer"},
	} {
		t.Run(name, func(t *testing.T) {
			o := numbers.Journaled(c.o, "main", c.j)
			require.NotNil(t, o)
			assert.Zero(t, o.Capabilities())
			_, err := o.Place(t.Context(), numbers.OrderRequest{Numbers: []numbers.E164{one}})
			requireRefused(t, err, numbers.ErrInvalid, c.field)
			_, err = o.Order(t.Context(), "o")
			requireRefused(t, err, numbers.ErrInvalid, c.field)
			for _, err := range o.Orders(t.Context(), numbers.OrderQuery{}) {
				requireRefused(t, err, numbers.ErrInvalid, c.field)
			}
			for _, err := range []error{
				second(numbers.Buy(t.Context(), o, numbers.OrderRequest{Numbers: []numbers.E164{one}}, nil)),
				second(numbers.BuyAny(t.Context(), o, numbers.SearchQuery{}, 1, nil)),
				second(numbers.PlanPurchase(t.Context(), o, numbers.OrderRequest{Numbers: []numbers.E164{one}}, nil)),
				second(numbers.Wait(t.Context(), o, "o", nil)),
				second(numbers.Find(t.Context(), o, one)),
				second(numbers.Resolve(t.Context(), o, attempt("", one))),
				second(numbers.Recover(t.Context(), j, numbers.Account{Name: "main", Orderer: o})),
			} {
				require.ErrorIs(t, err, numbers.ErrInvalid)
			}
		})
	}
	assert.Empty(t, m.Calls())
	assert.Empty(t, entriesOf(t, j))

	_, err := numbers.Journaled(m, "main", j).Place(t.Context(), numbers.OrderRequest{})
	requireRefused(t, err, numbers.ErrInvalid, "Numbers")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = numbers.Journaled(m, "main", j).Place(ctx, numbers.OrderRequest{Numbers: []numbers.E164{one}})
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, err, numbers.ErrNotPlaced)
	assert.Empty(t, entriesOf(t, j))
	assert.Empty(t, m.Calls())
}

func second[T any](_ T, err error) error { return err }

func TestRecover(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := &numberstest.MemoryJournal{}
		accounts := map[string]*numberstest.Memory{}
		var list []numbers.Account
		for _, name := range []string{"east", "west"} {
			m := numberstest.NewMemory(numberstest.MemoryOptions{Account: name, Capabilities: byNumber(1)})
			accounts[name] = m
			list = append(list, numbers.Account{Name: name, Orderer: m})
			o := numbers.Journaled(m, name, j)
			m.Inject(numberstest.Fault{Kind: numberstest.LostReply, After: 1}, numberstest.Fault{Kind: numberstest.DroppedRequest, After: 2},
				numberstest.Fault{Kind: numberstest.OrphanPurchase, After: 3})
			for i, n := range several(4) {
				_, err := o.Place(t.Context(), numbers.OrderRequest{Numbers: []numbers.E164{n}})
				assert.Equal(t, i == 0, err == nil)
			}
			// A crash cut these two off, one of them after it was placed.
			for i, n := range several(6)[4:] {
				_, _, err := j.Begin(t.Context(), numbers.Attempt{Vendor: "memory", Account: name, Numbers: []numbers.E164{n}, Started: time.Now(), Before: []string{}})
				require.NoError(t, err)
				if i == 0 {
					_, err := m.Place(t.Context(), numbers.OrderRequest{Numbers: []numbers.E164{n}})
					require.NoError(t, err)
				}
			}
		}
		began := time.Now()
		all, err := numbers.Recover(t.Context(), j, list...)
		require.NoError(t, err)
		assert.Equal(t, 30*time.Second, time.Since(began), "the accounts wait side by side")
		require.Len(t, all, 10)
		want := map[numbers.E164]numbers.Outcome{
			several(6)[1]: numbers.Placed, several(6)[2]: numbers.NotPlaced, several(6)[3]: numbers.PossiblyOrphaned,
			several(6)[4]: numbers.Placed, several(6)[5]: numbers.NotPlaced,
		}
		for _, r := range all {
			require.NoError(t, r.Err)
			n := r.Entry.Attempt.Numbers[0]
			assert.Equal(t, want[n], r.Resolution.Outcome, n)
			if r.Resolution.Outcome == numbers.Placed {
				assert.Equal(t, r.Entry.Attempt.Account, r.Resolution.Order.Account)
			}
		}
		for _, e := range entriesOf(t, j) {
			assert.False(t, e.Open())
		}
		for name, m := range accounts {
			assert.Equal(t, 5, calls(m, "Place"), name)
		}
	})
}

// TestRecoverOneAccountFails: the other is recovered.
func TestRecoverOneAccountFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := &numberstest.MemoryJournal{}
		good, bad := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: byNumber(0)}), numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: byNumber(0)})
		foreign := numberstest.NewMemory(numberstest.MemoryOptions{Vendor: "elsewhere"})
		for _, name := range []string{"good", "bad", "foreign", "forgotten"} {
			_, _, err := j.Begin(t.Context(), numbers.Attempt{Vendor: "memory", Account: name, Numbers: []numbers.E164{one}, Started: time.Now()})
			require.NoError(t, err)
		}
		bad.Inject(numberstest.Fault{Kind: numberstest.StatusBefore, Status: 401, On: numberstest.Match{PathPrefix: "/"}, Times: -1})
		all, err := numbers.Recover(t.Context(), j,
			numbers.Account{Name: "bad", Orderer: bad}, numbers.Account{Name: "good", Orderer: good}, numbers.Account{Name: "foreign", Orderer: foreign})
		require.ErrorIs(t, err, numbers.ErrUnauthorized)
		require.ErrorIs(t, err, numbers.ErrInvalid)
		require.Len(t, all, 4)
		require.NoError(t, all[0].Err)
		assert.Equal(t, numbers.NotPlaced, all[0].Resolution.Outcome)
		require.ErrorIs(t, all[1].Err, numbers.ErrUnauthorized)
		requireRefused(t, all[2].Err, numbers.ErrInvalid, "Attempt")
		requireRefused(t, all[3].Err, numbers.ErrInvalid, "Account")
		assert.ErrorContains(t, all[3].Err, "memory/forgotten")
		open := 0
		for _, e := range entriesOf(t, j) {
			if e.Open() {
				open++
			}
		}
		assert.Equal(t, 3, open, "they stay open")
	})
}

// brokenEntries is a journal that can't be read to its end.
type brokenEntries struct{ *numberstest.MemoryJournal }

func (b brokenEntries) Entries(context.Context) iter.Seq2[numbers.JournalEntry, error] {
	return func(yield func(numbers.JournalEntry, error) bool) {
		_ = yield(numbers.JournalEntry{ID: "1", Attempt: numbers.Attempt{Vendor: "memory", Account: "main", Numbers: []numbers.E164{one}}}, nil) &&
			yield(numbers.JournalEntry{}, errors.New("bad sector"))
	}
}

func TestRecoverBadInput(t *testing.T) {
	m := numberstest.NewMemory(numberstest.MemoryOptions{})
	j := &numberstest.MemoryJournal{}
	account := numbers.Account{Name: "main", Orderer: m}
	for _, journal := range []numbers.Journal{nil, (*numberstest.MemoryJournal)(nil)} {
		_, err := numbers.Recover(t.Context(), journal, account)
		requireRefused(t, err, numbers.ErrInvalid, "Journal")
	}
	_, err := numbers.Recover(t.Context(), j, account, account)
	requireRefused(t, err, numbers.ErrInvalid, "accounts")
	_, err = numbers.Recover(t.Context(), j, numbers.Account{Name: "main"})
	requireRefused(t, err, numbers.ErrInvalid, "accounts")
	_, err = numbers.Recover(t.Context(), brokenEntries{j}, account)
	require.ErrorIs(t, err, numbers.ErrIncomplete)
	assert.ErrorContains(t, err, "bad sector")
	assert.Empty(t, m.Calls(), "half a journal resolves nothing")
	all, err := numbers.Recover(t.Context(), j)
	require.NoError(t, err)
	assert.Empty(t, all)
}
