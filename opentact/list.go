package opentact

import (
	"context"
	"fmt"
	"iter"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/internal/page"
	"github.com/tnkit/tnkit/numbers"
)

// MaxTake is the largest page of a search that OpenTact documents.
const MaxTake = 100

// The directions of an order of rows.
const (
	Ascending  = "ASC"
	Descending = "DESC"
)

// nullableList is a list for which null stands where there are no rows.
type nullableList[T any] struct{ Page[T] }

func (*nullableList[T]) nullIs() string { return "[]" }

// list performs a call whose answer are all rows there are. check says why a
// row tells nothing.
func list[T any](ctx context.Context, c *api.Client, call *api.Call, check func(*T) string) (*Page[T], error) {
	into := new(nullableList[T])
	call.Into, call.Check = into, func() string { return into.check(check) }
	if err := c.Do(ctx, call); err != nil {
		return nil, err
	}
	return &into.Page, nil
}

// rows performs a call whose answer is a page of a search.
func rows[T any](ctx context.Context, c *api.Client, call *api.Call, check func(*T) string) (*Page[T], error) {
	into := new(Page[T])
	call.Into, call.Check = into, func() string { return into.check(check) }
	if err := c.Do(ctx, call); err != nil {
		return nil, err
	}
	return into, nil
}

// checkWindow refuses a page that OpenTact does not have.
func checkWindow(op string, take, skip int) error {
	switch {
	case take < 0 || take > MaxTake:
		return api.Invalid(vendor, op, "Take", "it must be from 1 to 100")
	case skip < 0:
		return api.Invalid(vendor, op, "Skip", "it is negative")
	}
	return nil
}

// window is how a search is walked by take and skip, to its total.
type window[T any] struct {
	op         string
	take, skip int
	fetch      func(ctx context.Context, take, skip int) (*Page[T], error)
	id         func(*T) string
}

func (w window[T]) all(ctx context.Context, opts []numbers.PageOption) iter.Seq2[*T, error] {
	return rowsOf(w.pages(ctx, opts))
}

// pages walks whole pages. An ErrIncomplete comes after the last one.
func (w window[T]) pages(ctx context.Context, opts []numbers.PageOption) iter.Seq2[*Page[T], error] {
	if w.take == 0 {
		w.take = MaxTake
	}
	pages := page.Walk[*Page[T], int]{
		Vendor: vendor,
		Op:     w.op,
		First:  w.skip,
		Fetch: func(ctx context.Context, skip int) (page.Page[*Page[T], int], error) {
			pg, err := w.fetch(ctx, w.take, skip)
			if err != nil {
				return page.Page[*Page[T], int]{}, err
			}
			more := w.more(pg, skip)
			return page.Page[*Page[T], int]{
				Items: []*Page[T]{pg}, Next: skip + w.take, More: more, Count: -1, Short: more && len(pg.Data) < w.take,
			}, nil
		},
		Key:       w.key,
		Jump:      func(skip, n int) int { return skip + n*w.take },
		ReadAhead: numbers.NewPageOptions(opts...).ReadAhead,
	}
	return func(yield func(*Page[T], error) bool) {
		s := sweep[T]{window: w, at: w.skip}
		for pg, err := range pages.All(ctx) {
			if err == nil {
				s.take(pg)
			}
			if !yield(pg, err) || err != nil {
				return
			}
		}
		if s.doubt != "" {
			yield(nil, &numbers.Error{Op: w.op, Vendor: vendor, Kind: numbers.ErrIncomplete, Message: s.doubt})
		}
	}
}

// rowsOf walks the rows of pages.
func rowsOf[T any](pages iter.Seq2[*Page[T], error]) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		for pg, err := range pages {
			if err != nil {
				yield(nil, err)
				return
			}
			for i := range pg.Data {
				if !yield(&pg.Data[i], nil) {
					return
				}
			}
		}
	}
}

