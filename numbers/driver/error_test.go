package driver_test

import (
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
)

// vendorError is a vendor's own typed error.
type vendorError struct{ detail string }

func (e *vendorError) Error() string { return e.detail }

func clientError(kind error) *numbers.Error {
	return &numbers.Error{
		Op: "NumberOrders.Create", Vendor: "acme", Kind: kind, Status: 422, Code: "10027", Message: "no such number", RequestID: "r1",
		RetryAfter: time.Second, Err: &vendorError{"10027"},
	}
}

func TestErrorNamesTheOperationAndTheNumbers(t *testing.T) {
	inner := clientError(numbers.ErrNumberUnavailable)
	list := []numbers.E164{aNumber, anotherOne}
	e := asError(t, driver.Error(fmt.Errorf("wrapped: %w", inner), "Quote", list...))
	list[0] = "+19995550100" // the caller goes on to use it

	want := *inner
	want.Op, want.Numbers = "Quote", []numbers.E164{aNumber, anotherOne}
	assert.Equal(t, want, *e)
	own, ok := errors.AsType[*vendorError](e)
	require.True(t, ok, "the chain below it stays")
	assert.Equal(t, "10027", own.detail)
	assert.Equal(t, "NumberOrders.Create", inner.Op, "the client's error is not changed")
	assert.Empty(t, inner.Numbers)
}

func TestErrorKeepsTheNumbersThatItHas(t *testing.T) {
	inner := clientError(numbers.ErrNotFound)
	inner.Numbers = []numbers.E164{aNumber}
	assert.Equal(t, []numbers.E164{aNumber}, asError(t, driver.Error(inner, "Order")).Numbers)
}

func TestErrorGivesTheAttemptTheNumbers(t *testing.T) {
	inner := clientError(numbers.ErrOutcomeUnknown)
	inner.Attempt = &numbers.Attempt{Vendor: "acme", Status: 504}
	list := []numbers.E164{aNumber}
	e := asError(t, driver.Error(inner, "Place", list...))
	list[0] = anotherOne
	assert.Equal(t, numbers.Attempt{Vendor: "acme", Status: 504, Numbers: []numbers.E164{aNumber}}, *e.Attempt)
	assert.Empty(t, inner.Attempt.Numbers, "the client's attempt is not changed")
}

func TestErrorLeavesOthersAlone(t *testing.T) {
	require.NoError(t, driver.Error(nil, "Place"))
	assert.Equal(t, io.ErrUnexpectedEOF, driver.Error(io.ErrUnexpectedEOF, "Place", aNumber))
	require.NoError(t, driver.PlaceError(nil, numbers.OrderRequest{}))
	assert.Equal(t, io.ErrUnexpectedEOF, driver.PlaceError(io.ErrUnexpectedEOF, numbers.OrderRequest{}, aNumber))
}

func TestPlaceErrorOfAnUnknownOutcome(t *testing.T) {
	both := []numbers.E164{aNumber, anotherOne}
	for name, tt := range map[string]struct{ reference, want string }{
		"has the caller's reference": {theReference, theReference},
		"keeps the one that it has":  {"", "the vendor's"},
	} {
		t.Run(name, func(t *testing.T) {
			inner := clientError(numbers.ErrOutcomeUnknown)
			inner.Attempt = &numbers.Attempt{Vendor: "acme", Reference: "the vendor's"}
			e := asError(t, driver.PlaceError(inner, numbers.OrderRequest{Numbers: both, Reference: tt.reference}, aNumber))
			assert.Equal(t, "Place", e.Op)
			assert.Equal(t, both, e.Numbers, "all of them may have been bought")
			assert.Equal(t, numbers.Attempt{Vendor: "acme", Reference: tt.want, Numbers: both}, *e.Attempt)
			assert.Equal(t, "the vendor's", inner.Attempt.Reference, "the client's attempt is not changed")
		})
	}
}

func TestPlaceErrorNamesTheRefusedNumbers(t *testing.T) {
	both := []numbers.E164{aNumber, anotherOne}
	e := asError(t, driver.PlaceError(clientError(numbers.ErrNumberUnavailable), numbers.OrderRequest{Numbers: both}, anotherOne))
	assert.Equal(t, []numbers.E164{anotherOne}, e.Numbers)
	e = asError(t, driver.PlaceError(clientError(numbers.ErrNumberUnavailable), numbers.OrderRequest{Numbers: both}))
	assert.Equal(t, both, e.Numbers, "the vendor names none")
}

func TestRefused(t *testing.T) {
	list := []numbers.E164{aNumber}
	e := asError(t, driver.Refused("acme", "Place", numbers.ErrInvalid, "Numbers", "too many", list...))
	list[0] = anotherOne
	assert.Equal(t, numbers.Error{
		Op: "Place", Vendor: "acme", Kind: numbers.ErrInvalid, Field: "Numbers", Message: "too many", Numbers: []numbers.E164{aNumber},
	}, *e)
}

func TestFailed(t *testing.T) {
	seq := driver.Failed[numbers.Order](io.ErrUnexpectedEOF)
	for range 2 { // it can be ranged over again
		count := 0
		for order, err := range seq {
			count++
			assert.Nil(t, order)
			assert.Equal(t, io.ErrUnexpectedEOF, err)
		}
		assert.Equal(t, 1, count)
	}
}

// asError is err as the outermost *numbers.Error.
func asError(t *testing.T, err error) *numbers.Error {
	t.Helper()
	e, ok := any(err).(*numbers.Error) // it is the outermost
	require.True(t, ok, "%T: %v", err, err)
	return e
}
