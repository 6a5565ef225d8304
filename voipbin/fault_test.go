package voipbin_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/voipbin"
)

// most is the largest answer that is read.
const most = 65_536

func faults(tb testing.TB) []vendortest.Fault {
	tb.Helper()
	envelope := func(status int, name string) answer {
		return typed(status, "application/json; charset=utf-8", vendortest.Fixture(tb, "error."+name+".response.json"))
	}
	// refused proves that nothing was bought.
	refused := func(name string, a answer, kind error, code string) vendortest.Fault {
		f := vendortest.Refused(name, a, kind)
		f.Code = code
		return f
	}
	unclear := func(name string, a answer, kind error, code string) vendortest.Fault {
		f := vendortest.Unclear(name, a, kind)
		f.Code, f.Null = code, a.Body == "null"
		return f
	}
	const html = "<html><body><h1>It is raining</h1></body></html>"
	bodyUnderText := typed(400, "text/plain; charset=utf-8", envelope(400, "invalid_json").Body)
	limited := envelope(429, "rate_limit")
	limited.Header.Set("Retry-After", vendortest.RetryAfter().Get("Retry-After"))
	return []vendortest.Fault{
		unclear("400 without a body", answer{Status: 400}, numbers.ErrVendor, ""),
		unclear("401 without a body", answer{Status: 401}, numbers.ErrUnauthorized, ""),
		unclear("400 HTML", typed(400, "text/html", html), numbers.ErrVendor, ""),
		refused("404 without a body", answer{Status: 404}, numbers.ErrVendor, ""),
		refused("404 of another JSON", typed(404, "application/json", `{"message":"no Route matched with those values"}`), numbers.ErrVendor, ""),
		refused("410 HTML", typed(410, "text/html", html), numbers.ErrVendor, ""),
		refused("404 text", typed(404, "text/plain", "404 page not found"), numbers.ErrVendor, ""),
		unclear("500 without a body", answer{Status: 500}, numbers.ErrVendor, ""),
		unclear("502 HTML", typed(502, "text/html", html), numbers.ErrVendor, ""),
		unclear("503 without a body", answer{Status: 503}, numbers.ErrVendor, ""),
		unclear("504 text", typed(504, "text/plain", "upstream request timeout"), numbers.ErrVendor, ""),

		refused("invalid id", envelope(400, "invalid_id"), numbers.ErrInvalid, "INVALID_ID"),
		refused("invalid body under text/plain", bodyUnderText, numbers.ErrInvalid, "INVALID_JSON_BODY"),
		refused("invalid parameter", envelope(400, "invalid_parameter"), numbers.ErrInvalid, "INVALID_REQUEST_PARAMETER"),
		unclear("invalid argument", envelope(400, "invalid_argument"), numbers.ErrInvalid, "INVALID_ARGUMENT"),
		refused("no credential", envelope(401, "unauthenticated"), numbers.ErrUnauthorized, "AUTHENTICATION_REQUIRED"),
		refused("bad credential", envelope(401, "credentials"), numbers.ErrUnauthorized, "INVALID_CREDENTIALS"),
		refused("balance", envelope(402, "balance"), numbers.ErrInsufficientFunds, "INSUFFICIENT_BALANCE"),
		refused("permission", envelope(403, "permission"), numbers.ErrForbidden, "PERMISSION_DENIED"),
		refused("identity", envelope(403, "identity"), numbers.ErrRequirements, "IDENTITY_VERIFICATION_REQUIRED"),
		refused("frozen", envelope(403, "frozen"), numbers.ErrForbidden, "ACCOUNT_FROZEN"),
		refused("never existed", envelope(404, "number_not_found"), numbers.ErrNotFound, "NUMBER_NOT_FOUND"),
		refused("deleted", envelope(404, "deleted"), numbers.ErrNotFound, "RESOURCE_NOT_FOUND"),
		refused("no such path", envelope(404, "route"), numbers.ErrVendor, "ROUTE_NOT_FOUND"),
		refused("rate limit", limited, numbers.ErrRateLimited, "RATE_LIMIT_EXCEEDED"),
		unclear("internal", envelope(500, "internal"), numbers.ErrVendor, "INTERNAL"),
		unclear("timeout", envelope(503, "timeout"), numbers.ErrVendor, "REQUEST_TIMEOUT"),
		unclear("envelope without a reason", typed(400, "application/json", `{"error":"no"}`), numbers.ErrVendor, ""),
		unclear("conflict", answer{Status: 409}, numbers.ErrConflict, ""),
		unclear("request timeout", answer{Status: 408}, numbers.ErrVendor, ""),
		unclear("cut", answer{Cut: true}, numbers.ErrUnreachable, ""),
		unclear("redirect", answer{Status: 307, Header: http.Header{"Location": {"https://elsewhere.example/"}}}, numbers.ErrVendor, ""),

		unclear("200 HTML", typed(200, "text/html", html), numbers.ErrVendor, ""),
		unclear("200 without a body", answer{Status: 200}, numbers.ErrVendor, ""),
		unclear("204", answer{Status: 204}, numbers.ErrVendor, ""),
		unclear("200 null", ok(`null`), numbers.ErrVendor, ""),
		unclear("200 {}", ok(`{}`), numbers.ErrVendor, ""),
		unclear("200 a string", ok(`"ok"`), numbers.ErrVendor, ""),
		rows(unclear("200 a list of null", ok(`{"result":[null],"next_page_token":""}`), numbers.ErrVendor, "")),
		rows(unclear("200 a list of zero objects", ok(`{"result":[{"id":"00000000-0000-0000-0000-000000000000","number":"","status":""}]}`), numbers.ErrVendor, "")),
		unclear("200 truncated", ok(`{"id":"9f1d6c3e","number":"+1202555`), numbers.ErrVendor, ""),
		unclear("200 wrong types", ok(`{"id":{},"number":[],"result":7}`), numbers.ErrVendor, ""),
		unclear("200 two values", ok(`{"id":"a","number":"b","result":[]} {"id":"c"}`), numbers.ErrVendor, ""),
		unclear("200 zero object", ok(vendortest.Fixture(tb, "order_numbers.create_zero.response.json")), numbers.ErrVendor, ""),
		unclear("200 with the id of nothing", ok(`{"id":"00000000-0000-0000-0000-000000000000","number":"+12025550142","status":"active"}`), numbers.ErrVendor, ""),
		unclear("200 over the cap", ok(strings.Repeat(" ", most+1)), numbers.ErrVendor, ""),
		unclear("500 over the cap", answer{Status: 500, Body: strings.Repeat("x", most+1)}, numbers.ErrVendor, ""),
	}
}

