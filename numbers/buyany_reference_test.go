package numbers_test

import (
	"context"
	"iter"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// offering offers what is sold as well.
type offering struct {
	*numberstest.Memory
	list []numbers.E164
}

func (o offering) Search(context.Context, numbers.SearchQuery) iter.Seq2[*numbers.Offer, error] {
	var offers []*numbers.Offer
	for _, n := range o.list {
		offers = append(offers, &numbers.Offer{Vendor: "memory", E164: n})
	}
	return sequence(nil, offers...)
}

// TestBuyAnyReplacesWhatIsOnOrder, and says nothing of it where it got them all.
func TestBuyAnyReplacesWhatIsOnOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		caps := byNumber(0)
		caps.Can = numbers.CanSearch // there is no inventory to show it
		m := numberstest.NewMemory(numberstest.MemoryOptions{SettleAfter: time.Hour, Capabilities: caps})
		_, err := m.Place(t.Context(), numbers.OrderRequest{Numbers: several(1)})
		require.NoError(t, err)
		p, err := numbers.BuyAny(t.Context(), offering{m, several(4)}, numbers.SearchQuery{}, 3, nil)
		require.NoError(t, err)
		assert.ElementsMatch(t, several(4)[1:], p.Bought())

		_, err = m.Place(t.Context(), numbers.OrderRequest{Numbers: several(5)[4:]})
		require.NoError(t, err)
		p, err = numbers.BuyAny(t.Context(), offering{m, several(5)}, numbers.SearchQuery{}, 1, nil)
		require.ErrorIs(t, err, numbers.ErrNumberUnavailable, "there is no other")
		assert.Empty(t, p.Bought())
	})
}

// TestPurchaseTellsItsReference: one that it got takes it up again.
func TestPurchaseTellsItsReference(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := shop(10, numbers.Capabilities{ListingDelay: time.Minute}, nil)
		first, err := numbers.BuyAny(t.Context(), m, numbers.SearchQuery{}, 2, nil)
		require.NoError(t, err)
		require.NotEmpty(t, first.Reference)
		opts := &numbers.BuyAnyOptions{Reference: first.Reference}
		again, err := numbers.BuyAny(t.Context(), m, numbers.SearchQuery{}, 2, opts)
		require.NoError(t, err)
		assert.Equal(t, first.Reference, again.Reference)
		assert.Equal(t, first.Bought(), again.Bought())

		r := numbers.OrderRequest{Numbers: several(10)[8:]}
		p, err := numbers.Buy(t.Context(), m, r, nil)
		require.NoError(t, err)
		r.Reference = p.Reference
		p, err = numbers.Buy(t.Context(), m, r, nil)
		require.NoError(t, err)
		assert.Equal(t, r.Reference, p.Reference)
		assert.Equal(t, r.Numbers, p.Bought())

		r.Numbers = several(10)[7:9] // one of its two, and another
		p, err = numbers.Buy(t.Context(), m, r, nil)
		requireRefused(t, err, numbers.ErrConflict, "Reference")
		require.NotNil(t, p)
		assert.Equal(t, r.Reference, p.Reference)
		assert.Len(t, m.Books().Purchases, 4)
	})
}

// TestBuyAnyTakesUpAfterRefusals: rounds that left nothing at the vendor can't
// be looked for, and so they use up no reference.
func TestBuyAnyTakesUpAfterRefusals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: numbers.Capabilities{FoundBy: numbers.ByReference, MaxNumbers: 1}})
		for _, offers := range [][]numbers.E164{several(8), several(8)[6:]} { // less is on offer later
			p, err := numbers.BuyAny(t.Context(), choosy{offering{m, offers}}, numbers.SearchQuery{}, 1, &numbers.BuyAnyOptions{Reference: "job"})
			require.NoError(t, err)
			assert.Equal(t, several(8)[7:], p.Bought())
		}
		assert.Len(t, m.Books().Purchases, 1)
	})
}

// choosy sells the eighth number alone.
type choosy struct{ offering }

func (c choosy) Place(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
	if r.Numbers[0] != several(8)[7] {
		return nil, &numbers.Error{Op: "Place", Vendor: "memory", Kind: numbers.ErrNumberUnavailable, Numbers: r.Numbers}
	}
	return c.offering.Place(ctx, r)
}

// TestBuyAnyTakesUpWhatIsToldLater: an order that shows one of its two numbers
// while it is pending.
func TestBuyAnyTakesUpWhatIsToldLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		half := complete("o", "job-r1", one)
		half.Count, half.State, half.Items[0].State = 2, numbers.StatePending, numbers.StatePending
		caps := referenceCaps()
		caps.Can = numbers.CanSearch
		s := &scripted{caps: caps, list: always(half)}
		s.order = func(context.Context, string) (*numbers.Order, error) {
			if s.counted("Order") > 3 {
				return complete("o", "job-r1", several(2)...), nil
			}
			return half, nil
		}
		o := searching{s, func(numbers.SearchQuery) iter.Seq2[*numbers.Offer, error] { return sequence[numbers.Offer](nil) }}
		p, err := numbers.BuyAny(t.Context(), o, numbers.SearchQuery{}, 2, &numbers.BuyAnyOptions{Reference: "job"})
		require.NoError(t, err)
		assert.Equal(t, several(2), p.Bought())
	})
}
