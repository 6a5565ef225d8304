package exclusive_test

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/exclusive"
	"github.com/tnkit/tnkit/internal/roundtrip"
)

// payload is the type of a fixture, and how it is sent through it.
type payload struct {
	into    func() any
	options []roundtrip.Option
}

func as[T any](opts ...roundtrip.Option) payload {
	return payload{func() any { return new(T) }, opts}
}

// payloads are all fixtures that are JSON.
func payloads() map[string]payload {
	blank := roundtrip.Nullable("created_at", "enabled", "description")
	blanks := roundtrip.Nullable("count", "items", "items.*.created_at", "items.*.enabled", "items.*.description")
	return map[string]payload{
		"numbers.list.response.json":         as[exclusive.NumberList](blanks),
		"numbers.list_whole.response.json":   as[exclusive.NumberList](blanks),
		"numbers.list_empty.response.json":   as[exclusive.NumberList](),
		"numbers.list_null.response.json":    as[exclusive.NumberList](),
		"numbers.create.request.json":        as[exclusive.CreateNumberRequest](),
		"numbers.create.response.json":       as[exclusive.CreatedNumber](),
		"numbers.get.response.json":          as[exclusive.Number](blank),
		"numbers.get_blank.response.json":    as[exclusive.Number](),
		"numbers.get_fraction.response.json": as[exclusive.Number](),
		"numbers.get_modified.response.json": as[exclusive.Number](),
		"numbers.update.request.json":        as[exclusive.UpdateNumberRequest](),
		"numbers.modify.request.json":        as[exclusive.UpdateNumberRequest](),
		"numbers.call_queues.response.json":  as[exclusive.CallQueueList](),
		"numbers.agents.response.json":       as[exclusive.AgentList](roundtrip.Nullable("items.*.display_name")),
		"numbers.set_agents.request.json":    as[exclusive.SetAgentsRequest](),
		"error.validate.response.json":       as[exclusive.Error](),
		"error.unauthorized.response.json":   as[exclusive.Error](),
		"error.denied.response.json":         as[exclusive.Error](),
		"error.unknown.response.json":        as[exclusive.Error](),
	}
}

func TestNothingIsLostBetweenDecodeAndEncode(t *testing.T) {
	for name, p := range payloads() {
		t.Run(name, func(t *testing.T) {
			roundtrip.Leaves(t, []byte(fixture(t, name)), p.into, p.options...)
		})
	}
}

func TestEveryFixtureIsTested(t *testing.T) {
	files, err := os.ReadDir("testdata")
	require.NoError(t, err)
	var names []string
	for _, f := range files {
		if strings.HasSuffix(f.Name(), ".json") {
			names = append(names, f.Name())
		}
	}
	assert.ElementsMatch(t, names, slices.Collect(maps.Keys(payloads())))
}

func TestTheSeedListIsReadFieldByField(t *testing.T) {
	srv := serve(t, text(fixture(t, "numbers.list.response.json")))
	list, err := srv.client(t).Numbers.List(ctx, nil)
	require.NoError(t, err)
	assert.Equal(t, new(int64(100)), list.Count)
	require.Len(t, list.Items, 1)
	n := list.Items[0]
	assert.Equal(t, id, n.ID)
	assert.Equal(t, "text", n.Number)
	created, known := n.CreatedAt.Known()
	assert.True(t, known)
	assert.Equal(t, time.Date(2017, 7, 21, 17, 32, 28, 0, time.UTC), created)
	assert.Equal(t, new(true), n.Enabled)
	assert.Equal(t, new("text"), n.Description)
}

func TestBlankFieldsAreNoValues(t *testing.T) {
	srv := serve(t, text(fixture(t, "numbers.get_blank.response.json")), text(`{"id":"1","number":"x"}`))
	c := srv.client(t)
	n, err := c.Numbers.Get(ctx, "1")
	require.NoError(t, err)
	_, known := n.CreatedAt.Known()
	assert.False(t, known)
	assert.Equal(t, new(false), n.Enabled)
	assert.Nil(t, n.Description)

	n, err = c.Numbers.Get(ctx, "1")
	require.NoError(t, err)
	assert.Equal(t, &exclusive.Number{ID: "1", Number: "x"}, n)
}

func TestAnEmptyListIsNoError(t *testing.T) {
	for _, name := range []string{"numbers.list_empty.response.json", "numbers.list_null.response.json"} {
		srv := serve(t, text(fixture(t, name)))
		list, err := srv.client(t).Numbers.List(ctx, nil)
		require.NoError(t, err)
		assert.Equal(t, new(int64(0)), list.Count)
		assert.Empty(t, list.Items)
		all, err := collect(srv.client(t).Numbers.All(ctx, nil))
		require.NoError(t, err)
		assert.Empty(t, all)
		assert.Len(t, srv.received(), 2)
	}
}
