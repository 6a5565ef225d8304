package account_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// Lookup returns all orders of a reference, in another process as well, whatever they were
// split into. It sends, resolves and assigns nothing.
func TestLookupReturnsAllOrdersOfAReference(t *testing.T) {
	for name, open := range remembering(numberstest.MemoryOptions{SettleAfter: time.Hour, Offers: offersOf(several(20)...), Capabilities: numbers.Capabilities{ListingDelay: delay}}) {
		for _, most := range []int{0, 1, 2} {
			t.Run(name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					c := open()
					a := c.process(t, most)
					bought, err := a.Buy(t.Context(), numbers.OrderRequest{Numbers: several(20)[15:], Reference: "bought"}, &account.BuyOptions{NoWait: true})
					require.NoError(t, err)
					opts := &account.BuyAnyOptions{Reference: "any"}
					opts.NoWait = true
					c.Inject(numberstest.Fault{Kind: numberstest.PartialOrder})
					chosen, err := a.BuyAny(t.Context(), numbers.SearchQuery{}, 4, opts)
					require.NoError(t, err)
					before := calls(c.Memory, "Place")
					for reference, want := range map[string]*account.Purchase{"bought": bought, "any": chosen} {
						p, err := c.process(t, -1).Lookup(t.Context(), reference)
						require.NoError(t, err, "orders that are pending are no error")
						assert.Equal(t, reference, p.Reference)
						assert.ElementsMatch(t, idsOf(want), idsOf(p))
						assert.Equal(t, "main", p.Orders[0].Account)
						assert.Empty(t, p.Unknown)
					}
					time.Sleep(2 * time.Hour)
					p, err := c.process(t, -1).Lookup(t.Context(), "bought")
					require.NoError(t, err)
					assert.ElementsMatch(t, several(20)[15:], p.Bought(), "they are read by their ids")
					assert.Equal(t, before, calls(c.Memory, "Place"))
					assert.Zero(t, calls(c.Memory, "Assign"))
				})
			})
		}
	}
}

func idsOf(p *account.Purchase) []string {
	var ids []string
	for _, o := range p.Orders {
		ids = append(ids, o.ID)
	}
	return ids
}

// What became of an attempt that the journal does not know is unknown: Lookup does not find
// it out.
func TestLookupReturnsWhatIsUnknown(t *testing.T) {
	for name, end := range map[string]numbers.JournalEnd{
		"under way": {}, "unknown": {Status: numbers.EntryUnknown, Held: several(1)}, "possibly orphaned": {Status: numbers.EntryOrphaned},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				j := new(account.MemoryJournal)
				e := begin(t, j, attemptOf("memory", "job", "job", one), end)
				m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: byNumber(0)})
				p, err := openWith(t, m, j).Lookup(t.Context(), "job")
				require.ErrorIs(t, err, numbers.ErrOutcomeUnknown)
				require.Len(t, p.Unknown, 1)
				assert.Equal(t, e.ID, p.Unknown[0].ID)
				assert.Empty(t, m.Calls())
				assert.True(t, entryBy(t, j, "job").Open())
			})
		})
	}
}

// What failed, and what can't be read, is an error that comes with the purchase.
func TestLookupReportsWhatFailed(t *testing.T) {
	for name, c := range map[string]struct {
		order  func(context.Context, string) (*numbers.Order, error)
		kind   error
		orders int
	}{
		"failed": {reads(in(numbers.StateFailed, "o", "", one)), numbers.ErrNumberUnavailable, 1},
		"unreadable": {func(context.Context, string) (*numbers.Order, error) {
			return nil, &numbers.Error{Kind: numbers.ErrForbidden}
		}, numbers.ErrForbidden, 1},
		"gone": {nil, numbers.ErrNotFound, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				j := new(account.MemoryJournal)
				begin(t, j, attemptOf("script", "job", "job", one), numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: "o", Held: several(1)})
				time.Sleep(2*delay + numbers.ClockSlack)
				p, err := openWith(t, &scripted{caps: byNumber(0), order: c.order}, j).Lookup(t.Context(), "job")
				require.ErrorIs(t, err, c.kind)
				errorsIn(t, err)
				require.NotNil(t, p)
				assert.Len(t, p.Orders, c.orders)
			})
		})
	}
}

