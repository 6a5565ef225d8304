package voipbin

import (
	"bytes"
	"fmt"
	"net/http"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/internal/decode"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/wire"
)

// Error is VoIPBin's error, inside a *numbers.Error:
//
//	if e, ok := errors.AsType[*voipbin.Error](err); ok { … }
//
// Since April 2026 the server sends it as JSON, with any content type. Before,
// nearly every error was HTTP 400 or 401 with an empty body. Then only
// HTTPStatus is set.
type Error struct {
	// HTTPStatus is the status of the answer.
	HTTPStatus int `json:"-"`
	// Status is the class of the error: "INVALID_ARGUMENT".
	Status string `json:"status"`
	// Reason is one of the constants, or another.
	Reason    string `json:"reason"`
	Message   string `json:"message"`
	RequestID string `json:"request_id"`
	// Details are rare. They are nil if there are none.
	Details []ErrorDetail `json:"details,omitzero"`
}

// ErrorDetail has details of an error. All fields are optional.
type ErrorDetail struct {
	// LimitedBy is the owner of the limit of a 429: "ip" or "customer".
	LimitedBy *string `json:"limited_by,omitempty"`
	// A frozen account is deleted at DeletionEffectiveAt, unless it is
	// recovered with RecoveryEndpoint: "DELETE /auth/unregister".
	DeletionScheduledAt wire.Time `json:"deletion_scheduled_at,omitzero"`
	DeletionEffectiveAt wire.Time `json:"deletion_effective_at,omitzero"`
	RecoveryEndpoint    *string   `json:"recovery_endpoint,omitempty"`
}

// The reasons of VoIPBin's published server in errors about numbers.
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
	// ReasonNumberNotFound means that the number never existed.
	ReasonNumberNotFound = "NUMBER_NOT_FOUND"
	// ReasonResourceNotFound means that the number was deleted.
	ReasonResourceNotFound = "RESOURCE_NOT_FOUND"
	// ReasonRouteNotFound means that the path, or its method, does not exist.
	ReasonRouteNotFound = "ROUTE_NOT_FOUND"
	ReasonRateLimit     = "RATE_LIMIT_EXCEEDED"
	// ReasonInternal is a 500 with many causes: a number that is taken or
	// refused, or a balance that is too low.
	ReasonInternal = "INTERNAL"
	// ReasonTimeout is a 503 after 15 seconds. The server continues the
	// request.
	ReasonTimeout = "REQUEST_TIMEOUT"
)

// Error describes the error in one line.
func (e *Error) Error() string {
	if e.Reason == "" {
		return fmt.Sprintf("voipbin: HTTP %d, without a reason", e.HTTPStatus)
	}
	return fmt.Sprintf("voipbin: HTTP %d: %s: %s", e.HTTPStatus, e.Reason, e.Message)
}

// refusal reads an answer that is not a success, of any year.
func refusal(a *api.Answer) api.Refusal {
	e := readError(a)
	r := api.Refusal{
		Code: e.Reason, Message: e.Message, RequestID: e.RequestID, Err: e,
		Kind: kind(a, e), Outcome: outcome(a, e),
		// The 404 of an unknown path is also VoIPBin's, but it is not about a number.
		Own: e.Reason != "" && e.Reason != ReasonRouteNotFound,
	}
	if e.Reason == "" && isEmpty(a) {
		r.Message = "the answer is empty"
	}
	return r
}

// readError reads an envelope of any content type, as far as it is readable.
func readError(a *api.Answer) *Error {
	var envelope struct {
		Error *Error `json:"error"`
	}
	decode.Loose(a.Body, &envelope, nil)
	e := envelope.Error
	if e == nil {
		e = &Error{}
	}
	e.HTTPStatus = a.Status
	return e
}

func isEmpty(a *api.Answer) bool { return len(bytes.TrimSpace(a.Body)) == 0 }

// kind returns the kind of an error, or nil if the status decides.
func kind(a *api.Answer, e *Error) error {
	switch {
	case a.Call.Op == opLogin && a.Status == http.StatusBadRequest:
		return numbers.ErrUnauthorized // the only answer to a wrong password
	case e.Reason == ReasonIdentityRequired:
		return numbers.ErrRequirements
	case a.Status == http.StatusBadRequest && e.Reason == "":
		// Until April 2026 a 400 without a body meant any failure: a bad
		// request, an unknown id, a carrier or a server that failed.
		return numbers.ErrVendor
	}
	return nil
}

// outcome returns what an answer to an order means if VoIPBin's published
// server departs from the rule that a 4xx means that nothing was done.
func outcome(a *api.Answer, e *Error) api.Outcome {
	switch a.Status {
	case http.StatusUnauthorized:
		// Until April 2026, 400 and 401 with an empty body were the answers to
		// nearly every failure, including a slow carrier. The order then
		// completes after the answer.
		if isEmpty(a) {
			return api.Unknown
		}
	case http.StatusBadRequest:
		switch e.Reason {
		case ReasonInvalidJSONBody, ReasonInvalidParameter, ReasonInvalidID:
			return api.Definite // the server refused the request before it did anything
		}
		return api.Unknown
	}
	return api.ByStatus
}
