package exclusive_test

import (
	"errors"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/exclusive"
	"github.com/tnkit/tnkit/numbers"
)

// coded is an error body of the PBX.
func coded(code string) string {
	return `{"errors":[{"code":"` + code + `","message":"it broke","detail":{"why":"it did"}}]}`
}

const bodyCap = 2048

// fault is an answer that no operation may take for a success.
type fault struct {
	name   string
	answer answer
	// kind of the error of a read or a write, and of a buy.
	kind, buyKind error
	code          string
	// vague: it would do for an operation whose answer says nothing.
	vague bool
	// any: it would do for a download, too.
	file bool
}

func faults() []fault {
	unknown := numbers.ErrOutcomeUnknown
	refused := func(name string, status int, body, code string, kind error) fault {
		return fault{name: name, answer: failing(status, body), kind: kind, buyKind: kind, code: code}
	}
	broken := func(name string, a answer, code string) fault {
		return fault{name: name, answer: a, kind: numbers.ErrVendor, buyKind: unknown, code: code, vague: a.status == 0, file: a.status == 0}
	}
	return []fault{
		broken("500", failing(500, coded("UNKNOWN")), "UNKNOWN"),
		broken("501 empty", failing(501, ""), ""),
		broken("502 HTML", failing(502, "<html>bad gateway</html>"), ""),
		broken("503 JSON of another kind", failing(503, `["no"]`), ""),
		broken("504 of a wrong type", failing(504, `{"errors":"all of them"}`), ""),
		broken("302", answer{status: 302, header: http.Header{"Location": {"https://elsewhere.example/"}}}, ""),
		broken("408", failing(408, coded("UNKNOWN")), "UNKNOWN"),
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
		refused("404 HTML", 404, "<!DOCTYPE html><html>no</html>", "", numbers.ErrNotFound),
		refused("422 text", 422, "no", "", numbers.ErrInvalid),
		{name: "409", answer: failing(409, coded("UNKNOWN")), kind: numbers.ErrConflict, buyKind: unknown, code: "UNKNOWN"},
		{
			name:   "429",
			answer: answer{status: 429, header: http.Header{"Retry-After": {"7"}}, body: coded("UNKNOWN")},
			kind:   numbers.ErrRateLimited, buyKind: numbers.ErrRateLimited, code: "UNKNOWN",
		},
		{name: "cut", answer: answer{cut: true}, kind: numbers.ErrUnreachable, buyKind: unknown},
		{name: "200 HTML", answer: text(" <!doctype html><title>Log in</title>"), kind: numbers.ErrVendor, buyKind: unknown, file: true},
		{name: "200 of an older page", answer: text("<HTML>welcome"), kind: numbers.ErrVendor, buyKind: unknown, file: true},
		broken("200 empty", text(""), ""),
		broken("200 truncated", text(`{"count":1,"items":[{"id":"1`), ""),
		broken("200 of the wrong type", text(`{"id":7,"count":"many","items":"some"}`), ""),
		broken("200 of the wrong type within", text(`{"id":"","items":[{"id":7}]}`), ""),
		broken("200 string", text(`"yes"`), ""),
		broken("200 null", text("null"), ""),
		broken("200 {}", text("{}"), ""),
		broken("200 without ids", text(`{"id":"","count":1,"items":[{"number":"x"}]}`), ""),
		{
			name: "200 over the cap", answer: text(`{"count":0,"items":[],"padding":"` + strings.Repeat("x", bodyCap) + `"}`),
			kind: numbers.ErrVendor, buyKind: unknown, file: true,
		},
	}
}

