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

// An order that waited longer than SendBy between its claim and its sending is not
// sent. It is claimed again a few times.
func TestWhatIsLateIsNotSent(t *testing.T) {
	for pauses, bought := range map[int]bool{0: true, 1: true, 3: true, 4: false} {
		t.Run(fmt.Sprint(pauses), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				stops := 0
				m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: byNumber(0), BeforeSend: func() {
					if stops++; stops <= pauses {
						time.Sleep(16 * time.Second)
					}
				}})
				j := new(account.MemoryJournal)
				p, err := openWith(t, m, j).Buy(t.Context(), numbers.OrderRequest{Numbers: several(1), Reference: "job"}, nil)
				for _, e := range entriesOf(t, j)[:pauses] {
					assert.Equal(t, numbers.EntryRefused, e.End.Status)
				}
				if !bought {
					require.ErrorIs(t, err, numbers.ErrNotPlaced)
					assert.Contains(t, missing(err), one)
					assert.Zero(t, calls(m, "Place"))
					return
				}
				require.NoError(t, err)
				assert.Equal(t, several(1), p.Bought())
				assert.Equal(t, 1, calls(m, "Place"))
				assert.Len(t, entriesOf(t, j), pauses+1)
			})
		})
	}
}

// A slow limiter holds no claim, and the readings are made again after it.
func TestASlowLimiterHoldsNoClaim(t *testing.T) {
	for _, taken := range []bool{false, true} {
		t.Run(fmt.Sprint("taken meanwhile: ", taken), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				limiter := &waiting{}
				limiter.limit.Store(int64(15 * time.Minute))
				m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: byNumber(0), Limiter: limiter, SellsTwice: true})
				j := new(account.MemoryJournal)
				a := openWith(t, m, j)
				time.AfterFunc(10*time.Minute, func() {
					assert.Empty(t, entriesOf(t, j), "nothing is claimed yet")
					if limiter.limit.Store(0); taken {
						_, err := m.Place(context.Background(), numbers.OrderRequest{Numbers: several(1)})
						assert.NoError(t, err)
					}
				})
				_, err := a.Buy(t.Context(), numbers.OrderRequest{Numbers: several(1), Reference: "job"}, nil)
				assert.Equal(t, 1, m.Books().Bought(string(one)))
				assert.Equal(t, 2, calls(m, "Owned"), "it is read again after a quarter of an hour")
				if taken {
					require.ErrorIs(t, err, numbers.ErrAlreadyOwned)
					assert.Empty(t, entriesOf(t, j))
					return
				}
				require.NoError(t, err)
				e := entryBy(t, j, "job")
				assert.Less(t, e.End.Time.Sub(e.Started), time.Minute)
			})
		})
	}
}

// waiting is a limiter that takes its time.
type waiting struct{ limit atomic.Int64 }

func (w *waiting) Wait(ctx context.Context) error {
	select {
	case <-time.After(time.Duration(w.limit.Load())):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// The readings are repeated after a 429 that asks for an hour.
func TestAReadingThatIsOldAfterA429IsMadeAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: byNumber(0), SellsTwice: true})
		m.Inject(numberstest.Fault{Kind: numberstest.RateLimited, RetryAfter: "3600"})
		time.AfterFunc(time.Minute, func() {
			_, err := m.Place(context.Background(), numbers.OrderRequest{Numbers: several(1)})
			assert.NoError(t, err)
		})
		_, err := open(t, m).Buy(t.Context(), numbers.OrderRequest{Numbers: several(1)}, nil)
		require.ErrorIs(t, err, numbers.ErrAlreadyOwned)
		assert.Equal(t, 1, m.Books().Bought(string(one)))
	})
}

