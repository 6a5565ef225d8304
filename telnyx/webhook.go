package telnyx

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/internal/decode"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/wire"
)

// The headers of a webhook.
const (
	WebhookTimestampHeader = "Telnyx-Timestamp"
	WebhookSignatureHeader = "Telnyx-Signature-Ed25519"
)

// EventNumberOrderComplete means that a number order has settled. It may have
// failed: check the order's status and each number.
const EventNumberOrderComplete = "number_order.complete"

// WebhookTolerance is the largest difference between the time of a webhook and
// now.
const WebhookTolerance = 5 * time.Minute

// MaxWebhookBytes is the largest body of a webhook that is read.
const MaxWebhookBytes = 1 << 20

// Webhook is the body that Telnyx posts for an event.
type Webhook struct {
	Data WebhookEvent `json:"data"`
	Meta *WebhookMeta `json:"meta,omitempty"`
	// NumberOrder is the payload of an EventNumberOrderComplete; nil otherwise.
	NumberOrder *NumberOrder `json:"-"`
	// Drifts are the members that were not as documented, and are zero here.
	Drifts []numbers.Drift `json:"-"`
}

// WebhookEvent is the event of a webhook.
type WebhookEvent struct {
	// EventType is EventNumberOrderComplete, or another type, which this
	// package does not model.
	EventType string `json:"event_type"`
	// ID is the same for every delivery of the event. Telnyx may deliver an
	// event again, and out of order. Keep the ids to drop repeats.
	ID         string    `json:"id"`
	OccurredAt wire.Time `json:"occurred_at,omitzero"`
	// Payload is the JSON of the event.
	Payload wire.Raw `json:"payload,omitzero"`
	// RecordType is "event".
	RecordType *string `json:"record_type,omitempty"`
}

// WebhookMeta describes the delivery.
type WebhookMeta struct {
	// Attempt counts the deliveries of the event from 1.
	Attempt     *int    `json:"attempt,omitempty"`
	DeliveredTo *string `json:"delivered_to,omitempty"`
}

// WebhookOption is an option of ParseWebhook and NewWebhookHandler.
type WebhookOption func(*webhookOptions)

type webhookOptions struct {
	tolerance time.Duration
	now       func() time.Time
}

// WithTolerance sets the largest difference between the time of a webhook and
// now, before or after. d <= 0 means [WebhookTolerance].
func WithTolerance(d time.Duration) WebhookOption {
	return func(o *webhookOptions) { o.tolerance = d }
}

// WithClock sets the clock that the time of a webhook is compared with. nil
// means time.Now.
func WithClock(now func() time.Time) WebhookOption {
	return func(o *webhookOptions) { o.now = now }
}

// ParseWebhook checks the signature and the time of a webhook, and reads it.
// body is the unchanged body of the request, and header its headers. publicKeys
// are the public keys of the account, as the portal shows them ("Keys &
// Credentials"): each is 32 bytes in base64. One key is enough; while a key is
// rotated, give the old one and the new one, because webhooks under way still have
// the old signature.
//
// A webhook that is unsigned, signed with none of the keys, or outside the time
// tolerance is numbers.ErrUnauthorized. If a header is missing or malformed, the
// error's Field is its name. No key, a malformed key and a body over MaxWebhookBytes
// are numbers.ErrInvalid. A signed webhook that is not an event is numbers.ErrVendor.
// A webhook within the tolerance may be a replay: keep Data.ID to drop repeats.
func ParseWebhook(body []byte, header http.Header, publicKeys []string, opts ...WebhookOption) (*Webhook, error) {
	keys, err := parsePublicKeys("ParseWebhook", publicKeys)
	if err != nil {
		return nil, err
	}
	return parseWebhook(body, header, keys, opts)
}

func parsePublicKeys(op string, publicKeys []string) ([]ed25519.PublicKey, error) {
	if len(publicKeys) == 0 {
		return nil, api.Invalid(vendor, op, "publicKeys", "there is none")
	}
	var keys []ed25519.PublicKey
	for _, text := range publicKeys {
		key, err := base64.StdEncoding.DecodeString(text)
		if err != nil || len(key) != ed25519.PublicKeySize {
			return nil, api.Invalid(vendor, op, "publicKeys", "one is not 32 bytes in base64")
		}
		keys = append(keys, key)
	}
	return keys, nil
}

