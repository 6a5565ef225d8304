package voipbin_test

import (
	"bytes"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/voipbin"
)

// fault is an answer that is no result.
type fault struct {
	name   string
	answer answer
	// kind is what an operation that buys nothing makes of it; code is the
	// vendor's.
	kind error
	code string
	// definite is true where the answer proves that nothing was bought.
	definite bool
	// repeated is true where a read is sent again.
	repeated bool
}

func faults(t *testing.T) []fault {
	envelope := func(status int, name string) answer {
		return answer{status: status, contentType: "application/json; charset=utf-8", body: fixture(t, "error."+name+".response")}
	}
	text := func(status int, contentType, body string) answer {
		return answer{status: status, contentType: contentType, body: []byte(body)}
	}
	const html = "<html><body><h1>It is raining</h1></body></html>"
	bodyUnderText := envelope(400, "invalid_json")
	bodyUnderText.contentType = "text/plain; charset=utf-8"
	limited := envelope(429, "rate_limit")
	limited.header = map[string]string{"Retry-After": "2"}
	return []fault{
		{name: "400 without a body", answer: answer{status: 400}, kind: numbers.ErrVendor},
		{name: "401 without a body", answer: answer{status: 401}, kind: numbers.ErrUnauthorized},
		{name: "400 HTML", answer: text(400, "text/html", html), kind: numbers.ErrVendor},
		{name: "404 text", answer: text(404, "text/plain", "404 page not found"), kind: numbers.ErrNotFound, definite: true},
		{name: "500 without a body", answer: answer{status: 500}, kind: numbers.ErrVendor},
		{name: "502 HTML", answer: text(502, "text/html", html), kind: numbers.ErrVendor, repeated: true},
		{name: "503 without a body", answer: answer{status: 503}, kind: numbers.ErrVendor, repeated: true},
		{name: "504 text", answer: text(504, "text/plain", "upstream request timeout"), kind: numbers.ErrVendor, repeated: true},

		{name: "invalid id", answer: envelope(400, "invalid_id"), kind: numbers.ErrInvalid, code: "INVALID_ID", definite: true},
		{name: "invalid body under text/plain", answer: bodyUnderText, kind: numbers.ErrInvalid, code: "INVALID_JSON_BODY", definite: true},
		{name: "invalid parameter", answer: envelope(400, "invalid_parameter"), kind: numbers.ErrInvalid, code: "INVALID_REQUEST_PARAMETER", definite: true},
		{name: "invalid argument", answer: envelope(400, "invalid_argument"), kind: numbers.ErrInvalid, code: "INVALID_ARGUMENT"},
		{name: "no credential", answer: envelope(401, "unauthenticated"), kind: numbers.ErrUnauthorized, code: "AUTHENTICATION_REQUIRED", definite: true},
		{name: "bad credential", answer: envelope(401, "credentials"), kind: numbers.ErrUnauthorized, code: "INVALID_CREDENTIALS", definite: true},
		{name: "balance", answer: envelope(402, "balance"), kind: numbers.ErrInsufficientFunds, code: "INSUFFICIENT_BALANCE", definite: true},
		{name: "permission", answer: envelope(403, "permission"), kind: numbers.ErrForbidden, code: "PERMISSION_DENIED", definite: true},
		{name: "identity", answer: envelope(403, "identity"), kind: numbers.ErrRequirements, code: "IDENTITY_VERIFICATION_REQUIRED", definite: true},
		{name: "frozen", answer: envelope(403, "frozen"), kind: numbers.ErrForbidden, code: "ACCOUNT_FROZEN", definite: true},
		{name: "never existed", answer: envelope(404, "number_not_found"), kind: numbers.ErrNotFound, code: "NUMBER_NOT_FOUND", definite: true},
		{name: "deleted", answer: envelope(404, "deleted"), kind: numbers.ErrNotFound, code: "RESOURCE_NOT_FOUND", definite: true},
		{name: "no such path", answer: envelope(404, "route"), kind: numbers.ErrNotFound, code: "ROUTE_NOT_FOUND", definite: true},
		{name: "rate limit", answer: limited, kind: numbers.ErrRateLimited, code: "RATE_LIMIT_EXCEEDED", definite: true},
		{name: "internal", answer: envelope(500, "internal"), kind: numbers.ErrVendor, code: "INTERNAL"},
		{name: "timeout", answer: envelope(503, "timeout"), kind: numbers.ErrVendor, code: "REQUEST_TIMEOUT", repeated: true},
		{name: "envelope without a reason", answer: text(400, "application/json", `{"error":"no"}`), kind: numbers.ErrVendor},
		{name: "conflict", answer: answer{status: 409}, kind: numbers.ErrConflict},
		{name: "request timeout", answer: answer{status: 408}, kind: numbers.ErrVendor},
		{name: "redirect", answer: answer{status: 307, header: map[string]string{"Location": "https://elsewhere.example/"}}, kind: numbers.ErrVendor},

		{name: "200 HTML", answer: text(200, "text/html", html), kind: numbers.ErrVendor},
		{name: "200 without a body", answer: answer{status: 200}, kind: numbers.ErrVendor},
		{name: "204", answer: answer{status: 204}, kind: numbers.ErrVendor},
		{name: "200 null", answer: ok([]byte(`null`)), kind: numbers.ErrVendor},
		{name: "200 {}", answer: ok([]byte(`{}`)), kind: numbers.ErrVendor},
		{name: "200 a string", answer: ok([]byte(`"ok"`)), kind: numbers.ErrVendor},
		{name: "200 a list of null", answer: ok([]byte(`{"result":[null],"next_page_token":""}`)), kind: numbers.ErrVendor},
		{name: "200 a list of zero objects", answer: ok([]byte(`{"result":[{"id":"00000000-0000-0000-0000-000000000000","number":"","status":""}]}`)), kind: numbers.ErrVendor},
		{name: "200 truncated", answer: ok([]byte(`{"id":"9f1d6c3e","number":"+1202555`)), kind: numbers.ErrVendor},
		{name: "200 wrong types", answer: ok([]byte(`{"id":7,"number":[],"result":7}`)), kind: numbers.ErrVendor},
		{name: "200 two values", answer: ok([]byte(`{"id":"a","number":"b","result":[]} {"id":"c"}`)), kind: numbers.ErrVendor},
		{name: "200 zero object", answer: ok(fixture(t, "order_numbers.create_zero.response")), kind: numbers.ErrVendor},
		{name: "200 without a number", answer: ok([]byte(`{"id":"9f1d6c3e-2b7a-4c58-8e40-5d3b1a7f6c02","number":"","status":"active"}`)), kind: numbers.ErrVendor},
		{name: "200 with the id of nothing", answer: ok([]byte(`{"id":"00000000-0000-0000-0000-000000000000","number":"+12025550142","status":"active"}`)), kind: numbers.ErrVendor},
		{name: "200 over the cap", answer: ok(bytes.Repeat([]byte(" "), 70_000)), kind: numbers.ErrVendor},
		{name: "500 over the cap", answer: answer{status: 500, body: bytes.Repeat([]byte("x"), 70_000)}, kind: numbers.ErrVendor},
	}
}

