package opentact_test

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
	"github.com/tnkit/tnkit/opentact"
)

const limit = 16 << 10

// fault is an answer that no operation may take for a success.
type fault struct {
	name   string
	answer answer
	// kind of the error of a read or a write, and of a buy.
	kind, buyKind error
	// status of the error, where it is not HTTP's.
	status int
	// body: an answer that a success says nothing else by, or null, is good.
	body, null bool
}

func faults() []fault {
	unknown := numbers.ErrOutcomeUnknown
	same := func(status int, message string, kind error) fault {
		return fault{name: message, answer: failing(status, `{"success":false,"message":"`+message+`"}`), kind: kind, buyKind: kind}
	}
	ok200 := func(name, body string) fault {
		return fault{name: "200 " + name, answer: text(body), kind: numbers.ErrVendor, buyKind: unknown}
	}
	inBody := func(status string, code int, kind, buyKind error) fault {
		return fault{
			name: "200 with status " + status, answer: text(`{"success":false,"message":"no","status":` + status + `}`),
			kind: kind, buyKind: buyKind, status: code,
		}
	}
	list := []fault{
		same(400, "Bad request", numbers.ErrInvalid),
		same(401, "Wrong credentials", numbers.ErrUnauthorized),
		same(401, "Forbidden", numbers.ErrForbidden),
		same(402, "Not enough account balance", numbers.ErrInsufficientFunds),
		same(403, "No", numbers.ErrForbidden),
		same(404, "Not found", numbers.ErrNotFound),
		{name: "404 HTML", answer: failing(404, "<html>no</html>"), kind: numbers.ErrNotFound, buyKind: numbers.ErrNotFound},
		{name: "404 that says success", answer: failing(404, `{"success":true,"payload":[]}`), kind: numbers.ErrNotFound, buyKind: numbers.ErrNotFound},
		{name: "429", answer: answer{status: 429, header: http.Header{"Retry-After": {"7"}}}, kind: numbers.ErrRateLimited, buyKind: numbers.ErrRateLimited},
		{name: "301", answer: answer{status: 301, header: http.Header{"Location": {"https://elsewhere.example/"}}}, kind: numbers.ErrVendor, buyKind: unknown},
		{name: "408", answer: failing(408, ""), kind: numbers.ErrVendor, buyKind: unknown},
		{name: "409", answer: failing(409, ""), kind: numbers.ErrConflict, buyKind: unknown},
		{name: "500", answer: failing(500, `{"success":false,"message":"string","status":500}`), kind: numbers.ErrVendor, buyKind: unknown},
		{name: "500 validation", answer: failing(500, `{"success":false,"message":"string","status":500,"meta":"string","fields":{"params.to":{"message":"invalid integer number","value":"q"}}}`), kind: numbers.ErrInvalid, buyKind: unknown},
		{name: "502 HTML", answer: failing(502, "<html>bad gateway</html>"), kind: numbers.ErrVendor, buyKind: unknown},
		{name: "503 JSON of another kind", answer: failing(503, `["no"]`), kind: numbers.ErrVendor, buyKind: unknown},
		{name: "504 empty", answer: failing(504, ""), kind: numbers.ErrVendor, buyKind: unknown},
		{name: "cut", answer: answer{cut: true}, kind: numbers.ErrUnreachable, buyKind: unknown},
		inBody("402", 402, numbers.ErrInsufficientFunds, numbers.ErrInsufficientFunds),
		inBody("404", 404, numbers.ErrNotFound, numbers.ErrNotFound),
		inBody("401", 401, numbers.ErrUnauthorized, numbers.ErrUnauthorized),
		inBody("500", 500, numbers.ErrVendor, unknown),
		inBody("null", 200, numbers.ErrVendor, unknown),
		inBody(`"x"`, 200, numbers.ErrVendor, unknown),
		inBody("-3", 200, numbers.ErrVendor, unknown),
		ok200("quoted failure", `{"success":"false","payload":{"uuid":"u"}}`),
		ok200("HTML", "<html>welcome</html>"),
		ok200("empty", ""),
		ok200("truncated", `{"success":true,"payload":{"uuid":"1`),
		ok200("string", `"yes"`),
		ok200("array", `[{"uuid":"u","state":"created"}]`),
		ok200("null", "null"),
		ok200("over the cap", `{"success":true,"payload":{"uuid":"u","state":"created"},"padding":"`+strings.Repeat("x", limit)+`"}`),
		ok200("success of another type", `{"success":3,"payload":{"uuid":"u"}}`),
	}
	for name, body := range map[string]string{
		"{}": "{}", "without payload": `{"success":true}`, "payload of the wrong type": `{"success":true,"payload":"yes"}`,
		"payload {}": `{"success":true,"payload":{}}`, "payload number": `{"success":true,"payload":7}`,
	} {
		f := ok200(name, body)
		f.body = true
		list = append(list, f)
	}
	f := ok200("payload null", `{"success":true,"payload":null}`)
	f.body, f.null = true, true
	return append(list, f)
}

