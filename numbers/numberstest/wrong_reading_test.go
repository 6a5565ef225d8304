package numberstest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/tnkit/tnkit/numbers"
)

type numberSeq = iter.Seq2[*numbers.Number, error]

// narrowed lists by another query than was asked for, and keeps what fits.
func narrowed(change func(q *numbers.OrderQuery), fits func(q numbers.OrderQuery, o *numbers.Order) bool) func(*wrong) {
	return func(w *wrong) {
		lists(w, func(ctx context.Context, q numbers.OrderQuery, _ orderSeq, yield func(*numbers.Order, error) bool) {
			asked := q
			change(&q)
			for o, err := range w.Memory.Orders(ctx, q) {
				if (err != nil || fits(asked, o)) && !yield(o, err) {
					return
				}
			}
		})
	}
}

// anything fits.
func anything(numbers.OrderQuery, *numbers.Order) bool { return true }

// wrongReadings read, list and search in a wrong way.
func wrongReadings() []wrongOrderer {
	const (
		queries  = "order queries are honored"
		stock    = "owned queries are honored"
		failed   = "a failing call returns an error"
		foreign  = "a 404 that is not the vendor's shows nothing"
		contexts = "calls honor their context"
	)
	status := func(err error) int {
		if e, ok := errors.AsType[*numbers.Error](err); ok {
			return e.Status
		}
		return 0
	}
	return []wrongOrderer{
		{"capabilities are fixed and sound", "can do less once it has ordered", 0, func(w *wrong) {
			w.caps = func(c numbers.Capabilities) numbers.Capabilities {
				if slices.Contains(w.Calls(), "Place") {
					c.ListingDelay++
				}
				return c
			}
		}},
		{"capabilities are fixed and sound", "names another template than it takes", 0, func(w *wrong) {
			w.caps = func(c numbers.Capabilities) numbers.Capabilities { c.Native = (*MemoryOrder)(nil); return c }
		}},
		{"an orphan is resolved as possibly orphaned", "does not declare that there are any", 0, func(w *wrong) {
			w.caps = func(c numbers.Capabilities) numbers.Capabilities { c.Orphans = false; return c }
		}},
		{"search fields are honored or refused", "honors a field in name only", 0, func(w *wrong) {
			w.search = func(ctx context.Context, q numbers.SearchQuery) iter.Seq2[*numbers.Offer, error] {
				q.Locality = ""
				return w.Memory.Search(ctx, q)
			}
		}},
		{"a search keeps its limit", "leaves the limit to others", 0, func(w *wrong) {
			w.search = func(ctx context.Context, q numbers.SearchQuery) iter.Seq2[*numbers.Offer, error] {
				q.Limit = 0
				return w.Memory.Search(ctx, q)
			}
		}},
		{"a search keeps its limit", "stops before the limit", 0, func(w *wrong) {
			w.search = func(ctx context.Context, q numbers.SearchQuery) iter.Seq2[*numbers.Offer, error] {
				if q.Limit == 3 {
					q.Limit = 2
				}
				return w.Memory.Search(ctx, q)
			}
		}},
		{"listings are complete", "stops after ten pages", 0, func(w *wrong) {
			lists(w, func(_ context.Context, _ numbers.OrderQuery, own orderSeq, yield func(*numbers.Order, error) bool) {
				firstOf(100, own, yield)
			})
		}},
		{"listings can be ranged over again", "shows again what it has shown", 0, func(w *wrong) {
			w.orders = func(ctx context.Context, q numbers.OrderQuery) orderSeq {
				var kept []*numbers.Order
				own := w.Memory.Orders(ctx, q)
				return func(yield func(*numbers.Order, error) bool) {
					if kept == nil || ctx.Err() != nil {
						for o, err := range own {
							if kept = append(kept, o); !yield(o, err) {
								kept = nil
								return
							}
						}
						return
					}
					for _, o := range kept {
						if !yield(o, nil) {
							return
						}
					}
				}
			}
		}},
		{"break ends a listing", "reads on when it is left", 0, func(w *wrong) {
			lists(w, func(ctx context.Context, q numbers.OrderQuery, own orderSeq, yield func(*numbers.Order, error) bool) {
				for o, err := range own {
					if !yield(o, err) {
						_, _ = first(w.Memory.Orders(ctx, q))
						return
					}
				}
			})
		}},
		{"errors come last, after what was listed", "lists an order beside its error", 0, func(w *wrong) {
			lists(w, func(_ context.Context, _ numbers.OrderQuery, own orderSeq, yield func(*numbers.Order, error) bool) {
				for o, err := range own {
					if err != nil {
						o = &numbers.Order{ID: "the last"}
					}
					if !yield(o, err) {
						return
					}
				}
			})
		}},
		{"an incomplete listing ends with an error", "ends quietly after the first page", 0, func(w *wrong) {
			lists(w, func(_ context.Context, _ numbers.OrderQuery, own orderSeq, yield func(*numbers.Order, error) bool) {
				some := false
				for o, err := range own {
					if status(err) == 500 && some || !yield(o, err) {
						return
					}
					some = true
				}
			})
		}},
		{queries, "stops at a page that has none of the numbers", 0, func(w *wrong) {
			lists(w, func(ctx context.Context, q numbers.OrderQuery, _ orderSeq, yield func(*numbers.Order, error) bool) {
				wanted := q.Numbers
				q.Numbers = nil
				match, n, hits := numbers.OrderQuery{Numbers: wanted}.Match, 0, 0
				for o, err := range w.Memory.Orders(ctx, q) {
					if n++; err == nil && match(o) {
						hits++
					} else if err == nil {
						if n%memoryPage == 0 && hits == 0 {
							return
						}
						continue
					}
					if !yield(o, err) {
						return
					}
				}
			})
		}},
		{queries, "knows one state at a time", 0, narrowed(func(q *numbers.OrderQuery) { q.States = q.States[:min(1, len(q.States))] }, anything)},
		{queries, "takes a reference in any case", 0, narrowed(func(q *numbers.OrderQuery) { q.Reference = "" }, func(q numbers.OrderQuery, o *numbers.Order) bool {
			return q.Reference == "" || strings.EqualFold(o.Reference, q.Reference)
		})},
		{queries, "forgets the state where there are numbers", 0, narrowed(func(q *numbers.OrderQuery) {
			if len(q.Numbers) > 0 {
				q.States = nil
			}
		}, anything)},
		{queries, "forgets the numbers where there is a reference", 0, narrowed(func(q *numbers.OrderQuery) {
			if q.Reference != "" {
				q.Numbers = nil
			}
		}, anything)},
		{queries, "has no times in listings", 0, func(w *wrong) {
			lists(w, func(ctx context.Context, q numbers.OrderQuery, _ orderSeq, yield func(*numbers.Order, error) bool) {
				match := q.Match
				q.CreatedAfter, q.CreatedBefore = time.Time{}, time.Time{}
				for o, err := range w.Memory.Orders(ctx, q) {
					if err == nil {
						o.Created = time.Time{}
					}
					if (err != nil || match(o)) && !yield(o, err) {
						return
					}
				}
			})
		}},
		{stock, "knows one number at a time", 0, func(w *wrong) {
			w.owned = func(ctx context.Context, q numbers.OwnedQuery) numberSeq {
				q.Numbers = q.Numbers[:min(1, len(q.Numbers))]
				return w.Memory.Owned(ctx, q)
			}
		}},
		{stock, "lets every number expire at no time", 0, func(w *wrong) {
			w.owned = func(ctx context.Context, q numbers.OwnedQuery) numberSeq {
				return changed(w.Memory.Owned(ctx, q), func(n *numbers.Number) { n.Expires = new(time.Time) })
			}
		}},
		{stock, "leaves the vendor's spelling out", 0, func(w *wrong) {
			w.owned = func(ctx context.Context, q numbers.OwnedQuery) numberSeq {
				return changed(w.Memory.Owned(ctx, q), func(n *numbers.Number) { n.VendorNumber = "" })
			}
		}},
		{failed, "finds no order where the vendor fails", 0, func(w *wrong) {
			w.order = func(ctx context.Context, id string) (*numbers.Order, error) {
				o, err := w.Memory.Order(ctx, id)
				if status(err) == 500 {
					err = w.fail("Order", numbers.ErrNotFound, "", "")
				}
				return o, err
			}
		}},
		{failed, "finds nothing for sale where the vendor fails", 0, func(w *wrong) {
			w.search = func(ctx context.Context, q numbers.SearchQuery) iter.Seq2[*numbers.Offer, error] {
				return func(yield func(*numbers.Offer, error) bool) {
					for o, err := range w.Memory.Search(ctx, q) {
						if status(err) == 500 || !yield(o, err) {
							return
						}
					}
				}
			}
		}},
		{failed, "cancels where the vendor does not", 0, func(w *wrong) {
			w.cancel = func(ctx context.Context, order *numbers.Order) (*numbers.Order, error) {
				o, err := w.Memory.Cancel(ctx, order)
				if status(err) == 403 {
					return order, nil
				}
				return o, err
			}
		}},
		{foreign, "takes a 404 for an order that does not exist", 0, func(w *wrong) {
			w.order = func(ctx context.Context, id string) (*numbers.Order, error) {
				o, err := w.Memory.Order(ctx, id)
				if status(err) == 404 {
					err = w.fail("Order", numbers.ErrNotFound, "", "")
				}
				return o, err
			}
		}},
		{foreign, "takes a 404 for a number that is gone", 0, func(w *wrong) {
			w.release = func(ctx context.Context, n *numbers.Number) error {
				err := w.Memory.Release(ctx, n)
				if status(err) == 404 && (w.injected.Body != "" || w.injected.NoBody) {
					err = nil
				}
				return err
			}
		}},
		{"a reading that fails proves nothing", "takes a 404 for an order that was not placed", 0, func(w *wrong) {
			w.resolveAll = func(ctx context.Context, attempts []numbers.Attempt) ([]numbers.Resolution, []error) {
				resolutions, errs := w.Memory.ResolveAll(ctx, attempts)
				for i, err := range errs {
					if err != nil && w.injected.Status == 404 {
						resolutions[i], errs[i] = numbers.Resolution{Outcome: numbers.NotPlaced}, nil
					}
				}
				return resolutions, errs
			}
		}},
		{"hostile ids find nothing", "takes an id for the beginning of a URL", 0, func(w *wrong) {
			w.order = func(ctx context.Context, id string) (*numbers.Order, error) {
				if before, _, found := strings.Cut(id, "?"); found && before != "" {
					id = before
				}
				return w.Memory.Order(ctx, id)
			}
		}},
		{contexts, "waits for a price longer than the caller", 0, func(w *wrong) {
			w.quote = func(ctx context.Context, r numbers.OrderRequest) (*numbers.Quotation, error) {
				if ctx.Err() == nil {
					ctx = context.WithoutCancel(ctx)
				}
				return w.Memory.Quote(ctx, r)
			}
		}},
		{"secrets stay secret", "shows one when a reading fails", 0, func(w *wrong) {
			w.order = func(ctx context.Context, id string) (*numbers.Order, error) {
				o, err := w.Memory.Order(ctx, id)
				if status(err) == 503 {
					err = w.fail("Order", numbers.ErrVendor, fmt.Sprintf("GET /orders/%s?key=%s", id, secret), "")
				}
				return o, err
			}
		}},
	}
}

