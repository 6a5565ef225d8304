package fake

import (
	"slices"

	"github.com/tnkit/tnkit/numbers/numberstest"
)

// armed is a fault that waits for its match.
type armed struct {
	numberstest.Fault
	seen  int // matches so far
	fired int
}

// match counts a match, and reports whether the fault is ready to strike.
func (a *armed) match() bool {
	a.seen++
	return a.seen > a.After && !a.spent()
}

func (a *armed) spent() bool { return !a.lasts() && a.fired >= max(a.Times, 1) }

// lasts reports whether the fault strikes until it is lifted.
func (a *armed) lasts() bool { return a.Times < 0 || a.Times == 0 && a.Kind.Alters() }

// Inject arms faults. At most one transport fault strikes a request: of those that are ready, the one
// injected first; the others stay ready. A fault that could not work fails the test.
func (s *Server) Inject(faults ...numberstest.Fault) {
	for _, f := range faults {
		if err := f.Validate(); err != nil {
			s.report(false, "Inject: %v", err)
			continue
		}
		if f.Kind.Semantic() && !slices.Contains(s.cfg.Semantic, f.Kind) {
			s.report(false, "Inject: this fake has no %q", f.Kind)
			continue
		}
		f.Numbers = slices.Clone(f.Numbers)
		s.mu.Lock()
		s.faults = append(s.faults, &armed{Fault: f})
		s.mu.Unlock()
	}
}

// Lift ends the faults of these kinds that are armed, or all if no kind is given.
func (s *Server) Lift(kinds ...numberstest.FaultKind) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = slices.DeleteFunc(s.faults, func(a *armed) bool { return len(kinds) == 0 || slices.Contains(kinds, a.Kind) })
}

// Unused returns the injected faults that have not struck as often as they should; one that strikes
// always counts once it has struck.
func (s *Server) Unused() []numberstest.Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []numberstest.Fault
	for _, a := range s.faults {
		if !a.spent() && (!a.lasts() || a.fired == 0) {
			out = append(out, a.Fault)
		}
	}
	return out
}

// Take is for handlers: it reports whether a semantic fault strikes now, for this number, and uses it up.
// Give "" where no number is meant. Fault.Numbers empty matches every number; a leading "+" makes no difference.
func (s *Server) Take(kind numberstest.FaultKind, number string) (numberstest.Fault, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.strike(s.current, func(f numberstest.Fault) bool {
		return f.Kind == kind && (len(f.Numbers) == 0 || slices.ContainsFunc(f.Numbers, func(n string) bool { return sameNumber(n, number) }))
	})
}

// takeTransport returns the transport fault that strikes a request, if any.
func (s *Server) takeTransport(row *numberstest.Request) (numberstest.Fault, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.strike(row, func(f numberstest.Fault) bool {
		return !f.Kind.Semantic() && !f.Kind.Alters() && f.On.Matches(*row)
	})
}

// strike counts a match for every fault selected, and lets the first that is ready strike.
// s.mu is held.
func (s *Server) strike(row *numberstest.Request, selected func(numberstest.Fault) bool) (numberstest.Fault, bool) {
	var hit *armed
	for _, a := range s.faults {
		if selected(a.Fault) && a.match() && hit == nil {
			hit = a
		}
	}
	if hit == nil {
		return numberstest.Fault{}, false
	}
	hit.fired++
	if row != nil {
		row.Faults = append(row.Faults, hit.Kind)
	}
	return hit.Fault, true
}
