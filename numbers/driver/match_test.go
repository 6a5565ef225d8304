package driver_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
)

// started is when the attempts of these tests began.
var started = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// attempt is one that is over, without a reference.
func attempt(list ...numbers.E164) numbers.Attempt {
	return numbers.Attempt{ID: "a1", Vendor: "acme", Numbers: list, Started: started, Ended: started.Add(time.Minute)}
}

// referenced is an attempt by theReference.
func referenced(list ...numbers.E164) numbers.Attempt {
	a := attempt(list...)
	a.Reference = theReference
	return a
}

// with changes an order.
func with(o *numbers.Order, change func(*numbers.Order)) *numbers.Order {
	change(o)
	return o
}

func created(o *numbers.Order, at time.Time) *numbers.Order {
	return with(o, func(o *numbers.Order) { o.Created = at })
}

func by(reference string, o *numbers.Order) *numbers.Order {
	return with(o, func(o *numbers.Order) { o.Reference = reference })
}

// in gives an order and all its items a state.
func in(state numbers.State, o *numbers.Order) *numbers.Order {
	return with(o, func(o *numbers.Order) {
		o.State = state
		for i := range o.Items {
			o.Items[i].State = state
		}
	})
}

// ruling is what a listing shows of an attempt: the order "o1", nothing, or an error.
type ruling struct {
	attempt numbers.Attempt
	listed  []*numbers.Order
	byID    *numbers.Order // what a reading by id returns, if not the row itself
	byIDErr error

	placed bool
	asked  bool  // it is missing, and what that means is the vendor's to say
	err    error // else, without an error, it is NotPlaced
	text   string
	reads  int // by id
}

func before(a numbers.Attempt, ids ...string) numbers.Attempt {
	a.Before = ids
	return a
}

func (r ruling) check(t *testing.T, foundBy numbers.Recognition) {
	o := &scripted{foundBy: foundBy, listing: of(r.listed...), byIDErr: r.byIDErr}
	if r.byID != nil {
		o.byID = map[string]*numbers.Order{"o1": r.byID}
	}
	asked := 0
	resolutions, errs := resolve(t, o, func(numbers.Attempt) numbers.Resolution {
		asked++
		return numbers.Resolution{Outcome: numbers.Repeatable, MaybeSold: true}
	}, r.attempt)
	assert.Len(t, o.reads, r.reads, "readings by id")
	if r.err != nil {
		e := asError(t, errs[0])
		require.ErrorIs(t, e, r.err)
		assert.Contains(t, e.Error(), r.text)
		assert.Equal(t, "Resolve", e.Op)
		assert.Equal(t, "acme", e.Vendor)
		assert.Equal(t, r.attempt.Numbers, e.Numbers)
		assert.Empty(t, resolutions[0], "nothing is stated")
		return
	}
	require.NoError(t, errs[0])
	switch {
	case r.placed:
		assert.Equal(t, numbers.Placed, resolutions[0].Outcome)
		require.NotNil(t, resolutions[0].Order)
		assert.Equal(t, "o1", resolutions[0].Order.ID)
	case r.asked:
		assert.Equal(t, numbers.Resolution{Outcome: numbers.Repeatable, MaybeSold: true}, resolutions[0])
	default:
		assert.Equal(t, numbers.Resolution{Outcome: numbers.NotPlaced}, resolutions[0])
	}
	assert.Equal(t, r.asked, asked == 1)
}

