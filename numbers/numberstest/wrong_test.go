package numberstest

import (
	"context"
	"fmt"
	"iter"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
)

// wrong is a Memory that breaks promises: what is set replaces Memory's own.
type wrong struct {
	*Memory
	injected Fault // the latest

	caps       func(numbers.Capabilities) numbers.Capabilities
	place      func(context.Context, numbers.OrderRequest) (*numbers.Order, error)
	order      func(context.Context, string) (*numbers.Order, error)
	orders     func(context.Context, numbers.OrderQuery) iter.Seq2[*numbers.Order, error]
	owned      func(context.Context, numbers.OwnedQuery) iter.Seq2[*numbers.Number, error]
	search     func(context.Context, numbers.SearchQuery) iter.Seq2[*numbers.Offer, error]
	quote      func(context.Context, numbers.OrderRequest) (*numbers.Quotation, error)
	reserve    func(context.Context, numbers.ReserveRequest) (*numbers.Reservation, error)
	cancel     func(context.Context, *numbers.Order) (*numbers.Order, error)
	release    func(context.Context, *numbers.Number) error
	assign     func(context.Context, *numbers.Number, numbers.Assignment) (*numbers.Number, error)
	resolveAll func(context.Context, []numbers.Attempt) ([]numbers.Resolution, []error)
}

func (w *wrong) Capabilities() numbers.Capabilities {
	if w.caps != nil {
		return w.caps(w.Memory.Capabilities())
	}
	return w.Memory.Capabilities()
}

func (w *wrong) Place(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
	if w.place != nil {
		return w.place(ctx, r)
	}
	return w.Memory.Place(ctx, r)
}

func (w *wrong) Order(ctx context.Context, id string) (*numbers.Order, error) {
	if w.order != nil {
		return w.order(ctx, id)
	}
	return w.Memory.Order(ctx, id)
}

func (w *wrong) Orders(ctx context.Context, q numbers.OrderQuery) iter.Seq2[*numbers.Order, error] {
	if w.orders != nil {
		return w.orders(ctx, q)
	}
	return w.Memory.Orders(ctx, q)
}

func (w *wrong) Owned(ctx context.Context, q numbers.OwnedQuery) iter.Seq2[*numbers.Number, error] {
	if w.owned != nil {
		return w.owned(ctx, q)
	}
	return w.Memory.Owned(ctx, q)
}

func (w *wrong) Search(ctx context.Context, q numbers.SearchQuery) iter.Seq2[*numbers.Offer, error] {
	if w.search != nil {
		return w.search(ctx, q)
	}
	return w.Memory.Search(ctx, q)
}

func (w *wrong) Quote(ctx context.Context, r numbers.OrderRequest) (*numbers.Quotation, error) {
	if w.quote != nil {
		return w.quote(ctx, r)
	}
	return w.Memory.Quote(ctx, r)
}

func (w *wrong) Reserve(ctx context.Context, r numbers.ReserveRequest) (*numbers.Reservation, error) {
	if w.reserve != nil {
		return w.reserve(ctx, r)
	}
	return w.Memory.Reserve(ctx, r)
}

func (w *wrong) Cancel(ctx context.Context, o *numbers.Order) (*numbers.Order, error) {
	if w.cancel != nil {
		return w.cancel(ctx, o)
	}
	return w.Memory.Cancel(ctx, o)
}

func (w *wrong) Release(ctx context.Context, n *numbers.Number) error {
	if w.release != nil {
		return w.release(ctx, n)
	}
	return w.Memory.Release(ctx, n)
}

func (w *wrong) Assign(ctx context.Context, n *numbers.Number, a numbers.Assignment) (*numbers.Number, error) {
	if w.assign != nil {
		return w.assign(ctx, n, a)
	}
	return w.Memory.Assign(ctx, n, a)
}

func (w *wrong) ResolveAll(ctx context.Context, attempts []numbers.Attempt) ([]numbers.Resolution, []error) {
	if w.resolveAll != nil {
		return w.resolveAll(ctx, attempts)
	}
	return w.Memory.ResolveAll(ctx, attempts)
}

// secret is what only one of the wrong Orderers prints.
const secret = "hunter2"

// number is the i-th that a Memory of these tests sells.
func number(i int) numbers.E164 { return numbers.E164(fmt.Sprintf("+1202555%04d", i)) }

