package fleet_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
	"github.com/tnkit/tnkit/numbers/fleet"
)

// rows are books.
func rows(list ...fleet.Record) iter.Seq2[fleet.Record, error] {
	return func(yield func(fleet.Record, error) bool) {
		for _, r := range list {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// short is a difference as a line: "kind number account".
func short(d fleet.Difference) string {
	return fmt.Sprintf("%s %d %s", d.Kind, indexOf(d.Number), cmp.Or(d.Account, "any"))
}

func indexOf(n numbers.E164) (i int) {
	_, _ = fmt.Sscanf(string(n), "+1%d", &i)
	return i - 2025550000
}

func shorts(list []fleet.Difference) (lines []string) {
	for _, d := range list {
		lines = append(lines, short(d))
	}
	return lines
}

// assigned connects every number.
func assigned(_ int, n *numbers.Number) { n.Assignment.Connection = "c1" }

// sells are the capabilities of a vendor that states assignments.
func sells() numbers.Capabilities {
	return numbers.Capabilities{AssignsOwned: numbers.AssignConnection}
}

func TestEveryKindOfDifference(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		now := time.Now()
		soon, later, yes := now.Add(10*24*time.Hour), now.Add(31*24*time.Hour), true
		a := &lister{n: 12, caps: sells(), change: func(i int, n *numbers.Number) {
			assigned(i, n)
			switch i {
			case 1:
				n.State = numbers.NumberDisabled
			case 2:
				n.Assignment.Connection = "c2"
			case 3:
				n.Assignment = numbers.Assignment{}
			case 4:
				n.Expires = &soon
			case 5:
				n.Expires, n.AutoRenew = &soon, &yes
			case 6:
				n.Expires = &later
			case 7:
				n.Locked = true
			case 9:
				n.State = numbers.NumberPending
			case 11:
				n.State = numbers.NumberReleased
			}
		}}
		pending := func(i int, state numbers.State) *numbers.Order {
			return &numbers.Order{Vendor: "list", ID: fmt.Sprint("order-", i), State: numbers.StatePending, Count: 1, Items: []numbers.Item{{E164: number(i), State: state}}}
		}
		b := &lister{n: 2, caps: sells(), number: func(i int) numbers.E164 { return number(8 + 12*i) }, change: assigned, pending: []*numbers.Order{
			pending(21, numbers.StatePending), pending(22, numbers.StateFailed), pending(26, numbers.StatePending), pending(8, numbers.StatePending),
		}}
		registrar := &lister{n: 1, number: func(int) numbers.E164 { return number(30) }, caps: numbers.Capabilities{Billing: numbers.Registers}}
		j := new(account.MemoryJournal)
		begin(t, j, "a", "orphan", numbers.JournalEnd{Status: numbers.EntryOrphaned}, 23, 24)
		begin(t, j, "b", "moment ago", numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: "o9", Held: []numbers.E164{number(25)}, HeldUntil: now.Add(time.Minute)}, 25)
		begin(t, j, "a", "long ago", numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: "o8", Held: []numbers.E164{number(27)}, HeldUntil: now}, 27)

		var books []fleet.Record
		for _, i := range []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 20, 21, 22, 23, 25, 27, 30} {
			books = append(books, fleet.Record{Number: number(i), State: numbers.NumberActive, Assignment: numbers.Assignment{Connection: "c1"}})
		}
		books[0].Account, books[11].Account, books[10].Account = "b", "b", "a" // numbers 0, 20 and 11
		books[17].Assignment = numbers.Assignment{}
		found, errs := collect(open(t, j, a, b, registrar).Reconcile(t.Context(), rows(books...), nil))
		require.Empty(t, errs)
		assert.ElementsMatch(t, []string{
			"other-account 0 a", "other-state 1 a", "other-assignment 2 a", "other-assignment 3 a", "unassigned 3 a", "expiring 4 a", "locked 7 a",
			"on-order 9 a", "unknown 10 a", "owned-twice 8 " + found[slices.IndexFunc(found, func(d fleet.Difference) bool { return d.Kind == fleet.OwnedTwice })].Account,
			"missing 11 a", "on-order 21 b", "missing 22 any", "possibly-orphaned 23 a", "on-order 25 b", "missing 27 any",
			"possibly-orphaned 24 a", "on-order 26 b",
		}, shorts(found))
		for _, d := range found {
			assert.Equal(t, d.Kind != fleet.Unknown && indexOf(d.Number) != 24 && indexOf(d.Number) != 26, d.Want != nil, short(d))
			listed := indexOf(d.Number) < 11
			assert.Equal(t, listed, d.Have != nil, short(d))
			if d.Kind == fleet.OwnedTwice {
				assert.ElementsMatch(t, []string{"a", "b"}, []string{d.Account, d.Other})
			}
		}
		assert.Equal(t, "order-21", found[slices.Index(shorts(found), "on-order 21 b")].Order.ID)
		assert.Equal(t, "moment ago", found[slices.Index(shorts(found), "on-order 25 b")].Entry.Purchase)
		assert.Equal(t, &books[1], found[slices.Index(shorts(found), "other-state 1 a")].Want)
	})
}

