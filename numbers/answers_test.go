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
)

func TestAnswers(t *testing.T) {
	list := several(3)
	spelled := complete("o", "", list...)
	spelled.Items[1].E164 = ""
	counted := complete("o", "", list[:1]...)
	counted.Count = 10
	tooMany := complete("o", "", list...)
	tooMany.Count = 4
	for name, c := range map[string]struct {
		order *numbers.Order
		tells string // "" = no conflict
	}{
		"these":                  {complete("o", "", list...), ""},
		"some of them":           {complete("o", "", list[:1]...), ""},
		"nothing":                {&numbers.Order{ID: "o", Count: 3}, ""},
		"one is no E.164":        {spelled, ""},
		"all, and a wrong count": {tooMany, ""},
		"another":                {complete("o", "", "+19705555098"), "+19705555098"},
		"one more":               {complete("o", "", append(several(3), "+19705555098")...), "+19705555098"},
		"more, and not told":     {&numbers.Order{ID: "o", Count: 10}, "it has 10 numbers, where 3 were asked for"},
		"more, and not all told": {counted, "it has 10 numbers"},
	} {
		t.Run(name, func(t *testing.T) {
			c.order.Vendor, c.order.Account = "script", "main"
			err := c.order.Answers(numbers.OrderRequest{Numbers: list})
			if c.tells == "" {
				require.NoError(t, err)
				return
			}
			e, ok := errors.AsType[*numbers.Error](err)
			require.True(t, ok)
			require.ErrorIs(t, err, numbers.ErrConflict)
			assert.Equal(t, list, e.Numbers)
			assert.Equal(t, []string{"Place", "script", "main"}, []string{e.Op, e.Vendor, e.Account})
			assert.ErrorContains(t, err, c.tells)
			assert.ErrorContains(t, err, `"o"`)
		})
	}
}

// TestAnOrderForOtherNumbersIsNoSuccess: it is kept, since it may have been paid
// for, and what was asked for is not said to be free for another order.
func TestAnOrderForOtherNumbersIsNoSuccess(t *testing.T) {
	list := several(2)
	strange := complete("o", "", "+19705555098")
	pending := &numbers.Order{Vendor: "script", ID: "o", State: numbers.StatePending, Count: 2}
	for name, c := range map[string]struct {
		placed, read *numbers.Order
		noWait       bool
	}{
		"at once":               {placed: strange},
		"at once, not waited":   {placed: strange, noWait: true},
		"when it is read":       {placed: pending, read: strange},
		"failed":                {placed: &numbers.Order{Vendor: "script", ID: "o", State: numbers.StateFailed, Count: 1, Items: []numbers.Item{{E164: "+19705555098", State: numbers.StateFailed}}}},
		"counted, and not told": {placed: pending, read: &numbers.Order{Vendor: "script", ID: "o", State: numbers.StateComplete, Count: 10}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &scripted{caps: numberCaps(), list: always()}
				s.place = func(context.Context, numbers.OrderRequest) (*numbers.Order, error) { return c.placed, nil }
				s.order = func(context.Context, string) (*numbers.Order, error) { return c.read, nil }
				p, err := numbers.Buy(t.Context(), s, numbers.OrderRequest{Numbers: list}, &numbers.BuyOptions{NoWait: c.noWait})
				require.ErrorIs(t, err, numbers.ErrConflict)
				pe, ok := errors.AsType[*numbers.PurchaseError](err)
				require.True(t, ok)
				assert.Len(t, pe.Errs, 1)
				assert.Empty(t, pe.Missing())
				require.Len(t, p.Orders, 1)
				assert.Equal(t, "o", p.Orders[0].ID)
				for _, n := range list {
					assert.NotContains(t, p.Bought(), n)
				}
				assert.Equal(t, 1, s.counted("Place"))
			})
		})
	}
}

// TestPlaceTellsOfTheConflictOnce where the adapter has found it.
func TestPlaceTellsOfTheConflictOnce(t *testing.T) {
	s := &scripted{caps: numberCaps(), list: always()}
	strange := complete("o", "", "+19705555098")
	s.place = func(_ context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
		return strange, strange.Answers(r)
	}
	p, err := numbers.Buy(t.Context(), s, numbers.OrderRequest{Numbers: several(1)}, nil)
	require.ErrorIs(t, err, numbers.ErrConflict)
	pe, _ := errors.AsType[*numbers.PurchaseError](err)
	assert.Len(t, pe.Errs, 1)
	assert.Equal(t, []*numbers.Order{strange}, p.Orders)

	strange.State = numbers.StatePending
	p, err = numbers.Buy(t.Context(), s, numbers.OrderRequest{Numbers: several(1)}, nil)
	require.ErrorIs(t, err, numbers.ErrConflict, "it is not waited for")
	assert.Equal(t, []*numbers.Order{strange}, p.Orders)
	assert.Zero(t, s.counted("Order"))
}

// TestFewerAreCounted: which of them were bought is not told.
func TestFewerAreCounted(t *testing.T) {
	s := &scripted{caps: numberCaps(), list: always()}
	some := &numbers.Order{Vendor: "script", ID: "o", State: numbers.StateComplete, Count: 2}
	s.place = func(context.Context, numbers.OrderRequest) (*numbers.Order, error) { return some, nil }
	s.order = func(context.Context, string) (*numbers.Order, error) { return some, nil }
	p, err := numbers.Buy(t.Context(), s, numbers.OrderRequest{Numbers: several(3)}, nil)
	require.ErrorIs(t, err, numbers.ErrPending)
	pe, _ := errors.AsType[*numbers.PurchaseError](err)
	assert.Len(t, pe.Errs, 3)
	assert.Empty(t, pe.Missing(), "two of them were bought")
	assert.Empty(t, p.Bought())
}

// TestWaitIsNotGivenAnotherOrder: what was placed keeps its id.
func TestWaitIsNotGivenAnotherOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		list := several(1)
		s := &scripted{caps: numberCaps(), list: always()}
		s.place = func(context.Context, numbers.OrderRequest) (*numbers.Order, error) {
			return &numbers.Order{Vendor: "script", ID: "o", State: numbers.StatePending, Count: 1, Items: []numbers.Item{{E164: list[0], State: numbers.StatePending}}}, nil
		}
		s.order = func(context.Context, string) (*numbers.Order, error) { return complete("another", "", list...), nil }
		p, err := numbers.Buy(ctx, s, numbers.OrderRequest{Numbers: list}, nil)
		require.ErrorIs(t, err, numbers.ErrPending)
		require.Len(t, p.Orders, 1)
		assert.Equal(t, "o", p.Orders[0].ID)
		assert.Empty(t, p.Bought())

		s.order = func(context.Context, string) (*numbers.Order, error) { return complete("ABCD", "", list...), nil }
		o, err := numbers.Wait(t.Context(), s, "abcd", nil)
		require.NoError(t, err, "ids are hexadecimal")
		assert.Equal(t, "ABCD", o.ID)
	})
}
