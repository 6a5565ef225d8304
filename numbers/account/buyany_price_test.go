package account_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// pricedAt are offers at these prices.
func pricedAt(prices ...*numbers.Price) []numbers.Offer {
	offers := offersOf(several(len(prices))...)
	for i := range offers {
		offers[i].Price = prices[i]
	}
	return offers
}

func TestBuyAnyPassesOffersThatDoNotFitTheCap(t *testing.T) {
	euro := usd("1")
	euro.Currency = "EUR"
	list := several(4)
	for name, c := range map[string]struct {
		offers []numbers.Offer
		price  *numbers.Price // quoted, and in orders
		limit  string
		bought []numbers.E164
		kind   error
	}{
		"all fit":                 {pricedAt(dollars("1"), dollars("1")), nil, "2", list[:2], nil},
		"the dear are passed":     {pricedAt(dollars("5"), dollars("1"), dollars("9"), dollars("1")), nil, "2", []numbers.E164{list[1], list[3]}, nil},
		"too dear":                {pricedAt(dollars("1"), dollars("2")), nil, "2", list[:1], numbers.ErrOverCap},
		"the unpriced are passed": {pricedAt(nil, dollars("1"), dollars("1")), nil, "2", list[1:3], nil},
		"none has a price":        {pricedAt(nil, nil), nil, "2", nil, numbers.ErrPriceUnknown},
		"quoted":                  {pricedAt(nil, nil), dollars("1"), "2", list[:2], nil},
		"quoted too dear":         {pricedAt(nil, nil), dollars("1"), "1.50", list[:1], numbers.ErrOverCap},
		"other currency passed":   {pricedAt(&numbers.Price{Upfront: euro}, dollars("1"), dollars("1")), nil, "2", list[1:3], nil},
		"unstated is no currency": {pricedAt(&numbers.Price{Upfront: &numbers.Money{}}), nil, "2", nil, numbers.ErrPriceUnknown},
		"negative is no price":    {pricedAt(dollars("-1"), dollars("1"), dollars("1")), nil, "2", list[1:3], nil},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := numberstest.NewMemory(numberstest.MemoryOptions{Offers: c.offers, Price: c.price})
				opts := &account.BuyAnyOptions{}
				opts.MaxUpfront = usd(c.limit)
				p, err := open(t, m).BuyAny(t.Context(), numbers.SearchQuery{}, 2, opts)
				if c.kind == nil {
					require.NoError(t, err)
				} else {
					require.ErrorIs(t, err, c.kind)
				}
				assert.Equal(t, c.bought, p.Bought())
				assert.Len(t, m.Books().Purchases, len(c.bought))
			})
		})
	}
}

// quoting is a Memory that can't quote one number.
type quoting struct {
	*numberstest.Memory
	kind error
}

func (q quoting) Quote(ctx context.Context, r numbers.OrderRequest) (*numbers.Quotation, error) {
	if r.Numbers[0] == one {
		return nil, &numbers.Error{Op: "Quote", Vendor: "memory", Kind: q.kind, Numbers: r.Numbers}
	}
	return &numbers.Quotation{Price: dollars("1")}, nil
}

// A number that can't be quoted because it is gone is passed over. Another failure ends
// the purchase.
func TestBuyAnyPassesANumberThatCannotBeQuoted(t *testing.T) {
	for _, kind := range []error{numbers.ErrNumberUnavailable, numbers.ErrUnauthorized} {
		synctest.Test(t, func(t *testing.T) {
			m := numberstest.NewMemory(numberstest.MemoryOptions{Offers: offersOf(several(4)...)})
			opts := &account.BuyAnyOptions{}
			opts.MaxUpfront = usd("5")
			p, err := open(t, quoting{m, kind}).BuyAny(t.Context(), numbers.SearchQuery{}, 2, opts)
			if errors.Is(kind, numbers.ErrNumberUnavailable) {
				require.NoError(t, err)
				assert.Equal(t, several(3)[1:], p.Bought())
				return
			}
			require.ErrorIs(t, err, kind)
			assert.Empty(t, m.Books().Purchases)
		})
	}
}

// An unknown outcome is spent money. What replaces the second number must be paid from
// what the first has left.
func TestTheCapsOfBuyAnyCountWhatMayBeBought(t *testing.T) {
	for limit, bought := range map[string]int{"3": 1, "2.99": 0} {
		synctest.Test(t, func(t *testing.T) {
			m := numberstest.NewMemory(numberstest.MemoryOptions{Offers: pricedAt(dollars("1"), dollars("1"), dollars("2")), Capabilities: byReference(1)})
			m.Inject(numberstest.Fault{Kind: numberstest.OrphanPurchase}, numberstest.Fault{Kind: numberstest.PartialOrder})
			opts := &account.BuyAnyOptions{}
			opts.MaxUpfront, opts.Concurrency = usd(limit), 1
			p, err := open(t, m).BuyAny(t.Context(), numbers.SearchQuery{}, 2, opts)
			require.ErrorIs(t, err, numbers.ErrOutcomeUnknown)
			assert.Len(t, p.Unknown, 1)
			assert.Len(t, p.Bought(), bought)
			assert.Len(t, m.Books().Owned(), bought+1)
		})
	}
}

