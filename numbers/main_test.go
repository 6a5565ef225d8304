package numbers_test

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const one = numbers.E164("+12025550000")

// several returns n numbers, of which the first is one.
func several(n int) []numbers.E164 {
	list := make([]numbers.E164, n)
	for i := range list {
		list[i] = numbers.E164(fmt.Sprintf("+1202555%04d", i))
	}
	return list
}

func byNumber(most int) numbers.Capabilities {
	return numbers.Capabilities{MaxNumbers: most, FoundBy: numbers.ByNumber, ListingDelay: 30 * time.Second}
}

func usd(s string) *numbers.Money {
	return &numbers.Money{Amount: decimal.RequireFromString(s), Currency: "USD"}
}

// calls counts the calls of an operation that reached a Memory.
func calls(m *numberstest.Memory, op string) int {
	return len(slices.DeleteFunc(m.Calls(), func(c string) bool { return c != op }))
}

// scripted is an Orderer that answers what a test tells it to.
type scripted struct {
	caps   numbers.Capabilities
	list   func(ctx context.Context, q numbers.OrderQuery) iter.Seq2[*numbers.Order, error]
	inv    func(ctx context.Context, q numbers.OwnedQuery) iter.Seq2[*numbers.Number, error]
	place  func(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error)
	order  func(ctx context.Context, id string) (*numbers.Order, error)
	mu     sync.Mutex
	counts map[string]int
}

func (s *scripted) count(op string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.counts == nil {
		s.counts = make(map[string]int)
	}
	s.counts[op]++
}

func (s *scripted) counted(op string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.counts[op]
}

func (s *scripted) Capabilities() numbers.Capabilities {
	c := s.caps
	if c.Vendor == "" {
		c.Vendor = "script"
	}
	return c
}

func (s *scripted) Place(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
	s.count("Place")
	return s.place(ctx, r)
}

func (s *scripted) Order(ctx context.Context, id string) (*numbers.Order, error) {
	s.count("Order")
	if s.order == nil {
		return nil, &numbers.Error{Op: "Order", Vendor: "script", Kind: numbers.ErrNotFound}
	}
	return s.order(ctx, id)
}

func (s *scripted) Orders(ctx context.Context, q numbers.OrderQuery) iter.Seq2[*numbers.Order, error] {
	if s.list == nil {
		return sequence[numbers.Order](nil)
	}
	seq := s.list(ctx, q)
	return func(yield func(*numbers.Order, error) bool) {
		s.count("Orders")
		seq(yield)
	}
}

// stocked is a scripted Orderer with an inventory.
type stocked struct{ *scripted }

func (s stocked) Owned(ctx context.Context, q numbers.OwnedQuery) iter.Seq2[*numbers.Number, error] {
	seq := s.inv(ctx, q)
	return func(yield func(*numbers.Number, error) bool) {
		s.count("Owned")
		seq(yield)
	}
}

// sequence yields items, and then an error where one is given.
func sequence[T any](err error, items ...*T) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		for _, item := range items {
			if !yield(item, nil) {
				return
			}
		}
		if err != nil {
			yield(nil, err)
		}
	}
}

// always lists the same orders, whatever is asked.
func always(orders ...*numbers.Order) func(context.Context, numbers.OrderQuery) iter.Seq2[*numbers.Order, error] {
	return func(context.Context, numbers.OrderQuery) iter.Seq2[*numbers.Order, error] {
		return sequence(nil, orders...)
	}
}

// complete is a complete order.
func complete(id, reference string, list ...numbers.E164) *numbers.Order {
	o := &numbers.Order{Vendor: "script", ID: id, Reference: reference, State: numbers.StateComplete, Count: len(list)}
	for _, n := range list {
		o.Items = append(o.Items, numbers.Item{E164: n, VendorNumber: string(n), State: numbers.StateComplete})
	}
	return o
}

// attempt is one that has just ended.
func attempt(reference string, list ...numbers.E164) numbers.Attempt {
	return numbers.Attempt{Vendor: "script", Reference: reference, Numbers: list, Started: time.Now(), Ended: time.Now()}
}

// fields of a *numbers.Error that a refusal before sending has.
func requireRefused(t *testing.T, err error, kind error, field string) {
	t.Helper()
	require.ErrorIs(t, err, kind)
	var e *numbers.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, field, e.Field, "%v", err)
	require.Zero(t, e.Status)
	require.Nil(t, e.Attempt)
}
