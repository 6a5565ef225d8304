package voipbin_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/voipbin"
)

// TestForeignTemplateIsFoundBeforeAnythingIsRead: there is no client that could.
func TestForeignTemplateIsFoundBeforeAnythingIsRead(t *testing.T) {
	type foreign struct{}
	for _, g := range []voipbin.Generation{voipbin.GenerationNumbers, voipbin.GenerationOrderNumbers} {
		o := voipbin.NewOrderer(nil, &voipbin.OrdererOptions{Generation: g})
		_, err := numbers.Buy(t.Context(), o, numbers.OrderRequest{Numbers: []numbers.E164{"+12025550100"}, Native: &foreign{}}, nil)
		require.ErrorIs(t, err, numbers.ErrInvalid)
		var e *numbers.Error
		require.ErrorAs(t, err, &e)
		assert.Equal(t, "Native", e.Field)
	}
}
