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

func offersOf(list ...numbers.E164) []numbers.Offer {
	var offers []numbers.Offer
	for _, n := range list {
		offers = append(offers, numbers.Offer{E164: n, Country: "US"})
	}
	return offers
}

// shop is a Memory with offers.
func shop(n int, caps numbers.Capabilities) *numberstest.Memory {
	return numberstest.NewMemory(numberstest.MemoryOptions{Offers: offersOf(several(n)...), Capabilities: caps})
}

func TestBuyAnyBuysAsManyAsAreWanted(t *testing.T) {
	for _, most := range []int{0, 1, 2} {
		for _, caps := range []numbers.Capabilities{byNumber(most), byReference(most), {OrdersAreOwned: true, ListingDelay: delay}} {
			synctest.Test(t, func(t *testing.T) {
				m := shop(10, caps)
				p, err := open(t, m).BuyAny(t.Context(), numbers.SearchQuery{Country: "US"}, 5, nil)
				require.NoError(t, err)
				assert.Len(t, p.Bought(), 5)
				assert.NotEmpty(t, p.Reference)
				assert.Len(t, m.Books().Owned(), 5)
			})
		}
	}
}

// Never more than n numbers are bought or may be, whatever goes wrong, and a redelivery
// tops up.
func TestBuyAnyNeverHasMoreThanAreWanted(t *testing.T) {
	for _, kind := range []numberstest.FaultKind{
		numberstest.LostReply, numberstest.LateCommit, numberstest.DroppedRequest, numberstest.DelayedReply, numberstest.HangBefore,
		numberstest.HangAfter, numberstest.StatusBefore, numberstest.StatusAfter, numberstest.RateLimited, numberstest.PartialOrder,
		numberstest.StuckPending, numberstest.LateListing, numberstest.OrphanPurchase, numberstest.LostOrphan,
	} {
		for _, times := range []int{1, 3, -1} {
			for _, most := range []int{0, 2} {
				for _, repeatable := range []bool{false, true} {
					if kind == numberstest.LostOrphan && !repeatable {
						continue // no vendor does that and says nothing of it
					}
					for _, by := range []numbers.Recognition{numbers.ByNumber, numbers.ByReference} {
						t.Run(fmt.Sprint(kind, times, most, by, repeatable), func(t *testing.T) {
							synctest.Test(t, func(t *testing.T) {
								m := numberstest.NewMemory(numberstest.MemoryOptions{
									Offers: offersOf(several(12)...), Price: dollars("1"), Repeatable: repeatable,
									Capabilities: numbers.Capabilities{MaxNumbers: most, FoundBy: by, ListingDelay: delay},
								})
								m.Inject(numberstest.Fault{Kind: kind, Times: times})
								neverMore(t, m)
							})
						})
					}
				}
			}
		}
	}
}

func neverMore(t *testing.T, m *numberstest.Memory) {
	const n = 5
	j := new(account.MemoryJournal)
	opts := &account.BuyAnyOptions{Reference: "job"}
	opts.MaxUpfront = usd("5")
	for range 3 {
		ctx, cancel := context.WithTimeout(t.Context(), 6*time.Hour)
		p, err := openWith(t, m, j).BuyAny(ctx, numbers.SearchQuery{}, n, opts)
		cancel()
		time.Sleep(time.Hour)
		require.NotNil(t, p, "%v", err)
		held := make(map[numbers.E164]bool)
		for _, number := range p.Bought() {
			held[number] = true
		}
		for _, a := range p.Unknown {
			for _, number := range a.Numbers { // several attempts for one number may be unknown
				held[number] = true
			}
		}
		assert.LessOrEqual(t, len(held), n)
		assert.LessOrEqual(t, len(m.Books().Owned()), n)
		assert.Empty(t, m.Books().Duplicates())
		assert.Equal(t, err == nil, len(p.Bought()) == n, "%v", err)
	}
}

func TestBuyAnyReplacesNumbersThatFail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := shop(10, numbers.Capabilities{})
		m.Inject(numberstest.Fault{Kind: numberstest.PartialOrder})
		p, err := open(t, m).BuyAny(t.Context(), numbers.SearchQuery{Country: "US"}, 3, nil)
		require.NoError(t, err)
		assert.Len(t, p.Bought(), 3)
		assert.Len(t, m.Books().Owned(), 3)
		assert.NotContains(t, p.Bought(), one)
	})
}

// candid is a Memory that reports what a test makes it report of Capabilities.Orphans.
type candid struct {
	*numberstest.Memory
	orphans bool
}

func (c candid) Capabilities() numbers.Capabilities {
	caps := c.Memory.Capabilities()
	caps.Orphans = c.orphans
	return caps
}

