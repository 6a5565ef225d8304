package numbers_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// TestAnOldOrderIsNotTheLostOne: a number that was bought and released is
// ordered again, and the request is lost. The order of then is not the answer.
func TestAnOldOrderIsNotTheLostOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: byNumber(0)})
		r := numbers.OrderRequest{Numbers: several(1)}
		_, err := numbers.Buy(t.Context(), m, r, nil)
		require.NoError(t, err)
		own, err := numbers.Find(t.Context(), m, one)
		require.NoError(t, err)
		require.NoError(t, numbers.Release(t.Context(), m, own))

		m.Inject(numberstest.Fault{Kind: numberstest.DroppedRequest})
		p, err := numbers.Buy(t.Context(), m, r, nil)
		require.ErrorIs(t, err, numbers.ErrNotPlaced)
		assert.Empty(t, p.Orders)
		p, err = numbers.Buy(t.Context(), m, r, nil)
		require.NoError(t, err)
		assert.Equal(t, several(1), p.Bought())
	})
}

// TestAnOrphanTurnsUp after all, and the journal learns it.
func TestAnOrphanTurnsUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: byNumber(0)})
		j := &numberstest.MemoryJournal{}
		a := numbers.Attempt{Vendor: "memory", Account: "main", Reference: "job", Numbers: several(1), Ended: time.Now(), Status: 500}
		entry, _, err := j.Begin(t.Context(), a)
		require.NoError(t, err)
		require.NoError(t, j.End(t.Context(), entry.ID, numbers.JournalEnd{Status: numbers.EntryOrphaned}))
		placed, err := m.Place(t.Context(), numbers.OrderRequest{Numbers: several(1)})
		require.NoError(t, err)

		p, err := numbers.Buy(t.Context(), numbers.Journaled(m, "main", j), numbers.OrderRequest{Numbers: several(1), Reference: "job"}, nil)
		require.NoError(t, err)
		assert.Equal(t, several(1), p.Bought())
		entry, _, err = j.Find(t.Context(), "main", "job")
		require.NoError(t, err)
		assert.Equal(t, numbers.EntryPlaced, entry.End.Status)
		assert.Equal(t, placed.ID, entry.End.OrderID)
	})
}
