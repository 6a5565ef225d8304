package fleet_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
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

var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func oldestFirst(i int) time.Time { return start.Add(time.Duration(i) * time.Second) }
func newestFirst(i int) time.Time { return start.Add(-time.Duration(i) * time.Second) }

// The merged listing has everything once, and takes the time of the slowest account.
func TestMergedListingTakesTheTimeOfTheSlowest(t *testing.T) {
	for name, created := range map[string]func(int) time.Time{
		"without times": nil, "at one time": func(int) time.Time { return start }, "oldest first": oldestFirst, "newest first": newestFirst,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var vendors []numbers.Orderer
				for _, takes := range []time.Duration{time.Second, 4 * time.Second, time.Millisecond, 2 * time.Second} {
					vendors = append(vendors, &lister{n: 5000, takes: takes, created: created})
				}
				f := open(t, new(account.MemoryJournal), vendors...)
				began := time.Now()
				all, errs := collect(f.Owned(t.Context(), numbers.OwnedQuery{}))
				require.Empty(t, errs)
				assert.Equal(t, 500*4*time.Second, time.Since(began))
				require.Len(t, all, 4*5000)
				next := make(map[string]int)
				for _, n := range all {
					require.Equal(t, fmt.Sprint("row-", next[n.Account]), n.ID, "each account's own order")
					next[n.Account]++
				}
			})
		})
	}
}

// Where all accounts list by time, so does the fleet.
func TestMergedListingIsInTheOrderOfTime(t *testing.T) {
	for name, tc := range map[string]struct {
		at     func(int) time.Time
		sorted func(a, b time.Time) int
	}{
		"oldest first": {oldestFirst, time.Time.Compare},
		"newest first": {newestFirst, func(a, b time.Time) int { return b.Compare(a) }},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				spread := func(step, offset int) func(int) time.Time {
					return func(i int) time.Time { return tc.at(i*step + offset) }
				}
				f := open(t, new(account.MemoryJournal),
					&lister{n: 3000, takes: time.Second, created: spread(3, 0)},
					&lister{n: 40, takes: 7 * time.Second, created: spread(11, 5000)},
					&lister{n: 900, created: spread(10, 1)},
					&lister{n: 0},
					&lister{n: 500, takes: time.Minute, created: func(i int) time.Time { return tc.at(i / 7) }},
				)
				all, errs := collect(f.Orders(t.Context(), numbers.OrderQuery{}))
				require.Empty(t, errs)
				require.Len(t, all, 3000+40+900+500)
				assert.True(t, slices.IsSortedFunc(all, func(a, b *numbers.Order) int { return tc.sorted(a.Created, b.Created) }))
			})
		})
	}
}

// An account that is not in the order of time delays no other.
func TestAnAccountWithoutOrderDelaysNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		zigzag := func(i int) time.Time { return start.Add(time.Duration(i%2*1e6+i) * time.Hour) }
		f := open(t, new(account.MemoryJournal),
			&lister{n: 1000, takes: time.Second, created: zigzag}, &lister{n: 1000, takes: time.Second, created: oldestFirst})
		began := time.Now()
		all, errs := collect(f.Owned(t.Context(), numbers.OwnedQuery{}))
		require.Empty(t, errs)
		assert.Len(t, all, 2000)
		assert.Less(t, time.Since(began), 110*time.Second)
	})
}

// An account that fails is reported where it fails and at the end, and hides nothing of
// the others.
func TestAnAccountThatFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		denied := &numbers.Error{Op: "Owned", Vendor: "list", Kind: numbers.ErrUnauthorized}
		f := open(t, new(account.MemoryJournal),
			&lister{n: 100, takes: time.Second, created: oldestFirst},
			&lister{n: 100, takes: time.Second, created: oldestFirst, failAt: 50},
			&lister{fails: denied},
		)
		all, errs := collect(f.Owned(t.Context(), numbers.OwnedQuery{}))
		assert.Len(t, all, 150)
		require.Len(t, errs, 3)
		var names []string
		for _, err := range errs[:2] {
			e, ok := err.(*fleet.AccountError) //nolint:errorlint // the outermost
			require.True(t, ok, "%T", err)
			names = append(names, e.Account)
			assert.Equal(t, "list", e.Vendor)
		}
		assert.Equal(t, []string{"c", "b"}, names)
		require.ErrorIs(t, errs[0], numbers.ErrUnauthorized)
		require.ErrorIs(t, errs[1], numbers.ErrIncomplete)

		last := errs[2]
		require.ErrorIs(t, last, numbers.ErrIncomplete)
		require.ErrorIs(t, last, numbers.ErrUnauthorized)
		e, ok := errors.AsType[*fleet.AccountError](last)
		require.True(t, ok)
		assert.Equal(t, "c", e.Account)
		assert.Contains(t, last.Error(), `2 of 3 accounts failed: account "c"`)
		assert.Contains(t, last.Error(), `account "b"`)
	})
}

