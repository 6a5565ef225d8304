package numberstest_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// Code that buys is tested against a Memory whose answers get lost, and then
// against its books.
func ExampleMemory() {
	m := numberstest.NewMemory(numberstest.MemoryOptions{})
	m.Inject(numberstest.Fault{Kind: numberstest.LostReply})
	acct, err := account.New("main", m, nil)
	if err != nil {
		panic(err)
	}
	defer acct.Close()

	purchase, err := acct.Buy(context.Background(), numbers.OrderRequest{Numbers: []numbers.E164{"+12025550123"}}, nil)
	fmt.Println(purchase.Bought(), err)
	fmt.Println("bought:", m.Books().Bought("+12025550123"), "time, twice:", m.Books().Duplicates())
	// Output:
	// [+12025550123] <nil>
	// bought: 1 time, twice: []
}

// A journal that can't record a claim keeps the order from being sent.
func ExampleFaultyJournal() {
	m := numberstest.NewMemory(numberstest.MemoryOptions{})
	j := &numberstest.FaultyJournal{
		Journal:   &account.MemoryJournal{},
		FailBegin: func(numbers.Attempt) error { return errors.New("the disk is full") },
	}
	acct, err := account.New("main", m, &account.Options{Journal: j})
	if err != nil {
		panic(err)
	}
	defer acct.Close()

	_, err = acct.Buy(context.Background(), numbers.OrderRequest{Numbers: []numbers.E164{"+12025550123"}}, nil)
	fmt.Println(errors.Is(err, numbers.ErrNotPlaced), len(m.Books().Purchases))
	// Output: true 0
}

// A journal of your own, in a database for example, is checked against the contract
// by
//
//	func TestJournal(t *testing.T) { numberstest.RunJournal(t, journalHarness) }
func ExampleRunJournal() {
	journalHarness := numberstest.JournalHarness{
		Open: func(testing.TB) numbers.Journal { return &account.MemoryJournal{} },
	}
	testJournal := func(t *testing.T) { numberstest.RunJournal(t, journalHarness) }
	_ = testJournal
}

// What a fake vendor really sold is compared with what the client believes.
func ExampleBooks() {
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	books := numberstest.Books{Purchases: []numberstest.Purchase{
		{Number: "+12025550123", At: at, Listed: true},
		{Number: "+12025550123", At: at.Add(time.Second), Listed: true},
		{Number: "+12025550124", At: at, Listed: true, Released: at.Add(time.Hour)},
		{Number: "+12025550125", At: at},
	}}
	fmt.Println("twice:", books.Duplicates(), "orphans:", len(books.Orphans()), "owned:", len(books.Owned()))
	// Output: twice: [+12025550123] orphans: 1 owned: 3
}
