package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"github.com/tnkit/tnkit/exclusive"
	"github.com/tnkit/tnkit/exclusive/exclusivetest"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/numberstest"
	"github.com/tnkit/tnkit/opentact"
	"github.com/tnkit/tnkit/opentact/opentacttest"
	"github.com/tnkit/tnkit/telnyx"
	"github.com/tnkit/tnkit/telnyx/telnyxtest"
	"github.com/tnkit/tnkit/voipbin"
	"github.com/tnkit/tnkit/voipbin/voipbintest"
)

const (
	// lateness is how long after a lost answer a fake commits at the latest,
	// and how long it hides what it made; settle is how long the client waits
	// before it believes a listing. They are scaled down together.
	lateness = 40 * time.Millisecond
	settle   = 250 * time.Millisecond
	// patience is the client's limit of one attempt.
	patience = 150 * time.Millisecond
)

// server is a fake vendor.
type server interface {
	URL() string
	Close()
	Inject(...numberstest.Fault)
	Unused() []numberstest.Fault
	Requests() []numberstest.Request
	Books() numberstest.Books
}

// subject is a vendor under chaos: the fake in the parent, the client in the
// child.
type subject struct {
	name  string
	serve func() (srv server, token string, err error)
	// client makes the Orderer that talks to a fake.
	client func(url, token string, opts *numbers.ClientOptions) (numbers.Orderer, error)
	// lies are answers to orders that only this vendor gives, all of them to
	// orders that are committed.
	lies []numberstest.Fault
	// odd is what else this vendor does at times, beside its right answers.
	odd []numberstest.FaultKind
	// orphans: the vendor may buy what it will never list.
	orphans bool
	// reads are the requests of the client that only read.
	reads []numberstest.Match
	// most is how many numbers an order has.
	most int
	// assign prepares what some lives connect their numbers to, after they were
	// bought.
	assign func(srv server) *numbers.Assignment
	// search is what customers look for who buy any numbers; nil where that is not tried.
	search *numbers.SearchQuery
	// never are the events that can't come here, and why.
	never map[numbers.EventKind]string
}

const (
	finalAtOnce = "an order is final as soon as it is placed"
	noAssigning = "nothing can be assigned to an owned number"
)

