package fleet_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
	"github.com/tnkit/tnkit/numbers/fleet"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// shop is a vendor that sells a number as often as it is ordered, to one account or to
// several: only the client prevents a double purchase. What is not in its stock it refuses,
// unless the stock is nil.
type shop struct {
	*numberstest.Memory
	stock []numbers.E164
	takes time.Duration // until it answers an order
}

// delay is the listing delay of the shops.
const delay = time.Minute

func newShop(price *numbers.Price, stock ...numbers.E164) *shop {
	return &shop{stock: stock, Memory: numberstest.NewMemory(numberstest.MemoryOptions{
		Capabilities: numbers.Capabilities{FoundBy: numbers.ByNumber, ListingDelay: delay}, Price: price, SellsTwice: true, Offers: offersOf(stock...),
	})}
}

func (s *shop) Place(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
	var gone []numbers.E164
	for _, n := range r.Numbers {
		if s.stock != nil && !slices.Contains(s.stock, n) {
			gone = append(gone, n)
		}
	}
	time.Sleep(s.takes)
	if len(gone) > 0 {
		if _, err := r.Begin(ctx); err != nil {
			return nil, &numbers.Error{Op: "Place", Vendor: "memory", Kind: numbers.ErrNotPlaced, Message: "nothing was sent", Err: err}
		}
		return nil, &numbers.Error{Op: "Place", Vendor: "memory", Kind: numbers.ErrNumberUnavailable, Status: http.StatusUnprocessableEntity, Numbers: gone, Refused: gone}
	}
	return s.Memory.Place(ctx, r)
}

func (s *shop) placed() (n int) {
	for _, c := range s.Calls() {
		if c == "Place" {
			n++
		}
	}
	return n
}

// bought is how often a number was bought at all shops together.
func bought(n numbers.E164, shops ...*shop) (times int) {
	for _, s := range shops {
		times += s.Books().Bought(string(n))
	}
	return times
}

// missing are the numbers that an error says were not bought.
func missing(err error) map[numbers.E164]error {
	e, _ := errors.AsType[*account.PurchaseError](err)
	return e.Missing()
}

func job(list ...numbers.E164) numbers.OrderRequest {
	return numbers.OrderRequest{Numbers: list, Reference: "job"}
}

// accountsOf are the accounts of a purchase's orders.
func accountsOf(p *account.Purchase) (names []string) {
	for _, o := range p.Orders {
		names = append(names, o.Account)
	}
	return names
}

// The first account sells what it has, the next one the rest.
func TestTheFirstThatHasTheNumbersSellsThem(t *testing.T) {
	a, b, c := newShop(nil, several(2)...), newShop(nil, several(5)[1:4]...), newShop(nil, several(4)...)
	f := open(t, new(account.MemoryJournal), a, b, c)
	p, err := f.Buy(t.Context(), job(several(5)...), nil)
	require.ErrorIs(t, err, numbers.ErrNumberUnavailable)
	assert.Equal(t, "job", p.Reference)
	assert.Equal(t, several(4), p.Bought())
	assert.Equal(t, []string{"a", "b"}, accountsOf(p))
	assert.Equal(t, []numbers.E164{number(4)}, keys(missing(err)))
	for _, n := range several(4) {
		assert.Equal(t, 1, bought(n, a, b, c), n)
	}
	// Every account's refusal of the number is there, and nothing of those that were bought.
	e, _ := errors.AsType[*account.PurchaseError](err)
	var names []string
	for _, err := range e.Errs {
		one, ok := errors.AsType[*numbers.Error](err)
		require.True(t, ok)
		assert.Equal(t, []numbers.E164{number(4)}, one.Numbers)
		names = append(names, one.Account)
	}
	assert.Equal(t, []string{"a", "b", "c"}, names)
}

func keys[V any](m map[numbers.E164]V) (list []numbers.E164) {
	for n := range m {
		list = append(list, n)
	}
	slices.Sort(list)
	return list
}

func TestEverythingWasBought(t *testing.T) {
	a, b := newShop(nil, one), newShop(nil, several(3)...)
	f := open(t, new(account.MemoryJournal), a, b)
	p, err := f.Buy(t.Context(), job(several(3)...), nil)
	require.NoError(t, err)
	assert.Equal(t, several(3), p.Bought())
	assert.Equal(t, []string{"a", "b"}, accountsOf(p))
	for _, e := range entriesOf(t, f.Accounts()[0].Journal()) {
		assert.Equal(t, "fleet", e.Scope)
		assert.Equal(t, "job", e.Purchase)
	}

	// The same job again: both orders are found, and nothing is sent.
	again, err := f.Buy(t.Context(), job(several(3)...), nil)
	require.NoError(t, err)
	assert.Equal(t, accountsOf(p), accountsOf(again))
	assert.Equal(t, p.Bought(), again.Bought())
	assert.Equal(t, 1, b.placed())
}

