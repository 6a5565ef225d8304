package fleet_test

import (
	"context"
	"fmt"
	"iter"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
	"github.com/tnkit/tnkit/numbers/fleet"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// noContext is refused.
var noContext context.Context

const one = numbers.E164("+12025550000")

// several returns n numbers in ascending order, of which the first is one.
func several(n int) []numbers.E164 {
	list := make([]numbers.E164, n)
	for i := range list {
		list[i] = number(i)
	}
	return list
}

func number(i int) numbers.E164 { return numbers.E164(fmt.Sprintf("+1%010d", 2025550000+i)) }

func usd(s string) *numbers.Money {
	return &numbers.Money{Amount: decimal.RequireFromString(s), Currency: "USD"}
}

// costs is a price that is fully known.
func costs(monthly string) *numbers.Price {
	return &numbers.Price{Upfront: usd("0"), Monthly: usd(monthly)}
}

func offersOf(list ...numbers.E164) (offers []numbers.Offer) {
	for _, n := range list {
		offers = append(offers, numbers.Offer{E164: n, Country: "US"})
	}
	return offers
}

// open makes a fleet "fleet" of one account for each Orderer: a, b, c, …
func open(t testing.TB, j numbers.Journal, orderers ...numbers.Orderer) *fleet.Fleet {
	t.Helper()
	var list []*account.Account
	for i, o := range orderers {
		a, err := account.New(string(rune('a'+i)), o, &account.Options{Journal: j})
		require.NoError(t, err)
		t.Cleanup(func() { assert.NoError(t, a.Close()) })
		list = append(list, a)
	}
	f, err := fleet.New("fleet", list...)
	require.NoError(t, err)
	return f
}

// entriesOf are all entries of a journal.
func entriesOf(t testing.TB, j numbers.Journal) (list []numbers.JournalEntry) {
	t.Helper()
	for e, err := range j.Entries(context.Background(), numbers.JournalQuery{}) {
		require.NoError(t, err)
		list = append(list, e)
	}
	return list
}

// lister is a vendor that only lists. Its n rows are what number and created make of their
// index, ten in an answer, each of which takes a while.
type lister struct {
	n        int
	takes    time.Duration
	number   func(int) numbers.E164
	created  func(int) time.Time
	change   func(int, *numbers.Number)
	failAt   int   // fails before this row, where not zero
	fails    error // nil = at the end, ErrIncomplete
	pending  []*numbers.Order
	noOrders error
	read     int // rows that were read
	caps     numbers.Capabilities
}

func (l *lister) Capabilities() numbers.Capabilities {
	c := l.caps
	c.Vendor, c.Can = "list", c.Can|numbers.CanListOwned
	return c
}

func (l *lister) Place(context.Context, numbers.OrderRequest) (*numbers.Order, error) {
	panic("it only lists")
}

func (l *lister) Order(context.Context, string) (*numbers.Order, error) {
	return nil, &numbers.Error{Op: "Order", Vendor: "list", Kind: numbers.ErrNotFound}
}

func (l *lister) Orders(ctx context.Context, q numbers.OrderQuery) iter.Seq2[*numbers.Order, error] {
	if len(q.States) > 0 { // those that are pending
		return func(yield func(*numbers.Order, error) bool) {
			for _, o := range l.pending {
				if !yield(o, nil) {
					return
				}
			}
			if l.noOrders != nil {
				yield(nil, l.noOrders)
			}
		}
	}
	return func(yield func(*numbers.Order, error) bool) {
		for n, err := range l.Owned(ctx, numbers.OwnedQuery{}) {
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(&numbers.Order{Vendor: "list", ID: n.ID, Created: n.Created, State: numbers.StateComplete}, nil) {
				return
			}
		}
	}
}

func (l *lister) Owned(ctx context.Context, _ numbers.OwnedQuery) iter.Seq2[*numbers.Number, error] {
	return func(yield func(*numbers.Number, error) bool) {
		for i := range l.n {
			if i%10 == 0 && l.takes > 0 {
				select {
				case <-time.After(l.takes):
				case <-ctx.Done():
					yield(nil, &numbers.Error{Op: "Owned", Vendor: "list", Kind: numbers.ErrUnreachable, Err: ctx.Err()})
					return
				}
			}
			if l.failAt > 0 && i == l.failAt {
				break
			}
			l.read++
			row := &numbers.Number{Vendor: "list", ID: fmt.Sprint("row-", i), E164: number(i), State: numbers.NumberActive}
			if l.number != nil {
				row.E164 = l.number(i)
			}
			if l.created != nil {
				row.Created = l.created(i)
			}
			if l.change != nil {
				l.change(i, row)
			}
			if !yield(row, nil) {
				return
			}
		}
		switch {
		case l.fails != nil:
			yield(nil, l.fails)
		case l.failAt > 0:
			yield(nil, &numbers.Error{Op: "Owned", Vendor: "list", Kind: numbers.ErrIncomplete, Message: "rows moved"})
		}
	}
}

// collect reads a sequence to its end.
func collect[T any](seq iter.Seq2[T, error]) (items []T, errs []error) {
	for item, err := range seq {
		if err != nil {
			errs = append(errs, err)
			continue
		}
		items = append(items, item)
	}
	return items, errs
}
