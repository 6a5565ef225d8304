package telnyx

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/wire"
)

// The headers of a webhook.
const (
	WebhookTimestampHeader = "Telnyx-Timestamp"
	WebhookSignatureHeader = "Telnyx-Signature-Ed25519"
)

// EventNumberOrderComplete says that a number order has settled, well or not:
// look at the order's status and at each number.
const EventNumberOrderComplete = "number_order.complete"

// WebhookTolerance is how far the time of a webhook may be from now.
const WebhookTolerance = 5 * time.Minute

// MaxWebhookBytes is the largest body of a webhook that is read.
const MaxWebhookBytes = 1 << 20

// Webhook is what Telnyx posts when something has happened.
type Webhook struct {
	Data WebhookEvent `json:"data"`
	Meta *WebhookMeta `json:"meta,omitempty"`
	// NumberOrder is the payload of an EventNumberOrderComplete; nil otherwise.
	NumberOrder *NumberOrder `json:"-"`
}

// WebhookEvent is the event of a webhook.
type WebhookEvent struct {
	// EventType is EventNumberOrderComplete, or one that this package does not
	// know.
	EventType string `json:"event_type"`
	// ID is the same each time that Telnyx delivers the event, which it may do
	// again and out of order: keep it to drop what came before.
	ID         string    `json:"id"`
	OccurredAt wire.Time `json:"occurred_at,omitzero"`
	// Payload is what EventType says, as JSON.
	Payload wire.Raw `json:"payload,omitzero"`
	// RecordType is "event".
	RecordType *string `json:"record_type,omitempty"`
}

// WebhookMeta tells of the delivery.
type WebhookMeta struct {
	// Attempt counts the deliveries of the event from 1.
	Attempt     *int    `json:"attempt,omitempty"`
	DeliveredTo *string `json:"delivered_to,omitempty"`
}

// WebhookOption changes how webhooks are checked.
type WebhookOption func(*webhookOptions)

type webhookOptions struct {
	tolerance time.Duration
	now       func() time.Time
}

// WithTolerance sets how far the time of a webhook may be from now, before or
// after; d <= 0 means [WebhookTolerance].
func WithTolerance(d time.Duration) WebhookOption {
	return func(o *webhookOptions) { o.tolerance = d }
}

// WithClock sets the clock that webhooks are held against; nil means time.Now.
func WithClock(now func() time.Time) WebhookOption {
	return func(o *webhookOptions) { o.now = now }
}

// ParseWebhook checks that Telnyx has signed a webhook, and when, and reads
// it. body is the request's body to the letter, header its headers. publicKey
// is the account's, as the portal shows it ("Keys & Credentials"): 32 bytes in
// base64.
//
// A webhook that is not signed, or not by this key, or not of now, is
// numbers.ErrUnauthorized. It may still be a replay, within the tolerance: keep
// Data.ID. A public key that is none is numbers.ErrInvalid; a body over
// MaxWebhookBytes, too. One that is signed and makes no sense is
// numbers.ErrVendor.
func ParseWebhook(body []byte, header http.Header, publicKey string, opts ...WebhookOption) (*Webhook, error) {
	key, err := parsePublicKey(publicKey)
	if err != nil {
		return nil, err
	}
	return parseWebhook(body, header, key, opts)
}

func parsePublicKey(publicKey string) (ed25519.PublicKey, error) {
	key, err := base64.StdEncoding.DecodeString(publicKey)
	if err != nil || len(key) != ed25519.PublicKeySize {
		return nil, api.Invalid(vendor, "ParseWebhook", "publicKey", "it is not 32 bytes in base64")
	}
	return key, nil
}

