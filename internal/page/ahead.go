package page

import (
	"context"
	"sync"
)

// mostAhead bounds ReadAhead, and with it memory and connections, whatever a
// caller asks for.
const mostAhead = 64

// result is what a fetch came to.
type result[T, C any] struct {
	page Page[T, C]
	err  error
}

// source gives the pages one after the other. stop ends every fetch under way
// and waits for its goroutine.
func (w Walk[T, C]) source(ctx context.Context) (next func() (Page[T, C], error), stop func()) {
	w.ReadAhead = min(w.ReadAhead, mostAhead)
	switch {
	case w.ReadAhead <= 0:
		return w.oneByOne(ctx), func() {}
	case w.Jump == nil:
		return w.prefetched(ctx)
	}
	return w.inParallel(ctx)
}

// oneByOne fetches each page when it is needed.
func (w Walk[T, C]) oneByOne(ctx context.Context) (next func() (Page[T, C], error)) {
	at := w.First
	return func() (Page[T, C], error) {
		pg, err := w.Fetch(ctx, at)
		at = pg.Next
		return pg, err
	}
}

// prefetched fetches one page at a time, up to ReadAhead of them before they
// are needed: where the next page is says only the one before.
func (w Walk[T, C]) prefetched(ctx context.Context) (next func() (Page[T, C], error), stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var fetching sync.WaitGroup
	pages := make(chan result[T, C], w.ReadAhead-1) // the last one waits in the goroutine's hand
	fetch := func() {
		for at, more := w.First, true; more; {
			pg, err := w.Fetch(ctx, at)
			select {
			case pages <- result[T, C]{pg, err}:
			case <-ctx.Done():
				return
			}
			at, more = pg.Next, err == nil && pg.More
		}
	}
	started := false
	next = func() (Page[T, C], error) {
		if !started {
			started = true
			fetching.Go(fetch)
		}
		select {
		case r := <-pages:
			return r.page, r.err
		case <-ctx.Done():
			return Page[T, C]{}, w.stopped(ctx)
		}
	}
	return next, func() { cancel(); fetching.Wait() }
}

// inParallel fetches up to ReadAhead numbered pages beside the one that is
// needed. The first page goes alone: only it tells whether there are others.
// Where the vendor does not say how many, some fetches may go past the last
// page; they are cancelled, and what they bring is dropped.
func (w Walk[T, C]) inParallel(ctx context.Context) (next func() (Page[T, C], error), stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var fetching sync.WaitGroup
	var queue []chan result[T, C] // under way, in the order of the pages
	begun, rest := 0, 0
	begin := func() {
		at := w.First
		if begun > 0 {
			at = w.Jump(w.First, begun)
		}
		begun++
		answer := make(chan result[T, C], 1)
		queue = append(queue, answer)
		fetching.Go(func() {
			pg, err := w.Fetch(ctx, at)
			answer <- result[T, C]{pg, err}
		})
	}
	fill := func(most int) {
		if rest > 0 {
			most = min(most, rest)
		}
		for len(queue) < most {
			begin()
		}
	}
	next = func() (Page[T, C], error) {
		if begun == 0 {
			fill(1)
		} else {
			fill(w.ReadAhead + 1)
		}
		r := <-queue[0]
		queue = queue[1:]
		if r.err == nil && r.page.More {
			rest = r.page.Rest
			fill(w.ReadAhead)
		}
		return r.page, r.err
	}
	return next, func() { cancel(); fetching.Wait() }
}
