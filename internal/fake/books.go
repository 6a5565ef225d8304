package fake

import (
	"slices"
	"strings"

	"github.com/tnkit/tnkit/numbers/numberstest"
)

// Buy writes a purchase into the books; a zero At means Now. Call it with the lock held.
func (s *Server) Buy(p numberstest.Purchase) {
	if p.At.IsZero() {
		p.At = s.Now()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.books.Purchases = append(s.books.Purchases, p)
}

// Release notes in the books that the newest owned purchase of a number was given back. It reports
// whether there was one. Call it with the lock held.
func (s *Server) Release(number string) bool {
	now := s.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := len(s.books.Purchases) - 1; i >= 0; i-- {
		if p := &s.books.Purchases[i]; sameNumber(p.Number, number) && p.Owns() {
			p.Released = now
			return true
		}
	}
	return false
}

// Books returns what was really bought up to now. Don't call it from a handler.
func (s *Server) Books() numberstest.Books {
	s.Lock()
	defer s.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	return numberstest.Books{Purchases: slices.Clone(s.books.Purchases)}
}

// sameNumber compares numbers whether or not a vendor writes the "+".
func sameNumber(a, b string) bool { return strings.TrimPrefix(a, "+") == strings.TrimPrefix(b, "+") }
