package telnyx_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/numberstest"
	"github.com/tnkit/tnkit/telnyx"
	"github.com/tnkit/tnkit/telnyx/telnyxtest"
)

func TestConformance(t *testing.T) { numberstest.Run(t, harness()) }

func TestAccountConformance(t *testing.T) { numberstest.RunAccount(t, harness()) }

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

// harness is an account at a fake.
func harness() numberstest.Harness {
	const billingGroup = "11111111-2222-4333-8444-555555555555"
	dollars := func(n int64) *numbers.Money {
		return &numbers.Money{Amount: decimal.NewFromInt(n), Currency: "USD"}
	}
	return numberstest.Harness{New: func(tb testing.TB) *numberstest.Subject {
		srv := telnyxtest.NewServer(tb, telnyxtest.Options{ServerOptions: numberstest.ServerOptions{InMemory: true, NoOffers: true}, SettleAfter: 5 * time.Second})
		for i := range 20 {
			srv.AddOffer(numberstest.Offer{Number: fmt.Sprintf("+13125550%d", 100+i), RateCenter: "CHICAGO", Region: "IL", Locality: "Chicago", Features: []string{"sms", "mms", "voice", "fax", "emergency", "hd_voice"}, UpfrontCost: "1.00000", MonthlyCost: "2.00000"})
		}
		limiter := new(later)
		c, err := srv.NewClient(&numbers.ClientOptions{Retry: numbers.Retry{Attempts: 1}, Limiter: limiter})
		require.NoError(tb, err)
		return &numberstest.Subject{
			Orderer: telnyx.NewOrderer(c, nil),
			Limit:   limiter.install,
			Number:  func(i int) numbers.E164 { return numbers.E164(fmt.Sprintf("+1312555%04d", i)) },
			Inject:  srv.Inject,
			Faults:  append(numberstest.TransportFaults(), numberstest.PartialOrder, numberstest.InsertWhileListing, numberstest.LateListing),
			Books:   srv.Books,
			Requests: func() (all, buys int) {
				for _, r := range srv.Requests() {
					if all++; r.Buys {
						buys++
					}
				}
				return all, buys
			},
			SettleWithin: 5 * time.Second,
			Page:         telnyx.MaxPageSize,
			Price:        &numbers.Price{Upfront: dollars(1), Monthly: dollars(2)},
			Template:     &telnyx.CreateNumberOrderRequest{BillingGroupID: new(billingGroup)},
			Templated: func(o *numbers.Order) bool {
				own, ok := numbers.Native[*telnyx.NumberOrder](o)
				return ok && own.BillingGroupID != nil && *own.BillingGroupID == billingGroup
			},
			HasNative: func(o *numbers.Order) bool {
				own, ok := numbers.Native[*telnyx.NumberOrder](o)
				return ok && own.ID == o.ID
			},
			Secrets: []string{telnyxtest.APIKey},
		}
	}}
}
