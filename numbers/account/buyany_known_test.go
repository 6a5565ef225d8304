package account_test

import (
	"context"
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

// What an earlier call ordered is continued, wherever it was stopped.
func TestBuyAnyContinuesWhatWasStopped(t *testing.T) {
	for _, kind := range []numbers.EventKind{numbers.EventSending, numbers.EventSent, numbers.EventUnknown, numbers.EventResolving, numbers.EventPending, numbers.EventSettled} {
		for _, fault := range []numberstest.FaultKind{numberstest.LostReply, numberstest.DroppedRequest} {
			for _, most := range []int{0, 2} {
				for _, by := range []numbers.Recognition{numbers.ByNumber, numbers.ByReference} {
					t.Run(fmt.Sprint(kind, fault, most, by), func(t *testing.T) {
						synctest.Test(t, func(t *testing.T) {
							m := numberstest.NewMemory(numberstest.MemoryOptions{
								Offers: offersOf(several(12)...), SettleAfter: 5 * time.Minute,
								Capabilities: numbers.Capabilities{MaxNumbers: most, FoundBy: by, ListingDelay: delay},
							})
							m.Inject(numberstest.Fault{Kind: fault})
							stopAndContinue(t, m, kind)
						})
					})
				}
			}
		}
	}
}

func stopAndContinue(t *testing.T, m *numberstest.Memory, kind numbers.EventKind) {
	j := new(account.MemoryJournal)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	opts := &account.BuyAnyOptions{Reference: "job"}
	opts.OnEvent = func(e numbers.Event) {
		if e.Kind == kind {
			cancel()
		}
	}
	first, err := openWith(t, m, j).BuyAny(ctx, numbers.SearchQuery{}, 5, opts)
	assert.Equal(t, err == nil, len(first.Bought()) == 5, "%v", err)
	for range 2 {
		second, err := openWith(t, m, j).BuyAny(t.Context(), numbers.SearchQuery{}, 5, &account.BuyAnyOptions{Reference: "job"})
		require.NoError(t, err)
		assert.Len(t, second.Bought(), 5)
		assert.Subset(t, second.Bought(), first.Bought())
		assert.Len(t, m.Books().Owned(), 5)
	}
}

// A purchase is continued by the reference that it reported, in another process, by the
// journal or by the vendor's references, whatever the limit of an order is.
func TestBuyAnyIsDeliveredTwiceAndBuysOnce(t *testing.T) {
	for name, open := range remembering(numberstest.MemoryOptions{Offers: offersOf(several(20)...), Capabilities: numbers.Capabilities{ListingDelay: delay}}) {
		for before := range 5 {
			for after := range 5 {
				t.Run(fmt.Sprint(name, " ", before, " to ", after), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						c := open()
						opts := &account.BuyAnyOptions{}
						for _, most := range []int{before, after} {
							p, err := c.process(t, most).BuyAny(t.Context(), numbers.SearchQuery{}, 4, opts)
							require.NoError(t, err)
							assert.ElementsMatch(t, several(4), p.Bought())
							opts.Reference = p.Reference
						}
						assert.Len(t, c.Books().Purchases, 4)
					})
				})
			}
		}
	}
}

// Rounds of which nothing was bought are no gap for another process.
func TestBuyAnyContinuesAfterRefusals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, most := range []int{0, 1, 2} {
			m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: byReference(most)})
			for _, offers := range [][]numbers.E164{several(8), several(8)[6:]} { // less is on offer later
				p, err := open(t, choosy{offering{m, offers}}).BuyAny(t.Context(), numbers.SearchQuery{}, 2, &account.BuyAnyOptions{Reference: "job"})
				require.NoError(t, err)
				assert.ElementsMatch(t, several(8)[6:], p.Bought())
			}
			assert.Len(t, m.Books().Purchases, 2)
		}
	})
}

// offering offers what is sold as well.
type offering struct {
	*numberstest.Memory
	list []numbers.E164
}

func (o offering) Search(context.Context, numbers.SearchQuery) seqOfOffers {
	var offers []*numbers.Offer
	for _, n := range o.list {
		offers = append(offers, &numbers.Offer{Vendor: "memory", E164: n})
	}
	return sequence(nil, offers...)
}

// choosy sells the seventh and the eighth number alone.
type choosy struct{ offering }

func (c choosy) Place(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
	var gone []numbers.E164
	for _, n := range r.Numbers {
		if n != several(8)[6] && n != several(8)[7] {
			gone = append(gone, n)
		}
	}
	if len(gone) == 0 {
		return c.offering.Place(ctx, r)
	}
	if _, err := r.Begin(ctx); err != nil {
		return nil, err
	}
	return nil, &numbers.Error{Op: "Place", Vendor: "memory", Kind: numbers.ErrNumberUnavailable, Numbers: gone}
}