// wrongHarness makes a Memory and spoils it; a nil spoil leaves it as it is.
func wrongHarness(foundBy numbers.Recognition, spoil func(w *wrong)) Harness {
	return spoiledHarness(MemoryOptions{Capabilities: numbers.Capabilities{FoundBy: foundBy}}, spoil)
}

// spoiledHarness is wrongHarness for a vendor of another form.
func spoiledHarness(opts MemoryOptions, spoil func(w *wrong)) Harness {
	dollars := func(n int64) *numbers.Money { return &numbers.Money{Amount: decimal.NewFromInt(n), Currency: "USD"} }
	opts.SettleAfter, opts.Price = 20*time.Second, &numbers.Price{Upfront: dollars(1), Monthly: dollars(3)}
	opts.Capabilities.ListingDelay = time.Minute
	for i := range 40 {
		opts.Offers = append(opts.Offers, numbers.Offer{
			E164: number(i), Country: "US", Type: numbers.TypeLocal, Features: []numbers.Feature{numbers.FeatureVoice},
		})
	}
	return Harness{New: func(testing.TB) *Subject {
		limiter := &limiter{}
		opts.Limiter = limiter
		w := &wrong{Memory: NewMemory(opts)}
		if spoil != nil {
			spoil(w)
		}
		return &Subject{
			Orderer: w,
			Number:  number,
			Inject: func(faults ...Fault) {
				w.injected = faults[len(faults)-1]
				w.Memory.Inject(faults...)
			},
			Faults: w.Memory.faultKinds(),
			Books:  w.Books,
			Requests: func() (all, buys int) {
				for _, call := range w.Calls() {
					if all++; call == "Place" {
						buys++
					}
				}
				return all, buys
			},
			SettleWithin: opts.SettleAfter,
			Limit:        func(l numbers.Limiter) { limiter.Limiter = l },
			Lock:         w.Lock,
			Template:     &MemoryRequest{Note: "a note", Labels: map[string]string{"a": "b"}},
			HasNative: func(o *numbers.Order) bool {
				own, ok := numbers.Native[*MemoryOrder](o)
				return ok && own.ID == o.ID
			},
			Templated: func(o *numbers.Order) bool {
				own, ok := numbers.Native[*MemoryOrder](o)
				return ok && own.Note == "a note" && own.Labels["a"] == "b"
			},
			Price:   opts.Price,
			Secrets: []string{secret},
		}
	}}
}

// limiter is one that can be exchanged.
type limiter struct{ numbers.Limiter }

func (l *limiter) Wait(ctx context.Context) error {
	if l.Limiter == nil {
		return nil
	}
	return l.Limiter.Wait(ctx)
}

// recorder is a testing.TB that keeps failures to itself.
type recorder struct {
	testing.TB
	mu       sync.Mutex
	messages []string
}

func (r *recorder) say(text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.messages = append(r.messages, text)
}

func (r *recorder) Helper()                           {}
func (r *recorder) Error(args ...any)                 { r.say(fmt.Sprintln(args...)) }
func (r *recorder) Errorf(format string, args ...any) { r.say(fmt.Sprintf(format, args...)) }
func (r *recorder) Fail()                             { r.say("failed") }

func (r *recorder) FailNow() {
	r.say("failed")
	runtime.Goexit()
}

func (r *recorder) Fatal(args ...any) {
	r.say(fmt.Sprintln(args...))
	runtime.Goexit()
}

func (r *recorder) Fatalf(format string, args ...any) {
	r.say(fmt.Sprintf(format, args...))
	runtime.Goexit()
}

func (r *recorder) Failed() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.messages) > 0
}

// failures is what a check has to say about an Orderer.
func failures(t *testing.T, h Harness, c check) []string {
	return recorded(t, func(r *recorder) { run(r, h, c) })
}

// recorded does something where time is virtual, and returns what failed.
func recorded(t *testing.T, do func(r *recorder)) []string {
	r := &recorder{}
	synctest.Test(t, func(t *testing.T) {
		r.TB = t
		done := make(chan struct{})
		go func() {
			defer close(done)
			do(r)
		}()
		<-done
	})
	return r.messages
}

// rightForms are vendors of several kinds.
func rightForms() map[string]MemoryOptions {
	return map[string]MemoryOptions{
		"by reference":     {},
		"by number":        {Capabilities: numbers.Capabilities{FoundBy: numbers.ByNumber}},
		"orders are owned": {Capabilities: numbers.Capabilities{OrdersAreOwned: true}},
		"repeatable":       {Repeatable: true, Capabilities: numbers.Capabilities{OrdersAreOwned: true}},
		"sells twice":      {SellsTwice: true},
		"nameless":         {NamelessRefusals: true},
		"listed late":      {ListedAfter: 30 * time.Second},
	}
}

