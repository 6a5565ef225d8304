package voipbin_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/numberstest"
	"github.com/tnkit/tnkit/voipbin"
	"github.com/tnkit/tnkit/voipbin/voipbintest"
)

func TestConformance(t *testing.T) {
	for name, c := range map[string]struct {
		generation voipbin.Generation
		own        []numberstest.FaultKind
	}{
		// A purchase that goes unrecorded is a 500 today, and was a 200 with a
		// zero object in 2021.
		"numbers":       {voipbin.GenerationNumbers, []numberstest.FaultKind{numberstest.OrphanPurchase}},
		"order_numbers": {voipbin.GenerationOrderNumbers, []numberstest.FaultKind{numberstest.OrphanPurchase, numberstest.ZeroObject}},
	} {
		t.Run(name, func(t *testing.T) { conforms(t, c.generation, c.own) })
	}
}

func conforms(t *testing.T, g voipbin.Generation, own []numberstest.FaultKind) {
	numberstest.Run(t, numberstest.Harness{New: func(tb testing.TB) *numberstest.Subject {
		srv := voipbintest.NewServer(tb, voipbintest.Options{InMemory: true})
		c, err := srv.NewClient(&numbers.ClientOptions{Retry: numbers.Retry{Attempts: 1}})
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
	}})
}
