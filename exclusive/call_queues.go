package exclusive

import (
	"context"
	"fmt"
	"net/http"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/internal/decode"
)

// CallQueue is a call queue in which a number has agents.
type CallQueue struct {
	ID string `json:"id"`
	// Name has 1 to 64 characters.
	Name string `json:"name"`
	// ExtensionNumber has 3 to 64 digits.
	ExtensionNumber string `json:"extension_number"`
}

// CallQueueList are the call queues of a number.
type CallQueueList struct {
	Items []CallQueue `json:"items,omitzero"`
}

// Agent is an agent of a call queue.
type Agent struct {
	ID          string  `json:"id"`
	Name        string  `json:"name"`
	DisplayName *string `json:"display_name"`
	// ExtensionNumber names the agent in SetAgents.
	ExtensionNumber string `json:"extension_number"`
}

// AgentList are the agents of a number in a call queue.
type AgentList struct {
	Items []Agent `json:"items,omitzero"`
}

// SetAgentsRequest lists the agents of a number in a call queue.
type SetAgentsRequest struct {
	// Items are the extension numbers of all agents: "101".
	Items []string `json:"items"`
}

const (
	queuesPath = numberPath + "/call_queues"
	agentsPath = queuesPath + "/{queue_id}/agents"
)

// ListCallQueues reads the call queues in which a number has agents.
//
// GET /exclusive_numbers/{id}/call_queues, all at once.
func (s *NumbersService) ListCallQueues(ctx context.Context, id string) (*CallQueueList, error) {
	items, err := items(ctx, s, "Numbers.ListCallQueues", queuesPath, []string{id}, func(q CallQueue) string { return q.ID })
	if items == nil && err != nil {
		return nil, err
	}
	return &CallQueueList{items}, err
}

// ListAgents reads the agents of a number in a call queue.
//
// GET /exclusive_numbers/{id}/call_queues/{queue_id}/agents, all at once.
func (s *NumbersService) ListAgents(ctx context.Context, id, queueID string) (*AgentList, error) {
	items, err := items(ctx, s, "Numbers.ListAgents", agentsPath, []string{id, queueID}, func(a Agent) string { return a.ID + a.ExtensionNumber })
	if items == nil && err != nil {
		return nil, err
	}
	return &AgentList{items}, err
}

// SetAgents replaces the agents of a number in a call queue with those of r.
// Calls from the number are routed to them first. PortSIP's guide says that
// this has no effect in a queue that rings all agents at once.
//
// POST /exclusive_numbers/{id}/call_queues/{queue_id}/agents, which returns 200
// and no content.
func (s *NumbersService) SetAgents(ctx context.Context, id, queueID string, r *SetAgentsRequest) error {
	const op = "Numbers.SetAgents"
	if err := checkPathID(op, id); err != nil {
		return err
	}
	if r == nil {
		return api.Invalid(vendor, op, "request", "it is nil")
	}
	if len(r.Items) == 0 {
		return api.Invalid(vendor, op, "Items", "it is empty; ClearAgents removes all agents")
	}
	for i, extension := range r.Items {
		if extension == "" {
			return api.Invalid(vendor, op, fmt.Sprintf("Items[%d]", i), "it is empty")
		}
	}
	return s.api.Do(ctx, &api.Call{
		Op: op, Class: api.Write, Method: http.MethodPost, Path: agentsPath, Args: []string{id, queueID}, Body: r,
	})
}

// ClearAgents removes all agents of a number in a call queue.
//
// POST /exclusive_numbers/{id}/call_queues/{queue_id}/destroy, which returns
// 204. The call queue itself stays.
func (s *NumbersService) ClearAgents(ctx context.Context, id, queueID string) error {
	const op = "Numbers.ClearAgents"
	if err := checkPathID(op, id); err != nil {
		return err
	}
	return s.api.Do(ctx, &api.Call{
		Op: op, Class: api.Write, Method: http.MethodPost, Path: queuesPath + "/{queue_id}/destroy", Args: []string{id, queueID},
	})
}

// items reads a list without a count. An empty list is [] or null. An answer
// without items is not a list.
func items[T any](ctx context.Context, s *NumbersService, op, path string, args []string, name func(T) string) ([]T, error) {
	if err := checkPathID(op, args[0]); err != nil {
		return nil, err
	}
	type list struct {
		Items decode.List[T] `json:"items"`
	}
	call := &api.Call{Op: op, Class: api.Read, Method: http.MethodGet, Path: path, Args: args}
	answer, err := get(ctx, s.api, call, func(l *list) string {
		if !l.Items.Sent {
			return "it has no items"
		}
		return ""
	})
	if err != nil {
		return nil, err
	}
	return api.Rows(s.api, call, answer.Items.Rows, func(row *T) string {
		if name(*row) == "" {
			return "it has no id"
		}
		return ""
	})
}
