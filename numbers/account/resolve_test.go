package account_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// lost is an attempt whose answer was lost just now, and that no journal has.
func lost(reference string, list ...numbers.E164) numbers.Attempt {
	now := time.Now()
	return numbers.Attempt{Vendor: "script", Reference: reference, Numbers: list, Started: now, Ended: now}
}

// resolveOne resolves one attempt.
func resolveOne(ctx context.Context, a *account.Account, attempt numbers.Attempt) (numbers.Resolution, error) {
	all, err := a.Resolve(ctx, attempt)
	if len(all) != 1 {
		return numbers.Resolution{}, errors.New("there is no answer for the attempt")
	}
	if !errors.Is(err, all[0].Err) {
		return numbers.Resolution{}, errors.New("the error of the attempt is not among those that are returned")
	}
	return all[0].Resolution, err
}

// What became of an order for one number, by the reference "mine".
func TestResolveFindsWhatBecameOfAnAttempt(t *testing.T) {
	other := numbers.E164("+12025559999")
	failing := errors.New("connection reset")
	many := func(a *numbers.Attempt) { a.Numbers = []numbers.E164{one, other} }
	for name, c := range map[string]struct {
		caps    numbers.Capabilities
		list    []*numbers.Order
		fails   error // after the list
		change  func(*numbers.Attempt)
		outcome numbers.Outcome
		kind    error
		// the time that it takes
		at time.Duration
	}{
		"placed":                             {caps: byNumber(0), list: []*numbers.Order{complete("o", "", one)}, outcome: numbers.Placed},
		"placed, by reference":               {caps: byReference(0), list: []*numbers.Order{complete("o", "mine", one)}, outcome: numbers.Placed},
		"not placed":                         {caps: byNumber(0), list: []*numbers.Order{complete("o", "", other)}, outcome: numbers.NotPlaced, at: delay},
		"nothing at all":                     {caps: byNumber(0), outcome: numbers.NotPlaced, at: delay},
		"the same row twice":                 {caps: byNumber(0), list: []*numbers.Order{complete("o", "", one), complete("o", "", one)}, outcome: numbers.Placed},
		"two orders":                         {caps: byNumber(0), list: []*numbers.Order{complete("o1", "", one), complete("o2", "", one)}, kind: numbers.ErrConflict, at: 2 * time.Second},
		"two orders of one reference":        {caps: byReference(0), list: []*numbers.Order{complete("o1", "mine", one), complete("o2", "mine", one)}, kind: numbers.ErrConflict, at: 2 * time.Second},
		"from before":                        {caps: byNumber(0), list: []*numbers.Order{complete("old", "", one)}, outcome: numbers.NotPlaced, at: delay, change: func(a *numbers.Attempt) { a.Before = []string{"older", "OLD"} }},
		"one from before, and a new one":     {caps: byNumber(0), list: []*numbers.Order{complete("old", "", one), complete("o", "", one)}, outcome: numbers.Placed, change: func(a *numbers.Attempt) { a.Before = []string{"old"} }},
		"another reference":                  {caps: byReference(0), list: []*numbers.Order{complete("o", "theirs", one)}, outcome: numbers.NotPlaced, at: delay},
		"the reference, with other numbers":  {caps: byReference(0), list: []*numbers.Order{complete("o", "mine", other)}, outcome: numbers.NotPlaced, at: delay},
		"the reference, and one number more": {caps: byReference(0), list: []*numbers.Order{complete("o", "mine", one, other)}, kind: numbers.ErrConflict, at: 2 * time.Second},
		"one number more":                    {caps: byNumber(0), list: []*numbers.Order{complete("o", "", one, other)}, outcome: numbers.NotPlaced, at: delay},
		"one number fewer":                   {caps: byNumber(0), list: []*numbers.Order{complete("o", "", other)}, kind: numbers.ErrConflict, change: many, at: 2 * time.Second},
		"a failed one, a number fewer":       {caps: byNumber(0), list: []*numbers.Order{in(numbers.StateFailed, "o", "", other)}, outcome: numbers.NotPlaced, change: many, at: delay},
		"the reference, one number fewer":    {caps: byReference(0), list: []*numbers.Order{complete("o", "mine", other)}, outcome: numbers.Placed, change: many},
		"the numbers in another order":       {caps: byNumber(0), list: []*numbers.Order{complete("o", "", other, one)}, outcome: numbers.Placed, change: many},
		"a reading that may not pass":        {caps: byNumber(0), fails: &numbers.Error{Kind: numbers.ErrForbidden}, kind: numbers.ErrForbidden},
		"another vendor's attempt":           {caps: byNumber(0), list: []*numbers.Order{complete("o", "", one)}, kind: numbers.ErrInvalid, change: func(a *numbers.Attempt) { a.Vendor = "another" }},
		"another account's attempt":          {caps: byNumber(0), list: []*numbers.Order{complete("o", "", one)}, kind: numbers.ErrInvalid, change: func(a *numbers.Attempt) { a.Account = "another" }},
		"an attempt without numbers":         {caps: byNumber(0), list: []*numbers.Order{complete("o", "")}, kind: numbers.ErrInvalid, change: func(a *numbers.Attempt) { a.Numbers = nil }},
		// These are read again until the reading has failed seven times since it could prove something.
		"a reading that fails at once":        {caps: byNumber(0), fails: failing, kind: numbers.ErrVendor, at: delay + 61*time.Second},
		"a reading that fails half-way":       {caps: byNumber(0), list: []*numbers.Order{complete("o", "", other)}, fails: failing, kind: numbers.ErrVendor, at: delay + 61*time.Second},
		"a reading that fails after an order": {caps: byNumber(0), list: []*numbers.Order{complete("o", "", one), complete("x", "", one)}, fails: failing, kind: numbers.ErrVendor, at: delay + 61*time.Second},
		"an incomplete reading":               {caps: byNumber(0), fails: &numbers.Error{Kind: numbers.ErrIncomplete}, kind: numbers.ErrIncomplete, at: delay + 61*time.Second},
		"an order that is nil":                {caps: byNumber(0), list: []*numbers.Order{nil}, kind: numbers.ErrVendor, at: delay + 61*time.Second},
		"an order without an id":              {caps: byNumber(0), list: []*numbers.Order{complete("", "", one)}, kind: numbers.ErrVendor, at: delay + 61*time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &scripted{caps: c.caps}
				s.list = func(context.Context, numbers.OrderQuery) seqOfOrders { return sequence(c.fails, c.list...) }
				a := lost("mine", one)
				if c.change != nil {
					c.change(&a)
				}
				began := time.Now()
				r, err := resolveOne(t.Context(), open(t, s), a)
				assert.Equal(t, c.at, time.Since(began))
				assert.Zero(t, s.counted("Place"))
				if c.kind != nil {
					require.ErrorIs(t, err, c.kind)
					assert.Zero(t, r)
					return
				}
				require.NoError(t, err)
				assert.Equal(t, c.outcome, r.Outcome)
				if c.outcome == numbers.Placed {
					assert.Equal(t, "o", r.Order.ID)
					assert.Equal(t, "main", r.Order.Account)
				} else {
					assert.Nil(t, r.Order)
				}
			})
		})
	}
}

