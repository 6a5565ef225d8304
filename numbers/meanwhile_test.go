package numbers_test

import (
	"context"
	"iter"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// busy is a vendor at which something happens after its inventory was read.
type busy struct {
	*numberstest.Memory
	after func()
}

func (b *busy) Owned(ctx context.Context, q numbers.OwnedQuery) iter.Seq2[*numbers.Number, error] {
	return func(yield func(*numbers.Number, error) bool) {
		for n, err := range b.Memory.Owned(ctx, q) {
			if !yield(n, err) {
				return
			}
		}
		b.after()
	}
}

// TestBoughtBetweenTwoReadings: the inventory does not have the number yet, and
// its order has ended when that is read.
func TestBoughtBetweenTwoReadings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: byNumber(1)})
		o := &busy{Memory: m, after: sync.OnceFunc(func() {
			_, err := m.Place(t.Context(), numbers.OrderRequest{Numbers: []numbers.E164{one}})
			require.NoError(t, err)
		})}
		p, err := numbers.Buy(t.Context(), o, numbers.OrderRequest{Numbers: several(3)}, nil)
		require.ErrorIs(t, err, numbers.ErrAlreadyOwned)
		require.Len(t, p.Owned, 1)
		assert.Equal(t, one, p.Owned[0].E164)
		assert.Len(t, p.Bought(), 2)
		assert.Empty(t, m.Books().Twice())
	})
}

// TestReleasedMayBeBoughtAgain though an old order of it is listed.
func TestReleasedMayBeBoughtAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: byNumber(1)})
		for range 3 {
			p, err := numbers.Buy(t.Context(), m, numbers.OrderRequest{Numbers: []numbers.E164{one}}, nil)
			require.NoError(t, err)
			assert.Equal(t, []numbers.E164{one}, p.Bought())
			own, err := numbers.Find(t.Context(), m, one)
			require.NoError(t, err)
			require.NoError(t, numbers.Release(t.Context(), m, own))
		}
		assert.Equal(t, 3, m.Books().Bought(string(one)))
	})
}
