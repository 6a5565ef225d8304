package numbers_test

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
)

var update = flag.Bool("update", false, "write the golden files")

// goldenJSON compares the JSON of a value with testdata, reads it back as T, and writes it
// again: nothing is lost on the way.
func goldenJSON[T any](t *testing.T, name string, value T) T {
	t.Helper()
	got, err := json.MarshalIndent(value, "", "  ")
	require.NoError(t, err, name)
	got = append(got, '\n')
	file := filepath.Join("testdata", name+".json")
	if *update {
		require.NoError(t, os.WriteFile(file, got, 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, string(want), string(got), name)
	var back T
	require.NoError(t, json.Unmarshal(want, &back), name)
	again, err := json.MarshalIndent(back, "", "  ")
	require.NoError(t, err, name)
	assert.Equal(t, string(want), string(again)+"\n", name)
	return back
}

// full returns a T in which every field that JSON has is set.
func full[T any](t *testing.T) T {
	t.Helper()
	var v T
	fill(t, reflect.ValueOf(&v).Elem(), 0)
	return v
}

var (
	someTime  = time.Date(2026, 3, 1, 12, 0, 0, 123456789, time.UTC)
	someError = &numbers.Error{
		Op: "Place", Vendor: "telnyx", Account: "main", Kind: numbers.ErrNumberUnavailable, Field: "Numbers[0]", Numbers: several(1), Refused: several(1), Status: 422,
		Code: "10027", Message: "the number is gone", RequestID: "r-1", RetryAfter: 1500 * time.Millisecond, HeldBy: "job-0", Err: io.EOF,
	}
)

// fill sets every field of a value.
func fill(t *testing.T, v reflect.Value, depth int) {
	t.Helper()
	require.Less(t, depth, 10)
	switch v.Interface().(type) {
	case time.Time:
		v.Set(reflect.ValueOf(someTime))
		return
	case numbers.Money:
		v.Set(reflect.ValueOf(*usd("1.50")))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString("text")
		if v.Type() == reflect.TypeFor[numbers.E164]() {
			v.SetString(string(one))
		}
	case reflect.Int:
		v.SetInt(7)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(t, v.Elem(), depth+1)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(t, v.Index(0), depth+1)
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fill(t, v.Field(i), depth+1)
			}
		}
	case reflect.Interface:
		if v.Type() == reflect.TypeFor[error]() {
			v.Set(reflect.ValueOf(someError))
		} else {
			v.Set(reflect.ValueOf("the vendor's own")) // Native, which is left out
		}
	default:
		t.Fatalf("a %s has no value here", v.Type())
	}
}

// What others have stored stays readable: snake_case, Native left out, errors with their
// kind as text. Every field is in the files, also one that is added.
func TestTheJSONOfTheContractIsStable(t *testing.T) {
	goldenJSON(t, "order", full[numbers.Order](t))
	goldenJSON(t, "order_least", numbers.Order{Vendor: "telnyx", ID: "o", State: numbers.StatePending, Count: 1})
	goldenJSON(t, "number", full[numbers.Number](t))
	goldenJSON(t, "number_least", numbers.Number{Vendor: "telnyx", ID: "n", State: numbers.NumberActive})
	goldenJSON(t, "offer", full[numbers.Offer](t))
	goldenJSON(t, "quotation", full[numbers.Quotation](t))
	goldenJSON(t, "resolution", full[numbers.Resolution](t))

	item := goldenJSON(t, "item", full[numbers.Item](t))
	require.ErrorIs(t, item.Err, numbers.ErrNumberUnavailable)
	item = goldenJSON(t, "item_least", numbers.Item{State: numbers.StatePending})
	require.NoError(t, item.Err)

	event := goldenJSON(t, "event", full[numbers.Event](t))
	require.ErrorIs(t, event.Err, numbers.ErrNumberUnavailable)
	event = goldenJSON(t, "event_least", numbers.Event{Kind: numbers.EventSent, Time: someTime, Vendor: "telnyx", Numbers: several(1)})
	require.NoError(t, event.Err)
}

// What of a request is no data is left out.
func TestTheJSONOfARequestHasItsDataOnly(t *testing.T) {
	assign := full[numbers.Assignment](t)
	goldenJSON(t, "order_request", numbers.OrderRequest{Numbers: several(2), Reference: "job", Assign: &assign})
	encoded, err := json.Marshal(numbers.OrderRequest{Numbers: several(1), Native: &assign, Begin: func(context.Context) (time.Time, error) { return time.Time{}, nil }})
	require.NoError(t, err)
	assert.JSONEq(t, `{"numbers":["+12025550000"]}`, string(encoded))
	goldenJSON(t, "reserve_request", full[numbers.ReserveRequest](t))
}

