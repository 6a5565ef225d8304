package exclusive_test

import (
	"context"
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/exclusive"
	"github.com/tnkit/tnkit/exclusive/exclusivetest"
	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/numbers"
)

const queueID = "NzAwNTUxOTA5NzczMTQ4MTY3"

func queueOperations() []operation {
	agents := "/exclusive_numbers/" + id + "/call_queues/" + queueID + "/agents"
	return []operation{
		{
			Name: "Numbers.ListCallQueues", Request: "GET /exclusive_numbers/" + id + "/call_queues", Answer: "numbers.call_queues.response.json",
			Call: func(ctx context.Context, c *exclusive.Client) (any, error) {
				return c.Numbers.ListCallQueues(ctx, id)
			},
		},
		{
			Name: "Numbers.ListAgents", Request: "GET " + agents, Answer: "numbers.agents.response.json",
			Call: func(ctx context.Context, c *exclusive.Client) (any, error) {
				return c.Numbers.ListAgents(ctx, id, queueID)
			},
		},
		{
			Name: "Numbers.SetAgents", Class: vendortest.Write, Request: "POST " + agents, Body: "numbers.set_agents.request.json", Silent: true,
			Call: func(ctx context.Context, c *exclusive.Client) (any, error) {
				return nil, c.Numbers.SetAgents(ctx, id, queueID, &exclusive.SetAgentsRequest{Items: []string{"104", "105"}})
			},
		},
		{
			Name: "Numbers.ClearAgents", Class: vendortest.Write, Request: "POST /exclusive_numbers/" + id + "/call_queues/" + queueID + "/destroy", Silent: true,
			Call: func(ctx context.Context, c *exclusive.Client) (any, error) {
				return nil, c.Numbers.ClearAgents(ctx, id, queueID)
			},
		},
		{
			Name: "Numbers.Export", Download: true, Request: "GET /exclusive_numbers/export", Answer: "numbers.export.response.csv", Accept: "*/*",
			Call: func(ctx context.Context, c *exclusive.Client) (any, error) {
				d, err := c.Numbers.Export(ctx)
				if err != nil {
					return nil, err
				}
				defer d.Body.Close()
				all, err := io.ReadAll(d.Body)
				return string(all), err
			},
		},
	}
}

func TestListsWithoutItemsAreEmptyHoweverTheyAreWritten(t *testing.T) {
	for _, body := range []string{`{"items":null}`, `{"items":[]}`} {
		srv := serve(t, vendortest.Text(body))
		queues, err := srv.client(t).Numbers.ListCallQueues(ctx, id)
		require.NoError(t, err)
		assert.Empty(t, queues.Items)
		agents, err := srv.client(t).Numbers.ListAgents(ctx, id, queueID)
		require.NoError(t, err)
		assert.Empty(t, agents.Items)
	}
}

func TestTheExportIsNamedAndNotCapped(t *testing.T) {
	srv := serve(t, answer{Body: vendortest.Fixture(t, "numbers.export.response.csv"), Header: http.Header{
		"Content-Type": {"application/octet-stream"}, "Content-Disposition": {`attachment; filename="numbers.csv"`},
	}})
	d, err := srv.client(t, func(o *numbers.ClientOptions) { o.MaxBodyBytes = 8 }).Numbers.Export(ctx)
	require.NoError(t, err)
	defer d.Body.Close()
	all, err := io.ReadAll(d.Body)
	require.NoError(t, err)
	assert.Equal(t, vendortest.Fixture(t, "numbers.export.response.csv"), string(all))
	assert.Equal(t, "numbers.csv", d.Filename)
	assert.Equal(t, "application/octet-stream", d.ContentType)
}

func TestAgentsAtTheFake(t *testing.T) {
	pbx := exclusivetest.NewServer(t)
	queue := pbx.AddQueue("", exclusivetest.Queue{Name: "Front desk", ExtensionNumber: "8001", Agents: []exclusivetest.Agent{
		{ID: "a", Name: "one", ExtensionNumber: "101"}, {ID: "b", Name: "two", DisplayName: "Two", ExtensionNumber: "102"},
	}})
	c := pbx.Client()
	n, err := c.Numbers.CreateAndGet(ctx, &exclusive.CreateNumberRequest{Number: string(berlin)})
	require.NoError(t, err)

	queues, err := c.Numbers.ListCallQueues(ctx, n.ID)
	require.NoError(t, err)
	assert.Empty(t, queues.Items)
	require.NoError(t, c.Numbers.SetAgents(ctx, n.ID, queue, &exclusive.SetAgentsRequest{Items: []string{"102"}}))
	queues, err = c.Numbers.ListCallQueues(ctx, n.ID)
	require.NoError(t, err)
	assert.Equal(t, []exclusive.CallQueue{{ID: queue, Name: "Front desk", ExtensionNumber: "8001"}}, queues.Items)
	agents, err := c.Numbers.ListAgents(ctx, n.ID, queue)
	require.NoError(t, err)
	assert.Equal(t, []exclusive.Agent{{ID: "b", Name: "two", DisplayName: new("Two"), ExtensionNumber: "102"}}, agents.Items)

	require.ErrorIs(t, c.Numbers.SetAgents(ctx, n.ID, queue, &exclusive.SetAgentsRequest{Items: []string{"999"}}), numbers.ErrInvalid)
	require.ErrorIs(t, c.Numbers.SetAgents(ctx, n.ID, "unknown", &exclusive.SetAgentsRequest{Items: []string{"101"}}), numbers.ErrNotFound)
	require.NoError(t, c.Numbers.ClearAgents(ctx, n.ID, queue))
	queues, err = c.Numbers.ListCallQueues(ctx, n.ID)
	require.NoError(t, err)
	assert.Empty(t, queues.Items)

	d, err := c.Numbers.Export(ctx)
	require.NoError(t, err)
	defer d.Body.Close()
	all, err := io.ReadAll(d.Body)
	require.NoError(t, err)
	assert.Contains(t, string(all), string(berlin))
}
