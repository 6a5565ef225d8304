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

// What another purchase holds is not sent. The error names that purchase, an event
// reports it, and the rest of the batch is ordered.
func TestWhatAnotherPurchaseHoldsIsNotSent(t *testing.T) {
	later := time.Now().Add(time.Hour)
	for name, c := range map[string]struct {
		end   numbers.JournalEnd
		retry bool
		says  string
	}{
		"under way":           {numbers.JournalEnd{}, false, "running"},
		"possibly orphaned":   {numbers.JournalEnd{Status: numbers.EntryOrphaned}, false, "Dismiss"},
		"placed and pending":  {numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: "order-1", Held: several(1)}, false, "placed"},
		"placed, for a while": {numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: "order-1", Held: several(1), HeldUntil: later}, true, "placed"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := numberstest.NewMemory(numberstest.MemoryOptions{SettleAfter: time.Hour, SellsTwice: true, Capabilities: byNumber(0)})
				j := new(account.MemoryJournal)
				if c.end.Status == numbers.EntryPlaced {
					_, err := m.Place(t.Context(), numbers.OrderRequest{Numbers: several(1)})
					require.NoError(t, err)
				}
				if c.retry {
					c.end.HeldUntil = time.Now().Add(time.Hour)
				}
				e := begin(t, j, attemptOf("memory", "theirs", "theirs~1", one), c.end)
				a := openWith(t, m, j)
				var w watch
				p, err := a.Buy(t.Context(), numbers.OrderRequest{Numbers: several(3), Reference: "mine"}, &account.BuyOptions{NoWait: true, OnEvent: w.see})
				require.ErrorIs(t, err, numbers.ErrConflict)
				held, ok := errors.AsType[*numbers.Error](err)
				require.True(t, ok)
				assert.Equal(t, "theirs", held.HeldBy)
				assert.Equal(t, several(1), held.Numbers)
				assert.ErrorContains(t, err, `held by "theirs"`)
				assert.ErrorContains(t, err, c.says)
				assert.ErrorContains(t, err, e.ID)
				if c.retry {
					assert.Equal(t, time.Hour, held.RetryAfter)
				} else {
					assert.Zero(t, held.RetryAfter, "the end of the hold is not known")
				}
				require.Len(t, p.Orders, 1)
				assert.Equal(t, several(3)[1:], p.Orders[0].Numbers())
				assert.Contains(t, missing(err), one)
				require.Len(t, w.of(numbers.EventHeld), 1)
				require.ErrorIs(t, w.of(numbers.EventHeld)[0].Err, numbers.ErrConflict)
				assert.Equal(t, several(1), w.of(numbers.EventHeld)[0].Numbers)
				assert.Equal(t, "mine", w.of(numbers.EventHeld)[0].Reference)

				plan, err := a.Plan(t.Context(), numbers.OrderRequest{Numbers: several(1), Reference: "another"}, nil)
				require.NoError(t, err)
				assert.Empty(t, plan.Requests)
			})
		})
	}
}

// A holder whose attempt is over is resolved first: what it does not have is free.
func TestAHolderThatIsOverIsResolvedFirst(t *testing.T) {
	for name, c := range map[string]struct {
		end    numbers.JournalEnd
		ended  bool
		placed bool
	}{
		"its outcome is unknown, and it was not placed": {numbers.JournalEnd{Status: numbers.EntryUnknown, Held: several(1)}, true, false},
		"its outcome is unknown, and it was placed":     {numbers.JournalEnd{Status: numbers.EntryUnknown, Held: several(1)}, true, true},
		"its owner is gone":                             {numbers.JournalEnd{}, true, false},
		"its deadline has passed long ago":              {numbers.JournalEnd{}, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := numberstest.NewMemory(numberstest.MemoryOptions{SellsTwice: true, Capabilities: byNumber(0)})
				j := new(account.MemoryJournal)
				a := attemptOf("memory", "theirs", "theirs", one)
				if c.ended {
					a.Ended = time.Now()
				}
				begin(t, j, a, c.end)
				if c.placed {
					_, err := m.Place(t.Context(), numbers.OrderRequest{Numbers: several(1)})
					require.NoError(t, err)
				}
				time.Sleep(75*time.Second + delay + numbers.ClockSlack)
				p, err := openWith(t, m, j).Buy(t.Context(), numbers.OrderRequest{Numbers: several(1), Reference: "mine"}, nil)
				if c.placed {
					require.ErrorIs(t, err, numbers.ErrConflict)
					assert.Equal(t, numbers.EntryPlaced, entryBy(t, j, "theirs").End.Status)
					assert.Equal(t, 1, m.Books().Bought(string(one)))
					return
				}
				require.NoError(t, err)
				assert.Equal(t, several(1), p.Bought())
				assert.Equal(t, numbers.EntryNotPlaced, entryBy(t, j, "theirs").End.Status)
			})
		})
	}
}

