package driver_test

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
)

func TestE164(t *testing.T) {
	assert.Equal(t, aNumber, driver.E164("+13125550123"))
	for _, spelling := range []string{"", "13125550123", "0013125550123", "+1 312 555 0123", "+0123456789", "anonymous"} {
		assert.Empty(t, driver.E164(spelling), "%q: nothing is guessed", spelling)
	}
}

type create struct {
	Numbers []string
	Name    string
}

func TestTemplate(t *testing.T) {
	caps := numbers.Capabilities{Vendor: "acme", MaxNumbers: 2}
	r := numbers.OrderRequest{Numbers: []numbers.E164{aNumber}}
	hasNumbers := func(c *create) bool { return len(c.Numbers) > 0 }
	zero, err := driver.Template(caps, "Place", r, hasNumbers)
	require.NoError(t, err)
	assert.Equal(t, &create{}, zero)

	given := &create{Name: "fax"}
	r.Native = given
	clone, err := driver.Template(caps, "Place", r, hasNumbers)
	require.NoError(t, err)
	assert.Equal(t, given, clone)
	clone.Name = "changed"
	assert.Equal(t, "fax", given.Name, "the template itself is never changed")

	own := &create{Numbers: []string{"1"}}
	for name, native := range map[string]any{
		"another type": &numbers.Order{}, "a value": create{}, "a nil pointer": (*create)(nil), "numbers of its own": own,
	} {
		t.Run(name, func(t *testing.T) {
			r.Native = native
			got, err := driver.Template(caps, "Place", r, hasNumbers)
			assert.Nil(t, got)
			asInvalid(t, err, "Native")
			e := asError(t, err)
			assert.Equal(t, "Place", e.Op)
			assert.Equal(t, r.Numbers, e.Numbers)
		})
	}
	r.Native = own
	got, err := driver.Template[create](caps, "Place", r, nil)
	require.NoError(t, err)
	assert.Equal(t, own, got)
	_, err = driver.Template[create](caps, "Place", numbers.OrderRequest{}, nil)
	asInvalid(t, err, "Numbers")
}

type item struct {
	Number int
	Group  string
}

func TestTemplateItems(t *testing.T) {
	number := func(i *item) *int { return &i.Number }
	spell := func(n numbers.E164) int { return len(n) }
	list := []numbers.E164{aNumber, "+1312555"}
	for name, template := range map[string][]item{"none": nil, "one for all": {{Group: "g"}}} {
		t.Run(name, func(t *testing.T) {
			items, err := driver.TemplateItems("acme", "Place", template, list, number, spell)
			require.NoError(t, err)
			group := ""
			if len(template) > 0 {
				group = "g"
				assert.Zero(t, template[0].Number, "the template itself is never changed")
			}
			assert.Equal(t, []item{{12, group}, {8, group}}, items)
		})
	}
	for name, template := range map[string][]item{"with a number": {{Number: 1}}, "two": {{}, {}}} {
		t.Run(name, func(t *testing.T) {
			items, err := driver.TemplateItems("acme", "Place", template, list, number, spell)
			assert.Nil(t, items)
			asInvalid(t, err, "Native")
		})
	}
}

func TestSet(t *testing.T) {
	field := new("kept")
	driver.Set(&field, "")
	assert.Equal(t, "kept", *field)
	driver.Set(&field, "new")
	assert.Equal(t, "new", *field)
}

func TestFindOrder(t *testing.T) {
	taken := 0
	listed := driver.Orders(rows([]row{{id: "A1"}, {id: "b2"}}, nil, &taken), numbers.OrderQuery{}, toOrder)
	order, err := driver.FindOrder("acme", "a1", listed)
	require.NoError(t, err)
	assert.Equal(t, "A1", order.ID)
	assert.Equal(t, 1, taken, "it stops there")

	_, err = driver.FindOrder("acme", "c3", listed)
	require.ErrorIs(t, err, numbers.ErrNotFound)
	assert.Equal(t, "Order", asError(t, err).Op)
	_, err = driver.FindOrder("acme", "c3", driver.Orders(rows(nil, clientError(numbers.ErrIncomplete), &taken), numbers.OrderQuery{}, toOrder))
	require.ErrorIs(t, err, numbers.ErrIncomplete, "a listing that breaks off shows nothing")
	assert.Equal(t, "Order", asError(t, err).Op)
}

