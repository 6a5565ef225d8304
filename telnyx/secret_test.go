package telnyx_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/telnyx"
)

// prints are the ways in which a value gets into a log.
func prints(t *testing.T, v any) string {
	t.Helper()
	var out bytes.Buffer
	fmt.Fprintf(&out, "%v %+v %#v %s %q %d", v, v, v, v, v, v)
	slog.New(slog.NewTextHandler(&out, nil)).Info("it", "v", v)
	slog.New(slog.NewJSONHandler(&out, nil)).Info("it", "v", v)
	_ = json.NewEncoder(&out).Encode(v)
	return out.String()
}

func TestNoPrintShowsTheKey(t *testing.T) {
	auth := telnyx.APIKeyAuth(key)
	c, err := telnyx.New(auth, nil)
	require.NoError(t, err)
	orderer := telnyx.NewOrderer(c, nil)
	for _, v := range []any{auth, &auth, c, *c, orderer, *orderer} {
		assert.NotContains(t, prints(t, v), key)
	}
	_, err = telnyx.New(telnyx.APIKeyAuth(key+"\n"), nil)
	require.ErrorIs(t, err, numbers.ErrInvalid)
	assert.NotContains(t, prints(t, err), key)
}

// A vendor may echo whatever it was sent.
func TestNoErrorAndNoLogShowsTheKey(t *testing.T) {
	echo := fmt.Sprintf(`{"errors":[{"code":%q,"title":%q,"detail":%q,"source":{"pointer":%q,"parameter":%q},"meta":{"url":%q}}]}`, key, key, key, key, key, key)
	answers := []answer{
		failing(400, echo), failing(401, echo), failing(404, "<html>"+key+"</html>"), failing(500, echo), failing(503, key),
		text(`{"data":"` + key + `"}`), text(`{"` + key), {cut: true},
		{status: 302, header: map[string][]string{"Location": {"https://" + key + ".example/" + key}}},
		{status: 429, header: map[string][]string{"X-Request-Id": {key}, "Retry-After": {key}}, body: []byte(echo)},
	}
	for _, o := range operations() {
		for _, a := range answers {
			if o.nothing && a.status < 400 || o.download {
				continue
			}
			var log bytes.Buffer
			srv := serve(t, a)
			_, err := o.call(ctx, srv.client(t, once, func(c *numbers.ClientOptions) {
				c.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
				c.OnResponse = func(i numbers.ResponseInfo) { fmt.Fprintf(&log, "%+v", i) }
			}))
			require.Error(t, err)
			for e := err; e != nil; e = errors.Unwrap(e) {
				assert.NotContains(t, prints(t, e), key, o.name)
			}
			if own, ok := errors.AsType[*telnyx.Error](err); ok {
				assert.NotContains(t, prints(t, own), key, o.name)
			}
			assert.NotContains(t, log.String(), key, o.name)
			assert.Contains(t, log.String(), o.inErrors())
			assert.NotContains(t, log.String(), "filter", "a log has no query")
			assert.False(t, strings.Contains(log.String(), "+1970"), "a log has no body")
		}
	}
}