// A number whose order was not placed is ordered again, except at a vendor that may have
// bought it without listing it: there another one is bought.
func TestBuyAnyLeavesPossibleOrphansAlone(t *testing.T) {
	for _, orphans := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			m := shop(3, byNumber(1))
			m.Inject(numberstest.Fault{Kind: numberstest.DroppedRequest})
			p, err := open(t, candid{m, orphans}).BuyAny(t.Context(), numbers.SearchQuery{Country: "US"}, 1, nil)
			require.NoError(t, err)
			want := several(1)
			if orphans {
				want = several(2)[1:]
			}
			assert.Equal(t, want, p.Bought())
		})
	}
}

// A number whose outcome stays unknown counts as bought, unless the caller allows to
// replace it.
func TestAnUnknownOutcomeIsReplacedOnlyAsFarAsAllowed(t *testing.T) {
	for _, c := range []struct{ allowed, orphans, bought int }{
		{0, 1, 1}, {1, 1, 2}, {1, 2, 1}, {2, 2, 2}, {5, 2, 2},
	} {
		t.Run(fmt.Sprint(c), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := shop(10, byNumber(1))
				m.Inject(numberstest.Fault{Kind: numberstest.OrphanPurchase, Times: c.orphans})
				opts := &account.BuyAnyOptions{Reference: "job", MaxOrphans: c.allowed}
				opts.Concurrency = 1
				a := open(t, m)
				for range 2 { // a redelivery replaces no more of them
					p, err := a.BuyAny(t.Context(), numbers.SearchQuery{}, 2, opts)
					require.ErrorIs(t, err, numbers.ErrOutcomeUnknown, "each is reported")
					assert.Len(t, p.Unknown, c.orphans)
					assert.Len(t, p.Bought(), c.bought)
					assert.Len(t, m.Books().Owned(), c.orphans+c.bought)
				}
			})
		})
	}
}

// naysayer refuses each order of a number for a reason of its own.
type naysayer struct {
	*numberstest.Memory
	kind error
}

func (n naysayer) Place(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
	if _, err := r.Begin(ctx); err != nil {
		return nil, err
	}
	return nil, &numbers.Error{Op: "Place", Vendor: "memory", Kind: n.kind, Numbers: r.Numbers}
}

// A refusal that another number would meet as well ends the purchase.
func TestARefusalOfTheAccountEndsBuyAny(t *testing.T) {
	for kind, sent := range map[error]int{numbers.ErrInsufficientFunds: 1, numbers.ErrForbidden: 1, numbers.ErrRequirements: 1, numbers.ErrNumberUnavailable: 4} {
		synctest.Test(t, func(t *testing.T) {
			j := new(account.MemoryJournal)
			m := shop(4, byNumber(1))
			p, err := openWith(t, naysayer{m, kind}, j).BuyAny(t.Context(), numbers.SearchQuery{}, 1, nil)
			require.ErrorIs(t, err, kind)
			assert.Empty(t, p.Orders)
			assert.Len(t, entriesOf(t, j), sent)
		})
	}
}

// stale offers numbers that somebody else has bought.
type stale struct {
	*numberstest.Memory
	offers []numbers.Offer
	most   int // offers a search
	count  int
	vague  bool // does not name the number that is not available
}

func (s *stale) Search(context.Context, numbers.SearchQuery) seqOfOffers {
	return func(yield func(*numbers.Offer, error) bool) {
		from := s.count * s.most
		s.count++
		for i := range s.most {
			o := s.offers[(from+i)%len(s.offers)]
			if !yield(&o, nil) {
				return
			}
		}
	}
}

func (s *stale) Place(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
	o, err := s.Memory.Place(ctx, r)
	if e, ok := errors.AsType[*numbers.Error](err); ok && s.vague {
		e.Numbers = r.Numbers
	}
	return o, err
}

// The vendor refuses a whole order for one number that is sold. The others are not given
// up.
func TestBuyAnyGivesUpNoNumberForAnothersSake(t *testing.T) {
	for _, vague := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: numbers.Capabilities{Can: numbers.CanSearch}})
			for _, n := range []int{0, 3} { // somebody else's
				_, err := m.Place(t.Context(), numbers.OrderRequest{Numbers: several(4)[n : n+1]})
				require.NoError(t, err)
			}
			o := &stale{Memory: m, offers: offersOf(several(6)...), most: 6, vague: vague}
			p, err := open(t, o).BuyAny(t.Context(), numbers.SearchQuery{}, 4, nil)
			require.NoError(t, err, "vague %t", vague)
			list := several(6)
			assert.ElementsMatch(t, []numbers.E164{list[1], list[2], list[4], list[5]}, p.Bought())
		})
	}
}

