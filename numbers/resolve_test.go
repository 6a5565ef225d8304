package numbers_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

const settle = time.Minute

func numberCaps() numbers.Capabilities {
	return numbers.Capabilities{FoundBy: numbers.ByNumber, ListingDelay: settle}
}

func referenceCaps() numbers.Capabilities {
	return numbers.Capabilities{FoundBy: numbers.ByReference, ListingDelay: settle}
}

// TestResolve asks what became of an order for one, by the reference "mine".
func TestResolve(t *testing.T) {
	other := numbers.E164("+12025559999")
	failing := errors.New("connection reset")
	for _, c := range []struct {
		name   string
		caps   numbers.Capabilities
		list   func(context.Context, numbers.OrderQuery) iter.Seq2[*numbers.Order, error]
		change func(*numbers.Attempt)
		want   numbers.Outcome
		kind   error
		waits  bool // for the settle time
	}{
		{name: "placed", caps: numberCaps(), list: always(complete("o", "", one)), want: numbers.Placed},
		{name: "placed, by reference", caps: referenceCaps(), list: always(complete("o", "mine", one)), want: numbers.Placed},
		{name: "not placed", caps: numberCaps(), list: always(complete("o", "", other)), want: numbers.NotPlaced, waits: true},
		{name: "nothing at all", caps: numberCaps(), list: always(), want: numbers.NotPlaced, waits: true},
		{name: "the same row twice", caps: numberCaps(), list: always(complete("o", "", one), complete("o", "", one)), want: numbers.Placed},
		{name: "two orders", caps: numberCaps(), list: always(complete("o1", "", one), complete("o2", "", one)), kind: numbers.ErrConflict},
		{name: "two orders of one reference", caps: referenceCaps(), list: always(complete("o1", "mine", one), complete("o2", "mine", one)), kind: numbers.ErrConflict},
		{name: "from before", caps: numberCaps(), list: always(complete("old", "", one)), want: numbers.NotPlaced, waits: true,
			change: func(a *numbers.Attempt) { a.Before = []string{"older", "old"} }},
		{name: "one from before, and a new one", caps: numberCaps(), list: always(complete("old", "", one), complete("o", "", one)), want: numbers.Placed,
			change: func(a *numbers.Attempt) { a.Before = []string{"old"} }},
		{name: "another reference", caps: referenceCaps(), list: always(complete("o", "theirs", one)), want: numbers.NotPlaced, waits: true},
		{name: "the reference was used for other numbers", caps: referenceCaps(), list: always(complete("o", "mine", other)), want: numbers.NotPlaced, waits: true},
		{name: "the reference, and one number more", caps: referenceCaps(), list: always(complete("o", "mine", one, other)), kind: numbers.ErrConflict},
		{name: "one number more", caps: numberCaps(), list: always(complete("o", "", one, other)), want: numbers.NotPlaced, waits: true},
		{name: "one number fewer", caps: numberCaps(), list: always(complete("o", "", other)), kind: numbers.ErrConflict,
			change: func(a *numbers.Attempt) { a.Numbers = []numbers.E164{one, other} }},
		{name: "the reference, and one number fewer", caps: referenceCaps(), list: always(complete("o", "mine", other)), want: numbers.Placed,
			change: func(a *numbers.Attempt) { a.Numbers = []numbers.E164{one, other} }},
		{name: "the numbers in another order", caps: numberCaps(), list: always(complete("o", "", other, one)), want: numbers.Placed,
			change: func(a *numbers.Attempt) { a.Numbers = []numbers.E164{one, other} }},
		{name: "a reading that fails at once", caps: numberCaps(), list: func(context.Context, numbers.OrderQuery) iter.Seq2[*numbers.Order, error] {
			return sequence[numbers.Order](failing)
		}, kind: numbers.ErrVendor},
		{name: "a reading that fails half-way", caps: numberCaps(), list: func(context.Context, numbers.OrderQuery) iter.Seq2[*numbers.Order, error] {
			return sequence(failing, complete("o", "", other))
		}, kind: numbers.ErrVendor},
		{name: "a reading that fails after the order", caps: numberCaps(), list: func(context.Context, numbers.OrderQuery) iter.Seq2[*numbers.Order, error] {
			return sequence(failing, complete("o", "", one))
		}, kind: numbers.ErrVendor},
		{name: "an incomplete reading", caps: numberCaps(), list: func(context.Context, numbers.OrderQuery) iter.Seq2[*numbers.Order, error] {
			return sequence[numbers.Order](&numbers.Error{Kind: numbers.ErrIncomplete})
		}, kind: numbers.ErrIncomplete},
		{name: "an order that is nil", caps: numberCaps(), list: always(nil), kind: numbers.ErrVendor},
		{name: "another vendor's attempt", caps: numberCaps(), list: always(complete("o", "", one)), kind: numbers.ErrInvalid,
			change: func(a *numbers.Attempt) { a.Vendor = "another" }},
		{name: "an attempt without numbers", caps: numberCaps(), list: always(complete("o", "")), kind: numbers.ErrInvalid,
			change: func(a *numbers.Attempt) { a.Numbers = nil }},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				o := &scripted{caps: c.caps, list: c.list}
				a := attempt("mine", one)
				if c.change != nil {
					c.change(&a)
				}
				began := time.Now()
				r, err := numbers.Resolve(t.Context(), o, a)
				if c.kind != nil {
					require.ErrorIs(t, err, c.kind)
					assert.Zero(t, r)
					assert.Zero(t, time.Since(began))
					return
				}
				require.NoError(t, err)
				assert.Equal(t, c.want, r.Outcome)
				if c.want == numbers.Placed {
					assert.Equal(t, "o", r.Order.ID)
				} else {
					assert.Nil(t, r.Order)
				}
				if c.waits {
					assert.Equal(t, settle, time.Since(began))
				} else {
					assert.Zero(t, time.Since(began))
				}
				assert.Zero(t, o.counted("Place"))
			})
		})
	}
}

