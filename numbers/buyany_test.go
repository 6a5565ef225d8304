package numbers_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
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
func shop(n int, caps numbers.Capabilities, price *numbers.Price) *numberstest.Memory {
	return numberstest.NewMemory(numberstest.MemoryOptions{Offers: offersOf(several(n)...), Capabilities: caps, Price: price})
}

func TestBuyAny(t *testing.T) {
	for _, most := range []int{0, 1, 2} {
		for _, by := range []numbers.Recognition{numbers.ByNumber, numbers.ByReference} {
			synctest.Test(t, func(t *testing.T) {
				m := shop(10, numbers.Capabilities{MaxNumbers: most, FoundBy: by, ListingDelay: time.Minute}, nil)
				p, err := numbers.BuyAny(t.Context(), m, numbers.SearchQuery{Country: "US"}, 5, nil)
				require.NoError(t, err)
				assert.Len(t, p.Bought(), 5)
				assert.Len(t, m.Books().Owned(), 5)
			})
		}
	}
}

// A number whose order was lost is ordered again, but for a vendor that may
// have bought it without ever listing it: there another one is bought.
func TestBuyAnyLeavesPossibleOrphansAlone(t *testing.T) {
	for _, orphans := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			m := shop(3, numbers.Capabilities{MaxNumbers: 1, FoundBy: numbers.ByNumber}, nil)
			m.Inject(numberstest.Fault{Kind: numberstest.DroppedRequest})
			p, err := numbers.BuyAny(t.Context(), candid{m, orphans}, numbers.SearchQuery{Country: "US"}, 1, nil)
			require.NoError(t, err)
			want := several(1)
			if orphans {
				want = several(2)[1:]
			}
			assert.Equal(t, want, p.Bought())
		})
	}
}

// TestBuyAnyUnderEveryFault: never more than n are bought or may be, whatever
// goes wrong, and a repeated call tops up.
func TestBuyAnyUnderEveryFault(t *testing.T) {
	const n = 5
	kinds := []numberstest.FaultKind{
		numberstest.LostReply, numberstest.LateCommit, numberstest.DroppedRequest, numberstest.DelayedReply, numberstest.HangBefore,
		numberstest.HangAfter, numberstest.StatusBefore, numberstest.StatusAfter, numberstest.RateLimited, numberstest.PartialOrder,
		numberstest.StuckPending, numberstest.LateListing, numberstest.OrphanPurchase,
	}
	for _, kind := range kinds {
		for _, times := range []int{1, 3, -1} {
			for _, most := range []int{0, 2} {
				for _, by := range []numbers.Recognition{numbers.ByNumber, numbers.ByReference} {
					t.Run(fmt.Sprint(kind, times, most, by), func(t *testing.T) {
						synctest.Test(t, func(t *testing.T) {
							m := shop(12, numbers.Capabilities{MaxNumbers: most, FoundBy: by, ListingDelay: time.Minute}, &numbers.Price{Upfront: usd("1")})
							m.Inject(numberstest.Fault{Kind: kind, Times: times})
							o := numbers.Journaled(m, "main", &numberstest.MemoryJournal{})
							opts := &numbers.BuyAnyOptions{Reference: "job"}
							opts.MaxUpfront = usd("5")
							for range 3 {
								ctx, cancel := context.WithTimeout(t.Context(), 6*time.Hour)
								p, err := numbers.BuyAny(ctx, o, numbers.SearchQuery{}, n, opts)
								cancel()
								time.Sleep(time.Hour)
								require.NotNil(t, p, "%v", err)
								held := len(p.Bought())
								for _, a := range p.Unknown {
									held += len(a.Numbers)
								}
								assert.LessOrEqual(t, held, n)
								assert.LessOrEqual(t, len(m.Books().Owned()), n)
								assert.Empty(t, m.Books().Duplicates())
								assert.Equal(t, err == nil, len(p.Bought()) == n, "%v", err)
							}
						})
					})
				}
			}
		}
	}
}

func TestBuyAnyReplacesLostNumbers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := shop(10, numbers.Capabilities{}, nil)
		m.Inject(numberstest.Fault{Kind: numberstest.PartialOrder})
		p, err := numbers.BuyAny(t.Context(), m, numbers.SearchQuery{Country: "US"}, 3, nil)
		require.NoError(t, err)
		assert.Len(t, p.Bought(), 3)
		assert.Len(t, m.Books().Owned(), 3)
		assert.NotContains(t, p.Bought(), one)
	})
}

// stale offers numbers that somebody else has bought already.
type stale struct {
	*numberstest.Memory
	offers []numbers.Offer
	most   int // offers a search
	count  int
	vague  bool // does not say which number of an order is not available
}

