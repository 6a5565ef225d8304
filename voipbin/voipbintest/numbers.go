package voipbintest

import (
	"net/url"
	"strconv"
	"time"
)

// listNumbers is GET /v1.0/numbers. The page size is 100 where it is absent, 0, negative or above 100.
func (s *Server) listNumbers(c *call) {
	q := s.query(c, "page_size", "page_token")
	if !s.once(c, q, "page_size", "page_token") {
		return
	}
	size, ok := s.todayPageSize(c, q)
	if !ok {
		return
	}
	if !c.account.mayManage() {
		c.fail(denied)
		return
	}
	page := struct {
		Result        []todayNumber `json:"result"`
		NextPageToken string        `json:"next_page_token"`
	}{Result: []todayNumber{}}
	for _, r := range s.list(c, q.Get("page_token"), size) {
		page.Result = append(page.Result, r.todayJSON())
		page.NextPageToken = todayToken(r.Created)
	}
	c.ok(page)
}

// once refuses parameters that are given twice.
func (s *Server) once(c *call, q url.Values, keys ...string) bool {
	for _, key := range keys {
		if len(q[key]) > 1 {
			c.fail(invalidParameter(key))
			return false
		}
	}
	return true
}

// todayPageSize reads a page_size of today, reports one that the vendor replaces, and answers a bad one.
func (s *Server) todayPageSize(c *call, q url.Values) (int, bool) {
	if !q.Has("page_size") {
		return 100, true
	}
	n, err := strconv.Atoi(q.Get("page_size"))
	if err != nil {
		c.fail(invalidParameter("page_size"))
		return 0, false
	}
	if n <= 0 || n > 100 {
		s.engine.Report("%s %s: the vendor takes the page_size %d as 100", c.r.Method, c.r.URL.Path, n)
		n = 100
	}
	return n, true
}

// createNumber is POST /v1.0/numbers. Only the number is needed, whatever the interface description says.
func (s *Server) createNumber(c *call) {
	s.query(c)
	var body struct {
		Number        string  `json:"number"`
		Type          *string `json:"type"`
		CallFlowID    string  `json:"call_flow_id"`
		MessageFlowID string  `json:"message_flow_id"`
		Name          string  `json:"name"`
		Detail        string  `json:"detail"`
	}
	if err := s.engine.DecodeStrict(c.r, &body); err != nil {
		c.fail(invalidJSON)
		return
	}
	switch {
	case body.Number == "":
		c.fail(invalidArgument)
		return
	case !c.account.mayManage():
		c.fail(denied)
		return
	}
	n := Row{
		Number: body.Number, Type: TypeNormal, Name: body.Name, Detail: body.Detail,
		CallFlowID:    s.flowID(c, "call_flow_id", body.CallFlowID),
		MessageFlowID: s.flowID(c, "message_flow_id", body.MessageFlowID),
	}
	switch {
	case body.Type == nil || *body.Type == TypeNormal:
	case *body.Type == TypeVirtual:
		n.Type = TypeVirtual
	default:
		s.engine.Report("%s %s: the vendor takes the type %q as %q", c.r.Method, c.r.URL.Path, *body.Type, TypeNormal)
	}
	if s.unverified && n.Type == TypeNormal {
		c.fail(notIdentified)
		return
	}
	if r := s.order(c, n); r != nil {
		c.ok(r.todayJSON())
	}
}

// getNumber is GET /v1.0/numbers/{id}.
func (s *Server) getNumber(c *call) {
	s.query(c)
	if r, ok := s.ownNumber(c, nil); ok {
		c.ok(r.todayJSON())
	}
}

// deleteNumber is DELETE /v1.0/numbers/{id}. It can't be repeated.
func (s *Server) deleteNumber(c *call) {
	s.query(c)
	r, ok := s.ownNumber(c, nil)
	if !ok {
		return
	}
	if !s.giveBack(r) {
		c.fail(internal)
		return
	}
	c.ok(r.todayJSON())
}

