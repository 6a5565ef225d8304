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

// verbs calls each verb that only some vendors have, with what a vendor of this name has.
func verbs(ctx context.Context, a *account.Account) map[string]func() error {
	vendor := a.Capabilities().Vendor
	own := &numbers.Number{Vendor: vendor, ID: "n", E164: one}
	request := numbers.OrderRequest{Numbers: []numbers.E164{one}}
	return map[string]func() error{
		"Search": func() error {
			for _, err := range a.Search(ctx, numbers.SearchQuery{}) {
				return err
			}
			return nil
		},
		"Owned": func() error {
			for _, err := range a.Owned(ctx, numbers.OwnedQuery{}) {
				return err
			}
			return nil
		},
		"Quote":   func() error { return second(a.Quote(ctx, request)) },
		"Reserve": func() error { return second(a.Reserve(ctx, numbers.ReserveRequest{Numbers: request.Numbers})) },
		"Cancel":  func() error { return second(a.Cancel(ctx, &numbers.Order{Vendor: vendor, ID: "o"})) },
		"Find":    func() error { return second(a.Find(ctx, one)) },
		"Release": func() error { return a.Release(ctx, own) },
		"Assign":  func() error { return second(a.Assign(ctx, own, numbers.Assignment{Connection: "c"})) },
		"BuyAny":  func() error { return second(a.BuyAny(ctx, numbers.SearchQuery{}, 1, nil)) },
	}
}

func TestWhatTheVendorLacksIsUnsupportedAndNothingIsSent(t *testing.T) {
	m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: numbers.Capabilities{Can: numbers.CanResolve}})
	for name, call := range verbs(t.Context(), open(t, m)) {
		err := call()
		require.ErrorIs(t, err, errors.ErrUnsupported, name)
		e, ok := errors.AsType[*numbers.Error](err)
		require.True(t, ok)
		assert.Equal(t, []string{"memory", "main", name}, []string{e.Vendor, e.Account, e.Op})
	}
	assert.Empty(t, m.Calls())
}

// Capabilities that promise too much.
func TestWhatIsDeclaredWithoutTheMethodIsUnsupported(t *testing.T) {
	s := &scripted{caps: numbers.Capabilities{Can: 1<<32 - 1}}
	for name, call := range verbs(t.Context(), open(t, s)) {
		require.ErrorIs(t, call(), errors.ErrUnsupported, name)
	}
}

// masked takes abilities away. A decorator can't add any.
type masked struct {
	numbers.Orderer
	can numbers.Ability
}

func (m masked) Unwrap() numbers.Orderer { return m.Orderer }
func (m masked) Capabilities() numbers.Capabilities {
	c := m.Orderer.Capabilities()
	c.Can = m.can
	return c
}

func TestTheOutermostOrdererDeclaresAndTheInnermostActs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{})
		a := open(t, masked{masked{m, 0}, numbers.CanListOwned})
		_, err := a.Buy(t.Context(), numbers.OrderRequest{Numbers: []numbers.E164{one}}, nil)
		require.NoError(t, err)
		own, err := a.Find(t.Context(), one)
		require.NoError(t, err, "the outermost declares it, and the innermost has it")
		require.ErrorIs(t, a.Release(t.Context(), own), errors.ErrUnsupported, "the outermost does not declare it")
		require.NoError(t, open(t, m).Release(t.Context(), own))
	})
}

func TestASearchYieldsNoMoreThanItsLimit(t *testing.T) {
	asked := 0
	s := &scripted{caps: numbers.Capabilities{Can: numbers.CanSearch}}
	a := open(t, searching{s, func(numbers.SearchQuery) seqOfOffers {
		return func(yield func(*numbers.Offer, error) bool) {
			for _, offer := range offersOf(several(10)...) {
				if asked++; !yield(&offer, nil) {
					return
				}
			}
		}
	}})
	for limit, want := range map[int]int{0: 10, 1: 1, 3: 3, 10: 10, 99: 10} {
		asked = 0
		got := 0
		for offer, err := range a.Search(t.Context(), numbers.SearchQuery{Limit: limit}) {
			require.NoError(t, err)
			assert.Equal(t, "main", offer.Account)
			got++
		}
		assert.Equal(t, want, got, "limit %d, at a vendor that has none", limit)
		assert.Equal(t, want, asked, "and no offer is read that nobody gets")
	}
	for offer, err := range a.Search(t.Context(), numbers.SearchQuery{Limit: 5}) {
		require.NoError(t, err)
		assert.Equal(t, one, offer.E164)
		break
	}
	for _, err := range a.Search(t.Context(), numbers.SearchQuery{Limit: -1}) {
		requireRefused(t, err, numbers.ErrInvalid, "Limit")
	}
	for _, err := range a.Search(t.Context(), numbers.SearchQuery{Country: "US", AreaCode: "202"}) {
		requireRefused(t, err, errors.ErrUnsupported, "Country|AreaCode")
	}
}

