package fleet_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
	"github.com/tnkit/tnkit/numbers/fleet"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

func cheapest(monthly string) *fleet.BuyOptions {
	opts := &fleet.BuyOptions{Policy: fleet.Cheapest()}
	if monthly != "" {
		opts.MaxMonthly = usd(monthly)
	}
	return opts
}

func TestTheCheapestIsTriedFirst(t *testing.T) {
	euros := &numbers.Price{Upfront: &numbers.Money{Currency: "EUR"}, Monthly: &numbers.Money{Currency: "EUR"}}
	monthlyOnly := &numbers.Price{Monthly: usd("0.01")}
	dear, cheap, foreign, partly, silent := newShop(costs("3")), newShop(costs("2")), newShop(euros), newShop(monthlyOnly), newShop(nil)

	for name, tc := range map[string]struct {
		shops []*shop
		opts  *fleet.BuyOptions
		want  string
	}{
		"the lowest sum":                      {[]*shop{dear, cheap}, cheapest(""), "b"},
		"equal ones in order":                 {[]*shop{newShop(costs("2")), newShop(costs("2.0"))}, cheapest(""), "a"},
		"an unknown part is behind":           {[]*shop{partly, dear}, cheapest(""), "b"},
		"unknown is last":                     {[]*shop{silent, partly}, cheapest(""), "b"},
		"another currency is unknown":         {[]*shop{dear, foreign}, cheapest(""), "a"},
		"the cap's currency counts":           {[]*shop{foreign, dear}, cheapest("9"), "b"},
		"a part without a cap may be unknown": {[]*shop{silent, partly}, cheapest("9"), "b"},
		"unknown without a cap":               {[]*shop{silent}, cheapest(""), "a"},
	} {
		t.Run(name, func(t *testing.T) {
			var orderers []numbers.Orderer
			for _, s := range tc.shops {
				orderers = append(orderers, newShop(priceOf(t, s)))
			}
			p, err := open(t, new(account.MemoryJournal), orderers...).Buy(t.Context(), job(several(2)...), tc.opts)
			require.NoError(t, err)
			assert.Equal(t, []string{tc.want}, accountsOf(p))
		})
	}
}

// priceOf is what a shop asks for a number.
func priceOf(t *testing.T, s *shop) *numbers.Price {
	t.Helper()
	q, err := s.Quote(t.Context(), job(one))
	require.NoError(t, err)
	return q.Price
}

// A price that is not known is never bought under a cap.
func TestUnderACapNothingWithoutAPrice(t *testing.T) {
	silent, euros := newShop(nil), newShop(&numbers.Price{Monthly: &numbers.Money{Currency: "EUR"}})
	f := open(t, new(account.MemoryJournal), silent, euros)
	for _, policy := range []fleet.Policy{fleet.Cheapest(), fleet.First()} {
		opts := cheapest("9")
		opts.Policy = policy
		_, err := f.Buy(t.Context(), job(one), opts)
		require.ErrorIs(t, err, numbers.ErrPriceUnknown)
	}
	assert.Zero(t, silent.placed()+euros.placed())
}

// One cap for all accounts together.
func TestOneCapOverAll(t *testing.T) {
	for name, tc := range map[string]struct {
		monthly string
		want    int
		kind    error
	}{
		"enough": {"5", 3, nil}, "for the first alone": {"4.99", 2, numbers.ErrOverCap}, "for none": {"0.99", 0, numbers.ErrOverCap},
	} {
		t.Run(name, func(t *testing.T) {
			a, b := newShop(costs("1"), several(2)...), newShop(costs("3"))
			f := open(t, new(account.MemoryJournal), a, b)
			opts := cheapest(tc.monthly)
			if tc.want == 0 {
				opts.Policy = fleet.First()
			}
			for range 2 { // also when the job is delivered again
				p, err := f.Buy(t.Context(), job(several(3)...), opts)
				require.ErrorIs(t, err, tc.kind)
				assert.Len(t, p.Bought(), tc.want)
			}
			assert.Equal(t, tc.want, bought(one, a, b)+bought(number(1), a, b)+bought(number(2), a, b))
		})
	}
}

// What the first account's order cost is not known: nothing more is bought under the cap.
// What it was quoted for counts, where the order states nothing.
func TestWhatWasSpentMustBeKnown(t *testing.T) {
	a, b := newShop(costs("1"), one), newShop(costs("1"))
	j := new(account.MemoryJournal)
	hidden := &quietly{a}
	p, err := open(t, j, hidden, b).Buy(t.Context(), job(several(2)...), cheapest("5"))
	require.NoError(t, err)
	assert.Equal(t, []string{"a", "b"}, accountsOf(p))

	// Another process does not know what it was quoted for.
	r := numbers.OrderRequest{Numbers: several(3), Reference: "other"}
	a.stock = several(3)[2:]
	r.Numbers = a.stock
	_, err = open(t, j, hidden, b).Buy(t.Context(), r, cheapest("5"))
	require.NoError(t, err)
	r.Numbers = append(r.Numbers, number(3))
	p, err = open(t, j, hidden, b).Buy(t.Context(), r, cheapest("5"))
	require.ErrorIs(t, err, numbers.ErrPriceUnknown)
	assert.Equal(t, []string{"a"}, accountsOf(p))
	assert.Equal(t, []numbers.E164{number(3)}, keys(missing(err)))
}

// The job was begun at two accounts. What is ordered again at the first must fit what the
// second one has sold.
func TestTheCapKnowsAllThatWasBegun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := new(account.MemoryJournal)
		a, b := newShop(costs("1")), newShop(costs("3"))
		_, err := open(t, j, a, b).Buy(t.Context(), job(one), &fleet.BuyOptions{Policy: fleet.Only("b")})
		require.NoError(t, err)
		now := time.Now()
		_, err = j.Begin(t.Context(), numbers.Attempt{
			ID: "crashed", Vendor: "memory", Account: "a", Scope: "fleet", Purchase: "job", Reference: "job~1", Numbers: several(2)[1:],
			Started: now, SendBy: now.Add(15 * time.Second), Deadline: now.Add(75 * time.Second),
		})
		require.NoError(t, err)
		p, err := open(t, j, a, b).Buy(t.Context(), job(several(2)...), cheapest("3.99"))
		require.ErrorIs(t, err, numbers.ErrOverCap)
		assert.Equal(t, []string{"b"}, accountsOf(p))
		assert.Zero(t, a.placed())
		p, err = open(t, j, a, b).Buy(t.Context(), job(several(2)...), cheapest("4"))
		require.NoError(t, err)
		assert.Len(t, p.Bought(), 2)
	})
}

// quietly sells without stating a price in the order.
type quietly struct{ *shop }

func (q *quietly) Order(ctx context.Context, id string) (*numbers.Order, error) {
	return unpriced(q.shop.Order(ctx, id))
}

func (q *quietly) Place(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
	return unpriced(q.shop.Place(ctx, r))
}

func unpriced(o *numbers.Order, err error) (*numbers.Order, error) {
	if o != nil {
		o.Price = nil
		for i := range o.Items {
			o.Items[i].Price = nil
		}
	}
	return o, err
}

// Where orders are free, caps are ignored.
func TestFreeOrdersNeedNoPrice(t *testing.T) {
	free := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: numbers.Capabilities{Billing: numbers.Registers}})
	dear := newShop(costs("3"))
	p, err := open(t, new(account.MemoryJournal), dear, free).Buy(t.Context(), job(several(2)...), cheapest("9"))
	require.NoError(t, err)
	assert.Equal(t, []string{"b"}, accountsOf(p))
}