// whole walks a list that the vendor sends at once, as one page. An
// ErrIncomplete comes after it where it can't be shown to be the whole list.
func whole[T any](ctx context.Context, op string, fetch func(context.Context) (*Page[T], error)) iter.Seq2[*Page[T], error] {
	return page.Walk[*Page[T], struct{}]{
		Vendor: vendor,
		Op:     op,
		Fetch: func(ctx context.Context, _ struct{}) (page.Page[*Page[T], struct{}], error) {
			pg, err := fetch(ctx)
			if err != nil {
				return page.Page[*Page[T], struct{}]{}, err
			}
			return page.Page[*Page[T], struct{}]{Items: []*Page[T]{pg}, Count: -1, Gap: pg.gap()}, nil
		},
		Key: func(*Page[T]) string { return "" },
	}.All(ctx)
}

// more reports whether rows follow a page.
func (w window[T]) more(pg *Page[T], skip int) bool {
	switch {
	case len(pg.Data) == 0, pg.form == formSingle:
		return false
	case pg.Total != nil:
		return skip+w.take < *pg.Total
	case pg.Take != nil && *pg.Take < w.take:
		return false // the next page would not begin where this one ends
	}
	return len(pg.Data) >= w.take
}

// key tells a page by its rows.
func (w window[T]) key(pg *Page[T]) string {
	var b []byte
	for i := range pg.Data {
		b = append(append(b, w.id(&pg.Data[i])...), 0)
	}
	return string(b)
}

// sweep is one walk under way. It looks for what shows that rows were passed
// over: a page that is short, or a total that shrinks, since rows have then
// moved to pages that were read already.
type sweep[T any] struct {
	window[T]
	at    int
	total int
	doubt string
}

func (s *sweep[T]) take(pg *Page[T]) {
	at := s.at
	s.at += s.window.take
	switch {
	case pg.Total == nil:
		if !s.more(pg, at) {
			s.doubt = pg.gap()
		}
		return
	case *pg.Total < s.total:
		s.doubt = "the list became shorter while it was read: rows may have been passed over"
	case at+len(pg.Data) < min(*pg.Total, s.at):
		s.doubt = fmt.Sprintf("the vendor counts %d rows, and sent %d of those from %d on", *pg.Total, len(pg.Data), at)
	case pg.Skip != nil && *pg.Skip != at:
		s.doubt = fmt.Sprintf("the vendor sent the rows from %d on where those from %d on were asked for", *pg.Skip, at)
	}
	s.total = max(s.total, *pg.Total)
}

// check says which row tells nothing; "" where all tell.
func (p *Page[T]) check(row func(*T) string) string {
	for i := range p.Data {
		if reason := row(&p.Data[i]); reason != "" {
			return fmt.Sprintf("data[%d]: %s", i, reason)
		}
	}
	return ""
}

// checkID returns why an object without a uuid is unusable, or "".
func checkID(uuid string) string {
	if uuid == "" {
		return "the object has no uuid"
	}
	return ""
}

// gap says why a page can't be shown to be the end of a list; "" where it can.
// An array, null and a page with its total are complete. One object is a form of
// the documentation of 2020: it shows that the object exists, and not that there
// is no other one. A page without a total is the last one if it has fewer rows
// than were to be taken.
func (p *Page[T]) gap() string {
	switch {
	case p.form == formSingle:
		return "the vendor sent one object in place of a list, which does not show that there is no other"
	case p.form != formPaged || len(p.Data) == 0 && p.Total == nil:
		return ""
	case p.Total != nil && *p.Total > len(p.Data):
		return "the vendor counts more rows than it listed"
	case p.Total == nil && (p.Take == nil || len(p.Data) >= *p.Take):
		return "the vendor sent a page without saying how many rows there are in all"
	}
	return ""
}

func pointers[T any](list []T) []*T {
	out := make([]*T, len(list))
	for i := range list {
		out[i] = &list[i]
	}
	return out
}
