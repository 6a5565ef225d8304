package voipbintest

import "strconv"

// listOrderNumbers is GET /v1.0/order_numbers. The page size is 10 where it is 0, empty, absent or above 100.
func (s *Server) listOrderNumbers(c *call) {
	q := s.query(c, "page_size", "page_token")
	size, ok := s.seedPageSize(c, q.Has("page_size"), q.Get("page_size"))
	if !ok {
		c.fail(invalidArgument)
		return
	}
	page := struct {
		Result        []seedNumber `json:"result"`
		NextPageToken string       `json:"next_page_token"`
	}{Result: []seedNumber{}}
	for _, r := range s.list(c, q.Get("page_token"), size) {
		page.Result = append(page.Result, r.seedJSON())
		page.NextPageToken = seedTime(r.Created)
	}
	c.ok(page)
}

// seedPageSize reads a page_size of 2021, and reports one that the vendor replaces.
func (s *Server) seedPageSize(c *call, given bool, text string) (int, bool) {
	if text == "" {
		text = "0"
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return 0, false
	}
	if n == 0 || n > 100 {
		if given {
			s.engine.Report("%s %s: the vendor takes the page_size %d as 10", c.r.Method, c.r.URL.Path, n)
		}
		n = 10
	}
	return int(n), true
}

// createOrderNumber is POST /v1.0/order_numbers. It takes the number and nothing else.
func (s *Server) createOrderNumber(c *call) {
	s.query(c)
	var body struct {
		Number string `json:"number"`
	}
	if err := s.engine.DecodeStrict(c.r, &body); err != nil {
		c.fail(invalidJSON)
		return
	}
	n := Row{Number: body.Number, Type: TypeNormal, CallFlowID: noID, MessageFlowID: noID}
	if r := s.order(c, n); r != nil {
		c.ok(r.seedJSON())
	}
}

// getOrderNumber is GET /v1.0/order_numbers/{id}. It knows deleted numbers, too.
func (s *Server) getOrderNumber(c *call) {
	s.query(c)
	if r, ok := s.ownOrderNumber(c); ok {
		c.ok(r.seedJSON())
	}
}

// deleteOrderNumber is DELETE /v1.0/order_numbers/{id}. It can't be repeated.
func (s *Server) deleteOrderNumber(c *call) {
	s.query(c)
	r, ok := s.ownOrderNumber(c)
	if !ok {
		return
	}
	if r.deleted() || !s.giveBack(r) {
		c.fail(internal)
		return
	}
	c.ok(r.seedJSON())
}

// ownOrderNumber finds the caller's number, or answers.
func (s *Server) ownOrderNumber(c *call) (*row, bool) {
	id, _ := readUUID(c.id)
	r, ok := s.store.byID[id]
	if !ok || !c.account.owns(EraSeed, &r.Row) {
		c.fail(numberUnknown)
		return nil, false
	}
	return r, true
}
