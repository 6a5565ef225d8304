package opentact_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	shopspring "github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/numberstest"
	"github.com/tnkit/tnkit/opentact"
	"github.com/tnkit/tnkit/opentact/opentacttest"
)

// subject is an account at a fake that speaks one generation.
func subject(tb testing.TB, fake opentacttest.Generation, options opentact.OrdererOptions, template any, templated func(*opentact.Order) bool) *numberstest.Subject {
	tb.Helper()
	srv := opentacttest.NewServer(tb, opentacttest.Options{
		InMemory: true, Generation: fake, StepAfter: time.Second, SellsAnything: true, Balance: "1000000",
	})
	c, err := srv.NewClient(&numbers.ClientOptions{Retry: numbers.Retry{Attempts: 1}})
	require.NoError(tb, err)
	s := &numberstest.Subject{
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
		Assign: numbers.Assignment{
			Connection: srv.AddConnection("a connection"), Application: srv.AddApp("an application"),
			MessagingProfile: srv.AddMessagingProfile("a profile"),
		},
		Hidden: numbers.AssignMessagingProfile,
		Price: &numbers.Price{
			Upfront: &numbers.Money{Amount: shopspring.NewFromInt(1)},
			Monthly: &numbers.Money{Amount: shopspring.RequireFromString("1.85")},
		},
		Template: template,
		HasNative: func(o *numbers.Order) bool {
			own, ok := numbers.Native[*opentact.Order](o)
			return ok && own.UUID == o.ID
		},
		Secrets: []string{opentacttest.Token, opentacttest.LeakedPassword, opentacttest.LeakedToken},
	}
	if fake == opentacttest.Gen2020 {
		s.Page = opentact.MaxTake // whole pages once, at the generation that is the default
	}
	if templated != nil {
		s.Templated = func(o *numbers.Order) bool {
			own, ok := numbers.Native[*opentact.Order](o)
			return ok && templated(own)
		}
	}
	return s
}

func TestConformance2020(t *testing.T) {
	numberstest.Run(t, numberstest.Harness{New: func(tb testing.TB) *numberstest.Subject {
		return subject(tb, opentacttest.Gen2020, opentact.OrdererOptions{}, &opentact.CreateTNOrderRequest{}, nil)
	}})
}

func TestConformance2021(t *testing.T) {
	numberstest.Run(t, numberstest.Harness{New: func(tb testing.TB) *numberstest.Subject {
		return subject(tb, opentacttest.Gen2021, opentact.OrdererOptions{Generation: opentact.Generation2021}, &opentact.CreateItemsRequest{Items: []opentact.CreateItem{{Fax: new(true)}}}, func(o *opentact.Order) bool {
			return len(o.Items) == 1 && o.Items[0].Fax.String() == "true"
		})
	}})
}

func TestConformance2024(t *testing.T) {
	numberstest.Run(t, numberstest.Harness{New: func(tb testing.TB) *numberstest.Subject {
		return subject(tb, opentacttest.Gen2024, opentact.OrdererOptions{Generation: opentact.Generation2024}, &opentact.CreateOrderRequest{Items: []opentact.CreateOrderItem{{Features: []string{"fax"}}}}, func(o *opentact.Order) bool {
			return o.Request != nil && len(o.Request.Items) == 1 && slices.Equal(o.Request.Items[0].Features, []string{"fax"})
		})
	}})
}
