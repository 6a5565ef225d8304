package exclusive_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/exclusive/exclusivetest"
	"github.com/tnkit/tnkit/numbers"
)

func TestQueriesAreAppliedHere(t *testing.T) {
	pbx, o := fresh(t, exclusivetest.Options{})
	day := time.Date(2025, 1, 2, 3, 4, 5, 0, time.UTC)
	pbx.AddRow(
		exclusivetest.Row{ID: "a", Number: string(berlin), CreatedAt: day},
		exclusivetest.Row{ID: "b", Number: string(munich), CreatedAt: day.Add(time.Hour), Disabled: true},
		exclusivetest.Row{ID: "c", Number: "anonymous", CreatedAt: day.Add(2 * time.Hour)},
		exclusivetest.Row{ID: "d", Number: string(berlin), CreatedAt: day.Add(3 * time.Hour)},
	)
	for _, c := range []struct {
		query numbers.OrderQuery
		want  []string
	}{
		{numbers.OrderQuery{}, []string{"a", "b", "c", "d"}},
		{numbers.OrderQuery{Numbers: []numbers.E164{berlin}}, []string{"a", "d"}},
		{numbers.OrderQuery{Reference: "ours"}, nil},
		{numbers.OrderQuery{States: []numbers.State{numbers.StateComplete}}, []string{"a", "b", "c", "d"}},
		{numbers.OrderQuery{States: []numbers.State{numbers.StatePending}}, nil},
		{numbers.OrderQuery{CreatedAfter: day, CreatedBefore: day.Add(3 * time.Hour)}, []string{"b", "c"}},
	} {
		var got []string
		for order, err := range o.Orders(ctx, c.query) {
			require.NoError(t, err)
			got = append(got, order.ID)
		}
		assert.Equal(t, c.want, got, "%+v", c.query)
	}
	all := owned(t, o, numbers.OwnedQuery{})
	require.Len(t, all, 4)
	assert.Empty(t, all[2].E164)
	assert.Equal(t, "anonymous", all[2].VendorNumber)
	assert.Len(t, owned(t, o, numbers.OwnedQuery{Numbers: []numbers.E164{berlin}}), 2, "it is registered twice")
	assert.Empty(t, owned(t, o, numbers.OwnedQuery{Numbers: []numbers.E164{"+12025550123"}}))
}
