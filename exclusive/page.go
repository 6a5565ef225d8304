package exclusive

import (
	"context"
	"iter"
	"math"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/internal/page"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/wire"
)

// MaxPageSize is the largest top that PortSIP documents, and its default.
const MaxPageSize = 100

// Page is one page of a list, exactly as sent. Rows without an id are left out, and List
// then returns the other rows together with ErrIncomplete.
type Page[T any] struct {
	// Count is the "total number of resource"; absent if the PBX does not send it.
	Count wire.Count `json:"count,omitzero"`
	Items []T        `json:"items"`
}

// window selects one page of a list.
type window struct {
	top  int // 1 to 100; 0 = not sent, which means 100
	skip int
}

// check refuses a page that PortSIP does not have.
func (w window) check(op string) error {
	switch {
	case w.top < 0 || w.top > MaxPageSize:
		return api.Invalid(vendor, op, "Top", "it must be from 1 to 100")
	case w.skip < 0 || w.skip > math.MaxInt32:
		return api.Invalid(vendor, op, "Skip", "it must be from 0 to 2147483647")
	}
	return nil
}

// enlarge sets the largest page size if no size is set.
func (w *window) enlarge() {
	if w.top == 0 {
		w.top = MaxPageSize
	}
}

// all yields the rows of all pages from first on. fetch reads one page. The first request
// has no top unless first has one, because a PBX that does not support the parameters
// then returns all rows at once.
func all[T any](ctx context.Context, op string, first window, fetch func(context.Context, window) (*Page[T], error), key func(*T) string, opts []numbers.PageOption) iter.Seq2[*T, error] {
	later := first
	later.enlarge()
	return page.Offset[T]{
		List:  page.List[T]{Vendor: vendor, Op: op, Key: key, Options: opts},
		First: first.skip,
		Size:  later.top,
		Fetch: func(ctx context.Context, skip, size int) (page.Page[T], error) {
			at := window{top: size, skip: skip}
			if skip == first.skip {
				at = first
			}
			pg, err := fetch(ctx, at)
			lost, err := api.Lost(err)
			if err != nil {
				return page.Page[T]{}, err
			}
			return pg.said(lost), nil
		},
	}.All(ctx)
}

// said converts the page for the walk.
func (p *Page[T]) said(lost page.Lost) page.Page[T] {
	return page.Page[T]{Rows: p.Items, Lost: lost, Total: page.Said(p.Count)}
}
