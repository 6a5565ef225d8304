package opentacttest

import (
	"slices"

	"github.com/shopspring/decimal"

	"github.com/tnkit/tnkit/numbers/numberstest"
)

// The methods here change the vendor's state from outside, as its portal or its staff would. A mistake in their
// use is reported, which fails the test.

// SetGeneration changes the generation of the order API from now on. It does not change
// existing orders.
func (s *Server) SetGeneration(g Generation) {
	defer s.lock()()
	switch g {
	case Gen2020, Gen2021, Gen2024:
	default:
		s.fake.Misuse("unknown generation %q", g)
		return
	}
	s.st.gen.Store(g)
	for _, o := range s.st.orders {
		if o.seed == nil {
			o.listed = nil
		}
	}
}

// SetList changes the shape of GET /order.
func (s *Server) SetList(shape ListShape) {
	defer s.lock()()
	if !shape.known() {
		s.fake.Misuse("unknown list shape %q", shape)
		return
	}
	s.st.opts.List = shape
}

// Balance returns the balance of the account, as a decimal.
func (s *Server) Balance() string {
	defer s.lock()()
	return s.owner().balance.String()
}

// SetBalance sets the balance of the account, as a decimal.
func (s *Server) SetBalance(amount string) {
	defer s.lock()()
	d, err := decimal.NewFromString(amount)
	if err != nil {
		s.fake.Misuse("balance %q", amount)
		return
	}
	s.owner().balance = d
}

// owner is the account of Token; the lock is held.
func (s *Server) owner() *account { return s.st.accounts[0] }

// AddProfile adds a TN profile. The profiles "US" and "US Toll Free" exist from the
// start.
func (s *Server) AddProfile(p Profile) {
	defer s.lock()()
	if err := s.st.newProfile(p); err != nil {
		s.fake.Misuse("%v", err)
	}
}

// AddConnection adds a SIP connection to the account and returns its uuid.
func (s *Server) AddConnection(name string) string {
	defer s.lock()()
	return s.st.addPeer(sipConnection, s.fake.IDs().UUID(), name, s.owner()).uuid
}

// AddApp adds a SIP control app to the account and returns its uuid.
func (s *Server) AddApp(name string) string {
	defer s.lock()()
	return s.st.addPeer(sipApp, s.fake.IDs().UUID(), name, s.owner()).uuid
}

// AddMessagingProfile adds a messaging profile to the account and returns its uuid.
func (s *Server) AddMessagingProfile(name string) string {
	defer s.lock()()
	m := &messagingProfile{uuid: s.fake.IDs().UUID(), name: name, account: s.owner(), created: s.fake.Now()}
	s.st.messaging = append(s.st.messaging, m)
	return m.uuid
}

// orderToMove finds an order that setters may change.
func (s *Server) orderToMove(uuid string) *order {
	o := s.st.orderOf[uuid]
	if o == nil || o.seed != nil || o.over() {
		s.fake.Misuse("no order %q under way", uuid)
		return nil
	}
	return o
}

// SetState sets the state of a running order. "success" ends the order, and its numbers
// are bought. "failed" ends it, and no number is bought. In any other state, such as
// created, verify, processing or an undocumented word, the order stays until it is set to
// one of the two.
func (s *Server) SetState(id, state string) {
	defer s.lock()()
	o := s.orderToMove(id)
	switch {
	case o == nil:
	case state == stateSuccess:
		s.st.finish(o)
	case state == stateFailed:
		s.reject(o, reasonRejected)
	default:
		o.held = true
		s.st.setState(o, state)
	}
}

// Reject ends a running order. The given numbers, or all numbers if none is given, are
// not bought, with that reason.
func (s *Server) Reject(id, reason string, numbers ...string) {
	defer s.lock()()
	if o := s.orderToMove(id); o != nil {
		s.reject(o, reason, numbers...)
	}
}

func (s *Server) reject(o *order, reason string, numbers ...string) {
	for _, it := range o.items {
		if len(numbers) == 0 || slices.ContainsFunc(numbers, func(t string) bool { n, err := parseTN(t); return err == nil && n == it.tn }) {
			it.fail(reason)
		}
	}
	s.st.finish(o)
}

// ExpireTokens makes the tokens of all logins expire now. Token, and tokens that were
// created by POST /token, stay valid.
func (s *Server) ExpireTokens() {
	defer s.lock()()
	s.st.jwtKey = s.fake.IDs().Hex()
}

// Books returns the records of what was really bought and released. A number is bought
// when its order completes. Call Settle first to complete the running orders.
func (s *Server) Books() numberstest.Books {
	s.lock()()
	return s.fake.Books()
}

// Settle completes all orders now. It does not change orders with a StuckPending fault or
// a state from SetState.
func (s *Server) Settle() { s.fake.Settle() }
