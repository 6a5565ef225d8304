package account_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

func TestCapsAreComparedBeforeAnythingIsSent(t *testing.T) {
	price := &numbers.Price{Upfront: usd("1.00"), Monthly: usd("0.50")}
	euro := &numbers.Money{Amount: decimal.NewFromInt(9), Currency: "EUR"}
	for name, c := range map[string]struct {
		price *numbers.Price
		opts  account.BuyOptions
		want  error
		field string
	}{
		"no cap":          {price, account.BuyOptions{}, nil, ""},
		"no cap, unknown": {nil, account.BuyOptions{}, nil, ""},
		"within":          {price, account.BuyOptions{MaxUpfront: usd("2.00"), MaxMonthly: usd("1.00")}, nil, ""},
		"over upfront":    {price, account.BuyOptions{MaxUpfront: usd("1.99")}, numbers.ErrOverCap, "MaxUpfront"},
		"over monthly":    {price, account.BuyOptions{MaxMonthly: usd("0.99")}, numbers.ErrOverCap, "MaxMonthly"},
		"a cap of zero":   {price, account.BuyOptions{MaxUpfront: usd("0")}, numbers.ErrOverCap, "MaxUpfront"},
		"free":            {dollars("0"), account.BuyOptions{MaxUpfront: usd("0")}, nil, ""},
		"unknown":         {nil, account.BuyOptions{MaxMonthly: usd("100")}, numbers.ErrPriceUnknown, "MaxMonthly"},
		"other currency":  {price, account.BuyOptions{MaxMonthly: euro}, numbers.ErrPriceUnknown, "MaxMonthly"},
		"unstated":        {&numbers.Price{Upfront: &numbers.Money{}}, account.BuyOptions{MaxUpfront: usd("5")}, numbers.ErrPriceUnknown, "MaxUpfront"},
		"negative":        {dollars("-3"), account.BuyOptions{MaxUpfront: usd("5")}, numbers.ErrPriceUnknown, "MaxUpfront"},
		"part not stated": {dollars("1"), account.BuyOptions{MaxMonthly: usd("5")}, numbers.ErrPriceUnknown, "MaxMonthly"},
		"cap no currency": {price, account.BuyOptions{MaxUpfront: &numbers.Money{}}, numbers.ErrInvalid, "MaxUpfront"},
		"cap negative":    {price, account.BuyOptions{MaxMonthly: usd("-1")}, numbers.ErrInvalid, "MaxMonthly"},
	} {
		for _, most := range []int{0, 1} { // one order, and one that is split
			t.Run(name, func(t *testing.T) {
				m := numberstest.NewMemory(numberstest.MemoryOptions{Price: c.price, Capabilities: numbers.Capabilities{MaxNumbers: most}})
				a := open(t, m)
				plan, planErr := a.Plan(t.Context(), numbers.OrderRequest{Numbers: several(2)}, &c.opts)
				p, err := a.Buy(t.Context(), numbers.OrderRequest{Numbers: several(2)}, &c.opts)
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
				assert.Equal(t, !errors.Is(c.want, numbers.ErrInvalid), plan != nil, "a plan comes with what the caps forbid")
				assert.Nil(t, p)
				assert.Empty(t, m.Books().Purchases)
			})
		}
	}
}

func TestCapsNeedAPriceWhereAnOrderCosts(t *testing.T) {
	opts := &account.BuyOptions{MaxUpfront: usd("1000")}
	for billing, want := range map[numbers.Billing]error{numbers.Buys: numbers.ErrPriceUnknown, numbers.Registers: nil} {
		for _, can := range []numbers.Ability{numbers.CanListOwned, numbers.CanListOwned | numbers.CanQuote} {
			m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: numbers.Capabilities{Billing: billing, Can: can}})
			p, err := open(t, m).Buy(t.Context(), numbers.OrderRequest{Numbers: []numbers.E164{one}}, opts)
			require.ErrorIs(t, err, want, "%s %s", billing, can)
			assert.Equal(t, want == nil, p != nil)
		}
	}
}

