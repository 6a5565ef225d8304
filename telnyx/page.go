package telnyx

import (
	"context"
	"iter"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/internal/page"
	"github.com/tnkit/tnkit/numbers"
)

// MaxPageSize is the largest page[size] that Telnyx documents.
const MaxPageSize = 250

// Page is one page of a list, exactly as sent.
type Page[T any] struct {
	Data []T   `json:"data"`
	Meta *Meta `json:"meta,omitempty"`
}

// Meta says where a page stands in its list.
type Meta struct {
	// PageNumber counts from 1.
	PageNumber   int `json:"page_number"`
	PageSize     int `json:"page_size"`
	TotalPages   int `json:"total_pages"`
	TotalResults int `json:"total_results"`
}

// PageParams ask for one page of a list.
type PageParams struct {
	// Number counts from 1; 0 = not sent, which means 1.
	Number int `url:"number,omitempty"`
	// Size is 1 to 250; 0 = not sent, which means 20.
	Size int `url:"size,omitempty"`
}

func (p PageParams) check(op string) error {
	switch {
	case p.Number < 0:
		return api.Invalid(vendor, op, "Page.Number", "it is negative")
	case p.Size < 0 || p.Size > MaxPageSize:
		return api.Invalid(vendor, op, "Page.Size", "it must be from 1 to 250")
	}
	return nil
}

// one is the envelope of a single object.
type one[T any] struct {
	Data *T `json:"data"`
}

// get performs a call whose answer is an object in an envelope. check says why
// the object tells nothing, "" where it does.
func get[T any](ctx context.Context, c *api.Client, call *api.Call, check func(*T) string) (*T, error) {
	var answer one[T]
	call.Into = &answer
	call.Check = func() string {
		if answer.Data == nil {
			return "it has no data"
		}
		return check(answer.Data)
	}
	if err := c.Do(ctx, call); err != nil {
		return nil, err
	}
	return answer.Data, nil
}

// missing is the check of an object that needs an id.
func missing(id string) string {
	if id == "" {
		return "the object has no id"
	}
	return ""
}

// all walks the numbered pages of a list from first on.
func all[T any](ctx context.Context, op string, first int, list func(context.Context, int) (*Page[T], error), id func(*T) string, opts []numbers.PageOption) iter.Seq2[*T, error] {
	walk := page.Walk[*T, int]{
		Vendor: vendor,
		Op:     op,
		First:  max(first, 1),
		Fetch: func(ctx context.Context, number int) (page.Page[*T, int], error) {
			pg, err := list(ctx, number)
			if err != nil {
				return page.Page[*T, int]{}, err
			}
			out := page.Page[*T, int]{Items: pointers(pg.Data), Next: number + 1, Count: -1}
			out.More = pg.Meta != nil && number < pg.Meta.TotalPages
			return out, nil
		},
		Key:       id,
		Jump:      func(number, n int) int { return number + n },
		ReadAhead: numbers.NewPageOptions(opts...).ReadAhead,
	}
	return walk.All(ctx)
}

func pointers[T any](list []T) []*T {
	out := make([]*T, len(list))
	for i := range list {
		out[i] = &list[i]
	}
	return out
}
