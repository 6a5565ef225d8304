package telnyx_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/telnyx"
)

// refused is an error body of Telnyx.
const refused = `{"errors":[{"code":"10007","title":"Unexpected error","detail":"It broke.","meta":{"url":"https://developers.telnyx.com/docs/overview/errors/10007"}}]}`

// most is the largest answer that is read.
const most = 2048

func faults() []vendortest.Fault {
	refusal := func(name string, status int, code string, kind error) vendortest.Fault {
		f := vendortest.Refused(name, vendortest.Failing(status, strings.ReplaceAll(refused, "10007", code)), kind)
		f.Code = code
		return f
	}
	unclear := func(name string, status int, body, code string, kind error) vendortest.Fault {
		f := vendortest.Unclear(name, vendortest.Failing(status, body), kind)
		f.Code = code
		return f
	}
	ok200 := func(name, body string) vendortest.Fault {
		f := vendortest.Unclear("200 "+name, vendortest.Text(body), numbers.ErrVendor)
		f.File, f.Vague = true, true
		return f
	}
	limited := refusal("429", 429, "10011", numbers.ErrRateLimited)
	limited.Answer.Header = vendortest.RetryAfter()
	tooLarge := ok200("over the cap", `{"data":[],"padding":"`+strings.Repeat("x", most)+`"}`)
	tooLarge.Vague = false
	return []vendortest.Fault{
		unclear("500", 500, refused, "10007", numbers.ErrVendor),
		unclear("501 empty", 501, "", "", numbers.ErrVendor),
		unclear("502 HTML", 502, "<html>bad gateway</html>", "", numbers.ErrVendor),
		unclear("503 JSON of another kind", 503, `["no"]`, "", numbers.ErrVendor),
		unclear("504 empty", 504, "", "", numbers.ErrVendor),
		vendortest.Unclear("302", answer{Status: 302, Header: http.Header{"Location": {"https://elsewhere.example/"}}}, numbers.ErrVendor),
		refusal("400", 400, "10015", numbers.ErrInvalid),
		refusal("401", 401, "10009", numbers.ErrUnauthorized),
		refusal("403", 403, "10010", numbers.ErrForbidden),
		refusal("404", 404, "10005", numbers.ErrNotFound),
		vendortest.Refused("404 without a body", vendortest.Failing(404, ""), numbers.ErrVendor),
		vendortest.Refused("404 of another JSON", vendortest.Failing(404, `{"message":"no Route matched with those values","errors":[{}]}`), numbers.ErrVendor),
		vendortest.Refused("410 HTML", vendortest.Failing(410, "<html>no</html>"), numbers.ErrVendor),
		vendortest.Refused("404 HTML", vendortest.Failing(404, "<html>no</html>"), numbers.ErrVendor),
		unclear("408", 408, refused, "10007", numbers.ErrVendor),
		unclear("409", 409, strings.ReplaceAll(refused, "10007", "10036"), "10036", numbers.ErrConflict),
		limited,
		vendortest.Unclear("cut", answer{Cut: true}, numbers.ErrUnreachable),
		ok200("HTML", "<html>welcome</html>"),
		ok200("empty", ""),
		ok200("truncated", `{"data":[{"id":"1`),
		ok200("of the wrong type", `{"data":"yes"}`),
		ok200("string", `"yes"`),
		ok200("null", "null"),
		ok200("{}", "{}"),
		ok200("data null", `{"data":null}`),
		tooLarge,
	}
}

// assertFault checks that the vendor's own error is there.
func assertFault(tb testing.TB, _ operation, f vendortest.Fault, err *numbers.Error) {
	if f.Answer.Status >= 400 {
		own, ok := errors.AsType[*telnyx.Error](err)
		require.True(tb, ok)
		assert.Equal(tb, f.Answer.Status, own.Status)
	}
}
