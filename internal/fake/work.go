package fake

import (
	"runtime/debug"
	"slices"
	"time"
)

// work is something that the vendor does later. No timer runs for it: it is done, in order, before
// anybody can look at the state again.
type work struct {
	at  time.Time
	seq int
	do  func()
}

// Lock takes the lock that guards the vendor's state, and brings the state up to date: scheduled work whose
// time has come is done. Handlers run with the lock held and must not take it.
func (s *Server) Lock() {
	s.vendorMu.Lock()
	s.runDue(false)
}

// Unlock gives the lock back.
func (s *Server) Unlock() { s.vendorMu.Unlock() }

// After schedules work on the fake's clock. It runs with the lock held, and sees in Now the time when it
// was due. Call it with the lock held.
func (s *Server) After(d time.Duration, do func()) {
	at := s.Now().Add(d)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seq++
	s.due = append(s.due, work{at, s.seq, do})
}

// Settle does all scheduled work now, whatever the clock says.
func (s *Server) Settle() {
	s.vendorMu.Lock()
	defer s.vendorMu.Unlock()
	s.runDue(true)
}

// runDue does the work whose time has come (or all), earliest first, also what that work schedules.
func (s *Server) runDue(all bool) {
	for {
		w, ok := s.nextDue(all)
		if !ok {
			return
		}
		s.do(w)
	}
}

// do does a piece of work, in its own time.
func (s *Server) do(w work) {
	s.setAt(w.at)
	defer s.setAt(time.Time{})
	defer func() {
		if p := recover(); p != nil {
			s.report(false, "scheduled work panicked: %v\n%s", p, debug.Stack())
		}
	}()
	w.do()
}

func (s *Server) nextDue(all bool) (work, bool) {
	now := s.cfg.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.due) == 0 {
		return work{}, false
	}
	first := slices.MinFunc(s.due, func(a, b work) int {
		if c := a.at.Compare(b.at); c != 0 {
			return c
		}
		return a.seq - b.seq
	})
	if !all && first.at.After(now) {
		return work{}, false
	}
	s.due = slices.DeleteFunc(s.due, func(w work) bool { return w.seq == first.seq })
	return first, true
}

func (s *Server) setAt(t time.Time) {
	s.mu.Lock()
	s.at = t
	s.mu.Unlock()
}
