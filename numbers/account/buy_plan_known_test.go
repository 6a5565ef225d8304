package account_test

import (
	"context"
	"errors"
	"iter"
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

// An order of the purchase that shows only some of its numbers, or spells them in another
// way, has them all: none is ordered again.
func TestAKnownOrderThatHidesNumbersIsNotOrderedAgain(t *testing.T) {
	some := complete("o", "job", one)
	some.Count = 2
	spelled := complete("o", "job", several(2)...)
	spelled.Items[0].E164, spelled.Items[1].E164 = "", ""
	half := complete("o", "job", several(2)...)
	half.Items[1].E164 = ""
	none := &numbers.Order{Vendor: "script", ID: "o", Reference: "job", State: numbers.StateComplete, Count: 2}
	for name, order := range map[string]*numbers.Order{"some shown": some, "all spelled in another way": spelled, "one spelled in another way": half, "none shown": none} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &scripted{caps: byReference(0), list: listing(order), order: reads(order)}
				s.place = answer(complete("second", "job~1", several(2)...), nil)
				p, err := open(t, s).Buy(t.Context(), numbers.OrderRequest{Numbers: several(2), Reference: "job"}, nil)
				assert.Zero(t, s.counted("Place"))
				require.Len(t, p.Orders, 1)
				assert.Equal(t, "o", p.Orders[0].ID)
				assert.Empty(t, missing(err))
				if name == "some shown" || name == "none shown" {
					require.NoError(t, err)
					assert.Equal(t, several(2), p.Bought())
				}
			})
		})
	}
}

// An order of fewer or of more numbers than the request's is part of it, or refused: what
// it does not show is not guessed.
func TestAnOrderByAnotherLimitThatShowsNothingIsRefusedOrContinued(t *testing.T) {
	for reference, most := range map[string]int{"job": 1, "job~1": 0} { // all in one then, and split now; and the other way round
		for _, count := range []int{2, 10} {
			order := &numbers.Order{Vendor: "script", ID: "o", Reference: reference, State: numbers.StateComplete, Count: count}
			s := &scripted{caps: byReference(most), list: listing(order), order: reads(order)}
			s.place = answer(complete("second", "job~2", several(2)...), nil)
			p, err := open(t, s).Buy(t.Context(), numbers.OrderRequest{Numbers: several(2), Reference: "job"}, nil)
			assert.Zero(t, s.counted("Place"), "%s of %d", reference, count)
			if count == 10 {
				requireRefused(t, err, numbers.ErrConflict, "Reference")
				continue
			}
			require.NoError(t, err)
			assert.Equal(t, several(2), p.Bought())
		}
	}
}

// A listed order is read as another one, or as none: the reference was used all the same,
// and nothing is sent.
func TestAKnownOrderThatIsReadAsAnotherSendsNothing(t *testing.T) {
	listed := &numbers.Order{Vendor: "script", ID: "o", Reference: "job", State: numbers.StatePending, Count: 1}
	for name, read := range map[string]*numbers.Order{"another": complete("other", "", one), "none": nil} {
		t.Run(name, func(t *testing.T) {
			s := &scripted{caps: byReference(0), list: listing(listed), order: reads(read), place: answer(complete("second", "job", one), nil)}
			p, err := open(t, s).Buy(t.Context(), numbers.OrderRequest{Numbers: several(1), Reference: "job"}, nil)
			require.ErrorIs(t, err, numbers.ErrVendor)
			assert.Empty(t, p.Bought())
			assert.Zero(t, s.counted("Place"))
		})
	}
}

// The journal has an order that the vendor does not show yet.
func TestAPlacedOrderThatIsNotShownYetIsWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: byNumber(0)})
		m.Inject(numberstest.Fault{Kind: numberstest.LateListing, Delay: 20 * time.Second})
		a := open(t, m)
		r := numbers.OrderRequest{Numbers: []numbers.E164{one}, Reference: "job"}
		_, err := a.Buy(t.Context(), r, &account.BuyOptions{NoWait: true})
		require.NoError(t, err)
		p, err := a.Buy(t.Context(), r, &account.BuyOptions{NoWait: true})
		require.NoError(t, err)
		require.Len(t, p.Orders, 1)
		assert.Equal(t, "order-1", p.Orders[0].ID, "it was placed, whatever a reading shows")
		assert.Equal(t, "main", p.Orders[0].Account)
		assert.Equal(t, numbers.StatePending, p.Orders[0].State)
		p, err = a.Buy(t.Context(), r, nil)
		require.NoError(t, err)
		assert.Equal(t, []numbers.E164{one}, p.Bought())
		assert.Equal(t, 1, calls(m, "Place"))
	})
}

