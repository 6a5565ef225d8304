package numberstest

import (
	"context"
	"errors"
	"iter"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/tnkit/tnkit/numbers"
)

// TestRightAccountsPass: what the wrong ones are made of is right.
func TestRightAccountsPass(t *testing.T) {
	for name, opts := range rightForms() {
		for _, c := range accountSuite() {
			assert.Empty(t, failures(t, spoiledHarness(opts, nil), c), "%s: %s", name, c.name)
		}
	}
}

// TestWrongAccountsAreCaught: an Account can't keep its promises over these Orderers,
// and the check that they are made for says so, and no other.
func TestWrongAccountsAreCaught(t *testing.T) {
	catches(t, accountSuite(), wrongAccounts())
}

// TestEveryAccountCheckHasAWrongOrderer: no check is there that nothing fails.
func TestEveryAccountCheckHasAWrongOrderer(t *testing.T) {
	complements(t, accountSuite(), wrongAccounts())
}

func wrongAccounts() []wrongOrderer {
	return []wrongOrderer{
		{"buy sees a lost order through", "finds only orders of one number", 0, func(w *wrong) {
			resolvesBy(w, func(_ context.Context, a numbers.Attempt, r *numbers.Resolution, _ *error) {
				if r.Outcome == numbers.Placed && len(a.Numbers) > 1 {
					*r = numbers.Resolution{Outcome: numbers.NotPlaced}
				}
			})
		}},
		{"what buy reports is what was sold", "takes a 502 for a refusal", 0, refused(numbers.ErrVendor, func(_ *wrong, e *numbers.Error) bool {
			return e.Status == 502
		})},
		{"a late order is waited for", "believes its first reading for ever", 0, func(w *wrong) {
			var absent sync.Map
			resolvesBy(w, func(_ context.Context, a numbers.Attempt, r *numbers.Resolution, _ *error) {
				if _, known := absent.LoadOrStore(a.ID, *r); known || r.Outcome == numbers.Placed {
					first, _ := absent.Load(a.ID)
					*r = first.(numbers.Resolution)
				}
			})
		}},
		{"a job that is delivered twice buys once", "does not find what is pending", 0, func(w *wrong) {
			lists(w, func(_ context.Context, q numbers.OrderQuery, own orderSeq, yield func(*numbers.Order, error) bool) {
				for o, err := range own {
					if err == nil && q.Reference != "" && time.Since(o.Created) < time.Hour {
						continue
					}
					if !yield(o, err) {
						return
					}
				}
			})
		}},
		{"planning buys nothing", "orders to learn the price", 0, func(w *wrong) {
			w.quote = func(ctx context.Context, r numbers.OrderRequest) (*numbers.Quotation, error) {
				_, _ = w.Memory.Place(ctx, r)
				return w.Memory.Quote(ctx, r)
			}
		}},
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
					return &numbers.Order{Vendor: w.Memory.caps.Vendor, ID: id, State: numbers.StateFailed, Count: 1}, nil
				}
				return o, err
			}
		}},
		{"an order that was given up is recovered", "does not find an order of two minutes ago", 0, func(w *wrong) {
			const memory = 75 * time.Second // an answer is waited for a minute
			resolvesBy(w, func(_ context.Context, a numbers.Attempt, r *numbers.Resolution, _ *error) {
				if r.Outcome == numbers.Placed && time.Since(a.Started) > memory {
					*r = numbers.Resolution{Outcome: numbers.NotPlaced}
				}
			})
		}},
		{"a number that was released is bought again", "takes the order from before for the new one", 0, func(w *wrong) {
			var released sync.Map
			w.release = func(ctx context.Context, n *numbers.Number) error {
				released.Store(n.E164, true)
				return w.Memory.Release(ctx, n)
			}
			w.place = func(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
				if _, again := released.Load(r.Numbers[0]); again {
					return first(w.Memory.Orders(ctx, numbers.OrderQuery{Numbers: r.Numbers}))
				}
				return w.Memory.Place(ctx, r)
			}
		}},
		{"two references never share an order", "forgets what it has sold, and sells it again", 0, func(w *wrong) {
			const memory = 15 * time.Minute
			merges(func(o *numbers.Order) { o.ID += "-again" })(w)
			lists(w, func(_ context.Context, _ numbers.OrderQuery, own orderSeq, yield func(*numbers.Order, error) bool) {
				for o, err := range own {
					if (err != nil || time.Since(o.Created) < memory) && !yield(o, err) {
						return
					}
				}
			})
			w.owned = func(ctx context.Context, q numbers.OwnedQuery) iter.Seq2[*numbers.Number, error] {
				return func(yield func(*numbers.Number, error) bool) {
					for n, err := range w.Memory.Owned(ctx, q) {
						if (err != nil || time.Since(n.Created) < memory) && !yield(n, err) {
							return
						}
					}
				}
			}
			w.order = func(ctx context.Context, id string) (*numbers.Order, error) {
				own := id[:len("order-1")]
				o, err := w.Memory.Order(ctx, own)
				if err == nil {
					o.ID = id
				}
				return o, err
			}
		}},
		{"six references at once buy once", "orders although the number is held", 0, func(w *wrong) {
			w.opts.SellsTwice = true
			w.place = func(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
				if own := r.Begin; own != nil {
					r.Begin = func(ctx context.Context) (time.Time, error) {
						sendBy, err := own(ctx)
						if errors.Is(err, numbers.ErrConflict) {
							return time.Time{}, nil
						}
						return sendBy, err
					}
				}
				return w.Memory.Place(ctx, r)
			}
		}},
		{"what is on offer can be bought", "masks what it offers", 0, func(w *wrong) {
			w.search = func(ctx context.Context, q numbers.SearchQuery) iter.Seq2[*numbers.Offer, error] {
				return changed(w.Memory.Search(ctx, q), func(o *numbers.Offer) { o.E164 = "" })
			}
		}},
	}
}

// catches demands that each wrong Orderer is caught by the check that it is made for,
// and by no other.
func catches(t *testing.T, suite []check, list []wrongOrderer) {
	for _, w := range list {
		t.Run(w.check+": "+w.name, func(t *testing.T) {
			t.Parallel()
			h := wrongHarness(w.foundBy, w.spoil)
			var caught []string
			for _, c := range suite {
				if messages := failures(t, h, c); len(messages) > 0 {
					caught = append(caught, c.name)
					t.Logf("%s: %s", c.name, messages[0])
				}
			}
			assert.Equal(t, []string{w.check}, caught)
		})
	}
}

// complements demands that each check of a suite has a wrong Orderer, and a name of
// its own.
func complements(t *testing.T, suite []check, list []wrongOrderer) {
	var names, made []string
	for _, c := range suite {
		names = append(names, c.name)
	}
	for _, w := range list {
		made = append(made, w.check)
	}
	slices.Sort(names)
	assert.Equal(t, names, slices.Compact(slices.Clone(names)), "names are unique")
	slices.Sort(made)
	assert.Equal(t, names, slices.Compact(made))
}