// Nothing by a reference is ErrNotFound, where something can show that.
func TestLookupOfNothing(t *testing.T) {
	for name, c := range map[string]struct {
		caps numbers.Capabilities
		j    numbers.Journal
		kind error
	}{
		"a journal":               {byNumber(0), new(account.MemoryJournal), numbers.ErrNotFound},
		"the vendor's references": {byReference(0), nil, numbers.ErrNotFound},
		"both":                    {byReference(0), new(account.MemoryJournal), numbers.ErrNotFound},
		"neither":                 {byNumber(0), nil, errors.ErrUnsupported},
	} {
		t.Run(name, func(t *testing.T) {
			m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: c.caps})
			p, err := openWith(t, m, c.j).Lookup(t.Context(), "job")
			require.ErrorIs(t, err, c.kind)
			assert.Nil(t, p)
			for _, other := range []error{numbers.ErrNotFound, errors.ErrUnsupported} {
				if !errors.Is(c.kind, other) {
					require.NotErrorIs(t, err, other)
				}
			}
		})
	}
}

// An Account that ordered by the reference itself needs neither.
func TestLookupFindsWhatThisAccountOrdered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: byNumber(2)})
		a := open(t, m)
		bought, err := a.Buy(t.Context(), numbers.OrderRequest{Numbers: several(3), Reference: "job"}, nil)
		require.NoError(t, err)
		p, err := a.Lookup(t.Context(), "job")
		require.NoError(t, err)
		assert.ElementsMatch(t, idsOf(bought), idsOf(p))
		_, err = open(t, m).Lookup(t.Context(), "job")
		require.ErrorIs(t, err, errors.ErrUnsupported, "another Account knows nothing of it")
	})
}

// All orders of a purchase were refused: there is no order, and that is known.
func TestLookupOfARefusedPurchase(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: byNumber(0)})
		m.Inject(numberstest.Fault{Kind: numberstest.StatusBefore, Status: 402})
		a := open(t, m)
		_, err := a.Buy(t.Context(), numbers.OrderRequest{Numbers: several(1), Reference: "job"}, nil)
		require.ErrorIs(t, err, numbers.ErrInsufficientFunds)
		_, err = a.Lookup(t.Context(), "job")
		require.ErrorIs(t, err, numbers.ErrNotFound)
	})
}

func TestLookupRefusesAReferenceThatCannotBe(t *testing.T) {
	m := numberstest.NewMemory(numberstest.MemoryOptions{})
	for _, reference := range []string{"", "a\x00b", "\xff", string(make([]byte, 201))} {
		_, err := open(t, m).Lookup(t.Context(), reference)
		requireRefused(t, err, numbers.ErrInvalid, "Reference")
	}
	assert.Empty(t, m.Calls())
}

// A journal that can't be read, or a listing, shows nothing.
func TestLookupConcludesNothingFromAFailure(t *testing.T) {
	m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: byReference(0)})
	_, err := openWith(t, m, &failing{failEntries: func(numbers.JournalQuery) error { return errors.New("bad sector") }}).Lookup(t.Context(), "job")
	require.ErrorIs(t, err, numbers.ErrIncomplete)
	require.NotErrorIs(t, err, numbers.ErrNotFound)
	m.Inject(numberstest.Fault{Kind: numberstest.StatusBefore, Status: 403, On: numberstest.Match{Op: "Orders"}})
	_, err = open(t, m).Lookup(t.Context(), "job")
	require.ErrorIs(t, err, numbers.ErrForbidden)
}

// What another delivery holds is shown, too, and its reading frees what failed.
func TestLookupRecordsWhatItsReadingShows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{SettleAfter: time.Minute, Capabilities: byNumber(0)})
		m.Inject(numberstest.Fault{Kind: numberstest.PartialOrder})
		j := new(account.MemoryJournal)
		a := openWith(t, m, j)
		_, err := a.Buy(t.Context(), numbers.OrderRequest{Numbers: several(2), Reference: "job"}, &account.BuyOptions{NoWait: true})
		require.NoError(t, err)
		assert.Len(t, entryBy(t, j, "job").End.Held, 2)
		time.Sleep(time.Hour)
		p, err := a.Lookup(t.Context(), "job")
		require.ErrorIs(t, err, numbers.ErrNumberUnavailable)
		assert.Equal(t, several(2)[1:], p.Bought())
		assert.Equal(t, several(2)[1:], entryBy(t, j, "job").End.Held)
		assert.False(t, entryBy(t, j, "job").End.HeldUntil.IsZero())
	})
}
