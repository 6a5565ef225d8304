package numbers_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// vendors are accounts that know a job again: by the reference that the vendor
// keeps, or by a journal.
func vendors(opts numberstest.MemoryOptions) map[string]func() (*numberstest.Memory, numbers.Orderer) {
	return map[string]func() (*numberstest.Memory, numbers.Orderer){
		"reference": func() (*numberstest.Memory, numbers.Orderer) {
			opts.Capabilities.FoundBy = numbers.ByReference
			m := numberstest.NewMemory(opts)
			return m, m
		},
		"journal": func() (*numberstest.Memory, numbers.Orderer) {
			opts.Capabilities.FoundBy = numbers.ByNumber
			m := numberstest.NewMemory(opts)
			return m, numbers.Journaled(m, "main", &numberstest.MemoryJournal{})
		},
	}
}

func TestBuyTwiceByOneReference(t *testing.T) {
	for _, most := range []int{0, 2} {
		for name, account := range vendors(numberstest.MemoryOptions{SettleAfter: time.Minute, Capabilities: numbers.Capabilities{MaxNumbers: most, ListingDelay: time.Minute}}) {
			t.Run(name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					m, o := account()
					r := numbers.OrderRequest{Numbers: several(5), Reference: "job-1"}
					first, err := numbers.Buy(t.Context(), o, r, &numbers.BuyOptions{NoWait: true})
					require.NoError(t, err)
					sent := calls(m, "Place")
					slices.Reverse(r.Numbers) // a job need not keep the order
					second, err := numbers.Buy(t.Context(), o, r, nil)
					require.NoError(t, err)
					require.Len(t, second.Orders, len(first.Orders))
					for i := range first.Orders {
						assert.Equal(t, first.Orders[i].ID, second.Orders[i].ID)
					}
					assert.ElementsMatch(t, several(5), second.Bought())
					assert.Equal(t, sent, calls(m, "Place"))
					assert.Len(t, m.Books().Purchases, 5)

					plan, err := numbers.PlanPurchase(t.Context(), o, r, nil)
					require.NoError(t, err)
					assert.Len(t, plan.Known, len(first.Orders))
					assert.Empty(t, plan.Requests)
				})
			})
		}
	}
}

// TestBuyGoesOn where an earlier call was stopped.
func TestBuyGoesOn(t *testing.T) {
	for name, account := range vendors(numberstest.MemoryOptions{Capabilities: numbers.Capabilities{MaxNumbers: 1, ListingDelay: time.Minute}}) {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m, o := account()
				m.Inject(numberstest.Fault{Kind: numberstest.LostReply, After: 1})
				r := numbers.OrderRequest{Numbers: several(6), Reference: "job-1"}
				ctx, cancel := context.WithCancel(t.Context())
				sent := 0
				first, err := numbers.Buy(ctx, o, r, &numbers.BuyOptions{Concurrency: 1, OnEvent: func(e numbers.Event) {
					if e.Kind == numbers.EventSending {
						if sent++; sent == 3 {
							cancel()
						}
					}
				}})
				require.ErrorIs(t, err, numbers.ErrOutcomeUnknown)
				assert.Len(t, first.Unknown, 1)
				second, err := numbers.Buy(t.Context(), o, r, nil)
				require.NoError(t, err)
				assert.ElementsMatch(t, several(6), second.Bought())
				assert.Empty(t, m.Books().Duplicates())
				assert.Len(t, m.Books().Purchases, 6)
			})
		})
	}
}

func TestReferenceOfOtherNumbers(t *testing.T) {
	for name, account := range vendors(numberstest.MemoryOptions{}) {
		t.Run(name, func(t *testing.T) {
			m, o := account()
			_, err := numbers.Buy(t.Context(), o, numbers.OrderRequest{Numbers: several(2), Reference: "job"}, nil)
			require.NoError(t, err)
			p, err := numbers.Buy(t.Context(), o, numbers.OrderRequest{Numbers: several(4)[1:], Reference: "job"}, nil)
			requireRefused(t, err, numbers.ErrConflict, "Reference")
			require.NotNil(t, p, "the order that has the reference is told")
			assert.Len(t, p.Orders, 1)
			assert.Equal(t, 1, calls(m, "Place"))

			p, err = numbers.Buy(t.Context(), o, numbers.OrderRequest{Numbers: several(4), Reference: "job"}, nil)
			require.ErrorIs(t, err, numbers.ErrConflict, "two of the four were never ordered by it")
			assert.Equal(t, several(2), p.Bought())
			pe, _ := errors.AsType[*numbers.PurchaseError](err)
			assert.Len(t, pe.Missing(), 2)
			assert.Equal(t, 1, calls(m, "Place"))
		})
	}
}