func TestFindReturnsTheOneNumber(t *testing.T) {
	number := func(id string, n numbers.E164, state numbers.NumberState) *numbers.Number {
		return &numbers.Number{Vendor: "script", ID: id, E164: n, State: state}
	}
	for name, c := range map[string]struct {
		owned []*numbers.Number
		err   error
		want  string
		kind  error
	}{
		"there":               {[]*numbers.Number{number("n", one, "active")}, nil, "n", nil},
		"not there":           {nil, nil, "", numbers.ErrNotFound},
		"released":            {[]*numbers.Number{number("n", one, "released")}, nil, "", numbers.ErrNotFound},
		"released and there":  {[]*numbers.Number{number("old", one, "released"), number("n", one, "active")}, nil, "n", nil},
		"twice":               {[]*numbers.Number{number("n1", one, "active"), number("n2", one, "active")}, nil, "", numbers.ErrConflict},
		"the same row twice":  {[]*numbers.Number{number("n", one, "active"), number("n", one, "active")}, nil, "n", nil},
		"others, too":         {[]*numbers.Number{number("x", several(2)[1], "active"), nil, number("n", one, "pending")}, nil, "n", nil},
		"others alone":        {[]*numbers.Number{number("x", several(2)[1], "active")}, nil, "", numbers.ErrNotFound},
		"a listing that ends": {[]*numbers.Number{number("n", one, "active")}, &numbers.Error{Kind: numbers.ErrIncomplete}, "", numbers.ErrIncomplete},
	} {
		t.Run(name, func(t *testing.T) {
			s := &scripted{caps: numbers.Capabilities{Can: numbers.CanListOwned}}
			s.inv = func(_ context.Context, q numbers.OwnedQuery) seqOfNumbers {
				assert.Equal(t, []numbers.E164{one}, q.Numbers)
				return sequence(c.err, c.owned...)
			}
			n, err := open(t, stocked{s}).Find(t.Context(), one)
			require.ErrorIs(t, err, c.kind)
			if c.kind != nil {
				assert.Nil(t, n)
				return
			}
			assert.Equal(t, c.want, n.ID)
			assert.Equal(t, "main", n.Account)
		})
	}
	m := numberstest.NewMemory(numberstest.MemoryOptions{})
	for _, n := range []numbers.E164{"", "12025550100", "+1202CALL"} {
		_, err := open(t, m).Find(t.Context(), n)
		requireRefused(t, err, numbers.ErrInvalid, "Number")
	}
	assert.Empty(t, m.Calls())
}

// What belongs to another vendor or account is refused before anything is sent. What an
// Orderer returned has no account's name, and passes.
func TestWhatBelongsToAnotherIsRefused(t *testing.T) {
	m := numberstest.NewMemory(numberstest.MemoryOptions{})
	a := open(t, m)
	mine := numbers.Number{Vendor: "memory", Account: "main", ID: "n", E164: one}
	for name, change := range map[string]func(*numbers.Number){
		"another vendor":  func(n *numbers.Number) { n.Vendor = "telnyx" },
		"no vendor":       func(n *numbers.Number) { n.Vendor = "" },
		"another account": func(n *numbers.Number) { n.Account = "other" },
		"no id":           func(n *numbers.Number) { n.ID = "" },
	} {
		t.Run(name, func(t *testing.T) {
			n := mine
			change(&n)
			requireRefused(t, a.Release(t.Context(), &n), numbers.ErrInvalid, "Number")
			requireRefused(t, second(a.Assign(t.Context(), &n, numbers.Assignment{Connection: "c"})), numbers.ErrInvalid, "Number")
			requireRefused(t, second(a.Cancel(t.Context(), &numbers.Order{Vendor: n.Vendor, Account: n.Account, ID: n.ID})), numbers.ErrInvalid, "Order")
		})
	}
	requireRefused(t, a.Release(t.Context(), nil), numbers.ErrInvalid, "Number")
	requireRefused(t, second(a.Assign(t.Context(), nil, numbers.Assignment{})), numbers.ErrInvalid, "Number")
	requireRefused(t, second(a.Cancel(t.Context(), nil)), numbers.ErrInvalid, "Order")
	requireRefused(t, second(a.Assign(t.Context(), &mine, numbers.Assignment{})), numbers.ErrInvalid, "Assignment")
	requireRefused(t, second(a.Assign(t.Context(), &mine, numbers.Assignment{Connection: "c", CallFlow: "f"})), errors.ErrUnsupported, "CallFlow")
	locked := mine
	locked.Locked = true
	require.ErrorIs(t, a.Release(t.Context(), &locked), numbers.ErrLocked)
	assert.Empty(t, m.Calls())
	mine.Account = ""
	require.NoError(t, a.Release(t.Context(), &mine), "it is gone already")
}