// A job that is delivered again finds its order wherever it went, whatever the policy is
// now.
func TestARedeliveredJobFindsItsOrder(t *testing.T) {
	a, b := newShop(nil, one), newShop(nil, one)
	f := open(t, new(account.MemoryJournal), a, b)
	_, err := f.Buy(t.Context(), job(one), &fleet.BuyOptions{Policy: fleet.Only("b")})
	require.NoError(t, err)
	for _, policy := range []fleet.Policy{fleet.First(), fleet.Only("a"), fleet.Cheapest()} {
		p, err := f.Buy(t.Context(), job(one), &fleet.BuyOptions{Policy: policy})
		require.NoError(t, err)
		assert.Equal(t, []string{"b"}, accountsOf(p))
	}
	assert.Zero(t, bought(one, a))
	assert.Equal(t, 1, bought(one, b))

	_, err = f.Buy(t.Context(), job(several(2)[1:]...), nil)
	require.ErrorIs(t, err, numbers.ErrConflict, "the reference was used for another number")
	assert.Equal(t, 1, a.placed()+b.placed())
}

// An outcome that is lost is resolved. Only what was shown not to be placed is ordered at
// another account.
func TestFailoverAfterALostReply(t *testing.T) {
	for kind, where := range map[numberstest.FaultKind]string{
		numberstest.LostReply: "a", numberstest.StatusAfter: "a", numberstest.LateCommit: "a", numberstest.LateListing: "a",
		numberstest.DroppedRequest: "b", numberstest.StatusBefore: "b", numberstest.RateLimited: "a",
	} {
		t.Run(string(kind), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a, b := newShop(nil), newShop(nil)
				fault := numberstest.Fault{Kind: kind}
				if kind == numberstest.LateCommit || kind == numberstest.LateListing {
					fault.Delay = delay / 2
				}
				a.Inject(fault)
				p, err := open(t, new(account.MemoryJournal), a, b).Buy(t.Context(), job(one), nil)
				require.NoError(t, err)
				assert.Equal(t, []string{where}, accountsOf(p))
				assert.Equal(t, 1, bought(one, a, b))
			})
		})
	}
}

// While an outcome is unknown, nothing is ordered anywhere: not the number, and nothing
// else.
func TestAnUnknownOutcomeStopsThePurchase(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := new(account.MemoryJournal)
		a, b := newShop(nil, one, number(1)), newShop(nil)
		a.Inject(numberstest.Fault{Kind: numberstest.OrphanPurchase})
		f := open(t, j, a, b)
		for range 2 {
			p, err := f.Buy(t.Context(), job(several(3)...), nil)
			require.ErrorIs(t, err, numbers.ErrOutcomeUnknown)
			require.Len(t, p.Unknown, 1)
			assert.Equal(t, "a", p.Unknown[0].Account)
			assert.Equal(t, []numbers.E164{number(2)}, keys(missing(err)), "what it refused may be ordered again")
			assert.Zero(t, b.placed())
			assert.Zero(t, b.Books().Purchases)
		}
		// The vendor's support says that it was not bought.
		e := entriesOf(t, j)[slices.IndexFunc(entriesOf(t, j), func(e numbers.JournalEntry) bool { return e.Open() })]
		first, _ := f.Account("a")
		require.NoError(t, first.Dismiss(t.Context(), e.ID, "ticket 7"))
		p, err := f.Buy(t.Context(), job(several(3)...), nil)
		require.NoError(t, err)
		assert.Equal(t, []string{"a", "b"}, accountsOf(p))
	})
}

// A process ended while its order was under way at the second account. Another one takes
// it up there.
func TestAnotherProcessTakesUpWhatACrashLeft(t *testing.T) {
	for name, arrived := range map[string]bool{"the order arrived": true, "it did not": false} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				j := new(account.MemoryJournal)
				a, b := newShop(nil), newShop(nil)
				now := time.Now()
				_, err := j.Begin(t.Context(), numbers.Attempt{
					ID: "crashed", Vendor: "memory", Account: "b", Scope: "fleet", Purchase: "job", Reference: "job", Numbers: several(1),
					Started: now, SendBy: now.Add(15 * time.Second), Deadline: now.Add(75 * time.Second),
				})
				require.NoError(t, err)
				if arrived {
					_, err = b.Memory.Place(t.Context(), job(one))
					require.NoError(t, err)
				}
				p, err := open(t, j, a, b).Buy(t.Context(), job(one), nil)
				require.NoError(t, err)
				assert.Equal(t, []string{"b"}, accountsOf(p))
				assert.Equal(t, 1, bought(one, a, b))
			})
		})
	}
}

