package telnyx_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/telnyx"
)

// There is no client that could read anything.
func TestForeignTemplateIsFoundBeforeAnythingIsRead(t *testing.T) {
	type foreign struct{}
	o := telnyx.NewOrderer(nil, nil)
	_, err := o.Place(t.Context(), numbers.OrderRequest{Numbers: []numbers.E164{"+12025550100"}, Native: &foreign{}})
	require.ErrorIs(t, err, numbers.ErrInvalid)
	var e *numbers.Error
	require.ErrorAs(t, err, &e)
	assert.Equal(t, "Native", e.Field)
}
