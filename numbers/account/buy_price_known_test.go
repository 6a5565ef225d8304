package account_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// Plan quotes only what would be ordered: not what was placed, nor what may have been.
func TestPlanQuotesOnlyWhatWouldBeOrdered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{Price: dollars("1"), Capabilities: byNumber(1)})
		j := new(account.MemoryJournal)
		list := several(3)
		_, err := m.Place(t.Context(), numbers.OrderRequest{Numbers: list[:1]})
		require.NoError(t, err)
		begin(t, j, attemptOf("memory", "job", "job~1", list[0]), numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: "order-1", Held: list[:1]})
		begin(t, j, attemptOf("memory", "job", "job~2", list[1]), numbers.JournalEnd{Status: numbers.EntryUnknown, Held: list[1:2]})
		_, err = m.Place(t.Context(), numbers.OrderRequest{Numbers: list[1:2]}) // it was placed
		require.NoError(t, err)
		a := openWith(t, m, j)
		r := numbers.OrderRequest{Numbers: list, Reference: "job"}
		plan, err := a.Plan(t.Context(), r, nil)
		require.NoError(t, err)
		assert.Len(t, plan.Known, 1)
		assert.Len(t, plan.Unknown, 1)
		require.Len(t, plan.Requests, 1)
		assert.Equal(t, list[2:], plan.Requests[0].Numbers)
		assert.Equal(t, "1 USD", plan.Quotation.Price.Upfront.String())
		assert.Equal(t, 1, calls(m, "Quote"))

		_, err = a.Buy(t.Context(), r, &account.BuyOptions{MaxUpfront: usd("2.99")})
		require.ErrorIs(t, err, numbers.ErrOverCap, "what may be bought counts")
		p, err := a.Buy(t.Context(), r, &account.BuyOptions{MaxUpfront: usd("3")})
		require.NoError(t, err)
		assert.ElementsMatch(t, list, p.Bought())
	})
}

// What was not bought costs nothing.
func TestAFailedOrderCostsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, a, r := cappedJob(t, false, numberstest.PartialOrder)
		p, err := a.Buy(t.Context(), r, &account.BuyOptions{MaxUpfront: usd("2")})
		require.ErrorIs(t, err, numbers.ErrNumberUnavailable)
		assert.NotErrorIs(t, err, numbers.ErrOverCap)
		assert.Len(t, p.Orders, 3)
		assert.Len(t, p.Bought(), 2)
	})
}

// What may have been bought has a price that is not known, and so nothing more is bought
// under a cap.
func TestAPossibleOrphanFitsNoCap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v, a, r := cappedJob(t, false, numberstest.OrphanPurchase)
		sent := calls(v.Memory, "Place")
		p, err := a.Buy(t.Context(), r, &account.BuyOptions{MaxUpfront: usd("100")})
		requireRefused(t, err, numbers.ErrPriceUnknown, "MaxUpfront")
		require.NotNil(t, p)
		assert.Len(t, p.Orders, 1)
		assert.Len(t, p.Unknown, 1)
		assert.Equal(t, sent, calls(v.Memory, "Place"))
	})
}

// An order that states neither its numbers nor their count has no known price.
func TestAnOrderThatShowsNothingFitsNoCap(t *testing.T) {
	for _, state := range []numbers.State{numbers.StateComplete, numbers.StatePending} {
		s := &scripted{caps: byReference(1)}
		s.caps.Can = numbers.CanQuote
		order := &numbers.Order{Vendor: "script", ID: "o", Reference: "job~1", State: state}
		s.list, s.order = listing(order), reads(order)
		o := pricing{s, func(numbers.OrderRequest) (*numbers.Quotation, error) {
			return &numbers.Quotation{Price: dollars("1")}, nil
		}}
		j := new(account.MemoryJournal)
		begin(t, j, attemptOf("script", "job", "job~1", one), numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: "o", Held: several(1)})
		_, err := openWith(t, o, j).Buy(t.Context(), numbers.OrderRequest{Numbers: several(2), Reference: "job"}, &account.BuyOptions{MaxUpfront: usd("100")})
		requireRefused(t, err, numbers.ErrPriceUnknown, "MaxUpfront")
		assert.Zero(t, s.counted("Place"))
	}
}

// What was ordered costs as its order states, the rest as it is quoted.
func TestTheHigherOfQuotationAndOrderCounts(t *testing.T) {
	for limit, kind := range map[string]error{"7.99": numbers.ErrOverCap, "8": nil} {
		synctest.Test(t, func(t *testing.T) {
			m := numberstest.NewMemory(numberstest.MemoryOptions{Price: dollars("1"), Capabilities: byNumber(1)})
			a := open(t, dear{m, dollars("5"), nil})
			m.Inject(numberstest.Fault{Kind: numberstest.StatusBefore, Status: 402, After: 1, Times: 3})
			r := numbers.OrderRequest{Numbers: several(4), Reference: "job"}
			_, err := a.Buy(t.Context(), r, &account.BuyOptions{Concurrency: 1})
			require.ErrorIs(t, err, numbers.ErrInsufficientFunds)
			time.Sleep(time.Second)
			p, err := a.Buy(t.Context(), r, &account.BuyOptions{MaxUpfront: usd(limit)})
			if kind != nil { // five for the first, one for each of the others as quoted
				requireRefused(t, err, kind, "MaxUpfront")
				assert.Len(t, p.Orders, 1)
				return
			}
			require.ErrorIs(t, err, numbers.ErrOverCap, "the others cost five, too, as it turns out")
			assert.Len(t, p.Bought(), 4)
		})
	}
}