func TestOffers(t *testing.T) {
	list := []row{{id: "1", number: aNumber}, {id: "1", number: aNumber}, {id: "masked"}, {id: "masked"}, {id: "hidden"}, {id: "2", number: anotherOne}}
	offer := func(r row) *numbers.Offer {
		if r.id == "hidden" {
			return nil
		}
		return &numbers.Offer{VendorNumber: r.id, E164: r.number}
	}
	name := func(o *numbers.Offer) string { return o.VendorNumber }
	for limit, want := range map[int][]string{0: {"1", "masked", "masked", "2"}, 2: {"1", "masked"}, 9: {"1", "masked", "masked", "2"}} {
		taken := 0
		ids, err := collect(t, driver.Offers(rows(list, nil, &taken), limit, offer), name)
		require.NoError(t, err)
		assert.Equal(t, want, ids)
	}
	taken := 0
	ids, err := collect(t, driver.Offers(rows(list[:1], clientError(numbers.ErrVendor), &taken), 0, offer), name)
	require.ErrorIs(t, err, numbers.ErrVendor)
	assert.Equal(t, "Search", asError(t, err).Op)
	assert.Equal(t, []string{"1"}, ids)
}

func TestOnePage(t *testing.T) {
	reads := 0
	seq := driver.OnePage(func() ([]row, error) {
		reads++
		return []row{{id: "1"}, {id: "2"}}, nil
	})
	assert.Zero(t, reads, "nothing is read before the first step")
	ids, err := collect(t, seq, func(r *row) string { return r.id })
	require.NoError(t, err)
	assert.Equal(t, []string{"1", "2"}, ids)
	_, err = collect(t, driver.OnePage(func() ([]row, error) { return nil, errRow }), func(r *row) string { return r.id })
	require.ErrorIs(t, err, errRow)
}

// row is a vendor's own: an id that begins with "bad" can't be converted.
type row struct {
	id     string
	number numbers.E164
	state  numbers.NumberState
}

var errRow = errors.New("a row that can't be read")

func toOrder(r row) (*numbers.Order, error) {
	if r.id == "bad" {
		return nil, errRow
	}
	return anOrder(r.id, r.number), nil
}

func toNumber(r row) (*numbers.Number, error) {
	if r.id == "bad" {
		return nil, errRow
	}
	return &numbers.Number{Vendor: "acme", ID: r.id, E164: r.number, State: r.state}, nil
}

// rows yields a list and then an error, if there is one, and counts how many were taken.
func rows(list []row, last error, taken *int) iter.Seq2[row, error] {
	return func(yield func(row, error) bool) {
		for _, r := range list {
			*taken++
			if !yield(r, nil) {
				return
			}
		}
		if last != nil {
			yield(row{}, last)
		}
	}
}

// collect returns the ids of a sequence, and its error, which must come last.
func collect[P any](t *testing.T, seq iter.Seq2[*P, error], id func(*P) string) (ids []string, last error) {
	t.Helper()
	for p, err := range seq {
		require.NoError(t, last, "the error comes last")
		if last = err; err == nil {
			ids = append(ids, id(p))
		}
	}
	return ids, last
}

func orderID(o *numbers.Order) string   { return o.ID }
func numberID(n *numbers.Number) string { return n.ID }

func TestOrders(t *testing.T) {
	list := []row{{id: "1", number: aNumber}, {id: "2", number: anotherOne}, {id: "1", number: aNumber}, {id: "3", number: aNumber}}
	taken := 0
	seq := driver.Orders(rows(list, nil, &taken), numbers.OrderQuery{}, toOrder)
	assert.Zero(t, taken, "nothing is read before the first step")
	for range 2 {
		ids, err := collect(t, seq, orderID)
		require.NoError(t, err)
		assert.Equal(t, []string{"1", "2", "3"}, ids, "each once, also when it is ranged over again")
	}
	ids, err := collect(t, driver.Orders(rows(list, nil, &taken), numbers.OrderQuery{Numbers: []numbers.E164{anotherOne}}, toOrder), orderID)
	require.NoError(t, err)
	assert.Equal(t, []string{"2"}, ids)

	taken = 0
	for _, err := range seq {
		require.NoError(t, err)
		break
	}
	assert.Equal(t, 1, taken, "break stops the reading")
}