// An order that was placed is read by its id: a number that failed is free at once, also
// while the rest of the order is pending.
func TestANumberThatFailedIsFree(t *testing.T) {
	for name, state := range map[string]numbers.State{"settled": numbers.StatePartial, "pending": numbers.StatePending} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				j := new(account.MemoryJournal)
				begin(t, j, attemptOf("script", "theirs", "theirs", several(2)...), numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: "o", Held: several(2)})
				theirs := in(state, "o", "", several(2)...)
				theirs.Items[0].State = numbers.StateFailed
				s := &scripted{caps: byNumber(1), list: always()}
				s.order = func(_ context.Context, id string) (*numbers.Order, error) {
					if id == "o" {
						return theirs, nil
					}
					return complete(id, "", one), nil
				}
				s.place = func(_ context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
					return complete("mine-"+r.Reference, "", r.Numbers...), nil
				}
				p, err := openWith(t, s, j).Buy(t.Context(), numbers.OrderRequest{Numbers: several(2), Reference: "mine"}, nil)
				assert.Equal(t, several(1), p.Bought())
				require.ErrorIs(t, err, numbers.ErrConflict)
				assert.Contains(t, missing(err), several(2)[1])
				held := entryBy(t, j, "theirs").End
				assert.Equal(t, several(2)[1:], held.Held)
				assert.Equal(t, state == numbers.StatePending, held.HeldUntil.IsZero())
			})
		})
	}
}

// holdFor is how long the numbers of a settled order are held: the listing delay, the
// greatest age of a reading that a claim relies on, and the clocks' difference.
const holdFor = delay + time.Minute + numbers.ClockSlack

// The numbers of an order that settled are held for as long as a reading may miss them.
// After that the inventory answers.
func TestTheHoldOfASettledOrderEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{SettleAfter: time.Hour, Capabilities: byNumber(0)})
		j := new(account.MemoryJournal)
		a := openWith(t, m, j)
		_, err := a.Buy(t.Context(), numbers.OrderRequest{Numbers: several(1), Reference: "first"}, &account.BuyOptions{NoWait: true})
		require.NoError(t, err)
		assert.True(t, entryBy(t, j, "first").End.HeldUntil.IsZero(), "pending")
		p, err := a.Buy(t.Context(), numbers.OrderRequest{Numbers: several(1), Reference: "first"}, nil)
		require.NoError(t, err)
		e := entryBy(t, j, "first")
		assert.Equal(t, time.Now().Add(holdFor), e.End.HeldUntil, "counted from the reading that shows it settled")
		_, err = a.Wait(t.Context(), p.Orders[0].ID, nil)
		require.NoError(t, err)
		assert.Equal(t, e.End.HeldUntil, entryBy(t, j, "first").End.HeldUntil, "no later reading prolongs it")

		_, err = a.Buy(t.Context(), numbers.OrderRequest{Numbers: several(1)}, nil)
		require.ErrorIs(t, err, numbers.ErrConflict)
		time.Sleep(holdFor)
		_, err = a.Buy(t.Context(), numbers.OrderRequest{Numbers: several(1)}, nil)
		require.ErrorIs(t, err, numbers.ErrAlreadyOwned)
	})
}

