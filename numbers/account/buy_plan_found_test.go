package account_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
)

// An order that is found by its reference at the vendor is claimed, so that nothing else
// gets it.
func TestAnOrderThatIsFoundAtTheVendorIsClaimed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		theirs := in(numbers.StatePending, "o", "job", one)
		s := &scripted{caps: byReference(0), list: listing(theirs), order: reads(theirs)}
		a := open(t, s)
		p, err := a.Buy(t.Context(), numbers.OrderRequest{Numbers: several(1), Reference: "job"}, &account.BuyOptions{NoWait: true})
		require.NoError(t, err)
		require.Len(t, p.Orders, 1)
		_, err = a.Buy(t.Context(), numbers.OrderRequest{Numbers: several(1), Reference: "another"}, nil)
		require.ErrorIs(t, err, numbers.ErrConflict)
		require.ErrorContains(t, err, `held by "job"`)
		assert.Zero(t, s.counted("Place"))
	})
}

// The vendor shows an order of another purchase under this reference: it is not taken over,
// and nothing is sent.
func TestAnOrderThatIsFoundAndIsAnothersIsRefused(t *testing.T) {
	list := several(2)
	for name, found := range map[string]*numbers.Order{
		"its number is held":    complete("new", "mine", list[0]),
		"its order is credited": complete("O", "mine", list[1]),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &scripted{caps: byReference(0), place: answer(complete("o", "theirs", list[0]), nil)}
				s.list = listing()
				a := open(t, s)
				_, err := a.Buy(t.Context(), numbers.OrderRequest{Numbers: list[:1], Reference: "theirs"}, nil)
				require.NoError(t, err)
				s.list, s.order = listing(found), reads(found)
				p, err := a.Buy(t.Context(), numbers.OrderRequest{Numbers: list, Reference: "mine"}, nil)
				require.ErrorIs(t, err, numbers.ErrConflict)
				assert.Empty(t, p.Bought())
				assert.Equal(t, 1, s.counted("Place"))
				s.order = reads(complete("o", "theirs", list[0]))
				p, err = a.Lookup(t.Context(), "theirs")
				require.NoError(t, err)
				assert.Equal(t, "o", p.Orders[0].ID)
			})
		})
	}
}

// A placed order that the owner recorded and that can't be read is pending, and paid for.
func TestAnOrderThatAnotherDeliveryPlacedIsKeptThoughItCannotBeRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := new(account.MemoryJournal)
		s := &scripted{caps: byNumber(0), list: always()}
		e := begin(t, j, attemptOf("script", "job", "job", one), numbers.JournalEnd{})
		time.AfterFunc(10*time.Second, func() {
			assert.NoError(t, j.End(context.Background(), e, numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: "o", Held: several(1), Time: time.Now()}))
		})
		s.order = func(context.Context, string) (*numbers.Order, error) {
			return nil, &numbers.Error{Kind: numbers.ErrForbidden}
		}
		p, err := openWith(t, s, j).Buy(t.Context(), numbers.OrderRequest{Numbers: several(1), Reference: "job"}, nil)
		require.ErrorIs(t, err, numbers.ErrForbidden)
		require.Len(t, p.Orders, 1)
		assert.Equal(t, "o", p.Orders[0].ID)
		assert.Equal(t, numbers.StatePending, p.Orders[0].State)
		assert.Empty(t, missing(err))
		assert.Zero(t, s.counted("Place"))
	})
}

// A placed order that the owner recorded, and that the vendor does not have any more.
func TestAnOrderThatAnotherDeliveryPlacedAndIsGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := new(account.MemoryJournal)
		a := attemptOf("script", "job", "job", one)
		e := begin(t, j, a, numbers.JournalEnd{})
		s := &scripted{caps: numbers.Capabilities{FoundBy: numbers.ByNumber}, list: always()}
		acct := openWith(t, s, j)
		time.AfterFunc(10*time.Second, func() {
			assert.NoError(t, j.End(context.Background(), e, numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: "o", Held: several(1), Time: time.Now()}))
		})
		p, err := acct.Buy(t.Context(), numbers.OrderRequest{Numbers: several(1), Reference: "job"}, nil)
		require.ErrorIs(t, err, numbers.ErrNotFound)
		assert.Empty(t, missing(err), "it is not to be ordered again")
		assert.Empty(t, p.Bought())
		assert.Zero(t, s.counted("Place"))
	})
}

// A purchase that is stopped while its orders wait for their turn to be read keeps them.
func TestAPurchaseThatIsStoppedWhileItWaitsForItsTurnKeepsItsOrders(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &scripted{caps: byNumber(1), list: always()}
		s.place = func(_ context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
			return in(numbers.StatePending, "o"+string(r.Numbers[0]), "", r.Numbers...), nil
		}
		s.order = func(ctx context.Context, id string) (*numbers.Order, error) {
			<-ctx.Done() // the vendor answers no reading
			return nil, ctx.Err()
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		p, err := open(t, s).Buy(ctx, numbers.OrderRequest{Numbers: several(8)}, &account.BuyOptions{Concurrency: 2})
		require.ErrorIs(t, err, numbers.ErrPending)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Len(t, p.Orders, 8)
		assert.Empty(t, missing(err))
	})
}
