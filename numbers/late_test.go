package numbers_test

import (
	"context"
	"iter"
	"time"

	"github.com/tnkit/tnkit/numbers"
)

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
	s := &scripted{caps: numbers.Capabilities{
		Can: numbers.CanListOwned | numbers.CanAssign, AssignsOwned: numbers.AssignCallFlow, FoundBy: numbers.ByReference, ListingDelay: time.Minute,
	}}
	var at time.Time
	s.place = func(_ context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
		at = time.Now()
		return complete("o", r.Reference, r.Numbers...), nil
	}
	s.inv = func(context.Context, numbers.OwnedQuery) iter.Seq2[*numbers.Number, error] {
		if at.IsZero() || time.Since(at) < after {
			return sequence[numbers.Number](nil)
		}
		return sequence(nil, &numbers.Number{Vendor: "script", ID: "n", E164: one, State: numbers.NumberActive})
	}
	return &lateAccount{stocked: stocked{s}}
}
