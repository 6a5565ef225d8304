package exclusive_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/exclusive"
	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/numbers"
)

// coded is an error body of the PBX.
func coded(code string) string {
	return `{"errors":[{"code":"` + code + `","message":"it broke","detail":{"why":"it did"}}]}`
}

const bodyCap = 2048

func faults() []vendortest.Fault {
	refused := func(name string, status int, body, code string, kind error) vendortest.Fault {
		f := vendortest.Refused(name, vendortest.Failing(status, body), kind)
		f.Code = code
		return f
	}
	broken := func(name string, a answer, code string) vendortest.Fault {
		f := vendortest.Unclear(name, a, numbers.ErrVendor)
		f.Code, f.Vague, f.File = code, a.Status == 0, a.Status == 0
		return f
	}
	// Also no operation whose answer tells nothing takes it.
	page := func(name, body string) vendortest.Fault {
		f := broken(name, vendortest.Text(body), "")
		f.Vague = false
		return f
	}
	conflict := vendortest.Unclear("409", vendortest.Failing(409, coded("UNKNOWN")), numbers.ErrConflict)
	conflict.Code = "UNKNOWN"
	limited := refused("429", 429, coded("UNKNOWN"), "UNKNOWN", numbers.ErrRateLimited)
	limited.Answer.Header = vendortest.RetryAfter()
	return []vendortest.Fault{
		broken("500", vendortest.Failing(500, coded("UNKNOWN")), "UNKNOWN"),
		broken("501 empty", vendortest.Failing(501, ""), ""),
		broken("502 HTML", vendortest.Failing(502, "<html>bad gateway</html>"), ""),
		broken("503 JSON of another kind", vendortest.Failing(503, `["no"]`), ""),
		broken("504 of a wrong type", vendortest.Failing(504, `{"errors":"all of them"}`), ""),
		broken("302", answer{Status: 302, Header: http.Header{"Location": {"https://elsewhere.example/"}}}, ""),
		broken("408", vendortest.Failing(408, coded("UNKNOWN")), "UNKNOWN"),
		refused("400", 400, coded("VALIDATE_FAILED"), "VALIDATE_FAILED", numbers.ErrInvalid),
		refused("400 of no code", 400, "{ }", "", numbers.ErrInvalid),
		refused("400 UNAUTHORIZED", 400, coded("UNAUTHORIZED"), "UNAUTHORIZED", numbers.ErrUnauthorized),
		refused("400 DENIED", 400, coded("DENIED"), "DENIED", numbers.ErrForbidden),
		refused("400 of a new code", 400, coded("BRAND_NEW"), "BRAND_NEW", numbers.ErrInvalid),
		refused("400 flat", 400, `{"code":"UNAUTHORIZED","message":"no"}`, "UNAUTHORIZED", numbers.ErrUnauthorized),
		refused("401", 401, coded("UNAUTHORIZED"), "UNAUTHORIZED", numbers.ErrUnauthorized),
		refused("401 empty", 401, "", "", numbers.ErrUnauthorized),
		refused("403", 403, coded("UNKNOWN"), "UNKNOWN", numbers.ErrForbidden),
		refused("404", 404, coded("UNKNOWN"), "UNKNOWN", numbers.ErrNotFound),
		refused("404 VALIDATE_FAILED", 404, coded("VALIDATE_FAILED"), "VALIDATE_FAILED", numbers.ErrInvalid),
		refused("404 without a body", 404, "", "", numbers.ErrVendor),
		refused("404 of another JSON", 404, `{"message":"no Route matched with those values"}`, "", numbers.ErrVendor),
		refused("410", 410, coded("UNKNOWN"), "UNKNOWN", numbers.ErrNotFound),
		refused("404 HTML", 404, "<!DOCTYPE html><html>no</html>", "", numbers.ErrVendor),
		refused("422 text", 422, "no", "", numbers.ErrInvalid),
		conflict,
		limited,
		vendortest.Unclear("cut", answer{Cut: true}, numbers.ErrUnreachable),
		page("200 HTML", " <!doctype html><title>Log in</title>"),
		page("200 of an older page", "<HTML>welcome"),
		broken("200 empty", vendortest.Text(""), ""),
		broken("200 truncated", vendortest.Text(`{"count":1,"items":[{"id":"1`), ""),
		broken("200 of the wrong type", vendortest.Text(`{"id":[7],"count":"many","items":"some"}`), ""),
		rows(broken("200 of the wrong type within", vendortest.Text(`{"id":"","items":[{"id":true}]}`), "")),
		broken("200 string", vendortest.Text(`"yes"`), ""),
		broken("200 null", vendortest.Text("null"), ""),
		broken("200 {}", vendortest.Text("{}"), ""),
		rows(broken("200 without ids", vendortest.Text(`{"id":"","count":1,"items":[{"number":"x"}]}`), "")),
		page("200 over the cap", `{"count":0,"items":[],"padding":"`+strings.Repeat("x", bodyCap)+`"}`),
	}
}

