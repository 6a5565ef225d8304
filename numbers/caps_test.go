package numbers_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

func TestBuyCaps(t *testing.T) {
	price := &numbers.Price{Upfront: usd("1.00"), Monthly: usd("0.50")}
	euro := &numbers.Money{Amount: decimal.NewFromInt(9), Currency: "EUR"}
	for name, c := range map[string]struct {
		price *numbers.Price
		opts  numbers.BuyOptions
		want  error
		field string
	}{
		"no cap":          {price, numbers.BuyOptions{}, nil, ""},
		"no cap, unknown": {nil, numbers.BuyOptions{}, nil, ""},
		"within":          {price, numbers.BuyOptions{MaxUpfront: usd("2.00"), MaxMonthly: usd("1.00")}, nil, ""},
		"over upfront":    {price, numbers.BuyOptions{MaxUpfront: usd("1.99")}, numbers.ErrOverCap, "MaxUpfront"},
		"over monthly":    {price, numbers.BuyOptions{MaxMonthly: usd("0.99")}, numbers.ErrOverCap, "MaxMonthly"},
		"a cap of zero":   {price, numbers.BuyOptions{MaxUpfront: usd("0")}, numbers.ErrOverCap, "MaxUpfront"},
		"free":            {&numbers.Price{Upfront: usd("0")}, numbers.BuyOptions{MaxUpfront: usd("0")}, nil, ""},
		"unknown":         {nil, numbers.BuyOptions{MaxMonthly: usd("100")}, numbers.ErrPriceUnknown, "MaxMonthly"},
		"other currency":  {price, numbers.BuyOptions{MaxMonthly: euro}, numbers.ErrPriceUnknown, "MaxMonthly"},
		"unstated":        {&numbers.Price{Upfront: &numbers.Money{}}, numbers.BuyOptions{MaxUpfront: usd("5")}, numbers.ErrPriceUnknown, "MaxUpfront"},
		"negative":        {&numbers.Price{Upfront: usd("-3")}, numbers.BuyOptions{MaxUpfront: usd("5")}, numbers.ErrPriceUnknown, "MaxUpfront"},
		"part not stated": {&numbers.Price{Upfront: usd("1")}, numbers.BuyOptions{MaxMonthly: usd("5")}, numbers.ErrPriceUnknown, "MaxMonthly"},
		"cap no currency": {price, numbers.BuyOptions{MaxUpfront: &numbers.Money{}}, numbers.ErrInvalid, "MaxUpfront"},
		"cap negative":    {price, numbers.BuyOptions{MaxMonthly: usd("-1")}, numbers.ErrInvalid, "MaxMonthly"},
	} {
		for _, most := range []int{0, 1} { // one order, and one that is split
			t.Run(name, func(t *testing.T) {
				m := numberstest.NewMemory(numberstest.MemoryOptions{Price: c.price, Capabilities: numbers.Capabilities{MaxNumbers: most}})
				plan, planErr := numbers.PlanPurchase(t.Context(), m, numbers.OrderRequest{Numbers: several(2)}, &c.opts)
				p, err := numbers.Buy(t.Context(), m, numbers.OrderRequest{Numbers: several(2)}, &c.opts)
				if c.want == nil {
					require.NoError(t, planErr)
					require.NoError(t, err)
					assert.Len(t, p.Bought(), 2)
					require.NotNil(t, plan.Quotation)
					assert.Len(t, plan.Quotation.Items, 2)
					if name == "within" {
						assert.Equal(t, "2.00 USD upfront, 1.00 USD monthly", plan.Quotation.Price.String())
					}
					return
				}
				requireRefused(t, err, c.want, c.field)
				require.ErrorIs(t, planErr, c.want)
				assert.Equal(t, !errors.Is(c.want, numbers.ErrInvalid), plan != nil, "a plan comes beside what the caps forbid")
				assert.Nil(t, p)
				assert.Empty(t, m.Books().Purchases)
			})
		}
	}
}

