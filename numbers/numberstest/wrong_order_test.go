package numberstest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/tnkit/tnkit/numbers"
)

// shown changes each order that a Memory shows: placed, read and listed.
func shown(change func(w *wrong, o *numbers.Order)) func(*wrong) {
	return func(w *wrong) {
		afterPlace(w, func(_ numbers.OrderRequest, o *numbers.Order, _ *numbers.Error) {
			if o != nil {
				change(w, o)
			}
		})
		read(w, func(o *numbers.Order) { change(w, o) })
		w.orders = func(ctx context.Context, q numbers.OrderQuery) orderSeq {
			return changed(w.Memory.Orders(ctx, q), func(o *numbers.Order) { change(w, o) })
		}
	}
}

// read changes the orders that are read.
func read(w *wrong, change func(o *numbers.Order)) {
	w.order = func(ctx context.Context, id string) (*numbers.Order, error) {
		o, err := w.Memory.Order(ctx, id)
		if err == nil {
			change(o)
		}
		return o, err
	}
}

// quotes changes the quotations.
func quotes(change func(w *wrong, q *numbers.Quotation)) func(*wrong) {
	return func(w *wrong) {
		w.quote = func(ctx context.Context, r numbers.OrderRequest) (*numbers.Quotation, error) {
			q, err := w.Memory.Quote(ctx, r)
			if err == nil {
				change(w, q)
			}
			return q, err
		}
	}
}

