package ctxerr_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/ctxerr"
)

func TestOf(t *testing.T) {
	require.NoError(t, ctxerr.Of(t.Context()))

	plain, cancel := context.WithCancel(t.Context())
	cancel()
	assert.Equal(t, context.Canceled, ctxerr.Of(plain))

	reason := errors.New("the shop closes")
	caused, stop := context.WithCancelCause(t.Context())
	stop(reason)
	err := ctxerr.Of(caused)
	require.ErrorIs(t, err, reason)
	require.ErrorIs(t, err, context.Canceled)
	assert.Equal(t, reason.Error(), err.Error())

	late, end := context.WithTimeoutCause(t.Context(), 0, reason)
	defer end()
	require.ErrorIs(t, ctxerr.Of(late), context.DeadlineExceeded)
	require.ErrorIs(t, ctxerr.Of(late), reason)
}