// A placed order that the vendor does not have any more is ErrNotFound. It is never begun
// again.
func TestAPlacedOrderThatIsGoneIsNotOrderedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := new(account.MemoryJournal)
		begin(t, j, attemptOf("script", "job", "job", one), numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: "o", Held: several(1)})
		time.Sleep(2*delay + numbers.ClockSlack) // by any clock
		s := &scripted{caps: byNumber(0), list: always()}
		a := openWith(t, s, j)
		for range 2 {
			p, err := a.Buy(t.Context(), numbers.OrderRequest{Numbers: several(1), Reference: "job"}, nil)
			require.ErrorIs(t, err, numbers.ErrNotFound)
			assert.Empty(t, p.Orders)
			assert.Empty(t, missing(err))
		}
		assert.Zero(t, s.counted("Place"))
	})
}

// Another delivery's order comes between the look into the journal and the vendor's list.
// It is the purchase's own and in nobody's way.
func TestAnOrderOfAnotherDeliveryThatIsSeenAtTheVendorIsContinued(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, order := new(account.MemoryJournal), in(numbers.StatePending, "o", "", one)
		s := &scripted{caps: byNumber(0)}
		begin := sync.OnceFunc(func() {
			begin(t, j, attemptOf("script", "job", "job", one), numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: "o", Held: several(1)})
		})
		s.list = func(context.Context, numbers.OrderQuery) seqOfOrders {
			begin()
			return sequence(nil, order)
		}
		s.order = func(context.Context, string) (*numbers.Order, error) {
			if s.counted("Order") > 2 {
				return complete("o", "", one), nil
			}
			return order, nil
		}
		p, err := openWith(t, s, j).Buy(t.Context(), numbers.OrderRequest{Numbers: several(1), Reference: "job"}, nil)
		require.NoError(t, err)
		assert.Equal(t, several(1), p.Bought())
		assert.Zero(t, s.counted("Place"))
	})
}

// busy is a vendor at which something happens after its inventory was read.
type busy struct {
	*numberstest.Memory
	after func()
}

func (b *busy) Owned(ctx context.Context, q numbers.OwnedQuery) iter.Seq2[*numbers.Number, error] {
	return func(yield func(*numbers.Number, error) bool) {
		for n, err := range b.Memory.Owned(ctx, q) {
			if !yield(n, err) {
				return
			}
		}
		b.after()
	}
}

// A number that is bought between the two readings, of orders and of the inventory, is
// seen by one of them or refused by the vendor; it is not bought twice.
func TestANumberThatIsBoughtBetweenTwoReadingsIsNotBoughtTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: byNumber(1)})
		o := &busy{Memory: m, after: sync.OnceFunc(func() {
			_, err := m.Place(t.Context(), numbers.OrderRequest{Numbers: []numbers.E164{one}})
			require.NoError(t, err)
		})}
		p, err := open(t, o).Buy(t.Context(), numbers.OrderRequest{Numbers: several(3)}, nil)
		require.True(t, errors.Is(err, numbers.ErrAlreadyOwned) || errors.Is(err, numbers.ErrNumberUnavailable), "%v", err)
		assert.Len(t, p.Bought(), 2)
		assert.Empty(t, m.Books().Duplicates())
	})
}

// A number that was released through the Account may be bought again at once, though an
// old order of it is listed.
func TestAReleasedNumberMayBeBoughtAgain(t *testing.T) {
	for _, caps := range []numbers.Capabilities{byNumber(1), byReference(0), {OrdersAreOwned: true, ListingDelay: delay}} {
		synctest.Test(t, func(t *testing.T) {
			m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: caps})
			a := open(t, m)
			for range 3 {
				p, err := a.Buy(t.Context(), numbers.OrderRequest{Numbers: []numbers.E164{one}}, nil)
				require.NoError(t, err)
				assert.Equal(t, []numbers.E164{one}, p.Bought())
				own, err := a.Find(t.Context(), one)
				require.NoError(t, err)
				require.NoError(t, a.Release(t.Context(), own))
			}
			assert.Equal(t, 3, m.Books().Bought(string(one)))
		})
	}
}

