package numbers_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// TestEachFailureSideBySide places ten orders, of which nearly each meets
// another fate: none stops or hides another.
func TestEachFailureSideBySide(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &scripted{caps: numbers.Capabilities{FoundBy: numbers.ByNumber, MaxNumbers: 1, ListingDelay: settle}}
		var placed sync.Map
		order := func(i int, state numbers.State, n numbers.E164) *numbers.Order {
			o := complete(fmt.Sprint("o", i), "", n)
			o.State, o.Items[0].State = state, state
			placed.Store(o.ID, o)
			return o
		}
		list := several(12)
		s.list = always()
		s.order = func(_ context.Context, id string) (*numbers.Order, error) {
			if id == "o4" {
				return nil, &numbers.Error{Op: "Order", Vendor: "script", Kind: numbers.ErrUnauthorized}
			}
			o, _ := placed.Load(id)
			return o.(*numbers.Order), nil
		}
		s.place = func(_ context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
			n := r.Numbers[0]
			fail := func(kind error) error {
				return &numbers.Error{Op: "Place", Vendor: "script", Kind: kind, Numbers: r.Numbers}
			}
			switch i := slices.Index(list, n); i {
			case 1:
				return nil, fail(numbers.ErrNumberUnavailable)
			case 2:
				return nil, fail(numbers.ErrInsufficientFunds)
			case 3:
				return order(i, numbers.StateFailed, n), nil
			case 4:
				return order(i, numbers.StatePending, n), nil // and then it can't be read
			case 5:
				return order(i, numbers.StateActionRequired, n), nil
			case 6:
				e, _ := errors.AsType[*numbers.Error](fail(numbers.ErrOutcomeUnknown))
				e.Attempt = &numbers.Attempt{Vendor: "script", Numbers: r.Numbers, Started: time.Now()}
				return nil, e
			case 7:
				return nil, errors.New("a plain error, which proves nothing")
			case 8:
				return order(i, numbers.StateComplete, n), fail(numbers.ErrInvalid) // bought, and something else is wrong
			case 9:
				o := order(i, numbers.StatePending, n)
				o.Final = true
				return o, nil
			case 10:
				return nil, nil
			default:
				return order(i, numbers.StateComplete, n), nil
			}
		}
		p, err := numbers.Buy(t.Context(), s, numbers.OrderRequest{Numbers: list}, &numbers.BuyOptions{Concurrency: 3})
		pe, ok := errors.AsType[*numbers.PurchaseError](err)
		require.True(t, ok, "%v", err)
		assert.ElementsMatch(t, []numbers.E164{list[0], list[8], list[9], list[11]}, p.Bought())
		assert.Len(t, p.Orders, 7)
		assert.Empty(t, p.Unknown, "those were resolved")
		kinds := make(map[numbers.E164]error)
		for _, err := range pe.Errs {
			e, ok := errors.AsType[*numbers.Error](err)
			require.True(t, ok)
			require.Len(t, e.Numbers, 1)
			kinds[e.Numbers[0]] = e.Kind
		}
		assert.Equal(t, map[numbers.E164]error{
			list[1]: numbers.ErrNumberUnavailable, list[2]: numbers.ErrInsufficientFunds, list[3]: numbers.ErrNumberUnavailable,
			list[4]: numbers.ErrPending, list[5]: numbers.ErrRequirements, list[6]: numbers.ErrNotPlaced, list[7]: numbers.ErrNotPlaced,
			list[8]: numbers.ErrInvalid, list[10]: numbers.ErrNotPlaced,
		}, kinds)
		var missing []numbers.E164
		for n := range pe.Missing() {
			missing = append(missing, n)
		}
		assert.ElementsMatch(t, []numbers.E164{list[1], list[2], list[3], list[6], list[7], list[10]}, missing)
		assert.Equal(t, 12, s.counted("Place"))
	})
}