func TestFaultsOfEveryOperation(t *testing.T) {
	for _, o := range operations() {
		for _, f := range faults() {
			if f.body && o.anything || f.null && o.nullable {
				continue
			}
			t.Run(o.name+"/"+f.name, func(t *testing.T) {
				srv := serve(t, f.answer)
				result, err := o.call(ctx, srv.client(t, once, func(c *numbers.ClientOptions) { c.MaxBodyBytes = limit }))

				e, ok := errors.AsType[*numbers.Error](err)
				require.True(t, ok, "%T: %v", err, err)
				assert.Equal(t, "opentact", e.Vendor)
				assert.Equal(t, o.inErrors(), e.Op)
				kind := f.kind
				if o.class == buy {
					kind = f.buyKind
				}
				assert.ErrorIs(t, err, kind)
				switch {
				case f.answer.cut:
					assert.Zero(t, e.Status)
				case f.status != 0:
					assert.Equal(t, f.status, e.Status)
				default:
					assert.Equal(t, max(f.answer.status, 200), e.Status)
				}
				assert.Equal(t, errors.Is(kind, numbers.ErrOutcomeUnknown), e.Attempt != nil)
				if f.answer.status == 429 {
					assert.Equal(t, 7*time.Second, e.RetryAfter)
				}
				if f.answer.status >= 400 || f.status != 0 {
					own, ok := errors.AsType[*opentact.Error](err)
					require.True(t, ok)
					assert.Equal(t, max(f.answer.status, 200), own.HTTPStatus)
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
		for _, f := range []answer{failing(503, ""), failing(429, ""), {cut: true}} {
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

func TestTheErrorBodyIsReadWhole(t *testing.T) {
	srv := serve(t, answer{status: 500, body: fixture(t, "error.fields.json")}, answer{status: 500, body: fixture(t, "error.balance.json")})
	_, err := srv.client(t, once).Orders.Get(ctx, orderID)
	e, _ := errors.AsType[*numbers.Error](err)
	require.NotNil(t, e)
	assert.Equal(t, "body.tns", e.Field)
	assert.Equal(t, "Validation failed: must not be empty", e.Message)
	own, ok := errors.AsType[*opentact.Error](err)
	require.True(t, ok)
	assert.Equal(t, tree(t, string(fixture(t, "error.fields.json"))), tree(t, encode(t, own)))
	assert.Equal(t, "opentact: HTTP 500: Validation failed; body.tns: must not be empty; params.uuid: no uuid", own.Error())

	// HTTP's status counts where it is an error, and the body's is the code.
	_, err = srv.client(t, once).Orders.Get(ctx, orderID)
	e, _ = errors.AsType[*numbers.Error](err)
	require.NotNil(t, e)
	assert.Equal(t, 500, e.Status)
	assert.Equal(t, "402", e.Code)
	require.ErrorIs(t, err, numbers.ErrVendor)
}

func TestDoRefusesASuccessThatIsNone(t *testing.T) {
	srv := serve(t, text(`{"success":false,"message":"Not found","status":404}`))
	_, err := srv.client(t, once).Do(ctx, &numbers.RawRequest{Method: "GET", Path: "/provider"})
	require.ErrorIs(t, err, numbers.ErrNotFound)
	srv = serve(t, text(`{"success":true,"payload":{"a":1}}`))
	resp, err := srv.client(t, once).Do(ctx, &numbers.RawRequest{Method: "GET", Path: "/provider"})
	require.NoError(t, err)
	assert.JSONEq(t, `{"success":true,"payload":{"a":1}}`, string(resp.Body))
}
