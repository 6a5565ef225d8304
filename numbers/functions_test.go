package numbers_test

import (
	"context"
	"errors"
	"iter"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// functions calls every function once, with what a Memory of these names has.
func functions(ctx context.Context, o numbers.Orderer) map[string]func() error {
	own := &numbers.Number{Vendor: "memory", ID: "n", E164: one}
	order := &numbers.Order{Vendor: "memory", ID: "o"}
	request := numbers.OrderRequest{Numbers: []numbers.E164{one}}
	return map[string]func() error{
		"Search": func() error {
			for _, err := range numbers.Search(ctx, o, numbers.SearchQuery{}) {
				return err
			}
			return nil
		},
		"Owned": func() error {
			for _, err := range numbers.Owned(ctx, o, numbers.OwnedQuery{}) {
				return err
			}
			return nil
		},
		"Quote":   func() error { return second(numbers.Quote(ctx, o, request)) },
		"Reserve": func() error { return second(numbers.Reserve(ctx, o, numbers.ReserveRequest{Numbers: request.Numbers})) },
		"Cancel":  func() error { return second(numbers.Cancel(ctx, o, order)) },
		"Find":    func() error { return second(numbers.Find(ctx, o, one)) },
		"Release": func() error { return numbers.Release(ctx, o, own) },
		"Assign":  func() error { return second(numbers.Assign(ctx, o, own, numbers.Assignment{Connection: "c"})) },
	}
}

func TestFunctionsOfNobody(t *testing.T) {
	for _, o := range []numbers.Orderer{nil, (*numberstest.Memory)(nil), (*scripted)(nil)} {
		for name, call := range functions(t.Context(), o) {
			err := call()
			requireRefused(t, err, numbers.ErrInvalid, "Orderer")
			assert.ErrorContains(t, err, name)
		}
	}
}

func TestFunctionsThatTheVendorLacks(t *testing.T) {
	m := numberstest.NewMemory(numberstest.MemoryOptions{Account: "main", Capabilities: numbers.Capabilities{Can: numbers.CanResolve}})
	for name, call := range functions(t.Context(), m) {
		err := call()
		require.ErrorIs(t, err, errors.ErrUnsupported, name)
		e, ok := errors.AsType[*numbers.Error](err)
		require.True(t, ok)
		assert.Equal(t, "memory", e.Vendor)
		assert.Equal(t, "main", e.Account)
		assert.Equal(t, name, e.Op)
	}
	assert.Empty(t, m.Calls())
}

// TestDeclaredWithoutTheMethod: Capabilities that promise too much.
func TestDeclaredWithoutTheMethod(t *testing.T) {
	s := &scripted{caps: numbers.Capabilities{Can: 1<<32 - 1}}
	for name, call := range functions(t.Context(), s) {
		require.ErrorIs(t, call(), errors.ErrUnsupported, name)
	}
}

// masked takes abilities away; a decorator can't add any.
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

func TestDecorators(t *testing.T) {
	m := numberstest.NewMemory(numberstest.MemoryOptions{})
	deep := masked{masked{numbers.Journaled(masked{m, 0}, "main", &numberstest.MemoryJournal{}), 0}, numbers.CanListOwned}
	found, ok := numbers.As[*numberstest.Memory](deep)
	require.True(t, ok)
	assert.Same(t, m, found)
	outer, ok := numbers.As[masked](deep)
	require.True(t, ok)
	assert.Equal(t, deep, outer, "the outermost comes first")
	_, ok = numbers.As[numbers.Precedent](deep)
	assert.False(t, ok)
	_, ok = numbers.As[*numberstest.Memory](nil)
	assert.False(t, ok)

	_, err := m.Place(t.Context(), numbers.OrderRequest{Numbers: []numbers.E164{one}})
	require.NoError(t, err)
	own, err := numbers.Find(t.Context(), deep, one)
	require.NoError(t, err, "the outermost declares it, and the innermost has it")
	require.ErrorIs(t, numbers.Release(t.Context(), deep, own), errors.ErrUnsupported, "the outermost does not declare it")
	require.NoError(t, numbers.Release(t.Context(), m, own))
}

func TestSearchLimit(t *testing.T) {
	asked := 0
	s := &scripted{caps: numbers.Capabilities{Can: numbers.CanSearch}}
	o := searching{s, func(numbers.SearchQuery) iter.Seq2[*numbers.Offer, error] {
		return func(yield func(*numbers.Offer, error) bool) {
			for _, offer := range offersOf(several(10)...) {
				if asked++; !yield(&offer, nil) {
					return
				}
			}
		}
	}}
	for limit, want := range map[int]int{0: 10, 1: 1, 3: 3, 10: 10, 99: 10} {
		asked = 0
		got := 0
		for _, err := range numbers.Search(t.Context(), o, numbers.SearchQuery{Limit: limit}) {
			require.NoError(t, err)
			got++
		}
		assert.Equal(t, want, got, "limit %d, at a vendor that knows none", limit)
		assert.Equal(t, want, asked, "and no offer is read that nobody gets")
	}
	for offer, err := range numbers.Search(t.Context(), o, numbers.SearchQuery{Limit: 5}) {
		require.NoError(t, err)
		assert.Equal(t, one, offer.E164)
		break
	}
	for _, err := range numbers.Search(t.Context(), o, numbers.SearchQuery{Limit: -1}) {
		requireRefused(t, err, numbers.ErrInvalid, "Limit")
	}
	for _, err := range numbers.Search(t.Context(), o, numbers.SearchQuery{Country: "US", AreaCode: "202"}) {
		requireRefused(t, err, errors.ErrUnsupported, "Country|AreaCode")
	}
}

func TestFind(t *testing.T) {
	number := func(id string, n numbers.E164, state numbers.NumberState) *numbers.Number {
		return &numbers.Number{Vendor: "script", ID: id, E164: n, State: state}
	}
	broken := &numbers.Error{Kind: numbers.ErrIncomplete}
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
		"a listing that ends": {[]*numbers.Number{number("n", one, "active")}, broken, "", numbers.ErrIncomplete},
	} {
		t.Run(name, func(t *testing.T) {
			s := &scripted{caps: numbers.Capabilities{Can: numbers.CanListOwned}}
			s.inv = func(_ context.Context, q numbers.OwnedQuery) iter.Seq2[*numbers.Number, error] {
				assert.Equal(t, []numbers.E164{one}, q.Numbers)
				return sequence(c.err, c.owned...)
			}
			n, err := numbers.Find(t.Context(), stocked{s}, one)
			if c.kind != nil {
				require.ErrorIs(t, err, c.kind)
				assert.Nil(t, n)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, c.want, n.ID)
		})
	}
	m := numberstest.NewMemory(numberstest.MemoryOptions{})
	for _, n := range []numbers.E164{"", "12025550100", "+1202CALL"} {
		_, err := numbers.Find(t.Context(), m, n)
		requireRefused(t, err, numbers.ErrInvalid, "Number")
	}
	assert.Empty(t, m.Calls())
}

