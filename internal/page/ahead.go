package page

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"

	"github.com/tnkit/tnkit/numbers"
)

// spot is the number or the position of a page, and the requested count of rows.
type spot struct{ at, size int }

// way has the rules of a walk for moving from one spot to the next.
type way[T any] interface {
	fetch(ctx context.Context, at spot) (Page[T], error)
	// next evaluates the page at a spot. It returns the next spot, and whether there may
	// be a page.
	next(s *sweep, at spot, pg *Page[T], saw sight) (next spot, more bool)
	// ahead returns the spot n pages after at, if it may be requested now. s.pages is how
	// many pages have arrived.
	ahead(s *sweep, at spot, n int) (later spot, ok bool)
	// before returns how many rows of the list were not requested.
	before() int
	// end returns why the walk may be incomplete, or "".
	end(s *sweep) string
}

// places reads pages that can be requested before the page before them has arrived.
type places[T any] struct {
	list  List[T]
	way   way[T]
	sweep sweep
	at    spot
	// pages is how many pages are read ahead, from the page with the number from on.
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
		// It was read before rows were inserted, which may have moved into it.
		pg, err = p.way.fetch(ctx, p.at)
	}
	if err != nil {
		return batch[T]{done: true, err: p.failed(err)}
	}
	b, saw := take(s, &pg, p.list.Key)
	next, more := p.way.next(s, p.at, &pg, saw)
	p.at = next
	if more {
		return b
	}
	return b.end(p.list.end(p.way.end(s)))
}

// failed returns the error of a walk whose page could not be read. A vendor may refuse a
// page after the last one, or every page except the first. This ends the list only if the
// counts show its end and are not the counts of one page.
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

// get returns the page at p.at, and starts to read the next pages. isEarly means that it
// was requested before the page before it had arrived.
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

// drop discards the pages that are read ahead, and then reads each page when it is
// needed. It is called if the next page has an unexpected position, or if no total would
// show that a page was read too early.
func (p *places[T]) drop() {
	p.cancel()
	p.queue, p.pages = nil, 0
}

func (p *places[T]) stop() {
	p.cancel()
	p.wait.Wait()
}

// pipe runs the steps of a walk before the caller needs them, one after the other.
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
		p.batches = make(chan batch[T], p.pages-1) // the goroutine itself has one more
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