// Wait and Cancel record what their reading shows of a purchase's order.
func TestReadingsOfAnOrderEndItsHold(t *testing.T) {
	for name, read := range map[string]func(ctx context.Context, a *account.Account, o *numbers.Order) error{
		"Wait": func(ctx context.Context, a *account.Account, o *numbers.Order) error {
			return second(a.Wait(ctx, o.ID, nil))
		},
		"Cancel": func(ctx context.Context, a *account.Account, o *numbers.Order) error { return second(a.Cancel(ctx, o)) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := numberstest.NewMemory(numberstest.MemoryOptions{SettleAfter: time.Hour, Capabilities: byNumber(0)})
				j := new(account.MemoryJournal)
				a := openWith(t, m, j)
				p, err := a.Buy(t.Context(), numbers.OrderRequest{Numbers: several(1), Reference: "first"}, &account.BuyOptions{NoWait: true})
				require.NoError(t, err)
				require.NoError(t, read(t.Context(), a, p.Orders[0]))
				end := entryBy(t, j, "first").End
				if name == "Cancel" {
					assert.Empty(t, end.Held, "what was canceled is free at once")
					_, err := a.Buy(t.Context(), numbers.OrderRequest{Numbers: several(1), Reference: "another"}, &account.BuyOptions{NoWait: true})
					require.NotErrorIs(t, err, numbers.ErrConflict)
					return
				}
				assert.False(t, end.HeldUntil.IsZero())
			})
		})
	}
}

// Six purchases of one number at the same time, under six references.
func TestSixPurchasesOfOneNumberBuyItOnce(t *testing.T) {
	for _, caps := range []numbers.Capabilities{byNumber(0), byReference(0), {OrdersAreOwned: true, ListingDelay: delay}} {
		for _, shared := range []bool{true, false} {
			t.Run(fmt.Sprint(caps.FoundBy, caps.OrdersAreOwned, shared), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					m := numberstest.NewMemory(numberstest.MemoryOptions{SellsTwice: true, SettleAfter: 10 * time.Second, Capabilities: caps})
					m.Inject(numberstest.Fault{Kind: numberstest.DelayedReply, Delay: time.Second, Times: -1})
					j := new(account.MemoryJournal)
					a := openWith(t, m, j)
					errs := make([]error, 6)
					var wg sync.WaitGroup
					for i := range 6 {
						each := a
						if !shared {
							each = openWith(t, m, j)
						}
						wg.Go(func() {
							errs[i] = second(each.Buy(t.Context(), numbers.OrderRequest{Numbers: several(1), Reference: fmt.Sprint("customer ", i)}, nil))
						})
					}
					wg.Wait()
					winner := ""
					for i, err := range errs {
						if err == nil {
							assert.Empty(t, winner)
							winner = fmt.Sprint("customer ", i)
						}
					}
					for _, err := range errs {
						if e, ok := errors.AsType[*numbers.Error](err); ok {
							require.ErrorIs(t, err, numbers.ErrConflict)
							assert.Equal(t, winner, e.HeldBy)
						}
					}
					assert.NotEmpty(t, winner)
					assert.Equal(t, 1, m.Books().Bought(string(one)))
				})
			})
		}
	}
}

// A journal serves several accounts. The claims of one hold nothing of another.
func TestClaimsOfAnotherAccountHoldNothing(t *testing.T) {
	j := new(account.MemoryJournal)
	other := attemptOf("memory", "job", "job", one)
	other.Account = "another"
	begin(t, j, other, numbers.JournalEnd{})
	m := numberstest.NewMemory(numberstest.MemoryOptions{})
	p, err := openWith(t, m, j).Buy(t.Context(), numbers.OrderRequest{Numbers: several(1), Reference: "job"}, nil)
	require.NoError(t, err, "neither its number nor its reference is in the way")
	assert.Equal(t, several(1), p.Bought())
}

// Two purchases of many numbers that overlap: each number has one buyer, and both
// purchases report the rest.
func TestPurchasesThatOverlapShareTheirNumbers(t *testing.T) {
	for _, most := range []int{0, 3} {
		synctest.Test(t, func(t *testing.T) {
			m := numberstest.NewMemory(numberstest.MemoryOptions{SellsTwice: true, SettleAfter: time.Minute, Capabilities: byNumber(most)})
			a := open(t, unhurried{m})
			var purchases [2]*account.Purchase
			var errs [2]error
			var wg sync.WaitGroup
			for i := range 2 {
				wg.Go(func() {
					list := several(30)[i*10 : i*10+20]
					purchases[i], errs[i] = a.Buy(t.Context(), numbers.OrderRequest{Numbers: list, Reference: fmt.Sprint("job ", i)}, nil)
				})
			}
			wg.Wait()
			assert.Len(t, m.Books().Purchases, 30)
			assert.Empty(t, m.Books().Duplicates())
			assert.Equal(t, 30, len(purchases[0].Bought())+len(purchases[1].Bought()))
			for i := range 2 {
				assert.Equal(t, 20, len(purchases[i].Bought())+len(missing(errs[i])))
			}
		})
	}
}
