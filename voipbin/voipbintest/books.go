package voipbintest

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/tnkit/tnkit/numbers/numberstest"
)

// store keeps the numbers. The live ones also lie in the order of tm_create, so that a page costs only its own
// length, however many there are.
type store struct {
	all  []*row          // in order of insertion
	byID map[string]*row // deleted ones included
	live []*row          // not deleted; oldest first, of one time the last inserted first
	// last is when the newest order was created, lastAdded the same for AddRow.
	last, lastAdded time.Time
	// floor is a time before which lists don't begin, for a seed that is newer than the clock.
	floor time.Time
}

func newStore() store { return store{byID: map[string]*row{}} }

func byCreation(a, b *row) int {
	return cmp.Or(a.Created.Compare(b.Created), b.seq-a.seq)
}

// add inserts rows, whose ids are new.
func (s *store) add(rows ...*row) {
	for _, r := range rows {
		r.seq = len(s.all)
		s.all = append(s.all, r)
		s.byID[r.ID] = r
	}
	if len(rows) == 1 && !rows[0].deleted() {
		at, _ := slices.BinarySearchFunc(s.live, rows[0], byCreation)
		s.live = slices.Insert(s.live, at, rows[0])
		return
	}
	for _, r := range rows {
		if !r.deleted() {
			s.live = append(s.live, r)
		}
	}
	slices.SortFunc(s.live, byCreation)
}

// remove takes a row from the lists. It stays known by its id.
func (s *store) remove(r *row) {
	if at, ok := slices.BinarySearchFunc(s.live, r, byCreation); ok {
		s.live = slices.Delete(s.live, at, at+1)
	}
}

// page returns up to size live rows created before a time, newest first. Of several rows created at one time
// those that don't fit are not on the next page either, since that begins before this time: so does the vendor.
func (s *store) page(mine func(*Row) bool, before time.Time, size int) []*row {
	at, _ := slices.BinarySearchFunc(s.live, before, func(r *row, t time.Time) int {
		if r.Created.Before(t) {
			return -1
		}
		return 1
	})
	var rows []*row
	for i := at - 1; i >= 0 && len(rows) < size; i-- {
		if mine(&s.live[i].Row) {
			rows = append(rows, s.live[i])
		}
	}
	return rows
}

// created returns the time of a new order: now, but never that of another order.
func (s *store) created(now time.Time) time.Time {
	if !now.After(s.last) {
		now = s.last.Add(time.Microsecond)
	}
	s.last = now
	return now
}

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

func (c *carrier) hold(number string) { c.held[key(number)]++ }

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

// RemoveOffer makes the carrier no longer offer or sell these numbers, as if other
// customers had bought them.
func (s *Server) RemoveOffer(numbers ...string) {
	s.engine.Lock()
	defer s.engine.Unlock()
	for _, n := range numbers {
		s.carrier.refused[key(n)] = true
	}
}

// RefuseRelease makes the carrier refuse to release these numbers: deleting them fails,
// and they stay.
func (s *Server) RefuseRelease(numbers ...string) {
	s.engine.Lock()
	defer s.engine.Unlock()
	for _, n := range numbers {
		s.carrier.keeps[key(n)] = true
	}
}

// AcceptDuplicates sets whether the carrier sells an owned number a second time. At first
// it does not. If it does, an order of 2021 makes a second row. Today's server detects
// the duplicate only after the purchase. It then releases the number (also the one that
// was owned), answers 500, and still lists the number, which can no longer be deleted.
func (s *Server) AcceptDuplicates(accept bool) {
	s.engine.Lock()
	defer s.engine.Unlock()
	s.carrier.duplicates = accept
}

// SetState sets the status of the number with this id to any word.
func (s *Server) SetState(id, state string) {
	s.engine.Lock()
	defer s.engine.Unlock()
	if r, ok := s.store.byID[id]; ok && state != "" {
		r.Status = state
		return
	}
	s.engine.Misuse("SetState: there is no number with the id %q, or no state", id)
}

// SetPurchaseStatus sets the status of the numbers that the carrier sells. At first it is
// StatusActive. With StatusPurchaseFailed the carrier sells nothing, and the orders make
// rows that are listed and can't be deleted.
func (s *Server) SetPurchaseStatus(status string) {
	s.engine.Lock()
	defer s.engine.Unlock()
	s.carrier.status = status
}

// SetCredit sets whether the customer can pay. At first it is true. Without credit,
// today's orders of normal numbers fail with 500, and renewals release the numbers.
func (s *Server) SetCredit(enough bool) {
	s.engine.Lock()
	defer s.engine.Unlock()
	s.noCredit = !enough
}

// Books returns the records of all numbers that were ordered since the start, including
// virtual numbers. It does not have numbers that were added by AddNumber, AddRow or
// Options.Seed.
func (s *Server) Books() numberstest.Books { return s.engine.Books() }

// Settle completes all running orders now.
func (s *Server) Settle() { s.engine.Settle() }
