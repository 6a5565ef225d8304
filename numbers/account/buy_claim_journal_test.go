package account_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// What the journal can't record is not sent. The others are bought.
func TestWhatCannotBeClaimedIsNotSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: byNumber(1)})
		j := &failing{failBegin: func(a numbers.Attempt) error {
			if a.Numbers[0] == one {
				return errFull
			}
			return nil
		}}
		a, err := account.New("main", m, &account.Options{Journal: j})
		require.NoError(t, err)
		p, err := a.Buy(t.Context(), numbers.OrderRequest{Numbers: several(3)}, nil)
		require.ErrorIs(t, err, numbers.ErrNotPlaced)
		require.ErrorIs(t, err, errFull)
		assert.ErrorContains(t, err, errFull.Error())
		assert.Equal(t, several(3)[1:], p.Bought(), "the others are bought")
		assert.Contains(t, missing(err), one)
		assert.Equal(t, 2, calls(m, "Place"))
		require.ErrorIs(t, a.Close(), errFull, "the journal may have recorded it")
	})
}

func TestAJournalThatCannotBeReadSendsNothing(t *testing.T) {
	s := searching{&scripted{caps: byNumber(0), list: always()}, nil}
	s.caps.Can = numbers.CanSearch
	a := openWith(t, s, &failing{failEntries: func(numbers.JournalQuery) error { return errors.New("bad sector") }})
	r := numbers.OrderRequest{Numbers: []numbers.E164{one}, Reference: "job"}
	for op, err := range map[string]error{
		"Buy":    second(a.Buy(t.Context(), r, nil)),
		"Plan":   second(a.Plan(t.Context(), r, nil)),
		"BuyAny": second(a.BuyAny(t.Context(), numbers.SearchQuery{}, 1, &account.BuyAnyOptions{Reference: "job"})),
	} {
		require.ErrorIs(t, err, numbers.ErrNotPlaced, op)
		require.ErrorIs(t, err, numbers.ErrIncomplete, op)
		assert.ErrorContains(t, err, "nothing was sent")
		assert.ErrorContains(t, err, "bad sector")
	}
	assert.Zero(t, s.counted("Place"))
	assert.Zero(t, s.counted("Search"))
}

// Without an answer from Begin, an entry may exist. It ends as not placed later, in the
// background, and its number can then be bought.
func TestAClaimWhoseAnswerIsLostEndsAsNotPlaced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: byNumber(0)})
		lost := 1
		j := &failing{loseBegin: func(numbers.Attempt) error {
			if lost--; lost >= 0 {
				return errors.New("connection reset")
			}
			return nil
		}}
		a := openWith(t, m, j)
		r := numbers.OrderRequest{Numbers: []numbers.E164{one}, Reference: "job"}
		_, err := a.Buy(t.Context(), r, nil)
		require.ErrorIs(t, err, numbers.ErrNotPlaced)
		assert.True(t, entryBy(t, j, "job").Open(), "it was recorded all the same")
		assert.Zero(t, calls(m, "Place"))

		time.Sleep(2 * time.Second)
		assert.Equal(t, numbers.EntryNotPlaced, entryBy(t, j, "job").End.Status)
		p, err := a.Buy(t.Context(), r, nil)
		require.NoError(t, err)
		assert.Equal(t, []numbers.E164{one}, p.Bought())
		assert.Len(t, entriesOf(t, j), 2)
	})
}

// A job that comes again at once, before that has ended, waits for it and then buys.
func TestARedeliveryBuysAfterAClaimWhoseAnswerIsLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: byNumber(0)})
		lost := 1
		a := openWith(t, m, &failing{loseBegin: func(numbers.Attempt) error {
			if lost--; lost >= 0 {
				return errors.New("connection reset")
			}
			return nil
		}})
		r := numbers.OrderRequest{Numbers: []numbers.E164{one}, Reference: "job"}
		_, err := a.Buy(t.Context(), r, nil)
		require.ErrorIs(t, err, numbers.ErrNotPlaced)
		began := time.Now()
		p, err := a.Buy(t.Context(), r, nil)
		require.NoError(t, err)
		assert.Equal(t, []numbers.E164{one}, p.Bought())
		assert.Less(t, time.Since(began), 5*time.Second)
		assert.Equal(t, 1, calls(m, "Place"))
	})
}

// An outcome that the journal does not record is reported by an event and an error. It is
// recorded later.
func TestAnEndThatFailsIsReported(t *testing.T) {
	for name, fault := range map[string]numberstest.Fault{
		"placed": {}, "resolved": {Kind: numberstest.LostReply}, "refused": {Kind: numberstest.StatusBefore, Status: 402},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: byNumber(0)})
				if fault.Kind != "" {
					m.Inject(fault)
				}
				var repaired atomic.Bool
				j := &failing{failEnd: func(numbers.JournalEntry, numbers.JournalEnd) error {
					if !repaired.Load() {
						return errFull
					}
					return nil
				}}
				a := openWith(t, m, j)
				var w watch
				p, err := a.Buy(t.Context(), numbers.OrderRequest{Numbers: []numbers.E164{one}, Reference: "job"}, &account.BuyOptions{OnEvent: w.see})
				require.ErrorIs(t, err, errFull)
				require.ErrorIs(t, err, numbers.ErrIncomplete)
				events := w.of(numbers.EventJournal)
				require.NotEmpty(t, events)
				require.ErrorIs(t, events[0].Err, errFull)
				assert.Equal(t, "job", events[0].Reference)
				if name != "refused" {
					assert.Equal(t, []numbers.E164{one}, p.Bought(), "the order is returned all the same")
					assert.Empty(t, missing(err))
				}
				assert.True(t, entryBy(t, j, "job").Open())

				repaired.Store(true)
				time.Sleep(2 * time.Minute)
				assert.False(t, entryBy(t, j, "job").Open())
			})
		})
	}
}

