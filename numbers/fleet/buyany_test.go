package fleet_test

import (
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
	"github.com/tnkit/tnkit/numbers/fleet"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

func any1(policy fleet.Policy) *fleet.BuyAnyOptions {
	opts := &fleet.BuyAnyOptions{Policy: policy}
	opts.Reference = "job"
	return opts
}

// Each account sells what it has, until there are enough.
func TestAnyNumbersOfSeveralAccounts(t *testing.T) {
	a, b, c := newShop(nil, several(2)...), newShop(nil, several(5)[1:]...), newShop(nil, several(9)...)
	f := open(t, new(account.MemoryJournal), a, &lister{}, b, c)
	for range 2 { // the second time nothing is sent
		p, err := f.BuyAny(t.Context(), numbers.SearchQuery{Country: "US"}, 4, any1(fleet.First()))
		require.NoError(t, err)
		assert.Equal(t, several(4), p.Bought())
		assert.Equal(t, []string{"a", "c"}, compact(accountsOf(p)))
		assert.Zero(t, c.placed())
	}
	for _, n := range several(4) {
		assert.Equal(t, 1, bought(n, a, b, c))
	}

	// More are wanted: what there is counts.
	p, err := f.BuyAny(t.Context(), numbers.SearchQuery{Country: "US"}, 6, any1(fleet.Only("d")))
	require.NoError(t, err)
	assert.Len(t, p.Bought(), 6)
	assert.Equal(t, []string{"a", "c", "d"}, compact(accountsOf(p)))
}

func compact(list []string) (out []string) {
	for _, s := range list {
		if len(out) == 0 || out[len(out)-1] != s {
			out = append(out, s)
		}
	}
	return out
}

func TestFewerThanWanted(t *testing.T) {
	a, b := newShop(nil, several(2)...), newShop(nil, several(3)[2:]...)
	p, err := open(t, new(account.MemoryJournal), a, b).BuyAny(t.Context(), numbers.SearchQuery{}, 4, any1(fleet.First()))
	require.ErrorIs(t, err, numbers.ErrNumberUnavailable)
	assert.Equal(t, several(3), p.Bought())

	_, err = open(t, new(account.MemoryJournal), a).BuyAny(t.Context(), numbers.SearchQuery{}, 0, nil)
	require.ErrorIs(t, err, numbers.ErrInvalid)
	registrar := &lister{caps: numbers.Capabilities{Billing: numbers.Registers}}
	_, err = open(t, new(account.MemoryJournal), registrar).BuyAny(t.Context(), numbers.SearchQuery{}, 1, nil)
	require.Error(t, err)
}

// An unknown outcome is counted, and stops the purchase.
func TestAnUnknownOutcomeIsNotReplaced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := newShop(nil, one), newShop(nil, several(3)...)
		a.Inject(numberstest.Fault{Kind: numberstest.OrphanPurchase})
		p, err := open(t, new(account.MemoryJournal), a, b).BuyAny(t.Context(), numbers.SearchQuery{}, 2, any1(fleet.First()))
		require.ErrorIs(t, err, numbers.ErrOutcomeUnknown)
		require.Len(t, p.Unknown, 1)
		assert.Zero(t, b.placed())
	})
}

// What was given back is not bought again, at any account.
func TestWhatWasGivenBackIsNotReplaced(t *testing.T) {
	a, b := newShop(nil, one), newShop(nil, several(3)...)
	f := open(t, new(account.MemoryJournal), a, b)
	_, err := f.BuyAny(t.Context(), numbers.SearchQuery{}, 1, any1(fleet.First()))
	require.NoError(t, err)
	first, _ := f.Account("a")
	own, err := first.Find(t.Context(), one)
	require.NoError(t, err)
	require.NoError(t, first.Release(t.Context(), own))
	_, err = f.BuyAny(t.Context(), numbers.SearchQuery{}, 1, any1(fleet.First()))
	require.ErrorIs(t, err, numbers.ErrNotFound)
	_, err = f.Buy(t.Context(), numbers.OrderRequest{Numbers: several(1), Reference: "job"}, nil)
	require.ErrorIs(t, err, numbers.ErrNotFound)
	assert.Zero(t, b.placed())
}

func TestAnyNumbersOfTheCheapest(t *testing.T) {
	dear, cheap := newShop(costs("3"), several(3)...), newShop(costs("2"), several(3)[1:]...)
	f := open(t, new(account.MemoryJournal), dear, cheap)
	opts := any1(fleet.Cheapest())
	opts.MaxMonthly = usd("6.99")
	p, err := f.BuyAny(t.Context(), numbers.SearchQuery{}, 3, opts)
	require.ErrorIs(t, err, numbers.ErrOverCap, "4 are spent, and the third costs 3")
	assert.Equal(t, []string{"b"}, compact(accountsOf(p)))
	assert.Len(t, p.Bought(), 2)

	opts.MaxMonthly = usd("7")
	p, err = f.BuyAny(t.Context(), numbers.SearchQuery{}, 3, opts)
	require.NoError(t, err)
	assert.Equal(t, []string{"b", "a"}, compact(accountsOf(p)))
}
