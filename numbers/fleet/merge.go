package fleet

import (
	"context"
	"errors"
	"iter"
	"runtime/debug"
	"sync"
	"time"

	"github.com/tnkit/tnkit/internal/parallel"
)

// ahead is how many items of an account may wait until they are needed.
const ahead = 256

// merge reads several sequences at the same time and merges them into one. The sequences
// run in goroutines, of which at most atOnce read at the same time. A goroutine whose
// items wait to be taken does not count. Only one goroutine may call next and stop.
type merge[T any] struct {
	at      func(*T) time.Time
	ctx     context.Context
	cancel  context.CancelFunc
	running sync.WaitGroup
	slots   chan struct{}

	mu      sync.Mutex
	arrived *sync.Cond // signals that a source has changed
	sources []*source[T]
	turn    int  // the source whose turn it is, if the items have no order
	newest  bool // the sources list the newest first
	ordered bool // newest is known
	looked  bool // the first items have arrived, or all sources have ended
	stopped bool
	failed  *parallel.Panic // the panic of a sequence
}

// source is one of the sequences.
type source[T any] struct {
	room  *sync.Cond
	items []*T // the items that wait
	err   error
	ended bool
	// told is set when next has returned the end.
	told bool
	// last is the time of the latest item that arrived. Later items do not come before
	// it, unless the source is unordered: its items have another order or no times.
	last      time.Time
	begun     bool
	unordered bool
}

func newMerge[T any](ctx context.Context, n int, at func(*T) time.Time) *merge[T] {
	m := &merge[T]{at: at, slots: make(chan struct{}, atOnce), sources: make([]*source[T], n)}
	m.ctx, m.cancel = context.WithCancel(ctx)
	m.arrived = sync.NewCond(&m.mu)
	for i := range m.sources {
		m.sources[i] = &source[T]{room: sync.NewCond(&m.mu)}
	}
	return m
}

// start begins to read the i-th sequence.
func (m *merge[T]) start(i int, list func(context.Context) iter.Seq2[*T, error]) {
	s := m.sources[i]
	m.running.Go(func() {
		err := m.read(s, list)
		m.mu.Lock()
		defer m.mu.Unlock()
		s.ended, s.err = true, err
		m.arrived.Signal()
	})
}

var errNilItem = errors.New("the listing has an item that is nil")

// read reads a sequence to its end, or until the merge is stopped.
func (m *merge[T]) read(s *source[T], list func(context.Context) iter.Seq2[*T, error]) (err error) {
	defer func() {
		if v := recover(); v != nil {
			m.mu.Lock()
			defer m.mu.Unlock()
			m.failed = &parallel.Panic{Value: v, Stack: debug.Stack()}
		}
	}()
	m.slots <- struct{}{}
	defer func() { <-m.slots }()
	for item, err := range list(m.ctx) {
		switch {
		case err != nil:
			return err
		case item == nil:
			return errNilItem
		case !m.put(s, item):
			return nil
		}
	}
	return nil
}

// put passes an item to next. It reports whether more items are wanted.
func (m *merge[T]) put(s *source[T], item *T) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(s.items) >= ahead && !m.stopped {
		<-m.slots // another source may read while this one waits
		for len(s.items) >= ahead && !m.stopped {
			s.room.Wait()
		}
		m.mu.Unlock()
		m.slots <- struct{}{}
		m.mu.Lock()
	}
	if m.stopped {
		return false
	}
	s.items = append(s.items, item)
	m.arrange(s, m.at(item))
	m.arrived.Signal()
	return true
}

// arrange finds in which order of time the sources are.
func (m *merge[T]) arrange(s *source[T], at time.Time) {
	if at.IsZero() {
		s.unordered = true
		return
	}
	if s.begun && !at.Equal(s.last) {
		if newest := at.Before(s.last); !m.ordered {
			m.ordered, m.newest = true, newest
		} else if newest != m.newest {
			s.unordered = true
		}
	}
	s.begun, s.last = true, at
}

// next returns the next item and its source, or the error that ended a source. It returns
// -1 when all have ended.
func (m *merge[T]) next() (i int, item *T, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for {
		if m.failed != nil {
			panic(m.failed)
		}
		if i, ok := m.pick(); ok {
			s := m.sources[i]
			if len(s.items) > 0 {
				item = s.items[0]
				s.items[0] = nil
				s.items = s.items[1:]
				s.room.Signal()
				return i, item, nil
			}
			s.told = true
			if s.err != nil {
				return i, nil, s.err
			}
			continue
		}
		if m.over() {
			return -1, nil, nil
		}
		m.arrived.Wait()
	}
}

func (m *merge[T]) over() bool {
	for _, s := range m.sources {
		if !s.told {
			return false
		}
	}
	return true
}

// pick chooses the source whose turn it is. ok is false if its item must arrive first.
func (m *merge[T]) pick() (i int, ok bool) {
	best := -1
	for k := range m.sources {
		i := (m.turn + k) % len(m.sources)
		s := m.sources[i]
		switch {
		case s.told, len(s.items) == 0 && !s.ended:
			continue
		case len(s.items) == 0 || s.unordered:
			m.turn = i + 1
			return i, true
		case best < 0 || m.before(m.at(s.items[0]), m.at(m.sources[best].items[0])):
			best = i
		}
	}
	if best < 0 || !m.isNext(best) {
		return 0, false
	}
	m.turn = best + 1
	return best, true
}

// isNext reports whether no source that is still read can have an item that comes before
// the item of the i-th source.
func (m *merge[T]) isNext(i int) bool {
	at := m.at(m.sources[i].items[0])
	for _, s := range m.sources {
		if len(s.items) > 0 || s.ended || s.unordered {
			continue
		}
		if !s.begun || m.before(s.last, at) {
			return false
		}
	}
	return m.look()
}

// look reports whether the order of the sources is known, or can't be known from their
// first items: each has listed two items or has ended.
func (m *merge[T]) look() bool {
	if m.ordered || m.looked {
		return true
	}
	for _, s := range m.sources {
		if len(s.items) == 1 && !s.ended {
			return false
		}
	}
	m.looked = true
	return true
}

func (m *merge[T]) before(a, b time.Time) bool {
	if m.newest {
		return a.After(b)
	}
	return a.Before(b)
}

// stop ends the running goroutines and waits for them.
func (m *merge[T]) stop() {
	m.cancel()
	m.mu.Lock()
	m.stopped = true
	for _, s := range m.sources {
		s.room.Broadcast()
	}
	m.mu.Unlock()
	m.running.Wait()
}