// TestResolvePage7 has the order in a real listing, at page 7, among others.
func TestResolvePage7(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: numberCaps()})
		list := several(80)
		m.Inject(numberstest.Fault{Kind: numberstest.LostReply, After: 67})
		var lost *numbers.Error
		for i, n := range list {
			_, err := m.Place(t.Context(), numbers.OrderRequest{Numbers: []numbers.E164{n}})
			if i == 67 {
				require.ErrorAs(t, err, &lost)
				continue
			}
			require.NoError(t, err)
		}
		r, err := numbers.Resolve(t.Context(), m, *lost.Attempt)
		require.NoError(t, err)
		assert.Equal(t, numbers.Placed, r.Outcome)
		assert.Equal(t, list[67:68], r.Order.Numbers())
	})
}

// TestResolveTiedGroup has a page full of orders of one moment, which the
// listing yields in another order each time.
func TestResolveTiedGroup(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		now := time.Now()
		var rows []*numbers.Order
		for i, n := range several(40) {
			o := complete(fmt.Sprint("o", i), "", n)
			o.Created = now
			rows = append(rows, o)
		}
		shift := 0
		o := &scripted{caps: numberCaps(), list: func(context.Context, numbers.OrderQuery) iter.Seq2[*numbers.Order, error] {
			shift += 17
			return sequence(nil, append(rows[shift%40:40:40], rows[:shift%40]...)...)
		}}
		for i, n := range several(40) {
			r, err := numbers.Resolve(t.Context(), o, attempt("", n))
			require.NoError(t, err)
			assert.Equal(t, fmt.Sprint("o", i), r.Order.ID)
		}
	})
}

