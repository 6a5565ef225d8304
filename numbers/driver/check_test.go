package driver_test

import (
	"errors"
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
		got, err := driver.CheckID("acme", "Order", id, order)
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
			got, err := driver.CheckID("acme", "Wait", "ABC-2", tt.order)
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
	require.NoError(t, driver.CheckNumber("acme", "Release", &numbers.Number{Vendor: "acme", ID: "1", E164: aNumber}))
	require.NoError(t, driver.CheckNumber("acme", "Release", &numbers.Number{Vendor: "acme", ID: "1", VendorNumber: "anonymous"}))
	for name, tt := range map[string]struct {
		number *numbers.Number
		text   string
	}{
		"nil":     {nil, "nil"},
		"foreign": {&numbers.Number{Vendor: "another", ID: "1", E164: aNumber}, `"another"`},
		"no id":   {&numbers.Number{Vendor: "acme", E164: aNumber}, "no id"},
		"no more": {&numbers.Number{Vendor: "acme", ID: "1"}, "no number"},
	} {
		t.Run(name, func(t *testing.T) {
			err := driver.CheckNumber("acme", "Release", tt.number)
			asInvalid(t, err, "Number")
			e := asError(t, err)
			assert.Equal(t, "Release", e.Op)
			assert.Equal(t, "acme", e.Vendor)
			assert.Contains(t, e.Message, tt.text)
			if tt.number != nil && tt.number.E164 != "" {
				assert.Equal(t, []numbers.E164{aNumber}, e.Numbers)
			} else {
				assert.Empty(t, e.Numbers)
			}
		})
	}
}

func TestCheckSame(t *testing.T) {
	own := &numbers.Number{Vendor: "acme", ID: "a-1", E164: aNumber, VendorNumber: "0131 2555 0123"}
	spelled := &numbers.Number{Vendor: "acme", ID: "a-1", VendorNumber: own.VendorNumber}
	for name, tt := range map[string]struct {
		row, n *numbers.Number
		kind   error // nil = the same
	}{
		"the same":                     {own, own, nil},
		"its id in another case":       {&numbers.Number{ID: "A-1", E164: aNumber}, own, nil},
		"by the spelling":              {spelled, own, nil},
		"looked up by the spelling":    {own, spelled, nil},
		"no row":                       {nil, own, numbers.ErrVendor},
		"another id":                   {&numbers.Number{ID: "a-2", E164: aNumber}, own, numbers.ErrVendor},
		"another number":               {&numbers.Number{ID: "a-1", E164: anotherOne, VendorNumber: own.VendorNumber}, own, numbers.ErrConflict},
		"another spelling":             {&numbers.Number{ID: "a-1", VendorNumber: "anonymous"}, own, numbers.ErrConflict},
		"a row that does not show any": {&numbers.Number{ID: "a-1"}, &numbers.Number{Vendor: "acme", ID: "a-1", E164: aNumber}, numbers.ErrConflict},
	} {
		t.Run(name, func(t *testing.T) {
			err := driver.CheckSame(tt.row, tt.n)
			if tt.kind == nil {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, tt.kind)
			e := asError(t, err)
			assert.Equal(t, "acme", e.Vendor)
			assert.Equal(t, []numbers.E164{aNumber}, e.Numbers)
		})
	}
}

func TestCheckAssign(t *testing.T) {
	caps := numbers.Capabilities{Vendor: "acme", AssignsOwned: numbers.AssignConnection}
	own := &numbers.Number{Vendor: "acme", ID: "1", E164: aNumber}
	require.NoError(t, driver.CheckAssign(caps, own, numbers.Assignment{Connection: "c"}))
	for name, tt := range map[string]struct {
		number *numbers.Number
		to     numbers.Assignment
		kind   error
		field  string
	}{
		"nothing":       {own, numbers.Assignment{}, numbers.ErrInvalid, "Assignment"},
		"what it can't": {own, numbers.Assignment{Connection: "c", CallFlow: "f"}, errors.ErrUnsupported, "CallFlow"},
		"no number":     {nil, numbers.Assignment{Connection: "c"}, numbers.ErrInvalid, "Number"},
	} {
		t.Run(name, func(t *testing.T) {
			err := driver.CheckAssign(caps, tt.number, tt.to)
			require.ErrorIs(t, err, tt.kind)
			e := asError(t, err)
			assert.Equal(t, tt.field, e.Field)
			assert.Equal(t, "Assign", e.Op)
		})
	}
}

func TestCheckSearch(t *testing.T) {
	caps := numbers.Capabilities{Vendor: "acme", SearchFields: ^numbers.SearchLocality}
	require.NoError(t, driver.CheckSearch(caps, numbers.SearchQuery{AreaCode: "312", Limit: 5, StartsWith: "1", Contains: "2", EndsWith: "3"}))
	for name, tt := range map[string]struct {
		q     numbers.SearchQuery
		kind  error
		field string
	}{
		"what it can't": {numbers.SearchQuery{Locality: "Chicago"}, errors.ErrUnsupported, "Locality"},
		"a limit":       {numbers.SearchQuery{Limit: -1}, numbers.ErrInvalid, "Limit"},
		"an area code":  {numbers.SearchQuery{AreaCode: "3x2"}, numbers.ErrInvalid, "AreaCode"},
		"a start":       {numbers.SearchQuery{StartsWith: "+1"}, numbers.ErrInvalid, "StartsWith"},
		"a part":        {numbers.SearchQuery{Contains: "*"}, numbers.ErrInvalid, "Contains"},
		"an end":        {numbers.SearchQuery{EndsWith: "١"}, numbers.ErrInvalid, "EndsWith"},
	} {
		t.Run(name, func(t *testing.T) {
			err := driver.CheckSearch(caps, tt.q)
			require.ErrorIs(t, err, tt.kind)
			e := asError(t, err)
			assert.Equal(t, tt.field, e.Field)
			assert.Equal(t, "Search", e.Op)
		})
	}
}
