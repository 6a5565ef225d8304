package numberstest

import (
	"context"
	"errors"
	"iter"
	"slices"
	"sync"

	"github.com/tnkit/tnkit/numbers"
)

// lists replaces the listing of orders: walk gets Memory's own.
func lists(w *wrong, walk func(ctx context.Context, q numbers.OrderQuery, own iter.Seq2[*numbers.Order, error], yield func(*numbers.Order, error) bool)) {
	w.orders = func(ctx context.Context, q numbers.OrderQuery) iter.Seq2[*numbers.Order, error] {
		own := w.Memory.Orders(ctx, q)
		return func(yield func(*numbers.Order, error) bool) { walk(ctx, q, own, yield) }
	}
}

type orderSeq = iter.Seq2[*numbers.Order, error]

// firstOf yields no more than n.
func firstOf(n int, seq orderSeq, yield func(*numbers.Order, error) bool) {
	for o, err := range seq {
		if n--; !yield(o, err) || n == 0 {
			return
		}
	}
}

func wrongLists() []wrongOrderer {
	return []wrongOrderer{
		{"listings are lazy", "reads before it is asked", 0, func(w *wrong) {
			w.orders = func(ctx context.Context, q numbers.OrderQuery) orderSeq {
				_, _ = first(w.Memory.Orders(ctx, numbers.OrderQuery{}))
				return w.Memory.Orders(ctx, q)
			}
		}},
		{"listings are complete", "ends with the second page", 0, func(w *wrong) {
			lists(w, func(_ context.Context, _ numbers.OrderQuery, own orderSeq, yield func(*numbers.Order, error) bool) {
				firstOf(2*memoryPage, own, yield)
			})
		}},
		{"listings can be ranged over again", "is used up", 0, func(w *wrong) {
			w.orders = func(ctx context.Context, q numbers.OrderQuery) orderSeq {
				own, used := w.Memory.Orders(ctx, q), false
				return func(yield func(*numbers.Order, error) bool) {
					if !used {
						used = true
						own(yield)
					}
				}
			}
		}},
		{"break ends a listing", "reads all before it yields one", 0, func(w *wrong) {
			lists(w, func(ctx context.Context, _ numbers.OrderQuery, own orderSeq, yield func(*numbers.Order, error) bool) {
				list, errs, _ := drain(own)
				for _, o := range list {
					if !yield(o, nil) {
						return
					}
					if ctx.Err() != nil {
						errs = []error{context.Cause(ctx)}
						break
					}
				}
				if len(errs) > 0 {
					yield(nil, errs[0])
				}
			})
		}},
		{"a canceled context ends a listing", "goes on", 0, func(w *wrong) {
			w.orders = func(ctx context.Context, q numbers.OrderQuery) orderSeq {
				return w.Memory.Orders(context.WithoutCancel(ctx), q)
			}
		}},
		{"errors come last, after what was listed", "goes on after an error", 0, func(w *wrong) {
			lists(w, func(_ context.Context, _ numbers.OrderQuery, own orderSeq, yield func(*numbers.Order, error) bool) {
				var last *numbers.Order
				for o, err := range own {
					if !yield(o, err) {
						return
					}
					if err != nil && last != nil {
						yield(last, nil)
					}
					last = o
				}
			})
		}},
		{"errors come last, after what was listed", "keeps back what came before the error", 0, func(w *wrong) {
			lists(w, func(ctx context.Context, q numbers.OrderQuery, own orderSeq, yield func(*numbers.Order, error) bool) {
				if w.injected.Status == 403 {
					if _, errs, _ := drain(own); len(errs) > 0 {
						yield(nil, errs[0])
						return
					}
				}
				own(yield)
			})
		}},
		{"an incomplete listing ends with an error", "hides that it broke off", 0, func(w *wrong) {
			lists(w, func(ctx context.Context, _ numbers.OrderQuery, own orderSeq, yield func(*numbers.Order, error) bool) {
				n := 0
				for o, err := range own {
					if err != nil && n > 0 && !errors.Is(err, context.Canceled) {
						return
					}
					if n++; !yield(o, err) {
						return
					}
				}
			})
		}},
		{"a listing that is not found is a failure", "takes it for an empty one", 0, func(w *wrong) {
			lists(w, func(_ context.Context, _ numbers.OrderQuery, own orderSeq, yield func(*numbers.Order, error) bool) {
				for o, err := range own {
					if e, ok := errors.AsType[*numbers.Error](err); ok && e.Status == 404 || !yield(o, err) {
						return
					}
				}
			})
		}},
		{"a listing that is not found is a failure", "says that there is no such thing", 0, func(w *wrong) {
			w.owned = func(ctx context.Context, q numbers.OwnedQuery) iter.Seq2[*numbers.Number, error] {
				return func(yield func(*numbers.Number, error) bool) {
					for n, err := range w.Memory.Owned(ctx, q) {
						if e, ok := errors.AsType[*numbers.Error](err); ok && e.Status == 404 {
							e.Kind = numbers.ErrNotFound
						}
						if !yield(n, err) {
							return
						}
					}
				}
			}
		}},
		{"moving listings yield each order once", "counts pages from the newest", 0, func(w *wrong) {
			lists(w, func(ctx context.Context, q numbers.OrderQuery, own orderSeq, yield func(*numbers.Order, error) bool) {
				for at := 0; ; at += memoryPage {
					list, errs, _ := drain(own)
					slices.Reverse(list)
					page := list[min(at, len(list)):min(at+memoryPage, len(list))]
					for _, o := range page {
						if !yield(o, nil) {
							return
						}
					}
					if len(errs) > 0 {
						yield(nil, errs[0])
					}
					if len(errs) > 0 || at+memoryPage >= len(list) {
						return
					}
				}
			})
		}},
		{"what the vendor lists twice comes once", "yields it twice", 0, func(w *wrong) {
			lists(w, func(_ context.Context, _ numbers.OrderQuery, own orderSeq, yield func(*numbers.Order, error) bool) {
				twice := w.injected.Kind == DuplicateListing
				for o, err := range own {
					if !yield(o, err) || twice && !yield(o, err) {
						return
					}
					twice = false
				}
			})
		}},
		{"reading ahead changes nothing", "loses what it read ahead", 0, func(w *wrong) {
			lists(w, func(_ context.Context, q numbers.OrderQuery, own orderSeq, yield func(*numbers.Order, error) bool) {
				if q.ReadAhead > 0 {
					firstOf(memoryPage, own, yield)
					return
				}
				own(yield)
			})
		}},
		{"order queries are honored", "ignores the state", 0, func(w *wrong) {
			w.orders = func(ctx context.Context, q numbers.OrderQuery) orderSeq {
				q.States = nil
				return w.Memory.Orders(ctx, q)
			}
		}},
		{"owned queries are honored", "ignores the numbers", 0, func(w *wrong) {
			w.owned = func(ctx context.Context, q numbers.OwnedQuery) iter.Seq2[*numbers.Number, error] {
				q.Numbers = nil
				return w.Memory.Owned(ctx, q)
			}
		}},
	}
}

