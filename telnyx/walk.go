package telnyx

import (
	"context"
	"fmt"
	"iter"
	"math"

	"github.com/tnkit/tnkit/internal/page"
	"github.com/tnkit/tnkit/numbers"
)

// walk is how All reads a list of numbered pages, so that every row comes
// exactly once that existed when the walk began.
//
// Rows that are made meanwhile move others to later pages. There they come a
// second time, and are dropped; or, with ReadAhead, they move past a page that
// was fetched before the one in front of it, and that page is fetched again.
// Both show in total_results, which only grows. Where it shrinks, rows have
// moved to pages that were read already: the walk goes on, and ends with
// ErrIncomplete.
type walk[T any] struct {
	op    string
	first int
	fetch func(ctx context.Context, number int) (*Page[T], error)
	id    func(*T) string
}

func (w walk[T]) all(ctx context.Context, opts []numbers.PageOption) iter.Seq2[*T, error] {
	if w.first == 0 {
		w.first = 1
	}
	pages := page.Walk[*Page[T], int]{
		Vendor:    vendor,
		Op:        w.op,
		Fetch:     w.page,
		Key:       w.key,
		Jump:      func(number, n int) int { return number + n },
		ReadAhead: numbers.NewPageOptions(opts...).ReadAhead,
	}
	return func(yield func(*T, error) bool) {
		s := sweep[T]{walk: w, number: w.first, ahead: pages.ReadAhead > 0}
		for more := true; more; more = s.more() {
			pages.First = s.number
			for pg, err := range pages.All(ctx) {
				if err == nil {
					pg, err = s.take(ctx, pg)
				}
				if err != nil {
					yield(nil, err)
					return
				}
				for i := range pg.Data {
					if row := &pg.Data[i]; s.isNew(row) && !yield(row, nil) {
						return
					}
				}
			}
		}
		if doubt := s.end(); doubt != "" {
			yield(nil, &numbers.Error{Op: w.op, Vendor: vendor, Kind: numbers.ErrIncomplete, Message: doubt})
		}
	}
}

// page fetches one page for the pager, whose items are whole pages.
func (w walk[T]) page(ctx context.Context, number int) (page.Page[*Page[T], int], error) {
	pg, err := w.fetch(ctx, number)
	if err != nil {
		return page.Page[*Page[T], int]{}, err
	}
	rest, short := 0, false
	if m := pg.Meta; m != nil {
		rest = max(m.TotalPages-number, 0)
		short = rest > 0 && len(pg.Data) < m.PageSize
	}
	return page.Page[*Page[T], int]{
		Items: []*Page[T]{pg},
		Next:  number + 1,
		More:  rest > 0,
		Rest:  rest,
		Count: -1,
		Short: short,
	}, nil
}

// key tells a page by its first and last row, and by how many there are in all:
// the same rows come again where as many new ones came before them.
func (w walk[T]) key(pg *Page[T]) string {
	total := 0
	if pg.Meta != nil {
		total = pg.Meta.TotalResults
	}
	key := fmt.Sprintf("%d of %d", len(pg.Data), total)
	if n := len(pg.Data); n > 0 {
		key += " " + w.id(&pg.Data[0]) + " " + w.id(&pg.Data[n-1])
	}
	return key
}

// sweep is one walk under way.
type sweep[T any] struct {
	walk[T]
	number int  // of the next page
	ahead  bool // pages may have been fetched before the one in front of them
	start  *Meta
	last   *Meta
	total  int // the largest total_results
	rows   int // that came
	recent recent
	doubt  string
}

// take holds the next page against those before it.
func (s *sweep[T]) take(ctx context.Context, pg *Page[T]) (*Page[T], error) {
	if s.ahead && pg.Meta != nil && pg.Meta.TotalResults < s.total {
		var err error
		if pg, err = s.fetch(ctx, s.number); err != nil {
			return nil, err
		}
	}
	m := pg.Meta
	s.last = m
	switch {
	case m == nil:
		s.doubt = "the vendor did not say how many pages there are"
		return pg, nil
	case m.PageNumber != 0 && m.PageNumber != s.number:
		s.doubt = fmt.Sprintf("the vendor sent page %d where page %d was asked for", m.PageNumber, s.number)
	case m.TotalResults < s.total:
		s.doubt = "the list became shorter while it was read: rows may have been passed over"
	}
	if s.start == nil {
		s.start = m
	}
	s.total = max(s.total, m.TotalResults)
	s.recent.grown = max(s.total-s.start.TotalResults, 0)
	s.number++
	return pg, nil
}

// more reports whether pages follow after all: the last one was fetched again,
// and the list had grown.
func (s *sweep[T]) more() bool { return s.last != nil && s.number <= s.last.TotalPages }

// isNew reports whether a row did not come before.
func (s *sweep[T]) isNew(row *T) bool {
	if !s.recent.add(s.id(row)) {
		return false
	}
	s.rows++
	return true
}

// end says why the walk can't be shown to be complete; "" where it can.
func (s *sweep[T]) end() string {
	if s.doubt == "" && s.start != nil && s.rows < s.start.TotalResults-(s.first-1)*s.start.PageSize {
		return "the vendor counts more rows than it listed"
	}
	return s.doubt
}

// recent knows the rows that came last. A row that n new ones push back comes
// again before n others have come, so it need not know more than the list has
// grown by; the rest is for what is made between two pages.
type recent struct {
	grown int
	queue []string
	known map[string]struct{} // of the queue, once the list has grown
}

const remembered = 4 * MaxPageSize

// add reports whether a row is new, and remembers it.
func (r *recent) add(id string) bool {
	if r.grown > 0 {
		if r.known == nil {
			r.known = make(map[string]struct{}, len(r.queue))
			for _, old := range r.queue {
				r.known[old] = struct{}{}
			}
		}
		if _, again := r.known[id]; again {
			return false
		}
		r.known[id] = struct{}{}
	}
	r.queue = append(r.queue, id)
	// No sum of a vendor's count overflows an int.
	if most := remembered + min(r.grown, math.MaxInt-remembered); len(r.queue)/2 >= most {
		for _, old := range r.queue[:len(r.queue)-most] {
			delete(r.known, old)
		}
		r.queue = append(r.queue[:0], r.queue[len(r.queue)-most:]...)
	}
	return true
}
