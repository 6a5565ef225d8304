package opentact

import (
	"context"
	"iter"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/internal/page"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/wire"
)

// MaxTake is the largest page of a search that OpenTact documents.
const MaxTake = 100

// Page is one page of a list, exactly as sent. OpenTact's sources show lists in three
// forms, and Page reads all of them: {take, skip, total, data}, the bare array of Data,
// and a single object, which is a list of one. A page is written in the form in which it
// was read. Rows without a UUID are left out. A method that reads one page then returns
// the other rows together with ErrIncomplete.
type Page[T any] struct {
	// Take is how many rows were requested. Skip is how many rows come before the first
	// one. Total is how many rows the list has. They are absent if the form does not have
	// them.
	Take  wire.Count
	Skip  wire.Count
	Total wire.Count
	// Mode is how the filters of the search were joined: AND or OR.
	Mode *string
	// Order is the order of the rows: {"created_on":"DESC"}.
	Order wire.Raw
	Data  []T

	form form
}

// window selects one page of a search.
type window struct {
	take int // 1 to 100; 0 = not sent, which means 10
	skip int
}

// check refuses a page that OpenTact does not have.
func (w window) check(op string) error {
	switch {
	case w.take < 0 || w.take > MaxTake:
		return api.Invalid(vendor, op, "Take", "it must be from 1 to 100")
	case w.skip < 0:
		return api.Invalid(vendor, op, "Skip", "it is negative")
	}
	return nil
}

// enlarge sets the largest page size if no size is set.
func (w *window) enlarge() {
	if w.take == 0 {
		w.take = MaxTake
	}
}

// all yields the rows of all pages from first on. fetch reads one page.
func all[T any](ctx context.Context, op string, first window, fetch func(context.Context, window) (*Page[T], error), key func(*T) string, opts []numbers.PageOption) iter.Seq2[*T, error] {
	first.enlarge()
	return page.Offset[T]{
		List:  page.List[T]{Vendor: vendor, Op: op, Key: key, Options: opts},
		First: first.skip,
		Size:  first.take,
		Fetch: func(ctx context.Context, skip, size int) (page.Page[T], error) {
			pg, err := fetch(ctx, window{take: size, skip: skip})
			lost, err := api.Lost(err)
			if err != nil {
				return page.Page[T]{}, err
			}
			return pg.said(size, lost), nil
		},
	}.All(ctx)
}

// said converts a page of at most take rows for the walk; 0 = all rows. A single object
// shows that it exists, but not that it is the only one.
func (p *Page[T]) said(take int, lost page.Lost) page.Page[T] {
	out := page.Page[T]{Rows: p.Data, Lost: lost, At: page.Said(p.Skip), Size: page.Said(p.Take), Total: page.Said(p.Total)}
	switch {
	case p.form == formSingle:
		out.Size, out.Total = page.Of(take), page.Of(1)
		out.Gap = "the vendor sent one object instead of a list, and there may be others"
	case p.form != formPaged && (take == 0 || len(p.Data)+lost.Rows < take):
		out.Size = page.Of(max(take, len(p.Data)+lost.Rows+1)) // more rows would fit, so the array is the whole list
	}
	return out
}

// whole yields the rows of a list that the vendor sends in one answer of at most take
// rows; 0 = all rows. It ends with ErrIncomplete if the answer may not be the whole list.
func whole[T any](ctx context.Context, op string, take int, fetch func(context.Context) (*Page[T], error), key func(*T) string) iter.Seq2[*T, error] {
	return page.Cursor[T, struct{}]{
		List: page.List[T]{Vendor: vendor, Op: op, Key: key},
		Fetch: func(ctx context.Context, _ struct{}) (page.Page[T], error) {
			pg, err := fetch(ctx)
			lost, err := api.Lost(err)
			if err != nil {
				return page.Page[T]{}, err
			}
			return pg.said(take, lost), nil
		},
		Next: func(_ struct{}, pg *page.Page[T], _ int) (next struct{}, more bool, gap string) {
			_, counted := pg.Total.Known()
			if size, ok := pg.Size.Known(); !counted && len(pg.Rows) > 0 && !(ok && len(pg.Rows) < size) {
				gap = "the vendor sent a page without the total count of rows"
			}
			return next, false, gap
		},
	}.All(ctx)
}
