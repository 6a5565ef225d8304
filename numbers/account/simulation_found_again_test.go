package account_test

import (
	"context"
	"iter"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// These are the shortest forms of what the simulation found at a vendor where ordering a
// number again is safe, and of what it found about credits.

func repeatable() numberstest.MemoryOptions {
	return numberstest.MemoryOptions{Repeatable: true, Capabilities: numbers.Capabilities{OrdersAreOwned: true}}
}

// entriesIn are the entries of a purchase.
func entriesIn(t *testing.T, b *simBook, purchase string) (list []numbers.JournalEntry) {
	t.Helper()
	for e, err := range b.Entries(context.Background(), numbers.JournalQuery{Purchase: purchase}) {
		require.NoError(t, err)
		list = append(list, e)
	}
	return list
}

// lose lets a customer's order get lost on its way, and be resolved: it may be ordered
// again, by anybody.
func lose(t *testing.T, v *simVendor, a *account.Account, reference string, kind numberstest.FaultKind) {
	t.Helper()
	v.Inject(numberstest.Fault{Kind: kind})
	_, err := simBuy(a, reference)
	require.ErrorIs(t, err, numbers.ErrOutcomeUnknown)
}

// What appears after an attempt was found to be Repeatable is the next customer's.
func TestFoundOrderOfTheNextCustomer(t *testing.T) {
	found(t, repeatable(), func(t *testing.T, v *simVendor, open func(numbers.Orderer, time.Duration) *account.Account, b *simBook) {
		lose(t, v, open(v, 0), "k1", numberstest.DroppedRequest)
		v.Inject(numberstest.Fault{Kind: numberstest.HangAfter})
		time.AfterFunc(10*time.Second, func() {
			_, err := open(v, 0).Recover(context.Background())
			assert.NoError(t, err)
		})
		p, err := simBuy(open(v, 0), "k2")
		require.NoError(t, err)
		require.Len(t, p.Orders, 1)
		require.Len(t, entriesIn(t, b, "k1"), 1)
		assert.Equal(t, numbers.EntryNotPlaced, entriesIn(t, b, "k1")[0].End.Status)
		require.Len(t, entriesIn(t, b, "k2"), 1)
		assert.Equal(t, p.Orders[0].ID, entriesIn(t, b, "k2")[0].End.OrderID)
	})
}

// A later attempt settles an earlier one, whatever their machines' clocks say, and Recover
// ends although the reading of the earlier one alone would still call it Repeatable.
func TestFoundEarlierByAnotherClock(t *testing.T) {
	found(t, repeatable(), func(t *testing.T, v *simVendor, open func(numbers.Orderer, time.Duration) *account.Account, b *simBook) {
		lose(t, v, open(v, numbers.ClockSlack), "k1", numberstest.LostOrphan)
		two := open(v, 0)
		_, err := simBuy(two, "k2")
		require.ErrorIs(t, err, numbers.ErrOutcomeUnknown)
		for _, k := range []string{"k1", "k2"} {
			require.Len(t, entriesIn(t, b, k), 1)
			assert.Equal(t, numbers.EntryOrphaned, entriesIn(t, b, k)[0].End.Status, k)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		all, err := two.Recover(ctx)
		require.NoError(t, err)
		for _, r := range all {
			assert.Equal(t, numbers.PossiblyOrphaned, r.Resolution.Outcome)
		}
	})
}

// The owner of an attempt, stopped until others found it to be Repeatable, does not claim
// its number again.
func TestFoundUnknownHoldsNothingAgain(t *testing.T) {
	e := numbers.JournalEntry{Attempt: numbers.Attempt{ID: "e", Numbers: []numbers.E164{simNumber, "+12025550101"}}}
	free := numbers.JournalEnd{Status: numbers.EntryUnknown}
	all := numbers.JournalEnd{Status: numbers.EntryUnknown, Held: e.Numbers}
	assert.True(t, e.Accepts(all))
	e.End = all
	assert.True(t, e.Accepts(all))
	assert.True(t, e.Accepts(free))
	e.End = free
	assert.False(t, e.Accepts(all))
	assert.True(t, e.Accepts(free))
	assert.True(t, e.Accepts(numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: "o", Held: e.Numbers}))
}

// While a resolver reads, its attempt ends, and another customer buys the number. The
// journal refuses to credit that order, but its answer is lost: nobody is told of it.
func TestFoundRefusalThatWasLost(t *testing.T) {
	o := numberstest.MemoryOptions{Capabilities: numbers.Capabilities{FoundBy: numbers.ByNumber}}
	found(t, o, func(t *testing.T, v *simVendor, open func(numbers.Orderer, time.Duration) *account.Account, b *simBook) {
		now := time.Now()
		e := numbers.JournalEntry{Attempt: numbers.Attempt{
			ID: "dead", Vendor: "memory", Account: "main", Purchase: "k1", Reference: "k1", Numbers: []numbers.E164{simNumber},
			Started: now, SendBy: now, Deadline: now,
		}}
		_, err := b.Begin(t.Context(), e.Attempt)
		require.NoError(t, err)
		b.after = func(e numbers.JournalEntry, end numbers.JournalEnd) error {
			if e.ID == "dead" && end.Status == numbers.EntryPlaced {
				b.after = nil
				return errSimJournal
			}
			return nil
		}
		slow := &simVendor{Memory: v.Memory}
		slow.orders = func(ctx context.Context, q numbers.OrderQuery) iter.Seq2[*numbers.Order, error] {
			slow.orders = nil
			require.NoError(t, b.MemoryJournal.End(ctx, e, numbers.JournalEnd{Status: numbers.EntryNotPlaced}))
			_, err := simBuy(open(v, 0), "k2")
			require.NoError(t, err)
			return v.Memory.Orders(ctx, q)
		}
		// Memory's own ResolveAll reads its own orders.
		able := struct{ numbers.Orderer }{slow}
		all, err := open(able, 0).Resolve(t.Context(), e.Attempt)
		require.NoError(t, err)
		require.Len(t, all, 1)
		assert.Equal(t, numbers.NotPlaced, all[0].Resolution.Outcome)
	})
}