func TestMatchByNumber(t *testing.T) {
	old := started.Add(-numbers.ClockSlack - time.Millisecond)
	unknownStart := attempt(aNumber)
	unknownStart.Started = time.Time{}
	for name, r := range map[string]ruling{
		"its number":                 {attempt: attempt(aNumber), listed: []*numbers.Order{anOrder("o1", aNumber)}, placed: true},
		"its numbers, in any order":  {attempt: attempt(aNumber, anotherOne), listed: []*numbers.Order{anOrder("o1", anotherOne, aNumber)}, placed: true},
		"a failed order":             {attempt: attempt(aNumber), listed: []*numbers.Order{in(numbers.StateFailed, anOrder("o1", aNumber))}, placed: true},
		"the same row twice":         {attempt: attempt(aNumber), listed: []*numbers.Order{anOrder("o1", aNumber), anOrder("o1", aNumber)}, placed: true},
		"nothing":                    {attempt: attempt(aNumber), asked: true},
		"another number":             {attempt: attempt(aNumber), listed: []*numbers.Order{anOrder("o2", anotherOne)}, asked: true},
		"among others of the number": {attempt: before(attempt(aNumber), "o2"), listed: []*numbers.Order{anOrder("o2", aNumber), anOrder("o1", aNumber)}, placed: true},

		"as old as clocks differ":  {attempt: attempt(aNumber), listed: []*numbers.Order{created(anOrder("o1", aNumber), started.Add(-numbers.ClockSlack))}, placed: true},
		"dated after the attempt":  {attempt: attempt(aNumber), listed: []*numbers.Order{created(anOrder("o1", aNumber), started.Add(time.Hour))}, placed: true},
		"nobody knows the start":   {attempt: unknownStart, listed: []*numbers.Order{created(anOrder("o1", aNumber), old)}, placed: true},
		"older":                    {attempt: attempt(aNumber), listed: []*numbers.Order{created(anOrder("o2", aNumber), old)}},
		"older, and failed":        {attempt: attempt(aNumber), listed: []*numbers.Order{in(numbers.StateFailed, created(anOrder("o2", aNumber), old))}, asked: true},
		"older, and canceled":      {attempt: attempt(aNumber), listed: []*numbers.Order{in(numbers.StateCanceled, created(anOrder("o2", aNumber), old))}, asked: true},
		"there before":             {attempt: before(attempt(aNumber), "o9", "o2"), listed: []*numbers.Order{anOrder("o2", aNumber)}},
		"there, in other letters":  {attempt: before(attempt(aNumber), "AB-1"), listed: []*numbers.Order{anOrder("ab-1", aNumber)}},
		"there, in others again":   {attempt: before(attempt(aNumber), "ab-1"), listed: []*numbers.Order{anOrder("AB-1", aNumber)}},
		"there before, and failed": {attempt: before(attempt(aNumber), "o2"), listed: []*numbers.Order{in(numbers.StateFailed, anOrder("o2", aNumber))}, asked: true},

		"two match": {
			attempt: attempt(aNumber), listed: []*numbers.Order{anOrder("o1", aNumber), anOrder("o2", aNumber)},
			err: numbers.ErrConflict, text: `2 orders match, for example "o1" and "o2"`,
		},
		"some of its numbers": {
			attempt: attempt(aNumber, anotherOne), listed: []*numbers.Order{anOrder("o1", aNumber)},
			err: numbers.ErrConflict, text: "only some of its numbers",
		},
		"some of its numbers, and failed": {
			attempt: attempt(aNumber, anotherOne), listed: []*numbers.Order{in(numbers.StateFailed, anOrder("o2", aNumber))}, asked: true,
		},
		"some of its numbers, there before": {
			attempt: before(attempt(aNumber, anotherOne), "o2"), listed: []*numbers.Order{anOrder("o2", aNumber)},
		},
		"some before, and all of them since": {
			attempt: before(attempt(aNumber, anotherOne), "o2"), placed: true,
			listed: []*numbers.Order{in(numbers.StateFailed, anOrder("o2", aNumber)), anOrder("o1", aNumber, anotherOne)},
		},
		"a reference means nothing here": {attempt: referenced(aNumber), listed: []*numbers.Order{by("another", anOrder("o1", aNumber))}, placed: true},
	} {
		t.Run(name, func(t *testing.T) { r.check(t, numbers.ByNumber) })
	}
}