// TestResolveLate lists the order only after a while.
func TestResolveLate(t *testing.T) {
	for after, want := range map[time.Duration]numbers.Outcome{
		settle / 2: numbers.Placed, settle: numbers.Placed, settle + time.Second: numbers.NotPlaced,
	} {
		synctest.Test(t, func(t *testing.T) {
			began := time.Now()
			o := &scripted{caps: numberCaps(), list: func(context.Context, numbers.OrderQuery) iter.Seq2[*numbers.Order, error] {
				if time.Since(began) < after {
					return sequence[numbers.Order](nil)
				}
				return sequence(nil, complete("o", "", one))
			}}
			r, err := numbers.Resolve(t.Context(), o, attempt("", one))
			require.NoError(t, err)
			assert.Equal(t, want, r.Outcome, "listed after %s", after)
		})
	}
}

// TestResolveAfterTheSettleTime needs one reading alone.
func TestResolveAfterTheSettleTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &scripted{caps: numberCaps(), list: always()}
		a := attempt("", one)
		time.Sleep(settle)
		r, err := numbers.Resolve(t.Context(), o, a)
		require.NoError(t, err)
		assert.Equal(t, numbers.NotPlaced, r.Outcome)
		assert.Equal(t, settle, time.Since(a.Ended), "it has waited enough")
		assert.Equal(t, 1, o.counted("Orders"))
	})
}

// TestResolveWithoutAnEnd resolves attempts whose process is gone. When they
// started proves nothing: a clock may have been set meanwhile.
func TestResolveWithoutAnEnd(t *testing.T) {
	for name, started := range map[string]time.Time{
		"a moment ago": time.Now(),
		"an hour ago":  time.Now().Add(-time.Hour),
		"ahead":        time.Now().Add(time.Hour),
		"unknown":      {},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a := attempt("", one)
				a.Started, a.Ended = started, time.Time{}
				began := time.Now()
				r, err := numbers.Resolve(t.Context(), &scripted{caps: numberCaps(), list: always()}, a)
				require.NoError(t, err)
				assert.Equal(t, numbers.NotPlaced, r.Outcome)
				assert.Equal(t, settle, time.Since(began))
			})
		})
	}
}

// TestResolveUnderWay waits for an attempt that may end later.
func TestResolveUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := attempt("", one)
		a.Ended = time.Now().Add(5 * time.Minute)
		began := time.Now()
		r, err := numbers.Resolve(t.Context(), &scripted{caps: numberCaps(), list: always()}, a)
		require.NoError(t, err)
		assert.Equal(t, numbers.NotPlaced, r.Outcome)
		assert.Equal(t, 5*time.Minute+settle, time.Since(began))
	})
}

func TestResolveShallowListings(t *testing.T) {
	shallow := func(o *numbers.Order) *numbers.Order {
		row := *o
		row.Items = nil
		return &row
	}
	mine, theirs := complete("o", "mine", one), complete("o2", "theirs", several(2)[1])
	orders := map[string]*numbers.Order{"o": mine, "o2": theirs}
	read := func(_ context.Context, id string) (*numbers.Order, error) { return orders[id], nil }
	secretive := func(_ context.Context, id string) (*numbers.Order, error) { return shallow(orders[id]), nil }
	broken := func(context.Context, string) (*numbers.Order, error) {
		return nil, &numbers.Error{Kind: numbers.ErrUnreachable}
	}
	for name, c := range map[string]struct {
		caps  numbers.Capabilities
		order func(context.Context, string) (*numbers.Order, error)
		want  numbers.Outcome
		kind  error
		reads int
	}{
		"read one by one":                {numberCaps(), read, numbers.Placed, nil, 2},
		"by reference, only one":         {referenceCaps(), read, numbers.Placed, nil, 1},
		"never told":                     {numberCaps(), secretive, "", numbers.ErrIncomplete, 1},
		"never told, but by reference":   {referenceCaps(), secretive, numbers.Placed, nil, 1},
		"the reading fails":              {numberCaps(), broken, "", numbers.ErrUnreachable, 1},
		"the reading of reference fails": {referenceCaps(), broken, "", numbers.ErrUnreachable, 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				o := &scripted{caps: c.caps, list: always(shallow(mine), shallow(theirs)), order: c.order}
				r, err := numbers.Resolve(t.Context(), o, attempt("mine", one))
				if c.kind != nil {
					require.ErrorIs(t, err, c.kind)
				} else {
					require.NoError(t, err)
				}
				assert.Equal(t, c.want, r.Outcome)
				assert.Equal(t, c.reads, o.counted("Order"))
			})
		})
	}
}

