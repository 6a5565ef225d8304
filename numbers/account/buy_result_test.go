package account_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
	"github.com/tnkit/tnkit/numbers/driver"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

func TestBoughtReturnsWhatIsBoughtForCertain(t *testing.T) {
	assert.Nil(t, (*account.Purchase)(nil).Bought())
	final := in(numbers.StatePending, "final", "", several(4)[3])
	final.Final = true
	partial := complete("partial", "", several(3)...)
	partial.Items[1].State = numbers.StateFailed
	action := in(numbers.StateActionRequired, "action", "", one)
	action.Final = true
	p := &account.Purchase{Orders: []*numbers.Order{final, partial, in(numbers.StatePending, "pending", "", one), action, complete("spelled", "", "")}}
	assert.Equal(t, []numbers.E164{several(4)[3], several(3)[0], several(3)[2]}, p.Bought())
}

func TestAPurchaseErrorMatchesTheKindsOfItsErrors(t *testing.T) {
	refused := &numbers.Error{Op: "Place", Vendor: "v", Kind: numbers.ErrInsufficientFunds}
	limited := &numbers.Error{Op: "Place", Vendor: "v", Kind: numbers.ErrRateLimited}
	e := &account.PurchaseError{Vendor: "v", Errs: []error{refused, limited}}
	require.ErrorIs(t, e, numbers.ErrInsufficientFunds)
	require.ErrorIs(t, e, numbers.ErrRateLimited)
	assert.Equal(t, "the purchase is not complete: v: Place: insufficient funds; v: Place: rate limited", e.Error())
	assert.Equal(t, "the purchase is not complete: ", (&account.PurchaseError{}).Error())
}

// If the outcome of one order is unknown, the error matches no other kind: a caller who
// repeats on another must not buy twice.
func TestAPurchaseErrorWithAnUnknownOutcomeMatchesNoOtherKind(t *testing.T) {
	refused := &numbers.Error{Op: "Place", Vendor: "v", Kind: numbers.ErrInsufficientFunds}
	unknown := &numbers.Error{Op: "Place", Vendor: "v", Kind: numbers.ErrOutcomeUnknown, Attempt: &numbers.Attempt{Reference: "job"}}
	e := &account.PurchaseError{Vendor: "v", Errs: []error{refused, refused, unknown, refused, refused}}
	require.ErrorIs(t, e, numbers.ErrOutcomeUnknown)
	require.NotErrorIs(t, e, numbers.ErrInsufficientFunds)
	found, ok := errors.AsType[*numbers.Error](e)
	require.True(t, ok)
	assert.Equal(t, "job", found.Attempt.Reference)
	assert.True(t, strings.HasSuffix(e.Error(), "; and 2 more"), e.Error())
	assert.Empty(t, e.Missing())
}

// A refusal of the whole request is no PurchaseError, also where it comes with a Purchase.
func TestNothingIsMissingOfNoPurchaseError(t *testing.T) {
	none, ok := errors.AsType[*account.PurchaseError](&numbers.Error{Kind: numbers.ErrOverCap})
	assert.False(t, ok)
	assert.Empty(t, none.Missing())
}

// A caller may change what Missing returns.
func TestMissingReturnsACopy(t *testing.T) {
	s := &scripted{caps: byNumber(0), list: always(), place: answer(nil, &numbers.Error{Kind: numbers.ErrInsufficientFunds})}
	_, err := open(t, s).Buy(t.Context(), numbers.OrderRequest{Numbers: several(2)}, nil)
	delete(missing(err), one)
	assert.Len(t, missing(err), 2)
}

func TestAPartialOrderReportsWhichNumbersWereBought(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{SettleAfter: time.Minute})
		list := several(5)
		m.Inject(numberstest.Fault{Kind: numberstest.PartialOrder, Numbers: []string{string(list[1]), string(list[3])}})
		p, err := open(t, m).Buy(t.Context(), numbers.OrderRequest{Numbers: list}, nil)
		require.ErrorIs(t, err, numbers.ErrNumberUnavailable)
		assert.Equal(t, []numbers.E164{list[0], list[2], list[4]}, p.Bought())
		assert.Len(t, errorsIn(t, err), 2)
		assert.Len(t, missing(err), 2)
		assert.Contains(t, missing(err), list[1])
		assert.Contains(t, missing(err), list[3])
	})
}

