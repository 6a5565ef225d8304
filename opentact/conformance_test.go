package opentact_test

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	shopspring "github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/numberstest"
	"github.com/tnkit/tnkit/opentact"
	"github.com/tnkit/tnkit/opentact/opentacttest"
)

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

// subject is an account at a fake that speaks one generation.
func subject(tb testing.TB, fake opentacttest.Generation, options opentact.OrdererOptions, template any, templated func(*opentact.Order) bool) *numberstest.Subject {
	tb.Helper()
	srv := opentacttest.NewServer(tb, opentacttest.Options{
		ServerOptions: numberstest.ServerOptions{InMemory: true}, Generation: fake, StepAfter: time.Second, SellsAnything: true, Balance: "1000000",
	})
	limiter := new(later)
	c, err := srv.NewClient(&numbers.ClientOptions{Retry: numbers.Retry{Attempts: 1}, Limiter: limiter})
	require.NoError(tb, err)
	s := &numberstest.Subject{
		Orderer: opentact.NewOrderer(c, &options),
		Limit:   limiter.install,
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

func TestConformance(t *testing.T) {
	for name, h := range harnesses() {
		t.Run(name, func(t *testing.T) { numberstest.Run(t, h) })
	}
}

func TestAccountConformance(t *testing.T) {
	for name, h := range harnesses() {
		t.Run(name, func(t *testing.T) { numberstest.RunAccount(t, h) })
	}
}

// harnesses are accounts at fakes of each generation.
func harnesses() map[string]numberstest.Harness {
	return map[string]numberstest.Harness{
		"2020": {New: func(tb testing.TB) *numberstest.Subject {
			return subject(tb, opentacttest.Gen2020, opentact.OrdererOptions{}, &opentact.CreateTNOrderRequest{}, nil)
		}},
		"2021": {New: func(tb testing.TB) *numberstest.Subject {
			template := &opentact.CreateItemsRequest{Items: []opentact.CreateItem{{Fax: new(true)}}}
			return subject(tb, opentacttest.Gen2021, opentact.OrdererOptions{Generation: opentact.Generation2021}, template, func(o *opentact.Order) bool {
				return len(o.Items) == 1 && o.Items[0].Fax.String() == "true"
			})
		}},
		"2024": {New: func(tb testing.TB) *numberstest.Subject {
			template := &opentact.CreateOrderRequest{Items: []opentact.CreateOrderItem{{Features: []string{"fax"}}}}
			return subject(tb, opentacttest.Gen2024, opentact.OrdererOptions{Generation: opentact.Generation2024}, template, func(o *opentact.Order) bool {
				return o.Request != nil && len(o.Request.Items) == 1 && slices.Equal(o.Request.Items[0].Features, []string{"fax"})
			})
		}},
	}
}
