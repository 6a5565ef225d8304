package page

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"

	"github.com/tnkit/tnkit/numbers"
)

// spot is the number or the position of a page, and how many rows are requested.
type spot struct{ at, size int }

// way is how a walk gets from one spot to the next.
type way[T any] interface {
	fetch(ctx context.Context, at spot) (Page[T], error)
	// next judges the page at a spot: where the next one is, and whether there may be
	// one.
	next(s *sweep, at spot, pg *Page[T], saw sight) (next spot, more bool)
	// ahead returns the spot n pages after at, if it may be asked for by now. s.pages
	// is how many have come.
	ahead(s *sweep, at spot, n int) (later spot, ok bool)
	// before is how many rows of the list were not asked for.
	before() int
	// end says why the walk can't be shown to be complete, or "".
	end(s *sweep) string
}

// places walks pages that can be asked for before the one in front of them has
// come.
type places[T any] struct {
	list  List[T]
	way   way[T]
	sweep sweep
	at    spot
	// pages are read ahead, from the page with this number on.
	pages, from int

	ctx    context.Context // of the pages that are read ahead
	cancel context.CancelFunc
	queue  []early[T] // in the order of the pages
	wait   sync.WaitGroup
}

// early is a page that is read ahead.
type early[T any] struct {
	at     spot
	answer chan result[T]
}

type result[T any] struct {
	page Page[T]
	err  error
}

func newPlaces[T any](ctx context.Context, list List[T], w way[T], first spot) *places[T] {
	pages, from := list.ahead()
	p := &places[T]{list: list, way: w, at: first, pages: pages, from: from}
	p.ctx, p.cancel = context.WithCancel(ctx)
	return p
}

func (p *places[T]) step(ctx context.Context) batch[T] {
	s := &p.sweep
	pg, isEarly, err := p.get(ctx)
	if n, ok := pg.Total.Known(); err == nil && isEarly && (!ok || n < s.total) {
		// It was read before rows were inserted, perhaps into it.
		pg, err = p.way.fetch(ctx, p.at)
	}
	if err != nil {
		return batch[T]{done: true, err: p.failed(err)}
	}
	fresh, saw := take(s, &pg, p.list.Key)
	next, more := p.way.next(s, p.at, &pg, saw)
	p.at = next
	if more {
		return batch[T]{rows: fresh}
	}
	return batch[T]{rows: fresh, done: true, err: p.list.end(p.way.end(s))}
}

// failed returns the error of a walk whose page could not be read. A vendor may
// refuse a page behind the last one, or any but the first. That ends the list if the
// counts say so, and are not those of a single page.
func (p *places[T]) failed(err error) error {
	s := &p.sweep
	e, ok := errors.AsType[*numbers.Error](err)
	refused := ok && (e.Status == http.StatusNotFound || e.Status != 0 && errors.Is(err, numbers.ErrInvalid))
	switch {
	case !refused || s.pages == 0:
		return err
	case s.pages > 1 && firstOf(s.doubt, s.lacks(p.way.before()), s.mismatch(p.way.before())) == "":
		return nil
	}
	incomplete := *e
	incomplete.Kind = numbers.ErrIncomplete
	incomplete.Message = strings.TrimSuffix("the vendor refuses to send another page, and there may be more rows: "+e.Message, ": ")
	return &incomplete
}

// get returns the page at p.at, and has the next ones read ahead. isEarly means that
// it was asked for before the page in front of it had come.
func (p *places[T]) get(ctx context.Context) (pg Page[T], isEarly bool, err error) {
	if len(p.queue) > 0 && (p.queue[0].at != p.at || p.sweep.promised.state != said) {
		p.drop()
	}
	if p.pages == 0 || p.sweep.pages+1 < p.from {
		pg, err = p.way.fetch(ctx, p.at)
		return pg, false, err
	}
	isEarly = len(p.queue) > 0
	if !isEarly {
		p.begin(p.at) //nolint:contextcheck // p.ctx ends with the walk, so that pages read ahead are given up
	}
	for n := len(p.queue); n <= p.pages; n++ {
		at, ok := p.way.ahead(&p.sweep, p.at, n)
		if !ok {
			break
		}
		p.begin(at) //nolint:contextcheck // as above
	}
	first := p.queue[0]
	p.queue = p.queue[1:]
	r := <-first.answer
	return r.page, isEarly, r.err
}

// begin starts to read a page.
func (p *places[T]) begin(at spot) {
	answer := make(chan result[T], 1)
	p.queue = append(p.queue, early[T]{at, answer})
	ctx := p.ctx
	p.wait.Go(func() {
		pg, err := p.way.fetch(ctx, at)
		answer <- result[T]{pg, err}
	})
}

// drop gives up the pages that are read ahead, and reads each of the others when it
// is needed: the next page is not where it was expected, or no total would show that
// a page was read too early.
func (p *places[T]) drop() {
	p.cancel()
	p.queue, p.pages = nil, 0
}

func (p *places[T]) stop() {
	p.cancel()
	p.wait.Wait()
}

// pipe runs the steps of a walk ahead of the caller, one after the other.
type pipe[T any] struct {
	steps[T]
	pages, from int // as in places

	begun   int
	batches chan batch[T]
	wait    sync.WaitGroup
}

func (p *pipe[T]) step(ctx context.Context) batch[T] {
	p.begun++
	if p.pages == 0 || p.begun < p.from {
		return p.steps.step(ctx)
	}
	if p.batches == nil {
		p.batches = make(chan batch[T], p.pages-1) // one more waits in the goroutine's hand
		p.wait.Go(func() { p.run(ctx) })
	}
	return <-p.batches // an empty batch after the context has ended
}

func (p *pipe[T]) run(ctx context.Context) {
	defer close(p.batches)
	for {
		b := p.steps.step(ctx)
		select {
		case p.batches <- b:
		case <-ctx.Done():
			return
		}
		if b.done {
			return
		}
	}
}

func (p *pipe[T]) stop() { p.wait.Wait() }