func wrongReleases() []wrongOrderer {
	return []wrongOrderer{
		{"release gives a number back", "gives back the account's other number, too", 0, func(w *wrong) {
			w.release = func(ctx context.Context, n *numbers.Number) error {
				if err := w.Memory.Release(ctx, n); err != nil || n.E164 != number(0) {
					return err
				}
				w.mu.Lock()
				defer w.mu.Unlock()
				for i, p := range w.books.Purchases {
					if p.Number == string(number(1)) {
						w.books.Purchases[i].Released = p.At
					}
				}
				return nil
			}
		}},
		{"release can be repeated", "does not find it the second time", 0, func(w *wrong) {
			var released sync.Map
			w.release = func(ctx context.Context, n *numbers.Number) error {
				err := w.Memory.Release(ctx, n)
				if _, again := released.Load(n.ID); again && err == nil {
					return w.fail("Release", numbers.ErrNotFound, "", "", n.E164)
				}
				if err == nil {
					released.Store(n.ID, true)
				}
				return err
			}
		}},
		{"release refuses another number", "goes by the id alone", 0, func(w *wrong) {
			w.release = func(ctx context.Context, n *numbers.Number) error {
				w.mu.Lock()
				same := *n
				if row := w.row(n.ID); row != nil {
					same.E164 = row.number.E164
				}
				w.mu.Unlock()
				return w.Memory.Release(ctx, &same)
			}
		}},
		{"release refuses another number", "says that it is gone", 0, func(w *wrong) {
			w.release = func(ctx context.Context, n *numbers.Number) error {
				err := w.Memory.Release(ctx, n)
				if row := w.row(n.ID); errors.Is(err, numbers.ErrConflict) && row.number.State != numbers.NumberReleased {
					return w.fail("Release", numbers.ErrNotFound, "", "", n.E164)
				}
				return err
			}
		}},
		{"release refuses a locked number", "unlocks it", 0, func(w *wrong) {
			w.release = func(ctx context.Context, n *numbers.Number) error {
				w.mu.Lock()
				if row := w.row(n.ID); row != nil {
					row.number.Locked = false
				}
				w.mu.Unlock()
				return w.Memory.Release(ctx, n)
			}
		}},
		{"release is confirmed", "takes no answer for yes", 0, func(w *wrong) {
			w.release = func(ctx context.Context, n *numbers.Number) error {
				err := w.Memory.Release(ctx, n)
				if errors.Is(err, numbers.ErrUnreachable) && ctx.Err() == nil {
					return nil
				}
				return err
			}
		}},
		{"released numbers are left out unless asked for", "lists what was released", 0, func(w *wrong) {
			w.owned = func(ctx context.Context, q numbers.OwnedQuery) iter.Seq2[*numbers.Number, error] {
				return func(yield func(*numbers.Number, error) bool) {
					for n, err := range w.Memory.Owned(ctx, q) {
						if !yield(n, err) || err != nil {
							return
						}
					}
					if len(q.States) > 0 {
						return
					}
					again := q
					again.States = []numbers.NumberState{numbers.NumberReleased}
					for n, err := range w.Memory.Owned(ctx, again) {
						if !yield(n, err) {
							return
						}
					}
				}
			}
		}},
	}
}