// Vendors answer with orders that lack their numbers.
func TestAnOrderThatHidesItsNumbersHasTheRequested(t *testing.T) {
	list := several(3)
	shallow := func(state numbers.State, items ...numbers.Item) *numbers.Order {
		return &numbers.Order{Vendor: "script", ID: "o", State: state, Count: 3, Items: items}
	}
	whole := complete("o", "", list...)
	spelled := complete("o", "", list...)
	for i := range spelled.Items {
		spelled.Items[i].E164 = ""
	}
	for name, c := range map[string]struct {
		placed, read *numbers.Order
		bought       []numbers.E164
		kind         error
		missing      int
		reads        int
	}{
		"read whole afterwards":       {shallow(numbers.StateComplete), whole, list, nil, 0, 1},
		"never shown":                 {shallow(numbers.StateComplete), shallow(numbers.StateComplete), list, nil, 0, 1},
		"one of three shown":          {shallow(numbers.StateComplete), shallow(numbers.StateComplete, whole.Items[0]), list, nil, 0, 1},
		"spelled in another way":      {spelled, spelled, nil, nil, 0, 0},
		"failed, never shown":         {shallow(numbers.StateFailed), shallow(numbers.StateFailed), nil, numbers.ErrNumberUnavailable, 3, 1},
		"partial, never shown":        {shallow(numbers.StatePartial), shallow(numbers.StatePartial), nil, numbers.ErrPending, 0, 1},
		"a number was left out":       {complete("o", "", list[:2]...), nil, list[:2], numbers.ErrNumberUnavailable, 1, 0},
		"no count, and nothing shown": {&numbers.Order{ID: "o", State: numbers.StateComplete}, &numbers.Order{ID: "o", State: numbers.StateComplete}, list, nil, 0, 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &scripted{caps: byNumber(0), list: always(), place: answer(c.placed, nil), order: reads(c.read)}
				p, err := open(t, s).Buy(t.Context(), numbers.OrderRequest{Numbers: list}, nil)
				if c.kind == nil {
					require.NoError(t, err)
				} else {
					require.ErrorIs(t, err, c.kind)
					assert.Len(t, missing(err), c.missing)
				}
				assert.Equal(t, c.bought, p.Bought())
				assert.Equal(t, c.reads, s.counted("Order"))
				assert.Equal(t, c.placed.State, p.Orders[0].State)
			})
		})
	}
}

// An order of one number is that number's, as the vendor may spell it.
func TestOneNumberIsKnownByItsVendorsSpelling(t *testing.T) {
	for state, bought := range map[numbers.State]bool{numbers.StateComplete: true, numbers.StateFailed: false} {
		t.Run(string(state), func(t *testing.T) {
			own := numbers.Item{VendorNumber: "0202", State: state, Owned: &numbers.Number{ID: "n"}}
			spelled := &numbers.Order{Vendor: "script", ID: "o", State: state, Count: 1, Items: []numbers.Item{own}}
			s := &scripted{caps: byNumber(0), list: always(), place: answer(spelled, nil)}
			p, err := open(t, s).Buy(t.Context(), numbers.OrderRequest{Numbers: several(1)}, nil)
			require.Len(t, p.Orders, 1)
			assert.Equal(t, numbers.Item{VendorNumber: "0202", State: state, Owned: &numbers.Number{ID: "n"}}, spelled.Items[0], "the Orderer's own is left as it was")
			if item := p.Orders[0].Items[0]; assert.Equal(t, one, item.E164) {
				assert.Equal(t, "0202", item.VendorNumber)
				assert.Equal(t, one, item.Owned.E164)
				assert.Equal(t, "main", item.Owned.Account)
			}
			if bought {
				require.NoError(t, err)
				assert.Equal(t, several(1), p.Bought())
				return
			}
			assert.ErrorIs(t, missing(err)[one], numbers.ErrNumberUnavailable)
		})
	}
}

