package opentact_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/numberstest"
	"github.com/tnkit/tnkit/opentact"
	"github.com/tnkit/tnkit/opentact/opentacttest"
)

// subject is an account at a fake that speaks one generation.
func subject(tb testing.TB, fake opentacttest.Generation, options opentact.OrdererOptions, template any) *numberstest.Subject {
	tb.Helper()
	srv := opentacttest.NewServer(tb, opentacttest.Options{
		InMemory: true, Generation: fake, StepAfter: time.Second, SellsAnything: true,
	})
	c, err := srv.NewClient(&numbers.ClientOptions{Retry: numbers.Retry{Attempts: 1}})
	require.NoError(tb, err)
	options.Account = "main"
	return &numberstest.Subject{
		Orderer: opentact.NewOrderer(c, &options),
		Number:  func(i int) numbers.E164 { return numbers.E164(fmt.Sprintf("+1312555%04d", i)) },
		Inject:  srv.Inject,
		Faults: append(numberstest.TransportFaults(),
			numberstest.PartialOrder, numberstest.InsertWhileListing, numberstest.DuplicateListing, numberstest.LateListing),
		Books: srv.Books,
		Requests: func() (all, buys int) {
			for _, r := range srv.Requests() {
				if all++; r.Buys {
					buys++
				}
			}
			return all, buys
		},
		SettleWithin: 3 * time.Second,
		Assign:       numbers.Assignment{Connection: srv.AddConnection("a connection")},
		Template:     template,
		HasNative: func(o *numbers.Order) bool {
			own, ok := numbers.Native[*opentact.Order](o)
			return ok && own.UUID == o.ID
		},
		Secrets: []string{opentacttest.Token, opentacttest.LeakedPassword, opentacttest.LeakedToken},
	}
}

func TestConformance2020(t *testing.T) {
	numberstest.Run(t, numberstest.Harness{New: func(tb testing.TB) *numberstest.Subject {
		return subject(tb, opentacttest.Gen2020, opentact.OrdererOptions{}, &opentact.CreateTNOrderRequest{})
	}})
}

func TestConformance2021(t *testing.T) {
	numberstest.Run(t, numberstest.Harness{New: func(tb testing.TB) *numberstest.Subject {
		return subject(tb, opentacttest.Gen2021, opentact.OrdererOptions{Generation: opentact.Generation2021}, &opentact.CreateItemsRequest{})
	}})
}

func TestConformance2024(t *testing.T) {
	numberstest.Run(t, numberstest.Harness{New: func(tb testing.TB) *numberstest.Subject {
		return subject(tb, opentacttest.Gen2024, opentact.OrdererOptions{Generation: opentact.Generation2024}, &opentact.CreateOrderRequest{})
	}})
}
