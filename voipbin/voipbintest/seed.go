package voipbintest

import (
	"cmp"
	"slices"
	"time"

	"github.com/tnkit/tnkit/internal/fake"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// seedNumbers are the numbers of the vendor's documentation of March 2021, newest first.
func seedNumbers() []Row {
	return []Row{
		{
			ID: "b7ee1086-fcbc-4f6f-96e5-7f9271e25279", Number: "+16062067563", CallFlowID: noID,
			Status: StatusPurchasePending, T38Enabled: true,
			Purchased: time.Date(2021, 3, 3, 6, 34, 9, 0, time.UTC),
			Created:   time.Date(2021, 3, 3, 6, 34, 9, 733751000, time.UTC),
		},
		{
			ID: "d5532488-0b2d-11eb-b18c-172ab8f2d3d8", Number: "+16195734778",
			CallFlowID: "decc2634-0b2a-11eb-b38d-87a8f1051188", Status: StatusActive,
			Created: time.Date(2020, 10, 11, 1, 0, 0, 1000, time.UTC),
		},
	}
}

// AddNumber adds owned numbers to the first account, and returns their ids. AddRow
// describes the defaults. Of an Assignment, VoIPBin has CallFlow and MessageFlow. The
// Description is the number's detail.
func (s *Server) AddNumber(numbers ...numberstest.Owned) []string {
	rows := make([]Row, 0, len(numbers))
	for _, in := range numbers {
		flows := in.Assignment
		flows.CallFlow, flows.MessageFlow = "", ""
		unfit := fake.Unfit(in, "ID", "Number", "Type", "State", "Name", "Description", "Assignment", "Created")
		if in.Number == "" || unfit != "" || !flows.IsZero() {
			s.engine.Misuse("AddNumber: VoIPBin's numbers have a Number, and no such field: %s %+v", unfit, flows)
			return make([]string, len(numbers))
		}
		rows = append(rows, Row{
			ID: in.ID, Number: in.Number, Type: in.Type, Status: in.State, Name: in.Name, Detail: in.Description,
			CallFlowID: in.Assignment.CallFlow, MessageFlowID: in.Assignment.MessageFlow, Created: in.Created,
		})
	}
	return s.AddRow(rows...)
}

// AddRow adds rows to the vendor's database, and returns their ids. A field that is zero
// gets a default: a new ID, the type of the number, no flows, StatusActive, the owner of
// the first account, and a time of creation an hour ago (each row a microsecond after the
// one before). Rows with equal Created times are listed in the order of the arguments. A
// number may be added twice.
func (s *Server) AddRow(list ...Row) []string {
	s.engine.Lock()
	defer s.engine.Unlock()
	ids := make([]string, len(list))
	rows := make([]*row, len(list))
	for i, n := range list {
		s.complete(&n)
		rows[i] = &row{Row: n}
		ids[i] = n.ID
		if n.Deleted.IsZero() {
			s.carrier.hold(n.Number)
		}
	}
	s.store.add(rows...)
	return ids
}

// complete gives a new row what it lacks.
func (s *Server) complete(n *Row) {
	set := func(field *string, value string) {
		if *field == "" {
			*field = value
		}
	}
	if n.ID == "" {
		n.ID = s.engine.IDs().UUID()
	}
	if isVirtual(n.Number) {
		set(&n.Type, TypeVirtual)
	}
	set(&n.Type, TypeNormal)
	set(&n.CallFlowID, noID)
	set(&n.MessageFlowID, noID)
	set(&n.CustomerID, CustomerID)
	if n.UserID == 0 {
		n.UserID = UserID
	}
	for _, t := range []*time.Time{&n.Purchased, &n.Renewed, &n.Created, &n.Updated, &n.Deleted} {
		*t = t.UTC().Truncate(time.Microsecond)
	}
	if n.Created.IsZero() {
		n.Created = s.now().Add(-time.Hour)
		if !n.Created.After(s.store.lastAdded) {
			n.Created = s.store.lastAdded.Add(time.Microsecond)
		}
		s.store.lastAdded = n.Created
	}
	if n.Deleted.IsZero() {
		set(&n.Status, StatusActive)
	}
	set(&n.Status, StatusDeleted)
}

// Rows returns all rows of the database, including deleted rows and rows of other
// customers, in the order in which they were stored.
func (s *Server) Rows() []Row {
	s.engine.Lock()
	defer s.engine.Unlock()
	list := make([]Row, len(s.store.all))
	for i, r := range s.store.all {
		list[i] = r.Row
	}
	return list
}

// SetIdentityVerified sets whether the customer's identity is verified. At first it is
// true. Without it, today's orders fail with 403.
func (s *Server) SetIdentityVerified(verified bool) {
	s.engine.Lock()
	defer s.engine.Unlock()
	s.unverified = !verified
}

// SetFrozen freezes or unfreezes the customers' accounts. While they are frozen, today's
// paths answer with 403, except for super admins.
func (s *Server) SetFrozen(frozen bool) {
	s.engine.Lock()
	defer s.engine.Unlock()
	s.frozen = time.Time{}
	if frozen {
		s.frozen = s.engine.Now().UTC()
	}
}

func frozenSince(t time.Time) any {
	return fake.Object{
		{Key: "deletion_effective_at", Value: t.Add(30 * 24 * time.Hour)},
		{Key: "deletion_scheduled_at", Value: t},
		{Key: "recovery_endpoint", Value: "DELETE /auth/unregister"},
	}
}

// AddOffer adds numbers to the carrier's offers, or replaces those with the same number.
// At first there are 25 numbers in the US, from +12182558711 on. Country "" means US, and
// Features nil means none. Sold and removed numbers are not shown. Numbers that are not
// on offer can also be ordered.
func (s *Server) AddOffer(offers ...numberstest.Offer) {
	s.engine.Lock()
	defer s.engine.Unlock()
	for _, in := range offers {
		if unfit := fake.Unfit(in, "Number", "Country", "Region", "PostalCode", "Features"); unfit != "" || in.Number == "" {
			s.engine.Misuse("AddOffer: VoIPBin's offers have a Number, and no %s", unfit)
			continue
		}
		o := offer{in.Number, cmp.Or(in.Country, "US"), in.Region, in.PostalCode, append([]string{}, in.Features...)}
		delete(s.carrier.refused, key(o.Number))
		at := slices.IndexFunc(s.carrier.offers, func(other offer) bool { return key(other.Number) == key(o.Number) })
		if at < 0 {
			s.carrier.offers = append(s.carrier.offers, o)
		} else {
			s.carrier.offers[at] = o
		}
	}
}
