package account_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// two are two accounts of a scope "fleet" over one journal, each at a vendor that sells
// everything, as often as it is ordered.
type two struct {
	journal *account.MemoryJournal
	vendors []*numberstest.Memory
	first   *account.Account
	second  *account.Account
}

func openTwo(t testing.TB) *two {
	w := &two{journal: new(account.MemoryJournal)}
	make1 := func(name string) *account.Account {
		m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: byNumber(0), SellsTwice: true, Offers: offersOf(several(6)...)})
		w.vendors = append(w.vendors, m)
		a, err := account.New(name, m, &account.Options{Journal: w.journal})
		require.NoError(t, err)
		t.Cleanup(func() { assert.NoError(t, a.Close()) })
		return a
	}
	w.first, w.second = make1("first"), make1("second")
	return w
}

// bought is how often a number was bought, at both.
func (w *two) bought(n numbers.E164) (times int) {
	for _, m := range w.vendors {
		times += m.Books().Bought(string(n))
	}
	return times
}

func inFleet() *account.BuyOptions { return &account.BuyOptions{Scope: "fleet"} }

func TestScopeIsRecorded(t *testing.T) {
	w := openTwo(t)
	_, err := w.first.Buy(t.Context(), numbers.OrderRequest{Numbers: several(1), Reference: "job"}, inFleet())
	require.NoError(t, err)
	assert.Equal(t, "fleet", entryBy(t, w.journal, "job").Scope)

	// The account's own name is its own scope.
	_, err = w.first.Buy(t.Context(), numbers.OrderRequest{Numbers: several(2)[1:], Reference: "other"}, &account.BuyOptions{Scope: "first"})
	require.NoError(t, err)
	assert.Empty(t, entryBy(t, w.journal, "other").Scope)

	// A reference is another purchase's in another scope.
	_, err = w.first.Lookup(t.Context(), "job")
	require.ErrorIs(t, err, numbers.ErrNotFound)
	assert.Same(t, w.journal, w.first.Journal())
	assert.Nil(t, open(t, numberstest.NewMemory(numberstest.MemoryOptions{})).Journal())
}

func TestBadScopeIsRefused(t *testing.T) {
	w := openTwo(t)
	for _, scope := range []string{"\xff", "a\x00b", strings.Repeat("x", 201)} {
		_, err := w.first.Buy(t.Context(), numbers.OrderRequest{Numbers: several(1)}, &account.BuyOptions{Scope: scope})
		requireRefused(t, err, numbers.ErrInvalid, "Scope")
		_, err = w.first.BuyAny(t.Context(), numbers.SearchQuery{}, 1, &account.BuyAnyOptions{BuyOptions: account.BuyOptions{Scope: scope}})
		requireRefused(t, err, numbers.ErrInvalid, "Scope")
	}
	assert.Empty(t, entriesOf(t, w.journal))
}

// What the purchase has at one account is not bought at another, and is not missing.
func TestWhatTheScopeHasIsNotOrderedAgain(t *testing.T) {
	w := openTwo(t)
	_, err := w.first.Buy(t.Context(), numbers.OrderRequest{Numbers: several(2), Reference: "job"}, inFleet())
	require.NoError(t, err)
	p, err := w.second.Buy(t.Context(), numbers.OrderRequest{Numbers: several(3), Reference: "job"}, inFleet())
	require.ErrorIs(t, err, numbers.ErrConflict)
	e, _ := errors.AsType[*numbers.Error](err)
	assert.Equal(t, "job", e.HeldBy)
	assert.Contains(t, e.Message, `at account "first"`)
	assert.Empty(t, missing(err))
	assert.Equal(t, several(3)[2:], p.Bought())
	assert.Equal(t, "job~1", p.Orders[0].Native.(*numberstest.MemoryOrder).Reference, "the reference is used")
	for _, n := range several(3) {
		assert.Equal(t, 1, w.bought(n), n)
	}
}

// What one account's order failed to bring can be bought at another.
func TestWhatFailedAtOneAccountIsOrderedAtAnother(t *testing.T) {
	w := openTwo(t)
	w.vendors[0].Inject(numberstest.Fault{Kind: numberstest.PartialOrder, Numbers: []string{string(one)}})
	_, err := w.first.Buy(t.Context(), numbers.OrderRequest{Numbers: several(2), Reference: "job"}, inFleet())
	require.Contains(t, missing(err), one)
	p, err := w.second.Buy(t.Context(), numbers.OrderRequest{Numbers: several(1), Reference: "job"}, inFleet())
	require.NoError(t, err)
	assert.Equal(t, several(1), p.Bought())
}

// What is unknown at one account is not bought at another: also where ordering it again
// at the first would be safe.
func TestWhatIsUnknownAtOneAccountIsNotOrderedAtAnother(t *testing.T) {
	for _, end := range []numbers.JournalEnd{
		{}, {Status: numbers.EntryUnknown}, {Status: numbers.EntryUnknown, Held: several(1)}, {Status: numbers.EntryOrphaned},
	} {
		t.Run(string(end.Status), func(t *testing.T) {
			w := openTwo(t)
			a := attemptOf("memory", "job", "job", one)
			a.Account, a.Scope = "first", "fleet"
			begin(t, w.journal, a, end)
			_, err := w.second.Buy(t.Context(), numbers.OrderRequest{Numbers: several(1), Reference: "job"}, inFleet())
			require.ErrorIs(t, err, numbers.ErrConflict)
			assert.Empty(t, missing(err))
			assert.Zero(t, w.bought(one))
		})
	}
}

