package account_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
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

// delay is the listing delay of the vendors in these tests, unless a test says
// otherwise.
const delay = time.Minute

// byNumber are the capabilities of a vendor that keeps no references.
func byNumber(most int) numbers.Capabilities {
	return numbers.Capabilities{MaxNumbers: most, FoundBy: numbers.ByNumber, ListingDelay: delay}
}

// byReference are the capabilities of a vendor that keeps references.
func byReference(most int) numbers.Capabilities {
	return numbers.Capabilities{MaxNumbers: most, FoundBy: numbers.ByReference, ListingDelay: delay}
}

func usd(s string) *numbers.Money {
	return &numbers.Money{Amount: decimal.RequireFromString(s), Currency: "USD"}
}

func dollars(s string) *numbers.Price { return &numbers.Price{Upfront: usd(s)} }

// open is an Account with a journal of its own, which is closed at the end of the
// test.
func open(t testing.TB, o numbers.Orderer) *account.Account {
	t.Helper()
	return openWith(t, o, nil)
}

// openWith is an Account "main" with a journal of the caller's.
func openWith(t testing.TB, o numbers.Orderer, j numbers.Journal) *account.Account {
	t.Helper()
	a, err := account.New("main", o, &account.Options{Journal: j})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, a.Close()) })
	return a
}

// calls counts the calls of an operation that reached a Memory.
func calls(m *numberstest.Memory, op string) int {
	return len(slices.DeleteFunc(m.Calls(), func(c string) bool { return c != op }))
}

// entriesOf are all entries of a journal.
func entriesOf(t testing.TB, j numbers.Journal) []numbers.JournalEntry {
	t.Helper()
	var list []numbers.JournalEntry
	for e, err := range j.Entries(context.Background(), numbers.JournalQuery{}) {
		require.NoError(t, err)
		list = append(list, e)
	}
	return list
}

// entryBy is the only entry of a reference.
func entryBy(t testing.TB, j numbers.Journal, reference string) numbers.JournalEntry {
	t.Helper()
	list := slices.DeleteFunc(entriesOf(t, j), func(e numbers.JournalEntry) bool { return e.Reference != reference })
	require.Len(t, list, 1, "entries of %s", reference)
	return list[0]
}

// attemptOf is an attempt of the account "main", as an Account begins it.
func attemptOf(vendor, purchase, reference string, list ...numbers.E164) numbers.Attempt {
	now := time.Now()
	return numbers.Attempt{
		ID: numbers.NewReference(), Vendor: vendor, Account: "main", Purchase: purchase, Reference: reference, Numbers: list,
		Started: now, SendBy: now.Add(15 * time.Second), Deadline: now.Add(75 * time.Second),
	}
}

// begin records an attempt, and what became of it if end has a status. It returns the
// entry.
func begin(t testing.TB, j numbers.Journal, a numbers.Attempt, end numbers.JournalEnd) numbers.JournalEntry {
	t.Helper()
	inTheWay, err := j.Begin(context.Background(), a)
	require.NoError(t, err)
	require.Empty(t, inTheWay)
	e := numbers.JournalEntry{Attempt: a, End: end}
	if end.Status != "" {
		e.Ended = cmp.Or(e.Ended, time.Now())
		e.End.Time = cmp.Or(e.End.Time, time.Now())
		require.NoError(t, j.End(context.Background(), e, e.End))
	}
	return e
}

// missing are the numbers that an error says were not bought.
func missing(err error) map[numbers.E164]error {
	e, _ := errors.AsType[*account.PurchaseError](err)
	return e.Missing()
}

// errorsIn are the errors of a purchase.
func errorsIn(t testing.TB, err error) []error {
	t.Helper()
	e, ok := errors.AsType[*account.PurchaseError](err)
	require.True(t, ok, "%T %v", err, err)
	return e.Errs
}

// second is the error of a call that returns something as well.
func second[T any](_ T, err error) error { return err }

// requireRefused: a request was refused before anything was sent.
func requireRefused(t testing.TB, err error, kind error, field string) {
	t.Helper()
	require.ErrorIs(t, err, kind)
	var e *numbers.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, field, e.Field, "%v", err)
	require.Zero(t, e.Status)
	require.Nil(t, e.Attempt)
}

// watch collects the events of a purchase.
type watch struct {
	mu     sync.Mutex
	events []numbers.Event
}

func (w *watch) see(e numbers.Event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.events = append(w.events, e)
}

// kinds are the kinds of events, each run of pending ones as one.
func (w *watch) kinds() []numbers.EventKind {
	var kinds []numbers.EventKind
	for i, e := range w.events {
		if i == 0 || e.Kind != numbers.EventPending || w.events[i-1].Kind != numbers.EventPending {
			kinds = append(kinds, e.Kind)
		}
	}
	return kinds
}

// of are the events of a kind.
func (w *watch) of(kind numbers.EventKind) []numbers.Event {
	return slices.DeleteFunc(slices.Clone(w.events), func(e numbers.Event) bool { return e.Kind != kind })
}