// wrongWrites change what the account has in a wrong way.
func wrongWrites() []wrongOrderer {
	const (
		pairs     = "an assignment leaves the rest alone"
		confirmed = "release is confirmed"
		cancel    = "canceling undoes what is pending"
	)
	done := func(is func(status int) bool) func(*wrong) {
		return func(w *wrong) {
			w.release = func(ctx context.Context, n *numbers.Number) error {
				err := w.Memory.Release(ctx, n)
				if e, ok := errors.AsType[*numbers.Error](err); ok && is(e.Status) {
					return nil
				}
				return err
			}
		}
	}
	return []wrongOrderer{
		{pairs, "sets all fields", 0, func(w *wrong) {
			w.assign = func(ctx context.Context, n *numbers.Number, a numbers.Assignment) (*numbers.Number, error) {
				out, err := w.Memory.Assign(ctx, n, a)
				if err == nil {
					w.mu.Lock()
					defer w.mu.Unlock()
					w.row(n.ID).number.Assignment = a
					out.Assignment = a
				}
				return out, err
			}
		}},
		{pairs, "returns what was wished for", 0, func(w *wrong) {
			w.assign = func(ctx context.Context, n *numbers.Number, a numbers.Assignment) (*numbers.Number, error) {
				out, err := w.Memory.Assign(ctx, n, a)
				if err == nil {
					out.Assignment = a
				}
				return out, err
			}
		}},
		{"assignments are honored or refused", "writes into the caller's number", 0, func(w *wrong) {
			w.assign = func(ctx context.Context, n *numbers.Number, a numbers.Assignment) (*numbers.Number, error) {
				out, err := w.Memory.Assign(ctx, n, a)
				if err == nil {
					n.Assignment = out.Assignment
				}
				return out, err
			}
		}},
		{confirmed, "takes any 2xx for a yes", 0, done(func(status int) bool { return status/100 == 2 })},
		{confirmed, "takes a 404 for a yes", 0, func(w *wrong) {
			done(func(status int) bool { return status == 404 && !w.injected.NoBody && w.injected.Body == "" })(w)
		}},
		{"release leaves a later purchase alone", "releases by the number", 0, func(w *wrong) {
			w.release = func(ctx context.Context, n *numbers.Number) error {
				if row := w.row(n.ID); row != nil && row.number.State == numbers.NumberReleased {
					if again, err := first(w.Memory.Owned(ctx, numbers.OwnedQuery{Numbers: []numbers.E164{n.E164}})); err == nil && again != nil {
						n = again
					}
				}
				return w.Memory.Release(ctx, n)
			}
		}},
		{"release leaves a later purchase alone", "does not look for it", 0, func(w *wrong) {
			w.release = func(ctx context.Context, n *numbers.Number) error {
				if row := w.row(n.ID); row != nil && row.number.State == numbers.NumberReleased {
					return nil
				}
				return w.Memory.Release(ctx, n)
			}
		}},
		{cancel, "looks at the order, and leaves it", 0, func(w *wrong) {
			w.cancel = func(ctx context.Context, o *numbers.Order) (*numbers.Order, error) { return w.Memory.Order(ctx, o.ID) }
		}},
		{cancel, "returns the order as it was", 0, func(w *wrong) {
			w.cancel = func(ctx context.Context, o *numbers.Order) (*numbers.Order, error) {
				_, err := w.Memory.Cancel(ctx, o)
				if err != nil {
					return nil, err
				}
				return o, nil
			}
		}},
	}
}