// TestVendorKnowsTheReferenceTwice: none is picked, nothing is sent.
func TestVendorKnowsTheReferenceTwice(t *testing.T) {
	s := &scripted{caps: referenceCaps(), list: always(complete("o1", "job", one), complete("o2", "job", one))}
	_, err := numbers.Buy(t.Context(), s, numbers.OrderRequest{Numbers: []numbers.E164{one}, Reference: "job"}, nil)
	requireRefused(t, err, numbers.ErrConflict, "Reference")
	assert.Zero(t, s.counted("Place"))
}

// TestDeliveredTwiceAtOnce: two goroutines, one journal.
func TestDeliveredTwiceAtOnce(t *testing.T) {
	for name, c := range map[string]struct {
		fault  numberstest.Fault
		bought bool
	}{
		"answered at once":     {numberstest.Fault{Kind: numberstest.DelayedReply}, true},
		"answered late":        {numberstest.Fault{Kind: numberstest.DelayedReply, Delay: 5 * time.Minute}, true},
		"answered never":       {numberstest.Fault{Kind: numberstest.HangBefore}, false},
		"lost":                 {numberstest.Fault{Kind: numberstest.LostReply}, true},
		"refused":              {numberstest.Fault{Kind: numberstest.StatusBefore, Status: 402}, false},
		"committed afterwards": {numberstest.Fault{Kind: numberstest.LateCommit, Delay: 20 * time.Second}, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: byNumber(0)})
				m.Inject(c.fault)
				o := numbers.Journaled(m, "main", &numberstest.MemoryJournal{})
				purchases, errs := make([]*numbers.Purchase, 2), make([]error, 2)
				var wg sync.WaitGroup
				for i := range 2 {
					wg.Go(func() {
						time.Sleep(time.Duration(i) * time.Millisecond)
						purchases[i], errs[i] = numbers.Buy(t.Context(), o, numbers.OrderRequest{Numbers: []numbers.E164{one}, Reference: "job"}, nil)
					})
				}
				wg.Wait()
				assert.LessOrEqual(t, m.Books().Bought(string(one)), 1)
				for i := range 2 {
					if c.bought {
						require.NoError(t, errs[i], "job %d", i)
						assert.Equal(t, []numbers.E164{one}, purchases[i].Bought())
						assert.Equal(t, "order-1", purchases[i].Orders[0].ID)
					}
				}
				if c.bought {
					assert.Equal(t, 1, calls(m, "Place"))
				} else {
					require.Error(t, errs[0])
				}
			})
		})
	}
}

// TestDeliveredTwiceAtOnceWithoutAJournal: one of them gets the number, and the
// other one's answer says at least why it has not.
func TestDeliveredTwiceAtOnceWithoutAJournal(t *testing.T) {
	for _, by := range []numbers.Recognition{numbers.ByNumber, numbers.ByReference} {
		for _, can := range []numbers.Ability{0, numbers.CanResolve} { // all, or no inventory
			for _, apart := range []time.Duration{0, time.Millisecond, time.Second, time.Minute} {
				t.Run(fmt.Sprint(by, can, apart), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						m := numberstest.NewMemory(numberstest.MemoryOptions{
							SettleAfter: 10 * time.Second, Capabilities: numbers.Capabilities{Can: can, FoundBy: by, ListingDelay: time.Minute},
						})
						m.Inject(numberstest.Fault{Kind: numberstest.DelayedReply, Delay: 2 * time.Second})
						bought := make([]int, 2)
						var wg sync.WaitGroup
						for i := range 2 {
							wg.Go(func() {
								time.Sleep(time.Duration(i) * apart)
								p, err := numbers.Buy(t.Context(), m, numbers.OrderRequest{Numbers: []numbers.E164{one}, Reference: "job"}, nil)
								if bought[i] = len(p.Bought()); bought[i] == 1 {
									assert.NoError(t, err)
									return
								}
								assert.True(t, errors.Is(err, numbers.ErrAlreadyOwned) || errors.Is(err, numbers.ErrNumberUnavailable) || errors.Is(err, numbers.ErrConflict), "%v", err)
							})
						}
						wg.Wait()
						assert.Positive(t, bought[0]+bought[1])
						assert.Equal(t, 1, m.Books().Bought(string(one)))
					})
				})
			}
		}
	}
}

