package exclusive_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/exclusive"
	"github.com/tnkit/tnkit/exclusive/exclusivetest"
	"github.com/tnkit/tnkit/numbers"
)

func TestSpellings(t *testing.T) {
	for _, c := range []struct {
		name  string
		spell func(numbers.E164) string
		row   string
		want  numbers.E164 // without being asked for
		found bool         // by its number
	}{
		{"E.164", nil, "+493012345678", berlin, true},
		{"no plus, by default", nil, "493012345678", "", false},
		{"no plus", numbers.E164.Digits, "493012345678", berlin, true},
		{"E.164 all the same", numbers.E164.Digits, "+493012345678", berlin, true},
		{"00", func(n numbers.E164) string { return "00" + n.Digits() }, "00493012345678", berlin, true},
		{"00, and a row without", func(n numbers.E164) string { return "00" + n.Digits() }, "493012345678", "", false},
		{"national", func(n numbers.E164) string { return "0" + n.Digits()[2:] }, "03012345678", "", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			pbx, o := fresh(t, exclusivetest.Options{}, &exclusive.OrdererOptions{Spell: c.spell})
			pbx.AddRow(exclusivetest.Row{ID: "a", Number: c.row})
			read, err := o.Order(ctx, "a")
			require.NoError(t, err)
			assert.Equal(t, c.want, read.Items[0].E164)
			assert.Equal(t, c.row, read.Items[0].VendorNumber)
			if !c.found {
				assert.Empty(t, owned(t, o, numbers.OwnedQuery{Numbers: []numbers.E164{berlin}}))
				return
			}
			found := find(t, o)
			assert.Equal(t, berlin, found.E164)
			require.NoError(t, o.Release(ctx, found))
			assert.Empty(t, pbx.Rows())
		})
	}
	pbx, o := fresh(t, exclusivetest.Options{}, &exclusive.OrdererOptions{Spell: numbers.E164.Digits})
	placed, err := o.Place(ctx, order(berlin))
	require.NoError(t, err)
	assert.Equal(t, berlin, placed.Items[0].E164)
	assert.Equal(t, "493012345678", placed.Items[0].VendorNumber)
	assert.Equal(t, "493012345678", pbx.Rows()[0].Number)
}
