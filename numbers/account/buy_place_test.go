package account_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

func TestA429IsTriedAgainWhenTheVendorAllowsIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: byNumber(1)})
		m.Inject(numberstest.Fault{Kind: numberstest.RateLimited, RetryAfter: "7", Times: 3})
		began := time.Now()
		var sent []time.Duration
		p, err := open(t, m).Buy(t.Context(), numbers.OrderRequest{Numbers: several(5)}, &account.BuyOptions{
			Concurrency: 1, OnEvent: func(e numbers.Event) {
				if e.Kind == numbers.EventSending {
					sent = append(sent, time.Since(began))
				}
			},
		})
		require.NoError(t, err)
		assert.Len(t, p.Bought(), 5)
		require.Len(t, sent, 8)
		for i := range 3 {
			assert.GreaterOrEqual(t, sent[i+1]-sent[i], 7*time.Second)
			assert.LessOrEqual(t, sent[i+1]-sent[i], 8*time.Second)
		}
	})
}

func TestA429HoldsAllOrdersOfThePurchaseBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: byNumber(1)})
		m.Inject(numberstest.Fault{Kind: numberstest.RateLimited, RetryAfter: "60", After: 10})
		began := time.Now()
		early := 0
		_, err := open(t, unhurried{m}).Buy(t.Context(), numbers.OrderRequest{Numbers: several(40)}, &account.BuyOptions{
			Concurrency: 2, OnEvent: func(e numbers.Event) {
				if e.Kind == numbers.EventSending && time.Since(began) < time.Minute {
					early++
				}
			},
		})
		require.NoError(t, err)
		assert.LessOrEqual(t, early, 13, "what was under way, and one that begins as the answer comes")
	})
}

func TestBuyGivesUpOn429InTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{})
		m.Inject(numberstest.Fault{Kind: numberstest.RateLimited, Times: -1})
		began := time.Now()
		p, err := open(t, m).Buy(t.Context(), numbers.OrderRequest{Numbers: []numbers.E164{one}}, nil)
		require.ErrorIs(t, err, numbers.ErrRateLimited)
		assert.GreaterOrEqual(t, time.Since(began), (1+2+4+8+16+32+4*64)*time.Second/2, "it waits longer from time to time")
		assert.LessOrEqual(t, time.Since(began), (1+2+4+8+16+32+4*64)*time.Second)
		assert.Empty(t, p.Orders)
		assert.Empty(t, p.Unknown)
		assert.Equal(t, 11, calls(m, "Place"))
	})
}

// An Orderer that calls an unknown outcome a rate limit, too, makes nobody buy twice.
func TestARateLimitThatIsAlsoUnknownIsNotRepeated(t *testing.T) {
	for name, err := range map[string]error{
		"joined": errors.Join(numbers.ErrRateLimited, numbers.ErrOutcomeUnknown),
		"cause":  &numbers.Error{Op: "Place", Vendor: "script", Kind: numbers.ErrRateLimited, Err: numbers.ErrOutcomeUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &scripted{caps: byReference(0), place: answer(nil, err)}
				_, got := open(t, s).Buy(t.Context(), numbers.OrderRequest{Numbers: several(1)}, nil)
				require.ErrorIs(t, got, numbers.ErrNotPlaced)
				assert.Equal(t, 1, s.counted("Place"))
			})
		})
	}
}

// naming is a vendor that sells no number of gone, refuses an order that has one, and
// names as many of them as it was made to.
type naming struct {
	*numberstest.Memory
	gone []numbers.E164
	most int
}

func (v naming) Place(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
	var named []numbers.E164
	for _, n := range r.Numbers {
		if slices.Contains(v.gone, n) {
			named = append(named, n)
		}
	}
	if len(named) == 0 {
		return v.Memory.Place(ctx, r)
	}
	if _, err := r.Begin(ctx); err != nil {
		return nil, err
	}
	return nil, &numbers.Error{Op: "Place", Vendor: "memory", Kind: numbers.ErrNumberUnavailable, Numbers: r.Numbers, Refused: named[:min(v.most, len(named))]}
}

