package account_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// Two deliveries of one job at the same time buy once, in one process and in two that
// share a journal.
func TestTwoDeliveriesAtOnceBuyOnce(t *testing.T) {
	for name, c := range map[string]struct {
		fault  numberstest.Fault
		errors int // deliveries that have the order
		sent   int
	}{
		"answered at once":     {numberstest.Fault{Kind: numberstest.DelayedReply}, 0, 1},
		"answered late":        {numberstest.Fault{Kind: numberstest.DelayedReply, Delay: time.Minute}, 0, 1},
		"answered too late":    {numberstest.Fault{Kind: numberstest.DelayedReply, Delay: 5 * time.Minute}, 0, 1},
		"answered never":       {numberstest.Fault{Kind: numberstest.HangBefore}, 1, 2},
		"lost":                 {numberstest.Fault{Kind: numberstest.LostReply}, 0, 1},
		"refused":              {numberstest.Fault{Kind: numberstest.StatusBefore, Status: 402}, 1, 2},
		"committed afterwards": {numberstest.Fault{Kind: numberstest.LateCommit, Delay: 20 * time.Second}, 0, 1},
	} {
		for _, shared := range []bool{true, false} {
			t.Run(fmt.Sprint(name, shared), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: byNumber(0)})
					m.Inject(c.fault)
					j := new(account.MemoryJournal)
					accounts := []*account.Account{openWith(t, m, j), nil}
					if accounts[1] = accounts[0]; !shared {
						accounts[1] = openWith(t, m, j)
					}
					purchases, errs := make([]*account.Purchase, 2), make([]error, 2)
					var wg sync.WaitGroup
					for i := range 2 {
						wg.Go(func() {
							time.Sleep(time.Duration(i) * time.Millisecond)
							purchases[i], errs[i] = accounts[i].Buy(t.Context(), numbers.OrderRequest{Numbers: []numbers.E164{one}, Reference: "job"}, nil)
						})
					}
					wg.Wait()
					assert.Equal(t, 1, m.Books().Bought(string(one)))
					failed := 0
					for i := range 2 {
						if errs[i] != nil {
							failed++
							continue
						}
						assert.Equal(t, []numbers.E164{one}, purchases[i].Bought())
						assert.Equal(t, "order-1", purchases[i].Orders[0].ID)
					}
					assert.Equal(t, c.errors, failed, "%v", errs)
					assert.Equal(t, c.sent, calls(m, "Place"), "what the first did not order is ordered by the second")
				})
			})
		}
	}
}

// Without a common journal one delivery gets the number, and the other's answer says why
// it has not.
func TestTwoDeliveriesWithoutACommonJournalReportThatTheNumberIsTaken(t *testing.T) {
	for _, by := range []numbers.Recognition{numbers.ByNumber, numbers.ByReference} {
		for _, can := range []numbers.Ability{0, numbers.CanResolve} { // all, or no inventory
			for _, apart := range []time.Duration{0, time.Millisecond, time.Second, time.Minute} {
				t.Run(fmt.Sprint(by, can, apart), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						m := numberstest.NewMemory(numberstest.MemoryOptions{
							SettleAfter: 10 * time.Second, Capabilities: numbers.Capabilities{Can: can, FoundBy: by, ListingDelay: delay},
						})
						m.Inject(numberstest.Fault{Kind: numberstest.DelayedReply, Delay: 2 * time.Second})
						bought := make([]int, 2)
						var wg sync.WaitGroup
						for i := range 2 {
							wg.Go(func() {
								time.Sleep(time.Duration(i) * apart)
								p, err := open(t, m).Buy(t.Context(), numbers.OrderRequest{Numbers: []numbers.E164{one}, Reference: "job"}, nil)
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

// Eight deliveries begin at once, before any of them sees another.
func TestManyDeliveriesAtOnceAllReturnThePurchase(t *testing.T) {
	for _, caps := range []numbers.Capabilities{byNumber(3), byReference(3)} {
		synctest.Test(t, func(t *testing.T) {
			m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: caps})
			j := new(account.MemoryJournal)
			var wg sync.WaitGroup
			for range 8 {
				a := openWith(t, m, j)
				wg.Go(func() {
					p, err := a.Buy(t.Context(), numbers.OrderRequest{Numbers: several(12), Reference: "job"}, nil)
					if assert.NoError(t, err) {
						assert.ElementsMatch(t, several(12), p.Bought())
					}
				})
			}
			wg.Wait()
			assert.Len(t, m.Books().Purchases, 12)
			assert.Empty(t, m.Books().Duplicates())
			assert.Equal(t, 4, calls(m, "Place"))
		})
	}
}

// The order of a number that was bought and released is not taken for the lost one.
func TestAnOldOrderIsNotTheLostOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: byNumber(0)})
		a := open(t, m)
		r := numbers.OrderRequest{Numbers: several(1)}
		_, err := a.Buy(t.Context(), r, nil)
		require.NoError(t, err)
		own, err := a.Find(t.Context(), one)
		require.NoError(t, err)
		require.NoError(t, a.Release(t.Context(), own))

		m.Inject(numberstest.Fault{Kind: numberstest.DroppedRequest})
		p, err := a.Buy(t.Context(), r, nil)
		require.ErrorIs(t, err, numbers.ErrNotPlaced)
		assert.Empty(t, p.Orders)
		p, err = a.Buy(t.Context(), r, nil)
		require.NoError(t, err)
		assert.Equal(t, several(1), p.Bought())
	})
}

// A possible orphan that is listed after all is the purchase's.
func TestAnOrphanThatIsListedLaterIsPlaced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: byNumber(0)})
		j := new(account.MemoryJournal)
		begin(t, j, attemptOf("memory", "job", "job", one), numbers.JournalEnd{Status: numbers.EntryOrphaned})
		placed, err := m.Place(t.Context(), numbers.OrderRequest{Numbers: several(1)})
		require.NoError(t, err)

		p, err := openWith(t, m, j).Buy(t.Context(), numbers.OrderRequest{Numbers: several(1), Reference: "job"}, nil)
		require.NoError(t, err)
		assert.Equal(t, several(1), p.Bought())
		e := entryBy(t, j, "job")
		assert.Equal(t, numbers.EntryPlaced, e.End.Status)
		assert.Equal(t, placed.ID, e.End.OrderID)
	})
}

