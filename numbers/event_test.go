package numbers_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// unstated is a vendor whose orders don't tell their price.
type unstated struct{ *numberstest.Memory }

func (u unstated) Place(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
	order, err := u.Memory.Place(ctx, r)
	if order != nil {
		order.Price = nil
	}
	return order, err
}

func (u unstated) Order(ctx context.Context, id string) (*numbers.Order, error) {
	order, err := u.Memory.Order(ctx, id)
	if order != nil {
		order.Price = nil
	}
	return order, err
}

// TestEventsSayWhereAndHowMuch also where the order itself does not: an audit
// log has nothing else.
func TestEventsSayWhereAndHowMuch(t *testing.T) {
	price := &numbers.Price{Upfront: usd("1.00"), Monthly: usd("0.50")}
	opts := numberstest.MemoryOptions{Price: price, Capabilities: byNumber(1)}
	for _, n := range several(3) {
		opts.Offers = append(opts.Offers, numbers.Offer{Vendor: "memory", E164: n, Price: price})
	}
	for name, buy := range map[string]func(o numbers.Orderer, opts numbers.BuyOptions) error{
		"quoted": func(o numbers.Orderer, opts numbers.BuyOptions) error {
			opts.MaxUpfront = usd("3")
			_, err := numbers.Buy(t.Context(), o, numbers.OrderRequest{Numbers: several(3)}, &opts)
			return err
		},
		"offered": func(o numbers.Orderer, opts numbers.BuyOptions) error {
			_, err := numbers.BuyAny(t.Context(), o, numbers.SearchQuery{}, 3, &numbers.BuyAnyOptions{BuyOptions: opts})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var w watch
				o := numbers.Journaled(unstated{numberstest.NewMemory(opts)}, "main", &numberstest.MemoryJournal{})
				require.NoError(t, buy(o, numbers.BuyOptions{OnEvent: w.see}))
				require.NotEmpty(t, w.events)
				for _, e := range w.events {
					assert.Equal(t, "main", e.Account, e.Kind)
					require.NotNil(t, e.Price, e.Kind)
					assert.Equal(t, price.String(), e.Price.String())
				}
			})
		})
	}
}

// TestErrorsSayWhere as the journal names it.
func TestErrorsSayWhere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{})
		o := numbers.Journaled(m, "main", &numberstest.MemoryJournal{})
		_, err := numbers.Buy(t.Context(), o, numbers.OrderRequest{Numbers: several(1)}, nil)
		require.NoError(t, err)
		_, err = numbers.Buy(t.Context(), o, numbers.OrderRequest{Numbers: several(1)}, nil)
		require.ErrorIs(t, err, numbers.ErrAlreadyOwned)
		assert.ErrorContains(t, err, "memory/main")
	})
}

// TestMissingOfNoPurchaseError: a refusal of the whole request is none, also
// where there is a Purchase beside it.
func TestMissingOfNoPurchaseError(t *testing.T) {
	none, _ := errors.AsType[*numbers.PurchaseError](&numbers.Error{Kind: numbers.ErrOverCap})
	assert.Empty(t, none.Missing())
}