// TestPartialOrders tells which numbers were bought.
func TestPartialOrders(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{SettleAfter: time.Minute})
		list := several(5)
		m.Inject(numberstest.Fault{Kind: numberstest.PartialOrder, Numbers: []string{string(list[1]), string(list[3])}})
		p, err := numbers.Buy(t.Context(), m, numbers.OrderRequest{Numbers: list}, nil)
		require.ErrorIs(t, err, numbers.ErrNumberUnavailable)
		assert.Equal(t, []numbers.E164{list[0], list[2], list[4]}, p.Bought())
		pe, _ := errors.AsType[*numbers.PurchaseError](err)
		assert.Len(t, pe.Errs, 2)
		assert.Len(t, pe.Missing(), 2)
		assert.Contains(t, pe.Missing(), list[1])
		assert.Contains(t, pe.Missing(), list[3])
	})
}

// TestOrdersThatTellLittle: vendors answer with orders that lack their numbers.
func TestOrdersThatTellLittle(t *testing.T) {
	list := several(3)
	shallow := func(o *numbers.Order, items ...numbers.Item) *numbers.Order {
		o.Items = items
		return o
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
		"read whole afterwards":      {shallow(complete("o", "", list...)), whole, list, nil, 0, 1},
		"never told":                 {shallow(complete("o", "", list...)), shallow(complete("o", "", list...)), list, nil, 0, 1},
		"one of three told":          {shallow(complete("o", "", list...)), shallow(complete("o", "", list...), whole.Items[0]), list, nil, 0, 1},
		"spelled in another way":     {spelled, spelled, nil, nil, 0, 0},
		"failed, never told":         {shallow(&numbers.Order{ID: "o", Count: 3, State: numbers.StateFailed}), shallow(&numbers.Order{ID: "o", Count: 3, State: numbers.StateFailed}), nil, numbers.ErrNumberUnavailable, 3, 1},
		"partial, never told":        {shallow(&numbers.Order{ID: "o", Count: 3, State: numbers.StatePartial}), shallow(&numbers.Order{ID: "o", Count: 3, State: numbers.StatePartial}), nil, numbers.ErrPending, 0, 1},
		"a number was left out":      {complete("o", "", list[:2]...), nil, list[:2], numbers.ErrNumberUnavailable, 1, 0},
		"no count, and nothing told": {&numbers.Order{ID: "o", State: numbers.StateComplete}, &numbers.Order{ID: "o", State: numbers.StateComplete}, list, nil, 0, 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &scripted{caps: numberCaps(), list: always()}
				s.place = func(context.Context, numbers.OrderRequest) (*numbers.Order, error) { return c.placed, nil }
				s.order = func(context.Context, string) (*numbers.Order, error) { return c.read, nil }
				p, err := numbers.Buy(t.Context(), s, numbers.OrderRequest{Numbers: list}, nil)
				if c.kind == nil {
					require.NoError(t, err)
				} else {
					require.ErrorIs(t, err, c.kind)
					pe, _ := errors.AsType[*numbers.PurchaseError](err)
					assert.Len(t, pe.Missing(), c.missing)
				}
				assert.Equal(t, c.bought, p.Bought())
				assert.Equal(t, c.reads, s.counted("Order"))
				assert.Equal(t, c.placed.State, p.Orders[0].State)
			})
		})
	}
}

// TestOrdersWithoutAnID are none.
func TestOrdersWithoutAnID(t *testing.T) {
	for name, o := range map[string]*numbers.Order{"nil": nil, "zero": {}, "without an id": {State: numbers.StateComplete, Count: 1}} {
		for _, journaled := range []bool{false, true} {
			t.Run(fmt.Sprint(name, journaled), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s := &scripted{caps: numberCaps(), list: always()}
					s.place = func(context.Context, numbers.OrderRequest) (*numbers.Order, error) { return o, nil }
					orderer := numbers.Orderer(s)
					j := &numberstest.MemoryJournal{}
					if journaled {
						orderer = numbers.Journaled(s, "main", j)
					}
					p, err := numbers.Buy(t.Context(), orderer, numbers.OrderRequest{Numbers: []numbers.E164{one}, Reference: "job"}, nil)
					require.ErrorIs(t, err, numbers.ErrNotPlaced, "a reading showed that")
					assert.Empty(t, p.Orders)
					if entry, found, _ := j.Find(t.Context(), "main", "job"); journaled {
						assert.True(t, found)
						assert.Equal(t, numbers.EntryNotPlaced, entry.End.Status)
					}
				})
			})
		}
	}
}

