package numbers_test

import (
	"reflect"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
)

func TestMoney(t *testing.T) {
	for want, m := range map[string]numbers.Money{
		"0":                        {},
		"1.50 USD":                 *usd("1.50"),
		"1.00000 USD":              *usd("1.00000"),
		"-0.01 USD":                *usd("-0.01"),
		"1000 USD":                 *usd("1e3"),
		"123456789012345678.9 USD": *usd("123456789012345678.9"),
		"3":                        {Amount: decimal.NewFromInt(3)},
	} {
		assert.Equal(t, want, m.String())
	}
	sum, ok := usd("0.10").Add(*usd("0.20"))
	assert.True(t, ok)
	assert.Equal(t, "0.30 USD", sum.String())
	_, ok = usd("1").Add(numbers.Money{Amount: decimal.NewFromInt(1), Currency: "EUR"})
	assert.False(t, ok)
	_, ok = usd("1").Add(numbers.Money{Amount: decimal.NewFromInt(1)})
	assert.False(t, ok, "unstated is no currency")
}

func TestPrice(t *testing.T) {
	assert.Equal(t, "unknown", (*numbers.Price)(nil).String())
	assert.Equal(t, "unknown upfront, unknown monthly", (&numbers.Price{}).String())
	assert.Equal(t, "1.00 USD upfront, unknown monthly", (&numbers.Price{Upfront: usd("1.00")}).String())
	assert.Equal(t, "0 USD upfront, 0.5 USD monthly", (&numbers.Price{Upfront: usd("0"), Monthly: usd("0.5")}).String())
}

// TestPlainJSON: what goes into a journal or a log comes back as it was.
func TestNewReference(t *testing.T) {
	seen := make(map[string]bool)
	for range 1000 {
		r := numbers.NewReference()
		assert.Regexp(t, `^tnkit-[A-Z2-7]{26}$`, r)
		assert.False(t, seen[r])
		seen[r] = true
	}
}

func TestCapabilityNames(t *testing.T) {
	assert.Equal(t, "Country|Limit", (numbers.SearchCountry | numbers.SearchLimit).String())
	assert.Equal(t, "Connection|BillingGroup", (numbers.AssignConnection | numbers.AssignBillingGroup).String())
	assert.Equal(t, "search|quote|reserve|resolve|cancel|list owned|release|assign",
		(numbers.CanSearch | numbers.CanQuote | numbers.CanReserve | numbers.CanResolve | numbers.CanCancel | numbers.CanListOwned | numbers.CanRelease | numbers.CanAssign).String())
	assert.Empty(t, numbers.Ability(0).String())
	assert.Equal(t, "assign|0x100", (numbers.CanAssign | numbers.CanAssign<<1).String(), "a bit that stands for nothing shows")
	assert.Equal(t, []string{"buys", "registers"}, []string{numbers.Buys.String(), numbers.Registers.String()})
	assert.Equal(t, []string{"nothing", "number", "reference"},
		[]string{numbers.ByNothing.String(), numbers.ByNumber.String(), numbers.ByReference.String()})
	all := numbers.CanQuote | numbers.CanSearch
	assert.True(t, all.Has(numbers.CanQuote))
	assert.False(t, all.Has(numbers.CanQuote|numbers.CanAssign))
}

// TestEveryFieldHasItsBit: a field that is added to a query or an assignment
// can't be forgotten.
func TestEveryFieldHasItsBit(t *testing.T) {
	var searched numbers.SearchField
	query := reflect.TypeFor[numbers.SearchQuery]()
	for i := range query.NumField() {
		var q numbers.SearchQuery
		set(reflect.ValueOf(&q).Elem().Field(i))
		assert.Equal(t, query.Field(i).Name, q.Fields().String())
		searched |= q.Fields()
	}
	assert.Equal(t, query.NumField(), bits(uint32(searched)))
	assert.Zero(t, numbers.SearchQuery{}.Fields())

	var assigned numbers.AssignField
	assignment := reflect.TypeFor[numbers.Assignment]()
	for i := range assignment.NumField() {
		var a numbers.Assignment
		assert.True(t, a.IsZero())
		set(reflect.ValueOf(&a).Elem().Field(i))
		assert.Equal(t, assignment.Field(i).Name, a.Fields().String())
		assert.False(t, a.IsZero())
		assigned |= a.Fields()
	}
	assert.Equal(t, assignment.NumField(), bits(uint32(assigned)))
}

func set(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString("x")
	case reflect.Int:
		v.SetInt(1)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
	default:
		panic(v.Kind())
	}
}

func bits(set uint32) (n int) {
	for ; set != 0; set &= set - 1 {
		n++
	}
	return n
}

func TestPageOptions(t *testing.T) {
	assert.Zero(t, numbers.PageOption{}.Ahead())
	assert.Zero(t, numbers.ReadAhead(-3).Ahead())
	assert.Equal(t, 8, numbers.ReadAhead(8).Ahead())
}

func TestRawResponse(t *testing.T) {
	var v struct{ A int }
	require.NoError(t, (&numbers.RawResponse{Body: []byte(`{"a":7}`)}).Decode(&v))
	assert.Equal(t, 7, v.A)
	for _, body := range []string{"", "<html>", `{"a":"x"}`, `{"a":`} {
		require.ErrorIs(t, (&numbers.RawResponse{Body: []byte(body)}).Decode(&v), numbers.ErrVendor, body)
	}
}
