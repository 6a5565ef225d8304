package main

import (
	"net/http"
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
	// lateness is how long after a lost answer a fake commits at the latest;
	// settle is how long the client waits before it believes a listing. They
	// are scaled down together.
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
	// own are faults of this vendor alone; orphans among them are never listed.
	own []numberstest.Fault
	// most is how many numbers an order has, at a vendor that takes many.
	most int
	// assign prepares what numbers are connected to when their order has
	// settled; nil where the vendor's orders connect them, or nothing does.
	assign func(srv server) *numbers.Assignment
}

// orphans reports whether the vendor may buy what it will never list.
func (s subject) orphans() bool { return len(s.own) > 0 }

func subjects() []subject {
	return []subject{
		{
			name: "telnyx",
			serve: func() (server, string, error) {
				s, err := telnyxtest.Start(telnyxtest.Options{Lenient: true, SettleAfter: 20 * time.Millisecond})
				return s, telnyxtest.APIKey, err
			},
			client: func(url, token string, opts *numbers.ClientOptions) (numbers.Orderer, error) {
				opts.BaseURL = url
				c, err := telnyx.New(telnyx.APIKeyAuth(token), opts)
				return telnyx.NewOrderer(c, &telnyx.OrdererOptions{Settle: settle}), err
			},
			most: 2,
		},
		{name: "voipbin", serve: serveVoIPBin, client: voipbinClient(voipbin.GenerationNumbers),
			own: []numberstest.Fault{{Kind: numberstest.OrphanPurchase}, {Kind: numberstest.MisleadingStatus, Delay: lateness}}},
		{name: "voipbin 2021", serve: serveVoIPBin, client: voipbinClient(voipbin.GenerationOrderNumbers),
			own: []numberstest.Fault{{Kind: numberstest.ZeroObject}, {Kind: numberstest.MisleadingStatus, Delay: lateness}}},
		{
			name: "opentact",
			serve: func() (server, string, error) {
				s, err := opentacttest.Start(opentacttest.Options{SellsAnything: true, Balance: "100000000", Lenient: true, StepAfter: 5 * time.Millisecond})
				return s, opentacttest.Token, err
			},
			client: func(url, token string, opts *numbers.ClientOptions) (numbers.Orderer, error) {
				opts.BaseURL = url
				c, err := opentact.New(opentact.TokenAuth(token), opts)
				return opentact.NewOrderer(c, &opentact.OrdererOptions{Settle: settle}), err
			},
			most: 3,
			assign: func(srv server) *numbers.Assignment {
				return &numbers.Assignment{MessagingProfile: srv.(*opentacttest.Server).AddMessagingProfile("chaos")}
			},
		},
		{
			name: "exclusive",
			serve: func() (server, string, error) {
				s, err := exclusivetest.Start(exclusivetest.Options{Lenient: true})
				return s, exclusivetest.Token, err
			},
			client: func(url, token string, opts *numbers.ClientOptions) (numbers.Orderer, error) {
				c, err := exclusive.New(url, exclusive.TokenAuth(token), opts)
				return exclusive.NewOrderer(c, &exclusive.OrdererOptions{Settle: settle}), err
			},
		},
	}
}

func serveVoIPBin() (server, string, error) {
	s, err := voipbintest.Start(voipbintest.Options{Lenient: true})
	if err != nil {
		return nil, "", err
	}
	return s, s.Token(voipbintest.Username), nil
}

func voipbinClient(g voipbin.Generation) func(string, string, *numbers.ClientOptions) (numbers.Orderer, error) {
	return func(url, token string, opts *numbers.ClientOptions) (numbers.Orderer, error) {
		opts.BaseURL = url
		c, err := voipbin.New(voipbin.TokenAuth(token), opts)
		return voipbin.NewOrderer(c, &voipbin.OrdererOptions{Settle: settle, Generation: g}), err
	}
}

// clientOptions are those of every client under chaos.
func clientOptions() *numbers.ClientOptions {
	return &numbers.ClientOptions{
		HTTPClient: &http.Client{
			Timeout:   patience,
			Transport: &http.Transport{MaxIdleConnsPerHost: 32},
		},
		Retry: numbers.Retry{Attempts: 4, MinWait: time.Millisecond, MaxWait: 20 * time.Millisecond},
	}
}