func (s *stale) Search(_ context.Context, q numbers.SearchQuery) iter.Seq2[*numbers.Offer, error] {
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

// TestBuyAnyLostInCompany: the vendor refuses a whole order for one number that
// is sold. The others are not given up.
func TestBuyAnyLostInCompany(t *testing.T) {
	for _, vague := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: numbers.Capabilities{Can: numbers.CanSearch}})
			for _, n := range []int{0, 3} { // somebody else's
				_, err := m.Place(t.Context(), numbers.OrderRequest{Numbers: several(4)[n : n+1]})
				require.NoError(t, err)
			}
			o := &stale{Memory: m, offers: offersOf(several(6)...), most: 6, vague: vague}
			p, err := numbers.BuyAny(t.Context(), o, numbers.SearchQuery{}, 4, nil)
			require.NoError(t, err, "vague %t", vague)
			list := several(6)
			assert.ElementsMatch(t, []numbers.E164{list[1], list[2], list[4], list[5]}, p.Bought())
		})
	}
}

// TestBuyAnySearchesAgain for as long as a search brings new offers.
func TestBuyAnySearchesAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: numbers.Capabilities{Can: numbers.CanSearch}})
		o := &stale{Memory: m, offers: offersOf(several(12)...), most: 3}
		p, err := numbers.BuyAny(t.Context(), o, numbers.SearchQuery{}, 10, nil)
		require.NoError(t, err)
		assert.Len(t, p.Bought(), 10)
		assert.Equal(t, 4, o.count)

		p, err = numbers.BuyAny(t.Context(), o, numbers.SearchQuery{}, 10, nil)
		require.ErrorIs(t, err, numbers.ErrNumberUnavailable)
		assert.ErrorContains(t, err, "8 more are wanted")
		assert.Len(t, p.Bought(), 2)
		assert.Less(t, o.count, 12, "a search that brings nothing new is the last")
	})
}

// TestBuyAnyTakesUp what an earlier call ordered, wherever it was stopped.
func TestBuyAnyTakesUp(t *testing.T) {
	for _, kind := range []numbers.EventKind{numbers.EventSending, numbers.EventSent, numbers.EventUnknown, numbers.EventResolving, numbers.EventPending, numbers.EventSettled} {
		for _, most := range []int{0, 2} {
			for _, by := range []numbers.Recognition{numbers.ByNumber, numbers.ByReference} {
				t.Run(fmt.Sprint(kind, most, by), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						m := numberstest.NewMemory(numberstest.MemoryOptions{
							Offers: offersOf(several(12)...), SettleAfter: 5 * time.Minute,
							Capabilities: numbers.Capabilities{MaxNumbers: most, FoundBy: by, ListingDelay: time.Minute},
						})
						m.Inject(numberstest.Fault{Kind: numberstest.LostReply})
						o := numbers.Journaled(m, "main", &numberstest.MemoryJournal{})
						ctx, cancel := context.WithCancel(t.Context())
						opts := &numbers.BuyAnyOptions{Reference: "job"}
						opts.OnEvent = func(e numbers.Event) {
							if e.Kind == kind {
								cancel()
							}
						}
						first, err := numbers.BuyAny(ctx, o, numbers.SearchQuery{}, 5, opts)
						assert.Equal(t, err == nil, len(first.Bought()) == 5, "%v", err)
						for range 2 {
							second, err := numbers.BuyAny(t.Context(), o, numbers.SearchQuery{}, 5, &numbers.BuyAnyOptions{Reference: "job"})
							require.NoError(t, err)
							assert.Len(t, second.Bought(), 5)
							assert.Subset(t, second.Bought(), first.Bought())
							assert.Len(t, m.Books().Owned(), 5)
						}
						cancel()
					})
				})
			}
		}
	}
}

// TestBuyAnyTakesUpAfterAGap: a round of which nothing came has left no trace.
func TestBuyAnyTakesUpAfterAGap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := shop(10, numbers.Capabilities{}, nil)
		for _, round := range []string{"job-r2", "job-r4"} {
			_, err := m.Place(t.Context(), numbers.OrderRequest{Numbers: several(4)[len(m.Books().Purchases) : len(m.Books().Purchases)+1], Reference: round})
			require.NoError(t, err)
		}
		p, err := numbers.BuyAny(t.Context(), m, numbers.SearchQuery{}, 3, &numbers.BuyAnyOptions{Reference: "job"})
		require.NoError(t, err)
		assert.Equal(t, several(3), p.Bought())
		assert.Equal(t, "job-r5", p.Orders[2].Reference)
	})
}

