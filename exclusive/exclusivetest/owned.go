package exclusivetest

import "time"

// Number is an exclusive number as the PBX has it.
type Number struct {
	// ID is the row's id; AddOwned makes one if it is "". A row with the id "export" can be listed, but
	// not be got: its path is that of the export.
	ID string
	// Number is any text of 1 to 64 characters.
	Number string
	// CreatedAt is when the row was made; zero is a blank.
	CreatedAt time.Time
	// Disabled is the opposite of the API's enabled.
	Disabled bool
	// Description has at most 1024 characters; "" is a blank.
	Description string
}

// AddOwned gives a tenant numbers that nobody registered through the API: they are in no books. It returns their ids.
// The domain "" is the first tenant; nil is returned if there is no such tenant.
func (s *Server) AddOwned(domain string, numbers ...Number) []string {
	s.fake.Lock()
	defer s.fake.Unlock()
	t := s.tenantOrFirst(domain)
	if t == nil {
		return nil
	}
	var ids []string
	for _, n := range numbers {
		if n.ID == "" {
			n.ID = s.newID()
		}
		t.add(&row{id: n.ID, number: n.Number, created: n.CreatedAt, enabled: !n.Disabled, description: n.Description})
		ids = append(ids, n.ID)
	}
	return ids
}

// Numbers returns what a tenant has, listed or not yet, in the order of creation. The domain "" is the first tenant.
func (s *Server) Numbers(domain string) []Number {
	s.fake.Lock()
	defer s.fake.Unlock()
	var numbers []Number
	if t := s.tenantOrFirst(domain); t != nil {
		for _, n := range t.all() {
			numbers = append(numbers, Number{n.id, n.number, n.created, !n.enabled, n.description})
		}
	}
	return numbers
}

// Settle lists at once what late listings still hold back.
func (s *Server) Settle() { s.fake.Settle() }