func parseWebhook(body []byte, header http.Header, key ed25519.PublicKey, opts []WebhookOption) (*Webhook, error) {
	if len(body) > MaxWebhookBytes {
		return nil, api.Invalid(vendor, "ParseWebhook", "body", "it is too large")
	}
	if err := verify(body, header, key, opts); err != nil {
		return nil, err
	}
	hook := new(Webhook)
	if json.Unmarshal(body, hook) != nil || hook.Data.ID == "" || hook.Data.EventType == "" {
		return nil, webhookError(numbers.ErrVendor, "it is signed, and no event")
	}
	if hook.Data.EventType == EventNumberOrderComplete {
		order := new(NumberOrder)
		if json.Unmarshal(hook.Data.Payload, order) != nil || order.check() != "" {
			return nil, webhookError(numbers.ErrVendor, "its payload is no number order")
		}
		hook.NumberOrder = order
	}
	return hook, nil
}

// verify checks the signature over "timestamp|body", and the timestamp.
func verify(body []byte, header http.Header, key ed25519.PublicKey, opts []WebhookOption) error {
	var o webhookOptions
	for _, opt := range opts {
		if opt != nil {
			opt(&o)
		}
	}
	if o.tolerance <= 0 {
		o.tolerance = WebhookTolerance
	}
	if o.now == nil {
		o.now = time.Now
	}
	timestamp := header.Get(WebhookTimestampHeader)
	signature, err := base64.StdEncoding.DecodeString(header.Get(WebhookSignatureHeader))
	if err != nil || len(signature) != ed25519.SignatureSize {
		return webhookError(numbers.ErrUnauthorized, "it has no signature")
	}
	message := append([]byte(timestamp+"|"), body...)
	if !ed25519.Verify(key, message, signature) {
		return webhookError(numbers.ErrUnauthorized, "the signature is not Telnyx's")
	}
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil {
		return webhookError(numbers.ErrUnauthorized, "it has no timestamp")
	}
	if off := o.now().Sub(time.Unix(seconds, 0)); off > o.tolerance || off < -o.tolerance {
		return webhookError(numbers.ErrUnauthorized, "it is too old, or from the future")
	}
	return nil
}

func webhookError(kind error, message string) error {
	return &numbers.Error{Op: "ParseWebhook", Vendor: vendor, Kind: kind, Message: message}
}

// NewWebhookHandler makes a handler of webhooks that ParseWebhook accepts. It
// answers Telnyx:
//
//   - 200 where handle returned nil. Telnyx waits for it: be quick.
//   - 500 where handle returned an error. Telnyx delivers the event again.
//   - 401 where the webhook is not signed, or not by this key, or not of now.
//   - 400 where it makes no sense, 405 where it is no POST, 413 where it is
//     larger than MaxWebhookBytes.
//
// handle is called from several goroutines, and more than once for an event
// that Telnyx delivers again: look at Data.ID. Its context is the request's.
func NewWebhookHandler(publicKey string, handle func(context.Context, *Webhook) error, opts ...WebhookOption) (http.Handler, error) {
	key, err := parsePublicKey(publicKey)
	if err != nil {
		return nil, err
	}
	if handle == nil {
		return nil, api.Invalid(vendor, "NewWebhookHandler", "handle", "it is nil")
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			w.Header().Set("Allow", http.MethodPost)
			w.WriteHeader(http.StatusMethodNotAllowed)
			return
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxWebhookBytes))
		if err != nil {
			_, tooLarge := errors.AsType[*http.MaxBytesError](err)
			w.WriteHeader(statusFor(tooLarge, http.StatusRequestEntityTooLarge))
			return
		}
		hook, err := parseWebhook(body, r.Header, key, opts)
		if err != nil {
			w.WriteHeader(statusFor(errors.Is(err, numbers.ErrUnauthorized), http.StatusUnauthorized))
			return
		}
		if err := handle(r.Context(), hook); err != nil {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		w.WriteHeader(http.StatusOK)
	}), nil
}

// statusFor is the status where it applies, and 400 otherwise.
func statusFor(applies bool, status int) int {
	if applies {
		return status
	}
	return http.StatusBadRequest
}