// TestStoppedAtEachEvent: wherever the caller stops, each order that was sent
// is in the purchase or in its Unknown, and the books have nothing else.
func TestStoppedAtEachEvent(t *testing.T) {
	for _, kind := range []numbers.EventKind{
		numbers.EventPlanned, numbers.EventSending, numbers.EventSent, numbers.EventUnknown, numbers.EventResolving,
		numbers.EventResolved, numbers.EventPending, numbers.EventSettled, numbers.EventAssigned,
	} {
		for _, after := range []int{1, 3} {
			for _, by := range []numbers.Recognition{numbers.ByNumber, numbers.ByReference} {
				t.Run(fmt.Sprint(kind, after, by), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) { stoppedAt(t, kind, after, by) })
				})
			}
		}
	}
}

func stoppedAt(t *testing.T, kind numbers.EventKind, after int, by numbers.Recognition) {
	m := numberstest.NewMemory(numberstest.MemoryOptions{
		SettleAfter: 5 * time.Minute, Capabilities: numbers.Capabilities{MaxNumbers: 1, FoundBy: by, ListingDelay: time.Minute},
	})
	for i, f := range []numberstest.FaultKind{numberstest.LostReply, numberstest.DroppedRequest, numberstest.RateLimited, numberstest.HangAfter, numberstest.StatusAfter} {
		m.Inject(numberstest.Fault{Kind: f, After: i})
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	seen := 0
	r := numbers.OrderRequest{Numbers: several(12), Reference: "job", Assign: &numbers.Assignment{MessagingProfile: "p"}}
	j := &numberstest.MemoryJournal{}
	o := numbers.Journaled(m, "main", j)
	p, err := numbers.Buy(ctx, o, r, &numbers.BuyOptions{Concurrency: 3, OnEvent: func(e numbers.Event) {
		if e.Kind == kind {
			if seen++; seen == after {
				cancel()
			}
		}
	}})
	require.GreaterOrEqual(t, seen, after)
	require.NotNil(t, p)
	require.Error(t, err)
	accounted := make(map[string]bool)
	for _, o := range p.Orders {
		for _, n := range o.Numbers() {
			accounted[string(n)] = true
		}
	}
	for _, a := range p.Unknown {
		for _, n := range a.Numbers {
			accounted[string(n)] = true
		}
	}
	pe, ok := errors.AsType[*numbers.PurchaseError](err)
	require.True(t, ok, "%T %v", err, err)
	for _, purchase := range m.Books().Purchases {
		assert.True(t, accounted[purchase.Number], "%s was sold, and nobody told", purchase.Number)
		assert.NotContains(t, pe.Missing(), numbers.E164(purchase.Number), "it was sold")
	}
	assert.Empty(t, m.Books().Duplicates())

	// Another process takes it up.
	_, err = numbers.Recover(t.Context(), j, numbers.Account{Name: "main", Orderer: m})
	require.NoError(t, err)
	again, err := numbers.Buy(t.Context(), o, r, nil)
	if errors.Is(err, numbers.ErrNotPlaced) { // a fault was left that dropped it
		again, err = numbers.Buy(t.Context(), o, r, nil)
	}
	require.NoError(t, err)
	assert.ElementsMatch(t, several(12), again.Bought())
	assert.Len(t, m.Books().Purchases, 12)
	assert.Empty(t, m.Books().Duplicates())
}

func TestNoWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{SettleAfter: time.Hour})
		began := time.Now()
		p, err := numbers.Buy(t.Context(), m, numbers.OrderRequest{Numbers: several(2)}, &numbers.BuyOptions{NoWait: true})
		require.NoError(t, err)
		assert.Zero(t, time.Since(began))
		assert.Equal(t, numbers.StatePending, p.Orders[0].State)
		assert.Empty(t, p.Bought())
		o, err := numbers.Wait(t.Context(), m, p.Orders[0].ID, nil)
		require.NoError(t, err)
		assert.Equal(t, numbers.StateComplete, o.State)
	})
}
