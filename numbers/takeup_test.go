package numbers_test

import (
	"context"
	"iter"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// TestAKnownOrderTellsSomeOfItsNumbers: those that it leaves out are not said to
// be free for another order.
func TestAKnownOrderTellsSomeOfItsNumbers(t *testing.T) {
	order := complete("o", "job", one)
	order.Count = 2
	s := &scripted{caps: referenceCaps(), list: always(order)}
	s.order = func(context.Context, string) (*numbers.Order, error) { return order, nil }
	p, err := numbers.Buy(t.Context(), s, numbers.OrderRequest{Numbers: several(2), Reference: "job"}, nil)
	require.NoError(t, err)
	assert.Equal(t, several(2), p.Bought())
	assert.Zero(t, s.counted("Place"))
}

// TestAnOrderByAnotherLimitThatTellsNothing: whether it has the job's numbers
// can't be seen, and so none of them is ordered.
func TestAnOrderByAnotherLimitThatTellsNothing(t *testing.T) {
	for reference, most := range map[string]int{"job": 1, "job-1": 0} { // all in one then, and split now; and the other way round
		order := &numbers.Order{Vendor: "script", ID: "o", Reference: reference, State: numbers.StateComplete, Count: 2}
		s := &scripted{caps: referenceCaps(), list: always(order)}
		s.caps.MaxNumbers = most
		s.order = func(context.Context, string) (*numbers.Order, error) { return order, nil }
		_, err := numbers.Buy(t.Context(), s, numbers.OrderRequest{Numbers: several(2), Reference: "job"}, nil)
		requireRefused(t, err, numbers.ErrConflict, "Reference")
		assert.Zero(t, s.counted("Place"))
	}
}

// TestWhatIsLeftIsSaidOnce although two references should have it.
func TestWhatIsLeftIsSaidOnce(t *testing.T) {
	s := &scripted{caps: referenceCaps(), list: always(complete("o", "job", several(3)[:1]...), complete("o1", "job-1", several(3)[1:2]...))}
	s.caps.MaxNumbers = 3
	list := several(4)
	p, err := numbers.Buy(t.Context(), s, numbers.OrderRequest{Numbers: list, Reference: "job"}, nil)
	var pe *numbers.PurchaseError
	require.ErrorAs(t, err, &pe)
	assert.Len(t, pe.Errs, 2)
	assert.Len(t, pe.Missing(), 2)
	assert.ElementsMatch(t, list[:2], p.Bought())
	assert.Zero(t, s.counted("Place"))
}

// TestBuyAnyTakesUpAfterRoundsOfNothing: the journal knows that more rounds than
// are looked for at a venture were not placed, and the one after them was.
func TestBuyAnyTakesUpAfterRoundsOfNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := shop(10, numbers.Capabilities{FoundBy: numbers.ByNumber, ListingDelay: time.Minute}, nil)
		j := &numberstest.MemoryJournal{}
		for _, reference := range []string{"job-r1", "job-r2", "job-r3", "job-r4", "job-r5"} {
			entry, _, err := j.Begin(t.Context(), numbers.Attempt{Vendor: "memory", Account: "main", Reference: reference, Numbers: several(1)})
			require.NoError(t, err)
			require.NoError(t, j.End(t.Context(), entry.ID, numbers.JournalEnd{Status: numbers.EntryNotPlaced}))
		}
		o := numbers.Journaled(m, "main", j)
		_, err := o.Place(t.Context(), numbers.OrderRequest{Numbers: several(1), Reference: "job-r6"})
		require.NoError(t, err)
		p, err := numbers.BuyAny(t.Context(), o, numbers.SearchQuery{}, 1, &numbers.BuyAnyOptions{Reference: "job"})
		require.NoError(t, err)
		assert.Equal(t, several(1), p.Bought())
		assert.Len(t, m.Books().Purchases, 1)
	})
}

// TestWhatIsLeftIsOwned already: it is not said to be free for another order.
func TestWhatIsLeftIsOwned(t *testing.T) {
	list := several(3)
	s := &scripted{caps: referenceCaps(), list: always(complete("o", "job", list[:1]...))}
	s.caps.Can = numbers.CanListOwned
	s.inv = func(context.Context, numbers.OwnedQuery) iter.Seq2[*numbers.Number, error] {
		return sequence(nil, &numbers.Number{Vendor: "script", ID: "n", E164: list[1], State: numbers.NumberActive})
	}
	p, err := numbers.Buy(t.Context(), stocked{s}, numbers.OrderRequest{Numbers: list, Reference: "job"}, nil)
	var pe *numbers.PurchaseError
	require.ErrorAs(t, err, &pe)
	require.ErrorIs(t, err, numbers.ErrAlreadyOwned)
	assert.Len(t, pe.Errs, 2)
	assert.Len(t, pe.Missing(), 1)
	assert.ErrorIs(t, pe.Missing()[list[2]], numbers.ErrConflict)
	require.Len(t, p.Owned, 1)
	assert.Equal(t, list[1], p.Owned[0].E164)
	assert.Equal(t, list[:1], p.Bought())
}

