package voipbin_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/numberstest"
	"github.com/tnkit/tnkit/voipbin"
	"github.com/tnkit/tnkit/voipbin/voipbintest"
)

func TestOrdererFindsWhatWasCreatedThisVeryMoment(t *testing.T) {
	generations(t, func(t *testing.T, g generation) {
		now := time.Date(2026, 8, 3, 14, 0, 0, 0, time.UTC)
		srv := voipbintest.NewServer(t, voipbintest.Options{Era: g.era, ServerOptions: numberstest.ServerOptions{Now: func() time.Time { return now }}})
		o := voipbin.NewOrderer(srv.Client(), &voipbin.OrdererOptions{Generation: g.Generation})
		placed := place(t, o, aNumber)
		listed := orders(t, o, numbers.OrderQuery{Numbers: []numbers.E164{aNumber}})
		require.Len(t, listed, 1, "the clock stands still")
		assert.Equal(t, placed.ID, listed[0].ID)
	})
}

func TestOrdererFilters(t *testing.T) {
	generations(t, func(t *testing.T, g generation) {
		_, o := g.fake(t)
		first := place(t, o, "+12025550101")
		second := place(t, o, "+12025550102")
		third := place(t, o, "+12025550103")
		for name, tt := range map[string]struct {
			query numbers.OrderQuery
			want  []string
		}{
			"all":       {numbers.OrderQuery{}, []string{third.ID, second.ID, first.ID}},
			"ahead":     {numbers.OrderQuery{ReadAhead: 4}, []string{third.ID, second.ID, first.ID}},
			"number":    {numbers.OrderQuery{Numbers: []numbers.E164{"+12025550102", "+12025550109"}}, []string{second.ID}},
			"state":     {numbers.OrderQuery{States: []numbers.State{numbers.StateFailed}}, nil},
			"reference": {numbers.OrderQuery{Reference: "none is kept"}, nil},
			"after":     {numbers.OrderQuery{CreatedAfter: first.Created}, []string{third.ID, second.ID}},
			"before":    {numbers.OrderQuery{CreatedBefore: third.Created}, []string{second.ID, first.ID}},
		} {
			var got []string
			for _, order := range orders(t, o, tt.query) {
				got = append(got, order.ID)
			}
			assert.Equal(t, tt.want, got, name)
		}
	})
}

func TestOrdersEndWithTheErrorOfTheListing(t *testing.T) {
	generations(t, func(t *testing.T, g generation) {
		_, o := g.fixed(t, ok(vendortest.Fixture(t, "order_numbers.list.response.json")), answer{Status: 500})
		var got int
		var failure error
		for order, err := range o.Orders(t.Context(), numbers.OrderQuery{}) {
			if err != nil {
				failure = err
				continue
			}
			got++
			assert.Nil(t, failure, "the error comes last")
			assert.NotNil(t, order)
		}
		assert.Equal(t, 2, got)
		require.ErrorIs(t, failure, numbers.ErrVendor)
		e := asError(t, failure)
		assert.Equal(t, "Orders", e.Op)
	})
}

// createdAt adds n numbers that were all created at a time.
func createdAt(srv *voipbintest.Server, n int, created time.Time) {
	for i := range n {
		srv.AddNumber(numberstest.Owned{Number: fmt.Sprintf("+1312555%04d", i), Created: created})
	}
}

// The list is in the order of creation, so that recent orders are on the first
// pages.
func TestRecentOrdersAreReadWithoutTheOldOnes(t *testing.T) {
	generations(t, func(t *testing.T, g generation) {
		srv, o := g.fake(t)
		now := time.Now()
		for i := range 500 {
			srv.AddNumber(numberstest.Owned{Number: fmt.Sprintf("+1312555%04d", i), Created: now.Add(-time.Duration(i) * time.Minute)})
		}
		recent := orders(t, o, numbers.OrderQuery{Recent: now})
		assert.Len(t, srv.Requests(), 1)
		assert.Len(t, recent, voipbin.MaxPageSize)

		rest := orders(t, o, numbers.OrderQuery{Recent: now.Add(-140 * time.Minute)})
		assert.Len(t, srv.Requests(), 3, "150 minutes with the slack of clocks")
		assert.GreaterOrEqual(t, len(rest), 151)

		assert.Len(t, orders(t, o, numbers.OrderQuery{}), 500)
	})
}

// A walk that ends early says what it can't show all the same.
func TestRecentOrdersThatCanNotBeShownAreIncomplete(t *testing.T) {
	generations(t, func(t *testing.T, g generation) {
		srv, o := g.fake(t)
		now := time.Now()
		createdAt(srv, 130, now) // more than a page can hold of one microsecond
		createdAt(srv, 130, now.Add(-time.Hour))
		_, err := vendortest.Collect(o.Orders(t.Context(), numbers.OrderQuery{Recent: now}))
		require.ErrorIs(t, err, numbers.ErrIncomplete)

		srv, o = g.fake(t)
		createdAt(srv, 1, now)
		createdAt(srv, 130, now.Add(-time.Hour))
		assert.Len(t, orders(t, o, numbers.OrderQuery{Recent: now}), 100, "old ones that can't be shown do no harm")
	})
}
