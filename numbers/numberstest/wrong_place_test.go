package numberstest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tnkit/tnkit/numbers"
)

func wrongCapabilities() []wrongOrderer {
	return []wrongOrderer{
		{"capabilities are fixed and sound", "has a negative limit", 0, func(w *wrong) {
			w.caps = func(c numbers.Capabilities) numbers.Capabilities { c.MaxNumbers = -1; return c }
		}},
		{"capabilities are fixed and sound", "holds longer each time it is asked", 0, func(w *wrong) {
			var asked atomic.Int64
			w.caps = func(c numbers.Capabilities) numbers.Capabilities {
				c.HoldFor += time.Duration(asked.Add(1))
				return c
			}
		}},
		{"what is not declared is refused", "does more than it declares", 0, func(w *wrong) {
			w.caps = func(c numbers.Capabilities) numbers.Capabilities {
				c.Can &^= numbers.CanQuote
				c.Prices = false
				return c
			}
		}},
		{"what is declared works", "reserves nothing", 0, func(w *wrong) {
			w.reserve = func(ctx context.Context, r numbers.ReserveRequest) (*numbers.Reservation, error) {
				out, err := w.Memory.Reserve(ctx, r)
				if err == nil {
					out.Items[0].Held = false
				}
				return out, err
			}
		}},
		{"everything names its vendor, and no account", "lists orders of no vendor", 0, func(w *wrong) {
			w.orders = func(ctx context.Context, q numbers.OrderQuery) iter.Seq2[*numbers.Order, error] {
				return changed(w.Memory.Orders(ctx, q), func(o *numbers.Order) { o.Vendor = "" })
			}
		}},
		{"everything names its vendor, and no account", "names an account in its orders", 0, shown(func(_ *wrong, o *numbers.Order) {
			o.Account = "main"
		})},
		{"everything names its vendor, and no account", "names an account in its attempts", 0, attempted(func(_ numbers.OrderRequest, a *numbers.Attempt) {
			a.Account = "main"
		})},
		{"everything names its vendor, and no account", "names another vendor in its attempts", 0, attempted(func(_ numbers.OrderRequest, a *numbers.Attempt) {
			a.Vendor = "another"
		})},
		{"search fields are honored or refused", "ignores a field", 0, func(w *wrong) {
			w.search = func(ctx context.Context, q numbers.SearchQuery) iter.Seq2[*numbers.Offer, error] {
				q.EndsWith = ""
				return w.Memory.Search(ctx, q)
			}
		}},
		{"assignments are honored or refused", "forgets the assignment of an order", 0, func(w *wrong) {
			w.place = func(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
				if r.Assign != nil && r.Assign.Connection != "" {
					r.Assign = nil
				}
				return w.Memory.Place(ctx, r)
			}
		}},
		{"assignments are honored or refused", "forgets an assignment that it can't make", 0, func(w *wrong) {
			w.place = func(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
				if r.Assign != nil && r.Assign.Connection == "" {
					r.Assign = nil
				}
				return w.Memory.Place(ctx, r)
			}
		}},
	}
}

// changed changes every item of a sequence.
func changed[T any](seq iter.Seq2[*T, error], change func(*T)) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		for item, err := range seq {
			if err == nil {
				change(item)
			}
			if !yield(item, err) {
				return
			}
		}
	}
}

func wrongPlaces() []wrongOrderer {
	return []wrongOrderer{
		{"place is one buy and returns the order", "miscounts", 0, func(w *wrong) {
			w.place = func(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
				o, err := w.Memory.Place(ctx, r)
				if err == nil {
					o.Count = 7
				}
				return o, err
			}
		}},
		{"place refuses bad input before sending", "orders a doubled number once", 0, func(w *wrong) {
			w.place = func(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
				r.Numbers = slices.Compact(slices.Clone(r.Numbers))
				return w.Memory.Place(ctx, r)
			}
		}},
		{"calls honor their context", "reads whatever the caller wants", 0, func(w *wrong) {
			w.order = func(ctx context.Context, id string) (*numbers.Order, error) {
				return w.Memory.Order(context.WithoutCancel(ctx), id)
			}
		}},
		{"calls honor their context", "orders whatever the caller wants", 0, func(w *wrong) {
			w.place = func(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
				if ctx.Err() != nil {
					ctx = context.WithoutCancel(ctx)
				}
				return w.Memory.Place(ctx, r)
			}
		}},
		{"references are kept exactly", "tidies references up", 0, func(w *wrong) {
			w.place = func(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
				r.Reference = strings.TrimSpace(r.Reference)
				return w.Memory.Place(ctx, r)
			}
		}},
		{"an order is read back", "reads one number too many", 0, func(w *wrong) {
			w.order = func(ctx context.Context, id string) (*numbers.Order, error) {
				o, err := w.Memory.Order(ctx, id)
				if err == nil && o.Count == 1 {
					o.Count++
				}
				return o, err
			}
		}},
		{"an unknown order is not found", "takes it for a failure", 0, func(w *wrong) {
			w.order = func(ctx context.Context, id string) (*numbers.Order, error) {
				o, err := w.Memory.Order(ctx, id)
				if errors.Is(err, numbers.ErrNotFound) {
					err = w.fail("Order", numbers.ErrVendor, "", "")
				}
				return o, err
			}
		}},
		{"templates are not changed", "writes into the template", 0, func(w *wrong) {
			w.place = func(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
				if own, ok := r.Native.(*MemoryRequest); ok {
					own.Labels["last"] = string(r.Numbers[0])
				}
				return w.Memory.Place(ctx, r)
			}
		}},
		{"orders carry the vendor's own", "lists orders without their own", 0, func(w *wrong) {
			w.orders = func(ctx context.Context, q numbers.OrderQuery) iter.Seq2[*numbers.Order, error] {
				return changed(w.Memory.Orders(ctx, q), func(o *numbers.Order) { o.Native = nil })
			}
		}},
		{"concurrent orders keep apart", "keeps the latest order in one place", 0, func(w *wrong) {
			var mu sync.Mutex
			var latest *numbers.Order
			w.place = func(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
				o, err := w.Memory.Place(ctx, r)
				if err != nil {
					return nil, err
				}
				mu.Lock()
				latest = o
				mu.Unlock()
				time.Sleep(time.Millisecond)
				mu.Lock()
				defer mu.Unlock()
				return latest, nil
			}
		}},
		{"secrets stay secret", "shows its password in errors", 0, func(w *wrong) {
			w.place = func(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
				o, err := w.Memory.Place(ctx, r)
				if e, ok := errors.AsType[*numbers.Error](err); ok {
					e.Message = "POST /orders?password=" + secret
				}
				return o, err
			}
		}},
	}
}

