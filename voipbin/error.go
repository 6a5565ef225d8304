package voipbin

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/wire"
)

// Error is VoIPBin's error, inside a *numbers.Error:
//
//	if e, ok := errors.AsType[*voipbin.Error](err); ok { … }
//
// Since April 2026 the server sends it as JSON, under whatever content type.
// Before, nearly every error was HTTP 400 or 401 with an empty body: all fields
// but HTTPStatus are then empty.
type Error struct {
	// HTTPStatus is the status of the answer.
	HTTPStatus int `json:"-"`
	// Status is the class of the error: "INVALID_ARGUMENT".
	Status string `json:"status"`
	// Reason is one of the constants, or another.
	Reason    string `json:"reason"`
	Message   string `json:"message"`
	RequestID string `json:"request_id"`
	// Details are few and rare; nil where there are none.
	Details []ErrorDetail `json:"details,omitzero"`
}

// ErrorDetail is more about an error. All fields are optional.
type ErrorDetail struct {
	// LimitedBy says whose limit a 429 is about: "ip" or "customer".
	LimitedBy *string `json:"limited_by,omitempty"`
	// A frozen account is deleted at DeletionEffectiveAt, unless it is
	// recovered by RecoveryEndpoint: "DELETE /auth/unregister".
	DeletionScheduledAt wire.Time `json:"deletion_scheduled_at,omitzero"`
	DeletionEffectiveAt wire.Time `json:"deletion_effective_at,omitzero"`
	RecoveryEndpoint    *string   `json:"recovery_endpoint,omitempty"`
}

// The reasons that VoIPBin's published server gives on numbers.
const (
	ReasonInvalidArgument        = "INVALID_ARGUMENT"
	ReasonInvalidID              = "INVALID_ID"
	ReasonInvalidJSONBody        = "INVALID_JSON_BODY"
	ReasonInvalidParameter       = "INVALID_REQUEST_PARAMETER"
	ReasonAuthenticationRequired = "AUTHENTICATION_REQUIRED"
	ReasonInvalidCredentials     = "INVALID_CREDENTIALS"
	ReasonInsufficientBalance    = "INSUFFICIENT_BALANCE"
	ReasonPermissionDenied       = "PERMISSION_DENIED"
	ReasonIdentityRequired       = "IDENTITY_VERIFICATION_REQUIRED"
	ReasonAccountFrozen          = "ACCOUNT_FROZEN"
	// ReasonNumberNotFound: it never existed.
	ReasonNumberNotFound = "NUMBER_NOT_FOUND"
	// ReasonResourceNotFound: it was deleted.
	ReasonResourceNotFound = "RESOURCE_NOT_FOUND"
	// ReasonRouteNotFound: there is no such path, or not by this verb.
	ReasonRouteNotFound = "ROUTE_NOT_FOUND"
	ReasonRateLimit     = "RATE_LIMIT_EXCEEDED"
	// ReasonInternal is a 500 for many things: a number that is taken or
	// refused, a balance that does not suffice.
	ReasonInternal = "INTERNAL"
	// ReasonTimeout is a 503 after 15 seconds; what was asked for goes on.
	ReasonTimeout = "REQUEST_TIMEOUT"
)

// Error describes the error in one line.
func (e *Error) Error() string {
	if e.Reason == "" {
		return fmt.Sprintf("voipbin: HTTP %d, without a reason", e.HTTPStatus)
	}
	return fmt.Sprintf("voipbin: HTTP %d: %s: %s", e.HTTPStatus, e.Reason, e.Message)
}

// refusal reads an answer that is no success, of any year.
func refusal(a *api.Answer) api.Refusal {
	e := readError(a)
	r := api.Refusal{
		Code: e.Reason, Message: e.Message, RequestID: e.RequestID, Err: e,
		Kind: kind(a, e), Outcome: outcome(a, e),
		// The 404 of an unknown path is VoIPBin's, too, and says nothing of a number.
		Own: e.Reason != "" && e.Reason != ReasonRouteNotFound,
	}
	if e.Reason == "" && isEmpty(a) {
		r.Message = "the answer is empty"
	}
	return r
}

// readError reads an envelope, whatever content type it has, and as much of it
// as can be understood.
func readError(a *api.Answer) *Error {
	var envelope struct {
		Error *Error `json:"error"`
	}
	_ = json.Unmarshal(a.Body, &envelope)
	e := envelope.Error
	if e == nil {
		e = &Error{}
	}
	e.HTTPStatus = a.Status
	return e
}

func isEmpty(a *api.Answer) bool { return len(bytes.TrimSpace(a.Body)) == 0 }

// kind refines the kind of a status; nil = by the status alone.
func kind(a *api.Answer, e *Error) error {
	switch {
	case a.Call.Op == opLogin && a.Status == http.StatusBadRequest:
		return numbers.ErrUnauthorized // the only answer to a wrong password
	case e.Reason == ReasonIdentityRequired:
		return numbers.ErrRequirements
	case a.Status == http.StatusBadRequest && e.Reason == "":
		// Until April 2026 a 400 without a body stood for everything: a bad
		// request, an unknown id, a carrier or a server that failed.
		return numbers.ErrVendor
	}
	return nil
}

// outcome says what an answer to an order means, where VoIPBin's published
// server departs from the rule that a 4xx means nothing was done.
func outcome(a *api.Answer, e *Error) api.Outcome {
	switch a.Status {
	case http.StatusUnauthorized:
		// Until April 2026 400 and 401, with an empty body, were the answers to
		// nearly everything, to a carrier that is slow among it: the order then
		// completes after the answer.
		if isEmpty(a) {
			return api.Unknown
		}
	case http.StatusBadRequest:
		switch e.Reason {
		case ReasonInvalidJSONBody, ReasonInvalidParameter, ReasonInvalidID:
			return api.Definite // refused before anything else was looked at
		}
		return api.Unknown
	}
	return api.ByStatus
}