// An order that shows one of its two numbers while it is pending counts as two.
func TestBuyAnyCountsTheNumbersThatAnOrderHides(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		half := in(numbers.StatePending, "o", "job~r1", one)
		half.Count = 2
		s := &scripted{caps: byReference(0), list: listing(half)}
		s.caps.Can = numbers.CanSearch
		s.order = func(context.Context, string) (*numbers.Order, error) {
			if s.counted("Order") > 3 {
				return complete("o", "job~r1", several(2)...), nil
			}
			return half, nil
		}
		o := searching{s, func(numbers.SearchQuery) seqOfOffers { return sequence[numbers.Offer](nil) }}
		p, err := open(t, o).BuyAny(t.Context(), numbers.SearchQuery{}, 2, &account.BuyAnyOptions{Reference: "job"})
		require.NoError(t, err)
		assert.Equal(t, several(2), p.Bought())

		hidden := &numbers.Order{ID: "o", Reference: "job~r1", State: numbers.StateComplete, Count: 3, Items: complete("", "", one).Items}
		s.list, s.order = listing(hidden), reads(hidden)
		_, err = open(t, searching{s, nil}).BuyAny(t.Context(), numbers.SearchQuery{}, 3, &account.BuyAnyOptions{Reference: "job"})
		require.NoError(t, err)
		assert.Zero(t, s.counted("Place"))
	})
}

// What was found before a reading failed is returned.
func TestBuyAnyReturnsWhatItFoundThoughItCannotLookFurther(t *testing.T) {
	s := &scripted{caps: byReference(0), order: reads(complete("o", "job~r1", one))}
	s.caps.Can = numbers.CanSearch
	s.list = func(_ context.Context, q numbers.OrderQuery) seqOfOrders {
		if q.Reference == "job~r1" {
			return sequence(nil, complete("o", "job~r1", one))
		}
		return sequence[numbers.Order](&numbers.Error{Op: "Orders", Kind: numbers.ErrUnauthorized})
	}
	_, err := open(t, searching{s, nil}).BuyAny(t.Context(), numbers.SearchQuery{}, 2, &account.BuyAnyOptions{Reference: "job"})
	require.ErrorIs(t, err, numbers.ErrUnauthorized)
	assert.Zero(t, s.counted("Place"))
}

// The journal has rounds that were not placed, and one after them that was.
func TestBuyAnyContinuesAfterRoundsOfNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := shop(10, byNumber(0))
		j := new(account.MemoryJournal)
		for round := range 5 {
			begin(t, j, attemptOf("memory", "job", fmt.Sprint("job~r", round+1), one), numbers.JournalEnd{Status: numbers.EntryNotPlaced})
		}
		_, err := m.Place(t.Context(), numbers.OrderRequest{Numbers: several(1)})
		require.NoError(t, err)
		begin(t, j, attemptOf("memory", "job", "job~r6", one), numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: "order-1", Held: several(1)})
		p, err := openWith(t, m, j).BuyAny(t.Context(), numbers.SearchQuery{}, 2, &account.BuyAnyOptions{Reference: "job"})
		require.NoError(t, err)
		assert.ElementsMatch(t, several(2), p.Bought())
		assert.Equal(t, numbers.EntryPlaced, entryBy(t, j, "job~r7").End.Status, "the next round goes on counting")
		assert.Len(t, m.Books().Purchases, 2)
	})
}

// Two deliveries of one purchase at the same time buy n numbers, not twice as many.
func TestTwoDeliveriesOfABuyAnyBuyTheNumbersOnce(t *testing.T) {
	for _, apart := range []time.Duration{0, time.Millisecond, 500 * time.Millisecond, time.Second, 20 * time.Second} {
		for _, most := range []int{0, 1, 2} {
			for _, fault := range []numberstest.FaultKind{"", numberstest.LostReply, numberstest.DroppedRequest, numberstest.PartialOrder} {
				t.Run(fmt.Sprint(apart, most, fault), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						m := shop(20, byNumber(most))
						if fault != "" {
							m.Inject(numberstest.Fault{Kind: fault})
						}
						j := new(account.MemoryJournal)
						var wg sync.WaitGroup
						for i := range 2 {
							a := openWith(t, unhurried{m}, j)
							wg.Go(func() {
								time.Sleep(time.Duration(i) * apart)
								p, err := a.BuyAny(t.Context(), numbers.SearchQuery{}, 3, &account.BuyAnyOptions{Reference: "job"})
								if assert.NoError(t, err) {
									assert.Len(t, p.Bought(), 3)
								}
							})
						}
						wg.Wait()
						assert.Len(t, m.Books().Owned(), 3)
					})
				})
			}
		}
	}
}

// Numbers that somebody else has, or has on order, are replaced, and that is not reported
// where others were got.
func TestBuyAnyReplacesWhatIsOnOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		caps := byNumber(0)
		caps.Can = numbers.CanSearch // there is no inventory to show it
		m := numberstest.NewMemory(numberstest.MemoryOptions{SettleAfter: time.Hour, Capabilities: caps})
		_, err := m.Place(t.Context(), numbers.OrderRequest{Numbers: several(1)})
		require.NoError(t, err)
		p, err := open(t, offering{m, several(4)}).BuyAny(t.Context(), numbers.SearchQuery{}, 3, nil)
		require.NoError(t, err)
		assert.ElementsMatch(t, several(4)[1:], p.Bought())

		_, err = m.Place(t.Context(), numbers.OrderRequest{Numbers: several(5)[4:]})
		require.NoError(t, err)
		p, err = open(t, offering{m, several(5)}).BuyAny(t.Context(), numbers.SearchQuery{}, 1, nil)
		require.ErrorIs(t, err, numbers.ErrNumberUnavailable, "there is no other")
		assert.Empty(t, p.Bought())
	})
}
