package numbers_test

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// TestAnOrderForOtherNumbersIsNoSuccessLater: the job is delivered again, and
// the journal knows its order.
func TestAnOrderForOtherNumbersIsNoSuccessLater(t *testing.T) {
	list := several(2)
	for name, strange := range map[string]*numbers.Order{
		"another number": complete("o", "", "+19705555098"),
		"counted":        {Vendor: "script", ID: "o", State: numbers.StateComplete, Count: 10},
		"and one told":   {Vendor: "script", ID: "o", State: numbers.StateComplete, Count: 10, Items: complete("o", "", list[:1]...).Items},
	} {
		t.Run(name, func(t *testing.T) {
			s := &scripted{caps: numberCaps(), list: always()}
			s.place = func(context.Context, numbers.OrderRequest) (*numbers.Order, error) { return strange, nil }
			s.order = func(context.Context, string) (*numbers.Order, error) { return strange, nil }
			o := numbers.Journaled(s, "main", &numberstest.MemoryJournal{})
			for range 2 {
				p, err := numbers.Buy(t.Context(), o, numbers.OrderRequest{Numbers: list, Reference: "job"}, nil)
				require.ErrorIs(t, err, numbers.ErrConflict)
				require.NotNil(t, p)
				require.Len(t, p.Orders, 1)
				assert.Equal(t, "o", p.Orders[0].ID)
			}
			assert.Equal(t, 1, s.counted("Place"))
		})
	}
}

// TestOneNumberByItsVendorsName: an order of one number is that number's, as it
// may be spelled.
func TestOneNumberByItsVendorsName(t *testing.T) {
	for state, bought := range map[numbers.State]bool{numbers.StateComplete: true, numbers.StateFailed: false} {
		t.Run(string(state), func(t *testing.T) {
			own := numbers.Item{VendorNumber: "0202", State: state, Owned: &numbers.Number{ID: "n"}}
			spelled := &numbers.Order{Vendor: "script", ID: "o", State: state, Count: 1, Items: []numbers.Item{own}}
			s := &scripted{caps: numberCaps(), list: always()}
			s.place = func(context.Context, numbers.OrderRequest) (*numbers.Order, error) { return spelled, nil }
			p, err := numbers.Buy(t.Context(), s, numbers.OrderRequest{Numbers: several(1)}, nil)
			require.Len(t, p.Orders, 1)
			assert.Equal(t, numbers.Item{VendorNumber: "0202", State: state, Owned: &numbers.Number{ID: "n"}}, spelled.Items[0], "the Orderer's own is left as it was")
			if item := p.Orders[0].Items[0]; assert.Equal(t, one, item.E164) {
				assert.Equal(t, "0202", item.VendorNumber)
				assert.Equal(t, one, item.Owned.E164)
			}
			if bought {
				require.NoError(t, err)
				assert.Equal(t, several(1), p.Bought())
				return
			}
			var pe *numbers.PurchaseError
			require.ErrorAs(t, err, &pe)
			assert.ErrorIs(t, pe.Missing()[one], numbers.ErrNumberUnavailable)
		})
	}
}

// TestTheJournalsOrderIsReadAsAnother: the job comes again, and its order shows
// other numbers when it can be read at last. What was asked for is not said to
// be free.
func TestTheJournalsOrderIsReadAsAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &scripted{caps: numberCaps(), list: always()}
		s.place = func(context.Context, numbers.OrderRequest) (*numbers.Order, error) {
			return &numbers.Order{Vendor: "script", ID: "o", State: numbers.StatePending, Count: 2}, nil
		}
		s.order = func(context.Context, string) (*numbers.Order, error) {
			if s.counted("Order") == 1 {
				return nil, &numbers.Error{Op: "Order", Vendor: "script", Kind: numbers.ErrNotFound}
			}
			return complete("o", "", "+19705555098", "+19705555099"), nil
		}
		o := numbers.Journaled(s, "main", &numberstest.MemoryJournal{})
		r := numbers.OrderRequest{Numbers: several(2), Reference: "job"}
		_, err := numbers.Buy(t.Context(), o, r, &numbers.BuyOptions{NoWait: true})
		require.NoError(t, err)
		p, err := numbers.Buy(t.Context(), o, r, nil)
		require.ErrorIs(t, err, numbers.ErrConflict)
		var pe *numbers.PurchaseError
		require.ErrorAs(t, err, &pe)
		assert.Len(t, pe.Errs, 1)
		assert.Empty(t, pe.Missing())
		assert.Len(t, p.Orders, 1)
		assert.Equal(t, 1, s.counted("Place"))
	})
}

// TestFailedAtOnce is told also to who does not wait.
func TestFailedAtOnce(t *testing.T) {
	failed := complete("o", "", one)
	failed.State, failed.Items[0].State = numbers.StateFailed, numbers.StateFailed
	s := &scripted{caps: numberCaps(), list: always()}
	s.place = func(context.Context, numbers.OrderRequest) (*numbers.Order, error) { return failed, nil }
	_, err := numbers.Buy(t.Context(), s, numbers.OrderRequest{Numbers: several(1)}, &numbers.BuyOptions{NoWait: true})
	require.ErrorIs(t, err, numbers.ErrNumberUnavailable)
}

// other sells another number than was asked for.
type other struct{ *numberstest.Memory }

func (o other) Place(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
	r.Numbers = several(2)[1:]
	return o.Memory.Place(ctx, r)
}

// TestOtherNumbersAreNotConnected to what was meant for those asked for.
func TestOtherNumbersAreNotConnected(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: numbers.Capabilities{
			Can: numbers.CanListOwned | numbers.CanAssign, AssignsOwned: numbers.AssignCallFlow,
		}})
		r := numbers.OrderRequest{Numbers: several(1), Assign: &numbers.Assignment{CallFlow: "c"}}
		_, err := numbers.Buy(t.Context(), other{m}, r, nil)
		require.ErrorIs(t, err, numbers.ErrConflict)
		own, err := numbers.Find(t.Context(), m, several(2)[1])
		require.NoError(t, err)
		assert.Zero(t, own.Assignment)
		assert.NotContains(t, m.Calls(), "Assign")
	})
}
