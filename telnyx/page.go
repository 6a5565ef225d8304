package telnyx

import (
	"context"
	"iter"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/internal/page"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/wire"
)

// MaxPageSize is the largest page[size] that Telnyx documents.
const MaxPageSize = 250

// Page is one page of a list, exactly as sent. Rows without an id (in a search: without a
// number) are left out. A method that reads one page then returns the other rows together
// with ErrIncomplete.
type Page[T any] struct {
	Data []T   `json:"data"`
	Meta *Meta `json:"meta,omitempty"`
	// Errors describe what is missing from Data. Only PhoneNumbers.List returns them, if
	// ListPhoneNumbersRequest.HandleMessagingProfileError is "true".
	Errors []ErrorItem `json:"errors,omitzero"`
}

// Meta is the position of a page in its list. In Telnyx's description, the counts are
// numbers or strings.
type Meta struct {
	// PageNumber counts from 1.
	PageNumber   wire.Count `json:"page_number,omitzero"`
	PageSize     wire.Count `json:"page_size,omitzero"`
	TotalPages   wire.Count `json:"total_pages,omitzero"`
	TotalResults wire.Count `json:"total_results,omitzero"`
}

// PageParams select one page of a list.
type PageParams struct {
	// Number counts from 1; 0 = not sent, which means 1.
	Number int `url:"number,omitempty"`
	// Size is 1 to 250; 0 = not sent, which means 20.
	Size int `url:"size,omitempty"`
}

// check refuses a page that Telnyx does not have.
func (p PageParams) check(op string) error {
	switch {
	case p.Number < 0:
		return api.Invalid(vendor, op, "Page.Number", "it is negative")
	case p.Size < 0 || p.Size > MaxPageSize:
		return api.Invalid(vendor, op, "Page.Size", "it must be from 1 to 250")
	}
	return nil
}

// enlarge sets the largest page size if no size is set.
func (p *PageParams) enlarge() {
	if p.Size == 0 {
		p.Size = MaxPageSize
	}
}

// all yields the rows of all pages from first on. fetch reads one page. If first has no
// size, the list has no documented page parameters. Page 1 is then requested without its
// number, and another page is requested only if Telnyx announces one.
func all[T any](ctx context.Context, op string, first PageParams, fetch func(context.Context, PageParams) (*Page[T], error), key func(*T) string, opts []numbers.PageOption) iter.Seq2[*T, error] {
	return page.Numbered[T]{
		List:  page.List[T]{Vendor: vendor, Op: op, Key: key, Options: opts},
		First: first.Number,
		Size:  first.Size,
		Fetch: func(ctx context.Context, number int) (page.Page[T], error) {
			at := PageParams{Number: number, Size: first.Size}
			if at.Size == 0 && number == 1 {
				at.Number = 0
			}
			pg, err := fetch(ctx, at)
			lost, err := api.Lost(err)
			if err != nil {
				return page.Page[T]{}, err
			}
			return pg.said(number, lost), nil
		},
	}.All(ctx)
}

// said converts the page with this number and its Meta for the walk.
func (p *Page[T]) said(number int, lost page.Lost) page.Page[T] {
	out := page.Page[T]{Rows: p.Data, Lost: lost}
	if m := p.Meta; m != nil {
		pages, _ := page.Said(m.TotalPages).Known()
		out.At, out.Size, out.Total = page.Said(m.PageNumber), page.Said(m.PageSize), page.Said(m.TotalResults)
		out.More = pages > number
	}
	return out
}