func TestCapsWithoutQuotations(t *testing.T) {
	opts := &numbers.BuyOptions{MaxUpfront: usd("1000")}
	for semantics, want := range map[numbers.Billing]error{numbers.Buys: numbers.ErrPriceUnknown, numbers.Registers: nil} {
		for _, can := range []numbers.Ability{numbers.CanListOwned, numbers.CanListOwned | numbers.CanQuote} {
			m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: numbers.Capabilities{Billing: semantics, Can: can}})
			p, err := numbers.Buy(t.Context(), m, numbers.OrderRequest{Numbers: []numbers.E164{one}}, opts)
			require.ErrorIs(t, err, want, "%s %s", semantics, can)
			assert.Equal(t, want == nil, p != nil)
		}
	}
}

// TestCapsHoldForTheWholeRequest: what an earlier call ordered counts.
func TestCapsHoldForTheWholeRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dollar := &numbers.Price{Upfront: usd("1.00")}
		m := numberstest.NewMemory(numberstest.MemoryOptions{Price: dollar, Capabilities: numbers.Capabilities{MaxNumbers: 1, ListingDelay: time.Minute}})
		r := numbers.OrderRequest{Numbers: several(3), Reference: "job"}
		m.Inject(numberstest.Fault{Kind: numberstest.StatusBefore, Status: 402, After: 1, Times: 2})
		first, err := numbers.Buy(t.Context(), m, r, &numbers.BuyOptions{Concurrency: 1})
		require.ErrorIs(t, err, numbers.ErrInsufficientFunds)
		assert.Len(t, first.Bought(), 1)

		p, err := numbers.Buy(t.Context(), m, r, &numbers.BuyOptions{MaxUpfront: usd("2.99")})
		requireRefused(t, err, numbers.ErrOverCap, "MaxUpfront")
		require.NotNil(t, p, "what was ordered before is told")
		assert.Len(t, p.Orders, 1)
		assert.Len(t, m.Books().Purchases, 1)

		p, err = numbers.Buy(t.Context(), m, r, &numbers.BuyOptions{MaxUpfront: usd("3")})
		require.NoError(t, err)
		assert.Len(t, p.Bought(), 3)

		p, err = numbers.Buy(t.Context(), m, r, &numbers.BuyOptions{MaxUpfront: usd("1")})
		require.NoError(t, err, "nothing is sent, and so there is nothing to refuse")
		assert.Len(t, p.Bought(), 3)
	})
}

// TestPlanAsksForNothingThatIsKnown: the price of an order that was placed, or
// perhaps, is nobody's question.
func TestPlanAsksForNothingThatIsKnown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{
			Price: &numbers.Price{Upfront: usd("1")}, Capabilities: numbers.Capabilities{MaxNumbers: 1, ListingDelay: time.Minute, FoundBy: numbers.ByNumber},
		})
		j := &numberstest.MemoryJournal{}
		o := numbers.Journaled(m, "main", j)
		m.Inject(numberstest.Fault{Kind: numberstest.LostReply, After: 1})
		list := several(3)
		for i, reference := range []string{"job-1", "job-2"} {
			_, err := o.Place(t.Context(), numbers.OrderRequest{Numbers: list[i : i+1], Reference: reference})
			assert.Equal(t, i == 0, err == nil)
		}
		r := numbers.OrderRequest{Numbers: list, Reference: "job"}
		plan, err := numbers.PlanPurchase(t.Context(), o, r, nil)
		require.NoError(t, err)
		assert.Len(t, plan.Known, 1)
		assert.Len(t, plan.Unknown, 1)
		assert.Len(t, plan.Requests, 1)
		assert.Equal(t, "1 USD", plan.Quotation.Price.Upfront.String())
		assert.Equal(t, 1, calls(m, "Quote"))

		_, err = numbers.Buy(t.Context(), o, r, &numbers.BuyOptions{MaxUpfront: usd("2.99")})
		require.ErrorIs(t, err, numbers.ErrOverCap, "what may be bought counts")
		p, err := numbers.Buy(t.Context(), o, r, &numbers.BuyOptions{MaxUpfront: usd("3")})
		require.NoError(t, err)
		assert.ElementsMatch(t, list, p.Bought())
	})
}