// An order has one customer: an answer with an order that another purchase has proves
// nothing about this one, and it is found out.
func TestAnAnswerWithAnotherPurchasesOrderIsResolved(t *testing.T) {
	other := several(2)[1]
	for name, appears := range map[string]bool{"never bought": false, "bought, and listed later": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				j := new(account.MemoryJournal)
				begin(t, j, attemptOf("script", "theirs", "theirs", other), numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: "O"})
				began := time.Now()
				s := &scripted{caps: byNumber(0), place: answer(complete("o", "", one), nil)}
				s.list = func(ctx context.Context, q numbers.OrderQuery) seqOfOrders {
					if appears && time.Since(began) > 20*time.Second {
						return sequence(nil, complete("o", "", one), complete("o2", "", one))
					}
					return sequence(nil, complete("o", "", one))
				}
				s.order = func(_ context.Context, id string) (*numbers.Order, error) { return complete(id, "", one), nil }
				var w watch
				p, err := openWith(t, s, j).Buy(t.Context(), numbers.OrderRequest{Numbers: several(1), Reference: "mine"}, &account.BuyOptions{OnEvent: w.see})
				require.Len(t, w.of(numbers.EventUnknown), 1)
				require.ErrorIs(t, w.of(numbers.EventUnknown)[0].Err, numbers.ErrOutcomeUnknown)
				assert.Equal(t, 1, s.counted("Place"))
				assert.Equal(t, "O", entryBy(t, j, "theirs").End.OrderID)
				if !appears {
					require.ErrorIs(t, err, numbers.ErrNotPlaced)
					assert.Empty(t, p.Orders)
					assert.Equal(t, numbers.EntryNotPlaced, entryBy(t, j, "mine").End.Status)
					return
				}
				require.NoError(t, err)
				assert.Equal(t, "o2", p.Orders[0].ID)
				assert.Equal(t, "o2", entryBy(t, j, "mine").End.OrderID)
			})
		})
	}
}

// A panic of an Orderer reaches the goroutine of the caller, and the account goes on: what
// was sent can be found out.
func TestAPanicReachesTheCaller(t *testing.T) {
	for name, arm := range map[string]func(s *scripted){
		"Place": func(s *scripted) {
			s.place = func(context.Context, numbers.OrderRequest) (*numbers.Order, error) { panic("in Place") }
		},
		"Order": func(s *scripted) {
			s.place = func(_ context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
				return in(numbers.StatePending, "o"+r.Reference, "", r.Numbers...), nil
			}
			s.order = func(context.Context, string) (*numbers.Order, error) { panic("in Order") }
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &scripted{caps: byNumber(1), list: always()}
				arm(s)
				j := new(account.MemoryJournal)
				a := openWith(t, s, j)
				r := numbers.OrderRequest{Numbers: several(3), Reference: "job"}
				value := panicOf(func() { _, _ = a.Buy(t.Context(), r, nil) })
				require.NotNil(t, value, "this goroutine got the panic")
				assert.Contains(t, fmt.Sprint(value), "in "+name)

				s.order = nil
				found, err := a.Recover(t.Context())
				require.NoError(t, err)
				if name == "Place" {
					assert.Len(t, found, 3, "what may have been sent is not under way for ever")
				}
				for _, e := range entriesOf(t, j) {
					assert.False(t, e.Open())
				}
			})
		})
	}
}

func panicOf(f func()) (value any) {
	defer func() { value = recover() }()
	f()
	return nil
}

// An order that waits for what the vendor asks for is not waited for, and the answer to
// Place is all that the caller gets: its deadlines are kept.
func TestTheDeadlineInTheAnswerIsKept(t *testing.T) {
	until := time.Now().Add(48 * time.Hour)
	placed := in(numbers.StateActionRequired, "o", "", several(2)...)
	placed.Items[0].Deadline, placed.Items[1].Deadline = until, until.Add(time.Hour)
	s := &scripted{caps: byNumber(0), list: always(), place: answer(placed, nil)}
	p, err := open(t, s).Buy(t.Context(), numbers.OrderRequest{Numbers: several(2)}, nil)
	require.ErrorIs(t, err, numbers.ErrRequirements)
	require.Len(t, p.Orders, 1)
	assert.Equal(t, until, p.Orders[0].Items[0].Deadline)
	assert.Equal(t, until.Add(time.Hour), p.Orders[0].Items[1].Deadline)
	assert.Zero(t, s.counted("Order"))
}

// A later reading that states no deadline does not take away the one that was stated.
func TestTheDeadlineOutlastsAReadingWithoutIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		until := time.Now().Add(48 * time.Hour)
		placed := in(numbers.StatePending, "o", "", one)
		placed.Items[0].Deadline = until
		s := &scripted{caps: byNumber(0), list: always(), place: answer(placed, nil), order: reads(in(numbers.StateActionRequired, "o", "", one))}
		p, err := open(t, s).Buy(t.Context(), numbers.OrderRequest{Numbers: several(1)}, nil)
		require.ErrorIs(t, err, numbers.ErrRequirements)
		assert.Equal(t, until, p.Orders[0].Items[0].Deadline)

		s.order = reads(complete("o", "", one))
		p, err = open(t, s).Buy(t.Context(), numbers.OrderRequest{Numbers: several(1)}, nil)
		require.NoError(t, err)
		assert.Zero(t, p.Orders[0].Items[0].Deadline, "what is bought waits for nothing")
	})
}
