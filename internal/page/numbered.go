package page

import (
	"context"
	"iter"
)

// Numbered walks pages that are asked for by their number.
type Numbered[T any] struct {
	List[T]
	// First is the number of the first page; 0 means 1.
	First int
	// Size is how many rows are requested of a page. 0 means that the vendor documents
	// no such request: another page is then asked for only if a page says that there
	// is More.
	Size int
	// Fetch reads one page. It depends on number alone, and returns soon after ctx has
	// ended. It may be called by several goroutines at once.
	Fetch func(ctx context.Context, number int) (Page[T], error)
}

// All walks the rows, as the package describes.
func (w Numbered[T]) All(ctx context.Context) iter.Seq2[*T, error] {
	if w.First == 0 {
		w.First = 1
	}
	return w.all(ctx, func(ctx context.Context) steps[T] {
		s := &numbered[T]{Numbered: w}
		return newPlaces(ctx, w.List, s, spot{w.First, w.Size})
	})
}

// numbered is one walk under way.
type numbered[T any] struct {
	Numbered[T]
	size int // rows of a page, as far as is known
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

// before is how many rows the pages have that were not asked for.
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

// ceil is a divided by b, rounded up; 0 if that is not positive.
func ceil(a, b int) int {
	if a <= 0 || b <= 0 {
		return 0
	}
	return (a-1)/b + 1
}

// bounded is a times b, at most mostCount.
func bounded(a, b int) int {
	if a > 0 && b > mostCount/a {
		return mostCount
	}
	return a * b
}