// TestBuyAnyCountsWhatIsNotTold: an order that does not tell its numbers counts
// as many as it says.
func TestBuyAnyCountsWhatIsNotTold(t *testing.T) {
	s := &scripted{caps: referenceCaps()}
	s.caps.Can = numbers.CanSearch
	s.list = func(_ context.Context, q numbers.OrderQuery) iter.Seq2[*numbers.Order, error] {
		if q.Reference != "job-r1" {
			return sequence[numbers.Order](nil)
		}
		return sequence(nil, &numbers.Order{ID: "o", Reference: "job-r1", State: numbers.StateComplete, Count: 3})
	}
	s.order = func(context.Context, string) (*numbers.Order, error) {
		return &numbers.Order{ID: "o", Reference: "job-r1", State: numbers.StateComplete, Count: 3, Items: complete("", "", one).Items}, nil
	}
	_, err := numbers.BuyAny(t.Context(), searching{s, nil}, numbers.SearchQuery{}, 3, &numbers.BuyAnyOptions{Reference: "job"})
	require.NoError(t, err)
	assert.Zero(t, s.counted("Place"))
}

// searching is a scripted Orderer that searches.
type searching struct {
	*scripted
	find func(numbers.SearchQuery) iter.Seq2[*numbers.Offer, error]
}

func (s searching) Search(_ context.Context, q numbers.SearchQuery) iter.Seq2[*numbers.Offer, error] {
	seq := s.find(q)
	return func(yield func(*numbers.Offer, error) bool) {
		s.count("Search")
		seq(yield)
	}
}

// TestBuyAnySearchFails: what was found before is bought.
func TestBuyAnySearchFails(t *testing.T) {
	s := &scripted{caps: referenceCaps()}
	s.caps.Can = numbers.CanSearch
	s.place = func(_ context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
		return complete("o-"+string(r.Numbers[0]), r.Reference, r.Numbers...), nil
	}
	offers := offersOf(several(2)...)
	o := searching{s, func(numbers.SearchQuery) iter.Seq2[*numbers.Offer, error] {
		return sequence(&numbers.Error{Op: "Search", Kind: numbers.ErrVendor}, &offers[0], nil, &numbers.Offer{VendorNumber: "masked"}, &offers[1])
	}}
	p, err := numbers.BuyAny(t.Context(), o, numbers.SearchQuery{}, 2, nil)
	require.NoError(t, err)
	assert.Len(t, p.Bought(), 2)
	p, err = numbers.BuyAny(t.Context(), o, numbers.SearchQuery{}, 3, nil)
	require.ErrorIs(t, err, numbers.ErrVendor)
	assert.Len(t, p.Bought(), 2)
	assert.Equal(t, 3, s.counted("Search"))
}

func TestBuyAnyBadInput(t *testing.T) {
	m := shop(3, numbers.Capabilities{}, nil)
	with := func(change func(*numbers.BuyAnyOptions)) *numbers.BuyAnyOptions {
		opts := &numbers.BuyAnyOptions{}
		change(opts)
		return opts
	}
	for name, c := range map[string]struct {
		o     numbers.Orderer
		q     numbers.SearchQuery
		n     int
		opts  *numbers.BuyAnyOptions
		kind  error
		field string
	}{
		"nil":             {nil, numbers.SearchQuery{}, 1, nil, numbers.ErrInvalid, "Orderer"},
		"a nil pointer":   {(*numberstest.Memory)(nil), numbers.SearchQuery{}, 1, nil, numbers.ErrInvalid, "Orderer"},
		"none":            {m, numbers.SearchQuery{}, 0, nil, numbers.ErrInvalid, "n"},
		"fewer than none": {m, numbers.SearchQuery{}, -1, nil, numbers.ErrInvalid, "n"},
		"can't search": {numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: numbers.Capabilities{Can: numbers.CanListOwned}}),
			numbers.SearchQuery{}, 1, nil, errors.ErrUnsupported, ""},
		"can't search by it": {shop(3, numbers.Capabilities{SearchFields: numbers.SearchCountry}, nil), numbers.SearchQuery{AreaCode: "202", Country: "US"}, 1, nil, errors.ErrUnsupported, "AreaCode"},
		"a negative limit":   {m, numbers.SearchQuery{Limit: -1}, 1, nil, numbers.ErrInvalid, "Limit"},
		"a cap of nothing":   {m, numbers.SearchQuery{}, 1, with(func(o *numbers.BuyAnyOptions) { o.MaxMonthly = &numbers.Money{} }), numbers.ErrInvalid, "MaxMonthly"},
		"an assignment":      {m, numbers.SearchQuery{}, 1, with(func(o *numbers.BuyAnyOptions) { o.Assign = &numbers.Assignment{CallFlow: "x"} }), errors.ErrUnsupported, "Assign.CallFlow"},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := numbers.BuyAny(t.Context(), c.o, c.q, c.n, c.opts)
			requireRefused(t, err, c.kind, c.field)
			assert.Nil(t, p)
			e, _ := errors.AsType[*numbers.Error](err)
			assert.Empty(t, e.Numbers)
		})
	}
	assert.Empty(t, m.Calls())
}