// assertFault checks that the PBX's own error is there.
func assertFault(tb testing.TB, _ operation, f vendortest.Fault, err *numbers.Error) {
	if f.Answer.Status >= 400 {
		own, ok := errors.AsType[*exclusive.Error](err)
		require.True(tb, ok)
		assert.Equal(tb, f.Answer.Status, own.Status)
		if f.Code != "" {
			assert.Equal(tb, f.Code, own.Errors[0].Code)
		}
	}
}

// What was created is returned beside the error, whatever went wrong, and the
// error matches no kind that a caller would try again on.
func assertReadBack(tb testing.TB, f vendortest.Fault, result any, err error) {
	tb.Helper()
	assert.Equal(tb, &exclusive.Number{ID: id, Number: "text", Enabled: new(true), Description: new("text")}, result)
	e, ok := any(err).(*numbers.Error) // it must be this type itself
	require.True(tb, ok, "%T: %v", err, err)
	assert.Equal(tb, numbers.ErrVendor, e.Kind)
	assert.Equal(tb, "Numbers.CreateAndGet", e.Op)
	assert.Contains(tb, err.Error(), id)
	own, ok := errors.AsType[*exclusive.ReadBackError](err)
	require.True(tb, ok)
	assert.Equal(tb, id, own.ID)
	require.ErrorIs(tb, own.Err, f.Kind)
	for _, kind := range []error{
		numbers.ErrUnreachable, numbers.ErrRateLimited, numbers.ErrNotFound, numbers.ErrInvalid, numbers.ErrUnauthorized,
		numbers.ErrForbidden, numbers.ErrConflict, numbers.ErrOutcomeUnknown,
	} {
		assert.NotErrorIs(tb, err, kind)
	}
}

func TestAForbiddenNumberNamesThePermission(t *testing.T) {
	srv := serve(t, vendortest.Failing(403, coded("UNKNOWN")), vendortest.Failing(403, coded("DENIED")), vendortest.Failing(403, ""))
	c := srv.client(t)
	_, err := c.Numbers.Get(ctx, "1")
	require.ErrorIs(t, err, numbers.ErrForbidden)
	assert.Contains(t, err.Error(), "it broke; since version 22.3 the user needs the permission PhoneSystem.FullAccess")
	_, err = c.Numbers.Get(ctx, "1")
	require.ErrorIs(t, err, numbers.ErrForbidden)
	assert.NotContains(t, err.Error(), "FullAccess", "it is the address that is blocked")
	_, err = c.Numbers.Get(ctx, "1")
	assert.Contains(t, err.Error(), ": since version 22.3")
}

func TestTheErrorTypeDescribesItself(t *testing.T) {
	srv := serve(t, vendortest.Failing(400, vendortest.Fixture(t, "error.unknown.response.json")), vendortest.Failing(404, ""))
	c := srv.client(t)
	_, err := c.Numbers.Get(ctx, "1")
	e, ok := errors.AsType[*exclusive.Error](err)
	require.True(t, ok)
	assert.Equal(t, "exclusive: HTTP 400: UNKNOWN: unknown error (and 1 more)", e.Error())
	_, err = c.Numbers.Get(ctx, "1")
	e, ok = errors.AsType[*exclusive.Error](err)
	require.True(t, ok)
	assert.Equal(t, "exclusive: HTTP 404", e.Error())
}

// rows marks a fault of the rows of a list.
func rows(f vendortest.Fault) vendortest.Fault {
	f.Rows = true
	return f
}
