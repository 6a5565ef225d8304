package main

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/telnyx"
	"github.com/tnkit/tnkit/telnyx/telnyxtest"
)

// vendorConfig is the account at the vendor. Without a key it is a fake.
type vendorConfig struct {
	key, publicKey string
	url            string // "" = Telnyx
	rate           float64
}

// vendor is where the numbers come from. For another vendor, replace newVendor.
type vendor struct {
	orderer   numbers.Orderer
	publicKey string               // of webhooks; "" = none are taken
	sent      func(orderID string) // called with each order that was placed; may be nil
	close     func() error
}

func newVendor(c vendorConfig, webhookURL string, log *slog.Logger, t *telemetry) (*vendor, error) {
	opts := &numbers.ClientOptions{
		BaseURL: c.url, HTTPClient: &http.Client{Transport: t.transport(), Timeout: 30 * time.Second},
		Limiter: rate.NewLimiter(rate.Limit(c.rate), int(c.rate)+1), Logger: log, OnAttempt: t.onAttempt, OnDrift: t.onDrift,
	}
	if c.key == "" {
		return newFake(opts, webhookURL, log)
	}
	client, err := telnyx.New(telnyx.APIKeyAuth(c.key), opts)
	if err != nil {
		return nil, err
	}
	return &vendor{orderer: telnyx.NewOrderer(client, nil), publicKey: c.publicKey, close: func() error { return nil }}, nil
}

// newFake starts a fake Telnyx, whose orders settle after two seconds. It then delivers
// its webhook, as Telnyx does.
func newFake(opts *numbers.ClientOptions, webhookURL string, log *slog.Logger) (*vendor, error) {
	const settleAfter = 2 * time.Second
	srv, err := telnyxtest.Start(telnyxtest.Options{SettleAfter: settleAfter})
	if err != nil {
		return nil, err
	}
	client, err := srv.NewClient(opts)
	if err != nil {
		srv.Close()
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	var deliveries sync.WaitGroup
	return &vendor{
		orderer: telnyx.NewOrderer(client, nil), publicKey: srv.PublicKey(),
		sent: func(orderID string) {
			deliveries.Go(func() {
				select {
				case <-time.After(settleAfter + 50*time.Millisecond):
					status, err := srv.Deliver(ctx, nil, orderID, webhookURL)
					log.Info("the fake delivered a webhook", "order", orderID, "status", status, "error", err)
				case <-ctx.Done():
				}
			})
		},
		close: func() error {
			cancel()
			deliveries.Wait()
			srv.Close()
			return nil
		},
	}, nil
}
