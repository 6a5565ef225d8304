package voipbintest

import (
	"time"

	"github.com/tnkit/tnkit/internal/fake"
)

// AddNumber adds one number that is owned already, and returns its id; see AddNumbers.
func (s *Server) AddNumber(n Number) string { return s.AddNumbers(n)[0] }

// AddNumbers adds numbers that are owned already, and returns their ids. What is zero gets a usual value: a new
// ID, the type by the number, no flows, StatusActive, the owner of the first account, created an hour ago (each
// number a microsecond after the one before). Rows with equal Created times are listed in the order given, as far
// as they are listed; nothing keeps numbers from being added twice.
func (s *Server) AddNumbers(numbers ...Number) []string {
	s.engine.Lock()
	defer s.engine.Unlock()
	ids := make([]string, len(numbers))
	rows := make([]*row, len(numbers))
	for i, n := range numbers {
		s.complete(&n)
		rows[i] = &row{Number: n}
		ids[i] = n.ID
		if n.Deleted.IsZero() {
			s.carrier.hold(n.Number)
		}
	}
	s.store.add(rows...)
	return ids
}

// complete gives a new row what it lacks.
func (s *Server) complete(n *Number) {
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

// Numbers returns all rows of the store, deleted ones and those of other customers included, in the order in
// which they were stored.
func (s *Server) Numbers() []Number {
	s.engine.Lock()
	defer s.engine.Unlock()
	numbers := make([]Number, len(s.store.all))
	for i, r := range s.store.all {
		numbers[i] = r.Number
	}
	return numbers
}

// SetStatus changes the status of a number, and reports whether there is one with this id.
func (s *Server) SetStatus(id, status string) bool {
	s.engine.Lock()
	defer s.engine.Unlock()
	r, ok := s.store.byID[id]
	if ok {
		r.Status = status
	}
	return ok
}

// SetPurchaseStatus sets the status that the carrier gives to the numbers it sells; StatusActive at first. With
// StatusPurchaseFailed it sells nothing: the orders make rows that are listed and can't be deleted.
func (s *Server) SetPurchaseStatus(status string) {
	s.engine.Lock()
	defer s.engine.Unlock()
	s.carrier.status = status
}

// SetCredit says whether the customer can pay; true at first. Without credit today's orders of normal numbers
// fail with 500, and renewals give the numbers back.
func (s *Server) SetCredit(enough bool) {
	s.engine.Lock()
	defer s.engine.Unlock()
	s.noCredit = !enough
}

// SetIdentityVerified says whether the customer has proved who it is; true at first. Without it today's orders
// fail with 403.
func (s *Server) SetIdentityVerified(verified bool) {
	s.engine.Lock()
	defer s.engine.Unlock()
	s.unverified = !verified
}

// SetFrozen freezes or thaws the customers' accounts: while frozen, today's paths answer 403 to all but super admins.
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