// The order is on page 7 of a listing, among others.
func TestResolveReadsTheWholeListing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: byNumber(0)})
		list := several(80)
		m.Inject(numberstest.Fault{Kind: numberstest.LostReply, After: 67})
		var unknown *numbers.Error
		for i, n := range list {
			_, err := m.Place(t.Context(), numbers.OrderRequest{Numbers: []numbers.E164{n}})
			if i == 67 {
				require.ErrorAs(t, err, &unknown)
				continue
			}
			require.NoError(t, err)
		}
		r, err := resolveOne(t.Context(), open(t, m), *unknown.Attempt)
		require.NoError(t, err)
		assert.Equal(t, numbers.Placed, r.Outcome)
		assert.Equal(t, list[67:68], r.Order.Numbers())
	})
}

// A page full of orders of one moment comes in another order each time.
func TestResolveNeedsNoOrderOfTheRows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		now := time.Now()
		var rows []*numbers.Order
		for i, n := range several(40) {
			o := complete(fmt.Sprint("o", i), "", n)
			o.Created = now
			rows = append(rows, o)
		}
		shift := 0
		s := &scripted{caps: byNumber(0), list: func(context.Context, numbers.OrderQuery) seqOfOrders {
			shift += 17
			return sequence(nil, append(rows[shift%40:40:40], rows[:shift%40]...)...)
		}}
		a := open(t, s)
		for i, n := range several(40) {
			r, err := resolveOne(t.Context(), a, lost("", n))
			require.NoError(t, err)
			assert.Equal(t, fmt.Sprint("o", i), r.Order.ID)
		}
	})
}

// A vendor's date excludes an order only if it is more than ClockSlack before the attempt.
func TestOnlyAnOldOrderIsExcludedByItsDate(t *testing.T) {
	for age, placed := range map[time.Duration]bool{
		-time.Hour: true, 0: true, numbers.ClockSlack: true, numbers.ClockSlack + time.Second: false, 24 * time.Hour: false,
	} {
		t.Run(age.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				o := complete("o", "", one)
				o.Created = time.Now().Add(-age)
				r, err := resolveOne(t.Context(), open(t, &scripted{caps: byNumber(0), list: always(o)}), lost("", one))
				require.NoError(t, err)
				assert.Equal(t, map[bool]numbers.Outcome{true: numbers.Placed, false: numbers.NotPlaced}[placed], r.Outcome)
			})
		})
	}
}

