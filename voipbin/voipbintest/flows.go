package voipbintest

import (
	"cmp"
	"time"

	"github.com/tnkit/tnkit/internal/fake"
)

// flow is a flow of calls or messages. The fake uses only its owner.
type flow struct {
	customerID string
	created    time.Time
}

// AddFlow adds flows to a customer; "" = the customer of the first account. PUT
// /v1.0/numbers/{id} fails with 500 for a flow that does not exist or belongs to another
// customer. No other operation that changes a number checks this.
func (s *Server) AddFlow(customerID string, ids ...string) {
	s.engine.Lock()
	defer s.engine.Unlock()
	for _, text := range ids {
		id, ok := readUUID(text)
		if !ok {
			s.engine.Misuse("AddFlow: %q is no UUID", text)
			continue
		}
		s.flows[id] = flow{cmp.Or(customerID, CustomerID), s.now()}
	}
}

// flowID reads the id of a flow, and reports one that the vendor takes for none.
func (s *Server) flowID(c *call, name, text string) string {
	id, ok := readUUID(text)
	if !ok && text != "" {
		s.engine.Report("%s %s: the vendor takes the %s %q, which is no UUID, for none", c.r.Method, c.r.URL.Path, name, text)
	}
	return id
}

// hasFlow reports whether the caller's customer has a flow, or none is meant.
func (s *Server) hasFlow(c *call, id string) bool {
	return id == noID || s.flows[id].customerID == c.account.CustomerID
}

// getFlow is GET /v1.0/flows/{id}: a flow without actions.
func (s *Server) getFlow(c *call) {
	s.query(c)
	id, _ := readUUID(c.id)
	f, ok := s.flows[id]
	switch {
	case id == noID:
		c.fail(invalidID)
	case !ok:
		c.fail(flowUnknown)
	case c.account.Role != RoleSuperAdmin && (!c.account.mayManage() || f.customerID != c.account.CustomerID):
		c.fail(denied)
	default:
		c.ok(fake.Object{
			{Key: "id", Value: id}, {Key: "customer_id", Value: f.customerID}, {Key: "type", Value: "flow"},
			{Key: "on_complete_flow_id", Value: noID},
			{Key: "tm_create", Value: todayTime(f.created)}, {Key: "tm_update", Value: nil}, {Key: "tm_delete", Value: nil},
		})
	}
}
