package voipbintest

import (
	"encoding/base32"
	"encoding/hex"
	"net/http"
	"strings"

	"github.com/tnkit/tnkit/internal/fake"
)

// refusal is an error answer in today's words. In 2021 nearly all of them were 400 without a body.
type refusal struct {
	status               int
	word, reason, detail string
}

var (
	invalidArgument = refusal{400, "INVALID_ARGUMENT", "INVALID_ARGUMENT", "The request is invalid."}
	noCountry       = refusal{400, "INVALID_ARGUMENT", "INVALID_ARGUMENT", "country_code is required for non-virtual number queries."}
	invalidID       = refusal{400, "INVALID_ARGUMENT", "INVALID_ID", "The provided id is not a valid UUID."}
	invalidJSON     = refusal{400, "INVALID_ARGUMENT", "INVALID_JSON_BODY", "The request body is not valid JSON."}
	noCredentials   = refusal{401, "UNAUTHENTICATED", "AUTHENTICATION_REQUIRED", "Authentication is required."}
	badCredentials  = refusal{401, "UNAUTHENTICATED", "INVALID_CREDENTIALS", "The provided credentials are invalid."}
	noBalance       = refusal{402, "FAILED_PRECONDITION", "INSUFFICIENT_BALANCE", "The account balance is insufficient."}
	denied          = refusal{403, "PERMISSION_DENIED", "PERMISSION_DENIED", "You do not have permission to access this resource."}
	frozenAccount   = refusal{403, "PERMISSION_DENIED", "ACCOUNT_FROZEN", "This account is frozen. Contact support."}
	notIdentified   = refusal{403, "PERMISSION_DENIED", "IDENTITY_VERIFICATION_REQUIRED", "Customer identity verification is required for this operation."}
	numberUnknown   = refusal{404, "NOT_FOUND", "NUMBER_NOT_FOUND", "The phone number was not found."}
	numberGone      = refusal{404, "NOT_FOUND", "RESOURCE_NOT_FOUND", "The requested resource was not found."}
	routeUnknown    = refusal{404, "NOT_FOUND", "ROUTE_NOT_FOUND", "The requested endpoint does not exist."}
	tooMany         = refusal{429, "RESOURCE_EXHAUSTED", "RATE_LIMIT_EXCEEDED", "Too many requests. Please try again later."}
	internal        = refusal{500, "INTERNAL", "INTERNAL", "An internal error occurred."}
	timedOut        = refusal{503, "UNAVAILABLE", "REQUEST_TIMEOUT", "The request timed out."}
)

func invalidParameter(name string) refusal {
	return refusal{400, "INVALID_ARGUMENT", "INVALID_REQUEST_PARAMETER", `The parameter "` + name + `" has an invalid format.`}
}

// fail answers with a refusal, in the words of the era.
func (c *call) fail(f refusal, details ...any) {
	switch {
	case c.era == EraSeed && f.status == http.StatusUnauthorized:
		c.w.WriteHeader(http.StatusUnauthorized)
	case c.era == EraSeed:
		c.w.WriteHeader(http.StatusBadRequest)
	default:
		contentType := "application/json; charset=utf-8"
		if f == invalidJSON {
			contentType = "text/plain; charset=utf-8" // the status is sent before the body is made
		}
		fake.Raw(c.w, f.status, contentType, envelope(f, c.requestID, details))
	}
}

// crash is what a panic of the vendor's handler looks like.
func (c *call) crash() { c.w.WriteHeader(http.StatusInternalServerError) }

// notFound is the answer for paths and methods that don't exist.
func (c *call) notFound() {
	if c.era == EraSeed {
		fake.Raw(c.w, http.StatusNotFound, "text/plain", []byte("404 page not found"))
		return
	}
	c.fail(routeUnknown)
}

// envelope is today's error body; its keys are sorted.
func envelope(f refusal, requestID string, details []any) []byte {
	var o fake.Object
	if len(details) > 0 {
		o = append(o, fake.Member{Key: "details", Value: details})
	}
	o = append(o,
		fake.Member{Key: "message", Value: f.detail},
		fake.Member{Key: "reason", Value: f.reason},
		fake.Member{Key: "request_id", Value: requestID},
		fake.Member{Key: "status", Value: f.word},
	)
	body, err := fake.Marshal(fake.Object{{Key: "error", Value: o}})
	if err != nil {
		panic(err)
	}
	return body
}

// faultBody is the body of injected error statuses: none in 2021, today's envelope otherwise.
func (s *Server) faultBody(status int) (contentType string, body []byte) {
	if s.opts.Era == EraSeed {
		return "", nil
	}
	var details []any
	f := internal
	for _, usual := range []refusal{invalidArgument, badCredentials, noBalance, denied, numberGone, tooMany, timedOut} {
		if usual.status == status {
			f = usual
		}
	}
	if f == tooMany {
		details = []any{limitedBy("customer")}
	}
	return "application/json; charset=utf-8", envelope(f, s.newRequestID(), details)
}

// requestID is the client's own id, where it is harmless, or a new one.
func (s *Server) requestID(r *http.Request) string {
	const harmless = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"
	id := r.Header.Get("X-Request-Id")
	if id == "" || len(id) > 64 || strings.Trim(id, harmless) != "" {
		return s.newRequestID()
	}
	return id
}

// newRequestID makes "req_" and 26 letters and digits.
func (s *Server) newRequestID() string {
	b, err := hex.DecodeString(s.engine.IDs().Hex())
	if err != nil {
		panic(err)
	}
	return "req_" + base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b)
}
