package account_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// customer is one account at a vendor, and how a process opens it.
type customer struct {
	*numberstest.Memory
	// process is another process of the customer, with a limit of numbers in an order;
	// -1 = the vendor's.
	process func(t *testing.T, most int) *account.Account
}

// remembering are customers whose later processes know what an earlier one ordered: by a
// journal, or by the reference that the vendor keeps.
func remembering(opts numberstest.MemoryOptions) map[string]func() customer {
	process := func(m *numberstest.Memory, j numbers.Journal) customer {
		return customer{m, func(t *testing.T, most int) *account.Account {
			if most < 0 {
				return openWith(t, m, j)
			}
			return openWith(t, limited{m, most}, j)
		}}
	}
	return map[string]func() customer{
		"by reference": func() customer {
			opts.Capabilities.FoundBy = numbers.ByReference
			return process(numberstest.NewMemory(opts), nil)
		},
		"by journal": func() customer {
			opts.Capabilities.FoundBy = numbers.ByNumber
			return process(numberstest.NewMemory(opts), new(account.MemoryJournal))
		},
		"by both": func() customer {
			opts.Capabilities.FoundBy = numbers.ByReference
			return process(numberstest.NewMemory(opts), new(account.MemoryJournal))
		},
	}
}

// limited is a vendor whose orders have a limit of their own.
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

func TestAJobThatIsDeliveredTwiceBuysOnce(t *testing.T) {
	for _, most := range []int{0, 1, 2} {
		for name, account := range remembering(numberstest.MemoryOptions{SettleAfter: time.Minute, Capabilities: numbers.Capabilities{MaxNumbers: most, ListingDelay: delay}}) {
			t.Run(fmt.Sprint(name, most), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { deliveredTwice(t, account()) })
			})
		}
	}
}

func deliveredTwice(t *testing.T, c customer) {
	r := numbers.OrderRequest{Numbers: several(5), Reference: "job-1"}
	first, err := c.process(t, -1).Buy(t.Context(), r, &account.BuyOptions{NoWait: true})
	require.NoError(t, err)
	sent := calls(c.Memory, "Place")
	slices.Reverse(r.Numbers) // a job need not keep the order
	a := c.process(t, -1)
	second, err := a.Buy(t.Context(), r, nil)
	require.NoError(t, err)
	require.Len(t, second.Orders, len(first.Orders))
	var ids [2][]string
	for i := range first.Orders {
		ids[0], ids[1] = append(ids[0], first.Orders[i].ID), append(ids[1], second.Orders[i].ID)
	}
	assert.ElementsMatch(t, ids[0], ids[1])
	assert.ElementsMatch(t, several(5), second.Bought())
	assert.Equal(t, sent, calls(c.Memory, "Place"))
	assert.Len(t, c.Books().Purchases, 5)

	plan, err := a.Plan(t.Context(), r, nil)
	require.NoError(t, err)
	assert.Len(t, plan.Known, len(first.Orders))
	assert.Empty(t, plan.Requests)
}

// A redelivery continues where an earlier call was stopped.
func TestBuyContinuesWhatWasStopped(t *testing.T) {
	for name, open := range remembering(numberstest.MemoryOptions{Capabilities: numbers.Capabilities{MaxNumbers: 1, ListingDelay: delay}}) {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := open()
				c.Inject(numberstest.Fault{Kind: numberstest.LostReply, After: 1})
				r := numbers.OrderRequest{Numbers: several(6), Reference: "job"}
				ctx, cancel := context.WithCancel(t.Context())
				sent := 0
				first, err := c.process(t, -1).Buy(ctx, r, &account.BuyOptions{Concurrency: 1, OnEvent: func(e numbers.Event) {
					if e.Kind == numbers.EventSending {
						if sent++; sent == 3 {
							cancel()
						}
					}
				}})
				require.ErrorIs(t, err, numbers.ErrOutcomeUnknown)
				assert.Len(t, first.Unknown, 1)
				slices.Reverse(r.Numbers)
				second, err := c.process(t, -1).Buy(t.Context(), r, nil)
				require.NoError(t, err)
				assert.ElementsMatch(t, several(6), second.Bought())
				assert.Empty(t, c.Books().Duplicates())
				assert.Len(t, c.Books().Purchases, 6)
			})
		})
	}
}

