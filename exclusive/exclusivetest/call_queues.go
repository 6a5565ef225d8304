package exclusivetest

import (
	"net/http"
	"slices"

	"github.com/tnkit/tnkit/internal/fake"
)

// Queue is a call queue of a tenant.
type Queue struct {
	// ID is the queue's id; "" = AddQueue makes a new id.
	ID string
	// Name has 1 to 64 characters. ExtensionNumber has 3 to 64 digits.
	Name, ExtensionNumber string
	// Agents are the agents of the queue.
	Agents []Agent
}

// Agent is an agent of a call queue.
type Agent struct {
	ID, Name, DisplayName string
	// ExtensionNumber identifies the agent in requests. It has 3 to 64 digits.
	ExtensionNumber string
}

type queueJSON struct {
	ID              string `json:"id"`
	Name            string `json:"name"`
	ExtensionNumber string `json:"extension_number"`
}

type agentJSON struct {
	ID              string `json:"id"`
	Name            string `json:"name"`
	DisplayName     string `json:"display_name"`
	ExtensionNumber string `json:"extension_number"`
}

// items is a list without a count.
type items struct {
	Items []any `json:"items"`
}

// AddQueue adds a call queue to a tenant, and returns its id. The domain "" means the
// first tenant. If the tenant does not exist, AddQueue returns "".
func (s *Server) AddQueue(domain string, q Queue) string {
	s.fake.Lock()
	defer s.fake.Unlock()
	t := s.tenantOrFirst(domain)
	if t == nil {
		return ""
	}
	if q.ID == "" {
		q.ID = s.newID()
	}
	q.Agents = slices.Clone(q.Agents)
	t.queues = append(t.queues, q)
	return q.ID
}

// listQueues serves GET /exclusive_numbers/{id}/call_queues: the queues where the number has agents.
func (c *call) listQueues() {
	c.fake.Strict(c.r)
	n := c.number()
	if n == nil {
		c.notFound()
		return
	}
	answer := items{Items: []any{}}
	for _, q := range c.tenant.queues {
		if len(n.agents[q.ID]) > 0 {
			answer.Items = append(answer.Items, queueJSON{q.ID, q.Name, q.ExtensionNumber})
		}
	}
	c.answerItems(answer)
}

// getAgents serves GET /exclusive_numbers/{id}/call_queues/{queue_id}/agents.
func (c *call) getAgents() {
	c.fake.Strict(c.r)
	n, q := c.numberAndQueue()
	if q == nil {
		return
	}
	answer := items{Items: []any{}}
	for _, extension := range n.agents[q.ID] {
		if a := q.agent(extension); a != nil {
			answer.Items = append(answer.Items, agentJSON(*a))
		}
	}
	c.answerItems(answer)
}

// setAgents serves POST on the same path: the extensions that shall take the number's calls, in place of those before.
func (c *call) setAgents() {
	c.fake.Strict(c.r)
	n, q := c.numberAndQueue()
	var body struct {
		Items []string `json:"items"`
	}
	if q == nil || !c.decode(&body) {
		return
	}
	if body.Items == nil {
		c.invalid("items", "is missing")
		return
	}
	for i, extension := range body.Items {
		if q.agent(extension) == nil || slices.Contains(body.Items[:i], extension) {
			c.invalid("items", "must name agents of the queue, each once")
			return
		}
	}
	if n.agents == nil {
		n.agents = map[string][]string{}
	}
	n.agents[q.ID] = body.Items
	c.w.WriteHeader(http.StatusOK)
}

// clearAgents serves POST /exclusive_numbers/{id}/call_queues/{queue_id}/destroy.
func (c *call) clearAgents() {
	c.fake.Strict(c.r)
	c.noBody()
	if n, q := c.numberAndQueue(); q != nil {
		delete(n.agents, q.ID)
		c.w.WriteHeader(http.StatusNoContent)
	}
}

// numberAndQueue finds what the path names, or answers 404.
func (c *call) numberAndQueue() (*row, *Queue) {
	if n := c.number(); n != nil {
		for i := range c.tenant.queues {
			if q := &c.tenant.queues[i]; q.ID == c.args[1] {
				return n, q
			}
		}
	}
	c.notFound()
	return nil, nil
}

// agent finds an agent by his extension; nil if the queue has none such.
func (q *Queue) agent(extension string) *Agent {
	for i := range q.Agents {
		if q.Agents[i].ExtensionNumber == extension {
			return &q.Agents[i]
		}
	}
	return nil
}

func (c *call) answerItems(answer items) {
	if c.opts.NullItems && len(answer.Items) == 0 {
		answer.Items = nil
	}
	fake.JSON(c.w, http.StatusOK, answer)
}
