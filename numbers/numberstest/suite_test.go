package numberstest_test

import (
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"go.uber.org/goleak"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/journal"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// harness is that of a Memory, whatever stands before it.
func harness(opts numberstest.MemoryOptions, wrap func(testing.TB, numbers.Orderer) numbers.Orderer) numberstest.Harness {
	for i := range 500 {
		opts.Offers = append(opts.Offers, numbers.Offer{
			E164: numbers.E164(number(i)), Country: "US", Type: numbers.TypeLocal, Features: []numbers.Feature{numbers.FeatureVoice},
		})
	}
	return numberstest.Harness{New: func(tb testing.TB) *numberstest.Subject {
		m := numberstest.NewMemory(opts)
		o := numbers.Orderer(m)
		if wrap != nil {
			o = wrap(tb, m)
		}
		return &numberstest.Subject{
			Orderer: o,
			Number:  func(i int) numbers.E164 { return numbers.E164(number(i)) },
			Inject:  m.Inject,
			Faults: []numberstest.FaultKind{
				numberstest.LostReply, numberstest.LateCommit, numberstest.DroppedRequest, numberstest.DelayedReply,
				numberstest.HangBefore, numberstest.HangAfter, numberstest.StatusBefore, numberstest.StatusAfter, numberstest.RateLimited,
				numberstest.PartialOrder, numberstest.StuckPending, numberstest.LateListing, numberstest.DuplicateListing, numberstest.OrphanPurchase,
			},
			Books: m.Books,
			Requests: func() (int, int) {
				calls := m.Calls()
				return len(calls), len(slices.DeleteFunc(slices.Clone(calls), func(op string) bool { return op != "Place" }))
			},
			SettleWithin: opts.SettleAfter,
			Lock:         m.Lock,
			Template:     &numberstest.MemoryRequest{Note: "a note", Labels: map[string]string{"a": "b"}},
			HasNative: func(o *numbers.Order) bool {
				own, ok := numbers.Native[*numberstest.MemoryOrder](o)
				return ok && own.ID == o.ID
			},
		}
	}}
}

func number(i int) string {
	return "+1202555" + string([]byte{'0' + byte(i/1000%10), '0' + byte(i/100%10), '0' + byte(i/10%10), '0' + byte(i%10)})
}

func TestMemory(t *testing.T) {
	price := &numbers.Price{Monthly: &numbers.Money{Amount: decimal.NewFromInt(1), Currency: "USD"}}
	for name, opts := range map[string]numberstest.MemoryOptions{
		"plain":     {Price: price, Capabilities: numbers.Capabilities{ListingDelay: time.Minute}},
		"by number": {SettleAfter: 20 * time.Second, Capabilities: numbers.Capabilities{FoundBy: numbers.ByNumber, MaxNumbers: 1, ListingDelay: time.Minute}},
	} {
		t.Run(name, func(t *testing.T) { numberstest.Run(t, harness(opts, nil)) })
	}
}

func TestJournaledMemory(t *testing.T) {
	opts := numberstest.MemoryOptions{Capabilities: numbers.Capabilities{ListingDelay: time.Minute}}
	numberstest.Run(t, harness(opts, func(_ testing.TB, o numbers.Orderer) numbers.Orderer {
		return numbers.Journaled(o, "main", &numberstest.MemoryJournal{})
	}))
}

// TestOwn runs what the example shows.
func TestOwn(t *testing.T) { numberstest.Run(t, shopHarness) }

func TestJournalInAFile(t *testing.T) {
	numberstest.RunJournal(t, func(tb testing.TB) numbers.Journal {
		j, err := journal.Open(tb.TempDir() + "/journal")
		if err != nil {
			tb.Fatal(err)
		}
		tb.Cleanup(func() { _ = j.Close() })
		return j
	})
}