// wrongOrders tell an order in a wrong way, or not as it was asked for.
func wrongOrders() []wrongOrderer {
	const (
		cost  = "prices are the vendor's"
		agree = "an order agrees with its numbers"
		long  = "long references are kept whole or refused"
	)
	return []wrongOrderer{
		{cost, "states the price of one number for an order of several", 0, shown(func(w *wrong, o *numbers.Order) { o.Price = w.opts.Price })},
		{cost, "states a free order where the price is unknown", 0, shown(func(_ *wrong, o *numbers.Order) {
			o.Price = &numbers.Price{Upfront: &numbers.Money{}, Monthly: &numbers.Money{}}
		})},
		{cost, "takes the monthly price for the upfront one", 0, shown(func(_ *wrong, o *numbers.Order) {
			o.Price = &numbers.Price{Upfront: o.Price.Monthly}
		})},
		{cost, "swaps the upfront and the monthly price", 0, shown(func(_ *wrong, o *numbers.Order) {
			o.Price = &numbers.Price{Upfront: o.Price.Monthly, Monthly: o.Price.Upfront}
		})},
		{cost, "swaps the prices of a quotation", 0, quotes(func(_ *wrong, q *numbers.Quotation) {
			q.Price = &numbers.Price{Upfront: q.Price.Monthly, Monthly: q.Price.Upfront}
		})},
		{cost, "states no currency", 0, shown(func(_ *wrong, o *numbers.Order) {
			o.Price = &numbers.Price{Upfront: &numbers.Money{Amount: o.Price.Upfront.Amount}}
		})},
		{cost, "states the sum as each number's price", 0, shown(func(_ *wrong, o *numbers.Order) {
			for i := range o.Items {
				o.Items[i].Price = o.Price
			}
		})},
		{cost, "quotes one number for all", 0, quotes(func(w *wrong, q *numbers.Quotation) { q.Price = w.opts.Price })},
		{cost, "quotes no monthly price", 0, quotes(func(_ *wrong, q *numbers.Quotation) { q.Price = &numbers.Price{Upfront: q.Price.Upfront} })},
		{agree, "completes an order before its numbers", 0, func(w *wrong) {
			w.orders = func(ctx context.Context, q numbers.OrderQuery) orderSeq {
				return changed(w.Memory.Orders(ctx, q), func(o *numbers.Order) {
					if o.State == numbers.StateComplete && o.Count > 1 {
						o.Items[1].State = numbers.StatePending
					}
				})
			}
		}},
		{agree, "takes what is pending for an unknown outcome", 0, func(w *wrong) {
			afterPlace(w, func(_ numbers.OrderRequest, o *numbers.Order, _ *numbers.Error) {
				if o != nil && o.Count == 2 {
					o.State = "outcome-unknown"
				}
			})
		}},
		{agree, "leaves the vendor's spelling out", 0, shown(func(_ *wrong, o *numbers.Order) {
			for i := range o.Items {
				o.Items[i].VendorNumber = ""
			}
		})},
		{"partial orders are reported number by number", "counts what was bought", 0, shown(func(_ *wrong, o *numbers.Order) {
			for _, item := range o.Items {
				if item.State == numbers.StateFailed {
					o.Count--
				}
			}
		})},
		{"partial orders are reported number by number", "waits for what has failed", 0, shown(func(_ *wrong, o *numbers.Order) {
			for i := range o.Items {
				if o.Items[i].State == numbers.StateFailed {
					o.Items[i].State = numbers.StatePending
				}
			}
		})},
		{"an order that never settles stays pending", "takes its numbers for bought after a while", 0, func(w *wrong) {
			read(w, func(o *numbers.Order) {
				for i := range o.Items {
					if o.State == numbers.StatePending && time.Since(o.Created) > time.Minute {
						o.Items[i].State = numbers.StateComplete
					}
				}
			})
		}},
		{"an order that never settles stays pending", "lists what was taken as bought", 0, func(w *wrong) {
			w.orders = func(ctx context.Context, q numbers.OrderQuery) orderSeq {
				return changed(w.Memory.Orders(ctx, q), func(o *numbers.Order) {
					if o.State == numbers.StatePending && time.Since(o.Created) > time.Minute {
						o.State = numbers.StateComplete
						o.Items[0].State = numbers.StateComplete
					}
				})
			}
		}},
		{"times are the vendor's", "dates a number when it is read", 0, func(w *wrong) {
			w.owned = func(ctx context.Context, q numbers.OwnedQuery) numberSeq {
				return changed(w.Memory.Owned(ctx, q), func(n *numbers.Number) { n.Created = time.Now() })
			}
		}},
		{"times are the vendor's", "dates an order at the beginning of Unix", 0, func(w *wrong) {
			afterPlace(w, func(_ numbers.OrderRequest, o *numbers.Order, _ *numbers.Error) {
				if o != nil {
					o.Created = time.Unix(0, 0)
				}
			})
			w.owned = func(ctx context.Context, q numbers.OwnedQuery) numberSeq {
				return changed(w.Memory.Owned(ctx, q), func(n *numbers.Number) { n.Created = time.Unix(0, 0) })
			}
		}},
		{long, "keeps 36 characters", 0, func(w *wrong) {
			w.place = func(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
				r.Reference = r.Reference[:min(36, len(r.Reference))]
				return w.Memory.Place(ctx, r)
			}
		}},
		{long, "drops what is too long", 0, func(w *wrong) {
			w.place = func(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
				if len(r.Reference) > 255 {
					r.Reference = ""
				}
				return w.Memory.Place(ctx, r)
			}
		}},
		{"an order takes as many numbers as is declared", "takes fewer", 0, func(w *wrong) {
			w.caps = func(c numbers.Capabilities) numbers.Capabilities { c.MaxNumbers = 50; return c }
			w.place = func(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
				if len(r.Numbers) > 20 {
					return nil, w.fail("Place", numbers.ErrInvalid, "too many", "Numbers", r.Numbers...)
				}
				return w.Memory.Place(ctx, r)
			}
		}},
		{"an order takes as many numbers as is declared", "sends many numbers as several orders", 0, func(w *wrong) {
			w.place = func(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
				var whole *numbers.Order
				for part := range slices.Chunk(r.Numbers, 50) {
					one := r
					one.Numbers = part
					o, err := w.Memory.Place(ctx, one)
					if err != nil {
						return nil, err
					}
					if whole == nil {
						whole = o
						continue
					}
					whole.Count += o.Count
					whole.Items = append(whole.Items, o.Items...)
				}
				if whole == nil {
					return w.Memory.Place(ctx, r)
				}
				return whole, nil
			}
		}},
		{"place is one buy and returns the order", "orders each of three numbers by itself", 0, func(w *wrong) {
			w.place = func(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
				if len(r.Numbers) != 3 || w.injected.Kind != "" {
					return w.Memory.Place(ctx, r)
				}
				var all *numbers.Order
				for _, n := range r.Numbers {
					o, err := w.Memory.Place(ctx, numbers.OrderRequest{Numbers: []numbers.E164{n}, Reference: r.Reference})
					if err != nil {
						return nil, err
					}
					o.Count = len(r.Numbers)
					all = o
				}
				return all, nil
			}
		}},
		{"place is one buy and returns the order", "sorts the caller's numbers", 0, func(w *wrong) {
			afterPlace(w, func(r numbers.OrderRequest, _ *numbers.Order, _ *numbers.Error) {
				slices.Sort(r.Numbers)
				slices.Reverse(r.Numbers)
			})
		}},
		{"templates are not changed", "forgets the template", 0, func(w *wrong) {
			w.place = func(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
				if _, ok := r.Native.(*MemoryRequest); ok {
					r.Native = nil
				}
				return w.Memory.Place(ctx, r)
			}
		}},
		{"templates are not changed", "forgets the lists of the template", 0, func(w *wrong) {
			w.place = func(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
				if t, ok := r.Native.(*MemoryRequest); ok && t != nil {
					r.Native = &MemoryRequest{Note: t.Note}
				}
				return w.Memory.Place(ctx, r)
			}
		}},
		{"templates are not changed", "prefers the template's reference", 0, func(w *wrong) {
			w.place = func(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
				if t, ok := r.Native.(*MemoryRequest); ok && t != nil {
					r.Reference = t.Reference
				}
				return w.Memory.Place(ctx, r)
			}
		}},
		{"templates are not changed", "reads a template that is a nil pointer", 0, func(w *wrong) {
			w.place = func(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
				if t, ok := r.Native.(*MemoryRequest); ok {
					_ = strings.Clone(t.Note)
				}
				return w.Memory.Place(ctx, r)
			}
		}},
	}
}

