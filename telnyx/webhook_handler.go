package telnyx

import (
	"context"
	"errors"
	"io"
	"net/http"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/numbers"
)

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
