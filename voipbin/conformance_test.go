package voipbin_test

import (
	"context"
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/numberstest"
	"github.com/tnkit/tnkit/voipbin"
	"github.com/tnkit/tnkit/voipbin/voipbintest"
)

func TestConformance(t *testing.T) {
	eachGeneration(t, func(t *testing.T, h numberstest.Harness) { numberstest.Run(t, h) })
}

func TestAccountConformance(t *testing.T) {
	eachGeneration(t, func(t *testing.T, h numberstest.Harness) { numberstest.RunAccount(t, h) })
}

func eachGeneration(t *testing.T, run func(t *testing.T, h numberstest.Harness)) {
	for name, c := range map[string]struct {
		generation voipbin.Generation
		own        []numberstest.FaultKind
	}{
		// A purchase that goes unrecorded is a 500 today, and was a 200 with a
		// zero object in 2021.
		"numbers":       {voipbin.GenerationNumbers, []numberstest.FaultKind{numberstest.OrphanPurchase}},
		"order_numbers": {voipbin.GenerationOrderNumbers, []numberstest.FaultKind{numberstest.OrphanPurchase, numberstest.ZeroObject}},
	} {
		t.Run(name, func(t *testing.T) { run(t, harness(c.generation, c.own)) })
	}
}

// later is a limiter that is installed after the client was made.
type later struct {
	installed atomic.Pointer[numbers.Limiter]
}

func (l *later) Wait(ctx context.Context) error {
	if inner := l.installed.Load(); inner != nil {
		return (*inner).Wait(ctx)
	}
	return nil
}

func (l *later) install(inner numbers.Limiter) { l.installed.Store(&inner) }

// renewing sends a new token with each request: one lasts for 7 days, and the suite
// waits for a month.
type renewing struct{ *voipbintest.Server }

func (r renewing) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(req.Context())
	req.Header.Set("Authorization", "Bearer "+r.Token(voipbintest.Username))
	return r.HTTPClient().Transport.RoundTrip(req)
}

func harness(g voipbin.Generation, own []numberstest.FaultKind) numberstest.Harness {
	return numberstest.Harness{New: func(tb testing.TB) *numberstest.Subject {
		srv := voipbintest.NewServer(tb, voipbintest.Options{ServerOptions: numberstest.ServerOptions{InMemory: true, Lenient: true}})
		tb.Cleanup(func() {
			for _, report := range srv.Reports() {
				assert.Contains(tb, report, "is ordered, though it is owned", "the suite does that, to see what comes of it")
			}
		})
		limiter := new(later)
		c, err := srv.NewClient(&numbers.ClientOptions{
			Retry: numbers.Retry{Attempts: 1}, Limiter: limiter, HTTPClient: &http.Client{Transport: renewing{srv}},
		})
		require.NoError(tb, err)
		s := &numberstest.Subject{
			Orderer: voipbin.NewOrderer(c, &voipbin.OrdererOptions{Generation: g}),
			Number:  func(i int) numbers.E164 { return numbers.E164(fmt.Sprintf("+1312555%04d", i)) },
			Inject:  srv.Inject,
			Faults: append(append(numberstest.TransportFaults(), numberstest.StuckPending, numberstest.MisleadingStatus,
				numberstest.InsertWhileListing), own...),
			Books: srv.Books,
			Requests: func() (all, buys int) {
				for _, r := range srv.Requests() {
					if all++; r.Buys {
						buys++
					}
				}
				return all, buys
			},
			Limit:        limiter.install,
			SettleWithin: time.Second,
			Page:         voipbin.MaxPageSize,
			HasNative: func(o *numbers.Order) bool {
				own, ok := numbers.Native[*voipbin.Number](o)
				return ok && own.ID == o.ID
			},
		}
		if g == voipbin.GenerationNumbers {
			s.Template = &voipbin.CreateNumberRequest{Name: new("a name")}
			s.Templated = func(o *numbers.Order) bool {
				own, ok := numbers.Native[*voipbin.Number](o)
				return ok && own.Name != nil && *own.Name == "a name"
			}
		}
		return s
	}}
}