// Release ends the hold of the purchase that brought the number, and of no other number.
func TestReleaseEndsTheHoldOfItsNumber(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: byNumber(0)})
		j := new(account.MemoryJournal)
		a := openWith(t, m, j)
		_, err := a.Buy(t.Context(), numbers.OrderRequest{Numbers: several(2), Reference: "job"}, nil)
		require.NoError(t, err)
		own, err := a.Find(t.Context(), one)
		require.NoError(t, err)
		m.Lock(one)
		require.ErrorIs(t, a.Release(t.Context(), own), numbers.ErrLocked, "it was locked since")
		assert.Len(t, entryBy(t, j, "job").End.Held, 2, "and is held")

		other, err := a.Find(t.Context(), several(2)[1])
		require.NoError(t, err)
		require.NoError(t, a.Release(t.Context(), other))
		assert.Equal(t, several(1), entryBy(t, j, "job").End.Held)
		assert.Equal(t, numbers.EntryPlaced, entryBy(t, j, "job").End.Status)
		p, err := a.Buy(t.Context(), numbers.OrderRequest{Numbers: several(2)[1:], Reference: "again"}, nil)
		require.NoError(t, err)
		assert.Len(t, p.Bought(), 1)
	})
}

// Everything that an Account returns has its name, although the Orderer knows none.
func TestWhatAnAccountReturnsHasItsName(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{SettleAfter: time.Hour, Price: dollars("1"), Offers: offersOf(several(3)...)})
		a := open(t, m)
		p, err := a.Buy(t.Context(), numbers.OrderRequest{Numbers: several(1)}, &account.BuyOptions{NoWait: true})
		require.NoError(t, err)
		got := map[string]string{"Buy": p.Orders[0].Account}
		order, err := a.Order(t.Context(), "order-1")
		require.NoError(t, err)
		got["Order"] = order.Account
		for o, err := range a.Orders(t.Context(), numbers.OrderQuery{}) {
			require.NoError(t, err)
			got["Orders"] = o.Account
		}
		quotation, err := a.Quote(t.Context(), numbers.OrderRequest{Numbers: several(1)})
		require.NoError(t, err)
		got["Quote"] = quotation.Account
		reservation, err := a.Reserve(t.Context(), numbers.ReserveRequest{Numbers: several(3)})
		require.NoError(t, err)
		got["Reserve"] = reservation.Account
		assert.True(t, reservation.Items[1].Held)
		require.Error(t, reservation.Items[0].Err)
		own, err := a.Find(t.Context(), one)
		require.NoError(t, err)
		got["Find"] = own.Account
		own, err = a.Assign(t.Context(), own, numbers.Assignment{Connection: "c"})
		require.NoError(t, err)
		got["Assign"] = own.Account
		canceled, err := a.Cancel(t.Context(), order)
		require.NoError(t, err)
		assert.Equal(t, numbers.StateCanceled, canceled.State)
		got["Cancel"] = canceled.Account
		for verb, name := range got {
			assert.Equal(t, "main", name, verb)
		}
		for _, id := range []string{"", "no such order"} {
			_, err = a.Order(t.Context(), id)
			require.ErrorContains(t, err, "memory/main: Order")
		}
	})
}

// An error that joins errors keeps each, with the account's name; one that joins none is
// still an error.
func TestErrorsThatJoinErrorsStayErrors(t *testing.T) {
	for name, err := range map[string]error{
		"joined":  errors.Join(&numbers.Error{Op: "Order", Vendor: "script", Kind: numbers.ErrForbidden}, errors.New("and another")),
		"wrapped": fmt.Errorf("outer: %w", &numbers.Error{Op: "Order", Vendor: "script", Kind: numbers.ErrForbidden}),
		"empty":   empty{},
		"plain":   errors.New("EOF"),
		"nil":     (*numbers.Error)(nil),
	} {
		t.Run(name, func(t *testing.T) {
			s := &scripted{order: func(context.Context, string) (*numbers.Order, error) { return nil, err }}
			o, got := open(t, s).Order(t.Context(), "o")
			require.Error(t, got)
			assert.Nil(t, o)
			assert.ErrorContains(t, got, "script/main")
			if name == "joined" || name == "wrapped" {
				require.ErrorIs(t, got, numbers.ErrForbidden)
			} else {
				require.ErrorIs(t, got, numbers.ErrVendor)
			}
		})
	}
}

// Another order in the place of the one that was asked for is the vendor's error.
func TestAnotherOrderInItsPlaceIsRefused(t *testing.T) {
	for _, o := range []*numbers.Order{nil, complete("other", "", one), {}} {
		_, err := open(t, &scripted{order: reads(o)}).Order(t.Context(), "o")
		require.ErrorIs(t, err, numbers.ErrVendor)
	}
}