// TestTheOtherDeliveryIsFasterThanTheReading: the job's order comes between the
// look into the journal and the vendor's list. It is the job's own, and no
// stranger's that stands in the way.
func TestTheOtherDeliveryIsFasterThanTheReading(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, order := &numberstest.MemoryJournal{}, complete("o", "", one)
		order.State, order.Items[0].State = numbers.StatePending, numbers.StatePending
		s := &scripted{caps: numberCaps()}
		s.list = func(ctx context.Context, _ numbers.OrderQuery) iter.Seq2[*numbers.Order, error] {
			entry, begun, err := j.Begin(ctx, numbers.Attempt{Vendor: "script", Account: "main", Reference: "job", Numbers: several(1)})
			require.NoError(t, err)
			if begun {
				require.NoError(t, j.End(ctx, entry.ID, numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: "o"}))
			}
			return sequence(nil, order)
		}
		s.order = func(context.Context, string) (*numbers.Order, error) {
			if s.counted("Order") > 2 {
				return complete("o", "", one), nil
			}
			return order, nil
		}
		p, err := numbers.Buy(t.Context(), numbers.Journaled(s, "main", j), numbers.OrderRequest{Numbers: several(1), Reference: "job"}, nil)
		require.NoError(t, err)
		assert.Equal(t, several(1), p.Bought())
		assert.Zero(t, s.counted("Place"))
	})
}

// TestBuyGoesOnInAnotherOrder: some of a split job is ordered, and it comes again
// with its numbers turned.
func TestBuyGoesOnInAnotherOrder(t *testing.T) {
	for name, account := range vendors(numberstest.MemoryOptions{Capabilities: numbers.Capabilities{MaxNumbers: 2}}) {
		t.Run(name, func(t *testing.T) {
			m, o := account()
			m.Inject(numberstest.Fault{Kind: numberstest.StatusBefore, Status: 402, After: 1, Times: 2})
			r := numbers.OrderRequest{Numbers: several(6), Reference: "job"}
			_, err := numbers.Buy(t.Context(), o, r, &numbers.BuyOptions{Concurrency: 1})
			require.ErrorIs(t, err, numbers.ErrInsufficientFunds)
			slices.Reverse(r.Numbers)
			p, err := numbers.Buy(t.Context(), o, r, nil)
			require.NoError(t, err)
			assert.ElementsMatch(t, several(6), p.Bought())
			assert.Len(t, m.Books().Purchases, 6)
		})
	}
}

// TestAKnownOrderIsReadAsAnother, or as none: the reference was used all the
// same, and nothing is sent.
func TestAKnownOrderIsReadAsAnother(t *testing.T) {
	listed := &numbers.Order{Vendor: "script", ID: "o", Reference: "job", State: numbers.StatePending, Count: 1}
	for name, read := range map[string]*numbers.Order{"another": complete("other", "", one), "none": nil} {
		t.Run(name, func(t *testing.T) {
			s := &scripted{caps: referenceCaps(), list: always(listed)}
			s.order = func(context.Context, string) (*numbers.Order, error) { return read, nil }
			s.place = func(context.Context, numbers.OrderRequest) (*numbers.Order, error) {
				return complete("second", "job", one), nil
			}
			p, err := numbers.Buy(t.Context(), s, numbers.OrderRequest{Numbers: several(1), Reference: "job"}, nil)
			require.ErrorIs(t, err, numbers.ErrVendor)
			assert.Empty(t, p.Bought())
			assert.Zero(t, s.counted("Place"))

			j := &numberstest.MemoryJournal{}
			entry, _, err := j.Begin(t.Context(), numbers.Attempt{Vendor: "script", Account: "main", Reference: "job", Numbers: several(1)})
			require.NoError(t, err)
			require.NoError(t, j.End(t.Context(), entry.ID, numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: "o"}))
			order, err := numbers.Journaled(s, "main", j).Place(t.Context(), numbers.OrderRequest{Numbers: several(1), Reference: "job"})
			require.ErrorIs(t, err, numbers.ErrVendor)
			require.NotNil(t, order)
			assert.Equal(t, "o", order.ID)
		})
	}
}
