package account_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

func TestBuyReportsEachStep(t *testing.T) {
	price := &numbers.Price{Upfront: usd("1.00"), Monthly: usd("0.50")}
	for name, c := range map[string]struct {
		faults []numberstest.Fault
		assign *numbers.Assignment
		want   []numbers.EventKind
	}{
		"plain": {nil, nil, []numbers.EventKind{"planned", "sending", "sent", "pending", "settled"}},
		"lost": {[]numberstest.Fault{{Kind: numberstest.LostReply}}, nil,
			[]numbers.EventKind{"planned", "sending", "unknown", "resolving", "resolved", "pending", "settled"}},
		"dropped": {[]numberstest.Fault{{Kind: numberstest.DroppedRequest}}, nil,
			[]numbers.EventKind{"planned", "sending", "unknown", "resolving", "resolved"}},
		"refused": {[]numberstest.Fault{{Kind: numberstest.StatusBefore, Status: 402}}, nil,
			[]numbers.EventKind{"planned", "sending", "sent"}},
		"rate limited": {[]numberstest.Fault{{Kind: numberstest.RateLimited}}, nil,
			[]numbers.EventKind{"planned", "sending", "sent", "sending", "sent", "pending", "settled"}},
		"assigned": {nil, &numbers.Assignment{MessagingProfile: "profile"},
			[]numbers.EventKind{"planned", "sending", "sent", "pending", "settled", "assigned"}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := numberstest.NewMemory(numberstest.MemoryOptions{SettleAfter: 20 * time.Second, Price: price, Capabilities: byReference(0)})
				m.Inject(c.faults...)
				var w watch
				began := time.Now()
				r := numbers.OrderRequest{Numbers: []numbers.E164{one}, Reference: "job", Assign: c.assign}
				p, err := open(t, m).Buy(t.Context(), r, &account.BuyOptions{OnEvent: w.see})
				assert.Equal(t, c.want, w.kinds())
				last := began
				for _, e := range w.events {
					assert.Equal(t, []string{"memory", "main", "job"}, []string{e.Vendor, e.Account, e.Reference}, e.Kind)
					assert.Equal(t, []numbers.E164{one}, e.Numbers)
					assert.False(t, e.Time.Before(last))
					last = e.Time
					if e.Kind == numbers.EventPending || e.Kind == numbers.EventSettled || e.Kind == numbers.EventAssigned {
						assert.Equal(t, "order-1", e.OrderID)
						assert.Equal(t, price, e.Price)
						assert.NoError(t, e.Err)
					}
				}
				final := w.events[len(w.events)-1]
				switch name {
				case "dropped":
					require.ErrorIs(t, err, numbers.ErrNotPlaced)
					assert.Equal(t, numbers.NotPlaced, final.Outcome)
				case "refused":
					require.ErrorIs(t, err, numbers.ErrInsufficientFunds)
					require.ErrorIs(t, final.Err, numbers.ErrInsufficientFunds)
				default:
					require.NoError(t, err)
					assert.Equal(t, []numbers.E164{one}, p.Bought())
					assert.Equal(t, numbers.StateComplete, final.State)
				}
				if name == "lost" {
					require.ErrorIs(t, w.events[2].Err, numbers.ErrOutcomeUnknown)
					assert.Equal(t, numbers.Placed, w.events[4].Outcome)
				}
			})
		})
	}
}

// Orders that fail in different ways are placed side by side. None stops or hides
// another.
func TestOneFailureNeitherStopsNorHidesAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &scripted{caps: byNumber(1), list: always()}
		var placed sync.Map
		order := func(i int, state numbers.State, n numbers.E164) *numbers.Order {
			o := in(state, fmt.Sprint("o", i), "", n)
			placed.Store(o.ID, o)
			return o
		}
		list := several(12)
		s.order = func(_ context.Context, id string) (*numbers.Order, error) {
			if id == "o4" {
				return nil, &numbers.Error{Op: "Order", Vendor: "script", Kind: numbers.ErrUnauthorized}
			}
			o, _ := placed.Load(id)
			return o.(*numbers.Order), nil
		}
		s.place = func(_ context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
			n := r.Numbers[0]
			fail := func(kind error) *numbers.Error {
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
				e := fail(numbers.ErrOutcomeUnknown)
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
		p, err := open(t, s).Buy(t.Context(), numbers.OrderRequest{Numbers: list}, &account.BuyOptions{Concurrency: 3})
		assert.ElementsMatch(t, []numbers.E164{list[0], list[8], list[9], list[11]}, p.Bought())
		assert.Len(t, p.Orders, 7)
		assert.Empty(t, p.Unknown, "those were resolved")
		kinds := make(map[numbers.E164]error)
		for _, err := range errorsIn(t, err) {
			e, ok := errors.AsType[*numbers.Error](err)
			require.True(t, ok)
			require.Len(t, e.Numbers, 1)
			assert.Equal(t, "main", e.Account)
			kinds[e.Numbers[0]] = e.Kind
		}
		assert.Equal(t, map[numbers.E164]error{
			list[1]: numbers.ErrNumberUnavailable, list[2]: numbers.ErrInsufficientFunds, list[3]: numbers.ErrNumberUnavailable,
			list[4]: numbers.ErrPending, list[5]: numbers.ErrRequirements, list[6]: numbers.ErrNotPlaced, list[7]: numbers.ErrNotPlaced,
			list[8]: numbers.ErrInvalid, list[10]: numbers.ErrNotPlaced,
		}, kinds)
		var not []numbers.E164
		for n := range missing(err) {
			not = append(not, n)
		}
		assert.ElementsMatch(t, []numbers.E164{list[1], list[2], list[3], list[6], list[7], list[10]}, not)
		assert.Equal(t, 12, s.counted("Place"))
	})
}

