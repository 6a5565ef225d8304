package numberstest

import (
	"context"
	"errors"
	"iter"
	"sync"
	"time"

	"github.com/tnkit/tnkit/numbers"
)

// settling is a Memory with another settle time.
type settling struct {
	*Memory
	settle time.Duration
}

func (s settling) Capabilities() numbers.Capabilities {
	c := s.Memory.Capabilities()
	c.ListingDelay = s.settle
	return c
}

// resolvesBy replaces single resolutions of a Memory.
func resolvesBy(w *wrong, change func(ctx context.Context, a numbers.Attempt, r *numbers.Resolution, err *error)) {
	w.resolveAll = func(ctx context.Context, attempts []numbers.Attempt) ([]numbers.Resolution, []error) {
		resolutions, errs := w.Memory.ResolveAll(ctx, attempts)
		for i := range attempts {
			change(ctx, attempts[i], &resolutions[i], &errs[i])
		}
		return resolutions, errs
	}
}

func wrongResolvers() []wrongOrderer {
	return []wrongOrderer{
		{"a lost order is resolved as placed", "finds just any order", 0, func(w *wrong) {
			resolvesBy(w, func(ctx context.Context, _ numbers.Attempt, r *numbers.Resolution, _ *error) {
				if r.Outcome == numbers.Placed {
					r.Order, _ = first(w.Memory.Orders(ctx, numbers.OrderQuery{}))
				}
			})
		}},
		{"a dropped order is resolved as not placed", "never dares to say so", 0, func(w *wrong) {
			resolvesBy(w, func(_ context.Context, _ numbers.Attempt, r *numbers.Resolution, _ *error) {
				if r.Outcome == numbers.NotPlaced {
					r.Outcome = numbers.PossiblyOrphaned
				}
			})
		}},
		{"not placed is said after the settle time", "does not wait long enough", 0, func(w *wrong) {
			w.resolveAll = func(ctx context.Context, attempts []numbers.Attempt) ([]numbers.Resolution, []error) {
				hasty := settling{w.Memory, w.Memory.caps.ListingDelay * 3 / 4}
				return numbers.ResolveByListing(ctx, hasty, attempts, numbers.ListingRules{
					Orphaned: func(a numbers.Attempt) bool { return a.Status == 500 },
				})
			}
		}},
		{"a late order is waited for", "reads once, and waits for nothing", 0, func(w *wrong) {
			w.resolveAll = func(ctx context.Context, attempts []numbers.Attempt) ([]numbers.Resolution, []error) {
				resolutions, errs := numbers.ResolveByListing(ctx, settling{w.Memory, 0}, attempts, numbers.ListingRules{
					Orphaned: func(a numbers.Attempt) bool { return a.Status == 500 },
				})
				if errs[0] == nil && resolutions[0].Outcome != numbers.Placed {
					time.Sleep(w.Memory.caps.ListingDelay)
				}
				return resolutions, errs
			}
		}},
		{"an orphan is resolved as possibly orphaned", "believes the listing", 0, func(w *wrong) {
			resolvesBy(w, func(_ context.Context, _ numbers.Attempt, r *numbers.Resolution, _ *error) {
				if r.Outcome == numbers.PossiblyOrphaned {
					r.Outcome = numbers.NotPlaced
				}
			})
		}},
		{"many attempts are resolved together", "answers for all what it found of the first", 0, func(w *wrong) {
			w.resolveAll = func(ctx context.Context, attempts []numbers.Attempt) ([]numbers.Resolution, []error) {
				resolutions, errs := w.Memory.ResolveAll(ctx, attempts)
				for i := range resolutions {
					resolutions[i], errs[i] = resolutions[0], errs[0]
				}
				return resolutions, errs
			}
		}},
		{"resolving never orders", "orders what it does not find", 0, func(w *wrong) {
			resolvesBy(w, func(ctx context.Context, a numbers.Attempt, r *numbers.Resolution, _ *error) {
				if r.Outcome == numbers.NotPlaced {
					_, _ = w.Memory.Place(ctx, numbers.OrderRequest{Numbers: a.Numbers, Reference: a.Reference})
				}
			})
		}},
		{"an order from before is not the attempt's", "forgets what was there before", numbers.ByNumber, func(w *wrong) {
			w.resolveAll = func(ctx context.Context, attempts []numbers.Attempt) ([]numbers.Resolution, []error) {
				for i := range attempts {
					attempts[i].Before = nil
				}
				return w.Memory.ResolveAll(ctx, attempts)
			}
		}},
		{"two orders that match are a conflict", "picks one of two", 0, func(w *wrong) {
			resolvesBy(w, func(ctx context.Context, a numbers.Attempt, r *numbers.Resolution, err *error) {
				if errors.Is(*err, numbers.ErrConflict) {
					r.Outcome, *err = numbers.Placed, nil
					r.Order, _ = first(w.Memory.Orders(ctx, numbers.OrderQuery{Numbers: a.Numbers}))
				}
			})
		}},
		{"a reading that fails proves nothing", "takes a failed reading for an empty one", 0, func(w *wrong) {
			resolvesBy(w, func(_ context.Context, _ numbers.Attempt, r *numbers.Resolution, err *error) {
				if errors.Is(*err, numbers.ErrVendor) {
					r.Outcome, *err = numbers.NotPlaced, nil
				}
			})
		}},
	}
}