// Orders in a listing may lack their numbers. Those that may be the attempt's are read.
func TestAListingWithoutNumbersIsReadOrderByOrder(t *testing.T) {
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
		return nil, &numbers.Error{Kind: numbers.ErrForbidden}
	}
	for name, c := range map[string]struct {
		caps  numbers.Capabilities
		order func(context.Context, string) (*numbers.Order, error)
		want  numbers.Outcome
		kind  error
		reads int
	}{
		"read one by one":              {byNumber(0), read, numbers.Placed, nil, 2},
		"by reference, only one":       {byReference(0), read, numbers.Placed, nil, 1},
		"never shown, by reference":    {byReference(0), secretive, numbers.Placed, nil, 1},
		"the reading fails":            {byNumber(0), broken, "", numbers.ErrForbidden, 1},
		"by reference, and it fails":   {byReference(0), broken, "", numbers.ErrForbidden, 1},
		"never shown, so not excluded": {byNumber(0), secretive, "", numbers.ErrIncomplete, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &scripted{caps: c.caps, list: listing(shallow(mine), shallow(theirs)), order: c.order}
				r, err := resolveOne(t.Context(), open(t, s), lost("mine", one))
				require.ErrorIs(t, err, c.kind)
				assert.Equal(t, c.want, r.Outcome)
				if c.reads > 0 {
					assert.Equal(t, c.reads, s.counted("Order"))
				}
			})
		})
	}
}

// A number that the account has, and no order of it: something contradicts itself, unless
// the number was there before, or came by another order.
func TestAnOwnedNumberWithoutAnOrderIsAContradiction(t *testing.T) {
	number := func(id string, state numbers.NumberState, n numbers.E164) *numbers.Number {
		return &numbers.Number{Vendor: "script", ID: id, E164: n, State: state}
	}
	active := number("n", numbers.NumberActive, one)
	for name, c := range map[string]struct {
		caps   numbers.Capabilities
		owned  []*numbers.Number
		list   []*numbers.Order
		before []string
		want   numbers.Outcome
		kind   error
	}{
		"not owned":                {byNumber(0), nil, nil, nil, numbers.NotPlaced, nil},
		"owned without an order":   {byNumber(0), []*numbers.Number{active}, nil, nil, "", numbers.ErrConflict},
		"owned from before":        {byNumber(0), []*numbers.Number{active}, nil, []string{"N"}, numbers.NotPlaced, nil},
		"owned from before, anew":  {byNumber(0), []*numbers.Number{number("n2", "", one), active}, nil, []string{"n"}, "", numbers.ErrConflict},
		"released":                 {byNumber(0), []*numbers.Number{number("n", numbers.NumberReleased, one)}, nil, nil, numbers.NotPlaced, nil},
		"another number is owned":  {byNumber(0), []*numbers.Number{number("n", numbers.NumberActive, several(2)[1])}, nil, nil, numbers.NotPlaced, nil},
		"owned by another's order": {byReference(0), []*numbers.Number{active}, []*numbers.Order{complete("o", "theirs", one)}, nil, numbers.NotPlaced, nil},
		"owned by no order":        {byReference(0), []*numbers.Number{active}, []*numbers.Order{complete("o", "theirs", several(2)[1])}, nil, "", numbers.ErrConflict},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &scripted{caps: c.caps, list: listing(c.list...), inv: holding(c.owned...)}
				s.caps.Can = numbers.CanListOwned
				a := lost("mine", one)
				a.Before = c.before
				r, err := resolveOne(t.Context(), open(t, stocked{s}), a)
				require.ErrorIs(t, err, c.kind)
				if c.kind != nil {
					assert.ErrorContains(t, err, string(one))
				}
				assert.Equal(t, c.want, r.Outcome)
			})
		})
	}
}

// What can't be read shows nothing.
func TestAnInventoryThatCannotBeReadProvesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &scripted{caps: byNumber(0), list: always()}
		s.caps.Can = numbers.CanListOwned
		s.inv = func(context.Context, numbers.OwnedQuery) seqOfNumbers {
			return sequence[numbers.Number](&numbers.Error{Kind: numbers.ErrUnauthorized})
		}
		_, err := resolveOne(t.Context(), open(t, stocked{s}), lost("", one))
		require.ErrorIs(t, err, numbers.ErrUnauthorized)

		s.caps.FoundBy = numbers.ByReference
		s.inv = holding(&numbers.Number{Vendor: "script", ID: "n", E164: one})
		s.list = func(_ context.Context, q numbers.OrderQuery) seqOfOrders {
			if q.Reference != "" {
				return sequence[numbers.Order](nil)
			}
			return sequence[numbers.Order](&numbers.Error{Kind: numbers.ErrForbidden})
		}
		_, err = resolveOne(t.Context(), open(t, stocked{s}), lost("mine", one))
		require.ErrorIs(t, err, numbers.ErrForbidden)
	})
}