// wrongAnswers take an answer to an order for another one.
func wrongAnswers() []wrongOrderer {
	const hidden = "no purchase is hidden by an error"
	after := func(what string, is func(status int) bool) wrongOrderer {
		return wrongOrderer{hidden, "takes " + what + " for a refusal", 0, refused(numbers.ErrVendor, func(_ *wrong, e *numbers.Error) bool { return is(e.Status) })}
	}
	return []wrongOrderer{
		after("a 409", func(s int) bool { return s == 409 }),
		after("a redirect", func(s int) bool { return s/100 == 3 }),
		after("a 501", func(s int) bool { return s == 501 }),
		after("a 520", func(s int) bool { return s == 520 }),
		after("a 2xx that says nothing", func(s int) bool { return s/100 == 2 }),
		{"one write under every fault", "follows a redirect with the order", 0, again(func(_ numbers.OrderRequest, e *numbers.Error) bool {
			return e.Status == 307 || e.Status == 308
		})},
		{"no success without a purchase", "takes any 2xx for an order", 0, func(w *wrong) {
			w.place = func(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
				o, err := w.Memory.Place(ctx, r)
				if e, ok := errors.AsType[*numbers.Error](err); ok && e.Status/100 == 2 {
					return &numbers.Order{Vendor: e.Vendor, ID: "?", Reference: r.Reference, State: numbers.StatePending, Count: len(r.Numbers)}, nil
				}
				return o, err
			}
		}},
		{"what is given up is an unknown outcome", "takes its caller's leaving for a refusal", 0, func(w *wrong) {
			afterPlace(w, func(_ numbers.OrderRequest, _ *numbers.Order, e *numbers.Error) {
				if e != nil && errors.Is(e.Err, context.Canceled) {
					e.Kind, e.Attempt = numbers.ErrUnreachable, nil
				}
			})
		}},
		{"an unknown outcome carries its attempt", "starts when it ends", 0, attempted(func(_ numbers.OrderRequest, a *numbers.Attempt) { a.Started = a.Ended })},
		{"a refusal is never a success", "keeps the status to itself", 0, func(w *wrong) {
			afterPlace(w, func(_ numbers.OrderRequest, _ *numbers.Order, e *numbers.Error) {
				if e != nil && e.Status == 402 {
					e.Status = 0
				}
			})
		}},
	}
}