// What an earlier call by the same reference ordered counts.
func TestCapsHoldForTheWholePurchase(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{Price: dollars("1.00"), Capabilities: byReference(1)})
		a := open(t, m)
		r := numbers.OrderRequest{Numbers: several(3), Reference: "job"}
		m.Inject(numberstest.Fault{Kind: numberstest.StatusBefore, Status: 402, After: 1, Times: 2})
		first, err := a.Buy(t.Context(), r, &account.BuyOptions{Concurrency: 1})
		require.ErrorIs(t, err, numbers.ErrInsufficientFunds)
		assert.Len(t, first.Bought(), 1)

		p, err := a.Buy(t.Context(), r, &account.BuyOptions{MaxUpfront: usd("2.99")})
		requireRefused(t, err, numbers.ErrOverCap, "MaxUpfront")
		require.NotNil(t, p, "what was ordered before is returned")
		assert.Len(t, p.Orders, 1)
		assert.Len(t, m.Books().Purchases, 1)

		p, err = a.Buy(t.Context(), r, &account.BuyOptions{MaxUpfront: usd("3")})
		require.NoError(t, err)
		assert.Len(t, p.Bought(), 3)

		quotes := calls(m, "Quote")
		p, err = a.Buy(t.Context(), r, &account.BuyOptions{MaxUpfront: usd("1")})
		require.ErrorIs(t, err, numbers.ErrOverCap, "nothing is sent, and what was bought is over this cap")
		assert.Len(t, p.Bought(), 3)
		assert.Equal(t, quotes, calls(m, "Quote"))
	})
}

// A quotation that fails refuses a purchase with a cap, and Plan. Without a cap Buy asks
// for none.
func TestAQuotationThatFailsSendsNothing(t *testing.T) {
	m := numberstest.NewMemory(numberstest.MemoryOptions{Price: dollars("1")})
	a := open(t, m)
	m.Inject(numberstest.Fault{Kind: numberstest.StatusBefore, On: numberstest.Match{Op: "Quote"}, Times: 2})
	_, err := a.Buy(t.Context(), numbers.OrderRequest{Numbers: []numbers.E164{one}}, &account.BuyOptions{MaxUpfront: usd("9")})
	require.ErrorIs(t, err, numbers.ErrVendor)
	assert.Zero(t, calls(m, "Place"))
	_, err = a.Plan(t.Context(), numbers.OrderRequest{Numbers: []numbers.E164{one}}, nil)
	require.ErrorIs(t, err, numbers.ErrVendor)
	p, err := a.Buy(t.Context(), numbers.OrderRequest{Numbers: []numbers.E164{one}}, nil)
	require.NoError(t, err)
	assert.Len(t, p.Bought(), 1)
	assert.Equal(t, 2, calls(m, "Quote"))
}

// dear is a vendor whose orders state another price than it quotes: in the whole, or in
// the items, or in none.
type dear struct {
	*numberstest.Memory
	order, item *numbers.Price
}

func (d dear) reprice(o *numbers.Order, err error) (*numbers.Order, error) {
	if o != nil {
		o.Price = d.order
		for i := range o.Items {
			o.Items[i].Price = d.item
		}
	}
	return o, err
}

func (d dear) Place(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
	return d.reprice(d.Memory.Place(ctx, r))
}

func (d dear) Order(ctx context.Context, id string) (*numbers.Order, error) {
	return d.reprice(d.Memory.Order(ctx, id))
}

// A price that turns out above the cap is reported, together with what was bought.
func TestAPriceAboveTheCapAfterTheOrderIsReported(t *testing.T) {
	for name, c := range map[string]struct {
		order, item *numbers.Price
		over        bool
	}{
		"the order costs more":       {dollars("50"), nil, true},
		"the items cost more":        {nil, dollars("25"), true},
		"the higher of them counts":  {dollars("3"), dollars("25"), false}, // a total below an item is no price
		"as quoted":                  {dollars("2"), dollars("1"), false},
		"less than quoted":           {dollars("0"), nil, false},
		"nothing is stated":          {nil, nil, false},
		"in another currency":        {&numbers.Price{Upfront: &numbers.Money{Amount: decimal.NewFromInt(50), Currency: "EUR"}}, nil, false},
		"negative, and it was known": {dollars("-50"), nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			m := numberstest.NewMemory(numberstest.MemoryOptions{Price: dollars("1"), Capabilities: byNumber(0)})
			p, err := open(t, dear{m, c.order, c.item}).Buy(t.Context(), numbers.OrderRequest{Numbers: several(2)}, &account.BuyOptions{MaxUpfront: usd("3")})
			assert.Equal(t, several(2), p.Bought())
			if name == "in another currency" {
				require.ErrorIs(t, err, numbers.ErrPriceUnknown)
				return
			}
			if !c.over {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, numbers.ErrOverCap)
			require.ErrorContains(t, err, "the numbers were bought, and the price is 50 USD")
			assert.Empty(t, missing(err))
		})
	}
}

