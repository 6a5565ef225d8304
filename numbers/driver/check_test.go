package driver_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
)

const aThird numbers.E164 = "+13125550125"

// anOrder is an order of numbers, all of which are complete.
func anOrder(id string, list ...numbers.E164) *numbers.Order {
	o := &numbers.Order{Vendor: "acme", ID: id, State: numbers.StateComplete, Count: len(list)}
	for _, n := range list {
		o.Items = append(o.Items, numbers.Item{E164: n, VendorNumber: string(n), State: numbers.StateComplete})
	}
	return o
}

// counting is an order that says how many numbers it has, and shows those of list.
func counting(count int, list ...numbers.E164) *numbers.Order {
	o := anOrder("o1", list...)
	o.Count = count
	return o
}

func TestCheckPlacedAndMismatch(t *testing.T) {
	spelled := anOrder("o1", "")
	spelled.Items[0].VendorNumber = "0131 2555 0123"
	requested := []numbers.E164{aNumber, anotherOne}
	for name, tt := range map[string]struct {
		order    *numbers.Order
		mismatch string
		placed   string // where it says something else
	}{
		"no order":                     {nil, "", ""},
		"what was requested":           {anOrder("o1", anotherOne, aNumber), "", ""},
		"a number is left out":         {anOrder("o1", aNumber), "", ""},
		"all are left out":             {counting(2), "", ""},
		"all are shown, more counted":  {counting(3, aNumber, anotherOne), "", ""},
		"another number":               {anOrder("o1", aThird), string(aThird) + ", which was not requested", ""},
		"another number beside them":   {anOrder("o1", aNumber, anotherOne, aThird), string(aThird), ""},
		"more are counted than wanted": {counting(3, aNumber), "it has 3 numbers, and 2 were requested", ""},
		"another spelling":             {spelled, "", `"0131 2555 0123", which was not requested`},
	} {
		t.Run(name, func(t *testing.T) {
			reason := driver.Mismatch(tt.order, requested)
			assert.Contains(t, reason, tt.mismatch)
			assert.Equal(t, tt.mismatch == "", reason == "", reason)

			got, err := driver.CheckPlaced(tt.order, numbers.OrderRequest{Numbers: requested})
			assert.Same(t, tt.order, got, "an order that was placed is never lost")
			want := tt.mismatch + tt.placed
			if want == "" {
				require.NoError(t, err)
				return
			}
			e := asError(t, err)
			require.ErrorIs(t, e, numbers.ErrConflict)
			assert.Equal(t, "Place", e.Op)
			assert.Equal(t, "acme", e.Vendor)
			assert.Equal(t, requested, e.Numbers)
			assert.Contains(t, e.Message, `order "o1"`)
			assert.Contains(t, e.Message, want)
		})
	}
}

func TestCheckID(t *testing.T) {
	order := anOrder("ABC-1")
	for _, id := range []string{"ABC-1", "abc-1"} {
		got, err := driver.CheckID(order, id, "acme", "Order")
		require.NoError(t, err)
		assert.Same(t, order, got)
	}
	for name, tt := range map[string]struct {
		order *numbers.Order
		text  string
	}{
		"none":    {nil, `"ABC-2"`},
		"another": {order, `"ABC-1"`},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := driver.CheckID(tt.order, "ABC-2", "acme", "Wait")
			assert.Nil(t, got)
			e := asError(t, err)
			require.ErrorIs(t, e, numbers.ErrVendor)
			assert.Equal(t, "Wait", e.Op)
			assert.Equal(t, "acme", e.Vendor)
			assert.Contains(t, e.Message, tt.text)
		})
	}
}

func TestCheckNumber(t *testing.T) {
	require.NoError(t, driver.CheckNumber("Release", "acme", &numbers.Number{Vendor: "acme", ID: "1"}))
	for name, tt := range map[string]struct {
		number *numbers.Number
		text   string
	}{
		"nil":     {nil, "nil"},
		"foreign": {&numbers.Number{Vendor: "another", ID: "1", E164: aNumber}, `"another"`},
		"no id":   {&numbers.Number{Vendor: "acme", E164: aNumber}, "no id"},
	} {
		t.Run(name, func(t *testing.T) {
			err := driver.CheckNumber("Release", "acme", tt.number)
			asInvalid(t, err, "Number")
			e := asError(t, err)
			assert.Equal(t, "Release", e.Op)
			assert.Equal(t, "acme", e.Vendor)
			assert.Contains(t, e.Message, tt.text)
			if tt.number != nil {
				assert.Equal(t, []numbers.E164{aNumber}, e.Numbers)
			}
		})
	}
}