// A pending order of the number that nobody claimed is in the way. One that ended is not.
func TestANumberThatIsOnOrderIsNotOrdered(t *testing.T) {
	theirs := in(numbers.StatePending, "o", "", one)
	for name, c := range map[string]struct {
		order *numbers.Order
		kind  error
	}{
		"pending": {theirs, numbers.ErrConflict}, "waits for documents": {in(numbers.StateActionRequired, "o", "", one), numbers.ErrConflict},
		"failed": {in(numbers.StateFailed, "o", "", one), nil}, "complete and gone": {complete("o", "", one), nil},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &scripted{caps: byNumber(0), list: always(c.order), place: answer(complete("new", "", one), nil)}
				a := open(t, s)
				p, err := a.Buy(t.Context(), numbers.OrderRequest{Numbers: []numbers.E164{one}}, nil)
				if c.kind == nil {
					require.NoError(t, err)
					assert.Equal(t, []numbers.E164{one}, p.Bought())
					return
				}
				require.ErrorIs(t, err, c.kind)
				assert.ErrorContains(t, err, `"o"`)
				assert.Empty(t, missing(err), "it is not to be ordered again")
				assert.Zero(t, s.counted("Place"))
			})
		})
	}
}

func TestPlanIsWhatBuyWouldDo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{
			Price: &numbers.Price{Monthly: usd("0.25")}, Capabilities: numbers.Capabilities{MaxNumbers: 2, FoundBy: numbers.ByNumber},
		})
		_, err := m.Place(t.Context(), numbers.OrderRequest{Numbers: several(1)})
		require.NoError(t, err)
		j := new(account.MemoryJournal)
		events := 0
		plan, err := openWith(t, m, j).Plan(t.Context(), numbers.OrderRequest{Numbers: several(6), Reference: "job"}, &account.BuyOptions{
			OnEvent: func(numbers.Event) { events++ },
		})
		require.NoError(t, err)
		require.Len(t, plan.Owned, 1)
		assert.Equal(t, one, plan.Owned[0].E164)
		var references []string
		var list []numbers.E164
		for _, r := range plan.Requests {
			references, list = append(references, r.Reference), append(list, r.Numbers...)
		}
		assert.Equal(t, []string{"job~1", "job~2", "job~3"}, references)
		assert.Equal(t, several(6)[1:], list)
		assert.Equal(t, "1.25 USD", plan.Quotation.Price.Monthly.String())
		assert.Nil(t, plan.Quotation.Price.Upfront, "unknown is not free")
		assert.Equal(t, 1, calls(m, "Place"))
		assert.Zero(t, events)
		assert.Empty(t, entriesOf(t, j), "nothing is claimed")
	})
}

// What the journal does not know is in the plan, and is not resolved.
func TestPlanReturnsWhatIsUnknown(t *testing.T) {
	j := new(account.MemoryJournal)
	begin(t, j, attemptOf("memory", "job", "job", one), numbers.JournalEnd{})
	m := numberstest.NewMemory(numberstest.MemoryOptions{})
	plan, err := openWith(t, m, j).Plan(t.Context(), numbers.OrderRequest{Numbers: []numbers.E164{one}, Reference: "job"}, nil)
	require.NoError(t, err)
	require.Len(t, plan.Unknown, 1)
	assert.Equal(t, "job", plan.Unknown[0].Reference)
	assert.Empty(t, plan.Requests)
	assert.Empty(t, plan.Known)
	assert.True(t, entryBy(t, j, "job").Open())
}

// forgetful is a journal whose first reading of a purchase misses what it has: another
// process records it at that moment.
type forgetful struct {
	account.MemoryJournal
	once sync.Once
}

func (f *forgetful) Entries(ctx context.Context, q numbers.JournalQuery) iter.Seq2[numbers.JournalEntry, error] {
	missed := false
	if q.Purchase != "" {
		f.once.Do(func() { missed = true })
	}
	if missed {
		return func(func(numbers.JournalEntry, error) bool) {}
	}
	return f.MemoryJournal.Entries(ctx, q)
}

// Another delivery has placed the orders between this one's look into the journal and its
// claims: the claims are refused, and the orders are the purchase's own.
func TestWhatAnotherDeliveryPlacedMeanwhileIsContinued(t *testing.T) {
	for _, shown := range []time.Duration{0, 30 * time.Second} { // and the vendor does not show it yet
		synctest.Test(t, func(t *testing.T) {
			m := numberstest.NewMemory(numberstest.MemoryOptions{ListedAfter: shown, Capabilities: numbers.Capabilities{Can: numbers.CanResolve, MaxNumbers: 1, FoundBy: numbers.ByNumber, ListingDelay: delay}})
			j := new(forgetful)
			r := numbers.OrderRequest{Numbers: several(3), Reference: "job"}
			_, err := openWith(t, m, &j.MemoryJournal).Buy(t.Context(), r, &account.BuyOptions{NoWait: true})
			require.NoError(t, err)
			p, err := openWith(t, m, j).Buy(t.Context(), r, nil)
			require.NoError(t, err)
			assert.ElementsMatch(t, several(3), p.Bought())
			assert.Empty(t, p.Owned)
			assert.Equal(t, 3, calls(m, "Place"))
		})
	}
}
