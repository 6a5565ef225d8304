package telnyx_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/numberstest"
	"github.com/tnkit/tnkit/telnyx"
	"github.com/tnkit/tnkit/telnyx/telnyxtest"
)

func TestTheDeadlineOfAnOrderThatStandsStill(t *testing.T) {
	_, o := orderer(t)
	placed, err := o.Place(ctx, numbers.OrderRequest{Numbers: []numbers.E164{"+4930555500101", one}})
	require.NoError(t, err)
	read, err := o.Order(ctx, placed.ID)
	require.NoError(t, err)
	assert.Equal(t, numbers.StateActionRequired, read.State)
	for _, item := range read.Items {
		assert.Equal(t, item.State == numbers.StateActionRequired, !item.Deadline.IsZero(), "%+v", item)
	}
	for listed, err := range o.Orders(ctx, numbers.OrderQuery{}) {
		require.NoError(t, err)
		assert.Equal(t, numbers.StatePending, listed.State, "a list does not tell")
	}
	asked, err := vendortest.Collect(o.Orders(ctx, numbers.OrderQuery{States: []numbers.State{numbers.StateActionRequired}}))
	require.NoError(t, err)
	assert.Len(t, asked, 1, "where it matters, the order is read")
}

func TestOrdersByStateAndNumber(t *testing.T) {
	srv, o := orderer(t, telnyxtest.Options{SettleAfter: time.Hour})
	place := func(list ...numbers.E164) string {
		order, err := o.Place(ctx, numbers.OrderRequest{Numbers: list})
		require.NoError(t, err)
		return order.ID
	}
	complete := place(one)
	pair := place(two, "+13125550103")
	partial := place("+13125550104", "+13125550109")
	failed := place("+13125550108")
	waiting := place("+4930555500101")
	for _, n := range []string{"+13125550108", "+13125550109"} {
		srv.SetState(n, "failure")
	}
	for _, n := range []string{one, two, "+13125550103", "+13125550104"} {
		srv.SetState(n, "success")
	}
	for name, c := range map[string]struct {
		q    numbers.OrderQuery
		want []string
	}{
		"complete":   {numbers.OrderQuery{States: []numbers.State{numbers.StateComplete}}, []string{complete, pair}},
		"partial":    {numbers.OrderQuery{States: []numbers.State{numbers.StatePartial}}, []string{partial}},
		"failed":     {numbers.OrderQuery{States: []numbers.State{numbers.StateFailed}}, []string{failed}},
		"waiting":    {numbers.OrderQuery{States: []numbers.State{numbers.StateActionRequired}}, []string{waiting}},
		"pending":    {numbers.OrderQuery{States: []numbers.State{numbers.StatePending}}, nil},
		"two states": {numbers.OrderQuery{States: []numbers.State{numbers.StatePartial, numbers.StateFailed}}, []string{partial, failed}},
		"numbers":    {numbers.OrderQuery{Numbers: []numbers.E164{"+13125550103", one}}, []string{complete, pair}},
		"both":       {numbers.OrderQuery{Numbers: []numbers.E164{"+13125550109"}, States: []numbers.State{numbers.StatePartial}}, []string{partial}},
	} {
		t.Run(name, func(t *testing.T) {
			found, err := vendortest.Collect(o.Orders(ctx, c.q))
			require.NoError(t, err)
			var ids []string
			for _, order := range found {
				ids = append(ids, order.ID)
				assert.Len(t, order.Items, order.Count, "what was asked for is exact")
			}
			assert.ElementsMatch(t, c.want, ids)
		})
	}
	for order, err := range o.Orders(ctx, numbers.OrderQuery{}) {
		require.NoError(t, err)
		switch order.ID {
		case complete:
			assert.Len(t, order.Items, 1)
		case pair, partial:
			assert.Empty(t, order.Items, "a list does not tell how each number fares")
			assert.Equal(t, 2, order.Count)
		}
	}
}

func TestOrdersByTimeLoseNoMicrosecond(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 123456000, time.UTC)
	_, o := orderer(t, telnyxtest.Options{ServerOptions: numberstest.ServerOptions{Now: func() time.Time { return now }}})
	_, err := o.Place(ctx, numbers.OrderRequest{Numbers: []numbers.E164{one}})
	require.NoError(t, err)
	for name, c := range map[string]struct {
		q    numbers.OrderQuery
		want int
	}{
		"after":                      {numbers.OrderQuery{CreatedAfter: now}, 0},
		"after, a nanosecond before": {numbers.OrderQuery{CreatedAfter: now.Add(-1)}, 1},
		"before":                     {numbers.OrderQuery{CreatedBefore: now}, 0},
		"before, a nanosecond after": {numbers.OrderQuery{CreatedBefore: now.Add(1)}, 1},
		"recent, at the limit":       {numbers.OrderQuery{Recent: now.Add(numbers.ClockSlack)}, 1},
		"recent, beyond the limit":   {numbers.OrderQuery{Recent: now.Add(numbers.ClockSlack + 2*time.Microsecond)}, 0},
		"recent, and after":          {numbers.OrderQuery{Recent: now, CreatedAfter: now}, 0},
	} {
		found, err := vendortest.Collect(o.Orders(ctx, c.q))
		require.NoError(t, err)
		assert.Len(t, found, c.want, name)
	}
}

// A list does not show what became of the numbers.
func TestOrdersInAnUndocumentedStateAreRead(t *testing.T) {
	row := `{"id":"order-1","status":"partial_success","phone_numbers_count":1,"phone_numbers":[{"id":"n-0","phone_number":"+13125550101"}]}`
	page := vendortest.Text(`{"data":[` + row + `],"meta":{"page_number":1,"page_size":250,"total_pages":1,"total_results":1}}`)
	whole := vendortest.Text(`{"data":` + order("partial_success", number{one, telnyx.OrderSuccess, "", true}) + `}`)
	srv := serve(t, page, whole)
	q := numbers.OrderQuery{States: []numbers.State{numbers.StateComplete}}
	found, err := vendortest.Collect(telnyx.NewOrderer(srv.client(t), nil).Orders(ctx, q))
	require.NoError(t, err)
	require.Len(t, found, 1)
	assert.Equal(t, numbers.StateComplete, found[0].State)

	found, err = vendortest.Collect(telnyx.NewOrderer(serve(t, page).client(t), nil).Orders(ctx, numbers.OrderQuery{}))
	require.NoError(t, err)
	assert.Equal(t, numbers.StatePending, found[0].State)
}