func TestEveryOperationUnderEveryFault(t *testing.T) {
	for _, op := range operations() {
		for _, f := range faults(t) {
			t.Run(op.name+"/"+f.name, func(t *testing.T) {
				srv := serve(t, f.answer)
				c := clientWith(t, voipbin.TokenAuth(token), &numbers.ClientOptions{BaseURL: srv.URL, Retry: quick(3), MaxBodyBytes: 65_536})
				began := time.Now()
				got, err := op.call(t.Context(), c)
				if op.nullIsNone && f.name == "200 null" {
					assert.Empty(t, got)
					require.NoError(t, err)
					return
				}
				assert.Nil(t, got, "no result beside an error")
				e, isError := errors.AsType[*numbers.Error](err)
				require.True(t, isError, "%v", err)
				assert.Equal(t, "voipbin", e.Vendor)
				if op.errorOps != nil {
					assert.Contains(t, op.errorOps, e.Op)
				} else {
					assert.Equal(t, op.name, e.Op)
				}
				assert.Equal(t, f.answer.status, e.Status)
				assert.Equal(t, f.code, e.Code)

				kind, sends := f.kind, 1
				switch {
				case op.buys && !f.definite:
					kind = numbers.ErrOutcomeUnknown
				case op.login && f.answer.status == 400:
					kind = numbers.ErrUnauthorized
				case !op.buys && f.repeated && !op.login:
					sends = 3
				}
				require.ErrorIs(t, err, kind)
				assert.Len(t, srv.sent(), sends)
				if op.buys && !f.definite {
					require.NotNil(t, e.Attempt)
					if op.name != "Numbers.Renew" {
						assert.Equal(t, []numbers.E164{"+12025550142"}, e.Attempt.Numbers)
					}
					assert.WithinRange(t, e.Attempt.Started, began, time.Now())
					for _, other := range []error{f.kind, numbers.ErrRateLimited, numbers.ErrUnreachable, numbers.ErrNotPlaced} {
						assert.NotErrorIs(t, err, other)
					}
				} else {
					assert.Nil(t, e.Attempt)
				}
				if f.name == "rate limit" {
					assert.Equal(t, 2*time.Second, e.RetryAfter)
				}
			})
		}
	}
}

