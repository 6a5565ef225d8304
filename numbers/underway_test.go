package numbers_test

import (
	"context"
	"errors"
	"iter"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// TestTheOtherIsUnderWay: a job is delivered again while the first delivery is
// waiting for the vendor's answer, which comes long after any settle time.
func TestTheOtherIsUnderWay(t *testing.T) {
	const answer = 5 * time.Minute
	refusal := &numbers.Error{Op: "Place", Vendor: "script", Kind: numbers.ErrInsufficientFunds}
	lost := &numbers.Error{Op: "Place", Vendor: "script", Kind: numbers.ErrOutcomeUnknown, Attempt: &numbers.Attempt{Vendor: "script", Numbers: []numbers.E164{one}}}
	for name, c := range map[string]struct {
		answer func() (*numbers.Order, error)
		lists  bool
		kind   error // of the second delivery
	}{
		"placed, and not listed yet": {func() (*numbers.Order, error) { return complete("o", "", one), nil }, false, nil},
		"refused":                    {func() (*numbers.Order, error) { return nil, refusal }, false, numbers.ErrNotPlaced},
		"lost, and placed":           {func() (*numbers.Order, error) { return nil, lost }, true, nil},
		"lost, and not placed":       {func() (*numbers.Order, error) { return nil, lost }, false, numbers.ErrNotPlaced},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var answered atomic.Bool
				s := &scripted{caps: numberCaps()}
				s.place = func(context.Context, numbers.OrderRequest) (*numbers.Order, error) {
					time.Sleep(answer)
					answered.Store(true)
					return c.answer()
				}
				s.list = func(context.Context, numbers.OrderQuery) iter.Seq2[*numbers.Order, error] {
					if c.lists && answered.Load() {
						return sequence(nil, complete("o", "", one))
					}
					return sequence[numbers.Order](nil)
				}
				s.order = func(context.Context, string) (*numbers.Order, error) { return complete("o", "", one), nil }
				o := numbers.Journaled(s, "main", &numberstest.MemoryJournal{})
				r := numbers.OrderRequest{Numbers: []numbers.E164{one}, Reference: "job"}
				var wg sync.WaitGroup
				wg.Go(func() { _, _ = numbers.Buy(t.Context(), o, r, nil) })
				time.Sleep(time.Second)
				var w watch
				p, err := numbers.Buy(t.Context(), o, r, &numbers.BuyOptions{OnEvent: w.see})
				require.GreaterOrEqual(t, len(w.events), 2)
				assert.Equal(t, []numbers.EventKind{numbers.EventResolving, numbers.EventResolved}, w.kinds()[:2])
				assert.Equal(t, map[bool]numbers.Outcome{true: numbers.Placed, false: numbers.NotPlaced}[c.kind == nil], w.events[1].Outcome)
				assert.True(t, answered.Load(), "it has waited for the other's answer")
				if c.kind != nil {
					require.ErrorIs(t, err, c.kind)
				} else {
					require.NoError(t, err)
					assert.Equal(t, []numbers.E164{one}, p.Bought())
				}
				assert.Empty(t, p.Unknown)
				wg.Wait()
				assert.Equal(t, 1, s.counted("Place"))
			})
		})
	}
}

// TestDoubtWithoutAnAttempt: an unknown outcome that tells nothing gets what is
// needed to resolve it.
func TestDoubtWithoutAnAttempt(t *testing.T) {
	for name, doubt := range map[string]error{
		"a bare kind":   numbers.ErrOutcomeUnknown,
		"a plain error": errors.New("EOF"),
		"no attempt":    &numbers.Error{Op: "Place", Vendor: "script", Kind: numbers.ErrOutcomeUnknown, Status: 502},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &scripted{caps: numberCaps(), list: always()}
				s.place = func(context.Context, numbers.OrderRequest) (*numbers.Order, error) { return nil, doubt }
				var w watch
				_, err := numbers.Buy(t.Context(), s, numbers.OrderRequest{Numbers: []numbers.E164{one}, Reference: "job"}, &numbers.BuyOptions{OnEvent: w.see})
				require.ErrorIs(t, err, numbers.ErrNotPlaced)
				require.ErrorIs(t, w.events[2].Err, numbers.ErrOutcomeUnknown)
				e, ok := errors.AsType[*numbers.Error](w.events[2].Err)
				require.True(t, ok)
				require.NotNil(t, e.Attempt)
				assert.Equal(t, "job", e.Attempt.Reference)
				assert.Equal(t, []numbers.E164{one}, e.Attempt.Numbers)
				assert.True(t, e.Attempt.Ended.Equal(time.Now().Add(-settle)))
				assert.Equal(t, name == "no attempt", e.Attempt.Status == 502)
			})
		})
	}
}