// A total below one of its items is no price, and so it fits no cap.
func TestAnImpossibleQuotationIsAnUnknownPrice(t *testing.T) {
	for name, c := range map[string]struct {
		total, item string
		kind        error
	}{
		"a total below an item": {"0", "2", numbers.ErrPriceUnknown}, "a total of its items": {"2", "1", nil}, "a rebate": {"1.50", "1", nil}, "a total below zero": {"-1", "-1", numbers.ErrPriceUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			s := &scripted{caps: byNumber(0), list: always(), place: answer(complete("o", "", several(2)...), nil)}
			s.caps.Can = numbers.CanQuote
			o := pricing{s, func(r numbers.OrderRequest) (*numbers.Quotation, error) {
				q := &numbers.Quotation{Vendor: "script", Price: dollars(c.total)}
				for _, n := range r.Numbers {
					q.Items = append(q.Items, numbers.QuotedItem{E164: n, Price: dollars(c.item)})
				}
				return q, nil
			}}
			_, err := open(t, o).Buy(t.Context(), numbers.OrderRequest{Numbers: several(2)}, &account.BuyOptions{MaxUpfront: usd("100")})
			if c.kind == nil {
				require.NoError(t, err)
				return
			}
			requireRefused(t, err, c.kind, "MaxUpfront")
			assert.Zero(t, s.counted("Place"))
		})
	}
}

// pricing is a scripted Orderer that quotes.
type pricing struct {
	*scripted
	quote func(numbers.OrderRequest) (*numbers.Quotation, error)
}

func (p pricing) Quote(_ context.Context, r numbers.OrderRequest) (*numbers.Quotation, error) {
	p.count("Quote")
	return p.quote(r)
}

// A quotation that does not come is no price.
func TestNoQuotationIsAnUnknownPrice(t *testing.T) {
	s := &scripted{caps: byNumber(0), list: always()}
	s.caps.Can = numbers.CanQuote
	o := pricing{s, func(numbers.OrderRequest) (*numbers.Quotation, error) { return nil, nil }}
	_, err := open(t, o).Buy(t.Context(), numbers.OrderRequest{Numbers: several(2)}, &account.BuyOptions{MaxUpfront: usd("100")})
	requireRefused(t, err, numbers.ErrPriceUnknown, "MaxUpfront")
}

// The numbers that the vendor refused cost nothing: what was bought instead of a whole
// order fits the cap that the whole would have fitted.
func TestAnOrderThatIsPlacedInPartsFitsTheCapOfTheWhole(t *testing.T) {
	for name, nameless := range map[string]bool{"named": false, "not named": true} {
		for _, price := range []*numbers.Price{dollars("1"), nil} { // as the order states it
			t.Run(name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					m := numberstest.NewMemory(numberstest.MemoryOptions{
						NamelessRefusals: nameless, Price: dollars("1"), Capabilities: numbers.Capabilities{Can: numbers.CanQuote | numbers.CanResolve},
					})
					list := several(8)
					_, err := m.Place(t.Context(), numbers.OrderRequest{Numbers: list[5:6]}) // somebody else's
					require.NoError(t, err)
					p, err := open(t, dear{m, nil, price}).Buy(t.Context(), numbers.OrderRequest{Numbers: list}, &account.BuyOptions{MaxUpfront: usd("8")})
					require.ErrorIs(t, err, numbers.ErrNumberUnavailable)
					require.NotErrorIs(t, err, numbers.ErrOverCap)
					assert.Equal(t, 7, len(p.Bought()))
				})
			})
		}
	}
}

