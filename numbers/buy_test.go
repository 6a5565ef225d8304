package numbers_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

const one = numbers.E164("+12025550100")

func several(n int) []numbers.E164 {
	list := make([]numbers.E164, n)
	for i := range list {
		list[i] = numbers.E164(fmt.Sprintf("+1202555%04d", i))
	}
	return list
}

func byNumber(max int) numbers.Capabilities {
	return numbers.Capabilities{MaxNumbers: max, Recognises: numbers.ByNumber, Settle: 30 * time.Second}
}

func TestBuyCompletes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{SettleAfter: 20 * time.Second})
		var kinds []numbers.EventKind
		p, err := numbers.Buy(t.Context(), m, numbers.OrderRequest{Numbers: []numbers.E164{one}}, &numbers.BuyOptions{
			OnEvent: func(e numbers.Event) {
				if e.Kind != numbers.EventPending {
					kinds = append(kinds, e.Kind)
				}
			},
		})
		require.NoError(t, err)
		assert.Equal(t, []numbers.E164{one}, p.Bought())
		assert.Equal(t, []numbers.EventKind{"planned", "sending", "sent", "settled"}, kinds)
	})
}

func TestBuyResolvesEveryUnclearOutcome(t *testing.T) {
	for _, c := range []struct {
		fault  numberstest.Fault
		caps   numbers.Capabilities
		bought bool
	}{
		{numberstest.Fault{Kind: numberstest.LostReply}, numbers.Capabilities{Settle: time.Minute}, true},
		{numberstest.Fault{Kind: numberstest.LostReply}, byNumber(0), true},
		{numberstest.Fault{Kind: numberstest.DroppedRequest}, numbers.Capabilities{Settle: time.Minute}, false},
		{numberstest.Fault{Kind: numberstest.DroppedRequest}, byNumber(0), false},
		{numberstest.Fault{Kind: numberstest.StatusAfter, Status: 503}, byNumber(0), true},
		{numberstest.Fault{Kind: numberstest.LateCommit, Delay: 20 * time.Second}, byNumber(0), true},
	} {
		t.Run(fmt.Sprint(c.fault.Kind, c.caps.Recognises), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: c.caps})
				m.Inject(c.fault)
				p, err := numbers.Buy(t.Context(), m, numbers.OrderRequest{Numbers: []numbers.E164{one}}, nil)
				require.NotNil(t, p)
				assert.Empty(t, p.Unknown)
				if c.bought {
					require.NoError(t, err)
					assert.Equal(t, []numbers.E164{one}, p.Bought())
					assert.Equal(t, 1, m.Books().Bought(string(one)))
					return
				}
				assert.ErrorIs(t, err, numbers.ErrNotPlaced)
				pe, ok := errors.AsType[*numbers.PurchaseError](err)
				require.True(t, ok)
				assert.Contains(t, pe.Missing(), one)
				assert.Zero(t, m.Books().Bought(string(one)))
			})
		})
	}
}

func TestBuyTwiceByOneReference(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{})
		r := numbers.OrderRequest{Numbers: several(3), Reference: "job-1"}
		first, err := numbers.Buy(t.Context(), m, r, nil)
		require.NoError(t, err)
		second, err := numbers.Buy(t.Context(), m, r, nil)
		require.NoError(t, err)
		assert.Equal(t, first.Orders[0].ID, second.Orders[0].ID)
		assert.Empty(t, m.Books().Twice())
		places := 0
		for _, c := range m.Calls() {
			if c == "Place" {
				places++
			}
		}
		assert.Equal(t, 1, places)
	})
}

func TestBuyAlreadyOwned(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: byNumber(1)})
		_, err := numbers.Buy(t.Context(), m, numbers.OrderRequest{Numbers: several(2)}, nil)
		require.NoError(t, err)
		p, err := numbers.Buy(t.Context(), m, numbers.OrderRequest{Numbers: several(3)}, nil)
		require.ErrorIs(t, err, numbers.ErrAlreadyOwned)
		assert.Len(t, p.Owned, 2)
		assert.Equal(t, several(3)[2:], p.Bought())
	})
}

func TestBuyTakesUp429(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: byNumber(1)})
		m.Inject(numberstest.Fault{Kind: numberstest.RateLimited, RetryAfter: "7", Times: 3})
		began := time.Now()
		p, err := numbers.Buy(t.Context(), m, numbers.OrderRequest{Numbers: several(5)}, nil)
		require.NoError(t, err)
		assert.Len(t, p.Bought(), 5)
		assert.GreaterOrEqual(t, time.Since(began), 7*time.Second)
	})
}

func TestBuyCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: byNumber(1)})
		m.Inject(numberstest.Fault{Kind: numberstest.LostReply, After: 2})
		ctx, cancel := context.WithCancel(t.Context())
		sent := 0
		p, err := numbers.Buy(ctx, m, numbers.OrderRequest{Numbers: several(10)}, &numbers.BuyOptions{
			Concurrency: 1,
			OnEvent: func(e numbers.Event) {
				if e.Kind == numbers.EventUnknown {
					cancel()
				}
				if e.Kind == numbers.EventSending {
					sent++
				}
			},
		})
		require.ErrorIs(t, err, numbers.ErrOutcomeUnknown)
		require.NotErrorIs(t, err, numbers.ErrNotPlaced)
		assert.Len(t, p.Unknown, 1)
		assert.Equal(t, 3, sent)
		assert.Equal(t, len(m.Books().Owned()), len(p.Bought())+len(p.Unknown))
	})
}

func usd(s string) *numbers.Money {
	return &numbers.Money{Amount: decimal.RequireFromString(s), Currency: "USD"}
}

func TestBuyCaps(t *testing.T) {
	price := &numbers.Price{Upfront: usd("1.00"), Monthly: usd("0.50")}
	for name, c := range map[string]struct {
		price *numbers.Price
		opts  numbers.BuyOptions
		want  error
	}{
		"within":          {price, numbers.BuyOptions{MaxUpfront: usd("2.00"), MaxMonthly: usd("1.00")}, nil},
		"over upfront":    {price, numbers.BuyOptions{MaxUpfront: usd("1.99")}, numbers.ErrOverCap},
		"over monthly":    {price, numbers.BuyOptions{MaxMonthly: usd("0.99")}, numbers.ErrOverCap},
		"unknown":         {nil, numbers.BuyOptions{MaxMonthly: usd("100")}, numbers.ErrPriceUnknown},
		"other currency":  {price, numbers.BuyOptions{MaxMonthly: &numbers.Money{Amount: decimal.NewFromInt(9), Currency: "EUR"}}, numbers.ErrPriceUnknown},
		"unstated":        {&numbers.Price{Upfront: &numbers.Money{}}, numbers.BuyOptions{MaxUpfront: usd("5")}, numbers.ErrPriceUnknown},
		"cap no currency": {price, numbers.BuyOptions{MaxUpfront: &numbers.Money{}}, numbers.ErrInvalid},
		"part not stated": {&numbers.Price{Upfront: usd("1")}, numbers.BuyOptions{MaxMonthly: usd("5")}, numbers.ErrPriceUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			m := numberstest.NewMemory(numberstest.MemoryOptions{Price: c.price})
			p, err := numbers.Buy(t.Context(), m, numbers.OrderRequest{Numbers: several(2)}, &c.opts)
			if c.want == nil {
				require.NoError(t, err)
				assert.Len(t, p.Bought(), 2)
				return
			}
			require.ErrorIs(t, err, c.want)
			assert.Nil(t, p)
			assert.Empty(t, m.Books().Purchases)
		})
	}
}

func TestBuyAnyReplacesLostNumbers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var offers []numbers.Offer
		for _, n := range several(10) {
			offers = append(offers, numbers.Offer{E164: n, Country: "US"})
		}
		m := numberstest.NewMemory(numberstest.MemoryOptions{Offers: offers})
		m.Inject(numberstest.Fault{Kind: numberstest.PartialOrder})
		p, err := numbers.BuyAny(t.Context(), m, numbers.SearchQuery{Country: "US"}, 3, nil)
		require.NoError(t, err)
		assert.Len(t, p.Bought(), 3)
		assert.Len(t, m.Books().Owned(), 3)

		opts := &numbers.BuyAnyOptions{Reference: "again"}
		first, err := numbers.BuyAny(t.Context(), m, numbers.SearchQuery{}, 2, opts)
		require.NoError(t, err)
		second, err := numbers.BuyAny(t.Context(), m, numbers.SearchQuery{}, 2, opts)
		require.NoError(t, err)
		assert.Equal(t, first.Bought(), second.Bought())
		assert.Len(t, m.Books().Owned(), 5)
	})
}