// A request is given up at its Deadline: 15 s to be sent and AnswerWithin for the
// answer. Its outcome is then unknown, and found out.
func TestAnAnswerIsAwaitedUntilTheDeadline(t *testing.T) {
	for within, want := range map[time.Duration]time.Duration{0: 75 * time.Second, 5 * time.Second: 20 * time.Second, time.Hour: time.Hour + 15*time.Second} {
		t.Run(within.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				s := &scripted{caps: byNumber(0), list: always()}
				s.place = func(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
					<-ctx.Done()
					assert.Equal(t, want, time.Since(began))
					s.list, s.order = always(complete("o", "", one)), reads(complete("o", "", one))
					return nil, &numbers.Error{Kind: numbers.ErrOutcomeUnknown, Err: context.Cause(ctx)}
				}
				a, err := account.New("main", s, &account.Options{AnswerWithin: within})
				require.NoError(t, err)
				defer a.Close()
				p, err := a.Buy(t.Context(), numbers.OrderRequest{Numbers: several(1)}, nil)
				require.NoError(t, err)
				assert.Equal(t, several(1), p.Bought())
			})
		})
	}
}

func TestAnAnswerThatArrivedAtTheDeadlineIsUsed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &scripted{caps: byNumber(0), list: always()}
		s.place = func(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
			<-ctx.Done()
			return complete("o", "", one), nil
		}
		p, err := open(t, s).Buy(t.Context(), numbers.OrderRequest{Numbers: several(1)}, nil)
		require.NoError(t, err)
		assert.Equal(t, several(1), p.Bought())
	})
}

// TestAWrongBeginLosesNoOrder: an Orderer of somebody else's that calls Begin more than
// once, never, or sends although Begin refused.
func TestAWrongBeginLosesNoOrder(t *testing.T) {
	for name, place := range map[string]func(s *scripted, ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error){
		"twice, and sent": func(_ *scripted, ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
			_, first := r.Begin(ctx)
			_, again := r.Begin(ctx)
			if first != nil || again == nil {
				return nil, errors.New("the second Begin was not refused")
			}
			return complete("o", r.Reference, r.Numbers...), nil
		},
		"never, and sent": func(_ *scripted, _ context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
			return complete("o", r.Reference, r.Numbers...), nil
		},
		"never, and lost": func(s *scripted, _ context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
			o := complete("o", r.Reference, r.Numbers...)
			s.list, s.order = listing(o), reads(o)
			return nil, numbers.ErrOutcomeUnknown
		},
		"after the answer": func(_ *scripted, ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
			time.AfterFunc(time.Minute, func() {
				if _, err := r.Begin(ctx); err == nil {
					panic("an order was begun after its end")
				}
			})
			return complete("o", r.Reference, r.Numbers...), nil
		},
	} {
		for _, caps := range []numbers.Capabilities{byNumber(0), byReference(0)} {
			t.Run(fmt.Sprint(name, caps.FoundBy), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s := &scripted{caps: caps, list: listing(), careless: true}
					s.place = func(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) { return place(s, ctx, r) }
					j := new(account.MemoryJournal)
					a := openWith(t, s, j)
					p, err := a.Buy(t.Context(), numbers.OrderRequest{Numbers: several(2), Reference: "job"}, nil)
					require.NotNil(t, p)
					assert.Equal(t, several(2), p.Bought(), "%v", err)
					assert.Empty(t, p.Unknown)
					if name != "never, and lost" {
						require.NoError(t, err)
						assert.Equal(t, "o", entryBy(t, j, "job").End.OrderID)
					}
					time.Sleep(2 * time.Minute)
					assert.Equal(t, 1, s.counted("Place"))
				})
			})
		}
	}
}

// A number that another purchase holds was sent all the same: the order is reported, and
// so is that it has no claim.
func TestAnOrderThatIsSentAlthoughBeginRefusedIsReported(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := new(account.MemoryJournal)
		s := &scripted{caps: byNumber(0), list: always(), careless: true}
		s.place = func(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
			begin(t, j, attemptOf("script", "other", "other", one), numbers.JournalEnd{})
			_, err := r.Begin(ctx)
			assert.Error(t, err)
			return complete("o", "", r.Numbers...), nil
		}
		p, err := openWith(t, s, j).Buy(t.Context(), numbers.OrderRequest{Numbers: several(1), Reference: "job"}, nil)
		require.ErrorIs(t, err, numbers.ErrConflict)
		require.ErrorContains(t, err, "without a claim")
		require.Len(t, p.Orders, 1)
		assert.Equal(t, "o", p.Orders[0].ID)
		assert.Empty(t, missing(err))
		assert.Equal(t, 1, s.counted("Place"))
	})
}

