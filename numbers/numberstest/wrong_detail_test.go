package numberstest

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
)

// afterPlace changes what Memory's Place says.
func afterPlace(w *wrong, change func(r numbers.OrderRequest, o *numbers.Order, e *numbers.Error)) {
	w.place = func(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
		o, err := w.Memory.Place(ctx, r)
		e, _ := errors.AsType[*numbers.Error](err)
		change(r, o, e)
		return o, err
	}
}

// refused takes one answer for a refusal.
func refused(kind error, when func(w *wrong, e *numbers.Error) bool) func(*wrong) {
	return func(w *wrong) {
		afterPlace(w, func(_ numbers.OrderRequest, _ *numbers.Order, e *numbers.Error) {
			if e != nil && w.injected.Kind == StatusAfter && when(w, e) {
				e.Kind, e.Attempt = kind, nil
			}
		})
	}
}

// attempted changes the Attempt of an unknown outcome.
func attempted(change func(r numbers.OrderRequest, a *numbers.Attempt)) func(*wrong) {
	return func(w *wrong) {
		afterPlace(w, func(r numbers.OrderRequest, _ *numbers.Order, e *numbers.Error) {
			if e != nil && e.Attempt != nil {
				change(r, e.Attempt)
			}
		})
	}
}

// resolvedAs changes the attempts that are resolved.
func resolvedAs(change func(a *numbers.Attempt)) func(*wrong) {
	return func(w *wrong) {
		w.resolveAll = func(ctx context.Context, attempts []numbers.Attempt) ([]numbers.Resolution, []error) {
			attempts = slices.Clone(attempts)
			for i := range attempts {
				change(&attempts[i])
			}
			return w.Memory.ResolveAll(ctx, attempts)
		}
	}
}

// again sends an order again, where the first answer was unclear.
func again(when func(r numbers.OrderRequest, e *numbers.Error) bool) func(*wrong) {
	return func(w *wrong) {
		w.place = func(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
			o, err := w.Memory.Place(ctx, r)
			if e, ok := errors.AsType[*numbers.Error](err); ok && when(r, e) {
				r.Begin = nil
				_, _ = w.Memory.Place(ctx, r)
			}
			return o, err
		}
	}
}