// A loop that stops early stops all accounts, and the sequence can be read again.
func TestAnEarlyStopLeavesNothingRunning(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // fails if a goroutine is left
		slow, fast := &lister{n: 1000, takes: time.Hour}, &lister{n: 100000}
		seq := open(t, new(account.MemoryJournal), slow, fast).Owned(t.Context(), numbers.OwnedQuery{})
		for range 2 {
			began := time.Now()
			for n, err := range seq {
				require.NoError(t, err)
				assert.Equal(t, "b", n.Account)
				break
			}
			assert.Zero(t, time.Since(began))
			assert.Zero(t, slow.read)
			assert.Less(t, fast.read, 1000, "what is not needed is not read")
		}
	})
}

func TestAListingEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
		defer cancel()
		f := open(t, new(account.MemoryJournal), &lister{n: 1000, takes: time.Minute}, &lister{n: 10})
		all, errs := collect(f.Owned(ctx, numbers.OwnedQuery{}))
		assert.Len(t, all, 20)
		require.Len(t, errs, 2)
		require.ErrorIs(t, errs[1], context.DeadlineExceeded)
		require.ErrorIs(t, errs[1], numbers.ErrIncomplete)
	})
}

// At most 16 accounts are read at the same time; those whose rows wait don't count.
func TestReadingIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var vendors []numbers.Orderer
		for range 40 {
			vendors = append(vendors, &lister{n: 10, takes: time.Second, created: oldestFirst})
		}
		began := time.Now()
		all, errs := collect(open(t, new(account.MemoryJournal), vendors...).Owned(t.Context(), numbers.OwnedQuery{}))
		require.Empty(t, errs)
		assert.Len(t, all, 400)
		assert.Equal(t, 3*time.Second, time.Since(began))

		vendors = nil
		for range 20 { // more than can wait, of every account
			vendors = append(vendors, &lister{n: 600, created: oldestFirst})
		}
		all, errs = collect(open(t, new(account.MemoryJournal), vendors...).Owned(t.Context(), numbers.OwnedQuery{}))
		require.Empty(t, errs)
		assert.Len(t, all, 20*600)
	})
}

func TestSearchIsLimitedOverAll(t *testing.T) {
	shop := func(list ...numbers.E164) numbers.Orderer {
		return numberstest.NewMemory(numberstest.MemoryOptions{Offers: offersOf(list...)})
	}
	registrar := &lister{caps: numbers.Capabilities{Billing: numbers.Registers}}
	f := open(t, new(account.MemoryJournal), shop(several(5)...), shop(several(9)[5:]...), registrar)

	offers, errs := collect(f.Search(t.Context(), numbers.SearchQuery{Limit: 7}))
	require.Empty(t, errs)
	assert.Len(t, offers, 7)
	offers, errs = collect(f.Search(t.Context(), numbers.SearchQuery{}))
	require.Empty(t, errs, "who sells nothing is left out")
	assert.Len(t, offers, 9)
	assert.Equal(t, "a", offers[slices.IndexFunc(offers, func(o *numbers.Offer) bool { return o.E164 == one })].Account)

	// An account that sells numbers and can't search is not left out silently.
	_, errs = collect(open(t, new(account.MemoryJournal), shop(one), &lister{}).Search(t.Context(), numbers.SearchQuery{}))
	require.Len(t, errs, 2)
	require.ErrorIs(t, errs[1], errors.ErrUnsupported)

	_, errs = collect(open(t, new(account.MemoryJournal), registrar).Search(t.Context(), numbers.SearchQuery{}))
	require.Len(t, errs, 1)
	require.ErrorIs(t, errs[0], errors.ErrUnsupported)
}

// A row that is nil, and a panic of an adapter.
func TestBadListings(t *testing.T) {
	f := open(t, new(account.MemoryJournal), &odd{list: func(yield func(*numbers.Order, error) bool) { yield(nil, nil) }})
	all, errs := collect(f.Orders(t.Context(), numbers.OrderQuery{}))
	assert.Empty(t, all)
	require.Len(t, errs, 2)
	require.ErrorIs(t, errs[1], numbers.ErrIncomplete)

	f = open(t, new(account.MemoryJournal), &odd{list: func(func(*numbers.Order, error) bool) { panic("boom") }})
	assert.Contains(t, panicOf(func() { collect(f.Orders(t.Context(), numbers.OrderQuery{})) }), "boom")

	_, errs = collect(f.Orders(noContext, numbers.OrderQuery{}))
	require.ErrorIs(t, errs[0], numbers.ErrInvalid)
}

// panicOf is the text of what f panics with.
func panicOf(f func()) (text string) {
	defer func() { text = fmt.Sprint(recover()) }()
	f()
	return ""
}

// odd lists as a test makes it.
type odd struct {
	lister
	list iter.Seq2[*numbers.Order, error]
}

func (o *odd) Orders(context.Context, numbers.OrderQuery) iter.Seq2[*numbers.Order, error] {
	return o.list
}
