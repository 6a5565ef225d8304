package exclusive

import (
	"context"
	"errors"
	"iter"
	"math"
	"net/http"
	"strconv"

	"github.com/tnkit/tnkit/internal/page"
	"github.com/tnkit/tnkit/numbers"
)

// walk is how All reads the list. It asks by position, so that a row comes twice
// where others are inserted before it, and is dropped then; and may be passed
// over where others are destroyed before it, which shows in the count.
type walk struct {
	list  func(context.Context, *ListNumbersRequest) (*NumberList, error)
	from  ListNumbersRequest
	ahead int
}

// part is a page, and where it was asked for.
type part struct {
	*NumberList
	skip int
}

// next is the position behind the page. A row that stands twice in a page takes
// one place.
func (p part) next() int {
	ids := make(map[string]struct{}, len(p.Items))
	for i := range p.Items {
		ids[p.Items[i].ID] = struct{}{}
	}
	return p.skip + len(ids)
}

// last reports whether no page follows. The count is believed where the rows
// agree with it, but not behind a full page: there are servers that count the
// page instead of the list.
func (p part) last(top int) bool {
	return len(p.Items) == 0 || p.Count != nil && *p.Count == int64(p.next()) && len(p.Items) != top
}

func (w walk) top() int {
	if w.from.Top != 0 {
		return w.from.Top
	}
	return MaxPageSize
}

// pages are the pages from skip on.
func (w walk) pages(ctx context.Context, skip, ahead int) iter.Seq2[part, error] {
	return page.Walk[part, int]{
		Vendor: vendor,
		Op:     "Numbers.All",
		First:  skip,
		Fetch: func(ctx context.Context, skip int) (page.Page[part, int], error) {
			at := w.from
			if skip != w.from.Skip {
				at.Skip, at.Top = skip, w.top()
			}
			got, err := w.list(ctx, &at)
			if err != nil {
				return page.Page[part, int]{}, err
			}
			p := part{got, skip}
			out := page.Page[part, int]{Items: []part{p}, Next: p.next(), More: !p.last(w.top()), Count: -1}
			out.Short = out.More && len(p.Items) < w.top()
			if got.Count != nil {
				rest := (*got.Count-int64(out.Next))/int64(w.top()) + 1
				out.Rest = int(max(1, min(rest, math.MaxInt32)))
			}
			return out, nil
		},
		Key:       func(p part) string { return strconv.Itoa(p.skip) },
		Jump:      func(skip, n int) int { return skip + n*w.top() },
		ReadAhead: ahead,
	}.All(ctx)
}

func (w walk) all(ctx context.Context) iter.Seq2[*Number, error] {
	return func(yield func(*Number, error) bool) {
		s := sweep{seen: make(map[string]struct{}), skip: w.from.Skip, first: w.from.Skip, ahead: w.ahead, wanted: -1, count: -1}
		for s.again = true; s.again; {
			s.again = false
			for p, err := range w.pages(ctx, s.skip, s.ahead) {
				if err != nil && !s.refusesToPage(err) {
					yield(nil, err)
					return
				}
				if err != nil || s.outOfStep(p) {
					break
				}
				fresh := s.take(p)
				for _, n := range fresh {
					if !yield(n, nil) {
						return
					}
				}
				if len(fresh) == 0 || s.endless() {
					break
				}
			}
		}
		if doubt := s.end(); doubt != "" {
			yield(nil, &numbers.Error{Op: "Numbers.All", Vendor: vendor, Kind: numbers.ErrIncomplete, Message: doubt})
		}
	}
}

// sweep is one walk under way.
type sweep struct {
	seen  map[string]struct{}
	first int // position
	skip  int // position of the next page
	ahead int // pages that are fetched before they are needed
	again bool
	begun bool
	// wanted is how many rows there were at the beginning; -1 = not said.
	wanted int64
	count  int64 // the latest
	shrunk bool
	empty  bool // the last page was
}

// outOfStep reports whether a page that was fetched ahead does not continue the
// one before it: that was shorter than asked for, or was fetched later, when
// rows had been inserted. From here on each page is then fetched in its turn.
func (s *sweep) outOfStep(p part) bool {
	if s.ahead == 0 || !s.begun || p.skip == s.skip && (p.Count == nil || *p.Count >= s.count) {
		return false
	}
	s.ahead, s.again = 0, true
	return true
}

// take returns the rows of a page that did not come before.
func (s *sweep) take(p part) (fresh []*Number) {
	count := int64(-1)
	if p.Count != nil {
		count = *p.Count
		if !s.begun {
			s.wanted = max(0, count-int64(s.first))
		}
	}
	s.begun = true
	s.shrunk = s.shrunk || count < s.count
	s.count = count
	s.skip, s.empty = p.next(), len(p.Items) == 0
	for i := range p.Items {
		if n := &p.Items[i]; !s.has(n.ID) {
			s.seen[n.ID] = struct{}{}
			fresh = append(fresh, n)
		}
	}
	return fresh
}

func (s *sweep) has(id string) bool {
	_, has := s.seen[id]
	return has
}

// endless reports whether the walk has gone so far past the count that the PBX
// must be making rows up: one that answers every page with new ones has no end.
func (s *sweep) endless() bool {
	const far = 10_000 // rows
	return s.count >= 0 && int64(s.skip)-s.count > far
}

// refusesToPage reports whether the PBX takes no parameters at all, or none that
// lead behind the last row, but has sent as many rows as it counts.
func (s *sweep) refusesToPage(err error) bool {
	e, ok := errors.AsType[*numbers.Error](err)
	refused := ok && (e.Status == http.StatusNotFound || e.Status != 0 && errors.Is(err, numbers.ErrInvalid))
	return refused && s.end() == ""
}

// end says why the walk can't be shown to be complete; "" where it can.
func (s *sweep) end() string {
	switch seen := int64(len(s.seen)); {
	case s.endless():
		return "the PBX lists far more numbers than it counts, and the walk was given up"
	case s.shrunk:
		return "the list became shorter while it was read: rows may have been passed over"
	case seen < s.wanted && s.empty:
		return "the PBX counts more numbers than it listed"
	case seen < s.wanted:
		return "a page brought nothing new before the count was reached"
	case !s.empty && (s.wanted < 0 || int64(s.first)+seen > s.count):
		return "the PBX does not count its numbers, and a page brought nothing new: there may be others"
	}
	return ""
}
