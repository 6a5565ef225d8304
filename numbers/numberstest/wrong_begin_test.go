package numberstest

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
)

type beginFunc = func(context.Context) (time.Time, error)

// begins replaces what Place calls before it sends, where its caller gave it a
// Begin.
func begins(wrap func(r numbers.OrderRequest, own beginFunc) beginFunc) func(*wrong) {
	return func(w *wrong) {
		w.place = func(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
			if r.Begin != nil {
				r.Begin = wrap(r, r.Begin)
			}
			return w.Memory.Place(ctx, r)
		}
	}
}

// early calls Begin before Memory's Place does anything, and passes on what it says.
func early(ctx context.Context, r *numbers.OrderRequest) {
	if r.Begin != nil {
		sendBy, err := r.Begin(ctx)
		r.Begin = func(context.Context) (time.Time, error) { return sendBy, err }
	}
}

// wrongBegins call Begin at the wrong time, or don't listen to it.
func wrongBegins() []wrongOrderer {
	const (
		once   = "begin is called once"
		last   = "begin is called immediately before the order is sent"
		free   = "begin is called without a lock"
		inVain = "what begin refuses is not sent"
		late   = "nothing is sent after its time"
	)
	return []wrongOrderer{
		{once, "never calls it", 0, begins(func(numbers.OrderRequest, beginFunc) beginFunc { return nil })},
		{once, "does not call it for several numbers", 0, begins(func(r numbers.OrderRequest, own beginFunc) beginFunc {
			if len(r.Numbers) > 1 {
				return nil
			}
			return own
		})},
		{once, "calls it twice", 0, begins(func(_ numbers.OrderRequest, own beginFunc) beginFunc {
			return func(ctx context.Context) (time.Time, error) {
				if sendBy, err := own(ctx); err != nil {
					return sendBy, err
				}
				return own(ctx)
			}
		})},
		{once, "calls it before it looks at the request", 0, func(w *wrong) {
			w.place = func(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
				if len(r.Numbers) == 0 {
					early(ctx, &r)
				}
				return w.Memory.Place(ctx, r)
			}
		}},
		{once, "calls it again after an unclear answer", 0, func(w *wrong) {
			w.place = func(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
				o, err := w.Memory.Place(ctx, r)
				if errors.Is(err, numbers.ErrOutcomeUnknown) && r.Begin != nil {
					_, _ = r.Begin(ctx)
				}
				return o, err
			}
		}},
		{last, "calls it before it waits for the limiter", 0, func(w *wrong) {
			w.place = func(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
				if driver.CheckRequest(w.Memory.caps, "Place", r) == nil {
					early(ctx, &r)
				}
				return w.Memory.Place(ctx, r)
			}
		}},
		{last, "logs in after it", 0, func(w *wrong) {
			w.place = func(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
				if own := r.Begin; own != nil {
					r.Begin = func(ctx context.Context) (time.Time, error) {
						sendBy, err := own(ctx)
						if err == nil {
							err = w.Memory.call(ctx, "Login", func() error { return nil })
						}
						return sendBy, err
					}
				}
				return w.Memory.Place(ctx, r)
			}
		}},
		{free, "has one connection, and the order keeps it", 0, func(w *wrong) {
			connection := make(chan struct{}, 1)
			w.place = func(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
				if r.Begin != nil && len(w.Memory.faults) == 0 {
					connection <- struct{}{}
					defer func() { <-connection }()
				}
				return w.Memory.Place(ctx, r)
			}
			lists(w, func(ctx context.Context, _ numbers.OrderQuery, own orderSeq, yield func(*numbers.Order, error) bool) {
				select {
				case connection <- struct{}{}:
					<-connection
					own(yield)
				case <-ctx.Done():
					e := w.fail("Orders", numbers.ErrUnreachable, "", "")
					e.Err = context.Cause(ctx)
					yield(nil, e)
				}
			})
		}},
		{inVain, "sends all the same", 0, begins(func(_ numbers.OrderRequest, own beginFunc) beginFunc {
			return func(ctx context.Context) (time.Time, error) {
				sendBy, _ := own(ctx)
				return sendBy, nil
			}
		})},
		{inVain, "does not say why", 0, func(w *wrong) {
			afterPlace(w, func(r numbers.OrderRequest, _ *numbers.Order, e *numbers.Error) {
				if e != nil && r.Begin != nil && e.Status == 0 && e.Attempt == nil {
					e.Err = nil
				}
			})
		}},
		{inVain, "takes a refusal for an unknown outcome", 0, func(w *wrong) {
			afterPlace(w, func(r numbers.OrderRequest, _ *numbers.Order, e *numbers.Error) {
				if e != nil && r.Begin != nil && e.Err != nil && e.Attempt == nil {
					e.Kind, e.Attempt = numbers.ErrOutcomeUnknown, &numbers.Attempt{Vendor: e.Vendor, Numbers: slices.Clone(r.Numbers), Started: time.Now()}
				}
			})
		}},
		{late, "does not look at the time", 0, begins(func(_ numbers.OrderRequest, own beginFunc) beginFunc {
			return func(ctx context.Context) (time.Time, error) {
				_, err := own(ctx)
				return time.Time{}, err
			}
		})},
		{late, "takes no time for a time that has passed", 0, begins(func(_ numbers.OrderRequest, own beginFunc) beginFunc {
			return func(ctx context.Context) (time.Time, error) {
				sendBy, err := own(ctx)
				if sendBy.IsZero() {
					sendBy = time.Now().Add(-time.Hour)
				}
				return sendBy, err
			}
		})},
	}
}
