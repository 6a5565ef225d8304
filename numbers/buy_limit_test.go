package numbers_test

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// limited is an account whose orders have a limit of their own.
type limited struct {
	numbers.Orderer
	most int
}

func (l limited) Unwrap() numbers.Orderer { return l.Orderer }

func (l limited) Capabilities() numbers.Capabilities {
	c := l.Orderer.Capabilities()
	c.MaxNumbers = l.most
	return c
}

// unlisted are accounts that know a job again, and show no number before its
// order has settled.
func unlisted() map[string]func() (*numberstest.Memory, numbers.Orderer) {
	return vendors(numberstest.MemoryOptions{
		SettleAfter:  time.Hour,
		Capabilities: numbers.Capabilities{Can: numbers.CanResolve | numbers.CanSearch, ListingDelay: time.Minute},
	})
}

// TestTheLimitHasChanged between two deliveries of a job: what was ordered is
// taken up, and none of it is ordered again.
func TestTheLimitHasChanged(t *testing.T) {
	const n = 6
	for name, account := range unlisted() {
		for before := range n + 1 {
			for after := range n + 1 {
				t.Run(fmt.Sprint(name, " ", before, " to ", after), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						m, o := account()
						r := numbers.OrderRequest{Numbers: several(n), Reference: "job"}
						_, err := numbers.Buy(t.Context(), limited{o, before}, r, &numbers.BuyOptions{NoWait: true})
						require.NoError(t, err)
						sent := calls(m, "Place")
						p, err := numbers.Buy(t.Context(), limited{o, after}, r, nil)
						require.NoError(t, err)
						assert.ElementsMatch(t, several(n), p.Bought())
						assert.Len(t, p.Orders, sent)
						assert.Equal(t, sent, calls(m, "Place"))
					})
				})
			}
		}
	}
}

// TestTheLimitHasChangedHalfWay: some orders of the first delivery were refused.
// Nothing is ordered twice, and every number is bought or named.
func TestTheLimitHasChangedHalfWay(t *testing.T) {
	const n = 6
	for name, account := range unlisted() {
		for _, c := range []struct{ before, after, refused int }{
			{2, 3, 1}, {2, 3, 2}, {3, 2, 1}, {2, 0, 1}, {2, 0, 2}, {0, 2, 1}, {1, 2, 3}, {2, 1, 2}, {1, 0, 5},
		} {
			t.Run(fmt.Sprint(name, c), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					m, o := account()
					r := numbers.OrderRequest{Numbers: several(n), Reference: "job"}
					orders := 1
					if c.before > 0 {
						orders = n / c.before
					}
					m.Inject(numberstest.Fault{Kind: numberstest.StatusBefore, Status: 402, After: orders - c.refused, Times: c.refused})
					_, err := numbers.Buy(t.Context(), limited{o, c.before}, r, &numbers.BuyOptions{NoWait: true, Concurrency: 1})
					require.ErrorIs(t, err, numbers.ErrInsufficientFunds)
					first := len(m.Books().Purchases)
					p, err := numbers.Buy(t.Context(), limited{o, c.after}, r, nil)
					assert.Empty(t, m.Books().Duplicates())
					assert.Equal(t, len(m.Books().Purchases), len(p.Bought()), "what was bought is told")
					assert.GreaterOrEqual(t, len(p.Bought()), first)
					missing := 0
					if pe, ok := errors.AsType[*numbers.PurchaseError](err); ok {
						missing = len(pe.Missing())
						for number, reason := range pe.Missing() {
							require.ErrorIs(t, reason, numbers.ErrConflict, number)
						}
					} else {
						require.NoError(t, err)
					}
					assert.Equal(t, n, len(p.Bought())+missing)
				})
			})
		}
	}
}

// TestNamesThatMeet: "job-1" is a part of "job", and a purchase of its own.
func TestNamesThatMeet(t *testing.T) {
	for name, account := range unlisted() {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m, o := account()
				split, whole := limited{o, 2}, o
				own := numbers.OrderRequest{Numbers: several(9)[8:], Reference: "job-1"}
				first, err := numbers.Buy(t.Context(), whole, own, nil)
				require.NoError(t, err)

				p, err := numbers.Buy(t.Context(), split, numbers.OrderRequest{Numbers: several(4), Reference: "job"}, nil)
				requireRefused(t, err, numbers.ErrConflict, "Reference")
				require.NotNil(t, p)
				require.Len(t, p.Orders, 1)
				assert.Equal(t, first.Orders[0].ID, p.Orders[0].ID, "which order has the name")
				assert.Len(t, m.Books().Purchases, 1)

				p, err = numbers.Buy(t.Context(), whole, numbers.OrderRequest{Numbers: several(4), Reference: "job"}, nil)
				require.NoError(t, err, "an order for none of its numbers is another's")
				assert.ElementsMatch(t, several(4), p.Bought())

				_, err = numbers.Buy(t.Context(), split, numbers.OrderRequest{Numbers: several(8)[4:], Reference: "other"}, nil)
				require.NoError(t, err)
				p, err = numbers.Buy(t.Context(), whole, numbers.OrderRequest{Numbers: several(12)[10:], Reference: "other-2"}, nil)
				requireRefused(t, err, numbers.ErrConflict, "Reference")
				assert.Len(t, p.Orders, 1)
				assert.Len(t, m.Books().Purchases, 9)
			})
		})
	}
}