// An error keeps all but its cause, of which it keeps the text.
func TestTheJSONOfAnErrorIsStable(t *testing.T) {
	back := goldenJSON(t, "error", someError)
	assert.Equal(t, someError.RetryAfter, back.RetryAfter)
	require.ErrorIs(t, back, numbers.ErrNumberUnavailable)
	require.NotErrorIs(t, back, io.EOF)

	attempt := full[numbers.Attempt](t)
	unknown := goldenJSON(t, "error_unknown", &numbers.Error{Op: "Place", Vendor: "telnyx", Kind: numbers.ErrOutcomeUnknown, Attempt: &attempt, Err: io.ErrUnexpectedEOF})
	require.ErrorIs(t, unknown, numbers.ErrOutcomeUnknown)
	assert.Equal(t, attempt, *unknown.Attempt)
	least := goldenJSON(t, "error_least", &numbers.Error{})
	assert.NoError(t, least.Kind)

	encoded, err := json.Marshal((*numbers.Error)(nil))
	require.NoError(t, err)
	assert.Equal(t, "null", string(encoded))
}

// Each kind is read back as itself, so that errors.Is works on a stored error.
func TestEveryKindSurvivesJSON(t *testing.T) {
	for _, kind := range append(allKinds(), numbers.ErrOutcomeUnknown) {
		encoded, err := json.Marshal(&numbers.Error{Kind: kind})
		require.NoError(t, err)
		var back numbers.Error
		require.NoError(t, json.Unmarshal(encoded, &back))
		require.ErrorIs(t, &back, kind)
		for _, other := range allKinds() {
			if !errors.Is(kind, other) {
				require.NotErrorIs(t, &back, other)
			}
		}
	}
	var back numbers.Error
	require.NoError(t, json.Unmarshal([]byte(`{"kind":"a kind of tomorrow","error":"x"}`), &back))
	require.EqualError(t, back.Kind, "a kind of tomorrow")
	require.Error(t, json.Unmarshal([]byte(`{"kind":7}`), &back))
}

// An error that is no *Error is written with the kind that it has.
func TestAnyErrorOfAnItemIsWritten(t *testing.T) {
	for _, c := range []struct {
		err  error
		kind error
	}{{io.EOF, numbers.ErrVendor}, {fmt.Errorf("outer: %w", &numbers.Error{Kind: numbers.ErrLocked}), numbers.ErrLocked}, {numbers.ErrConflict, numbers.ErrConflict}} {
		encoded, err := json.Marshal([]any{numbers.Item{Err: c.err}, numbers.ReservedItem{Err: c.err}, numbers.Event{Err: c.err}})
		require.NoError(t, err)
		var list []struct {
			Error *numbers.Error `json:"error"`
		}
		require.NoError(t, json.Unmarshal(encoded, &list))
		for _, written := range list {
			require.ErrorIs(t, written.Error, c.kind)
			assert.Contains(t, written.Error.Message, c.err.Error())
		}
	}
}

// What can't be read is an error, and changes no kind of it silently.
func TestJSONOfAnotherTypeIsRefused(t *testing.T) {
	require.Error(t, json.Unmarshal([]byte(`{"state":7}`), new(numbers.Item)))
	require.Error(t, json.Unmarshal([]byte(`{"kind":7}`), new(numbers.Event)))
	require.Error(t, json.Unmarshal([]byte(`{"error":"text"}`), new(numbers.Item)))
}

// What is read of a row, an event or an error is written so that it is read as the same.
func FuzzJSON(f *testing.F) {
	f.Add([]byte(`{"e164":"+12025550100","state":"failed","error":{"kind":"number unavailable","message":"sold"}}`))
	f.Add([]byte(`{"kind":"unknown","vendor":"acme","error":{"op":"Place","status":500,"attempt":{"id":"a"}}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		readsTwice[numbers.Item](t, data)
		readsTwice[numbers.Event](t, data)
		readsTwice[numbers.Error](t, data)
	})
}

func readsTwice[T any](t *testing.T, data []byte) {
	t.Helper()
	var first, second T
	if json.Unmarshal(data, &first) != nil {
		return
	}
	once, err := json.Marshal(&first)
	if err != nil {
		return // a time or an amount that JSON can't have
	}
	require.NoError(t, json.Unmarshal(once, &second))
	again, err := json.Marshal(&second)
	require.NoError(t, err)
	assert.Equal(t, string(once), string(again))
}