// The prices of orders count: the order's own, its items', or the offers'. That of an order
// that is continued counts, too.
func TestBuyAnyCountsThePricesOfOrders(t *testing.T) {
	for name, c := range map[string]struct {
		order *numbers.Order
		kind  error
	}{
		"the order's price":     {&numbers.Order{Price: dollars("2"), Count: 1}, numbers.ErrOverCap},
		"a low one":             {&numbers.Order{Price: dollars("1"), Count: 1}, nil},
		"the item's price":      {&numbers.Order{Count: 1, Items: []numbers.Item{{E164: one, State: numbers.StateComplete, Price: dollars("2")}}}, numbers.ErrOverCap},
		"no price":              {&numbers.Order{Count: 1, Items: []numbers.Item{{E164: one, State: numbers.StateComplete}}}, numbers.ErrPriceUnknown},
		"failed":                {&numbers.Order{Count: 1, State: numbers.StateFailed, Items: []numbers.Item{{E164: one, State: numbers.StateFailed}}}, numbers.ErrNumberUnavailable},
		"a number that is hid":  {&numbers.Order{Count: 1}, numbers.ErrPriceUnknown},
		"a total below an item": {&numbers.Order{Count: 1, Price: dollars("0"), Items: []numbers.Item{{E164: one, State: numbers.StateComplete, Price: dollars("1")}}}, numbers.ErrPriceUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				first := *c.order
				first.ID, first.Reference = "o", "job~r1"
				if first.State == "" {
					first.State = numbers.StateComplete
				}
				s := &scripted{caps: byReference(0), list: listing(&first), order: reads(&first)}
				s.caps.Can = numbers.CanSearch
				s.place = func(_ context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
					return complete("o2", r.Reference, r.Numbers...), nil
				}
				offer := numbers.Offer{E164: several(2)[1], Price: dollars("1")}
				o := searching{s, func(numbers.SearchQuery) seqOfOffers { return sequence(nil, &offer) }}
				opts := &account.BuyAnyOptions{Reference: "job"}
				opts.MaxUpfront = usd("2")
				_, err := open(t, o).BuyAny(t.Context(), numbers.SearchQuery{}, 2, opts)
				if c.kind == nil {
					require.NoError(t, err)
				} else {
					require.ErrorIs(t, err, c.kind)
				}
			})
		})
	}
}

// Of two numbers that were offered at 2 each one fails, and the order's own price is
// nothing. What is left of a cap of 5 is 3: the next offer of 4 does not fit.
func TestAnOrderWithoutAPriceCostsWhatWasOffered(t *testing.T) {
	for next, kind := range map[string]error{"4": numbers.ErrOverCap, "3": nil} {
		t.Run(next, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := numberstest.NewMemory(numberstest.MemoryOptions{Offers: pricedAt(dollars("2"), dollars("2"), dollars(next))})
				m.Inject(numberstest.Fault{Kind: numberstest.PartialOrder})
				opts := &account.BuyAnyOptions{}
				opts.MaxUpfront = usd("5")
				p, err := open(t, dear{m, dollars("0"), nil}).BuyAny(t.Context(), numbers.SearchQuery{}, 2, opts)
				require.ErrorIs(t, err, kind)
				assert.Len(t, p.Bought(), map[bool]int{true: 2, false: 1}[kind == nil])
			})
		})
	}
}

// What was bought costs more than the cap in the end.
func TestAPriceAboveTheCapAfterBuyAnyIsReported(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{Offers: pricedAt(dollars("1"), dollars("1"))})
		opts := &account.BuyAnyOptions{}
		opts.MaxUpfront = usd("3")
		p, err := open(t, dear{m, dollars("50"), nil}).BuyAny(t.Context(), numbers.SearchQuery{}, 2, opts)
		require.ErrorIs(t, err, numbers.ErrOverCap)
		require.ErrorContains(t, err, "the numbers were bought, and the price is 50 USD")
		assert.Len(t, p.Bought(), 2)
		assert.Len(t, errorsIn(t, err), 1)
	})
}

// Without a cap nothing is quoted.
func TestBuyAnyAsksForNoPriceWithoutACap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{Offers: offersOf(several(3)...), Capabilities: byNumber(1)})
		_, err := open(t, m).BuyAny(t.Context(), numbers.SearchQuery{}, 3, nil)
		require.NoError(t, err)
		assert.Zero(t, calls(m, "Quote"))
	})
}

// A redelivery under a cap counts what the first delivery spent.
func TestACappedBuyAnyIsContinued(t *testing.T) {
	for limit, bought := range map[string]int{"3": 3, "2.50": 2} {
		t.Run(fmt.Sprint(limit), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := numberstest.NewMemory(numberstest.MemoryOptions{Offers: offersOf(several(9)...), Price: dollars("1"), Capabilities: byNumber(1)})
				m.Inject(numberstest.Fault{Kind: numberstest.StatusBefore, Status: 402, After: 1})
				j := new(account.MemoryJournal)
				opts := &account.BuyAnyOptions{Reference: "job"}
				opts.MaxUpfront, opts.Concurrency = usd(limit), 1
				_, err := openWith(t, m, j).BuyAny(t.Context(), numbers.SearchQuery{}, 3, opts)
				require.ErrorIs(t, err, numbers.ErrInsufficientFunds)
				time.Sleep(time.Second)
				p, err := openWith(t, m, j).BuyAny(t.Context(), numbers.SearchQuery{}, 3, opts)
				assert.Len(t, p.Bought(), bought)
				assert.Equal(t, bought == 3, err == nil, "%v", err)
				assert.Len(t, m.Books().Purchases, bought)
			})
		})
	}
}
