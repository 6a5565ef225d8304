package page

import (
	"context"
	"iter"
)

// Cursor walks pages of which each shows where the next one is. It is also the walk
// of a list that comes at once: Next then says that there is no other page.
type Cursor[T, C any] struct {
	List[T]
	// First is where the first page is.
	First C
	// Fetch reads one page. It depends on at alone, and returns soon after ctx has
	// ended.
	Fetch func(ctx context.Context, at C) (Page[T], error)
	// Next returns where the page after pg is, of which fresh rows are new, and
	// whether there may be one. A reason why rows are missing is a gap, as in
	// Page.
	Next func(at C, pg *Page[T], fresh int) (next C, more bool, gap string)
	// Size is how many rows a page has unless it is the last one; 0 = not known.
	Size int
}

// All walks the rows, as the package describes.
func (w Cursor[T, C]) All(ctx context.Context) iter.Seq2[*T, error] {
	return w.all(ctx, func(context.Context) steps[T] {
		pages, from := w.List.ahead()
		return &pipe[T]{steps: &cursor[T, C]{Cursor: w, at: w.First}, pages: pages, from: from}
	})
}

// cursor is one walk under way.
type cursor[T, C any] struct {
	Cursor[T, C]
	sweep sweep
	at    C
}

func (w *cursor[T, C]) step(ctx context.Context) batch[T] {
	pg, err := w.Fetch(ctx, w.at)
	if err != nil {
		return batch[T]{done: true, err: err}
	}
	s := &w.sweep
	fresh, saw := take(s, &pg, w.Key)
	next, more, gap := w.Next(w.at, &pg, saw.fresh)
	if gap != "" {
		s.say(gap)
	}
	w.at = next
	if more && s.goesOn(saw, saw.distinct < w.Size, mostStill) {
		return batch[T]{rows: fresh}
	}
	return batch[T]{rows: fresh, done: true, err: w.List.end(w.doubt())}
}

// doubt says why the walk can't be shown to be complete, or "".
func (w *cursor[T, C]) doubt() string {
	s := &w.sweep
	if s.promised.state == unsaid {
		return s.doubt
	}
	return firstOf(s.doubt, s.mismatch(0), s.lacks(0))
}

func (w *cursor[T, C]) stop() {}
