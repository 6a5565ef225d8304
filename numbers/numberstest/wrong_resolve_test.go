package numberstest

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/tnkit/tnkit/numbers"
)

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
		{"nothing is said to be absent while an attempt is under way", "takes every attempt for one that has ended", 0, resolvedAs(func(a *numbers.Attempt) {
			if a.Ended.IsZero() {
				a.Ended = time.Now()
			}
		})},
		{"resolving is one reading that does not wait", "waits until the listing can be believed", 0, func(w *wrong) {
			w.resolveAll = func(ctx context.Context, attempts []numbers.Attempt) ([]numbers.Resolution, []error) {
				time.Sleep(w.Memory.caps.ListingDelay / 2)
				return w.Memory.ResolveAll(ctx, attempts)
			}
		}},
		{"an order older than clocks can differ is not the attempt's", "takes an order of any age", 0, resolvedAs(func(a *numbers.Attempt) {
			a.Started = time.Time{}
		})},
		{"an order older than clocks can differ is not the attempt's", "believes the vendor's clock to the second", 0, resolvedAs(func(a *numbers.Attempt) {
			a.Started = a.Started.Add(numbers.ClockSlack - time.Second)
		})},
		{"what is repeatable is safe to order again", "sells it again", 0, func(w *wrong) {
			w.opts.Repeatable, w.opts.SellsTwice = true, true
		}},
		{"what is repeatable is safe to order again", "does not say that it may be sold", 0, func(w *wrong) {
			w.opts.Repeatable = true
			resolvesBy(w, func(_ context.Context, _ numbers.Attempt, r *numbers.Resolution, _ *error) { r.MaybeSold = false })
		}},
		{"what is repeatable is safe to order again", "believes the listing", 0, func(w *wrong) {
			w.opts.Repeatable = true
			resolvesBy(w, func(_ context.Context, a numbers.Attempt, r *numbers.Resolution, _ *error) {
				if r.Outcome == numbers.Repeatable {
					r.Outcome = numbers.NotPlaced
				}
			})
		}},
		{"many attempts are resolved together", "gives up after the 16th", 0, func(w *wrong) {
			w.resolveAll = func(ctx context.Context, attempts []numbers.Attempt) ([]numbers.Resolution, []error) {
				resolutions, errs := w.Memory.ResolveAll(ctx, attempts)
				for i := 16; i < len(resolutions); i++ {
					resolutions[i], errs[i] = numbers.Resolution{Outcome: numbers.NotPlaced}, nil
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

// wrongFlows are wrong in what they do after an order.
func wrongFlows() []wrongOrderer {
	const complete = "canceling leaves what is complete"
	return []wrongOrderer{
		{"an order that never settles stays pending", "loses patience", 0, func(w *wrong) {
			w.order = func(ctx context.Context, id string) (*numbers.Order, error) {
				o, err := w.Memory.Order(ctx, id)
				if err == nil && o.State == numbers.StatePending && time.Since(o.Created) > time.Minute {
					o.State = numbers.StateFailed
				}
				return o, err
			}
		}},
		{"a quotation has every number and buys nothing", "orders to learn the price", 0, func(w *wrong) {
			w.quote = func(ctx context.Context, r numbers.OrderRequest) (*numbers.Quotation, error) {
				if len(r.Numbers) == 2 && r.Reference == "" && len(w.Calls()) == 0 {
					_, _ = w.Memory.Place(ctx, r)
				}
				return w.Memory.Quote(ctx, r)
			}
		}},
		{"canceling undoes what is pending", "only says that it is canceled", 0, func(w *wrong) {
			var canceled sync.Map
			w.cancel = func(ctx context.Context, o *numbers.Order) (*numbers.Order, error) {
				out, err := w.Memory.Order(ctx, o.ID)
				if err == nil && out.State == numbers.StatePending {
					canceled.Store(o.ID, true)
					out.State = numbers.StateCanceled
				}
				return out, err
			}
			w.order = func(ctx context.Context, id string) (*numbers.Order, error) {
				out, err := w.Memory.Order(ctx, id)
				if _, ok := canceled.Load(id); ok && err == nil {
					out.State = numbers.StateCanceled
				}
				return out, err
			}
		}},
		{complete, "gives the numbers of a complete order back", 0, func(w *wrong) {
			w.cancel = func(ctx context.Context, o *numbers.Order) (*numbers.Order, error) {
				out, err := w.Memory.Cancel(ctx, o)
				for n, ownErr := range w.Memory.Owned(ctx, numbers.OwnedQuery{Numbers: out.Numbers()}) {
					if err == nil && ownErr == nil && out.State == numbers.StateComplete {
						_ = w.Memory.Release(ctx, n)
					}
				}
				return out, err
			}
		}},
		{complete, "says that a complete order is canceled", 0, func(w *wrong) {
			w.cancel = func(ctx context.Context, o *numbers.Order) (*numbers.Order, error) {
				out, err := w.Memory.Cancel(ctx, o)
				if err == nil && out.State == numbers.StateComplete {
					out.State = numbers.StateCanceled
				}
				return out, err
			}
		}},
	}
}
