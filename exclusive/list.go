package exclusive

import (
	"context"
	"fmt"
	"iter"
	"math"
	"net/http"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/numbers"
)

// MaxPageSize is the largest top that PortSIP documents, and its default.
const MaxPageSize = 100

// ListNumbersRequest asks for a part of the numbers. PortSIP documents no
// parameters for this list, and these for its other lists and for lists in
// general; a PBX may ignore them.
type ListNumbersRequest struct {
	// Filter is an OData expression with eq, ne, gt, ge, lt, le, and, or,
	// startswith, endswith, contains: "enabled eq true".
	Filter string `url:"filter,omitempty"`
	Search string `url:"search,omitempty"`
	// OrderBy is "number asc, created_at desc".
	OrderBy string `url:"orderby,omitempty"`
	// Skip is how many numbers to leave out at the beginning.
	Skip int `url:"skip,omitempty"`
	// Top is 1 to 100; 0 = not sent, which means 100.
	Top int `url:"top,omitempty"`
}

func (r *ListNumbersRequest) check(op string) error {
	switch {
	case r.Skip < 0 || r.Skip > math.MaxInt32:
		return api.Invalid(vendor, op, "Skip", "it must be from 0 to 2147483647")
	case r.Top < 0 || r.Top > MaxPageSize:
		return api.Invalid(vendor, op, "Top", "it must be from 1 to 100")
	}
	return nil
}

// List reads one page of numbers; r may be nil. No parameter is sent that r
// does not set.
//
// GET /exclusive_numbers. PortSIP documents no order of the list.
func (s *NumbersService) List(ctx context.Context, r *ListNumbersRequest) (*NumberList, error) {
	const op = "Numbers.List"
	if r == nil {
		r = &ListNumbersRequest{}
	}
	if err := r.check(op); err != nil {
		return nil, err
	}
	return get(ctx, s.api, &api.Call{
		Op: op, Class: api.Read, Method: http.MethodGet, Path: numbersPath, Query: r,
	}, func(l *NumberList) string {
		if l.Count == nil && l.Items == nil {
			return "it has neither a count nor items"
		}
		for i := range l.Items {
			if reason := l.Items[i].check(); reason != "" {
				return fmt.Sprintf("items[%d]: %s", i, reason)
			}
		}
		return ""
	})
}

// All walks the numbers of all pages, from r.Skip on; r may be nil. Each comes
// once, also while others are added.
//
// The first request is sent without skip and top unless r sets them: a PBX that
// does not know them then answers with everything at once. Where the count says
// that there is more, the next ones ask for skip, which is how many numbers have
// come, and top, which is 100 unless r sets it.
//
// The walk ends with ErrIncomplete after the last number, and not in silence,
// where a page is empty or brings nothing new before the count is reached (a
// PBX that ignores skip), where the count shrinks meanwhile: what stood
// behind a number that is destroyed moves forward, perhaps past the next page
// (nothing tells of one that is destroyed while another is added), and where
// 10,000 more have come than are counted. It never loops, whatever the count
// says.
func (s *NumbersService) All(ctx context.Context, r *ListNumbersRequest, opts ...numbers.PageOption) iter.Seq2[*Number, error] {
	var from ListNumbersRequest
	if r != nil {
		from = *r
	}
	return walk{list: s.List, from: from, ahead: numbers.NewPageOptions(opts...).ReadAhead}.all(ctx)
}
