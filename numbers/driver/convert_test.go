package driver_test

import (
	"errors"
	"io"
	"iter"
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
	zero, err := driver.Template[create]("acme", "Place", nil)
	require.NoError(t, err)
	assert.Equal(t, &create{}, zero)

	given := &create{Name: "fax"}
	clone, err := driver.Template[create]("acme", "Place", given)
	require.NoError(t, err)
	assert.Equal(t, given, clone)
	clone.Name = "changed"
	assert.Equal(t, "fax", given.Name, "the template itself is never changed")

	for name, native := range map[string]any{"another type": &numbers.Order{}, "a value": create{}, "a nil pointer": (*create)(nil)} {
		t.Run(name, func(t *testing.T) {
			got, err := driver.Template[create]("acme", "Place", native)
			assert.Nil(t, got)
			asInvalid(t, err, "Native")
			assert.Equal(t, "Place", asError(t, err).Op)
		})
	}
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
