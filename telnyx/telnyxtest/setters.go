package telnyxtest

import (
	"fmt"
	"slices"
	"time"
)

// Owned is a number that the account has without having ordered it here.
type Owned struct {
	// PhoneNumber in E.164. Type and Country "" are found as for Available.
	PhoneNumber, Type, Country string
	// Status is Telnyx's word; "" means active.
	Status string
	// ConnectionID, MessagingProfileID, BillingGroupID, EmergencyAddressID and CustomerReference are null where "".
	ConnectionID, MessagingProfileID, BillingGroupID, EmergencyAddressID, CustomerReference string
	// Tags of the number.
	Tags []string
	// Ported says that it came by a port request, not by an order.
	Ported bool
	// DeletionLock blocks its release.
	DeletionLock bool
}

// AddOwned adds numbers to the account, in this order, and returns their ids. They are in no order and were
// not bought: Books has nothing of them. A number that is owned already is an error, and nothing is added.
func (s *Server) AddOwned(numbers ...Owned) ([]string, error) {
	s.fake.Lock()
	defer s.fake.Unlock()
	seen := map[string]bool{}
	for _, in := range numbers {
		if s.owned[in.PhoneNumber] != nil || seen[in.PhoneNumber] {
			return nil, fmt.Errorf("telnyxtest: AddOwned: %s is owned already", in.PhoneNumber)
		}
		seen[in.PhoneNumber] = true
	}
	ids := make([]string, 0, len(numbers))
	for _, in := range numbers {
		now := s.fake.Now()
		a := Available{PhoneNumber: in.PhoneNumber, Type: in.Type, Country: in.Country}.withDefaults()
		n := &phoneNumber{
			number: in.PhoneNumber, country: a.Country, kind: a.Type, status: in.Status, tags: slices.Clone(in.Tags),
			connection: orNil(in.ConnectionID), messaging: orNil(in.MessagingProfileID), billing: orNil(in.BillingGroupID),
			emergencyAddress: orNil(in.EmergencyAddressID), reference: orNil(in.CustomerReference),
			source: new("number_order"), locked: in.DeletionLock, purchased: now,
		}
		if in.Ported {
			n.source = new("port_request")
		}
		if n.status == "" {
			n.status, n.activated = numberActive, now
		}
		s.own(n)
		ids = append(ids, n.id)
	}
	return ids, nil
}

func orNil(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// PastOrder is an order of the past, with nothing left to settle.
type PastOrder struct {
	// Numbers in E.164.
	Numbers []string
	// CustomerReference is null where "".
	CustomerReference string
	// Status of the order and of its numbers; "" means success.
	Status string
	// Created is when it was made; zero means now. Lists keep the order in which orders were added.
	Created time.Time
}

// AddOrders adds orders to the account, oldest first, and returns their ids. Nothing is bought: the numbers
// are not owned, and Books has nothing of them.
func (s *Server) AddOrders(orders ...PastOrder) []string {
	s.fake.Lock()
	defer s.fake.Unlock()
	ids := make([]string, 0, len(orders))
	for _, in := range orders {
		if in.Status == "" {
			in.Status = statusSuccess
		}
		if in.Created.IsZero() {
			in.Created = s.fake.Now()
		}
		o := &order{created: in.Created, updated: in.Created, reference: orNil(in.CustomerReference)}
		for _, n := range in.Numbers {
			l := &line{number: n, status: in.Status, requirementsStatus: requirementsApproved}
			l.country, l.kind = classify(n)
			o.lines = append(o.lines, l)
		}
		s.add(o)
		ids = append(ids, o.id)
	}
	return ids
}

// Stick keeps the pending number of an order from settling, until Succeed or Fail.
func (s *Server) Stick(number string) error {
	return s.onLine("Stick", number, func(l *line) { l.stuck = true })
}

// Succeed settles a pending number: it is bought now, whatever its requirements.
func (s *Server) Succeed(number string) error { return s.onLine("Succeed", number, s.win) }

// Fail settles a pending number: it is not bought.
func (s *Server) Fail(number string) error { return s.onLine("Fail", number, s.lose) }

// Approve approves all requirements of a pending number, with or without values, as Telnyx's people would.
func (s *Server) Approve(number string) error {
	return s.onLine("Approve", number, func(l *line) {
		for _, r := range l.requirements {
			r.status = requirementApproved
		}
		s.reviewed(l)
	})
}

// Decline declines all requirements of a pending number that have a value, and says why in a comment on its
// sub number order.
func (s *Server) Decline(number, why string) error {
	return s.onLine("Decline", number, func(l *line) {
		for _, r := range l.requirements {
			if r.value != "" {
				r.status = requirementDeclined
			}
		}
		l.summarise()
		s.comment(why, "admin@telnyx.com", "admin", commentSubOrder, l.sub.id)
	})
}

// onLine does something to a pending number of an order.
func (s *Server) onLine(op, number string, do func(*line)) error {
	s.fake.Lock()
	defer s.fake.Unlock()
	l := s.pending[number]
	if l == nil {
		return fmt.Errorf("telnyxtest: %s: no order has %s pending", op, number)
	}
	do(l)
	return nil
}

// SetOrderStatus makes a number order or a sub number order show any status, such as one that the
// documentation doesn't have ("deleted"); "" gives it back its own. The numbers keep theirs.
func (s *Server) SetOrderStatus(id, status string) error {
	s.fake.Lock()
	defer s.fake.Unlock()
	if o := s.orderID[id]; o != nil {
		o.forced = status
		return nil
	}
	if sub := s.subID[id]; sub != nil {
		sub.forced = status
		return nil
	}
	return fmt.Errorf("telnyxtest: SetOrderStatus: there is no order %s", id)
}

// SetNumberStatus gives an owned number any status.
func (s *Server) SetNumberStatus(number, status string) error {
	return s.onNumber("SetNumberStatus", number, func(n *phoneNumber) { n.status = status })
}

// SetDeletionLock locks an owned number against release, or unlocks it: the API itself can't.
func (s *Server) SetDeletionLock(number string, locked bool) error {
	return s.onNumber("SetDeletionLock", number, func(n *phoneNumber) { n.locked = locked })
}

func (s *Server) onNumber(op, number string, do func(*phoneNumber)) error {
	s.fake.Lock()
	defer s.fake.Unlock()
	n := s.owned[number]
	if n == nil {
		return fmt.Errorf("telnyxtest: %s: %s is not owned", op, number)
	}
	do(n)
	return nil
}

// NameConnection names the connection that numbers refer to by its id.
func (s *Server) NameConnection(id, name string) {
	s.fake.Lock()
	defer s.fake.Unlock()
	s.connections[id], s.sorted = name, nil
}

// SetMessagingOutage breaks the look-up of messaging profiles: GET /phone_numbers answers 503, or with
// handle_messaging_profile_error=true 200 with a top-level errors.
func (s *Server) SetMessagingOutage(out bool) {
	s.fake.Lock()
	defer s.fake.Unlock()
	s.messagingOut = out
}