// wrongInDetail are right in everything except one form of one answer or request.
func wrongInDetail() []wrongOrderer {
	const (
		hidden   = "no purchase is hidden by an error"
		once     = "one write under every fault"
		attempt  = "an unknown outcome carries its attempt"
		contexts = "calls honor their context"
		placing  = "place is one buy and returns the order"
	)
	status := func(code int) func(*wrong, *numbers.Error) bool {
		return func(_ *wrong, e *numbers.Error) bool { return e.Status == code }
	}
	return []wrongOrderer{
		{hidden, "takes a 500 for a refusal", 0, refused(numbers.ErrVendor, status(500))},
		{hidden, "takes a 502 for a refusal", 0, refused(numbers.ErrUnreachable, status(502))},
		{hidden, "takes a 408 for a refusal", 0, refused(numbers.ErrInvalid, status(408))},
		{hidden, "takes an unknown outcome for a rate limit", 0, refused(numbers.ErrRateLimited, func(w *wrong, _ *numbers.Error) bool {
			return w.injected.RetryAfter != ""
		})},
		{once, "sends again after a 502", 0, again(func(_ numbers.OrderRequest, e *numbers.Error) bool { return e.Status == 502 })},
		{once, "sends again what has no reference", 0, again(func(r numbers.OrderRequest, e *numbers.Error) bool {
			return r.Reference == "" && errors.Is(e, numbers.ErrOutcomeUnknown)
		})},
		{attempt, "ends when it starts", 0, attempted(func(_ numbers.OrderRequest, a *numbers.Attempt) { a.Ended = a.Started })},
		{attempt, "shares the caller's numbers", 0, attempted(func(r numbers.OrderRequest, a *numbers.Attempt) { a.Numbers = r.Numbers })},
		{attempt, "comes with a refusal", 0, func(w *wrong) {
			afterPlace(w, func(r numbers.OrderRequest, _ *numbers.Order, e *numbers.Error) {
				if e != nil && e.Status == 403 {
					e.Attempt = &numbers.Attempt{Vendor: e.Vendor, Numbers: r.Numbers}
				}
			})
		}},
		{"a reading that breaks off proves nothing", "takes some pages for all", 0, func(w *wrong) {
			half := &wrong{Memory: w.Memory, caps: func(c numbers.Capabilities) numbers.Capabilities { c.OrdersAreOwned = true; return c }}
			lists(half, func(_ context.Context, _ numbers.OrderQuery, own orderSeq, yield func(*numbers.Order, error) bool) {
				before := len(w.Calls())
				for o, err := range own {
					if err != nil && len(w.Calls()) > before+1 || !yield(o, err) {
						return
					}
				}
			})
			w.resolveAll = func(ctx context.Context, attempts []numbers.Attempt) ([]numbers.Resolution, []error) {
				return driver.ResolveByListing(ctx, half, attempts, w.absent)
			}
		}},
		{contexts, "waits for an answer longer than the caller", 0, func(w *wrong) {
			w.place = func(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
				if ctx.Err() == nil {
					ctx = context.WithoutCancel(ctx)
				}
				return w.Memory.Place(ctx, r)
			}
		}},
		{contexts, "waits for a reading longer than the caller", 0, func(w *wrong) {
			w.order = func(ctx context.Context, id string) (*numbers.Order, error) {
				if ctx.Err() == nil {
					ctx = context.WithoutCancel(ctx)
				}
				return w.Memory.Order(ctx, id)
			}
		}},
		{placing, "counts one number of several", 0, func(w *wrong) {
			afterPlace(w, func(_ numbers.OrderRequest, o *numbers.Order, _ *numbers.Error) {
				if o != nil {
					o.Count = 1
				}
			})
		}},
		{placing, "turns the caller's numbers round", 0, func(w *wrong) {
			afterPlace(w, func(r numbers.OrderRequest, _ *numbers.Order, _ *numbers.Error) { slices.Reverse(r.Numbers) })
		}},
		{"an order that never settles stays pending", "places what is pending as complete", 0, func(w *wrong) {
			afterPlace(w, func(_ numbers.OrderRequest, o *numbers.Order, _ *numbers.Error) {
				if o != nil && w.injected.Kind == StuckPending {
					o.State = numbers.StateComplete
					for i := range o.Items {
						o.Items[i].State = numbers.StateComplete
					}
				}
			})
		}},
		{placing, "takes an order for settled that is not", 0, func(w *wrong) {
			afterPlace(w, func(_ numbers.OrderRequest, o *numbers.Order, _ *numbers.Error) {
				if o != nil {
					o.Final = true
				}
			})
		}},
		{"order queries are honored", "takes the beginning of a reference for the whole", 0, func(w *wrong) {
			w.orders = func(ctx context.Context, q numbers.OrderQuery) orderSeq {
				beginning := q.Reference
				q.Reference = ""
				return func(yield func(*numbers.Order, error) bool) {
					for o, err := range w.Memory.Orders(ctx, q) {
						if (o == nil || strings.HasPrefix(o.Reference, beginning)) && !yield(o, err) {
							return
						}
					}
				}
			}
		}},
		{"a quotation has every number and buys nothing", "quotes the first number alone", 0, func(w *wrong) {
			w.quote = func(ctx context.Context, r numbers.OrderRequest) (*numbers.Quotation, error) {
				q, err := w.Memory.Quote(ctx, r)
				if err == nil {
					q.Items = q.Items[:1]
				}
				return q, err
			}
		}},
		{"an order is read back", "does not count in listings", 0, func(w *wrong) {
			w.orders = func(ctx context.Context, q numbers.OrderQuery) orderSeq {
				return changed(w.Memory.Orders(ctx, q), func(o *numbers.Order) { o.Count = 0 })
			}
		}},
		{"assignments are honored or refused", "empties the caller's assignment", 0, func(w *wrong) {
			afterPlace(w, func(r numbers.OrderRequest, _ *numbers.Order, _ *numbers.Error) {
				if r.Assign != nil {
					*r.Assign = numbers.Assignment{}
				}
			})
		}},
		{"prices are the vendor's", "quotes a price of nothing", 0, func(w *wrong) {
			w.quote = func(ctx context.Context, r numbers.OrderRequest) (*numbers.Quotation, error) {
				q, err := w.Memory.Quote(ctx, r)
				if err == nil {
					q.Price = &numbers.Price{}
				}
				return q, err
			}
		}},
	}
}