// TestBothBeginAtOnce: neither has seen the other when it looked.
func TestBothBeginAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: byNumber(3)})
		o := numbers.Journaled(m, "main", &numberstest.MemoryJournal{})
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				p, err := numbers.Buy(t.Context(), o, numbers.OrderRequest{Numbers: several(12), Reference: "job"}, nil)
				if assert.NoError(t, err) {
					assert.ElementsMatch(t, several(12), p.Bought())
				}
			})
		}
		wg.Wait()
		assert.Len(t, m.Books().Purchases, 12)
		assert.Equal(t, 4, calls(m, "Place"))
	})
}

// TestCrashBetweenIntentAndOutcome finds an intent in the journal, and an order
// at the vendor or not.
func TestCrashBetweenIntentAndOutcome(t *testing.T) {
	for name, placed := range map[string]bool{"after the vendor had it": true, "before it was sent": false} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: byNumber(0)})
				j := &numberstest.MemoryJournal{}
				_, _, err := j.Begin(t.Context(), numbers.Attempt{
					Vendor: "memory", Account: "main", Reference: "job", Numbers: []numbers.E164{one}, Started: time.Now(), Before: []string{},
				})
				require.NoError(t, err)
				if placed {
					_, err := m.Place(t.Context(), numbers.OrderRequest{Numbers: []numbers.E164{one}})
					require.NoError(t, err)
				}
				o := numbers.Journaled(m, "main", j)
				r := numbers.OrderRequest{Numbers: []numbers.E164{one}, Reference: "job"}
				before := calls(m, "Place")
				p, err := numbers.Buy(t.Context(), o, r, nil)
				assert.Equal(t, before, calls(m, "Place"))
				if placed {
					require.NoError(t, err)
					assert.Equal(t, []numbers.E164{one}, p.Bought())
				} else {
					require.ErrorIs(t, err, numbers.ErrNotPlaced)
					assert.Empty(t, p.Unknown)
					p, err = numbers.Buy(t.Context(), o, r, nil)
					require.NoError(t, err, "it is known now that it was not placed, and so it is")
					assert.Equal(t, []numbers.E164{one}, p.Bought())
				}
				assert.Equal(t, 1, m.Books().Bought(string(one)))
				entry, _, _ := j.Find(t.Context(), "main", "job")
				assert.Equal(t, numbers.EntryPlaced, entry.End.Status)
			})
		})
	}
}

// TestPlacedAndNotShownYet: the journal knows an order that the vendor does not
// show yet.
func TestPlacedAndNotShownYet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: byNumber(0)})
		m.Inject(numberstest.Fault{Kind: numberstest.LateListing, Delay: 20 * time.Second})
		o := numbers.Journaled(m, "main", &numberstest.MemoryJournal{})
		r := numbers.OrderRequest{Numbers: []numbers.E164{one}, Reference: "job"}
		_, err := numbers.Buy(t.Context(), o, r, &numbers.BuyOptions{NoWait: true})
		require.NoError(t, err)

		order, err := o.Place(t.Context(), r)
		require.ErrorIs(t, err, numbers.ErrNotFound)
		require.NotNil(t, order, "it was placed, whatever a reading says")
		assert.Equal(t, "order-1", order.ID)
		assert.Equal(t, numbers.StatePending, order.State)

		p, err := numbers.Buy(t.Context(), o, r, nil)
		require.NoError(t, err)
		assert.Equal(t, []numbers.E164{one}, p.Bought())
		assert.Equal(t, 1, calls(m, "Place"))
	})
}