// A refusal that names numbers costs one more order, however many numbers there are.
func TestABatchIsPlacedAgainWithoutTheNumbersThatTheVendorNames(t *testing.T) {
	list := several(100)
	for name, c := range map[string]struct {
		gone   []numbers.E164
		most   int
		orders int
	}{
		"none":                  {nil, 100, 1},
		"one":                   {list[70:71], 100, 2},
		"five, named at once":   {list[10:15], 100, 2},
		"five, named by turns":  {list[10:15], 1, 6},
		"all, named at once":    {list, 100, 1},
		"all except the last":   {list[:99], 100, 2},
		"six, named in couples": {list[:6], 2, 4},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				j := new(account.MemoryJournal)
				v := naming{numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: byNumber(0)}), c.gone, c.most}
				p, err := openWith(t, v, j).Buy(t.Context(), numbers.OrderRequest{Numbers: list, Reference: "job"}, nil)
				assert.Len(t, p.Bought(), 100-len(c.gone))
				assert.Len(t, missing(err), len(c.gone))
				for n, reason := range missing(err) {
					assert.Contains(t, c.gone, n)
					require.ErrorIs(t, reason, numbers.ErrNumberUnavailable)
				}
				assert.Len(t, entriesOf(t, j), c.orders)
				assert.LessOrEqual(t, c.orders, 2+len(c.gone))
			})
		})
	}
}

func TestABatchIsHalvedWhereTheVendorNamesNoNumber(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{NamelessRefusals: true, Capabilities: numbers.Capabilities{Can: numbers.CanResolve}})
		list := several(64)
		_, err := m.Place(t.Context(), numbers.OrderRequest{Numbers: list[40:41]}) // somebody else's
		require.NoError(t, err)
		p, err := open(t, m).Buy(t.Context(), numbers.OrderRequest{Numbers: list, Reference: "job"}, nil)
		require.ErrorIs(t, err, numbers.ErrNumberUnavailable)
		assert.Len(t, p.Bought(), 63)
		assert.Len(t, missing(err), 1)
		assert.Contains(t, missing(err), list[40])
		assert.Equal(t, 1+1+2*6, calls(m, "Place"), "somebody else's, the whole, and two halves six times")
		references := make(map[string]bool)
		for _, o := range p.Orders {
			assert.False(t, references[o.Reference], "each order has a reference of its own")
			references[o.Reference] = true
		}
	})
}

// What is refused for another reason than a number is not tried again in parts.
func TestARefusalOfTheWholeRequestIsNotSplit(t *testing.T) {
	for _, kind := range []error{
		numbers.ErrInsufficientFunds, numbers.ErrUnauthorized, numbers.ErrForbidden, numbers.ErrInvalid, numbers.ErrRequirements,
		numbers.ErrConflict, numbers.ErrNotFound, numbers.ErrUnreachable, numbers.ErrVendor, errors.ErrUnsupported,
	} {
		for _, concerned := range []int{8, 1} { // only Error.Refused names what to leave out
			s := &scripted{caps: byReference(0), place: answer(nil, &numbers.Error{Kind: kind, Numbers: several(8)[:concerned]})}
			p, err := open(t, s).Buy(t.Context(), numbers.OrderRequest{Numbers: several(8)}, nil)
			require.ErrorIs(t, err, kind)
			assert.Empty(t, p.Orders)
			assert.Len(t, missing(err), 8)
			assert.Equal(t, 1, s.counted("Place"), "%v", kind)
		}
	}
}