// Two customers want one number, at two accounts.
func TestOneNumberHasOneCustomerInAScope(t *testing.T) {
	w := openTwo(t)
	_, err := w.first.Buy(t.Context(), numbers.OrderRequest{Numbers: several(1), Reference: "job"}, inFleet())
	require.NoError(t, err)
	_, err = w.second.Buy(t.Context(), numbers.OrderRequest{Numbers: several(1), Reference: "another"}, inFleet())
	require.ErrorIs(t, err, numbers.ErrConflict)
	e, _ := errors.AsType[*numbers.Error](err)
	assert.Equal(t, "job", e.HeldBy)
	assert.Equal(t, 1, w.bought(one))
}

// At the same time: one purchase, or two, at two accounts. Exactly one order is sent.
func TestAccountsOfAScopeClaimAtTheSameTime(t *testing.T) {
	for _, reference := range []string{"job", "another"} {
		t.Run(reference, func(t *testing.T) {
			for range 20 {
				synctest.Test(t, func(t *testing.T) {
					w := openTwo(t)
					var wg sync.WaitGroup
					errs := make([]error, 2)
					wg.Go(func() {
						_, errs[0] = w.first.Buy(t.Context(), numbers.OrderRequest{Numbers: several(1), Reference: "job"}, inFleet())
					})
					wg.Go(func() {
						_, errs[1] = w.second.Buy(t.Context(), numbers.OrderRequest{Numbers: several(1), Reference: reference}, inFleet())
					})
					wg.Wait()
					assert.Equal(t, 1, w.bought(one), "%v", errs)
					assert.Equal(t, 1, len(slices.DeleteFunc(slices.Clone(errs), func(err error) bool { return err != nil })), "%v", errs)
				})
			}
		})
	}
}

// The journal shows a claim of the other account only after this one has claimed: the last
// look finds it.
func TestTheLastLookFindsAnotherAccountsClaim(t *testing.T) {
	for _, purchase := range []string{"job", "another"} {
		t.Run(purchase, func(t *testing.T) {
			w := openTwo(t)
			a := attemptOf("memory", purchase, purchase+"~5", one)
			a.Account, a.Scope = "second", "fleet"
			j := &claimedMeanwhile{MemoryJournal: w.journal, other: a}
			acct, err := account.New("first", w.vendors[0], &account.Options{Journal: j})
			require.NoError(t, err)
			_, err = acct.Buy(t.Context(), numbers.OrderRequest{Numbers: several(1), Reference: "job"}, inFleet())
			require.ErrorIs(t, err, numbers.ErrConflict)
			assert.Zero(t, w.bought(one))
			assert.Equal(t, numbers.EntryRefused, entryBy(t, w.journal, "job").End.Status)

			j.other.ID, j.other.Numbers, j.other.Reference = "again", several(1), purchase+"~r1~7"
			_, err = acct.BuyAny(t.Context(), numbers.SearchQuery{}, 1, &account.BuyAnyOptions{Reference: "any", BuyOptions: *inFleet()})
			require.NoError(t, err)
			assert.Zero(t, w.bought(one), "it takes another offer")
			assert.Equal(t, 1, w.bought(several(2)[1]))
		})
	}
}

// claimedMeanwhile is a journal in which another account claims just before Begin returns.
type claimedMeanwhile struct {
	*account.MemoryJournal
	other numbers.Attempt
}

func (j *claimedMeanwhile) Begin(ctx context.Context, a numbers.Attempt) ([]numbers.JournalEntry, error) {
	inTheWay, err := j.MemoryJournal.Begin(ctx, a)
	_, _ = j.MemoryJournal.Begin(ctx, j.other)
	return inTheWay, err
}

// BuyAny counts what the other accounts have.
func TestBuyAnyCountsTheWholeScope(t *testing.T) {
	w := openTwo(t)
	opts := &account.BuyAnyOptions{Reference: "job", BuyOptions: *inFleet()}
	p, err := w.first.BuyAny(t.Context(), numbers.SearchQuery{}, 2, opts)
	require.NoError(t, err)
	require.Len(t, p.Bought(), 2)

	p, err = w.second.BuyAny(t.Context(), numbers.SearchQuery{}, 2, opts)
	require.NoError(t, err)
	assert.Empty(t, p.Bought())

	p, err = w.second.BuyAny(t.Context(), numbers.SearchQuery{}, 5, opts)
	require.NoError(t, err)
	assert.Equal(t, several(5)[2:], p.Bought(), "not the numbers that it has")
	assert.Equal(t, "job~r2", entryIn(t, w.journal, p.Orders[0].ID).Reference)
	for _, n := range several(5) {
		assert.Equal(t, 1, w.bought(n), n)
	}
}

// At the same time, at two accounts, for one purchase: never more than were wanted.
func TestBuyAnyOfAScopeAtTheSameTime(t *testing.T) {
	for i := range 20 {
		synctest.Test(t, func(t *testing.T) {
			w := openTwo(t)
			opts := &account.BuyAnyOptions{Reference: "job", BuyOptions: *inFleet()}
			var wg sync.WaitGroup
			for _, a := range []*account.Account{w.first, w.second} {
				wg.Go(func() { _, _ = a.BuyAny(t.Context(), numbers.SearchQuery{}, 3, opts) })
			}
			wg.Wait()
			total := 0
			for _, n := range several(6) {
				assert.LessOrEqual(t, w.bought(n), 1, n)
				total += w.bought(n)
			}
			assert.Equal(t, 3, total, fmt.Sprint("round ", i))
		})
	}
}

// entryIn is the entry of an order of the second account.
func entryIn(t testing.TB, j numbers.Journal, order string) numbers.JournalEntry {
	t.Helper()
	list := slices.DeleteFunc(entriesOf(t, j), func(e numbers.JournalEntry) bool { return e.Account != "second" || e.End.OrderID != order })
	require.Len(t, list, 1)
	return list[0]
}