// careless is an Orderer of somebody else's, whose Place orders and then answers what
// it was made to answer.
type careless struct {
	*numberstest.Memory
	answer error
}

func (c careless) Place(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
	if _, err := c.Memory.Place(ctx, r); err != nil {
		return nil, err
	}
	return nil, c.answer
}

// What an Orderer leaves out of its answer loses no order.
func TestAnAnswerThatSaysLittleLosesNoOrder(t *testing.T) {
	var none *numbers.Error
	for name, answer := range map[string]error{
		"nothing":                  nil,
		"a nil *Error":             none,
		"an empty attempt":         &numbers.Error{Kind: numbers.ErrOutcomeUnknown, Attempt: &numbers.Attempt{}},
		"no attempt":               &numbers.Error{Kind: numbers.ErrOutcomeUnknown},
		"a bare sentinel":          numbers.ErrOutcomeUnknown,
		"an error without a kind":  errors.New("it went wrong"),
		"an *Error without a kind": &numbers.Error{Message: "it went wrong"},
		"errors joined of none":    empty{},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: byNumber(1)})
				p, err := open(t, careless{m, answer}).Buy(t.Context(), numbers.OrderRequest{Numbers: several(2), Reference: name}, nil)
				require.NoError(t, err)
				assert.ElementsMatch(t, several(2), p.Bought())
				assert.Empty(t, m.Books().Duplicates())
			})
		})
	}
}

// empty is an error that joins none.
type empty struct{}

func (empty) Error() string   { return "several errors" }
func (empty) Unwrap() []error { return nil }

// An order without an id is none: a reading shows what became of the request.
func TestAnOrderWithoutAnIDIsNoAnswer(t *testing.T) {
	for name, o := range map[string]*numbers.Order{"nil": nil, "zero": {}, "without an id": {State: numbers.StateComplete, Count: 1}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &scripted{caps: byNumber(0), list: always(), place: answer(o, nil)}
				j := new(account.MemoryJournal)
				p, err := openWith(t, s, j).Buy(t.Context(), numbers.OrderRequest{Numbers: []numbers.E164{one}, Reference: "job"}, nil)
				require.ErrorIs(t, err, numbers.ErrNotPlaced, "a reading showed that")
				assert.Empty(t, p.Orders)
				assert.Equal(t, numbers.EntryNotPlaced, entryBy(t, j, "job").End.Status)
			})
		})
	}
}

// An unknown outcome gets all that is needed to resolve it, whatever the Orderer left
// out.
func TestAnUnknownOutcomeHasAWholeAttempt(t *testing.T) {
	for name, doubt := range map[string]error{
		"a bare kind":   numbers.ErrOutcomeUnknown,
		"a plain error": errors.New("EOF"),
		"no attempt":    &numbers.Error{Op: "Place", Vendor: "script", Kind: numbers.ErrOutcomeUnknown, Status: 502},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &scripted{caps: byNumber(0), list: always(), place: answer(nil, doubt)}
				var w watch
				_, err := open(t, s).Buy(t.Context(), numbers.OrderRequest{Numbers: []numbers.E164{one}, Reference: "job"}, &account.BuyOptions{OnEvent: w.see})
				require.ErrorIs(t, err, numbers.ErrNotPlaced)
				require.ErrorIs(t, w.events[2].Err, numbers.ErrOutcomeUnknown)
				e, ok := errors.AsType[*numbers.Error](w.events[2].Err)
				require.True(t, ok)
				require.NotNil(t, e.Attempt)
				assert.NotEmpty(t, e.Attempt.ID)
				assert.Equal(t, []string{"script", "main", "job"}, []string{e.Attempt.Vendor, e.Attempt.Account, e.Attempt.Reference})
				assert.Equal(t, []numbers.E164{one}, e.Attempt.Numbers)
				assert.True(t, e.Attempt.Ended.Equal(time.Now().Add(-delay)))
				assert.Equal(t, name == "no attempt", e.Attempt.Status == 502)
			})
		})
	}
}
