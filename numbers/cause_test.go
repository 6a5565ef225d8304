package numbers_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// A flow that was stopped says why, and that it was cancelled.
func TestStoppedWithACause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{SettleAfter: time.Hour})
		placed, err := m.Place(t.Context(), numbers.OrderRequest{Numbers: []numbers.E164{one}})
		require.NoError(t, err)

		reason := errors.New("the shop closes")
		ctx, stop := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Minute, func() { stop(reason) })
		last, err := numbers.Wait(ctx, m, placed.ID, nil)
		require.ErrorIs(t, err, reason)
		require.ErrorIs(t, err, context.Canceled)
		assert.Equal(t, placed.ID, last.ID)
	})
}