// An order for other numbers is no success: it is kept, since it may have been paid for,
// and what was requested is not said to be free for another order. A redelivery returns
// the same.
func TestAnOrderForOtherNumbersIsNoSuccess(t *testing.T) {
	list := several(2)
	strange := complete("o", "", "+19705555098")
	pending := &numbers.Order{Vendor: "script", ID: "o", State: numbers.StatePending, Count: 2}
	for name, c := range map[string]struct {
		placed, read *numbers.Order
		noWait       bool
	}{
		"at once":               {placed: strange},
		"at once, not waited":   {placed: strange, noWait: true},
		"when it is read":       {placed: pending, read: strange},
		"failed":                {placed: in(numbers.StateFailed, "o", "", "+19705555098")},
		"counted, not shown":    {placed: pending, read: &numbers.Order{Vendor: "script", ID: "o", State: numbers.StateComplete, Count: 10}},
		"counted, some shown":   {placed: &numbers.Order{Vendor: "script", ID: "o", State: numbers.StateComplete, Count: 10, Items: complete("o", "", list[:1]...).Items}},
		"pending, never waited": {placed: in(numbers.StatePending, "o", "", "+19705555098")},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &scripted{caps: byNumber(0), list: always(), place: answer(c.placed, nil), order: reads(c.read)}
				if c.read == nil {
					s.order = reads(c.placed)
				}
				a := open(t, s)
				for range 2 {
					p, err := a.Buy(t.Context(), numbers.OrderRequest{Numbers: list, Reference: "job"}, &account.BuyOptions{NoWait: c.noWait})
					require.ErrorIs(t, err, numbers.ErrConflict)
					assert.Len(t, errorsIn(t, err), 1)
					assert.Empty(t, missing(err))
					require.Len(t, p.Orders, 1)
					assert.Equal(t, "o", p.Orders[0].ID)
					assert.NotContains(t, p.Bought(), list[1])
				}
				assert.Equal(t, 1, s.counted("Place"))
			})
		})
	}
}

// The adapter has found the conflict already: it is reported once.
func TestAConflictThatThePlaceReportsIsReportedOnce(t *testing.T) {
	for _, state := range []numbers.State{numbers.StateComplete, numbers.StatePending} {
		strange := in(state, "o", "", "+19705555098")
		s := &scripted{caps: byNumber(0), list: always()}
		s.place = func(_ context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
			return driver.CheckPlaced(strange, r)
		}
		p, err := open(t, s).Buy(t.Context(), numbers.OrderRequest{Numbers: several(1)}, nil)
		require.ErrorIs(t, err, numbers.ErrConflict)
		assert.Len(t, errorsIn(t, err), 1)
		assert.Equal(t, []*numbers.Order{named(strange)}, p.Orders)
		assert.Zero(t, s.counted("Order"), "it is not waited for")
	}
}

// The order counts fewer numbers than were requested, and does not show which.
func TestANumberThatPerhapsWasBoughtIsNotMissing(t *testing.T) {
	some := &numbers.Order{Vendor: "script", ID: "o", State: numbers.StateComplete, Count: 2}
	s := &scripted{caps: byNumber(0), list: always(), place: answer(some, nil), order: reads(some)}
	p, err := open(t, s).Buy(t.Context(), numbers.OrderRequest{Numbers: several(3)}, nil)
	require.ErrorIs(t, err, numbers.ErrPending)
	assert.Len(t, errorsIn(t, err), 3)
	assert.Empty(t, missing(err), "two of them were bought")
	assert.Empty(t, p.Bought())
}

// unstated is a vendor whose orders do not state their price.
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

// Events say where and for how much also where the order does not: an audit log has
// nothing else.
func TestEventsHaveTheAccountAndThePrice(t *testing.T) {
	price := &numbers.Price{Upfront: usd("1.00"), Monthly: usd("0.50")}
	opts := numberstest.MemoryOptions{Price: price, Capabilities: byNumber(1)}
	for _, n := range several(3) {
		opts.Offers = append(opts.Offers, numbers.Offer{Vendor: "memory", E164: n, Price: price})
	}
	for name, buy := range map[string]func(ctx context.Context, a *account.Account, opts account.BuyOptions) error{
		"quoted": func(ctx context.Context, a *account.Account, opts account.BuyOptions) error {
			opts.MaxUpfront = usd("3")
			return second(a.Buy(ctx, numbers.OrderRequest{Numbers: several(3)}, &opts))
		},
		"offered": func(ctx context.Context, a *account.Account, opts account.BuyOptions) error {
			return second(a.BuyAny(ctx, numbers.SearchQuery{}, 3, &account.BuyAnyOptions{BuyOptions: opts}))
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var w watch
				require.NoError(t, buy(t.Context(), open(t, unstated{numberstest.NewMemory(opts)}), account.BuyOptions{OnEvent: w.see}))
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