// The limit of numbers in an order has changed between two deliveries: what was ordered is
// continued, and none of it is ordered again.
func TestWhatWasOrderedIsContinuedWhateverTheLimitIs(t *testing.T) {
	const n = 6
	for name, open := range unlisted() {
		for before := range n + 1 {
			for after := range n + 1 {
				t.Run(fmt.Sprint(name, " ", before, " to ", after), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						c := open()
						r := numbers.OrderRequest{Numbers: several(n), Reference: "job"}
						_, err := c.process(t, before).Buy(t.Context(), r, &account.BuyOptions{NoWait: true})
						require.NoError(t, err)
						sent := calls(c.Memory, "Place")
						p, err := c.process(t, after).Buy(t.Context(), r, nil)
						require.NoError(t, err)
						assert.ElementsMatch(t, several(n), p.Bought())
						assert.Len(t, p.Orders, sent)
						assert.Equal(t, sent, calls(c.Memory, "Place"))
					})
				})
			}
		}
	}
}

// unlisted are customers of a vendor that shows no number before its order has settled.
func unlisted() map[string]func() customer {
	return remembering(numberstest.MemoryOptions{
		SettleAfter:  time.Hour,
		Capabilities: numbers.Capabilities{Can: numbers.CanResolve | numbers.CanSearch, ListingDelay: delay},
	})
}

// Some orders of the first delivery were refused, and then the limit has changed. The
// rest is ordered, and nothing twice.
func TestTheRestIsOrderedWhateverTheLimitIs(t *testing.T) {
	const n = 6
	for name, open := range unlisted() {
		for _, limits := range []struct{ before, after, refused int }{
			{2, 3, 1}, {2, 3, 2}, {3, 2, 1}, {2, 0, 1}, {2, 0, 2}, {0, 2, 1}, {1, 2, 3}, {2, 1, 2}, {1, 0, 5},
		} {
			t.Run(fmt.Sprint(name, limits), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					c := open()
					r := numbers.OrderRequest{Numbers: several(n), Reference: "job"}
					orders := 1
					if limits.before > 0 {
						orders = n / limits.before
					}
					c.Inject(numberstest.Fault{Kind: numberstest.StatusBefore, Status: 402, After: orders - limits.refused, Times: limits.refused})
					_, err := c.process(t, limits.before).Buy(t.Context(), r, &account.BuyOptions{NoWait: true, Concurrency: 1})
					require.ErrorIs(t, err, numbers.ErrInsufficientFunds)
					p, err := c.process(t, limits.after).Buy(t.Context(), r, nil)
					require.NoError(t, err)
					assert.ElementsMatch(t, several(n), p.Bought())
					assert.Empty(t, c.Books().Duplicates())
					assert.Len(t, c.Books().Purchases, n)
				})
			})
		}
	}
}

// A reference stands for its numbers: used for others, nothing is sent, and what was
// ordered by it is returned.
func TestAReferenceOfOtherNumbersIsRefused(t *testing.T) {
	list := several(9)
	for name, open := range remembering(numberstest.MemoryOptions{}) {
		for _, most := range []int{0, 2} {
			for sort, c := range map[string]struct {
				numbers []numbers.E164
				refused bool
			}{
				"the same":       {list[:5], false},
				"turned":         {[]numbers.E164{list[4], list[2], list[0], list[1], list[3]}, false},
				"more":           {list[:7], false},
				"fewer":          {list[:3], true},
				"others":         {list[5:], true},
				"one is another": {append([]numbers.E164{list[8]}, list[:4]...), true},
			} {
				t.Run(fmt.Sprint(name, most, sort), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						v := open()
						_, err := v.process(t, most).Buy(t.Context(), numbers.OrderRequest{Numbers: list[:5], Reference: "job"}, nil)
						require.NoError(t, err)
						p, err := v.process(t, most).Buy(t.Context(), numbers.OrderRequest{Numbers: c.numbers, Reference: "job"}, nil)
						if c.refused {
							requireRefused(t, err, numbers.ErrConflict, "Reference")
							require.NotNil(t, p, "what has the reference is returned")
							assert.NotEmpty(t, p.Orders)
							assert.Len(t, v.Books().Purchases, 5)
							return
						}
						require.NoError(t, err)
						assert.ElementsMatch(t, c.numbers, p.Bought(), "numbers that the purchase did not have are ordered")
						assert.Len(t, v.Books().Purchases, len(c.numbers))
					})
				})
			}
		}
	}
}