// TestQuotingFails before anything is sent.
func TestQuotingFails(t *testing.T) {
	m := numberstest.NewMemory(numberstest.MemoryOptions{Price: &numbers.Price{Upfront: usd("1")}})
	m.Inject(numberstest.Fault{Kind: numberstest.StatusBefore, On: numberstest.Match{Op: "Quote"}, Times: 2})
	_, err := numbers.Buy(t.Context(), m, numbers.OrderRequest{Numbers: []numbers.E164{one}}, &numbers.BuyOptions{MaxUpfront: usd("9")})
	require.ErrorIs(t, err, numbers.ErrVendor)
	assert.Zero(t, calls(m, "Place"))
	_, err = numbers.PlanPurchase(t.Context(), m, numbers.OrderRequest{Numbers: []numbers.E164{one}}, nil)
	require.ErrorIs(t, err, numbers.ErrVendor)
	p, err := numbers.Buy(t.Context(), m, numbers.OrderRequest{Numbers: []numbers.E164{one}}, nil)
	require.NoError(t, err)
	assert.Len(t, p.Bought(), 1)
	assert.Equal(t, 2, calls(m, "Quote"), "without a cap nobody asks")
}

func TestPlanPurchase(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{
			Price: &numbers.Price{Monthly: usd("0.25")}, Capabilities: numbers.Capabilities{MaxNumbers: 2, FoundBy: numbers.ByNumber},
		})
		_, err := m.Place(t.Context(), numbers.OrderRequest{Numbers: several(1)})
		require.NoError(t, err)
		asked := 0
		plan, err := numbers.PlanPurchase(t.Context(), m, numbers.OrderRequest{Numbers: several(6), Reference: "job"}, &numbers.BuyOptions{
			OnEvent: func(numbers.Event) { asked++ },
		})
		require.NoError(t, err)
		require.Len(t, plan.Owned, 1)
		assert.Equal(t, one, plan.Owned[0].E164)
		var references []string
		var list []numbers.E164
		for _, r := range plan.Requests {
			references, list = append(references, r.Reference), append(list, r.Numbers...)
		}
		assert.Equal(t, []string{"job-1", "job-2", "job-3"}, references)
		assert.Equal(t, several(6)[1:], list)
		assert.Equal(t, "1.25 USD", plan.Quotation.Price.Monthly.String())
		assert.Nil(t, plan.Quotation.Price.Upfront, "unknown is not free")
		assert.Equal(t, 1, calls(m, "Place"))
		assert.Zero(t, asked)
	})
}

// TestPlanOfAnOpenIntent tells what the journal does not know.
func TestPlanOfAnOpenIntent(t *testing.T) {
	j := &numberstest.MemoryJournal{}
	a := numbers.Attempt{Vendor: "memory", Account: "main", Reference: "job", Numbers: []numbers.E164{one}, Started: time.Now()}
	_, _, err := j.Begin(t.Context(), a)
	require.NoError(t, err)
	o := numbers.Journaled(numberstest.NewMemory(numberstest.MemoryOptions{}), "main", j)
	plan, err := numbers.PlanPurchase(t.Context(), o, numbers.OrderRequest{Numbers: []numbers.E164{one}, Reference: "job"}, nil)
	require.NoError(t, err)
	require.Len(t, plan.Unknown, 1)
	assert.Equal(t, "job", plan.Unknown[0].Reference)
	assert.Empty(t, plan.Requests)
	assert.Empty(t, plan.Known)
}

