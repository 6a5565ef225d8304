package numberstest_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"go.uber.org/goleak"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// harness is that of a Memory.
func harness(opts numberstest.MemoryOptions) numberstest.Harness {
	for i := range 100 {
		opts.Offers = append(opts.Offers, numbers.Offer{
			E164: number(i), Country: "US", Type: numbers.TypeLocal, Features: []numbers.Feature{numbers.FeatureVoice},
		})
	}
	return numberstest.Harness{New: func(testing.TB) *numberstest.Subject {
		m := numberstest.NewMemory(opts)
		s := &numberstest.Subject{
			Orderer: m,
			Number:  number,
			Inject:  m.Inject,
			Faults: []numberstest.FaultKind{
				numberstest.LostReply, numberstest.LateCommit, numberstest.DroppedRequest, numberstest.DelayedReply,
				numberstest.HangBefore, numberstest.HangAfter, numberstest.StatusBefore, numberstest.StatusAfter, numberstest.RateLimited,
				numberstest.PartialOrder, numberstest.StuckPending, numberstest.LateListing, numberstest.DuplicateListing,
				numberstest.OrphanPurchase,
			},
			Books: m.Books,
			Requests: func() (int, int) {
				calls := m.Calls()
				return len(calls), len(slices.DeleteFunc(slices.Clone(calls), func(op string) bool { return op != "Place" }))
			},
			SettleWithin: opts.SettleAfter,
			Lock:         m.Lock,
			Price:        opts.Price,
			Template:     &numberstest.MemoryRequest{Note: "a note", Labels: map[string]string{"a": "b"}},
			HasNative: func(o *numbers.Order) bool {
				own, ok := numbers.Native[*numberstest.MemoryOrder](o)
				return ok && own.ID == o.ID
			},
		}
		if opts.Repeatable {
			s.Faults = append(s.Faults, numberstest.LostOrphan)
		}
		return s
	}}
}

func number(i int) numbers.E164 { return numbers.E164(fmt.Sprintf("+1202555%04d", i)) }

func TestMemory(t *testing.T) {
	const delay = time.Minute
	monthly := &numbers.Price{Monthly: &numbers.Money{Amount: decimal.NewFromInt(1), Currency: "USD"}}
	for name, opts := range map[string]numberstest.MemoryOptions{
		"at once":      {},
		"by reference": {Price: monthly, Capabilities: numbers.Capabilities{ListingDelay: delay}},
		"by number":    {SettleAfter: 20 * time.Second, Capabilities: numbers.Capabilities{FoundBy: numbers.ByNumber, MaxNumbers: 1, ListingDelay: delay}},
		"owned":        {ListedAfter: delay / 2, Capabilities: numbers.Capabilities{OrdersAreOwned: true, ListingDelay: delay}},
		"repeatable":   {Repeatable: true, Capabilities: numbers.Capabilities{OrdersAreOwned: true, ListingDelay: delay}},
		"sells twice":  {SellsTwice: true, SettleAfter: 5 * time.Second, Capabilities: numbers.Capabilities{ListingDelay: delay}},
		"registers":    {Capabilities: numbers.Capabilities{Billing: numbers.Registers, ListingDelay: delay}},
		"orders only": {Capabilities: numbers.Capabilities{
			Can: numbers.CanResolve, FoundBy: numbers.ByNumber, ListingDelay: delay,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			numberstest.Run(t, harness(opts))
			numberstest.RunAccount(t, harness(opts))
		})
	}
}

// TestOwn runs what the example shows.
func TestOwn(t *testing.T) {
	numberstest.Run(t, shopHarness)
	numberstest.RunAccount(t, shopHarness)
}