// assertFault checks that what may have been bought is named.
func assertFault(tb testing.TB, o operation, _ vendortest.Fault, err *numbers.Error) {
	if err.Attempt != nil && o.Name != "Numbers.Renew" {
		assert.Equal(tb, []numbers.E164{"+12025550142"}, err.Attempt.Numbers)
	}
}

func TestABuyIsSentOnceWhateverHappens(t *testing.T) {
	for _, op := range operations() {
		if op.Class != vendortest.Buy {
			continue
		}
		for _, status := range []int{408, 409, 425, 429, 500, 502, 503, 504} {
			srv := serve(t, answer{Status: status})
			_, err := op.Call(t.Context(), clientAt(t, srv.URL))
			require.Error(t, err)
			assert.Len(t, srv.Received(), 1, "%s after %d", op.Name, status)
		}
	}
}

func TestErrorOfAnEnvelope(t *testing.T) {
	srv := serve(t, typed(403, "text/plain", vendortest.Fixture(t, "error.frozen.response.json")))
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
	srv := serve(t, answer{Status: 429, Header: vendortest.RetryAfter(), Body: vendortest.Fixture(t, "error.rate_limit.response.json")})
	_, err := client(t, srv.URL).Numbers.List(t.Context(), nil)
	require.ErrorIs(t, err, numbers.ErrRateLimited)
	e, _ := errors.AsType[*voipbin.Error](err)
	require.Len(t, e.Details, 1)
	assert.Equal(t, "customer", *e.Details[0].LimitedBy)
	outer, _ := errors.AsType[*numbers.Error](err)
	assert.Equal(t, 7*time.Second, outer.RetryAfter)
}

func TestErrorWithoutABody(t *testing.T) {
	srv := serve(t, answer{Status: 400, Header: http.Header{"X-Request-Id": {"req_HEADER"}}})
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
		srv := serve(t, answer{Status: http.StatusBadRequest, Body: body})
		_, err := client(t, srv.URL).Numbers.Create(t.Context(), &voipbin.CreateNumberRequest{Number: "+12025550142"})
		require.ErrorIs(t, err, numbers.ErrInvalid, details)
		e, _ := errors.AsType[*voipbin.Error](err)
		assert.Equal(t, "INVALID_ID", e.Reason, details)
		assert.Equal(t, "r", e.RequestID, details)
	}
}

// rows marks a fault of the rows of a list.
func rows(f vendortest.Fault) vendortest.Fault {
	f.Rows = true
	return f
}