// Wherever the caller stops, each order that was sent is in the purchase or in its
// Unknown, and a redelivery completes the purchase without buying anything twice.
func TestAPurchaseThatIsStoppedAtAnyStepLosesNoOrder(t *testing.T) {
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
		SettleAfter: 5 * time.Minute, Capabilities: numbers.Capabilities{MaxNumbers: 1, FoundBy: by, ListingDelay: delay},
	})
	for i, f := range []numberstest.FaultKind{numberstest.LostReply, numberstest.DroppedRequest, numberstest.RateLimited, numberstest.HangAfter, numberstest.StatusAfter} {
		m.Inject(numberstest.Fault{Kind: f, After: i})
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	seen := 0
	r := numbers.OrderRequest{Numbers: several(12), Reference: "job", Assign: &numbers.Assignment{MessagingProfile: "p"}}
	j := new(account.MemoryJournal)
	p, err := openWith(t, m, j).Buy(ctx, r, &account.BuyOptions{Concurrency: 3, OnEvent: func(e numbers.Event) {
		if e.Kind == kind {
			if seen++; seen == after {
				cancel()
			}
		}
	}})
	require.GreaterOrEqual(t, seen, after)
	require.NotNil(t, p)
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
	not := missing(err)
	errorsIn(t, err)
	for _, purchase := range m.Books().Purchases {
		assert.True(t, accounted[purchase.Number], "%s was sold, and is not reported", purchase.Number)
		assert.NotContains(t, not, numbers.E164(purchase.Number), "it was sold")
	}
	assert.Empty(t, m.Books().Duplicates())

	// Another process continues.
	a := openWith(t, m, j)
	_, err = a.Recover(t.Context())
	require.NoError(t, err)
	again, err := a.Buy(t.Context(), r, nil)
	if errors.Is(err, numbers.ErrNotPlaced) { // a fault was left that dropped it
		again, err = a.Buy(t.Context(), r, nil)
	}
	require.NoError(t, err)
	assert.ElementsMatch(t, several(12), again.Bought())
	assert.Len(t, m.Books().Purchases, 12)
	assert.Empty(t, m.Books().Duplicates())
}

func TestNoWaitReturnsWhenTheOrderIsAccepted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{SettleAfter: time.Hour})
		a := open(t, m)
		began := time.Now()
		p, err := a.Buy(t.Context(), numbers.OrderRequest{Numbers: several(2)}, &account.BuyOptions{NoWait: true})
		require.NoError(t, err, "a pending order is no error")
		assert.Zero(t, time.Since(began))
		assert.Equal(t, numbers.StatePending, p.Orders[0].State)
		assert.Empty(t, p.Bought())
		o, err := a.Wait(t.Context(), p.Orders[0].ID, nil)
		require.NoError(t, err)
		assert.Equal(t, numbers.StateComplete, o.State)
	})
}

func TestAFailureAtOnceIsReportedAlsoWithoutWaiting(t *testing.T) {
	s := &scripted{caps: byNumber(0), list: always(), place: answer(in(numbers.StateFailed, "o", "", one), nil)}
	_, err := open(t, s).Buy(t.Context(), numbers.OrderRequest{Numbers: several(1)}, &account.BuyOptions{NoWait: true})
	require.ErrorIs(t, err, numbers.ErrNumberUnavailable)
}

