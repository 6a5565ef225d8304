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
		m := shop(10, numbers.Capabilities{Settle: time.Minute}, nil)
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
