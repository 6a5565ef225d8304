package telnyx_test

import (
	"maps"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/roundtrip"
	"github.com/tnkit/tnkit/telnyx"
)

// payload is the type of a fixture, and how it is sent through it.
type payload struct {
	into    func() any
	options []roundtrip.Option
}

// envelope is how Telnyx wraps a single object.
type envelope[T any] struct {
	Data T `json:"data"`
}

// as is a payload that is a T.
func as[T any](opts ...roundtrip.Option) payload {
	return payload{func() any { return new(T) }, opts}
}

// in is a payload that is a T in an envelope.
func in[T any](opts ...roundtrip.Option) payload { return as[envelope[T]](opts...) }

// payloads are all fixtures that are JSON.
func payloads() map[string]payload {
	orderNulls := roundtrip.Nullable("data.connection_id", "data.messaging_profile_id", "data.billing_group_id", "data.customer_reference")
	all := map[string]payload{
		"number_orders.create.request.json":  as[telnyx.CreateNumberOrderRequest](),
		"number_orders.create.response.json": in[telnyx.NumberOrder](orderNulls, roundtrip.Nullable("data.phone_numbers.*.bundle_id")),
		"number_orders.get.response.json":    in[telnyx.NumberOrder](),
		"number_orders.update.request.json":  as[telnyx.UpdateNumberOrderRequest](),
		"number_orders.update.response.json": in[telnyx.NumberOrder](),
		"number_orders.list.response.json": as[telnyx.Page[telnyx.NumberOrder]](roundtrip.Nullable(
			"data.*.connection_id", "data.*.messaging_profile_id", "data.*.billing_group_id", "data.*.customer_reference")),
		"number_orders.last.response.json": as[telnyx.Page[telnyx.NumberOrder]](),
	}
	return all
}

func TestNothingIsLostBetweenDecodeAndEncode(t *testing.T) {
	for name, p := range payloads() {
		t.Run(name, func(t *testing.T) {
			roundtrip.Leaves(t, fixture(t, name), p.into, p.options...)
		})
	}
}

func TestEveryFixtureIsTested(t *testing.T) {
	files, err := os.ReadDir("testdata")
	require.NoError(t, err)
	var names []string
	for _, f := range files {
		if !f.IsDir() {
			names = append(names, f.Name())
		}
	}
	assert.ElementsMatch(t, names, slices.Collect(maps.Keys(payloads())))
}
