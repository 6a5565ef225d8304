package numberstest

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/tnkit/tnkit/numbers"
)

// month is how long some remember their orders.
const month = 30 * 24 * time.Hour

// wrongReferences confuse orders, or lose them.
func wrongReferences() []wrongOrderer {
	const (
		apart  = "two references never get one order"
		gone   = "a refusal names numbers that are gone"
		old    = "old orders are found"
		recent = "recent orders include those that clocks can make older"
	)
	return []wrongOrderer{
		{"a reference is kept beside an assignment", "drops it", 0, func(w *wrong) {
			w.place = func(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
				if r.Assign != nil {
					r.Reference = ""
				}
				return w.Memory.Place(ctx, r)
			}
		}},
		{apart, "takes the order of a number that is sold for one of its own", 0, merges(func(*numbers.Order) {})},
		{apart, "gives that order another id", 0, merges(func(o *numbers.Order) { o.ID += "-again" })},
		{gone, "names the first of several", 0, func(w *wrong) {
			afterPlace(w, func(r numbers.OrderRequest, _ *numbers.Order, e *numbers.Error) {
				if e != nil && errors.Is(e, numbers.ErrNumberUnavailable) && len(r.Numbers) > 1 {
					e.Numbers = slices.Clone(r.Numbers[:1])
				}
			})
		}},
		{gone, "names none", 0, func(w *wrong) {
			afterPlace(w, func(r numbers.OrderRequest, _ *numbers.Order, e *numbers.Error) {
				if e != nil && errors.Is(e, numbers.ErrNumberUnavailable) && len(r.Numbers) > 1 {
					e.Numbers = nil
				}
			})
		}},
		{old, "lists the orders of a month", 0, narrowed(func(*numbers.OrderQuery) {}, func(_ numbers.OrderQuery, o *numbers.Order) bool {
			return time.Since(o.Created) < month
		})},
		{old, "looks for a reference on the latest page", 0, func(w *wrong) {
			lists(w, func(ctx context.Context, q numbers.OrderQuery, own orderSeq, yield func(*numbers.Order, error) bool) {
				if q.Reference == "" {
					own(yield)
					return
				}
				match := q.Match
				list, errs, _ := drain(w.Memory.Orders(ctx, numbers.OrderQuery{}))
				for _, o := range list[max(0, len(list)-memoryPage):] {
					if match(o) && !yield(o, nil) {
						return
					}
				}
				if len(errs) > 0 {
					yield(nil, errs[0])
				}
			})
		}},
		{old, "reads the orders of a month", 0, func(w *wrong) {
			w.order = func(ctx context.Context, id string) (*numbers.Order, error) {
				o, err := w.Memory.Order(ctx, id)
				if err == nil && time.Since(o.Created) > month {
					return nil, w.fail("Order", numbers.ErrNotFound, "", "")
				}
				return o, err
			}
		}},
		{old, "resolves the attempts of a month", 0, func(w *wrong) {
			resolvesBy(w, func(_ context.Context, a numbers.Attempt, r *numbers.Resolution, _ *error) {
				if !a.Started.IsZero() && time.Since(a.Started) > month {
					*r = numbers.Resolution{Outcome: numbers.NotPlaced}
				}
			})
		}},
		{recent, "believes the vendor's clock to the second", 0, narrowed(func(*numbers.OrderQuery) {}, func(q numbers.OrderQuery, o *numbers.Order) bool {
			return q.Recent.IsZero() || !o.Created.Before(q.Recent)
		})},
	}
}

// merges takes the order of a number that is sold for the one that was refused.
func merges(change func(o *numbers.Order)) func(*wrong) {
	return func(w *wrong) {
		w.place = func(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
			o, err := w.Memory.Place(ctx, r)
			if !errors.Is(err, numbers.ErrNumberUnavailable) || len(r.Numbers) > 1 {
				return o, err
			}
			existing, listErr := first(w.Memory.Orders(ctx, numbers.OrderQuery{Numbers: r.Numbers}))
			if listErr != nil || existing == nil {
				return nil, err
			}
			change(existing)
			return existing, nil
		}
	}
}