// TestOtherNumbersByOneReference of a job that was split.
func TestOtherNumbersByOneReference(t *testing.T) {
	list := several(9)
	for name, account := range unlisted() {
		for sort, c := range map[string]struct {
			numbers []numbers.E164
			kind    error
			bought  int
		}{
			"the same":       {list[:5], nil, 5},
			"turned":         {[]numbers.E164{list[4], list[2], list[0], list[1], list[3]}, nil, 5},
			"fewer":          {list[:3], numbers.ErrConflict, 0},
			"one part":       {list[:2], nil, 2},
			"others":         {list[5:], numbers.ErrConflict, 0},
			"one is another": {append([]numbers.E164{list[8]}, list[:4]...), numbers.ErrConflict, 0},
		} {
			t.Run(name+" "+sort, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					m, o := account()
					o = limited{o, 2}
					_, err := numbers.Buy(t.Context(), o, numbers.OrderRequest{Numbers: list[:5], Reference: "job"}, nil)
					require.NoError(t, err)
					p, err := numbers.Buy(t.Context(), o, numbers.OrderRequest{Numbers: c.numbers, Reference: "job"}, nil)
					assert.Len(t, m.Books().Purchases, 5)
					if c.kind != nil {
						requireRefused(t, err, c.kind, "Reference")
						return
					}
					require.NoError(t, err)
					assert.Len(t, p.Bought(), c.bought)
				})
			})
		}
	}
}

// TestTheLimitHasChangedForBuyAny: what was chosen is taken up.
func TestTheLimitHasChangedForBuyAny(t *testing.T) {
	for _, by := range []numbers.Recognition{numbers.ByReference, numbers.ByNumber} {
		for before := range 5 {
			for after := range 5 {
				t.Run(fmt.Sprint(by, before, after), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						m := shop(20, numbers.Capabilities{FoundBy: by, ListingDelay: time.Minute}, nil)
						o := numbers.Journaled(m, "main", &numberstest.MemoryJournal{})
						opts := &numbers.BuyAnyOptions{Reference: "job"}
						for _, most := range []int{before, after} {
							p, err := numbers.BuyAny(t.Context(), limited{o, most}, numbers.SearchQuery{}, 4, opts)
							require.NoError(t, err)
							assert.ElementsMatch(t, several(4), p.Bought())
						}
						assert.Len(t, m.Books().Purchases, 4)
					})
				})
			}
		}
	}
}

// TestTheLimitHasChangedOverACrash: nobody knows what became of the order that
// had them all, and so none is ordered before that is found out.
func TestTheLimitHasChangedOverACrash(t *testing.T) {
	for _, placed := range []bool{true, false} {
		t.Run(fmt.Sprint(placed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: byNumber(0)})
				j := &numberstest.MemoryJournal{}
				a := numbers.Attempt{
					Vendor: "memory", Account: "main", Reference: "job", Numbers: several(4), Started: time.Now(), Ended: time.Now(), Before: []string{},
				}
				_, _, err := j.Begin(t.Context(), a)
				require.NoError(t, err)
				if placed { // and listed late
					m.Inject(numberstest.Fault{Kind: numberstest.LateListing, Delay: 10 * time.Second})
					_, err = m.Place(t.Context(), numbers.OrderRequest{Numbers: several(4)})
					require.NoError(t, err)
				}
				o := limited{numbers.Journaled(m, "main", j), 2}
				r := numbers.OrderRequest{Numbers: several(4), Reference: "job"}
				sent := calls(m, "Place")
				p, err := numbers.Buy(t.Context(), o, r, nil)
				assert.Equal(t, sent, calls(m, "Place"))
				if !placed {
					require.ErrorIs(t, err, numbers.ErrNotPlaced)
					p, err = numbers.Buy(t.Context(), o, r, nil)
				}
				require.NoError(t, err)
				assert.ElementsMatch(t, several(4), p.Bought())
				assert.Empty(t, m.Books().Duplicates())
			})
		})
	}
}