// TestRightOrderersPass: what the wrong ones are made of is right.
func TestRightOrderersPass(t *testing.T) {
	for name, opts := range rightForms() {
		for _, c := range checks() {
			assert.Empty(t, failures(t, spoiledHarness(opts, nil), c), "%s: %s", name, c.name)
		}
	}
}

// TestWrongOrderersAreCaught: each wrong Orderer is caught by the check that it
// is made for, and by no other.
func TestWrongOrderersAreCaught(t *testing.T) { catches(t, checks(), wrongOrderers()) }

// TestEssentialsCannotBeSkipped: a Subject that lacks something essential fails
// loudly, whatever the check.
func TestEssentialsCannotBeSkipped(t *testing.T) {
	for name, spoil := range map[string]func(s *Subject){
		"Orderer":                  func(s *Subject) { s.Orderer = nil },
		"Number":                   func(s *Subject) { s.Number = nil },
		"Inject":                   func(s *Subject) { s.Inject = nil },
		"Books":                    func(s *Subject) { s.Books = nil },
		"Requests":                 func(s *Subject) { s.Requests = nil },
		"Price: two different":     func(s *Subject) { s.Price = &numbers.Price{Upfront: s.Price.Monthly, Monthly: s.Price.Monthly} },
		"Faults: lost reply":       func(s *Subject) { s.Faults = without(s.Faults, LostReply) },
		"Faults: dropped request":  func(s *Subject) { s.Faults = without(s.Faults, DroppedRequest) },
		"Faults: status before":    func(s *Subject) { s.Faults = without(s.Faults, StatusBefore) },
		"Faults: status after":     func(s *Subject) { s.Faults = without(s.Faults, StatusAfter) },
		"Faults: rate limited":     func(s *Subject) { s.Faults = without(s.Faults, RateLimited) },
		"Faults: lost reply, rate": func(s *Subject) { s.Faults = nil },
	} {
		h := Harness{New: func(tb testing.TB) *Subject {
			s := wrongHarness(numbers.ByReference, nil).New(tb)
			spoil(s)
			return s
		}}
		for _, c := range checks() {
			messages := failures(t, h, c)
			if assert.Len(t, messages, 1, "%s: %s", name, c.name) {
				for missing := range strings.SplitSeq(name, ", ") {
					assert.Contains(t, messages[0], missing)
				}
			}
		}
	}
	messages := failures(t, Harness{New: func(testing.TB) *Subject { return nil }}, checks()[0])
	assert.Len(t, messages, 1)
	assert.Contains(t, messages, "numberstest: essential fields of Subject are missing: Subject")
}

func without(list []FaultKind, kind FaultKind) []FaultKind {
	return slices.DeleteFunc(slices.Clone(list), func(k FaultKind) bool { return k == kind })
}

// panicking is an Orderer with a defect of the plainest kind.
type panicking struct{ *Memory }

func (panicking) Place(context.Context, numbers.OrderRequest) (*numbers.Order, error) {
	panic("a nil map")
}

func TestAPanicFailsTheCheck(t *testing.T) {
	h := Harness{New: func(tb testing.TB) *Subject {
		s := wrongHarness(numbers.ByReference, nil).New(tb)
		s.Orderer = panicking{s.Orderer.(*wrong).Memory}
		return s
	}}
	messages := failures(t, h, placeChecks()[0])
	require.Len(t, messages, 1)
	assert.Contains(t, messages[0], "panic: a nil map")
}

// TestEveryCheckHasAWrongOrderer: no check is there that nothing fails.
func TestEveryCheckHasAWrongOrderer(t *testing.T) { complements(t, checks(), wrongOrderers()) }

// wrongOrderer breaks one promise.
type wrongOrderer struct {
	check   string
	name    string // what it does
	foundBy numbers.Recognition
	spoil   func(w *wrong)
}

func wrongOrderers() []wrongOrderer {
	return slices.Concat(wrongCapabilities(), wrongPlaces(), wrongFaults(), wrongResolvers(), wrongFlows(), wrongLists(), wrongReleases(), wrongInDetail(),
		wrongOrders(), wrongAnswers(), wrongReadings(), wrongWrites(),
		wrongBegins(), wrongReferences())
}