func parseWebhook(body []byte, header http.Header, keys []ed25519.PublicKey, opts []WebhookOption) (*Webhook, error) {
	if len(body) > MaxWebhookBytes {
		return nil, api.Invalid(vendor, "ParseWebhook", "body", "it is too large")
	}
	if err := verify(body, header, keys, opts); err != nil {
		return nil, err
	}
	hook := new(Webhook)
	if !hook.read(body, "", hook) || hook.Data.ID == "" || hook.Data.EventType == "" {
		return nil, webhookError(numbers.ErrVendor, "it is signed, but it is not an event")
	}
	if hook.Data.EventType == EventNumberOrderComplete {
		order := new(NumberOrder)
		if !hook.read(hook.Data.Payload, "data.payload.", order) || order.check() != "" {
			return nil, webhookError(numbers.ErrVendor, "its payload is not a number order")
		}
		hook.NumberOrder = order
	}
	return hook, nil
}

// read reads a part of the webhook, and adds its drifts.
func (w *Webhook) read(text []byte, path string, into any) bool {
	limits := decode.Default()
	limits.Salvage = true
	drifts, err := decode.Into(context.Background(), text, into, forms, limits)
	for _, d := range drifts {
		if d.Path == "" {
			return false
		}
		d.Vendor, d.Op, d.Path = vendor, "ParseWebhook", path+d.Path
		w.Drifts = append(w.Drifts, d)
	}
	return err == nil
}

// verify checks the signature over "timestamp|body", and the timestamp.
func verify(body []byte, header http.Header, keys []ed25519.PublicKey, opts []WebhookOption) error {
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
	timestamp, encoded := header.Get(WebhookTimestampHeader), header.Get(WebhookSignatureHeader)
	switch {
	case encoded == "":
		return unsigned(WebhookSignatureHeader, "the header is missing")
	case timestamp == "":
		return unsigned(WebhookTimestampHeader, "the header is missing")
	}
	signature, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || len(signature) != ed25519.SignatureSize {
		return unsigned(WebhookSignatureHeader, "the header is not 64 bytes in base64")
	}
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil {
		return unsigned(WebhookTimestampHeader, "the header is not a time in Unix seconds")
	}
	message := append([]byte(timestamp+"|"), body...)
	if !slices.ContainsFunc(keys, func(key ed25519.PublicKey) bool { return ed25519.Verify(key, message, signature) }) {
		return webhookError(numbers.ErrUnauthorized, "the signature is of none of the keys")
	}
	if off := o.now().Sub(time.Unix(seconds, 0)); off > o.tolerance || off < -o.tolerance {
		return webhookError(numbers.ErrUnauthorized, "its timestamp is outside the time tolerance")
	}
	return nil
}

// unsigned is the error of a webhook that lacks a header, or has a malformed one.
func unsigned(header, message string) error {
	e := webhookError(numbers.ErrUnauthorized, message)
	e.Field = header
	return e
}

func webhookError(kind error, message string) *numbers.Error {
	return &numbers.Error{Op: "ParseWebhook", Vendor: vendor, Kind: kind, Message: message}
}

// NewWebhookHandler makes a handler that calls handle for each webhook that ParseWebhook
// accepts. No public key, a malformed one and a nil handle are numbers.ErrInvalid. The
// handler responds with:
//
//   - 200 if handle returned nil. Telnyx waits for it, so handle should be
//     fast.
//   - 500 if handle returned an error. Telnyx then delivers the event again.
//   - 401 if the webhook is unsigned, signed with none of the keys, or outside
//     the time tolerance.
//   - 400 if it is not an event, 405 if it is not a POST, and 413 if it is
//     larger than MaxWebhookBytes.
//
// Several goroutines may call handle at the same time. handle is called again if Telnyx
// delivers an event again, so check Data.ID. The context of handle is that of the
// request.
func NewWebhookHandler(publicKeys []string, handle func(context.Context, *Webhook) error, opts ...WebhookOption) (http.Handler, error) {
	keys, err := parsePublicKeys("NewWebhookHandler", publicKeys)
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
		hook, err := parseWebhook(body, r.Header, keys, opts) //nolint:contextcheck // what is read is in memory, and small
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

// statusFor returns the status if it applies, and 400 otherwise.
func statusFor(applies bool, status int) int {
	if applies {
		return status
	}
	return http.StatusBadRequest
}
