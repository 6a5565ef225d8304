package voipbintest

import "strings"

// carrier is who sells normal numbers to VoIPBin. Virtual numbers are counted here, too, as if it did.
type carrier struct {
	offers     []offer
	status     string          // of what it sells
	held       map[string]int  // how often VoIPBin has it, or will have it soon; by digits
	refused    map[string]bool // not for sale; by digits
	keeps      map[string]bool // can't be given back; by digits
	duplicates bool            // sells a number twice
}

func newCarrier() carrier {
	return carrier{
		status: StatusActive,
		held:   map[string]int{}, refused: map[string]bool{}, keeps: map[string]bool{},
	}
}

// key is a number without its "+", which the carrier does not look at.
func key(number string) string { return strings.TrimPrefix(number, "+") }

func (c *carrier) hold(number string)       { c.held[key(number)]++ }
func (c *carrier) holds(number string) bool { return c.held[key(number)] > 0 }

// giveBack takes a number back, and reports whether VoIPBin had it.
func (c *carrier) giveBack(number string) bool {
	if !c.holds(number) {
		return false
	}
	c.held[key(number)]--
	return true
}

// sells says whether a number can be ordered, leaving aside whether it is held already.
func (c *carrier) sells(number string) bool {
	digits := key(number)
	return len(digits) >= 7 && len(digits) <= 15 && digits[0] != '0' && strings.Trim(digits, "0123456789") == "" &&
		!strings.HasPrefix(digits, "899") && !c.refused[digits]
}

// RemoveOffer makes the carrier refuse to sell these numbers, as when others have bought them, and to offer them.
func (s *Server) RemoveOffer(numbers ...string) {
	s.engine.Lock()
	defer s.engine.Unlock()
	for _, n := range numbers {
		s.carrier.refused[key(n)] = true
	}
}

// RefuseRelease makes the carrier refuse to take these numbers back: deleting them fails, and they stay.
func (s *Server) RefuseRelease(numbers ...string) {
	s.engine.Lock()
	defer s.engine.Unlock()
	for _, n := range numbers {
		s.carrier.keeps[key(n)] = true
	}
}

// AcceptDuplicates says whether the carrier sells a number that is owned already a second time; it does not at
// first. Where it does, an order of 2021 makes a second row; today's server finds out only then, gives the number
// back (the one that was owned, too), answers 500 and keeps listing it, and it can't be deleted any more.
func (s *Server) AcceptDuplicates(accept bool) {
	s.engine.Lock()
	defer s.engine.Unlock()
	s.carrier.duplicates = accept
}