// soldOut is a vendor that can't price what it has sold, and whose orders state a price or
// not.
type soldOut struct {
	*numberstest.Memory
	silent bool
}

func (s soldOut) Quote(ctx context.Context, r numbers.OrderRequest) (*numbers.Quotation, error) {
	for n, err := range s.Owned(ctx, numbers.OwnedQuery{Numbers: r.Numbers}) {
		if err == nil && slices.Contains(r.Numbers, n.E164) {
			err = &numbers.Error{Op: "Quote", Vendor: "memory", Kind: numbers.ErrNumberUnavailable, Numbers: r.Numbers}
		}
		if err != nil {
			return nil, err
		}
	}
	return s.Memory.Quote(ctx, r)
}

func (s soldOut) Order(ctx context.Context, id string) (*numbers.Order, error) {
	order, err := s.Memory.Order(ctx, id)
	if s.silent && order != nil {
		order.Price = nil
		for i := range order.Items {
			order.Items[i].Price = nil
		}
	}
	return order, err
}

// cappedJob is a purchase "job" of three orders at one dollar each, of which two have been
// sent, the second with a fault.
func cappedJob(t *testing.T, silent bool, second numberstest.FaultKind) (soldOut, *account.Account, numbers.OrderRequest) {
	t.Helper()
	v := soldOut{silent: silent, Memory: numberstest.NewMemory(numberstest.MemoryOptions{Price: dollars("1"), Capabilities: byNumber(1)})}
	list := several(3)
	if second != "" {
		v.Inject(numberstest.Fault{Kind: second, After: 1})
	}
	v.Inject(numberstest.Fault{Kind: numberstest.StatusBefore, Status: 402, After: 2})
	a := open(t, v)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	_, err := a.Buy(ctx, numbers.OrderRequest{Numbers: list, Reference: "job"}, &account.BuyOptions{Concurrency: 1, OnEvent: func(e numbers.Event) {
		if e.Kind == numbers.EventResolving {
			cancel()
		}
	}})
	require.Error(t, err)
	time.Sleep(time.Second)
	return v, a, numbers.OrderRequest{Numbers: list, Reference: "job"}
}

// Numbers that were sold are not quoted again, and what they cost counts.
func TestACappedPurchaseIsContinued(t *testing.T) {
	for name, second := range map[string]numberstest.FaultKind{
		"all answered": "", "one lost, and placed": numberstest.LostReply, "one lost, and not placed": numberstest.DroppedRequest,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				v, a, r := cappedJob(t, false, second)
				p, err := a.Buy(t.Context(), r, &account.BuyOptions{MaxUpfront: usd("2.99")})
				requireRefused(t, err, numbers.ErrOverCap, "MaxUpfront")
				require.NotNil(t, p)
				assert.Empty(t, p.Unknown, "it was found out first")
				assert.Len(t, p.Orders, len(v.Books().Owned()))

				p, err = a.Buy(t.Context(), r, &account.BuyOptions{MaxUpfront: usd("3")})
				require.NoError(t, err)
				assert.ElementsMatch(t, r.Numbers, p.Bought())
				assert.Empty(t, v.Books().Duplicates())
			})
		})
	}
}

// What was ordered has a price that the vendor does not state, so that the rest fits no
// cap.
func TestACappedPurchaseOfAnUnknownPriceIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v, a, r := cappedJob(t, true, "")
		opts := &account.BuyOptions{MaxUpfront: usd("100")}
		p, err := a.Buy(t.Context(), r, opts)
		requireRefused(t, err, numbers.ErrPriceUnknown, "MaxUpfront")
		require.NotNil(t, p)
		assert.Len(t, p.Orders, 2)
		plan, err := a.Plan(t.Context(), r, opts)
		requireRefused(t, err, numbers.ErrPriceUnknown, "MaxUpfront")
		assert.Len(t, plan.Known, 2)
		assert.Equal(t, "1 USD", plan.Quotation.Price.Upfront.String(), "of the rest")
		assert.Len(t, v.Books().Purchases, 2)
		p, err = a.Buy(t.Context(), r, nil)
		require.NoError(t, err)
		assert.Len(t, p.Bought(), 3)
	})
}