func TestABuyIsSentOnceWhateverHappens(t *testing.T) {
	for _, op := range operations() {
		if !op.buys {
			continue
		}
		for _, status := range []int{408, 409, 425, 429, 500, 502, 503, 504} {
			srv := serve(t, answer{status: status})
			c := clientWith(t, voipbin.TokenAuth(token), &numbers.ClientOptions{BaseURL: srv.URL, Retry: quick(5)})
			_, err := op.call(t.Context(), c)
			require.Error(t, err)
			assert.Len(t, srv.sent(), 1, "%s after %d", op.name, status)
		}
	}
}

func TestErrorOfAnEnvelope(t *testing.T) {
	srv := serve(t, answer{status: 403, contentType: "text/plain", body: fixture(t, "error.frozen.response")})
	_, err := client(t, srv.URL).Numbers.Get(t.Context(), anID)
	e, isError := errors.AsType[*voipbin.Error](err)
	require.True(t, isError)
	assert.Equal(t, 403, e.HTTPStatus)
	assert.Equal(t, "PERMISSION_DENIED", e.Status)
	assert.Equal(t, voipbin.ReasonAccountFrozen, e.Reason)
	assert.Equal(t, "req_K7Q2M4T6V8X0Z1B3D5F7H9J2L4", e.RequestID)
	require.Len(t, e.Details, 1)
	assert.Equal(t, "DELETE /auth/unregister", *e.Details[0].RecoveryEndpoint)
	at, known := e.Details[0].DeletionEffectiveAt.Known()
	assert.True(t, known)
	assert.Equal(t, time.Date(2026, 9, 30, 10, 20, 30, 123456789, time.UTC), at)
	assert.Equal(t, "voipbin: HTTP 403: ACCOUNT_FROZEN: This account is frozen. Contact support.", e.Error())

	outer, _ := errors.AsType[*numbers.Error](err)
	assert.Equal(t, "req_K7Q2M4T6V8X0Z1B3D5F7H9J2L4", outer.RequestID)
	assert.Equal(t, "This account is frozen. Contact support.", outer.Message)
	assert.Contains(t, err.Error(), "Numbers.Get")
	assert.Contains(t, err.Error(), "ACCOUNT_FROZEN")
}

func TestErrorSaysWhoseLimit(t *testing.T) {
	srv := serve(t, answer{status: 429, contentType: "application/json", body: fixture(t, "error.rate_limit.response"), header: map[string]string{"Retry-After": "7"}})
	_, err := client(t, srv.URL).Numbers.List(t.Context(), nil)
	require.ErrorIs(t, err, numbers.ErrRateLimited)
	e, _ := errors.AsType[*voipbin.Error](err)
	require.Len(t, e.Details, 1)
	assert.Equal(t, "customer", *e.Details[0].LimitedBy)
	outer, _ := errors.AsType[*numbers.Error](err)
	assert.Equal(t, 7*time.Second, outer.RetryAfter)
}

func TestErrorWithoutABody(t *testing.T) {
	srv := serve(t, answer{status: 400, header: map[string]string{"X-Request-Id": "req_HEADER"}})
	_, err := client(t, srv.URL).OrderNumbers.Get(t.Context(), anID)
	e, isError := errors.AsType[*voipbin.Error](err)
	require.True(t, isError)
	assert.Equal(t, voipbin.Error{HTTPStatus: 400}, *e)
	assert.Equal(t, "voipbin: HTTP 400, without a reason", e.Error())
	outer, _ := errors.AsType[*numbers.Error](err)
	assert.Equal(t, "req_HEADER", outer.RequestID)
	assert.Contains(t, err.Error(), "the answer is empty")
}

// Details of a shape that nobody foresaw must not cost the reason.
func TestErrorWithOddDetails(t *testing.T) {
	for _, details := range []string{`{"limited_by":"ip"}`, `["text"]`, `[{"limited_by":7}]`, `"text"`} {
		body := `{"error":{"details":` + details + `,"status":"INVALID_ARGUMENT","reason":"INVALID_ID","message":"m","request_id":"r"}}`
		srv := serve(t, answer{status: http.StatusBadRequest, body: []byte(body)})
		_, err := client(t, srv.URL).Numbers.Create(t.Context(), &voipbin.CreateNumberRequest{Number: "+12025550142"})
		require.ErrorIs(t, err, numbers.ErrInvalid, details)
		e, _ := errors.AsType[*voipbin.Error](err)
		assert.Equal(t, "INVALID_ID", e.Reason, details)
		assert.Equal(t, "r", e.RequestID, details)
	}
}