func wrongFlows() []wrongOrderer {
	return []wrongOrderer{
		{"an order that is shown late is waited for", "remembers that it was not there", 0, func(w *wrong) {
			var gone sync.Map
			w.order = func(ctx context.Context, id string) (*numbers.Order, error) {
				if err, ok := gone.Load(id); ok {
					return nil, err.(error)
				}
				o, err := w.Memory.Order(ctx, id)
				if errors.Is(err, numbers.ErrNotFound) {
					gone.Store(id, err)
				}
				return o, err
			}
		}},
		{"a failed reading is not a failed order", "takes the vendor's failure for the order's", 0, func(w *wrong) {
			w.order = func(ctx context.Context, id string) (*numbers.Order, error) {
				o, err := w.Memory.Order(ctx, id)
				if e, ok := errors.AsType[*numbers.Error](err); ok && e.Status == 503 {
					return &numbers.Order{Vendor: w.Memory.caps.Vendor, Account: w.Memory.caps.Account, ID: id, State: numbers.StateFailed, Count: 1}, nil
				}
				return o, err
			}
		}},
		{"an order that never settles stays pending", "loses patience", 0, func(w *wrong) {
			w.order = func(ctx context.Context, id string) (*numbers.Order, error) {
				o, err := w.Memory.Order(ctx, id)
				if err == nil && o.State == numbers.StatePending && time.Since(o.Created) > time.Minute {
					o.State = numbers.StateFailed
				}
				return o, err
			}
		}},
		{"buy sees a lost order through", "finds only orders of one number", 0, func(w *wrong) {
			resolvesBy(w, func(_ context.Context, a numbers.Attempt, r *numbers.Resolution, _ *error) {
				if r.Outcome == numbers.Placed && len(a.Numbers) > 1 {
					*r = numbers.Resolution{Outcome: numbers.NotPlaced}
				}
			})
		}},
		{"a job that is delivered twice buys once", "does not find what is pending", 0, func(w *wrong) {
			w.orders = func(ctx context.Context, q numbers.OrderQuery) iter.Seq2[*numbers.Order, error] {
				return func(yield func(*numbers.Order, error) bool) {
					for o, err := range w.Memory.Orders(ctx, q) {
						if err == nil && q.Reference != "" && o.State == numbers.StatePending {
							continue
						}
						if !yield(o, err) {
							return
						}
					}
				}
			}
			w.owned = func(ctx context.Context, q numbers.OwnedQuery) iter.Seq2[*numbers.Number, error] {
				return func(yield func(*numbers.Number, error) bool) {
					for n, err := range w.Memory.Owned(ctx, q) {
						if err == nil && time.Since(n.Created) < w.opts.SettleAfter {
							continue
						}
						if !yield(n, err) {
							return
						}
					}
				}
			}
		}},
		{"planning buys nothing", "orders to learn the price", 0, func(w *wrong) {
			w.quote = func(ctx context.Context, r numbers.OrderRequest) (*numbers.Quotation, error) {
				_, _ = w.Memory.Place(ctx, r)
				return w.Memory.Quote(ctx, r)
			}
		}},
		{"what was there before is told", "knows of nothing", numbers.ByNumber, func(w *wrong) {
			w.before = func(context.Context, []numbers.E164) ([]string, error) { return []string{}, nil }
		}},
		{"cancelling undoes what is pending", "only says that it is cancelled", 0, func(w *wrong) {
			var cancelled sync.Map
			w.cancel = func(ctx context.Context, o *numbers.Order) (*numbers.Order, error) {
				out, err := w.Memory.Order(ctx, o.ID)
				if err == nil && out.State == numbers.StatePending {
					cancelled.Store(o.ID, true)
					out.State = numbers.StateCanceled
				}
				return out, err
			}
			w.order = func(ctx context.Context, id string) (*numbers.Order, error) {
				out, err := w.Memory.Order(ctx, id)
				if _, ok := cancelled.Load(id); ok && err == nil {
					out.State = numbers.StateCanceled
				}
				return out, err
			}
		}},
	}
}