func wrongFaults() []wrongOrderer {
	return []wrongOrderer{
		{"one write under every fault", "sends again after an answer it does not like", 0, func(w *wrong) {
			w.place = func(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
				o, err := w.Memory.Place(ctx, r)
				if w.injected.Kind == StatusAfter && errors.Is(err, numbers.ErrOutcomeUnknown) {
					r.Begin = nil
					_, _ = w.Memory.Place(ctx, r)
				}
				return o, err
			}
		}},
		{"no purchase is hidden by an error", "takes a 503 for a refusal", 0, func(w *wrong) {
			w.place = func(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
				o, err := w.Memory.Place(ctx, r)
				if w.injected.Kind == StatusAfter && err != nil {
					err = w.fail("Place", numbers.ErrVendor, "", "", r.Numbers...)
				}
				return o, err
			}
		}},
		{"no success without a purchase", "takes silence for consent", 0, func(w *wrong) {
			w.place = func(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
				o, err := w.Memory.Place(ctx, r)
				if w.injected.Kind == HangBefore && err != nil {
					return &numbers.Order{Vendor: w.Memory.caps.Vendor, ID: "invented", State: numbers.StatePending, Count: 1}, nil //nolint:nilerr // that is what is wrong with it
				}
				return o, err
			}
		}},
		{"an unknown outcome carries its attempt", "does not say when it was sent", 0, func(w *wrong) {
			w.place = func(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
				o, err := w.Memory.Place(ctx, r)
				if e, ok := errors.AsType[*numbers.Error](err); ok && e.Attempt != nil {
					e.Attempt.Started = time.Time{}
				}
				return o, err
			}
		}},
		{"an unknown outcome has no other kind", "calls it a rate limit, too", 0, func(w *wrong) {
			w.place = func(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
				o, err := w.Memory.Place(ctx, r)
				if w.injected.Kind == StatusAfter && err != nil {
					err = fmt.Errorf("%w, perhaps: %w", numbers.ErrRateLimited, err)
				}
				return o, err
			}
		}},
		{"what is given up is an unknown outcome", "takes the end of its patience for the end of the order", 0, func(w *wrong) {
			w.place = func(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
				o, err := w.Memory.Place(ctx, r)
				if errors.Is(err, context.DeadlineExceeded) {
					e := w.fail("Place", numbers.ErrUnreachable, "", "", r.Numbers...)
					e.Err, err = context.Cause(ctx), e
				}
				return o, err
			}
		}},
		{"a refusal is never a success", "takes gone for done", 0, func(w *wrong) {
			w.place = func(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
				o, err := w.Memory.Place(ctx, r)
				if e, ok := errors.AsType[*numbers.Error](err); ok && e.Status == 410 {
					return &numbers.Order{Vendor: e.Vendor, ID: "gone", State: numbers.StateComplete, Count: 1}, nil
				}
				return o, err
			}
		}},
		{"a refusal is definite where that is declared", "doubts a refusal", 0, func(w *wrong) {
			w.place = func(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
				o, err := w.Memory.Place(ctx, r)
				if e, ok := errors.AsType[*numbers.Error](err); ok && e.Status == 422 {
					e.Kind, e.Attempt = numbers.ErrOutcomeUnknown, &numbers.Attempt{Vendor: e.Vendor, Numbers: r.Numbers, Started: time.Now()}
				}
				return o, err
			}
		}},
		{"a rate limit is reported and not repeated", "does not say how long to wait", 0, func(w *wrong) {
			w.place = func(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
				o, err := w.Memory.Place(ctx, r)
				if e, ok := errors.AsType[*numbers.Error](err); ok {
					e.RetryAfter = 0
				}
				return o, err
			}
		}},
		{"a rate limit is reported and not repeated", "sends again by itself", 0, func(w *wrong) {
			w.place = func(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
				o, err := w.Memory.Place(ctx, r)
				if e, ok := errors.AsType[*numbers.Error](err); ok && e.RetryAfter > 0 {
					time.Sleep(e.RetryAfter)
					return w.Memory.Place(ctx, r)
				}
				return o, err
			}
		}},
		{"partial orders are reported number by number", "calls all numbers of a partial order complete", 0, func(w *wrong) {
			w.order = func(ctx context.Context, id string) (*numbers.Order, error) {
				o, err := w.Memory.Order(ctx, id)
				for i := range itemsOf(o) {
					if o.State == numbers.StatePartial {
						o.Items[i].State = numbers.StateComplete
					}
				}
				return o, err
			}
		}},
	}
}

func itemsOf(o *numbers.Order) []numbers.Item {
	if o == nil {
		return nil
	}
	return o.Items
}