// updateNumber is PUT /v1.0/numbers/{id}. It replaces all four fields: what is absent is cleared.
func (s *Server) updateNumber(c *call) {
	s.query(c)
	var body struct {
		CallFlowID    string `json:"call_flow_id"`
		MessageFlowID string `json:"message_flow_id"`
		Name          string `json:"name"`
		Detail        string `json:"detail"`
	}
	r, ok := s.ownNumber(c, &body)
	if !ok {
		return
	}
	callFlow, messageFlow := s.flowID(c, "call_flow_id", body.CallFlowID), s.flowID(c, "message_flow_id", body.MessageFlowID)
	if !s.hasFlow(c, callFlow) || !s.hasFlow(c, messageFlow) || tooLong(body.Name, body.Detail) {
		c.fail(internal)
		return
	}
	r.CallFlowID, r.MessageFlowID, r.Name, r.Detail = callFlow, messageFlow, body.Name, body.Detail
	s.updated(c, r)
}

// updateNumberFlows is PUT /v1.0/numbers/{id}/flow_ids. It replaces both.
func (s *Server) updateNumberFlows(c *call) {
	s.query(c)
	var body struct {
		CallFlowID    string `json:"call_flow_id"`
		MessageFlowID string `json:"message_flow_id"`
	}
	if r, ok := s.ownNumber(c, &body); ok {
		r.CallFlowID = s.flowID(c, "call_flow_id", body.CallFlowID)
		r.MessageFlowID = s.flowID(c, "message_flow_id", body.MessageFlowID)
		s.updated(c, r)
	}
}

// updateNumberMetadata is PUT /v1.0/numbers/{id}/metadata.
func (s *Server) updateNumberMetadata(c *call) {
	s.query(c)
	var body metadata
	if r, ok := s.ownNumber(c, &body); ok {
		r.RTPDebug = body.RTPDebug
		s.updated(c, r)
	}
}

func (s *Server) updated(c *call, r *row) {
	r.Updated = s.now()
	c.ok(r.todayJSON())
}

// ownNumber reads the body, if the operation has one, and finds the caller's number, which must not be deleted;
// or it answers.
func (s *Server) ownNumber(c *call, body any) (*row, bool) {
	id, _ := readUUID(c.id)
	if id == noID {
		c.fail(invalidID)
		return nil, false
	}
	if body != nil && s.engine.DecodeStrict(c.r, body) != nil {
		c.fail(invalidJSON)
		return nil, false
	}
	r, ok := s.store.byID[id]
	switch {
	case !ok:
		c.fail(numberUnknown)
	case r.deleted():
		c.fail(numberGone)
	case c.account.Role == RoleSuperAdmin, c.account.mayManage() && c.account.owns(EraToday, &r.Row):
		return r, true
	default:
		c.fail(denied)
	}
	return nil, false
}

// renewNumbers is POST /v1.0/numbers/renew, for super admins only. It renews every customer's numbers that were
// last renewed before a time, and answers with a bare array. Numbers whose customer can't pay are given back.
func (s *Server) renewNumbers(c *call) {
	s.query(c)
	var body struct {
		TMRenew string `json:"tm_renew"`
	}
	if err := s.engine.DecodeStrict(c.r, &body); err != nil {
		c.fail(invalidJSON)
		return
	}
	if c.account.Role != RoleSuperAdmin {
		c.fail(denied)
		return
	}
	if body.TMRenew == "" {
		c.fail(internal)
		return
	}
	renewed := []todayNumber{}
	before, ok := readTime(body.TMRenew)
	if !ok {
		s.engine.Report("%s %s: a tm_renew that is no time renews nothing", c.r.Method, c.r.URL.Path)
		c.ok(renewed)
		return
	}
	for _, r := range s.due(before) {
		if s.noCredit {
			s.giveBack(r)
			continue
		}
		r.Renewed, r.Updated = s.now(), s.now()
		renewed = append(renewed, r.todayJSON())
	}
	c.ok(renewed)
}

// due returns the numbers that were last renewed before a time, newest first.
func (s *Server) due(before time.Time) []*row {
	var due []*row
	for i := len(s.store.live) - 1; i >= 0; i-- {
		if r := s.store.live[i]; !r.Renewed.IsZero() && r.Renewed.Before(before) {
			due = append(due, r)
		}
	}
	return due
}
