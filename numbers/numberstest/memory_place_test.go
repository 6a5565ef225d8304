package numberstest_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

func ordered(list ...numbers.E164) numbers.OrderRequest {
	return numbers.OrderRequest{Numbers: list, Reference: numbers.NewReference()}
}

type limiterFunc func(context.Context) error

func (f limiterFunc) Wait(ctx context.Context) error { return f(ctx) }

// TestMemoryBegins: the limiter, Begin, a stop, and the sending, in this order.
func TestMemoryBegins(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var steps []string
		var stop time.Duration
		var limit error
		m := numberstest.NewMemory(numberstest.MemoryOptions{
			Limiter:    limiterFunc(func(context.Context) error { steps = append(steps, "limiter"); return limit }),
			BeforeSend: func() { time.Sleep(stop); steps = append(steps, "stop") },
		})
		r := ordered(number(0))
		var refusal error
		r.Begin = func(context.Context) (time.Time, error) {
			steps = append(steps, "begin")
			return time.Now().Add(15 * time.Second), refusal
		}

		stop = 16 * time.Second
		_, err := m.Place(t.Context(), r)
		require.ErrorIs(t, err, numbers.ErrNotPlaced)
		assert.Equal(t, []string{"limiter", "begin", "stop"}, steps)
		assert.Empty(t, m.Calls(), "a process that was stopped sends nothing")

		steps, limit = nil, errors.New("too many")
		_, err = m.Place(t.Context(), r)
		require.ErrorIs(t, err, numbers.ErrNotPlaced)
		require.ErrorIs(t, err, limit)
		assert.Equal(t, []string{"limiter"}, steps)

		// Of another operation: this order was not sent.
		steps, limit, refusal = nil, nil, &numbers.Error{Op: "Buy", Kind: numbers.ErrOutcomeUnknown}
		_, err = m.Place(t.Context(), r)
		require.ErrorIs(t, err, numbers.ErrNotPlaced)
		require.NotErrorIs(t, err, numbers.ErrOutcomeUnknown)
		assert.Empty(t, m.Calls())

		stop, refusal = 15*time.Second, nil
		_, err = m.Place(t.Context(), r)
		require.NoError(t, err)
		assert.Equal(t, []string{"Place"}, m.Calls())
	})
}

// TestMemoryNamesWhatIsGone: only the numbers that are gone, unless the vendor names
// none.
func TestMemoryNamesWhatIsGone(t *testing.T) {
	for nameless, want := range map[bool][]numbers.E164{false: {number(1)}, true: {number(0), number(1)}} {
		m := numberstest.NewMemory(numberstest.MemoryOptions{NamelessRefusals: nameless})
		_, err := m.Place(t.Context(), ordered(number(1)))
		require.NoError(t, err)
		_, err = m.Place(t.Context(), ordered(number(0), number(1)))
		require.ErrorIs(t, err, numbers.ErrNumberUnavailable)
		e, _ := errors.AsType[*numbers.Error](err)
		assert.Equal(t, want, e.Numbers)
	}
}

// TestMemorySellsTwice: each order has a number of its own, and is given back by
// itself.
func TestMemorySellsTwice(t *testing.T) {
	m := numberstest.NewMemory(numberstest.MemoryOptions{SellsTwice: true})
	var ids []string
	for range 2 {
		_, err := m.Place(t.Context(), ordered(number(0)))
		require.NoError(t, err)
	}
	for n, err := range m.Owned(t.Context(), numbers.OwnedQuery{}) {
		require.NoError(t, err)
		ids = append(ids, n.ID)
	}
	require.Len(t, ids, 2)
	assert.NotEqual(t, ids[0], ids[1])
	assert.Equal(t, []string{string(number(0))}, m.Books().Duplicates())
	require.NoError(t, m.Release(t.Context(), &numbers.Number{Vendor: "memory", ID: ids[0], E164: number(0)}))
	assert.False(t, m.Books().Purchases[0].Owns())
	assert.True(t, m.Books().Purchases[1].Owns())
}

// TestMemoryOrderPrice: the price in an order is not the one that was quoted.
func TestMemoryOrderPrice(t *testing.T) {
	dollars := func(n int64) *numbers.Price {
		return &numbers.Price{Monthly: &numbers.Money{Amount: decimal.NewFromInt(n), Currency: "USD"}}
	}
	m := numberstest.NewMemory(numberstest.MemoryOptions{Price: dollars(2), OrderPrice: dollars(50)})
	q, err := m.Quote(t.Context(), ordered(number(0), number(1)))
	require.NoError(t, err)
	assert.Equal(t, "4 USD", q.Price.Monthly.String())
	o, err := m.Place(t.Context(), ordered(number(0), number(1)))
	require.NoError(t, err)
	assert.Equal(t, dollars(50), o.Price)
	assert.Nil(t, o.Items[0].Price)
}

// TestMemoryOrdersAreOwned: an order is the row of its number, and ends with it.
func TestMemoryOrdersAreOwned(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{
			SettleAfter: time.Minute, Capabilities: numbers.Capabilities{OrdersAreOwned: true},
		})
		assert.Equal(t, 1, m.Capabilities().MaxNumbers)
		assert.Equal(t, numbers.ByNumber, m.Capabilities().FoundBy)
		placed, err := m.Place(t.Context(), ordered(number(0)))
		require.NoError(t, err)
		assert.Equal(t, numbers.NumberPending, placed.Items[0].Owned.State)
		time.Sleep(time.Minute)
		read, err := m.Order(t.Context(), placed.ID)
		require.NoError(t, err)
		own := read.Items[0].Owned
		assert.Equal(t, read.ID, own.ID)
		assert.Equal(t, numbers.NumberActive, own.State)
		for n, err := range m.Owned(t.Context(), numbers.OwnedQuery{}) {
			require.NoError(t, err)
			assert.Equal(t, own, n)
		}
		require.NoError(t, m.Release(t.Context(), own))
		_, err = m.Order(t.Context(), placed.ID)
		require.ErrorIs(t, err, numbers.ErrNotFound)
	})
}

// TestMemoryRepeatable: ordering again settles what became of an order that was not
// answered.
func TestMemoryRepeatable(t *testing.T) {
	m := numberstest.NewMemory(numberstest.MemoryOptions{Repeatable: true})
	resolve := func(err error) numbers.Resolution {
		t.Helper()
		require.ErrorIs(t, err, numbers.ErrOutcomeUnknown)
		e, _ := errors.AsType[*numbers.Error](err)
		resolutions, errs := m.ResolveAll(t.Context(), []numbers.Attempt{*e.Attempt})
		require.NoError(t, errs[0])
		return resolutions[0]
	}
	m.Inject(numberstest.Fault{Kind: numberstest.LostOrphan})
	_, err := m.Place(t.Context(), ordered(number(0)))
	assert.Equal(t, numbers.Resolution{Outcome: numbers.Repeatable}, resolve(err))
	_, err = m.Place(t.Context(), ordered(number(0)))
	assert.Equal(t, numbers.Resolution{Outcome: numbers.PossiblyOrphaned, MaybeSold: true}, resolve(err))
	assert.Len(t, m.Books().Orphans(), 1)

	m.Inject(numberstest.Fault{Kind: numberstest.DroppedRequest})
	_, err = m.Place(t.Context(), ordered(number(1)))
	assert.Equal(t, numbers.Resolution{Outcome: numbers.Repeatable}, resolve(err))
	_, err = m.Place(t.Context(), ordered(number(1)))
	require.NoError(t, err)
}