// BuyAny searches again for as long as a search brings new offers.
func TestBuyAnySearchesAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: numbers.Capabilities{Can: numbers.CanSearch}})
		o := &stale{Memory: m, offers: offersOf(several(12)...), most: 3}
		p, err := open(t, o).BuyAny(t.Context(), numbers.SearchQuery{}, 10, nil)
		require.NoError(t, err)
		assert.Len(t, p.Bought(), 10)
		assert.Equal(t, 4, o.count)

		p, err = open(t, o).BuyAny(t.Context(), numbers.SearchQuery{}, 10, nil)
		require.ErrorIs(t, err, numbers.ErrNumberUnavailable)
		assert.ErrorContains(t, err, "8 more numbers are needed")
		assert.Len(t, p.Bought(), 2)
		assert.Less(t, o.count, 12, "a search that brings nothing new is the last")
	})
}

// What was found before a search failed is bought.
func TestBuyAnyBuysWhatWasFoundBeforeTheSearchFailed(t *testing.T) {
	s := &scripted{caps: byReference(0)}
	s.caps.Can = numbers.CanSearch
	s.place = func(_ context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
		return complete("o-"+string(r.Numbers[0]), r.Reference, r.Numbers...), nil
	}
	offers := offersOf(several(2)...)
	o := searching{s, func(numbers.SearchQuery) seqOfOffers {
		return sequence(&numbers.Error{Op: "Search", Kind: numbers.ErrVendor}, &offers[0], nil, &numbers.Offer{VendorNumber: "masked"}, &offers[1])
	}}
	p, err := open(t, o).BuyAny(t.Context(), numbers.SearchQuery{}, 2, nil)
	require.NoError(t, err)
	assert.Len(t, p.Bought(), 2)
	p, err = open(t, o).BuyAny(t.Context(), numbers.SearchQuery{}, 3, nil)
	require.ErrorIs(t, err, numbers.ErrVendor)
	assert.Len(t, p.Bought(), 2)
	assert.Equal(t, 3, s.counted("Search"))
}

func TestBuyAnyRefusesBadInput(t *testing.T) {
	m := shop(3, numbers.Capabilities{})
	with := func(change func(*account.BuyAnyOptions)) *account.BuyAnyOptions {
		opts := &account.BuyAnyOptions{}
		change(opts)
		return opts
	}
	for name, c := range map[string]struct {
		o     numbers.Orderer
		q     numbers.SearchQuery
		n     int
		opts  *account.BuyAnyOptions
		kind  error
		field string
	}{
		"none":            {m, numbers.SearchQuery{}, 0, nil, numbers.ErrInvalid, "n"},
		"fewer than none": {m, numbers.SearchQuery{}, -1, nil, numbers.ErrInvalid, "n"},
		"can't search": {numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: numbers.Capabilities{Can: numbers.CanListOwned}}),
			numbers.SearchQuery{}, 1, nil, errors.ErrUnsupported, ""},
		"can't search by it": {shop(3, numbers.Capabilities{SearchFields: numbers.SearchCountry}), numbers.SearchQuery{AreaCode: "202", Country: "US"}, 1, nil, errors.ErrUnsupported, "AreaCode"},
		"a negative limit":   {m, numbers.SearchQuery{Limit: -1}, 1, nil, numbers.ErrInvalid, "Limit"},
		"a cap of nothing":   {m, numbers.SearchQuery{}, 1, with(func(o *account.BuyAnyOptions) { o.MaxMonthly = &numbers.Money{} }), numbers.ErrInvalid, "MaxMonthly"},
		"an assignment":      {m, numbers.SearchQuery{}, 1, with(func(o *account.BuyAnyOptions) { o.Assign = &numbers.Assignment{CallFlow: "x"} }), errors.ErrUnsupported, "Assign.CallFlow"},
		"a reserved ending":  {m, numbers.SearchQuery{}, 1, with(func(o *account.BuyAnyOptions) { o.Reference = "job~r1" }), numbers.ErrInvalid, "Reference"},
		"negative orphans":   {m, numbers.SearchQuery{}, 1, with(func(o *account.BuyAnyOptions) { o.MaxOrphans = -1 }), numbers.ErrInvalid, "MaxOrphans"},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := open(t, c.o).BuyAny(t.Context(), c.q, c.n, c.opts)
			requireRefused(t, err, c.kind, c.field)
			assert.Nil(t, p)
			e, _ := errors.AsType[*numbers.Error](err)
			assert.Empty(t, e.Numbers)
		})
	}
	assert.Empty(t, m.Calls())
}