func TestAssignAfterTheOrder(t *testing.T) {
	both := &numbers.Assignment{Connection: "voice", MessagingProfile: "text"}
	t.Run("all", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			m := numberstest.NewMemory(numberstest.MemoryOptions{SettleAfter: time.Minute, Capabilities: byNumber(3)})
			_, err := numbers.Buy(t.Context(), m, numbers.OrderRequest{Numbers: several(7), Assign: both}, nil)
			require.NoError(t, err)
			for _, n := range several(7) {
				own, err := numbers.Find(t.Context(), m, n)
				require.NoError(t, err)
				assert.Equal(t, *both, own.Assignment)
			}
			assert.Equal(t, 7, calls(m, "Assign"))
			assert.Equal(t, numbers.Assignment{Connection: "voice", MessagingProfile: "text"}, *both, "the caller's own stays")
		})
	})
	t.Run("one listing for all", func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{})
		_, err := numbers.Buy(t.Context(), m, numbers.OrderRequest{Numbers: several(50), Assign: both}, nil)
		require.NoError(t, err)
		assert.Equal(t, 6, calls(m, "Owned"), "one page before the order, five after")
	})
	t.Run("listed late", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s := lateInventory(20 * time.Second)
			p, err := numbers.Buy(t.Context(), s, numbers.OrderRequest{Numbers: []numbers.E164{one}, Assign: &numbers.Assignment{CallFlow: "flow"}}, nil)
			require.NoError(t, err)
			assert.Equal(t, []numbers.E164{one}, p.Bought())
			assert.Equal(t, []numbers.Assignment{{CallFlow: "flow"}}, s.assigned)
		})
	})
	t.Run("a listing that fails once", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: numbers.Capabilities{ListingDelay: time.Minute}})
			m.Inject(numberstest.Fault{Kind: numberstest.StatusBefore, On: numberstest.Match{Op: "Owned"}, After: 1})
			_, err := numbers.Buy(t.Context(), m, numbers.OrderRequest{Numbers: []numbers.E164{one}, Assign: both}, nil)
			require.NoError(t, err)
			m.Inject(numberstest.Fault{Kind: numberstest.StatusBefore, Status: 403, On: numberstest.Match{Op: "Owned"}, After: 1})
			_, err = numbers.Buy(t.Context(), m, numbers.OrderRequest{Numbers: several(2)[1:], Assign: both}, nil)
			require.ErrorIs(t, err, numbers.ErrForbidden)
		})
	})
	t.Run("never listed", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			p, err := numbers.Buy(t.Context(), lateInventory(time.Hour), numbers.OrderRequest{Numbers: []numbers.E164{one}, Assign: &numbers.Assignment{CallFlow: "flow"}}, nil)
			require.ErrorIs(t, err, numbers.ErrNotFound)
			assert.ErrorContains(t, err, "was bought, and could not be assigned")
			assert.Equal(t, []numbers.E164{one}, p.Bought())
			pe, _ := errors.AsType[*numbers.PurchaseError](err)
			assert.Empty(t, pe.Missing())
		})
	})
	t.Run("one fails", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			m := numberstest.NewMemory(numberstest.MemoryOptions{})
			m.Inject(numberstest.Fault{Kind: numberstest.StatusBefore, Status: 403, On: numberstest.Match{Op: "Assign"}, After: 1})
			failed := 0
			p, err := numbers.Buy(t.Context(), m, numbers.OrderRequest{Numbers: several(3), Assign: both}, &numbers.BuyOptions{OnEvent: func(e numbers.Event) {
				if e.Kind == numbers.EventAssigned && e.Err != nil {
					failed++
				}
			}})
			require.ErrorIs(t, err, numbers.ErrForbidden)
			assert.Len(t, p.Bought(), 3)
			pe, _ := errors.AsType[*numbers.PurchaseError](err)
			assert.Len(t, pe.Errs, 1)
			assert.Empty(t, pe.Missing())
			assert.Equal(t, 1, failed)
			assert.Equal(t, 3, calls(m, "Assign"))
		})
	})
	t.Run("refused before", func(t *testing.T) {
		for name, c := range map[string]struct {
			assign numbers.Assignment
			can    numbers.Ability
			opts   *numbers.BuyOptions
			kind   error
			field  string
		}{
			"nobody can":        {numbers.Assignment{CallFlow: "flow"}, 0, nil, errors.ErrUnsupported, "Assign.CallFlow"},
			"can't assign":      {*both, numbers.CanListOwned, nil, errors.ErrUnsupported, "Assign.MessagingProfile"},
			"can't find":        {*both, numbers.CanAssign, nil, errors.ErrUnsupported, "Assign.MessagingProfile"},
			"does not wait":     {*both, 0, &numbers.BuyOptions{NoWait: true}, numbers.ErrInvalid, "NoWait"},
			"waits for nothing": {numbers.Assignment{Connection: "voice"}, 0, &numbers.BuyOptions{NoWait: true}, nil, ""},
		} {
			m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: numbers.Capabilities{Can: c.can}})
			_, err := numbers.Buy(t.Context(), m, numbers.OrderRequest{Numbers: []numbers.E164{one}, Assign: &c.assign}, c.opts)
			if c.kind == nil {
				require.NoError(t, err, name)
				continue
			}
			requireRefused(t, err, c.kind, c.field)
			assert.Empty(t, m.Calls(), name)
		}
	})
}