// References of orders and of callers never meet. "job-1" is a caller's.
func TestReferencesOfCallersDoNotMeetThoseOfOrders(t *testing.T) {
	for name, open := range unlisted() {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := open()
				own, err := c.process(t, 0).Buy(t.Context(), numbers.OrderRequest{Numbers: several(9)[8:], Reference: "job-1"}, nil)
				require.NoError(t, err)
				assert.Equal(t, "job-1", own.Reference)
				split, err := c.process(t, 2).Buy(t.Context(), numbers.OrderRequest{Numbers: several(4), Reference: "job"}, nil)
				require.NoError(t, err)
				assert.Len(t, split.Orders, 2)
				whole, err := c.process(t, 0).Buy(t.Context(), numbers.OrderRequest{Numbers: several(4), Reference: "job"}, nil)
				require.NoError(t, err)
				assert.ElementsMatch(t, several(4), whole.Bought())
				again, err := c.process(t, 2).Buy(t.Context(), numbers.OrderRequest{Numbers: several(9)[8:], Reference: "job-1"}, nil)
				require.NoError(t, err)
				assert.Len(t, again.Orders, 1)
				assert.Len(t, c.Books().Purchases, 5)
			})
		})
	}
}

// The vendor has the reference twice: no order is picked, and nothing is sent.
func TestAReferenceThatTheVendorHasTwiceIsRefused(t *testing.T) {
	s := &scripted{caps: byReference(0), list: always(complete("o1", "job", one), complete("o2", "job", one))}
	_, err := open(t, s).Buy(t.Context(), numbers.OrderRequest{Numbers: []numbers.E164{one}, Reference: "job"}, nil)
	requireRefused(t, err, numbers.ErrConflict, "Reference")
	assert.Zero(t, s.counted("Place"))
}

// A purchase without a reference gets one, by which a later call continues it.
func TestAPurchaseReportsItsReference(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{})
		r := numbers.OrderRequest{Numbers: several(2)}
		p, err := open(t, m).Buy(t.Context(), r, nil)
		require.NoError(t, err)
		require.NotEmpty(t, p.Reference)
		r.Reference = p.Reference
		p, err = open(t, m).Buy(t.Context(), r, nil)
		require.NoError(t, err)
		assert.Equal(t, r.Reference, p.Reference)
		assert.Equal(t, r.Numbers, p.Bought())

		r.Numbers = several(3)[1:] // one of its two, and another
		p, err = open(t, m).Buy(t.Context(), r, nil)
		requireRefused(t, err, numbers.ErrConflict, "Reference")
		require.NotNil(t, p)
		assert.Equal(t, r.Reference, p.Reference)
		assert.Len(t, m.Books().Purchases, 2)
	})
}

func TestANumberThatIsOwnedAlreadyIsNotOrdered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: byNumber(1)})
		for _, n := range several(2) { // by somebody who does not use this package
			_, err := m.Place(t.Context(), numbers.OrderRequest{Numbers: []numbers.E164{n}})
			require.NoError(t, err)
		}
		p, err := open(t, m).Buy(t.Context(), numbers.OrderRequest{Numbers: several(3)}, nil)
		require.ErrorIs(t, err, numbers.ErrAlreadyOwned)
		require.ErrorContains(t, err, "memory/main")
		require.Len(t, p.Owned, 2)
		assert.Equal(t, "main", p.Owned[0].Account)
		assert.Equal(t, several(3)[2:], p.Bought())
		assert.Empty(t, missing(err), "they are not to be ordered again")
		assert.Len(t, errorsIn(t, err), 2)
		pe, _ := errors.AsType[*account.PurchaseError](err)
		assert.Equal(t, []string{"memory", "main"}, []string{pe.Vendor, pe.Account})

		before := calls(m, "Place")
		p, err = open(t, m).Buy(t.Context(), numbers.OrderRequest{Numbers: several(2)}, nil)
		require.ErrorIs(t, err, numbers.ErrAlreadyOwned)
		assert.Empty(t, p.Orders)
		assert.Equal(t, before, calls(m, "Place"))
	})
}
