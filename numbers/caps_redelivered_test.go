package numbers_test

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// soldOut is a vendor that can't price what it has sold already, and whose
// orders state a price or not.
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

// cappedJob is a job of three orders at one dollar each, of which the first two
// have been sent.
func cappedJob(t *testing.T, silent bool, second numberstest.FaultKind) (soldOut, numbers.Orderer, numbers.OrderRequest) {
	t.Helper()
	v := soldOut{silent: silent, Memory: numberstest.NewMemory(numberstest.MemoryOptions{
		Price: &numbers.Price{Upfront: usd("1")}, Capabilities: numbers.Capabilities{MaxNumbers: 1, ListingDelay: time.Minute, FoundBy: numbers.ByNumber},
	})}
	o := numbers.Journaled(v, "main", &numberstest.MemoryJournal{})
	list := several(3)
	for i, reference := range []string{"job-1", "job-2"} {
		if i == 1 && second != "" {
			v.Inject(numberstest.Fault{Kind: second})
		}
		_, err := o.Place(t.Context(), numbers.OrderRequest{Numbers: list[i : i+1], Reference: reference})
		assert.Equal(t, i == 1 && (second != "" && second != numberstest.PartialOrder), err != nil)
	}
	return v, o, numbers.OrderRequest{Numbers: list, Reference: "job"}
}

// TestCappedJobComesAgain: numbers that are sold are nobody's question, and what
// they cost counts.
func TestCappedJobComesAgain(t *testing.T) {
	for name, second := range map[string]numberstest.FaultKind{
		"all answered": "", "one lost, and placed": numberstest.LostReply, "one lost, and not placed": numberstest.DroppedRequest,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				v, o, r := cappedJob(t, false, second)
				cost := map[numberstest.FaultKind]string{numberstest.DroppedRequest: "1.99"}[second] // for what is bought and the rest
				if cost == "" {
					cost = "2.99"
				}
				p, err := numbers.Buy(t.Context(), o, r, &numbers.BuyOptions{MaxUpfront: usd(cost)})
				requireRefused(t, err, numbers.ErrOverCap, "MaxUpfront")
				require.NotNil(t, p)
				assert.Empty(t, p.Unknown, "it was found out first")
				assert.Len(t, p.Orders, len(v.Books().Owned()))

				p, err = numbers.Buy(t.Context(), o, r, &numbers.BuyOptions{MaxUpfront: usd("3")})
				require.NoError(t, err)
				assert.ElementsMatch(t, r.Numbers, p.Bought())
				assert.Empty(t, v.Books().Duplicates())

				quotes := calls(v.Memory, "Quote")
				p, err = numbers.Buy(t.Context(), o, r, &numbers.BuyOptions{MaxUpfront: usd("0.01")})
				require.NoError(t, err, "all is known, and nothing is sent")
				assert.ElementsMatch(t, r.Numbers, p.Bought())
				assert.Equal(t, quotes, calls(v.Memory, "Quote"))
			})
		})
	}
}

// TestCappedJobOfAnUnknownPrice: what was ordered has a price that nobody
// states, so that the rest fits no cap.
func TestCappedJobOfAnUnknownPrice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v, o, r := cappedJob(t, true, "")
		opts := &numbers.BuyOptions{MaxUpfront: usd("100")}
		p, err := numbers.Buy(t.Context(), o, r, opts)
		requireRefused(t, err, numbers.ErrPriceUnknown, "MaxUpfront")
		require.NotNil(t, p)
		assert.Len(t, p.Orders, 2)
		plan, err := numbers.PlanPurchase(t.Context(), o, r, opts)
		requireRefused(t, err, numbers.ErrPriceUnknown, "MaxUpfront")
		assert.Len(t, plan.Known, 2)
		assert.Equal(t, "1 USD", plan.Quotation.Price.Upfront.String(), "of the rest")
		assert.Len(t, v.Books().Purchases, 2)
		p, err = numbers.Buy(t.Context(), o, r, nil)
		require.NoError(t, err)
		assert.Len(t, p.Bought(), 3)
	})
}

// TestCappedJobWithAFailedOrder: what was not bought costs nothing.
func TestCappedJobWithAFailedOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, o, r := cappedJob(t, false, numberstest.PartialOrder)
		p, err := numbers.Buy(t.Context(), o, r, &numbers.BuyOptions{MaxUpfront: usd("2")})
		require.Error(t, err)
		assert.NotErrorIs(t, err, numbers.ErrOverCap)
		assert.Len(t, p.Orders, 3)
		assert.Len(t, p.Bought(), 2)
	})
}

// TestCappedJobWithAPossibleOrphan: what may have been bought has a price that
// nobody knows, and so nothing more is bought under a cap.
func TestCappedJobWithAPossibleOrphan(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v, o, r := cappedJob(t, false, numberstest.OrphanPurchase)
		sent := calls(v.Memory, "Place")
		p, err := numbers.Buy(t.Context(), o, r, &numbers.BuyOptions{MaxUpfront: usd("100")})
		requireRefused(t, err, numbers.ErrPriceUnknown, "MaxUpfront")
		require.NotNil(t, p)
		assert.Len(t, p.Orders, 1)
		assert.Len(t, p.Unknown, 1)
		assert.Equal(t, sent, calls(v.Memory, "Place"))
	})
}

// TestCappedJobWhoseOrderTellsNothing: neither its numbers nor their count.
func TestCappedJobWhoseOrderTellsNothing(t *testing.T) {
	for _, state := range []numbers.State{numbers.StateComplete, numbers.StatePending} {
		caps := referenceCaps()
		caps.Can, caps.MaxNumbers = numbers.CanQuote, 1
		s := &scripted{caps: caps}
		order := &numbers.Order{Vendor: "script", ID: "o", Reference: "job-1", State: state}
		s.list = always(order)
		s.order = func(context.Context, string) (*numbers.Order, error) { return order, nil }
		_, err := numbers.Buy(t.Context(), priced{s}, numbers.OrderRequest{Numbers: several(2), Reference: "job"}, &numbers.BuyOptions{MaxUpfront: usd("100")})
		requireRefused(t, err, numbers.ErrPriceUnknown, "MaxUpfront")
		assert.Zero(t, s.counted("Place"))
	}
}

// priced is a scripted Orderer at which every order costs a dollar.
type priced struct{ *scripted }

func (priced) Quote(context.Context, numbers.OrderRequest) (*numbers.Quotation, error) {
	return &numbers.Quotation{Price: &numbers.Price{Upfront: usd("1")}}, nil
}
