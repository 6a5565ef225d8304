package opentact_test

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
	"github.com/tnkit/tnkit/opentact"
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

func TestNoPrintShowsTheToken(t *testing.T) {
	auth := opentact.TokenAuth(token)
	c, err := opentact.New(auth, nil)
	require.NoError(t, err)
	orderer := opentact.NewOrderer(c, nil)
	for _, v := range []any{auth, &auth, c, *c, orderer} {
		assert.NotContains(t, prints(v), token)
	}
	_, err = opentact.New(opentact.TokenAuth(token+"\n"), nil)
	require.ErrorIs(t, err, numbers.ErrInvalid)
	assert.NotContains(t, prints(err), token)
}

// A vendor may echo whatever it was sent.
func TestNoErrorAndNoLogShowsTheToken(t *testing.T) {
	echo := fmt.Sprintf(`{"success":false,"message":%q,"status":400,"meta":%q,"fields":{%q:{"message":%q,"value":%q}}}`, token, token, token, token, token)
	answers := []answer{
		failing(400, echo), failing(401, echo), failing(404, "<html>"+token+"</html>"), failing(500, echo), failing(503, token),
		text(echo), text(`{"success":true,"payload":"` + token + `"}`), text(`{"` + token), {cut: true},
		{status: 302, header: map[string][]string{"Location": {"https://" + token + ".example/" + token}}},
		{status: 429, header: map[string][]string{"X-Request-Id": {token}, "Retry-After": {token}}, body: []byte(echo)},
	}
	for _, o := range operations() {
		for i, a := range answers {
			if o.anything && i == 6 {
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
				assert.NotContains(t, prints(e), token, o.name)
			}
			if own, ok := errors.AsType[*opentact.Error](err); ok {
				assert.NotContains(t, prints(own), token, o.name)
			}
			assert.NotContains(t, log.String(), token, o.name)
			assert.Contains(t, log.String(), o.inErrors())
			assert.False(t, strings.Contains(log.String(), "1202555"), "a log has no body and no number")
		}
	}
}

// OpenTact sends the passwords and tokens of users beside every order.
func TestNoPrintOfAnAnswerShowsASecretOfAUser(t *testing.T) {
	for _, o := range operations() {
		data := fixture(t, o.answer)
		if !bytes.Contains(data, []byte("planted")) {
			continue
		}
		srv := serve(t, answer{body: data})
		result, err := o.call(ctx, srv.client(t))
		require.NoError(t, err)
		assert.NotContains(t, prints(result), "planted", o.name)
		assert.Contains(t, prints(result), "[redacted]", o.name)
	}
	srv := serve(t, answer{body: fixture(t, "order.get.full.response.json")})
	order, err := srv.client(t).Orders.Get(ctx, orderID)
	require.NoError(t, err)
	assert.Equal(t, "planted password three", order.CreatedBy.Object.Password.Reveal())
	assert.Equal(t, "planted token one", order.Account.Object.Users[0].Object.Token.Reveal())
	portable, err := opentact.NewOrderer(srv.client(t), nil).Order(ctx, orderID)
	require.NoError(t, err)
	assert.NotContains(t, prints(portable), "planted")
	assert.NotContains(t, prints(portable.Items), "planted")
}