// TestResolveOwned: a number that the account has, and no order of it.
func TestResolveOwned(t *testing.T) {
	for name, c := range map[string]struct {
		caps   numbers.Capabilities
		owned  []*numbers.Number
		list   []*numbers.Order
		before []string
		want   numbers.Outcome
		kind   error
	}{
		"not owned":                {numberCaps(), nil, nil, nil, numbers.NotPlaced, nil},
		"owned without an order":   {numberCaps(), []*numbers.Number{{ID: "n", E164: one, State: numbers.NumberActive}}, nil, nil, "", numbers.ErrConflict},
		"owned from before":        {numberCaps(), []*numbers.Number{{ID: "n", E164: one, State: numbers.NumberActive}}, nil, []string{"n"}, numbers.NotPlaced, nil},
		"owned from before, anew":  {numberCaps(), []*numbers.Number{{ID: "n2", E164: one}, {ID: "n", E164: one}}, nil, []string{"n"}, "", numbers.ErrConflict},
		"released":                 {numberCaps(), []*numbers.Number{{ID: "n", E164: one, State: numbers.NumberReleased}}, nil, nil, numbers.NotPlaced, nil},
		"another number is owned":  {numberCaps(), []*numbers.Number{{ID: "n", E164: several(2)[1], State: numbers.NumberActive}}, nil, nil, numbers.NotPlaced, nil},
		"owned by another's order": {referenceCaps(), []*numbers.Number{{ID: "n", E164: one}}, []*numbers.Order{complete("o", "theirs", one)}, nil, numbers.NotPlaced, nil},
		"owned by nobody's order":  {referenceCaps(), []*numbers.Number{{ID: "n", E164: one}}, []*numbers.Order{complete("o", "theirs", several(2)[1])}, nil, "", numbers.ErrConflict},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &scripted{caps: c.caps, list: always(c.list...)}
				s.caps.Can = numbers.CanListOwned
				s.inv = func(context.Context, numbers.OwnedQuery) iter.Seq2[*numbers.Number, error] {
					return sequence(nil, c.owned...)
				}
				a := attempt("mine", one)
				a.Before = c.before
				r, err := numbers.Resolve(t.Context(), stocked{s}, a)
				if c.kind != nil {
					require.ErrorIs(t, err, c.kind)
					assert.ErrorContains(t, err, string(one))
				} else {
					require.NoError(t, err)
				}
				assert.Equal(t, c.want, r.Outcome)
			})
		})
	}
	t.Run("orders of others that can't be read", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s := &scripted{caps: referenceCaps()}
			s.caps.Can = numbers.CanListOwned
			s.inv = func(context.Context, numbers.OwnedQuery) iter.Seq2[*numbers.Number, error] {
				return sequence(nil, &numbers.Number{ID: "n", E164: one})
			}
			s.list = func(_ context.Context, q numbers.OrderQuery) iter.Seq2[*numbers.Order, error] {
				if q.Reference != "" {
					return sequence[numbers.Order](nil)
				}
				return sequence[numbers.Order](&numbers.Error{Kind: numbers.ErrForbidden})
			}
			_, err := numbers.Resolve(t.Context(), stocked{s}, attempt("mine", one))
			require.ErrorIs(t, err, numbers.ErrForbidden)
		})
	})
	t.Run("an inventory that can't be read", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s := &scripted{caps: numberCaps(), list: always()}
			s.caps.Can = numbers.CanListOwned
			s.inv = func(context.Context, numbers.OwnedQuery) iter.Seq2[*numbers.Number, error] {
				return sequence[numbers.Number](&numbers.Error{Kind: numbers.ErrUnauthorized})
			}
			_, err := numbers.Resolve(t.Context(), stocked{s}, attempt("", one))
			require.ErrorIs(t, err, numbers.ErrUnauthorized)
		})
	})
}
