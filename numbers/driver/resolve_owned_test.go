package driver_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
)

// A number that the account has since the attempt, by an order that no listing shows,
// contradicts the absence of the order.

func TestAnOwnedNumberContradictsAbsence(t *testing.T) {
	released := owning("n1", aNumber)
	released.State = numbers.NumberReleased
	failed := in(numbers.StateFailed, anOrder("o9", aNumber))
	for name, tt := range map[string]struct {
		o         scripted
		a         numbers.Attempt
		contested bool
		asked     bool
		looks     int
	}{
		"it has the number":              {scripted{owned: []*numbers.Number{owning("n1", aNumber)}}, attempt(aNumber), true, false, 1},
		"one of two":                     {scripted{owned: []*numbers.Number{owning("n1", aNumber)}}, attempt(anotherOne, aNumber), true, false, 1},
		"it has another":                 {scripted{owned: []*numbers.Number{owning("n1", anotherOne)}}, attempt(aNumber), false, true, 1},
		"it had it before":               {scripted{owned: []*numbers.Number{owning("N1", aNumber)}}, before(attempt(aNumber), "n1"), false, true, 1},
		"it had one before, and has two": {scripted{owned: []*numbers.Number{owning("n1", aNumber), owning("n2", aNumber)}}, before(attempt(aNumber), "n1"), true, false, 1},
		"it gave it back":                {scripted{owned: []*numbers.Number{nil, released}}, attempt(aNumber), false, true, 1},
		"an older order failed":          {scripted{owned: []*numbers.Number{owning("n1", aNumber)}, listing: of(failed)}, before(attempt(aNumber), "o9"), true, false, 1},
		"by an older order": {
			scripted{owned: []*numbers.Number{owning("n1", aNumber)}, listing: of(anOrder("o9", aNumber))}, before(attempt(aNumber), "o9"), false, false, 1,
		},
		"orders and owned numbers are the same rows": {
			scripted{ordersAreOwned: true, owned: []*numbers.Number{owning("n1", aNumber)}}, attempt(aNumber), false, true, 0,
		},
		"the vendor can't list them": {
			scripted{cantListOwned: true, owned: []*numbers.Number{owning("n1", aNumber)}}, attempt(aNumber), false, true, 0,
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := tt.o
			o.foundBy = numbers.ByNumber
			asked := 0
			resolutions, errs := resolve(t, &o, func(numbers.Attempt) numbers.Resolution {
				asked++
				return numbers.Resolution{Outcome: numbers.Repeatable}
			}, tt.a)
			assert.Len(t, o.looks, tt.looks)
			assert.Equal(t, tt.asked, asked == 1)
			switch {
			case tt.contested:
				require.ErrorIs(t, errs[0], numbers.ErrConflict)
				assert.ErrorContains(t, errs[0], "the account has "+string(aNumber))
				assert.Empty(t, resolutions[0])
			case tt.asked:
				require.NoError(t, errs[0])
				assert.Equal(t, numbers.Repeatable, resolutions[0].Outcome)
			default:
				require.NoError(t, errs[0])
				assert.Equal(t, numbers.NotPlaced, resolutions[0].Outcome, "a vendor refuses to sell what it has sold")
			}
		})
	}
}

func TestOnlyTheNumbersOfMissingOrdersAreLookedFor(t *testing.T) {
	o := &scripted{foundBy: numbers.ByNumber, listing: of(anOrder("o1", aNumber))}
	_, errs := resolve(t, o, nil, attempt(aNumber), attempt(anotherOne), underWay(attempt(aThird)))
	assert.Equal(t, make([]error, 3), errs)
	assert.Equal(t, []numbers.OwnedQuery{{Numbers: []numbers.E164{anotherOne}}}, o.looks)
}

func TestAnInventoryThatFailsShowsNoAbsence(t *testing.T) {
	for name, tt := range map[string]struct{ lost, kind error }{
		"it is incomplete": {&numbers.Error{Kind: numbers.ErrIncomplete}, numbers.ErrIncomplete},
		"it has no kind":   {errors.New("broken pipe"), numbers.ErrVendor},
	} {
		t.Run(name, func(t *testing.T) {
			o := &scripted{foundBy: numbers.ByNumber, listing: of(anOrder("o1", aNumber)), lost: tt.lost}
			resolutions, errs := resolve(t, o, notAsked(t), attempt(aNumber), attempt(anotherOne))
			require.NoError(t, errs[0], "it is there")
			assert.Equal(t, numbers.Placed, resolutions[0].Outcome)
			require.ErrorIs(t, errs[1], tt.kind)
			assert.Empty(t, resolutions[1])
		})
	}
}

// TestAnOrderOfAnotherReferenceExplainsANumber: an attempt with a reference is looked for
// by it, so that the order that brought the number is read only now.
func TestAnOrderOfAnotherReferenceExplainsANumber(t *testing.T) {
	for name, tt := range map[string]struct {
		orders []*numbers.Order
		a      numbers.Attempt
		text   string // why it is not explained
	}{
		"another reference":          {[]*numbers.Order{nil, by("another", anOrder("o9", aNumber))}, referenced(aNumber), ""},
		"no order":                   {nil, referenced(aNumber), "the account has"},
		"a failed order":             {[]*numbers.Order{in(numbers.StateFailed, by("another", anOrder("o9", aNumber)))}, referenced(aNumber), "the account has"},
		"an order of another number": {[]*numbers.Order{by("another", anOrder("o9", anotherOne))}, referenced(aNumber), "the account has"},
		"only one of two": {
			[]*numbers.Order{by("another", anOrder("o9", aNumber))}, referenced(aNumber, anotherOne), "the account has " + string(anotherOne),
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := &scripted{
				foundBy: numbers.ByReference, second: &listing{orders: tt.orders},
				owned: []*numbers.Number{owning("n1", aNumber), owning("n2", anotherOne)},
			}
			resolutions, errs := resolve(t, o, notAsked(t), tt.a)
			assert.Equal(t, []numbers.OrderQuery{{Reference: theReference}, {Numbers: tt.a.Numbers}}, o.queries)
			if tt.text != "" {
				require.ErrorIs(t, errs[0], numbers.ErrConflict)
				assert.ErrorContains(t, errs[0], tt.text)
				assert.Empty(t, resolutions[0])
				return
			}
			require.NoError(t, errs[0])
			assert.Equal(t, numbers.NotPlaced, resolutions[0].Outcome)
		})
	}
}

func TestAnExplanationThatFailsShowsNoAbsence(t *testing.T) {
	o := &scripted{
		foundBy: numbers.ByReference, owned: []*numbers.Number{owning("n1", aNumber)},
		second: &listing{broken: &numbers.Error{Kind: numbers.ErrRateLimited}},
	}
	resolutions, errs := resolve(t, o, notAsked(t), referenced(aNumber))
	require.ErrorIs(t, errs[0], numbers.ErrRateLimited)
	assert.Empty(t, resolutions[0])
}
