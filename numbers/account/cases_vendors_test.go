package account_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/exclusive"
	"github.com/tnkit/tnkit/exclusive/exclusivetest"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
	"github.com/tnkit/tnkit/numbers/numberstest"
	"github.com/tnkit/tnkit/opentact"
	"github.com/tnkit/tnkit/opentact/opentacttest"
	"github.com/tnkit/tnkit/telnyx"
	"github.com/tnkit/tnkit/telnyx/telnyxtest"
	"github.com/tnkit/tnkit/voipbin"
	"github.com/tnkit/tnkit/voipbin/voipbintest"
)

// fakeVendor is one fake vendor in a bubble of virtual time.
type fakeVendor struct {
	name string
	// client is another process of the same customer: an Orderer with its own limiter.
	client   func(numbers.Limiter) numbers.Orderer
	inject   func(...numberstest.Fault)
	books    func() numberstest.Books
	requests func() []numberstest.Request
}

// buys is how many requests that could buy reached the vendor.
func (v *fakeVendor) buys() int {
	count := 0
	for _, r := range v.requests() {
		if r.Buys {
			count++
		}
	}
	return count
}

// account is a fresh Account over another client, as a replica or a restarted process
// has it.
func (v *fakeVendor) account(tb testing.TB, book numbers.Journal, limiter numbers.Limiter) *account.Account {
	tb.Helper()
	a, err := account.New("main", v.client(limiter), &account.Options{Journal: book})
	require.NoError(tb, err)
	tb.Cleanup(func() { require.NoError(tb, a.Close()) })
	return a
}

// once sends every request once, so that faults strike the purchase alone.
func once(l numbers.Limiter) *numbers.ClientOptions {
	return &numbers.ClientOptions{Retry: numbers.Retry{Attempts: 1}, Limiter: l}
}

func fakeVendors() map[string]func(tb testing.TB) *fakeVendor {
	return map[string]func(tb testing.TB) *fakeVendor{
		"telnyx": func(tb testing.TB) *fakeVendor {
			srv := telnyxtest.NewServer(tb, telnyxtest.Options{ServerOptions: numberstest.ServerOptions{InMemory: true}, SettleAfter: 2 * time.Second})
			return &fakeVendor{inject: srv.Inject, books: srv.Books, requests: srv.Requests, client: func(l numbers.Limiter) numbers.Orderer {
				c, err := srv.NewClient(once(l))
				require.NoError(tb, err)
				return telnyx.NewOrderer(c, nil)
			}}
		},
		"voipbin":         func(tb testing.TB) *fakeVendor { return fakeVoIPBin(tb, voipbin.GenerationNumbers) },
		"voipbin of 2021": func(tb testing.TB) *fakeVendor { return fakeVoIPBin(tb, voipbin.GenerationOrderNumbers) },
		"opentact": func(tb testing.TB) *fakeVendor {
			return fakeOpenTact(tb, opentact.Generation2020, opentacttest.Gen2020)
		},
		"opentact of 2021": func(tb testing.TB) *fakeVendor {
			return fakeOpenTact(tb, opentact.Generation2021, opentacttest.Gen2021)
		},
		"opentact of 2024": func(tb testing.TB) *fakeVendor {
			return fakeOpenTact(tb, opentact.Generation2024, opentacttest.Gen2024)
		},
		"exclusive": func(tb testing.TB) *fakeVendor {
			srv := exclusivetest.NewServer(tb, exclusivetest.Options{ServerOptions: numberstest.ServerOptions{InMemory: true}})
			return &fakeVendor{inject: srv.Inject, books: srv.Books, requests: srv.Requests, client: func(l numbers.Limiter) numbers.Orderer {
				c, err := srv.NewClient(once(l))
				require.NoError(tb, err)
				return exclusive.NewOrderer(c, nil)
			}}
		},
	}
}

// lenient lets a fake report what the vendor would silently do, and the test go on.
func lenient(o *voipbintest.Options) { o.Lenient = true }

func fakeVoIPBin(tb testing.TB, g voipbin.Generation, change ...func(*voipbintest.Options)) *fakeVendor {
	opts := voipbintest.Options{ServerOptions: numberstest.ServerOptions{InMemory: true}, OrderTakes: time.Second}
	for _, c := range change {
		c(&opts)
	}
	srv := voipbintest.NewServer(tb, opts)
	return &fakeVendor{inject: srv.Inject, books: srv.Books, requests: srv.Requests, client: func(l numbers.Limiter) numbers.Orderer {
		c, err := srv.NewClient(once(l))
		require.NoError(tb, err)
		return voipbin.NewOrderer(c, &voipbin.OrdererOptions{Generation: g})
	}}
}

func fakeOpenTact(tb testing.TB, g opentact.Generation, fake opentacttest.Generation) *fakeVendor {
	srv := opentacttest.NewServer(tb, opentacttest.Options{ServerOptions: numberstest.ServerOptions{InMemory: true}, Generation: fake, SellsAnything: true, StepAfter: time.Second})
	return &fakeVendor{inject: srv.Inject, books: srv.Books, requests: srv.Requests, client: func(l numbers.Limiter) numbers.Orderer {
		c, err := srv.NewClient(once(l))
		require.NoError(tb, err)
		return opentact.NewOrderer(c, &opentact.OrdererOptions{Generation: g, Currency: "USD"})
	}}
}

// atEveryVendor runs a test at a fresh fake of each vendor and generation, in virtual
// time.
func atEveryVendor(t *testing.T, test func(t *testing.T, v *fakeVendor)) {
	for name := range fakeVendors() {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				v := fakeVendors()[name](t)
				v.name = name
				test(t, v)
			})
		})
	}
}

// someNumber is the i-th number that every fake sells.
func someNumber(i int) numbers.E164 { return numbers.E164(fmt.Sprintf("+1312555%04d", 100+i)) }

func someNumbers(n int) []numbers.E164 {
	list := make([]numbers.E164, n)
	for i := range list {
		list[i] = someNumber(i)
	}
	return list
}

// request asks for numbers by a reference.
func request(reference string, list ...numbers.E164) numbers.OrderRequest {
	return numbers.OrderRequest{Numbers: list, Reference: reference}
}
