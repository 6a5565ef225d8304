package opentact_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/opentact"
)

const limit = 16 << 10

func faults() []vendortest.Fault {
	refused, unclear := vendortest.Refused, vendortest.Unclear
	said := func(status int, message string, kind error) vendortest.Fault {
		return refused(message, vendortest.Failing(status, `{"success":false,"message":"`+message+`"}`), kind)
	}
	ok200 := func(name, body string) vendortest.Fault {
		return unclear("200 "+name, vendortest.Text(body), numbers.ErrVendor)
	}
	// A status in the body of a success counts as HTTP's would.
	inBody := func(fault func(string, answer, error) vendortest.Fault, status string, code int, kind error) vendortest.Fault {
		f := fault("200 with status "+status, vendortest.Text(`{"success":false,"message":"no","status":`+status+`}`), kind)
		f.Status = code
		return f
	}
	list := []vendortest.Fault{
		said(400, "Bad request", numbers.ErrInvalid),
		said(401, "Wrong credentials", numbers.ErrUnauthorized),
		said(401, "Forbidden", numbers.ErrForbidden),
		said(402, "Not enough account balance", numbers.ErrInsufficientFunds),
		said(403, "No", numbers.ErrForbidden),
		said(404, "Not found", numbers.ErrNotFound),
		refused("404 HTML", vendortest.Failing(404, "<html>no</html>"), numbers.ErrVendor),
		refused("404 without a body", vendortest.Failing(404, ""), numbers.ErrVendor),
		refused("404 of another JSON", vendortest.Failing(404, `{"message":"no Route matched with those values"}`), numbers.ErrVendor),
		refused("410 HTML", vendortest.Failing(410, "<html>no</html>"), numbers.ErrVendor),
		refused("404 that says success", vendortest.Failing(404, `{"success":true,"payload":[]}`), numbers.ErrVendor),
		refused("429", answer{Status: 429, Header: vendortest.RetryAfter()}, numbers.ErrRateLimited),
		unclear("301", answer{Status: 301, Header: http.Header{"Location": {"https://elsewhere.example/"}}}, numbers.ErrVendor),
		unclear("408", vendortest.Failing(408, ""), numbers.ErrVendor),
		unclear("409", vendortest.Failing(409, ""), numbers.ErrConflict),
		unclear("500", vendortest.Failing(500, `{"success":false,"message":"string","status":500}`), numbers.ErrVendor),
		unclear("500 validation", vendortest.Failing(500, `{"success":false,"message":"string","status":500,"meta":"string","fields":{"params.to":{"message":"invalid integer number","value":"q"}}}`), numbers.ErrInvalid),
		unclear("502 HTML", vendortest.Failing(502, "<html>bad gateway</html>"), numbers.ErrVendor),
		unclear("503 JSON of another kind", vendortest.Failing(503, `["no"]`), numbers.ErrVendor),
		unclear("504 empty", vendortest.Failing(504, ""), numbers.ErrVendor),
		unclear("cut", answer{Cut: true}, numbers.ErrUnreachable),
		inBody(refused, "402", 402, numbers.ErrInsufficientFunds),
		inBody(refused, "404", 404, numbers.ErrNotFound),
		inBody(refused, "401", 401, numbers.ErrUnauthorized),
		inBody(unclear, "500", 500, numbers.ErrVendor),
		inBody(unclear, "null", 200, numbers.ErrVendor),
		inBody(unclear, `"x"`, 200, numbers.ErrVendor),
		inBody(unclear, "-3", 200, numbers.ErrVendor),
		ok200("quoted failure", `{"success":"false","payload":{"uuid":"u"}}`),
		ok200("HTML", "<html>welcome</html>"),
		ok200("empty", ""),
		ok200("truncated", `{"success":true,"payload":{"uuid":"1`),
		ok200("string", `"yes"`),
		ok200("array", `[{"uuid":"u","state":"created"}]`),
		ok200("null", "null"),
		ok200("over the cap", `{"success":true,"payload":{"uuid":"u","state":"created"},"padding":"`+strings.Repeat("x", limit)+`"}`),
		ok200("success of another type", `{"success":3,"payload":"u"}`),
	}
	for name, body := range map[string]string{
		"{}": "{}", "without payload": `{"success":true}`, "payload of the wrong type": `{"success":true,"payload":"yes"}`,
		"payload {}": `{"success":true,"payload":{}}`, "payload number": `{"success":true,"payload":7}`,
	} {
		f := ok200(name, body)
		f.Vague = true
		list = append(list, f)
	}
	f := ok200("payload null", `{"success":true,"payload":null}`)
	f.Vague, f.Null = true, true
	return append(list, f)
}

// assertFault checks that the vendor's own error is there.
func assertFault(tb testing.TB, _ operation, f vendortest.Fault, err *numbers.Error) {
	if f.Answer.Status >= 400 || f.Status != 0 {
		own, ok := errors.AsType[*opentact.Error](err)
		require.True(tb, ok)
		assert.Equal(tb, max(f.Answer.Status, 200), own.HTTPStatus)
	}
}

func TestTheErrorBodyIsReadWhole(t *testing.T) {
	srv := serve(t, answer{Status: 500, Body: vendortest.Fixture(t, "error.fields.json")}, answer{Status: 500, Body: vendortest.Fixture(t, "error.balance.json")})
	_, err := srv.client(t, vendortest.Once).Orders.Get(ctx, orderID)
	e, _ := errors.AsType[*numbers.Error](err)
	require.NotNil(t, e)
	assert.Equal(t, "body.tns", e.Field)
	assert.Equal(t, "Validation failed: must not be empty", e.Message)
	own, ok := errors.AsType[*opentact.Error](err)
	require.True(t, ok)
	assert.Equal(t, vendortest.Tree(t, vendortest.Fixture(t, "error.fields.json")), vendortest.Tree(t, vendortest.Encode(t, own)))
	assert.Equal(t, "opentact: HTTP 500: Validation failed; body.tns: must not be empty; params.uuid: no uuid", own.Error())

	// HTTP's status counts where it is an error, and the body's is the code.
	_, err = srv.client(t, vendortest.Once).Orders.Get(ctx, orderID)
	e, _ = errors.AsType[*numbers.Error](err)
	require.NotNil(t, e)
	assert.Equal(t, 500, e.Status)
	assert.Equal(t, "402", e.Code)
	require.ErrorIs(t, err, numbers.ErrVendor)
}

func TestDoRefusesASuccessThatIsNone(t *testing.T) {
	srv := serve(t, vendortest.Text(`{"success":false,"message":"Not found","status":404}`))
	_, err := srv.client(t, vendortest.Once).Do(ctx, &numbers.RawRequest{Method: "GET", Path: "/provider"})
	require.ErrorIs(t, err, numbers.ErrVendor, "it may be about anything")
	srv = serve(t, vendortest.Text(`{"success":true,"payload":{"a":1}}`))
	resp, err := srv.client(t, vendortest.Once).Do(ctx, &numbers.RawRequest{Method: "GET", Path: "/provider"})
	require.NoError(t, err)
	assert.JSONEq(t, `{"success":true,"payload":{"a":1}}`, string(resp.Body))
}