// forgetful is a journal that does not find at first what it has.
type forgetful struct {
	*numberstest.MemoryJournal
	asked sync.Map
}

func (f *forgetful) Find(ctx context.Context, account, reference string) (numbers.JournalEntry, bool, error) {
	if _, again := f.asked.LoadOrStore(reference, true); !again {
		return numbers.JournalEntry{}, false, nil
	}
	return f.MemoryJournal.Find(ctx, account, reference)
}

// TestBoughtMeanwhile: between this delivery's look for the references and its
// look for the numbers the other one has bought them all.
func TestBoughtMeanwhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: byNumber(1)})
		j := &forgetful{MemoryJournal: &numberstest.MemoryJournal{}}
		r := numbers.OrderRequest{Numbers: several(3), Reference: "job"}
		_, err := numbers.Buy(t.Context(), numbers.Journaled(m, "main", j.MemoryJournal), r, nil)
		require.NoError(t, err)
		p, err := numbers.Buy(t.Context(), numbers.Journaled(m, "main", j), r, nil)
		require.NoError(t, err)
		assert.ElementsMatch(t, several(3), p.Bought())
		assert.Empty(t, p.Owned)
		assert.Equal(t, 3, calls(m, "Place"))

		late := &forgetful{MemoryJournal: j.MemoryJournal}
		r.Numbers = []numbers.E164{one, several(5)[3], several(5)[4]} // job-2 and job-3 were other numbers
		_, err = numbers.Buy(t.Context(), numbers.Journaled(m, "main", late), r, nil)
		require.ErrorIs(t, err, numbers.ErrConflict)
		assert.Equal(t, 3, calls(m, "Place"))
	})
}

// TestPlacedMeanwhile: the other has placed the order between this one's look
// and its turn, and the vendor does not show it yet.
func TestPlacedMeanwhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := &forgetful{MemoryJournal: &numberstest.MemoryJournal{}}
		entry, _, err := j.Begin(t.Context(), numbers.Attempt{Vendor: "script", Account: "main", Reference: "job", Numbers: []numbers.E164{one}, Started: time.Now()})
		require.NoError(t, err)
		require.NoError(t, j.End(t.Context(), entry.ID, numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: "o"}))
		began := time.Now()
		s := &scripted{caps: numberCaps(), list: always()}
		s.order = func(context.Context, string) (*numbers.Order, error) {
			if time.Since(began) < settle/2 {
				return nil, &numbers.Error{Op: "Order", Vendor: "script", Kind: numbers.ErrNotFound}
			}
			return complete("o", "", one), nil
		}
		p, err := numbers.Buy(t.Context(), numbers.Journaled(s, "main", j), numbers.OrderRequest{Numbers: []numbers.E164{one}, Reference: "job"}, nil)
		require.NoError(t, err)
		assert.Equal(t, []numbers.E164{one}, p.Bought())
		assert.Zero(t, s.counted("Place"))
	})
}

// TestTheOtherIsGone: nobody ends the entry, and so it is over when no request
// lives that long.
func TestTheOtherIsGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := &numberstest.MemoryJournal{}
		_, _, err := j.Begin(t.Context(), numbers.Attempt{Vendor: "script", Account: "main", Reference: "job", Numbers: []numbers.E164{one}, Started: time.Now()})
		require.NoError(t, err)
		began := time.Now()
		o := numbers.Journaled(&scripted{caps: numberCaps(), list: always()}, "main", j)
		_, err = numbers.Buy(t.Context(), o, numbers.OrderRequest{Numbers: []numbers.E164{one}, Reference: "job"}, nil)
		require.ErrorIs(t, err, numbers.ErrNotPlaced)
		assert.GreaterOrEqual(t, time.Since(began), 10*time.Minute)
		assert.Less(t, time.Since(began), 13*time.Minute)

		_, _, err = j.Begin(t.Context(), numbers.Attempt{Vendor: "script", Account: "main", Reference: "job 2", Numbers: []numbers.E164{one}, Started: time.Now()})
		require.NoError(t, err)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		p, err := numbers.Buy(ctx, o, numbers.OrderRequest{Numbers: []numbers.E164{one}, Reference: "job 2"}, nil)
		require.ErrorIs(t, err, numbers.ErrOutcomeUnknown)
		assert.Len(t, p.Unknown, 1)
		entry, _, _ := j.Find(t.Context(), "main", "job 2")
		assert.True(t, entry.Open())
	})
}

// unreadable is a journal that can't be read.
type unreadable struct{ *numberstest.MemoryJournal }

