package telnyx

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"

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
		First:     w.first,
		Fetch:     w.page,
		Key:       w.key,
		Jump:      func(number, n int) int { return number + n },
		ReadAhead: numbers.NewPageOptions(opts...).ReadAhead,
	}
	return func(yield func(*T, error) bool) {
		s := sweep[T]{walk: w, number: w.first, ahead: pages.ReadAhead > 0}
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
	return page.Page[*Page[T], int]{
		Items: []*Page[T]{pg},
		Next:  number + 1,
		More:  pg.Meta != nil && number < pg.Meta.TotalPages,
		Count: -1,
	}, nil
}

// key tells a page by its rows, and by how many there are in all: the same rows
// come again where as many new ones came before them.
func (w walk[T]) key(pg *Page[T]) string {
	var b strings.Builder
	if pg.Meta != nil {
		b.WriteString(strconv.Itoa(pg.Meta.TotalResults))
	}
	for i := range pg.Data {
		b.WriteByte(0)
		b.WriteString(w.id(&pg.Data[i]))
	}
	return b.String()
}

// sweep is one walk under way.
type sweep[T any] struct {
	walk[T]
	number  int  // of the next page
	ahead   bool // pages may have been fetched before the one in front of them
	begun   bool
	missing int // rows that existed at the start and are still to come
	total   int // the largest total_results
	moved   bool
	recent  []string // ids of the latest rows, a ring
	oldest  int
	doubt   string
}

// take holds the next page against those before it.
func (s *sweep[T]) take(ctx context.Context, pg *Page[T]) (*Page[T], error) {
	if s.ahead && pg.Meta != nil && pg.Meta.TotalResults < s.total {
		var err error
		if pg, err = s.fetch(ctx, s.number); err != nil {
			return nil, err
		}
	}
	switch m := pg.Meta; {
	case m == nil:
		s.doubt = "the vendor did not say how many pages there are"
	case m.PageNumber != 0 && m.PageNumber != s.number:
		s.doubt = fmt.Sprintf("the vendor sent page %d where page %d was asked for", m.PageNumber, s.number)
	case m.TotalResults < s.total:
		s.doubt = "the list became shorter while it was read: rows may have been passed over"
	case !s.begun:
		s.missing = m.TotalResults - (s.first-1)*m.PageSize
	}
	s.moved = false
	if pg.Meta != nil {
		s.moved = s.begun && pg.Meta.TotalResults != s.total
		s.total = max(s.total, pg.Meta.TotalResults)
	}
	if len(pg.Data) > 0 && !s.moved {
		s.moved = slices.Contains(s.recent, s.id(&pg.Data[0])) // rows that moved stand in front
	}
	s.begun = true
	s.number++
	return pg, nil
}

// remembered is how many rows are held against later ones: more than are made
// between two pages.
const remembered = 4 * MaxPageSize

// isNew reports whether a row did not come before.
func (s *sweep[T]) isNew(row *T) bool {
	id := s.id(row)
	if s.moved && slices.Contains(s.recent, id) {
		return false
	}
	s.missing--
	if len(s.recent) < remembered {
		s.recent = append(s.recent, id)
		return true
	}
	s.recent[s.oldest] = id
	s.oldest = (s.oldest + 1) % remembered
	return true
}

// end says why the walk can't be shown to be complete; "" where it can.
func (s *sweep[T]) end() string {
	if s.doubt == "" && s.missing > 0 {
		return "the vendor counts more rows than it listed"
	}
	return s.doubt
}