// TestForeigners: what belongs to another vendor or account is refused before
// anything is sent.
func TestForeigners(t *testing.T) {
	m := numberstest.NewMemory(numberstest.MemoryOptions{Account: "main"})
	mine := numbers.Number{Vendor: "memory", Account: "main", ID: "n", E164: one}
	for name, change := range map[string]func(*numbers.Number){
		"another vendor":  func(n *numbers.Number) { n.Vendor = "telnyx" },
		"another account": func(n *numbers.Number) { n.Account = "other" },
		"no account":      func(n *numbers.Number) { n.Account = "" },
		"no id":           func(n *numbers.Number) { n.ID = "" },
	} {
		n := mine
		change(&n)
		requireRefused(t, numbers.Release(t.Context(), m, &n), numbers.ErrInvalid, "Number")
		requireRefused(t, second(numbers.Assign(t.Context(), m, &n, numbers.Assignment{Connection: "c"})), numbers.ErrInvalid, "Number")
		order := &numbers.Order{Vendor: n.Vendor, Account: n.Account, ID: n.ID}
		requireRefused(t, second(numbers.Cancel(t.Context(), m, order)), numbers.ErrInvalid, "Order")
		_ = name
	}
	requireRefused(t, numbers.Release(t.Context(), m, nil), numbers.ErrInvalid, "Number")
	requireRefused(t, second(numbers.Assign(t.Context(), m, nil, numbers.Assignment{})), numbers.ErrInvalid, "Number")
	requireRefused(t, second(numbers.Cancel(t.Context(), m, nil)), numbers.ErrInvalid, "Order")
	requireRefused(t, second(numbers.Assign(t.Context(), m, &mine, numbers.Assignment{})), numbers.ErrInvalid, "Assignment")
	requireRefused(t, second(numbers.Assign(t.Context(), m, &mine, numbers.Assignment{Connection: "c", CallFlow: "f"})), errors.ErrUnsupported, "CallFlow")
	mine.Locked = true
	require.ErrorIs(t, numbers.Release(t.Context(), m, &mine), numbers.ErrLocked)
	assert.Empty(t, m.Calls())
}

