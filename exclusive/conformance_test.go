package exclusive_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/exclusive"
	"github.com/tnkit/tnkit/exclusive/exclusivetest"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

func TestConformance(t *testing.T) {
	eachPBX(t, func(t *testing.T, h numberstest.Harness) { numberstest.Run(t, h) })
}

func TestAccountConformance(t *testing.T) {
	eachPBX(t, func(t *testing.T, h numberstest.Harness) { numberstest.RunAccount(t, h) })
}

func eachPBX(t *testing.T, run func(t *testing.T, h numberstest.Harness)) {
	for name, options := range map[string]exclusivetest.Options{
		"default":    {},
		"duplicates": {RefuseDuplicates: true},
		"blanks":     {Blanks: exclusivetest.BlankEmpty, Params: exclusivetest.ParamsIgnored, ServerOptions: numberstest.ServerOptions{Lenient: true}, NullItems: true},
		"spelled":    {},
	} {
		t.Run(name, func(t *testing.T) { run(t, harness(options, name == "spelled")) })
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

func harness(options exclusivetest.Options, spelled bool) numberstest.Harness {
	return numberstest.Harness{New: func(tb testing.TB) *numberstest.Subject {
		options.InMemory = true
		pbx := exclusivetest.NewServer(tb, options)
		limiter := new(later)
		c, err := pbx.NewClient(&numbers.ClientOptions{Retry: numbers.Retry{Attempts: 1}, Limiter: limiter})
		require.NoError(tb, err)
		own := &exclusive.OrdererOptions{}
		if spelled {
			own.Spell = numbers.E164.Digits
		}
		return &numberstest.Subject{
			Orderer: exclusive.NewOrderer(c, own),
			Number:  func(i int) numbers.E164 { return numbers.E164(fmt.Sprintf("+1312555%04d", i)) },
			Inject:  pbx.Inject,
			Faults: append(numberstest.TransportFaults(),
				numberstest.LateListing, numberstest.InsertWhileListing, numberstest.DuplicateListing, numberstest.ZeroObject),
			Books: pbx.Books,
			Requests: func() (all, buys int) {
				for _, r := range pbx.Requests() {
					if all++; r.Buys {
						buys++
					}
				}
				return all, buys
			},
			Limit:    limiter.install,
			Page:     exclusive.MaxPageSize,
			Template: &exclusive.CreateNumberRequest{Description: new("a note")},
			Templated: func(o *numbers.Order) bool {
				own, ok := numbers.Native[*exclusive.Number](o)
				return ok && own.Description != nil && *own.Description == "a note"
			},
			HasNative: func(o *numbers.Order) bool {
				own, ok := numbers.Native[*exclusive.Number](o)
				return ok && own.ID == o.ID
			},
			Secrets: []string{exclusivetest.Token},
		}
	}}
}
