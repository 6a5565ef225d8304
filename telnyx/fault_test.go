package telnyx_test

import (
	"errors"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/telnyx"
)

// refused is an error body of Telnyx.
const refused = `{"errors":[{"code":"10007","title":"Unexpected error","detail":"It broke.","meta":{"url":"https://developers.telnyx.com/docs/overview/errors/10007"}}]}`

// most is the largest answer that is read.
const most = 2048

// fault is an answer that no operation may take for a success.
type fault struct {
	name   string
	answer answer
	// kind of the error of a read or a write, and of a buy.
	kind, buyKind error
	code          string
	// json: the answer would do for an operation that reads no JSON.
	json bool
	// body: the answer would do for an operation whose answer says nothing.
	body bool
}

func faults() []fault {
	unknown := numbers.ErrOutcomeUnknown
	return []fault{
		{name: "500", answer: failing(500, refused), kind: numbers.ErrVendor, buyKind: unknown, code: "10007"},
		{name: "501 empty", answer: failing(501, ""), kind: numbers.ErrVendor, buyKind: unknown},
		{name: "502 HTML", answer: failing(502, "<html>bad gateway</html>"), kind: numbers.ErrVendor, buyKind: unknown},
		{name: "503 JSON of another kind", answer: failing(503, `["no"]`), kind: numbers.ErrVendor, buyKind: unknown},
		{name: "504 empty", answer: failing(504, ""), kind: numbers.ErrVendor, buyKind: unknown},
		{name: "302", answer: answer{status: 302, header: http.Header{"Location": {"https://elsewhere.example/"}}}, kind: numbers.ErrVendor, buyKind: unknown},
		{name: "400", answer: failing(400, strings.ReplaceAll(refused, "10007", "10015")), kind: numbers.ErrInvalid, buyKind: numbers.ErrInvalid, code: "10015"},
		{name: "401", answer: failing(401, strings.ReplaceAll(refused, "10007", "10009")), kind: numbers.ErrUnauthorized, buyKind: numbers.ErrUnauthorized, code: "10009"},
		{name: "403", answer: failing(403, strings.ReplaceAll(refused, "10007", "10010")), kind: numbers.ErrForbidden, buyKind: numbers.ErrForbidden, code: "10010"},
		{name: "404", answer: failing(404, strings.ReplaceAll(refused, "10007", "10005")), kind: numbers.ErrNotFound, buyKind: numbers.ErrNotFound, code: "10005"},
		{name: "404 HTML", answer: failing(404, "<html>no</html>"), kind: numbers.ErrNotFound, buyKind: numbers.ErrNotFound},
		{name: "408", answer: failing(408, refused), kind: numbers.ErrVendor, buyKind: unknown, code: "10007"},
		{name: "409", answer: failing(409, strings.ReplaceAll(refused, "10007", "10036")), kind: numbers.ErrConflict, buyKind: unknown, code: "10036"},
		{name: "429", answer: answer{status: 429, header: http.Header{"Retry-After": {"7"}}, body: []byte(strings.ReplaceAll(refused, "10007", "10011"))}, kind: numbers.ErrRateLimited, buyKind: numbers.ErrRateLimited, code: "10011"},
		{name: "cut", answer: answer{cut: true}, kind: numbers.ErrUnreachable, buyKind: unknown},
		{name: "200 HTML", answer: text("<html>welcome</html>"), kind: numbers.ErrVendor, buyKind: unknown, json: true, body: true},
		{name: "200 empty", answer: text(""), kind: numbers.ErrVendor, buyKind: unknown, json: true, body: true},
		{name: "200 truncated", answer: text(`{"data":[{"id":"1`), kind: numbers.ErrVendor, buyKind: unknown, json: true, body: true},
		{name: "200 of the wrong type", answer: text(`{"data":"yes"}`), kind: numbers.ErrVendor, buyKind: unknown, json: true, body: true},
		{name: "200 string", answer: text(`"yes"`), kind: numbers.ErrVendor, buyKind: unknown, json: true, body: true},
		{name: "200 null", answer: text("null"), kind: numbers.ErrVendor, buyKind: unknown, json: true, body: true},
		{name: "200 {}", answer: text("{}"), kind: numbers.ErrVendor, buyKind: unknown, json: true, body: true},
		{name: "200 data null", answer: text(`{"data":null}`), kind: numbers.ErrVendor, buyKind: unknown, json: true, body: true},
		{name: "200 over the cap", answer: text(`{"data":[],"padding":"` + strings.Repeat("x", most) + `"}`), kind: numbers.ErrVendor, buyKind: unknown, json: true},
	}
}

func TestFaultsOfEveryOperation(t *testing.T) {
	for _, o := range operations() {
		for _, f := range faults() {
			if f.json && o.download || f.body && o.nothing {
				continue
			}
			t.Run(o.name+"/"+f.name, func(t *testing.T) {
				srv := serve(t, f.answer)
				result, err := o.call(ctx, srv.client(t, once, func(c *numbers.ClientOptions) { c.MaxBodyBytes = most }))

				e, ok := errors.AsType[*numbers.Error](err)
				require.True(t, ok, "%T: %v", err, err)
				assert.Equal(t, "telnyx", e.Vendor)
				assert.Equal(t, o.inErrors(), e.Op)
				assert.Equal(t, f.code, e.Code)
				kind := f.kind
				if o.class == buy {
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
					own, ok := errors.AsType[*telnyx.Error](err)
					require.True(t, ok)
					assert.Equal(t, f.answer.status, own.Status)
				}
				assert.True(t, isZero(result), "a result beside the error: %#v", result)
				assert.Len(t, srv.received(), 1)
			})
		}
	}
}

// isZero reports whether a result is none.
func isZero(result any) bool {
	v := reflect.ValueOf(result)
	return !v.IsValid() || v.IsZero() || v.Kind() == reflect.Slice && v.Len() == 0
}

func TestABuyIsSentOnceAndTheRestIsRepeated(t *testing.T) {
	for _, o := range operations() {
		for _, f := range []answer{failing(503, refused), failing(504, ""), failing(429, ""), {cut: true}} {
			t.Run(o.name, func(t *testing.T) {
				srv := serve(t, f)
				_, err := o.call(ctx, srv.client(t))
				require.Error(t, err)
				want := 4
				if o.class == buy {
					want = 1
				}
				assert.Len(t, srv.received(), want)
			})
		}
	}
}

func TestAReadSucceedsAfterAFault(t *testing.T) {
	for _, o := range operations() {
		if o.class == buy {
			continue
		}
		t.Run(o.name, func(t *testing.T) {
			srv := serve(t, failing(503, ""), answer{cut: true}, answer{body: fixture(t, o.answer)})
			_, err := o.call(ctx, srv.client(t))
			require.NoError(t, err)
			assert.Len(t, srv.received(), 3)
		})
	}
}
