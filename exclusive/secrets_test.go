package exclusive_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/exclusive"
	"github.com/tnkit/tnkit/numbers"
)

// prints are the ways in which a value gets into a log.
func prints(v any) string {
	var out bytes.Buffer
	fmt.Fprintf(&out, "%v %+v %#v %s %q %d", v, v, v, v, v, v)
	slog.New(slog.NewTextHandler(&out, nil)).Info("it", "v", v)
	slog.New(slog.NewJSONHandler(&out, nil)).Info("it", "v", v)
	_ = json.NewEncoder(&out).Encode(v)
	return out.String()
}

// assertHidden checks that no print of an error, or of what is in it, shows a
// secret.
func assertHidden(t *testing.T, err error, secrets ...string) {
	t.Helper()
	require.Error(t, err)
	list := []any{err}
	if e, ok := errors.AsType[*exclusive.Error](err); ok {
		list = append(list, e)
	}
	if e, ok := errors.AsType[*numbers.Error](err); ok {
		list = append(list, e, e.Err)
	}
	if e, ok := errors.AsType[*exclusive.ReadBackError](err); ok {
		list = append(list, e, e.Err)
	}
	for _, v := range list {
		for _, secret := range secrets {
			assert.NotContains(t, prints(v), secret)
		}
	}
}

func TestNoPrintShowsTheToken(t *testing.T) {
	auth := exclusive.TokenAuth(bearer)
	c, err := exclusive.New("https://pbx.example:8887", auth, nil)
	require.NoError(t, err)
	orderer := exclusive.NewOrderer(c, nil)
	for _, v := range []any{auth, &auth, c, *c, orderer, *orderer} {
		assert.NotContains(t, prints(v), bearer)
	}
	_, err = exclusive.New("https://pbx.example:8887", exclusive.TokenAuth(bearer+"\n"), nil)
	assertHidden(t, err, bearer)
}

// A PBX may echo whatever it was sent.
func TestNoErrorAndNoLogShowsTheToken(t *testing.T) {
	echo := fmt.Sprintf(`{"errors":[{"code":%q,"message":%q,"detail":{"a":%q}}]}`, bearer, bearer, bearer)
	for _, o := range operations() {
		for _, a := range []answer{
			failing(400, echo), failing(401, echo), failing(404, "<html>"+bearer+"</html>"), failing(500, echo), failing(503, bearer),
			failing(400, fmt.Sprintf(`{"code":%q,"message":%q}`, bearer, bearer)), text("<html>" + bearer), {cut: true},
			{status: 302, header: http.Header{"Location": {"https://" + bearer + ".example/" + bearer}}},
			{status: 429, header: http.Header{"Retry-After": {bearer}}, body: echo},
		} {
			if o.download && a.status == 0 && !a.cut {
				continue
			}
			var log bytes.Buffer
			srv := serve(t, a)
			_, err := o.call(ctx, srv.client(t, once, func(c *numbers.ClientOptions) {
				c.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
				c.OnResponse = func(i numbers.ResponseInfo) { fmt.Fprintf(&log, "%+v", i) }
			}))
			assertHidden(t, err, bearer)
			assert.NotContains(t, log.String(), bearer, o.name)
			assert.Contains(t, log.String(), "op="+o.inErrors())
			assert.False(t, strings.Contains(log.String(), id) || strings.Contains(log.String(), "text\""), "a log has no path arguments and no body")
		}
	}
}
