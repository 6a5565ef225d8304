package voipbintest

import (
	"cmp"
	"slices"
	"time"
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