// Where what is there can't be read, nothing is sent.
func TestNothingIsSentWhereItCannotBeLooked(t *testing.T) {
	for _, op := range []string{"Orders", "Owned"} {
		m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: byNumber(0)})
		m.Inject(numberstest.Fault{Kind: numberstest.StatusBefore, Status: 403, On: numberstest.Match{Op: op}, Times: -1})
		p, err := open(t, m).Buy(t.Context(), numbers.OrderRequest{Numbers: []numbers.E164{one}}, nil)
		require.ErrorIs(t, err, numbers.ErrForbidden, op)
		assert.Nil(t, p)
		assert.Zero(t, calls(m, "Place"))
	}
}

// A listing that has a nil order is broken, and a panic would hide that.
func TestANilOrderInAListingIsAnErrorOfTheVendor(t *testing.T) {
	s := &scripted{caps: byNumber(0), list: always(nil)}
	_, err := open(t, s).Buy(t.Context(), numbers.OrderRequest{Numbers: several(1)}, nil)
	require.ErrorIs(t, err, numbers.ErrVendor)
	assert.Zero(t, s.counted("Place"))
}

func TestBuyNeedsNoInventory(t *testing.T) {
	s := &scripted{caps: byReference(0), list: func(_ context.Context, q numbers.OrderQuery) iter.Seq2[*numbers.Order, error] {
		assert.Contains(t, []string{"job", "job~1", "one"}, q.Reference, "only what has the reference is asked for, and what it would have at a smaller limit")
		return sequence[numbers.Order](nil)
	}}
	s.place = func(_ context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
		return complete("o", r.Reference, r.Numbers...), nil
	}
	p, err := open(t, s).Buy(t.Context(), numbers.OrderRequest{Numbers: several(3), Reference: "job"}, nil)
	require.NoError(t, err)
	assert.Equal(t, several(3), p.Bought())
	assert.Equal(t, 2, s.counted("Orders"))
	_, err = open(t, s).Buy(t.Context(), numbers.OrderRequest{Numbers: several(4)[3:], Reference: "one"}, nil)
	require.NoError(t, err)
	assert.Equal(t, 3, s.counted("Orders"), "one number was never split")
}

// Buy checks what it is given before it reads or sends anything.
func TestBadRequestsAreRefusedBeforeAnythingIsSent(t *testing.T) {
	list := several(3)
	m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: numbers.Capabilities{MaxNumbers: 2}})
	j := new(account.MemoryJournal)
	a := openWith(t, m, j)
	for name, c := range map[string]struct {
		r     numbers.OrderRequest
		kind  error
		field string
	}{
		"no numbers": {numbers.OrderRequest{}, numbers.ErrInvalid, "Numbers"},
		"not E.164":  {numbers.OrderRequest{Numbers: []numbers.E164{one, "12025550100"}}, numbers.ErrInvalid, "Numbers[1]"},
		"empty":      {numbers.OrderRequest{Numbers: []numbers.E164{""}}, numbers.ErrInvalid, "Numbers[0]"},
		"doubled":    {numbers.OrderRequest{Numbers: []numbers.E164{list[0], list[1], list[0]}}, numbers.ErrInvalid, "Numbers[2]"},
		"assignment": {numbers.OrderRequest{Numbers: list[:1], Assign: &numbers.Assignment{CallFlow: "f", Application: "a"}}, errors.ErrUnsupported, "Assign.Application|CallFlow"},
		"template":   {numbers.OrderRequest{Numbers: list[:1], Native: &struct{}{}}, numbers.ErrInvalid, "Native"},
		"by value":   {numbers.OrderRequest{Numbers: list[:1], Native: numberstest.MemoryRequest{}}, numbers.ErrInvalid, "Native"},
		"nil":        {numbers.OrderRequest{Numbers: list[:1], Native: (*numberstest.MemoryRequest)(nil)}, numbers.ErrInvalid, "Native"},
	} {
		t.Run(name, func(t *testing.T) {
			requireRefused(t, second(a.Buy(t.Context(), c.r, nil)), c.kind, c.field)
			requireRefused(t, second(a.Plan(t.Context(), c.r, nil)), c.kind, c.field)
			requireRefused(t, second(a.Quote(t.Context(), c.r)), c.kind, c.field)
			if c.r.Native != nil {
				requireRefused(t, second(a.BuyAny(t.Context(), numbers.SearchQuery{}, 1, &account.BuyAnyOptions{Native: c.r.Native})), c.kind, c.field)
			} else if c.r.Assign == nil {
				requireRefused(t, second(a.Reserve(t.Context(), numbers.ReserveRequest{Numbers: c.r.Numbers})), c.kind, c.field)
			}
		})
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := a.Buy(ctx, numbers.OrderRequest{Numbers: list}, nil)
	require.ErrorIs(t, err, context.Canceled)
	assert.Empty(t, m.Calls())
	assert.Empty(t, entriesOf(t, j))
}