func subjects() []subject {
	gets := []numberstest.Match{{Method: http.MethodGet}}
	return []subject{
		{
			name: "telnyx", most: 2, reads: gets, search: &numbers.SearchQuery{Country: "US", Limit: 20},
			serve: func() (server, string, error) {
				s, err := telnyxtest.Start(telnyxtest.Options{ServerOptions: numberstest.ServerOptions{HTTP2: true, Lenient: true}, SettleAfter: 20 * time.Millisecond})
				if err != nil {
					return nil, "", err
				}
				s.AddNumber(page()...)
				return s, telnyxtest.APIKey, err
			},
			client: func(url, token string, opts *numbers.ClientOptions) (numbers.Orderer, error) {
				opts.BaseURL = url
				c, err := telnyx.New(telnyx.APIKeyAuth(token), opts)
				return telnyx.NewOrderer(c, &telnyx.OrdererOptions{ListingDelay: settle}), err
			},
			odd: []numberstest.FaultKind{
				numberstest.PartialOrder, numberstest.StuckPending, numberstest.LateListing, numberstest.InsertWhileListing,
			},
			assign: func(server) *numbers.Assignment { return &numbers.Assignment{Connection: "1293384261075731499"} },
		},
		{
			name: "voipbin", most: 1, reads: gets, orphans: true,
			serve: serveVoIPBin, client: voipbinClient(voipbin.GenerationNumbers),
			search: &numbers.SearchQuery{Country: "US"},
			lies:   []numberstest.Fault{{Kind: numberstest.OrphanPurchase}, {Kind: numberstest.LostOrphan}, {Kind: numberstest.MisleadingStatus, Delay: lateness}},
			odd:    []numberstest.FaultKind{numberstest.StuckPending, numberstest.LateListing, numberstest.InsertWhileListing},
			assign: func(server) *numbers.Assignment {
				return &numbers.Assignment{CallFlow: "6c1f3b52-2d4e-4d0e-9f61-0d7f1f0f5a11"}
			},
			never: map[numbers.EventKind]string{numbers.EventPending: finalAtOnce},
		},
		{
			name: "voipbin 2021", most: 1, reads: gets, orphans: true,
			serve: serveVoIPBin, client: voipbinClient(voipbin.GenerationOrderNumbers),
			search: &numbers.SearchQuery{Country: "US"},
			lies:   []numberstest.Fault{{Kind: numberstest.ZeroObject}, {Kind: numberstest.OrphanPurchase}, {Kind: numberstest.LostOrphan}, {Kind: numberstest.MisleadingStatus, Delay: lateness}},
			odd:    []numberstest.FaultKind{numberstest.StuckPending, numberstest.LateListing, numberstest.InsertWhileListing},
			never:  map[numbers.EventKind]string{numbers.EventPending: finalAtOnce, numbers.EventAssigned: noAssigning},
		},
		{
			name: "opentact", most: 3, reads: append(gets, numberstest.Match{Op: "search leases"}),
			serve: func() (server, string, error) {
				s, err := opentacttest.Start(opentacttest.Options{
					ServerOptions: numberstest.ServerOptions{HTTP2: true, Lenient: true}, SellsAnything: true, Balance: "100000000", StepAfter: 5 * time.Millisecond,
				})
				return s, opentacttest.Token, err
			},
			client: func(url, token string, opts *numbers.ClientOptions) (numbers.Orderer, error) {
				opts.BaseURL = url
				c, err := opentact.New(opentact.TokenAuth(token), opts)
				return opentact.NewOrderer(c, &opentact.OrdererOptions{ListingDelay: settle}), err
			},
			lies: []numberstest.Fault{{Kind: numberstest.MisleadingStatus, Delay: lateness}},
			odd: []numberstest.FaultKind{
				numberstest.PartialOrder, numberstest.StuckPending, numberstest.LateListing, numberstest.DuplicateListing,
			},
			assign: func(srv server) *numbers.Assignment {
				return &numbers.Assignment{MessagingProfile: srv.(*opentacttest.Server).AddMessagingProfile("chaos")}
			},
		},
		{
			name: "exclusive", most: 1, reads: gets,
			serve: func() (server, string, error) {
				s, err := exclusivetest.Start(exclusivetest.Options{ServerOptions: numberstest.ServerOptions{HTTP2: true, Lenient: true}})
				return s, exclusivetest.Token, err
			},
			client: func(url, token string, opts *numbers.ClientOptions) (numbers.Orderer, error) {
				c, err := exclusive.New(url, exclusive.TokenAuth(token), opts)
				return exclusive.NewOrderer(c, &exclusive.OrdererOptions{ListingDelay: settle}), err
			},
			lies:  []numberstest.Fault{{Kind: numberstest.ZeroObject}},
			odd:   []numberstest.FaultKind{numberstest.LateListing, numberstest.InsertWhileListing, numberstest.DuplicateListing},
			never: map[numbers.EventKind]string{numbers.EventPending: finalAtOnce, numbers.EventAssigned: noAssigning},
		},
	}
}

// page is what an account has from before: as many numbers as make a page of a
// list, so that every list has another page.
func page() []numberstest.Owned {
	list := make([]numberstest.Owned, telnyx.MaxPageSize)
	for i := range list {
		list[i].Number = fmt.Sprintf("+1415%07d", 2000000+i)
	}
	return list
}

func serveVoIPBin() (server, string, error) {
	s, err := voipbintest.Start(voipbintest.Options{ServerOptions: numberstest.ServerOptions{HTTP2: true, Lenient: true}})
	if err != nil {
		return nil, "", err
	}
	return s, s.Token(voipbintest.Username), nil
}

func voipbinClient(g voipbin.Generation) func(string, string, *numbers.ClientOptions) (numbers.Orderer, error) {
	return func(url, token string, opts *numbers.ClientOptions) (numbers.Orderer, error) {
		opts.BaseURL = url
		c, err := voipbin.New(voipbin.TokenAuth(token), opts)
		return voipbin.NewOrderer(c, &voipbin.OrdererOptions{ListingDelay: settle, Generation: g}), err
	}
}

// clientOptions are those of every client under chaos.
func clientOptions(http2 bool, seed uint64) *numbers.ClientOptions {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(!http2)
	protocols.SetUnencryptedHTTP2(http2)
	return &numbers.ClientOptions{
		HTTPClient: &http.Client{
			Timeout:   patience,
			Transport: &http.Transport{MaxIdleConnsPerHost: 32, Protocols: protocols},
		},
		Retry:   numbers.Retry{Attempts: 4, MinWait: time.Millisecond, MaxWait: 20 * time.Millisecond},
		Limiter: &stalling{dice: rand.New(rand.NewPCG(seed, 7))},
	}
}

// stalling is a limiter that lets most requests pass at once, and holds a few back for
// longer than an attempt takes.
type stalling struct {
	mu   sync.Mutex
	dice *rand.Rand
}

func (s *stalling) Wait(ctx context.Context) error {
	s.mu.Lock()
	stall := s.dice.IntN(100) == 0
	s.mu.Unlock()
	if !stall {
		return ctx.Err()
	}
	select {
	case <-time.After(2 * patience):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
