package opentacttest

import (
	"fmt"
	"slices"

	"github.com/shopspring/decimal"
)

// The methods here change the vendor's state from outside, as its portal or its staff would. A mistake in their
// use is reported, which fails the test.

func (s *Server) misuse(format string, args ...any) {
	s.fake.Report("misuse: %s", fmt.Sprintf(format, args...))
}

// SetGeneration changes the form that the order API speaks from now on; orders stay what they are.
func (s *Server) SetGeneration(g Generation) {
	defer s.lock()()
	switch g {
	case Gen2020, Gen2021, Gen2024:
	default:
		s.misuse("unknown generation %q", g)
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
	switch shape {
	case ListArray, ListObject, ListPaged, ListUncounted:
		s.st.opts.List = shape
	default:
		s.misuse("unknown list shape %q", shape)
	}
}

// Balance is what is left in the account, a decimal.
func (s *Server) Balance() string {
	defer s.lock()()
	return s.owner().balance.String()
}

// SetBalance sets what is left in the account, a decimal.
func (s *Server) SetBalance(amount string) {
	defer s.lock()()
	d, err := decimal.NewFromString(amount)
	if err != nil {
		s.misuse("balance %q", amount)
		return
	}
	s.owner().balance = d
}

// owner is the account of Token; the lock is held.
func (s *Server) owner() *account { return s.st.accounts[0] }

// AddOffers puts numbers into stock. One that is in stock already stays as it is.
func (s *Server) AddOffers(offers ...Offer) {
	defer s.lock()()
	if err := s.st.addOffers(offers); err != nil {
		s.misuse("%v", err)
	}
}

// RemoveOffers takes numbers out of stock, as if they were sold to somebody else: an order for one that is not
// under way yet is refused or rejects it.
func (s *Server) RemoveOffers(tns ...string) {
	defer s.lock()()
	for _, text := range tns {
		tn, err := parseTN(text)
		if err != nil {
			s.misuse("%v", err)
			continue
		}
		delete(s.st.offerOf, tn)
		s.st.version++
		s.st.offers = slices.DeleteFunc(s.st.offers, func(o *Offer) bool { return o.tn == tn })
	}
}

// AddProfile adds a TN profile; there are "US" and "US Toll Free" from the start.
func (s *Server) AddProfile(p Profile) {
	defer s.lock()()
	if _, err := s.st.newProfile(p); err != nil {
		s.misuse("%v", err)
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

// AddOwned gives the account a number that no order of ours bought, and returns its lease's uuid.
func (s *Server) AddOwned(tn string) string {
	defer s.lock()()
	n, err := parseTN(tn)
	if err != nil {
		s.misuse("%v", err)
		return ""
	}
	return s.st.own(s.owner(), n).uuid
}

// AddOrder places and completes an order of the account, without charge and whatever the stock, and returns
// its uuid.
func (s *Server) AddOrder(tns ...string) string {
	defer s.lock()()
	o := &order{account: s.owner(), state: stateCreated}
	for _, text := range tns {
		tn, err := parseTN(text)
		if err != nil {
			s.misuse("%v", err)
			return ""
		}
		o.items = append(o.items, newItem(tn, wish{}, nil, s.st.profileNamed("US")))
	}
	if len(o.items) == 0 {
		s.misuse("an order needs a number")
		return ""
	}
	s.st.name(o)
	s.st.addOrder(o)
	s.st.finish(o)
	return o.uuid
}

// orderToMove finds an order that setters may change.
func (s *Server) orderToMove(uuid string) *order {
	o := s.st.orderOf[uuid]
	if o == nil || o.seed != nil || o.over() {
		s.misuse("no order %q under way", uuid)
		return nil
	}
	return o
}

// SetState puts an order that is under way into a state and keeps it there, until Complete or Fail: created,
// verify, processing, or a word that nobody has seen before.
func (s *Server) SetState(uuid, state string) {
	defer s.lock()()
	if o := s.orderToMove(uuid); o != nil {
		if state == stateSuccess || state == stateFailed {
			s.misuse("Complete and Fail end an order")
			return
		}
		o.held = true
		s.st.setState(o, state)
	}
}

// Complete ends an order that is under way: its numbers are bought.
func (s *Server) Complete(uuid string) {
	defer s.lock()()
	if o := s.orderToMove(uuid); o != nil {
		s.st.finish(o)
	}
}

// Fail ends an order that is under way: the numbers named, or all if none is, are not bought, for that reason.
func (s *Server) Fail(uuid, reason string, tns ...string) {
	defer s.lock()()
	o := s.orderToMove(uuid)
	if o == nil {
		return
	}
	for _, it := range o.items {
		if len(tns) == 0 || slices.ContainsFunc(tns, func(t string) bool { n, err := parseTN(t); return err == nil && n == it.tn }) {
			it.fail(reason)
		}
	}
	s.st.finish(o)
}

// ExpireTokens ends the tokens of all logins now. Token, and tokens created at POST /token, stay.
func (s *Server) ExpireTokens() {
	defer s.lock()()
	s.st.jwtKey = s.fake.IDs().Hex()
}