// For every operation, and each of its requests.
func TestFaultsOfEveryOperation(t *testing.T) {
	for _, o := range operations() {
		for i, x := range o.exchanges {
			var before []answer
			for _, earlier := range o.exchanges[:i] {
				before = append(before, earlier.good(t))
			}
			for _, f := range faults() {
				if f.vague && x.silent || f.file && o.download {
					continue
				}
				t.Run(o.name+"/"+strconv.Itoa(i)+"/"+f.name, func(t *testing.T) {
					srv := serve(t, append(before[:i:i], f.answer)...)
					result, err := o.call(ctx, srv.client(t, once, func(c *numbers.ClientOptions) { c.MaxBodyBytes = bodyCap }))
					assert.Len(t, srv.received(), i+1)
					if o.name == "Numbers.CreateAndGet" && i == 1 {
						assertReadBack(t, result, err, f)
						return
					}
					assertFault(t, o, x, f, err)
					v := reflect.ValueOf(result)
					assert.True(t, !v.IsValid() || v.IsZero(), "a result beside the error: %#v", result)
				})
			}
		}
	}
}

func assertFault(t *testing.T, o operation, x exchange, f fault, err error) {
	t.Helper()
	e, ok := err.(*numbers.Error) //nolint:errorlint // it must be this type itself
	require.True(t, ok, "%T: %v", err, err)
	assert.Equal(t, "exclusive", e.Vendor)
	assert.Equal(t, o.inErrors(), e.Op)
	assert.Equal(t, f.code, e.Code)
	kind := f.kind
	if x.class == buy {
		kind = f.buyKind
	}
	assert.ErrorIs(t, err, kind)
	if f.answer.cut {
		assert.Zero(t, e.Status)
	} else {
		assert.Equal(t, max(f.answer.status, 200), e.Status)
	}
	assert.Equal(t, errors.Is(kind, numbers.ErrOutcomeUnknown), e.Attempt != nil)
	if f.answer.status == 429 {
		assert.Equal(t, 7*time.Second, e.RetryAfter)
	}
	if f.answer.status >= 400 {
		own, ok := errors.AsType[*exclusive.Error](err)
		require.True(t, ok)
		assert.Equal(t, f.answer.status, own.Status)
		if f.code != "" {
			assert.Equal(t, f.code, own.Errors[0].Code)
		}
	}
}

// What was created is returned beside the error, whatever went wrong, and the
// error matches no kind that a caller would try again on.
func assertReadBack(t *testing.T, result any, err error, f fault) {
	t.Helper()
	assert.Equal(t, &exclusive.Number{ID: id, Number: "text", Enabled: new(true), Description: new("text")}, result)
	e, ok := err.(*numbers.Error) //nolint:errorlint // it must be this type itself
	require.True(t, ok, "%T: %v", err, err)
	assert.Equal(t, numbers.ErrVendor, e.Kind)
	assert.Equal(t, "Numbers.CreateAndGet", e.Op)
	assert.Contains(t, err.Error(), id)
	own, ok := errors.AsType[*exclusive.ReadBackError](err)
	require.True(t, ok)
	assert.Equal(t, id, own.ID)
	require.ErrorIs(t, own.Err, f.kind)
	for _, kind := range []error{
		numbers.ErrUnreachable, numbers.ErrRateLimited, numbers.ErrNotFound, numbers.ErrInvalid, numbers.ErrUnauthorized,
		numbers.ErrForbidden, numbers.ErrConflict, numbers.ErrOutcomeUnknown,
	} {
		assert.NotErrorIs(t, err, kind)
	}
}

func TestABuyIsSentOnceAndTheRestIsRepeated(t *testing.T) {
	for _, o := range operations() {
		for i, x := range o.exchanges {
			for _, f := range []answer{failing(503, coded("UNKNOWN")), failing(429, ""), {cut: true}} {
				t.Run(o.name+"/"+strconv.Itoa(i), func(t *testing.T) {
					var answers []answer
					for _, earlier := range o.exchanges[:i] {
						answers = append(answers, earlier.good(t))
					}
					srv := serve(t, append(answers, f)...)
					_, err := o.call(ctx, srv.client(t))
					require.Error(t, err)
					want := 4
					if x.class == buy {
						want = 1
					}
					assert.Len(t, srv.received(), i+want)
				})
			}
		}
	}
}

func TestAForbiddenNumberNamesThePermission(t *testing.T) {
	srv := serve(t, failing(403, coded("UNKNOWN")), failing(403, coded("DENIED")), failing(403, ""))
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
	srv := serve(t, failing(400, fixture(t, "error.unknown.response.json")), failing(404, ""))
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
