package voipbintest

import "time"

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