func (unreadable) Find(context.Context, string, string) (numbers.JournalEntry, bool, error) {
	return numbers.JournalEntry{}, false, errors.New("bad sector")
}

func TestJournalThatCannotBeRead(t *testing.T) {
	s := searching{&scripted{caps: numberCaps(), list: always()}, nil}
	s.caps.Can = numbers.CanSearch
	o := numbers.Journaled(s, "main", unreadable{&numberstest.MemoryJournal{}})
	r := numbers.OrderRequest{Numbers: []numbers.E164{one}}
	for op, err := range map[string]error{
		"Buy":          second(numbers.Buy(t.Context(), o, r, nil)),
		"PlanPurchase": second(numbers.PlanPurchase(t.Context(), o, r, nil)),
		"BuyAny":       second(numbers.BuyAny(t.Context(), o, numbers.SearchQuery{}, 1, nil)),
	} {
		require.ErrorIs(t, err, numbers.ErrNotPlaced)
		assert.Equal(t, "script: "+op+": not placed: the journal can't be read, and so nothing was sent: bad sector", err.Error())
	}
	assert.Zero(t, s.counted("Place"))
	assert.Zero(t, s.counted("Search"))
}

// TestBuyAnyKeepsWhatItTookUp though it can't look any further.
func TestBuyAnyKeepsWhatItTookUp(t *testing.T) {
	s := &scripted{caps: referenceCaps()}
	s.caps.Can = numbers.CanSearch
	s.list = func(_ context.Context, q numbers.OrderQuery) iter.Seq2[*numbers.Order, error] {
		if q.Reference == "job-r1" {
			return sequence(nil, complete("o", "job-r1", one))
		}
		return sequence[numbers.Order](&numbers.Error{Op: "Orders", Kind: numbers.ErrUnauthorized})
	}
	p, err := numbers.BuyAny(t.Context(), searching{s, nil}, numbers.SearchQuery{}, 2, &numbers.BuyAnyOptions{Reference: "job"})
	require.ErrorIs(t, err, numbers.ErrUnauthorized)
	require.NotNil(t, p)
	assert.Equal(t, []numbers.E164{one}, p.Bought())
}

// TestBuyAnyCountsPricesOfOrders: by the order's word, by the item's, by the
// offer's; and an order that was taken up counts, too.
func TestBuyAnyCountsPricesOfOrders(t *testing.T) {
	for name, c := range map[string]struct {
		order *numbers.Order
		kind  error
	}{
		"the order's price":    {&numbers.Order{Price: &numbers.Price{Upfront: usd("2")}, Count: 1}, numbers.ErrOverCap},
		"a low one":            {&numbers.Order{Price: &numbers.Price{Upfront: usd("1")}, Count: 1}, nil},
		"the item's price":     {&numbers.Order{Count: 1, Items: []numbers.Item{{E164: one, State: numbers.StateComplete, Price: &numbers.Price{Upfront: usd("2")}}}}, numbers.ErrOverCap},
		"no price":             {&numbers.Order{Count: 1, Items: []numbers.Item{{E164: one, State: numbers.StateComplete}}}, numbers.ErrPriceUnknown},
		"failed":               {&numbers.Order{Count: 1, State: numbers.StateFailed, Items: []numbers.Item{{E164: one, State: numbers.StateFailed}}}, numbers.ErrNumberUnavailable},
		"a number not told of": {&numbers.Order{Count: 1}, numbers.ErrPriceUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				first := *c.order
				first.ID, first.Reference = "o", "job-r1"
				if first.State == "" {
					first.State = numbers.StateComplete
				}
				s := &scripted{caps: referenceCaps()}
				s.caps.Can = numbers.CanSearch
				s.list = func(_ context.Context, q numbers.OrderQuery) iter.Seq2[*numbers.Order, error] {
					if q.Reference == "job-r1" {
						return sequence(nil, &first)
					}
					return sequence[numbers.Order](nil)
				}
				s.order = func(context.Context, string) (*numbers.Order, error) { return &first, nil }
				s.place = func(_ context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
					return complete("o2", r.Reference, r.Numbers...), nil
				}
				offer := numbers.Offer{E164: several(2)[1], Price: &numbers.Price{Upfront: usd("1")}}
				o := searching{s, func(numbers.SearchQuery) iter.Seq2[*numbers.Offer, error] { return sequence(nil, &offer) }}
				opts := &numbers.BuyAnyOptions{Reference: "job"}
				opts.MaxUpfront = usd("2")
				_, err := numbers.BuyAny(t.Context(), o, numbers.SearchQuery{}, 2, opts)
				if c.kind == nil {
					require.NoError(t, err)
				} else {
					require.ErrorIs(t, err, c.kind)
				}
			})
		})
	}
}