// begin records an entry of an account.
func begin(t *testing.T, j numbers.Journal, acct, purchase string, end numbers.JournalEnd, list ...int) {
	t.Helper()
	a := numbers.Attempt{ID: purchase, Vendor: "list", Account: acct, Purchase: purchase, Reference: purchase, Started: time.Now()}
	for _, i := range list {
		a.Numbers = append(a.Numbers, number(i))
	}
	inTheWay, err := j.Begin(t.Context(), a)
	require.NoError(t, err)
	require.Empty(t, inTheWay)
	require.NoError(t, j.End(t.Context(), numbers.JournalEntry{Attempt: a}, end))
}

// A number that the books expect to be on order is not a difference.
func TestWhatIsExpectedToBePending(t *testing.T) {
	pending := &numbers.Order{Vendor: "list", ID: "o", State: numbers.StatePending, Count: 1, Items: []numbers.Item{{E164: number(1), State: numbers.StatePending}}}
	a := &lister{n: 1, change: func(_ int, n *numbers.Number) { n.State = numbers.NumberPending }, pending: []*numbers.Order{pending}}
	f := open(t, new(account.MemoryJournal), a)
	found, errs := collect(f.Reconcile(t.Context(), rows(
		fleet.Record{Number: one, State: numbers.NumberPending}, fleet.Record{Number: number(1), State: numbers.NumberPending},
	), nil))
	require.Empty(t, errs)
	assert.Empty(t, found)
	found, _ = collect(f.Reconcile(t.Context(), rows(fleet.Record{Number: one}, fleet.Record{Number: number(1)}), nil))
	assert.Equal(t, []string{"on-order 0 a", "on-order 1 a"}, shorts(found))
}

// Nothing is missing that an incomplete listing did not show, account by account.
func TestNothingIsMissingFromAnIncompleteListing(t *testing.T) {
	for name, broken := range map[string]*lister{
		"half-way": {n: 10, failAt: 5}, "at the end": {n: 5, fails: &numbers.Error{Op: "Owned", Kind: numbers.ErrIncomplete}},
		"the orders": {n: 5, noOrders: &numbers.Error{Op: "Orders", Kind: numbers.ErrIncomplete}},
	} {
		t.Run(name, func(t *testing.T) {
			whole := &lister{n: 5, number: func(i int) numbers.E164 { return number(100 + i) }}
			books := []fleet.Record{
				{Number: number(7), Account: "a"}, {Number: number(8)}, {Number: number(107), Account: "b"}, {Number: number(101), Account: "b"}, {Number: number(102), Account: "a"},
			}
			found, errs := collect(open(t, new(account.MemoryJournal), broken, whole).Reconcile(t.Context(), rows(books...), nil))
			found = slices.DeleteFunc(found, func(d fleet.Difference) bool { return d.Kind == fleet.Unknown })
			assert.ElementsMatch(t, []string{"missing 107 b", "other-account 102 b"}, shorts(found))
			require.Len(t, errs, 2)
			e, ok := errors.AsType[*fleet.AccountError](errs[0])
			require.True(t, ok)
			assert.Equal(t, "a", e.Account)
			require.ErrorIs(t, errs[1], numbers.ErrIncomplete)
			assert.Contains(t, errs[1].Error(), "1 of 2 accounts failed")
		})
	}
}