// TestMatchOfHiddenItems: a row that does not show all numbers is read by its id.
func TestMatchOfHiddenItems(t *testing.T) {
	for name, r := range map[string]ruling{
		"its numbers": {
			attempt: attempt(aNumber, anotherOne), listed: []*numbers.Order{counting(2)}, byID: anOrder("o1", aNumber, anotherOne), reads: 1, placed: true,
		},
		"another's numbers": {
			attempt: attempt(aNumber), listed: []*numbers.Order{counting(1)}, byID: anOrder("o1", anotherOne), reads: 1, asked: true,
		},
		"hidden in both": {
			attempt: attempt(aNumber, anotherOne), listed: []*numbers.Order{counting(2)}, byID: counting(2), reads: 1,
			err: numbers.ErrIncomplete, text: `does not show the numbers of order "o1"`,
		},
		"one of two hidden in both": {
			attempt: attempt(aNumber, anotherOne), listed: []*numbers.Order{counting(2, aNumber)}, byID: counting(2, aNumber), reads: 1,
			err: numbers.ErrIncomplete, text: `does not show the numbers of order "o1"`,
		},
		"hidden, and of another size": {
			attempt: attempt(aNumber), listed: []*numbers.Order{counting(2)}, byID: counting(2), reads: 1, asked: true,
		},
		"there before": {
			attempt: before(attempt(aNumber), "O1"), listed: []*numbers.Order{counting(1)}, byID: anOrder("o1", aNumber), asked: true,
		},
		"older": {
			attempt: attempt(aNumber), listed: []*numbers.Order{created(counting(1), started.Add(-time.Hour))}, byID: anOrder("o1", aNumber), asked: true,
		},
		"older, as its reading shows": {
			attempt: attempt(aNumber), listed: []*numbers.Order{counting(1)}, byID: created(anOrder("o1", aNumber), started.Add(-time.Hour)), reads: 1,
		},
		"read as another": {
			attempt: attempt(aNumber), listed: []*numbers.Order{counting(1)}, byID: anOrder("o2", aNumber), reads: 1,
			err: numbers.ErrIncomplete, text: `does not show the numbers of order "o1"`,
		},
		"not there any more, or not yet": {
			attempt: attempt(aNumber), listed: []*numbers.Order{counting(1)}, byIDErr: &numbers.Error{Kind: numbers.ErrNotFound}, reads: 1,
			err: numbers.ErrIncomplete, text: `does not show the numbers of order "o1"`,
		},
		"the reading fails": {
			attempt: attempt(aNumber), listed: []*numbers.Order{counting(1)}, byIDErr: &numbers.Error{Kind: numbers.ErrUnreachable}, reads: 1,
			err: numbers.ErrUnreachable, text: "the reading failed",
		},
	} {
		t.Run(name, func(t *testing.T) { r.check(t, numbers.ByNumber) })
	}
}

func TestMatchByReference(t *testing.T) {
	hidden := func(count int) *numbers.Order { return by(theReference, counting(count)) }
	for name, r := range map[string]ruling{
		"its reference and number": {attempt: referenced(aNumber), listed: []*numbers.Order{by(theReference, anOrder("o1", aNumber))}, placed: true},
		"some of its numbers": {
			attempt: referenced(aNumber, anotherOne), listed: []*numbers.Order{by(theReference, anOrder("o1", aNumber))}, placed: true,
		},
		"hidden, and of its size": {
			attempt: referenced(aNumber, anotherOne), listed: []*numbers.Order{hidden(2)}, byID: hidden(2), reads: 1, placed: true,
		},
		"hidden, and not there by id": {
			attempt: referenced(aNumber), listed: []*numbers.Order{hidden(1)}, byIDErr: &numbers.Error{Kind: numbers.ErrNotFound}, reads: 1, placed: true,
		},
		"hidden, and shown by id": {
			attempt: referenced(aNumber), listed: []*numbers.Order{hidden(1)}, byID: by(theReference, anOrder("o1", aNumber)), reads: 1, placed: true,
		},
		"hidden, and of another size": {
			attempt: referenced(aNumber), listed: []*numbers.Order{hidden(2)}, byID: hidden(2), reads: 1, asked: true,
		},
		"another number beside its own": {
			attempt: referenced(aNumber, anotherOne), listed: []*numbers.Order{by(theReference, anOrder("o1", aNumber, aThird))},
			err: numbers.ErrConflict, text: `order "o1" has the reference of the attempt and other numbers`,
		},
		"twice": {
			attempt: referenced(aNumber), err: numbers.ErrConflict, text: "2 orders match",
			listed: []*numbers.Order{by(theReference, anOrder("o1", aNumber)), by(theReference, anOrder("o2", aNumber))},
		},
		"there before":      {attempt: before(referenced(aNumber), "O2"), listed: []*numbers.Order{by(theReference, anOrder("o2", aNumber))}},
		"another reference": {attempt: referenced(aNumber), listed: []*numbers.Order{by("another", anOrder("o2", aNumber))}, asked: true},

		"without a reference":                     {attempt: attempt(aNumber), listed: []*numbers.Order{anOrder("o1", aNumber)}, placed: true},
		"without a reference, an order has one":   {attempt: attempt(aNumber), listed: []*numbers.Order{by("another", anOrder("o2", aNumber))}, asked: true},
		"without a reference, only some numbers":  {attempt: attempt(aNumber, anotherOne), listed: []*numbers.Order{anOrder("o1", aNumber)}, err: numbers.ErrConflict, text: "only some"},
		"without a reference, a hidden order":     {attempt: attempt(aNumber), listed: []*numbers.Order{counting(1)}, byID: anOrder("o1", aNumber), reads: 1, placed: true},
		"a reference that the order has not kept": {attempt: referenced(aNumber), listed: []*numbers.Order{anOrder("o2", aNumber)}, asked: true},
	} {
		t.Run(name, func(t *testing.T) { r.check(t, numbers.ByReference) })
	}
}
