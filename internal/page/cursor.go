package page

import (
	"context"
	"iter"
)

// Cursor walks pages that each show where the next page is. It is also used for a list in
// one answer: Next then returns that there is no other page.
type Cursor[T, C any] struct {
	List[T]
	// First is the position of the first page.
	First C
	// Fetch reads one page. Its result must depend only on at. It must return soon after
	// ctx has ended.
	Fetch func(ctx context.Context, at C) (Page[T], error)
	// Next returns the position of the page after pg, and whether there may be such a
	// page. fresh is how many rows of pg are new. gap is a reason why rows are missing,
	// as in Page.
	Next func(at C, pg *Page[T], fresh int) (next C, more bool, gap string)
	// Size is how many rows every page except the last has; 0 = unknown.
	Size int
}

// All yields the rows, as the package comment describes.
func (w Cursor[T, C]) All(ctx context.Context) iter.Seq2[*T, error] {
	return w.all(ctx, func(context.Context) steps[T] {
		pages, from := w.List.ahead()
		return &pipe[T]{steps: &cursor[T, C]{Cursor: w, at: w.First}, pages: pages, from: from}
	})
}

// cursor is one running walk.
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
	b, saw := take(s, &pg, w.Key)
	next, more, gap := w.Next(w.at, &pg, saw.fresh)
	if gap != "" {
		s.say(gap)
	}
	w.at = next
	if more && s.goesOn(saw, saw.distinct < w.Size, mostStill) {
		return b
	}
	return b.end(w.List.end(w.doubt()))
}

// doubt returns why the walk may be incomplete, or "".
func (w *cursor[T, C]) doubt() string {
	s := &w.sweep
	if s.promised.state == unsaid {
		return s.doubt
	}
	return firstOf(s.doubt, s.mismatch(0), s.lacks(0))
}

func (w *cursor[T, C]) stop() {}
