package telnyxtest

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/tnkit/tnkit/internal/fake"
)

// event is one number_order.complete; every delivery of it has the same id.
type event struct {
	eventJSON
	attempts int
	of       time.Time // the order's updated_at
}

// eventJSON is the data of the webhook.
type eventJSON struct {
	EventType  string    `json:"event_type"`
	ID         string    `json:"id"`
	OccurredAt string    `json:"occurred_at"`
	Payload    orderJSON `json:"payload"`
	RecordType string    `json:"record_type"`
}

// webhookJSON is the body of the webhook.
type webhookJSON struct {
	Data eventJSON   `json:"data"`
	Meta webhookMeta `json:"meta"`
}

type webhookMeta struct {
	Attempt     int    `json:"attempt"`
	DeliveredTo string `json:"delivered_to"`
}

// webhookKey signs the webhooks of every fake alike: there is nothing to keep secret. It is another one after each
// rotation.
func (s *Server) webhookKey() ed25519.PrivateKey {
	seed := sha256.Sum256(fmt.Appendf(nil, "telnyxtest webhooks %d", s.rotations))
	return ed25519.NewKeyFromSeed(seed[:])
}

// PublicKey returns the key for checking webhooks, in base64 as Telnyx's portal shows it.
func (s *Server) PublicKey() string {
	s.fake.Lock()
	defer s.fake.Unlock()
	return s.publicKey()
}

func (s *Server) publicKey() string {
	public, _ := s.webhookKey().Public().(ed25519.PublicKey)
	return base64.StdEncoding.EncodeToString(public)
}

// RotateKey makes the server sign webhooks with a new key from now on, as when the key is
// rotated in Telnyx's portal. It returns the new public key. Webhooks that were made
// before keep the old signature.
func (s *Server) RotateKey() string {
	s.fake.Lock()
	defer s.fake.Unlock()
	s.rotations++
	return s.publicKey()
}

// Webhook returns the next delivery of an order's number_order.complete event, as a
// signed POST to url. Telnyx also sends this event for failures. Deliveries of one event
// differ only in their attempt. If the order has changed since the last delivery, it is a
// new event. If the order is still pending, Webhook returns an error.
func (s *Server) Webhook(ctx context.Context, orderID, url string) (*http.Request, error) {
	body, key, at, err := s.webhookBody(orderID, url)
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("telnyxtest: Webhook: %w", err)
	}
	timestamp := strconv.FormatInt(at.Unix(), 10)
	signature := ed25519.Sign(key, append([]byte(timestamp+"|"), body...))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "telnyx-webhooks")
	r.Header.Set("telnyx-timestamp", timestamp)
	r.Header.Set("telnyx-signature-ed25519", base64.StdEncoding.EncodeToString(signature))
	return r, nil
}

func (s *Server) webhookBody(orderID, url string) (body []byte, key ed25519.PrivateKey, at time.Time, err error) {
	s.fake.Lock()
	defer s.fake.Unlock()
	o := s.orderID[orderID]
	switch {
	case o == nil:
		return nil, nil, at, fmt.Errorf("telnyxtest: Webhook: there is no order %s", orderID)
	case o.status() == statusPending:
		return nil, nil, at, fmt.Errorf("telnyxtest: Webhook: the order %s is pending", orderID)
	}
	e := s.events[orderID]
	if e == nil || !e.of.Equal(o.updated) {
		e = &event{eventJSON{"number_order.complete", s.fake.IDs().UUID(), stamp(o.updated), o.long(), "event"}, 0, o.updated}
		s.events[orderID] = e
	}
	e.attempts++
	body, err = fake.Marshal(webhookJSON{e.eventJSON, webhookMeta{e.attempts, url}})
	return body, s.webhookKey(), s.fake.Now(), err
}

// Deliver sends an order's webhook to url with client (nil = http.DefaultClient), and
// returns the status of the answer. It sends the webhook once. Call it again for each
// repetition by Telnyx.
func (s *Server) Deliver(ctx context.Context, client *http.Client, orderID, url string) (status int, err error) {
	r, err := s.Webhook(ctx, orderID, url)
	if err != nil {
		return 0, err
	}
	if client == nil {
		client = http.DefaultClient
	}
	resp, err := client.Do(r)
	if err != nil {
		return 0, fmt.Errorf("telnyxtest: Deliver: %w", err)
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode, err
}

// DeliverTo calls a handler with an order's webhook, without a network, and returns the
// status of its answer.
func (s *Server) DeliverTo(ctx context.Context, h http.Handler, orderID string) (status int, err error) {
	r, err := s.Webhook(ctx, orderID, "https://example.com/webhooks")
	if err != nil {
		return 0, err
	}
	r.RequestURI = r.URL.RequestURI()
	w := &statusWriter{header: http.Header{}}
	h.ServeHTTP(w, r)
	w.WriteHeader(http.StatusOK)
	return w.status, nil
}

// statusWriter keeps nothing but the status.
type statusWriter struct {
	header http.Header
	status int
}

func (w *statusWriter) Header() http.Header { return w.header }

func (w *statusWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
}

func (w *statusWriter) Write(p []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return len(p), nil
}
