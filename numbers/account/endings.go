package account

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/tnkit/tnkit/internal/parallel"
	"github.com/tnkit/tnkit/numbers"
)

// endings has the records that the journal failed to make. One goroutine tries them again
// until none is left or Close is called.
type endings struct {
	mu      sync.Mutex
	pending map[string]pendingEnd
	stop    context.CancelFunc
	running chan struct{} // closed when the goroutine has ended; nil = no goroutine
	closed  bool
}

// pendingEnd is an End that failed, or a Begin that failed. After a failed Begin the
// entry may exist, and must end as not placed.
type pendingEnd struct {
	entry   numbers.JournalEntry
	end     numbers.JournalEnd
	begin   bool
	lastErr error
}

func (s *endings) add(a *Account, p pendingEnd) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.pending == nil {
		s.pending = make(map[string]pendingEnd)
	}
	if was, ok := s.pending[p.entry.ID]; !ok || was.replacedBy(p.end) {
		s.pending[p.entry.ID] = p
	}
	if s.running != nil || s.closed {
		return
	}
	ctx, stop := context.WithCancel(context.Background())
	s.stop, s.running = stop, make(chan struct{})
	go s.run(ctx, a, s.running)
}

// done removes the pending End that a recorded End replaces.
func (s *endings) done(id string, end numbers.JournalEnd) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if was, ok := s.pending[id]; ok && was.replacedBy(end) {
		delete(s.pending, id)
	}
}

// replacedBy reports whether a later End replaces the pending one. An End that is based
// on a missing order does not replace an order that the vendor answered with.
func (p pendingEnd) replacedBy(end numbers.JournalEnd) bool {
	return numbers.JournalEntry{End: p.end}.Accepts(end)
}

// run tries the pending records, with growing pauses, until none is left or ctx ends.
func (s *endings) run(ctx context.Context, a *Account, ended chan struct{}) {
	defer close(ended)
	for pause := time.Second; ; pause = min(2*pause, time.Minute) {
		if sleep(ctx, pause) != nil {
			return
		}
		if s.try(ctx, a, 1); s.idle() {
			return
		}
	}
}

// idle reports whether nothing is pending. The goroutine then ends.
func (s *endings) idle() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.pending) > 0 {
		return false
	}
	s.stop()
	s.running = nil
	return true
}

// try records each pending End once more.
func (s *endings) try(ctx context.Context, a *Account, atOnce int) {
	s.mu.Lock()
	list := make([]pendingEnd, 0, len(s.pending))
	for _, p := range s.pending {
		list = append(list, p)
	}
	s.mu.Unlock()
	slices.SortFunc(list, func(x, y pendingEnd) int { // the oldest comes first
		return cmp.Or(x.entry.Started.Compare(y.entry.Started), cmp.Compare(x.entry.Reference, y.entry.Reference))
	})
	parallel.Do(atOnce, len(list), func(i int) {
		p := list[i]
		err := p.record(ctx, a)
		s.mu.Lock()
		if now, ok := s.pending[p.entry.ID]; ok && now.end.Time.Equal(p.end.Time) && now.begin == p.begin {
			if err == nil {
				delete(s.pending, p.entry.ID)
			} else {
				now.lastErr = err
				s.pending[p.entry.ID] = now
			}
		}
		s.mu.Unlock()
	})
}

// record tries once. An End that the journal refuses is out of date and counts as done.
func (p pendingEnd) record(ctx context.Context, a *Account) error {
	ctx, cancel := context.WithTimeout(ctx, recordWithin)
	defer cancel()
	if p.begin {
		// Only the same Begin shows whether the entry exists. If it does not, Begin
		// creates it, so that it can end.
		inTheWay, err := a.journal.Begin(ctx, p.entry.Attempt)
		if err != nil {
			return err
		}
		open := slices.ContainsFunc(inTheWay, func(e numbers.JournalEntry) bool { return e.ID == p.entry.ID && e.Open() })
		if len(inTheWay) > 0 && !open {
			return nil // the entry has ended, or never began
		}
	}
	if err := a.journal.End(ctx, p.entry, p.end); err != nil && !errors.Is(err, numbers.ErrConflict) {
		return err
	}
	return nil
}

// close stops the goroutine, tries each record once more, and returns the records that
// still failed as an error.
func (s *endings) close(a *Account) error {
	s.mu.Lock()
	s.closed = true
	running, stop := s.running, s.stop
	s.mu.Unlock()
	if running != nil {
		stop()
		<-running
	}
	s.try(context.Background(), a, 0) // all in parallel, so that a journal that hangs costs the time of one record
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running = nil
	var errs []error
	for _, p := range s.pending {
		errs = append(errs, because(a.err("Close", numbers.ErrIncomplete, "", "the journal has not recorded that the order is "+string(p.end.Status), p.entry.Numbers...), p.lastErr))
	}
	return errors.Join(errs...)
}