// The journal has what became of each order, and all that is needed to find it out.
func TestTheJournalHasEachOutcome(t *testing.T) {
	for name, c := range map[string]struct {
		fault  numberstest.Fault
		status numbers.EntryStatus
		http   int
		kind   error
	}{
		"placed":        {numberstest.Fault{}, numbers.EntryPlaced, 0, nil},
		"refused":       {numberstest.Fault{Kind: numberstest.StatusBefore, Status: 402}, numbers.EntryRefused, 0, numbers.ErrInsufficientFunds},
		"lost, placed":  {numberstest.Fault{Kind: numberstest.LostReply}, numbers.EntryPlaced, 0, nil},
		"lost, not":     {numberstest.Fault{Kind: numberstest.DroppedRequest}, numbers.EntryNotPlaced, 0, numbers.ErrNotPlaced},
		"a 503, not":    {numberstest.Fault{Kind: numberstest.StatusBefore}, numbers.EntryNotPlaced, 503, numbers.ErrNotPlaced},
		"a 503, placed": {numberstest.Fault{Kind: numberstest.StatusAfter}, numbers.EntryPlaced, 503, nil},
		"orphaned":      {numberstest.Fault{Kind: numberstest.OrphanPurchase}, numbers.EntryOrphaned, 500, numbers.ErrOutcomeUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: byNumber(0)})
				if c.fault.Kind != "" {
					m.Inject(c.fault)
				}
				j := new(account.MemoryJournal)
				began := time.Now()
				p, err := openWith(t, m, j).Buy(t.Context(), numbers.OrderRequest{Numbers: several(2), Reference: "job"}, nil)
				e := entryBy(t, j, "job")
				assert.NotEmpty(t, e.ID)
				assert.Equal(t, c.status, e.End.Status)
				assert.Equal(t, []string{"memory", "main", "", "job"}, []string{e.Vendor, e.Account, e.Scope, e.Purchase})
				assert.Equal(t, several(2), e.Numbers)
				assert.Empty(t, e.Before)
				assert.True(t, e.Started.Equal(began))
				assert.Equal(t, 15*time.Second, e.SendBy.Sub(e.Started), "the fence")
				assert.Equal(t, time.Minute, e.Deadline.Sub(e.SendBy), "the time for an answer")
				assert.False(t, e.Ended.IsZero())
				assert.Equal(t, c.http, e.Status)
				require.ErrorIs(t, err, c.kind)
				switch c.status {
				case numbers.EntryPlaced:
					assert.Equal(t, p.Orders[0].ID, e.End.OrderID)
				case numbers.EntryOrphaned:
					require.Len(t, p.Unknown, 1)
					assert.Equal(t, e.Attempt, p.Unknown[0], "the caller has what the journal has")
				default:
					assert.NotEmpty(t, e.End.Reason)
				}
			})
		})
	}
}

// What the numbers had before is noted, so that it is not taken for the order later.
func TestTheJournalHasWhatTheNumbersHadBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: byNumber(0)})
		j := new(account.MemoryJournal)
		a := openWith(t, m, j)
		p, err := a.Buy(t.Context(), numbers.OrderRequest{Numbers: several(1)}, nil)
		require.NoError(t, err)
		own, err := a.Find(t.Context(), one)
		require.NoError(t, err)
		require.NoError(t, a.Release(t.Context(), own))
		_, err = a.Buy(t.Context(), numbers.OrderRequest{Numbers: several(2), Reference: "again"}, nil)
		require.NoError(t, err)
		assert.Equal(t, []string{p.Orders[0].ID}, entryBy(t, j, "again").Before)
	})
}

func TestTheTemplateAndItsReferenceReachTheVendor(t *testing.T) {
	m := numberstest.NewMemory(numberstest.MemoryOptions{})
	own := &numberstest.MemoryRequest{Note: "for the front desk"}
	p, err := open(t, m).Buy(t.Context(), numbers.OrderRequest{Numbers: several(1), Reference: "job", Native: own}, nil)
	require.NoError(t, err)
	got, ok := numbers.Native[*numberstest.MemoryOrder](p.Orders[0])
	require.True(t, ok)
	assert.Equal(t, "for the front desk", got.Note)
	assert.Equal(t, "job", got.Reference)
	assert.Empty(t, own.Numbers, "the caller's own stays")
}

// The caller's Begin is not called: Account makes the claim.
func TestACallersBeginIsNotUsed(t *testing.T) {
	m := numberstest.NewMemory(numberstest.MemoryOptions{})
	r := numbers.OrderRequest{Numbers: several(1), Begin: func(context.Context) (time.Time, error) {
		return time.Time{}, fmt.Errorf("not this one")
	}}
	_, err := open(t, m).Buy(t.Context(), r, nil)
	require.NoError(t, err)
}