// TestBadRequests: each is refused before anything is sent, by whatever takes a
// request.
func TestBadRequests(t *testing.T) {
	list := several(3)
	m := numberstest.NewMemory(numberstest.MemoryOptions{Account: "main", Capabilities: numbers.Capabilities{MaxNumbers: 2}})
	j := numbers.Journaled(m, "main", &numberstest.MemoryJournal{})
	for name, c := range map[string]struct {
		r     numbers.OrderRequest
		kind  error
		field string
	}{
		"no numbers": {numbers.OrderRequest{}, numbers.ErrInvalid, "Numbers"},
		"no E.164":   {numbers.OrderRequest{Numbers: []numbers.E164{one, "12025550100"}}, numbers.ErrInvalid, "Numbers[1]"},
		"empty":      {numbers.OrderRequest{Numbers: []numbers.E164{""}}, numbers.ErrInvalid, "Numbers[0]"},
		"doubled":    {numbers.OrderRequest{Numbers: []numbers.E164{list[0], list[1], list[0]}}, numbers.ErrInvalid, "Numbers[2]"},
		"assignment": {numbers.OrderRequest{Numbers: list[:1], Assign: &numbers.Assignment{CallFlow: "f", Application: "a"}}, errors.ErrUnsupported, "Assign.Application|CallFlow"},
		"template":   {numbers.OrderRequest{Numbers: list[:1], Native: &struct{}{}}, numbers.ErrInvalid, "Native"},
		"by value":   {numbers.OrderRequest{Numbers: list[:1], Native: numberstest.MemoryRequest{}}, numbers.ErrInvalid, "Native"},
		"nil":        {numbers.OrderRequest{Numbers: list[:1], Native: (*numberstest.MemoryRequest)(nil)}, numbers.ErrInvalid, "Native"},
	} {
		t.Run(name, func(t *testing.T) {
			requireRefused(t, second(numbers.Buy(t.Context(), m, c.r, nil)), c.kind, c.field)
			requireRefused(t, second(numbers.PlanPurchase(t.Context(), m, c.r, nil)), c.kind, c.field)
			requireRefused(t, second(numbers.Quote(t.Context(), m, c.r)), c.kind, c.field)
			if c.r.Native != nil {
				requireRefused(t, second(numbers.BuyAny(t.Context(), m, numbers.SearchQuery{}, 1, &numbers.BuyAnyOptions{Native: c.r.Native})), c.kind, c.field)
			} else if c.r.Assign == nil {
				requireRefused(t, second(numbers.Reserve(t.Context(), m, numbers.ReserveRequest{Numbers: c.r.Numbers})), c.kind, c.field)
			}
			if name != "doubled" { // which is three
				requireRefused(t, second(m.Place(t.Context(), c.r)), c.kind, c.field)
				requireRefused(t, second(j.Place(t.Context(), c.r)), c.kind, c.field)
			}
		})
	}
	requireRefused(t, second(j.Place(t.Context(), numbers.OrderRequest{Numbers: list})), numbers.ErrInvalid, "Numbers")
	requireRefused(t, second(numbers.Buy(t.Context(), nil, numbers.OrderRequest{Numbers: list}, nil)), numbers.ErrInvalid, "Orderer")
	requireRefused(t, second(numbers.PlanPurchase(t.Context(), (*numberstest.Memory)(nil), numbers.OrderRequest{Numbers: list}, nil)), numbers.ErrInvalid, "Orderer")
	require.EqualError(t, second(numbers.PlanPurchase(t.Context(), nil, numbers.OrderRequest{}, nil)), "numbers: PlanPurchase: invalid (field Orderer): the Orderer is nil")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := numbers.Buy(ctx, m, numbers.OrderRequest{Numbers: list}, nil)
	require.ErrorIs(t, err, context.Canceled)
	assert.Empty(t, m.Calls())
}

func TestNative(t *testing.T) {
	type own struct{ id int }
	v := &own{7}
	for name, from := range map[string]numbers.NativeHolder{
		"order": &numbers.Order{Native: v}, "number": &numbers.Number{Native: v}, "offer": &numbers.Offer{Native: v},
		"quotation": &numbers.Quotation{Native: v}, "reservation": &numbers.Reservation{Native: v},
	} {
		got, ok := numbers.Native[*own](from)
		require.True(t, ok, name)
		assert.Same(t, v, got)
		_, ok = numbers.Native[*numbers.Order](from)
		assert.False(t, ok, "another type")
		_, ok = numbers.Native[own](from)
		assert.False(t, ok, "not by value")
	}
	for name, from := range map[string]numbers.NativeHolder{
		"nothing": nil, "no order": (*numbers.Order)(nil), "no number": (*numbers.Number)(nil), "no offer": (*numbers.Offer)(nil),
		"no quotation": (*numbers.Quotation)(nil), "no reservation": (*numbers.Reservation)(nil), "an order without": &numbers.Order{},
	} {
		got, ok := numbers.Native[*own](from)
		assert.False(t, ok, name)
		assert.Nil(t, got)
	}
	assert.Nil(t, (*numbers.Order)(nil).Numbers())
	assert.Equal(t, several(2), (&numbers.Order{Items: append(complete("", "", several(2)...).Items, numbers.Item{VendorNumber: "masked"})}).Numbers())
}
