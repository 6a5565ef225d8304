package exclusive_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/exclusive"
	"github.com/tnkit/tnkit/internal/roundtrip"
	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/numbers/wire"
)

// payloads are all fixtures that are JSON.
func payloads() map[string]vendortest.Payload {
	return map[string]vendortest.Payload{
		"numbers.list.response.json":         vendortest.As[exclusive.Page[exclusive.Number]](roundtrip.NullKept("items", "**.created_at", "**.description")),
		"numbers.list_whole.response.json":   vendortest.As[exclusive.Page[exclusive.Number]](),
		"numbers.list_empty.response.json":   vendortest.As[exclusive.Page[exclusive.Number]](),
		"numbers.list_null.response.json":    vendortest.As[exclusive.Page[exclusive.Number]](),
		"numbers.create.request.json":        vendortest.As[exclusive.CreateNumberRequest](),
		"numbers.create.response.json":       vendortest.As[exclusive.CreatedNumber](),
		"numbers.get.response.json":          vendortest.As[exclusive.Number](),
		"numbers.get_blank.response.json":    vendortest.As[exclusive.Number](roundtrip.NullKept("created_at", "description")),
		"numbers.get_fraction.response.json": vendortest.As[exclusive.Number](),
		"numbers.get_modified.response.json": vendortest.As[exclusive.Number](),
		"numbers.update.request.json":        vendortest.As[exclusive.UpdateNumberRequest](),
		"numbers.modify.request.json":        vendortest.As[exclusive.UpdateNumberRequest](),
		"numbers.call_queues.response.json":  vendortest.As[exclusive.CallQueueList](),
		"numbers.agents.response.json":       vendortest.As[exclusive.AgentList](roundtrip.NullKept("items.*.display_name")),
		"numbers.set_agents.request.json":    vendortest.As[exclusive.SetAgentsRequest](),
		"error.validate.response.json":       vendortest.As[exclusive.Error](),
		"error.unauthorized.response.json":   vendortest.As[exclusive.Error](),
		"error.denied.response.json":         vendortest.As[exclusive.Error](),
		"error.unknown.response.json":        vendortest.As[exclusive.Error](),
	}
}

func TestNothingIsLostBetweenDecodeAndEncode(t *testing.T) {
	vendortest.RoundTrips(t, vendortest.Every(payloads(),
		roundtrip.NotNull("every row and every error has one", "**.id", "**.number", "**.name", "**.extension_number", "**.code", "**.message"),
	), "numbers.export.response.csv")
}

func TestTheSeedListIsReadFieldByField(t *testing.T) {
	srv := serve(t, vendortest.Text(vendortest.Fixture(t, "numbers.list.response.json")))
	list, err := srv.client(t).Numbers.List(ctx, nil)
	require.NoError(t, err)
	assert.Equal(t, wire.NewCount(100), list.Count)
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
	srv := serve(t, vendortest.Text(vendortest.Fixture(t, "numbers.get_blank.response.json")), vendortest.Text(`{"id":"1","number":"x"}`))
	c := srv.client(t)
	n, err := c.Numbers.Get(ctx, "912045577218433024")
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
		srv := serve(t, vendortest.Text(vendortest.Fixture(t, name)))
		list, err := srv.client(t).Numbers.List(ctx, nil)
		require.NoError(t, err)
		assert.Equal(t, wire.NewCount(0), list.Count)
		assert.Empty(t, list.Items)
		all, err := vendortest.Collect(srv.client(t).Numbers.All(ctx, nil))
		require.NoError(t, err)
		assert.Empty(t, all)
		assert.Len(t, srv.Received(), 2)
	}
}
