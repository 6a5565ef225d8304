package page

import (
	"context"
	"iter"
)

// Offset walks pages that are requested by the position of their first row.
type Offset[T any] struct {
	List[T]
	// First is how many rows are left out at the beginning.
	First int
	// Size is the requested count of rows of a page, or the vendor's documented default.
	Size int
	// Fetch reads a page of size rows from skip on. Its result must depend only on skip
	// and size. It must return soon after ctx has ended. Several goroutines may call it
	// at the same time.
	Fetch func(ctx context.Context, skip, size int) (Page[T], error)
}

// All yields the rows, as the package comment describes.
func (w Offset[T]) All(ctx context.Context) iter.Seq2[*T, error] {
	return w.all(ctx, func(ctx context.Context) steps[T] {
		s := &offset[T]{Offset: w}
		return newPlaces(ctx, w.List, s, spot{w.First, w.Size})
	})
}

// offset is one running walk.
type offset[T any] struct {
	Offset[T]
	// lapping means that each page is requested from one row earlier, because no count
	// shows that the pages join.
	lapping bool
	lapped  bool // the next page is requested so
	apart   bool // a page does not join the page before it, or may not join it
	again   bool // the only row was asked for again
}

func (w *offset[T]) fetch(ctx context.Context, at spot) (Page[T], error) {
	return w.Fetch(ctx, at.at, at.size)
}

func (w *offset[T]) next(s *sweep, at spot, pg *Page[T], saw sight) (spot, bool) {
	s.misplaced("part of the list", pg.At, at.at)
	pushed := ceil(s.inserted(), saw.distinct)
	if s.pages > 1 && !(w.lapped && saw.last >= 0) {
		if w.lapped && saw.distinct > 0 && saw.fresh == 0 {
			pushed = max(pushed, mostPushed) // the last row moved to a later page
		} else {
			w.apart = true
		}
	}
	behind := at.at + saw.distinct
	switch {
	case w.again && saw.fresh == 0:
		return spot{behind, w.Size}, false
	case w.isAlone(s, saw):
		// Only its own page begins one row before the empty one, and shows whether the
		// two join.
		w.again, w.lapped, w.apart = true, true, false
		return spot{behind - 1, w.Size}, true
	}
	goesOn := pg.Total.atLeast(behind + 1)
	if s.pages == 1 {
		w.lapping = !goesOn
	}
	more := saw.distinct > 0 && (goesOn || s.full(saw.distinct, at.size, pg.Size)) && !w.isWhole(s, at, pg, saw)
	more = more && s.goesOn(saw, saw.distinct < at.size, pushed)
	next := spot{behind, w.Size}
	if w.lapped = w.lapping && s.most > 1; w.lapped { // with pages of one row the walk would not advance
		next.at--
		if n, ok := pg.Total.Known(); s.pages == 1 && ok && n == behind {
			next.size = min(2, w.Size) // the list ends here, unless the total is that of the page
		}
	}
	return next, more
}

// isAlone reports whether a list has had one row and then an empty page, and no count
// shows that there is no other row.
func (w *offset[T]) isAlone(s *sweep, saw sight) bool {
	return s.pages == 2 && s.rows == 1 && s.lost == 0 && saw.distinct == 0 && s.doubt == "" && s.mismatch(w.First) != ""
}

// isWhole reports whether a page is the whole list although another page was requested,
// because the vendor does not use pages. It then sends more rows than were requested, and
// as many as it counts, and no vendor has pages of two rows.
func (w *offset[T]) isWhole(s *sweep, at spot, pg *Page[T], saw sight) bool {
	n, ok := pg.Total.Known()
	if !ok || saw.distinct != s.rows || n != w.First+saw.distinct {
		return false
	}
	return saw.distinct > at.size || s.pages > 1 && saw.fresh == 0 && saw.distinct <= 2
}

// before returns how many rows of the list were not requested.
func (w *offset[T]) before() int { return w.First }

func (w *offset[T]) end(s *sweep) string {
	switch {
	case s.pages > 1 && !w.apart: // each page joins the one before it
	case s.pages == 1 && s.promised.state == unsaid && (!s.unsized || s.rows+s.lost == 0): // the only page is not full
	default:
		s.say(s.mismatch(w.First))
	}
	return firstOf(s.doubt, s.lacks(w.First))
}

func (w *offset[T]) ahead(s *sweep, at spot, n int) (spot, bool) {
	later := spot{at.at + bounded(n, w.Size), w.Size}
	switch {
	case w.Size == 0 || w.lapping:
		return later, false
	case s.pages == 0:
		return later, true
	}
	return later, later.at <= s.total
}
