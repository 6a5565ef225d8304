package numbers_test

import (
	"context"
	"iter"
	"sync"
	"testing"
	"testing/synctest"
	"time"

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
		assert.Empty(t, m.Books().Duplicates())
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

// overtaken is a vendor at which somebody is done before the answer.
type overtaken struct {
	*numberstest.Memory
	before func()
}

func (o overtaken) ResolveAll(ctx context.Context, attempts []numbers.Attempt) ([]numbers.Resolution, []error) {
	resolutions, errs := o.Memory.ResolveAll(ctx, attempts)
	o.before()
	return resolutions, errs
}

// TestResolvedByAnotherBefore: who resolves an attempt says nothing of the next
// by the same reference, which another delivery has begun meanwhile.
func TestResolvedByAnotherBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := &numberstest.MemoryJournal{}
		m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: byNumber(1)})
		m.Inject(numberstest.Fault{Kind: numberstest.DroppedRequest})
		job := numbers.OrderRequest{Numbers: []numbers.E164{one}, Reference: "job"}
		_, err := numbers.Journaled(m, "main", j).Place(t.Context(), job)
		require.ErrorIs(t, err, numbers.ErrOutcomeUnknown)

		var next numbers.JournalEntry
		o := overtaken{m, func() {
			all, err := numbers.Recover(t.Context(), j, numbers.Account{Name: "main", Orderer: m})
			require.NoError(t, err)
			require.Len(t, all, 1)
			var begun bool
			next, begun, err = j.Begin(t.Context(), numbers.Attempt{Vendor: "memory", Account: "main", Reference: "job", Numbers: job.Numbers, Started: time.Now()})
			require.NoError(t, err)
			require.True(t, begun)
		}}
		_, err = numbers.Buy(t.Context(), numbers.Journaled(o, "main", j), job, nil)
		require.ErrorIs(t, err, numbers.ErrNotPlaced)
		entry, _, err := j.Find(t.Context(), "main", "job")
		require.NoError(t, err)
		assert.Equal(t, next.ID, entry.ID)
		assert.Empty(t, entry.End.Status, "it is under way")
	})
}