// One number has one customer, whatever accounts they try.
func TestAnotherCustomersNumberIsNotTriedElsewhere(t *testing.T) {
	a, b := newShop(nil), newShop(nil)
	f := open(t, new(account.MemoryJournal), a, b)
	_, err := f.Buy(t.Context(), job(one), nil)
	require.NoError(t, err)
	for _, policy := range []fleet.Policy{fleet.First(), fleet.Only("b")} {
		p, err := f.Buy(t.Context(), numbers.OrderRequest{Numbers: several(2), Reference: "another" + fmt.Sprint(policy)}, &fleet.BuyOptions{Policy: policy})
		require.ErrorIs(t, err, numbers.ErrConflict)
		e, _ := errors.AsType[*numbers.Error](err)
		assert.Equal(t, "job", e.HeldBy)
		assert.LessOrEqual(t, len(p.Bought()), 1)
	}
	assert.Equal(t, 1, bought(one, a, b))
}

// What the account that was tried owns already is not bought at another.
func TestWhatIsOwnedIsNotBoughtElsewhere(t *testing.T) {
	a, b := newShop(nil), newShop(nil)
	_, err := a.Memory.Place(t.Context(), job(one))
	require.NoError(t, err)
	p, err := open(t, new(account.MemoryJournal), a, b).Buy(t.Context(), job(several(2)...), nil)
	require.ErrorIs(t, err, numbers.ErrAlreadyOwned)
	assert.Empty(t, missing(err))
	assert.Equal(t, "a", p.Owned[0].Account)
	assert.Equal(t, several(2)[1:], p.Bought())
	assert.Zero(t, b.placed())
}

// Accounts that refuse the whole request: another vendor's template, no credential. The
// next one is tried; a wrong request is not.
func TestWhatAnAccountRefuses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := newShop(nil), newShop(nil)
		a.Inject(numberstest.Fault{Kind: numberstest.StatusBefore, Status: http.StatusUnauthorized, Times: -1, On: numberstest.Match{PathPrefix: "/"}})
		other := &lister{caps: numbers.Capabilities{Native: (*lister)(nil)}}
		f := open(t, new(account.MemoryJournal), other, a, b)
		r := job(one)
		r.Native = new(numberstest.MemoryRequest)
		p, err := f.Buy(t.Context(), r, &fleet.BuyOptions{Policy: fleet.Cheapest()})
		require.NoError(t, err)
		assert.Equal(t, []string{"c"}, accountsOf(p))

		r = numbers.OrderRequest{Numbers: []numbers.E164{"12"}}
		_, err = f.Buy(t.Context(), r, nil)
		require.ErrorIs(t, err, numbers.ErrInvalid)
		_, err = f.Buy(t.Context(), numbers.OrderRequest{Numbers: several(1)}, &fleet.BuyOptions{Policy: fleet.Only("x")})
		require.ErrorIs(t, err, numbers.ErrInvalid)
		opts := &fleet.BuyOptions{}
		opts.Scope = "other"
		_, err = f.Buy(t.Context(), job(one), opts)
		require.ErrorIs(t, err, numbers.ErrInvalid)
		_, err = f.Buy(noContext, job(one), nil)
		require.ErrorIs(t, err, numbers.ErrInvalid)
		_, err = f.Buy(t.Context(), numbers.OrderRequest{Numbers: several(1), Reference: "job~1"}, nil)
		require.ErrorIs(t, err, numbers.ErrInvalid)
		assert.Equal(t, 1, b.placed())
	})
}

// A purchase that is stopped says what was not tried.
func TestAPurchaseThatIsStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := newShop(nil, one), newShop(nil)
		ctx, cancel := context.WithCancel(t.Context())
		opts := &fleet.BuyOptions{}
		opts.OnEvent = func(e numbers.Event) {
			if e.Kind == numbers.EventSettled {
				cancel()
			}
		}
		p, err := open(t, new(account.MemoryJournal), a, b).Buy(ctx, job(several(3)...), opts)
		require.ErrorIs(t, err, context.Canceled)
		assert.Equal(t, several(1), p.Bought())
		assert.Equal(t, several(3)[1:], keys(missing(err)))
		assert.Zero(t, b.placed())
	})
}
