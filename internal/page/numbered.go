package page

import (
	"context"
	"iter"
)

// Numbered walks pages that are requested by their number.
type Numbered[T any] struct {
	List[T]
	// First is the number of the first page; 0 means 1.
	First int
	// Size is the requested count of rows of a page. 0 means that the vendor does not
	// document this parameter. Another page is then requested only if a page has More.
	Size int
	// Fetch reads one page. Its result must depend only on number. It must return soon
	// after ctx has ended. Several goroutines may call it at the same time.
	Fetch func(ctx context.Context, number int) (Page[T], error)
}

// All yields the rows, as the package comment describes.
func (w Numbered[T]) All(ctx context.Context) iter.Seq2[*T, error] {
	if w.First == 0 {
		w.First = 1
	}
	return w.all(ctx, func(ctx context.Context) steps[T] {
		s := &numbered[T]{Numbered: w}
		return newPlaces(ctx, w.List, s, spot{w.First, w.Size})
	})
}

// numbered is one running walk.
type numbered[T any] struct {
	Numbered[T]
	size int // the count of rows of a page, as far as it is known
}

func (w *numbered[T]) fetch(ctx context.Context, at spot) (Page[T], error) {
	return w.Fetch(ctx, at.at)
}

func (w *numbered[T]) next(s *sweep, at spot, pg *Page[T], saw sight) (spot, bool) {
	s.misplaced("page", pg.At, at.at)
	w.size = w.Size
	if n, ok := pg.Size.Known(); ok && n > 0 && (n < w.size || w.size == 0) {
		w.size = n
	}
	full := s.full(saw.distinct, w.Size, pg.Size)
	more := false
	switch {
	case saw.distinct == 0:
		if pg.More {
			s.say("the vendor sent an empty page and reported more rows")
		}
	case pg.More:
		more = true
	case w.Size > 0:
		more = full || pg.Total.atLeast(bounded(at.at, w.size)+1)
	}
	pushed := ceil(s.inserted(), saw.distinct)
	return spot{at.at + 1, at.size}, more && s.goesOn(saw, !full, pushed)
}

// before returns how many rows the pages have that were not requested.
func (w *numbered[T]) before() int { return bounded(w.First-1, w.size) }

func (w *numbered[T]) end(s *sweep) string {
	if s.promised.state == unsaid && !s.unsized {
		return firstOf(s.doubt) // the last page has fewer rows than fit
	}
	return firstOf(s.doubt, s.mismatch(w.before()), s.lacks(w.before()))
}

func (w *numbered[T]) ahead(s *sweep, at spot, n int) (spot, bool) {
	later := spot{at.at + n, at.size}
	switch {
	case s.pages == 0:
		return later, w.Size > 0
	case s.promised.state != said || w.size == 0:
		return later, false
	}
	return later, n <= max(0, s.total-w.before()-s.rows)/w.size
}

// ceil returns a divided by b, rounded up; 0 if this is not positive.
func ceil(a, b int) int {
	if a <= 0 || b <= 0 {
		return 0
	}
	return (a-1)/b + 1
}

// bounded returns a times b, at most mostCount.
func bounded(a, b int) int {
	if a > 0 && b > mostCount/a {
		return mostCount
	}
	return a * b
}