// Books that can't be read, and rows that are not valid.
func TestBadBooks(t *testing.T) {
	a := &lister{n: 3}
	f := open(t, new(account.MemoryJournal), a)
	torn := errors.New("line 7")
	found, errs := collect(f.Reconcile(t.Context(), func(yield func(fleet.Record, error) bool) {
		_ = yield(fleet.Record{Number: one}, nil) && yield(fleet.Record{}, torn)
	}, nil))
	assert.Empty(t, found)
	require.Len(t, errs, 1)
	require.ErrorIs(t, errs[0], torn)
	require.ErrorIs(t, errs[0], numbers.ErrIncomplete)
	assert.Zero(t, a.read)

	found, errs = collect(f.Reconcile(t.Context(), rows(
		fleet.Record{Number: number(2)}, fleet.Record{Number: "12"}, fleet.Record{Number: one, Account: "x"}, fleet.Record{Number: one}, fleet.Record{Number: one}, fleet.Record{Number: number(2)},
	), nil))
	assert.Equal(t, []string{"unknown 1 a"}, shorts(found))
	require.Len(t, errs, 4)
	for _, err := range errs {
		require.ErrorIs(t, err, numbers.ErrInvalid)
	}

	for _, seq := range []iter.Seq2[fleet.Difference, error]{
		f.Reconcile(noContext, rows(), nil),
		f.Reconcile(t.Context(), nil, nil), f.Reconcile(t.Context(), rows(), &fleet.ReconcileOptions{ExpiringWithin: -1}),
	} {
		_, errs := collect(seq)
		require.Len(t, errs, 1)
		require.ErrorIs(t, errs[0], numbers.ErrInvalid)
	}
}

// A journal that can't be read: nothing is said to be missing.
func TestNothingIsMissingWithoutTheJournal(t *testing.T) {
	j := &unreadable{}
	found, errs := collect(open(t, j, &lister{n: 1}).Reconcile(t.Context(), rows(fleet.Record{Number: number(5)}), nil))
	assert.Equal(t, []string{"unknown 0 a"}, shorts(found))
	require.Len(t, errs, 1)
	require.ErrorIs(t, errs[0], numbers.ErrIncomplete)
	require.ErrorIs(t, errs[0], errTorn)
}

var errTorn = errors.New("torn")

type unreadable struct{ account.MemoryJournal }

func (*unreadable) Entries(context.Context, numbers.JournalQuery) iter.Seq2[numbers.JournalEntry, error] {
	return func(yield func(numbers.JournalEntry, error) bool) { yield(numbers.JournalEntry{}, errTorn) }
}

// The comparison takes the time of the slowest account, and can be left at any time.
func TestComparingTakesTheTimeOfTheSlowest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := open(t, new(account.MemoryJournal), &lister{n: 1000, takes: time.Second}, &lister{n: 1000, takes: 3 * time.Second}, &lister{n: 1000, takes: 2 * time.Second})
		began := time.Now()
		found, errs := collect(f.Reconcile(t.Context(), rows(), nil))
		require.Empty(t, errs)
		assert.Len(t, found, 3000+2000)
		assert.Equal(t, 300*time.Second, time.Since(began))
		for i := range 5 {
			for d, err := range f.Reconcile(t.Context(), rows(fleet.Record{Number: "1"}, fleet.Record{Number: number(5000)}), nil) {
				assert.NotEqual(t, err == nil, d.Kind == "")
				if i--; i < 0 {
					break
				}
			}
		}
	})
}