// scripted is an Orderer that answers what a test makes it answer. It begins each
// order as it must.
type scripted struct {
	caps  numbers.Capabilities
	list  func(ctx context.Context, q numbers.OrderQuery) iter.Seq2[*numbers.Order, error]
	inv   func(ctx context.Context, q numbers.OwnedQuery) iter.Seq2[*numbers.Number, error]
	place func(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error)
	order func(ctx context.Context, id string) (*numbers.Order, error)
	// careless: place calls Begin, or does not.
	careless bool

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

// counted is how often an operation was called; "Place" counts what was sent.
func (s *scripted) counted(op string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.counts[op]
}

func (s *scripted) Capabilities() numbers.Capabilities {
	c := s.caps
	c.Vendor = "script"
	return c
}

func (s *scripted) Place(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
	if !s.careless {
		if _, err := r.Begin(ctx); err != nil {
			return nil, &numbers.Error{Op: "Place", Vendor: "script", Kind: numbers.ErrNotPlaced, Message: "nothing was sent", Err: err}
		}
	}
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

// searching is a scripted Orderer that searches.
type searching struct {
	*scripted
	find func(numbers.SearchQuery) iter.Seq2[*numbers.Offer, error]
}

func (s searching) Search(_ context.Context, q numbers.SearchQuery) iter.Seq2[*numbers.Offer, error] {
	seq := s.find(q)
	return func(yield func(*numbers.Offer, error) bool) {
		s.count("Search")
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

// always lists the same orders, whatever the query.
func always(orders ...*numbers.Order) func(context.Context, numbers.OrderQuery) iter.Seq2[*numbers.Order, error] {
	return func(context.Context, numbers.OrderQuery) iter.Seq2[*numbers.Order, error] {
		return sequence(nil, orders...)
	}
}

// listing lists the orders of a reference, as a vendor does that keeps references.
func listing(orders ...*numbers.Order) func(context.Context, numbers.OrderQuery) iter.Seq2[*numbers.Order, error] {
	return func(_ context.Context, q numbers.OrderQuery) iter.Seq2[*numbers.Order, error] {
		return sequence(nil, slices.DeleteFunc(slices.Clone(orders), func(o *numbers.Order) bool { return q.Reference != "" && o.Reference != q.Reference })...)
	}
}

// holding lists the same numbers, whatever the query.
func holding(owned ...*numbers.Number) func(context.Context, numbers.OwnedQuery) iter.Seq2[*numbers.Number, error] {
	return func(context.Context, numbers.OwnedQuery) iter.Seq2[*numbers.Number, error] {
		return sequence(nil, owned...)
	}
}

// answer makes a Place that always answers the same.
func answer(o *numbers.Order, err error) func(context.Context, numbers.OrderRequest) (*numbers.Order, error) {
	return func(context.Context, numbers.OrderRequest) (*numbers.Order, error) { return o, err }
}

// reads makes an Order that always answers the same.
func reads(o *numbers.Order) func(context.Context, string) (*numbers.Order, error) {
	return func(context.Context, string) (*numbers.Order, error) { return o, nil }
}

// complete is a complete order.
func complete(id, reference string, list ...numbers.E164) *numbers.Order {
	return in(numbers.StateComplete, id, reference, list...)
}

// in is an order in a state, as all its items are.
func in(state numbers.State, id, reference string, list ...numbers.E164) *numbers.Order {
	o := &numbers.Order{Vendor: "script", ID: id, Reference: reference, State: state, Count: len(list)}
	for _, n := range list {
		o.Items = append(o.Items, numbers.Item{E164: n, VendorNumber: string(n), State: state})
	}
	return o
}

// named is an order as an Account returns it.
func named(o *numbers.Order) *numbers.Order {
	out := *o
	out.Account = "main"
	return &out
}

// unhurried is a vendor whose answers take a second, so that what happens at the same
// time does not depend on the scheduler.
type unhurried struct{ *numberstest.Memory }

func (u unhurried) Place(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
	order, err := u.Memory.Place(ctx, r)
	time.Sleep(time.Second)
	return order, err
}

// failing is a journal that fails where a test makes it fail.
type failing struct {
	account.MemoryJournal
	failBegin   func(numbers.Attempt) error // nothing is recorded
	loseBegin   func(numbers.Attempt) error // it is recorded, and the answer is lost
	failEnd     func(numbers.JournalEntry, numbers.JournalEnd) error
	failEntries func(numbers.JournalQuery) error
}

func (b *failing) Begin(ctx context.Context, a numbers.Attempt) ([]numbers.JournalEntry, error) {
	if b.failBegin != nil {
		if err := b.failBegin(a); err != nil {
			return nil, err
		}
	}
	inTheWay, err := b.MemoryJournal.Begin(ctx, a)
	if err == nil && b.loseBegin != nil {
		if lost := b.loseBegin(a); lost != nil {
			return nil, lost
		}
	}
	return inTheWay, err
}

func (b *failing) End(ctx context.Context, e numbers.JournalEntry, end numbers.JournalEnd) error {
	if b.failEnd != nil {
		if err := b.failEnd(e, end); err != nil {
			return err
		}
	}
	return b.MemoryJournal.End(ctx, e, end)
}

func (b *failing) Entries(ctx context.Context, q numbers.JournalQuery) iter.Seq2[numbers.JournalEntry, error] {
	if b.failEntries != nil {
		if err := b.failEntries(q); err != nil {
			return func(yield func(numbers.JournalEntry, error) bool) { yield(numbers.JournalEntry{}, err) }
		}
	}
	return b.MemoryJournal.Entries(ctx, q)
}

var errFull = errors.New("no space left on device")

type (
	seqOfOrders  = iter.Seq2[*numbers.Order, error]
	seqOfNumbers = iter.Seq2[*numbers.Number, error]
	seqOfOffers  = iter.Seq2[*numbers.Offer, error]
)
