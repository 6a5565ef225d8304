package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"log/slog"
	"math"
	"net/http"
	"strconv"

	"github.com/tnkit/tnkit/numbers"
)

// problem is an error as RFC 9457 describes it.
type problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail,omitempty"`
	// Extensions.
	Field      string         `json:"field,omitempty"`
	Numbers    []numbers.E164 `json:"numbers,omitempty"`
	RetryAfter int            `json:"retry_after,omitempty"` // seconds
	RequestID  string         `json:"vendor_request_id,omitempty"`
	Purchase   *view          `json:"purchase,omitempty"`
}

// kind is what a kind of error is over HTTP.
type kind struct {
	err    error
	slug   string
	status int
	advice string
}

func kinds() []kind {
	return []kind{
		{numbers.ErrOutcomeUnknown, "outcome-unknown", http.StatusGatewayTimeout, "The numbers may be bought or not. Send the same request with the same key; use no other key."},
		{numbers.ErrInvalid, "invalid", http.StatusBadRequest, "Correct the request."},
		{numbers.ErrNotFound, "not-found", http.StatusNotFound, "There is nothing under this id or number."},
		{numbers.ErrNumberUnavailable, "number-unavailable", http.StatusConflict, "Choose other numbers."},
		{numbers.ErrAlreadyOwned, "already-owned", http.StatusConflict, "The account already has the number."},
		{numbers.ErrConflict, "conflict", http.StatusConflict, "Another purchase holds the number. Choose another one, or wait."},
		{numbers.ErrLocked, "locked", http.StatusLocked, "Unlock the number at the vendor first."},
		{numbers.ErrOverCap, "over-cap", http.StatusUnprocessableEntity, "Raise the cap, or choose other numbers."},
		{numbers.ErrPriceUnknown, "price-unknown", http.StatusUnprocessableEntity, "The vendor states no usable price. Buy without a cap, or choose other numbers."},
		{numbers.ErrRequirements, "requirements", http.StatusUnprocessableEntity, "The vendor wants documents or data. Supply them at the vendor."},
		{numbers.ErrInsufficientFunds, "insufficient-funds", http.StatusPaymentRequired, "Top up the account at the vendor."},
		{numbers.ErrRateLimited, "rate-limited", http.StatusTooManyRequests, "Nothing was done. Try again later."},
		{numbers.ErrNotPlaced, "not-placed", http.StatusServiceUnavailable, "Nothing was ordered. Try again with the same key."},
		{numbers.ErrUnreachable, "unreachable", http.StatusServiceUnavailable, "The vendor was not reached. Try again with the same key."},
		{numbers.ErrPending, "pending", http.StatusAccepted, "The order was placed. Ask for the status."},
		{numbers.ErrUnauthorized, "vendor-unauthorized", http.StatusBadGateway, "The vendor refuses the service's credential."},
		{numbers.ErrForbidden, "vendor-forbidden", http.StatusBadGateway, "The service's credential at the vendor has no permission for this."},
		{numbers.ErrIncomplete, "incomplete-listing", http.StatusBadGateway, "The vendor's list may be incomplete. Try again."},
		{errors.ErrUnsupported, "unsupported", http.StatusNotImplemented, "The vendor can't do this."},
		{numbers.ErrVendor, "vendor-error", http.StatusBadGateway, "The vendor failed. Try again with the same key."},
	}
}

// The kinds of the service's own.
var (
	errUnauthorized = errors.New("the bearer token is missing or wrong")
	errKeyReused    = errors.New("the key was used for another request")
	errTooMany      = errors.New("too many requests")
	errDatabase     = errors.New("the database failed")
)

func ownKinds() []kind {
	return []kind{
		{errUnauthorized, "unauthorized", http.StatusUnauthorized, "Send the header Authorization: Bearer TOKEN."},
		{errKeyReused, "key-reused", http.StatusUnprocessableEntity, "Use a new key for another request."},
		{errTooMany, "too-many-requests", http.StatusTooManyRequests, "Nothing was done. Try again later."},
		{errDatabase, "database", http.StatusServiceUnavailable, "Nothing was ordered. Try again with the same key."},
	}
}

const problemPath = "/problems/"

// problemOf is the problem of an error. It has the text of the SDK's errors only, because
// those contain no secret.
func problemOf(err error) problem {
	var found kind
	for _, k := range ownKinds() {
		if errors.Is(err, k.err) {
			found = k
		}
	}
	of := numbers.KindOf(err)
	for _, k := range kinds() {
		if found.err == nil && errors.Is(of, k.err) {
			found = k
		}
	}
	p := problem{Type: problemPath + found.slug, Title: cmp.Or(found.err, numbers.ErrVendor).Error(), Status: found.status, Detail: found.advice}
	if e, ok := errors.AsType[*numbers.Error](err); ok {
		p.Field, p.Numbers, p.RequestID = e.Field, e.Numbers, e.RequestID
		p.RetryAfter = int(math.Ceil(e.RetryAfter.Seconds()))
		if e.Kind != nil && errors.Is(e.Kind, numbers.ErrInvalid) {
			p.Detail = cmp.Or(e.Message, p.Detail)
		}
	}
	return p
}

// answer is a complete answer: it can be sent now and again.
type answer struct {
	status int
	body   []byte
}

func (p problem) answer() answer { return answer{p.Status, encode(p)} }

func encode(v any) []byte {
	body, err := json.MarshalIndent(v, "", "  ")
	if err != nil { // no value of this program does that
		body = []byte(`{"type":"about:blank","status":500}`)
	}
	return append(body, '\n')
}

// fail answers with the problem of an error.
func (s *service) fail(w http.ResponseWriter, r *http.Request, err error) {
	p := problemOf(err)
	s.log.LogAttrs(r.Context(), slog.LevelWarn, "request failed", slog.String("route", r.Pattern), slog.Int("status", p.Status), slog.String("error", err.Error()))
	if p.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(p.RetryAfter))
	}
	send(w, p.answer())
}

// send sends an answer; those above 299 are problems.
func send(w http.ResponseWriter, a answer) {
	w.Header().Set("Content-Type", "application/json")
	if a.status >= http.StatusMultipleChoices {
		w.Header().Set("Content-Type", "application/problem+json")
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) // a caller that left asks for the status
}

// describe serves the page of a problem type.
func describe(w http.ResponseWriter, r *http.Request) {
	for _, k := range append(kinds(), ownKinds()...) {
		if k.slug == r.PathValue("slug") {
			_, _ = w.Write([]byte(k.err.Error() + "\n" + k.advice + "\n"))
			return
		}
	}
	http.NotFound(w, r)
}
