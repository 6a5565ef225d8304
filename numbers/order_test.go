package numbers_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
)

func TestAnOrderIsSettledWhenNothingMoreIsToBeWaitedFor(t *testing.T) {
	for state, want := range map[numbers.State]bool{
		numbers.StatePending: false, "a word of tomorrow": false, "": false,
		numbers.StateActionRequired: true, numbers.StateComplete: true, numbers.StatePartial: true, numbers.StateFailed: true, numbers.StateCanceled: true,
	} {
		assert.Equal(t, want, (&numbers.Order{State: state}).Settled(), state)
		assert.True(t, (&numbers.Order{State: state, Final: true}).Settled())
		assert.Equal(t, want && state != numbers.StateActionRequired, state.Terminal(), state)
	}
	assert.False(t, (*numbers.Order)(nil).Settled())
}

// An order whose items have all settled has settled, whatever its own state is.
func TestAnOrderSettlesWithItsItems(t *testing.T) {
	items := func(states ...numbers.State) []numbers.Item {
		var list []numbers.Item
		for i, s := range states {
			list = append(list, numbers.Item{E164: several(9)[i], State: s})
		}
		return list
	}
	for name, c := range map[string]struct {
		order numbers.Order
		want  bool
	}{
		"all complete":             {numbers.Order{State: numbers.StatePending, Count: 2, Items: items("complete", "complete")}, true},
		"complete and failed":      {numbers.Order{State: numbers.StatePending, Count: 2, Items: items("complete", "failed")}, true},
		"one is pending":           {numbers.Order{State: numbers.StatePending, Count: 2, Items: items("complete", "pending")}, false},
		"one waits for documents":  {numbers.Order{State: numbers.StatePending, Count: 2, Items: items("complete", "action-required")}, false},
		"one is hidden":            {numbers.Order{State: numbers.StatePending, Count: 3, Items: items("complete", "complete")}, false},
		"more than it counts":      {numbers.Order{State: numbers.StatePending, Count: 1, Items: items("complete", "complete")}, true},
		"it counts none":           {numbers.Order{State: numbers.StatePending, Items: items("complete")}, true},
		"no items":                 {numbers.Order{State: numbers.StatePending}, false},
		"the order has the answer": {numbers.Order{State: numbers.StateComplete, Count: 2, Items: items("complete", "pending")}, true},
	} {
		assert.Equal(t, c.want, c.order.Settled(), name)
	}
}

func TestAnOrderHasAllItemsWhereItShowsAsManyAsItCounts(t *testing.T) {
	list := complete("o", "", several(2)...)
	assert.True(t, list.HasAllItems())
	list.Count = 3
	assert.False(t, list.HasAllItems())
	list.Count = 0
	assert.True(t, list.HasAllItems())
	list.Items = nil
	assert.False(t, list.HasAllItems(), "none is not all")
	assert.False(t, (*numbers.Order)(nil).HasAllItems())
}

func TestTheNumbersOfAnOrderAreThoseInE164(t *testing.T) {
	assert.Nil(t, (*numbers.Order)(nil).Numbers())
	o := complete("", "", several(2)...)
	o.Items = append(o.Items, numbers.Item{VendorNumber: "masked"})
	assert.Equal(t, several(2), o.Numbers())
}

func TestNativeReturnsTheVendorsOwnValue(t *testing.T) {
	type own struct{ id int }
	v := &own{7}
	for name, from := range map[string]numbers.NativeHolder{
		"order": &numbers.Order{Native: v}, "number": &numbers.Number{Native: v}, "offer": &numbers.Offer{Native: v},
		"quotation": &numbers.Quotation{Native: v}, "reservation": &numbers.Reservation{Native: v},
	} {
		got, ok := numbers.Native[*own](from)
		require.True(t, ok, name)
		assert.Same(t, v, got)
		_, ok = numbers.Native[*numbers.Order](from)
		assert.False(t, ok, "another type")
		_, ok = numbers.Native[own](from)
		assert.False(t, ok, "not by value")
	}
	for name, from := range map[string]numbers.NativeHolder{
		"nothing": nil, "no order": (*numbers.Order)(nil), "no number": (*numbers.Number)(nil), "no offer": (*numbers.Offer)(nil),
		"no quotation": (*numbers.Quotation)(nil), "no reservation": (*numbers.Reservation)(nil), "an order without": &numbers.Order{},
	} {
		got, ok := numbers.Native[*own](from)
		assert.False(t, ok, name)
		assert.Nil(t, got)
	}
}
