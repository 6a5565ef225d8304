package account_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

func both() *numbers.Assignment {
	return &numbers.Assignment{Connection: "voice", MessagingProfile: "text"}
}

// What the order can't set is assigned when it has settled.
func TestWhatTheOrderCannotSetIsAssignedAfterwards(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{SettleAfter: time.Minute, Capabilities: byNumber(3)})
		a, assign := open(t, m), both()
		_, err := a.Buy(t.Context(), numbers.OrderRequest{Numbers: several(7), Assign: assign}, nil)
		require.NoError(t, err)
		for _, n := range several(7) {
			own, err := a.Find(t.Context(), n)
			require.NoError(t, err)
			assert.Equal(t, *both(), own.Assignment)
		}
		assert.Equal(t, 7, calls(m, "Assign"))
		assert.Equal(t, both(), assign, "the caller's own stays")
	})
}

func TestOneListingServesAllAssignments(t *testing.T) {
	m := numberstest.NewMemory(numberstest.MemoryOptions{})
	_, err := open(t, m).Buy(t.Context(), numbers.OrderRequest{Numbers: several(50), Assign: both()}, nil)
	require.NoError(t, err)
	assert.Equal(t, 6, calls(m, "Owned"), "one page before the order, five after")
}

// lateAccount shows a number only some time after it was bought.
type lateAccount struct {
	stocked
	assigned []numbers.Assignment
}

func (a *lateAccount) Assign(_ context.Context, n *numbers.Number, set numbers.Assignment) (*numbers.Number, error) {
	a.assigned = append(a.assigned, set)
	out := *n
	out.Assignment = set
	return &out, nil
}

func lateInventory(after time.Duration) *lateAccount {
	s := &scripted{caps: byReference(0)}
	s.caps.Can, s.caps.AssignsOwned = numbers.CanListOwned|numbers.CanAssign, numbers.AssignCallFlow
	var at time.Time
	s.place = func(_ context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
		at = time.Now()
		return complete("o", r.Reference, r.Numbers...), nil
	}
	s.inv = func(ctx context.Context, q numbers.OwnedQuery) seqOfNumbers {
		if at.IsZero() || time.Since(at) < after {
			return sequence[numbers.Number](nil)
		}
		return sequence(nil, &numbers.Number{Vendor: "script", ID: "n", E164: one, State: numbers.NumberActive})
	}
	return &lateAccount{stocked: stocked{s}}
}

func TestANumberThatIsListedLateIsAssigned(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := lateInventory(20 * time.Second)
		p, err := open(t, s).Buy(t.Context(), numbers.OrderRequest{Numbers: []numbers.E164{one}, Assign: &numbers.Assignment{CallFlow: "flow"}}, nil)
		require.NoError(t, err)
		assert.Equal(t, []numbers.E164{one}, p.Bought())
		assert.Equal(t, []numbers.Assignment{{CallFlow: "flow"}}, s.assigned)
	})
}

func TestANumberThatIsNeverListedIsBoughtAndNotAssigned(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, err := open(t, lateInventory(time.Hour)).Buy(t.Context(), numbers.OrderRequest{Numbers: []numbers.E164{one}, Assign: &numbers.Assignment{CallFlow: "flow"}}, nil)
		require.ErrorIs(t, err, numbers.ErrNotFound)
		assert.ErrorContains(t, err, "was bought, but could not be assigned")
		assert.Equal(t, []numbers.E164{one}, p.Bought())
		assert.Empty(t, missing(err))
	})
}

func TestAListingThatFailsOnceDelaysTheAssignment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: byReference(0)})
		a := open(t, m)
		m.Inject(numberstest.Fault{Kind: numberstest.StatusBefore, On: numberstest.Match{Op: "Owned"}, After: 1})
		_, err := a.Buy(t.Context(), numbers.OrderRequest{Numbers: []numbers.E164{one}, Assign: both()}, nil)
		require.NoError(t, err)
		m.Inject(numberstest.Fault{Kind: numberstest.StatusBefore, Status: 403, On: numberstest.Match{Op: "Owned"}, After: 1})
		_, err = a.Buy(t.Context(), numbers.OrderRequest{Numbers: several(2)[1:], Assign: both()}, nil)
		require.ErrorIs(t, err, numbers.ErrForbidden)
	})
}

func TestOneFailedAssignmentFailsNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{})
		m.Inject(numberstest.Fault{Kind: numberstest.StatusBefore, Status: 403, On: numberstest.Match{Op: "Assign"}, After: 1})
		var w watch
		p, err := open(t, m).Buy(t.Context(), numbers.OrderRequest{Numbers: several(3), Assign: both()}, &account.BuyOptions{OnEvent: w.see})
		require.ErrorIs(t, err, numbers.ErrForbidden)
		assert.Len(t, p.Bought(), 3)
		assert.Len(t, errorsIn(t, err), 1)
		assert.Empty(t, missing(err))
		failed := 0
		for _, e := range w.of(numbers.EventAssigned) {
			if e.Err != nil {
				failed++
			}
		}
		assert.Equal(t, 1, failed)
		assert.Equal(t, 3, calls(m, "Assign"))
	})
}

// A redelivery assigns what was bought and not assigned.
func TestARedeliveryAssigns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{})
		m.Inject(numberstest.Fault{Kind: numberstest.StatusBefore, Status: 403, On: numberstest.Match{Op: "Assign"}})
		a, r := open(t, m), numbers.OrderRequest{Numbers: several(2), Reference: "job", Assign: both()}
		_, err := a.Buy(t.Context(), r, nil)
		require.ErrorIs(t, err, numbers.ErrForbidden)
		_, err = a.Buy(t.Context(), r, nil)
		require.NoError(t, err)
		for _, n := range several(2) {
			own, err := a.Find(t.Context(), n)
			require.NoError(t, err)
			assert.Equal(t, *both(), own.Assignment)
		}
		assert.Len(t, m.Books().Purchases, 2)
	})
}

func TestAnAssignmentThatNothingCanMakeIsRefusedBefore(t *testing.T) {
	for name, c := range map[string]struct {
		assign numbers.Assignment
		can    numbers.Ability
		opts   *account.BuyOptions
		kind   error
		field  string
	}{
		"nothing can":       {numbers.Assignment{CallFlow: "flow"}, 0, nil, errors.ErrUnsupported, "Assign.CallFlow"},
		"can't assign":      {*both(), numbers.CanListOwned, nil, errors.ErrUnsupported, "Assign.MessagingProfile"},
		"can't find":        {*both(), numbers.CanAssign, nil, errors.ErrUnsupported, "Assign.MessagingProfile"},
		"does not wait":     {*both(), 0, &account.BuyOptions{NoWait: true}, numbers.ErrInvalid, "NoWait"},
		"waits for nothing": {numbers.Assignment{Connection: "voice"}, 0, &account.BuyOptions{NoWait: true}, nil, ""},
	} {
		m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: numbers.Capabilities{Can: c.can}})
		_, err := open(t, m).Buy(t.Context(), numbers.OrderRequest{Numbers: []numbers.E164{one}, Assign: &c.assign}, c.opts)
		if c.kind == nil {
			require.NoError(t, err, name)
			continue
		}
		requireRefused(t, err, c.kind, c.field)
		assert.Empty(t, m.Calls(), name)
	}
}

// other sells another number than was requested.
type other struct{ *numberstest.Memory }

func (o other) Place(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
	r.Numbers = several(2)[1:]
	return o.Memory.Place(ctx, r)
}

// What was meant for the requested numbers is not assigned to others.
func TestOtherNumbersAreNotAssigned(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: numbers.Capabilities{
			Can: numbers.CanListOwned | numbers.CanAssign, AssignsOwned: numbers.AssignCallFlow,
		}})
		a := open(t, other{m})
		r := numbers.OrderRequest{Numbers: several(1), Assign: &numbers.Assignment{CallFlow: "c"}}
		_, err := a.Buy(t.Context(), r, nil)
		require.ErrorIs(t, err, numbers.ErrConflict)
		own, err := a.Find(t.Context(), several(2)[1])
		require.NoError(t, err)
		assert.Zero(t, own.Assignment)
		assert.NotContains(t, m.Calls(), "Assign")
	})
}