func TestOwned(t *testing.T) {
	list := []row{
		{id: "1", number: aNumber, state: numbers.NumberActive},
		{id: "2", number: aNumber, state: numbers.NumberReleased},
		{id: "1", number: aNumber, state: numbers.NumberActive},
		{id: "3", number: anotherOne, state: numbers.NumberUnknown},
	}
	for name, tt := range map[string]struct {
		q    numbers.OwnedQuery
		want []string
	}{
		"all":        {numbers.OwnedQuery{}, []string{"1", "3"}},
		"a number":   {numbers.OwnedQuery{Numbers: []numbers.E164{aNumber}}, []string{"1"}},
		"the states": {numbers.OwnedQuery{States: []numbers.NumberState{numbers.NumberReleased, numbers.NumberUnknown}}, []string{"2", "3"}},
	} {
		t.Run(name, func(t *testing.T) {
			taken := 0
			ids, err := collect(t, driver.Owned(rows(list, nil, &taken), tt.q, toNumber), numberID)
			require.NoError(t, err)
			assert.Equal(t, tt.want, ids)
		})
	}
}

func TestListsThatBreakOff(t *testing.T) {
	good := []row{{id: "1", number: aNumber}}
	bad := append(good[:1:1], row{id: "bad"}, row{id: "2", number: aNumber})
	for name, tt := range map[string]struct {
		list []row
		last error
		want error
		op   bool // it is an *Error, which names the operation
	}{
		"an error of the client": {good, clientError(numbers.ErrIncomplete), numbers.ErrIncomplete, true},
		"another error":          {good, io.ErrUnexpectedEOF, io.ErrUnexpectedEOF, false},
		"a row":                  {bad, nil, errRow, false},
	} {
		t.Run(name, func(t *testing.T) {
			taken := 0
			ids, err := collect(t, driver.Orders(rows(tt.list, tt.last, &taken), numbers.OrderQuery{}, toOrder), orderID)
			require.ErrorIs(t, err, tt.want)
			assert.Equal(t, []string{"1"}, ids, "what came before it counts")
			if tt.op {
				assert.Equal(t, "Orders", asError(t, err).Op)
			}
			ids, err = collect(t, driver.Owned(rows(tt.list, tt.last, &taken), numbers.OwnedQuery{}, toNumber), numberID)
			require.ErrorIs(t, err, tt.want)
			assert.Equal(t, []string{"1"}, ids)
			if tt.op {
				assert.Equal(t, "Owned", asError(t, err).Op)
			}
		})
	}
}

// BenchmarkOrders matches as many orders as the query has numbers.
func BenchmarkOrders(b *testing.B) {
	const count = 10_000
	list := make([]numbers.E164, count)
	orders := make([]row, count)
	for i := range list {
		list[i] = numbers.E164(fmt.Sprintf("+1202%07d", i))
		orders[i] = row{id: fmt.Sprint(i), number: list[i]}
	}
	for b.Loop() {
		taken, matched := 0, 0
		for _, err := range driver.Orders(rows(orders, nil, &taken), numbers.OrderQuery{Numbers: list}, toOrder) {
			if err == nil {
				matched++
			}
		}
		if matched != count {
			b.Fatal(matched)
		}
	}
}

func TestCount(t *testing.T) {
	assert.Zero(t, driver.Count(nil))
	for n, want := range map[int]int{math.MinInt: 0, -1: 0, 0: 0, 1: 1, 10_000_000: 10_000_000, math.MaxInt: 10_000_000} {
		assert.Equal(t, want, driver.Count(&n), n)
	}
}

func TestReadAhead(t *testing.T) {
	assert.Empty(t, driver.ReadAhead(0), "the default of the iterator")
	assert.Equal(t, []numbers.PageOption{numbers.ReadAhead(0)}, driver.ReadAhead(-1))
	assert.Equal(t, []numbers.PageOption{numbers.ReadAhead(8)}, driver.ReadAhead(8))
}