// Drawn books and inventories, in any order: what is found is what a comparison of two maps
// finds.
func TestReconcileAgreesWithAPlainComparison(t *testing.T) {
	for seed := range uint64(200) {
		d := rand.New(rand.NewPCG(seed, 3))
		owned := [2][]int{}
		has := make(map[int][]string)
		for i := range 60 {
			for k := range owned {
				if d.IntN(3) == 0 {
					owned[k] = append(owned[k], i)
				}
			}
		}
		var vendors []numbers.Orderer
		for k, list := range owned {
			if d.IntN(2) == 0 {
				d.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
			}
			for _, i := range list {
				has[i] = append(has[i], string(rune('a'+k)))
			}
			vendors = append(vendors, &lister{n: len(list), number: func(i int) numbers.E164 { return number(list[i]) }})
		}
		var books []fleet.Record
		want := make(map[string]int)
		known := make(map[int]bool)
		for _, i := range d.Perm(60)[:d.IntN(60)] {
			r := fleet.Record{Number: number(i), Account: []string{"", "a", "b"}[d.IntN(3)]}
			books, known[i] = append(books, r), true
			if len(has[i]) == 0 {
				want[fmt.Sprint("missing ", i, " ", cmp.Or(r.Account, "any"))]++
			}
			for _, name := range has[i] {
				if r.Account != "" && r.Account != name {
					want[fmt.Sprint("other-account ", i, " ", name)]++
				}
			}
		}
		if d.IntN(2) == 0 {
			slices.SortFunc(books, func(x, y fleet.Record) int { return cmp.Compare(x.Number, y.Number) })
		}
		for i, names := range has {
			for _, name := range names {
				if !known[i] {
					want[fmt.Sprint("unknown ", i, " ", name)]++
				}
			}
			if len(names) == 2 {
				want[fmt.Sprint("owned-twice ", i)]++
			}
		}
		found, errs := collect(open(t, new(account.MemoryJournal), vendors...).Reconcile(t.Context(), rows(books...), nil))
		require.Empty(t, errs)
		got := make(map[string]int)
		for _, one := range found {
			if one.Kind == fleet.OwnedTwice {
				got[fmt.Sprint("owned-twice ", indexOf(one.Number))]++
			} else {
				got[short(one)]++
			}
		}
		require.Equal(t, want, got, "seed %d", seed)
	}
}

// A comparison of n numbers takes little memory; a million fit in 64 MiB. CI_LONG=1
// compares a million here.
func TestComparingTakesLittleMemory(t *testing.T) {
	n := 100_000
	if os.Getenv("CI_LONG") != "" {
		n = 1_000_000
	}
	for name, tc := range map[string]struct {
		at     func(int) int
		perRow uint64 // bytes
	}{
		"sorted": {func(i int) int { return i }, 20}, "unsorted": {func(i int) int { return (i * 7919) % n }, 64},
	} {
		t.Run(name, func(t *testing.T) {
			quarter := func(k int) *lister {
				return &lister{n: n / 4, number: func(i int) numbers.E164 { return number(4*i + k) }}
			}
			f := open(t, new(account.MemoryJournal), quarter(0), quarter(1), quarter(2), quarter(3))
			before, most, read := heap(), uint64(0), 0
			books := func(yield func(fleet.Record, error) bool) {
				for i := range n {
					state := numbers.NumberActive
					if i%(n/20) == 0 { // a difference from time to time
						state = numbers.NumberDisabled
					}
					if !yield(fleet.Record{Number: number(tc.at(i)), State: state}, nil) {
						return
					}
				}
			}
			for d, err := range f.Reconcile(t.Context(), books, nil) {
				require.NoError(t, err)
				assert.Equal(t, fleet.OtherState, d.Kind)
				read++
				most = max(most, heap())
			}
			assert.Equal(t, 20, read)
			grown := most - min(before, most)
			assert.Less(t, grown, tc.perRow*uint64(n)+2<<20)
			t.Logf("%d numbers: %d bytes each", n, grown/uint64(n))
		})
	}
}

// heap is what is live.
func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
