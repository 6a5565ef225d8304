package opentact_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/opentact"
)

// There is no client that could read anything.
func TestForeignTemplateIsFoundBeforeAnythingIsRead(t *testing.T) {
	type foreign struct{}
	for _, g := range []opentact.Generation{opentact.Generation2020, opentact.Generation2021, opentact.Generation2024} {
		o := opentact.NewOrderer(nil, &opentact.OrdererOptions{Generation: g})
		_, err := o.Place(t.Context(), numbers.OrderRequest{Numbers: []numbers.E164{"+12025550100"}, Native: &foreign{}})
		require.ErrorIs(t, err, numbers.ErrInvalid)
		var e *numbers.Error
		require.ErrorAs(t, err, &e)
		assert.Equal(t, "Native", e.Field)
	}
}
