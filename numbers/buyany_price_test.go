package numbers_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

func TestBuyAnyCaps(t *testing.T) {
	priced := func(prices ...*numbers.Price) []numbers.Offer {
		offers := offersOf(several(len(prices))...)
		for i := range offers {
			offers[i].Price = prices[i]
		}
		return offers
	}
	dollars := func(s string) *numbers.Price { return &numbers.Price{Upfront: usd(s)} }
	euro := usd("1")
	euro.Currency = "EUR"
	list := several(4)
	for name, c := range map[string]struct {
		offers []numbers.Offer
		price  *numbers.Price // quoted, and in orders
		cap    string
		bought []numbers.E164
		kind   error
	}{
		"all fit":                 {priced(dollars("1"), dollars("1")), nil, "2", list[:2], nil},
		"the dear are passed":     {priced(dollars("5"), dollars("1"), dollars("9"), dollars("1")), nil, "2", []numbers.E164{list[1], list[3]}, nil},
		"too dear":                {priced(dollars("1"), dollars("2")), nil, "2", list[:1], numbers.ErrOverCap},
		"the unpriced are passed": {priced(nil, dollars("1"), dollars("1")), nil, "2", list[1:3], nil},
		"none has a price":        {priced(nil, nil), nil, "2", nil, numbers.ErrPriceUnknown},
		"quoted":                  {priced(nil, nil), dollars("1"), "2", list[:2], nil},
		"quoted too dear":         {priced(nil, nil), dollars("1"), "1.50", list[:1], numbers.ErrOverCap},
		"other currency passed":   {priced(&numbers.Price{Upfront: euro}, dollars("1"), dollars("1")), nil, "2", list[1:3], nil},
		"unstated is no currency": {priced(&numbers.Price{Upfront: &numbers.Money{}}), nil, "2", nil, numbers.ErrPriceUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := numberstest.NewMemory(numberstest.MemoryOptions{Offers: c.offers, Price: c.price})
				opts := &numbers.BuyAnyOptions{}
				opts.MaxUpfront = usd(c.cap)
				p, err := numbers.BuyAny(t.Context(), m, numbers.SearchQuery{}, 2, opts)
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
	return &numbers.Quotation{Price: &numbers.Price{Upfront: usd("1")}}, nil
}

// TestBuyAnyQuotes: a number that can't be quoted because it is gone is passed
// over; another failure ends the purchase.
func TestBuyAnyQuotes(t *testing.T) {
	for _, kind := range []error{numbers.ErrNumberUnavailable, numbers.ErrUnauthorized} {
		synctest.Test(t, func(t *testing.T) {
			m := numberstest.NewMemory(numberstest.MemoryOptions{Offers: offersOf(several(4)...)})
			opts := &numbers.BuyAnyOptions{}
			opts.MaxUpfront = usd("5")
			p, err := numbers.BuyAny(t.Context(), quoting{m, kind}, numbers.SearchQuery{}, 2, opts)
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

// TestBuyAnyCapsCountWhatMayBeBought: an unknown outcome is spent money. What
// replaces the second number must be paid from what the first has left.
func TestBuyAnyCapsCountWhatMayBeBought(t *testing.T) {
	for limit, bought := range map[string]int{"3": 1, "2.99": 0} {
		synctest.Test(t, func(t *testing.T) {
			offers := offersOf(several(3)...)
			for i, price := range []string{"1", "1", "2"} {
				offers[i].Price = &numbers.Price{Upfront: usd(price)}
			}
			m := numberstest.NewMemory(numberstest.MemoryOptions{Offers: offers, Capabilities: numbers.Capabilities{MaxNumbers: 1, ListingDelay: time.Minute}})
			m.Inject(numberstest.Fault{Kind: numberstest.OrphanPurchase}, numberstest.Fault{Kind: numberstest.PartialOrder})
			opts := &numbers.BuyAnyOptions{}
			opts.MaxUpfront, opts.Concurrency = usd(limit), 1
			p, err := numbers.BuyAny(t.Context(), m, numbers.SearchQuery{}, 2, opts)
			require.ErrorIs(t, err, numbers.ErrOutcomeUnknown)
			assert.Len(t, p.Unknown, 1)
			assert.Len(t, p.Bought(), bought)
			assert.Len(t, m.Books().Owned(), bought+1)
		})
	}
}