// overtaken is a vendor at which something happens between a reading and its answer.
type overtaken struct {
	*numberstest.Memory
	before func()
}

func (o overtaken) ResolveAll(ctx context.Context, attempts []numbers.Attempt) ([]numbers.Resolution, []error) {
	resolutions, errs := o.Memory.ResolveAll(ctx, attempts)
	o.before()
	return resolutions, errs
}

// Another process has resolved the attempt and begun the next one by the same reference
// meanwhile. Nothing is concluded of that one, and this delivery returns its order.
func TestWhatAnotherDeliveryBeganMeanwhileIsContinued(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := new(account.MemoryJournal)
		m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: byNumber(1)})
		begin(t, j, attemptOf("memory", "job", "job", one), numbers.JournalEnd{Status: numbers.EntryUnknown, Held: several(1)})
		r := numbers.OrderRequest{Numbers: []numbers.E164{one}, Reference: "job"}
		o := overtaken{m, sync.OnceFunc(func() {
			p, err := openWith(t, m, j).Buy(t.Context(), r, nil)
			require.NoError(t, err)
			require.Len(t, p.Orders, 1)
		})}
		time.Sleep(2 * delay)
		p, err := openWith(t, o, j).Buy(t.Context(), r, nil)
		require.NoError(t, err)
		assert.Equal(t, "order-1", p.Orders[0].ID)
		assert.Equal(t, 1, calls(m, "Place"))
	})
}

// At a vendor that refuses to sell a number twice, an attempt without an answer that is
// not listed may be ordered again by the same reference. The answer settles both.
func TestWhatIsRepeatableIsOrderedAgainByTheSameReference(t *testing.T) {
	for name, orphan := range map[string]bool{"it was bought, and is never listed": true, "it was not bought": false} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := numberstest.NewMemory(numberstest.MemoryOptions{Repeatable: true, Capabilities: byNumber(0)})
				kind := numberstest.DroppedRequest
				if orphan {
					kind = numberstest.LostOrphan
				}
				m.Inject(numberstest.Fault{Kind: kind})
				j := new(account.MemoryJournal)
				a := openWith(t, m, j)
				r := numbers.OrderRequest{Numbers: []numbers.E164{one}, Reference: "job"}
				p, err := a.Buy(t.Context(), r, nil)
				require.ErrorIs(t, err, numbers.ErrOutcomeUnknown)
				require.ErrorContains(t, err, "ordering the same numbers again with the same reference is safe")
				assert.Len(t, p.Unknown, 1)
				assert.Empty(t, missing(err))
				assert.Equal(t, numbers.EntryUnknown, entryBy(t, j, "job").End.Status)
				assert.Empty(t, entryBy(t, j, "job").End.Held, "the number is free")

				p, err = a.Buy(t.Context(), r, nil)
				assert.Equal(t, 2, calls(m, "Place"))
				if orphan {
					require.ErrorIs(t, err, numbers.ErrOutcomeUnknown)
					assert.NotEmpty(t, p.Unknown)
					assert.Equal(t, numbers.EntryOrphaned, entryBy(t, j, "job").End.Status, "it is a person's to decide now")
					p, err = a.Buy(t.Context(), r, nil)
					require.ErrorIs(t, err, numbers.ErrOutcomeUnknown)
					assert.NotEmpty(t, p.Unknown)
					assert.Equal(t, 2, calls(m, "Place"), "and is not sent any more")
					assert.Equal(t, 1, m.Books().Bought(string(one)))
					return
				}
				require.NoError(t, err)
				assert.Equal(t, []numbers.E164{one}, p.Bought())
				assert.Empty(t, p.Unknown)
				assert.Equal(t, numbers.EntryNotPlaced, entryBy(t, j, "job").End.Status)
				assert.Equal(t, numbers.EntryPlaced, entryBy(t, j, "job~1").End.Status)
			})
		})
	}
}

// What may be ordered again costs once, not twice.
func TestWhatIsRepeatableFitsTheCapThatItFitBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{Repeatable: true, Capabilities: byNumber(0), Price: dollars("1")})
		m.Inject(numberstest.Fault{Kind: numberstest.DroppedRequest})
		a := open(t, m)
		r := numbers.OrderRequest{Numbers: []numbers.E164{one}, Reference: "job"}
		opts := &account.BuyOptions{MaxUpfront: usd("1")}
		_, err := a.Buy(t.Context(), r, opts)
		require.ErrorIs(t, err, numbers.ErrOutcomeUnknown)
		p, err := a.Buy(t.Context(), r, opts)
		require.NoError(t, err)
		assert.Equal(t, []numbers.E164{one}, p.Bought())
	})
}
