package exclusivetest

import (
	"time"

	"github.com/tnkit/tnkit/internal/fake"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// The number of PortSIP's documentation, letter for letter. Its list claims a hundred numbers and has one.
const (
	seedID     = "NzAwNTUxOTA5NzczMTQ4MTYw"
	seedNumber = `{
"id": "NzAwNTUxOTA5NzczMTQ4MTYw",
"number": "text",
"created_at": "2017-07-21T17:32:28Z",
"enabled": true,
"description": "text"
}`
	seedList = `{
"count": 100,
"items": [
` + seedNumber + `
]
}`
)

var seedCreated = time.Date(2017, 7, 21, 17, 32, 28, 0, time.UTC)

// Row is a row of the PBX: an exclusive number.
type Row struct {
	// Domain is the tenant's domain; "" = the first tenant.
	Domain string
	// ID is the row's id; "" = AddRow makes a new id. A row with the id "export" can be
	// listed, but not read, because its path is that of the export.
	ID string
	// Number is any text of 1 to 64 characters.
	Number string
	// CreatedAt is the time of creation of the row; zero = blank.
	CreatedAt time.Time
	// Disabled is the opposite of the API's enabled.
	Disabled bool
	// Description has at most 1024 characters; "" = blank.
	Description string
}

// The states of a number, for SetState and numberstest.Owned. The API has a boolean, enabled.
const (
	StateEnabled  = "enabled"
	StateDisabled = "disabled"
)

// AddNumber adds numbers to the first tenant without a registration through the API, and
// returns their ids. Books does not have them. A number is enabled unless its State is
// "disabled".
func (s *Server) AddNumber(numbers ...numberstest.Owned) []string {
	rows := make([]Row, 0, len(numbers))
	for _, n := range numbers {
		unfit := fake.Unfit(n, "ID", "Number", "State", "Description", "Created")
		if unfit != "" || n.State != "" && n.State != StateEnabled && n.State != StateDisabled {
			s.fake.Misuse("AddNumber: an exclusive number has no such field or state: %s %s", unfit, n.State)
			return make([]string, len(numbers))
		}
		if n.Created.IsZero() {
			n.Created = s.fake.Now()
		}
		rows = append(rows, Row{ID: n.ID, Number: n.Number, CreatedAt: n.Created, Disabled: n.State == StateDisabled, Description: n.Description})
	}
	return s.AddRow(rows...)
}

// AddRow adds rows unchanged, to any tenant, and returns their ids.
func (s *Server) AddRow(rows ...Row) []string {
	s.fake.Lock()
	defer s.fake.Unlock()
	ids := make([]string, len(rows))
	for i, r := range rows {
		t := s.tenantOrFirst(r.Domain)
		if t == nil || !between(r.Number, 1, 64) || t.byID[r.ID] != nil {
			s.fake.Misuse("AddRow: there is no tenant %q, or the number %q or the id %q can't be added", r.Domain, r.Number, r.ID)
			continue
		}
		if r.ID == "" {
			r.ID = s.newID()
		}
		t.add(&row{id: r.ID, number: r.Number, created: r.CreatedAt, enabled: !r.Disabled, description: r.Description})
		ids[i] = r.ID
	}
	return ids
}

// Rows returns the rows of all tenants, also those that are not listed yet, in the order
// of creation.
func (s *Server) Rows() []Row {
	s.fake.Lock()
	defer s.fake.Unlock()
	var rows []Row
	for i, t := range s.tenants {
		domain := ""
		if i > 0 {
			domain = t.domain
		}
		for _, n := range t.all() {
			rows = append(rows, Row{domain, n.id, n.number, n.created, !n.enabled, n.description})
		}
	}
	return rows
}

// AddOffer does nothing, because a PBX does not sell numbers and registers any number.
func (s *Server) AddOffer(...numberstest.Offer) {}
